//! What the JOSE header gives away: no signature, keys of its own, extensions, a `kid` that is more than a name.

use super::finding;
use crate::check::{Case, form};
use crate::parse::Lookup;
use crate::report::{Finding, Severity};

pub(super) fn header(case: &Case<'_>, found: &mut Vec<Finding>) {
    use Severity::{Critical, High, Low, Medium};
    let header = &case.parsed.header;
    if header.text("alg").is_some_and(|alg| alg.eq_ignore_ascii_case("none")) {
        let message = "Anybody can write this token and change every claim";
        found.push(finding("alg_none", Critical, "alg is none", message, "RFC 8725 §3.2"));
    }
    for (name, what) in [
        ("jwk", "brings its own key"),
        ("x5c", "brings its own certificate"),
        ("jku", "names where its keys are"),
        ("x5u", "names where its certificate is"),
    ] {
        if header.has(name) {
            let title = format!("The token {what}");
            let message = format!("{name} is never used here: whoever wrote the token chose it");
            found.push(finding("self_supplied_key", High, title, message, "RFC 8725 §3.10"));
        }
    }
    if header.has("crit") {
        let message = "A server that ignores it reads the token differently from its issuer";
        found.push(finding("crit", High, "crit asks for extensions", message, "RFC 7515 §4.1.11"));
    }
    if let Some(what) = header.text("kid").and_then(suspicious_kid) {
        let title = format!("kid looks like {what}");
        let message = "It is only compared here; a server that looks it up elsewhere may be tricked";
        found.push(finding("suspicious_kid", Medium, title, message, "RFC 8725 §3.10"));
    }
    if let Lookup::Found(item) = header.find("typ")
        && item.text.as_deref().is_some_and(|typ| form::media_type(typ) == "jwt")
    {
        let message = "Access and refresh look alike";
        found.push(finding("generic_typ", Low, "typ is the generic JWT", message, "RFC 8725 §3.11"));
    }
}

/// The longest `kid` that still passes for a name, in bytes.
const LONGEST_NAME: usize = 1024;

/// What a `kid` looks like that a server might feed to something else than a comparison.
fn suspicious_kid(kid: &str) -> Option<&'static str> {
    // A thumbprint may hold "--" by chance: letters, digits, `-` and `_` alone carry nothing anywhere.
    if kid.len() <= LONGEST_NAME && kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        return None;
    }
    let lower = kid.to_ascii_lowercase();
    let has = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    if has(&["\0"]) {
        Some("text with a NUL in it")
    } else if has(&["://"]) {
        Some("a URL")
    } else if has(&["' ", "';", "--", "union select", "\" or", "' or", "/*"]) || kid.contains('\'') {
        Some("SQL")
    } else if has(&["|", "$(", "`", "&&", ";"]) {
        Some("a shell command")
    } else if has(&["../", "..\\"]) || kid.starts_with('/') || kid.contains('\\') {
        Some("a path")
    } else if kid.len() > LONGEST_NAME {
        Some("something too long to be a name")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_with_two_dashes_is_no_sql() {
        assert_eq!(suspicious_kid("PLaVh1IJ--QEVmjCoQIWl3IArbWpuRe6CdGpCaPEFXk"), None);
        assert_eq!(suspicious_kid("acc-2026-11"), None);
        assert_eq!(suspicious_kid("x' UNION SELECT '1';--"), Some("SQL"));
        assert_eq!(suspicious_kid("key-- "), Some("SQL"));
        assert_eq!(suspicious_kid("../../dev/null"), Some("a path"));
        assert_eq!(suspicious_kid(&"a".repeat(1025)), Some("something too long to be a name"));
    }
}
