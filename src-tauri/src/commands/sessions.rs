//! Sessions: the list, one session with its family, and the actions on the tokens that this window received.

mod views;

pub use views::*;

use super::{number, place};
use crate::{
    error::{Failure, WireError},
    held::HeldTokens,
    state::AppState,
};
use engine::{
    Engine,
    events::{Event, EventsOf},
    rules::{Revocation, Rotation},
    secret::RefreshToken,
    sessions::{SessionQuery, SessionSort},
};
use serde::{Deserialize, Serialize};
use tauri::State;

/// The most requests in a race.
const LONGEST_RACE: u32 = 16;

/// How many events are read for a session's details.
const SESSION_EVENTS: u32 = 1_000;

/// Which sessions to list, in which order, starting where.
#[derive(Debug, Clone, Deserialize, specta::Type)]
pub struct SessionListRequest {
    /// Only those whose user, ID or scopes contain this text; empty for all.
    pub text: String,
    /// Only those that can still be used, or only those that cannot; null for all.
    pub active: Option<bool>,
    /// The column to sort by.
    pub sort: SessionColumn,
    /// Sort in descending order.
    pub descending: bool,
    /// The `next` of the page before; null for the first.
    pub after: Option<String>,
    /// The most sessions to return.
    pub most: u32,
}

/// A column that sessions can be sorted by.
#[derive(Debug, Clone, Copy, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum SessionColumn {
    /// The username.
    User,
    /// The ID.
    Sid,
    /// The start time.
    Started,
    /// The time of the last refresh.
    LastUsed,
    /// The time when it ends or ended.
    Ends,
}

/// A page of sessions.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct SessionListPage {
    /// The sessions.
    pub sessions: Vec<SessionView>,
    /// Where the next page begins; null at the end.
    pub next: Option<String>,
    /// How many sessions contain the text.
    pub all: u32,
    /// How many of them can still be used.
    pub active: u32,
}

/// A page of sessions.
#[tauri::command]
#[specta::specta]
pub async fn list_sessions(
    state: State<'_, AppState>,
    request: SessionListRequest,
) -> Result<SessionListPage, WireError> {
    let query = SessionQuery {
        text: request.text.trim().to_owned(),
        active: request.active,
        sort: match request.sort {
            SessionColumn::User => SessionSort::User,
            SessionColumn::Sid => SessionSort::Sid,
            SessionColumn::Started => SessionSort::Started,
            SessionColumn::LastUsed => SessionSort::LastUsed,
            SessionColumn::Ends => SessionSort::Ends,
        },
        descending: request.descending,
        after: place(request.after),
        most: request.most,
    };
    let (page, counts) = state.run(move |engine| engine.session_page(&query).map_err(WireError::from)).await?;
    Ok(SessionListPage {
        sessions: page.rows.into_iter().map(session_view).collect(),
        next: page.next.map(|next| next.to_string()),
        all: number(counts.all),
        active: number(counts.active),
    })
}

/// The session with that ID; null if there is none.
#[tauri::command]
#[specta::specta]
pub async fn show_session(
    state: State<'_, AppState>,
    held: State<'_, HeldTokens>,
    sid: String,
) -> Result<Option<SessionDetail>, WireError> {
    let ids = held.ids(&sid);
    let found = state
        .run(move |engine| {
            let Some(session) = engine.session(&sid)? else { return Ok(None) };
            let family = engine.family(&sid)?;
            let events = engine.events(EventsOf::Session(&sid), SESSION_EVENTS)?;
            let rules = engine.rules()?;
            let is_short_lived = rules.revocation == Revocation::ShortLived;
            let active = engine.user(&session.username)?.map_or(0, |user| user.active_sessions);
            Ok(Some((session, family, events, rules.rotation, is_short_lived, number(active))))
        })
        .await?;
    Ok(found.map(|(session, family, events, rotation, short_lived, active_of_user)| {
        let generation = |event: &Event| event.generation.and_then(|number| u32::try_from(number).ok());
        let replay = events.iter().find(|event| event.kind == "refresh_replayed").and_then(|event| {
            let ago = event.detail.as_ref().and_then(|detail| detail.get("used_seconds_ago"));
            Some(ReplayView {
                generation: generation(event)?,
                at_ms: event.at.0,
                used_seconds_ago: ago.and_then(serde_json::Value::as_i64).unwrap_or_default(),
            })
        });
        let forgiven = events
            .iter()
            .filter(|event| event.kind == "refresh_forgiven")
            .filter_map(|event| Some(ForgivenView { generation: generation(event)?, at_ms: event.at.0 }));
        SessionDetail {
            session: session_view(session),
            family: family.into_iter().map(family_view).collect(),
            replay,
            forgiven: forgiven.collect(),
            held: ids,
            rotation: rotation_view(rotation),
            active_of_user,
            short_lived,
        }
    }))
}

/// Presents a refresh token that this window received: the newest one to refresh, an older one to see what a replay
/// does.
#[tauri::command]
#[specta::specta]
pub async fn refresh_session(
    state: State<'_, AppState>,
    held: State<'_, HeldTokens>,
    sid: String,
    jti: String,
) -> Result<RefreshAnswer, WireError> {
    let token = refresh_token(&held, &sid, &jti)?;
    let answer = state.run(move |engine| present(engine, &token)).await?;
    Ok(held.take(answer))
}

/// Presents one refresh token many times at once: a failed request does not affect the others. With `grace`, the preset
/// *grace* decides this race, without becoming the profile's.
#[tauri::command]
#[specta::specta]
pub async fn race_refresh(
    state: State<'_, AppState>,
    held: State<'_, HeldTokens>,
    sid: String,
    jti: String,
    requests: u32,
    grace: bool,
) -> Result<RaceView, WireError> {
    let token = refresh_token(&held, &sid, &jti)?;
    let requests = requests.clamp(2, LONGEST_RACE) as usize;
    let rotation = grace.then_some(Rotation::Grace { seconds: 0 });
    let run = move |engine: &Engine| match engine.race(&token, requests, rotation) {
        Ok(race) => Ok(race),
        // There was nothing to race with.
        Err(error) => Err(refresh_error(error).map_or_else(|error| error, |_| not_held(&jti))),
    };
    Ok(race_view(state.run(run).await?, &held))
}

/// Ends a session: its tokens are refused from now on. False if it had already ended.
#[tauri::command]
#[specta::specta]
pub async fn end_session(state: State<'_, AppState>, sid: String) -> Result<bool, WireError> {
    state.run(move |engine| engine.end_session(&sid).map_err(WireError::from)).await
}

/// Ends all sessions of a user and returns how many.
#[tauri::command]
#[specta::specta]
pub async fn end_sessions_of(state: State<'_, AppState>, username: String) -> Result<u32, WireError> {
    let ended = state.run(move |engine| engine.end_sessions_of(&username).map_err(WireError::from)).await?;
    Ok(u32::try_from(ended).unwrap_or(u32::MAX))
}

/// Returns a token that this window received.
#[tauri::command]
#[specta::specta]
pub async fn reveal_token(held: State<'_, HeldTokens>, sid: String, jti: String) -> Result<String, WireError> {
    held.text(&sid, &jti).ok_or_else(|| not_held(&jti))
}

fn refresh_token(held: &HeldTokens, sid: &str, jti: &str) -> Result<RefreshToken, WireError> {
    held.refresh_token(sid, jti).ok_or_else(|| not_held(jti))
}

/// Why a request about a session failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SessionProblem {
    /// This window does not hold the token: it was issued elsewhere, or before the window opened.
    TokenNotHeld {
        /// The token's ID.
        jti: String,
    },
}

fn not_held(jti: &str) -> WireError {
    let problem = SessionProblem::TokenNotHeld { jti: jti.to_owned() };
    WireError::new(Failure::Sessions(problem), "this window does not hold the token")
}

/// Presents a refresh token; a refusal is an answer too.
fn present(engine: &Engine, token: &RefreshToken) -> Result<Presented, WireError> {
    match engine.refresh(token, None) {
        Ok(signed_in) => Ok(Presented::Refreshed(signed_in)),
        Err(error) => refresh_error(error).map(Presented::Refused),
    }
}

/// An answer whose tokens are not kept yet.
pub(crate) enum Presented {
    /// A new pair of tokens.
    Refreshed(engine::sign_in::SignedIn),
    /// A refusal, with the reason.
    Refused(RefreshAnswer),
}
