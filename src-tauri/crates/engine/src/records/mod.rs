//! The database's records as plain data, shared by the store below the use cases and everything above them. Nothing
//! here performs I/O.

mod client;
mod code_settings;
mod deny_entry;
mod event;
mod event_kind;
mod failures;
mod key;
mod refresh_hash;
mod scope;
mod session;
mod user;

pub use client::{AccessTyp, Client, Grant, UnknownGrant, UnknownTyp};
pub use code_settings::{CodeAlgorithm, CodeSettings};
pub use deny_entry::DenyEntry;
pub use event::{Event, EventCounts, EventQuery, EventSubject, EventsOf, Source, UNKNOWN_SOURCE};
pub(crate) use event::{NewEvent, Reason};
pub use event_kind::{EventGroup, EventKind};
pub use failures::{Failures, Lock, TooManyTries};
pub use key::{KeyInfo, KeyQuery, KeyState, ListedKey, Purpose, UnknownName};
pub(crate) use refresh_hash::RefreshHash;
pub(crate) use scope::choose;
pub use scope::{Scope, ScopeEntry, UnknownScope, join};
pub use session::{EndReason, SessionCounts, SessionKind, SessionQuery, SessionSort};
pub use user::{FactorState, LONGEST_USERNAME, User, UserCounts, UserQuery, UserSort, Username, UsernameError};
