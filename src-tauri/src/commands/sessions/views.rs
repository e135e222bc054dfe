//! Sessions and refresh answers as the window receives them.

use crate::{
    commands::{sign_in::SignedIn, users::names},
    error::WireError,
};
use engine::{
    refresh::RefreshError,
    rules::Rotation,
    sessions::{EndReason, FamilyMember, Session, SessionKind, SessionState},
};
use serde::Serialize;

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
        RefreshError::Scope(_) | RefreshError::Unsigned | RefreshError::Entropy(_) => {
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
