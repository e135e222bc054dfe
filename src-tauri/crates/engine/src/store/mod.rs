//! The profile's SQLite database. Only this folder contains SQL: one file per table, and this one for what they share.
//!
//! A table's functions answer [`rusqlite::Result`]; [`Store`] names the file and sorts the failure once, for all of
//! them. Absent is `Ok(None)`; a failed query never is.

pub(crate) mod events;
pub(crate) mod guard;
pub(crate) mod policies;
pub(crate) mod profile;
pub(crate) mod recovery_codes;
pub(crate) mod refresh_tokens;
pub(crate) mod restores;
pub(crate) mod revoked_tokens;
pub(crate) mod scopes;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod signing_keys;
pub(crate) mod totp_factors;
pub(crate) mod users;

mod copy;
mod error;
mod life;
mod mark;
mod migrate;
mod open;
mod paging;
#[cfg(test)]
mod tests;

pub use error::StoreError;
pub(crate) use error::damaged;

/// A connection, or a transaction, that can be read from.
pub(crate) use rusqlite::Connection as Db;
/// Why a statement failed.
pub(crate) use rusqlite::Error as DbError;
/// What a query answers.
pub(crate) use rusqlite::Result as DbResult;
/// A transaction that has the write lock.
pub(crate) use rusqlite::Transaction as Tx;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    convert::Infallible,
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// One open database. Writes take turns, and so do reads; a read never waits for a write, whose commit may wait for
/// the disk or for another process. Neither is ever held across hashing or a keyring call.
pub(crate) struct Store {
    writer: Mutex<Connection>,
    /// Reads what is committed, beside the writer. `None` where there can be one connection only: in memory, and on a
    /// disk without room for the memory that connections share.
    reader: Option<Mutex<Connection>>,
    /// Where the database is, for messages; `:memory:` if it is nowhere.
    file: PathBuf,
    own_writes: AtomicU64,
    /// How far the database has come, written down beside it. None in memory.
    mark: Option<Marker>,
}

/// The mark beside a database, and what this process knows of it.
struct Marker {
    mark: mark::Mark,
    /// The name of the life that this process knows the database in.
    life: String,
    /// That life began when this process opened the database.
    is_new: bool,
}

/// What ends a transaction early; see [`Store::decide`].
pub(crate) enum Stop<E> {
    /// A statement failed. Nothing is kept.
    Failed(DbError),
    /// The answer is no. What was written before is kept.
    Refused(E),
}

impl<E> From<DbError> for Stop<E> {
    fn from(error: DbError) -> Self {
        Self::Failed(error)
    }
}

/// Changes whenever anything in the database does, made here or by another process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreVersion {
    own: u64,
    others: i64,
}

impl Store {
    /// Runs queries on what is committed.
    pub(crate) fn read<T>(&self, queries: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        queries(&self.reading()).map_err(|error| StoreError::sort(error, &self.file))
    }

    /// Runs queries that all see the database as it is at one moment.
    pub(crate) fn snapshot<T>(
        &self,
        queries: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self.reading();
        let outcome = (|| {
            let transaction = connection.transaction()?;
            let outcome = queries(&transaction)?;
            transaction.commit()?;
            Ok(outcome)
        })();
        outcome.map_err(|error| StoreError::sort(error, &self.file))
    }

    /// Runs one transaction that has the write lock from its first statement on. A failed statement rolls it back.
    pub(crate) fn write<T>(
        &self,
        statements: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let done = self.transact(|tx| statements(tx).map_err(Stop::<Infallible>::Failed))?;
        Ok(done.unwrap_or_else(|never| match never {}))
    }

    /// Runs one such transaction that may refuse. What it wrote before it refused is committed: a counted failure, or
    /// the event that tells of the refusal.
    pub(crate) fn decide<T, E: From<StoreError>>(
        &self,
        statements: impl FnOnce(&Transaction<'_>) -> Result<T, Stop<E>>,
    ) -> Result<T, E> {
        self.transact(statements)?
    }

    fn transact<T, E>(
        &self,
        statements: impl FnOnce(&Transaction<'_>) -> Result<T, Stop<E>>,
    ) -> Result<Result<T, E>, StoreError> {
        let mut connection = self.lock();
        let outcome = (|| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcome = match statements(&transaction) {
                Ok(done) => Ok(done),
                Err(Stop::Refused(why)) => Err(why),
                Err(Stop::Failed(error)) => return Err(error),
            };
            let newest = self.mark.as_ref().map(|_| events::newest(&transaction)).transpose()?;
            transaction.commit()?;
            Ok((outcome, newest))
        })();
        if let (Some(Marker { mark, life, .. }), Ok((_, Some(newest)))) = (&self.mark, &outcome)
            && let Err(error) = mark.raise(*newest, life)
        {
            // What was committed is committed.
            tracing::warn!(%error, "the database's mark was not written");
        }
        drop(connection);
        self.own_writes.fetch_add(1, Ordering::Relaxed);
        outcome.map(|(outcome, _)| outcome).map_err(|error| StoreError::sort(error, &self.file))
    }

    /// Runs one transaction if no other process is just writing: for what may as well be done the next time.
    pub(crate) fn write_if_free(
        &self,
        statements: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let outcome = (|| {
            connection.busy_timeout(Duration::ZERO)?;
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            statements(&transaction)?;
            transaction.commit()
        })();
        let waits_again = connection.busy_timeout(open::BUSY);
        outcome.and(waits_again).map_err(|error| StoreError::sort(error, &self.file))
    }

    /// Copies the whole database, as it is at one moment, into a new file for its owner only. The file says of itself
    /// that it is a copy.
    ///
    /// # Errors
    /// [`StoreError`], also if there is a file of that name.
    pub(crate) fn copy_to(&self, copy: &std::path::Path) -> Result<(), StoreError> {
        // Copied page by page, a damaged one too.
        self.check_whole()?;
        copy::back_up(&self.reading(), copy)
    }

    /// Did the database turn out to be a copy when it was opened here?
    pub(crate) fn has_begun_life(&self) -> bool {
        self.mark.as_ref().is_some_and(|marker| marker.is_new)
    }

    /// How many transactions this process has made.
    #[cfg(test)]
    pub(crate) fn commits(&self) -> u64 {
        self.own_writes.load(Ordering::Relaxed)
    }

    /// The version of what is committed now.
    pub(crate) fn version(&self) -> Result<StoreVersion, StoreError> {
        // The reader sees our own writes as it sees those of others.
        let own = if self.reader.is_some() { 0 } else { self.own_writes.load(Ordering::Relaxed) };
        let others = self.read(|db| db.query_row("PRAGMA data_version", [], |row| row.get(0)))?;
        Ok(StoreVersion { own, others })
    }

    /// A panic in another thread while it held the lock has rolled its transaction back; the connection is sound.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self) -> MutexGuard<'_, Connection> {
        self.reader.as_ref().unwrap_or(&self.writer).lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at every page of the database. Takes time that grows with it, so it is not done at every opening.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]
    pub(crate) fn check_whole(&self) -> Result<(), StoreError> {
        open::check_pages(&self.reading(), &self.file)
    }
}
