//! Signing in: credentials, then either tokens, or a pending token and a second factor. Also mints tokens without a
//! password for the owner of the profile.

mod client;
mod error;
mod recover;
mod session;

pub use client::ClientSignedIn;
pub use error::SignInError;

use crate::{
    Engine,
    clock::Timestamp,
    passwords,
    records::{Client, EventKind, NewEvent, Purpose, Reason, Scope, User, Username},
    rules::Rules,
    scopes,
    secret::{Password, PendingToken, RefreshToken},
    store::{self, Stop, revoked_tokens::Listed},
    tokens::{EPOCH, PENDING_TYP, PendingTokenOf},
    totp::{CodeCheck, RecoveryCheck, use_recovery_code},
};
use jose::SigningKey;
use session::Opening;
use std::time::Duration;

/// The result of a right password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// The user is signed in.
    Done(SignedIn),
    /// A second factor is required before tokens are issued.
    SecondFactorDue {
        /// Proves that the password was right.
        pending: PendingToken,
        /// How long the pending token is valid.
        expires_in: Duration,
    },
}

/// The result of a sign-in or refresh.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The username in its original case.
    pub username: Username,
    /// The access token in compact form.
    pub access_token: String,
    /// The refresh token. A minted token has none.
    pub refresh_token: Option<RefreshToken>,
    /// How long the access token is valid.
    pub expires_in: Duration,
    /// The granted scopes: the requested ones that the user holds.
    pub scopes: Vec<Scope>,
    /// The session the tokens belong to.
    pub sid: String,
}

impl std::fmt::Debug for SignedIn {
    /// Omits the tokens.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("username", &self.username).field("sid", &self.sid).finish_non_exhaustive()
    }
}

/// The maximum number of digits in a second-factor code.
const LONGEST_CODE: usize = 8;

type Answer<T> = Result<T, Stop<SignInError>>;

impl Engine {
    /// Checks a password and signs the user in, unless a second factor is due. `wanted` scopes must be in the catalog;
    /// those the user lacks are dropped. `None` requests all the user holds.
    ///
    /// Always takes as long as one password hash, plus one more when an outdated hash is replaced. May wait for the
    /// keyring the first time.
    ///
    /// # Errors
    /// [`SignInError`]; no session was started.
    pub fn sign_in(
        &self,
        username: &str,
        password: &Password,
        wanted: Option<&[String]>,
    ) -> Result<SignIn, SignInError> {
        self.sign_in_as(&self.builtin_client()?, username, password, wanted)
    }

    /// The same through a client, which presented itself: see [`Engine::authenticate_client`]. The tokens have no scope
    /// that it may not have.
    ///
    /// # Errors
    /// [`SignInError`]
    pub fn sign_in_as(
        &self,
        client: &Client,
        username: &str,
        password: &Password,
        wanted: Option<&[String]>,
    ) -> Result<SignIn, SignInError> {
        let wanted = self.known(wanted)?;
        loop {
            if let Some(signed_in) = self.try_sign_in(client, username, password, wanted.clone())? {
                return Ok(signed_in);
            }
        }
    }

    /// One attempt at [`Engine::sign_in`]; `None` if the stored hash was replaced after the comparison.
    fn try_sign_in(
        &self,
        client: &Client,
        username: &str,
        password: &Password,
        wanted: Option<Vec<Scope>>,
    ) -> Result<Option<SignIn>, SignInError> {
        // Check the password before loading keys: a failing keyring must not tell a locked-out stranger that a guess
        // was right.
        let proven = self.prove_password(username, password, EventKind::SignInRefused)?;
        let upgraded = self.upgrade(password, &proven.hash);
        let opening = self.opening(client, wanted, &["pwd"], None, true)?;
        let mfa_key = self.signing_key(Purpose::Mfa)?;
        let now = self.now()?;

        self.store.decide(|tx| {
            // Read everything again: hashing and the keyring took a while.
            let Some(store::users::Credentials { user, password_hash }) =
                store::users::credentials(tx, proven.user.username.as_str())?
            else {
                return Err(Stop::Refused(SignInError::WrongCredentials));
            };
            if user.id != proven.user.id || password_hash != proven.hash {
                return Ok(None);
            }
            if !user.active {
                let refused = NewEvent::refusal(EventKind::SignInRefused, Some(user.id), Reason::InactiveUser);
                store::events::record(tx, now, &refused)?;
                return Err(Stop::Refused(SignInError::Inactive));
            }
            if let Some(better) = &upgraded
                && store::users::replace_hash(tx, user.id, &proven.hash, better)?
            {
                store::events::record(tx, now, &NewEvent::of(EventKind::HashUpgraded).user(user.id))?;
            }
            if store::totp_factors::is_on(tx, user.id)? {
                store::events::record(tx, now, &NewEvent::of(EventKind::SecondFactorDue).user(user.id))?;
                store::signing_keys::count_signed(tx, [Some(mfa_key.kid()), None], now)?;
                return self.pending(&*self.rules_in(tx)?, &user, &opening, &mfa_key).map(Some).map_err(Stop::Refused);
            }
            Ok(Some(SignIn::Done(self.finish(tx, user, &opening)?)))
        })
    }

    /// Completes a sign-in with a second-factor code or a recovery code.
    ///
    /// # Errors
    /// [`SignInError`]; no session was started.
    pub fn confirm_sign_in(&self, pending: &PendingToken, code: &str) -> Result<SignedIn, SignInError> {
        self.confirm_sign_in_as(&self.builtin_client()?, pending, code)
    }

    /// The same through a client, which must be the one that began the sign-in.
    ///
    /// # Errors
    /// [`SignInError`]; no session was started.
    pub fn confirm_sign_in_as(
        &self,
        client: &Client,
        pending: &PendingToken,
        code: &str,
    ) -> Result<SignedIn, SignInError> {
        let token = self.open_own(pending.expose(), Purpose::Mfa, PENDING_TYP)?.ok_or(SignInError::PendingInvalid)?;
        let now = self.now()?;
        let (Some(username), Some(jti), Some(expires), Some(epoch)) =
            (token.claim_text("sub"), token.claim_text("jti"), token.claim_seconds("exp"), token.claim_seconds(EPOCH))
        else {
            return Err(SignInError::PendingInvalid);
        };
        if token.claim_seconds("iat").is_none_or(|issued| now.seconds() < issued) || expires <= now.seconds() {
            return Err(SignInError::PendingInvalid);
        }
        if token.claim_text("client_id") != Some(&client.id) {
            return Err(SignInError::PendingInvalid);
        }
        let wanted: Option<Vec<String>> =
            token.claim_text("scope").map(|scopes| scopes.split_whitespace().map(str::to_owned).collect());
        let opening = self.opening(client, self.known(wanted.as_deref())?, &["pwd", "otp"], None, true)?;
        let data_key = self.data_key()?;

        self.store.decide(|tx| {
            // Each refusal writes one event, so that timing does not distinguish them.
            let refuse = |user: Option<i64>, why: Reason, error: SignInError| {
                store::events::record(tx, now, &NewEvent::refusal(EventKind::SignInRefused, user, why))?;
                Err(Stop::Refused(error))
            };
            let Some(user) = store::users::by_name(tx, username)? else {
                return refuse(None, Reason::UnknownUser, SignInError::PendingInvalid);
            };
            let refused = |why: Reason, error: SignInError| refuse(Some(user.id), why, error);
            // The password was right only for the credentials of that epoch.
            if user.credential_epoch != epoch {
                return refused(Reason::OutdatedPendingToken, SignInError::PendingInvalid);
            }
            if !user.active {
                return refused(Reason::InactiveUser, SignInError::Inactive);
            }
            let expires_at = Timestamp::from_seconds(expires);
            if store::revoked_tokens::look_up(tx, jti, Some(expires_at))? != Listed::No {
                return refused(Reason::UsedPendingToken, SignInError::PendingInvalid);
            }
            if let Some(wait) = self.wait(tx, user.id)? {
                return refused(Reason::TooManyTries, wait.into());
            }
            // A code has at most eight digits, a recovery code ten characters.
            let answer = if code.chars().filter(|sign| sign.is_alphanumeric()).count() > LONGEST_CODE {
                match use_recovery_code(tx, &data_key, user.id, code, now)? {
                    RecoveryCheck::Accepted { .. } => None,
                    RecoveryCheck::Used => Some((Reason::UsedRecoveryCode, SignInError::UsedRecoveryCode)),
                    RecoveryCheck::Wrong => Some((Reason::WrongRecoveryCode, SignInError::WrongCode)),
                }
            } else {
                match self.verify_code(tx, &data_key, user.id, code, now)? {
                    CodeCheck::Accepted { .. } => None,
                    // Not a guess: the user had a valid code. Do not count it as a failure.
                    CodeCheck::Replayed { .. } => return refused(Reason::UsedCode, SignInError::UsedCode),
                    CodeCheck::OtherTime { seconds } => {
                        let why = if seconds < 0 { Reason::EarlierCode } else { Reason::FutureCode };
                        Some((why, SignInError::CodeOfOtherTime { seconds }))
                    }
                    CodeCheck::OtherLength { digits, typed } => {
                        Some((Reason::WrongCode, SignInError::CodeLength { digits, typed }))
                    }
                    CodeCheck::Wrong | CodeCheck::NotEnrolled => Some((Reason::WrongCode, SignInError::WrongCode)),
                    CodeCheck::Unreadable => Some((Reason::UnreadableSecondFactor, SignInError::WrongCode)),
                }
            };
            if let Some((why, error)) = answer {
                self.count_failure(tx, user.id)?;
                return refused(why, error);
            }
            // A pending token is good for one sign-in.
            store::revoked_tokens::insert(tx, jti, expires_at, now, self.settled_in(tx)?)?;
            self.finish(tx, user, &opening)
        })
    }

    /// Mints a token for a user without their password, for the owner of the profile, who needs test tokens. It is the
    /// access token a sign-in would give, in a session that cannot be refreshed.
    ///
    /// # Errors
    /// [`SignInError`]; no session was started.
    pub fn mint(
        &self,
        username: &str,
        wanted: Option<&[String]>,
        lifetime: Option<Duration>,
    ) -> Result<SignedIn, SignInError> {
        let wanted = self.known(wanted)?;
        let rules = self.rules()?;
        let longest = rules.longest_access_token_lifetime;
        if lifetime.is_some_and(|lifetime| lifetime < Duration::from_secs(1) || lifetime > longest) {
            return Err(SignInError::Lifetime { longest });
        }
        // Check early, to avoid asking the keyring in vain. Starting the session checks again.
        let longest = rules.longest_lifetime();
        if lifetime.is_some_and(|lifetime| lifetime > longest) {
            return Err(SignInError::ShortLived { longest });
        }
        let found = self.store.read(|db| store::users::by_name(db, username.trim()))?;
        let found = found.ok_or_else(|| SignInError::NoSuchUser(username.into()))?;
        let opening = self.opening(&self.builtin_client()?, wanted, &["pwd"], lifetime, false)?;
        self.store.decide(|tx| match store::users::by_name(tx, found.username.as_str())? {
            Some(user) if user.active => {
                let minted = self.start_session(tx, &user, &opening)?;
                let event = NewEvent::of(EventKind::TokenMinted).user(user.id).sid(&minted.sid);
                store::events::record(tx, opening.now, &event)?;
                Ok(minted)
            }
            _ => Err(Stop::Refused(SignInError::Inactive)),
        })
    }

    /// The requested scopes, all of them in the catalog.
    fn known(&self, wanted: Option<&[String]>) -> Result<Option<Vec<Scope>>, SignInError> {
        let Some(wanted) = wanted else { return Ok(None) };
        Ok(Some(scopes::choose(&self.scope_catalog()?, wanted)?))
    }

    /// Rehashes a right password if the stored hash is outdated. A failure does not fail the sign-in.
    fn upgrade(&self, password: &Password, hash: &str) -> Option<String> {
        let cost = self.rules().ok()?.bcrypt_cost;
        if !passwords::is_outdated(hash, cost).unwrap_or(false) {
            return None;
        }
        self.hashing.run(|| passwords::make_hash(password, cost, &*self.entropy)).ok()
    }

    fn pending(&self, rules: &Rules, user: &User, opening: &Opening, key: &SigningKey) -> Result<SignIn, SignInError> {
        let lifetime = rules.pending_token_lifetime;
        let claims = PendingTokenOf {
            user: user.username.as_str(),
            epoch: user.credential_epoch,
            jti: &opening.jti,
            wanted: opening.wanted.as_deref(),
            now: opening.now,
            lifetime,
            client_id: &opening.client.id,
        };
        let token = claims.sign(key, rules).map_err(|_| SignInError::Unsigned)?;
        Ok(SignIn::SecondFactorDue { pending: PendingToken::new(token), expires_in: lifetime })
    }
}
