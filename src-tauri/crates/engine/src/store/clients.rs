//! The clients of the issuer, without the one that always exists. Of a secret only its SHA-256 is stored.

use super::{error::damaged, scopes};
use crate::{
    clock::Timestamp,
    records::{Client, Scope, join},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::time::Duration;

/// `grants` and `scope` are separated by spaces; `scope` is NULL if the client may have all. A public client has no
/// `secret_sha256`.
pub(crate) const SCHEMA_12: &str = "
CREATE TABLE clients (
    client_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_sha256 BLOB CHECK (length(secret_sha256) = 32),
    grants TEXT NOT NULL,
    scope TEXT,
    access_token_seconds INTEGER CHECK (access_token_seconds > 0),
    typ TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;";

const COLUMNS: &str =
    "client_id, name, secret_sha256 IS NOT NULL, grants, scope, access_token_seconds, typ, created_at_ms";

/// All clients, by ID.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Client>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM clients ORDER BY client_id"))?.query_map([], read)?.collect()
}

/// The client with this ID.
pub(crate) fn by_id(db: &Connection, id: &str) -> rusqlite::Result<Option<Client>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM clients WHERE client_id = ?1"))?.query_row([id], read).optional()
}

/// The client with this ID and the hash of its secret.
pub(crate) fn with_secret(db: &Connection, id: &str) -> rusqlite::Result<Option<(Client, Option<[u8; 32]>)>> {
    db.prepare_cached(&format!("SELECT {COLUMNS}, secret_sha256 FROM clients WHERE client_id = ?1"))?
        .query_row([id], |row| Ok((read(row)?, row.get(8)?)))
        .optional()
}

/// Is there a client with this name, in any letter case?
pub(crate) fn is_named(db: &Connection, name: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM clients WHERE client_id = ?1 COLLATE NOCASE)")?
        .query_row([name], |row| row.get(0))
}

/// How many there are.
pub(crate) fn count(db: &Connection) -> rusqlite::Result<u32> {
    db.prepare_cached("SELECT count(*) FROM clients")?.query_row([], |row| row.get(0))
}

/// Adds a client. Returns `false` if its ID is taken.
pub(crate) fn insert(
    db: &Connection,
    client: &Client,
    secret: Option<[u8; 32]>,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let grants = client.grants.iter().map(|grant| grant.as_str()).collect::<Vec<_>>().join(" ");
    db.prepare_cached(
        "INSERT INTO clients
         (client_id, name, secret_sha256, grants, scope, access_token_seconds, typ, created_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        client.id,
        client.name,
        secret,
        grants,
        client.scopes.as_deref().map(join),
        client.access_token_lifetime.map(|lifetime| i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)),
        client.typ.as_str(),
        now.0,
    ])
    .map(|added| added == 1)
}

/// Replaces the secret of a confidential client. Returns `false` if there is none with this ID.
pub(crate) fn set_secret(db: &Connection, id: &str, secret: [u8; 32]) -> rusqlite::Result<bool> {
    db.prepare_cached("UPDATE clients SET secret_sha256 = ?2 WHERE client_id = ?1 AND secret_sha256 IS NOT NULL")?
        .execute(params![id, secret])
        .map(|changed| changed == 1)
}

/// Removes a client. Returns `false` if there was none.
pub(crate) fn delete(db: &Connection, id: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("DELETE FROM clients WHERE client_id = ?1")?.execute([id]).map(|gone| gone == 1)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Client> {
    let grants = row.get::<_, String>(3)?;
    let grants = grants.split_whitespace().map(str::parse).collect::<Result<_, _>>();
    let scopes: Option<Vec<Scope>> = row.get_ref(4)?.as_str_or_null()?.map(|text| scopes::in_text(Some(text)));
    let seconds: Option<i64> = row.get(5)?;
    Ok(Client {
        id: row.get(0)?,
        name: row.get(1)?,
        confidential: row.get(2)?,
        grants: grants.map_err(|error| damaged(3, error))?,
        scopes,
        access_token_lifetime: seconds.map(|seconds| Duration::from_secs(seconds.unsigned_abs())),
        typ: row.get::<_, String>(6)?.parse().map_err(|error| damaged(6, error))?,
        created_at: Some(Timestamp(row.get(7)?)),
    })
}
