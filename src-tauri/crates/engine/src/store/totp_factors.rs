//! The second factors: their secret, sealed with the data key, and the last step that was accepted.

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE totp_factors (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    sealed_secret BLOB NOT NULL,
    algorithm TEXT NOT NULL CHECK (algorithm IN ('SHA1', 'SHA256', 'SHA512')),
    digits INTEGER NOT NULL,
    period_s INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active')),
    enrolled_in TEXT NOT NULL,
    begun_at_ms INTEGER NOT NULL,
    confirmed_at_ms INTEGER,
    last_step INTEGER NOT NULL
) STRICT;";
