//! Identifies texts that are not a JWT: session cookies, opaque tokens, other token formats, keys, and placeholders
//! that were never filled in. Each has a name, and a sentence that says what to do.

mod alike;
mod cookies;
mod encoded;
mod formats;
mod keys;
mod known;
mod makers;
mod plain;
mod saml;
mod schemes;
mod shapes;
#[cfg(test)]
mod tests;
mod unfilled;

pub(crate) use makers::credential;

use std::borrow::Cow;

use crate::app_signature::AppSigned;
use crate::clean::{missing_chunk, percent_decoded};
use crate::report::Alike;
use jose::parse::{Format, ParseProblem, Parsed};
use jose::words::capitalised;

/// How many words of a text are compared with the formats of known makers.
const MOST_WORDS: usize = 1000;

/// What a text is instead of a JWT.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NotJwt {
    /// Its name in a list: "Flask session cookie".
    name: Cow<'static, str>,
    /// "A signed session cookie of Flask".
    title: String,
    /// What to do.
    message: Cow<'static, str>,
    /// What must change for a server that wants a JWT.
    fix: &'static str,
    /// The JSON that anybody can read in it.
    content: String,
    /// A token can be checked with it.
    is_key: bool,
    /// The text that it holds encoded, to be looked at next.
    inside: Option<String>,
    /// What an app signed for itself.
    app_signed: Option<AppSigned>,
}

/// What a text is instead of a JWT, for its report.
#[derive(Debug, Clone)]
pub(crate) struct Recognised {
    /// Its name in a list: "Flask session cookie".
    pub(crate) name: Cow<'static, str>,
    /// A token can be checked with it.
    pub(crate) is_key: bool,
    /// The text that it holds encoded.
    pub(crate) inside: Option<String>,
    /// Why it looks like a JWT, if it does.
    pub(crate) alike: Option<Alike>,
    /// What an app signed for itself.
    pub(crate) app_signed: Option<AppSigned>,
}

impl Recognised {
    fn of(name: impl Into<Cow<'static, str>>) -> Recognised {
        Recognised { name: name.into(), is_key: false, inside: None, alike: None, app_signed: None }
    }
}

/// What some chunks of a cookie are without the others.
const INCOMPLETE: &str = "Incomplete token";

/// Words, which are no opaque token either.
const TEXT: &str = "Text";

/// What must change for a server that wants a JWT, unless there is better advice.
const FIND_TOKEN: &str =
    "Find the access token: in the answer of the token request, or in the `Authorization` header of an API call";

/// The same for a text that is a token already, of a server that checks no JWT.
const TO_ITS_ISSUER: &str = "Send it to the server that issued it; an API that checks JWTs needs one from its issuer";

impl NotJwt {
    /// `what` has its article: "a public key".
    fn new(what: &str, message: impl Into<Cow<'static, str>>) -> NotJwt {
        NotJwt {
            name: capitalised(what.trim_start_matches("a ").trim_start_matches("an ")).into(),
            title: capitalised(what),
            message: message.into(),
            fix: FIND_TOKEN,
            content: String::new(),
            is_key: false,
            inside: None,
            app_signed: None,
        }
    }

    fn named(self, name: impl Into<Cow<'static, str>>) -> NotJwt {
        NotJwt { name: name.into(), ..self }
    }

    fn holding(self, content: String) -> NotJwt {
        NotJwt { content, ..self }
    }

    fn signed(self, signed: AppSigned) -> NotJwt {
        NotJwt { app_signed: Some(signed), ..self }
    }

    fn or_else(self, fix: &'static str) -> NotJwt {
        NotJwt { fix, ..self }
    }
}

/// Replaces what was read of a text that is not a JWT by what the text is, and returns that.
///
/// `text` is the whole paste; `parsed` is what was left of it. Takes time linear in the text.
pub(crate) fn recognise(text: &str, parsed: &mut Parsed) -> Option<Recognised> {
    if matches!(parsed.format, Format::JwsJson | Format::JweJson | Format::TooLarge) {
        return None;
    }
    if parsed.has_header("alg") {
        if let Some(masked) = unfilled::masked_part(text, parsed) {
            parsed.blame_only(masked.problem());
            return Some(masked.recognised());
        }
        let is_broken = parsed.format == Format::JwsCompact && !parsed.faults.is_empty();
        parsed.blame(missing_chunk(text).filter(|_| is_broken)?);
        return Some(Recognised::of(INCOMPLETE));
    }
    if let Some(problem) = missing_chunk(text) {
        parsed.becomes(INCOMPLETE.to_owned(), problem, "");
        return Some(Recognised::of(INCOMPLETE));
    }
    // A text with a header is a token, whatever its header lacks.
    let (token, is_opaque) = (parsed.token().trim(), parsed.format == Format::Opaque);
    let other = || plain::plain(token).or_else(|| keys::opaque(token)).filter(|_| is_opaque);
    let found = what_is(text.trim(), token).or_else(other);
    let Some(mut found) = found else {
        let is_words = is_opaque && parsed.token().contains(char::is_whitespace);
        return is_words.then(|| Recognised::of(TEXT));
    };
    let alike = alike::alike(parsed.token());
    if let Some(signed) = &mut found.app_signed {
        signed.cookie = cookies::name_before(text, &signed.input).to_owned();
        signed.is_session |= signed.cookie == "sessionid";
    }
    parsed.becomes(found.name.to_string(), found.problem(), &found.content);
    Some(Recognised { alike, ..found.recognised() })
}

fn what_is(text: &str, token: &str) -> Option<NotJwt> {
    let decoded = [percent_decoded(token), percent_decoded(text)];
    let header = schemes::authorization(text);
    let own = [header, Some(token), Some(text), decoded[0].as_deref(), decoded[1].as_deref()];
    let is_new = |at: &usize| own[*at].is_some_and(|text| !text.is_empty()) && !own[..*at].contains(&own[*at]);
    let own = (0..own.len()).filter(is_new).filter_map(|at| own[at]);
    own.clone()
        .find_map(whole)
        .or_else(|| own.clone().find_map(cookies::among_pairs))
        .or_else(|| words(text).find_map(makers::named))
        .or_else(|| keys::identifier(token))
        .or_else(|| encoded::text_in_base64(text))
        .or_else(|| plain::link(text))
}

/// What a text is as a whole.
fn whole(text: &str) -> Option<NotJwt> {
    unfilled::unfilled(text)
        .or_else(|| unfilled::masked(text))
        .or_else(|| schemes::scheme(text))
        .or_else(|| schemes::shared_access_signature(text))
        .or_else(|| makers::named(text))
        .or_else(|| cookies::cookie(text))
        .or_else(|| formats::format(text))
        .or_else(|| saml::saml(text))
        .or_else(|| keys::key(text))
}

/// The words of a line, a header or a command, in which a token may stand.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let ends = |character: char| match character {
        '"' | '\'' | '`' | ',' | ';' | '&' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '|' | '=' | '?' => true,
        other => other.is_whitespace(),
    };
    text.split(ends).filter(|word| !word.is_empty()).take(MOST_WORDS).map(|word| word.trim_start_matches("Bearer:"))
}

impl NotJwt {
    fn recognised(self) -> Recognised {
        Recognised {
            is_key: self.is_key,
            inside: self.inside,
            app_signed: self.app_signed,
            ..Recognised::of(self.name)
        }
    }

    fn problem(&self) -> ParseProblem {
        let reason = format!("{}, not a JWT", self.name);
        ParseProblem::something_else(&self.title, &self.message, &reason, self.fix)
    }
}
