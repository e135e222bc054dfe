//! What a server would decide: the verdict, the nine steps that lead to it, and what would change it.

use std::borrow::Cow;

use serde::Serialize;

use crate::Edit;

/// What a server would decide. Only the checks make one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[non_exhaustive]
pub struct Verdict {
    /// The decision.
    pub outcome: VerdictOutcome,
    /// The word on top: "Accepted", "Rejected", "Not verified", "Not a valid token".
    pub title: String,
    /// One line under it: "401 at check 5 of 9, time claims".
    pub detail: String,
    /// The HTTP status a resource server would answer with: 200, 400, 401 or 403.
    pub status: Option<u16>,
    /// The check at which a server stops.
    pub stopped_at: Option<Check>,
}

/// The decision of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum VerdictOutcome {
    /// Every check passes, but for those that the policy does not ask for.
    Accepted,
    /// At least one check fails.
    Rejected,
    /// Nothing fails, but a check that is asked for could not be made.
    NotVerified,
}

/// One of the nine checks, in the order a server makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Segments, base64url, JSON, duplicate names.
    Parse,
    /// Is `alg` on the allow list, is `crit` understood, is `typ` the wanted one?
    Algorithm,
    /// Which key, and where it came from.
    Key,
    /// Does the signature match?
    Signature,
    /// `exp`, `nbf` and `iat` against the clock.
    Time,
    /// Do `iss` and `aud` equal the policy's values?
    IssuerAndAudience,
    /// Token, session and family.
    Revocation,
    /// Does the user exist and is it active?
    User,
    /// Enough for the endpoint?
    Scopes,
}

/// One step of the trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Step {
    /// Which check.
    pub check: Check,
    /// Its name for people: "Issuer and audience".
    pub name: &'static str,
    /// What came out.
    pub outcome: Outcome,
    /// One line, with the size of the miss: "exp passed 2 m 3 s ago; nbf, iat are fine".
    pub reason: Cow<'static, str>,
    /// Where the rule stands: "RFC 7519 §4.1.4".
    pub rfc: &'static str,
    /// What must change to pass, for a failed step: "`exp` after 1795440727, at least 124 s later". Empty otherwise.
    pub fix: Cow<'static, str>,
    /// What would make it pass, for a failed step: at most three, the likeliest first.
    pub actions: Vec<Action>,
    /// The names of the members the step looked at, so that the window can light them up.
    pub members: Vec<Cow<'static, str>>,
}

/// Something a person may do so that a failed check passes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Action {
    /// Edit the token and sign it again.
    Edit {
        /// For the button: "Re-sign for 15 m".
        label: String,
        /// The change to begin with, if it is known.
        edit: Option<Edit>,
    },
    /// Sign the token as it stands with the profile's active key.
    SignAgain {
        /// For the button: "Re-sign".
        label: String,
    },
    /// Let servers accept what the profile's test key signs.
    PublishTestKey,
    /// Move the clock.
    MoveClock {
        /// For the button: "Clock −3 m".
        label: String,
        /// By so many seconds; negative to an earlier time.
        seconds: i64,
    },
    /// Give another key.
    TryKey,
    /// Judge by another policy.
    ChangePolicy,
    /// Look at the users: one is missing, inactive, or must sign in again.
    ShowUsers,
}

/// What came out of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It holds, but something about it deserves a look.
    Warn,
    /// It does not hold: a server stops here.
    Fail,
    /// It was not made: the policy does not ask for it, or it could not be; the reason says which.
    NotChecked,
}
