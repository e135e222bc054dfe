//! The allowed values of each rule, as users know them.

use super::{Revocation, Rotation};
use jose::Algorithm;
use serde_json::{Value, json};
use std::ops::RangeInclusive;
use url::Url;

/// One rule: a field of [`super::Rules`].
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The field's name.
    pub name: &'static str,
    /// Its allowed values.
    pub allowed: Allowed,
    /// The standard it comes from; empty if it is our own.
    pub source: &'static str,
}

/// The allowed values of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// An `https` or `http` URL without query and fragment.
    Issuer,
    /// Visible ASCII characters and single spaces between them, up to this length.
    Text(usize),
    /// A whole number of seconds.
    Seconds(RangeInclusive<u64>),
    /// A whole number.
    Number(RangeInclusive<u64>),
    /// A [`Rotation`].
    Rotation,
    /// A [`Revocation`].
    Revocation,
    /// One or more algorithm names.
    Algorithms,
    /// Yes or no.
    YesNo,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The maximum length of a text rule, in characters.
const LONGEST_TEXT: usize = 200;

/// The maximum grace period for a used refresh token, in seconds.
const LONGEST_GRACE: u32 = 24 * 60 * 60;

/// Every rule, in display order.
pub const RULES: &[Rule] = &[
    rule("issuer", Allowed::Issuer, "RFC 8414 section 2"),
    rule("audience", Allowed::Text(LONGEST_TEXT), "RFC 7519 section 4.1.3"),
    rule("client_id", Allowed::Text(LONGEST_TEXT), "RFC 9068 section 2.2"),
    rule("access_token_lifetime", Allowed::Seconds(10..=DAY), "RFC 9068 section 2.2"),
    rule("longest_access_token_lifetime", Allowed::Seconds(MINUTE..=30 * DAY), ""),
    rule("short_lived_lifetime", Allowed::Seconds(10..=15 * MINUTE), ""),
    rule("session_lifetime", Allowed::Seconds(HOUR..=90 * DAY), "RFC 9700 section 4.14.2"),
    rule("session_idle_limit", Allowed::Seconds(5 * MINUTE..=90 * DAY), "RFC 9700 section 4.14.2"),
    rule("pending_token_lifetime", Allowed::Seconds(30..=15 * MINUTE), ""),
    rule("enrollment_lifetime", Allowed::Seconds(MINUTE..=HOUR), ""),
    rule("rotation", Allowed::Rotation, "RFC 9700 section 4.14.2"),
    rule("revocation", Allowed::Revocation, "RFC 7009 section 3"),
    rule("algorithms", Allowed::Algorithms, "RFC 8725 section 3.1"),
    rule("test_key_published", Allowed::YesNo, ""),
    rule("leeway_seconds", Allowed::Seconds(0..=5 * MINUTE), "RFC 7519 section 4.1.4"),
    rule("bcrypt_cost", Allowed::Number(4..=16), ""),
    rule("shortest_password", Allowed::Number(8..=64), "NIST SP 800-63B-4 section 3.1.1.2"),
    rule("shortest_password_alone", Allowed::Number(8..=64), "NIST SP 800-63B-4 section 3.1.1.2"),
    rule("longest_password_bytes", Allowed::Number(256..=65_536), "NIST SP 800-63B-4 section 3.1.1.2"),
    rule("most_failures", Allowed::Number(5..=100), "NIST SP 800-63B-4 section 3.2.2"),
];

const fn rule(name: &'static str, allowed: Allowed, source: &'static str) -> Rule {
    Rule { name, allowed, source }
}

impl Rule {
    /// The rule with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.name == name)
    }
}

impl Allowed {
    /// A description of the allowed values, to follow "write".
    pub fn describe(&self) -> String {
        match self {
            Self::Issuer => "an https or http URL without query and fragment".into(),
            Self::Text(longest) => format!("1 to {longest} visible ASCII characters"),
            Self::Seconds(range) => format!("{} to {} seconds", range.start(), range.end()),
            Self::Number(range) => format!("a number from {} to {}", range.start(), range.end()),
            Self::Rotation => "strict, grace SECONDS, evidence or none".into(),
            Self::Revocation => "deny-list or short-lived".into(),
            Self::Algorithms => "names of signature algorithms, such as ES256 RS256".into(),
            Self::YesNo => "yes or no".into(),
        }
    }

    /// Converts a typed text to the stored value, which still may not be allowed.
    pub(crate) fn read(&self, text: &str) -> Option<Value> {
        match self {
            Self::Issuer | Self::Text(_) | Self::Rotation | Self::Revocation => Some(json!(text)),
            Self::Seconds(_) | Self::Number(_) => text.parse::<u64>().ok().map(Value::from),
            Self::Algorithms => {
                let names = text.split([' ', ',']).filter(|name| !name.is_empty());
                Some(names.map(Value::from).collect())
            }
            Self::YesNo => match text {
                "yes" => Some(json!(true)),
                "no" => Some(json!(false)),
                _ => None,
            },
        }
    }

    /// Whether this value is allowed.
    pub(crate) fn allows(&self, value: &Value) -> bool {
        let text = value.as_str();
        let is_within = |range: &RangeInclusive<u64>| value.as_u64().is_some_and(|number| range.contains(&number));
        match self {
            Self::Issuer => text.is_some_and(is_issuer),
            Self::Text(longest) => text.is_some_and(|text| is_plain(text) && text.len() <= *longest),
            Self::Seconds(range) | Self::Number(range) => is_within(range),
            Self::Rotation => match text.map(str::parse) {
                Some(Ok(Rotation::Grace { seconds })) => (1..=LONGEST_GRACE).contains(&seconds),
                parsed => matches!(parsed, Some(Ok(_))),
            },
            Self::Revocation => text.is_some_and(|text| text.parse::<Revocation>().is_ok()),
            Self::Algorithms => value.as_array().is_some_and(|names| are_algorithms(names)),
            Self::YesNo => value.is_boolean(),
        }
    }
}

/// Keeps values readable in tokens and headers.
fn is_plain(text: &str) -> bool {
    let is_visible = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    is_visible && !text.is_empty() && text.trim() == text
}

fn is_issuer(text: &str) -> bool {
    let is_address = Url::parse(text).is_ok_and(|url| {
        let is_web = matches!(url.scheme(), "https" | "http") && url.has_host();
        is_web
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    is_address && text.len() <= LONGEST_TEXT && is_plain(text) && !text.contains(' ')
}

fn are_algorithms(names: &[Value]) -> bool {
    let known = |name: &Value| name.as_str().and_then(|name| name.parse::<Algorithm>().ok());
    let algorithms: Option<Vec<_>> = names.iter().map(known).collect();
    let is_once = |list: &[Algorithm]| (1..list.len()).all(|at| !list[at..].contains(&list[at - 1]));
    algorithms.is_some_and(|list| !list.is_empty() && is_once(&list))
}
