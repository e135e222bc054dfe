//! One page of a long list: sorted and filtered by the database, and continued after its last row, so that a page costs
//! the same wherever it stands and rows that come or go meanwhile are neither repeated nor left out.

use crate::paging::{Cursor, Page, PageValue};
use rusqlite::{
    Connection, Row, ToSql,
    functions::FunctionFlags,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Value, ValueRef},
};

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
            // No list is sorted by anything else.
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => Err(FromSqlError::InvalidType),
        }
    }
}

/// A list to read a page of.
pub(crate) struct List<'a> {
    pub(crate) columns: &'a str,
    /// The tables and how they are joined.
    pub(crate) from: &'a str,
    /// The condition. It uses every one of the `values`, `?1` and so on.
    pub(crate) condition: &'a str,
    pub(crate) values: Vec<Value>,
    /// What the list is sorted by: an expression that is never null.
    pub(crate) sort: &'a str,
    /// What tells apart the rows that are sorted alike.
    pub(crate) key: &'a str,
    pub(crate) descending: bool,
}

impl List<'_> {
    /// At most `most` rows after a cursor, or the first ones.
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
        // One more than asked for tells whether there is a next page.
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

/// The condition that every word of the text in `?1` is found in one of these expressions, whatever its letter case.
pub(crate) fn has_words(expressions: &[&str]) -> String {
    format!("(?1 = '' OR has_words(?1, {}))", expressions.join(", "))
}

/// Gives a connection the function that [`has_words`] calls. SQLite's own know no letter case but that of ASCII.
pub(super) fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function(c"has_words", -1, flags, |call| {
        let mut texts = Vec::new();
        for column in 1..call.len() {
            texts.push(call.get::<Option<String>>(column)?.unwrap_or_default().to_lowercase());
        }
        let words = call.get::<String>(0)?.to_lowercase();
        Ok(words.split_whitespace().all(|word| texts.iter().any(|text| text.contains(word))))
    })
}
