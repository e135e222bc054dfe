//! Tests of SD-JWTs: what is disclosed, what was changed, and whose key it is bound to.

use crate::report::{Report, VerdictOutcome};
use crate::testing::{NOW, evidence, found, key, signing_key};
use crate::{check, parse, parse_as_pasted};
use jose::digest::sha_256;
use jose::judgement::{Check, Outcome};
use jose::{Algorithm, Kind, Policy, base64url};

fn disclosure(json: &str) -> (String, String) {
    let part = base64url::encode(json.as_bytes());
    let digest = sha_256(part.as_bytes());
    (part, digest)
}

fn report(text: &str) -> Report {
    check(&parse(text), &evidence(Policy::for_kind(Kind::SdJwt), found(key())))
}

fn sign(claims: &str) -> String {
    key().dangerous_sign(r#"{"alg":"ES256","typ":"example+sd-jwt"}"#, claims.as_bytes()).unwrap()
}

fn value<'a>(report: &'a Report, name: &str) -> &'a str {
    report.claims.iter().find(|member| member.name == name).map_or("", |member| &member.value)
}

fn notes(report: &Report) -> String {
    report.kind.as_ref().map(|kind| kind.notes.join("\n")).unwrap_or_default()
}

#[test]
fn a_presentation_read_byte_for_byte_is_an_sd_jwt_and_text_around_it_is_not() {
    let (name, of_name) = disclosure(r#"["salt-1","given_name","Ada"]"#);
    let token = sign(&format!(r#"{{"iss":"i","_sd":["{of_name}"]}}"#));
    let exact = |text: &str| check(&parse_as_pasted(text), &evidence(Policy::for_kind(Kind::SdJwt), found(key())));
    let whole = exact(&format!("{token}~{name}~"));
    assert_eq!(whole.verdict.outcome, VerdictOutcome::Accepted, "{}", whole.verdict.detail);
    assert_eq!((&whole.token, value(&whole, "given_name")), (&token, "\"Ada\""));
    assert_eq!(exact(&format!("{token}~")).verdict.outcome, VerdictOutcome::Accepted);
    for other in
        [format!(" {token}~{name}~"), format!("{token}~{name}~\n"), format!("{token}~{name}=~"), format!("{token}~x")]
    {
        assert_eq!(exact(&other).verdict.outcome, VerdictOutcome::Rejected, "{other}");
    }
}

#[test]
fn what_is_disclosed_stands_in_its_place_at_every_level() {
    let (name, of_name) = disclosure(r#"["salt-1","given_name","Ada"]"#);
    let (street, of_street) = disclosure(r#"["salt-2","street","Hill 1"]"#);
    let (address, of_address) = disclosure(&format!(r#"["salt-3","address",{{"_sd":["{of_street}"],"country":"X"}}]"#));
    let (element, of_element) = disclosure(r#"["salt-4","DE"]"#);
    let token = sign(&format!(
        r#"{{"iss":"i","_sd":["{of_name}","{of_address}","decoy"],"nationalities":[{{"...":"{of_element}"}},{{"...":"x"}}]}}"#
    ));
    let whole = report(&format!("{token}~{name}~{street}~{address}~{element}~"));
    assert_eq!(whole.verdict.outcome, VerdictOutcome::Accepted, "{}", whole.verdict.detail);
    assert_eq!(whole.clean_ups, [], "the disclosures belong to the token");
    assert_eq!(value(&whole, "given_name"), "\"Ada\"");
    assert_eq!(value(&whole, "address"), r#"{"street":"Hill 1","country":"X"}"#);
    assert_eq!(value(&whole, "nationalities"), r#"["DE"]"#);
    assert_eq!(
        notes(&whole),
        "Disclosed, and each fits its digest: given_name, street, address and an element of a list\n\
         2 digests without a disclosure: hidden claims, or decoys"
    );
    // Broken into lines, as a terminal does, and with less disclosed.
    let part = report(&format!("{token}\n~{name}~\n"));
    assert_eq!((value(&part, "given_name"), value(&part, "address")), ("\"Ada\"", ""));
}

/// RFC 9901 section 7.1.
#[test]
fn a_disclosure_that_fits_no_digest_makes_the_whole_invalid() {
    let (name, digest) = disclosure(r#"["salt-1","role","user"]"#);
    let (forged, _) = disclosure(r#"["salt-1","role","admin"]"#);
    let token = sign(&format!(r#"{{"iss":"i","_sd":["{digest}"]}}"#));
    assert_eq!(report(&format!("{token}~{name}~")).verdict.outcome, VerdictOutcome::Accepted);
    for parts in [format!("{forged}~"), format!("{name}~{forged}~"), format!("{name}~{name}~"), "AAAA~".to_owned()] {
        let report = report(&format!("{token}~{parts}"));
        assert_eq!(report.verdict.detail, "401 at check 1 of 9, parse", "{parts}");
        assert_eq!(report.problems[0].title, "A disclosure fits no digest");
        assert_ne!(value(&report, "role"), "\"admin\"");
        let fitting = if parts.contains(&name) {
            "Disclosed: role"
        } else {
            "1 digest without a disclosure: a hidden claim, or a decoy"
        };
        assert_eq!(notes(&report), fitting, "{parts}");
        let presentation = report.presentation.as_ref().unwrap();
        let counted = (presentation.disclosed, presentation.stray);
        assert_eq!(counted, (u32::from(parts.contains(&name)), 1), "{parts}");
    }
    // A disclosure cannot bring digests of its own into an object's place, nor refer to itself.
    let (digests, of_digests) = disclosure(r#"["salt","_sd",["x"]]"#);
    let token = sign(&format!(r#"{{"_sd":["{of_digests}"]}}"#));
    assert_ne!(report(&format!("{token}~{digests}~")).verdict.outcome, VerdictOutcome::Accepted);
}

/// RFC 9901 sections 7.1 and 9.7.
#[test]
fn a_disclosure_replaces_no_claim_and_decides_nothing() {
    let (sub, of_sub) = disclosure(r#"["s","sub","admin"]"#);
    let (again, of_again) = disclosure(r#"["t","sub","eve"]"#);
    let (expiry, of_expiry) = disclosure(r#"["s","exp",1]"#);
    let (nested, of_nested) = disclosure(&format!(r#"["s","a",{{"sub":"alice","_sd":["{of_sub}"]}}]"#));
    let (element, of_element) = disclosure(r#"["s","DE"]"#);
    for (claims, parts, title) in [
        (
            format!(r#"{{"sub":"alice","_sd":["{of_sub}"]}}"#),
            format!("{sub}~"),
            "A disclosure brings sub, which is there already",
        ),
        (
            format!(r#"{{"_sd":["{of_sub}","{of_again}"]}}"#),
            format!("{sub}~{again}~"),
            "A disclosure brings sub, which is there already",
        ),
        (
            format!(r#"{{"_sd":["{of_nested}"]}}"#),
            format!("{nested}~{sub}~"),
            "A disclosure brings sub, which is there already",
        ),
        (format!(r#"{{"_sd":["{of_sub}","{of_sub}"]}}"#), format!("{sub}~"), "A digest of the SD-JWT stands twice"),
        (
            format!(r#"{{"a":[{{"...":"{of_element}"}},{{"...":"{of_element}"}}]}}"#),
            format!("{element}~"),
            "A digest of the SD-JWT stands twice",
        ),
        // Its end in the past is a disclosure, which the check of the time does not read.
        (format!(r#"{{"sub":"alice","_sd":["{of_expiry}"]}}"#), format!("{expiry}~"), "exp is a disclosure"),
    ] {
        let report = report(&format!("{}~{parts}", sign(&claims)));
        assert_eq!(report.verdict.detail, "401 at check 1 of 9, parse", "{claims}");
        assert_eq!(report.problems[0].title, title);
    }
    let unknown = sign(r#"{"sub":"alice","_sd_alg":"md5","_sd":["x"]}"#);
    assert_eq!(report(&format!("{unknown}~{sub}~")).verdict.outcome, VerdictOutcome::NotVerified);
    // The same name in another object is another claim.
    let (inner, of_inner) = disclosure(r#"["s","exp",1]"#);
    let fine = sign(&format!(r#"{{"sub":"alice","a":{{"_sd":["{of_inner}","{of_sub}"]}}}}"#));
    assert_eq!(report(&format!("{fine}~{inner}~{sub}~")).verdict.outcome, VerdictOutcome::Accepted);
}

/// RFC 9901 section 7.3.
#[test]
fn a_key_binding_jwt_is_checked_with_the_key_in_cnf_and_the_hash_of_the_rest() {
    let holder = signing_key(Algorithm::Es256);
    let token = sign(&format!(r#"{{"_sd":[],"cnf":{{"jwk":{}}}}}"#, holder.public_jwk().unwrap()));
    let bare = report(&format!("{token}~"));
    assert!(notes(&bare).contains("No key binding JWT"), "{}", notes(&bare));
    let bind = |by: &jose::SigningKey, of: &str| {
        let claims = format!(r#"{{"iat":1,"aud":"v","nonce":"n","sd_hash":"{}"}}"#, sha_256(of.as_bytes()));
        by.dangerous_sign(r#"{"alg":"ES256","typ":"kb+jwt"}"#, claims.as_bytes()).unwrap()
    };
    let presented = format!("{token}~");
    let good = report(&format!("{presented}{}", bind(&holder, &presented)));
    assert!(notes(&good).contains("is signed with the key in cnf, and its sd_hash fits"), "{}", notes(&good));
    assert_ne!(good.verdict.outcome, VerdictOutcome::Rejected, "{}", good.verdict.detail);
    let binding = |report: &Report| report.presentation.as_ref().and_then(|shown| shown.key_binding.clone()).unwrap();
    assert_eq!((binding(&bare).token, binding(&bare).members), (None, vec![]));
    assert!(binding(&good).is_proven);
    let meanings: Vec<String> =
        binding(&good).members.iter().map(|member| format!("{}: {}", member.name, member.meaning)).collect();
    assert_eq!(
        meanings,
        [
            "iat: Issued",
            "aud: Verifier; the policy names none to compare with",
            "nonce: Given by the verifier, not compared yet",
            "sd_hash: Covers this token and 0 disclosures"
        ]
    );
    let rejected_at = |audience: &str| {
        let aud = holder.public_jwk().unwrap();
        let presented = format!("{}~", sign(&format!(r#"{{"aud":"{audience}","cnf":{{"jwk":{aud}}},"_sd":[]}}"#)));
        let policy = Policy { audience: Some(audience.to_owned()), ..Policy::for_kind(Kind::SdJwt) };
        let text = format!("{presented}{}", bind(&holder, &presented));
        check(&parse(&text), &evidence(policy, found(key()))).verdict.stopped_at
    };
    assert_eq!((rejected_at("v"), rejected_at("w")), (None, Some(Check::Parse)), "bound to the verifier v");
    let verifier = |audience: &str| {
        let policy = Policy { audience: Some(audience.to_owned()), ..Policy::for_kind(Kind::SdJwt) };
        let text = format!("{presented}{}", bind(&holder, &presented));
        let binding = binding(&check(&parse(&text), &evidence(policy, found(key()))));
        (binding.is_proven, binding.members.into_iter().find(|member| member.name == "aud").unwrap().meaning)
    };
    assert_eq!(verifier("v"), (true, "Verifier, equals the policy".into()));
    assert_eq!(verifier("w"), (false, "Verifier, not the audience of the policy".into()));
    assert!(good.tokens.iter().any(|token| token.name == "Key binding JWT"), "{:?}", good.tokens);
    let other = report(&format!("{presented}{}", bind(&signing_key(Algorithm::Es256), "another")));
    assert!(notes(&other).contains("is not signed with the key in cnf, and its sd_hash is of another"), "{other:?}");
    assert_eq!(other.verdict.detail, "401 at check 1 of 9, parse");
    let replayed = report(&format!("{presented}{}", bind(&holder, "another~")));
    assert_eq!(replayed.verdict.outcome, VerdictOutcome::Rejected, "of another presentation");
    assert_eq!(binding(&replayed).members.last().unwrap().meaning, "Of another presentation");
    assert!(!binding(&replayed).is_proven, "a good signature of another presentation");
}

/// RFC 9901 section 7.3, step 5: a key binding JWT is judged as any other token is.
#[test]
fn a_key_binding_jwt_that_no_verifier_takes_proves_nothing() {
    let holder = signing_key(Algorithm::Es256);
    let jwk = holder.public_jwk().unwrap();
    let token_with = |cnf: &str| sign(&format!(r#"{{"_sd":[],"cnf":{{{cnf}}}}}"#));
    let presented = |cnf: &str| format!("{}~", token_with(cnf));
    let bound = |cnf: &str, header: &str, claims: &str| {
        let presented = presented(cnf);
        let claims = format!(r#"{{{claims}"sd_hash":"{}"}}"#, sha_256(presented.as_bytes()));
        let binding = holder.dangerous_sign(header, claims.as_bytes()).unwrap();
        format!("{presented}{binding}")
    };
    let own = format!(r#""jwk":{jwk}"#);
    let header = r#"{"alg":"ES256","typ":"kb+jwt"}"#;
    let claims = r#""iat":1,"aud":"v","nonce":"n","#;
    let proves = |text: &str| {
        let report = report(text);
        let binding = report.presentation.unwrap().key_binding.unwrap();
        assert_eq!(binding.is_proven, report.verdict.outcome == VerdictOutcome::Accepted, "{}", binding.note);
        binding.is_proven
    };
    assert!(proves(&bound(&own, header, claims)));
    for header in [
        r#"{"alg":"none","typ":"kb+jwt"}"#,
        r#"{"alg":"ES384","typ":"kb+jwt"}"#,
        r#"{"alg":"else","typ":"kb+jwt"}"#,
        r#"{"typ":"kb+jwt"}"#,
        r#"{"alg":"ES256","alg":"ES256","typ":"kb+jwt"}"#,
        r#"{"alg":"ES256","typ":"kb+jwt","crit":["x"],"x":1}"#,
        r#"{"alg":"ES256","typ":"kb+jwt","b64":false}"#,
    ] {
        assert!(!proves(&bound(&own, header, claims)), "{header}");
    }
    for claims in ["", r#""iat":1,"aud":"v","#, r#""iat":1,"nonce":"n","#, r#""iat":"1","aud":"v","nonce":"n","#] {
        assert!(!proves(&bound(&own, header, claims)), "{claims}");
    }
    assert!(!proves(&format!("{}.AAAA", bound(&own, header, claims))), "four segments");
    let other = signing_key(Algorithm::Es256).public_jwk().unwrap();
    let private = own.replacen('{', r#"{"d":"AA","#, 1);
    for cnf in [format!(r#"{own},"jwk":{other}"#), private] {
        assert!(!proves(&bound(&cnf, header, claims)), "{cnf}");
    }
    // Whoever reads such a token has the secret.
    let secret = r#""jwk":{"kty":"oct","k":"eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg"}"#;
    let hmac = jose::SigningKey::from_hmac(Algorithm::Hs256, b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "s").unwrap();
    let text = presented(secret);
    let claims = format!(r#"{{{claims}"sd_hash":"{}"}}"#, sha_256(text.as_bytes()));
    let binding = hmac.dangerous_sign(r#"{"alg":"HS256","typ":"kb+jwt"}"#, claims.as_bytes()).unwrap();
    assert!(!proves(&format!("{text}{binding}")));
}

/// RFC 9901 section 4: every disclosure ends with `~`, so a piece at the end that does not was cut off.
#[test]
fn what_follows_the_last_tilde_is_not_passed_over() {
    let (name, of_name) = disclosure(r#"["salt-1","given_name","Ada"]"#);
    let (forged, _) = disclosure(r#"["salt-1","given_name","Eve"]"#);
    let token = sign(&format!(r#"{{"iss":"i","_sd":["{of_name}"]}}"#));
    for end in [forged.clone(), format!("{name}~{forged}"), name.clone(), format!("{name}!~"), format!("{name}~x")] {
        let report = report(&format!("{token}~{end}"));
        assert_eq!(report.verdict.detail, "401 at check 1 of 9, parse", "{end}");
        assert_eq!(report.problems[0].title, "The last disclosure does not end with ~");
    }
    for around in [
        format!("{token}~{name}~\n{}~{forged}~", sign(r#"{"iss":"another","_sd":[]}"#)),
        format!("{token}~{name}~ and {}~{forged}~", sign(r#"{"iss":"another","_sd":[]}"#)),
        format!("\"{token}~{name}~\""),
        format!("{token}~{name}~ and more"),
        format!("({token}~{name}~)"),
    ] {
        let report = report(&around);
        assert_eq!(report.verdict.outcome, VerdictOutcome::Accepted, "{around}: {}", report.verdict.detail);
        assert_eq!(value(&report, "given_name"), "\"Ada\"");
    }
}

#[test]
fn a_disclosed_claim_names_the_characters_of_its_disclosure_and_hidden_ones_their_digests() {
    let (name, of_name) = disclosure(r#"["salt-1","given_name","Ada"]"#);
    let (family, of_family) = disclosure(r#"["salt-2","family_name","L"]"#);
    let token = sign(&format!(r#"{{"iss":"i","_sd":["{of_family}","decoy","{of_name}"]}}"#));
    let report = report(&format!("{token}~{name}~{family}~"));
    let presentation = report.presentation.as_ref().unwrap();
    assert_eq!(presentation.text, format!("~{name}~{family}~"));
    assert_eq!(
        (presentation.disclosed, presentation.hidden, &*presentation.digests),
        (2, 1, &["decoy".to_owned()][..])
    );
    assert_eq!(presentation.key_binding, None, "the token is bound to no key");
    assert_eq!(report.trace[0].reason, "SD-JWT: token, 2 disclosures");
    let part = |claim: &str| {
        let member = report.claims.iter().find(|member| member.name == claim).unwrap();
        let place = member.disclosed.unwrap();
        assert_eq!(member.meaning, if claim == "given_name" { "Given name" } else { "Family name" });
        presentation.text[place.start as usize..place.end as usize].to_owned()
    };
    assert_eq!((part("given_name"), part("family_name")), (name, family));
    assert!(report.claims.iter().all(|member| member.name != "iss" || member.disclosed.is_none()));
}

/// RFC 9901 section 9.7, and SD-JWT VC for credentials.
#[test]
fn every_disclosure_that_a_check_would_rest_on_is_named() {
    let titles = |typ: &str, claims: &[&str]| {
        let all: Vec<_> = claims.iter().map(|claim| disclosure(&format!(r#"["salt",{claim}]"#))).collect();
        let digests: Vec<String> = all.iter().map(|(_, digest)| format!("\"{digest}\"")).collect();
        let header = format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#);
        let claims = format!(r#"{{"iat":1,"_sd":[{}]}}"#, digests.join(","));
        let token = key().dangerous_sign(&header, claims.as_bytes()).unwrap();
        let parts: String = all.iter().map(|(part, _)| format!("{part}~")).collect();
        let report = report(&format!("{token}~{parts}"));
        assert_eq!(report.problems.is_empty(), report.verdict.outcome == VerdictOutcome::Accepted);
        report.problems.into_iter().map(|problem| problem.title).collect::<Vec<_>>()
    };
    let status = r#""status",{"status_list":{"idx":1,"uri":"https://a.example"}}"#;
    let both = ["exp and vct are disclosures"];
    assert_eq!(titles("dc+sd-jwt", &[r#""exp",1"#, r#""vct","x""#, r#""name","Ada""#]), both);
    assert_eq!(titles("vc+sd-jwt", &[r#""status","single""#]), ["status is a disclosure"]);
    for (claim, title) in [
        (r#""iss","https://issuer.example""#, "iss is a disclosure"),
        (r#""nbf",1"#, "nbf is a disclosure"),
        (r#""exp",1"#, "exp is a disclosure"),
        (r#""cnf",{"jwk":{}}"#, "cnf is a disclosure"),
        (r#""vct","x""#, "vct is a disclosure"),
        (r#""vct#integrity","sha256-x""#, "vct#integrity is a disclosure"),
    ] {
        assert_eq!(titles("dc+sd-jwt", &[claim]), [title]);
    }
    assert_eq!(titles("example+sd-jwt", &[status]), ["status is a disclosure"], "a status list");
    assert_eq!(titles("example+sd-jwt", &[r#""status","single""#, r#""vct","x""#]), [""; 0], "any other claim");
    assert_eq!(titles("dc+sd-jwt", &[r#""sub","ada""#, r#""name","Ada""#]), [""; 0], "SD-JWT VC allows sub");
}

/// RFC 9901 section 7.3: iat must be within an acceptable window.
#[test]
fn a_key_binding_jwt_is_dated_now() {
    let holder = signing_key(Algorithm::Es256);
    let token = sign(&format!(r#"{{"_sd":[],"cnf":{{"jwk":{}}}}}"#, holder.public_jwk().unwrap()));
    let bound = |times: &str| {
        let hash = sha_256(format!("{token}~").as_bytes());
        let claims = format!(r#"{{{times},"aud":"v","nonce":"n","sd_hash":"{hash}"}}"#);
        let binding = holder.dangerous_sign(r#"{"alg":"ES256","typ":"kb+jwt"}"#, claims.as_bytes()).unwrap();
        let report = report(&format!("{token}~{binding}"));
        let is_proven = report.presentation.as_ref().unwrap().key_binding.as_ref().unwrap().is_proven;
        assert_eq!(is_proven, report.verdict.outcome == VerdictOutcome::Accepted, "{times}");
        report.trace[0].clone()
    };
    let step = bound(&format!(r#""iat":{}"#, NOW - 300));
    assert_eq!((step.outcome, &*step.reason), (Outcome::Pass, "SD-JWT: token, no disclosure, key binding"));
    let step = bound(&format!(r#""iat":{}"#, NOW - 301));
    let stale = "SD-JWT: token, no disclosure, key binding; the key binding was made 5 m 1 s ago, and a verifier takes it \
                 for about 5 m";
    assert_eq!((step.outcome, &*step.reason), (Outcome::Warn, stale));
    assert_eq!(step.fix, "Sign a key binding JWT for each presentation");
    let step = bound(&format!(r#""iat":{}"#, NOW + 120));
    assert_eq!((step.outcome, &*step.reason), (Outcome::Fail, "The key binding JWT is made 2 m in the future"));
    let step = bound(&format!(r#""iat":{},"exp":{}"#, NOW - 60, NOW - 30));
    assert_eq!((step.outcome, &*step.reason), (Outcome::Fail, "The key binding JWT expired 30 s ago"));
}

#[test]
fn a_word_after_a_key_binding_jwt_is_no_part_of_it() {
    let holder = signing_key(Algorithm::Es256);
    let (name, of_name) = disclosure(r#"["salt-1","given_name","Ada"]"#);
    let cnf = holder.public_jwk().unwrap();
    let presented = format!("{}~{name}~", sign(&format!(r#"{{"_sd":["{of_name}"],"cnf":{{"jwk":{cnf}}}}}"#)));
    let hash = sha_256(presented.as_bytes());
    let claims = format!(r#"{{"iat":{NOW},"aud":"v","nonce":"n","sd_hash":"{hash}"}}"#);
    let binding = holder.dangerous_sign(r#"{"alg":"ES256","typ":"kb+jwt"}"#, claims.as_bytes()).unwrap();
    let whole = format!("{presented}{binding}");
    let (first, rest) = whole.split_at(whole.len() - 20);
    for text in [
        whole.clone(),
        format!("{whole} word"),
        format!("{whole}\nword and more"),
        format!("see {whole} word"),
        format!("{whole}, word"),
        format!("{first}\n{rest}"),
    ] {
        let report = report(&text);
        assert_eq!(report.verdict.outcome, VerdictOutcome::Accepted, "{text}: {}", report.verdict.detail);
        let presentation = report.presentation.unwrap();
        assert_eq!(presentation.key_binding.unwrap().token.as_ref(), Some(&binding), "{text}");
        assert_eq!(presentation.text, format!("~{name}~{binding}"), "{text}");
    }
    let without = report(&format!("{presented} word"));
    assert_eq!(without.presentation.unwrap().text, format!("~{name}~"));
}
