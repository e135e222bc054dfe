//! Secrets that exist already, from an `otpauth` URI, from the QR code with which Google Authenticator hands over its
//! accounts, or in base32.

use super::settings::{self, LONGEST_LABEL, SHORTEST_SECRET};
use crate::records::{CodeAlgorithm, CodeSettings};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use prost::Message;
use std::fmt;
use url::Url;
use zeroize::Zeroizing;

/// The longest secret that can be brought in, in bytes, and the most accounts of one text.
const LONGEST_SECRET: usize = 128;
const MOST_ACCOUNTS: usize = 100;
/// The longest text that is read, in bytes. A QR code holds at most 2,953.
const LONGEST_TEXT: usize = 64 * 1024;

/// What a text holds.
#[derive(Debug, Clone)]
pub struct Found {
    /// The accounts, in their order.
    pub accounts: Vec<Result<Account, (Label, Unusable)>>,
    /// Which part of a handover it is, if that is spread over several QR codes.
    pub part: Option<Part>,
}

/// One QR code of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

/// The name of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// The issuer.
    pub issuer: Option<String>,
    /// The account.
    pub name: Option<String>,
}

/// An account with its secret.
#[derive(Clone)]
pub struct Account {
    pub(super) secret: Zeroizing<Vec<u8>>,
    /// The issuer.
    pub issuer: Option<String>,
    /// The account's name.
    pub name: Option<String>,
    /// How its codes are generated.
    pub settings: CodeSettings,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("issuer", &self.issuer).field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why an account cannot be used here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Its codes are counted (RFC 4226) instead of following the time.
    #[error("Its codes are counted (HOTP) and do not follow the time")]
    Counted,
    /// Its HMAC is another one.
    #[error("Its algorithm is {0}; only SHA1, SHA256 and SHA512 are known")]
    Algorithm(String),
    /// Its codes have another length.
    #[error("Its codes have {0} digits; a code has 6 to 8")]
    Digits(String),
    /// Its codes last longer or shorter.
    #[error("Its codes last {0} seconds; a code lasts 15 to 300")]
    Period(String),
    /// There is no secret, or it is not base32.
    #[error("Its secret is missing or is not base32")]
    Secret,
    /// The secret is too short or too long.
    #[error("Its secret has {bits} bits; 80 to 1,024 are taken")]
    Length {
        /// Its length in bits.
        bits: usize,
    },
}

/// Why a text holds no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BringInError {
    /// It is nothing that is known here.
    #[error("This is not an otpauth URI, a migration URI or a secret in base32")]
    Unknown,
    /// It begins like a migration URI, but its data is damaged.
    #[error("The data of the migration URI is damaged")]
    Damaged,
    /// It holds no account.
    #[error("The migration URI holds no account")]
    Empty,
}

/// The accounts in a text: an `otpauth` URI, an `otpauth-migration` URI, or a secret in base32 with the usual settings.
///
/// # Errors
/// [`BringInError`]
pub fn find_accounts(text: &str) -> Result<Found, BringInError> {
    let text = text.trim();
    if text.len() > LONGEST_TEXT {
        return Err(BringInError::Unknown);
    }
    let Ok(url) = Url::parse(text) else {
        let secret = secret_of(text).filter(|secret| secret.len() >= SHORTEST_SECRET).ok_or(BringInError::Unknown)?;
        let account = usable(secret, Label::default(), CodeSettings::default());
        return Ok(Found { accounts: vec![account], part: None });
    };
    match url.scheme() {
        "otpauth" => Ok(Found { accounts: vec![from_uri(&url)], part: None }),
        "otpauth-migration" => from_migration(&url),
        _ => Err(BringInError::Unknown),
    }
}

fn from_uri(url: &Url) -> Result<Account, (Label, Unusable)> {
    let path = url.path().trim_start_matches('/').replacen("%3A", ":", 1).replacen("%3a", ":", 1);
    let (mut issuer, name) = match path.split_once(':') {
        Some((issuer, name)) => (label(&decoded(issuer)), label(&decoded(name))),
        None => (None, label(&decoded(&path))),
    };
    let mut settings = CodeSettings::default();
    let (mut secret, mut problem) = (None, (url.host_str() != Some("totp")).then_some(Unusable::Counted));
    for (key, value) in url.query_pairs() {
        let odd = match &*key {
            "secret" => {
                secret = secret_of(&value);
                None
            }
            "issuer" => {
                issuer = label(&value).or(issuer);
                None
            }
            "algorithm" => match algorithm_of(&value) {
                Some(algorithm) => {
                    settings.algorithm = algorithm;
                    None
                }
                None => Some(Unusable::Algorithm(short(&value))),
            },
            "digits" => match value.parse() {
                Ok(digits) => {
                    settings.digits = digits;
                    None
                }
                Err(_) => Some(Unusable::Digits(short(&value))),
            },
            "period" => match value.parse() {
                Ok(period) => {
                    settings.period_seconds = period;
                    None
                }
                Err(_) => Some(Unusable::Period(short(&value))),
            },
            _ => None,
        };
        problem = problem.or(odd);
    }
    let label = Label { issuer, name };
    match (problem, secret) {
        (Some(problem), _) => Err((label, problem)),
        (None, None) => Err((label, Unusable::Secret)),
        (None, Some(secret)) => usable(secret, label, settings),
    }
}

/// The message in the QR codes of Google Authenticator. Google has not published its definition; the numbers are those
/// that every reader of it has (<https://github.com/dim13/otpauth/blob/master/migration/migration.proto>).
#[derive(Clone, PartialEq, Message)]
struct Migration {
    #[prost(message, repeated, tag = "1")]
    accounts: Vec<MigrationAccount>,
    #[prost(int32, tag = "3")]
    batch_size: i32,
    #[prost(int32, tag = "4")]
    batch_index: i32,
}

#[derive(Clone, PartialEq, Message)]
struct MigrationAccount {
    #[prost(bytes = "vec", tag = "1")]
    secret: Vec<u8>,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(string, tag = "3")]
    issuer: String,
    /// 0 and 1 SHA-1, 2 SHA-256, 3 SHA-512, 4 MD5.
    #[prost(int32, tag = "4")]
    algorithm: i32,
    /// 0 and 1 six, 2 eight, 3 seven.
    #[prost(int32, tag = "5")]
    digits: i32,
    /// 1 counted, 0 and 2 by the time.
    #[prost(int32, tag = "6")]
    kind: i32,
}

fn from_migration(url: &Url) -> Result<Found, BringInError> {
    let data = url.query_pairs().find(|(key, _)| key == "data").map(|(_, data)| data.into_owned());
    // A plus sign that was not escaped reads as a space.
    let data = Zeroizing::new(data.ok_or(BringInError::Damaged)?.replace(' ', "+"));
    let bytes = Zeroizing::new(STANDARD.decode(&*data).map_err(|_| BringInError::Damaged)?);
    let migration = Migration::decode(&**bytes).map_err(|_| BringInError::Damaged)?;
    if migration.accounts.is_empty() {
        return Err(BringInError::Empty);
    }
    let part = match (u32::try_from(migration.batch_index), u32::try_from(migration.batch_size)) {
        (Ok(index), Ok(of)) if of > 1 && index < of => Some(Part { number: index + 1, of }),
        _ => None,
    };
    let accounts = migration.accounts.into_iter().take(MOST_ACCOUNTS).map(from_handover).collect();
    Ok(Found { accounts, part })
}

fn from_handover(account: MigrationAccount) -> Result<Account, (Label, Unusable)> {
    let MigrationAccount { secret, name, issuer, algorithm, digits, kind } = account;
    let secret = Zeroizing::new(secret);
    // The name often repeats the issuer: "Example:alice".
    let (before, name) = name.split_once(':').map_or((None, &*name), |(issuer, name)| (label(issuer), name));
    let label = Label { issuer: label(&issuer).or(before), name: label(name) };
    let algorithm = match algorithm {
        0 | 1 => Ok(CodeAlgorithm::Sha1),
        2 => Ok(CodeAlgorithm::Sha256),
        3 => Ok(CodeAlgorithm::Sha512),
        4 => Err("MD5".into()),
        other => Err(format!("no. {other}")),
    };
    let digits = match digits {
        0 | 1 => Ok(6),
        2 => Ok(8),
        3 => Ok(7),
        other => Err(format!("an unknown number of ({other})")),
    };
    match (kind, algorithm, digits) {
        (1, ..) => Err((label, Unusable::Counted)),
        (_, Err(other), _) => Err((label, Unusable::Algorithm(other))),
        (_, _, Err(other)) => Err((label, Unusable::Digits(other))),
        (_, Ok(algorithm), Ok(digits)) => {
            usable(secret, label, CodeSettings { algorithm, digits, ..CodeSettings::default() })
        }
    }
}

fn usable(secret: Zeroizing<Vec<u8>>, label: Label, settings: CodeSettings) -> Result<Account, (Label, Unusable)> {
    if !(SHORTEST_SECRET..=LONGEST_SECRET).contains(&secret.len()) {
        return Err((label, Unusable::Length { bits: secret.len() * 8 }));
    }
    if !settings::has_allowed_digits(settings) {
        return Err((label, Unusable::Digits(settings.digits.to_string())));
    }
    if !settings::are_allowed(settings) {
        return Err((label, Unusable::Period(settings.period_seconds.to_string())));
    }
    let Label { issuer, name } = label;
    Ok(Account { secret, issuer, name, settings })
}

/// Base32 as people write it: in groups, in either case, with or without padding.
fn secret_of(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let kept = text.chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '='));
    let text = Zeroizing::new(kept.map(|sign| sign.to_ascii_uppercase()).collect::<String>());
    let secret = totp_rs::Secret::try_from_base32(&*text).ok()?;
    Some(Zeroizing::new(secret.as_bytes().to_vec())).filter(|secret| !secret.is_empty())
}

fn algorithm_of(name: &str) -> Option<CodeAlgorithm> {
    let name = name.to_ascii_uppercase();
    let name = name.strip_prefix("HMAC").unwrap_or(&name).replace('-', "");
    CodeAlgorithm::stored(&name)
}

/// A label as it can stand in a URI of ours: without a colon, not empty, not endless.
fn label(text: &str) -> Option<String> {
    let text: String = text.replace(':', " ").trim().chars().take(LONGEST_LABEL).collect();
    Some(text).filter(|text| !text.is_empty())
}

fn decoded(text: &str) -> String {
    // Not `query_pairs`: in a path, a plus sign is a plus sign.
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The beginning of a value, for a sentence.
fn short(value: &str) -> String {
    value.chars().take(16).collect()
}
