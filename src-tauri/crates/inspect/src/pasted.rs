//! From text to token: the pasted token without what is around it, and the tokens inside it.

mod nested;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Deref;

use crate::app_signature::AppSigned;
use crate::clean::clean;
use crate::key_text::KeyText;
use crate::link;
use crate::not_jwt::{self, Recognised};
use crate::report::CleanUp;
use crate::sd_jwt::{self, Presentation};
use jose::Evidence;
use jose::parse::{Format, FoundToken, ParseProblem, Parsed, is_too_large, parse_exact};

/// A parsed paste: created by [`parse`], explained by [`crate::check()`]. It is the [`Parsed`] token, with what was
/// around it. `Debug` does not print the token.
#[derive(Debug, Clone)]
pub struct Pasted {
    parsed: Parsed,
    pub(crate) clean_ups: Vec<CleanUp>,
    /// All tokens of the text, including nested ones, if there are several.
    pub(crate) tokens: Vec<FoundToken>,
    /// Why not all of them are listed.
    pub(crate) unlisted: Option<&'static str>,
    /// What the text is, if it is no whole JWT.
    pub(crate) not_a_jwt: Option<Recognised>,
    /// What follows the token, if it is an SD-JWT.
    pub(crate) presentation: Option<Presentation>,
    /// The key beside the token, if the text is a link of a debugger.
    pub(crate) key_in_link: Option<KeyText>,
}

/// The token exactly as it was sent.
impl From<Parsed> for Pasted {
    fn from(parsed: Parsed) -> Pasted {
        Pasted {
            tokens: parsed.tokens.clone(),
            parsed,
            clean_ups: Vec::new(),
            unlisted: None,
            not_a_jwt: None,
            presentation: None,
            key_in_link: None,
        }
    }
}

impl Deref for Pasted {
    type Target = Parsed;

    fn deref(&self) -> &Parsed {
        &self.parsed
    }
}

/// Reads a text byte for byte, as a server receives it: nothing around the token is stripped. An SD-JWT is read with
/// what follows its token.
pub fn parse_as_pasted(text: &str) -> Pasted {
    if let Some(token) = sd_jwt::token_of(text) {
        let mut pasted = Pasted::from(parse_exact(token));
        pasted.present(text);
        return pasted;
    }
    let mut pasted = Pasted::from(parse_exact(text));
    pasted.not_a_jwt = not_jwt::recognise(text, &mut pasted.parsed);
    pasted
}

/// Reads any text: strips what is around the token, splits it, decodes it, and notes everything that is wrong.
///
/// Takes time linear in the text and reads at most 1 MiB of characters.
pub fn parse(text: &str) -> Pasted {
    if is_too_large(text) {
        return parse_exact(text).into();
    }
    let cleaned = clean(text);
    let mut pasted = Pasted::from(parse_exact(&cleaned.text));
    pasted.clean_ups = cleaned.clean_ups;
    if let Some(cut) = cleaned.cut {
        pasted.parsed.break_off(cut);
    }
    pasted.not_a_jwt = not_jwt::recognise(text, &mut pasted.parsed);
    nested::list(&mut pasted, cleaned.tokens);
    pasted.present(text);
    pasted.key_in_link = link::key_in(text).filter(|_| pasted.parsed.format == Format::JwsCompact);
    pasted
}

impl Pasted {
    /// What the app that made the text signed, if it is not a JWT.
    pub(crate) fn app_signed(&self) -> Option<&AppSigned> {
        self.not_a_jwt.as_ref()?.app_signed.as_ref()
    }

    /// The token with a fault if its key binding is made for another verifier than the policy's audience, or not for
    /// now.
    pub(crate) fn for_verifier(&self, evidence: &Evidence) -> Cow<'_, Parsed> {
        let Some(presentation) = &self.presentation else { return Cow::Borrowed(&self.parsed) };
        let another = (!presentation.is_for_verifier(&evidence.policy)).then(ParseProblem::binding_for_another);
        let untimely = presentation.untimely(&evidence.policy, evidence.now);
        if another.is_none() && untimely.is_none() {
            return Cow::Borrowed(&self.parsed);
        }
        let mut parsed = self.parsed.clone();
        parsed.faults.extend(another.into_iter().chain(untimely));
        Cow::Owned(parsed)
    }

    /// Reads what follows an SD-JWT's token in the text.
    fn present(&mut self, text: &str) {
        let Some(mut found) = Presentation::of(text, &self.parsed) else { return };
        self.parsed.faults.extend(found.contradiction.take());
        if found.stray > 0 {
            self.parsed.faults.push(ParseProblem::stray_disclosures(found.stray));
        }
        if !found.is_bound_rightly(&self.parsed) {
            self.parsed.faults.push(ParseProblem::wrong_key_binding());
        }
        // Disclosures belong to the token, so they are no text around it.
        if !text.trim().contains(char::is_whitespace) {
            self.clean_ups.retain(|clean_up| !clean_up.removed.starts_with("…~"));
        }
        let is_binding = |token: &FoundToken| found.key_binding.as_ref() == Some(&token.token);
        if let Some(token) = self.tokens.iter_mut().find(|token| is_binding(token)) {
            token.name = "Key binding JWT".to_owned();
        }
        self.presentation = Some(found);
    }
}
