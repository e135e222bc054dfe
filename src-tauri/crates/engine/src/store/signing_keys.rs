//! The public parts of the signing keys. The private parts are in the vault.

use crate::clock::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('access', 'refresh', 'mfa')),
    algorithm TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'retired')),
    public_jwk TEXT,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_active_key_per_purpose ON signing_keys (purpose) WHERE state = 'active';";

pub(crate) const SCHEMA_2: &str = "
ALTER TABLE signing_keys ADD COLUMN retiring_at_ms INTEGER;
ALTER TABLE signing_keys ADD COLUMN retired_at_ms INTEGER;
CREATE UNIQUE INDEX one_next_key_per_purpose ON signing_keys (purpose) WHERE state = 'next';";

/// A key's row.
#[derive(Debug, Clone)]
pub(crate) struct KeyRow {
    pub(crate) kid: String,
    pub(crate) algorithm: String,
    pub(crate) state: String,
    pub(crate) public_jwk: Option<String>,
}

const COLUMNS: &str = "kid, algorithm, state, public_jwk";

/// Adds the active access key, unless there is one already. Says whether it was added.
pub(crate) fn insert_active_access(
    db: &Connection,
    kid: &str,
    algorithm: &str,
    public_jwk: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let added = db
        .prepare_cached(
            "INSERT INTO signing_keys (kid, purpose, algorithm, state, public_jwk, created_at_ms)
             VALUES (?1, 'access', ?2, 'active', ?3, ?4) ON CONFLICT DO NOTHING",
        )?
        .execute(params![kid, algorithm, public_jwk, now.0])?;
    Ok(added == 1)
}

/// The key that signs access tokens now.
pub(crate) fn active_access(db: &Connection) -> rusqlite::Result<Option<KeyRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM signing_keys WHERE purpose = 'access' AND state = 'active'"))?
        .query_row([], read)
        .optional()
}

/// The access key of that name, in whatever state.
pub(crate) fn access_by_kid(db: &Connection, kid: &str) -> rusqlite::Result<Option<KeyRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM signing_keys WHERE purpose = 'access' AND kid = ?1"))?
        .query_row([kid], read)
        .optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok(KeyRow { kid: row.get(0)?, algorithm: row.get(1)?, state: row.get(2)?, public_jwk: row.get(3)? })
}
