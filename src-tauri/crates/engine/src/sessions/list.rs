//! The list of sessions for display: paged, filtered and sorted.

use super::{Session, describe_session};
use crate::{
    Engine,
    paging::{LONGEST_PAGE, Page, first_rows},
    records::{SessionCounts, SessionQuery},
    store::{self, StoreError},
};

impl Engine {
    /// A page of the sessions that match the text, and how many of those there are in each state.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn session_page(&self, query: &SessionQuery) -> Result<(Page<Session>, SessionCounts), StoreError> {
        let now = self.now()?;
        let query = SessionQuery { most: query.most.min(LONGEST_PAGE), ..query.clone() };
        let (rules, (page, counts)) = self.store.snapshot(|db| {
            let rules = self.rules_in(db)?;
            let idle = rules.session_idle_ms();
            Ok((rules, store::sessions::page(db, &query, now, idle)?))
        })?;
        let rows = page.rows.into_iter().map(|row| describe_session(&rules, row, now)).collect();
        Ok((Page { rows, next: page.next }, counts))
    }

    /// All sessions, newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        first_rows(u32::MAX, |after, most| {
            let query = SessionQuery { descending: true, after, most, ..SessionQuery::default() };
            self.session_page(&query).map(|(page, _)| page)
        })
    }

    /// One session; `None` if there is none with this ID.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn session(&self, sid: &str) -> Result<Option<Session>, StoreError> {
        let now = self.now()?;
        let (rules, row) = self.store.read(|db| Ok((self.rules_in(db)?, store::sessions::by_sid(db, sid)?)))?;
        Ok(row.map(|row| describe_session(&rules, row, now)))
    }
}
