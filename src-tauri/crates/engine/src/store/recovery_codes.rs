//! The recovery codes: only their hashes, each good once.

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE recovery_codes (
    hash BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    used_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);";
