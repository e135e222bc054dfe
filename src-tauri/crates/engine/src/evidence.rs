//! The guard, and the facts that tokens are judged by. The same facts serve to protect and to explain.

use crate::{
    Engine,
    clock::{Clock, SystemClock, Timestamp},
    kept_keys::kept_key,
    keys::still_verifies,
    records::{AccessTyp, KeyInfo, Purpose},
    rules::{Revocation, Rotation, Rules},
    sessions::end_of_session,
    store::{
        self, StoreError,
        guard::{Named, Seen, SessionSeen, UserSeen},
        revoked_tokens::Listed,
    },
};
use jose::{
    Algorithm, Evidence, Facts, KeyChoice, KeyTrust, Kind, Parsed, RevocationFact, UserFact,
    judgement::{Judgement, SignatureState},
    policy::SAMPLE_ISSUER,
};
use std::sync::Arc;

/// How to inspect a token other than by the profile's keys, rules and clock.
#[derive(Debug, Default)]
pub struct Inspection {
    /// The user gave a key to verify with, so nothing of this profile is looked up.
    pub with_user_key: bool,
    /// The rules, if the user chose them; by default the ones that fit the token, see [`Chosen`].
    pub policy: Option<jose::Policy>,
    /// The time of the checks in seconds since the epoch; by default the present.
    pub at: Option<i64>,
}

/// Why a token is judged by a particular policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// The user chose it.
    ByHand,
    /// The token names this profile as its issuer, or one of its keys.
    OwnToken,
    /// It is saved for the token's issuer.
    SavedForIssuer,
    /// No policy is saved for the token's issuer, so it is [`any_issuer`].
    NoneForIssuer,
    /// It is for tokens of its kind, which no saved policy fits better.
    ForKind,
    /// The token names no issuer, so it is [`any_issuer`].
    NoIssuer,
    /// The token is a sample to learn with.
    Sample,
}

impl Chosen {
    /// The reason as a sentence for people; empty if the user chose the policy.
    pub fn words(self) -> &'static str {
        match self {
            Self::ByHand => "",
            Self::OwnToken => "Chosen automatically: a token of this profile",
            Self::SavedForIssuer => "Chosen automatically: saved for this issuer",
            Self::NoneForIssuer => "Chosen automatically: no saved policy has this issuer",
            Self::ForKind => "Chosen automatically: the rules for this kind of token",
            Self::NoIssuer => "Chosen automatically: the token names no issuer",
            Self::Sample => "Chosen automatically: a sample, made on this computer with a throw-away key",
        }
    }
}

/// The evidence for a token, and how its policy was chosen.
#[derive(Debug, Clone)]
pub struct Considered {
    /// The input of the checks.
    pub evidence: Evidence,
    /// How the policy was chosen.
    pub chosen: Chosen,
}

/// The longest lifetime, in seconds, that raises no finding for tokens from anywhere: thirty days.
const LONG_ANYWHERE: i64 = 30 * 86_400;

/// Why nothing is known of a token's revocation and user.
const NOT_OURS: &str = "Not signed by this profile";

/// The same for a token with the name of one of its keys, such as one from before the issuer was changed.
const OTHER_ISSUER: &str = "Its iss is not this profile's";

/// Why a known key does not verify.
const IN_DOUBT: &str =
    "This profile's database is a copy, and the keyring has not shown yet that this key is still good";

/// Rules for tokens from anywhere: all algorithms, since each key has exactly one, and no required claims.
pub fn any_issuer() -> jose::Policy {
    jose::Policy {
        algorithms: Algorithm::ALL.to_vec(),
        required_claims: Vec::new(),
        max_lifetime_seconds: LONG_ANYWHERE,
        ..jose::Policy::default()
    }
}

/// The evidence when no profile can be opened: the rules for tokens from anywhere, unless others are given, and the
/// computer's clock. Without a given key nothing is verified, and `why` is the reason.
pub fn without_profile(parsed: &Parsed, how: Inspection, why: &str) -> Considered {
    let now = how.at.unwrap_or_else(|| SystemClock.now().seconds());
    let (policy, chosen) = how.policy.map_or_else(|| for_anybody(parsed), |policy| (policy, Chosen::ByHand));
    if how.with_user_key {
        return Considered { evidence: by_user_key(policy, now), chosen };
    }
    let key = KeyChoice::Unavailable { reason: why.to_owned() };
    Considered { evidence: Evidence { policy, key, facts: Facts::unknown(why), now }, chosen }
}

/// The evidence when the user gives a key.
fn by_user_key(policy: jose::Policy, now: i64) -> Evidence {
    let key = KeyChoice::None { reason: "A key was given instead".into() };
    Evidence { policy, key, facts: Facts::unknown(NOT_OURS), now }
}

fn for_anybody(parsed: &Parsed) -> (jose::Policy, Chosen) {
    if let Some(kind) = Kind::of(parsed) {
        return (jose::Policy { max_lifetime_seconds: LONG_ANYWHERE, ..jose::Policy::for_kind(kind) }, Chosen::ForKind);
    }
    if parsed.claim_text("iss") == Some(SAMPLE_ISSUER) {
        return (jose::Policy::for_samples(), Chosen::Sample);
    }
    let chosen = if parsed.claim_text("iss").is_some() { Chosen::NoneForIssuer } else { Chosen::NoIssuer };
    (any_issuer(), chosen)
}

/// What the profile knows about a token at one moment.
pub(crate) struct Known {
    pub(crate) now: Timestamp,
    rules: Arc<Rules>,
    facts: Facts,
    key: KeyChoice,
    /// Whether the token names this profile as its issuer, or one of its keys.
    is_own: bool,
    /// Whether it is a token of this profile, and the *evidence* preset needs to know that it was used.
    is_evidence: bool,
    form: Form,
}

/// What an access token of this profile looks like.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Form {
    typ: AccessTyp,
    /// A client asked for it on its own behalf, so it belongs to no session.
    is_of_client: bool,
}

impl Known {
    pub(crate) fn judge(self, parsed: &Parsed, scopes: &[String]) -> Judgement {
        let policy = own_policy(&self.rules, self.form, scopes);
        jose::judge(parsed, &self.under(policy))
    }

    fn under(self, policy: jose::Policy) -> Evidence {
        Evidence { policy, key: self.key, facts: self.facts, now: self.now.seconds() }
    }
}

impl Engine {
    /// Judges a bearer token for an endpoint that requires `scopes`, exactly as it is, without trimming. The verdict is
    /// the answer; the trace gives the reasons, in the order of the nine checks.
    ///
    /// # Errors
    /// [`StoreError`]: a guard that cannot look something up must not let anyone in.
    pub fn guard(&self, bearer: &str, scopes: &[String]) -> Result<Judgement, StoreError> {
        let parsed = jose::parse_exact(bearer);
        let known = self.look_up(&parsed)?;
        let (now, is_evidence) = (known.now, known.is_evidence);
        let judgement = known.judge(&parsed, scopes);
        // Even a refused token proves that it reached its client.
        if is_evidence
            && judgement.signature.state == SignatureState::Verified
            && let Some(jti) = parsed.claim_text("jti")
            && self.store.read(|db| store::refresh_tokens::is_access_token_unused(db, jti))?
        {
            self.store.write(|tx| store::refresh_tokens::access_token_used(tx, jti, now))?;
        }
        Ok(judgement)
    }

    /// The evidence for explaining a token. For the profile's own tokens it is by default what [`Engine::guard`] uses,
    /// so a token is accepted here if, and only if, the guard accepts it; see [`Chosen`] for the others.
    ///
    /// Needs no private key, so it works while the keyring is locked. A database that fails leaves the token "not
    /// verified". Asking does not count as using the token.
    pub fn evidence(&self, parsed: &Parsed, how: Inspection) -> Considered {
        let by_hand = how.policy.map(|policy| (policy, Chosen::ByHand));
        if how.with_user_key {
            let now = how.at.unwrap_or_else(|| self.moment().seconds());
            let (policy, chosen) = by_hand.unwrap_or_else(|| self.policy_for(parsed));
            return Considered { evidence: by_user_key(policy, now), chosen };
        }
        let known = self.look_up(parsed).unwrap_or_else(|error| Known {
            now: self.clock.now(),
            rules: Arc::new(self.default_rules().clone()),
            facts: Facts::unavailable(&error.to_string()),
            key: KeyChoice::Unavailable { reason: error.to_string() },
            is_own: parsed.claim_text("iss") == Some(&self.default_rules().issuer),
            is_evidence: false,
            form: Form::default(),
        });
        let (policy, chosen) = by_hand.unwrap_or_else(|| match known.is_own {
            true => (own_policy(&known.rules, known.form, &[]), Chosen::OwnToken),
            false => self.policy_for(parsed),
        });
        let kept = kept_key(&policy, parsed);
        let mut evidence = known.under(policy);
        evidence.key = kept.unwrap_or(evidence.key);
        evidence.now = how.at.unwrap_or(evidence.now);
        Considered { evidence, chosen }
    }

    /// The policy for a token that is not this profile's. Of several that are saved with its issuer, the one that is
    /// saved with its audience too, else the first by name.
    fn policy_for(&self, parsed: &Parsed) -> (jose::Policy, Chosen) {
        let Some(issuer) = parsed.claim_text("iss") else { return for_anybody(parsed) };
        // A database that cannot be read has no say in a stranger's token.
        let saved = self.store.read(store::policies::all).unwrap_or_default();
        let saved: Vec<_> = saved.into_iter().filter(|policy| policy.issuer.as_deref() == Some(issuer)).collect();
        let fits = |policy: &&jose::Policy| policy.audience.as_deref() == parsed.claim_text("aud");
        match saved.iter().find(fits).or(saved.first()) {
            Some(policy) => (policy.clone(), Chosen::SavedForIssuer),
            None => for_anybody(parsed),
        }
    }

    /// The present, by the computer's clock if the profile's cannot be read.
    pub fn moment(&self) -> Timestamp {
        self.now().unwrap_or_else(|_| self.clock.now())
    }

    /// What a resource server that trusts this profile requires of an access token.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn own_policy(&self) -> Result<jose::Policy, StoreError> {
        Ok(own_policy(&*self.rules()?, Form::default(), &[]))
    }

    /// Looks up everything the checks need, in one snapshot.
    pub(crate) fn look_up(&self, token: &Parsed) -> Result<Known, StoreError> {
        let text = |name: &str| token.claim_text(name);
        let kid = token.header_text("kid");
        let expires_at = token.claim_seconds("exp").map(Timestamp::from_seconds);
        let (jti, sid, sub) = (text("jti"), text("sid"), text("sub"));
        let named = Named { kid, jti, sid, sub, client_id: text("client_id"), expires_at };
        let (rules, seen) = self.store.read(|db| {
            let seen = store::guard::look_up(db, named)?;
            Ok((self.rules_kept(seen.rules.as_deref())?, seen))
        })?;
        let now = self.now_kept(seen.clock.as_deref());
        // A stranger's token may contain one of our names by chance.
        let ours = text("iss") == Some(&rules.issuer);
        let is_of_client = ours && is_of_client(token, named, &seen);
        let typ = seen.client.as_ref().filter(|_| ours).map(|client| client.typ).unwrap_or_default();
        let facts = if ours {
            let revocation = revocation_fact(&rules, token, named, &seen, is_of_client, now);
            let client = seen.client.filter(|_| is_of_client);
            let user = match client {
                Some(client) => UserFact::Client { scopes: client.scopes },
                None => user_fact(named, seen.user),
            };
            Facts { revocation, user }
        } else {
            Facts::unknown(if seen.key.is_some() { OTHER_ISSUER } else { NOT_OURS })
        };
        let is_own = ours || seen.key.is_some();
        let is_evidence = ours && rules.rotation == Rotation::Evidence;
        let row = seen.key;
        let trust = row.as_ref().and_then(|row| trust(&rules, &row.info, now));
        let is_in_doubt = row.as_ref().is_some_and(|row| row.info.is_in_doubt());
        let key = match (kid, row.zip(trust)) {
            (None, _) if token.has_header("kid") => {
                KeyChoice::None { reason: "kid is not a text that appears once, so no profile key was tried".into() }
            }
            (None, _) => KeyChoice::None { reason: "No kid, so no profile key was tried".into() },
            (Some(_), None) if is_in_doubt => KeyChoice::Unavailable { reason: IN_DOUBT.into() },
            (Some(_), None) => KeyChoice::None { reason: "No key of this profile has that kid".into() },
            // Outside the database read: a shared secret may have to be fetched from the keyring.
            (Some(kid), Some((row, trust))) => match self.checking_half(&row) {
                Ok(key) => {
                    // A public key is in the database; the keyring is not accessed.
                    let origin = match key.algorithm().is_symmetric() {
                        true => self.vault_kept(seen.vault.as_deref()).name(),
                        false => "this profile".to_owned(),
                    };
                    let note = row.info.describe();
                    KeyChoice::Found { key, kid: kid.to_owned(), origin, note, trust }
                }
                Err(error) => KeyChoice::Unavailable { reason: error.to_string() },
            },
        };
        Ok(Known { now, rules, facts, key, is_own, is_evidence, form: Form { typ, is_of_client } })
    }
}

/// Did a client ask for the token on its own behalf (RFC 6749 section 4.4)? Its `sub` is then its `client_id`, which no
/// user has as a name, and it names no session.
fn is_of_client(token: &Parsed, named: Named<'_>, seen: &Seen) -> bool {
    seen.client.is_some() && seen.user.is_none() && named.sub == named.client_id && !token.claims.has("sid")
}

fn revocation_fact(
    rules: &Rules,
    token: &Parsed,
    named: Named<'_>,
    seen: &Seen,
    is_of_client: bool,
    now: Timestamp,
) -> RevocationFact {
    // A token that lives longer than short-lived mode allows predates the mode or was made by hand: look it up.
    if rules.revocation == Revocation::ShortLived && is_short_lived(rules, token, now) {
        return RevocationFact::NotKept("Not checked: tokens are short-lived here".into());
    }
    match seen.listed {
        Listed::Since(at) => return RevocationFact::TokenRevoked { at: at.seconds() },
        Listed::Forgotten if named.jti.is_some() => return RevocationFact::Forgotten,
        Listed::No | Listed::Forgotten => {}
    }
    let missing = |name: &str| RevocationFact::Unknown(format!("No {name} claim to look up"));
    match &seen.session {
        _ if named.jti.is_none() => missing("jti"),
        _ if is_of_client => RevocationFact::Live { until: None },
        _ if named.sid.is_none() => missing("sid"),
        None => RevocationFact::SessionMissing,
        Some(session) if Some(session.username.as_str()) != named.sub => RevocationFact::SessionOfAnother,
        Some(SessionSeen { ended_at: Some(at), .. }) => RevocationFact::SessionEnded { at: at.seconds() },
        Some(session) => {
            let until = end_of_session(rules, session.expires_at, session.last_used_at);
            RevocationFact::Live { until: until.map(Timestamp::seconds) }
        }
    }
}

/// Why an access token with this key may be trusted; `None` if it never may.
fn trust(rules: &Rules, key: &KeyInfo, now: Timestamp) -> Option<KeyTrust> {
    if still_verifies(rules, key, Purpose::Access, now) {
        return Some(KeyTrust::Issuer);
    }
    let is_test = still_verifies(rules, key, Purpose::Test, now);
    is_test.then_some(if rules.test_key_published { KeyTrust::Test } else { KeyTrust::HiddenTest })
}

/// Whether the token lives no longer than short-lived mode allows. If it was issued in the future, its lifetime counts
/// from now.
pub(crate) fn is_short_lived(rules: &Rules, token: &Parsed, now: Timestamp) -> bool {
    let longest = i64::try_from(rules.short_lived_lifetime.as_secs()).unwrap_or(i64::MAX);
    match (token.claim_seconds("iat"), token.claim_seconds("exp")) {
        (Some(issued), Some(expires)) => expires.saturating_sub(issued.min(now.seconds())) <= longest,
        _ => false,
    }
}

fn user_fact(named: Named<'_>, user: Option<UserSeen>) -> UserFact {
    match user {
        _ if named.sub.is_none() => UserFact::Unknown("No sub claim to look up".into()),
        None => UserFact::Missing,
        Some(user) if !user.active => UserFact::Inactive,
        Some(user) => UserFact::Active { scopes: user.scopes },
    }
}

/// What a resource server that trusts this profile requires of an access token.
pub(crate) fn own_policy(rules: &Rules, form: Form, scopes: &[String]) -> jose::Policy {
    let session = (!form.is_of_client).then_some("sid");
    let required = ["iss", "sub", "aud", "client_id", "iat", "exp", "jti"].into_iter().chain(session);
    jose::Policy {
        name: rules.audience.clone(),
        issuer: Some(rules.issuer.clone()),
        audience: Some(rules.audience.clone()),
        algorithms: rules.algorithms.clone(),
        typ: Some(form.typ.as_str().into()),
        required_claims: required.map(str::to_owned).collect(),
        required_scopes: scopes.to_vec(),
        leeway_seconds: rules.leeway_seconds,
        max_lifetime_seconds: i64::try_from(rules.longest_access_token_lifetime.as_secs()).unwrap_or(i64::MAX),
        jwks: None,
        kind: None,
        own_tokens: true,
    }
}
