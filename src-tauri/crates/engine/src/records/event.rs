//! Events, as data.

use super::{EventGroup, EventKind};
use crate::{clock::Timestamp, paging::Cursor};
use serde::Serialize;
use serde_json::{Value, json};

/// One event. It is pure data: the reader turns it into a sentence. It never contains a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its number. Numbers only increase.
    pub id: i64,
    /// When it happened, by the engine's clock.
    pub at: Timestamp,
    /// The name of its kind: [`EventKind::as_str`], or a name from another version of this program.
    pub kind: String,
    /// The user it is about, if there is one who still exists.
    pub username: Option<String>,
    /// The session.
    pub sid: Option<String>,
    /// The token.
    pub jti: Option<String>,
    /// The signing key.
    pub kid: Option<String>,
    /// The generation of the refresh token within its family; 0 is the first.
    pub generation: Option<i64>,
    /// Further details: an object whose members depend on the kind, see [`EventKind`].
    pub detail: Option<Value>,
    /// What it came through: [`Source::as_str`], or a name from another version of this program. `None` where it is
    /// unknown, as for events from before it was recorded.
    pub source: Option<String>,
}

/// What a change comes through. The names are stored; never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The window.
    Window,
    /// The command line.
    Twb,
    /// The local issuer, over HTTP.
    Issuer,
}

impl Source {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Twb => "twb",
            Self::Issuer => "issuer",
        }
    }
}

impl Event {
    /// The user on whose behalf it was done: who signed in or used a token. `None` for what an administrator does.
    pub fn on_behalf_of(&self) -> Option<&str> {
        let by_user = EventKind::ALL.iter().any(|kind| kind.is_by_user() && kind.as_str() == self.kind);
        self.username.as_deref().filter(|_| by_user)
    }

    /// The event as a JSON object, for programs: one shape for `twb events --json` and for exported files.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "at": self.at.seconds(),
            "at_ms": self.at.0,
            "kind": self.kind,
            "username": self.username,
            "sid": self.sid,
            "jti": self.jti,
            "kid": self.kid,
            "generation": self.generation,
            "detail": self.detail,
            "source": self.source,
            "on_behalf_of": self.on_behalf_of(),
        })
    }
}

/// Which events to read.
#[derive(Debug, Clone, Copy)]
pub enum EventsOf<'a> {
    /// All events.
    All,
    /// One user's.
    User(&'a str),
    /// One session's.
    Session(&'a str),
    /// One signing key's.
    Key(&'a str),
    /// Those of one kind.
    Kind(EventKind),
}

/// Events to list for display: a subject, a group, a source and a text narrow them.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// Whose they are.
    pub subject: EventSubject,
    /// Only those of one group.
    pub group: Option<EventGroup>,
    /// Only those that came through this; [`UNKNOWN_SOURCE`] for those of which that is unknown.
    pub source: Option<String>,
    /// Only those whose kind, names, ids, details and source contain each of these words; empty for all.
    pub text: String,
    /// Where to continue.
    pub after: Option<Cursor>,
    /// The page size.
    pub most: u32,
}

/// Stands in a query for the source of the events that have none.
pub const UNKNOWN_SOURCE: &str = "";

/// Whose events to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum EventSubject {
    /// Everybody's.
    #[default]
    All,
    /// One user's.
    User(String),
    /// One session's.
    Session(String),
    /// One signing key's.
    Key(String),
}

impl EventSubject {
    /// The same for reading events without further conditions.
    pub(crate) fn of(&self) -> EventsOf<'_> {
        match self {
            Self::All => EventsOf::All,
            Self::User(name) => EventsOf::User(name),
            Self::Session(sid) => EventsOf::Session(sid),
            Self::Key(kid) => EventsOf::Key(kid),
        }
    }
}

/// How many events there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventCounts {
    /// In the profile.
    pub all: u64,
    /// Those that the query lists, page after page.
    pub listed: u64,
    /// Those that it would list without its group.
    pub found: u64,
    /// Of these, those of each group.
    pub groups: Vec<(EventGroup, u64)>,
    /// Those of each source that it would list without its own, by name; [`UNKNOWN_SOURCE`] first.
    pub sources: Vec<(String, u64)>,
}

/// An event to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent<'a> {
    pub(crate) kind: EventKind,
    pub(crate) user: Option<i64>,
    pub(crate) sid: Option<&'a str>,
    pub(crate) jti: Option<&'a str>,
    pub(crate) kid: Option<&'a str>,
    pub(crate) generation: Option<i64>,
    pub(crate) detail: Option<Value>,
}

impl<'a> NewEvent<'a> {
    pub(crate) fn of(kind: EventKind) -> Self {
        Self { kind, user: None, sid: None, jti: None, kid: None, generation: None, detail: None }
    }

    /// The refusal of an attempt at a password or code.
    pub(crate) fn refusal(kind: EventKind, user: Option<i64>, reason: Reason) -> Self {
        Self { user, detail: Some(json!({ "reason": reason })), ..Self::of(kind) }
    }

    pub(crate) fn user(self, user: i64) -> Self {
        Self { user: Some(user), ..self }
    }

    pub(crate) fn sid(self, sid: &'a str) -> Self {
        Self { sid: Some(sid), ..self }
    }

    pub(crate) fn jti(self, jti: &'a str) -> Self {
        Self { jti: Some(jti), ..self }
    }

    pub(crate) fn kid(self, kid: &'a str) -> Self {
        Self { kid: Some(kid), ..self }
    }

    pub(crate) fn generation(self, generation: i64) -> Self {
        Self { generation: Some(generation), ..self }
    }

    pub(crate) fn detail(self, detail: Value) -> Self {
        Self { detail: Some(detail), ..self }
    }
}

/// Why an attempt at a password or code was refused. The names are stored; never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    UnknownUser,
    InactiveUser,
    WrongPassword,
    TooManyTries,
    OutdatedPendingToken,
    UsedPendingToken,
    WrongCode,
    /// A code of a step in the past.
    EarlierCode,
    /// A code of a step to come.
    FutureCode,
    UsedCode,
    UnreadableSecondFactor,
    WrongRecoveryCode,
    UsedRecoveryCode,
    OtherSession,
}
