//! The engine's answers as the window receives them. Every failure is sorted in exactly one place, by an exhaustive
//! match: a new one does not compile until it has a code.

pub(crate) mod jwks;
pub(crate) mod keyring;
pub(crate) mod policies;
pub(crate) mod sessions;

use crate::{
    commands::{
        users::{LockView, PasswordRating, ScopeView, UserView},
        workbench::{ClockView, ProfileView, RestoreCause, RestoredView},
    },
    error::{Details, ErrorCode, WireError},
};
use engine::{
    Profile, StoreError,
    by_hand::ByHandError,
    keys::{KeyError, PlaceError, RotateError},
    named_file::ReadError,
    passwords::{PasswordRefusal, Rating},
    profile::{OpenError, StartAnewError},
    restore::{Cause, RestoreNotice},
    scopes::{Scope, ScopeEntry, UnknownScope},
    sealed::DataKeyError,
    settings::{ClockError, ClockSetting},
    sign_in::SignInError,
    throttle::Lock,
    users::{LONGEST_DISPLAY_NAME, LONGEST_USERNAME, User, UserError, UsernameError},
    vault::VaultError,
};
use inspect::EditError;
use std::path::Path;

impl WireError {
    /// An error without details.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::with(code, message.into(), Details::default())
    }

    /// An error about one value.
    pub(crate) fn about(code: ErrorCode, message: impl Into<String>, value: impl Into<String>) -> Self {
        Self::with(code, message.into(), Details { value: Some(value.into()), ..Details::default() })
    }

    fn with(code: ErrorCode, message: String, details: Details) -> Self {
        Self { code, message, details: Box::new(details), keys: None }
    }
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            username: user.username.to_string(),
            display_name: user.display_name,
            email: user.email,
            active: user.active,
            scopes: names(&user.scopes),
            created_at_ms: user.created_at.0,
            last_sign_in_at_ms: user.last_sign_in_at.map(|at| at.0),
            lock: None,
        }
    }
}

/// A user with the lock they are under.
pub(crate) fn user_view((user, lock): (User, Option<Lock>)) -> UserView {
    let lock = lock.map(|lock| match lock {
        Lock::Until(at) => LockView::Until { ms: at.0 },
        Lock::UntilReset => LockView::UntilReset,
    });
    UserView { lock, ..UserView::from(user) }
}

impl From<ScopeEntry> for ScopeView {
    fn from(entry: ScopeEntry) -> Self {
        Self { name: entry.name.to_string(), description: entry.description }
    }
}

impl From<Rating> for PasswordRating {
    fn from(rating: Rating) -> Self {
        Self { score: rating.score, advice: rating.advice, refusal: rating.refusal.map(password_refusal) }
    }
}

impl From<ClockSetting> for ClockView {
    fn from(setting: ClockSetting) -> Self {
        match setting {
            ClockSetting::Real => Self::Real,
            ClockSetting::Shifted { ms } => Self::Shifted { ms },
            ClockSetting::Frozen { .. } => Self::Frozen,
        }
    }
}

impl From<&Profile> for ProfileView {
    fn from(profile: &Profile) -> Self {
        match profile {
            Profile::Folder { name, folder } => {
                Self { name: name.to_string(), folder: Some(folder.display().to_string()), ephemeral: false }
            }
            Profile::Ephemeral => Self { name: "ephemeral".into(), folder: None, ephemeral: true },
        }
    }
}

impl From<RestoreNotice> for RestoredView {
    fn from(notice: RestoreNotice) -> Self {
        let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            cause: match notice.cause {
                Cause::Backup => RestoreCause::Backup,
                Cause::Behind => RestoreCause::Behind,
                Cause::Unmarked => RestoreCause::Unmarked,
                Cause::ForeignMark => RestoreCause::ForeignMark,
                Cause::CopiedFolder => RestoreCause::CopiedFolder,
                Cause::PutBack => RestoreCause::PutBack,
            },
            since_ms: notice.since.map(|since| since.0),
            sessions: number(notice.sessions),
            recovery_codes: number(notice.recovery_codes),
            retired_keys: number(notice.retired_keys),
            doubted_keys: u32::try_from(notice.doubted_keys).unwrap_or(u32::MAX),
        }
    }
}

pub(crate) fn open_error(error: OpenError) -> WireError {
    match error {
        OpenError::Store(error) => store_error(error),
        OpenError::Entropy(_) => WireError::new(ErrorCode::Internal, error.to_string()),
    }
}

pub(crate) fn start_anew_error(error: StartAnewError) -> WireError {
    let message = error.to_string();
    match error {
        StartAnewError::Store(error) => store_error(error),
        StartAnewError::Stuck { file, system } => {
            let details =
                Details { file: Some(file.display().to_string()), system: Some(system), ..Details::default() };
            WireError::with(ErrorCode::StoreReadOnly, message, details)
        }
        StartAnewError::Usable | StartAnewError::Nothing | StartAnewError::Ephemeral => {
            WireError::new(ErrorCode::Internal, message)
        }
    }
}

pub(crate) fn store_error(error: StoreError) -> WireError {
    let message = error.to_string();
    let at = |file: &Path, system: Option<String>| Details {
        file: Some(file.display().to_string()),
        system,
        ..Details::default()
    };
    let (code, details) = match error {
        StoreError::ReadOnly { file, system } => (ErrorCode::StoreReadOnly, at(&file, Some(system))),
        StoreError::Full { file } => (ErrorCode::StoreFull, at(&file, None)),
        StoreError::Damaged { file, system } => (ErrorCode::StoreDamaged, at(&file, Some(system))),
        StoreError::Newer { file, found, known } => {
            let details = Details { value: Some(found.to_string()), maximum: Some(known), ..at(&file, None) };
            (ErrorCode::StoreNewer, details)
        }
        StoreError::Busy { file } => (ErrorCode::StoreBusy, at(&file, None)),
        StoreError::Missing { file } => (ErrorCode::StoreMissing, at(&file, None)),
        StoreError::Failed { file, system } => (ErrorCode::StoreFailed, at(&file, Some(system))),
    };
    WireError::with(code, message, details)
}

pub(crate) fn read_error(error: ReadError) -> WireError {
    let message = error.to_string();
    let (code, file, system, maximum) = match &error {
        ReadError::Missing(file) => (ErrorCode::FileMissing, file, None, None),
        ReadError::Unreadable { file, system } => (ErrorCode::FileUnreadable, file, Some(system.clone()), None),
        ReadError::TooLarge { file, limit } => (ErrorCode::FileTooLarge, file, None, u32::try_from(*limit).ok()),
    };
    let file = Some(file.display().to_string());
    WireError::with(code, message, Details { file, system, maximum, ..Details::default() })
}

pub(crate) fn user_error(error: UserError) -> WireError {
    let message = error.to_string();
    let plain = |code| WireError::new(code, message.clone());
    let value = |code, value: String| {
        WireError::with(code, message.clone(), Details { value: Some(value), ..Details::default() })
    };
    let maximum = |code, maximum: usize| {
        WireError::with(code, message.clone(), Details { maximum: number(maximum), ..Details::default() })
    };
    match error {
        UserError::Username(UsernameError::Empty) => plain(ErrorCode::UsernameEmpty),
        UserError::Username(UsernameError::TooLong) => maximum(ErrorCode::UsernameTooLong, LONGEST_USERNAME),
        UserError::Username(UsernameError::Character(odd)) => {
            value(ErrorCode::UsernameInvalid, odd.escape_debug().to_string())
        }
        UserError::Taken(name) => value(ErrorCode::UsernameTaken, name.to_string()),
        UserError::DisplayNameTooLong => maximum(ErrorCode::DisplayNameTooLong, LONGEST_DISPLAY_NAME),
        UserError::DisplayNameCharacter(odd) => value(ErrorCode::DisplayNameInvalid, code_point(odd)),
        UserError::Email => plain(ErrorCode::EmailInvalid),
        UserError::Password(refusal) => password_refusal(refusal),
        UserError::Scope(UnknownScope(scope)) => value(ErrorCode::ScopeUnknown, scope),
        UserError::NotFound(name) => value(ErrorCode::UserNotFound, name),
        UserError::Hash(_) => plain(ErrorCode::Internal),
        UserError::Store(error) => store_error(error),
    }
}

pub(crate) fn sign_in_error(error: SignInError) -> WireError {
    let message = error.to_string();
    let plain = |code| WireError::new(code, message.clone());
    let value = |code, value: String| {
        WireError::with(code, message.clone(), Details { value: Some(value), ..Details::default() })
    };
    match error {
        SignInError::WrongCredentials => plain(ErrorCode::WrongCredentials),
        SignInError::Inactive => plain(ErrorCode::UserInactive),
        SignInError::PendingInvalid => plain(ErrorCode::PendingInvalid),
        SignInError::WrongCode => plain(ErrorCode::WrongCode),
        SignInError::UsedCode => plain(ErrorCode::UsedCode),
        SignInError::UsedRecoveryCode => plain(ErrorCode::UsedRecoveryCode),
        SignInError::DataKey(DataKeyError::Vault(error)) => key_error(error.into()),
        SignInError::DataKey(DataKeyError::Missing) => plain(ErrorCode::KeyMissing),
        SignInError::DataKey(DataKeyError::Foreign) => plain(ErrorCode::KeyChanged),
        SignInError::DataKey(_) => plain(ErrorCode::KeyringFailed),
        SignInError::NoSuchUser(name) => value(ErrorCode::UserNotFound, name),
        SignInError::Scope(UnknownScope(scope)) => value(ErrorCode::ScopeUnknown, scope),
        SignInError::Key(error) => key_error(error),
        SignInError::Lifetime { .. }
        | SignInError::ShortLived { .. }
        | SignInError::Unsigned
        | SignInError::Entropy(_) => plain(ErrorCode::Internal),
        SignInError::Store(error) => store_error(error),
    }
}

pub(crate) fn key_error(error: KeyError) -> WireError {
    let code = match &error {
        KeyError::Vault(VaultError::Locked { .. }) => ErrorCode::KeyringLocked,
        KeyError::Vault(VaultError::Absent { .. }) => ErrorCode::KeyringAbsent,
        KeyError::Vault(VaultError::Denied { .. }) => ErrorCode::KeyringDenied,
        KeyError::Vault(VaultError::Slow { .. }) => ErrorCode::KeyringSlow,
        KeyError::Vault(VaultError::NoCollection) => ErrorCode::KeyringAbsent,
        KeyError::Vault(VaultError::PassphraseDue { .. }) => ErrorCode::PassphraseDue,
        KeyError::Vault(VaultError::WrongPassphrase) => ErrorCode::PassphraseWrong,
        KeyError::Vault(VaultError::Failed { .. } | VaultError::Ambiguous { .. } | VaultError::TooLong { .. })
        | KeyError::Unmade(_) => ErrorCode::KeyringFailed,
        KeyError::Missing { .. } => ErrorCode::KeyMissing,
        KeyError::Foreign { .. } => ErrorCode::KeyChanged,
        KeyError::Vault(VaultError::Full { file }) => return store_error(StoreError::Full { file: file.into() }),
        KeyError::Store(error) => return store_error(error.clone()),
    };
    WireError { keys: Some(Box::new(error.clone())), ..WireError::new(code, error.to_string()) }
}

/// Why no new key was made.
pub(crate) fn rotate_error(error: RotateError) -> WireError {
    match error {
        RotateError::Key(error) => key_error(error),
        RotateError::Algorithm { .. } | RotateError::Overtaken(_) | RotateError::TooMany(_) => {
            said(ErrorCode::VaultImpossible, error.to_string())
        }
    }
}

/// Why the keys are not kept in another place.
pub(crate) fn place_error(error: PlaceError) -> WireError {
    match error {
        PlaceError::Passphrase(refusal) => password_refusal(refusal),
        PlaceError::Unreadable(error) => key_error(error),
        // The place that was to be used, not the one that is.
        PlaceError::Key(error) => WireError { keys: None, ..key_error(error) },
        PlaceError::Rotate(error) => rotate_error(error),
        PlaceError::Ephemeral | PlaceError::Already | PlaceError::NoPassphrase => {
            said(ErrorCode::VaultImpossible, error.to_string())
        }
    }
}

/// Why the clock was not moved.
pub(crate) fn clock_error(error: ClockError) -> WireError {
    match error {
        ClockError::OutOfRange => WireError::new(ErrorCode::ClockOutOfRange, error.to_string()),
        ClockError::Store(error) => store_error(error),
    }
}

/// Why a change of a token that is edited could not be made.
pub(crate) fn edit_error(error: EditError) -> WireError {
    said(ErrorCode::EditImpossible, error.to_string())
}

/// Why an edited token could not be signed with a key that was given.
pub(crate) fn given_key_error(sentence: String) -> WireError {
    said(ErrorCode::SigningKeyUnusable, sentence)
}

/// Why an edited token could not be signed with a key of the profile.
pub(crate) fn by_hand_error(error: ByHandError) -> WireError {
    let message = error.to_string();
    match error {
        ByHandError::Sign(_) => said(ErrorCode::SigningKeyUnusable, message),
        ByHandError::NoSuchKey(kid) => {
            WireError::with(ErrorCode::SigningKeyGone, message, Details { value: Some(kid), ..Details::default() })
        }
        ByHandError::Key(error) => key_error(error),
        ByHandError::Store(error) => store_error(error),
    }
}

/// An error whose own sentence is for people.
fn said(code: ErrorCode, sentence: String) -> WireError {
    WireError::with(code, sentence.clone(), Details { system: Some(sentence), ..Details::default() })
}

fn password_refusal(refusal: PasswordRefusal) -> WireError {
    let message = refusal.to_string();
    let (code, details) = match refusal {
        PasswordRefusal::TooShort { minimum } => {
            (ErrorCode::PasswordTooShort, Details { minimum: number(minimum), ..Details::default() })
        }
        PasswordRefusal::TooLong { maximum } => {
            (ErrorCode::PasswordTooLong, Details { maximum: number(maximum), ..Details::default() })
        }
        PasswordRefusal::Unseen(sign) => {
            let value = Some(code_point(sign));
            (ErrorCode::PasswordUnseen, Details { value, ..Details::default() })
        }
        PasswordRefusal::Blank => (ErrorCode::PasswordBlank, Details::default()),
        PasswordRefusal::Common => (ErrorCode::PasswordCommon, Details::default()),
        PasswordRefusal::Guessable => (ErrorCode::PasswordGuessable, Details::default()),
        PasswordRefusal::Repeated => (ErrorCode::PasswordRepeated, Details::default()),
        PasswordRefusal::Sequence => (ErrorCode::PasswordSequence, Details::default()),
        PasswordRefusal::Weak => (ErrorCode::PasswordWeak, Details::default()),
    };
    WireError::with(code, message, details)
}

fn names(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(Scope::to_string).collect()
}

/// "U+200B"
fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

fn number(count: usize) -> Option<u32> {
    u32::try_from(count).ok()
}
