//! A second factor while it is set up in a window: kept in memory, and saved only together with its first code.
//!
//! Meant for the owner of the profile, who manages its users and sees both sides of a second factor: it takes no
//! password, and a wrong code counts as no guess, because whoever types it is shown the secret.

use super::{
    CodeSettings, ConfirmError, FactorOptions, OptionsError,
    bring_in::Account,
    codes::{self, CodeWindow, Generator},
    enrollment::SECRET,
    milliseconds,
    owner::refuse,
    qr::{self, QrDrawing},
    recovery, secret_of,
};
use crate::{
    Engine,
    clock::Timestamp,
    credentials::begin_epoch,
    data_key::DataKeyError,
    entropy::NoEntropy,
    records::{EventKind, NewEvent, Reason},
    secret::SecretText,
    store::{self, Db, Stop, StoreError},
};
use std::fmt;
use zeroize::Zeroizing;

/// What the session of a factor that was set up in memory is called in its row.
const SESSION: &str = "window";

/// A second factor that is being set up.
#[derive(Clone)]
pub struct FactorDraft {
    user: i64,
    /// When the user was created: the id of a deleted user is given again.
    created_at: Timestamp,
    username: String,
    secret: Zeroizing<Vec<u8>>,
    options: FactorOptions,
    /// When its time to be confirmed is over.
    pub expires_at: Timestamp,
}

impl fmt::Debug for FactorDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FactorDraft").field("username", &self.username).finish_non_exhaustive()
    }
}

/// What an authenticator app needs from a [`FactorDraft`].
#[derive(Debug, Clone)]
pub struct FactorCard {
    /// The secret in base32, for typing.
    pub secret: SecretText,
    /// The secret and all settings as an `otpauth` URI.
    pub uri: SecretText,
    /// The URI as a QR code.
    pub qr: QrDrawing,
}

/// The codes of a phone whose clock differs from the engine's, and those that the engine accepts.
#[derive(Debug, Clone)]
pub struct DraftCodes {
    /// What the engine accepts.
    pub window: CodeWindow,
    /// The phone's step; `None` if its clock shows a time before 1970, as in the two codes.
    pub phone_step: Option<i64>,
    /// The code that the phone shows.
    pub phone_code: Option<SecretText>,
    /// The code that it shows next.
    pub phone_next: Option<SecretText>,
    /// The newest step whose code was used.
    pub last_used: Option<i64>,
}

/// Why no second factor is set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// No user has that name.
    #[error("There is no user \"{0}\"")]
    NoSuchUser(String),
    /// There is a confirmed factor, which must be removed first.
    #[error("There is a second factor already; remove it first")]
    AlreadyOn,
    /// The options are invalid.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// No randomness was available for a secret.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FactorDraft {
    /// The name of the user.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// How its codes are generated.
    pub fn settings(&self) -> CodeSettings {
        self.options.settings
    }

    /// The same secret with other settings.
    ///
    /// # Errors
    /// [`OptionsError`]
    pub fn with_settings(&self, settings: CodeSettings) -> Result<Self, OptionsError> {
        let options = FactorOptions { settings, ..self.options.clone() };
        options.check()?;
        Ok(Self { options, ..self.clone() })
    }

    /// An existing secret instead, with its own settings and labels.
    pub fn with_account(&self, account: &Account) -> Self {
        let options = FactorOptions {
            settings: account.settings,
            issuer: account.issuer.clone().unwrap_or_else(|| self.options.issuer.clone()),
            account: account.name.clone(),
        };
        Self { secret: account.secret.clone(), options, ..self.clone() }
    }

    /// What an authenticator app needs.
    ///
    /// # Errors
    /// [`OptionsError::TooLongForQr`]
    pub fn card(&self) -> Result<FactorCard, OptionsError> {
        let account = self.options.account.as_deref().unwrap_or(&self.username);
        let label = Some((self.options.issuer.as_str(), account));
        let generator = Generator::labelled(&self.secret, self.options.settings, label);
        let generator = generator.ok_or(OptionsError::TooLongForQr)?;
        let uri = generator.uri().map_err(|_| OptionsError::TooLongForQr)?;
        let qr = qr::drawing(&uri).ok_or(OptionsError::TooLongForQr)?;
        Ok(FactorCard { secret: generator.secret_text(), uri, qr })
    }

    /// The id of its user, who may have been deleted since, and another created with the same name.
    fn user_in(&self, db: &Db) -> Result<i64, Stop<ConfirmError>> {
        let user = store::users::by_name(db, &self.username)?
            .filter(|user| user.id == self.user && user.created_at == self.created_at);
        user.map(|user| user.id).ok_or(Stop::Refused(ConfirmError::NoSuchUser))
    }

    /// How long the secret is, in bits.
    pub fn secret_bits(&self) -> usize {
        self.secret.len() * 8
    }
}

impl Engine {
    /// Begins to set up a second factor with a new secret. Saves nothing.
    ///
    /// # Errors
    /// [`DraftError`]
    pub fn draft_factor(&self, username: &str, options: &FactorOptions) -> Result<FactorDraft, DraftError> {
        options.check()?;
        let now = self.now()?;
        let (user, on, lifetime) = self.store.read(|db| {
            let lifetime = self.rules_in(db)?.enrollment_lifetime;
            let Some(user) = store::users::by_name(db, username.trim())? else { return Ok((None, false, lifetime)) };
            let on = store::totp_factors::is_on(db, user.id)?;
            Ok((Some(user), on, lifetime))
        })?;
        let user = user.ok_or_else(|| DraftError::NoSuchUser(username.trim().to_owned()))?;
        if on {
            return Err(DraftError::AlreadyOn);
        }
        let mut secret = Zeroizing::new(vec![0_u8; SECRET]);
        self.entropy.fill(&mut secret)?;
        Ok(FactorDraft {
            user: user.id,
            created_at: user.created_at,
            username: user.username.to_string(),
            secret,
            options: options.clone(),
            expires_at: Timestamp(now.0.saturating_add(milliseconds(lifetime))),
        })
    }

    /// The codes of a draft, on this side and on a phone whose clock is `drift` seconds ahead, or behind if negative.
    /// Codes are shown as used once the draft was saved.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn draft_codes(&self, draft: &FactorDraft, drift: i64) -> Result<DraftCodes, StoreError> {
        let now = self.now()?;
        let phone = Timestamp(now.0.saturating_add(drift.saturating_mul(1000)));
        // The settings of a draft are checked, so there is always a generator.
        let Some(generator) = Generator::new(&draft.secret, draft.options.settings) else {
            let window = CodeWindow { now, period_seconds: draft.options.settings.period_seconds, steps: Vec::new() };
            return Ok(DraftCodes { window, phone_step: None, phone_code: None, phone_next: None, last_used: None });
        };
        let (spent, last_used) = self.store.read(|db| {
            let row = store::totp_factors::of_user(db, draft.user)?.filter(|row| row.confirmed_at.is_some());
            let Some(row) = row else { return Ok((Vec::new(), None)) };
            let spent = codes::spent_at(db, draft.user, &row, &generator, now, self.going_in(db)?)?;
            Ok((spent, store::totp_factors::last_used(db, draft.user)?))
        })?;
        let step = generator.step_at(phone);
        let code = |step| generator.code(step).map(|code| SecretText::new(code.as_str()));
        let phone_code = code(step);
        Ok(DraftCodes {
            window: generator.window(now, &spent),
            phone_step: phone_code.as_ref().map(|_| step),
            phone_code,
            phone_next: code(step.saturating_add(1)),
            last_used,
        })
    }

    /// Saves a draft if the code is right: from now on sign-in needs a code, and this one is used up. Returns ten
    /// recovery codes, to be shown once.
    ///
    /// # Errors
    /// [`ConfirmError`]; nothing was saved.
    pub fn save_draft(&self, draft: &FactorDraft, code: &str) -> Result<Vec<SecretText>, ConfirmError> {
        let now = self.now()?;
        if now >= draft.expires_at {
            return Err(ConfirmError::Lapsed);
        }
        let generator = Generator::new(&draft.secret, draft.options.settings).ok_or(ConfirmError::Unreadable)?;
        let Some(step) = generator.find(code, now, &[]) else {
            let other = generator.clock_difference(code, now).map(|seconds| ConfirmError::OtherTime { seconds });
            let error = other.unwrap_or(ConfirmError::WrongCode);
            return self.store.decide(|tx| {
                let user = draft.user_in(tx)?;
                refuse(tx, user, now, Reason::WrongCode, error)
            });
        };
        // Forget expired secrets first: they must not prevent a lost data key from being replaced.
        self.store.write(|tx| self.forget_lapsed(tx, now))?;
        let key = self.data_key_or_new()?;
        let sealed = key.seal(secret_of(draft.user), &draft.secret, &*self.entropy).map_err(DataKeyError::from)?;
        let sealed = sealed.ok_or(DataKeyError::Unsealed)?;
        let codes = recovery::make_codes(&*self.entropy)?;
        self.store.decide(|tx| {
            if store::profile::data_key_fingerprint(tx)?.as_deref() != Some(key.fingerprint()) {
                return Err(Stop::Refused(ConfirmError::from(DataKeyError::Replaced)));
            }
            let user = draft.user_in(tx)?;
            if !store::totp_factors::begin(tx, user, &sealed, draft.options.settings, SESSION, now)?
                || !store::totp_factors::confirm(tx, user, step, now, self.going_in(tx)?)?
            {
                return Err(Stop::Refused(ConfirmError::AlreadyOn));
            }
            recovery::keep(tx, &key, user, &codes)?;
            store::events::record(tx, now, &NewEvent::of(EventKind::SecondFactorConfirmed).user(user))?;
            begin_epoch(tx, user, now)?;
            Ok(())
        })?;
        Ok(codes)
    }
}
