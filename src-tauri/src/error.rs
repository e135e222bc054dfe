//! The one shape in which anything that went wrong crosses to the window: an area, a code, what the sentence is about,
//! and the engine's own message.
//!
//! Each area's problems and the match that sorts the engine's errors into them stand beside its commands. The window
//! acts on the code and writes its own sentence; `message` is for logs and bug reports.

use crate::commands::{
    clipboard::ClipboardProblem, clock::ClockProblem, edit::EditProblem, handover::HandoverProblem,
    inspect::InspectProblem, jwks::JwksProblem, keyring::KeyringProblem, passwords::PasswordProblem,
    policies::PolicyProblem, sessions::SessionProblem, sign_in::SignInProblem, store::StoreProblem, users::UserProblem,
};
use engine::keys::KeyError;
use serde::Serialize;

/// What went wrong, as the window receives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct WireError {
    /// What the window acts on.
    #[serde(flatten)]
    pub problem: Failure,
    /// The engine's own sentence. Never holds a secret.
    pub message: String,
    /// What the keyring answered, if it went wrong there. Stays in the shell, which tells the window how the keyring
    /// stands.
    #[serde(skip)]
    #[specta(skip)]
    pub(crate) keys: Option<Box<KeyError>>,
}

/// Every failure the window tells apart, by area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "area", rename_all = "snake_case")]
pub enum Failure {
    /// Users and what they may hold.
    Users(UserProblem),
    /// Passwords and passphrases that are to be.
    Passwords(PasswordProblem),
    /// Signing in.
    SignIn(SignInProblem),
    /// Sessions and their tokens.
    Sessions(SessionProblem),
    /// The keyring, or wherever else keys are kept.
    Keyring(KeyringProblem),
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
    /// Files that are given to the program.
    Handover(HandoverProblem),
    /// The profile's clock.
    Clock(ClockProblem),
    /// The clipboard.
    Clipboard(ClipboardProblem),
    /// The program itself.
    Program(ProgramProblem),
}

/// What can go wrong with any command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ProgramProblem {
    /// This is done only after a key or a button was pressed in the window.
    GestureRequired,
    /// Something that should not happen did.
    Internal,
}

impl WireError {
    /// A problem with the engine's own sentence about it.
    pub(crate) fn new(problem: Failure, message: impl Into<String>) -> Self {
        Self { problem, message: message.into(), keys: None }
    }

    /// Something that should not happen did.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Failure::Program(ProgramProblem::Internal), message)
    }
}

/// "U+200B"
pub(crate) fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// A limit as the window receives it.
pub(crate) fn limit(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
