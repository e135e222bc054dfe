//! Secrets inside what surrounds them: a line of an `.env` file or the whole file, a JSON or YAML value, a JWK.

use zeroize::Zeroizing;

use super::Diagnosis;
use super::secret::{FORMS, PREFIXES, end_of, read_as, unquoted};
use crate::user_keys::SecretForm;
use jose::json;
use jose::key::jwk_members;
use jose::visible::excerpt;

/// At most about so many bytes of signing input are hashed to try the values of a file.
const MOST_HASHED: usize = 16 * 1024 * 1024;

/// What a try costs beyond hashing the token, as bytes hashed: a short token is not tried with a hundred thousand
/// values.
const COST: usize = 1024;

/// About how often one value is tried.
const TRIES: usize = 8;

/// JSON is searched no deeper.
const DEEPEST: usize = 8;

/// A name in a file, and its value.
type Setting = (Zeroizing<String>, Zeroizing<String>);

/// Tries every value of a file. `length` is the signing input's, in bytes.
pub(super) fn diagnose(text: &str, length: usize, is_by: &impl Fn(&[u8]) -> bool) -> Option<Diagnosis> {
    let mut settings = Vec::new();
    of_json(text, &mut settings, DEEPEST);
    if settings.is_empty() {
        settings.extend(text.lines().filter_map(of_line));
    }
    settings.truncate(MOST_HASHED / TRIES / (length + COST));
    settings.iter().find_map(|(name, value)| {
        let name = excerpt(name, 60);
        let bare = unquoted(value);
        let texts = [(Some(&value[..]), ""), (bare, ""), (without_comment(value), " without its comment")];
        let texts = texts.into_iter().filter_map(|(text, words)| Some((text?, words)));
        let prefixed = of_prefix(bare.unwrap_or(value)).map(|(text, words, form)| ((text, words), form));
        let tries = texts.flat_map(|text| FORMS.map(|(form, ..)| (text, form))).chain(prefixed);
        tries.into_iter().find_map(|((text, around), form)| {
            let end = end_of(text, form, is_by)?;
            let reading = if form == SecretForm::Text { "" } else { read_as(form) };
            let changes: Vec<&str> = [reading, end].into_iter().filter(|words| !words.is_empty()).collect();
            let changes = if changes.is_empty() { String::new() } else { format!(", {}", changes.join(", ")) };
            let sentence = format!("The value of `{name}` in this text matches{around}{changes}");
            Some(Diagnosis::new(sentence, format!("Give only the value of `{name}`{around}"), None))
        })
    })
}

/// `NAME=value` or `name: value`, as in `.env`, properties and YAML files.
fn of_line(line: &str) -> Option<Setting> {
    let line = line.trim().trim_start_matches("- ").trim_start_matches("export ").trim_start();
    let at = line.find(['=', ':'])?;
    let name = line[..at].trim().trim_matches(['"', '\'']);
    let value = line[at + 1..].trim();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_setting = !name.is_empty() && name.bytes().all(is_name) && !value.is_empty();
    is_setting.then(|| (Zeroizing::new(name.to_owned()), Zeroizing::new(value.to_owned())))
}

/// What follows `base64:`, as Laravel writes its keys, or another prefix.
fn of_prefix(value: &str) -> Option<(&str, &'static str, SecretForm)> {
    let prefix = PREFIXES.into_iter().find(|prefix| value.starts_with(prefix.text))?;
    Some((&value[prefix.text.len()..], prefix.without, prefix.form))
}

/// A value in front of ` # comment`.
fn without_comment(value: &str) -> Option<&str> {
    let value = value.split_once(" #")?.0.trim_end();
    Some(unquoted(value).unwrap_or(value))
}

/// The strings of a JSON text, by their path.
fn of_json(text: &str, settings: &mut Vec<Setting>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for member in jwk_members(text).iter() {
        match &member.text {
            Some(value) => settings.push((Zeroizing::new(member.name.to_string()), Zeroizing::new(value.clone()))),
            None => of_json(&text[member.value.clone()], settings, depth),
        }
    }
}

/// A JWK, or a set of them, whose `k` holds the secret itself.
pub(super) fn in_jwk(text: &str, is_by: impl Fn(&[u8]) -> bool) -> Option<Diagnosis> {
    let members = jwk_members(text);
    let keys = members.iter().find(|member| member.name == "keys").map(|member| &text[member.value.clone()]);
    let list = keys.unwrap_or_default();
    let inner = json::objects(list).unwrap_or_default();
    std::iter::once(text).chain(inner.into_iter().map(|range| &list[range])).find_map(|jwk| {
        let members = jwk_members(jwk);
        let k = members.iter().find(|member| member.name == "k")?.text.as_deref()?;
        is_by(k.as_bytes()).then(|| {
            let sentence = "`k` holds the plain secret instead of its base64url; it matches as text";
            Diagnosis::new(sentence, "Write `k` as the base64url of the secret (RFC 7518 §6.4.1)", None)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_long_file_is_tried_with_a_short_token_a_bounded_number_of_times() {
        let file = (0..20_000).map(|line| format!("NAME_{line}=value-{line}\n")).collect::<String>();
        let tries = Cell::new(0);
        let is_by = |secret: &[u8]| {
            tries.set(tries.get() + 1);
            secret == b"value-1000"
        };
        assert!(diagnose(&file, 30, &is_by).is_some_and(|found| found.sentence.contains("NAME_1000")));
        tries.set(0);
        assert!(diagnose(&file.replace("value-1000\n", "other\n"), 30, &is_by).is_none());
        assert!(tries.get() < 20_000, "{}", tries.get());
    }
}
