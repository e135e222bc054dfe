//! Opening a database: file permissions, SQLite settings and schema version.
//!
//! Any problem with a file is detected before its first byte is changed.

use super::{
    Marker, Store, StoreError, events,
    life::{self, Here},
    mark::Mark,
    migrate::{APPLICATION_ID, NEWEST, keep_and_migrate, migrate},
    paging,
};
use crate::{clock::Timestamp, private_file};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, atomic::AtomicU64},
    time::Duration,
};

/// How long one process waits for another's write.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// Capacity of the prepared statement cache: more than there are different statements.
const STATEMENTS: usize = 128;

impl Store {
    /// Opens the database at `file`, creating it (0600, in a 0700 folder) if needed. `fresh` is a random text: the ID
    /// of a new profile or a copy, and the name of the life that either begins.
    ///
    /// Takes the write lock only if there is something to write: a new schema, or a new life.
    ///
    /// # Errors
    /// [`StoreError`]; the file is left unchanged.
    pub(crate) fn open(file: &Path, now: Timestamp, fresh: &str) -> Result<Self, StoreError> {
        let sort_io = |error: io::Error| StoreError::sort_io(&error, file);
        private_file::survive_limits().map_err(sort_io)?;
        let mark = (|| {
            private_file::create_folder(file.parent().unwrap_or(file))?;
            Mark::open(file)
        })();
        let mark = mark.map_err(sort_io)?;
        // Check before creating the file: a missing database must not pass for a new one.
        let was_in_use = mark.read().map_err(sort_io)?.is_some();
        check_length(file, was_in_use)?;
        // SQLite refuses links too, but does not say that it found one.
        for end in ["-wal", "-shm"] {
            let mut beside = file.as_os_str().to_owned();
            beside.push(end);
            private_file::refuse_link(Path::new(&beside)).map_err(sort_io)?;
        }
        private_file::open_or_create(file).map_err(sort_io)?;
        let real = without_links(file).map_err(sort_io)?;
        let here = Here { file: &real, fresh };
        let opened = Self::open_on(connect(&real, file)?, file, mark, &here, now).and_then(|mut store| {
            let reader = connect(&real, file)?;
            let set_up = (|| {
                reader.busy_timeout(BUSY)?;
                set_up(&reader)?;
                // A larger cache, because the same pages are read over and over, above all those of the deny list.
                reader.execute_batch("PRAGMA query_only=ON; PRAGMA cache_size=-16384")
            })();
            set_up.map_err(|error| StoreError::sort(error, file))?;
            store.reader = Some(Mutex::new(reader));
            Ok(store)
        });
        match opened {
            // Without room for the shared memory, this process can still use the database exclusively.
            Err(StoreError::Full { .. }) => {
                let connection = connect(&real, file)?;
                let alone = connection.query_row("PRAGMA locking_mode=EXCLUSIVE", [], |_| Ok(()));
                alone.map_err(|error| StoreError::sort(error, file))?;
                Self::open_on(connection, file, Mark::open(file).map_err(sort_io)?, &here, now)
            }
            opened => opened,
        }
    }

    /// Reports what is wrong with the database at `file` without changing anything.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) fn check(file: &Path) -> Result<(), StoreError> {
        let was_in_use = fs::metadata(file.with_extension("mark")).is_ok_and(|mark| mark.len() > 0);
        check_length(file, was_in_use)?;
        let real = without_links(file).map_err(|error| StoreError::sort_io(&error, file))?;
        let connection = connect(&real, file)?;
        connection.busy_timeout(BUSY).map_err(|error| StoreError::sort(error, file))?;
        check_file(&connection, file, was_in_use)?;
        check_pages(&connection, file)
    }

    /// Completes [`Store::open`] on an open connection.
    pub(super) fn open_on(
        mut connection: Connection,
        file: &Path,
        mark: Mark,
        here: &Here<'_>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let sort = |error| StoreError::sort(error, file);
        let sort_io = |error: io::Error| StoreError::sort_io(&error, file);
        connection.busy_timeout(BUSY).map_err(sort)?;
        let was_in_use = mark.read().map_err(sort_io)?.is_some();
        let version = check_file(&connection, file, was_in_use)?;
        let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).map_err(sort)?;
        if mode != "wal" {
            // One process at a time: if several change the mode at once, SQLite fails instead of waiting.
            let changed = mark.held(|| connection.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(())));
            changed.map_err(sort_io)?.map_err(sort)?;
        }
        set_up(&connection).map_err(sort)?;
        if version < NEWEST {
            // One process at a time, so that the file kept is exactly the one that gets migrated.
            mark.held(|| keep_and_migrate(&mut connection, file, here, now)).map_err(sort_io)??;
        }
        let mut store = Self {
            writer: Mutex::new(connection),
            reader: None,
            file: file.to_path_buf(),
            own_writes: AtomicU64::new(0),
            mark: None,
        };
        let (life, is_new) = life::settle(&store, &mark, here, now)?;
        store.mark = Some(Marker { mark, life, is_new });
        Ok(store)
    }

    /// An in-memory database.
    ///
    /// # Errors
    /// [`StoreError`] if SQLite is out of memory.
    pub(crate) fn in_memory(now: Timestamp, profile_id: &str) -> Result<Self, StoreError> {
        let file = PathBuf::from(":memory:");
        let opened = (|| {
            let mut connection = Connection::open_in_memory()?;
            set_up(&connection)?;
            migrate(&mut connection, &Here { file: &file, fresh: profile_id }, now)?;
            Ok(connection)
        })();
        let connection = opened.map_err(|error| StoreError::sort(error, &file))?;
        Ok(Self { writer: Mutex::new(connection), reader: None, file, own_writes: AtomicU64::new(0), mark: None })
    }
}

/// `real` is `file` with links resolved, so that SQLite can refuse a link that is planted in the meantime.
fn connect(real: &Path, file: &Path) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if cfg!(unix) {
        flags |= OpenFlags::SQLITE_OPEN_NOFOLLOW;
    }
    Connection::open_with_flags(real, flags).map_err(|error| StoreError::sort(error, file))
}

/// Resolves links, since the user may have linked a parent folder. On Windows SQLite cannot open the canonical form.
fn without_links(file: &Path) -> io::Result<PathBuf> {
    if cfg!(windows) {
        return std::path::absolute(file);
    }
    match (file.parent(), file.file_name()) {
        (Some(folder), Some(name)) => Ok(folder.canonicalize()?.join(name)),
        _ => file.canonicalize(),
    }
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    // FULL: an acknowledged rotation or revocation must survive a power cut.
    connection.execute_batch(
        "PRAGMA synchronous=FULL; PRAGMA fullfsync=ON; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;
         PRAGMA temp_store=MEMORY;",
    )?;
    harden(connection)?;
    // Keeps plans stable: otherwise SQLite plans a join again for every new bound value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    events::write_through(connection, None)?;
    paging::add_functions(connection)
}

/// A crafted file must not get code or bad pages past SQLite.
pub(super) fn harden(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map(drop)
}

/// The size of an SQLite header in bytes. SQLite would treat a shorter file as an empty database.
const SHORTEST: u64 = 100;

/// Refuses a missing or truncated file before anything is created in its place.
fn check_length(file: &Path, was_in_use: bool) -> Result<(), StoreError> {
    let damaged = |system: &str| Err(StoreError::Damaged { file: file.to_path_buf(), system: system.into() });
    let found = fs::symlink_metadata(file);
    if found.as_ref().is_ok_and(fs::Metadata::is_symlink) {
        // Opening the file refuses a link with a better message.
        return Ok(());
    }
    match (found.map(|found| found.len()), was_in_use) {
        (Err(error), true) if error.kind() == io::ErrorKind::NotFound => {
            Err(StoreError::Missing { file: file.to_path_buf() })
        }
        (Ok(0), true) => damaged("the file is empty, though this profile was in use"),
        (Ok(1..SHORTEST), _) => damaged("the file is shorter than the header of a database"),
        _ => Ok(()),
    }
}

/// Refuses a file that is read-only, damaged, newer or another program's, without changing it. Returns its schema
/// version.
fn check_file(connection: &Connection, file: &Path, was_in_use: bool) -> Result<u32, StoreError> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let sort = |error| StoreError::sort(error, file);
    let damaged = |system: &str| StoreError::Damaged { file: file.to_path_buf(), system: system.into() };

    // Read all three in one snapshot: another process may be creating the file.
    connection.execute_batch("BEGIN").map_err(sort)?;
    let seen = (|| Ok((pragma("schema_version")? == 0, pragma("application_id")?, pragma("user_version")?)))();
    // A failed read may already have ended the transaction.
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK").map_err(sort)?;
    }
    let (empty, application, version) = seen.map_err(sort)?;
    if empty && was_in_use {
        return Err(damaged("the database holds nothing, though this profile was in use"));
    }
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
    Ok(version)
}

/// Refuses a database with a damaged page.
pub(super) fn check_pages(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    let verdict = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match verdict.map_err(|error| StoreError::sort(error, file))? {
        ok if ok == "ok" => Ok(()),
        system => Err(StoreError::Damaged { file: file.to_path_buf(), system }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::profile;

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
                db.query_row(
                    "SELECT count(*) FROM pragma_table_list
                     WHERE schema='main' AND type='table' AND name NOT LIKE 'sqlite_%' AND strict=0",
                    [],
                    |row| row.get(0),
                )
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
    fn a_damaged_page_is_found_by_whoever_looks_at_every_page() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("workbench.db");
        drop(open(&file).unwrap());
        let mut bytes = fs::read(&file).unwrap();
        let page = bytes.len() / 2 / 4096 * 4096;
        bytes[page..page + 4096].fill(0xAB);
        fs::write(&file, &bytes).unwrap();
        let found = open(&file).and_then(|store| store.check_whole());
        assert!(matches!(found, Err(StoreError::Damaged { .. })), "{found:?}");
        assert!(matches!(Store::check(&file), Err(StoreError::Damaged { .. })));
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

    /// The process that settles a new database holds its write lock and waits for the mark. A second process that saw
    /// no database yet holds the mark by then and must not wait for the write lock.
    #[test]
    fn a_process_that_comes_late_to_a_new_database_waits_for_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("workbench.db");
        let store = open(&file).unwrap();
        let mut late = Connection::open(&file).unwrap();
        late.busy_timeout(Duration::ZERO).unwrap();
        let writer = store.lock();
        writer.execute_batch("BEGIN IMMEDIATE").unwrap();
        let here = Here { file: &file, fresh: "late" };
        keep_and_migrate(&mut late, &file, &here, Timestamp(0)).unwrap();
        writer.execute_batch("ROLLBACK").unwrap();
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
