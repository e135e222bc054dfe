//! The schema in steps, and the migration of older files to the newest one.

use super::{
    StoreError, clients, copy, events, life::Here, open::check_pages, policies, profile, recovery_codes,
    refresh_tokens, restores, revoked_tokens, scopes, sessions, settings, signing_keys, totp_factors, users,
};
use crate::clock::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// "twb1" in ASCII: distinguishes our files from other programs' (PRAGMA application_id).
pub(super) const APPLICATION_ID: i32 = 0x7477_6231;

/// The schema's steps. Each upgrades a file from the previous version; a step's version is its index plus one.
pub(super) const MIGRATIONS: [&[&str]; 12] = [
    &[
        profile::SCHEMA_1,
        scopes::SCHEMA_1,
        users::SCHEMA_1,
        sessions::SCHEMA_1,
        signing_keys::SCHEMA_1,
        events::SCHEMA_1,
    ],
    &[
        profile::SCHEMA_2,
        settings::SCHEMA_2,
        users::SCHEMA_2,
        sessions::SCHEMA_2,
        signing_keys::SCHEMA_2,
        refresh_tokens::SCHEMA_2,
        revoked_tokens::SCHEMA_2,
        totp_factors::SCHEMA_2,
        recovery_codes::SCHEMA_2,
        events::SCHEMA_2,
    ],
    &[policies::SCHEMA_3],
    &[
        profile::SCHEMA_4,
        users::SCHEMA_4,
        sessions::SCHEMA_4,
        signing_keys::SCHEMA_4,
        totp_factors::SCHEMA_4,
        events::SCHEMA_4,
        restores::SCHEMA_4,
    ],
    &[events::SCHEMA_5],
    &[refresh_tokens::SCHEMA_6],
    &[settings::SCHEMA_7],
    &[users::SCHEMA_8, sessions::SCHEMA_8],
    &[signing_keys::SCHEMA_9],
    &[policies::SCHEMA_10],
    &[events::SCHEMA_11],
    &[clients::SCHEMA_12, sessions::SCHEMA_12],
];

/// The newest schema this program knows.
pub(super) const NEWEST: u32 = MIGRATIONS.len() as u32;

/// A migration is atomic, but the old file is kept anyway: going back to an older program requires it.
pub(super) fn keep_and_migrate(
    connection: &mut Connection,
    file: &Path,
    here: &Here<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sort = |error| StoreError::sort(error, file);
    // Check again: another process may have migrated the file in the meantime.
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(sort)?;
    if version == NEWEST {
        // Return at once: the process that settles the database holds its write lock and waits for the mark, which we
        // hold.
        return Ok(());
    }
    if (1..NEWEST).contains(&version) {
        check_pages(connection, file)?;
        copy::keep(connection, &file.with_extension(format!("v{version}.db")))?;
    }
    migrate(connection, here, now).map_err(sort)
}

/// Migrates the file to the newest schema: applies all pending steps, or none.
pub(super) fn migrate(connection: &mut Connection, here: &Here<'_>, now: Timestamp) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Check inside the transaction: another process may have migrated the file in the meantime.
    let version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for step in MIGRATIONS.iter().skip(version as usize) {
        for statements in *step {
            transaction.execute_batch(statements)?;
        }
    }
    if version == 0 {
        profile::insert(&transaction, here.fresh, now)?;
    }
    if version < NEWEST {
        let mut origin = profile::origin(&transaction)?;
        // Versions before 4 had no life. Keep the name of a newer one: a name that differs from its mark would make it
        // a copy.
        if origin.life.is_none() {
            origin.life = Some(here.fresh.to_owned());
            origin.home = (version == 0).then(|| here.home());
            profile::set_origin(&transaction, &origin)?;
        }
        transaction.execute_batch(&format!("PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={NEWEST};"))?;
    }
    transaction.commit()
}
