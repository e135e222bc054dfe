//! Where two values differ that look alike at a glance: a slash, a port, letter case. All differences are named.

use crate::words::list;

/// Every difference, if the values nearly agree: "by the port, 8443 instead of 443, and by a slash at the end, which
/// only the token has". `None` if they differ in anything else, too.
pub(super) fn near_miss(found: &str, wanted: &str) -> Option<String> {
    let (own, meant) = (Value::of(found), Value::of(wanted));
    let mut ways = Ways::default();
    ways.say(edges(own.before, meant.before, "beginning"));
    match (Address::of(&own), Address::of(&meant)) {
        (Some(one), Some(other)) if !one.scheme.is_empty() || !other.scheme.is_empty() => {
            one.differs_from(&other, &mut ways)?;
        }
        _ => texts((own.text, own.before.chars().count()), meant.text, "", &mut ways)?,
    }
    ways.say(marks(own.marks, meant.marks));
    ways.say(edges(own.after, meant.after, "end"));
    ways.sentence()
}

/// The differences found so far.
#[derive(Default)]
struct Ways {
    all: Vec<String>,
    /// The parts that differ by upper and lower case.
    cases: Vec<&'static str>,
}

impl Ways {
    fn say(&mut self, way: Option<String>) {
        self.all.extend(way);
    }

    fn sentence(mut self) -> Option<String> {
        if !self.cases.is_empty() {
            let parts: Vec<String> =
                self.cases.iter().filter(|part| !part.is_empty()).map(|part| format!("the {part}")).collect();
            let place = if parts.is_empty() { String::new() } else { format!(" of {}", list(&parts)) };
            self.all.insert(0, format!("by upper and lower case{place}"));
        }
        // Most of them have a comma in them.
        match &self.all[..] {
            [] => None,
            [only] => Some(only.clone()),
            [first @ .., last] => Some(format!("{}, and {last}", first.join(", "))),
        }
    }
}

/// A value without what is easily overlooked at its ends.
struct Value<'a> {
    before: &'a str,
    text: &'a str,
    /// Slashes and full stops.
    marks: &'a str,
    after: &'a str,
}

impl<'a> Value<'a> {
    fn of(whole: &'a str) -> Value<'a> {
        let rest = whole.trim_start_matches(is_unseen);
        let (before, _) = whole.split_at(whole.len() - rest.len());
        let (inner, after) = rest.split_at(rest.trim_end_matches(is_unseen).len());
        let (text, marks) = inner.split_at(inner.trim_end_matches(['/', '.']).len());
        Value { before, text, marks, after }
    }
}

/// Characters that nobody sees at the end of a line.
fn is_unseen(character: char) -> bool {
    character.is_whitespace() || character.is_control() || matches!(character, '\u{200B}'..='\u{200F}' | '\u{FEFF}')
}

/// How the characters differ that are not seen at one end.
fn edges(found: &str, wanted: &str, place: &str) -> Option<String> {
    match (found, wanted) {
        _ if found == wanted => None,
        (found, "") => Some(format!("by {} at the {place}, which only the token has", counted(found))),
        ("", wanted) => Some(format!("by {} at the {place}, which only the policy has", counted(wanted))),
        _ => Some(format!("by {} instead of {} at the {place}", counted(found), counted(wanted))),
    }
}

/// "2 spaces and a line break".
fn counted(characters: &str) -> String {
    let mut runs: Vec<(char, usize)> = Vec::new();
    for character in characters.replace("\r\n", "\n").chars() {
        match runs.last_mut() {
            Some((last, count)) if *last == character => *count += 1,
            _ => runs.push((character, 1)),
        }
    }
    let named = |(character, count): &(char, usize)| {
        let (noun, code) = match character {
            ' ' => ("space", String::new()),
            '\t' => ("tab", String::new()),
            '\n' | '\r' => ("line break", String::new()),
            '\0' => ("NUL", String::new()),
            other => ("character", format!(" U+{:04X}", u32::from(*other))),
        };
        if *count == 1 { format!("a {noun}{code}") } else { format!("{count} {noun}s{code}") }
    };
    list(&runs.iter().map(named).collect::<Vec<_>>())
}

/// How the slashes and full stops at the end differ.
fn marks(found: &str, wanted: &str) -> Option<String> {
    let named = |marks: &str| match marks {
        "/" => "a slash".to_owned(),
        "." => "a full stop".to_owned(),
        several => format!("\"{several}\""),
    };
    match (found, wanted) {
        _ if found == wanted => None,
        (found, "") => Some(format!("by {} at the end, which only the token has", named(found))),
        ("", wanted) => Some(format!("by {} at the end, which only the policy has", named(wanted))),
        _ => Some(format!("by {} at the end instead of {}", named(found), named(wanted))),
    }
}

/// Compares two texts, or the same part of two: `found` comes with its position. `None` if they are not alike.
fn texts((found, at): (&str, usize), wanted: &str, part: &'static str, ways: &mut Ways) -> Option<()> {
    if found.chars().count() != wanted.chars().count() {
        return None;
    }
    let mut foreign = None;
    let mut has_other_case = false;
    for (index, (one, other)) in found.chars().zip(wanted.chars()).enumerate().filter(|(_, (one, other))| one != other)
    {
        match (one.is_ascii(), other.is_ascii()) {
            (true, true) if one.eq_ignore_ascii_case(&other) => has_other_case = true,
            // A letter of another script.
            (true, false) | (false, true) => foreign = foreign.or(Some((at + index, one, other))),
            _ => return None,
        }
    }
    if has_other_case {
        ways.cases.push(part);
    }
    ways.say(foreign.map(|(index, one, other)| {
        format!("at character {}, U+{:04X} instead of U+{:04X}", index + 1, u32::from(one), u32::from(other))
    }));
    Some(())
}

/// The parts of a URL that are often mistaken; those of a host without a scheme, too.
struct Address<'a> {
    scheme: &'a str,
    host: &'a str,
    port: &'a str,
    path: &'a str,
    /// The position of the host and of the path, in characters.
    host_at: usize,
    path_at: usize,
}

impl<'a> Address<'a> {
    fn of(value: &Value<'a>) -> Option<Address<'a>> {
        let (scheme, rest) = value.text.split_once("://").unwrap_or(("", value.text));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, ""));
        // Entra writes an application's own identifier as `api://client-id`.
        let is_known = ["", "http", "https", "api"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        let host_at = value.before.chars().count() + value.text.len() - rest.len();
        let path_at = host_at + authority.chars().count();
        let is_plain = is_known && port.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then_some(Address { scheme, host, port, path, host_at, path_at })
    }

    /// `None` if a part differs in a way that is seen.
    fn differs_from(&self, wanted: &Address<'_>, ways: &mut Ways) -> Option<()> {
        match (self.scheme, wanted.scheme) {
            (own, meant) if own == meant => {}
            (own, meant) if own.eq_ignore_ascii_case(meant) => ways.cases.push("scheme"),
            (own, "") => ways.say(Some(format!("by {own}:// at the beginning, which only the token has"))),
            ("", meant) => ways.say(Some(format!("by {meant}:// at the beginning, which only the policy has"))),
            (own, meant) => ways.say(Some(format!("by {own} instead of {meant}"))),
        }
        let [own, meant] = [self.host, wanted.host].map(|host| host.strip_prefix("www.").unwrap_or(host));
        if (own == self.host) != (meant == wanted.host) {
            ways.say(Some("by www. in front of the host".to_owned()));
        }
        if texts((own, self.host_at + self.host.len() - own.len()), meant, "host", ways).is_none() {
            // A server is known by other names inside a container and outside.
            if self.path.is_empty() || self.path != wanted.path {
                return None;
            }
            ways.say(Some(format!("by the host, {own} instead of {meant}")));
        }
        ways.say(match (self.port, wanted.port) {
            (own, meant) if own == meant => None,
            ("", port) => Some(format!("by the port {port}, which only the policy has")),
            (port, "") => Some(format!("by the port {port}, which only the token has")),
            (port, meant) => Some(format!("by the port, {port} instead of {meant}")),
        });
        let ((own, version), (meant, wanted_version)) = (versioned(self.path), versioned(wanted.path));
        match part_of(own, meant) {
            Some(more) => ways.say(Some(format!("by {more}, which only the token has"))),
            None => match part_of(meant, own) {
                Some(more) => ways.say(Some(format!("by {more}, which only the policy has"))),
                None => texts((own, self.path_at), meant, "path", ways)?,
            },
        }
        ways.say(match (version, wanted_version) {
            (own, meant) if own == meant => None,
            ("", version) => Some(format!("by the version {version} in the path, which only the policy has")),
            (version, "") => Some(format!("by the version {version} in the path, which only the token has")),
            (version, meant) => Some(format!("by the version in the path, {version} instead of {meant}")),
        });
        Some(())
    }
}

/// The segments that a path has more than another: "/auth at the beginning of the path".
fn part_of(longer: &str, shorter: &str) -> Option<String> {
    let more = longer.strip_prefix(shorter).filter(|more| more.starts_with('/')).map(|more| (more, "end"));
    let more = more.or_else(|| {
        let more = longer.strip_suffix(shorter).filter(|more| more.starts_with('/') && shorter.starts_with('/'));
        more.map(|more| (more, "beginning"))
    });
    more.filter(|(more, _)| *more != "/").map(|(more, place)| format!("{more} at the {place} of the path"))
}

/// A path and the version at its end: `/tenant` and `v2.0`.
fn versioned(path: &str) -> (&str, &str) {
    let is_version = |segment: &str| {
        let digits = segment.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    path.rsplit_once('/').filter(|(_, last)| is_version(last)).unwrap_or((path, ""))
}

#[cfg(test)]
mod tests {
    use super::near_miss;

    fn check(cases: &[(&str, &str, &str)]) {
        for (found, wanted, how) in cases {
            assert_eq!(near_miss(found, wanted).as_deref(), Some(*how), "{found:?} {wanted:?}");
        }
    }

    #[test]
    fn the_difference_is_named() {
        check(&[
            (
                "https://a.example/v2.0.",
                "https://a.example/v2.0",
                "by a full stop at the end, which only the token has",
            ),
            ("https://a.example", "https://a.example.", "by a full stop at the end, which only the policy has"),
            ("https://a.example", "https://a.example/", "by a slash at the end, which only the policy has"),
            ("https://a.example//", "https://a.example/", "by \"//\" at the end instead of a slash"),
            ("https://a.example:443/x", "https://a.example/x", "by the port 443, which only the token has"),
            (
                "https://a.example/t/v2",
                "https://a.example/t",
                "by the version v2 in the path, which only the token has",
            ),
            ("https://a.example/v1.0", "https://a.example/v2.0", "by the version in the path, v1.0 instead of v2.0"),
            ("https://www.a.example", "https://a.example", "by www. in front of the host"),
            ("a.example", "https://a.example", "by https:// at the beginning, which only the policy has"),
            ("https://a.exаmple", "https://a.example", "at character 13, U+0430 instead of U+0061"),
            ("Orders", "orders", "by upper and lower case"),
            ("https://a.example/T", "https://A.example/t", "by upper and lower case of the host and the path"),
        ]);
    }

    #[test]
    fn another_host_and_more_of_a_path_are_named_where_the_rest_agrees() {
        check(&[
            (
                "http://localhost:8080/realms/demo",
                "http://keycloak:8080/realms/demo",
                "by the host, localhost instead of keycloak",
            ),
            (
                "http://a.example/realms/demo",
                "http://a.example/auth/realms/demo",
                "by /auth at the beginning of the path, which only the policy has",
            ),
            (
                "https://a.example/oauth2/default",
                "https://a.example",
                "by /oauth2/default at the end of the path, which only the token has",
            ),
            ("api://orders", "orders", "by api:// at the beginning, which only the token has"),
        ]);
        assert_eq!(near_miss("https://a.example", "https://b.example"), None);
        assert_eq!(near_miss("https://a.example/x", "https://b.example/y"), None);
    }

    #[test]
    fn white_space_is_counted_at_its_end() {
        check(&[
            ("orders ", "orders", "by a space at the end, which only the token has"),
            ("orders", "  orders", "by 2 spaces at the beginning, which only the policy has"),
            ("orders \r\n", "orders", "by a space and a line break at the end, which only the token has"),
            ("orders\t", "orders ", "by a tab instead of a space at the end"),
            ("orders\u{200b}", "orders", "by a character U+200B at the end, which only the token has"),
        ]);
    }

    #[test]
    fn several_differences_are_all_named() {
        check(&[
            (
                "http://a.example/",
                "https://a.example",
                "by http instead of https, and by a slash at the end, which only the token has",
            ),
            (
                "https://A.example:8443",
                "https://a.example:443",
                "by upper and lower case of the host, and by the port, 8443 instead of 443",
            ),
            (
                "A.example:80/ ",
                "https://a.example",
                "by upper and lower case of the host, by https:// at the beginning, which only the policy has, by the \
                 port 80, which only the token has, by a slash at the end, which only the token has, and by a space at \
                 the end, which only the token has",
            ),
            (
                "https://a.example/t/v1.0/",
                "https://a.example/t/v2.0",
                "by the version in the path, v1.0 instead of v2.0, and by a slash at the end, which only the token has",
            ),
            (
                " ordеrs",
                "orders",
                "by a space at the beginning, which only the token has, and at character 5, U+0435 \
             instead of U+0065",
            ),
        ]);
    }

    #[test]
    fn other_values_are_no_near_misses() {
        for (found, wanted) in [
            ("orders", "items"),
            ("orders", "orders"),
            ("https://a.example", "https://b.example/"),
            ("https://a.example/x", "https://a.example:80/y"),
            ("", "orders"),
            ("https://[::1]", "https://[::2]"),
        ] {
            assert_eq!(near_miss(found, wanted), None, "{found} {wanted}");
        }
    }
}
