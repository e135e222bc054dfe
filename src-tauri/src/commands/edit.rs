//! Editing a token: taking it apart, changing it, seeing what it would be; and comparing two.

use crate::{
    commands::inspect::{KeyInput, inspected, named},
    error::{Failure, WireError},
    gesture::{self, Act},
    inspections::Inspections,
    state::Workbench,
};
use engine::{
    by_hand::{ByHandError, Signer},
    keys::KeyState,
    settings::SettingError,
};
use inspect::{
    Draft, Edit, EditError, Fault, GivenKey,
    report::{Change, Comparison, Report},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Manager, State};

/// What an edited token is signed with.
#[derive(Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SignerInput {
    /// An access key of this profile; without a name the active one.
    Profile {
        /// Its name.
        kid: Option<String>,
    },
    /// This profile's test key, made if there is none yet.
    Test,
    /// A key that a person gave.
    Given {
        /// The key.
        key: KeyInput,
    },
    /// Nothing: the token keeps the signature it had.
    Original,
}

/// An access key that may sign.
#[derive(Serialize, Type)]
pub struct SignerView {
    /// Its name.
    pub kid: String,
    /// Its one algorithm: "ES256".
    pub algorithm: String,
    /// Does it sign new tokens by itself? The others are published before or kept after that.
    pub active: bool,
}

/// A named way to make a token wrong.
#[derive(Serialize, Type)]
pub struct FaultView {
    /// Which.
    pub fault: Fault,
    /// Its name for people.
    pub name: String,
    /// What differs from a good token.
    pub differs: String,
}

/// An edited token as it would be.
#[derive(Serialize, Type)]
pub struct PreviewView {
    /// What inspecting it says; the token itself stands in it.
    pub report: Report,
    /// What differs from the original.
    pub changes: Vec<Change>,
}

/// Takes a report's token apart for editing; nothing for what is no compact signed token.
#[tauri::command]
#[specta::specta]
pub async fn start_draft(state: State<'_, Workbench>, token: String) -> Result<Option<Draft>, WireError> {
    state.run(move |_| Ok(Draft::of(&jose::parse_exact(&token)))).await
}

/// Makes one change of a draft.
#[tauri::command]
#[specta::specta]
pub async fn edit_draft(state: State<'_, Workbench>, draft: Draft, edit: Edit) -> Result<Draft, WireError> {
    state.run(move |engine| draft.apply(&edit, engine.moment().seconds()).map_err(WireError::from)).await
}

/// Signs a draft and inspects what comes out. `fault` is what the token is made wrong in, if it is; `key` is what the
/// original is checked with, if it was given one; `policy` names the rules to judge by, as for `inspect`. A key of the
/// profile signs only after a gesture.
#[tauri::command]
#[specta::specta]
pub async fn preview_draft(
    app: AppHandle,
    original: String,
    draft: Draft,
    signer: SignerInput,
    fault: Option<Fault>,
    key: Option<KeyInput>,
    policy: Option<String>,
) -> Result<PreviewView, WireError> {
    if matches!(signer, SignerInput::Profile { .. } | SignerInput::Test) {
        gesture::allow(&app, Act::Sign).await?;
    }
    let state = app.state::<Workbench>().inner().clone();
    let inspections = app.state::<Inspections>().inner().clone();
    let answer = move |engine: &engine::Engine| {
        // It was cleaned when it was inspected. Cleaning it again could take off more.
        let before = jose::parse_exact(&original);
        let policy = named(engine, policy)?;
        let wrong_in = draft.made_wrong_in(fault);
        let by_hand = |signer: Signer<'_>| {
            engine.sign_by_hand(signer, wrong_in.as_deref(), |key| draft.sign(key)).map_err(WireError::from)
        };
        // What was signed with a given key is checked with that key.
        let given = |key: KeyInput| inspections.key(GivenKey::from(key));
        let (token, key) = match signer {
            SignerInput::Profile { kid } => (by_hand(Signer::Access { kid: kid.as_deref() })?, None),
            SignerInput::Test => (by_hand(Signer::Test)?, None),
            SignerInput::Given { key } => {
                let key = given(key);
                let _turn = inspections.turn(Some(&key));
                (key.sign(&draft).map_err(key_unusable)?, Some(key))
            }
            SignerInput::Original => (draft.with_signature_of(&before), key.map(given)),
        };
        let _turn = inspections.turn(key.as_deref());
        let changes = inspect::changes(&before, &jose::parse_exact(&token));
        let report = inspected(engine, &inspect::parse(&token), key.as_deref(), policy);
        Ok(PreviewView { report, changes })
    };
    state.run(answer).await
}

/// Is the profile's test key published, so that servers accept what it signs?
#[tauri::command]
#[specta::specta]
pub async fn test_key_published(state: State<'_, Workbench>) -> Result<bool, WireError> {
    state.run(|engine| Ok(engine.rules()?.test_key_published)).await
}

/// Publishes the profile's test key, or withdraws it.
#[tauri::command]
#[specta::specta]
pub async fn publish_test_key(state: State<'_, Workbench>, publish: bool) -> Result<(), WireError> {
    state.run(move |engine| engine.publish_test_key(publish).map_err(WireError::from)).await
}

/// The profile's keys that may sign an edited token, the active one first.
#[tauri::command]
#[specta::specta]
pub async fn list_signers(state: State<'_, Workbench>) -> Result<Vec<SignerView>, WireError> {
    let keys = state.run(|engine| engine.signers().map_err(WireError::from)).await?;
    let view = |key: engine::keys::KeyInfo| SignerView {
        kid: key.kid,
        algorithm: key.algorithm.to_string(),
        active: key.state == KeyState::Active,
    };
    Ok(keys.into_iter().map(view).collect())
}

/// The named ways to make a token wrong.
#[tauri::command]
#[specta::specta]
pub fn list_faults() -> Vec<FaultView> {
    let view = |fault: Fault| {
        let (name, differs) = fault.words();
        FaultView { fault, name: name.to_owned(), differs: differs.to_owned() }
    };
    Fault::ALL.into_iter().map(view).collect()
}

/// Lays the tokens of two reports side by side.
#[tauri::command]
#[specta::specta]
pub async fn compare_tokens(
    state: State<'_, Workbench>,
    before: String,
    after: String,
) -> Result<Comparison, WireError> {
    state.run(move |_| Ok(inspect::compare(&jose::parse_exact(&before), &jose::parse_exact(&after)))).await
}

/// Why a token is not edited or not signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum EditProblem {
    /// The change cannot be made in this token.
    Impossible {
        /// Why, as the end of a sentence for people.
        reason: String,
    },
    /// The key that was chosen cannot sign it.
    KeyUnusable {
        /// Why, as a sentence for people.
        reason: String,
    },
    /// The profile's key is not there to sign.
    KeyGone {
        /// Its name.
        kid: String,
    },
}

impl From<SettingError> for WireError {
    fn from(error: SettingError) -> Self {
        match error {
            SettingError::Store(error) => error.into(),
            // The window offers only what a rule may be.
            refused => Self::internal(refused.to_string()),
        }
    }
}

impl From<EditError> for WireError {
    fn from(error: EditError) -> Self {
        let message = error.to_string();
        Self::new(Failure::Edit(EditProblem::Impossible { reason: message.clone() }), message)
    }
}

/// A key that was given does not sign: the sentence says why.
fn key_unusable(sentence: String) -> WireError {
    WireError::new(Failure::Edit(EditProblem::KeyUnusable { reason: sentence.clone() }), sentence)
}

impl From<ByHandError> for WireError {
    fn from(error: ByHandError) -> Self {
        let message = error.to_string();
        match error {
            ByHandError::Sign(_) => key_unusable(message),
            ByHandError::NoSuchKey(kid) => Self::new(Failure::Edit(EditProblem::KeyGone { kid }), message),
            ByHandError::Key(error) => error.into(),
            ByHandError::Store(error) => error.into(),
        }
    }
}
