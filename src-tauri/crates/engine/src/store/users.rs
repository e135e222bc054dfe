//! The users.

use super::{events, scopes};
use crate::{
    clock::Timestamp,
    records::{Failures, User, Username},
};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL COLLATE NOCASE UNIQUE,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at_ms INTEGER NOT NULL,
    last_sign_in_at_ms INTEGER
) STRICT;";

pub(crate) const SCHEMA_2: &str = "
ALTER TABLE users ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN last_failure_at_ms INTEGER;";

pub(crate) const SCHEMA_4: &str = "
ALTER TABLE users ADD COLUMN credential_epoch INTEGER NOT NULL DEFAULT 0;";

const COLUMNS: &str = "id, username, display_name, email, active, created_at_ms, last_sign_in_at_ms, credential_epoch";

/// A user's row as it is checked at sign-in.
pub(crate) struct Credentials {
    pub(crate) user: User,
    pub(crate) password_hash: String,
}

/// Adds a user. `None` if the name is taken.
pub(crate) fn insert(
    db: &Connection,
    username: &Username,
    display_name: &str,
    email: &str,
    password_hash: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached(
        "INSERT INTO users (username, display_name, email, password_hash, active, created_at_ms)
         VALUES (?1, ?2, ?3, ?4, 1, ?5) ON CONFLICT (username) DO NOTHING RETURNING id",
    )?
    .query_row(params![username.as_str(), display_name, email, password_hash, now.0], |row| row.get(0))
    .optional()
}

/// All users, by name, each with their failures in a row. However many there are, these are two queries.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<(User, Failures)>> {
    let mut users = db
        .prepare_cached(&format!("SELECT {COLUMNS}, failures, last_failure_at_ms FROM users ORDER BY username"))?
        .query_map([], |row| Ok((read(row)?, read_failures(row, 8)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut scopes = scopes::of_all_users(db)?;
    for (user, _) in &mut users {
        user.scopes = scopes.remove(&user.id).unwrap_or_default();
    }
    Ok(users)
}

/// The user of that name, whatever the letter case.
pub(crate) fn by_name(db: &Connection, username: &str) -> rusqlite::Result<Option<User>> {
    let found = db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE username = ?1"))?
        .query_row([username], read)
        .optional()?;
    let Some(mut user) = found else { return Ok(None) };
    user.scopes = scopes::of_user(db, user.id)?;
    Ok(Some(user))
}

/// The same with the password hash.
pub(crate) fn credentials(db: &Connection, username: &str) -> rusqlite::Result<Option<Credentials>> {
    let found = db
        .prepare_cached(&format!("SELECT {COLUMNS}, password_hash FROM users WHERE username = ?1"))?
        .query_row([username], |row| Ok(Credentials { user: read(row)?, password_hash: row.get(8)? }))
        .optional()?;
    let Some(mut found) = found else { return Ok(None) };
    found.user.scopes = scopes::of_user(db, found.user.id)?;
    Ok(Some(found))
}

/// A user's failures in a row.
pub(crate) fn failures(db: &Connection, user: i64) -> rusqlite::Result<Failures> {
    db.prepare_cached("SELECT failures, last_failure_at_ms FROM users WHERE id = ?1")?
        .query_row([user], |row| read_failures(row, 0))
}

fn read_failures(row: &Row<'_>, first: usize) -> rusqlite::Result<Failures> {
    Ok(Failures { count: row.get(first)?, last_at: row.get::<_, Option<i64>>(first + 1)?.map(Timestamp) })
}

/// Remembers a user's failures; the default forgets them.
pub(crate) fn set_failures(db: &Connection, user: i64, failures: Failures) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE users SET failures = ?2, last_failure_at_ms = ?3 WHERE id = ?1")?
        .execute(params![user, failures.count, failures.last_at.map(|at| at.0)])
        .map(drop)
}

/// Puts another hash in a password's place, if the old one is still there.
pub(crate) fn replace_hash(db: &Connection, user: i64, old: &str, new: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2")?
        .execute(params![user, old, new])
        .map(|changed| changed == 1)
}

pub(crate) fn set_active(db: &Connection, user: i64, active: bool) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE users SET active = ?2 WHERE id = ?1")?.execute(params![user, active]).map(drop)
}

/// Begins a new epoch of a user's credentials: the number of the event just written, which no other moment of this
/// database has, nor any of a copy that takes its place.
pub(crate) fn begin_epoch(db: &Connection, user: i64) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE users SET credential_epoch = ?2 WHERE id = ?1")?
        .execute(params![user, events::newest(db)?])
        .map(drop)
}

/// The same for every user.
pub(crate) fn begin_epoch_of_all(db: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE users SET credential_epoch = ?1")?.execute([events::newest(db)?]).map(drop)
}

pub(crate) fn signed_in(db: &Connection, user: i64, now: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE users SET last_sign_in_at_ms = ?2 WHERE id = ?1")?.execute(params![user, now.0]).map(drop)
}

fn read(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        username: Username::stored(row.get(1)?),
        display_name: row.get(2)?,
        email: row.get(3)?,
        active: row.get(4)?,
        scopes: Vec::new(),
        created_at: Timestamp(row.get(5)?),
        last_sign_in_at: row.get::<_, Option<i64>>(6)?.map(Timestamp),
        credential_epoch: row.get(7)?,
    })
}
