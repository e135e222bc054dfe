//! The saved policies: named rules for inspecting tokens.

use super::error::damaged;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// `name_key` is the name in its form for comparison. Algorithms and scopes contain no white space and are stored
/// separated by spaces; claim names may contain any character and are stored as JSON.
pub(crate) const SCHEMA_3: &str = "
CREATE TABLE policies (
    name_key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    issuer TEXT,
    audience TEXT,
    algorithms TEXT NOT NULL CHECK (algorithms <> ''),
    typ TEXT,
    required_claims TEXT NOT NULL CHECK (json_valid(required_claims)),
    required_scopes TEXT NOT NULL,
    leeway_seconds INTEGER NOT NULL CHECK (leeway_seconds >= 0),
    max_lifetime_seconds INTEGER NOT NULL
) STRICT, WITHOUT ROWID;";

/// Public keys of the issuer as a JWK Set.
pub(crate) const SCHEMA_10: &str = "ALTER TABLE policies ADD COLUMN jwks TEXT CHECK (json_valid(jwks));";

const COLUMNS: &str = "name, issuer, audience, algorithms, typ, required_claims, required_scopes, leeway_seconds, \
                       max_lifetime_seconds, jwks";

/// All policies, sorted by name.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<jose::Policy>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM policies ORDER BY name_key"))?.query_map([], read)?.collect()
}

/// The policy with this key.
pub(crate) fn by_key(db: &Connection, key: &str) -> rusqlite::Result<Option<jose::Policy>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM policies WHERE name_key = ?1"))?.query_row([key], read).optional()
}

/// Counts the policies whose key is neither `key` nor `other`.
pub(crate) fn count_others(db: &Connection, key: &str, other: Option<&str>) -> rusqlite::Result<u32> {
    db.prepare_cached("SELECT count(*) FROM policies WHERE name_key NOT IN (?1, ifnull(?2, ?1))")?
        .query_row([Some(key), other], |row| row.get(0))
}

/// Saves a policy under a key, replacing any existing one.
pub(crate) fn put(db: &Connection, key: &str, policy: &jose::Policy) -> rusqlite::Result<()> {
    let algorithms = policy.algorithms.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>().join(" ");
    db.prepare_cached(&format!(
        "INSERT OR REPLACE INTO policies (name_key, {COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    ))?
    .execute(params![
        key,
        policy.name,
        policy.issuer,
        policy.audience,
        algorithms,
        policy.typ,
        serde_json::Value::from(policy.required_claims.as_slice()).to_string(),
        policy.required_scopes.join(" "),
        policy.leeway_seconds,
        policy.max_lifetime_seconds,
        policy.jwks,
    ])
    .map(drop)
}

/// Deletes the policy with this key. Returns its name, or `None` if there was none.
pub(crate) fn delete(db: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("DELETE FROM policies WHERE name_key = ?1 RETURNING name")?
        .query_row([key], |row| row.get(0))
        .optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<jose::Policy> {
    let words = |column: usize| row.get::<_, String>(column);
    let algorithms = words(3)?.split_whitespace().map(str::parse).collect::<Result<_, _>>();
    Ok(jose::Policy {
        name: words(0)?,
        issuer: row.get(1)?,
        audience: row.get(2)?,
        algorithms: algorithms.map_err(|error| damaged(3, error))?,
        typ: row.get(4)?,
        required_claims: serde_json::from_str(&words(5)?).map_err(|error| damaged(5, error))?,
        required_scopes: words(6)?.split_whitespace().map(str::to_owned).collect(),
        leeway_seconds: row.get(7)?,
        max_lifetime_seconds: row.get(8)?,
        jwks: row.get(9)?,
        kind: None,
        own_tokens: false,
    })
}
