//! A maker's token or key, by whichever sign it was told.

/// What such a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It is sent to the maker's API.
    Access,
    /// It is exchanged for an access token.
    Refresh,
    /// It stays the same until it is replaced.
    Key,
    /// It may be known to everybody.
    Public,
    /// It names a key that is kept elsewhere.
    Name,
    /// It is the name in Basic credentials.
    UserName,
    /// It is exchanged once.
    Code,
}

/// Whose token or key a text is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) maker: &'static str,
    pub(super) noun: &'static str,
    pub(super) is_for: Use,
}
