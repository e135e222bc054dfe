//! The profile's settings: name and text. A missing row means the default.

use rusqlite::{Connection, OptionalExtension, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;";

/// The changed rules, as JSON: see `rules/changed.rs`.
pub(crate) const RULES: &str = "rules";

/// Moves the rules from one setting each into a single value. Drops values that no version could read.
pub(crate) const SCHEMA_7: &str = "
INSERT INTO settings (name, value)
    SELECT 'rules', json_object('version', 1, 'changed', json_group_object(name, json(value)))
    FROM (
        SELECT name, json_quote(value) AS value FROM settings
            WHERE name = 'rotation' AND value IN ('strict', 'evidence', 'none')
        UNION ALL SELECT name, json_quote('grace ' || min(max(CAST(substr(value, 7) AS INTEGER), 1), 86400))
            FROM settings WHERE name = 'rotation' AND value = 'grace ' || CAST(substr(value, 7) AS INTEGER)
        UNION ALL SELECT name, json_quote(value) FROM settings
            WHERE name = 'revocation' AND value IN ('deny-list', 'short-lived')
        UNION ALL SELECT name, CAST(value AS INTEGER) FROM settings
            WHERE name = 'shortest_password_alone' AND CAST(value AS INTEGER) BETWEEN 8 AND 64
        UNION ALL SELECT 'test_key_published', 'true' FROM settings WHERE name = 'test_key' AND value = 'published'
    )
    HAVING count(*) > 0;
DELETE FROM settings WHERE name IN ('rotation', 'revocation', 'shortest_password_alone', 'test_key');";

pub(crate) fn read(db: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT value FROM settings WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()
}

/// Resets one rule to its default. Invalid JSON is left for the reader of the rules to report.
pub(crate) fn forget_rule(db: &Connection, name: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE settings SET value = json_remove(value, '$.changed.' || ?2) WHERE name = ?1 AND json_valid(value)",
    )?
    .execute([RULES, name])
    .map(drop)
}

/// What a decision depends on: the clock and the rules in their stored form, in one statement.
pub(crate) fn clock_and_rules(db: &Connection) -> rusqlite::Result<(Option<String>, Option<String>)> {
    db.prepare_cached(
        "SELECT (SELECT value FROM settings WHERE name = 'clock'), (SELECT value FROM settings WHERE name = 'rules')",
    )?
    .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Sets a value; `None` resets it to the default.
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
