//! Events: one for every change of state, written in the same transaction.

pub use crate::records::{
    Event, EventCounts, EventGroup, EventKind, EventQuery, EventSubject, EventsOf, Source, UNKNOWN_SOURCE,
};

use crate::{
    Engine,
    paging::{Cursor, LONGEST_PAGE, Page, first_rows},
    store::{self, StoreError},
};
use std::io::{self, Write};

/// Why events were not written out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

impl Engine {
    /// The same engine, whose events say that they came through `source`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn acting_through(self, source: Source) -> Result<Self, StoreError> {
        self.store.write_through(source)?;
        Ok(self)
    }

    /// The latest events, newest first; at most `most`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn events(&self, of: EventsOf<'_>, most: u32) -> Result<Vec<Event>, StoreError> {
        first_rows(most, |after, most| self.event_page(of, after.as_ref(), most))
    }

    /// A page of events, newest first: those after a cursor, at most `most` and no more than [`LONGEST_PAGE`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn event_page(&self, of: EventsOf<'_>, after: Option<&Cursor>, most: u32) -> Result<Page<Event>, StoreError> {
        self.store.read(|db| store::events::page(db, of, after, most.min(LONGEST_PAGE)))
    }

    /// A page of the events that a query lists, newest first, and how many it finds.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn event_list(&self, query: &EventQuery) -> Result<(Page<Event>, EventCounts), StoreError> {
        let query = EventQuery { most: query.most.min(LONGEST_PAGE), ..query.clone() };
        self.store.snapshot(|db| Ok((store::events::listed(db, &query)?, store::events::count(db, &query)?)))
    }

    /// Writes the events that a query lists as JSON Lines, newest first, page by page. Returns how many there were.
    ///
    /// # Errors
    /// [`ExportError`]
    pub fn export_events(&self, query: &EventQuery, out: &mut dyn Write) -> Result<u64, ExportError> {
        let mut query = EventQuery { after: None, most: LONGEST_PAGE, ..query.clone() };
        let mut written = 0;
        loop {
            let page = self.store.read(|db| store::events::listed(db, &query))?;
            for event in &page.rows {
                writeln!(out, "{}", event.to_json())?;
                written += 1;
            }
            if page.next.is_none() {
                return Ok(written);
            }
            query.after = page.next;
        }
    }

    /// The number of the newest event; 0 if there are none.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn newest_event(&self) -> Result<i64, StoreError> {
        self.store.read(store::events::newest)
    }

    /// The events after the one with this number, oldest first; at most `most`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn events_after(&self, id: i64, most: u32) -> Result<Vec<Event>, StoreError> {
        self.store.read(|db| store::events::after(db, id, most))
    }
}
