//! `twb inspect` and `twb guard`: the window's report as text and as JSON.

use crate::{
    Outcome,
    arguments::{Guard, Inspect},
    input, print,
};
use anyhow::Context;
use engine::Engine;
use jose::report::{Member, Outcome as Step, Report, VerdictOutcome};
use serde_json::{Value, json, value::RawValue};
use std::io::{self, Read};

/// More than the parser reads; so much is taken from standard input that it can say "too large".
const LONGEST: u64 = 4 * 1024 * 1024;

pub(crate) fn inspect(engine: &Engine, what: &Inspect, as_json: bool) -> anyhow::Result<Outcome> {
    show(&engine.inspect(&read(&what.text)?), as_json)
}

pub(crate) fn guard(engine: &Engine, what: &Guard, as_json: bool) -> anyhow::Result<Outcome> {
    show(&engine.guard(input::line("Access token: ", "access token")?.expose(), &what.scopes)?, as_json)
}

fn show(report: &Report, as_json: bool) -> anyhow::Result<Outcome> {
    if as_json {
        print::text(&to_json(report)?)?;
    } else {
        print::text(&to_text(report))?;
    }
    Ok(match report.verdict.outcome {
        VerdictOutcome::Accepted => Outcome::Done,
        VerdictOutcome::Rejected => Outcome::Rejected,
        VerdictOutcome::NotVerified => Outcome::NotVerified,
    })
}

fn read(text: &str) -> anyhow::Result<String> {
    if text != "-" {
        return Ok(text.into());
    }
    let mut bytes = Vec::new();
    io::stdin().lock().take(LONGEST).read_to_end(&mut bytes).context("standard input could not be read")?;
    // Whatever is not UTF-8 is not part of a token; it shows as U+FFFD, and the parser points at it.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The documented form: `{"format","header","claims","verdict","signature","trace","findings"}`.
///
/// Header and claims are put in as they stand, so that no number loses a digit and no duplicate name is lost.
fn to_json(report: &Report) -> anyhow::Result<String> {
    let raw = |text: &str| RawValue::from_string(text.to_owned()).ok();
    let trace = report
        .trace
        .iter()
        .map(|step| json!({"check": step.check, "outcome": step.outcome, "reason": step.reason, "rfc": step.rfc}));
    let findings = report.findings.iter().map(|finding| {
        json!({"id": finding.id, "severity": finding.severity, "message": finding.message, "rfc": finding.rfc})
    });
    let parts = [
        ("format", RawValue::from_string(json!(report.format).to_string()).ok()),
        ("header", raw(&report.header_json)),
        ("claims", raw(&report.claims_json)),
        ("verdict", raw(&json!(report.verdict.outcome).to_string())),
        ("signature", raw(&json!(report.signature.state).to_string())),
        ("trace", raw(&format!("{:#}", Value::Array(trace.collect())))),
        ("findings", raw(&format!("{:#}", Value::Array(findings.collect())))),
    ];
    let lines = parts.map(|(name, value)| {
        let value = value.map_or_else(|| "null".to_owned(), |value| value.get().replace('\n', "\n  "));
        format!("  \"{name}\": {value}")
    });
    Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
}

fn to_text(report: &Report) -> String {
    let mut out = format!("{}: {}\n{}\n", report.verdict.title, report.verdict.detail, report.summary);
    let mut section = |title: &str, lines: String| {
        if !lines.is_empty() {
            out.push_str(&format!("\n{title}\n{lines}"));
        }
    };
    let clean_ups = report.clean_ups.iter().map(|clean_up| format!("  {}\n", clean_up.message));
    section("Cleaned up", clean_ups.collect());
    let problems = report.problems.iter().map(|problem| format!("  {}\n  {}\n", problem.title, problem.message));
    section("Problems", problems.collect());
    section("Header", members(&report.header));
    section("Claims", members(&report.claims));
    let trace = report.trace.iter().map(|step| {
        let word = match step.outcome {
            Step::Pass => "pass",
            Step::Warn => "warn",
            Step::Fail => "FAIL",
            Step::NotChecked => "-",
        };
        [word.to_owned(), step.name.clone(), step.reason.clone()]
    });
    section("Checks", print::columns("  ", &trace.collect::<Vec<_>>()));
    let fixes = report.trace.iter().filter(|step| !step.fix.is_empty()).map(|step| format!("  {}\n", step.fix));
    section("What must change to pass", fixes.collect());
    let findings = report.findings.iter().map(|finding| {
        [
            json!(finding.severity).as_str().unwrap_or_default().to_owned(),
            format!("{}: {}", finding.title, finding.message),
        ]
    });
    section("Findings", print::columns("  ", &findings.collect::<Vec<_>>()));
    out
}

fn members(members: &[Member]) -> String {
    let rows = members.iter().map(|member| {
        let meaning = match member.time {
            Some(at) => format!("{}, {}", member.meaning, print::time(at)),
            None => member.meaning.clone(),
        };
        [member.name.clone(), member.value.clone(), meaning]
    });
    print::columns("  ", &rows.collect::<Vec<_>>())
}
