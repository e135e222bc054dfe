//! Personal data in claims: anyone who sees the token, in a log or in a browser, can read it (RFC 7519 section 12).

use super::personal_patterns;
use super::values::{Places, Value};
use super::{finding, habit};
use crate::report::{Finding, Severity};
use jose::check::Case;
use jose::json::ValueKind;
use jose::parse::Parsed;
use jose::parse::media_type;

/// Claims that name parties, times and hashes: values that resemble personal data by chance say nothing about a person.
const MACHINE_CLAIMS: [&str; 16] = [
    "iss",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "sid",
    "azp",
    "client_id",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "scope",
    "auth_time",
    "updated_at",
];

/// Claims that only an ID token has (OIDC Core sections 2 and 3.3.2.11) or that result from requesting a profile.
const ID_TOKEN_CLAIMS: [&str; 5] = ["nonce", "at_hash", "c_hash", "s_hash", "email_verified"];

/// Claims of an access token: OAuth scopes and vendors' names for them.
const ACCESS_TOKEN_CLAIMS: [&str; 5] = ["scope", "scp", "permissions", "realm_access", "resource_access"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Email,
    Phone,
    Address,
    Birth,
    Name,
    Card,
    Account,
    NationalId,
}

impl What {
    fn in_words(self) -> &'static str {
        match self {
            What::Email => "email address",
            What::Phone => "phone number",
            What::Address => "postal address",
            What::Birth => "date of birth",
            What::Name => "name of a person",
            What::Card => "payment card number",
            What::Account => "bank account",
            What::NationalId => "national ID number",
        }
    }

    /// True for claims that an ID token is meant to carry (OIDC Core section 5.1).
    fn is_profile(self) -> bool {
        !matches!(self, What::Card | What::Account | What::NationalId)
    }
}

/// The claims that contain personal data. The data itself is not kept.
#[derive(Default)]
pub(super) struct PersonalData {
    places: Places,
    /// True if there is more than a profile.
    beyond_profile: bool,
}

impl PersonalData {
    pub(super) fn look_at(&mut self, value: &Value<'_>) {
        if let Some(what) = kind_of(value) {
            self.beyond_profile |= !what.is_profile();
            self.places.add(value, what.in_words());
        }
    }

    /// One finding that names all of them.
    pub(super) fn finding(self, case: &Case<'_>) -> Option<Finding> {
        let places = self.places.in_words()?;
        let (severity, advice) = if !self.beyond_profile && is_id_token(case.parsed) {
            (Severity::Info, "An ID token is there to carry it: keep it out of logs")
        } else {
            let severity = if self.beyond_profile { Severity::Low } else { habit(case, Severity::Low) };
            (severity, "Whoever sees the token can read it: send only what the API needs")
        };
        let message = format!("{places}. {advice}");
        Some(finding("personal_data", severity, "Personal data in the claims", message, "RFC 7519 §12"))
    }
}

fn kind_of(value: &Value<'_>) -> Option<What> {
    let text = match value.kind {
        ValueKind::String | ValueKind::Number | ValueKind::Object => value.text,
        ValueKind::Boolean | ValueKind::Null | ValueKind::Array => return None,
    };
    if text.is_empty() || (value.is_outermost() && MACHINE_CLAIMS.contains(&value.name)) {
        return None;
    }
    by_name(value, text).or_else(|| by_shape(value.kind, text))
}

fn by_name(value: &Value<'_>, text: &str) -> Option<What> {
    let is_text = value.kind == ValueKind::String;
    let digits = || text.bytes().filter(u8::is_ascii_digit).count();
    let what = match value.plain {
        // At deeper levels a name may be an organisation's.
        "name" if !value.is_outermost() => return None,
        "name" | "fullname" | "givenname" | "familyname" | "middlename" | "firstname" | "lastname" | "surname" => {
            What::Name
        }
        "birthdate" | "dateofbirth" | "dob" | "birthday" => What::Birth,
        "phone" | "phonenumber" | "mobile" | "mobilephone" | "telephone" if digits() >= 5 => What::Phone,
        "address" if value.kind == ValueKind::Object => What::Address,
        // The address of a machine, a wallet or a page contains no space.
        "address" | "streetaddress" | "postaladdress" | "homeaddress" if text.contains([' ', '\n']) => What::Address,
        "ssn"
        | "socialsecuritynumber"
        | "nationalid"
        | "nationalidnumber"
        | "nationalinsurancenumber"
        | "taxid"
        | "passport"
        | "passportnumber"
        | "personalnumber"
        | "aadhaar"
        | "pesel"
        | "cpf"
        | "bsn"
            if digits() >= 5 && value.kind != ValueKind::Object =>
        {
            return Some(What::NationalId);
        }
        _ => return None,
    };
    (is_text || what == What::Address).then_some(what)
}

fn by_shape(kind: ValueKind, text: &str) -> Option<What> {
    match kind {
        ValueKind::Object => None,
        _ if personal_patterns::is_card(text) => Some(What::Card),
        ValueKind::String if personal_patterns::is_email(text) => Some(What::Email),
        ValueKind::String if personal_patterns::is_phone(text) => Some(What::Phone),
        ValueKind::String if personal_patterns::is_iban(text) => Some(What::Account),
        ValueKind::String if personal_patterns::is_social_security(text) => Some(What::NationalId),
        _ => None,
    }
}

/// True for an OpenID Connect ID token, judging by its claims, since its header need not say so.
pub(super) fn is_id_token(parsed: &Parsed) -> bool {
    let claims = &parsed.claims;
    let is_typed = parsed.header_text("typ").is_some_and(|typ| media_type(typ) != "jwt");
    let said = match (claims.text("token_use"), claims.text("typ")) {
        (Some(used), _) => Some(used == "id"),
        (None, Some(typ)) => Some(typ == "ID"),
        (None, None) => None,
    };
    let looks_like_one = || {
        ID_TOKEN_CLAIMS.iter().any(|name| claims.has(name)) && !ACCESS_TOKEN_CLAIMS.iter().any(|name| claims.has(name))
    };
    !is_typed && said.unwrap_or_else(looks_like_one)
}
