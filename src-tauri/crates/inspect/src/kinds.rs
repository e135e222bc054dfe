//! What there is to know about a token of a kind that has rules of its own.

#[cfg(test)]
mod tests;

use crate::pasted::Pasted;
use crate::report::KindReport;
use jose::check::{Case, audiences};
use jose::digest::sha_256;
use jose::json;
use jose::judgement::Outcome;
use jose::parse::{Format, Lookup, Parsed, parse_exact};
use jose::visible::excerpt;
use jose::words::list;
use jose::{KeyChoice, Kind, VerifyingKey};

/// How many characters of a value a sentence shows.
const SHOWN: usize = 120;

/// How many events a sentence names.
const NAMED: usize = 3;

/// The kind of the token with its notes; `None` if it has no rules of its own. `signature` is the outcome of that
/// check.
pub(crate) fn kind(pasted: &Pasted, case: &Case<'_>, signature: Outcome) -> Option<KindReport> {
    if case.parsed.format == Format::JweCompact {
        return Some(KindReport { name: "Encrypted token (JWE)".to_owned(), notes: encrypted(case.parsed) });
    }
    if case.parsed.format == Format::JweJson {
        let notes = vec!["Its content is encrypted once, and the key of that for each recipient".to_owned()];
        return Some(KindReport { name: "Encrypted token (JWE in JSON)".to_owned(), notes });
    }
    if let Some(presentation) = &pasted.presentation {
        return Some(KindReport { name: Kind::SdJwt.name().to_owned(), notes: presentation.notes(case.parsed) });
    }
    let Some(kind) = Kind::of(case.parsed) else {
        let zip = case.parsed.compression?;
        let note = format!("The payload is compressed (zip {zip}); the claims are shown as they inflate");
        return Some(KindReport { name: "Compressed token".to_owned(), notes: vec![note] });
    };
    let parsed = case.parsed;
    let text = |name: &str| parsed.claim_text(name).map(|text| excerpt(text, SHOWN));
    let for_whom = || audiences(case).map(|names| shortened(&names)).filter(|names| !names.is_empty());
    let notes = match kind {
        Kind::DpopProof => proof(pasted, case, signature),
        Kind::SdJwt => vec!["Its claims may be digests; a disclosure tells what such a digest stands for".to_owned()],
        Kind::KeyBinding => {
            vec![
                "Signed with the key in cnf of the SD-JWT that it is presented with; sd_hash ties it to that"
                    .to_owned(),
            ]
        }
        Kind::HealthCard => {
            let published = text("iss").map(|issuer| {
                format!(
                    "Its keys are at {}/.well-known/jwks.json; kid is the thumbprint of one",
                    issuer.trim_end_matches('/')
                )
            });
            let inflated =
                parsed.compression.map(|zip| format!("The payload is compressed (zip {zip}), shown inflated"));
            inflated.into_iter().chain(published).collect()
        }
        Kind::IdToken if is_shown_to_apis(parsed) => {
            vec!["It tells who signed in; this issuer's APIs take it in place of an access token".to_owned()]
        }
        Kind::IdToken => {
            let client = for_whom().map_or_else(String::new, |names| format!(" {names}"));
            vec![format!("It tells the client{client} who signed in. An API takes an access token, not this")]
        }
        Kind::LogoutToken => {
            vec![
                "Sent by the issuer to the client, which ends the session in sid, or all of the user in sub".to_owned(),
            ]
        }
        Kind::SecurityEvent => events(parsed).into_iter().collect(),
        Kind::RefreshToken => {
            vec!["Only its issuer can use it: send it to the token endpoint, never to an API".to_owned()]
        }
        Kind::ClientAssertion => {
            let client = text("iss").unwrap_or_default();
            vec![format!("Checked with the key that the client {client} has registered, by the server in aud")]
        }
        Kind::CognitoAccessToken => {
            let client = text("client_id").unwrap_or_default();
            vec![format!("It has no aud: compare client_id, which is {client}, with your app client's ID")]
        }
    };
    Some(KindReport { name: kind.name().to_owned(), notes })
}

/// How it is encrypted, and what that says about where it comes from.
fn encrypted(parsed: &Parsed) -> Vec<String> {
    let text = |name: &str| excerpt(parsed.header_text(name).unwrap_or("no algorithm"), SHOWN);
    let alg = parsed.header_text("alg");
    let mut notes = vec![match alg {
        Some("dir") => format!("Encrypted with a key that both sides hold, by {}", text("enc")),
        _ => format!("Its key is protected by {}, its content by {}", text("alg"), text("enc")),
    }];
    let issuer = parsed.header_text("iss");
    if is_for_its_issuer(parsed) {
        let who = if issuer.is_some_and(is_auth0) { "Auth0" } else { "Auth0, whose tokens have this header," };
        notes.push(format!(
            "{who} encrypts an access token for itself when no audience is asked for: nobody else can read it. Ask for \
             the audience of your API when signing in, and you get a signed JWT"
        ));
    } else if alg == Some("dir") && issuer.is_none() {
        notes.push(
            "Session cookies of Auth.js (NextAuth) look like this; their key is \
             derived from AUTH_SECRET"
                .to_owned(),
        );
    }
    notes
}

/// Auth0 names itself in the header of what it encrypts for itself.
pub(crate) fn is_for_its_issuer(parsed: &Parsed) -> bool {
    let is = |name: &str, value: &str| parsed.header_text(name) == Some(value);
    is("alg", "dir") && is("enc", "A256GCM") && parsed.header_text("iss").is_some()
}

fn is_auth0(issuer: &str) -> bool {
    let host = issuer.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    host.ends_with(".auth0.com")
}

/// Firebase and Google Cloud send ID tokens to APIs.
fn is_shown_to_apis(parsed: &Parsed) -> bool {
    let issuer = parsed.claim_text("iss").unwrap_or_default();
    issuer.starts_with("https://securetoken.google.com/") || issuer.ends_with("accounts.google.com")
}

/// RFC 9449 sections 4.3 and 6.1: what a proof is compared with.
fn proof(pasted: &Pasted, case: &Case<'_>, signature: Outcome) -> Vec<String> {
    let parsed = case.parsed;
    let own = own_key(parsed);
    // The check of the signature may be about another key.
    let is_by_other =
        matches!(case.key, KeyChoice::Found { key, .. } if !own.as_ref().is_some_and(|own| own.is_same_key(key)));
    let matches = match signature {
        _ if is_by_other => "",
        Outcome::Pass | Outcome::Warn => ": it matches",
        Outcome::Fail => ": it does not match",
        Outcome::NotChecked => "",
    };
    let mut notes = vec![
        format!("The signature of a proof is checked with the jwk in its own header{matches}"),
        "A proof is for one request, and needs no exp, iss or sub".to_owned(),
    ];
    let Some(thumbprint) = own.and_then(|key| key.thumbprint()) else { return notes };
    notes.push(format!("Thumbprint of that jwk (RFC 7638): {thumbprint}"));
    let others =
        pasted.tokens.iter().filter(|other| other.token != parsed.token).map(|other| parse_exact(&other.token));
    let access = others.into_iter().find(|other| other.has_signed_bytes() && Kind::of(other) != Some(Kind::DpopProof));
    let ath = parsed.claim_text("ath");
    let Some(access) = access else {
        notes.push("The access token that goes with it must have this thumbprint in cnf.jkt".to_owned());
        if ath.is_some() {
            notes.push("ath is the hash of that access token: paste both together to compare".to_owned());
        }
        return notes;
    };
    notes.push(match confirmed(&access) {
        Some(bound) if bound == thumbprint => {
            "The other token of this paste has it in cnf.jkt: they belong together".to_owned()
        }
        Some(bound) => format!("The other token of this paste has another one in cnf.jkt, {}", excerpt(&bound, SHOWN)),
        None => "The other token of this paste has no cnf.jkt, so it is bound to no key".to_owned(),
    });
    if let Some(ath) = ath {
        let is_its = ath == sha_256(access.token().as_bytes());
        notes.push(format!("ath is {}the hash of the other token of this paste", if is_its { "" } else { "not " }));
    }
    notes
}

/// The key in a token's header.
fn own_key(parsed: &Parsed) -> Option<VerifyingKey> {
    let Lookup::Found(item) = parsed.header.find("jwk") else { return None };
    VerifyingKey::from_jwk(parsed.header.raw(item), parsed.algorithm()).ok()
}

/// The thumbprint of the key that a token is bound to (RFC 9449 section 6.1).
fn confirmed(parsed: &Parsed) -> Option<String> {
    let Lookup::Found(item) = parsed.claims.find("cnf") else { return None };
    json::scan(parsed.claims.raw(item)).members.into_iter().find(|member| member.name == "jkt")?.text
}

fn events(parsed: &Parsed) -> Option<String> {
    let Lookup::Found(item) = parsed.claims.find("events") else { return None };
    let names: Vec<String> =
        json::scan(parsed.claims.raw(item)).members.iter().map(|member| member.name.to_string()).collect();
    Some(format!("It tells about {}", shortened(&names)))
}

/// The first names, and how many more there are.
fn shortened(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(NAMED).map(|name| excerpt(name, SHOWN)).collect();
    if names.len() > NAMED {
        shown.push(format!("{} more", names.len() - NAMED));
    }
    list(&shown)
}
