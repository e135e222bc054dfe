//! Names that stand twice, and names that no specification knows.

use super::{SHOWN, finding};
use crate::check::form;
use crate::meaning::{Vendor, is_known_claim};
use crate::parse::Part;
use crate::report::{Finding, Severity};
use crate::visible::excerpt;

/// Names beyond this many are counted, or left out.
const NAMED_CLAIMS: usize = 5;

pub(super) fn duplicates(part: &Part, what: &str, rfc: &'static str, found: &mut Vec<Finding>) {
    let mut seen: Vec<&str> = Vec::new();
    for item in part.members().iter().filter(|item| item.duplicate) {
        if seen.len() == NAMED_CLAIMS {
            break;
        }
        if seen.contains(&item.name.as_str()) {
            continue;
        }
        seen.push(&item.name);
        let severity = if form::is_read(&item.name) { Severity::High } else { Severity::Medium };
        let id = if what == "claim" { "duplicate_claim" } else { "duplicate_header" };
        let message = format!("Parsers disagree on which {} counts", excerpt(&item.name, SHOWN));
        found.push(finding(id, severity, format!("Duplicate {what} name"), message, rfc));
    }
    if let Some(name) = &part.scanned.inner_duplicate {
        let message = format!("Parsers disagree on which {} counts inside a value", excerpt(name, SHOWN));
        found.push(finding("duplicate_inner_name", Severity::Low, "Duplicate name inside a value", message, rfc));
    }
}

pub(super) fn unregistered(claims: &Part, found: &mut Vec<Finding>) {
    let vendor = Vendor::of(claims);
    let unknown: Vec<&str> = claims
        .members()
        .iter()
        .filter(|item| !item.duplicate && !is_known_claim(&item.name, vendor))
        .map(|item| item.name.as_str())
        .collect();
    let add = |title: String, found: &mut Vec<Finding>| {
        let rfc = "RFC 7519 §4.3";
        found.push(finding("unregistered_claim", Severity::Info, title, "Nothing in the policy reads it", rfc));
    };
    for name in unknown.iter().take(NAMED_CLAIMS) {
        add(format!("{} is not a registered claim", excerpt(name, SHOWN)), found);
    }
    if unknown.len() > NAMED_CLAIMS {
        add(format!("{} more claims are not registered", unknown.len() - NAMED_CLAIMS), found);
    }
}
