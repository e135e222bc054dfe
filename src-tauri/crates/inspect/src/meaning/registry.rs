//! The registered names: a short meaning, and where they are defined.

use jose::words::same;

/// Name, meaning, reference.
type Entry = (&'static str, &'static str, &'static str);

/// Meaning and reference of a JOSE header parameter (IANA "JSON Web Signature and Encryption Header Parameters").
pub(super) fn header(name: &str) -> Option<(&'static str, &'static str)> {
    find(&HEADER, name)
}

/// Meaning and reference of a claim (IANA "JSON Web Token Claims").
pub(super) fn claim(name: &str) -> Option<(&'static str, &'static str)> {
    find(&CLAIMS, name)
}

/// An authentication method in words (RFC 8176 section 2).
pub(super) fn method(name: &str) -> Option<&'static str> {
    METHODS.iter().find(|(known, _)| *known == name).map(|(_, words)| *words)
}

/// A value of `acr` in words: the classes that specifications and trust frameworks name.
pub(super) fn class(value: &str) -> Option<&'static str> {
    CLASSES.iter().find(|(known, _)| *known == value).map(|(_, words)| *words)
}

/// The meaning of a `typ`, and where it is defined.
pub(super) fn media_type(typ: &str) -> Option<(&'static str, &'static str)> {
    find(&TYPES, typ)
}

fn find(entries: &'static [Entry], name: &str) -> Option<(&'static str, &'static str)> {
    entries.iter().find(|(known, ..)| same(known, name)).map(|(_, meaning, reference)| (*meaning, *reference))
}

const HEADER: [Entry; 28] = [
    ("alg", "Algorithm", "7515 §4.1.1"),
    ("jku", "Address of keys, never fetched", "7515 §4.1.2"),
    ("jwk", "A key inside the token, never used", "7515 §4.1.3"),
    ("kid", "Key ID", "7515 §4.1.4"),
    ("x5u", "Address of a certificate, never fetched", "7515 §4.1.5"),
    ("x5c", "Certificates inside the token, never used", "7515 §4.1.6"),
    ("x5t", "SHA-1 of a certificate", "7515 §4.1.7"),
    ("x5t#S256", "SHA-256 of a certificate", "7515 §4.1.8"),
    ("typ", "Type", "7515 §4.1.9"),
    ("cty", "Type of the payload", "7515 §4.1.10"),
    ("crit", "Extensions that must be understood", "7515 §4.1.11"),
    ("b64", "Whether the payload is encoded", "7797 §3"),
    ("enc", "Content encryption", "7516 §4.1.2"),
    ("zip", "Compression", "7516 §4.1.3"),
    ("epk", "Ephemeral public key", "7518 §4.6.1.1"),
    ("apu", "Who agreed on the key, sender", "7518 §4.6.1.2"),
    ("apv", "Who agreed on the key, receiver", "7518 §4.6.1.3"),
    ("iv", "Initialization vector", "7518 §4.7.1.1"),
    ("tag", "Authentication tag", "7518 §4.7.1.2"),
    ("p2s", "Salt of the password", "7518 §4.8.1.1"),
    ("p2c", "Rounds for the password", "7518 §4.8.1.2"),
    ("iss", "Issuer, copied from the claims", "7519 §5.3"),
    ("sub", "Subject, copied from the claims", "7519 §5.3"),
    ("aud", "Audience, copied from the claims", "7519 §5.3"),
    ("url", "Address the request goes to", "8555 §6.4.1"),
    ("nonce", "Replay protection", "8555 §6.5.2"),
    ("ppt", "PASSporT extension", "8225 §8.1"),
    ("svt", "Signature validation token", "9321"),
];

const CLAIMS: [Entry; 64] = [
    ("iss", "Issuer", "7519 §4.1.1"),
    ("sub", "Subject", "7519 §4.1.2"),
    ("aud", "Audience", "7519 §4.1.3"),
    ("exp", "Expires", "7519 §4.1.4"),
    ("nbf", "Not before", "7519 §4.1.5"),
    ("iat", "Issued", "7519 §4.1.6"),
    ("jti", "Token ID", "7519 §4.1.7"),
    ("sid", "Session", "OIDC Front-Channel §3"),
    ("client_id", "OAuth client", "8693 §4.3"),
    ("scope", "Scopes", "8693 §4.2"),
    ("act", "Who acts for the subject", "8693 §4.1"),
    ("may_act", "Who may act for the subject", "8693 §4.4"),
    ("amr", "Authentication methods", "8176 §2"),
    ("acr", "Authentication class", "9068 §2.2.1"),
    ("auth_time", "Signed in", "9068 §2.2.1"),
    ("roles", "Roles", "9068 §2.2.3.1"),
    ("groups", "Groups", "9068 §2.2.3.1"),
    ("entitlements", "Entitlements", "9068 §2.2.3.1"),
    ("authorization_details", "What exactly is authorized", "9396 §9.1"),
    ("cnf", "Key the sender must prove", "7800 §3.1"),
    ("nonce", "Ties it to one sign-in", "OIDC Core §2"),
    ("azp", "Authorized party", "OIDC Core §2"),
    ("at_hash", "Hash of the access token", "OIDC Core §2"),
    ("c_hash", "Hash of the code", "OIDC Core §3.3.2.11"),
    ("s_hash", "Hash of the state", "FAPI 1 part 2 §5.1"),
    ("name", "Full name", "OIDC Core §5.1"),
    ("given_name", "Given name", "OIDC Core §5.1"),
    ("family_name", "Family name", "OIDC Core §5.1"),
    ("middle_name", "Middle name", "OIDC Core §5.1"),
    ("nickname", "Nickname", "OIDC Core §5.1"),
    ("preferred_username", "User name, may change", "OIDC Core §5.1"),
    ("profile", "Profile page", "OIDC Core §5.1"),
    ("picture", "Picture, never fetched", "OIDC Core §5.1"),
    ("website", "Web page", "OIDC Core §5.1"),
    ("email", "Email", "OIDC Core §5.1"),
    ("email_verified", "Whether the email is verified", "OIDC Core §5.1"),
    ("gender", "Gender", "OIDC Core §5.1"),
    ("birthdate", "Birthday", "OIDC Core §5.1"),
    ("zoneinfo", "Time zone", "OIDC Core §5.1"),
    ("locale", "Locale", "OIDC Core §5.1"),
    ("phone_number", "Phone number", "OIDC Core §5.1"),
    ("phone_number_verified", "Whether the number is verified", "OIDC Core §5.1"),
    ("address", "Postal address", "OIDC Core §5.1"),
    ("updated_at", "Profile changed", "OIDC Core §5.1"),
    ("sub_jwk", "Public key of the subject", "OIDC Core §7.4"),
    ("events", "Security events", "8417 §2.2"),
    ("toe", "Time of the event", "8417 §2.2"),
    ("txn", "Transaction ID", "8417 §2.2"),
    ("sub_id", "Subject identifier", "9493 §4.1"),
    ("jwks", "Keys of the subject", "OpenID Federation §3.1"),
    ("htm", "HTTP method", "9449 §4.2"),
    ("htu", "Address of the request", "9449 §4.2"),
    ("ath", "Hash of the access token", "9449 §4.2"),
    ("_sd", "Digests of claims that can be disclosed", "9901 §4.2.4.1"),
    ("_sd_alg", "Hash of the digests", "9901 §4.1.1"),
    ("...", "Digest of an element that can be disclosed", "9901 §4.2.4.2"),
    ("sd_hash", "Hash of the SD-JWT that is presented", "9901 §4.3"),
    ("vct", "Type of the credential", "SD-JWT VC §2.2.2.1"),
    ("status", "Where its status is looked up, never fetched", "OAuth Status List §6.2"),
    ("ttl", "How long it may be cached", "OAuth Status List §5.1"),
    ("active", "Whether it is active", "7662 §2.2"),
    ("username", "User name", "7662 §2.2"),
    ("token_introspection", "Introspection answer", "9701 §5"),
    ("vc", "Verifiable credential", "W3C VC 1.1 §6.3.1"),
];

const TYPES: [Entry; 16] = [
    ("at+jwt", "OAuth 2.0 access token", "9068 §2.1"),
    ("rt+jwt", "Refresh token of this workbench", "8725 §3.11"),
    ("mfa+jwt", "Pending token, second factor is due", "8725 §3.11"),
    ("jwt", "JWT of any kind", "8725 §3.11"),
    ("logout+jwt", "Logout token", "OIDC Back-Channel §2.4"),
    ("secevent+jwt", "Security event token", "8417 §2.3"),
    ("dpop+jwt", "DPoP proof", "9449 §4.2"),
    ("oauth-authz-req+jwt", "OAuth request object", "9101 §10.8"),
    ("token-introspection+jwt", "Introspection answer", "9701 §5"),
    ("client-authentication+jwt", "Client assertion", "7523bis §4"),
    ("kb+jwt", "Key binding JWT", "9901 §4.3"),
    ("dc+sd-jwt", "Credential as SD-JWT", "SD-JWT VC §2.1"),
    ("vc+sd-jwt", "Credential as SD-JWT", "SD-JWT VC §2.1"),
    ("sd+jwt", "SD-JWT", "9901 §11.2"),
    ("jose", "JOSE, compact form", "7515 §4.1.9"),
    ("jose+json", "JOSE, JSON form", "7515 §4.1.9"),
];

const METHODS: [(&str, &str); 21] = [
    ("pwd", "password"),
    ("otp", "one-time code"),
    ("mfa", "several factors"),
    ("mca", "several channels"),
    ("pin", "PIN"),
    ("hwk", "hardware key"),
    ("swk", "software key"),
    ("pop", "proof of possession"),
    ("sc", "smart card"),
    ("sms", "text message"),
    ("tel", "phone call"),
    ("kba", "security question"),
    ("fpt", "fingerprint"),
    ("face", "face"),
    ("iris", "iris"),
    ("retina", "retina"),
    ("vbm", "voice"),
    ("geo", "place"),
    ("rba", "risk"),
    ("user", "user presence"),
    ("wia", "Windows sign-in"),
];

/// OIDC Core section 2, OpenID EAP ACR Values 1.0, PAPE 1.0, SAML 2.0 authentication contexts, eIDAS, NIST SP 800-63,
/// REFEDS and InCommon.
const CLASSES: [(&str, &str); 30] = [
    ("0", "below ISO/IEC 29115 level 1"),
    ("phr", "phishing-resistant"),
    ("phrh", "phishing-resistant, key in hardware"),
    ("http://schemas.openid.net/pape/policies/2007/06/multi-factor", "several factors"),
    ("http://schemas.openid.net/pape/policies/2007/06/multi-factor-physical", "several factors, one of them a device"),
    ("http://schemas.openid.net/pape/policies/2007/06/phishing-resistant", "phishing-resistant"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified", "unspecified"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:Password", "password"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "password over TLS"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession", "earlier session"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:X509", "X.509 certificate"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient", "TLS client certificate"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos", "Kerberos"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard", "smart card"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI", "smart card with certificate and PIN"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken", "one-time code of a device"),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract", "phone, two factors"),
    ("http://eidas.europa.eu/LoA/low", "eIDAS low"),
    ("http://eidas.europa.eu/LoA/substantial", "eIDAS substantial"),
    ("http://eidas.europa.eu/LoA/high", "eIDAS high"),
    ("http://idmanagement.gov/ns/assurance/ial/1", "NIST IAL1, identity not proven"),
    ("http://idmanagement.gov/ns/assurance/ial/2", "NIST IAL2, identity proven"),
    ("http://idmanagement.gov/ns/assurance/ial/3", "NIST IAL3, identity proven in person"),
    ("http://idmanagement.gov/ns/assurance/aal/1", "NIST AAL1, one factor"),
    ("http://idmanagement.gov/ns/assurance/aal/2", "NIST AAL2, two factors"),
    ("http://idmanagement.gov/ns/assurance/aal/3", "NIST AAL3, two factors, one a hardware key"),
    ("https://refeds.org/profile/sfa", "one factor (REFEDS)"),
    ("https://refeds.org/profile/mfa", "several factors (REFEDS)"),
    ("urn:mace:incommon:iap:bronze", "InCommon Bronze"),
    ("urn:mace:incommon:iap:silver", "InCommon Silver"),
];
