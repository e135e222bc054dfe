//! Why a second factor was not set up, changed or removed.

use crate::{
    commands::{keyring::KeyringProblem, sign_in::SignInProblem, users::UserProblem},
    error::{Failure, WireError},
};
use engine::{
    data_key::DataKeyError,
    keys::SigningKeyError,
    totp::{ConfirmError, DraftError, OptionsError, OwnerError, RegenerateError, RemoveError},
};
use serde::Serialize;

/// Why a second factor was not set up, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SecondFactorProblem {
    /// The sheet was closed.
    Closed,
    /// There is one already.
    AlreadyOn,
    /// There is none.
    Off,
    /// The time to confirm is over.
    Lapsed,
    /// The code belongs to no step that is accepted.
    WrongCode,
    /// The code is one of another time.
    OtherTime {
        /// How many seconds from now; negative if it is past.
        seconds: i32,
    },
    /// The password is wrong, or was not looked at during a lock.
    WrongPassword,
    /// The user was deleted meanwhile.
    UserGone,
    /// The labels are too long for a QR code.
    TooLongForQr,
    /// A text holds no secret.
    NoSecret,
    /// The data of a migration URI is damaged.
    MigrationDamaged,
    /// A migration URI holds no account.
    MigrationEmpty,
    /// A picture is too large.
    PictureTooLarge,
    /// A file is no picture that can be read.
    PictureUnreadable,
    /// A picture shows no QR code.
    PictureWithoutQr,
    /// The QR code holds something else.
    QrIsOther,
}

impl From<SecondFactorProblem> for Failure {
    fn from(problem: SecondFactorProblem) -> Self {
        Self::SecondFactor(problem)
    }
}

impl From<DraftError> for WireError {
    fn from(error: DraftError) -> Self {
        let message = error.to_string();
        let problem = match error {
            DraftError::NoSuchUser(name) => Failure::Users(UserProblem::NotFound { name }),
            DraftError::AlreadyOn => SecondFactorProblem::AlreadyOn.into(),
            DraftError::Options(error) => return error.into(),
            DraftError::Entropy(_) => return Self::internal(message),
            DraftError::Store(error) => return error.into(),
        };
        Self::new(problem, message)
    }
}

impl From<OptionsError> for WireError {
    fn from(error: OptionsError) -> Self {
        let message = error.to_string();
        match error {
            OptionsError::TooLongForQr => Self::new(SecondFactorProblem::TooLongForQr.into(), message),
            // The page offers no such setting, and the shell makes the labels itself.
            OptionsError::Digits(_) | OptionsError::Period(_) | OptionsError::Issuer(_) | OptionsError::Account(_) => {
                Self::internal(message)
            }
        }
    }
}

impl From<ConfirmError> for WireError {
    fn from(error: ConfirmError) -> Self {
        let message = error.to_string();
        let problem = match error {
            ConfirmError::AlreadyOn => SecondFactorProblem::AlreadyOn,
            ConfirmError::NoSuchUser => SecondFactorProblem::UserGone,
            ConfirmError::NothingPending | ConfirmError::OtherSession => SecondFactorProblem::Closed,
            ConfirmError::Lapsed => SecondFactorProblem::Lapsed,
            ConfirmError::TooManyTries(_) => return Self::new(Failure::SignIn(SignInProblem::TooManyTries), message),
            ConfirmError::WrongCode => SecondFactorProblem::WrongCode,
            ConfirmError::OtherTime { seconds } => {
                SecondFactorProblem::OtherTime { seconds: i32::try_from(seconds).unwrap_or_default() }
            }
            ConfirmError::Inactive => return Self::new(Failure::SignIn(SignInProblem::UserInactive), message),
            ConfirmError::Unreadable | ConfirmError::Entropy(_) => return Self::internal(message),
            ConfirmError::DataKey(error) => return error.into(),
            ConfirmError::Store(error) => return error.into(),
        };
        Self::new(problem.into(), message)
    }
}

impl From<RegenerateError> for WireError {
    fn from(error: RegenerateError) -> Self {
        let message = error.to_string();
        match error {
            RegenerateError::Owner(error) => error.into(),
            RegenerateError::Off => Self::new(SecondFactorProblem::Off.into(), message),
            RegenerateError::DataKey(error) => error.into(),
            RegenerateError::Entropy(_) => Self::internal(message),
            RegenerateError::Store(error) => error.into(),
        }
    }
}

impl From<RemoveError> for WireError {
    fn from(error: RemoveError) -> Self {
        let message = error.to_string();
        match error {
            RemoveError::Owner(error) => error.into(),
            RemoveError::Off => Self::new(SecondFactorProblem::Off.into(), message),
            RemoveError::Store(error) => error.into(),
        }
    }
}

impl From<OwnerError> for WireError {
    fn from(error: OwnerError) -> Self {
        let message = error.to_string();
        match error {
            OwnerError::WrongCredentials => Self::new(SecondFactorProblem::WrongPassword.into(), message),
            OwnerError::Inactive => Self::new(Failure::SignIn(SignInProblem::UserInactive), message),
            OwnerError::Store(error) => error.into(),
        }
    }
}

impl From<DataKeyError> for WireError {
    fn from(error: DataKeyError) -> Self {
        let message = error.to_string();
        let problem = match error {
            DataKeyError::Vault(error) => return SigningKeyError::from(error).into(),
            DataKeyError::Missing => KeyringProblem::KeyMissing,
            DataKeyError::Foreign => KeyringProblem::KeyChanged,
            DataKeyError::Replaced | DataKeyError::Unsealed | DataKeyError::Entropy(_) => KeyringProblem::Failed,
            DataKeyError::Store(error) => return error.into(),
        };
        Self::new(Failure::Keyring(problem), message)
    }
}
