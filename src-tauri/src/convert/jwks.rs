//! What went wrong with fetching keys, as the window receives it.

use super::number;
use crate::{
    error::{Details, ErrorCode, WireError},
    jwks::{FetchError, LONGEST},
};

pub(crate) fn fetch_error(error: FetchError) -> WireError {
    let message = error.to_string();
    let (code, value, system, maximum) = match error {
        FetchError::Address => (ErrorCode::JwksAddressInvalid, None, None, None),
        FetchError::Insecure => (ErrorCode::JwksInsecure, None, None, None),
        FetchError::Credentials => (ErrorCode::JwksCredentials, None, None, None),
        FetchError::Unreachable(host) => (ErrorCode::JwksUnreachable, Some(host), None, None),
        FetchError::Redirected { host, location } => (ErrorCode::JwksRedirected, Some(host), location, None),
        FetchError::Status { host, status } => (ErrorCode::JwksStatus, Some(host), Some(status.to_string()), None),
        FetchError::TooLarge(host) => (ErrorCode::JwksTooLarge, Some(host), None, number(LONGEST)),
        FetchError::NotASet(host) => (ErrorCode::JwksNotASet, Some(host), None, None),
    };
    WireError::with(code, message, Details { value, system, maximum, ..Details::default() })
}
