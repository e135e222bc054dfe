//! The public parts of the signing keys. The private parts are in the vault.

use super::{error::damaged, paging::List};
use crate::{
    clock::Timestamp,
    paging::Page,
    records::{KeyInfo, KeyQuery, KeyState, Purpose},
};
use jose::VerifyingKey;
use rusqlite::{Connection, OptionalExtension, Row, params, types::Value};

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

/// SQLite cannot alter a CHECK, so the table is rebuilt to allow another purpose and to add fingerprints. `unproven` is
/// set on a copy's keys until the vault confirms that they are still good.
pub(crate) const SCHEMA_4: &str = "
CREATE TABLE signing_keys_4 (
    kid TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('access', 'refresh', 'mfa', 'test')),
    algorithm TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'retired')),
    public_jwk TEXT,
    created_at_ms INTEGER NOT NULL,
    retiring_at_ms INTEGER,
    retired_at_ms INTEGER,
    fingerprint TEXT,
    unproven INTEGER NOT NULL DEFAULT 0 CHECK (unproven IN (0, 1))
) STRICT, WITHOUT ROWID;
INSERT INTO signing_keys_4 (kid, purpose, algorithm, state, public_jwk, created_at_ms, retiring_at_ms, retired_at_ms)
    SELECT kid, purpose, algorithm, state, public_jwk, created_at_ms, retiring_at_ms, retired_at_ms FROM signing_keys;
DROP TABLE signing_keys;
ALTER TABLE signing_keys_4 RENAME TO signing_keys;
CREATE UNIQUE INDEX one_active_key_per_purpose ON signing_keys (purpose) WHERE state = 'active';
CREATE UNIQUE INDEX one_next_key_per_purpose ON signing_keys (purpose) WHERE state = 'next';";

/// A key's row.
#[derive(Debug, Clone)]
pub(crate) struct KeyRow {
    pub(crate) info: KeyInfo,
    /// Absent for a shared secret.
    pub(crate) public_jwk: Option<String>,
    /// Recognises a shared secret; see `keys::fingerprint`. Absent for a key with a public part, and for a secret that
    /// was not loaded since fingerprints were introduced.
    pub(crate) fingerprint: Option<String>,
}

impl KeyRow {
    /// The public key; `None` for a shared secret. An unusable stored key is a database error.
    pub(crate) fn public_key(&self) -> rusqlite::Result<Option<VerifyingKey>> {
        let key = self.public_jwk.as_deref().map(|jwk| VerifyingKey::from_jwk(jwk, Some(self.info.algorithm)));
        match key.transpose().map_err(|error| damaged(5, error))? {
            Some(key) if key.kid() != Some(&self.info.kid) => Err(damaged(5, jose::KeyError::MissingMember("kid"))),
            key => Ok(key),
        }
    }
}

const COLUMNS: &str = "kid, purpose, algorithm, state, created_at_ms, public_jwk, retiring_at_ms, retired_at_ms, \
                       fingerprint, unproven";

/// Adds a key, unless its ID or its place is taken. Returns whether it was added.
pub(crate) fn insert(db: &Connection, key: &KeyRow) -> rusqlite::Result<bool> {
    let info = &key.info;
    let added = db
        .prepare_cached(
            "INSERT INTO signing_keys (kid, purpose, algorithm, state, public_jwk, created_at_ms, fingerprint)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            info.kid,
            info.purpose.as_str(),
            info.algorithm.as_str(),
            info.state.as_str(),
            key.public_jwk,
            info.created_at.0,
            key.fingerprint
        ])?;
    Ok(added == 1)
}

/// Stores the fingerprint of a key that has none. Returns the key's fingerprint afterwards.
pub(crate) fn keep_fingerprint(db: &Connection, kid: &str, fingerprint: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("UPDATE signing_keys SET fingerprint = ?2 WHERE kid = ?1 AND fingerprint IS NULL")?
        .execute([kid, fingerprint])?;
    Ok(by_kid(db, kid)?.and_then(|row| row.fingerprint))
}

/// The purpose's only key in state `next` or `active`.
pub(crate) fn in_state(db: &Connection, purpose: Purpose, state: KeyState) -> rusqlite::Result<Option<KeyRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM signing_keys WHERE purpose = ?1 AND state = ?2"))?
        .query_row([purpose.as_str(), state.as_str()], read)
        .optional()
}

/// The key with this ID, in any state.
pub(crate) fn by_kid(db: &Connection, kid: &str) -> rusqlite::Result<Option<KeyRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM signing_keys WHERE kid = ?1"))?.query_row([kid], read).optional()
}

/// All keys, by purpose, newest first.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<KeyRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM signing_keys ORDER BY purpose, created_at_ms DESC, kid"))?
        .query_map([], read)?
        .collect()
}

/// A page of the keys that match a query, newest first. There are too few keys for an index.
pub(crate) fn page(db: &Connection, query: &KeyQuery) -> rusqlite::Result<Page<KeyRow>> {
    let text = |name: Option<&str>| name.map_or(Value::Null, |name| Value::Text(name.to_owned()));
    let list = List {
        columns: COLUMNS,
        from: "signing_keys",
        condition: "(?1 IS NULL OR ?1 = purpose) AND (?2 IS NULL OR ?2 = state)",
        values: vec![text(query.purpose.map(Purpose::as_str)), text(query.state.map(KeyState::as_str))],
        sort: "created_at_ms",
        key: "kid",
        descending: true,
    };
    list.page(db, query.after.as_ref(), query.most, read)
}

/// The keys of a purpose that verify and have a public part, the active one first.
pub(crate) fn published(db: &Connection, purpose: Purpose) -> rusqlite::Result<Vec<KeyRow>> {
    db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM signing_keys
         WHERE purpose = ?1 AND state <> 'retired' AND unproven = 0 AND public_jwk IS NOT NULL
         ORDER BY state <> 'active', created_at_ms DESC, kid"
    ))?
    .query_map([purpose.as_str()], read)?
    .collect()
}

/// Moves a key from one state to another. Returns whether it was in the first.
pub(crate) fn change_state(
    db: &Connection,
    kid: &str,
    from: KeyState,
    to: KeyState,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE signing_keys SET state = ?3,
                 retiring_at_ms = CASE ?3 WHEN 'retiring' THEN ?4 ELSE retiring_at_ms END,
                 retired_at_ms = CASE ?3 WHEN 'retired' THEN ?4 ELSE retired_at_ms END
             WHERE kid = ?1 AND state = ?2",
        )?
        .execute(params![kid, from.as_str(), to.as_str(), now.0])?;
    Ok(changed == 1)
}

/// The IDs of the retired keys.
pub(crate) fn retired(db: &Connection) -> rusqlite::Result<Vec<String>> {
    db.prepare("SELECT kid FROM signing_keys WHERE state = 'retired'")?.query_map([], |row| row.get(0))?.collect()
}

/// Marks every key that is not retired as doubtful: the database does not know what became of it.
pub(crate) fn doubt_all(db: &Connection) -> rusqlite::Result<()> {
    db.execute("UPDATE signing_keys SET unproven = 1 WHERE state <> 'retired'", []).map(drop)
}

/// The keys in doubt, the active ones first.
pub(crate) fn doubted(db: &Connection) -> rusqlite::Result<Vec<KeyRow>> {
    db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM signing_keys WHERE unproven = 1 AND state <> 'retired'
         ORDER BY state <> 'active', created_at_ms DESC, kid"
    ))?
    .query_map([], read)?
    .collect()
}

/// Ends the doubt about a key.
pub(crate) fn proven(db: &Connection, kid: &str) -> rusqlite::Result<()> {
    db.execute("UPDATE signing_keys SET unproven = 0 WHERE kid = ?1", [kid]).map(drop)
}

/// Reads a key from columns in the order of [`COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    let text = |column: usize| row.get::<_, String>(column);
    let time = |column: usize| row.get::<_, Option<i64>>(column).map(|at| at.map(Timestamp));
    Ok(KeyRow {
        info: KeyInfo {
            kid: text(0)?,
            purpose: text(1)?.parse().map_err(|error| damaged(1, error))?,
            algorithm: text(2)?.parse().map_err(|error| damaged(2, error))?,
            state: text(3)?.parse().map_err(|error| damaged(3, error))?,
            created_at: Timestamp(row.get(4)?),
            retiring_at: time(6)?,
            retired_at: time(7)?,
            proven: !row.get::<_, bool>(9)?,
        },
        public_jwk: row.get(5)?,
        fingerprint: row.get(8)?,
    })
}
