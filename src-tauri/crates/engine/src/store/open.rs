//! Opening a database: who may read the file, how SQLite is set up, and which schema the file has.
//!
//! Whatever is wrong with a file is found out before the first byte of it is changed.

use super::{
    Store, StoreError, events, mark::Mark, policies, profile, recovery_codes, refresh_tokens, revoked_tokens, scopes,
    sessions, settings, signing_keys, totp_factors, users,
};
use crate::{clock::Timestamp, events::EventKind, private_file, sessions::EndReason};
use rusqlite::{Connection, OpenFlags, TransactionBehavior, backup::Backup, config::DbConfig};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, atomic::AtomicU64},
    time::Duration,
};

/// "twb1" in ASCII: tells our files from other programs' (PRAGMA application_id).
pub(super) const APPLICATION_ID: i32 = 0x7477_6231;

/// How long one process waits for another's write.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// One step of the schema: it brings a file from the version before it to its own, its place in this list plus one.
pub(super) const MIGRATIONS: [&[&str]; 4] = [
    &[
        profile::SCHEMA_1,
        scopes::SCHEMA_1,
        users::SCHEMA_1,
        sessions::SCHEMA_1,
        signing_keys::SCHEMA_1,
        events::SCHEMA_1,
    ],
    &[
        profile::SCHEMA_2,
        settings::SCHEMA_2,
        users::SCHEMA_2,
        sessions::SCHEMA_2,
        signing_keys::SCHEMA_2,
        refresh_tokens::SCHEMA_2,
        revoked_tokens::SCHEMA_2,
        totp_factors::SCHEMA_2,
        recovery_codes::SCHEMA_2,
        events::SCHEMA_2,
    ],
    &[policies::SCHEMA_3],
    &[profile::SCHEMA_4, users::SCHEMA_4, sessions::SCHEMA_4, signing_keys::SCHEMA_4, totp_factors::SCHEMA_4],
];

/// The newest schema this program knows.
const NEWEST: u32 = MIGRATIONS.len() as u32;

/// How many prepared statements are kept: more than there are different ones.
const STATEMENTS: usize = 128;

impl Store {
    /// Opens the database at `file`, creating it (0600, in a 0700 folder) if it is not there. A new one gets
    /// `profile_id` and `now` as its own.
    ///
    /// # Errors
    /// [`StoreError`]; the file is then as it was.
    pub(crate) fn open(file: &Path, now: Timestamp, profile_id: &str) -> Result<Self, StoreError> {
        private_file::create_or_keep(file).map_err(|error| StoreError::sort_io(&error, file))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags).map_err(|error| StoreError::sort(error, file))?;
        Self::open_on(connection, file, now, profile_id)
    }

    /// The rest of [`Store::open`], once there is a connection.
    pub(super) fn open_on(
        connection: Connection,
        file: &Path,
        now: Timestamp,
        profile_id: &str,
    ) -> Result<Self, StoreError> {
        let sort = |error| StoreError::sort(error, file);
        connection.busy_timeout(BUSY).map_err(sort)?;
        check_file(&connection, file)?;
        connection.query_row("PRAGMA journal_mode=WAL", [], |row| row.get::<_, String>(0)).map_err(sort)?;
        copy_before_migration(&connection, file)?;
        let mark = Mark::open(file).map_err(|error| StoreError::sort_io(&error, file))?;
        let store = Self::set_up(connection, file.to_path_buf(), Some(mark), now, profile_id)?;
        store.end_what_was_forgotten(now)?;
        Ok(store)
    }

    /// If the database is an older copy, ends every session and uses up every code: what was revoked or used since the
    /// copy was made is not known any more.
    fn end_what_was_forgotten(&self, now: Timestamp) -> Result<(), StoreError> {
        let Some(mark) = &self.mark else { return Ok(()) };
        // The mark first: it never runs ahead of the database, so one that does is from before the copy was put back.
        let mark = mark.read().map_err(|error| StoreError::sort_io(&error, &self.file))?;
        if self.read(events::newest)? >= mark {
            return Ok(());
        }
        self.write(|tx| {
            let ended = sessions::end_all(tx, EndReason::Restored, now)?;
            totp_factors::use_up_steps(tx, now)?;
            events::skip_to(tx, mark, now, EventKind::Restored, &format!("{ended} sessions"))?;
            // After the event: its number is one that the lost database never had.
            users::begin_epoch_of_all(tx)
        })
    }

    /// A database that ends with the process.
    ///
    /// # Errors
    /// [`StoreError`] if SQLite has no memory.
    pub(crate) fn in_memory(now: Timestamp, profile_id: &str) -> Result<Self, StoreError> {
        let file = PathBuf::from(":memory:");
        let connection = Connection::open_in_memory().map_err(|error| StoreError::sort(error, &file))?;
        Self::set_up(connection, file, None, now, profile_id)
    }

    fn set_up(
        mut connection: Connection,
        file: PathBuf,
        mark: Option<Mark>,
        now: Timestamp,
        id: &str,
    ) -> Result<Self, StoreError> {
        (|| {
            // FULL: a rotation or revocation that was answered must survive a power cut.
            // trusted_schema, cell_size_check, DEFENSIVE: a prepared file must not get code or bad pages past SQLite.
            connection.execute_batch(
                "PRAGMA synchronous=FULL; PRAGMA fullfsync=ON; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;
                 PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;",
            )?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            // Without it a join is planned anew for every value that is bound to it, on every use.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            migrate(&mut connection, now, id)
        })()
        .map_err(|error| StoreError::sort(error, &file))?;
        Ok(Self { connection: Mutex::new(connection), file, own_writes: AtomicU64::new(0), mark })
    }
}

/// A migration is all or nothing, and still the old file is kept: whoever goes back to the older program needs it.
fn copy_before_migration(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    let version = connection.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0));
    let version = version.map_err(|error| StoreError::sort(error, file))?;
    let kept = file.with_extension(format!("v{version}.db"));
    if version == 0 || version >= NEWEST || kept.exists() {
        return Ok(());
    }
    copy(connection, &kept)
}

/// Copies a database with SQLite's backup API, which sees one moment of it whatever others write meanwhile.
pub(super) fn copy(connection: &Connection, copy: &Path) -> Result<(), StoreError> {
    let sort_io = |error: std::io::Error| StoreError::sort_io(&error, copy);
    private_file::create_new(copy).map_err(sort_io)?;
    let done = (|| {
        let mut target = Connection::open(copy)?;
        Backup::new(connection, &mut target)?.run_to_completion(i32::MAX, Duration::ZERO, None)
    })();
    done.map_err(|error| {
        // Half a copy is worse than none.
        let _ = fs::remove_file(copy);
        StoreError::sort(error, copy)
    })
}

/// Refuses a file that is read-only, damaged, another program's or newer, without changing it.
fn check_file(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let sort = |error| StoreError::sort(error, file);
    let damaged = |system: &str| StoreError::Damaged { file: file.to_path_buf(), system: system.into() };

    // One moment of the file: another process may be making it just now.
    connection.execute_batch("BEGIN").map_err(sort)?;
    let seen = (|| Ok((pragma("schema_version")? == 0, pragma("application_id")?, pragma("user_version")?)))();
    // A failed read may have ended the transaction already.
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK").map_err(sort)?;
    }
    let (empty, application, version) = seen.map_err(sort)?;
    if !empty && application != i64::from(APPLICATION_ID) {
        return Err(damaged("it belongs to another program"));
    }
    let version = u32::try_from(version).map_err(|_| damaged("its schema version is negative"))?;
    if version > NEWEST {
        return Err(StoreError::Newer { file: file.to_path_buf(), found: version, known: NEWEST });
    }
    if connection.is_readonly("main").map_err(sort)? {
        return Err(StoreError::ReadOnly { file: file.to_path_buf(), system: "the file is read-only".into() });
    }
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sort)?;
    if verdict == "ok" { Ok(()) } else { Err(damaged(&verdict)) }
}

/// Brings the file to the newest schema: all pending steps, or none.
fn migrate(connection: &mut Connection, now: Timestamp, profile_id: &str) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked inside the transaction: another process may have done it since the file was checked.
    let version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for step in MIGRATIONS.iter().skip(version as usize) {
        for statements in *step {
            transaction.execute_batch(statements)?;
        }
    }
    if version == 0 {
        profile::insert(&transaction, profile_id, now)?;
    }
    if version < NEWEST {
        transaction.execute_batch(&format!("PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={NEWEST};"))?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(file: &Path) -> Result<Store, StoreError> {
        Store::open(file, Timestamp(0), "id")
    }

    #[test]
    fn a_database_is_set_up_to_lose_nothing_and_to_be_read_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("profiles/default/workbench.db");
        let store = open(&file).unwrap();
        for (name, wanted) in [
            ("synchronous", 2_i64),
            ("foreign_keys", 1),
            ("trusted_schema", 0),
            ("cell_size_check", 1),
            ("secure_delete", 1),
            ("application_id", i64::from(APPLICATION_ID)),
            ("user_version", i64::from(NEWEST)),
        ] {
            let set: i64 = store.read(|db| db.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))).unwrap();
            assert_eq!(set, wanted, "{name}");
        }
        let mode: String = store.read(|db| db.query_row("PRAGMA journal_mode", [], |row| row.get(0))).unwrap();
        assert_eq!(mode, "wal");
        assert!(rusqlite::version_number() >= 3_051_003, "older ones can lose commits in WAL mode");
        #[cfg(unix)]
        for entry in fs::read_dir(file.parent().unwrap()).unwrap() {
            use std::os::unix::fs::PermissionsExt;
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        let strict: i64 = store
            .read(|db| {
                db.query_row("SELECT count(*) FROM pragma_table_list WHERE schema='main' AND type='table' AND name NOT LIKE 'sqlite_%' AND strict=0", [], |row| row.get(0))
            })
            .unwrap();
        assert_eq!(strict, 0, "every table is STRICT");
    }

    #[test]
    fn a_file_that_is_not_ours_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("page.db");
        fs::write(&page, "<!doctype html><title>not a database</title>".repeat(100)).unwrap();
        let other = folder.path().join("other.db");
        Connection::open(&other).unwrap().execute_batch("CREATE TABLE t(x); INSERT INTO t VALUES(1)").unwrap();
        for file in [page, other] {
            let before = fs::read(&file).unwrap();
            assert!(matches!(open(&file), Err(StoreError::Damaged { .. })), "{file:?}");
            assert_eq!(fs::read(&file).unwrap(), before, "{file:?}");
        }
    }

    #[test]
    fn a_newer_schema_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("workbench.db");
        drop(open(&file).unwrap());
        Connection::open(&file).unwrap().execute_batch("PRAGMA user_version=99").unwrap();
        let before = fs::read(&file).unwrap();
        let refused = open(&file).err();
        assert_eq!(refused, Some(StoreError::Newer { file: file.clone(), found: 99, known: NEWEST }));
        assert_eq!(fs::read(&file).unwrap(), before);
    }

    #[test]
    fn a_damaged_page_is_found_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("workbench.db");
        drop(open(&file).unwrap());
        let mut bytes = fs::read(&file).unwrap();
        let page = bytes.len() / 2 / 4096 * 4096;
        bytes[page..page + 4096].fill(0xAB);
        fs::write(&file, &bytes).unwrap();
        assert!(matches!(open(&file), Err(StoreError::Damaged { .. })));
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }

    #[test]
    fn two_processes_may_create_one_profile_at_the_same_moment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("workbench.db");
        let ids = std::thread::scope(|scope| {
            let opened = (0..8).map(|n| {
                let file = &file;
                scope.spawn(move || {
                    let store = Store::open(file, Timestamp(n), &format!("id-{n}")).unwrap();
                    store.read(profile::id).unwrap()
                })
            });
            let opened = opened.collect::<Vec<_>>();
            opened.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "all see one profile: {ids:?}");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = Path::new("/proc/token-workbench/workbench.db");
        assert!(matches!(
            open(file),
            Err(StoreError::ReadOnly { file: named, .. } | StoreError::Failed { file: named, .. }) if named == file
        ));
    }
}
