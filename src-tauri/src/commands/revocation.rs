//! Revocation: what the profile knows of one of its own tokens, revoking it, the deny list, and its mode.

use super::{number, place};
use crate::{error::WireError, held::HeldTokens, state::AppState};
use engine::{
    Engine,
    revoke::{DenyEntry, OwnToken, RevokeError, Revoked},
    rules::Revocation,
    sessions::SessionState,
};
use serde::Serialize;
use tauri::State;

/// An access token that a key of this profile signed, as far as the profile knows it.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct OwnTokenView {
    /// The token's ID; a token without one cannot be revoked.
    pub jti: Option<String>,
    /// Its session, if there is one.
    pub sid: Option<String>,
    /// Its user, if there is one.
    pub username: Option<String>,
    /// It was revoked, or its session has ended.
    pub revoked: bool,
    /// Revoking it refuses it at once; a short-lived token is not looked up.
    pub looked_up: bool,
    /// Whether its session can be refreshed here.
    pub refresh: OwnRefresh,
}

/// Whether the session of a token can be refreshed in this window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OwnRefresh {
    /// With this refresh token, which the window holds.
    Ready {
        /// Its ID.
        jti: String,
    },
    /// The window did not receive the session's refresh token.
    NotHeld,
    /// The session has ended or expired.
    SessionOver,
    /// There is no refresh token: the token was minted, or belongs to no session.
    Nothing,
}

/// A page of the deny list, and how revoked access tokens are refused.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct DenyListPage {
    /// The entries; those that leave the list first come first.
    pub entries: Vec<DenyEntryView>,
    /// Where the next page begins; null at the end.
    pub next: Option<String>,
    /// How many entries there are.
    pub all: u32,
    /// Access tokens are short-lived and not looked up.
    pub short_lived: bool,
    /// The lifetime of an access token while they are, in seconds.
    pub short_lived_seconds: u32,
    /// The lifetime of an access token while they are looked up, in seconds.
    pub usual_seconds: u32,
}

/// A token that is refused although it has not expired.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct DenyEntryView {
    /// The token's ID.
    pub jti: String,
    /// When it was revoked, or a one-time token used, in milliseconds since the Unix epoch.
    pub revoked_at_ms: i64,
    /// When its entry is no longer needed.
    pub leaves_at_ms: i64,
    /// Its session, if known.
    pub sid: Option<String>,
    /// That session's user.
    pub username: Option<String>,
}

/// What the profile knows of a token; null if no key of this profile signed it.
#[tauri::command]
#[specta::specta]
pub async fn own_token(
    state: State<'_, AppState>,
    held: State<'_, HeldTokens>,
    token: String,
) -> Result<Option<OwnTokenView>, WireError> {
    let found = state.run(move |engine| engine.own_token(&token).map_err(WireError::from)).await?;
    Ok(found.map(|token| view(token, &held)))
}

fn view(token: OwnToken, held: &HeldTokens) -> OwnTokenView {
    let OwnToken { jti, session, username, is_revoked, is_looked_up, refresh_jti } = token;
    let refresh = match (&session, refresh_jti) {
        (Some(session), Some(_)) if session.state != SessionState::Live => OwnRefresh::SessionOver,
        (Some(session), Some(jti)) if held.refresh_token(&session.sid, &jti).is_some() => OwnRefresh::Ready { jti },
        (Some(_), Some(_)) => OwnRefresh::NotHeld,
        _ => OwnRefresh::Nothing,
    };
    let sid = session.map(|session| session.sid);
    OwnTokenView { jti, sid, username, revoked: is_revoked, looked_up: is_looked_up, refresh }
}

/// Revokes a token of this profile. False if it was revoked already.
#[tauri::command]
#[specta::specta]
pub async fn revoke_token(state: State<'_, AppState>, token: String) -> Result<bool, WireError> {
    state.run(move |engine| Ok(engine.revoke(&token)? != Revoked::Nothing)).await
}

/// A page of the deny list.
#[tauri::command]
#[specta::specta]
pub async fn list_denied(
    state: State<'_, AppState>,
    after: Option<String>,
    most: u32,
) -> Result<DenyListPage, WireError> {
    let list = move |engine: &Engine| {
        let (page, all) = engine.deny_list(place(after).as_ref(), most)?;
        let rules = engine.rules()?;
        Ok(DenyListPage {
            entries: page.rows.into_iter().map(DenyEntryView::from).collect(),
            next: page.next.map(|next| next.to_string()),
            all: number(all),
            short_lived: rules.revocation == Revocation::ShortLived,
            short_lived_seconds: number(rules.short_lived_lifetime.as_secs()),
            usual_seconds: number(rules.access_token_lifetime.as_secs()),
        })
    };
    state.run(list).await
}

/// Switches how revoked access tokens are refused: by looking each token up, or by letting them live so shortly that
/// nothing is looked up.
#[tauri::command]
#[specta::specta]
pub async fn set_revocation(state: State<'_, AppState>, short_lived: bool) -> Result<(), WireError> {
    let mode = if short_lived { Revocation::ShortLived } else { Revocation::DenyList };
    state.run(move |engine| engine.set_revocation(mode).map_err(WireError::from)).await
}

impl From<DenyEntry> for DenyEntryView {
    fn from(entry: DenyEntry) -> Self {
        let DenyEntry { jti, revoked_at, leaves_at, sid, username } = entry;
        Self { jti, revoked_at_ms: revoked_at.0, leaves_at_ms: leaves_at.0, sid, username }
    }
}

impl From<RevokeError> for WireError {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::Key(error) => error.into(),
            RevokeError::Store(error) => error.into(),
        }
    }
}
