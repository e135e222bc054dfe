//! Decides whether a database continues where it left off or is a copy of one that did.
//!
//! A copy does not know what was revoked, used up or switched off after it was made. So it begins a new life: all
//! sessions end, all recovery codes are used up, and no key verifies until the vault confirms that it is still good. A
//! copy whose original still exists also takes a new profile ID, so that nothing it does in the keyring affects the
//! original's keys.

use super::{
    Store, StoreError, events,
    mark::{Mark, Marked, WrittenIn},
    migrate::APPLICATION_ID,
    open::harden,
    profile::{self, Origin},
    recovery_codes,
    restores::{self, Cause},
    sessions, settings, signing_keys, totp_factors, users,
};
use crate::{
    clock::Timestamp,
    records::{EndReason, EventKind, KeyState, NewEvent, Purpose},
};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use serde_json::json;
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

/// Where a database is being opened, and a random text to use as its ID or the name of its life if it needs one.
pub(super) struct Here<'a> {
    /// The database path with links resolved.
    pub(super) file: &'a Path,
    pub(super) fresh: &'a str,
}

impl Here<'_> {
    /// The folder, in its stored form.
    pub(super) fn home(&self) -> String {
        self.file.parent().unwrap_or(self.file).display().to_string()
    }
}

/// What a database and its mark say about each other at one moment.
struct Seen {
    origin: Origin,
    newest: i64,
    marked: Option<Marked>,
}

enum Finding {
    GoesOn,
    /// The database continues, but its location must be recorded again.
    HasToBeNoted,
    Copy(Cause),
}

/// How long to wait for another database's lock.
const BUSY_ELSEWHERE: Duration = Duration::from_millis(100);

/// Stop after this many busy databases. Retired keys that are missed this way are harmless: all of a copy's keys are in
/// doubt anyway.
const MOST_BUSY: usize = 10;

/// How many other databases are inspected at most.
const MOST_RELATIVES: usize = 200;

/// Begins a new life if the database is a copy. Returns the name of its life, and whether that life began now.
pub(super) fn settle(
    store: &Store,
    mark: &Mark,
    here: &Here<'_>,
    now: Timestamp,
) -> Result<(String, bool), StoreError> {
    let sort = |error| StoreError::sort(error, &store.file);
    let sort_io = |error: std::io::Error| StoreError::sort_io(&error, &store.file);
    // Read the mark first: a mark is never ahead of its own database, so if it is, the database was replaced by an
    // older copy.
    let marked = mark.read().map_err(sort_io)?;
    let (origin, newest) = store.snapshot(|db| Ok((profile::origin(db)?, events::newest(db)?)))?;
    let seen = Seen { origin, newest, marked };
    if let (Finding::GoesOn, Some(life)) = (judge(&seen, here), &seen.origin.life) {
        return Ok((life.clone(), false));
    }
    let mut connection = store.lock();
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sort)?;
    // Check again under the write lock: another process may just have settled or created the database.
    let marked = mark.read().map_err(sort_io)?;
    let origin = profile::origin(&tx).map_err(sort)?;
    let mut seen = Seen { origin, newest: events::newest(&tx).map_err(sort)?, marked };
    let finding = judge(&seen, here);
    match finding {
        Finding::GoesOn => {}
        Finding::HasToBeNoted => {
            seen.origin.home = Some(here.home());
            profile::set_origin(&tx, &seen.origin).map_err(sort)?;
        }
        Finding::Copy(cause) => seen = begin_life(&tx, seen, cause, here, now).map_err(sort)?,
    }
    let Seen { origin, newest, marked } = seen;
    let life = origin.life.unwrap_or_default();
    // Set the mark before the commit: if only one of the two gets written, the next process settles again.
    let is_marked = marked.is_some_and(|marked| {
        let is_its_own = marked.written_in != WrittenIn::AnotherFile;
        is_its_own && marked.newest == newest && marked.life.as_deref() == Some(&life)
    });
    if !is_marked {
        mark.set(newest, &life).map_err(sort_io)?;
    }
    tx.commit().map_err(sort)?;
    Ok((life, matches!(finding, Finding::Copy(_))))
}

fn judge(seen: &Seen, here: &Here<'_>) -> Finding {
    let Seen { origin, newest, marked } = seen;
    let at_home = origin.home.as_ref() == Some(&here.home());
    if origin.is_copy {
        return Finding::Copy(Cause::Backup);
    }
    let Some(marked) = marked else {
        // No events yet: another process is just creating the database.
        return if *newest == 0 { Finding::HasToBeNoted } else { Finding::Copy(Cause::Unmarked) };
    };
    if marked.life.is_some() && marked.life != origin.life {
        return Finding::Copy(Cause::ForeignMark);
    }
    if marked.newest > *newest {
        return Finding::Copy(Cause::Behind);
    }
    if !at_home && has_a_twin(origin, here) {
        return Finding::Copy(Cause::CopiedFolder);
    }
    if marked.written_in == WrittenIn::AnotherFile {
        return Finding::Copy(Cause::PutBack);
    }
    if at_home && marked.life.is_some() { Finding::GoesOn } else { Finding::HasToBeNoted }
}

/// Ends everything whose end the copy may have missed.
fn begin_life(
    tx: &Transaction<'_>,
    seen: Seen,
    cause: Cause,
    here: &Here<'_>,
    now: Timestamp,
) -> rusqlite::Result<Seen> {
    let Seen { mut origin, marked, .. } = seen;
    let since = events::newest_at(tx)?;
    let relatives = relatives(&origin, here);
    let ended = sessions::end_all(tx, EndReason::Restored, now)?;
    totp_factors::use_up_steps(tx, now)?;
    let codes = recovery_codes::use_up_all(tx, now)?;
    let mut retired = 0;
    for key in signing_keys::all(tx)?.into_iter().map(|row| row.info) {
        let is_known_retired = relatives.iter().any(|relative| relative.retired.contains(&key.kid));
        // Keys that only this profile verifies with can go: sessions have ended, and no pending token outlives the
        // copy. New keys are created on demand.
        let is_over = matches!(key.purpose, Purpose::Refresh | Purpose::Mfa);
        if (is_over || is_known_retired)
            && key.state != KeyState::Retired
            && signing_keys::change_state(tx, &key.kid, key.state, KeyState::Retired, now)?
        {
            events::record(tx, now, &NewEvent::of(EventKind::KeyRetired).kid(&key.kid))?;
            retired += i64::from(is_known_retired);
        }
    }
    signing_keys::doubt_all(tx)?;
    // In short-lived mode nothing is looked up, so tokens of the ended sessions would be accepted.
    settings::forget_rule(tx, "revocation")?;

    let is_own = |marked: &&Marked| marked.life.is_none() || marked.life == origin.life;
    let floor = marked.as_ref().filter(is_own).map_or(0, |marked| marked.newest).max(events::newest(tx)?);
    // The original of a folder that was restored elsewhere may be anywhere.
    let may_be_elsewhere = cause == Cause::PutBack || has_a_twin(&origin, here);
    if origin.home.as_ref() != Some(&here.home()) && may_be_elsewhere {
        let old = std::mem::replace(&mut origin.id, here.fresh.to_owned());
        origin.origins.insert(0, old);
    }
    origin.home = Some(here.home());
    origin.life = Some(here.fresh.to_owned());
    origin.is_copy = false;
    profile::set_origin(tx, &origin)?;
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let (sessions, recovery_codes) = (number(ended), number(codes));
    restores::insert(
        tx,
        &restores::RestoreRow { at: now, cause, since, sessions, recovery_codes, retired_keys: retired },
    )?;
    let detail =
        json!({ "cause": cause.as_str(), "sessions": ended, "recovery_codes": codes, "keys_retired_since": retired });
    events::record_above(tx, floor, now, &NewEvent::of(EventKind::Restored).detail(detail))?;
    // Write this after the event: its number never existed in the lost database.
    users::begin_epoch_of_all(tx)?;
    Ok(Seen { origin, newest: events::newest(tx)?, marked })
}

/// Whether another folder holds a profile with the same ID. If so, this one is a copy: moving a folder leaves nothing
/// behind. Looks in the folder the database says it comes from, and in the folders beside this one.
fn has_a_twin(origin: &Origin, here: &Here<'_>) -> bool {
    let Some(name) = here.file.file_name() else { return false };
    if let Some(home) = &origin.home {
        let theirs = Path::new(home).join(name);
        let is_it = is_another_file(&theirs, here.file).unwrap_or(true)
            // Treat an unreadable database as the twin.
            && look_into(&theirs).map_or(true, |theirs| theirs.origin.id == origin.id);
        if is_it {
            return true;
        }
    }
    look_into_all(&profiles_beside(here)).iter().any(|theirs| theirs.origin.id == origin.id)
}

/// Also `Ok(false)` if there is no such file.
fn is_another_file(theirs: &Path, ours: &Path) -> std::io::Result<bool> {
    let found = match fs::metadata(theirs) {
        Ok(found) => found,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(false),
        Err(error) => return Err(error),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let ours = fs::metadata(ours)?;
        Ok((found.dev(), found.ino()) != (ours.dev(), ours.ino()))
    }
    #[cfg(not(unix))]
    {
        drop(found);
        Ok(fs::canonicalize(theirs)? != fs::canonicalize(ours)?)
    }
}

/// A database that descends from the same profile.
struct Relative {
    origin: Origin,
    /// The keys it knows to be retired.
    retired: Vec<String>,
}

/// Readable databases nearby that descend from the same profile: those of other profiles, and files set aside in this
/// folder.
fn relatives(origin: &Origin, here: &Here<'_>) -> Vec<Relative> {
    let name = here.file.file_name().unwrap_or_default();
    let mut files = profiles_beside(here);
    files.extend(origin.home.iter().map(|home| Path::new(home).join(name)));
    for entry in entries_of(here.file.parent()) {
        files.push(if entry.is_dir() { entry.join(name) } else { entry });
    }
    let is_database = |file: &PathBuf| file.extension().is_some_and(|end| end == "db");
    files.retain(|file| is_database(file) && is_another_file(file, here.file).unwrap_or(false));
    look_into_all(&files).into_iter().filter(|relative| relative.origin.is_kin_of(origin)).collect()
}

/// The databases in sibling folders.
fn profiles_beside(here: &Here<'_>) -> Vec<PathBuf> {
    let name = here.file.file_name().unwrap_or_default();
    let folders = entries_of(here.file.parent().and_then(Path::parent)).into_iter();
    let files = folders.map(|folder| folder.join(name));
    files.filter(|file| is_another_file(file, here.file).unwrap_or(false)).take(MOST_RELATIVES).collect()
}

fn entries_of(folder: Option<&Path>) -> Vec<PathBuf> {
    let entries = folder.and_then(|folder| fs::read_dir(folder).ok());
    entries.into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Reads the databases that can be read and skips the rest.
fn look_into_all(files: &[PathBuf]) -> Vec<Relative> {
    let (mut found, mut busy) = (Vec::new(), 0);
    for file in files.iter().take(MOST_RELATIVES) {
        match look_into(file) {
            Ok(relative) => found.push(relative),
            Err(error) => busy += usize::from(error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)),
        }
        if busy >= MOST_BUSY {
            break;
        }
    }
    found
}

/// Reads another database without changing it.
fn look_into(file: &Path) -> rusqlite::Result<Relative> {
    // Opening a named pipe would block until someone opens the other end.
    if !fs::metadata(file).is_ok_and(|found| found.is_file()) {
        return Err(rusqlite::Error::QueryReturnedNoRows);
    }
    let connection =
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_ELSEWHERE)?;
    harden(&connection)?;
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    if pragma("application_id")? != i64::from(APPLICATION_ID) {
        return Err(rusqlite::Error::QueryReturnedNoRows);
    }
    let origin = if pragma("user_version")? < 4 {
        let id = profile::id(&connection)?;
        Origin { id, home: None, life: None, is_copy: false, origins: Vec::new() }
    } else {
        profile::origin(&connection)?
    };
    Ok(Relative { origin, retired: signing_keys::retired(&connection)? })
}
