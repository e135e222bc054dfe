//! The signing keys: the list, one key, the JWK Set, and what can be done with them.

mod problems;
mod views;

pub use problems::KeyProblem;
pub use views::*;

use super::{number, place};
use crate::{
    ask,
    clipboard::Clipboard,
    error::{WireError, limit},
    files,
    state::{AppState, blocking},
};
use engine::{
    Engine,
    keys::{ExportError, KeyImportError, KeyQuery, KeyState, RotateError},
};
use jose::{Algorithm, KeyError, PrivateKey, key::decrypted};
use problems::rotate_error;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager, State};
use views::key_view;
use zeroize::Zeroizing;

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

/// What is saved to a file of what anyone may have.
#[derive(Debug, Clone, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PublicFile {
    /// The public part of a key, as a JWK.
    Jwk {
        /// The key's ID.
        kid: String,
    },
    /// The public part of a key, as PEM.
    Pem {
        /// The key's ID.
        kid: String,
    },
    /// The JWK Set, as it is published.
    JwkSet,
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

/// Writes a public key or the JWK Set to a file that the user chooses in a dialog of the shell. Returns its path; null
/// if none was chosen.
#[tauri::command]
#[specta::specta]
pub async fn save_public_key(
    app: AppHandle,
    state: State<'_, AppState>,
    file: PublicFile,
) -> Result<Option<String>, WireError> {
    let title = if matches!(file, PublicFile::JwkSet) { "Save the JWK Set" } else { "Save the public key" };
    let read = move |engine: &Engine| {
        let of = |kid: &str, jwk: bool| {
            let (public, key) = (engine.export_public(kid)?, engine.key(kid)?);
            let name = key.map_or_else(|| kid.to_owned(), |(key, _)| key.name);
            let (end, text) = if jwk { ("jwk.json", public.jwk) } else { ("pem", public.pem) };
            Ok::<_, WireError>((files::name(&name, end), text))
        };
        match file {
            PublicFile::Jwk { kid } => of(&kid, true),
            PublicFile::Pem { kid } => of(&kid, false),
            PublicFile::JwkSet => Ok(("jwks.json".to_owned(), engine.jwks()?)),
        }
    };
    let (name, text) = state.run(read).await?;
    files::save(&app, title, &name, text).await
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
    blocking(move |_| app.state::<Clipboard>().copy(private.expose().to_owned())).await?
}

/// Decrypts the key, if it is encrypted.
fn opened(key: &[u8], passphrase: Option<&str>) -> Result<Zeroizing<Vec<u8>>, WireError> {
    let refused = |error: KeyError| WireError::from(KeyImportError::Refused(error));
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
