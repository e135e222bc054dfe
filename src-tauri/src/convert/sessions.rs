//! Sessions and refresh answers as the window receives them.

use super::{key_error, store_error};
use crate::{
    commands::sessions::{EndReasonView, FamilyMemberView, RefreshAnswer, RotationView, SessionStateView, SessionView},
    error::{ErrorCode, WireError},
};
use engine::{
    policy::Rotation,
    refresh::RefreshError,
    sessions::{EndReason, FamilyMember, Session, SessionKind, SessionState},
};

pub(crate) fn session_view(session: Session) -> SessionView {
    SessionView {
        sid: session.sid,
        minted: session.kind == SessionKind::Minted,
        username: session.username,
        started_at_ms: session.started_at.0,
        last_used_at_ms: session.last_used_at.0,
        expires_at_ms: session.expires_at.map(|at| at.0),
        scopes: super::names(&session.scopes),
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
        RefreshError::Key(error) => Err(key_error(error)),
        RefreshError::Store(error) => Err(store_error(error)),
        RefreshError::Scope(_) | RefreshError::Unsigned | RefreshError::Entropy(_) => {
            Err(WireError::new(ErrorCode::Internal, error.to_string()))
        }
    }
}

fn generation(number: i64) -> u32 {
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
