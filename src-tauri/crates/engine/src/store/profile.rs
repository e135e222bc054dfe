//! The profile itself: a single row.

use crate::clock::{Readings, Timestamp};
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE profile (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;";

pub(crate) const SCHEMA_2: &str = "ALTER TABLE profile ADD COLUMN data_key_fingerprint TEXT;";

/// Three readings of the computer's clock, absent before the first one. `revoked_forgotten_ms`: the end of the last
/// revoked token that was purged from the deny list. `home`: the folder the database is in. `life`: see `mark.rs`.
/// `is_copy`: set in the files a backup writes. `origins`: the IDs of the profiles this one is a copy of, nearest
/// first, separated by spaces.
pub(crate) const SCHEMA_4: &str = "
ALTER TABLE profile ADD COLUMN oldest_reading_ms INTEGER;
ALTER TABLE profile ADD COLUMN middle_reading_ms INTEGER;
ALTER TABLE profile ADD COLUMN newest_reading_ms INTEGER;
ALTER TABLE profile ADD COLUMN revoked_forgotten_ms INTEGER;
ALTER TABLE profile ADD COLUMN home TEXT;
ALTER TABLE profile ADD COLUMN life TEXT;
ALTER TABLE profile ADD COLUMN is_copy INTEGER NOT NULL DEFAULT 0 CHECK (is_copy IN (0, 1));
ALTER TABLE profile ADD COLUMN origins TEXT NOT NULL DEFAULT '';";

/// Where a database says it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) id: String,
    /// The folder it is in; earlier versions recorded none.
    pub(crate) home: Option<String>,
    /// The name of its life, as in its mark; earlier versions recorded none.
    pub(crate) life: Option<String>,
    pub(crate) is_copy: bool,
    pub(crate) origins: Vec<String>,
}

impl Origin {
    /// Whether two databases descend from the same profile.
    pub(crate) fn is_kin_of(&self, other: &Self) -> bool {
        let all = |one: &Self| [vec![one.id.clone()], one.origins.clone()].concat();
        all(self).iter().any(|id| all(other).contains(id))
    }
}

pub(crate) fn insert(db: &Connection, id: &str, at: Timestamp) -> rusqlite::Result<()> {
    db.execute("INSERT INTO profile (only_row, id, created_at_ms) VALUES (1, ?1, ?2)", params![id, at.0])?;
    keep_readings(db, Readings::new(at))
}

/// The readings of the computer's clock.
pub(crate) fn readings(db: &Connection) -> rusqlite::Result<Readings> {
    db.prepare_cached("SELECT oldest_reading_ms, middle_reading_ms, newest_reading_ms FROM profile")?.query_row(
        [],
        |row| {
            let at = |column: usize| row.get::<_, Option<i64>>(column).map(|at| at.map(Timestamp));
            let Readings { oldest, middle, newest } = Readings::NONE;
            Ok(Readings {
                oldest: at(0)?.unwrap_or(oldest),
                middle: at(1)?.unwrap_or(middle),
                newest: at(2)?.unwrap_or(newest),
            })
        },
    )
}

pub(crate) fn keep_readings(db: &Connection, readings: Readings) -> rusqlite::Result<()> {
    let Readings { oldest, middle, newest } = readings;
    db.prepare_cached("UPDATE profile SET oldest_reading_ms = ?1, middle_reading_ms = ?2, newest_reading_ms = ?3")?
        .execute(params![oldest.0, middle.0, newest.0])
        .map(drop)
}

/// The end of the last revoked token that was purged from the deny list; `None` if none was purged.
pub(crate) fn revoked_forgotten_until(db: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    db.prepare_cached("SELECT revoked_forgotten_ms FROM profile")?
        .query_row([], |row| Ok(row.get::<_, Option<i64>>(0)?.map(Timestamp)))
}

/// Records that revoked tokens which ended by `end` may be gone from the deny list.
pub(crate) fn forget_revoked_until(db: &Connection, end: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE profile SET revoked_forgotten_ms = max(coalesce(revoked_forgotten_ms, ?1), ?1)")?
        .execute([end.0])
        .map(drop)
}

/// The profile's random ID, which prefixes its keyring entries.
pub(crate) fn id(db: &Connection) -> rusqlite::Result<String> {
    db.query_row("SELECT id FROM profile", [], |row| row.get(0))
}

/// Where the database comes from.
pub(crate) fn origin(db: &Connection) -> rusqlite::Result<Origin> {
    db.query_row("SELECT id, home, life, is_copy, origins FROM profile", [], |row| {
        let origins: String = row.get(4)?;
        Ok(Origin {
            id: row.get(0)?,
            home: row.get(1)?,
            life: row.get(2)?,
            is_copy: row.get(3)?,
            origins: origins.split_whitespace().map(str::to_owned).collect(),
        })
    })
}

/// Records where the database comes from.
pub(crate) fn set_origin(db: &Connection, origin: &Origin) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE profile SET id = ?1, home = ?2, life = ?3, is_copy = ?4, origins = ?5",
        params![origin.id, origin.home, origin.life, origin.is_copy, origin.origins.join(" ")],
    )
    .map(drop)
}

/// Flags the file as a copy.
pub(crate) fn call_copy(db: &Connection) -> rusqlite::Result<()> {
    db.execute("UPDATE profile SET is_copy = 1", []).map(drop)
}

/// The fingerprint of the data key that seals this profile's secret columns; `None` before the first one.
pub(crate) fn data_key_fingerprint(db: &Connection) -> rusqlite::Result<Option<String>> {
    db.query_row("SELECT data_key_fingerprint FROM profile", [], |row| row.get(0))
}

/// Replaces the fingerprint if it still is `old`. Returns whether it did.
pub(crate) fn replace_data_key_fingerprint(db: &Connection, old: Option<&str>, new: &str) -> rusqlite::Result<bool> {
    db.execute("UPDATE profile SET data_key_fingerprint = ?2 WHERE data_key_fingerprint IS ?1", params![old, new])
        .map(|changed| changed == 1)
}
