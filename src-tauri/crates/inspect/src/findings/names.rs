//! Duplicate names, and names that no specification defines.

use super::{SHOWN, finding};
use crate::meaning::UNREGISTERED;
use crate::report::{Finding, Member, Severity};
use jose::check::{Case, is_read};
use jose::parse::Part;
use jose::visible::excerpt;
use jose::words::list;

/// Names beyond this number are only counted.
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
        let severity = if is_read(&item.name) { Severity::High } else { Severity::Medium };
        let id = if what == "claim" { "duplicate_claim" } else { "duplicate_header" };
        let message = format!("Parsers disagree on which {} counts", excerpt(&item.name, SHOWN));
        found.push(finding(id, severity, format!("Duplicate {what} name"), message, rfc));
    }
    if let Some(name) = &part.scanned.inner_duplicate {
        let message = format!("Parsers disagree on which {} counts inside a value", excerpt(name, SHOWN));
        found.push(finding("duplicate_inner_name", Severity::Low, "Duplicate name inside a value", message, rfc));
    }
}

/// One finding for all of them: private names are allowed, so they deserve a mention, not a list.
pub(super) fn unregistered(case: &Case<'_>, claims: &[Member], found: &mut Vec<Finding>) {
    let is_unknown = |member: &&Member| member.meaning == UNREGISTERED && !case.requires(&member.name);
    let unknown: Vec<&str> = claims.iter().filter(is_unknown).map(|member| member.name.as_str()).collect();
    let (title, message) = match &unknown[..] {
        [] => return,
        [only] => {
            (format!("{} is not a registered claim", excerpt(only, SHOWN)), "Nothing in the policy reads it".to_owned())
        }
        several => {
            let mut names: Vec<String> = several.iter().take(NAMED_CLAIMS).map(|name| excerpt(name, SHOWN)).collect();
            if several.len() > NAMED_CLAIMS {
                names.push(format!("{} more", several.len() - NAMED_CLAIMS));
            }
            let title = format!("{} claims are not registered", several.len());
            (title, format!("Nothing in the policy reads {}", list(&names)))
        }
    };
    found.push(finding("unregistered_claim", Severity::Info, title, message, "RFC 7519 §4.3"));
}
