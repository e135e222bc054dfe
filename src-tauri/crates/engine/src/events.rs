//! Events: one for every change of state, written in the same transaction.

pub use crate::records::{Event, EventKind, EventsOf};

use crate::{
    Engine,
    paging::{Cursor, LONGEST_PAGE, Page, first_rows},
    store::{self, StoreError},
};

impl Engine {
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
