//! The list of sessions as somebody looks through it: a part of it, filtered and sorted.

use super::Session;
use crate::{
    Engine,
    paging::{Cursor, LONGEST_PAGE, Page},
    store::{self, StoreError},
};

/// Which sessions, in which order, from where on.
#[derive(Debug, Clone, Default)]
pub struct SessionQuery {
    /// Only those whose user, id or scopes contain this; empty for all.
    pub text: String,
    /// Only those that stand so; `None` for all.
    pub standing: Option<Standing>,
    /// What they are sorted by.
    pub sort: SessionSort,
    /// The largest first.
    pub descending: bool,
    /// After this place; `None` from the beginning.
    pub after: Option<Cursor>,
    /// At most so many, and no more than [`LONGEST_PAGE`].
    pub most: u32,
}

/// Whether a session can still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Active,
    /// It was ended, or has expired.
    Ended,
}

/// What sessions are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionSort {
    /// The username.
    User,
    /// The session's id.
    Sid,
    /// When it started.
    #[default]
    Started,
    /// When it was last refreshed.
    LastUsed,
    /// When it ends, or has ended.
    Ends,
}

/// How many sessions there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionCounts {
    /// All of them.
    pub all: u64,
    /// Those that can still be used.
    pub active: u64,
}

impl Engine {
    /// Some of the sessions, and how many there are of each standing that the text is found in.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn session_page(&self, query: &SessionQuery) -> Result<(Page<Session>, SessionCounts), StoreError> {
        let idle = i64::try_from(self.policy.session_idle_limit.as_millis()).unwrap_or(i64::MAX);
        let now = self.now()?;
        let query = SessionQuery { most: query.most.min(LONGEST_PAGE), ..query.clone() };
        let (page, counts) = self.store.snapshot(|db| store::sessions::page(db, &query, now, idle))?;
        let rows = page.rows.into_iter().map(|row| self.describe_session(row, now)).collect();
        Ok((Page { rows, next: page.next }, counts))
    }

    /// One session; `None` if there is none of that id.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn session(&self, sid: &str) -> Result<Option<Session>, StoreError> {
        let now = self.now()?;
        let row = self.store.read(|db| store::sessions::by_sid(db, sid))?;
        Ok(row.map(|row| self.describe_session(row, now)))
    }
}
