//! Editing a token: taking it apart, changing it, previewing the result; and comparing two.

use crate::{
    commands::inspect::{KeyInput, inspected, named},
    error::{Failure, WireError},
    gesture::{self, Act},
    inspections::Inspections,
    state::AppState,
};
use engine::{
    Engine,
    by_hand::{ByHandError, Signer},
    keys::KeyState,
    settings::SettingError,
};
use inspect::{
    Draft, Edit, EditError, Fault, UserKey,
    report::{Change, Comparison, Report},
};
use jose::Parsed;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use tauri::{AppHandle, Manager, State};

/// What an edited token is signed with.
#[derive(Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SignerInput {
    /// An access key of this profile; the active one unless named.
    Profile {
        /// Its key ID.
        kid: Option<String>,
    },
    /// This profile's test key, created if there is none yet.
    Test,
    /// A key that the user entered.
    Given {
        /// The key.
        key: KeyInput,
    },
    /// None: the token keeps its old signature.
    Original,
}

/// An access key that may sign.
#[derive(Serialize, Type)]
pub struct SignerView {
    /// Its key ID.
    pub kid: String,
    /// Its only algorithm: "ES256".
    pub algorithm: String,
    /// Does it sign new tokens? The others are published in advance or kept after retiring.
    pub active: bool,
}

/// A named way to break a token.
#[derive(Serialize, Type)]
pub struct FaultView {
    /// The fault.
    pub fault: Fault,
    /// Its display name.
    pub name: String,
    /// How the token differs from a good one.
    pub differs: String,
}

/// A preview of an edited token.
#[derive(Serialize, Type)]
pub struct PreviewView {
    /// The report about it, which contains the token.
    pub report: Report,
    /// Its differences from the original.
    pub changes: Vec<Change>,
}

/// Takes a report's token apart for editing; null unless it is a compact signed token.
#[tauri::command]
#[specta::specta]
pub async fn start_draft(state: State<'_, AppState>, token: String) -> Result<Option<Draft>, WireError> {
    state.run(move |_| Ok(Draft::of(&jose::parse_exact(&token)))).await
}

/// Begins a token: unsigned, of these claims, or else of those that an access token of this profile has. Null unless
/// the claims are one JSON object.
#[tauri::command]
#[specta::specta]
pub async fn begin_token(state: State<'_, AppState>, claims: Option<String>) -> Result<Option<String>, WireError> {
    let begin = move |engine: &Engine| {
        if let Some(claims) = claims {
            return Ok(inspect::unsigned(&claims, Some("JWT")));
        }
        let own = engine.own_policy().map_err(WireError::from)?;
        let blank = inspect::blank_claims(own.issuer.as_deref(), own.audience.as_deref(), engine.moment().seconds());
        Ok(inspect::unsigned(&blank, own.typ.as_deref()))
    };
    state.run(begin).await
}

/// Applies one change to a draft.
#[tauri::command]
#[specta::specta]
pub async fn edit_draft(state: State<'_, AppState>, draft: Draft, edit: Edit) -> Result<Draft, WireError> {
    state.run(move |engine| draft.apply(&edit, engine.moment().seconds()).map_err(WireError::from)).await
}

/// Signs a draft and inspects the result. `fault` is what to break, if anything; `key` is the given key that the
/// original is checked with, if any; `policy` names the rules to judge by, as for `inspect`. A key of the profile signs
/// only after a gesture.
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
    let state = app.state::<AppState>().inner().clone();
    let inspections = app.state::<Inspections>().inner().clone();
    let answer = move |engine: &Engine| {
        // It was cleaned when it was inspected. Cleaning it again could remove more.
        let before = jose::parse_exact(&original);
        let policy = named(engine, policy)?;
        let (token, key) = signed(engine, &inspections, &before, &draft, signer, fault, key)?;
        let _turn = inspections.turn(key.as_deref());
        let changes = inspect::changes(&before, &jose::parse_exact(&token));
        let report = inspected(engine, &inspect::parse(&token), key.as_deref(), policy);
        Ok(PreviewView { report, changes })
    };
    state.run(answer).await
}

/// A draft's token, and the given key to check it with. A token signed with a given key is checked with that key.
pub(crate) fn signed(
    engine: &Engine,
    inspections: &Inspections,
    before: &Parsed,
    draft: &Draft,
    signer: SignerInput,
    fault: Option<Fault>,
    key: Option<KeyInput>,
) -> Result<(String, Option<Arc<UserKey>>), WireError> {
    let wrong_in = draft.made_wrong_in(fault);
    let by_hand = |signer: Signer<'_>| {
        engine.sign_by_hand(signer, wrong_in.as_deref(), |key| draft.sign(key)).map_err(WireError::from)
    };
    let given = |key: KeyInput| inspections.key(UserKey::from(key));
    Ok(match signer {
        SignerInput::Profile { kid } => (by_hand(Signer::Access { kid: kid.as_deref() })?, None),
        SignerInput::Test => (by_hand(Signer::Test)?, None),
        SignerInput::Given { key } => {
            let key = given(key);
            let _turn = inspections.turn(Some(&key));
            (key.sign(draft).map_err(key_unusable)?, Some(key))
        }
        SignerInput::Original => (draft.with_signature_of(before), key.map(given)),
    })
}

/// Is the profile's test key published, so that servers accept what it signs?
#[tauri::command]
#[specta::specta]
pub async fn test_key_published(state: State<'_, AppState>) -> Result<bool, WireError> {
    state.run(|engine| Ok(engine.rules()?.test_key_published)).await
}

/// Publishes the profile's test key, or withdraws it.
#[tauri::command]
#[specta::specta]
pub async fn publish_test_key(state: State<'_, AppState>, publish: bool) -> Result<(), WireError> {
    state.run(move |engine| engine.publish_test_key(publish).map_err(WireError::from)).await
}

/// The profile's keys that may sign an edited token, the active one first.
#[tauri::command]
#[specta::specta]
pub async fn list_signers(state: State<'_, AppState>) -> Result<Vec<SignerView>, WireError> {
    state.run(signers).await
}

pub(crate) fn signers(engine: &Engine) -> Result<Vec<SignerView>, WireError> {
    let view = |key: engine::keys::KeyInfo| SignerView {
        kid: key.kid,
        algorithm: key.algorithm.to_string(),
        active: key.state == KeyState::Active,
    };
    Ok(engine.signers()?.into_iter().map(view).collect())
}

/// The named ways to break a token.
#[tauri::command]
#[specta::specta]
pub fn list_faults() -> Vec<FaultView> {
    let view = |fault: Fault| {
        let (name, differs) = fault.words();
        FaultView { fault, name: name.to_owned(), differs: differs.to_owned() }
    };
    Fault::ALL.into_iter().map(view).collect()
}

/// Compares the tokens of two reports.
#[tauri::command]
#[specta::specta]
pub async fn compare_tokens(
    state: State<'_, AppState>,
    before: String,
    after: String,
) -> Result<Comparison, WireError> {
    state.run(move |_| Ok(inspect::compare(&jose::parse_exact(&before), &jose::parse_exact(&after)))).await
}

/// Why a token was not edited or not signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum EditProblem {
    /// The change is impossible in this token.
    Impossible {
        /// The reason, as the end of a sentence for the user.
        reason: String,
    },
    /// The chosen key cannot sign it.
    KeyUnusable {
        /// The reason, as a sentence for the user.
        reason: String,
    },
    /// The profile no longer has the key.
    KeyGone {
        /// Its key ID.
        kid: String,
    },
}

impl From<SettingError> for WireError {
    fn from(error: SettingError) -> Self {
        match error {
            SettingError::Store(error) => error.into(),
            // The window offers only valid values.
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

/// A key that cannot sign; the sentence says why.
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
