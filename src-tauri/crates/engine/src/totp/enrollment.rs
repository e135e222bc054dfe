//! Beginning a second factor, and confirming it with its first code.

use super::{
    AppWarning, FactorOptions, OptionsError,
    codes::Generator,
    expiry, milliseconds,
    owner::{self, OwnerError, refuse},
    qr, recovery, secret_of,
};
use crate::{
    Engine,
    clock::Timestamp,
    credentials::{begin_epoch, forget_pending_in, lapsed},
    data_key::DataKeyError,
    entropy::NoEntropy,
    records::{EventKind, NewEvent, Reason, TooManyTries, User},
    secret::{Password, SecretText},
    sessions::Session,
    store::{self, DbResult, Stop, StoreError, Tx},
};
use jose::words::span;
use zeroize::Zeroizing;

/// The length of a secret in bytes: 160 bits (RFC 4226 section 4, R6).
pub(super) const SECRET: usize = 20;

/// What a person needs to set up an authenticator app. Shown once; it cannot be retrieved again.
#[derive(Debug, Clone)]
pub struct Enrollment {
    /// The secret in base32, for typing.
    pub secret: SecretText,
    /// The secret and all settings as an `otpauth` URI.
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
    /// The options are invalid.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The password did not prove ownership.
    #[error(transparent)]
    Owner(#[from] OwnerError),
    /// There is a confirmed factor, which must be removed first.
    #[error("There is a second factor already; remove it first")]
    AlreadyOn,
    /// The secret cannot be sealed.
    #[error(transparent)]
    DataKey(#[from] DataKeyError),
    /// No randomness was available for a secret.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a second factor was not confirmed. It is not on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmError {
    /// There is a confirmed factor, which must be removed first.
    #[error("There is a second factor already; remove it first")]
    AlreadyOn,
    /// The user was deleted in the meantime.
    #[error("The user was deleted meanwhile")]
    NoSuchUser,
    /// None is pending: never begun, already confirmed, or discarded.
    #[error("No second factor is waiting for a code")]
    NothingPending,
    /// It was begun in another session, or the session has ended.
    #[error("The second factor was begun in another session; begin again")]
    OtherSession,
    /// It was pending for too long and was discarded.
    #[error("The time to confirm is over; begin again")]
    Lapsed,
    /// There were wrong attempts just before, so the code was not looked at.
    #[error(transparent)]
    TooManyTries(#[from] TooManyTries),
    /// The code is wrong now.
    #[error("The code is wrong")]
    WrongCode,
    /// The code is one of another time: the phone's clock and this one disagree.
    #[error(
        "This code belongs to a time {} {}: compare the clocks of the phone and of this computer",
        span(seconds.unsigned_abs()),
        if *seconds < 0 { "ago" } else { "from now" }
    )]
    OtherTime {
        /// How many seconds from now; negative if it is past.
        seconds: i64,
    },
    /// The user was deactivated in the meantime.
    #[error("Inactive user")]
    Inactive,
    /// The secret cannot be opened.
    #[error(transparent)]
    DataKey(#[from] DataKeyError),
    /// The stored secret was not sealed for this user.
    #[error("The stored second factor cannot be read: it was changed, or belongs to somebody else")]
    Unreadable,
    /// No randomness was available for recovery codes.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Begins a second factor, replacing a pending one. It stays pending until [`Engine::confirm_enrollment`] is called
    /// with the same `session`: a `sid`, or anything else that identifies who is at the controls.
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
        self.begin_for(&user, session, options)
    }

    /// The same for a user whose access token was accepted. It takes no password: the token stands for the sign-in.
    ///
    /// # Errors
    /// [`BeginError`]
    pub fn begin_enrollment_in(&self, session: &Session, options: &FactorOptions) -> Result<Enrollment, BeginError> {
        options.check()?;
        let user = self.store.read(|db| store::users::by_name(db, session.username.as_str()))?;
        let user = user.filter(|user| user.active).ok_or(OwnerError::Inactive)?;
        self.begin_for(&user, &session.sid, options)
    }

    fn begin_for(&self, user: &User, session: &str, options: &FactorOptions) -> Result<Enrollment, BeginError> {
        // Forget expired secrets first: they must not prevent a lost data key from being replaced.
        let now = self.now()?;
        self.store.write(|tx| self.forget_lapsed(tx, now))?;
        let key = self.data_key_or_new()?;
        let mut secret = Zeroizing::new([0_u8; SECRET]);
        self.entropy.fill(&mut *secret)?;
        let account = options.account.as_deref().unwrap_or(user.username.as_str());
        // The options are checked, so the only possible problem is the length.
        let label = Some((options.issuer.as_str(), account));
        let generator = Generator::labelled(&*secret, options.settings, label).ok_or(OptionsError::TooLongForQr)?;
        let uri = generator.uri().map_err(|_| OptionsError::TooLongForQr)?;
        let qr_svg = qr::svg(&uri).ok_or(OptionsError::TooLongForQr)?;

        let sealed = key.seal(secret_of(user.id), &*secret, &*self.entropy).map_err(DataKeyError::from)?;
        let sealed = sealed.ok_or(DataKeyError::Unsealed)?;
        let now = self.now()?;
        self.store.decide(|tx| {
            if store::profile::data_key_fingerprint(tx)?.as_deref() != Some(key.fingerprint()) {
                return Err(Stop::Refused(BeginError::from(DataKeyError::Replaced)));
            }
            // Check again: while the password was being hashed, it may have changed or the user been deactivated.
            if !owner::is_still(tx, user)? {
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

    /// Confirms a second factor with a code from the app. From now on sign-in needs a code, and this one is used up.
    /// Returns ten recovery codes, to be shown once.
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
            if let Some(wait) = self.wait(tx, user.id)? {
                return refused(Reason::TooManyTries, wait.into());
            }
            let Some(step) = generator.find(code, now, &[]) else {
                self.count_failure(tx, user.id)?;
                let other = generator.clock_difference(code, now).map(|seconds| ConfirmError::OtherTime { seconds });
                return refused(Reason::WrongCode, other.unwrap_or(ConfirmError::WrongCode));
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

    /// Discards the pending enrollment of a session. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn cancel_enrollment(&self, session: &str) -> Result<bool, StoreError> {
        let now = self.now()?;
        self.store.write(|tx| forget_pending_in(tx, session, now))
    }

    /// Discards every factor that was pending for too long, by the settled time.
    pub(super) fn forget_lapsed(&self, tx: &Tx<'_>, now: Timestamp) -> DbResult<()> {
        let begun = self.settled_in(tx)?.before(self.rules_in(tx)?.enrollment_lifetime);
        lapsed(tx, store::totp_factors::forget_pending_since(tx, begun)?, now)
    }
}
