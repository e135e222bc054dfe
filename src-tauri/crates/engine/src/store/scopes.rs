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

/// How many users hold a scope, and the names of the first.
pub(crate) fn holders(db: &Connection, scope: &str, most: u32) -> rusqlite::Result<(u64, Vec<String>)> {
    let count: i64 =
        db.prepare_cached("SELECT count(*) FROM user_scopes WHERE scope = ?1")?.query_row([scope], |row| row.get(0))?;
    let first = db
        .prepare_cached(
            "SELECT username FROM user_scopes JOIN users ON users.id = user_id WHERE scope = ?1
             ORDER BY username LIMIT ?2",
        )?
        .query_map(params![scope, most], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok((u64::try_from(count).unwrap_or_default(), first))
}

/// Adds a scope at the end, or changes `before`, whose holders keep it.
pub(crate) fn save(db: &Connection, before: Option<&str>, name: &str, description: &str) -> rusqlite::Result<()> {
    let Some(before) = before else {
        let add = "INSERT INTO scopes (name, description, position)
            VALUES (?1, ?2, (SELECT coalesce(max(position), 0) + 1 FROM scopes))";
        return db.prepare_cached(add)?.execute([name, description]).map(drop);
    };
    if before == name {
        let change = "UPDATE scopes SET description = ?2 WHERE name = ?1";
        return db.prepare_cached(change)?.execute([name, description]).map(drop);
    }
    // The name is the primary key, and holders refer to it: make the new row first.
    db.prepare_cached(
        "INSERT INTO scopes (name, description, position) SELECT ?2, ?3, position FROM scopes WHERE name = ?1",
    )?
    .execute([before, name, description])?;
    db.prepare_cached("UPDATE user_scopes SET scope = ?2 WHERE scope = ?1")?.execute([before, name])?;
    db.prepare_cached("DELETE FROM scopes WHERE name = ?1")?.execute([before]).map(drop)
}

/// Deletes a scope and takes it from its holders. Returns whether it was there.
pub(crate) fn delete(db: &Connection, name: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("DELETE FROM user_scopes WHERE scope = ?1")?.execute([name])?;
    db.prepare_cached("DELETE FROM scopes WHERE name = ?1")?.execute([name]).map(|deleted| deleted == 1)
}
