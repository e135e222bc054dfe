//! The shape of every error sent to the window: an area, a code, the values that its sentence needs, and the engine's
//! own message.
//!
//! Each area's problems, and the match that maps the engine's errors to them, are next to its commands. The window acts
//! on the code and writes its own sentence; `message` is for logs and bug reports.

use crate::commands::{
    clipboard::ClipboardProblem, clock::ClockProblem, edit::EditProblem, handover::HandoverProblem,
    inspect::InspectProblem, jwks::JwksProblem, keyring::KeyringProblem, keys::KeyProblem, passwords::PasswordProblem,
    policies::PolicyProblem, references::ReferenceProblem, scopes::ScopeProblem, second_factor::SecondFactorProblem,
    sessions::SessionProblem, sign_in::SignInProblem, store::StoreProblem, user_import::ImportProblem,
    users::UserProblem,
};
use engine::keys::SigningKeyError;
use serde::Serialize;

/// An error as the window receives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct WireError {
    /// What the window acts on.
    #[serde(flatten)]
    pub problem: Failure,
    /// The engine's own sentence. Never holds a secret.
    pub message: String,
    /// The keyring's answer, if that was the cause. It stays in the shell, which notifies the window of the keyring's
    /// state.
    #[serde(skip)]
    #[specta(skip)]
    pub(crate) keys: Option<Box<SigningKeyError>>,
}

/// Every failure that the window distinguishes, by area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "area", rename_all = "snake_case")]
pub enum Failure {
    /// Users and the scopes they may hold.
    Users(UserProblem),
    /// The scope catalog.
    Scopes(ScopeProblem),
    /// Importing and exporting users.
    Import(ImportProblem),
    /// New passwords and passphrases.
    Passwords(PasswordProblem),
    /// Signing in.
    SignIn(SignInProblem),
    /// Second factors.
    SecondFactor(SecondFactorProblem),
    /// Sessions and their tokens.
    Sessions(SessionProblem),
    /// The keyring, or another place where keys are kept.
    Keyring(KeyringProblem),
    /// Signing keys.
    Keys(KeyProblem),
    /// The database.
    Store(StoreProblem),
    /// Named policies.
    Policies(PolicyProblem),
    /// Inspecting.
    Inspect(InspectProblem),
    /// Editing a token.
    Edit(EditProblem),
    /// Fetching keys.
    Jwks(JwksProblem),
    /// Files passed to the program.
    Handover(HandoverProblem),
    /// The profile's clock.
    Clock(ClockProblem),
    /// The clipboard.
    Clipboard(ClipboardProblem),
    /// Opening a specification.
    References(ReferenceProblem),
    /// The program itself.
    Program(ProgramProblem),
}

/// What can go wrong with any command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ProgramProblem {
    /// The command needs a key or button press in the window first.
    GestureRequired,
    /// A bug: something happened that never should.
    Internal,
}

impl WireError {
    /// A problem, with the engine's own message.
    pub(crate) fn new(problem: Failure, message: impl Into<String>) -> Self {
        Self { problem, message: message.into(), keys: None }
    }

    /// A bug: something happened that never should.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Failure::Program(ProgramProblem::Internal), message)
    }
}

/// "U+200B"
pub(crate) fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// A limit, in the type that the window receives.
pub(crate) fn limit(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
