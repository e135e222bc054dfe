//! The notice about a database that turned out to be a copy: what was ended, and what the copy cannot know.

pub use crate::store::restores::Cause;

use crate::{
    Engine,
    clock::Timestamp,
    records::{EventKind, NewEvent},
    store::{self, StoreError},
};

/// What was done when a database turned out to be a copy, for the user to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreNotice {
    /// How it was noticed.
    pub cause: Cause,
    /// When it was noticed.
    pub at: Timestamp,
    /// The time of the copy's last event. Later changes (deactivated users, passwords, scopes, keys) are missing from
    /// it. `None` if there were no events.
    pub since: Option<Timestamp>,
    /// How many sessions were ended.
    pub sessions: u64,
    /// How many recovery codes were used up.
    pub recovery_codes: u64,
    /// How many keys were retired, because the keyring or another database knows them as retired.
    pub retired_keys: u64,
    /// How many keys verify nothing until the keyring confirms that they are still good.
    pub doubted_keys: usize,
}

impl Engine {
    /// The notice about a copy; `None` if there is none, or it was read.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn restore_notice(&self) -> Result<Option<RestoreNotice>, StoreError> {
        self.store.snapshot(|db| {
            let Some(row) = store::restores::unread(db)? else { return Ok(None) };
            let number = |count: i64| u64::try_from(count).unwrap_or_default();
            Ok(Some(RestoreNotice {
                cause: row.cause,
                at: row.at,
                since: row.since,
                sessions: number(row.sessions),
                recovery_codes: number(row.recovery_codes),
                retired_keys: number(row.retired_keys),
                doubted_keys: store::signing_keys::doubted(db)?.len(),
            }))
        })
    }

    /// Marks the notice as read. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn confirm_restore(&self) -> Result<bool, StoreError> {
        let now = self.now()?;
        self.store.write(|tx| {
            let was_read = store::restores::mark_read(tx, now)?;
            if was_read {
                store::events::record(tx, now, &NewEvent::of(EventKind::RestoreRead))?;
            }
            Ok(was_read)
        })
    }

    /// Whether the database turned out to be a copy when this engine opened it.
    pub fn has_noticed_restore(&self) -> bool {
        self.store.has_begun_life()
    }
}
