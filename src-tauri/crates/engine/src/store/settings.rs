//! What is set for the profile: a name and a text each. Absent means the default.

use rusqlite::{Connection, OptionalExtension, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;";

/// How revocation works. Named here because a copy goes back to the default.
pub(crate) const REVOCATION: &str = "revocation";

pub(crate) fn read(db: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT value FROM settings WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()
}

/// Sets a value; `None` goes back to the default.
pub(crate) fn write(db: &Connection, name: &str, value: Option<&str>) -> rusqlite::Result<()> {
    match value {
        Some(value) => db
            .prepare_cached(
                "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
            )?
            .execute(params![name, value]),
        None => db.prepare_cached("DELETE FROM settings WHERE name = ?1")?.execute([name]),
    }
    .map(drop)
}
