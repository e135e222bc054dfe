//! What is known of each request once it is answered. No header, no body, no query: those hold secrets.

use engine::clients::Client;

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its method, at most [`LONGEST_METHOD`] characters of it.
    pub method: String,
    /// Its path, without the query, at most [`LONGEST_PATH`] characters of it.
    pub path: String,
    /// The answer's status.
    pub status: u16,
    /// How long the answer took, in microseconds.
    pub micros: u64,
    /// Whom it was about.
    pub about: About,
}

/// The longest path that is recorded, in characters.
pub const LONGEST_PATH: usize = 200;

/// The longest method that is recorded, in characters.
pub const LONGEST_METHOD: usize = 20;

/// Whom a request was about, as far as it got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The client that asked.
    pub client: Option<String>,
    /// The user that was named: not proven, if the request was refused.
    pub username: Option<String>,
    /// The ID of the token that was presented or issued.
    pub jti: Option<String>,
    /// The origin of a page that was refused.
    pub refused_origin: Option<String>,
}

impl About {
    pub(crate) fn client(client: &Client) -> Self {
        Self { client: Some(client.id.clone()), ..Self::default() }
    }
}

/// Is told of each request once it is answered.
pub type Listener = Box<dyn Fn(Record) + Send + Sync>;
