//! Signing in with a password, and minting a token without one.

use crate::{
    Engine,
    clock::Timestamp,
    entropy::{self, NoEntropy},
    events::EventKind,
    keys::KeyError,
    passwords,
    scopes::{self, Scope, UnknownScope},
    secret::Password,
    store::{self, StoreError},
    tokens::AccessToken,
    users::{User, Username},
};
use rusqlite::Transaction;
use std::time::Duration;

/// What a sign-in answers with.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who signed in, in the letter case they were created with.
    pub username: Username,
    /// The access token, in compact form.
    pub access_token: String,
    /// How long it is valid.
    pub expires_in: Duration,
    /// The scopes granted: those asked for that the user holds.
    pub scopes: Vec<Scope>,
    /// The session it belongs to.
    pub sid: String,
}

impl std::fmt::Debug for SignedIn {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("username", &self.username).field("sid", &self.sid).finish_non_exhaustive()
    }
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The username or the password is wrong. One variant for both, and one duration: which it was would tell a
    /// stranger who has an account here (OWASP ASVS 5.0 section 6.3.8).
    #[error("Incorrect username or password")]
    WrongCredentials,
    /// The password was right, but the user is switched off.
    #[error("Inactive user")]
    Inactive,
    /// No user has that name. Told only to the owner of the profile, who mints without a password.
    #[error("There is no user \"{0}\"")]
    NoSuchUser(String),
    /// A scope is not in the catalog (`invalid_scope`).
    #[error(transparent)]
    Scope(#[from] UnknownScope),
    /// The asked-for lifetime is zero or longer than the policy allows.
    #[error("A token lives at least 1 second and at most {} seconds", .longest.as_secs())]
    Lifetime {
        /// The policy's limit.
        longest: Duration,
    },
    /// There is no key to sign with.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The crypto library did not sign.
    #[error("The token could not be signed")]
    Unsigned,
    /// No randomness for the token's id.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Signs a user in. `wanted` scopes must be in the catalog; those the user lacks are left out. `None` asks for all
    /// the user holds.
    ///
    /// Takes as long as one password hash, whatever comes out. Waits for the keyring if it was not read yet.
    ///
    /// # Errors
    /// [`SignInError`]; no session has started then.
    pub fn sign_in(
        &self,
        username: &str,
        password: &Password,
        wanted: Option<&[String]>,
    ) -> Result<SignedIn, SignInError> {
        let wanted = self.known(wanted)?;
        let found = self.store.read(|db| store::users::credentials(db, username.trim()))?;
        let hash = found.as_ref().map(|found| found.password_hash.clone());
        let hash = hash.unwrap_or_else(|| passwords::dummy_hash(self.policy.bcrypt_cost));
        let right = self.hashing.run(|| passwords::verify(password, &hash));

        let now = self.clock.now();
        let Some(found) = found else { return Err(SignInError::WrongCredentials) };
        let refused = |why: &'static str, error: SignInError| -> Result<SignedIn, SignInError> {
            self.store
                .write(|tx| store::events::record(tx, now, EventKind::SignInRefused, Some(found.user.id), why))?;
            Err(error)
        };
        match right {
            Ok(true) => {}
            Ok(false) => return refused("wrong password", SignInError::WrongCredentials),
            Err(unusable) => {
                tracing::error!(%unusable, user = %found.user.username, "a stored password hash cannot be used");
                return refused("unusable password hash", SignInError::WrongCredentials);
            }
        }
        if !found.user.active {
            return refused("inactive user", SignInError::Inactive);
        }
        self.start_session(&found.user.username, wanted, self.policy.access_token_lifetime, now, |tx, user, sid| {
            store::users::signed_in(tx, user.id, now)?;
            store::events::record(tx, now, EventKind::SignedIn, Some(user.id), sid)
        })
    }

    /// Mints a token for a user without their password: for the owner of the profile, who needs test tokens. It is the
    /// token a sign-in would give, in a session of its own.
    ///
    /// # Errors
    /// [`SignInError`]; no session has started then.
    pub fn mint(
        &self,
        username: &str,
        wanted: Option<&[String]>,
        lifetime: Option<Duration>,
    ) -> Result<SignedIn, SignInError> {
        let wanted = self.known(wanted)?;
        let longest = self.policy.longest_access_token_lifetime;
        let lifetime = lifetime.unwrap_or(self.policy.access_token_lifetime);
        if lifetime < Duration::from_secs(1) || lifetime > longest {
            return Err(SignInError::Lifetime { longest });
        }
        let user = self.store.read(|db| store::users::by_name(db, username.trim()))?;
        let user = user.ok_or_else(|| SignInError::NoSuchUser(username.into()))?;
        if !user.active {
            return Err(SignInError::Inactive);
        }
        let now = self.clock.now();
        self.start_session(&user.username, wanted, lifetime, now, |tx, user, sid| {
            store::events::record(tx, now, EventKind::TokenMinted, Some(user.id), sid)
        })
    }

    /// The scopes asked for, all of them in the catalog.
    fn known(&self, wanted: Option<&[String]>) -> Result<Option<Vec<Scope>>, SignInError> {
        let Some(wanted) = wanted else { return Ok(None) };
        Ok(Some(scopes::choose(&self.scope_catalog()?, wanted)?))
    }

    /// Starts a session and signs its access token, in one transaction: a token that nobody was given starts no
    /// session, and none is given without one. The user is read again in it, because hashing took a while.
    fn start_session(
        &self,
        username: &Username,
        wanted: Option<Vec<Scope>>,
        lifetime: Duration,
        now: Timestamp,
        also: impl FnOnce(&Transaction<'_>, &User, &str) -> rusqlite::Result<()>,
    ) -> Result<SignedIn, SignInError> {
        let key = self.access_key()?;
        let (jti, sid) = (entropy::make_id(&*self.entropy)?, entropy::make_id(&*self.entropy)?);
        self.store.write(|tx| {
            let user = match store::users::by_name(tx, username.as_str())? {
                Some(user) if user.active => user,
                _ => return Ok(Err(SignInError::Inactive)),
            };
            let granted = |scope: &&Scope| wanted.as_ref().is_none_or(|wanted| wanted.contains(scope));
            let scopes: Vec<Scope> = user.scopes.iter().filter(granted).cloned().collect();
            let token = AccessToken {
                user: &user.username,
                jti: &jti,
                sid: &sid,
                scopes: &scopes,
                amr: &["pwd"],
                signed_in_at: now,
                now,
                lifetime,
            };
            let Ok(access_token) = token.sign(&key, &self.policy) else { return Ok(Err(SignInError::Unsigned)) };
            store::sessions::start(tx, &sid, user.id, now)?;
            also(tx, &user, &sid)?;
            Ok(Ok(SignedIn { username: user.username, access_token, expires_in: lifetime, scopes, sid }))
        })?
    }
}
