//! The scope catalog, and which user holds which scope.

use crate::records::{Scope, ScopeEntry};
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE scopes (
    name TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO scopes (name, description, position) VALUES
    ('items:read', 'Read items', 1),
    ('items:write', 'Create and update items', 2),
    ('users:admin', 'Manage users', 3);
CREATE TABLE user_scopes (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    scope TEXT NOT NULL REFERENCES scopes (name),
    PRIMARY KEY (user_id, scope)
) STRICT, WITHOUT ROWID;";

/// The catalog, in its own order.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<ScopeEntry>> {
    db.prepare_cached("SELECT name, description FROM scopes ORDER BY position, name")?
        .query_map([], |row| Ok(ScopeEntry { name: Scope::stored(row.get(0)?), description: row.get(1)? }))?
        .collect()
}

/// The scopes in a text with spaces between them; none without a text.
pub(crate) fn in_text(text: Option<&str>) -> Vec<Scope> {
    text.unwrap_or_default().split_whitespace().map(|scope| Scope::stored(scope.to_owned())).collect()
}

/// A user's scopes, in catalog order.
pub(crate) fn of_user(db: &Connection, user: i64) -> rusqlite::Result<Vec<Scope>> {
    db.prepare_cached(
        "SELECT scope FROM user_scopes JOIN scopes ON name = scope WHERE user_id = ?1 ORDER BY position, name",
    )?
    .query_map([user], |row| Ok(Scope::stored(row.get(0)?)))?
    .collect()
}

/// Replaces a user's scopes.
pub(crate) fn replace(db: &Connection, user: i64, scopes: &[Scope]) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM user_scopes WHERE user_id = ?1")?.execute([user])?;
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO user_scopes (user_id, scope) VALUES (?1, ?2)")?;
    scopes.iter().try_for_each(|scope| insert.execute(params![user, scope.as_str()]).map(drop))
}
