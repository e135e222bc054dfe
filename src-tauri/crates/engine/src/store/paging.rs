//! One page of a long list: sorted and filtered by the database, and continued after its last row, so that a page costs
//! the same wherever it stands and rows that come or go meanwhile are neither repeated nor left out.

use crate::paging::{Cursor, Page, PageValue};
use rusqlite::{
    Connection, Row, ToSql,
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
    /// `SELECT`, the columns, `FROM` and the joins.
    pub(crate) rows: &'a str,
    /// The condition. It uses every one of the `values`, `?1` and so on.
    pub(crate) condition: &'a str,
    pub(crate) values: Vec<Value>,
    /// What the list is sorted by: an expression that is never null.
    pub(crate) sort: &'a str,
    /// What tells apart the rows that are sorted alike.
    pub(crate) key: &'a str,
    pub(crate) descending: bool,
    /// How many columns `rows` has.
    pub(crate) columns: usize,
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
        let Self { rows, condition, values, sort, key, descending, columns } = self;
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
            "{rows} WHERE ({condition}) {place} ORDER BY {sort} {order}, {key} {order} LIMIT ?{next}",
            rows = rows.replacen(" FROM ", &format!(", {sort}, {key} FROM "), 1)
        );
        let mut query = db.prepare_cached(&sql)?;
        let found = query.query_map(bound.as_slice(), |row| {
            Ok((read(row)?, Cursor { value: row.get(*columns)?, key: row.get(columns + 1)? }))
        })?;
        let mut found = found.collect::<rusqlite::Result<Vec<_>>>()?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let is_more = found.len() > most;
        found.truncate(most);
        let next = if is_more { found.last().map(|(_, cursor)| cursor.clone()) } else { None };
        Ok(Page { rows: found.into_iter().map(|(row, _)| row).collect(), next })
    }
}

/// A condition that finds the text in `?1` in any of these expressions, whatever the case of unaccented letters; all
/// rows if it is empty.
pub(crate) fn contains(expressions: &[&str]) -> String {
    let each = expressions.iter().map(|expression| format!("instr(lower({expression}), lower(?1)) > 0"));
    format!("(?1 = '' OR {})", each.collect::<Vec<_>>().join(" OR "))
}
