//! The users.

use super::{
    events,
    paging::{List, has_words},
    scopes, sessions,
};
use crate::{
    clock::Timestamp,
    paging::Page,
    records::{FactorState, Failures, User, UserCounts, UserQuery, UserSort, Username},
};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter, types::Value};

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

/// Indexes for the sort columns of the user list, other than the username.
pub(crate) const SCHEMA_8: &str = "
CREATE INDEX users_by_creation ON users (created_at_ms);
CREATE INDEX users_by_last_sign_in ON users (coalesce(last_sign_in_at_ms, -9223372036854775808));
CREATE INDEX users_by_activity ON users (active);";

const COLUMNS: &str = "id, username, display_name, email, active, created_at_ms, last_sign_in_at_ms, credential_epoch";

/// A user's row as sign-in checks it.
pub(crate) struct Credentials {
    pub(crate) user: User,
    pub(crate) password_hash: String,
}

/// A user's row as the list shows it.
pub(crate) struct ListedRow {
    pub(crate) user: User,
    pub(crate) failures: Failures,
    /// How many of their sessions can still be used.
    pub(crate) active_sessions: u64,
    pub(crate) second_factor: FactorState,
}

/// What decides whether sessions, pending factors and locks have ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The present, by the engine's clock.
    pub(crate) now: Timestamp,
    /// How long a session may be idle, in milliseconds.
    pub(crate) idle: i64,
    /// How long a factor may wait for its first code, in milliseconds.
    pub(crate) enrollment: i64,
    /// The present, by the computer's clock.
    pub(crate) computer: Timestamp,
    /// How many failures lock until a reset.
    pub(crate) most_failures: u32,
}

impl Limits {
    fn values(self) -> [Value; 5] {
        let Self { now, idle, enrollment, computer, most_failures } = self;
        [now.0, idle, enrollment, computer.0, i64::from(most_failures)].map(Value::Integer)
    }
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

/// A user's scopes, in catalog order, as one text.
const SCOPES: &str = "(SELECT group_concat(scope, ' ' ORDER BY position, name)
    FROM user_scopes JOIN scopes ON name = scope WHERE user_scopes.user_id = users.id)";

/// How many of a user's sessions can still be used. `?2` is the present, `?3` the idle limit in milliseconds.
fn active_sessions() -> String {
    format!("(SELECT count(*) FROM sessions WHERE sessions.user_id = users.id AND {})", sessions::active())
}

/// A user's second factor as a number: 0 off, 1 pending, 2 on. `?4` is how long a pending one waits.
const FACTOR: &str = "coalesce((SELECT CASE WHEN confirmed_at_ms IS NOT NULL THEN 2 WHEN begun_at_ms + ?4 > ?2 THEN 1
    ELSE 0 END FROM totp_factors WHERE totp_factors.user_id = users.id), 0)";

/// The columns of a [`ListedRow`], whose parameters from `?2` on are [`Limits`].
fn listed_columns() -> String {
    // Names the last two parameters, which only one sort expression uses.
    format!("{COLUMNS}, failures, last_failure_at_ms, {SCOPES}, {}, {FACTOR}, ?5 + ?6", active_sessions())
}

/// A page of the users that match a query, and how many there are. Always takes two statements.
pub(crate) fn page(
    db: &Connection,
    query: &UserQuery,
    limits: Limits,
) -> rusqlite::Result<(Page<ListedRow>, UserCounts)> {
    let found = has_words(&["username", "display_name", "email", SCOPES]);
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let counts = db
        .prepare_cached(&format!("SELECT count(*), count(*) FILTER (WHERE {found}) FROM users"))?
        .query_row([&query.text], |row| Ok(UserCounts { all: number(row.get(0)?), found: number(row.get(1)?) }))?;
    let list = List {
        columns: &listed_columns(),
        from: "users",
        condition: &found,
        values: [Value::Text(query.text.clone())].into_iter().chain(limits.values()).collect(),
        sort: match query.sort {
            UserSort::Username => "username",
            UserSort::Created => "created_at_ms",
            UserSort::LastSignIn => "coalesce(last_sign_in_at_ms, -9223372036854775808)",
            UserSort::Active => "active",
            UserSort::Scopes => &format!("coalesce({SCOPES}, '')"),
            UserSort::SecondFactor => FACTOR,
            UserSort::Sessions => &active_sessions(),
            UserSort::Lock => "lock_ends(failures, last_failure_at_ms, ?5, ?6)",
        },
        key: "id",
        descending: query.descending,
    };
    Ok((list.page(db, query.after.as_ref(), query.most, read_listed)?, counts))
}

/// One user as the list shows them.
pub(crate) fn listed(db: &Connection, username: &str, limits: Limits) -> rusqlite::Result<Option<ListedRow>> {
    let values = [Value::Text(username.to_owned())].into_iter().chain(limits.values());
    db.prepare_cached(&format!("SELECT {} FROM users WHERE username = ?1", listed_columns()))?
        .query_row(params_from_iter(values), read_listed)
        .optional()
}

fn read_listed(row: &Row<'_>) -> rusqlite::Result<ListedRow> {
    let scopes = scopes::in_text(row.get_ref(10)?.as_str_or_null()?);
    Ok(ListedRow {
        user: User { scopes, ..read(row)? },
        failures: read_failures(row, 8)?,
        active_sessions: row.get::<_, i64>(11)?.try_into().unwrap_or_default(),
        second_factor: match row.get::<_, i64>(12)? {
            0 => FactorState::Off,
            1 => FactorState::Pending,
            _ => FactorState::On,
        },
    })
}

/// The user with this name, ignoring case.
pub(crate) fn by_name(db: &Connection, username: &str) -> rusqlite::Result<Option<User>> {
    let found = db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE username = ?1"))?
        .query_row([username], read)
        .optional()?;
    let Some(mut user) = found else { return Ok(None) };
    user.scopes = scopes::of_user(db, user.id)?;
    Ok(Some(user))
}

/// The user with this name, ignoring case, and the password hash.
pub(crate) fn credentials(db: &Connection, username: &str) -> rusqlite::Result<Option<Credentials>> {
    let found = db
        .prepare_cached(&format!("SELECT {COLUMNS}, password_hash FROM users WHERE username = ?1"))?
        .query_row([username], |row| Ok(Credentials { user: read(row)?, password_hash: row.get(8)? }))
        .optional()?;
    let Some(mut found) = found else { return Ok(None) };
    found.user.scopes = scopes::of_user(db, found.user.id)?;
    Ok(Some(found))
}

/// A user's consecutive failures.
pub(crate) fn failures(db: &Connection, user: i64) -> rusqlite::Result<Failures> {
    db.prepare_cached("SELECT failures, last_failure_at_ms FROM users WHERE id = ?1")?
        .query_row([user], |row| read_failures(row, 0))
}

fn read_failures(row: &Row<'_>, first: usize) -> rusqlite::Result<Failures> {
    Ok(Failures { count: row.get(first)?, last_at: row.get::<_, Option<i64>>(first + 1)?.map(Timestamp) })
}

/// Stores a user's failures; the default resets them.
pub(crate) fn set_failures(db: &Connection, user: i64, failures: Failures) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE users SET failures = ?2, last_failure_at_ms = ?3 WHERE id = ?1")?
        .execute(params![user, failures.count, failures.last_at.map(|at| at.0)])
        .map(drop)
}

/// Replaces a password hash if it still is `old`. Returns whether it did.
pub(crate) fn replace_hash(db: &Connection, user: i64, old: &str, new: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2")?
        .execute(params![user, old, new])
        .map(|changed| changed == 1)
}

pub(crate) fn set_active(db: &Connection, user: i64, active: bool) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE users SET active = ?2 WHERE id = ?1")?.execute(params![user, active]).map(drop)
}

pub(crate) fn set_details(db: &Connection, user: i64, display_name: &str, email: &str) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE users SET display_name = ?2, email = ?3 WHERE id = ?1")?
        .execute(params![user, display_name, email])
        .map(drop)
}

/// Deletes a user with everything that belongs to them; events keep what they say, without the user.
pub(crate) fn delete(db: &Connection, user: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM users WHERE id = ?1")?.execute([user]).map(drop)
}

/// Begins a new epoch of a user's credentials. The epoch is the number of the event just written, which is unique in
/// this database and in any copy that replaces it.
pub(crate) fn begin_epoch(db: &Connection, user: i64) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE users SET credential_epoch = ?2 WHERE id = ?1")?
        .execute(params![user, events::newest(db)?])
        .map(drop)
}

/// Begins a new epoch for every user.
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
