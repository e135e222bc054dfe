//! Every number and rule of the engine, in one value.

use jose::Algorithm;
use std::time::Duration;

/// The rules the engine works by. [`Policy::default`] is what a new profile uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `iss` of every token.
    pub issuer: String,
    /// `aud` of every access token: the API it is for.
    pub audience: String,
    /// `client_id` of every access token (RFC 9068 section 2.2).
    pub client_id: String,
    /// How long an access token lives.
    pub access_token_lifetime: Duration,
    /// The longest lifetime an access token may be minted with.
    pub longest_access_token_lifetime: Duration,
    /// Algorithms a signature may be made with.
    pub algorithms: Vec<Algorithm>,
    /// How many seconds the time checks forgive.
    pub leeway_seconds: u32,
    /// bcrypt's cost for new password hashes: 12 takes 250 to 300 ms on a present computer.
    pub bcrypt_cost: u32,
    /// The fewest characters of a password, counted in code points (NIST SP 800-63B-4 section 3.1.1).
    pub shortest_password: usize,
    /// The most bytes of a password, so that nobody makes the engine hash a film.
    pub longest_password_bytes: usize,
    /// How long the keyring may take to answer.
    pub keyring_deadline: Duration,
    /// How long a person may take to answer the keyring's own prompt.
    pub unlock_deadline: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        use Algorithm::{EdDsa, Es256, Es384, Hs256, Ps256, Rs256};
        Self {
            issuer: "http://localhost:8787".into(),
            audience: "items-api".into(),
            client_id: "workbench".into(),
            access_token_lifetime: Duration::from_secs(15 * 60),
            longest_access_token_lifetime: Duration::from_secs(24 * 60 * 60),
            algorithms: vec![Es256, Es384, Rs256, Ps256, EdDsa, Hs256],
            leeway_seconds: 0,
            bcrypt_cost: 12,
            shortest_password: 8,
            longest_password_bytes: 4096,
            keyring_deadline: Duration::from_secs(5),
            unlock_deadline: Duration::from_secs(120),
        }
    }
}
