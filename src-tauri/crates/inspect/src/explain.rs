//! The report: a judgement with everything explained.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use crate::differences::wrong_values;
use crate::findings::findings;
use crate::kinds;
use crate::meaning::{self, Side};
use crate::pasted::Pasted;
use crate::report::{self, CleanUp, PayloadBytes, PolicySummary, Report, Step, Times, said_once};
use jose::check::{self, Case, Reader, conclude, divided, unit_of};
use jose::json;
use jose::judgement::{self, Check, Judgement, Outcome, SignaturePart, SignatureState, VerdictOutcome};
use jose::parse::{Format, ParseProblem, Problem};
use jose::visible::escaped_json;
use jose::words::list;
use jose::{Algorithm, Evidence, KeyChoice, Parsed};

/// Judges a token as [`jose::judge`] does, and explains it. Here, if no check fails but one could not be made, the
/// token is *not verified*: another key, or another reader, may reach an answer.
pub fn check(pasted: &Pasted, evidence: &Evidence) -> Report {
    let parsed = pasted.for_verifier(evidence);
    let case = Case::of(&parsed, evidence);
    let mut report = explain(pasted, &case, conclude(&case, check::signature(&case), Reader::Person));
    if let Some(needed) = needed_key(&case, &report) {
        report.verdict.detail = needed;
    }
    refer_to_check(&mut report);
    report
}

/// A verdict without an answer points at the check that says why, instead of repeating it.
pub(crate) fn refer_to_check(report: &mut Report) {
    let Report { verdict, trace, .. } = report;
    if verdict.outcome != VerdictOutcome::NotVerified {
        return;
    }
    let lead = trace.iter().enumerate().find_map(|(index, step)| {
        let is_about_signature = matches!(step.check, Check::Key | Check::Signature);
        let lead = verdict.detail.strip_suffix(&*step.reason).filter(|_| is_about_signature)?;
        Some((lead.strip_suffix(": ")?.to_owned(), index + 1))
    });
    if let Some((lead, number)) = lead {
        verdict.detail = format!("{lead}: see check {number} of 9");
    }
}

/// The key that is missing, if nothing else is wrong. The key check says why there is none.
pub(crate) fn needed_key(case: &Case<'_>, report: &Report) -> Option<String> {
    let step = report.trace.iter().find(|step| step.check == Check::Key)?;
    let is_said = report.verdict.detail.ends_with(&report.signature.reason) && step.reason == report.signature.reason;
    if !is_said || report.signature.state != SignatureState::NoKey || !matches!(case.key, KeyChoice::None { .. }) {
        return None;
    }
    let algorithm = case.parsed.algorithm()?;
    let key = if algorithm.is_symmetric() { "the secret it was signed with" } else { "the signer's public key" };
    Some(format!("{algorithm} needs {key}"))
}

/// Expands a judgement into a report: every member, every finding, the signature's parts.
pub(crate) fn explain(pasted: &Pasted, case: &Case<'_>, judgement: Judgement) -> Report {
    let Case { parsed, policy, now, .. } = *case;
    let Judgement { verdict, trace, mut signature } = judgement;
    signature.parts = parts(parsed.algorithm(), parsed.signature.as_deref().unwrap_or_default());
    let whole = parsed.claims.is_whole_object();
    let mut claims = meaning::members(case, Side::Claims);
    if let Some(presentation) = &pasted.presentation {
        presentation.place(parsed, &mut claims);
    }
    let seconds = |name: &str| if whole { parsed.claims.seconds(name) } else { None };
    Report {
        format: parsed.format,
        summary: parsed.summary.clone(),
        not_a_jwt: pasted.not_a_jwt.as_ref().map(|found| found.name.clone()),
        alike: pasted.not_a_jwt.as_ref().and_then(|found| found.alike.clone()),
        app_signature: pasted.app_signed().map(|signed| signed.report(&parsed.token)),
        is_key: pasted.not_a_jwt.as_ref().is_some_and(|found| found.is_key),
        inside: pasted.not_a_jwt.as_ref().and_then(|found| found.inside.clone()),
        token: parsed.token.clone(),
        clean_ups: pasted.clean_ups.clone(),
        tokens: pasted.tokens.clone(),
        segments: parsed.segments.clone(),
        presentation: pasted.presentation.as_ref().map(|presentation| presentation.report(case)),
        kind: kinds::kind(pasted, case, outcome_of(&trace, Check::Signature)),
        issuer_name: parsed.claim_text("iss").and_then(meaning::issuer_name),
        header: meaning::members(case, Side::Header),
        header_json: escaped_json(json::pretty(&parsed.header.text)),
        claims_json: escaped_json(json::pretty(&parsed.claims.text)),
        payload: if whole { None } else { parsed.payload().map(|bytes| PayloadBytes::of(&bytes)) },
        problems: problems(parsed),
        findings: findings(case, pasted, signature.state, &claims),
        claims,
        times: Times { issued_at: seconds("iat"), not_before: seconds("nbf"), expires_at: seconds("exp"), now },
        verdict,
        trace: said_once(warned(
            trace.into_iter().map(|step| explained(case, pasted, step)).collect(),
            &pasted.clean_ups,
        )),
        signature,
        policy: PolicySummary { name: policy.name.clone(), leeway: policy.leeway_seconds, chosen: "".into() },
        user_key: None,
    }
}

/// What is wrong with the text. What several problems have in common is stated with the first of them only.
fn problems(parsed: &Parsed) -> Vec<Problem> {
    let mut problems: Vec<Problem> = parsed.faults.iter().map(|fault| fault.problem.clone()).collect();
    let mut said = HashSet::new();
    for problem in &mut problems {
        if !said.insert(problem.message.clone()) {
            problem.message.clear();
        }
    }
    problems
}

fn outcome_of(trace: &[judgement::Step], check: Check) -> Outcome {
    trace.iter().find(|step| step.check == check).map_or(Outcome::NotChecked, |step| step.outcome)
}

/// A step as it is shown: with the dates that times in a wrong unit mean. AWS load balancers break a rule on purpose,
/// so there the cure is another one.
fn explained(case: &Case<'_>, pasted: &Pasted, step: judgement::Step) -> Step {
    let parsed = case.parsed;
    let wrong = wrong_values(case, &step);
    let mut step = Step { wrong, ..Step::from(step) };
    let is_padded = !parsed.faults.is_empty() && parsed.faults.iter().all(ParseProblem::is_padding);
    if step.check == Check::Parse && is_padded && is_of_load_balancer(parsed) {
        step.reason = "Padded: an AWS load balancer writes `=` at the end of the segments, and signs it".into();
        step.fix = "Keep the padding when you check it; a library that refuses it needs to be told to allow it".into();
    }
    if step.check == Check::Parse && parsed.format == Format::JweCompact && kinds::is_for_its_issuer(parsed) {
        step.fix = "Ask for the audience of your API when signing in, and send the signed JWT that comes then".into();
    }
    if step.check == Check::Parse
        && step.outcome == Outcome::Pass
        && let Some(presentation) = &pasted.presentation
    {
        step.reason = presentation.parts().into();
        if let Some(stale) = presentation.stale(case.now) {
            step.outcome = Outcome::Warn;
            step.reason = format!("{}; {stale}", step.reason).into();
            step.fix = "Sign a key binding JWT for each presentation".into();
            step.rfc = "RFC 9901 §7.3";
        }
    }
    if step.check == Check::Time {
        date_other_units(case, &mut step);
    }
    step
}

/// Adds the dates that times in another unit than seconds mean, to the reason and to what should change.
fn date_other_units(case: &Case<'_>, step: &mut Step) {
    let mut meant: Vec<(i64, Vec<&str>)> = Vec::new();
    for name in ["exp", "nbf", "iat", "auth_time"] {
        let Some(time) = case.parsed.claims.seconds(name) else { continue };
        let Some((size, _)) = unit_of(time, case.now) else { continue };
        let seconds = time / size;
        let Ok(date) = jiff::Timestamp::from_second(seconds) else { continue };
        // The sentence may begin in lower case within another.
        let divided = &divided(name, time, size)[1..];
        step.fix = step.fix.replace(divided, &format!("{divided} ({})", date.strftime("%F %T UTC"))).into();
        match meant.iter_mut().find(|(other, _)| *other == seconds) {
            Some((_, names)) => names.push(name),
            None => meant.push((seconds, vec![name])),
        }
    }
    for (seconds, names) in meant {
        if let Ok(date) = jiff::Timestamp::from_second(seconds) {
            let verb = if names.len() == 1 { "means" } else { "mean" };
            step.reason = format!("{}; {} {verb} {}", step.reason, list(&names), date.strftime("%F %T UTC")).into();
        }
    }
}

/// Does an AWS load balancer say that it signed the token? It keeps the padding of all three segments.
pub(crate) fn is_of_load_balancer(parsed: &Parsed) -> bool {
    parsed.header_text("signer").is_some_and(|signer| signer.starts_with("arn:aws"))
}

/// If the token can be read, the first check warns of what was taken off that a server would not have taken off.
fn warned(mut trace: Vec<Step>, clean_ups: &[CleanUp]) -> Vec<Step> {
    let mut refused: Vec<&str> = Vec::new();
    for why in clean_ups.iter().filter_map(|clean_up| clean_up.refused) {
        if !refused.contains(&why) {
            refused.push(why);
        }
    }
    if let Some(parse) = trace.first_mut().filter(|_| !refused.is_empty())
        && matches!(parse.outcome, Outcome::Pass | Outcome::Warn)
    {
        let more = if parse.outcome == Outcome::Warn { format!(". {}", parse.reason) } else { String::new() };
        parse.outcome = Outcome::Warn;
        parse.reason = format!("As pasted, a server refuses this: {}{more}", refused.join("; ")).into();
    }
    trace
}

/// The signature in hexadecimal.
fn parts(algorithm: Option<Algorithm>, signature: &[u8]) -> Vec<SignaturePart> {
    if signature.is_empty() {
        return Vec::new();
    }
    match algorithm.and_then(Algorithm::coordinate_len) {
        Some(length) if signature.len() == 2 * length => {
            let (r, s) = signature.split_at(length);
            vec![part("r", r), part("s", s)]
        }
        _ => vec![part("signature", signature)],
    }
}

fn part(name: &str, bytes: &[u8]) -> SignaturePart {
    SignaturePart { name: name.to_owned(), hex: report::hex(bytes), bytes: jose::parse::offset(bytes.len()) }
}
