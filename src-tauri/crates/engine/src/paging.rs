//! Paging through long lists.

use serde_json::{Value as Json, json};
use std::{fmt, str::FromStr};

/// The maximum number of rows in a page.
pub const LONGEST_PAGE: u32 = 500;

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows, in the requested order.
    pub rows: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// The first rows of a list, at most `most`, read page by page.
pub(crate) fn first_rows<T, E>(
    most: u32,
    mut page: impl FnMut(Option<Cursor>, u32) -> Result<Page<T>, E>,
) -> Result<Vec<T>, E> {
    let (mut rows, mut after, mut left) = (Vec::new(), None, most);
    loop {
        let wanted = left.min(LONGEST_PAGE);
        let Page { rows: some, next } = page(after, wanted)?;
        rows.extend(some);
        left -= wanted;
        if next.is_none() || left == 0 {
            return Ok(rows);
        }
        after = next;
    }
}

/// A sort key or row key, as the database stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PageValue {
    /// A number, or a time in milliseconds.
    Integer(i64),
    /// A text.
    Text(String),
}

/// A position in a list: after this row, in the list's sort order. Its text form is opaque to clients.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    pub(crate) value: PageValue,
    pub(crate) key: PageValue,
}

/// The text is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not a place in a list")]
pub struct NotACursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", json!([to_json(&self.value), to_json(&self.key)]))
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (value, key): (Json, Json) = serde_json::from_str(text).map_err(|_| NotACursor)?;
        Ok(Self { value: of_json(value)?, key: of_json(key)? })
    }
}

fn to_json(value: &PageValue) -> Json {
    match value {
        PageValue::Integer(number) => json!(number),
        PageValue::Text(text) => json!(text),
    }
}

fn of_json(value: Json) -> Result<PageValue, NotACursor> {
    match value {
        Json::Number(number) => number.as_i64().map(PageValue::Integer).ok_or(NotACursor),
        Json::String(text) => Ok(PageValue::Text(text)),
        _ => Err(NotACursor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_text() {
        for (value, key) in [
            (PageValue::Integer(-7), PageValue::Text("s\"1".into())),
            (PageValue::Text("ä, ]".into()), PageValue::Integer(i64::MAX)),
        ] {
            let cursor = Cursor { value, key };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in ["", "[]", "[1]", "[1,2,3]", "{}", "[null,1]", "[1.5,1]", "[[1],2]"] {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
        }
    }
}
