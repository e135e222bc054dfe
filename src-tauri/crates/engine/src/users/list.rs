//! The list of users for display: paged, filtered and sorted.

use crate::{
    Engine,
    clock::Timestamp,
    paging::{LONGEST_PAGE, Page, first_rows},
    records::{Lock, User, UserCounts, UserQuery},
    rules::Rules,
    store::{self, StoreError, users::ListedRow},
};

/// A user as shown in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUser {
    /// The user.
    pub user: User,
    /// The lock on their sign-in attempts, if any.
    pub lock: Option<Lock>,
    /// How many of their sessions can still be used.
    pub active_sessions: u64,
}

impl Engine {
    /// A page of users, and how many there are.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn user_page(&self, query: &UserQuery) -> Result<(Page<ListedUser>, UserCounts), StoreError> {
        let now = self.now()?;
        let query = UserQuery { most: query.most.min(LONGEST_PAGE), ..query.clone() };
        let (rules, (page, counts)) = self.store.snapshot(|db| {
            let rules = self.rules_in(db)?;
            let idle = rules.session_idle_ms();
            Ok((rules, store::users::page(db, &query, now, idle)?))
        })?;
        let (rows, known_at) = (page.rows.into_iter(), self.clock.now());
        let rows = rows.map(|row| ListedUser::of(row, &rules, known_at)).collect();
        Ok((Page { rows, next: page.next }, counts))
    }

    /// All users, sorted by name.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn users(&self) -> Result<Vec<ListedUser>, StoreError> {
        first_rows(u32::MAX, |after, most| {
            let query = UserQuery { after, most, ..UserQuery::default() };
            self.user_page(&query).map(|(page, _)| page)
        })
    }

    /// The user with this name, ignoring case; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn user(&self, username: &str) -> Result<Option<ListedUser>, StoreError> {
        let now = self.now()?;
        let (rules, row) = self.store.snapshot(|db| {
            let rules = self.rules_in(db)?;
            let idle = rules.session_idle_ms();
            Ok((rules, store::users::listed(db, username, now, idle)?))
        })?;
        Ok(row.map(|row| ListedUser::of(row, &rules, self.clock.now())))
    }
}

impl ListedUser {
    /// Locks use the computer's clock.
    fn of(row: ListedRow, rules: &Rules, computer: Timestamp) -> Self {
        let ListedRow { user, failures, active_sessions } = row;
        Self { user, lock: failures.lock(computer, rules.most_failures), active_sessions }
    }
}
