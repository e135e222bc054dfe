//! The refresh tokens: only their hashes, and each one's place in its family.

use crate::{clock::Timestamp, records::RefreshHash};
use rusqlite::{
    Connection, OptionalExtension, Row, ToSql, params,
    types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef},
};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY,
    sid TEXT NOT NULL REFERENCES sessions (sid) ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    parent BLOB,
    successor BLOB,
    state TEXT NOT NULL CHECK (state IN ('active', 'used', 'replaced')),
    jti TEXT NOT NULL,
    kid TEXT NOT NULL,
    issued_at_ms INTEGER NOT NULL,
    used_at_ms INTEGER,
    access_jti TEXT NOT NULL,
    access_expires_at_ms INTEGER NOT NULL,
    access_used_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_live_refresh_token_per_family ON refresh_tokens (sid) WHERE state = 'active';
CREATE UNIQUE INDEX refresh_tokens_by_session ON refresh_tokens (sid, generation);
CREATE INDEX refresh_tokens_by_access_token ON refresh_tokens (access_jti);";

/// Claims that the row did not store yet, so that signing the token again under other rules gives the same token. Older
/// tokens have the defaults, which could not be changed then.
pub(crate) const SCHEMA_6: &str = "
ALTER TABLE refresh_tokens ADD COLUMN issuer TEXT NOT NULL DEFAULT 'http://localhost:8787';
ALTER TABLE refresh_tokens ADD COLUMN client_id TEXT NOT NULL DEFAULT 'workbench';";

impl ToSql for RefreshHash {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }
}

impl FromSql for RefreshHash {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 32]>::column_result(value).map(Self)
    }
}

const COLUMNS: &str = "hash, sid, generation, state, successor, jti, kid, issued_at_ms, used_at_ms, access_jti, \
                       access_expires_at_ms, access_used_at_ms, issuer, client_id";

/// A refresh token's place in its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshState {
    /// The one that may be used.
    Active,
    /// It was used and its successor took its place.
    Used { at: Timestamp, successor: RefreshHash },
    /// It was never used: another successor of its parent took its place.
    Replaced,
}

/// A refresh token's row.
#[derive(Debug, Clone)]
pub(crate) struct RefreshRow {
    pub(crate) hash: RefreshHash,
    pub(crate) sid: String,
    pub(crate) generation: i64,
    pub(crate) state: RefreshState,
    pub(crate) jti: String,
    pub(crate) kid: String,
    pub(crate) issued_at: Timestamp,
    /// The token's `iss`; `client_id` is its `aud`.
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    /// The access token most recently issued with it.
    pub(crate) access_jti: String,
    pub(crate) access_expires_at: Timestamp,
    /// When this token, or an access token issued with it, was first presented, which proves that the pair reached its
    /// client.
    pub(crate) arrived_at: Option<Timestamp>,
}

/// Adds the family's active token.
pub(crate) fn insert(db: &Connection, row: &RefreshRow, parent: Option<RefreshHash>) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO refresh_tokens
         (hash, sid, generation, parent, state, jti, kid, issued_at_ms, access_jti, access_expires_at_ms,
          issuer, client_id)
         VALUES (?1, ?2, ?3, ?4, 'active', ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        row.hash,
        row.sid,
        row.generation,
        parent,
        row.jti,
        row.kid,
        row.issued_at.0,
        row.access_jti,
        row.access_expires_at.0,
        row.issuer,
        row.client_id
    ])
    .map(drop)
}

pub(crate) fn by_hash(db: &Connection, hash: RefreshHash) -> rusqlite::Result<Option<RefreshRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM refresh_tokens WHERE hash = ?1"))?
        .query_row([hash], read)
        .optional()
}

/// The tokens of a family, oldest first.
pub(crate) fn of_session(db: &Connection, sid: &str) -> rusqlite::Result<Vec<RefreshRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM refresh_tokens WHERE sid = ?1 ORDER BY generation"))?
        .query_map([sid], read)?
        .collect()
}

/// Uses up the token if it is still active, and records that it reached its client. Returns `true` to exactly one of
/// any number of callers.
pub(crate) fn use_up(
    db: &Connection,
    hash: RefreshHash,
    successor: RefreshHash,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "UPDATE refresh_tokens SET state = 'used', used_at_ms = ?3, successor = ?2,
             access_used_at_ms = coalesce(access_used_at_ms, ?3) WHERE hash = ?1 AND state = 'active'",
    )?
    .execute(params![hash, successor, now.0])
    .map(|changed| changed == 1)
}

/// Replaces a successor that was never used with `new`.
pub(crate) fn replace_successor(
    db: &Connection,
    parent: RefreshHash,
    old: RefreshHash,
    new: RefreshHash,
) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE refresh_tokens SET state = 'replaced' WHERE hash = ?1")?.execute([old])?;
    db.prepare_cached("UPDATE refresh_tokens SET successor = ?2 WHERE hash = ?1")?
        .execute(params![parent, new])
        .map(drop)
}

/// Records an access token that was issued without a new refresh token. An earlier arrival stays recorded.
pub(crate) fn set_access_token(
    db: &Connection,
    hash: RefreshHash,
    jti: &str,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE refresh_tokens SET access_jti = ?2, access_expires_at_ms = ?3 WHERE hash = ?1")?
        .execute(params![hash, jti, expires_at.0])
        .map(drop)
}

/// Records that the token itself was presented, and so has reached its client.
pub(crate) fn arrived(db: &Connection, hash: RefreshHash, now: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE refresh_tokens SET access_used_at_ms = ?2 WHERE hash = ?1 AND access_used_at_ms IS NULL")?
        .execute(params![hash, now.0])
        .map(drop)
}

/// Records that an access token was used, so the refresh token issued with it has reached its client. Returns whether
/// this is the first such record.
pub(crate) fn access_token_used(db: &Connection, jti: &str, now: Timestamp) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "UPDATE refresh_tokens SET access_used_at_ms = ?2 WHERE access_jti = ?1 AND access_used_at_ms IS NULL",
    )?
    .execute(params![jti, now.0])
    .map(|changed| changed > 0)
}

/// Whether [`access_token_used`] would change anything.
pub(crate) fn is_access_token_unused(db: &Connection, jti: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM refresh_tokens WHERE access_jti = ?1 AND access_used_at_ms IS NULL")?.exists([jti])
}

fn read(row: &Row<'_>) -> rusqlite::Result<RefreshRow> {
    let (state, successor, used_at): (String, Option<RefreshHash>, Option<i64>) =
        (row.get(3)?, row.get(4)?, row.get(8)?);
    let state = match (state.as_str(), successor, used_at) {
        ("active", ..) => RefreshState::Active,
        ("used", Some(successor), Some(at)) => RefreshState::Used { at: Timestamp(at), successor },
        // We never write a used token without a successor; if there is one, it must not be accepted.
        _ => RefreshState::Replaced,
    };
    Ok(RefreshRow {
        hash: row.get(0)?,
        sid: row.get(1)?,
        generation: row.get(2)?,
        state,
        jti: row.get(5)?,
        kid: row.get(6)?,
        issued_at: Timestamp(row.get(7)?),
        issuer: row.get(12)?,
        client_id: row.get(13)?,
        access_jti: row.get(9)?,
        access_expires_at: Timestamp(row.get(10)?),
        arrived_at: row.get::<_, Option<i64>>(11)?.map(Timestamp),
    })
}
