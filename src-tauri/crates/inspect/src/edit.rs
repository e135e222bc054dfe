//! A token being edited: header and payload as texts, changes to them that leave every other byte alone, and the
//! resulting token.

mod begin;
mod fault;
#[cfg(test)]
mod tests;
mod text;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

pub use begin::{blank_claims, unsigned};
pub use fault::Fault;

use jose::json::{self, quoted};
use jose::parse::Format;
use jose::{Parsed, SignError, SigningKey, signing_input};

/// A token taken apart. These texts are signed byte for byte, except for the effects of `compact` and `follow_key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Draft {
    /// The JOSE header's text.
    pub header: String,
    /// The payload's text.
    pub payload: String,
    /// Leave white space between JSON's symbols out of the token. Strings and digits stay as written.
    pub compact: bool,
    /// Write the signing key's `alg` and `kid` into the header.
    pub follow_key: bool,
    /// A fault in the signature.
    pub fault: Option<Fault>,
    /// Some bytes of the token are not text and are in neither text: tokens made from this draft lack them.
    pub lossy: bool,
    /// The draft before a fault was put in. The next fault starts from it, so that a token is wrong in one way only.
    pub unbroken: Option<Unbroken>,
}

/// A draft before a fault was put in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Unbroken {
    /// The JOSE header's text.
    pub header: String,
    /// The payload's text.
    pub payload: String,
    /// Whether the signing key's `alg` and `kid` were written into the header.
    pub follow_key: bool,
}

/// One change of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Edit {
    /// Gives a claim a value.
    SetClaim {
        /// The claim's name.
        name: String,
        /// The value as JSON text.
        value: String,
    },
    /// Gives a header parameter a value.
    SetHeader {
        /// The parameter's name.
        name: String,
        /// The value as JSON text.
        value: String,
    },
    /// Removes a header parameter.
    RemoveHeader {
        /// The parameter's name.
        name: String,
    },
    /// Keeps only the last of duplicate members.
    RemoveRepeats,
    /// Sets `exp` this many seconds from now.
    ExpireIn {
        /// Seconds; negative for the past.
        seconds: i64,
    },
    /// Sets `exp` this many seconds from now, and `iat` and `nbf`, where present, to now.
    Renew {
        /// Seconds.
        seconds: i64,
    },
    /// Moves `iat`, `nbf`, `exp` and `auth_time`, where present.
    Shift {
        /// Seconds; negative for earlier.
        seconds: i64,
    },
    /// Moves them all so that the token becomes valid now.
    StartNow,
    /// Breaks the token in one way. An earlier fault is undone first, together with later changes.
    Break {
        /// Which.
        fault: Fault,
    },
    /// Undoes the last fault, together with later changes.
    Mend,
}

/// Why a change could not be made. The draft is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The header's text is not a JSON object.
    #[error("the header is not one JSON object, so nothing can be set in it")]
    Header,
    /// The payload's text is not a JSON object.
    #[error("the payload is not one JSON object, so nothing can be set in it")]
    Payload,
    /// No claim says when the token becomes valid.
    #[error("the payload has no such time in seconds, so there is nothing to move")]
    NoTimes,
    /// There is no scope to remove.
    #[error("the payload has no scope to take away")]
    NoScope,
}

/// The claims that move together.
const TIMES: [&str; 4] = ["iat", "nbf", "exp", "auth_time"];

impl Draft {
    /// Takes a token apart, pretty-printed if it was written without white space; `None` unless it is a compact signed
    /// token.
    pub fn of(parsed: &Parsed) -> Option<Draft> {
        if parsed.format() != Format::JwsCompact {
            return None;
        }
        let parts = [&parsed.header, &parsed.claims];
        let texts = parts.map(|part| part.whole_text());
        let laid_out = texts.each_ref().map(|text| json::pretty(text));
        let compact = texts.iter().zip(&laid_out).all(|(text, laid_out)| json::compact(laid_out) == *text);
        let [header, payload] = if compact { laid_out } else { texts };
        let lossy = parts.iter().any(|part| part.cut);
        Some(Draft { header, payload, compact, follow_key: true, fault: None, lossy, unbroken: None })
    }

    /// The algorithm and the `kid` that the header names now.
    pub fn key_named(&self) -> (Option<jose::Algorithm>, Option<String>) {
        (self.names("alg").and_then(|name| name.parse().ok()), self.names("kid"))
    }

    /// A string parameter of the header.
    fn names(&self, parameter: &str) -> Option<String> {
        text::members(&self.header)?.into_iter().rfind(|item| item.name == parameter)?.text
    }

    /// Applies one change, with `now` in seconds since the epoch.
    ///
    /// # Errors
    /// [`EditError`]: the text to change is not a JSON object, or has nothing to change.
    pub fn apply(&self, edit: &Edit, now: i64) -> Result<Draft, EditError> {
        let mut draft = self.clone();
        match edit {
            Edit::SetClaim { name, value } => draft.set_claim(name, value)?,
            Edit::SetHeader { name, value } => draft.set_header(name, value)?,
            Edit::RemoveHeader { name } => {
                draft.header = text::remove(&draft.header, |_, item| item.name == *name).ok_or(EditError::Header)?;
            }
            Edit::RemoveRepeats => {
                draft.header = without_repeats(&draft.header).ok_or(EditError::Header)?;
                draft.payload = without_repeats(&draft.payload).ok_or(EditError::Payload)?;
            }
            Edit::ExpireIn { seconds } => draft.set_claim("exp", &now.saturating_add(*seconds).to_string())?,
            Edit::Renew { seconds } => {
                for (name, _) in draft.times()?.into_iter().filter(|(name, _)| matches!(*name, "iat" | "nbf")) {
                    draft.set_claim(name, &now.to_string())?;
                }
                draft.set_claim("exp", &now.saturating_add(*seconds).to_string())?;
            }
            Edit::Shift { seconds } => draft.shift(*seconds)?,
            Edit::StartNow => {
                let times = draft.times()?;
                let begins = times.iter().filter(|(name, _)| matches!(*name, "iat" | "nbf"));
                let start = begins.map(|(_, at)| *at).max().ok_or(EditError::NoTimes)?;
                draft.shift(now.saturating_sub(start))?;
            }
            Edit::Break { fault } => {
                draft.mend();
                let unbroken = Unbroken {
                    header: draft.header.clone(),
                    payload: draft.payload.clone(),
                    follow_key: draft.follow_key,
                };
                fault.put_into(&mut draft, now)?;
                draft.unbroken = Some(unbroken);
            }
            Edit::Mend => draft.mend(),
        }
        Ok(draft)
    }

    /// The compact token of this draft, signed with `key`, including its fault.
    ///
    /// # Errors
    /// [`SignError`]
    pub fn sign(&self, key: &SigningKey) -> Result<String, SignError> {
        let (mut header, payload) = self.texts();
        if self.follow_key {
            // A header that is not an object names nothing and is signed as it is.
            header = text::set(&header, "alg", &quoted(key.algorithm().as_str())).unwrap_or(header);
            if !key.kid().is_empty() {
                header = text::set(&header, "kid", &quoted(key.kid())).unwrap_or(header);
            }
        }
        match self.fault {
            Some(fault) => fault.sign(key, &header, &payload),
            None => key.dangerous_sign(&header, payload.as_bytes()),
        }
    }

    /// The name of the token's fault: `said`, unless the draft itself has a fault in the signature.
    pub fn made_wrong_in(&self, said: Option<Fault>) -> Option<String> {
        self.fault.or(said).map(Fault::name)
    }

    /// The token of this draft with another token's signature, byte for byte: for tokens whose signature no longer
    /// matches.
    pub fn with_signature_of(&self, original: &Parsed) -> String {
        let (header, payload) = self.texts();
        let input = signing_input(header.as_bytes(), payload.as_bytes());
        match original.token().get(original.signing_input().len()..) {
            Some(rest) if rest.starts_with('.') => input + rest,
            _ => input,
        }
    }

    /// Header and payload as they are put into the token.
    fn texts(&self) -> (String, String) {
        match self.compact {
            true => (json::compact(&self.header), json::compact(&self.payload)),
            false => (self.header.clone(), self.payload.clone()),
        }
    }

    fn mend(&mut self) {
        self.fault = None;
        if let Some(Unbroken { header, payload, follow_key }) = self.unbroken.take() {
            (self.header, self.payload, self.follow_key) = (header, payload, follow_key);
        }
    }

    fn set_claim(&mut self, name: &str, value: &str) -> Result<(), EditError> {
        self.payload = text::set(&self.payload, name, value).ok_or(EditError::Payload)?;
        Ok(())
    }

    fn set_header(&mut self, name: &str, value: &str) -> Result<(), EditError> {
        self.header = text::set(&self.header, name, value).ok_or(EditError::Header)?;
        Ok(())
    }

    fn remove_claim(&mut self, name: &str) -> Result<(), EditError> {
        self.payload = text::remove(&self.payload, |_, item| item.name == name).ok_or(EditError::Payload)?;
        Ok(())
    }

    /// The time claims in seconds, in the order of `TIMES`; a fraction is truncated.
    fn times(&self) -> Result<Vec<(&'static str, i64)>, EditError> {
        let members = text::members(&self.payload).ok_or(EditError::Payload)?;
        let seconds = |name: &str| {
            let item = members.iter().rfind(|item| item.name == name)?;
            json::number(&self.payload[item.value.clone()]).seconds()
        };
        Ok(TIMES.into_iter().filter_map(|name| Some((name, seconds(name)?))).collect())
    }

    fn shift(&mut self, by: i64) -> Result<(), EditError> {
        let times = self.times()?;
        if times.is_empty() {
            return Err(EditError::NoTimes);
        }
        times.into_iter().try_for_each(|(name, at)| self.set_claim(name, &at.saturating_add(by).max(0).to_string()))
    }
}

fn without_repeats(object: &str) -> Option<String> {
    let members = text::members(object)?;
    let mut later = HashSet::new();
    let last: Vec<bool> = members.iter().rev().map(|item| later.insert(item.name.as_str())).collect();
    text::remove(object, |index, _| !last[members.len() - 1 - index])
}
