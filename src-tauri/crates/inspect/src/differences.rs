//! Where a value of the token differs from the one that the policy wants, character by character.

use std::borrow::Cow;

use dissimilar::{Chunk, diff};

use crate::report::{Action, Difference, DifferingLine, Run, WrongValue};
use jose::check::{Case, audiences};
use jose::judgement::{self, Check, Outcome};
use jose::visible::visible;

/// Longer values are only told, not compared.
const LONGEST: usize = 300;

/// Longer runs that agree are folded to their two ends.
const LONGEST_RUN: usize = 20;
const END: usize = 9;

/// Of a failed check of issuer and audience: each value that is wrong.
pub(crate) fn wrong_values(case: &Case<'_>, step: &judgement::Step) -> Vec<WrongValue> {
    if step.check != Check::IssuerAndAudience || step.outcome != Outcome::Fail {
        return Vec::new();
    }
    let mut differences = differences(case);
    let judgement::Step { reason, fix, cures, members, faults, .. } = step;
    let only = [judgement::StepFault {
        title: reason.clone(),
        fix: fix.clone(),
        cures: cures.clone(),
        members: members.clone(),
    }];
    let all = if faults.is_empty() { &only[..] } else { &faults[..] };
    let fault = |fault: &judgement::StepFault| WrongValue {
        title: fault.title.clone(),
        difference: differences.extract_if(.., |one| fault.members.iter().any(|member| member == one.member)).next(),
        fix: fault.fix.clone(),
        actions: fault.cures.iter().cloned().map(Action::from).collect(),
        members: fault.members.clone(),
    };
    all.iter().map(fault).collect()
}

/// The values that differ from the policy's.
fn differences(case: &Case<'_>) -> Vec<Difference> {
    let issuer = case.parsed.claim_text("iss").map(Cow::Borrowed);
    let audience = audiences(case).and_then(|all| <[String; 1]>::try_from(all).ok()).map(|[one]| Cow::Owned(one));
    let pairs = [("iss", &case.policy.issuer, issuer), ("aud", &case.policy.audience, audience)];
    let compared = pairs.into_iter().filter_map(|(member, expected, found)| {
        let (expected, found) = (expected.as_deref()?, found?);
        let is_short = expected.len() <= LONGEST && found.len() <= LONGEST;
        (expected != found && is_short).then(|| Difference { member, lines: lines(expected, &found) })
    });
    compared.collect()
}

/// One line, or two if both the hosts and the paths of two addresses differ, so that both start alike.
fn lines(expected: &str, found: &str) -> Vec<DifferingLine> {
    let (host, path) = parts(expected);
    let (found_host, found_path) = parts(found);
    if host != found_host && path != found_path && !path.is_empty() && !found_path.is_empty() {
        return vec![line(host, found_host), line(path, found_path)];
    }
    vec![line(expected, found)]
}

/// An address up to the end of its host, and the rest.
fn parts(text: &str) -> (&str, &str) {
    let host = text.find("://").map_or(text.len(), |at| at + 3);
    let end = text[host..].find('/').map_or(text.len(), |at| host + at);
    text.split_at(end)
}

/// All that differs, so that a second place is not taken for one that agrees.
fn line(expected: &str, found: &str) -> DifferingLine {
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for chunk in diff(expected, found) {
        match chunk {
            Chunk::Equal(text) => {
                one.push(run(text, false));
                other.push(run(text, false));
            }
            Chunk::Delete(text) => one.push(run(text, true)),
            Chunk::Insert(text) => other.push(run(text, true)),
        }
    }
    DifferingLine { expected: one, found: other }
}

fn run(text: &str, differs: bool) -> Run {
    Run { text: shown(&text.chars().collect::<Vec<_>>(), !differs), differs }
}

fn shown(part: &[char], may_fold: bool) -> String {
    let text: String = match part {
        [start @ .., _, _] if may_fold && start.len() + 2 > LONGEST_RUN => {
            part[..END].iter().chain(&['…']).chain(&part[part.len() - END..]).collect()
        }
        whole => whole.iter().collect(),
    };
    visible(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::report::{Report, Run};
    use crate::testing::{evidence, found, key};
    use crate::{check, parse};
    use jose::Policy;

    fn marked(runs: &[Run]) -> String {
        runs.iter().map(|run| if run.differs { format!("[{}]", run.text) } else { run.text.clone() }).collect()
    }

    fn compared(expected: &str, found: &str) -> Vec<(String, String)> {
        lines(expected, found).iter().map(|line| (marked(&line.expected), marked(&line.found))).collect()
    }

    fn pair(expected: &str, found: &str) -> (String, String) {
        (expected.to_owned(), found.to_owned())
    }

    #[test]
    fn the_part_that_differs_is_marked() {
        assert_eq!(compared("orders-api", "orders-api/"), [pair("orders-api", "orders-api[/]")]);
        assert_eq!(compared("abc", "xyz"), [pair("[abc]", "[xyz]")]);
        assert_eq!(compared("aa", "aaa"), [pair("aa", "aa[a]")], "what agrees is counted once");
    }

    #[test]
    fn every_part_that_differs_is_marked() {
        assert_eq!(
            compared("a.example:8443/v1", "a.example:443/v1/"),
            [pair("a.example:[8]443/v1", "a.example:443/v1[/]")]
        );
        assert_eq!(
            compared("https://api.example/v1/orders", "http://api.example/v2/orders"),
            [pair("http[s]://api.example", "http://api.example"), pair("/v[1]/orders", "/v[2]/orders")]
        );
    }

    #[test]
    fn long_runs_that_agree_fold_and_invisible_characters_are_written_out() {
        assert_eq!(
            compared("https://api.orders.example/v1", "https://api.orders.example/v2"),
            [pair("https://a…example/v[1]", "https://a…example/v[2]")]
        );
        assert_eq!(compared("a\u{200b}", "a"), [pair("a[\\u{200B}]", "a")]);
    }

    #[test]
    fn host_and_path_have_lines_of_their_own_if_both_differ() {
        assert_eq!(
            compared("https://login.example/t/v2.0", "https://sts.example.net/t/"),
            [pair("https://[login].example", "https://[sts].example[.net]"), pair("/t/[v2.0]", "/t/")]
        );
        assert_eq!(
            compared("https://a.example", "https://b.example"),
            [pair("https://[a].example", "https://[b].example")]
        );
    }

    #[test]
    fn a_failed_check_has_one_difference_for_each_wrong_value() {
        let policy = Policy {
            issuer: Some("https://issuer.example".into()),
            audience: Some("orders".into()),
            ..Policy::default()
        };
        let judge = |claims: &str| -> Report {
            let token = key().dangerous_sign(r#"{"alg":"ES256"}"#, claims.as_bytes()).unwrap();
            check(&parse(&token), &evidence(policy.clone(), found(key())))
        };
        let members = |claims: &str| -> Vec<&'static str> {
            judge(claims)
                .trace
                .iter()
                .flat_map(|step| &step.wrong)
                .filter_map(|one| Some(one.difference.as_ref()?.member))
                .collect()
        };
        assert_eq!(members(r#"{"iss":"https://issuer.example/","aud":["order"]}"#), ["iss", "aud"]);
        let both = judge(r#"{"iss":"https://issuer.example/","aud":"order"}"#);
        let faults: Vec<_> = both.trace.iter().flat_map(|step| &step.wrong).collect();
        assert_eq!(
            faults.iter().map(|fault| &*fault.title).collect::<Vec<_>>(),
            [
                "iss differs from the policy by a slash at the end, which only the token has",
                "aud differs from the policy",
            ]
        );
        assert!(faults.iter().all(|fault| fault.actions.len() == 2), "each has its own buttons: {faults:?}");
        assert_eq!(members(r#"{"iss":"https://issuer.example","aud":"order"}"#), ["aud"]);
        assert_eq!(members(r#"{"aud":["a","b"]}"#), [""; 0], "an absent value and a list differ in no character");
        assert_eq!(members(r#"{"iss":"https://issuer.example","aud":"orders"}"#), [""; 0]);
    }
}
