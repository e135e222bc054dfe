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
    /// Its id, which its tokens carry.
    pub sid: String,
    /// It was minted without a sign-in, and cannot be refreshed.
    pub minted: bool,
    /// Whose it is.
    pub username: String,
    /// When it started, in milliseconds since the Unix epoch.
    pub started_at_ms: i64,
    /// When it was last refreshed.
    pub last_used_at_ms: i64,
    /// When it ends unless it is refreshed before; null if it never does.
    pub expires_at_ms: Option<i64>,
    /// What it was granted.
    pub scopes: Vec<String>,
    /// How the user proved who they are (RFC 8176).
    pub amr: Vec<String>,
    /// Where it is in its life.
    pub state: SessionStateView,
}

/// Where a session is in its life.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SessionStateView {
    /// It can be used.
    Active,
    /// It was not refreshed in time, or has reached its absolute end.
    Expired,
    /// It was ended.
    Ended {
        /// When, in milliseconds since the Unix epoch.
        at_ms: i64,
        /// Why, where that is known.
        reason: Option<EndReasonView>,
    },
}

/// Why a session ended before its time.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum EndReasonView {
    /// Somebody revoked it, or signed out.
    Revoked,
    /// A used refresh token was presented again.
    Replay,
    /// The user was switched off.
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

/// One session with everything that is known about it.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct SessionDetail {
    /// The session.
    pub session: SessionView,
    /// Its refresh tokens, the first one first.
    pub family: Vec<FamilyMemberView>,
    /// The refresh token that was presented again and ended it, if one was.
    pub replay: Option<ReplayView>,
    /// Uses of a used token that were forgiven.
    pub forgiven: Vec<ForgivenView>,
    /// The ids of the tokens that this window received and still holds.
    pub held: Vec<String>,
    /// What presenting a used refresh token means now.
    pub rotation: RotationView,
    /// Access tokens are short-lived and not looked up: those of a session that ends work until they expire.
    pub short_lived: bool,
}

/// What presenting a used refresh token means.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RotationView {
    /// A replay: the session ends.
    Strict,
    /// The same successor again, for so many seconds, while the successor is unused; then a replay.
    Grace {
        /// How many seconds after the first use.
        seconds: u32,
    },
    /// A new successor, as long as the old one was never used; then a replay.
    Evidence,
    /// Nothing: a refresh token is never used up.
    None,
}

/// One refresh token of a family, without the token.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct FamilyMemberView {
    /// 0 for the one the sign-in gave.
    pub generation: u32,
    /// The token's id.
    pub jti: String,
    /// When it was issued, in milliseconds since the Unix epoch.
    pub issued_at_ms: i64,
    /// When it was used, if it was.
    pub used_at_ms: Option<i64>,
    /// It is the one that may be used.
    pub active: bool,
    /// Another one took its place before it was used.
    pub replaced: bool,
    /// The access token that was issued with it last.
    pub access_jti: String,
    /// When that one expires.
    pub access_expires_at_ms: i64,
    /// It is refused before that: it was revoked, or its session has ended.
    pub access_refused: bool,
}

/// A replay that ended a session.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ReplayView {
    /// Which refresh token it was.
    pub generation: u32,
    /// When it was presented again, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// How long before that it had been used, in seconds.
    pub used_seconds_ago: i64,
}

/// A second use that was forgiven.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ForgivenView {
    /// The generation of the token that was given for it.
    pub generation: u32,
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: i64,
}

/// What presenting a refresh token came to.
#[derive(Clone, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RefreshAnswer {
    /// There is a new pair.
    Refreshed(SignedIn),
    /// It was used before, so its session was ended.
    Replayed {
        /// Which refresh token it was.
        generation: u32,
        /// How long ago it was used, in seconds.
        used_seconds_ago: i64,
    },
    /// Its session had ended before.
    SessionEnded,
    /// It was not used in time.
    Expired,
    /// The user is switched off.
    UserInactive,
    /// The profile does not know it any more.
    Unknown,
    /// It was not looked at: the keyring or the database failed.
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

/// A refusal of a refresh token is an answer; what kept it from being looked at is an error.
pub(crate) fn refresh_error(error: RefreshError) -> Result<RefreshAnswer, WireError> {
    match error {
        RefreshError::Replayed { generation: number, used_seconds_ago } => {
            Ok(RefreshAnswer::Replayed { generation: generation(number), used_seconds_ago })
        }
        RefreshError::SessionEnded => Ok(RefreshAnswer::SessionEnded),
        RefreshError::Expired => Ok(RefreshAnswer::Expired),
        RefreshError::Inactive => Ok(RefreshAnswer::UserInactive),
        RefreshError::Unknown => Ok(RefreshAnswer::Unknown),
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
