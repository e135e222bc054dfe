//! What happened: one event for every change of state, written in the transaction that makes the change.

pub use crate::records::{Event, EventKind, EventsOf};

use crate::{
    Engine,
    paging::{Cursor, LONGEST_PAGE, Page, first_rows},
    store::{self, StoreError},
};

impl Engine {
    /// What happened last, the newest first; at most so many events.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn events(&self, of: EventsOf<'_>, most: u32) -> Result<Vec<Event>, StoreError> {
        first_rows(most, |after, most| self.event_page(of, after.as_ref(), most))
    }

    /// Some of what happened, the newest first: after a place, at most so many events and no more than
    /// [`LONGEST_PAGE`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn event_page(&self, of: EventsOf<'_>, after: Option<&Cursor>, most: u32) -> Result<Page<Event>, StoreError> {
        self.store.read(|db| store::events::page(db, of, after, most.min(LONGEST_PAGE)))
    }

    /// The number of the newest event; 0 if nothing has happened yet.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn newest_event(&self) -> Result<i64, StoreError> {
        self.store.read(store::events::newest)
    }

    /// What happened after the event of that number, the oldest first; at most so many events.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn events_after(&self, id: i64, most: u32) -> Result<Vec<Event>, StoreError> {
        self.store.read(|db| store::events::after(db, id, most))
    }
}
