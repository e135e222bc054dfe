//! A key that is also in the token proves nothing, even if the user gives it (RFC 8725 section 3.10).

use jose::Parsed;
use jose::json;
use jose::key::{VerifyingKey, with_fitting};
use jose::parse::Lookup;

/// The header parameter that contains this same key: `jwk`, or `x5c` whose first certificate is for it.
pub(super) fn parameter_with(parsed: &Parsed, key: &VerifyingKey) -> Option<&'static str> {
    let wanted = Some(key.algorithm());
    let is_it = |found: Result<VerifyingKey, _>| found.is_ok_and(|found| key.is_same_key(&found));
    if let Lookup::Found(item) = parsed.header.find("jwk")
        && is_it(with_fitting(wanted, |wanted| VerifyingKey::from_jwk(parsed.header.raw(item), wanted)))
    {
        return Some("jwk");
    }
    let Lookup::Found(item) = parsed.header.find("x5c") else { return None };
    let der = crate::decoding::base64(json::strings(parsed.header.raw(item))?.first()?)?;
    is_it(with_fitting(wanted, |wanted| VerifyingKey::from_public_der(&der, wanted))).then_some("x5c")
}
