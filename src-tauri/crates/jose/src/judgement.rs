//! What judging a token answers: the verdict, the nine steps that lead to it, what is known about the signature, and
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
    /// What is known about the signature; its parts are not written out.
    pub signature: SignatureReport,
}

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
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub cures: Vec<Cure>,
    /// The names of the members the step looked at, so that the window can light them up.
    pub members: Vec<Cow<'static, str>>,
}

/// What would make a failed check pass, as data: whoever shows it finds the words.
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
        /// All of them, as JSON text.
        value: String,
    },
    /// The same without the scopes that the user does not hold.
    RemoveScopes {
        /// The name of the claim that holds the scopes.
        claim: String,
        /// Those that stay, as JSON text.
        value: String,
    },
    /// Give `typ` a value, and sign again.
    SetType {
        /// The value as JSON text.
        value: String,
    },
    /// Take `crit` out.
    RemoveCritical,
    /// Keep the last one of members that stand more than once.
    RemoveRepeats,
    /// `exp` so many seconds from now.
    ExpireIn {
        /// Seconds.
        seconds: i64,
    },
    /// Move the times so that the token begins to be valid now.
    StartNow,
    /// Change the token, in a way that nobody but the one who writes it knows.
    Edit,
    /// Sign the token as it stands.
    SignAgain,
    /// The same with an access key.
    SignWithAccessKey,
    /// Let servers accept what the issuer's test key signs.
    PublishTestKey,
    /// Judge at another moment.
    MoveClock {
        /// So many seconds later; negative for earlier.
        seconds: i64,
    },
    /// Try another key.
    TryKey,
    /// Judge by another policy.
    ChangePolicy,
    /// Do something about the user: one is missing, inactive, or must sign in again.
    ShowUsers,
}

/// What came out of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
    /// A fitting key was tried and it does not match.
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
