//! Tests of what members mean, in tokens of well-known issuers and in others.

use crate::report::{Report, ScopeState};
use crate::testing::{Draft, ids, key};
use jose::Facts;

fn report(claims: &str) -> Report {
    Draft::new().judge(&key().dangerous_sign(r#"{"alg":"ES256","typ":"JWT"}"#, claims.as_bytes()).unwrap())
}

/// Meaning and reference of a claim.
fn meaning<'a>(report: &'a Report, name: &str) -> (&'a str, &'a str) {
    let member = report.claims.iter().find(|member| member.name == name).unwrap();
    (&member.meaning, member.reference)
}

fn one(claims: &str, name: &str) -> (String, String) {
    let report = report(claims);
    let (meaning, reference) = meaning(&report, name);
    (meaning.to_owned(), reference.to_owned())
}

/// Asserts that every claim is explained and none is called unregistered.
#[track_caller]
fn all_known(report: &Report) {
    let unknown: Vec<&str> = report
        .claims
        .iter()
        .filter(|member| member.reference.is_empty() || member.meaning.starts_with("Unregistered"))
        .map(|member| member.name.as_str())
        .collect();
    assert_eq!(unknown, [""; 0]);
    assert!(!ids(report).contains(&"unregistered_claim"));
}

const ENTRA_V1: &str = r#"{"aud":"https://graph.microsoft.com","iss":"https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/",
    "iat":1795440000,"nbf":1795440000,"exp":1795443900,"acct":0,"acr":"1","acrs":["urn:user:registersecurityinfo"],
    "aio":"AVQAq/8TAAAA","amr":["rsa","mfa"],"app_displayname":"Graph Explorer","appid":"de8bc8b5-d9f9-48b1-a8ad-b748da725064",
    "appidacr":"0","deviceid":"0f1c6b4e-1111-2222-3333-444455556666","family_name":"Example","given_name":"Alice","idtyp":"user",
    "in_corp":"true","ipaddr":"203.0.113.7","name":"Alice Example","oid":"690222be-ff1a-4d56-abd1-7e4f7d38e474",
    "onprem_sid":"S-1-5-21-1-2-3-1001","platf":"3","puid":"10032001A2B3C4D5","rh":"0.AAAA","scp":"openid profile User.Read",
    "signin_state":["kmsi"],"sub":"HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ","tenant_region_scope":"WW",
    "tid":"72f988bf-86f1-41af-91ab-2d7cd011db47","unique_name":"alice@example.com","upn":"alice@example.com",
    "uti":"k1yNnYl0cGz0v2u8mQ9J3w","ver":"1.0","wids":["62e90394-69f5-4237-9190-012177145e10"],"xms_tcdt":1289241547,
    "xms_something_new":"1"}"#;

const ENTRA_V2: &str = r#"{"aud":"6e74172b-be56-4843-9ff4-e66a39bb12e3","iss":"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0",
    "iat":1795440000,"nbf":1795440000,"exp":1795443900,"azp":"6e74172b-be56-4843-9ff4-e66a39bb12e3","azpacr":"2",
    "hasgroups":true,"oid":"690222be-ff1a-4d56-abd1-7e4f7d38e474","preferred_username":"alice@example.com","rh":"0.AAAA",
    "roles":["Task.Read"],"scp":"access_as_user","sub":"HKZpfaHyWadeOouYlitjrI","tid":"72f988bf-86f1-41af-91ab-2d7cd011db47",
    "uti":"fqiBqXLPj0eQa82S-IYFAA","ver":"2.0"}"#;

const AUTH0: &str = r#"{"https://example.com/roles":["admin"],"iss":"https://dev-x1.eu.auth0.com/","sub":"auth0|507f1f77bcf86cd799439011",
    "aud":["https://api.example.com","https://dev-x1.eu.auth0.com/userinfo"],"iat":1795440000,"exp":1795443600,
    "azp":"JxXqCOwDBLT9gE7zVrP3V1Bw","scope":"openid profile","org_id":"org_9ybsU1dN2dKfDkBi","org_name":"example",
    "permissions":["read:items"],"gty":"password"}"#;

const COGNITO: &str = r#"{"sub":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","device_key":"eu-west-1_1","cognito:groups":["admin"],
    "iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_aaaaaaaaa","version":2,"client_id":"1example23456789",
    "origin_jti":"9aaa1111","event_id":"64f513be","token_use":"access","scope":"aws.cognito.signin.user.admin",
    "auth_time":1795440000,"exp":1795443600,"iat":1795440000,"jti":"b1c2","username":"alice","custom:department":"42",
    "cognito:preferred_role":"arn:aws:iam::111122223333:role/dev","cognito:roles":[],"cognito:username":"alice"}"#;

const KEYCLOAK: &str = r#"{"exp":1795440900,"iat":1795440600,"auth_time":1795440599,"jti":"onrtac:1","iss":"https://id.example.com/realms/shop",
    "aud":"account","sub":"f3c1a5b0","typ":"Bearer","azp":"web","sid":"9c1f","session_state":"9c1f","acr":"1",
    "allowed-origins":["https://shop.example.com"],"realm_access":{"roles":["offline_access"]},
    "resource_access":{"account":{"roles":["view-profile"]}},"scope":"openid email profile","email_verified":true,
    "preferred_username":"alice"}"#;

#[test]
fn every_claim_of_an_entra_token_is_explained() {
    let v1 = report(ENTRA_V1);
    all_known(&v1);
    assert_eq!(meaning(&v1, "oid"), ("Object ID of the user or app, the same for every client", "Entra ID"));
    assert_eq!(meaning(&v1, "xms_tcdt"), ("When the tenant was made", "Entra ID"));
    assert_eq!(meaning(&v1, "xms_something_new"), ("Internal to Microsoft", "Entra ID"));
    assert_eq!(meaning(&v1, "appidacr").0, "Public client, proved nothing");
    assert_eq!(meaning(&v1, "amr"), ("Certificate or Authenticator app, then several factors", "8176 §2"));
    assert_eq!(meaning(&v1, "acr"), ("Authentication class, ISO/IEC 29115 was met", "9068 §2.2.1"));
    assert_eq!(meaning(&v1, "name"), ("Full name", "OIDC Core §5.1"));
    let v2 = report(ENTRA_V2);
    all_known(&v2);
    assert_eq!(meaning(&v2, "azpacr").0, "Client proved itself with a certificate");
    assert_eq!(meaning(&v2, "azp"), ("Authorized party", "OIDC Core §2"));
    assert_eq!(meaning(&v2, "roles"), ("Roles", "9068 §2.2.3.1"));
    assert_eq!(meaning(&v2, "scp"), ("Scopes that were consented to", "Entra ID"));
}

#[test]
fn every_claim_of_an_auth0_token_is_explained() {
    let auth0 = report(AUTH0);
    all_known(&auth0);
    assert_eq!(meaning(&auth0, "permissions"), ("Permissions by the user's roles", "Auth0"));
    assert_eq!(meaning(&auth0, "https://example.com/roles"), ("Custom claim, added by an Action", "Auth0"));
    assert_eq!(meaning(&auth0, "org_id"), ("Organization", "Auth0"));
}

#[test]
fn every_claim_of_a_cognito_token_is_explained() {
    let cognito = report(COGNITO);
    all_known(&cognito);
    assert_eq!(meaning(&cognito, "token_use"), ("Access token", "Cognito"));
    assert_eq!(meaning(&cognito, "custom:department"), ("Custom attribute of the user", "Cognito"));
    assert_eq!(meaning(&cognito, "username"), ("User name", "7662 §2.2"));
}

#[test]
fn every_claim_of_a_keycloak_token_is_explained() {
    let keycloak = report(KEYCLOAK);
    all_known(&keycloak);
    assert_eq!(meaning(&keycloak, "realm_access"), ("Roles in the realm", "Keycloak"));
    assert_eq!(meaning(&keycloak, "typ"), ("Access token", "Keycloak"));
    assert_eq!(meaning(&keycloak, "acr").0, "Authentication class, signed in, lowest level of the realm");
}

#[test]
fn an_issuer_with_an_address_of_its_own_is_known_by_its_claims() {
    let at = |claims: &str| claims.replace("\"iss\":\"https://", "\"iss\":\"https://id.example.org/?was=");
    for (claims, name, product) in [
        (ENTRA_V1, "aio", "Entra ID"),
        (AUTH0, "permissions", "Auth0"),
        (COGNITO, "origin_jti", "Cognito"),
        (KEYCLOAK, "allowed-origins", "Keycloak"),
    ] {
        let report = report(&at(claims).replace("/realms/", "/"));
        assert_eq!(meaning(&report, name).1, product, "{name}");
    }
}

#[test]
fn a_vendor_s_words_are_used_for_its_own_tokens_only() {
    for issuer in [
        "https://example.com/",
        "https://login.microsoftonline.com.example.com/",
        "https://notauth0.com/",
        "https://example.com/?x=auth0.com",
    ] {
        let claims = format!(
            r#"{{"iss":"{issuer}","oid":"1","permissions":[],"custom:x":"1","session_state":"1","https://example.com/x":1,"version":2,"xms_cc":"1"}}"#
        );
        let report = report(&claims);
        for member in report.claims.iter().filter(|member| member.name != "iss") {
            assert_eq!(member.meaning, "Unregistered, no meaning known", "{} from {issuer}", member.name);
        }
    }
    let foreign = report(&AUTH0.replace("\"gty\"", "\"oid\":\"1\",\"gty\""));
    assert_eq!(meaning(&foreign, "oid").0, "Unregistered, no meaning known");
    assert!(foreign.findings.iter().any(|finding| finding.title == "oid is not a registered claim"));
    assert_eq!(one(r#"{"amr":["rsa","fed"]}"#, "amr").0, "Rsa, then fed");
}

#[test]
fn authentication_methods_and_classes_are_put_in_words() {
    let rfc = [
        "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop", "pwd", "rba", "retina", "sc",
        "sms", "swk", "tel", "user", "vbm", "wia",
    ];
    for name in rfc {
        let (meaning, _) = one(&format!(r#"{{"amr":["xx","{name}"]}}"#), "amr");
        let is_a_word_already = ["face", "iris", "retina"].contains(&name);
        assert_eq!(meaning == format!("Xx, then {name}"), is_a_word_already, "{meaning}");
    }
    for (value, words) in [
        ("\"phr\"", "phishing-resistant"),
        ("\"0\"", "below ISO/IEC 29115 level 1"),
        ("0", "below ISO/IEC 29115 level 1"),
        ("\"http://eidas.europa.eu/LoA/substantial\"", "eIDAS substantial"),
        ("\"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\"", "password over TLS"),
        ("\"https://refeds.org/profile/mfa\"", "several factors (REFEDS)"),
    ] {
        let (meaning, _) = one(&format!(r#"{{"acr":{value}}}"#), "acr");
        assert_eq!(meaning, format!("Authentication class, {words}"));
    }
    assert_eq!(one(r#"{"acr":"gold"}"#, "acr").0, "Authentication class");
}

#[test]
fn scopes_are_matched_with_the_user_or_with_the_policy() {
    let scopes = |draft: Draft| {
        let report = draft.report();
        let member = report.claims.iter().find(|member| member.name == "scope").unwrap();
        let words = member.words.iter().map(|word| (word.text.clone(), word.state)).collect::<Vec<_>>();
        (words, member.meaning.to_string())
    };
    let draft = || Draft::new().claim("scope", "\"items:read extra\"");
    let word = |text: &str, state| (text.to_owned(), state);
    let (words, _) = scopes(draft());
    assert_eq!(
        words,
        [
            word("items:read", ScopeState::Granted),
            word("extra", ScopeState::NotHeld),
            word("items:write", ScopeState::Missing)
        ]
    );
    let foreign = || draft().facts(|facts| *facts = Facts::unknown("Issued elsewhere"));
    let both = || vec!["items:read".to_owned(), "items:write".to_owned()];
    let (words, meaning) = scopes(foreign().policy(|policy| policy.required_scopes = both()));
    assert_eq!(
        words,
        [
            word("items:read", ScopeState::Granted),
            word("extra", ScopeState::Plain),
            word("items:write", ScopeState::Missing)
        ]
    );
    assert_eq!(meaning, "1 of 2 that the policy asks for");
    let (words, meaning) = scopes(foreign().policy(|policy| policy.required_scopes.clear()));
    assert_eq!(words, [word("items:read", ScopeState::Plain), word("extra", ScopeState::Plain)]);
    assert_eq!(meaning, "2 scopes");
}

#[test]
fn only_a_token_of_this_profile_has_this_workbench_as_its_issuer() {
    let draft = Draft::new();
    let issuer = |draft: Draft| draft.report().claims[0].meaning.to_string();
    assert_eq!(issuer(draft), "Issuer, this workbench: http, for tests only");
    let https = Draft::new().claim("iss", "\"https://id.test\"");
    let https = https.policy(|policy| policy.issuer = Some("https://id.test".to_owned()));
    assert_eq!(issuer(https), "Issuer, this workbench");
    let partner = Draft::new().facts(|facts| *facts = Facts::unknown("Issued elsewhere"));
    assert_eq!(issuer(partner), "Issuer, matches policy");
}

#[test]
fn every_claim_of_seven_more_issuers_is_explained() {
    let times = r#""iat":1795440600,"exp":1795444200"#;
    for (product, name, claims) in [
        (
            "Okta",
            "cid",
            r#""iss":"https://dev-1.okta.com/oauth2/default","ver":1,"jti":"AT.x","aud":"api://default","cid":"0oa","uid":"00u","scp":["openid"],"sub":"alice""#,
        ),
        (
            "Google",
            "hd",
            r#""iss":"https://accounts.google.com","azp":"1","aud":"1","sub":"2","hd":"example.com","email_verified":true,"at_hash":"x""#,
        ),
        (
            "Firebase",
            "firebase",
            r#""iss":"https://securetoken.google.com/shop","aud":"shop","auth_time":1795440600,"user_id":"u","sub":"u","firebase":{"sign_in_provider":"password"}"#,
        ),
        (
            "GitHub Actions",
            "workflow_ref",
            r#""iss":"https://token.actions.githubusercontent.com","sub":"repo:o/r:ref:refs/heads/main","aud":"x","ref":"refs/heads/main","sha":"a","repository":"o/r","repository_owner":"o","run_id":"1","workflow":"ci","workflow_ref":"o/r/.github/workflows/ci.yml@refs/heads/main","actor":"o","event_name":"push","runner_environment":"github-hosted""#,
        ),
        (
            "GitLab CI",
            "project_path",
            r#""iss":"https://gitlab.example.com","sub":"project_path:g/p","namespace_id":"1","namespace_path":"g","project_id":"2","project_path":"g/p","user_login":"o","pipeline_source":"push","ref":"main","ref_type":"branch","ref_protected":"true""#,
        ),
        (
            "Kubernetes",
            "kubernetes.io",
            r#""iss":"https://kubernetes.default.svc.cluster.local","sub":"system:serviceaccount:default:api","aud":["https://kubernetes.default.svc"],"jti":"x","kubernetes.io":{"namespace":"default"}"#,
        ),
        (
            "Supabase",
            "aal",
            r#""iss":"https://abc.supabase.co/auth/v1","sub":"u","aud":"authenticated","role":"authenticated","aal":"aal1","session_id":"s","is_anonymous":false,"app_metadata":{},"user_metadata":{},"phone":"","amr":[{"method":"password","timestamp":1}]"#,
        ),
    ] {
        let report = report(&format!("{{{claims},{times}}}"));
        all_known(&report);
        assert_eq!(meaning(&report, name).1, product);
    }
    let legacy = one(
        r#"{"iss":"kubernetes/serviceaccount","kubernetes.io/serviceaccount/namespace":"default"}"#,
        "kubernetes.io/serviceaccount/namespace",
    );
    assert_eq!(legacy, ("Namespace".to_owned(), "Kubernetes".to_owned()));
}

#[test]
fn a_well_known_issuer_is_named_with_its_tenant() {
    for (issuer, name) in [
        ("https://acme-dev.eu.auth0.com/", Some("Auth0, acme-dev")),
        ("https://login.microsoftonline.com/9d2b61f0-18c5-4c26-a7b1-5f90d0e4f3aa/v2.0", Some("Entra ID, 9d2b61f0")),
        ("https://contoso.ciamlogin.com/9d2b61f0-18c5-4c26-a7b1-5f90d0e4f3aa/v2.0", Some("Entra ID, contoso")),
        ("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf", Some("Cognito, eu-central-1_AbCdEf")),
        ("https://sso.example/auth/realms/shop", Some("Keycloak, shop")),
        ("https://dev-1234.okta.com/oauth2/default", Some("Okta, dev-1234")),
        ("https://securetoken.google.com/my-app", Some("Firebase, my-app")),
        ("https://accounts.google.com", Some("Google")),
        ("https://issuer.example", None),
        ("alice", None),
    ] {
        assert_eq!(super::issuer_name(issuer).as_deref(), name, "{issuer}");
    }
    let long = format!("https://sso.example/realms/{}\u{202e}", "x".repeat(500));
    assert!(super::issuer_name(&long).unwrap().chars().count() < 60);
}
