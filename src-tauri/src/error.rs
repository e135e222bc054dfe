//! The one shape in which anything that went wrong crosses to the window: `{code, message, details}`.
//!
//! The window acts on the code and writes its own sentence; `message` is the engine's, for logs and bug reports.

use engine::keys::KeyError;
use serde::Serialize;

/// What went wrong, as the window receives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct WireError {
    /// What the window acts on.
    pub code: ErrorCode,
    /// The engine's own sentence. Never holds a secret.
    pub message: String,
    /// What the sentence is about.
    pub details: Box<Details>,
    /// What the keyring answered, if it went wrong there. Stays in the shell, which tells the window how the keyring
    /// stands.
    #[serde(skip)]
    #[specta(skip)]
    pub(crate) keys: Option<Box<KeyError>>,
}

/// The facts a sentence needs. Every one is absent where the code does not call for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, specta::Type)]
pub struct Details {
    /// The offending value: a scope, a username. Never a password or a token.
    pub value: Option<String>,
    /// The file or folder it happened to.
    pub file: Option<String>,
    /// What the operating system or the keyring said.
    pub system: Option<String>,
    /// The smallest allowed number.
    pub minimum: Option<u32>,
    /// The largest allowed number.
    pub maximum: Option<u32>,
}

/// Every failure the window tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No username given.
    UsernameEmpty,
    /// The username has more characters than `maximum`.
    UsernameTooLong,
    /// The username has a character that is not allowed; `value` is that character.
    UsernameInvalid,
    /// Another user has that name, perhaps in other letter case.
    UsernameTaken,
    /// The display name has more characters than `maximum`.
    DisplayNameTooLong,
    /// The display name has a character that cannot be seen; `value` is that character, escaped.
    DisplayNameInvalid,
    /// The email address has no local part, no domain, or white space.
    EmailInvalid,
    /// The password has fewer characters than `minimum`.
    PasswordTooShort,
    /// The password has more bytes than `maximum`.
    PasswordTooLong,
    /// The password has a character that cannot be seen; `value` is that character, escaped.
    PasswordUnseen,
    /// The password is nothing but white space.
    PasswordBlank,
    /// The password is one of the most used ones, or nearly so.
    PasswordCommon,
    /// The password is the username, or the product's name, with too little besides.
    PasswordGuessable,
    /// The password is the same few characters over and over.
    PasswordRepeated,
    /// The password is a row of neighbouring keys, letters or digits, or a date.
    PasswordSequence,
    /// The password is found within a thousand guesses in another way.
    PasswordWeak,
    /// The scope in `value` is not in the catalog.
    ScopeUnknown,
    /// No user has that name.
    UserNotFound,
    /// The username or the password is wrong; which one is not told.
    WrongCredentials,
    /// The token between password and second factor has expired, was used, or what it was begun with has changed.
    PendingInvalid,
    /// The code of the second factor is wrong, or too many were.
    WrongCode,
    /// The code of the second factor was used already.
    UsedCode,
    /// The recovery code was used already.
    UsedRecoveryCode,
    /// The password was right, but the user is switched off.
    UserInactive,
    /// This window does not hold the token of the id in `value`: it was issued elsewhere, or before the window opened.
    TokenNotHeld,
    /// The policy has no name.
    PolicyNameEmpty,
    /// The policy's name has more characters than `maximum`.
    PolicyNameTooLong,
    /// The policy's name has a character that cannot be seen; `value` is that character, escaped.
    PolicyNameInvalid,
    /// `value` is a built-in policy, which can be neither changed nor deleted.
    PolicyReserved,
    /// The policy allows no algorithm.
    PolicyWithoutAlgorithm,
    /// `value` is not the JOSE name of a signature algorithm.
    PolicyAlgorithmUnknown,
    /// The leeway has more seconds than `maximum`.
    PolicyLeewayTooLong,
    /// The field in `value` has more characters than `maximum`: "issuer", "audience", "typ", "required claim" or
    /// "required scope".
    PolicyValueTooLong,
    /// More claims or scopes are required than `maximum`; `value` says which: "claims" or "scopes".
    PolicyTooManyRequired,
    /// `maximum` policies are saved already.
    PolicyTooMany,
    /// No policy has the name in `value`.
    PolicyNotFound,
    /// The keyring is locked.
    KeyringLocked,
    /// No keyring service answers.
    KeyringAbsent,
    /// The keyring refused.
    KeyringDenied,
    /// The keyring did not answer in time.
    KeyringSlow,
    /// The keyring failed in another way.
    KeyringFailed,
    /// The database knows a signing key that the keyring does not hold.
    KeyMissing,
    /// The keyring's entry for a signing key contains a different key.
    KeyChanged,
    /// The keys are sealed with a passphrase that was not given yet.
    PassphraseDue,
    /// The passphrase is not the one that the keys are sealed with.
    PassphraseWrong,
    /// The keys cannot be kept in another place; `system` says why.
    VaultImpossible,
    /// The database cannot be written.
    StoreReadOnly,
    /// The disk is full.
    StoreFull,
    /// The profile was in use, and its database file is not there any more.
    StoreMissing,
    /// The database file is damaged.
    StoreDamaged,
    /// The database was written by a newer version of the program.
    StoreNewer,
    /// Another process held the database too long.
    StoreBusy,
    /// The database failed in another way.
    StoreFailed,
    /// There is no such file.
    FileMissing,
    /// The file cannot be read, or is none: a folder, a pipe.
    FileUnreadable,
    /// The file has more bytes than `maximum`.
    FileTooLarge,
    /// Keys cannot be fetched from there: it is no address with a host.
    JwksAddressInvalid,
    /// The address is neither HTTPS nor this computer's.
    JwksInsecure,
    /// A username or a password stands in the address.
    JwksCredentials,
    /// A person was asked whether to fetch from the address in `value`, and did not say yes.
    JwksDeclined,
    /// No keys came from the host in `value`. Why is not told: it would tell about the network.
    JwksUnreachable,
    /// The host in `value` redirects to another address: that in `system`, if it could be given instead.
    JwksRedirected,
    /// The host in `value` answered with the HTTP status in `system`: "404".
    JwksStatus,
    /// The answer of the host in `value` has more bytes than `maximum`.
    JwksTooLarge,
    /// The answer of the host in `value` is not a JWK Set.
    JwksNotASet,
    /// The clock would show a moment outside of the years 1 to 9999.
    ClockOutOfRange,
    /// This is done only after a key or a button was pressed in the window.
    GestureRequired,
    /// The clipboard holds no text.
    ClipboardEmpty,
    /// The clipboard did not take the text.
    ClipboardFailed,
    /// A newer text is inspected instead of this one.
    InspectionOvertaken,
    /// The change cannot be made in a token that is edited; `system` says why.
    EditImpossible,
    /// The key that was given cannot sign; `system` says why.
    SigningKeyUnusable,
    /// The profile's key in `value` is not there to sign.
    SigningKeyGone,
    /// Something that should not happen did.
    Internal,
}

impl WireError {
    /// An error without details.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::with(code, message.into(), Details::default())
    }

    /// An error about one value.
    pub(crate) fn about(code: ErrorCode, message: impl Into<String>, value: impl Into<String>) -> Self {
        Self::with(code, message.into(), Details { value: Some(value.into()), ..Details::default() })
    }

    pub(crate) fn with(code: ErrorCode, message: String, details: Details) -> Self {
        Self { code, message, details: Box::new(details), keys: None }
    }
}

/// An error whose own sentence is for people.
pub(crate) fn said(code: ErrorCode, sentence: String) -> WireError {
    WireError::with(code, sentence.clone(), Details { system: Some(sentence), ..Details::default() })
}

/// "U+200B"
pub(crate) fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

pub(crate) fn number(count: usize) -> Option<u32> {
    u32::try_from(count).ok()
}
