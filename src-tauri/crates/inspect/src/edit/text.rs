//! Changes one member of a JSON object and leaves every other byte alone.

use jose::json::ValueKind;
use jose::json::{self, Item, quoted, string_end};

/// The members of a completely readable JSON object; `None` for any other text.
pub(super) fn members(text: &str) -> Option<Vec<Item>> {
    let scanned = json::scan(text);
    (scanned.broken.is_none() && scanned.root == Some(ValueKind::Object)).then_some(scanned.members)
}

/// Sets the value of a member, the last one of that name; a missing member is appended, formatted like the one before
/// it.
pub(super) fn set(text: &str, name: &str, value: &str) -> Option<String> {
    let members = members(text)?;
    if let Some(item) = members.iter().rfind(|item| item.name == name) {
        return Some([&text[..item.value.start], value, &text[item.value.end..]].concat());
    }
    append(text, &members, name, value)
}

/// Appends a member, even if one of its name exists.
pub(super) fn add(text: &str, name: &str, value: &str) -> Option<String> {
    append(text, &members(text)?, name, value)
}

/// Removes every member that `goes` selects by index.
pub(super) fn remove(text: &str, goes: impl Fn(usize, &Item) -> bool) -> Option<String> {
    let members = members(text)?;
    let (Some(first), Some(last)) = (members.first(), members.last()) else { return Some(text.to_owned()) };
    let mut out = text[..first.span.start].to_owned();
    let mut is_first = true;
    for (index, item) in members.iter().enumerate().filter(|(index, item)| !goes(*index, item)) {
        if !is_first {
            // What precedes a member belongs to it: the comma, the line break, the indentation.
            out.push_str(&text[members[index - 1].span.end..item.span.start]);
        }
        is_first = false;
        out.push_str(&text[item.span.clone()]);
    }
    out.push_str(&text[last.span.end..]);
    Some(out)
}

fn append(text: &str, members: &[Item], name: &str, value: &str) -> Option<String> {
    let Some(last) = members.last() else {
        let start = text.find('{')? + 1;
        return Some([&text[..start], &quoted(name), ":", value, &text[start..]].concat());
    };
    let before = match members {
        [.., earlier, _] => &text[earlier.span.end..last.span.start],
        _ => &text[text.find('{')? + 1..last.span.start],
    };
    let space = before.trim_start_matches(|character: char| character.is_whitespace()).trim_start_matches(',');
    let space = if before.contains(',') { space } else { before };
    let colon = &text[string_end(text, last.span.start)..last.value.start];
    let end = last.span.end;
    Some([&text[..end], ",", space, &quoted(name), colon, value, &text[end..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_changes_and_every_other_byte_stays() {
        let text = "{ \"a\" : 1e400,\n\t\"b\":[1, 2] ,\"a\":-0 }";
        assert_eq!(set(text, "b", "3").unwrap(), "{ \"a\" : 1e400,\n\t\"b\":3 ,\"a\":-0 }");
        assert_eq!(set(text, "a", "3").unwrap(), "{ \"a\" : 1e400,\n\t\"b\":[1, 2] ,\"a\":3 }");
    }

    #[test]
    fn a_new_member_is_laid_out_like_the_last_one() {
        assert_eq!(set(r#"{"a":1}"#, "b", "2").unwrap(), r#"{"a":1,"b":2}"#);
        assert_eq!(set(r#"{"a":1,"b":2}"#, "c", "3").unwrap(), r#"{"a":1,"b":2,"c":3}"#);
        assert_eq!(set("{\n  \"a\": 1\n}", "b", "2").unwrap(), "{\n  \"a\": 1,\n  \"b\": 2\n}");
        assert_eq!(
            set("{\n  \"a\": 1,\n  \"b\": 2\n}", "c", "3").unwrap(),
            "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}"
        );
        assert_eq!(set("{}", "a\"b", "2").unwrap(), r#"{"a\"b":2}"#);
        assert_eq!(add(r#"{"a":1}"#, "a", "2").unwrap(), r#"{"a":1,"a":2}"#);
    }

    #[test]
    fn members_go_with_the_comma_before_them() {
        let text = "{ \"a\": 1, \"b\": {\"a\":2}, \"a\": 3 }";
        assert_eq!(remove(text, |_, item| item.name == "a").unwrap(), "{ \"b\": {\"a\":2} }");
        assert_eq!(remove(text, |index, _| index == 2).unwrap(), "{ \"a\": 1, \"b\": {\"a\":2} }");
        assert_eq!(remove(text, |_, _| true).unwrap(), "{  }");
        assert_eq!(remove("{}", |_, _| true).unwrap(), "{}");
    }

    #[test]
    fn what_is_no_whole_object_is_left_alone() {
        for text in ["", "[]", "\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1} x"] {
            assert_eq!(set(text, "a", "1"), None, "{text}");
            assert_eq!(remove(text, |_, _| true), None, "{text}");
        }
    }
}
