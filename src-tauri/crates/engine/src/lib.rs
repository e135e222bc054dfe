//! The auth engine: users, passwords, scopes, sign-in, sessions, keys, policy and events, all for one profile.
//!
//! It knows nothing of Tauri, HTTP or command lines. A use case is one method of [`Engine`] in the file of its subject,
//! and reads the clock once. Every method may block on the disk, the keyring or a password hash, so call them from
//! threads that nobody waits on.

pub mod by_hand;
pub mod clients;
pub mod clock;
pub mod data_key;
pub mod entropy;
pub mod events;
pub mod evidence;
pub mod handover;
pub mod hardening;
pub mod introspect;
pub mod keys;
pub mod named_file;
pub mod paging;
pub mod passwords;
pub mod policies;
pub mod private_file;
pub mod profile;
pub mod records;
pub mod refresh;
pub mod restore;
pub mod revoke;
pub mod rules;
pub mod scopes;
pub mod secret;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod throttle;
pub mod tokens;
pub mod totp;
pub mod users;
pub mod vault;

mod credentials;
mod engine;
mod kept_keys;
mod sealed;
mod store;

pub use engine::Engine;
pub use profile::Profile;
pub use rules::Rules;
pub use store::{StoreError, StoreVersion};
