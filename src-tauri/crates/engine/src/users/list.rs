//! The list of users for display: paged, filtered and sorted.

use crate::{
    Engine,
    clock::Timestamp,
    paging::{LONGEST_PAGE, Page, first_rows},
    records::{FactorState, Lock, User, UserCounts, UserQuery},
    rules::Rules,
    store::{
        self, StoreError,
        users::{Limits, ListedRow},
    },
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
    /// Whether they have a second factor.
    pub second_factor: FactorState,
}

impl Engine {
    /// A page of users, and how many there are.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn user_page(&self, query: &UserQuery) -> Result<(Page<ListedUser>, UserCounts), StoreError> {
        let now = self.now()?;
        let computer = self.clock.now();
        let query = UserQuery { most: query.most.min(LONGEST_PAGE), ..query.clone() };
        let (rules, (page, counts)) = self.store.snapshot(|db| {
            let rules = self.rules_in(db)?;
            let limits = limits(&rules, now, computer);
            Ok((rules, store::users::page(db, &query, limits)?))
        })?;
        let rows = page.rows.into_iter().map(|row| ListedUser::of(row, &rules, computer)).collect();
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
        let (now, computer) = (self.now()?, self.clock.now());
        let (rules, row) = self.store.snapshot(|db| {
            let rules = self.rules_in(db)?;
            let limits = limits(&rules, now, computer);
            Ok((rules, store::users::listed(db, username, limits)?))
        })?;
        Ok(row.map(|row| ListedUser::of(row, &rules, computer)))
    }
}

/// Locks use the computer's clock.
fn limits(rules: &Rules, now: Timestamp, computer: Timestamp) -> Limits {
    let enrollment = i64::try_from(rules.enrollment_lifetime.as_millis()).unwrap_or(i64::MAX);
    Limits { now, idle: rules.session_idle_ms(), enrollment, computer, most_failures: rules.most_failures }
}

impl ListedUser {
    fn of(row: ListedRow, rules: &Rules, computer: Timestamp) -> Self {
        let ListedRow { user, failures, active_sessions, second_factor } = row;
        Self { user, lock: failures.lock(computer, rules.most_failures), active_sessions, second_factor }
    }
}
