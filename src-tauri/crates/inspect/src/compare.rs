//! The differences between two tokens, member by member.

use crate::meaning::Side;
use crate::report::{Change, Comparison, Texts};
use jose::json::Item;
use jose::json::pretty;
use jose::parse::{Parsed, Part};
use jose::visible::{escaped_json, visible, visible_json};

/// The most changes that are listed.
const MOST_CHANGES: usize = 1_000;

/// Compares two tokens and lists the differences.
pub fn compare(before: &Parsed, after: &Parsed) -> Comparison {
    let texts = |parsed: &Parsed| Texts {
        header: escaped_json(pretty(&parsed.header.text)),
        payload: escaped_json(pretty(&parsed.claims.text)),
    };
    Comparison { before: texts(before), after: texts(after), changes: changes(before, after) }
}

/// The members that differ between two tokens: those of the header first, in the order of `after`, then the removed
/// ones.
///
/// Members of the same name are matched in order. Values are compared as they are written: `1` and `1.0` differ.
pub fn changes(before: &Parsed, after: &Parsed) -> Vec<Change> {
    let mut changes = of(Side::Header, &before.header, &after.header);
    changes.extend(of(Side::Claims, &before.claims, &after.claims));
    changes.truncate(MOST_CHANGES);
    changes
}

fn of(side: Side, before: &Part, after: &Part) -> Vec<Change> {
    let old = numbered(before);
    let new = numbered(after);
    let value = |part: &Part, item: &Item| visible_json(part.raw(item)).into_owned();
    let change = |name: &str, before: Option<String>, after: Option<String>| Change {
        in_header: side == Side::Header,
        name: visible(name).into_owned(),
        before,
        after,
    };
    let mut changes = Vec::new();
    for (key, item) in &new.ordered {
        match old.find(key) {
            Some(earlier) if before.raw(earlier) == after.raw(item) => {}
            Some(earlier) => {
                changes.push(change(&item.name, Some(value(before, earlier)), Some(value(after, item))));
            }
            None => changes.push(change(&item.name, None, Some(value(after, item)))),
        }
    }
    for (key, item) in old.ordered.iter().filter(|(key, _)| new.find(key).is_none()) {
        changes.push(change(key.0, Some(value(before, item)), None));
    }
    changes
}

/// A name, and its index among members of that name.
type Key<'a> = (&'a str, usize);

struct Numbered<'a> {
    ordered: Vec<(Key<'a>, &'a Item)>,
    by_key: std::collections::HashMap<Key<'a>, &'a Item>,
}

impl<'a> Numbered<'a> {
    fn find(&self, key: &Key<'_>) -> Option<&'a Item> {
        self.by_key.get(key).copied()
    }
}

fn numbered(part: &Part) -> Numbered<'_> {
    let mut counts: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let ordered: Vec<_> = part
        .members()
        .iter()
        .map(|item| {
            let count = counts.entry(&item.name).or_default();
            *count += 1;
            ((item.name.as_str(), *count), item)
        })
        .collect();
    let by_key = ordered.iter().copied().collect();
    Numbered { ordered, by_key }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jose::{parse_exact, signing_input};

    fn token(header: &str, claims: &str) -> Parsed {
        parse_exact(&format!("{}.c2ln", signing_input(header.as_bytes(), claims.as_bytes())))
    }

    #[test]
    fn changed_added_and_removed_members_are_told_apart() {
        let before = token(r#"{"alg":"ES256","typ":"JWT"}"#, r#"{"exp":1,"role":"reader","role":"admin","a":1}"#);
        let after = token(r#"{"alg":"ES256","typ":"at+jwt"}"#, r#"{"exp":2,"role":"reader","b":[1, 2],"a":1.0}"#);
        let found = changes(&before, &after);
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.in_header, one.name.as_str(), one.before.as_deref(), one.after.as_deref()))
            .collect();
        let wanted = [
            (true, "typ", Some("\"JWT\""), Some("\"at+jwt\"")),
            (false, "exp", Some("1"), Some("2")),
            (false, "b", None, Some("[1, 2]")),
            (false, "a", Some("1"), Some("1.0")),
            (false, "role", Some("\"admin\""), None),
        ];
        assert_eq!(found, wanted);
        assert_eq!(changes(&before, &before), []);
    }

    #[test]
    fn ten_thousand_members_of_one_name_are_compared_in_a_moment() {
        let many = |last: &str| format!("{{{}\"x\":{last}}}", "\"x\":1,".repeat(9_999));
        let (before, after) = (token("{}", &many("1")), token("{}", &many("2")));
        assert_eq!(changes(&before, &after).len(), 1);
    }
}
