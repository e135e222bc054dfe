//! Formats amounts, short enough for one line of the trace.

/// A duration in its two largest units: "2 m 3 s", "3 d 4 h", "0 s".
pub fn span(seconds: u64) -> String {
    const UNITS: [(u64, &str); 5] = [(31_536_000, "y"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let largest = UNITS.iter().position(|(size, _)| seconds >= *size).unwrap_or(UNITS.len() - 1);
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, unit) in UNITS.iter().skip(largest).take(2) {
        let count = rest / size;
        rest %= size;
        if count > 0 || parts.is_empty() {
            parts.push(format!("{count} {unit}"));
        }
    }
    parts.join(" ")
}

/// "a", "a and b", "a, b and c".
pub fn list<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// What must change, as one sentence: "Set `iss` to x, add `exp` and `iat`". Names that are to be added stand together.
pub(crate) fn together<S: AsRef<str>>(fixes: &[S]) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut added: Vec<&str> = Vec::new();
    for fix in fixes.iter().map(AsRef::as_ref).filter(|fix| !fix.is_empty()) {
        match fix.strip_prefix("Add ").filter(|name| !name.contains(' ')) {
            Some(name) => added.push(name),
            None => said.push(fix.to_owned()),
        }
    }
    if !added.is_empty() {
        said.push(format!("Add {}", list(&added)));
    }
    for fix in said.iter_mut().skip(1) {
        if let Some(first) = fix.get_mut(..1) {
            first.make_ascii_lowercase();
        }
    }
    match &said[..] {
        // A list of names has an "and" of its own.
        [.., last] if said.len() > 1 && last.contains(" and ") => said.join(", "),
        _ => list(&said),
    }
}

/// Equality for names looked up in lists: nearly all differ in length or first letter, which is decided without a call.
pub fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.as_bytes().first() == b.as_bytes().first() && a == b
}

/// With a capital first letter.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_names_its_two_largest_units() {
        let cases = [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 m"),
            (123, "2 m 3 s"),
            (821, "13 m 41 s"),
            (3_600, "1 h"),
            (3_601, "1 h"),
            (90_000, "1 d 1 h"),
            (u64::MAX, "584942417355 y 26 d"),
        ];
        for (seconds, words) in cases {
            assert_eq!(span(seconds), words);
        }
    }

    #[test]
    fn a_list_reads_like_a_sentence() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list::<&str>(&[]), "");
    }

    #[test]
    fn several_changes_are_one_sentence() {
        assert_eq!(together(&["Add `exp`", "Add `iat`"]), "Add `exp` and `iat`");
        assert_eq!(together(&["Add `exp`", "", "Set `aud` to x"]), "Set `aud` to x and add `exp`");
        assert_eq!(together(&["Set `iss` to x", "Add `a`", "Add `b`"]), "Set `iss` to x, add `a` and `b`");
        assert_eq!(together::<&str>(&[]), "");
    }

    #[test]
    fn a_sentence_begins_with_a_capital() {
        for (text, sentence) in [("a key", "A key"), ("`alg` is", "`alg` is"), ("éa", "Éa"), ("", "")] {
            assert_eq!(capitalised(text), sentence);
        }
    }
}
