//! Users: creating, listing, activating and deactivating them, and their scopes.

mod attempts;
mod change;
mod import;
mod list;

pub use crate::records::{
    FactorState, LONGEST_USERNAME, User, UserCounts, UserQuery, UserSort, Username, UsernameError,
};
pub use attempts::{Attempt, AttemptOutcome};
pub use change::UserEdit;
pub use import::{
    HashFound, ImportField, ImportFileError, ImportFormat, ImportOptions, ImportPlan, ImportTable, Imported,
    LARGEST_IMPORT, LineAction, LineProblem, MOST_CLEAR, MOST_IMPORT_COLUMNS, MOST_IMPORTED, PlannedLine, RowProblem,
    UserImportError,
};
pub use list::ListedUser;

use change::replace_scopes;

use crate::{
    Engine,
    clients::is_client,
    credentials::begin_epoch,
    entropy::NoEntropy,
    passwords::{self, HashError, Lengths, PasswordRefusal, Rating},
    records::{EndReason, EventKind, Failures, NewEvent, UnknownScope},
    scopes,
    secret::Password,
    store::{self, Stop, StoreError},
};

/// The maximum length of a display name, in characters.
pub const LONGEST_DISPLAY_NAME: usize = 100;
/// The maximum length of an email address, in bytes (RFC 5321 section 4.5.3.1.3, less the angle brackets).
pub const LONGEST_EMAIL: usize = 254;

/// A user to create.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name they will sign in with, as typed.
    pub username: String,
    /// The name for display; may be empty.
    pub display_name: String,
    /// The email address; may be empty.
    pub email: String,
    /// The password.
    pub password: Password,
    /// Names of scopes from the catalog.
    pub scopes: Vec<String>,
}

/// Why a user was not created or changed. Nothing was saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// The username is invalid.
    #[error(transparent)]
    Username(#[from] UsernameError),
    /// Another user has that name, perhaps in different case.
    #[error("There is already a user \"{0}\"")]
    Taken(Username),
    /// A client of the issuer has this name (RFC 9700 section 4.15).
    #[error("\"{0}\" is the client_id of a client, so no user may have this name")]
    IsClient(Username),
    /// More than [`LONGEST_DISPLAY_NAME`] characters.
    #[error("The display name has more than 100 characters")]
    DisplayNameTooLong,
    /// The display name contains an invisible character, or one that changes the text direction.
    #[error("The display name contains an invisible character (U+{:04X})", u32::from(*.0))]
    DisplayNameCharacter(char),
    /// No local part, no domain, white space, an invisible character, or more than [`LONGEST_EMAIL`] bytes.
    #[error("The email address is not of the form name@example.com")]
    Email,
    /// The policy refuses the password.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// A scope is not in the catalog.
    #[error(transparent)]
    Scope(#[from] UnknownScope),
    /// There is no user with this name.
    #[error("There is no user \"{0}\"")]
    NotFound(String),
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Creates an active user.
    ///
    /// # Errors
    /// [`UserError`] for the first invalid field, in order. Nothing is saved.
    pub fn create_user(&self, new: &NewUser) -> Result<User, UserError> {
        self.add_user(new, || {
            let username = new.username.trim();
            if let Some(refusal) = passwords::refuse(&new.password, username, self.password_lengths(username)?) {
                return Err(refusal.into());
            }
            let cost = self.rules()?.bcrypt_cost;
            let hash = || passwords::make_hash(&new.password, cost, &*self.entropy);
            Ok(self.hashing.run(hash)?)
        })
    }

    fn add_user(&self, new: &NewUser, hash: impl FnOnce() -> Result<String, UserError>) -> Result<User, UserError> {
        let username: Username = new.username.parse()?;
        let taken = |found: Option<User>| found.map_or(Ok(()), |user| Err(UserError::Taken(user.username)));
        taken(self.store.read(|db| store::users::by_name(db, username.as_str()))?)?;
        let (display_name, email) = check_details(&new.display_name, &new.email)?;
        let scopes = scopes::choose(&self.scope_catalog()?, &new.scopes)?;
        let hash = hash()?;

        let now = self.now()?;
        self.store.decide(|tx| {
            if is_client(tx, &*self.rules_in(tx)?, username.as_str())? {
                return Err(Stop::Refused(UserError::IsClient(username.clone())));
            }
            // Hashing took a while: someone else may have taken the name in the meantime.
            let Some(id) = store::users::insert(tx, &username, display_name, email, &hash, now)? else {
                return Err(Stop::Refused(UserError::Taken(username.clone())));
            };
            store::scopes::replace(tx, id, &scopes)?;
            store::events::record(tx, now, &NewEvent::of(EventKind::UserCreated).user(id))?;
            begin_epoch(tx, id, now)?;
            store::users::by_name(tx, username.as_str())?.ok_or(Stop::Refused(UserError::Taken(username.clone())))
        })
    }

    /// Activates or deactivates a user. Deactivating ends all their sessions.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`UserError::Store`]
    pub fn set_user_active(&self, username: &str, active: bool) -> Result<User, UserError> {
        let now = self.now()?;
        let changed = self.store.write(|tx| {
            let Some(mut user) = store::users::by_name(tx, username)? else { return Ok(None) };
            if user.active != active {
                store::users::set_active(tx, user.id, active)?;
                if !active {
                    store::sessions::end_all_of(tx, user.id, EndReason::UserDeactivated, now)?;
                }
                let kind = if active { EventKind::UserActivated } else { EventKind::UserDeactivated };
                store::events::record(tx, now, &NewEvent::of(kind).user(user.id))?;
                begin_epoch(tx, user.id, now)?;
            }
            user.active = active;
            Ok(Some(user))
        })?;
        changed.ok_or_else(|| UserError::NotFound(username.into()))
    }

    /// Replaces a user's scopes. Tokens already issued keep their scopes until they expire.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`UserError::Scope`], [`UserError::Store`]
    pub fn set_user_scopes(&self, username: &str, wanted: &[String]) -> Result<User, UserError> {
        let scopes = scopes::choose(&self.scope_catalog()?, wanted)?;
        let now = self.now()?;
        let changed = self.store.write(|tx| {
            let Some(mut user) = store::users::by_name(tx, username)? else { return Ok(None) };
            replace_scopes(tx, user.id, &scopes, now)?;
            user.scopes = scopes;
            Ok(Some(user))
        })?;
        changed.ok_or_else(|| UserError::NotFound(username.into()))
    }

    /// Creates an active user with a password hash from another program: bcrypt (`$2a$`, `$2b$`, `$2y$`) or passlib's
    /// `bcrypt_sha256`. An outdated hash is replaced at the first sign-in. `new.password` is ignored.
    ///
    /// # Errors
    /// [`UserError`]; [`UserError::Hash`] if this engine does not support such hashes. Nothing is saved.
    pub fn import_user(&self, new: &NewUser, hash: &str) -> Result<User, UserError> {
        let hash = passwords::importable(hash)?;
        self.add_user(new, || Ok(hash.to_owned()))
    }

    /// Changes a user's password, which ends their sessions and resets their failures.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`UserError::Password`], [`UserError::Hash`], [`UserError::Store`]
    pub fn set_password(&self, username: &str, password: &Password) -> Result<User, UserError> {
        if let Some(refusal) = passwords::refuse(password, username, self.password_lengths(username)?) {
            return Err(refusal.into());
        }
        let cost = self.rules()?.bcrypt_cost;
        let hash = self.hashing.run(|| passwords::make_hash(password, cost, &*self.entropy))?;
        let now = self.now()?;
        let changed = self.store.write(|tx| {
            let Some(found) = store::users::credentials(tx, username)? else { return Ok(None) };
            let user = found.user;
            store::users::replace_hash(tx, user.id, &found.password_hash, &hash)?;
            store::users::set_failures(tx, user.id, Failures::default())?;
            store::sessions::end_all_of(tx, user.id, EndReason::PasswordChanged, now)?;
            store::events::record(tx, now, &NewEvent::of(EventKind::PasswordChanged).user(user.id))?;
            begin_epoch(tx, user.id, now)?;
            Ok(Some(user))
        })?;
        changed.ok_or_else(|| UserError::NotFound(username.into()))
    }

    /// Rates a password for a user, who may not exist yet, without storing it.
    ///
    /// # Errors
    /// [`StoreError`]: the required length is stored with the profile.
    pub fn rate_password(&self, password: &Password, username: &str) -> Result<Rating, StoreError> {
        Ok(passwords::rate(password, username, self.password_lengths(username)?))
    }

    /// A new password of 100 random bits: 20 characters in four groups, none of which look alike.
    ///
    /// # Errors
    /// [`NoEntropy`]
    pub fn generate_password(&self) -> Result<Password, NoEntropy> {
        passwords::generate(&*self.entropy)
    }

    /// The length limits of a user's password: the minimum may be higher without a second factor.
    fn password_lengths(&self, username: &str) -> Result<Lengths, StoreError> {
        let protected = self.store.read(|db| match store::users::by_name(db, username)? {
            Some(user) => store::totp_factors::is_on(db, user.id),
            None => Ok(false),
        })?;
        let rules = self.rules()?;
        let alone = if protected { 0 } else { rules.shortest_password_alone };
        let lengths = rules.password_lengths();
        Ok(Lengths { shortest: lengths.shortest.max(alone), ..lengths })
    }
}

/// The display name and email address as they are stored.
fn check_details<'a>(display_name: &'a str, email: &'a str) -> Result<(&'a str, &'a str), UserError> {
    let (display_name, email) = (display_name.trim(), email.trim());
    if display_name.chars().count() > LONGEST_DISPLAY_NAME {
        return Err(UserError::DisplayNameTooLong);
    }
    if let Some(unseen) = jose::first_unseen(display_name) {
        return Err(UserError::DisplayNameCharacter(unseen));
    }
    if !email.is_empty() && !is_email(email) {
        return Err(UserError::Email);
    }
    Ok((display_name, email))
}

/// A plausibility check to catch typos. Whether mail arrives is not checked.
fn is_email(text: &str) -> bool {
    text.len() <= LONGEST_EMAIL
        && !text.contains(char::is_whitespace)
        && jose::first_unseen(text).is_none()
        && text.rsplit_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.split('.').all(|label| !label.is_empty()) && !domain.contains('@')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_needs_two_sides() {
        for good in ["a@b", "alice@example.com", "\"odd\"@example.com", "a+b@x.y.z"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "alice",
            "@b",
            "a@",
            "a b@c",
            "a@b..c",
            "a@.b",
            "a\u{202E}@b",
            "a@b\u{200B}",
            "a\u{1B}@b",
            &format!("a@{}", "b".repeat(300)),
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
