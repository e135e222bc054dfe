//! The refresh tokens: only their hashes, with where each stands in its family.

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY,
    sid TEXT NOT NULL REFERENCES sessions (sid) ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    parent BLOB,
    successor BLOB,
    state TEXT NOT NULL CHECK (state IN ('active', 'used', 'replaced')),
    issued_at_ms INTEGER NOT NULL,
    used_at_ms INTEGER,
    access_jti TEXT NOT NULL,
    access_used_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_live_refresh_token_per_family ON refresh_tokens (sid) WHERE state = 'active';
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (sid, generation);
CREATE INDEX refresh_tokens_by_access_token ON refresh_tokens (access_jti);";
