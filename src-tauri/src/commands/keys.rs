//! The signing keys: the list, one key, the JWK Set, and what can be done with them.

use super::{number, place};
use crate::{
    ask,
    clipboard::Clipboard,
    error::{Failure, WireError, limit},
    state::{AppState, blocking},
};
use engine::{
    Engine,
    keys::{
        DeleteError, ExportError, ImportError, KeyQuery, KeyState, LONGEST_KEY_NAME, ListedKey, NameError, Purpose,
        RetireError, RotateError,
    },
};
use jose::{Algorithm, KeyError, PrivateKey, key::decrypted};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager, State};
use zeroize::Zeroizing;

/// What a key signs.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyPurpose {
    /// Access tokens.
    Access,
    /// Refresh tokens.
    Refresh,
    /// Pending tokens, between password and second factor.
    Mfa,
    /// Hand-made tokens.
    Test,
}

/// A key's state.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeyStateView {
    /// Published, but does not sign yet.
    Next,
    /// Signs.
    Active,
    /// Only verifies.
    Retiring {
        /// When it stopped signing, in milliseconds since the Unix epoch.
        since_ms: i64,
        /// When the last of its tokens expires.
        until_ms: i64,
    },
    /// Its tokens are refused, and its private part is gone.
    Retired {
        /// When it stopped signing; null if it never signed.
        since_ms: Option<i64>,
        /// When it was retired.
        at_ms: i64,
    },
}

/// A signing key as the window shows it.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct KeyView {
    /// The key ID, in the header of its tokens.
    pub kid: String,
    /// The name it is shown by.
    pub name: String,
    /// What it signs.
    pub purpose: KeyPurpose,
    /// Its algorithm: "ES256".
    pub algorithm: String,
    /// Is it a shared secret, which has no public part?
    pub shared: bool,
    /// Its state.
    pub state: KeyStateView,
    /// Was it confirmed by the keyring since this database was restored? Until then it neither signs nor verifies.
    pub proven: bool,
    /// When it was made or imported, in milliseconds since the Unix epoch.
    pub created_at_ms: i64,
    /// How many tokens it signed.
    pub signed: u32,
    /// When it last signed; null if it never did.
    pub last_signed_at_ms: Option<i64>,
}

/// Which keys to list, from where.
#[derive(Debug, Clone, Deserialize, specta::Type)]
pub struct KeyListRequest {
    /// The `next` of the previous page; null for the first page.
    pub after: Option<String>,
    /// The page size.
    pub most: u32,
}

/// A page of keys, by purpose, newest first.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct KeyListPage {
    /// The keys.
    pub keys: Vec<KeyView>,
    /// Where the next page begins; null at the end.
    pub next: Option<String>,
    /// The number of keys.
    pub all: u32,
    /// The algorithms that access keys may have.
    pub algorithms: Vec<String>,
    /// How long tokens of each purpose live, in seconds.
    pub lifetimes: KeyLifetimes,
}

/// How long tokens live, in seconds.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
pub struct KeyLifetimes {
    /// Access tokens.
    pub access: u32,
    /// Sessions, and so their refresh tokens.
    pub refresh: u32,
    /// Pending tokens.
    pub mfa: u32,
}

/// One key, with what is read only when it is opened.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct KeyDetail {
    /// The key.
    pub key: KeyView,
    /// At most how many of its tokens may still be valid; null where tokens are not recorded.
    pub living: Option<u32>,
    /// Its public part; null for a shared secret.
    pub public: Option<PublicPart>,
    /// The item in the keyring that holds its private part; null if it is retired.
    pub item: Option<String>,
}

/// The public part of a key.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct PublicPart {
    /// As a JWK.
    pub jwk: String,
    /// As PEM.
    pub pem: String,
    /// Its thumbprint (RFC 7638).
    pub thumbprint: String,
}

/// A key to import.
#[derive(Deserialize, specta::Type)]
pub struct KeyImport {
    /// PEM, a JWK, or DER in base64.
    pub text: String,
    /// The algorithm, needed where the key fits several.
    pub algorithm: Option<String>,
    /// The passphrase of an encrypted key.
    pub passphrase: Option<String>,
}

/// An imported key.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ImportedKey {
    /// Its key ID.
    pub kid: String,
    /// The bits of an RSA key that is shorter than a new one.
    pub short_rsa_bits: Option<u32>,
}

/// A page of the keys.
#[tauri::command]
#[specta::specta]
pub async fn list_keys(state: State<'_, AppState>, request: KeyListRequest) -> Result<KeyListPage, WireError> {
    let query = KeyQuery { after: place(request.after), most: request.most };
    state
        .run(move |engine| {
            let (page, all) = engine.key_page(&query)?;
            let rules = engine.rules()?;
            let seconds = |time: std::time::Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
            Ok(KeyListPage {
                keys: page.rows.into_iter().map(key_view).collect(),
                next: page.next.map(|next| next.to_string()),
                all: number(all),
                algorithms: rules.algorithms.iter().map(ToString::to_string).collect(),
                lifetimes: KeyLifetimes {
                    access: seconds(rules.access_token_lifetime),
                    refresh: seconds(rules.session_lifetime),
                    mfa: seconds(rules.pending_token_lifetime),
                },
            })
        })
        .await
}

/// The key with that ID; null if there is none.
#[tauri::command]
#[specta::specta]
pub async fn show_key(state: State<'_, AppState>, kid: String) -> Result<Option<KeyDetail>, WireError> {
    state
        .run(move |engine| {
            let Some((key, living)) = engine.key(&kid)? else { return Ok(None) };
            let public = match engine.export_public(&kid) {
                Ok(public) => Some(PublicPart { jwk: public.jwk, pem: public.pem, thumbprint: public.thumbprint }),
                Err(ExportError::NoPublicPart(_)) => None,
                Err(ExportError::NotFound(_)) => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            let item = (key.info.state != KeyState::Retired).then(|| engine.key_item(&kid)).transpose()?.flatten();
            Ok(Some(KeyDetail { key: key_view(key), living: living.map(number), public, item }))
        })
        .await
}

/// The JWK Set, byte for byte as it is published.
#[tauri::command]
#[specta::specta]
pub async fn show_jwks(state: State<'_, AppState>) -> Result<String, WireError> {
    state.run(|engine| engine.jwks().map_err(WireError::from)).await
}

/// Makes a key, which signs from now on; the previous one only verifies. Without an algorithm it has the same one.
/// Returns its key ID.
#[tauri::command]
#[specta::specta]
pub async fn rotate_key(
    state: State<'_, AppState>,
    purpose: KeyPurpose,
    algorithm: Option<String>,
) -> Result<String, WireError> {
    let algorithm = read_algorithm(algorithm.as_deref())?;
    let rotate = move |engine: &Engine| match engine.rotate_key(purpose.into(), algorithm) {
        Ok(key) => Ok(key.kid),
        Err(RotateError::Key(error)) => Err(error.into()),
        Err(error) => Err(rotate_error(&error)),
    };
    state.run(rotate).await
}

/// Retires a key at once: its tokens are refused from now on. Returns the places that did not answer, where its private
/// part may remain.
#[tauri::command]
#[specta::specta]
pub async fn retire_key(state: State<'_, AppState>, kid: String) -> Result<Vec<String>, WireError> {
    state.run(move |engine| engine.retire_key(&kid).map_err(WireError::from)).await
}

/// Deletes the record of a retired key.
#[tauri::command]
#[specta::specta]
pub async fn delete_key(state: State<'_, AppState>, kid: String) -> Result<(), WireError> {
    state.run(move |engine| engine.delete_key(&kid).map_err(WireError::from)).await
}

/// Names a key.
#[tauri::command]
#[specta::specta]
pub async fn rename_key(state: State<'_, AppState>, kid: String, name: String) -> Result<(), WireError> {
    state.run(move |engine| engine.rename_key(&kid, &name).map_err(WireError::from)).await
}

/// Imports a private key, which signs access tokens from now on.
#[tauri::command]
#[specta::specta]
pub async fn import_key(state: State<'_, AppState>, key: KeyImport) -> Result<ImportedKey, WireError> {
    let algorithm = read_algorithm(key.algorithm.as_deref())?;
    let (text, passphrase) = (Zeroizing::new(key.text), key.passphrase.map(Zeroizing::new));
    state
        .run(move |engine| {
            let key = opened(text.as_bytes(), passphrase.as_deref().map(String::as_str))?;
            let imported = engine.import_key(&key, algorithm)?;
            Ok(ImportedKey { kid: imported.key.kid, short_rsa_bits: imported.short_rsa_bits.map(limit) })
        })
        .await
}

/// Copies the private part of a key, after a question in a dialog that the page can neither see nor answer. Returns
/// after how many seconds it leaves the clipboard; null if the answer was no.
#[tauri::command]
#[specta::specta]
pub async fn copy_private_key(app: AppHandle, kid: String) -> Result<Option<u32>, WireError> {
    let state = app.state::<AppState>().inner().clone();
    let asked = kid.clone();
    let name = state.run(move |engine| Ok(engine.key(&asked)?.map(|(key, _)| key.name))).await?;
    let name = name.ok_or_else(|| WireError::from(ExportError::NotFound(kid.clone())))?;
    let question = format!("Copy the private part of {name}?");
    let more = "Whoever has it can sign tokens in this profile's name until the key is retired, and nobody can tell \
                them from yours. It leaves the clipboard after a minute. The export is recorded.";
    if !ask::ask(&app, &question, more, "Copy the private key").await {
        return Ok(None);
    }
    let private = state.run(move |engine| engine.dangerous_export_private(&kid).map_err(WireError::from)).await?;
    blocking(move || app.state::<Clipboard>().copy(private.expose().to_owned())).await?
}

/// Decrypts the key, if it is encrypted.
fn opened(key: &[u8], passphrase: Option<&str>) -> Result<Zeroizing<Vec<u8>>, WireError> {
    let refused = |error: KeyError| WireError::from(ImportError::Refused(error));
    match passphrase {
        Some(passphrase) => decrypted(key, passphrase).map_err(refused),
        None => match PrivateKey::read(key, None) {
            Err(KeyError::Encrypted) => Err(refused(KeyError::Encrypted)),
            _ => Ok(Zeroizing::new(key.to_vec())),
        },
    }
}

fn read_algorithm(name: Option<&str>) -> Result<Option<Algorithm>, WireError> {
    let unknown = |_| WireError::internal("no such algorithm");
    name.map(|name| name.parse().map_err(unknown)).transpose()
}

fn key_view(listed: ListedKey) -> KeyView {
    let ListedKey { info, name, signed, last_signed_at, verifies_until } = listed;
    let since = info.retiring_at.map(|at| at.0);
    let state = match info.state {
        KeyState::Next => KeyStateView::Next,
        KeyState::Active => KeyStateView::Active,
        KeyState::Retiring => KeyStateView::Retiring {
            since_ms: since.unwrap_or_default(),
            until_ms: verifies_until.map_or(since.unwrap_or_default(), |at| at.0),
        },
        KeyState::Retired => {
            KeyStateView::Retired { since_ms: since, at_ms: info.retired_at.map_or(info.created_at.0, |at| at.0) }
        }
    };
    KeyView {
        kid: info.kid,
        name,
        purpose: info.purpose.into(),
        algorithm: info.algorithm.to_string(),
        shared: info.algorithm.is_symmetric(),
        state,
        proven: info.proven,
        created_at_ms: info.created_at.0,
        signed: number(signed),
        last_signed_at_ms: last_signed_at.map(|at| at.0),
    }
}

impl From<KeyPurpose> for Purpose {
    fn from(purpose: KeyPurpose) -> Self {
        match purpose {
            KeyPurpose::Access => Self::Access,
            KeyPurpose::Refresh => Self::Refresh,
            KeyPurpose::Mfa => Self::Mfa,
            KeyPurpose::Test => Self::Test,
        }
    }
}

impl From<Purpose> for KeyPurpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Access => Self::Access,
            Purpose::Refresh => Self::Refresh,
            Purpose::Mfa => Self::Mfa,
            Purpose::Test => Self::Test,
        }
    }
}

/// Why a request about a signing key failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum KeyProblem {
    /// There is no such key; it may have been deleted elsewhere.
    NotFound,
    /// It is active, so it cannot be retired.
    Active,
    /// It is retired already.
    Retired,
    /// It is not retired, so it cannot be deleted.
    InUse,
    /// The name is empty, too long, or has invisible characters.
    Name {
        /// The most characters.
        most: u32,
    },
    /// Too many keys are retiring.
    TooMany,
    /// Another change of the key came in between.
    Overtaken,
    /// The rules do not allow the algorithm.
    Algorithm {
        /// Its name.
        algorithm: String,
    },
    /// The key to import is encrypted.
    Encrypted,
    /// It fits several algorithms.
    AlgorithmNeeded,
    /// It is no usable private key.
    Unusable {
        /// What is wrong with it.
        reason: String,
    },
    /// The `kid` of the JWK cannot be used.
    Kid,
    /// The profile has that key already.
    Known {
        /// Its key ID.
        kid: String,
    },
    /// It is a shared secret, without a public part.
    NoPublicPart,
}

fn wire(problem: KeyProblem, error: &impl ToString) -> WireError {
    WireError::new(Failure::Keys(problem), error.to_string())
}

fn rotate_error(error: &RotateError) -> WireError {
    let problem = match error {
        RotateError::Algorithm { algorithm, .. } => KeyProblem::Algorithm { algorithm: algorithm.to_string() },
        RotateError::TooMany(_) => KeyProblem::TooMany,
        RotateError::Overtaken(_) => KeyProblem::Overtaken,
        RotateError::Key(error) => return error.clone().into(),
    };
    wire(problem, error)
}

impl From<RetireError> for WireError {
    fn from(error: RetireError) -> Self {
        let problem = match &error {
            RetireError::NotFound(_) => KeyProblem::NotFound,
            RetireError::Active(_) => KeyProblem::Active,
            RetireError::Retired(_) => KeyProblem::Retired,
            RetireError::Vault(error) => return engine::keys::KeyError::Vault(error.clone()).into(),
            RetireError::Store(error) => return error.clone().into(),
        };
        wire(problem, &error)
    }
}

impl From<DeleteError> for WireError {
    fn from(error: DeleteError) -> Self {
        let problem = match &error {
            DeleteError::NotFound(_) => KeyProblem::NotFound,
            DeleteError::InUse(..) => KeyProblem::InUse,
            DeleteError::Store(error) => return error.clone().into(),
        };
        wire(problem, &error)
    }
}

impl From<NameError> for WireError {
    fn from(error: NameError) -> Self {
        let problem = match &error {
            NameError::Name => KeyProblem::Name { most: limit(LONGEST_KEY_NAME) },
            NameError::NotFound(_) => KeyProblem::NotFound,
            NameError::Store(error) => return error.clone().into(),
        };
        wire(problem, &error)
    }
}

impl From<ExportError> for WireError {
    fn from(error: ExportError) -> Self {
        let problem = match &error {
            ExportError::NotFound(_) => KeyProblem::NotFound,
            ExportError::NoPublicPart(_) => KeyProblem::NoPublicPart,
            ExportError::Retired(_) => KeyProblem::Retired,
            ExportError::Key(error) => return error.clone().into(),
        };
        wire(problem, &error)
    }
}

impl From<ImportError> for WireError {
    fn from(error: ImportError) -> Self {
        let problem = match &error {
            ImportError::Refused(KeyError::Encrypted) => KeyProblem::Encrypted,
            ImportError::Refused(KeyError::AlgorithmNeeded) => KeyProblem::AlgorithmNeeded,
            ImportError::Refused(error) => KeyProblem::Unusable { reason: error.to_string() },
            ImportError::Algorithm(algorithm) => KeyProblem::Algorithm { algorithm: algorithm.to_string() },
            ImportError::Kid => KeyProblem::Kid,
            ImportError::Known { kid } => KeyProblem::Known { kid: kid.clone() },
            ImportError::TooMany(error) => return rotate_error(error),
            ImportError::Overtaken => KeyProblem::Overtaken,
            ImportError::Entropy(_) => return Self::internal(error.to_string()),
            ImportError::Key(error) => return error.clone().into(),
        };
        wire(problem, &error)
    }
}
