//! Beginning a second factor, and confirming it with a first code.

use super::{
    AppWarning, FactorOptions, OptionsError,
    codes::Generator,
    expiry, milliseconds,
    owner::{self, OwnerError, refuse},
    picture, recovery, secret_of,
};
use crate::{
    Engine,
    clock::Timestamp,
    credentials::{begin_epoch, forget_pending_in, lapsed},
    data_key::DataKeyError,
    entropy::NoEntropy,
    records::{EventKind, NewEvent, Reason},
    secret::{Password, SecretText},
    store::{self, DbResult, Stop, StoreError, Tx},
};
use zeroize::Zeroizing;

/// How many bytes a secret has: 160 bits (RFC 4226 section 4, R6).
const SECRET: usize = 20;

/// What a person needs to set up their authenticator app. Shown once; it cannot be asked for again.
#[derive(Debug, Clone)]
pub struct Enrollment {
    /// The secret in base32, for typing.
    pub secret: SecretText,
    /// The same with everything an app needs to know, as an `otpauth` URI.
    pub uri: SecretText,
    /// The URI as a QR code: an SVG document.
    pub qr_svg: SecretText,
    /// Until when a code can confirm it.
    pub expires_at: Timestamp,
    /// Apps that would show wrong codes.
    pub warnings: Vec<AppWarning>,
}

/// Why no second factor was begun. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BeginError {
    /// The options.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The password.
    #[error(transparent)]
    Owner(#[from] OwnerError),
    /// There is a confirmed one, which has to be removed first.
    #[error("There is a second factor already; remove it first")]
    AlreadyOn,
    /// The secret cannot be sealed.
    #[error(transparent)]
    DataKey(#[from] DataKeyError),
    /// No randomness for a secret.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a second factor was not confirmed. It is not on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmError {
    /// None waits for a code: never begun, confirmed already, or forgotten.
    #[error("No second factor is waiting for a code")]
    NothingPending,
    /// It was begun in another session, or the session has ended.
    #[error("The second factor was begun in another session; begin again")]
    OtherSession,
    /// It waited too long, and was forgotten.
    #[error("The time to confirm is over; begin again")]
    Lapsed,
    /// The code is not one of the present moment, or too many tries came before.
    #[error("The code is wrong")]
    WrongCode,
    /// The user was switched off meanwhile.
    #[error("Inactive user")]
    Inactive,
    /// The secret cannot be opened.
    #[error(transparent)]
    DataKey(#[from] DataKeyError),
    /// What is stored is not a secret that was sealed for this user.
    #[error("The stored second factor cannot be read: it was changed, or belongs to somebody else")]
    Unreadable,
    /// No randomness for recovery codes.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Begins a second factor, in the place of one that was begun before. It is pending until
    /// [`Engine::confirm_enrollment`], which only the same `session` can do: a `sid`, or whatever else names who is at
    /// the controls.
    ///
    /// # Errors
    /// [`BeginError`]
    pub fn begin_enrollment(
        &self,
        username: &str,
        password: &Password,
        session: &str,
        options: &FactorOptions,
    ) -> Result<Enrollment, BeginError> {
        options.check()?;
        let user = self.prove_owner(username, password)?;
        // A secret that was forgotten must not keep a lost data key from being made anew.
        let now = self.now()?;
        self.store.write(|tx| self.forget_lapsed(tx, now))?;
        let key = self.data_key_or_new()?;
        let mut secret = Zeroizing::new([0_u8; SECRET]);
        self.entropy.fill(&mut *secret)?;
        let account = options.account.as_deref().unwrap_or(user.username.as_str());
        // What the options were checked for, and the length, is all this could object to.
        let too_long = |_| OptionsError::TooLongForQr;
        let label = Some((options.issuer.as_str(), account));
        let generator = Generator::labelled(&*secret, options.settings, label).map_err(too_long)?;
        let uri = generator.uri().map_err(too_long)?;
        let qr_svg = picture::qr_svg(&uri).ok_or(OptionsError::TooLongForQr)?;

        let sealed = key.seal(secret_of(user.id), &*secret, &*self.entropy).map_err(DataKeyError::from)?;
        let sealed = sealed.ok_or(DataKeyError::Unsealed)?;
        let now = self.now()?;
        self.store.decide(|tx| {
            if store::profile::data_key_fingerprint(tx)?.as_deref() != Some(key.fingerprint()) {
                return Err(Stop::Refused(BeginError::from(DataKeyError::Replaced)));
            }
            // The password was checked a while ago: it may be another one since, or the user switched off.
            if !owner::is_still(tx, &user)? {
                return Err(Stop::Refused(OwnerError::WrongCredentials.into()));
            }
            if !store::totp_factors::begin(tx, user.id, &sealed, options.settings, session, now)? {
                return Err(Stop::Refused(BeginError::AlreadyOn));
            }
            store::events::record(tx, now, &NewEvent::of(EventKind::SecondFactorBegun).user(user.id))?;
            Ok(())
        })?;
        Ok(Enrollment {
            secret: generator.secret_text(),
            uri,
            qr_svg,
            expires_at: Timestamp(now.0.saturating_add(milliseconds(self.rules()?.enrollment_lifetime))),
            warnings: options.settings.warnings(),
        })
    }

    /// Confirms a second factor with a code from the app. From now on signing in takes a code, and this one does not
    /// count again. Answers with ten recovery codes, to be shown once.
    ///
    /// # Errors
    /// [`ConfirmError`]
    pub fn confirm_enrollment(
        &self,
        username: &str,
        session: &str,
        code: &str,
    ) -> Result<Vec<SecretText>, ConfirmError> {
        let pending = self.store.read(|db| match store::users::by_name(db, username.trim())? {
            Some(user) => Ok(store::totp_factors::of_user(db, user.id)?.is_some_and(|row| row.confirmed_at.is_none())),
            None => Ok(false),
        })?;
        if !pending {
            return Err(ConfirmError::NothingPending);
        }
        let key = self.data_key()?;
        let codes = recovery::make_codes(&*self.entropy)?;
        let now = self.now()?;
        self.store.decide(|tx| {
            let Some(user) = store::users::by_name(tx, username.trim())? else {
                return Err(Stop::Refused(ConfirmError::NothingPending));
            };
            let row = store::totp_factors::of_user(tx, user.id)?.filter(|row| row.confirmed_at.is_none());
            self.forget_lapsed(tx, now)?;
            let refused = |why: Reason, error: ConfirmError| refuse(tx, user.id, now, why, error);
            let Some(row) = row else { return Err(Stop::Refused(ConfirmError::NothingPending)) };
            if now >= expiry(&row, self.rules_in(tx)?.enrollment_lifetime) {
                return Err(Stop::Refused(ConfirmError::Lapsed));
            }
            let ended = store::sessions::by_sid(tx, session)?.is_some_and(|session| session.ended.is_some());
            if ended || row.enrolled_in != session {
                return refused(Reason::OtherSession, ConfirmError::OtherSession);
            }
            if !user.active {
                return refused(Reason::InactiveUser, ConfirmError::Inactive);
            }
            let Some(generator) = Generator::open(&key, user.id, &row) else {
                return Err(Stop::Refused(ConfirmError::Unreadable));
            };
            if !self.admits(tx, user.id)? {
                return refused(Reason::TooManyTries, ConfirmError::WrongCode);
            }
            let Some(step) = generator.find(code, now, &[]) else {
                self.count_failure(tx, user.id)?;
                return refused(Reason::WrongCode, ConfirmError::WrongCode);
            };
            if !store::totp_factors::confirm(tx, user.id, step, now, self.going_in(tx)?)? {
                return Err(Stop::Refused(ConfirmError::NothingPending));
            }
            recovery::keep(tx, &key, user.id, &codes)?;
            store::events::record(tx, now, &NewEvent::of(EventKind::SecondFactorConfirmed).user(user.id))?;
            begin_epoch(tx, user.id, now)?;
            Ok(())
        })?;
        Ok(codes)
    }

    /// Forgets what was begun in a session and never confirmed. Says whether there was something.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn cancel_enrollment(&self, session: &str) -> Result<bool, StoreError> {
        let now = self.now()?;
        self.store.write(|tx| forget_pending_in(tx, session, now))
    }

    /// Forgets every factor that waited too long for its first code, by the settled time.
    fn forget_lapsed(&self, tx: &Tx<'_>, now: Timestamp) -> DbResult<()> {
        let begun = self.settled_in(tx)?.before(self.rules_in(tx)?.enrollment_lifetime);
        lapsed(tx, store::totp_factors::forget_pending_since(tx, begun)?, now)
    }
}
