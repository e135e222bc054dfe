//! What the guard reads: seven tables in one statement, for a consistent snapshot at the cost of one read.

use super::{error::damaged, revoked_tokens, signing_keys};
use crate::{clock::Timestamp, records::AccessTyp};
use rusqlite::{Connection, Row, params};

/// The identifiers a token carries. Absent ones are not looked up.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) kid: Option<&'a str>,
    pub(crate) jti: Option<&'a str>,
    pub(crate) sid: Option<&'a str>,
    pub(crate) sub: Option<&'a str>,
    pub(crate) client_id: Option<&'a str>,
    /// Its `exp`.
    pub(crate) expires_at: Option<Timestamp>,
}

/// What the database knows about those identifiers. Settings are in their stored form; `None` if unset.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) clock: Option<String>,
    pub(crate) rules: Option<String>,
    pub(crate) vault: Option<String>,
    pub(crate) key: Option<signing_keys::KeyRow>,
    pub(crate) listed: revoked_tokens::Listed,
    pub(crate) session: Option<SessionSeen>,
    pub(crate) user: Option<UserSeen>,
    /// The client that was added with that `client_id`.
    pub(crate) client: Option<ClientSeen>,
}

#[derive(Debug)]
pub(crate) struct ClientSeen {
    /// The `typ` of its access tokens.
    pub(crate) typ: AccessTyp,
    /// The scopes it may have; `None` for all.
    pub(crate) scopes: Option<Vec<String>>,
}

#[derive(Debug)]
pub(crate) struct SessionSeen {
    pub(crate) username: String,
    pub(crate) last_used_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

#[derive(Debug)]
pub(crate) struct UserSeen {
    pub(crate) active: bool,
    pub(crate) scopes: Vec<String>,
}

/// The key's columns come first, as [`signing_keys::read`] expects.
const SELECT: &str = "
SELECT k.kid, k.purpose, k.algorithm, k.state, k.created_at_ms, k.public_jwk, k.retiring_at_ms, k.retired_at_ms,
    k.fingerprint, k.unproven,
    (SELECT value FROM settings WHERE name = 'clock'),
    (SELECT value FROM settings WHERE name = 'rules'), (SELECT value FROM settings WHERE name = 'vault'),
    (SELECT revoked_forgotten_ms FROM profile), r.revoked_at_ms,
    owner.username, coalesce(s.last_used_at_ms, s.started_at_ms), s.expires_at_ms, s.ended_at_ms,
    u.active, (SELECT group_concat(scope, ' ') FROM user_scopes WHERE user_id = u.id),
    c.typ, c.scope
FROM (SELECT 1)
    LEFT JOIN signing_keys AS k ON k.kid = ?1
    LEFT JOIN revoked_tokens AS r ON r.jti = ?2
    LEFT JOIN sessions AS s ON s.sid = ?3
    LEFT JOIN users AS owner ON owner.id = s.user_id
    LEFT JOIN users AS u ON u.username = ?4
    LEFT JOIN clients AS c ON c.client_id = ?5";

/// Looks up every identifier of a token.
pub(crate) fn look_up(db: &Connection, named: Named<'_>) -> rusqlite::Result<Seen> {
    db.prepare_cached(SELECT)?.query_row(params![named.kid, named.jti, named.sid, named.sub, named.client_id], |row| {
        read(row, named.expires_at)
    })
}

fn read(row: &Row<'_>, expires_at: Option<Timestamp>) -> rusqlite::Result<Seen> {
    let time = |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Timestamp));
    let has = |column: usize| Ok::<_, rusqlite::Error>(row.get_ref(column)? != rusqlite::types::ValueRef::Null);
    let session = match row.get(15)? {
        Some(username) => Some(SessionSeen {
            username,
            last_used_at: Timestamp(row.get(16)?),
            expires_at: time(17)?,
            ended_at: time(18)?,
        }),
        None => None,
    };
    let user = match row.get(19)? {
        Some(active) => {
            let scopes: Option<String> = row.get(20)?;
            let scopes = scopes.iter().flat_map(|words| words.split(' ')).map(str::to_owned).collect();
            Some(UserSeen { active, scopes })
        }
        None => None,
    };
    let words = |column: usize| row.get::<_, Option<String>>(column);
    let client = match words(21)? {
        Some(typ) => Some(ClientSeen {
            typ: typ.parse().map_err(|error| damaged(21, error))?,
            scopes: words(22)?.map(|words| words.split_whitespace().map(str::to_owned).collect()),
        }),
        None => None,
    };
    Ok(Seen {
        clock: row.get(10)?,
        rules: row.get(11)?,
        vault: row.get(12)?,
        key: if has(0)? { Some(signing_keys::read(row)?) } else { None },
        listed: revoked_tokens::Listed::of(time(14)?, expires_at, time(13)?),
        session,
        user,
        client,
    })
}
