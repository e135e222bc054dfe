//! Each time this database turned out to be a copy, and what was done about it.

use crate::clock::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// How a database was recognised as a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A backup wrote the file.
    Backup,
    /// The database is older than its mark.
    Behind,
    /// The database was in use but has no mark.
    Unmarked,
    /// The mark belongs to another database.
    ForeignMark,
    /// The whole folder was copied, and the original is still there.
    CopiedFolder,
    /// The whole folder was copied and no original is left: restored from a backup, or copied from another disk.
    PutBack,
}

impl Cause {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Behind => "behind",
            Self::Unmarked => "unmarked",
            Self::ForeignMark => "foreign_mark",
            Self::CopiedFolder => "copied_folder",
            Self::PutBack => "put_back",
        }
    }

    /// The cause with this name. An unknown name is harmless: the cause does not affect what is done.
    pub(crate) fn stored(name: &str) -> Self {
        let all = [Self::Backup, Self::Behind, Self::Unmarked, Self::ForeignMark, Self::CopiedFolder, Self::PutBack];
        all.into_iter().find(|cause| cause.as_str() == name).unwrap_or(Self::Unmarked)
    }

    /// A sentence for the user.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Backup => "The database was put here from a backup.",
            Self::Behind => "The database is older than what this profile had already done.",
            Self::Unmarked => "The database is a copy: the mark that belongs beside it is missing.",
            Self::ForeignMark => "The database is a copy: the mark beside it belongs to another one.",
            Self::CopiedFolder => "The profile's folder is a copy, and the original is still there.",
            Self::PutBack => {
                "The profile's folder is a copy: it was put back from a backup, or copied from another disk."
            }
        }
    }
}

pub(crate) const SCHEMA_4: &str = "
CREATE TABLE restores (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    cause TEXT NOT NULL,
    since_ms INTEGER,
    sessions INTEGER NOT NULL,
    recovery_codes INTEGER NOT NULL,
    retired_keys INTEGER NOT NULL,
    read_at_ms INTEGER
) STRICT;";

/// One row, or all unread rows combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RestoreRow {
    /// When the latest copy was noticed.
    pub(crate) at: Timestamp,
    /// How it was noticed.
    pub(crate) cause: Cause,
    /// The time of the copy's last event; `None` if it had none.
    pub(crate) since: Option<Timestamp>,
    /// How many sessions were ended.
    pub(crate) sessions: i64,
    /// How many recovery codes were used up.
    pub(crate) recovery_codes: i64,
    /// How many keys were retired.
    pub(crate) retired_keys: i64,
}

pub(crate) fn insert(db: &Connection, row: &RestoreRow) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO restores (at_ms, cause, since_ms, sessions, recovery_codes, retired_keys)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            row.at.0,
            row.cause.as_str(),
            row.since.map(|at| at.0),
            row.sessions,
            row.recovery_codes,
            row.retired_keys
        ],
    )
    .map(drop)
}

/// All unread rows combined: the newest cause, the oldest copy, and everything that was ended.
pub(crate) fn unread(db: &Connection) -> rusqlite::Result<Option<RestoreRow>> {
    db.prepare_cached(
        "SELECT at_ms, cause,
             (SELECT min(since_ms) FROM restores WHERE read_at_ms IS NULL),
             (SELECT sum(sessions) FROM restores WHERE read_at_ms IS NULL),
             (SELECT sum(recovery_codes) FROM restores WHERE read_at_ms IS NULL),
             (SELECT sum(retired_keys) FROM restores WHERE read_at_ms IS NULL)
         FROM restores WHERE read_at_ms IS NULL ORDER BY id DESC LIMIT 1",
    )?
    .query_row([], read)
    .optional()
}

/// Adds keys that were retired later, once the vault was available.
pub(crate) fn add_retired(db: &Connection, keys: i64) -> rusqlite::Result<()> {
    db.execute("UPDATE restores SET retired_keys = retired_keys + ?1 WHERE id = (SELECT max(id) FROM restores)", [keys])
        .map(drop)
}

/// Marks all rows as read. Returns whether there were any unread ones.
pub(crate) fn mark_read(db: &Connection, now: Timestamp) -> rusqlite::Result<bool> {
    db.execute("UPDATE restores SET read_at_ms = ?1 WHERE read_at_ms IS NULL", [now.0]).map(|read| read > 0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<RestoreRow> {
    let cause: String = row.get(1)?;
    Ok(RestoreRow {
        at: Timestamp(row.get(0)?),
        cause: Cause::stored(&cause),
        since: row.get::<_, Option<i64>>(2)?.map(Timestamp),
        sessions: row.get(3)?,
        recovery_codes: row.get(4)?,
        retired_keys: row.get(5)?,
    })
}
