//! The public parts of the signing keys. The private parts are in the vault.

use super::{error::damaged, paging::List};
use crate::{
    clock::Timestamp,
    paging::{Cursor, Page},
    records::{KeyInfo, KeyState, Purpose},
};
use jose::VerifyingKey;
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

/// The name that a key is shown by, and how often it signed. Older keys are named by their month, like new ones.
pub(crate) const SCHEMA_9: &str = "
ALTER TABLE signing_keys ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE signing_keys ADD COLUMN signed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE signing_keys ADD COLUMN signed_at_ms INTEGER;
UPDATE signing_keys SET name = named.name FROM (
    SELECT kid, base || CASE place WHEN 1 THEN '' ELSE '-' || place END AS name FROM (
        SELECT kid, base, row_number() OVER (PARTITION BY base ORDER BY created_at_ms, kid) AS place FROM (
            SELECT kid, created_at_ms,
                replace(purpose, 'mfa', 'pending') || strftime('-%Y-%m', created_at_ms / 1000, 'unixepoch') AS base
                FROM signing_keys))
) AS named WHERE named.kid = signing_keys.kid;";

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
    let name = free_name(db, info)?;
    let added = db
        .prepare_cached(
            "INSERT INTO signing_keys (kid, purpose, algorithm, state, public_jwk, created_at_ms, fingerprint, name)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            info.kid,
            info.purpose.as_str(),
            info.algorithm.as_str(),
            info.state.as_str(),
            key.public_jwk,
            info.created_at.0,
            key.fingerprint,
            name
        ])?;
    Ok(added == 1)
}

/// The name of a new key: its purpose and month, and a number from the second of the month on.
fn free_name(db: &Connection, info: &KeyInfo) -> rusqlite::Result<String> {
    db.prepare_cached(
        "WITH RECURSIVE base (name) AS (
                 SELECT replace(?1, 'mfa', 'pending') || strftime('-%Y-%m', ?2 / 1000, 'unixepoch')),
             names (name, place) AS (
                 SELECT name, 1 FROM base
                 UNION ALL
                 SELECT base.name || '-' || (place + 1), place + 1 FROM names, base
                 WHERE names.name IN (SELECT name FROM signing_keys))
         SELECT name FROM names ORDER BY place DESC LIMIT 1",
    )?
    .query_row(params![info.purpose.as_str(), info.created_at.0], |row| row.get(0))
}

/// Names a key. Returns whether there is one with this ID.
pub(crate) fn set_name(db: &Connection, kid: &str, name: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("UPDATE signing_keys SET name = ?2 WHERE kid = ?1")?
        .execute([kid, name])
        .map(|changed| changed == 1)
}

/// Counts a token for each key that signed one; the two may be the same.
pub(crate) fn count_signed(db: &Connection, kids: [Option<&str>; 2], now: Timestamp) -> rusqlite::Result<()> {
    let [first, second] = kids;
    // One row at a time: for several, SQLite first collects their keys in a table.
    let mut count = db.prepare_cached(
        "UPDATE signing_keys SET signed = signed + 1, signed_at_ms = max(coalesce(signed_at_ms, ?2), ?2)
         WHERE kid = ?1",
    )?;
    let kids = first.into_iter().chain(second.filter(|kid| first != Some(kid)));
    kids.into_iter().try_for_each(|kid| count.execute(params![kid, now.0]).map(drop))
}

/// Deletes a retired key. Returns whether there was one with this ID.
pub(crate) fn delete_retired(db: &Connection, kid: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("DELETE FROM signing_keys WHERE kid = ?1 AND state = 'retired'")?
        .execute([kid])
        .map(|deleted| deleted == 1)
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

/// What the exchange of a refresh token needs to know before its transaction. The settings are in their stored form.
#[derive(Default)]
pub(crate) struct ForExchange {
    pub(crate) clock: Option<String>,
    pub(crate) rules: Option<String>,
    /// The key that the token names.
    pub(crate) named: Option<KeyRow>,
    /// The active keys.
    pub(crate) access: Option<KeyRow>,
    pub(crate) refresh: Option<KeyRow>,
}

/// Looks up the keys for the exchange of a refresh token that names `kid`, in one statement and so in one snapshot.
pub(crate) fn for_exchange(db: &Connection, kid: &str) -> rusqlite::Result<ForExchange> {
    let mut found = ForExchange::default();
    let mut select = db.prepare_cached(&format!(
        "SELECT {COLUMNS}, (SELECT value FROM settings WHERE name = 'clock'),
             (SELECT value FROM settings WHERE name = 'rules')
         FROM signing_keys WHERE kid = ?1 OR (purpose IN ('access', 'refresh') AND state = 'active')"
    ))?;
    let mut rows = select.query([kid])?;
    while let Some(row) = rows.next()? {
        (found.clock, found.rules) = (row.get(10)?, row.get(11)?);
        let key = read(row)?;
        let (is_named, is_active) = (key.info.kid == kid, key.info.state == KeyState::Active);
        match key.info.purpose {
            Purpose::Access if is_active => found.access = Some(key.clone()),
            Purpose::Refresh if is_active => found.refresh = Some(key.clone()),
            _ => {}
        }
        if is_named {
            found.named = Some(key);
        }
    }
    Ok(found)
}

/// All keys, by purpose, newest first.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<KeyRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM signing_keys ORDER BY purpose, created_at_ms DESC, kid"))?
        .query_map([], read)?
        .collect()
}

/// A key in the list.
#[derive(Debug)]
pub(crate) struct ListedRow {
    pub(crate) row: KeyRow,
    pub(crate) name: String,
    pub(crate) signed: i64,
    pub(crate) signed_at: Option<Timestamp>,
}

const LISTED: &str = "name, signed, signed_at_ms";

fn read_listed(row: &Row<'_>) -> rusqlite::Result<ListedRow> {
    let signed_at = row.get::<_, Option<i64>>(12)?.map(Timestamp);
    Ok(ListedRow { row: read(row)?, name: row.get(10)?, signed: row.get(11)?, signed_at })
}

/// A page of the keys, by purpose, newest first, and their number. There are too few keys for an index.
pub(crate) fn page(db: &Connection, after: Option<&Cursor>, most: u32) -> rusqlite::Result<(Page<ListedRow>, i64)> {
    let all = db.prepare_cached("SELECT count(*) FROM signing_keys")?.query_row([], |row| row.get(0))?;
    let list = List {
        columns: &format!("{COLUMNS}, {LISTED}"),
        from: "signing_keys",
        condition: "true",
        values: Vec::new(),
        // No time in milliseconds has more than 14 digits before the year 5000.
        sort: "CASE purpose WHEN 'access' THEN 4 WHEN 'refresh' THEN 3 WHEN 'mfa' THEN 2 ELSE 1 END
               * 100000000000000 + created_at_ms",
        key: "kid",
        descending: true,
    };
    Ok((list.page(db, after, most, read_listed)?, all))
}

/// The key with this ID, as it is listed.
pub(crate) fn listed(db: &Connection, kid: &str) -> rusqlite::Result<Option<ListedRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS}, {LISTED} FROM signing_keys WHERE kid = ?1"))?
        .query_row([kid], read_listed)
        .optional()
}

/// How many tokens of a key may still be valid; `None` for those that are not recorded. An access token counts for the
/// key that was active when its session was last refreshed.
pub(crate) fn living_tokens(db: &Connection, key: &KeyInfo, now: Timestamp) -> rusqlite::Result<Option<i64>> {
    let until = key.retiring_at.map_or(i64::MAX, |at| at.0);
    let number = |row: &Row<'_>| row.get(0);
    match key.purpose {
        Purpose::Access => db
            .prepare_cached(
                "SELECT (SELECT count(*) FROM refresh_tokens JOIN sessions USING (sid)
                     WHERE ended_at_ms IS NULL AND access_expires_at_ms > ?1 AND issued_at_ms BETWEEN ?2 AND ?3)
                  + (SELECT count(*) FROM sessions WHERE kind = 'minted' AND ended_at_ms IS NULL
                     AND expires_at_ms > ?1 AND started_at_ms BETWEEN ?2 AND ?3)",
            )?
            .query_row([now.0, key.created_at.0, until], number)
            .map(Some),
        Purpose::Refresh => db
            .prepare_cached(
                "SELECT count(*) FROM refresh_tokens JOIN sessions USING (sid)
                 WHERE kid = ?1 AND state = 'active' AND ended_at_ms IS NULL AND expires_at_ms > ?2",
            )?
            .query_row(params![key.kid, now.0], number)
            .map(Some),
        Purpose::Mfa | Purpose::Test => Ok(None),
    }
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
