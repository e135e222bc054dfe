//! Tests of what a server would decide, and how it explains that.

mod accepted;
mod cures;
mod proof;
mod time;

use crate::judgement::{Check, Outcome, SignatureState, VerdictOutcome};
use crate::testing::{Draft, NOW, key, outcomes, step};
use crate::{RevocationFact, UserFact};

#[track_caller]
fn fails(draft: &Draft, check: Check, reason: &str) {
    let judged = draft.judgement();
    let step = step(&judged, check);
    assert_eq!((step.outcome, &*step.reason), (Outcome::Fail, reason));
    assert_eq!(judged.verdict.outcome, VerdictOutcome::Rejected);
    assert!(!step.fix.is_empty(), "a failed step says what must change");
    assert_eq!(judged.trace.len(), 9);
}

#[test]
fn a_good_token_passes_all_nine_checks_in_the_words_of_the_pictures() {
    let judged = Draft::new().judgement();
    let kid = crate::visible::excerpt(key().kid(), 16);
    let reasons: Vec<&str> = judged.trace.iter().map(|step| &*step.reason).collect();
    assert_eq!(
        reasons,
        [
            "3 segments, valid base64url and JSON",
            "ES256 is on the policy allow-list",
            &format!("kid {kid}, from GNOME Keyring"),
            &format!("64 bytes, verified with {kid}"),
            "Valid for 13 m 41 s more",
            "Both equal the policy values",
            "jti and session are not revoked",
            "alice is active",
            "Needs items:write, granted",
        ]
    );
    let names: Vec<&str> = judged.trace.iter().map(|step| step.name).collect();
    assert_eq!(
        names,
        [
            "Parse",
            "Algorithm",
            "Key",
            "Signature",
            "Time claims",
            "Issuer and audience",
            "Revocation",
            "User",
            "Scopes"
        ]
    );
    assert_eq!(judged.verdict.title, "Accepted");
    assert_eq!(judged.verdict.detail, "9 of 9 checks pass");
    assert_eq!(judged.verdict.status, Some(200));
    assert_eq!(judged.signature.state, SignatureState::Verified);
}

#[test]
fn no_endpoint_chosen_is_still_accepted() {
    let judged = Draft::new().policy(|policy| policy.required_scopes.clear()).judgement();
    assert_eq!(step(&judged, Check::Scopes).reason, "The policy requires no scopes");
    assert_eq!(judged.verdict.outcome, VerdictOutcome::Accepted);
    assert_eq!(judged.verdict.detail, "8 of 9 checks pass, 1 not checked");
}

#[test]
fn what_this_crate_does_not_read_is_not_held_against_the_token() {
    let deep = format!("{}1{}", "[".repeat(65), "]".repeat(65));
    let judged = Draft::new().claim("x", deep).judgement();
    assert_eq!(step(&judged, Check::Parse).outcome, Outcome::NotChecked);
    assert_eq!(judged.verdict.outcome, VerdictOutcome::NotVerified);
    assert_eq!(judged.verdict.detail, "Nested deeper than 64 levels; the rest is not read");
}

#[test]
fn the_algorithm_must_be_on_the_list_and_spelt_exactly() {
    let cases = [
        ("\"HS256\"", "HS256 is not on the policy allow-list"),
        ("\"none\"", "alg is none: nothing is proven"),
        ("\"nOnE\"", "alg is nOnE, which is none in disguise: nothing is proven"),
        ("\"es256\"", "alg is es256; names are case-sensitive, this one is ES256"),
        ("\"ML-DSA-44\"", "alg ML-DSA-44 is not a signature algorithm this build knows"),
        ("7", "alg is a number, not a name"),
        ("null", "alg is null, not a name"),
    ];
    for (json, reason) in cases {
        fails(&Draft::new().header("alg", json), Check::Algorithm, reason);
    }
    fails(&Draft::new().without("alg"), Check::Algorithm, "alg is missing");
    assert_eq!(Draft::new().header("alg", "\"HS256\"").step(Check::Algorithm).fix, "Set `alg` to ES256");
}

#[test]
fn crit_in_any_form_is_refused() {
    let cases = [
        (r#"["b64"]"#, "crit names b64, which this server does not understand"),
        (r#"["alg"]"#, "crit names alg, which every server understands: only extensions may be listed"),
        (r#"["a","b","c","d"]"#, "crit names a, b, c and 1 more, which this server does not understand"),
        ("[]", "crit is an empty list, which is not allowed"),
        ("[1]", "crit lists something that is no name"),
        ("\"b64\"", "crit is a string, not a list of names"),
        ("null", "crit is null, not a list of names"),
    ];
    for (json, reason) in cases {
        let draft = Draft::new().header("crit", json);
        fails(&draft, Check::Algorithm, reason);
    }
}

#[test]
fn an_algorithm_that_this_build_does_not_know_is_refused_by_a_list_and_unchecked_without_one() {
    let any = |policy: &mut crate::Policy| policy.algorithms = crate::Algorithm::ALL.to_vec();
    for (alg, reason) in [
        ("Ed448", "alg Ed448 is not a signature algorithm this build knows"),
        ("ML-DSA-65", "alg ML-DSA-65 is not a signature algorithm this build knows"),
    ] {
        let draft = || Draft::new().header("alg", format!("\"{alg}\""));
        fails(&draft(), Check::Algorithm, reason);
        let judged = draft().policy(any).judgement();
        assert_eq!(step(&judged, Check::Algorithm).outcome, Outcome::NotChecked);
        assert_eq!(judged.signature.state, SignatureState::Unsupported);
        assert_eq!(judged.verdict.outcome, VerdictOutcome::NotVerified);
    }
    for (alg, reason) in [
        ("none", "alg is none: nothing is proven"),
        ("es256", "alg is es256; names are case-sensitive, this one is ES256"),
        ("ES265", "alg is \"ES265\"; ES256 is meant, letter by letter"),
        ("ES256 ", "alg is \"ES256 \"; ES256 is meant, letter by letter"),
        ("", "alg is empty"),
    ] {
        fails(&Draft::new().header("alg", format!("\"{alg}\"")).policy(any), Check::Algorithm, reason);
    }
}

#[test]
fn the_wanted_typ_is_compared_as_a_media_type() {
    for good in ["\"at+jwt\"", "\"AT+JWT\"", "\"application/at+jwt\"", "\"Application/At+Jwt\""] {
        assert_eq!(Draft::new().header("typ", good).judgement().verdict.outcome, VerdictOutcome::Accepted, "{good}");
    }
    let cases = [
        ("\"JWT\"", r#"typ is "JWT", the policy wants "at+jwt""#),
        ("\"rt+jwt\"", r#"typ is "rt+jwt", the policy wants "at+jwt""#),
        ("\"logout+jwt\"", r#"typ is "logout+jwt", the policy wants "at+jwt""#),
        ("\"text/at+jwt\"", r#"typ is "text/at+jwt", the policy wants "at+jwt""#),
        ("1", "typ is a number, not a name"),
    ];
    for (json, reason) in cases {
        fails(&Draft::new().header("typ", json), Check::Algorithm, reason);
    }
    fails(&Draft::new().without("typ"), Check::Algorithm, r#"typ is missing, the policy wants "at+jwt""#);
}

#[test]
fn issuer_and_audience_are_compared_character_by_character() {
    let cases = [
        (
            "\"http://localhost:8787/\"",
            r#"iss differs from the policy's "http://localhost:8787" by a slash at the end, which only the token has"#,
        ),
        (
            "\"HTTP://localhost:8787\"",
            r#"iss differs from the policy's "http://localhost:8787" by upper and lower case of the scheme"#,
        ),
        (
            "\"https://localhost:8787\"",
            r#"iss differs from the policy's "http://localhost:8787" by https instead of http"#,
        ),
        (
            "\"http://localhost:878\"",
            r#"iss differs from the policy's "http://localhost:8787" by the port, 878 instead of 8787"#,
        ),
        (
            "\"http://localhost:8787\\u0000\"",
            r#"iss differs from the policy's "http://localhost:8787" by a NUL at the end, which only the token has"#,
        ),
        ("[\"http://localhost:8787\"]", "iss is an array, not a string"),
        ("null", "iss is null, not a string"),
    ];
    for (json, reason) in cases {
        fails(&Draft::new().claim("iss", json), Check::IssuerAndAudience, reason);
    }
    fails(&Draft::new().without("iss"), Check::IssuerAndAudience, "iss is missing, and the policy requires it");
    let cases = [
        ("\"orders-api\"", r#"aud is "orders-api", the policy wants "items-api""#),
        (
            "\"items-api \"",
            r#"aud differs from the policy's "items-api" by a space at the end, which only the token has"#,
        ),
        ("[\"a\",\"b\"]", r#"aud lists "a" and "b", not "items-api""#),
        ("[]", r#"aud is an empty list, the policy wants "items-api""#),
        ("[\"items-api\",1]", "aud is a list with something else than strings"),
        ("{\"items-api\":1}", "aud is an object"),
        ("7", "aud is a number"),
    ];
    for (json, reason) in cases {
        fails(&Draft::new().claim("aud", json), Check::IssuerAndAudience, reason);
    }
    fails(&Draft::new().without("aud"), Check::IssuerAndAudience, r#"aud is missing, the policy wants "items-api""#);
    let several = Draft::new().claim("aud", r#"["other","items-api"]"#).step(Check::IssuerAndAudience);
    assert_eq!(several.reason, "iss equals the policy value, aud contains it");
    let client = Draft::new().without("client_id").policy(|policy| policy.required_claims.push("client_id".to_owned()));
    fails(&client, Check::IssuerAndAudience, "client_id is missing, and the policy requires it");
}

#[test]
fn every_fault_of_a_check_is_named_at_once() {
    let draft = Draft::new().claim("iss", "\"https://a.example\"").claim("aud", "\"b\"").policy(|policy| {
        policy.required_claims.extend(["tenant".to_owned(), "roles".to_owned()]);
    });
    let step = draft.step(Check::IssuerAndAudience);
    for words in ["iss is \"https://a.example\"", "aud is \"b\"", "tenant is missing", "roles is missing"] {
        assert!(step.reason.contains(words), "{}", step.reason);
    }
    for words in ["Set `iss` to exactly", "set `aud` to items-api", "add `tenant` and `roles`"] {
        assert!(step.fix.contains(words), "{}", step.fix);
    }
    let step = Draft::new().header("alg", "\"HS256\"").header("typ", "\"JWT\"").step(Check::Algorithm);
    assert!(step.reason.contains("HS256 is not on") && step.reason.contains("typ is \"JWT\""), "{}", step.reason);
    assert!(step.fix.contains("set `typ` to at+jwt") && step.fix.contains("`alg`"), "{}", step.fix);
}

#[test]
fn an_issuers_own_token_names_its_client_in_a_string() {
    for (json, kind) in
        [("null", "null"), ("0", "a number"), ("true", "true or false"), ("[]", "an array"), ("{}", "an object")]
    {
        let draft = |own| Draft::new().claim("client_id", json).policy(move |policy| policy.own_tokens = own);
        fails(&draft(true), Check::IssuerAndAudience, &format!("client_id is {kind}, not a string"));
        assert_eq!(draft(false).judgement().verdict.outcome, VerdictOutcome::Accepted, "{json}");
    }
}

#[test]
fn revocation_tells_what_ended_and_when() {
    let with = |fact: RevocationFact| Draft::new().facts(|facts| facts.revocation = fact);
    fails(&with(RevocationFact::TokenRevoked { at: NOW - 180 }), Check::Revocation, "jti was revoked 3 m ago");
    fails(
        &with(RevocationFact::TokenRevoked { at: NOW + 180 }),
        Check::Revocation,
        "jti was revoked by a clock 3 m ahead",
    );
    fails(&with(RevocationFact::SessionEnded { at: NOW - 5 }), Check::Revocation, "The session ended 5 s ago");
    fails(&with(RevocationFact::TokenUsed { at: NOW }), Check::Revocation, "Used 0 s ago, a refresh token works once");
    fails(&with(RevocationFact::SessionMissing), Check::Revocation, "No such session was ever started here");
    let blamed = |fact| with(fact).step(Check::Revocation).members;
    assert_eq!(blamed(RevocationFact::TokenRevoked { at: NOW }), ["jti"]);
    assert_eq!(blamed(RevocationFact::SessionEnded { at: NOW }), ["sid"], "the token itself was not revoked");
    let forgotten = "It ended too long ago: revocations from then are forgotten";
    fails(&with(RevocationFact::Forgotten), Check::Revocation, forgotten);
    let unknown = with(RevocationFact::Unknown("Issued elsewhere".to_owned())).judgement();
    assert_eq!(unknown.verdict.detail, "8 of 9 checks pass, 1 not checked");
    fails(&Draft::new().claim("jti", "7"), Check::Revocation, "jti is a number, not a string");
}

#[test]
fn an_issuers_own_token_has_a_jti_that_a_revocation_can_name() {
    let own = |jti: &str| Draft::new().claim("jti", format!("\"{jti}\"")).policy(|policy| policy.own_tokens = true);
    fails(&own(""), Check::Revocation, "jti is empty, so the token could not be revoked by it");
    for blank in [" ", "\\u0000", "\\u00a0\\t"] {
        fails(&own(blank), Check::Revocation, "jti is blank, so the token could not be revoked by it");
    }
    fails(&own(&"a".repeat(256)), Check::Revocation, "jti has 256 characters, more than 255");
    for (own_tokens, jti) in [(true, "a".repeat(255)), (false, String::new()), (false, "a".repeat(5_000))] {
        let draft = Draft::new().claim("jti", format!("\"{jti}\"")).policy(|policy| policy.own_tokens = own_tokens);
        assert_eq!(draft.judgement().verdict.outcome, VerdictOutcome::Accepted, "{own_tokens} {}", jti.len());
    }
}

#[test]
fn an_inactive_user_is_400_and_a_missing_one_401() {
    let with = |fact: UserFact| Draft::new().facts(|facts| facts.user = fact);
    fails(&with(UserFact::Inactive), Check::User, "alice is inactive");
    assert_eq!(with(UserFact::Inactive).judgement().verdict.detail, "400 at check 8 of 9, user");
    fails(&with(UserFact::Missing), Check::User, "alice does not exist");
    for blank in ["\"\"", "\" \""] {
        fails(&with(UserFact::Missing).claim("sub", blank), Check::User, "sub is blank, so it names no user");
    }
    assert_eq!(with(UserFact::Missing).judgement().verdict.status, Some(401));
    fails(&Draft::new().claim("sub", "[\"alice\"]"), Check::User, "sub is an array, not a string");
}

#[test]
fn a_lacking_scope_is_403() {
    let draft = Draft::new().claim("scope", "\"items:read\"");
    fails(&draft, Check::Scopes, "Needs items:write, not granted");
    assert_eq!(draft.judgement().verdict.detail, "403 at check 9 of 9, scopes");
    fails(&Draft::new().claim("scope", "\"items:writes\""), Check::Scopes, "Needs items:write, not granted");
    fails(
        &Draft::new().claim("scope", "\"items:read,items:write\""),
        Check::Scopes,
        "Needs items:write, which scope has only with a comma or semicolon beside it",
    );
    fails(
        &Draft::new().claim("scope", "[\"items:write\"]"),
        Check::Scopes,
        "scope is an array, not words in one string",
    );
    let list = Draft::new().without("scope").also("scp", "[\"items:write\"]").step(Check::Scopes);
    assert_eq!(list.outcome, Outcome::Pass);
}

#[test]
fn a_scope_that_the_user_does_not_hold_is_403_whatever_the_endpoint_needs() {
    let reader = || Draft::new().facts(|facts| facts.user = UserFact::Active { scopes: vec!["items:read".to_owned()] });
    for needed in [&[][..], &["items:read".to_owned()]] {
        let draft = reader().policy(|policy| policy.required_scopes = needed.to_vec());
        fails(&draft, Check::Scopes, "Grants items:write, which the user does not hold");
        assert_eq!(draft.judgement().verdict.status, Some(403));
        let fewer = draft.claim("scope", "\"items:read\"").judgement();
        assert_eq!(fewer.verdict.outcome, VerdictOutcome::Accepted);
    }
    for odd in ["7", "[\"items:read\"]", "null"] {
        let draft = reader().claim("scope", odd).policy(|policy| policy.required_scopes.clear());
        assert_eq!(draft.step(Check::Scopes).outcome, Outcome::Fail, "{odd}: nobody can say what it grants");
    }
}

/// JWT-12.
#[test]
fn a_name_that_stands_twice_is_refused_wherever_it_stands_and_every_value_is_listed() {
    for name in ["exp", "iss", "aud", "sub", "jti", "sid", "scope", "iat", "nbf"] {
        let value = Draft::new().claims.iter().find(|(known, _)| known == name).unwrap().1.clone();
        let draft = Draft::new().also(name, &value).own();
        fails(&draft, Check::Parse, &format!("Name {name} appears twice: {value}, then {value}"));
        assert_eq!(draft.judgement().verdict.title, "Rejected");
    }
    let twice = Draft::new().also("role", "\"reader\"").also("role", "\"admin\"").own();
    fails(&twice, Check::Parse, "Name role appears twice: \"reader\", then \"admin\"");
    let many = (1..=6).fold(Draft::new(), |draft, n| draft.also("n", n)).own();
    fails(&many, Check::Parse, "Name n appears 6 times: 1, then 2, then 3, then 4, then 2 more");
    let inner = Draft::new().claim("act", r#"{"sub":"bob","sub":"root"}"#).own();
    fails(&inner, Check::Parse, "Name sub appears more than once inside a value");
    let escaped = Draft::new().also("s\\u0075b", "\"root\"").own();
    assert_eq!(escaped.step(Check::Parse).outcome, Outcome::Fail, "an escape does not make another name");
    let header = key().dangerous_sign(r#"{"alg":"ES256","alg":"none","typ":"at+jwt"}"#, br#"{"sub":"alice"}"#).unwrap();
    let reason = "Name alg appears twice: \"ES256\", then \"none\"";
    assert_eq!(step(&Draft::new().own().judge(&header), Check::Parse).reason, reason);
    let header = key().dangerous_sign(r#"{"alg":"ES256","x":1,"typ":"at+jwt","x":2}"#, br#"{"sub":"alice"}"#).unwrap();
    assert_eq!(step(&Draft::new().own().judge(&header), Check::Parse).outcome, Outcome::Fail);
}

#[test]
fn a_foreign_token_with_a_name_that_stands_twice_is_warned_of_and_never_accepted_if_a_check_reads_the_name() {
    let twice = Draft::new().also("role", "\"reader\"").also("role", "\"admin\"");
    let step = twice.step(Check::Parse);
    assert_eq!((step.outcome, step.fix.as_ref()), (Outcome::Warn, ""));
    assert_eq!(step.reason, "Name role appears twice: \"reader\", then \"admin\"");
    assert_eq!(twice.judgement().verdict.outcome, VerdictOutcome::Accepted);
    for name in ["exp", "iss", "aud", "sub", "scope", "iat", "nbf"] {
        let value = Draft::new().claims.iter().find(|(known, _)| known == name).unwrap().1.clone();
        let draft = Draft::new().also(name, &value);
        assert_eq!(draft.step(Check::Parse).outcome, Outcome::Warn, "{name}");
        assert_ne!(draft.judgement().verdict.outcome, VerdictOutcome::Accepted, "{name}");
    }
    let inner = Draft::new().claim("act", r#"{"sub":"bob","sub":"root"}"#);
    assert_eq!(inner.step(Check::Parse).outcome, Outcome::Warn);
}

#[test]
fn a_token_that_cannot_be_read_leaves_the_later_checks_open() {
    let token = Draft::new().token();
    let mut segments: Vec<&str> = token.split('.').collect();
    let broken = format!("{}*{}", &segments[1][..119], &segments[1][120..]);
    segments[1] = &broken;
    let judged = Draft::new().judge(&segments.join("."));
    let position = segments[0].len() + 1 + 119 + 1;
    assert_eq!(judged.verdict.title, "Not a valid token");
    assert_eq!(judged.verdict.detail, "401 at check 1 of 9, parse");
    assert_eq!(step(&judged, Check::Parse).reason, format!("Payload has * at character {position}"));
    assert_eq!(step(&judged, Check::Parse).fix, "Re-encode the payload as base64url, no padding");
    assert_eq!(
        step(&judged, Check::Algorithm).reason,
        "ES256 stands in the header; not checked, as the token was not read to its end"
    );
    assert!(outcomes(&judged)[1..].iter().all(|outcome| *outcome == Outcome::NotChecked));
    assert_eq!(step(&judged, Check::Time).reason, "Needs a readable token");
}
