//! The second factors: each has a secret, sealed with the data key, and a record of used time steps. An unconfirmed
//! factor is pending and can only be confirmed.

use crate::{
    clock::{Going, Timestamp},
    records::{CodeAlgorithm, CodeSettings},
};
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};
use std::ops::RangeInclusive;

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE totp_factors (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    sealed_secret BLOB NOT NULL,
    algorithm TEXT NOT NULL CHECK (algorithm IN ('SHA1', 'SHA256', 'SHA512')),
    digits INTEGER NOT NULL CHECK (digits BETWEEN 6 AND 8),
    period_s INTEGER NOT NULL CHECK (period_s BETWEEN 15 AND 300),
    enrolled_in TEXT NOT NULL,
    begun_at_ms INTEGER NOT NULL,
    confirmed_at_ms INTEGER,
    last_step INTEGER NOT NULL DEFAULT -1
) STRICT;";

/// Records each used step, whatever the clock. Steps used before this table existed are unknown to it.
pub(crate) const SCHEMA_4: &str = "
ALTER TABLE totp_factors ADD COLUMN forgotten_step INTEGER NOT NULL DEFAULT -1;
UPDATE totp_factors SET forgotten_step = last_step;
CREATE TABLE used_steps (
    user_id INTEGER NOT NULL REFERENCES totp_factors (user_id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    moved INTEGER NOT NULL CHECK (moved IN (0, 1)),
    PRIMARY KEY (user_id, step)
) STRICT, WITHOUT ROWID;";

const COLUMNS: &str =
    "sealed_secret, algorithm, digits, period_s, enrolled_in, begun_at_ms, confirmed_at_ms, last_step, forgotten_step";

/// A factor's row.
pub(crate) struct FactorRow {
    pub(crate) sealed_secret: Vec<u8>,
    pub(crate) settings: CodeSettings,
    /// The session in which enrollment began.
    pub(crate) enrolled_in: String,
    pub(crate) begun_at: Timestamp,
    /// `None` while pending.
    pub(crate) confirmed_at: Option<Timestamp>,
    /// The newest step accepted under a steady clock; -1 before the first. Under the computer's clock, this step and
    /// all earlier ones are refused.
    pub(crate) last_step: i64,
    /// The newest step whose use is no longer on record; -1 if there is none.
    pub(crate) forgotten_step: i64,
}

pub(crate) fn of_user(db: &Connection, user: i64) -> rusqlite::Result<Option<FactorRow>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM totp_factors WHERE user_id = ?1"))?
        .query_row([user], read)
        .optional()
}

/// Whether the user has a confirmed factor.
pub(crate) fn is_on(db: &Connection, user: i64) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM totp_factors WHERE user_id = ?1 AND confirmed_at_ms IS NOT NULL")?.exists([user])
}

/// Whether any secret is sealed.
pub(crate) fn any(db: &Connection) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM totp_factors")?.exists([])
}

/// Adds a pending factor, replacing any other pending one. `false` if the user has a confirmed one.
pub(crate) fn begin(
    db: &Connection,
    user: i64,
    sealed_secret: &[u8],
    settings: CodeSettings,
    session: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "INSERT INTO totp_factors (user_id, sealed_secret, algorithm, digits, period_s, enrolled_in, begun_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (user_id) DO UPDATE SET sealed_secret = ?2, algorithm = ?3, digits = ?4, period_s = ?5,
         enrolled_in = ?6, begun_at_ms = ?7, last_step = -1, forgotten_step = -1 WHERE confirmed_at_ms IS NULL",
    )?
    .execute(params![
        user,
        sealed_secret,
        settings.algorithm.as_str(),
        settings.digits,
        settings.period_seconds,
        session,
        now.0
    ])
    .map(|changed| changed == 1)
}

/// Confirms a pending factor and uses up the confirming step. `false` if it is not pending.
pub(crate) fn confirm(db: &Connection, user: i64, step: i64, now: Timestamp, going: Going) -> rusqlite::Result<bool> {
    let confirmed = db
        .prepare_cached("UPDATE totp_factors SET confirmed_at_ms = ?2 WHERE user_id = ?1 AND confirmed_at_ms IS NULL")?
        .execute(params![user, now.0])?;
    Ok(confirmed == 1 && use_step(db, user, step, going)?)
}

/// Whether the first of these steps is refused: it was used, or a later one was.
///
/// A step used under a moved clock says nothing about earlier steps of the computer's clock, nor does a step used after
/// a jump about those before the jump. So a used step refuses an earlier one only within `steps`, the range in which a
/// clock that runs on can still offer both.
pub(crate) fn is_spent(
    db: &Connection,
    user: i64,
    row: &FactorRow,
    steps: RangeInclusive<i64>,
    going: Going,
) -> rusqlite::Result<bool> {
    let (first, last) = steps.into_inner();
    if first <= row.forgotten_step || (going != Going::Moved && first <= row.last_step) {
        return Ok(true);
    }
    db.prepare_cached(
        "SELECT 1 FROM used_steps WHERE user_id = ?1 AND step BETWEEN ?2 AND ?3 AND (step = ?2 OR moved = ?4)",
    )?
    .exists(params![user, first, last, going == Going::Moved])
}

/// Uses up a step. Returns `true` to exactly one of any number of callers with the same step.
pub(crate) fn use_step(db: &Connection, user: i64, step: i64, going: Going) -> rusqlite::Result<bool> {
    let used = db
        .prepare_cached("INSERT INTO used_steps (user_id, step, moved) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
        .execute(params![user, step, going == Going::Moved])?;
    if used == 1 && going == Going::Steady {
        db.prepare_cached("UPDATE totp_factors SET last_step = max(last_step, ?2) WHERE user_id = ?1")?
            .execute([user, step])?;
    }
    Ok(used == 1)
}

/// The newest step that was used; `None` if none is on record.
pub(crate) fn last_used(db: &Connection, user: i64) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT max(step) FROM used_steps WHERE user_id = ?1")?.query_row([user], |row| row.get(0))
}

/// Forgets which steps before `step` were used. All of them are refused from then on.
pub(crate) fn forget_steps_before(db: &Connection, user: i64, step: i64) -> rusqlite::Result<()> {
    let forgotten =
        db.prepare_cached("DELETE FROM used_steps WHERE user_id = ?1 AND step < ?2")?.execute([user, step])?;
    if forgotten > 0 {
        db.prepare_cached("UPDATE totp_factors SET forgotten_step = max(forgotten_step, ?2 - 1) WHERE user_id = ?1")?
            .execute([user, step])?;
    }
    Ok(())
}

/// Deletes a user's factor, pending or confirmed. Returns whether there was one.
pub(crate) fn remove(db: &Connection, user: i64) -> rusqlite::Result<bool> {
    db.prepare_cached("DELETE FROM totp_factors WHERE user_id = ?1")?.execute([user]).map(|changed| changed == 1)
}

/// Deletes the pending factors begun at or before that moment. Returns their users.
pub(crate) fn forget_pending_since(db: &Connection, begun: Timestamp) -> rusqlite::Result<Vec<i64>> {
    db.prepare_cached("DELETE FROM totp_factors WHERE confirmed_at_ms IS NULL AND begun_at_ms <= ?1 RETURNING user_id")?
        .query_map([begun.0], |row| row.get(0))?
        .collect()
}

/// Deletes the pending factors begun in that session. Returns their users.
pub(crate) fn forget_pending_in(db: &Connection, session: &str) -> rusqlite::Result<Vec<i64>> {
    db.prepare_cached("DELETE FROM totp_factors WHERE confirmed_at_ms IS NULL AND enrolled_in = ?1 RETURNING user_id")?
        .query_map([session], |row| row.get(0))?
        .collect()
}

/// Deletes a user's pending factor. Returns whether there was one.
pub(crate) fn forget_pending_of(db: &Connection, user: i64) -> rusqlite::Result<bool> {
    db.prepare_cached("DELETE FROM totp_factors WHERE confirmed_at_ms IS NULL AND user_id = ?1")?
        .execute([user])
        .map(|changed| changed == 1)
}

/// Deletes the pending factors begun in sessions that have ended.
pub(crate) fn forget_pending_of_ended(db: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached(
        "DELETE FROM totp_factors WHERE confirmed_at_ms IS NULL
         AND enrolled_in IN (SELECT sid FROM sessions WHERE ended_at_ms IS NOT NULL)",
    )?
    .execute([])
    .map(drop)
}

/// Uses up every user's codes that are valid now.
pub(crate) fn use_up_steps(db: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE totp_factors SET last_step = max(last_step, ?1 / period_s + 1),
             forgotten_step = max(forgotten_step, ?1 / period_s + 1)",
    )?
    .execute([now.seconds()])
    .map(drop)
}

fn read(row: &Row<'_>) -> rusqlite::Result<FactorRow> {
    let algorithm: String = row.get(1)?;
    let algorithm = CodeAlgorithm::stored(&algorithm)
        .ok_or_else(|| rusqlite::Error::InvalidColumnType(1, "algorithm".into(), Type::Text))?;
    Ok(FactorRow {
        sealed_secret: row.get(0)?,
        settings: CodeSettings { algorithm, digits: row.get(2)?, period_seconds: row.get(3)? },
        enrolled_in: row.get(4)?,
        begun_at: Timestamp(row.get(5)?),
        confirmed_at: row.get::<_, Option<i64>>(6)?.map(Timestamp),
        last_step: row.get(7)?,
        forgotten_step: row.get(8)?,
    })
}
