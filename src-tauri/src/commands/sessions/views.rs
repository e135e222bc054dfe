//! Sessions and refresh answers as the window receives them.

use super::Presented;
use crate::{
    commands::{sign_in::SignedIn, users::names},
    error::{WireError, limit},
    held::HeldTokens,
};
use engine::{
    refresh::{Race, RaceAnswer, RefreshError, Rehearsed},
    rules::Rotation,
    sessions::{EndReason, FamilyMember, Session, SessionKind, SessionState},
};
use serde::Serialize;
use std::time::Duration;

/// A session as the window shows it.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct SessionView {
    /// Its ID, which its tokens carry as `sid`.
    pub sid: String,
    /// It was minted without a sign-in and cannot be refreshed.
    pub minted: bool,
    /// The username.
    pub username: String,
    /// The start time, in milliseconds since the Unix epoch.
    pub started_at_ms: i64,
    /// The time of the last refresh.
    pub last_used_at_ms: i64,
    /// The time when it ends unless refreshed before; null if it never ends.
    pub expires_at_ms: Option<i64>,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// How the user authenticated: `amr` values (RFC 8176).
    pub amr: Vec<String>,
    /// Its state.
    pub state: SessionStateView,
}

/// The state of a session.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SessionStateView {
    /// It can be used.
    Active,
    /// It was not refreshed in time or has reached its absolute end.
    Expired,
    /// It was ended.
    Ended {
        /// The time, in milliseconds since the Unix epoch.
        at_ms: i64,
        /// The reason, if known.
        reason: Option<EndReasonView>,
    },
}

/// Why a session ended early.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum EndReasonView {
    /// It was revoked, or the user signed out.
    Revoked,
    /// A used refresh token was presented again.
    Replay,
    /// The user was deactivated.
    UserDeactivated,
    /// The user's password was changed.
    PasswordChanged,
    /// The user's second factor was removed.
    FactorRemoved,
    /// The keys of its tokens were lost or changed.
    KeysLost,
    /// The database is an older copy.
    Restored,
}

/// A session with all its details.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct SessionDetail {
    /// The session.
    pub session: SessionView,
    /// Its refresh tokens, the oldest first.
    pub family: Vec<FamilyMemberView>,
    /// The replay that ended it, if any.
    pub replay: Option<ReplayView>,
    /// Forgiven uses of a token that was already used.
    pub forgiven: Vec<ForgivenView>,
    /// The IDs of the tokens that this window received and still holds.
    pub held: Vec<String>,
    /// What presenting a used refresh token does now.
    pub rotation: RotationView,
    /// How many sessions of its user are active.
    pub active_of_user: u32,
    /// Access tokens are short-lived and not looked up: when the session ends, they work until they expire.
    pub short_lived: bool,
}

/// What presenting a used refresh token does.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RotationView {
    /// A replay: the session ends.
    Strict,
    /// Returns the same successor again, for a while and while the successor is unused; after that it is a replay.
    Grace {
        /// For how many seconds after the first use.
        seconds: u32,
    },
    /// Returns a new successor, as long as the old one was never used; after that it is a replay.
    Evidence,
    /// Works as before: refresh tokens are never used up.
    None,
}

/// One refresh token of a family, without the token.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct FamilyMemberView {
    /// 0 for the one issued at sign-in.
    pub generation: u32,
    /// The token's ID.
    pub jti: String,
    /// The time of issue, in milliseconds since the Unix epoch.
    pub issued_at_ms: i64,
    /// The time of use, if it was used.
    pub used_at_ms: Option<i64>,
    /// It is the one that may be used now.
    pub active: bool,
    /// Another one replaced it before it was used.
    pub replaced: bool,
    /// The last access token issued with it.
    pub access_jti: String,
    /// The time when that access token expires.
    pub access_expires_at_ms: i64,
    /// The access token is refused earlier: it was revoked, or its session has ended.
    pub access_refused: bool,
}

/// A replay that ended a session.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ReplayView {
    /// The generation of the refresh token.
    pub generation: u32,
    /// The time of the replay, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// How many seconds earlier it had been used.
    pub used_seconds_ago: i64,
}

/// A second use that was forgiven.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ForgivenView {
    /// The generation of the token issued in return.
    pub generation: u32,
    /// The time, in milliseconds since the Unix epoch.
    pub at_ms: i64,
}

/// The result of presenting a refresh token.
#[derive(Clone, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RefreshAnswer {
    /// A new pair of tokens.
    Refreshed(SignedIn),
    /// It had been used before, so its session was ended.
    Replayed {
        /// The generation of the refresh token.
        generation: u32,
        /// How many seconds ago it was used.
        used_seconds_ago: i64,
    },
    /// Its session had already ended.
    SessionEnded,
    /// It was not used in time.
    Expired,
    /// The user is deactivated.
    UserInactive,
    /// The profile no longer knows it.
    Unknown,
    /// It was not checked: the keyring or the database failed.
    Failed(WireError),
}

/// Many uses of one refresh token at once.
#[derive(Clone, Serialize, specta::Type)]
pub struct RaceView {
    /// When it began, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// The preset that decided.
    pub rotation: RotationView,
    /// The requests, in the order in which they were decided.
    pub lanes: Vec<RaceLane>,
    /// What each preset would have made of it, by a rehearsal that was undone.
    pub presets: Vec<RehearsedView>,
}

/// One request of a race; times are in microseconds since its beginning.
#[derive(Clone, Serialize, specta::Type)]
pub struct RaceLane {
    /// Its number, from 1.
    pub number: u32,
    /// It was sent.
    pub sent_us: u32,
    /// Its turn came.
    pub decides_us: u32,
    /// The decision was made.
    pub decided_us: u32,
    /// The answer was there.
    pub answered_us: u32,
    /// The answer.
    pub answer: RefreshAnswer,
}

/// What a race would do under a preset.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
pub struct RehearsedView {
    /// The preset.
    pub rotation: RotationView,
    /// How many requests would get tokens.
    pub won: u32,
    /// The session would end.
    pub ends: bool,
}

/// Keeps the tokens of a race.
pub(crate) fn race_view(race: Race, held: &HeldTokens) -> RaceView {
    let lane = |answer: RaceAnswer| RaceLane {
        number: limit(answer.number),
        sent_us: micros(answer.times.sent),
        decides_us: micros(answer.times.decides),
        decided_us: micros(answer.times.decided),
        answered_us: micros(answer.times.answered),
        answer: match answer.outcome {
            Ok(signed_in) => held.take(Presented::Refreshed(signed_in)),
            Err(error) => refresh_error(error).unwrap_or_else(RefreshAnswer::Failed),
        },
    };
    let preset =
        |one: Rehearsed| RehearsedView { rotation: rotation_view(one.rotation), won: limit(one.won), ends: one.ends };
    RaceView {
        at_ms: race.at.0,
        rotation: rotation_view(race.rotation),
        lanes: race.answers.into_iter().map(lane).collect(),
        presets: race.presets.into_iter().map(preset).collect(),
    }
}

fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

pub(crate) fn session_view(session: Session) -> SessionView {
    SessionView {
        sid: session.sid,
        minted: session.kind == SessionKind::Minted,
        username: session.username,
        started_at_ms: session.started_at.0,
        last_used_at_ms: session.last_used_at.0,
        expires_at_ms: session.expires_at.map(|at| at.0),
        scopes: names(&session.scopes),
        amr: session.amr,
        state: match session.state {
            SessionState::Live => SessionStateView::Active,
            SessionState::Expired => SessionStateView::Expired,
            SessionState::Ended { at, reason } => {
                SessionStateView::Ended { at_ms: at.0, reason: reason.map(end_reason) }
            }
        },
    }
}

fn end_reason(reason: EndReason) -> EndReasonView {
    match reason {
        EndReason::Revoked => EndReasonView::Revoked,
        EndReason::Replay => EndReasonView::Replay,
        EndReason::UserDeactivated => EndReasonView::UserDeactivated,
        EndReason::PasswordChanged => EndReasonView::PasswordChanged,
        EndReason::FactorRemoved => EndReasonView::FactorRemoved,
        EndReason::KeysLost => EndReasonView::KeysLost,
        EndReason::Restored => EndReasonView::Restored,
    }
}

pub(crate) fn family_view(member: FamilyMember) -> FamilyMemberView {
    FamilyMemberView {
        generation: generation(member.generation),
        jti: member.jti,
        issued_at_ms: member.issued_at.0,
        used_at_ms: member.used_at.map(|at| at.0),
        active: member.active,
        replaced: member.replaced,
        access_jti: member.access_jti,
        access_expires_at_ms: member.access_expires_at.0,
        access_refused: member.access_refused,
    }
}

/// A refusal of a refresh token is an answer; a failure to check it is an error.
pub(crate) fn refresh_error(error: RefreshError) -> Result<RefreshAnswer, WireError> {
    match error {
        RefreshError::Replayed { generation: number, used_seconds_ago } => {
            Ok(RefreshAnswer::Replayed { generation: generation(number), used_seconds_ago })
        }
        RefreshError::SessionEnded => Ok(RefreshAnswer::SessionEnded),
        RefreshError::Expired => Ok(RefreshAnswer::Expired),
        RefreshError::Inactive => Ok(RefreshAnswer::UserInactive),
        RefreshError::Unknown | RefreshError::NotRefresh(_) => Ok(RefreshAnswer::Unknown),
        RefreshError::Key(error) => Err(error.into()),
        RefreshError::Store(error) => Err(error.into()),
        // The window may use the token of any client.
        RefreshError::OtherClient | RefreshError::Scope(_) | RefreshError::Unsigned | RefreshError::Entropy(_) => {
            Err(WireError::internal(error.to_string()))
        }
    }
}

pub(crate) fn generation(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(crate) fn rotation_view(rotation: Rotation) -> RotationView {
    match rotation {
        Rotation::Strict => RotationView::Strict,
        Rotation::Grace { seconds } => RotationView::Grace { seconds },
        Rotation::Evidence => RotationView::Evidence,
        Rotation::None => RotationView::None,
    }
}
