//! Findings in the JOSE header: no signature, embedded keys, extensions, a `kid` that is more than a name.

use super::{finding, personal::is_id_token};
use crate::report::{Finding, Severity};
use jose::check::Case;
use jose::parse::Lookup;
use jose::parse::media_type;

pub(super) fn header(case: &Case<'_>, found: &mut Vec<Finding>) {
    use Severity::{Critical, High, Info, Low, Medium};
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
        // A DPoP proof is about the key in it (RFC 9449 section 4.2).
        let belongs = name == "jwk" && header.text("typ").is_some_and(|typ| media_type(typ) == "dpop+jwt");
        if header.has(name) && !belongs {
            let title = format!("The token {what}");
            let message = format!("{name} is never used here: whoever wrote the token chose it");
            found.push(finding("self_supplied_key", High, title, message, "RFC 8725 §3.10"));
        }
    }
    if header.has("crit") {
        let message =
            "A server that does not know them must refuse the token; one that ignores crit reads it differently";
        found.push(finding("crit", High, "crit asks for extensions", message, "RFC 7515 §4.1.11"));
    }
    if let Some(what) = header.text("kid").and_then(suspicious_kid) {
        let title = format!("kid looks like {what}");
        let message = "It is only compared here; a server that looks it up elsewhere may be tricked";
        found.push(finding("suspicious_kid", Medium, title, message, "RFC 8725 §3.10"));
    }
    if let Lookup::Found(item) = header.find("typ")
        && item.text.as_deref().is_some_and(|typ| media_type(typ) == "jwt")
        && !is_id_token(case.parsed)
    {
        let message = "Another kind of token of the same issuer looks the same";
        // Most issuers write nothing else, so it is only worth a warning where a typ is asked for.
        let severity = if case.policy.typ.is_some() { Low } else { Info };
        found.push(finding("generic_typ", severity, "typ is the generic JWT", message, "RFC 8725 §3.11"));
    }
}

/// The longest `kid` that is accepted as a name, in bytes.
const LONGEST_NAME: usize = 1024;

/// Patterns of a `kid` that a server might use for more than a comparison.
fn suspicious_kid(kid: &str) -> Option<&'static str> {
    // A thumbprint may contain "--" by chance: letters, digits, `-` and `_` alone are harmless anywhere.
    if kid.len() <= LONGEST_NAME && kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        return None;
    }
    let lower = kid.to_ascii_lowercase();
    let has = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    if has(&["\0"]) {
        Some("text with a NUL in it")
    } else if kid.contains(char::is_control) {
        Some("text with a control character in it")
    } else if has(&["://"]) {
        Some("a URL")
    } else if has(&["' ", "';", "'--", "--", "/*", "\" or", "' or", "union select", "union all"])
        || (has(&[" or ", " and "]) && has(&["="]))
        || kid.starts_with('\'')
    {
        Some("SQL")
    } else if lower.starts_with('{') && has(&["\"$"]) {
        Some("a database query")
    } else if kid.starts_with('|') || has(&["| ", " |", "$(", "`", "&&", ";"]) {
        Some("a shell command")
    } else if has(&["../", "..\\", "%2e%2e", "%2f"]) || kid == ".." || is_path(kid) || kid.contains('\\') {
        Some("a path")
    } else if kid.len() > LONGEST_NAME {
        Some("something too long to be a name")
    } else {
        None
    }
}

/// Plain base64 may also begin with a slash.
fn is_path(kid: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'=');
    kid.strip_prefix('/').is_some_and(|rest| rest.len() < 8 || rest.contains('/') || !rest.bytes().all(is_base64))
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
        for name in ["abc|def", "O'Brien", "/9j4AAQSkZJRgABAQ", "key:1", "a/b+c=", "keys/2026-11"] {
            assert_eq!(suspicious_kid(name), None, "{name}");
        }
        for (kid, what) in [
            ("1 UNION ALL SELECT secret FROM keys", "SQL"),
            ("1 OR 1=1", "SQL"),
            ("'", "SQL"),
            ("..", "a path"),
            ("%2e%2e%2fetc", "a path"),
            ("/invalid_path", "a path"),
            ("{\"$ne\":1}", "a database query"),
            ("|sleep 10", "a shell command"),
            ("a\nb", "text with a control character in it"),
        ] {
            assert_eq!(suspicious_kid(kid), Some(what), "{kid}");
        }
        assert_eq!(suspicious_kid(&"a".repeat(1025)), Some("something too long to be a name"));
    }
}
