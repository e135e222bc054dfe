//! What a report says about the disclosures and the key binding.

use super::{Disclosure, NAMED, Presentation, SHOWN};
use crate::meaning::bare;
use crate::report::{KeyBindingReport, Member, PresentationReport};
use jose::check::{Case, FRESH};
use jose::json::{self, Item};
use jose::judgement::{SignatureState, VerdictOutcome};
use jose::key::private_member;
use jose::parse::{Lookup, ParseProblem, Parsed, parse_exact};
use jose::visible::{excerpt, visible};
use jose::words::{list, span};
use jose::{Algorithm, Evidence, Facts, KeyChoice, KeyTrust, Kind, Policy, VerifyingKey, judge};

/// The most digests of hidden claims in a report.
const MOST_DIGESTS: usize = 100;

impl Presentation {
    /// What follows the token, for its report.
    pub(crate) fn report(&self, case: &Case<'_>) -> PresentationReport {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        PresentationReport {
            text: self.text.clone(),
            disclosed: count(self.used.len()),
            stray: count(self.stray),
            hidden: count(self.hidden),
            digests: self.hidden_digests(case.parsed),
            key_binding: self.key_binding_report(case),
        }
    }

    /// What a token that can be read consists of, for the check that reads it.
    pub(crate) fn parts(&self) -> String {
        let disclosures = match self.used.len() {
            0 => "no disclosure".to_owned(),
            1 => "1 disclosure".to_owned(),
            count => format!("{count} disclosures"),
        };
        let binding = if self.key_binding.is_some() { ", key binding" } else { "" };
        format!("SD-JWT: token, {disclosures}{binding}")
    }

    /// The outermost digests that nothing was disclosed for.
    fn hidden_digests(&self, parsed: &Parsed) -> Vec<String> {
        let Lookup::Found(item) = parsed.claims.find("_sd") else { return Vec::new() };
        let digests = json::strings(parsed.claims.raw(item)).unwrap_or_default().into_iter();
        let hidden = digests.filter(|digest| !self.by_digest.contains_key(digest));
        hidden.take(MOST_DIGESTS).map(|digest| visible(&excerpt(&digest, SHOWN)).into_owned()).collect()
    }

    /// `None` if the token is bound to no key.
    fn key_binding_report(&self, case: &Case<'_>) -> Option<KeyBindingReport> {
        let Case { parsed, policy, now, .. } = *case;
        let binding = self.binding(parsed);
        let note = self.key_binding_note(parsed, binding.as_ref())?;
        let (Some(token), Some(binding)) = (&self.key_binding, binding) else {
            return Some(KeyBindingReport { token: None, is_proven: false, note, members: Vec::new() });
        };
        let read = parse_exact(token);
        let member = |item: &Item| {
            let meaning = self.meaning(&read, item, &binding, policy);
            let member = bare(&read.claims, (&item.name, read.claims.raw(item), item.kind), (0, 0));
            let time = if item.name == "iat" { read.claims.seconds_of(item) } else { None };
            match meaning {
                Some((meaning, reference)) => Member { meaning: meaning.into(), reference, time, ..member },
                None => Member { time, ..member },
            }
        };
        let members = read.claims.members().iter().map(member).collect();
        Some(KeyBindingReport {
            token: Some(token.clone()),
            is_proven: binding.is_good() && is_for_verifier(&read, policy) && self.untimely(policy, now).is_none(),
            note,
            members,
        })
    }

    /// The claims that RFC 9901 section 4.3 asks for, compared where that is possible.
    fn meaning(
        &self,
        read: &Parsed,
        item: &Item,
        binding: &Binding,
        policy: &Policy,
    ) -> Option<(String, &'static str)> {
        match item.name.as_str() {
            "sd_hash" if binding.fits => {
                let count = self.disclosures.len();
                let noun = if count == 1 { "disclosure" } else { "disclosures" };
                Some((format!("Covers this token and {count} {noun}"), "9901 §4.3"))
            }
            "sd_hash" => Some(("Of another presentation".to_owned(), "9901 §4.3")),
            "nonce" => Some(("Given by the verifier, not compared yet".to_owned(), "9901 §4.3")),
            "aud" => {
                let said = match policy.audience {
                    None => "Verifier; the policy names none to compare with",
                    Some(_) if is_for_verifier(read, policy) => "Verifier, equals the policy",
                    Some(_) => "Verifier, not the audience of the policy",
                };
                Some((said.to_owned(), "9901 §4.3"))
            }
            _ => None,
        }
    }

    /// What there is to know about the disclosures.
    pub(crate) fn notes(&self, parsed: &Parsed) -> Vec<String> {
        if let Some(name) = &self.unknown_hash {
            return vec![format!("Its digests are by {}, which this build does not know", excerpt(name, SHOWN))];
        }
        let label = |disclosure: &Disclosure| {
            disclosure.name.as_deref().map_or_else(|| "an element of a list".to_owned(), |name| excerpt(name, SHOWN))
        };
        // A disclosure that fits no digest says nothing about the token.
        let used = self.disclosures.iter().enumerate().filter(|(at, _)| self.used.contains(at));
        let mut names: Vec<String> = used.take(NAMED).map(|(_, disclosure)| label(disclosure)).collect();
        if self.used.len() > NAMED {
            names.push(format!("{} more", self.used.len() - NAMED));
        }
        let mut notes = match names.len() {
            0 if self.stray > 0 => Vec::new(),
            0 => vec!["Nothing is disclosed".to_owned()],
            _ if self.stray == 0 => vec![format!("Disclosed, and each fits its digest: {}", list(&names))],
            _ => vec![format!("Disclosed: {}", list(&names))],
        };
        match self.hidden {
            0 => {}
            1 => notes.push("1 digest without a disclosure: a hidden claim, or a decoy".to_owned()),
            count => notes.push(format!("{count} digests without a disclosure: hidden claims, or decoys")),
        }
        notes.extend(self.key_binding_note(parsed, self.binding(parsed).as_ref()));
        notes
    }

    /// `None` if the token is bound to no key.
    fn key_binding_note(&self, parsed: &Parsed, binding: Option<&Binding>) -> Option<String> {
        let absent = "No key binding JWT: nothing shows that the sender holds the key in cnf";
        match binding {
            Some(binding) => Some(binding.note()),
            None => parsed.claims.has("cnf").then(|| absent.to_owned()),
        }
    }

    /// RFC 9901 section 7.3: does the key binding JWT prove that the sender holds the key in `cnf`, and for this
    /// presentation?
    fn binding(&self, parsed: &Parsed) -> Option<Binding> {
        let read = parse_exact(self.key_binding.as_deref()?);
        if Kind::of(&read) != Some(Kind::KeyBinding) {
            return Some(Binding { is_one: false, is_signed: false, by: String::new(), fits: false });
        }
        let fits = read.claim_text("sd_hash") == Some(&self.hash);
        let (is_signed, by) = match confirmed(parsed, read.algorithm()) {
            None => (false, "has no usable key in cnf to be checked with".to_owned()),
            Some(key) => proven_by(&read, key),
        };
        Some(Binding { is_one: true, is_signed, by, fits })
    }

    /// True unless there is a key binding JWT for another verifier than the policy names.
    pub(crate) fn is_for_verifier(&self, policy: &Policy) -> bool {
        let binding = self.key_binding.as_deref();
        policy.audience.is_none() || binding.is_none_or(|token| is_for_verifier(&parse_exact(token), policy))
    }

    /// The key binding JWT, if there is one.
    fn bound(&self) -> Option<Parsed> {
        self.key_binding.as_deref().map(parse_exact).filter(|read| Kind::of(read) == Some(Kind::KeyBinding))
    }

    /// Why the key binding JWT is not for now: it is dated ahead, or has expired.
    pub(crate) fn untimely(&self, policy: &Policy, now: i64) -> Option<ParseProblem> {
        let read = self.bound()?;
        let leeway = i64::from(policy.leeway_seconds);
        let latest = now.saturating_add(leeway);
        let times = ["iat", "nbf"].into_iter().filter_map(|name| read.claim_seconds(name));
        if let Some(ahead) = times.filter(|at| *at > latest).max() {
            return Some(ParseProblem::binding_from_future(&span(ahead.abs_diff(now))));
        }
        let end = read.claim_seconds("exp").filter(|exp| *exp <= now.saturating_sub(leeway))?;
        Some(ParseProblem::binding_over(&span(end.abs_diff(now))))
    }

    /// Says so if the key binding JWT is older than most verifiers allow: RFC 9901 section 7.3 leaves the window to
    /// them.
    pub(crate) fn stale(&self, now: i64) -> Option<String> {
        let made = self.bound()?.claim_seconds("iat")?;
        let age = u64::try_from(now.saturating_sub(made)).ok().filter(|age| *age > FRESH)?;
        Some(format!("the key binding was made {} ago, and a verifier takes it for about {}", span(age), span(FRESH)))
    }

    /// True unless there is a key binding JWT that proves nothing.
    pub(crate) fn is_bound_rightly(&self, parsed: &Parsed) -> bool {
        self.binding(parsed).is_none_or(|binding| binding.is_good())
    }
}

/// Is it made for the verifier that the policy names, if it names one?
fn is_for_verifier(read: &Parsed, policy: &Policy) -> bool {
    policy.audience.is_none() || read.claim_text("aud") == policy.audience.as_deref()
}

/// What was found out about the key binding JWT.
struct Binding {
    /// Is it a key binding JWT at all?
    is_one: bool,
    /// Is it signed with the key in `cnf`, and sound otherwise?
    is_signed: bool,
    by: String,
    /// Is it for this presentation?
    fits: bool,
}

impl Binding {
    fn is_good(&self) -> bool {
        self.is_signed && self.fits
    }

    fn note(&self) -> String {
        if !self.is_one {
            return "What stands at the end is no key binding JWT, whose typ is kb+jwt".to_owned();
        }
        let hash = if self.fits { "its sd_hash fits" } else { "its sd_hash is of another presentation" };
        format!("The key binding JWT {}, and {hash}", self.by)
    }
}

/// Judges a key binding JWT as a token of its kind, at the moment it was made: how old it may be, the verifier decides.
fn proven_by(read: &Parsed, key: VerifyingKey) -> (bool, String) {
    let key = KeyChoice::Found {
        key,
        kid: "the key in cnf".to_owned(),
        origin: "cnf".to_owned(),
        note: String::new(),
        trust: KeyTrust::Issuer,
    };
    let evidence = Evidence {
        policy: Policy::for_kind(Kind::KeyBinding),
        key,
        facts: Facts::unknown("Issued elsewhere"),
        now: read.claim_seconds("iat").unwrap_or_default(),
    };
    let judgement = judge(read, &evidence);
    if judgement.verdict.outcome == VerdictOutcome::Accepted {
        return (true, "is signed with the key in cnf".to_owned());
    }
    if judgement.signature.state == SignatureState::Mismatch {
        return (false, "is not signed with the key in cnf".to_owned());
    }
    let failed = judgement.trace.iter().find(|step| Some(step.check) == judgement.verdict.stopped_at);
    let why = failed.map_or("", |step| &step.reason);
    (false, format!("is not valid ({why})"))
}

/// The public key that a token is bound to (RFC 7800 section 3.2). A key that anybody can read or that stands twice
/// shows nothing about its holder.
fn confirmed(parsed: &Parsed, algorithm: Option<Algorithm>) -> Option<VerifyingKey> {
    let Lookup::Found(item) = parsed.claims.find("cnf") else { return None };
    let cnf = parsed.claims.raw(item);
    let jwk = json::scan(cnf).members.into_iter().find(|member| member.name == "jwk" && !member.duplicate)?;
    let jwk = &cnf[jwk.value];
    if private_member(jwk).is_some() {
        return None;
    }
    VerifyingKey::from_jwk(jwk, algorithm).ok()
}
