//! The key that a DPoP proof brings along (RFC 9449 section 4.3). It checks that proof and nothing else, and proves
//! only that the sender holds it: the token that the proof belongs to says whether it is the right one.

use super::{Answer, Case};
use crate::algorithm::Algorithm;
use crate::judgement::Cure;
use crate::key::{VerifyingKey, private_member};
use crate::kind::Kind;
use crate::parse::Lookup;
use crate::policy::KeyChoice;
use crate::words::capitalised;

const RFC: &str = "RFC 9449 §4.3";

/// The key in a proof's own header.
pub(super) enum OwnKey {
    /// It can check the proof.
    Usable(VerifyingKey),
    /// It makes the proof invalid.
    Refused(Answer),
}

impl OwnKey {
    /// The key in the header of a DPoP proof; `None` for every other token, and where another key was given.
    pub(super) fn of(case: &Case<'_>) -> Option<OwnKey> {
        let is_asked = case.policy.kind == Some(Kind::DpopProof) && matches!(case.key, KeyChoice::None { .. });
        (is_asked && case.parsed.has_signed_bytes()).then(|| match read(case) {
            Ok(key) => OwnKey::Usable(key),
            Err(answer) => OwnKey::Refused(answer.about(case.present(&case.parsed.header, ["jwk"]))),
        })
    }

    /// The refusal of a proof that is to be checked with another key than its own, which no server would do.
    pub(super) fn other_than(case: &Case<'_>) -> Option<Answer> {
        let KeyChoice::Found { key, .. } = case.key else { return None };
        let is_proof = case.policy.kind == Some(Kind::DpopProof);
        let is_own = || read(case).is_ok_and(|own| own.is_same_key(key));
        (is_proof && !is_own()).then(|| {
            let reason = "A proof is checked with the jwk in its own header, and the key given is another";
            Answer::fail(reason, RFC, "Give no key for a proof").with(Cure::TryKey).about(["jwk"])
        })
    }

    /// The answer of the check for a key: it never passes, since the author of the proof chose the key.
    pub(super) fn answer(self) -> Answer {
        match self {
            OwnKey::Usable(_) => {
                let reason = "Its own jwk, which counts only if the access token names it in cnf.jkt";
                Answer::open(reason, RFC).about(["jwk"])
            }
            OwnKey::Refused(answer) => answer,
        }
    }
}

fn read(case: &Case<'_>) -> Result<VerifyingKey, Answer> {
    let header = &case.parsed.header;
    let Lookup::Found(item) = header.find("jwk") else {
        let reason = "A proof brings its public key in jwk, once, and this one does not";
        return Err(Answer::fail(reason, "RFC 9449 §4.2", "Put the public key into `jwk`"));
    };
    let jwk = header.raw(item);
    if let Some(name) = private_member(jwk) {
        let reason = format!("jwk holds a private key, in {name}: whoever saw this proof can make others");
        return Err(Answer::fail(reason, RFC, "Make a new key, and put only its public half into `jwk`"));
    }
    let algorithm = case.parsed.algorithm().filter(|algorithm: &Algorithm| !algorithm.is_symmetric());
    let Some(algorithm) = algorithm else {
        let reason = "A proof is signed with a private key, by an algorithm such as ES256";
        return Err(Answer::fail(reason, RFC, "Sign it with the private half of the key in `jwk`"));
    };
    VerifyingKey::from_jwk(jwk, Some(algorithm)).map_err(|error| {
        let reason = format!("jwk cannot check it: {error}");
        Answer::fail(capitalised(&reason), RFC, format!("Put a public key for {algorithm} into `jwk`"))
    })
}
