//! Events that the shell sends to the window.

use engine::{Engine, StoreError, StoreVersion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

/// Something that the window shows has changed, here or in another process that uses the same profile.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub struct WorkbenchChanged {
    /// What to load again.
    pub topics: Vec<Topic>,
}

/// A text waits to be inspected: fetch it with `take_handover`.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub struct HandedOver;

/// A part of the state that can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The state of the keyring or of the database file.
    Health,
    /// The clock, and the notice about a restored copy.
    Profile,
    /// Users, their scopes, second factors and locks.
    Users,
    /// Sessions and their tokens.
    Sessions,
    /// Signing keys.
    Keys,
    /// Policies, built-in and saved.
    Policies,
    /// The clients of the issuer.
    Clients,
}

/// Every topic stored in the database.
const DATA: &[Topic] = &[Topic::Profile, Topic::Users, Topic::Sessions, Topic::Keys, Topic::Policies, Topic::Clients];

/// What an event of this kind changed. An unknown kind, which another version of the program may write, may have
/// changed everything.
fn topics_of(kind: &str) -> &'static [Topic] {
    match kind {
        // The window shows the number of a user's active sessions.
        "user_deactivated"
        | "user_deleted"
        | "password_changed"
        | "second_factor_removed"
        | "signed_in"
        | "token_minted"
        | "refresh_replayed"
        | "session_ended" => &[Topic::Users, Topic::Sessions],
        "user_created"
        | "user_activated"
        | "user_edited"
        | "users_imported"
        | "scope_saved"
        | "scope_deleted"
        | "user_scopes_changed"
        | "sign_in_refused"
        | "failures_reset"
        | "hash_upgraded"
        | "second_factor_due"
        | "second_factor_begun"
        | "second_factor_confirmed"
        | "second_factor_lapsed"
        | "second_factor_refused"
        | "recovery_codes_replaced"
        | "recovery_code_used" => &[Topic::Users],
        "refreshed" | "refresh_forgiven" | "token_revoked" => &[Topic::Sessions],
        "key_created" | "key_imported" | "key_activated" | "key_retiring" | "key_retired" | "key_exported"
        | "key_renamed" | "key_deleted" | "key_proven" | "token_signed" | "data_key_created" => &[Topic::Keys],
        "vault_chosen" => &[Topic::Health, Topic::Keys],
        "clock_set" | "restore_read" => &[Topic::Profile],
        // Some of these are rules about sessions or keys, such as whether the test key is published.
        "policy_changed" => &[Topic::Sessions, Topic::Policies, Topic::Keys],
        "policy_saved" | "policy_deleted" => &[Topic::Policies],
        "client_added" | "client_secret_replaced" | "client_signed_in" => &[Topic::Clients],
        "client_removed" => &[Topic::Clients, Topic::Users, Topic::Sessions],
        _ => DATA,
    }
}

/// More than happen between two polls, unless users are imported by the thousand.
const MOST_EVENTS: u32 = 500;

/// What changed in the database since event number `last`, each topic once, and the number of the newest event.
///
/// # Errors
/// [`StoreError`]
pub fn topics_since(engine: &Engine, last: i64) -> Result<(Vec<Topic>, i64), StoreError> {
    let events = engine.events_after(last, MOST_EVENTS)?;
    if events.len() >= MOST_EVENTS as usize {
        return Ok((DATA.to_vec(), engine.newest_event()?));
    }
    let newest = events.last().map_or(last, |event| event.id);
    let topics: BTreeSet<_> = events.iter().flat_map(|event| topics_of(&event.kind)).copied().collect();
    Ok((topics.into_iter().collect(), newest))
}

/// What the window was told of so far.
pub(crate) struct Told {
    /// The number of the newest event that it knows.
    event: i64,
    /// The database's version when its events were last read; `None` before the first time, as changes made before the
    /// first look are changes too.
    version: Option<StoreVersion>,
}

impl Told {
    /// The window knows all events up to this one.
    pub(crate) fn up_to(event: i64) -> Self {
        Self { event, version: None }
    }

    /// What to tell the window now. What could not be read is read again the next time.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) fn news(&mut self, engine: &Engine) -> Result<Vec<Topic>, StoreError> {
        self.news_at(engine.version()?, |last| topics_since(engine, last))
    }

    fn news_at(
        &mut self,
        version: StoreVersion,
        since: impl FnOnce(i64) -> Result<(Vec<Topic>, i64), StoreError>,
    ) -> Result<Vec<Topic>, StoreError> {
        if self.version == Some(version) {
            return Ok(Vec::new());
        }
        let (topics, newest) = since(self.event)?;
        *self = Self { event: newest, version: Some(version) };
        Ok(topics)
    }
}

/// Sends an event to the window. One that does not exist yet, or is closing, needs none.
pub fn tell(app: &AppHandle, event: impl Event + Clone + Serialize) {
    if app.webview_windows().is_empty() {
        return;
    }
    if let Err(error) = event.emit(app) {
        tracing::warn!(%error, "the window was not told of an event");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Profile, Rules, rules::Rotation, secret::Password, users::NewUser};

    #[test]
    fn what_happened_is_told_once_and_by_its_topics() {
        let engine = engine();
        let start = engine.newest_event().unwrap();
        assert_eq!(topics_since(&engine, start).unwrap(), (vec![], start));
        let user = NewUser {
            username: "alice".into(),
            display_name: String::new(),
            email: String::new(),
            password: Password::new("quiet lantern, eleven otters"),
            scopes: Vec::new(),
        };
        engine.create_user(&user).unwrap();
        let (topics, last) = topics_since(&engine, start).unwrap();
        assert_eq!(topics, [Topic::Users]);
        engine.set_rotation(Rotation::None).unwrap();
        engine.set_user_active("alice", false).unwrap();
        let (topics, last) = topics_since(&engine, last).unwrap();
        assert_eq!(topics, [Topic::Users, Topic::Sessions, Topic::Keys, Topic::Policies]);
        for round in 0..=MOST_EVENTS {
            engine.set_rotation(if round % 2 == 0 { Rotation::Strict } else { Rotation::None }).unwrap();
        }
        let (topics, last) = topics_since(&engine, last).unwrap();
        assert_eq!((topics.as_slice(), last), (DATA, engine.newest_event().unwrap()), "too many to look at");
        assert_eq!(topics_of("of another version"), DATA);
    }

    fn engine() -> Engine {
        Engine::open(&Profile::Ephemeral, Rules { bcrypt_cost: 4, ..Rules::default() }).unwrap()
    }

    #[test]
    fn a_change_between_opening_and_the_first_look_is_told() {
        let engine = engine();
        let mut told = Told::up_to(engine.newest_event().unwrap());
        engine.set_rotation(Rotation::None).unwrap();
        assert_eq!(told.news(&engine).unwrap(), [Topic::Sessions, Topic::Keys, Topic::Policies]);
        assert_eq!(told.news(&engine).unwrap(), []);
    }

    #[test]
    fn a_change_whose_events_could_not_be_read_is_told_the_next_time() {
        let engine = engine();
        let mut told = Told::up_to(engine.newest_event().unwrap());
        told.news(&engine).unwrap();
        engine.set_rotation(Rotation::None).unwrap();
        let busy = StoreError::Busy { file: "workbench.db".into() };
        let version = engine.version().unwrap();
        assert_eq!(told.news_at(version, |_| Err(busy.clone())), Err(busy));
        assert_eq!(told.news(&engine).unwrap(), [Topic::Sessions, Topic::Keys, Topic::Policies]);
    }
}
