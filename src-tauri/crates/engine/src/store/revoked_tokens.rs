//! The deny list: access tokens that were revoked before they expired, by `jti`.

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE revoked_tokens (
    jti TEXT PRIMARY KEY,
    revoked_at_ms INTEGER NOT NULL,
    forget_after_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_tokens_by_end ON revoked_tokens (forget_after_ms);";
