//! The result of judging a token: the verdict, the nine steps that lead to it, what is known about the signature, and
//! what would change it. Plain data, made by [`crate::judge`].

use std::borrow::Cow;

use serde::Serialize;

/// What a server would decide about a token, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The decision.
    pub verdict: Verdict,
    /// The nine checks in server order, each with its outcome.
    pub trace: Vec<Step>,
    /// What is known about the signature; its parts are left empty.
    pub signature: SignatureReport,
}

/// What a server would decide. Only the checks can create one.
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
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerdictOutcome {
    /// Every check passes, except those that the policy does not ask for.
    Accepted,
    /// At least one check fails.
    Rejected,
    /// Nothing fails, but a check that the policy asks for could not be made.
    NotVerified,
}

/// One of the nine checks, in the order a server makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Segments, base64url, JSON, duplicate names.
    Parse,
    /// Is `alg` on the allow list, is `crit` understood, is `typ` the required one?
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which check.
    pub check: Check,
    /// Its display name: "Issuer and audience".
    pub name: &'static str,
    /// The outcome.
    pub outcome: Outcome,
    /// One line, with the size of the miss: "exp passed 2 m 3 s ago; nbf, iat are fine".
    pub reason: Cow<'static, str>,
    /// The source of the rule: "RFC 7519 §4.1.4".
    pub rfc: &'static str,
    /// What must change to pass, for a failed step: "Set `exp` after 1795440727 (2 m 4 s later)". For a warning, what
    /// should change, if that is known. Empty otherwise.
    pub fix: Cow<'static, str>,
    /// What would make it pass, for a failed step: at most three cures, the likeliest first.
    pub cures: Vec<Cure>,
    /// The names of the members that the step read, so that the window can highlight them.
    pub members: Vec<Cow<'static, str>>,
    /// Each fault by itself, if there are several.
    pub faults: Vec<StepFault>,
}

/// One of several faults that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFault {
    /// One line, without the values where they are shown beside it.
    pub title: Cow<'static, str>,
    /// What must change.
    pub fix: Cow<'static, str>,
    /// What would mend it, the likeliest first.
    pub cures: Vec<Cure>,
    /// The members that are wrong.
    pub members: Vec<Cow<'static, str>>,
}

/// What would make a failed check pass, as data; the display adds the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cure {
    /// Give a claim a value, and sign again.
    SetClaim {
        /// The claim's name.
        name: String,
        /// The value as JSON text.
        value: String,
    },
    /// The same with the scopes that are missing added.
    AddScopes {
        /// The name of the claim that holds the scopes.
        claim: String,
        /// All scopes, as JSON text.
        value: String,
    },
    /// The same without the scopes that the user does not hold.
    RemoveScopes {
        /// The name of the claim that holds the scopes.
        claim: String,
        /// The remaining scopes, as JSON text.
        value: String,
    },
    /// Give `typ` a value, and sign again.
    SetType {
        /// The value as JSON text.
        value: String,
    },
    /// Remove `crit`.
    RemoveCritical,
    /// Keep only the last of duplicate members.
    RemoveRepeats,
    /// Set `exp` this many seconds from now.
    ExpireIn {
        /// Seconds.
        seconds: i64,
    },
    /// Move the times so that the token becomes valid now.
    StartNow,
    /// Change the token in a way that only its author can know.
    Edit,
    /// Sign the unchanged token.
    SignAgain,
    /// The same with an access key.
    SignWithAccessKey,
    /// Let servers accept what the issuer's test key signs.
    PublishTestKey,
    /// Judge at another time.
    MoveClock {
        /// How many seconds later; negative for earlier.
        seconds: i64,
    },
    /// Try another key.
    TryKey,
    /// Judge by another policy.
    ChangePolicy,
    /// Do something about the user, who is missing, inactive, or must sign in again.
    ShowUsers,
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It holds, but something about it deserves attention.
    Warn,
    /// It does not hold: a server stops here.
    Fail,
    /// It was not made: the policy does not ask for it, or it was not possible; the reason says which.
    NotChecked,
}

/// What is known about the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SignatureReport {
    /// One of five states.
    pub state: SignatureState,
    /// One sentence: which key, from where, or why not.
    pub reason: String,
    /// The `kid` of the key that was used, if one was.
    pub kid: Option<String>,
    /// Where that key came from: "this profile", "GNOME Keyring".
    pub origin: Option<String>,
    /// The signature's parts in hexadecimal: `r` and `s` for ECDSA, `signature` for everything else.
    pub parts: Vec<SignaturePart>,
}

/// The five states a signature can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    /// It matches, with a key that did not come from the token.
    Verified,
    /// A suitable key was tried, but it does not match.
    Mismatch,
    /// No key to try.
    NoKey,
    /// The algorithm is not one this build can check.
    Unsupported,
    /// There is no signature to check.
    Unsigned,
}

/// One named part of a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SignaturePart {
    /// `r`, `s` or `signature`.
    pub name: String,
    /// Lower-case hexadecimal, in groups of eight.
    pub hex: String,
    /// Length in bytes.
    pub bytes: u32,
}
