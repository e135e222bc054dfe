//! What the claims of well-known issuers mean, for tokens that point to one of them.
//!
//! A name is explained in a vendor's words only where no specification defines it. The tables follow the vendors'
//! public token references.

use crate::parse::Part;

/// Name and meaning.
type Entry = (&'static str, &'static str);

/// An issuer whose claims are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vendor {
    Entra,
    Auth0,
    Cognito,
    Keycloak,
}

impl Vendor {
    /// Whose token it is: the issuer's address tells, and where it does not, claims that only one of them writes.
    pub(crate) fn of(claims: &Part) -> Option<Vendor> {
        claims.text("iss").and_then(by_issuer).or_else(|| by_claims(claims))
    }

    /// The product, as it stands beside a meaning.
    pub(super) fn product(self) -> &'static str {
        match self {
            Vendor::Entra => "Entra ID",
            Vendor::Auth0 => "Auth0",
            Vendor::Cognito => "Cognito",
            Vendor::Keycloak => "Keycloak",
        }
    }

    /// What a claim means that no specification defines.
    pub(super) fn claim(self, name: &str) -> Option<&'static str> {
        let table: &[Entry] = match self {
            Vendor::Entra => &ENTRA,
            Vendor::Auth0 => &AUTH0,
            Vendor::Cognito => &COGNITO,
            Vendor::Keycloak => &KEYCLOAK,
        };
        find(table, name).or_else(|| self.family(name))
    }

    /// What the beginning of a name says.
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
        if self == Vendor::Entra { find(&ENTRA_METHODS, name) } else { None }
    }

    /// What a value of `acr` means to this vendor alone.
    pub(super) fn class(self, value: &str) -> Option<&'static str> {
        match (self, value) {
            (Vendor::Entra, "1") => Some("ISO/IEC 29115 was met"),
            (Vendor::Keycloak, "0") => Some("remembered from an earlier sign-in"),
            (Vendor::Keycloak, "1") => Some("signed in, lowest level of the realm"),
            _ => None,
        }
    }

    /// What a claim's value means, for claims that hold a code.
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

fn by_issuer(issuer: &str) -> Option<Vendor> {
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
    } else if format!("/{path}").contains("/realms/") {
        Some(Vendor::Keycloak)
    } else {
        None
    }
}

/// Issuers with an address of their own: one look at every name.
fn by_claims(claims: &Part) -> Option<Vendor> {
    let (mut tid, mut entra, mut kind, mut event) = (false, false, false, false);
    for item in claims.members() {
        match item.name.as_str() {
            "realm_access" | "resource_access" => return Some(Vendor::Keycloak),
            "gty" => return Some(Vendor::Auth0),
            "sub" if item.text.as_deref().is_some_and(|sub| sub.starts_with("auth0|")) => return Some(Vendor::Auth0),
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

const ENTRA: [Entry; 52] = [
    ("oid", "Object ID of the user or app, the same for every client"),
    ("tid", "Tenant"),
    ("upn", "User principal name, may change"),
    ("unique_name", "User name for people, may change"),
    ("appid", "Client"),
    ("appidacr", "How the client proved itself"),
    ("azpacr", "How the client proved itself"),
    ("app_displayname", "Name of the client"),
    ("idtyp", "Kind of subject, app or user"),
    ("wids", "Directory roles of the tenant"),
    ("hasgroups", "Member of more groups than a token holds"),
    ("scp", "Scopes that were consented to"),
    ("ver", "Version of the token's format"),
    ("uti", "Token ID, as jti"),
    ("rh", "Internal to Microsoft"),
    ("aio", "Internal to Microsoft"),
    ("acct", "Member or guest of the tenant"),
    ("acrs", "Authentication contexts that were met"),
    ("ipaddr", "IP address of the sign-in"),
    ("fwd", "IP address that was forwarded"),
    ("vnet", "Virtual network"),
    ("deviceid", "Device"),
    ("platf", "Platform of the device"),
    ("in_corp", "Signed in from the company's network"),
    ("onprem_sid", "Security identifier on premises"),
    ("onprem_sam_account_name", "Account name on premises"),
    ("puid", "Internal to Microsoft, the user"),
    ("idp", "Identity provider of the user"),
    ("login_hint", "User name for the next sign-in"),
    ("tenant_ctry", "Country of the tenant"),
    ("tenant_region_scope", "Region of the tenant"),
    ("ctry", "Country of the user"),
    ("signin_state", "How the device was known"),
    ("controls", "Conditions that were met"),
    ("controls_auds", "Audiences the conditions are for"),
    ("e_exp", "Expires when the service is down"),
    ("pwd_exp", "Seconds until the password expires"),
    ("pwd_url", "Where the password is changed"),
    ("verified_primary_email", "Verified email addresses"),
    ("verified_secondary_email", "Verified email addresses"),
    ("tfp", "User flow"),
    ("emails", "Email addresses"),
    ("newUser", "Whether the user has just signed up"),
    ("xms_cc", "What the client understands"),
    ("xms_pl", "Language of the user"),
    ("xms_tpl", "Language of the tenant"),
    ("xms_tcdt", "When the tenant was made"),
    ("xms_mirid", "Azure resource of the managed identity"),
    ("xms_az_rid", "Azure resource that asked"),
    ("xms_edov", "Whether the email's domain was verified"),
    ("xms_pdl", "Where the user's data are kept"),
    ("xms_idrel", "Relation of user and tenant"),
];

/// Entra ID's `amr` values beside those of RFC 8176.
const ENTRA_METHODS: [Entry; 5] = [
    ("rsa", "certificate or Authenticator app"),
    ("fed", "federated sign-in"),
    ("ngcmfa", "several factors, for enrolling a key"),
    ("wiaormultiauthn", "Windows sign-in or several factors"),
    ("none", "no completed sign-in"),
];

const AUTH0: [Entry; 12] = [
    ("permissions", "Permissions by the user's roles"),
    ("gty", "How it was granted"),
    ("org_id", "Organization"),
    ("org_name", "Name of the organization"),
    ("user_id", "User"),
    ("user_metadata", "What the user may change"),
    ("app_metadata", "What apps keep about the user"),
    ("identities", "Accounts that are linked"),
    ("created_at", "When the user was made"),
    ("last_login", "Last sign-in"),
    ("clientID", "Client"),
    ("global_client_id", "Client, for all APIs of the tenant"),
];

const COGNITO: [Entry; 14] = [
    ("cognito:groups", "Groups of the user pool"),
    ("cognito:username", "User name in the pool"),
    ("cognito:roles", "IAM roles of the user's groups"),
    ("cognito:preferred_role", "IAM role of the first group"),
    ("cognito:user_status", "State of the account"),
    ("cognito:email_alias", "Email that signs in"),
    ("cognito:phone_number_alias", "Phone number that signs in"),
    ("cognito:mfa_enabled", "Whether a second factor is on"),
    ("token_use", "Kind of token, id or access"),
    ("event_id", "Sign-in"),
    ("origin_jti", "Token ID of the sign-in, revoked with it"),
    ("version", "Version of the token's format"),
    ("device_key", "Device"),
    ("identities", "Accounts that are linked"),
];

const KEYCLOAK: [Entry; 13] = [
    ("realm_access", "Roles in the realm"),
    ("resource_access", "Roles at each client"),
    ("session_state", "Session"),
    ("allowed-origins", "Web pages that may call with it"),
    ("typ", "Kind of token"),
    ("authorization", "Permissions (UMA)"),
    ("clientId", "Client of the service account"),
    ("clientHost", "Host of the client"),
    ("clientAddress", "IP address of the client"),
    ("client_session", "Session at the client"),
    ("organization", "Organization"),
    ("reuse_id", "Use of the refresh token"),
    ("trusted-certs", "Certificates that are trusted"),
];
