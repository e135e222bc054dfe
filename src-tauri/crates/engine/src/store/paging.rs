//! Pages of a long list. The database sorts and filters, and each page continues after the last row of the previous
//! one. So every page costs the same, and rows that come or go in the meantime cause no duplicates or gaps.

use crate::{
    clock::Timestamp,
    paging::{Cursor, Page, PageValue},
    records::{Failures, Lock},
};
use rusqlite::{
    Connection, Row, ToSql,
    functions::FunctionFlags,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Value, ValueRef},
};
use std::{cmp::Reverse, collections::BTreeSet};

impl ToSql for PageValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl FromSql for PageValue {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Integer(number) => Ok(Self::Integer(number)),
            ValueRef::Text(_) => String::column_result(value).map(Self::Text),
            // No list is sorted by any other type.
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => Err(FromSqlError::InvalidType),
        }
    }
}

/// A list to read pages of.
pub(crate) struct List<'a> {
    pub(crate) columns: &'a str,
    /// The tables and their joins.
    pub(crate) from: &'a str,
    /// The condition. It must use every one of `values`: `?1` and so on.
    pub(crate) condition: &'a str,
    pub(crate) values: Vec<Value>,
    /// The sort expression; never null.
    pub(crate) sort: &'a str,
    /// Breaks ties between rows that sort equal.
    pub(crate) key: &'a str,
    pub(crate) descending: bool,
}

impl List<'_> {
    /// At most `most` rows after a cursor, or from the beginning.
    pub(crate) fn page<T>(
        &self,
        db: &Connection,
        after: Option<&Cursor>,
        most: u32,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Page<T>> {
        let Self { columns, from, condition, values, sort, key, descending } = self;
        let (compare, order) = if *descending { ("<", "DESC") } else { (">", "ASC") };
        let next = values.len() + 1;
        let mut bound: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
        // Read one more row than requested to find out whether there is a next page.
        let wanted = i64::from(most) + 1;
        bound.push(&wanted);
        let place = match after {
            Some(Cursor { value, key: last }) => {
                bound.extend([value as &dyn ToSql, last]);
                format!("AND ({sort}, {key}) {compare} (?{}, ?{})", next + 1, next + 2)
            }
            None => String::new(),
        };
        let sql = format!(
            "SELECT {columns}, {sort} AS place, {key} AS place_key FROM {from}
             WHERE ({condition}) {place} ORDER BY {sort} {order}, {key} {order} LIMIT ?{next}"
        );
        let mut query = db.prepare_cached(&sql)?;
        let found = query.query_map(bound.as_slice(), |row| {
            Ok((read(row)?, Cursor { value: row.get("place")?, key: row.get("place_key")? }))
        })?;
        let mut found = found.collect::<rusqlite::Result<Vec<_>>>()?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let is_more = found.len() > most;
        found.truncate(most);
        let next = if is_more { found.last().map(|(_, cursor)| cursor.clone()) } else { None };
        Ok(Page { rows: found.into_iter().map(|(row, _)| row).collect(), next })
    }
}

/// The condition that each word of the text in `?1` is in one of these expressions, ignoring case.
pub(crate) fn has_words(expressions: &[&str]) -> String {
    format!("(?1 = '' OR has_words(?1, {}))", expressions.join(", "))
}

/// Adds the functions that lists call. SQLite's own functions ignore the case of ASCII letters only.
pub(super) fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    // When a lock ends: 0 without one, the largest number if only a reset ends it.
    connection.create_scalar_function(c"lock_ends", 4, flags, |call| {
        let failures = Failures { count: call.get(0)?, last_at: call.get::<Option<i64>>(1)?.map(Timestamp) };
        Ok(match failures.lock(Timestamp(call.get(2)?), call.get(3)?) {
            None => 0,
            Some(Lock::Until(at)) => at.0,
            Some(Lock::UntilReset) => i64::MAX,
        })
    })?;
    connection.create_scalar_function(c"has_words", -1, flags, |call| {
        // Read the filter once for all rows: it may be as long as whatever was pasted into the field.
        let words = call.get_or_create_aux(0, |filter| filter.as_str().map(words_of))?;
        let mut texts = Vec::new();
        for column in 1..call.len() {
            texts.push(call.get::<Option<String>>(column)?.unwrap_or_default().to_lowercase());
        }
        Ok(words.iter().all(|word| texts.iter().any(|text| text.contains(word))))
    })
}

#[cfg(test)]
thread_local! {
    /// How many filters this thread has read.
    pub(super) static FILTERS_READ: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// The words of a filter in lower case, each once; the longest, which the fewest rows contain, first.
fn words_of(filter: &str) -> Vec<String> {
    #[cfg(test)]
    FILTERS_READ.set(FILTERS_READ.get() + 1);
    let words: BTreeSet<String> = filter.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_by_key(|word| Reverse(word.len()));
    words
}
