//! The profile's SQLite database. SQL appears only in this folder: one file per table, and the shared code here.
//!
//! Table functions return [`rusqlite::Result`]. [`Store`] adds the file path and classifies the error once for all of
//! them. A missing row is `Ok(None)`; a failed query never is.

pub(crate) mod clients;
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

/// A connection or transaction to read from.
pub(crate) use rusqlite::Connection as Db;
/// Why a statement failed.
pub(crate) use rusqlite::Error as DbError;
/// The result of a query.
pub(crate) use rusqlite::Result as DbResult;
/// A transaction that holds the write lock.
pub(crate) use rusqlite::Transaction as Tx;

use crate::records::Source;
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

/// An open database. Writes are serialised, and so are reads, but a read never waits for a write: a commit may have to
/// wait for the disk or for another process. Neither lock is held during hashing or a keyring call.
pub(crate) struct Store {
    writer: Mutex<Connection>,
    /// A second connection that reads committed data alongside the writer. `None` where only one connection is
    /// possible: in memory, and on a disk without room for SQLite's shared memory.
    reader: Option<Mutex<Connection>>,
    /// The path of the database, for messages; `:memory:` for an in-memory database.
    file: PathBuf,
    own_writes: AtomicU64,
    /// Records beside the database how far it has come. `None` in memory.
    mark: Option<Marker>,
}

/// The mark beside a database, and what this process knows about it.
struct Marker {
    mark: mark::Mark,
    /// The name of the life this process knows the database by.
    life: String,
    /// Whether that life began when this process opened the database.
    is_new: bool,
}

/// Ends a transaction early; see [`Store::decide`].
pub(crate) enum Stop<E> {
    /// A statement failed. The transaction is rolled back.
    Failed(DbError),
    /// The request is refused. Earlier writes of the transaction are committed.
    Refused(E),
}

impl<E> From<DbError> for Stop<E> {
    fn from(error: DbError) -> Self {
        Self::Failed(error)
    }
}

/// Changes whenever anything in the database changes, whether this process or another made the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreVersion {
    own: u64,
    others: i64,
}

impl Store {
    /// Runs queries on committed data.
    pub(crate) fn read<T>(&self, queries: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        queries(&self.reading()).map_err(|error| StoreError::sort(error, &self.file))
    }

    /// Runs queries against a single snapshot of the database.
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

    /// Runs a transaction that takes the write lock up front. A failed statement rolls it back.
    pub(crate) fn write<T>(
        &self,
        statements: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let done = self.transact(|tx| statements(tx).map_err(Stop::<Infallible>::Failed))?;
        Ok(done.unwrap_or_else(|never| match never {}))
    }

    /// Like [`Store::write`], but the transaction may refuse. Writes made before the refusal are committed, such as a
    /// failure count or the event that records the refusal.
    pub(crate) fn decide<T, E: From<StoreError>>(
        &self,
        statements: impl FnOnce(&Transaction<'_>) -> Result<T, Stop<E>>,
    ) -> Result<T, E> {
        self.transact(statements)?
    }

    /// Runs a transaction and undoes it, to see what its statements would do.
    pub(crate) fn rehearse<T, E: From<StoreError>>(
        &self,
        statements: impl FnOnce(&Transaction<'_>) -> Result<T, Stop<E>>,
    ) -> Result<T, E> {
        let mut connection = self.lock();
        let outcome = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Stop::Failed)
            // Dropped without a commit, a transaction is rolled back.
            .and_then(|transaction| statements(&transaction));
        outcome.map_err(|stop| match stop {
            Stop::Refused(why) => why,
            Stop::Failed(error) => StoreError::sort(error, &self.file).into(),
        })
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
            // The commit stands even if the mark could not be written.
            tracing::warn!(%error, "the database's mark was not written");
        }
        drop(connection);
        self.own_writes.fetch_add(1, Ordering::Relaxed);
        outcome.map(|(outcome, _)| outcome).map_err(|error| StoreError::sort(error, &self.file))
    }

    /// Runs a transaction only if no other process is writing. For work that can wait until next time.
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

    /// Copies a snapshot of the whole database into a new file that only its owner can read. The file is flagged as a
    /// copy.
    ///
    /// # Errors
    /// [`StoreError`], also if the file already exists.
    pub(crate) fn copy_to(&self, copy: &std::path::Path) -> Result<(), StoreError> {
        // The backup API copies pages as they are, damaged ones included.
        self.check_whole()?;
        copy::back_up(&self.reading(), copy)
    }

    /// Whether the database turned out to be a copy when this process opened it.
    pub(crate) fn has_begun_life(&self) -> bool {
        self.mark.as_ref().is_some_and(|marker| marker.is_new)
    }

    /// Has the events that are written from now on say what they came through.
    pub(crate) fn write_through(&self, source: Source) -> Result<(), StoreError> {
        events::write_through(&self.lock(), Some(source)).map_err(|error| StoreError::sort(error, &self.file))
    }

    /// How many transactions this process has run.
    #[cfg(test)]
    pub(crate) fn commits(&self) -> u64 {
        self.own_writes.load(Ordering::Relaxed)
    }

    /// The version of the committed data.
    pub(crate) fn version(&self) -> Result<StoreVersion, StoreError> {
        // The reader's `data_version` counts our own writes as well as those of others.
        let own = if self.reader.is_some() { 0 } else { self.own_writes.load(Ordering::Relaxed) };
        let others = self.read(|db| db.query_row("PRAGMA data_version", [], |row| row.get(0)))?;
        Ok(StoreVersion { own, others })
    }

    /// A panic in a thread that held the lock has rolled back its transaction, so the connection is still sound.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self) -> MutexGuard<'_, Connection> {
        self.reader.as_ref().unwrap_or(&self.writer).lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks every page of the database. Takes time proportional to its size, so it does not run on every open.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]
    pub(crate) fn check_whole(&self) -> Result<(), StoreError> {
        open::check_pages(&self.reading(), &self.file)
    }
}
