//! The clients of the local issuer (RFC 6749 section 2): who may ask for tokens, how, and what their tokens are like.
//!
//! One public client always exists: the one that the policy names (`client_id`, by default `workbench`). It is assumed
//! where a request names none.

pub use crate::records::{AccessTyp, Client, Grant, UnknownGrant, UnknownTyp};

use crate::{
    Engine, Rules,
    entropy::NoEntropy,
    records::{EndReason, EventKind, NewEvent, UnknownScope},
    scopes,
    secret::SecretText,
    store::{self, Db, DbResult, Stop, StoreError},
};
use aws_lc_rs::{constant_time, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use std::time::Duration;
use zeroize::Zeroizing;

/// The maximum length of a `client_id`, in characters.
pub const LONGEST_CLIENT_ID: usize = 64;
/// The maximum length of a client's name, in characters.
pub const LONGEST_CLIENT_NAME: usize = 100;
/// The maximum number of clients.
pub const MOST_CLIENTS: u32 = 100;
/// A secret of 256 bits.
const SECRET_BYTES: usize = 32;

/// A client to add.
#[derive(Debug, Clone, Default)]
pub struct NewClient {
    /// Its `client_id`.
    pub id: String,
    /// A name for people; may be empty.
    pub name: String,
    /// It gets a secret.
    pub confidential: bool,
    /// The grants it may use.
    pub grants: Vec<Grant>,
    /// The scopes that its tokens may have at most; `None`: all of the catalog.
    pub scopes: Option<Vec<String>>,
    /// The lifetime of its access tokens; `None`: the policy's.
    pub access_token_lifetime: Option<Duration>,
    /// The `typ` of its access tokens.
    pub typ: AccessTyp,
}

/// Why a client was not added, changed or removed. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The ID is empty.
    #[error("The client has no client_id")]
    IdEmpty,
    /// More than [`LONGEST_CLIENT_ID`] characters.
    #[error("The client_id has more than {LONGEST_CLIENT_ID} characters")]
    IdTooLong,
    /// A character other than a letter, a digit, `.`, `_` or `-`. RFC 6749 appendix A.1 allows more, but a colon cannot
    /// be sent by Basic, and the rest only leads to mistakes.
    #[error("The client_id has {0:?}; only letters, digits, dot, underscore and hyphen are allowed")]
    IdCharacter(char),
    /// Another client has this ID, or it is the one that always exists.
    #[error("There is already a client \"{0}\"")]
    Taken(String),
    /// A user has this name, and a token's `sub` would not tell which of the two it is about (RFC 9700 section 4.15).
    #[error("\"{0}\" is the name of a user, so no client may have it (RFC 9700 section 4.15)")]
    IsUser(String),
    /// More than [`LONGEST_CLIENT_NAME`] characters.
    #[error("The client's name has more than {LONGEST_CLIENT_NAME} characters")]
    NameTooLong,
    /// The name contains an invisible character, or one that changes the text direction.
    #[error("The client's name contains an invisible character (U+{:04X})", u32::from(*.0))]
    NameCharacter(char),
    /// No grant was named.
    #[error("The client may use no grant; name at least one")]
    NoGrant,
    /// Anyone could use the grant in the name of a public client.
    #[error("A public client cannot use client_credentials, since it has no secret (RFC 6749 section 4.4)")]
    PublicCredentials,
    /// A scope is not in the catalog.
    #[error(transparent)]
    Scope(#[from] UnknownScope),
    /// A lifetime outside of what the policy allows.
    #[error("An access token lives at least 1 second and at most {} seconds", .longest.as_secs())]
    Lifetime {
        /// The longest lifetime allowed.
        longest: Duration,
    },
    /// There are [`MOST_CLIENTS`] already.
    #[error("There are {MOST_CLIENTS} clients already; remove one first")]
    TooMany,
    /// The client that always exists has no secret and cannot be removed.
    #[error("The client \"{0}\" is built in: it has no secret and cannot be removed")]
    BuiltIn(String),
    /// A public client has no secret.
    #[error("The client \"{0}\" is public and has no secret")]
    Public(String),
    /// There is no such client.
    #[error("There is no client \"{0}\"")]
    NotFound(String),
    /// No randomness was available for the secret.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a client is not who it says it is: `invalid_client` (RFC 6749 section 5.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientRefusal {
    /// There is no such client, or the secret is wrong. Which of the two is not said.
    #[error("The client is unknown or its secret is wrong")]
    Wrong,
    /// A confidential client presented no secret.
    #[error("This client has a secret and must present it")]
    NoSecret,
    /// A public client presented a secret.
    #[error("This client is public and has no secret; leave client_secret out")]
    NeedlessSecret,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// All clients: the one that always exists, then the others by ID.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn clients(&self) -> Result<Vec<Client>, StoreError> {
        let builtin = self.builtin_client()?;
        // A client that was added before the policy took its ID is the built-in one from then on.
        let others = self.store.read(store::clients::all)?.into_iter().filter(|client| client.id != builtin.id);
        let others: Vec<Client> = others.collect();
        Ok([vec![builtin], others].concat())
    }

    /// Adds a client. Returns it, and its secret if it is confidential: the only time that anyone sees it.
    ///
    /// # Errors
    /// [`ClientError`] for the first invalid field, in order.
    pub fn add_client(&self, new: &NewClient) -> Result<(Client, Option<SecretText>), ClientError> {
        let client = self.checked_client(new)?;
        let made = client.confidential.then(|| self.client_secret()).transpose()?;
        let (secret, hash) = made.unzip();
        let now = self.now()?;
        let client = Client { created_at: Some(now), ..client };
        self.store.decide(|tx| {
            if client.id == self.rules_in(tx)?.client_id {
                return Err(Stop::Refused(ClientError::Taken(client.id.clone())));
            }
            if store::users::by_name(tx, &client.id)?.is_some() {
                return Err(Stop::Refused(ClientError::IsUser(client.id.clone())));
            }
            if store::clients::count(tx)? >= MOST_CLIENTS {
                return Err(Stop::Refused(ClientError::TooMany));
            }
            if !store::clients::insert(tx, &client, hash, now)? {
                return Err(Stop::Refused(ClientError::Taken(client.id.clone())));
            }
            let event = NewEvent::of(EventKind::ClientAdded).detail(json!({ "client": client.id }));
            store::events::record(tx, now, &event)?;
            Ok(())
        })?;
        Ok((client, secret))
    }

    /// Gives a confidential client a new secret. The old one is refused from now on.
    ///
    /// # Errors
    /// [`ClientError::NotFound`], [`ClientError::BuiltIn`], [`ClientError::Public`], [`ClientError::Entropy`],
    /// [`ClientError::Store`]
    pub fn rotate_client_secret(&self, id: &str) -> Result<SecretText, ClientError> {
        let (secret, hash) = self.client_secret()?;
        let now = self.now()?;
        self.store.decide(|tx| {
            if id == self.rules_in(tx)?.client_id {
                return Err(Stop::Refused(ClientError::BuiltIn(id.to_owned())));
            }
            if !store::clients::set_secret(tx, id, hash)? {
                let is_there = store::clients::by_id(tx, id)?.is_some();
                let error = if is_there { ClientError::Public } else { ClientError::NotFound };
                return Err(Stop::Refused(error(id.to_owned())));
            }
            let event = NewEvent::of(EventKind::ClientSecretReplaced).detail(json!({ "client": id }));
            store::events::record(tx, now, &event)?;
            Ok(())
        })?;
        Ok(secret)
    }

    /// Removes a client and ends its sessions. Returns how many sessions could still be used.
    ///
    /// # Errors
    /// [`ClientError::NotFound`], [`ClientError::BuiltIn`], [`ClientError::Store`]
    pub fn remove_client(&self, id: &str) -> Result<usize, ClientError> {
        let now = self.now()?;
        self.store.decide(|tx| {
            if id == self.rules_in(tx)?.client_id {
                return Err(Stop::Refused(ClientError::BuiltIn(id.to_owned())));
            }
            if !store::clients::delete(tx, id)? {
                return Err(Stop::Refused(ClientError::NotFound(id.to_owned())));
            }
            let ended = store::sessions::end_all_of_client(tx, id, EndReason::Revoked, now)?;
            let event = NewEvent::of(EventKind::ClientRemoved).detail(json!({ "client": id, "sessions": ended }));
            store::events::record(tx, now, &event)?;
            Ok(ended)
        })
    }

    /// The client that presents itself: by its ID and, if it is confidential, its secret; the one that always exists if
    /// it names none.
    ///
    /// # Errors
    /// [`ClientRefusal`]
    pub fn authenticate_client(&self, id: Option<&str>, secret: Option<&str>) -> Result<Client, ClientRefusal> {
        let builtin = self.builtin_client()?;
        let id = id.unwrap_or(&builtin.id);
        let found = if id == builtin.id {
            Some((builtin, None))
        } else {
            self.store.read(|db| store::clients::with_secret(db, id))?
        };
        // Hash the secret of an unknown client too, so that its answer takes no less time.
        let presented = secret.map(hash_of);
        let Some((client, hash)) = found else { return Err(ClientRefusal::Wrong) };
        match (hash, presented) {
            (None, None) => Ok(client),
            (None, Some(_)) => Err(ClientRefusal::NeedlessSecret),
            (Some(_), None) => Err(ClientRefusal::NoSecret),
            (Some(hash), Some(presented)) => match constant_time::verify_slices_are_equal(&hash, &presented) {
                Ok(()) => Ok(client),
                Err(_) => Err(ClientRefusal::Wrong),
            },
        }
    }

    /// The public client that always exists.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn builtin_client(&self) -> Result<Client, StoreError> {
        Ok(Client::builtin(&self.rules()?.client_id))
    }

    fn checked_client(&self, new: &NewClient) -> Result<Client, ClientError> {
        let (id, name) = (new.id.trim(), new.name.trim());
        if id.is_empty() {
            return Err(ClientError::IdEmpty);
        }
        if id.chars().count() > LONGEST_CLIENT_ID {
            return Err(ClientError::IdTooLong);
        }
        if let Some(odd) = id.chars().find(|sign| !sign.is_ascii_alphanumeric() && !"._-".contains(*sign)) {
            return Err(ClientError::IdCharacter(odd));
        }
        if name.chars().count() > LONGEST_CLIENT_NAME {
            return Err(ClientError::NameTooLong);
        }
        if let Some(odd) = jose::first_unseen(name) {
            return Err(ClientError::NameCharacter(odd));
        }
        let mut grants = new.grants.clone();
        grants.sort();
        grants.dedup();
        if grants.is_empty() {
            return Err(ClientError::NoGrant);
        }
        if !new.confidential && grants.contains(&Grant::ClientCredentials) {
            return Err(ClientError::PublicCredentials);
        }
        let catalog = self.scope_catalog()?;
        let scopes = new.scopes.as_deref().map(|wanted| scopes::choose(&catalog, wanted)).transpose()?;
        let longest = self.rules()?.longest_access_token_lifetime;
        let fits = |lifetime: &Duration| *lifetime >= Duration::from_secs(1) && *lifetime <= longest;
        if new.access_token_lifetime.is_some_and(|lifetime| !fits(&lifetime)) {
            return Err(ClientError::Lifetime { longest });
        }
        Ok(Client {
            id: id.to_owned(),
            name: name.to_owned(),
            confidential: new.confidential,
            grants,
            scopes,
            access_token_lifetime: new.access_token_lifetime,
            typ: new.typ,
            created_at: None,
        })
    }

    fn client_secret(&self) -> Result<(SecretText, [u8; 32]), NoEntropy> {
        let mut bytes = Zeroizing::new([0_u8; SECRET_BYTES]);
        self.entropy.fill(&mut *bytes)?;
        let secret = SecretText::new(URL_SAFE_NO_PAD.encode(*bytes));
        let hash = hash_of(secret.expose());
        Ok((secret, hash))
    }
}

/// Does a client have this name? No user may have it then: a token's `sub` would not tell which of the two it is about.
pub(crate) fn is_client(db: &Db, rules: &Rules, username: &str) -> DbResult<bool> {
    Ok(rules.client_id.eq_ignore_ascii_case(username) || store::clients::is_named(db, username)?)
}

/// The SHA-256 of a secret. A hash for passwords is not needed: 256 random bits cannot be guessed.
fn hash_of(secret: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref());
    hash
}
