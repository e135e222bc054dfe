//! The guard, and inspecting: one function judges a token, whether it protects something or explains something.

use crate::{
    Engine,
    clock::{Clock, SystemClock, Timestamp},
    keys::{KeyInfo, Purpose},
    policy::{Policy, Revocation, Rotation},
    store::{self, Db, DbResult, StoreError, revoked_tokens::Listed},
    tokens::ACCESS_TYP,
};
use jose::{
    Algorithm, Facts, GivenKey, KeyChoice, KeyTrust, Parsed, RevocationFact, UserFact,
    report::{Judgement, Report, SignatureState},
};

/// How a text is inspected where not by the profile's keys, rules and clock.
#[derive(Debug, Default)]
pub struct Inspection<'a> {
    /// The key to check the signature with, instead of this profile's.
    pub key: Option<&'a GivenKey>,
    /// The rules; without them [`Engine::own_rules`], or [`any_issuer`] if a key is given.
    pub policy: Option<jose::Policy>,
    /// The moment of the checks in seconds since the epoch; without it the present one.
    pub at: Option<i64>,
}

/// The longest lifetime of a token from anywhere that raises no finding: thirty days, in seconds.
const LONG_ANYWHERE: i64 = 30 * 86_400;

/// Why a key that is known does not verify.
const IN_DOUBT: &str =
    "This profile's database is a copy, and the keyring has not shown yet that this key is still good";

/// Rules for tokens from anywhere: every algorithm, since each key has exactly one, and no claim that must be there.
pub fn any_issuer() -> jose::Policy {
    jose::Policy {
        algorithms: Algorithm::ALL.to_vec(),
        required_claims: Vec::new(),
        max_lifetime_seconds: LONG_ANYWHERE,
        ..jose::Policy::default()
    }
}

/// Says what a text is where no profile can be opened, and why: with a key that is given and the rules for tokens from
/// anywhere, unless others are given, by the computer's clock. Without a key nothing is verified, and `why` is the reason.
pub fn without_profile(parsed: &Parsed, how: Inspection<'_>, why: &str) -> Report {
    let at = how.at.unwrap_or_else(|| SystemClock.now().seconds());
    let policy = how.policy.unwrap_or_else(any_issuer);
    match how.key {
        Some(key) => jose::check_given(parsed, &policy, key, &Facts::unknown(NOT_OURS), at),
        None => {
            let key = KeyChoice::Unavailable { reason: why.to_owned() };
            jose::check(parsed, &policy, &key, &Facts::unknown(why), at)
        }
    }
}

/// Why a token that is checked with a given key is not looked up.
const NOT_OURS: &str = "Not looked up: the key is none of this profile's";

/// What the profile knows of a token at one moment.
pub(crate) struct Known {
    pub(crate) now: Timestamp,
    facts: Facts,
    key: KeyChoice,
    /// Under the *evidence* preset: this is the first use of the access token.
    is_news: bool,
}

impl Engine {
    /// Judges a bearer token for an endpoint that needs `scopes`, exactly as it stands: nothing is taken off around it.
    /// The verdict is the answer, the trace its reason, in the order of the nine checks.
    ///
    /// # Errors
    /// [`StoreError`]: a guard that cannot look something up must not let anybody in.
    pub fn guard(&self, bearer: &str, scopes: &[String]) -> Result<Judgement, StoreError> {
        let parsed = jose::parse_exact(bearer);
        let known = self.look_up(&parsed)?;
        let judgement = self.judge(&parsed, scopes, &known);
        // Refused or not: whoever presents a token of ours has got it.
        if known.is_news
            && judgement.signature.state == SignatureState::Verified
            && let Some(jti) = parsed.claim_text("jti")
        {
            self.store.write(|tx| store::refresh_tokens::access_token_used(tx, jti, known.now))?;
        }
        Ok(judgement)
    }

    /// Says what a text is, who signed it, and whether a server with this profile's policy would take it now: the token is
    /// accepted if, and only if, [`Engine::guard`] accepts it.
    ///
    /// Needs no private key, so it works while the keyring is locked. A database that fails leaves the token "not
    /// verified"; it is decoded all the same. Inspecting a token does not count as using it.
    pub fn inspect(&self, text: &str) -> Report {
        self.inspect_with(text, Inspection::default())
    }

    /// The same with another key, by other rules or at another moment. A key that is given is used and forgotten.
    pub fn inspect_with(&self, text: &str, how: Inspection<'_>) -> Report {
        self.inspect_parsed(&jose::parse(text), how)
    }

    /// The same for a text that was read already.
    pub fn inspect_parsed(&self, parsed: &Parsed, how: Inspection<'_>) -> Report {
        if let Some(key) = how.key {
            let at = how.at.unwrap_or_else(|| self.now().unwrap_or_else(|_| self.clock.now()).seconds());
            let facts = Facts::unknown(NOT_OURS);
            return jose::check_given(parsed, &how.policy.unwrap_or_else(any_issuer), key, &facts, at);
        }
        let known = self.look_up(parsed).unwrap_or_else(|error| Known {
            now: self.clock.now(),
            facts: Facts::unavailable(&error.to_string()),
            key: KeyChoice::Unavailable { reason: error.to_string() },
            is_news: false,
        });
        let at = how.at.unwrap_or(known.now.seconds());
        let policy = how.policy.unwrap_or_else(|| self.own_rules());
        jose::check(parsed, &policy, &known.key, &known.facts, at)
    }

    /// What a resource server that trusts this profile asks of an access token.
    pub fn own_rules(&self) -> jose::Policy {
        access_policy(&self.policy, &[])
    }

    pub(crate) fn judge(&self, parsed: &Parsed, scopes: &[String], known: &Known) -> Judgement {
        let policy = access_policy(&self.policy, scopes);
        jose::judge(parsed, &policy, &known.key, &known.facts, known.now.seconds())
    }

    /// Looks everything up that the checks need, as it is at one moment.
    pub(crate) fn look_up(&self, token: &Parsed) -> Result<Known, StoreError> {
        let text = |name: &str| token.claim_text(name);
        let (jti, kid) = (text("jti"), token.header_text("kid"));
        let ours = text("iss") == Some(&self.policy.issuer);
        let (now, row, trust, facts, is_news) = self.store.snapshot(|db| {
            let now = self.now_in(db)?;
            let row = kid.map(|kid| store::signing_keys::by_kid(db, kid)).transpose()?.flatten();
            let trust = row.as_ref().map(|row| self.trust_in(db, &row.info, now)).transpose()?.flatten();
            if !ours {
                return Ok((now, row, trust, Facts::unknown("Issued elsewhere, so this profile cannot know"), false));
            }
            let facts = Facts { revocation: self.revocation_fact(db, token, now)?, user: user_fact(db, text("sub"))? };
            let is_news = match jti {
                Some(jti) if self.rotation_in(db)? == Rotation::Evidence => {
                    store::refresh_tokens::is_access_token_unused(db, jti)?
                }
                _ => false,
            };
            Ok((now, row, trust, facts, is_news))
        })?;
        let is_in_doubt = row.as_ref().is_some_and(|row| row.info.is_in_doubt());
        let key = match (kid, row.zip(trust)) {
            (None, _) if token.has_header("kid") => KeyChoice::None {
                reason: "kid is not a text that appears once, so no key of this profile is tried".into(),
            },
            (None, _) => {
                KeyChoice::None { reason: "The header names no kid, so no key of this profile is tried".into() }
            }
            (Some(_), None) if is_in_doubt => KeyChoice::Unavailable { reason: IN_DOUBT.into() },
            (Some(_), None) => KeyChoice::None { reason: "No key of this profile has that kid".into() },
            // A shared secret may have to be fetched from the keyring: not while the database is held.
            (Some(kid), Some((row, trust))) => match self.checking_half(&row) {
                Ok(key) => {
                    let (note, origin) = (row.info.describe(), self.vault()?.name());
                    KeyChoice::Found { key, kid: kid.to_owned(), origin, note, trust }
                }
                Err(error) => KeyChoice::Unavailable { reason: error.to_string() },
            },
        };
        Ok(Known { now, facts, key, is_news })
    }

    fn revocation_fact(&self, db: &Db, token: &Parsed, now: Timestamp) -> DbResult<RevocationFact> {
        let [jti, sid, sub] = ["jti", "sid", "sub"].map(|name| token.claim_text(name));
        // A token that lives longer than the mode lets any live was made before it, or by hand: it is looked up.
        if self.revocation_in(db)? == Revocation::ShortLived && self.is_short_lived(token, now) {
            return Ok(RevocationFact::NotKept("Not looked up: tokens are short-lived here".into()));
        }
        if let Some(jti) = jti {
            let expires_at = token.claim_seconds("exp").map(Timestamp::from_seconds);
            match store::revoked_tokens::look_up(db, jti, expires_at)? {
                Listed::No => {}
                Listed::Since(at) => return Ok(RevocationFact::TokenRevoked { at: at.seconds() }),
                Listed::Forgotten => return Ok(RevocationFact::Forgotten),
            }
        }
        let missing = |name: &str| RevocationFact::Unknown(format!("No {name} claim to look up"));
        let Some(sid) = sid else { return Ok(missing("sid")) };
        if jti.is_none() {
            return Ok(missing("jti"));
        }
        Ok(match store::sessions::by_sid(db, sid)? {
            None => RevocationFact::SessionMissing,
            Some(session) if Some(session.username.as_str()) != sub => RevocationFact::SessionOfAnother,
            Some(session) => match session.ended {
                Some((at, _)) => RevocationFact::SessionEnded { at: at.seconds() },
                None => RevocationFact::Live { until: self.session_end(&session).map(Timestamp::seconds) },
            },
        })
    }

    /// Why an access token that names this key may be believed; `None` if it never may.
    fn trust_in(&self, db: &Db, key: &KeyInfo, now: Timestamp) -> DbResult<Option<KeyTrust>> {
        if self.still_verifies(key, Purpose::Access, now) {
            return Ok(Some(KeyTrust::Issuer));
        }
        if !self.still_verifies(key, Purpose::Test, now) {
            return Ok(None);
        }
        Ok(Some(if self.publishes_test_key_in(db)? { KeyTrust::Test } else { KeyTrust::HiddenTest }))
    }

    /// Does the token live no longer than any may while tokens are short-lived? One that was issued in the future counts
    /// from now on.
    fn is_short_lived(&self, token: &Parsed, now: Timestamp) -> bool {
        let longest = i64::try_from(self.policy.short_lived_lifetime.as_secs()).unwrap_or(i64::MAX);
        match (token.claim_seconds("iat"), token.claim_seconds("exp")) {
            (Some(issued), Some(expires)) => expires.saturating_sub(issued.min(now.seconds())) <= longest,
            _ => false,
        }
    }
}

fn user_fact(db: &Db, sub: Option<&str>) -> DbResult<UserFact> {
    let Some(sub) = sub else { return Ok(UserFact::Unknown("No sub claim to look up".into())) };
    Ok(match store::users::by_name(db, sub)? {
        None => UserFact::Missing,
        Some(user) if !user.active => UserFact::Inactive,
        Some(user) => UserFact::Active { scopes: user.scopes.iter().map(|scope| scope.as_str().to_owned()).collect() },
    })
}

/// What a resource server that trusts this profile asks of an access token.
fn access_policy(policy: &Policy, scopes: &[String]) -> jose::Policy {
    let required = ["iss", "sub", "aud", "client_id", "iat", "exp", "jti", "sid"];
    jose::Policy {
        name: policy.audience.clone(),
        issuer: Some(policy.issuer.clone()),
        audience: Some(policy.audience.clone()),
        algorithms: policy.algorithms.clone(),
        typ: Some(ACCESS_TYP.into()),
        required_claims: required.into_iter().map(str::to_owned).collect(),
        required_scopes: scopes.to_vec(),
        leeway_seconds: policy.leeway_seconds,
        max_lifetime_seconds: i64::try_from(policy.longest_access_token_lifetime.as_secs()).unwrap_or(i64::MAX),
        own_tokens: true,
    }
}
