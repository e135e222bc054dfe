//! What is to be said of a database that turned out to be a copy: what was ended, and what it cannot know.

use crate::{
    Engine,
    clock::Timestamp,
    events::{EventKind, NewEvent},
    store::{self, StoreError},
};

/// How it was noticed that a database is a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A backup wrote the file.
    Backup,
    /// It is older than what was written down beside it.
    Behind,
    /// Nothing is written down beside it, though it was in use.
    Unmarked,
    /// What is written down beside it belongs to another database.
    ForeignMark,
    /// The whole folder was copied, and the original is still there.
    CopiedFolder,
    /// The whole folder was copied, and no original is left: put back from a backup, or copied from another disk.
    PutBack,
}

impl Cause {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Behind => "behind",
            Self::Unmarked => "unmarked",
            Self::ForeignMark => "foreign_mark",
            Self::CopiedFolder => "copied_folder",
            Self::PutBack => "put_back",
        }
    }

    /// The cause of that name. Which of them it was changes nothing of what is done.
    pub(crate) fn stored(name: &str) -> Self {
        let all = [Self::Backup, Self::Behind, Self::Unmarked, Self::ForeignMark, Self::CopiedFolder, Self::PutBack];
        all.into_iter().find(|cause| cause.as_str() == name).unwrap_or(Self::Unmarked)
    }

    /// What was noticed, as a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Backup => "The database was put here from a backup.",
            Self::Behind => "The database is older than what this profile had already done.",
            Self::Unmarked => "The database is a copy: the mark that belongs beside it is missing.",
            Self::ForeignMark => "The database is a copy: the mark beside it belongs to another one.",
            Self::CopiedFolder => "The profile's folder is a copy, and the original is still there.",
            Self::PutBack => {
                "The profile's folder is a copy: it was put back from a backup, or copied from another disk."
            }
        }
    }
}

/// What was done when a database turned out to be a copy, until somebody has read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreNotice {
    /// How it was noticed.
    pub cause: Cause,
    /// When.
    pub at: Timestamp,
    /// The moment of the last thing the copy knows of. What was changed after it (users switched off, passwords, scopes,
    /// keys) is not in it. `None`: nothing had happened yet.
    pub since: Option<Timestamp>,
    /// How many sessions were ended.
    pub sessions: u64,
    /// How many recovery codes were used up.
    pub recovery_codes: u64,
    /// How many keys were retired, because the keyring or another database knows them as retired.
    pub retired_keys: u64,
    /// How many keys verify nothing until the keyring has shown that they are still good.
    pub doubted_keys: usize,
}

impl Engine {
    /// What is to be read about a copy; `None` if there is nothing, or it was read.
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

    /// Remembers that somebody has read the notice. Says whether there was one.
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

    /// Did the database turn out to be a copy when this engine opened it?
    pub fn has_noticed_restore(&self) -> bool {
        self.store.has_begun_life()
    }
}
