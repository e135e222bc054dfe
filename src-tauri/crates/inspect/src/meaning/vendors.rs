//! The meanings of well-known issuers' claims, in tokens that point to one of them.
//!
//! A name is explained in a vendor's words only where no specification defines it.

mod tables;

use jose::parse::Part;
use jose::visible::excerpt;

/// Name and meaning.
type Entry = (&'static str, &'static str);

/// An issuer whose claims are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vendor {
    Entra,
    Auth0,
    Cognito,
    Keycloak,
    Okta,
    Google,
    Firebase,
    Github,
    Gitlab,
    Kubernetes,
    Supabase,
    /// A session of Flask, with those of its extensions.
    Flask,
    /// A session of Django.
    Django,
}

impl Vendor {
    /// The token's vendor, by the issuer's URL, or by claims that only one vendor uses.
    pub(crate) fn of(claims: &Part) -> Option<Vendor> {
        claims.text("iss").and_then(by_issuer).or_else(|| by_claims(claims))
    }

    /// The name of the product that defines a claim, as shown beside its meaning.
    pub(super) fn source(self, name: &str) -> &'static str {
        match (self, name) {
            (Vendor::Flask, "csrf_token") => "Flask-WTF",
            (Vendor::Flask, "_flashes" | "_permanent") => "Flask",
            (Vendor::Flask, "user_id") => "",
            _ => self.product(),
        }
    }

    fn product(self) -> &'static str {
        match self {
            Vendor::Entra => "Entra ID",
            Vendor::Auth0 => "Auth0",
            Vendor::Cognito => "Cognito",
            Vendor::Keycloak => "Keycloak",
            Vendor::Okta => "Okta",
            Vendor::Google => "Google",
            Vendor::Firebase => "Firebase",
            Vendor::Github => "GitHub Actions",
            Vendor::Gitlab => "GitLab CI",
            Vendor::Kubernetes => "Kubernetes",
            Vendor::Supabase => "Supabase",
            Vendor::Flask => "Flask-Login",
            Vendor::Django => "Django",
        }
    }

    /// The meaning of a claim that no specification defines.
    pub(super) fn claim(self, name: &str) -> Option<&'static str> {
        let table = match self {
            Vendor::Entra => tables::ENTRA,
            Vendor::Auth0 => tables::AUTH0,
            Vendor::Cognito => tables::COGNITO,
            Vendor::Keycloak => tables::KEYCLOAK,
            Vendor::Okta => tables::OKTA,
            Vendor::Google => tables::GOOGLE,
            Vendor::Firebase => tables::FIREBASE,
            Vendor::Github => tables::GITHUB,
            Vendor::Gitlab => tables::GITLAB,
            Vendor::Kubernetes => tables::KUBERNETES,
            Vendor::Supabase => tables::SUPABASE,
            Vendor::Flask => tables::FLASK,
            Vendor::Django => tables::DJANGO,
        };
        find(table, name).or_else(|| self.family(name))
    }

    /// The meaning of a name's prefix.
    fn family(self, name: &str) -> Option<&'static str> {
        let starts = |start: &str| name.len() > start.len() && name.starts_with(start);
        match self {
            Vendor::Entra if starts("xms_") => Some("Internal to Microsoft"),
            Vendor::Entra if starts("extension_") || starts("extn.") => Some("Extension of the directory"),
            Vendor::Auth0 if starts("https://") || starts("http://") => Some("Custom claim, added by an Action"),
            Vendor::Cognito if starts("custom:") || starts("dev:custom:") => Some("Custom attribute of the user"),
            _ => None,
        }
    }

    /// An authentication method that RFC 8176 does not list.
    pub(super) fn method(self, name: &str) -> Option<&'static str> {
        if self == Vendor::Entra { find(tables::ENTRA_METHODS, name) } else { None }
    }

    /// The meaning of an `acr` value for this vendor only.
    pub(super) fn class(self, value: &str) -> Option<&'static str> {
        match (self, value) {
            (Vendor::Entra, "1") => Some("ISO/IEC 29115 was met"),
            (Vendor::Keycloak, "0") => Some("remembered from an earlier sign-in"),
            (Vendor::Keycloak, "1") => Some("signed in, lowest level of the realm"),
            _ => None,
        }
    }

    /// The meaning of a claim's value, for claims that contain a code.
    pub(super) fn code(self, name: &str, value: &str) -> Option<&'static str> {
        let meaning = match (self, name, value) {
            (Vendor::Entra, "appidacr" | "azpacr", "0") => "Public client, proved nothing",
            (Vendor::Entra, "appidacr" | "azpacr", "1") => "Client proved itself with a secret",
            (Vendor::Entra, "appidacr" | "azpacr", "2") => "Client proved itself with a certificate",
            (Vendor::Entra, "idtyp", "app") => "An app on its own, no user",
            (Vendor::Entra, "idtyp", "user") => "An app for a user",
            (Vendor::Entra, "acct", "0") => "Member of the tenant",
            (Vendor::Entra, "acct", "1") => "Guest in the tenant",
            (Vendor::Auth0, "gty", "client-credentials") => "Granted to an app on its own, no user",
            (Vendor::Cognito, "token_use", "id") | (Vendor::Keycloak, "typ", "ID") => "ID token",
            (Vendor::Cognito, "token_use", "access") | (Vendor::Keycloak, "typ", "Bearer") => "Access token",
            (Vendor::Keycloak, "typ", "Refresh") => "Refresh token",
            (Vendor::Keycloak, "typ", "Offline") => "Refresh token that outlives the session",
            (Vendor::Keycloak, "typ", "Logout") => "Logout token",
            _ => return None,
        };
        Some(meaning)
    }
}

/// The most characters of a tenant's name that are shown.
const LONGEST_TENANT: usize = 40;

/// A well-known issuer in a few words, with its tenant, realm or project: "Auth0, acme-dev".
pub(crate) fn issuer_name(issuer: &str) -> Option<String> {
    let vendor = by_issuer(issuer)?;
    let rest = issuer.split_once("://").map_or("", |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut steps = path.split('/').filter(|step| !step.is_empty());
    let tenant = match vendor {
        Vendor::Auth0 | Vendor::Okta | Vendor::Supabase => host.split_once('.').map(|(first, _)| first),
        Vendor::Entra if host.ends_with("ciamlogin.com") || host.ends_with("b2clogin.com") => {
            host.split_once('.').map(|(first, _)| first)
        }
        Vendor::Entra | Vendor::Cognito | Vendor::Firebase => steps.next(),
        Vendor::Keycloak => steps.skip_while(|step| *step != "realms").nth(1),
        _ => None,
    };
    // A tenant of Entra ID is mostly a UUID, whose beginning tells two apart.
    let tenant = match tenant {
        Some(id) if id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') => id.get(..8),
        other => other,
    };
    let product = vendor.product();
    Some(match tenant.filter(|tenant| !tenant.is_empty()) {
        Some(tenant) => format!("{product}, {}", excerpt(tenant, LONGEST_TENANT)),
        None => product.to_owned(),
    })
}

fn by_issuer(issuer: &str) -> Option<Vendor> {
    // Issuer names without a scheme.
    match issuer {
        "kubernetes/serviceaccount" => return Some(Vendor::Kubernetes),
        "supabase" => return Some(Vendor::Supabase),
        "accounts.google.com" => return Some(Vendor::Google),
        _ => {}
    }
    let rest = issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_below =
        |domain: &str| host.strip_suffix(domain).is_some_and(|start| start.is_empty() || start.ends_with('.'));
    let entra = [
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "sts.windows.net",
        "ciamlogin.com",
        "b2clogin.com",
    ];
    if entra.into_iter().any(is_below) {
        Some(Vendor::Entra)
    } else if is_below("auth0.com") {
        Some(Vendor::Auth0)
    } else if host.starts_with("cognito-idp.") && (is_below("amazonaws.com") || is_below("amazonaws.com.cn")) {
        Some(Vendor::Cognito)
    } else if ["okta.com", "oktapreview.com", "okta-emea.com"].into_iter().any(is_below) {
        Some(Vendor::Okta)
    } else if host == "accounts.google.com" {
        Some(Vendor::Google)
    } else if host == "securetoken.google.com" {
        Some(Vendor::Firebase)
    } else if host == "token.actions.githubusercontent.com" {
        Some(Vendor::Github)
    } else if host == "gitlab.com" {
        Some(Vendor::Gitlab)
    } else if is_below("supabase.co") {
        Some(Vendor::Supabase)
    } else if format!("/{path}").contains("/realms/") {
        Some(Vendor::Keycloak)
    } else {
        None
    }
}

/// Issuers with a fixed host: compare every name.
fn by_claims(claims: &Part) -> Option<Vendor> {
    let (mut tid, mut entra, mut kind, mut event) = (false, false, false, false);
    for item in claims.members() {
        match item.name.as_str() {
            "realm_access" | "resource_access" => return Some(Vendor::Keycloak),
            "gty" => return Some(Vendor::Auth0),
            "sub" if item.text.as_deref().is_some_and(|sub| sub.starts_with("auth0|")) => return Some(Vendor::Auth0),
            "kubernetes.io" => return Some(Vendor::Kubernetes),
            "firebase" => return Some(Vendor::Firebase),
            "namespace_path" => return Some(Vendor::Gitlab),
            "_fresh" | "_user_id" => return Some(Vendor::Flask),
            "_auth_user_id" => return Some(Vendor::Django),
            "job_workflow_ref" => return Some(Vendor::Github),
            name if name.starts_with("cognito:") => return Some(Vendor::Cognito),
            "tid" => tid = true,
            "oid" | "uti" | "aio" | "appid" => entra = true,
            "token_use" => kind = true,
            "event_id" | "origin_jti" => event = true,
            _ => {}
        }
    }
    match (tid && entra, kind && event) {
        (true, _) => Some(Vendor::Entra),
        (_, true) => Some(Vendor::Cognito),
        _ => None,
    }
}

fn find(table: &[Entry], name: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning)
}
