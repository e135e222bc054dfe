//! `twb inspect` and `twb guard`: prints the window's report as text or JSON.

mod answer;
mod ways;

use crate::{
    Outcome,
    arguments::{Guard, Inspect, UserKeyOption},
    input, policies,
    print::{self, Form},
};
use answer::{Guarded, Inspected};
use anyhow::{Context, anyhow, bail};
use engine::{
    Engine,
    clock::Timestamp as Moment,
    evidence::{Considered, Inspection, without_profile},
    named_file,
    profile::OpenError,
};
use inspect::report::{
    AppSignature, AppSignatureState, Member, Outcome as StepOutcome, PayloadBytes, Remedy, Report, Step, Verdict,
    VerdictOutcome, said_once,
};
use inspect::{SecretForm, UserKey};
use jose::words::span;
use serde_json::json;
use std::{
    fs,
    io::{self, IsTerminal, Read},
    path::Path,
};
use zeroize::Zeroizing;

/// The parser's limit, at four bytes per character. One byte more is read from standard input, so that the parser can
/// report "too large".
const LONGEST: u64 = 4 * 1024 * 1024;

/// The maximum characters of a member's name and value in text output; JSON has them in full.
const LONGEST_NAME: usize = 80;
const LONGEST_VALUE: usize = 600;

/// How many characters at each end represent a token that was not inspected.
const ENDS: usize = 8;

/// Prints the JSON Schema of what `--json` prints.
pub(crate) fn print_schema() -> anyhow::Result<Outcome> {
    print::json(answer::schema())?;
    Ok(Outcome::Done)
}

/// Verifying with a given key needs no profile: if none can be opened, the computer's clock is used.
pub(crate) fn inspect(engine: Result<Engine, OpenError>, what: &Inspect, form: &Form) -> anyhow::Result<Outcome> {
    if what.text == "-" && key_file(&what.key).is_some_and(is_standard_input) {
        bail!(
            "Standard input can be the token or the key, not both: give the token as an argument, or the key in a file"
        );
    }
    let mut key = given(&what.key)?;
    let engine = match engine {
        Err(_) if key.is_some() && what.policy.is_none() => None,
        engine => Some(engine?),
    };
    let at = what.at.as_deref().map(crate::clock::parse_time).transpose()?.map(Moment::seconds);
    let named = match (&what.policy, &engine) {
        (Some(name), Some(engine)) => Some(engine.policy_named(name)?),
        _ => None,
    };
    let text = read(&what.text)?;
    let parsed = if what.exact { inspect::parse_as_pasted(&text) } else { inspect::parse(&text) };
    let how = Inspection { with_user_key: key.is_some(), policy: named, at };
    let Considered { mut evidence, chosen } = match &engine {
        Some(engine) => engine.evidence(&parsed, how),
        None => without_profile(&parsed, how, ""),
    };
    evidence.policy = policies::with(evidence.policy, &what.rules)?;
    let judge = |key: Option<&UserKey>| match key {
        Some(key) => inspect::check_with_user_key(&parsed, key, &evidence),
        None => inspect::check(&parsed, &evidence),
    };
    let mut report = judge(key.as_ref().map(|key| &key.0));
    let is_locked = report.user_key.as_ref().is_some_and(|given| given.encrypted && given.problem.is_some());
    if is_locked && what.key.key_passphrase_file.is_none() && io::stdin().is_terminal() {
        let passphrase = input::line("Passphrase of the key: ", "passphrase of the key")?;
        key = key.map(|(key, trimmed)| (key.with_passphrase(passphrase.expose()), trimmed));
        report = judge(key.as_ref().map(|key| &key.0));
    }
    // Editors end a file with a line break, which is not part of a secret.
    if let Some((_, Some(trimmed))) = &key
        && report.user_key.as_ref().is_some_and(|given| given.remedy == Some(Remedy::Trim))
    {
        report = judge(Some(trimmed));
    }
    report.policy.chosen = chosen.words().into();
    if let Some(guessed) = inspect::guess_secret(&jose::parse_exact(&report.token)) {
        report.add(guessed);
    }
    let ways = ways::to_get_a_key(&parsed, &report);
    if form.as_json {
        print::json_of(&Inspected::new(&report, &ways, form))?;
    } else {
        form.warn();
        print::text(&to_text(&report, &ways))?;
    }
    Ok(outcome(&report.verdict))
}

pub(crate) fn guard(engine: &Engine, what: &Guard, form: &Form) -> anyhow::Result<Outcome> {
    let mut judgement = engine.guard(input::line("Access token: ", "access token")?.expose(), &what.scopes)?;
    let trace = said_once(std::mem::take(&mut judgement.trace).into_iter().map(Step::from).collect());
    if form.as_json {
        print::json_of(&Guarded::new(&judgement, &trace, form))?;
    } else {
        form.warn();
        let mut out = format!("{}: {}\n", judgement.verdict.title, judgement.verdict.detail);
        add_trace(&mut out, &trace);
        // Suggest no fixes after a check that could not be made: changing the claims would not help.
        let stop = trace.iter().find(|step| Some(step.check) == judgement.verdict.stopped_at);
        if stop.is_none_or(|step| step.outcome == StepOutcome::Fail) {
            add_fixes(&mut out, &trace);
        }
        print::text(&out)?;
    }
    Ok(outcome(&judgement.verdict))
}

/// The key from the options, if any; for a file, also its text without the final line break.
fn given(option: &UserKeyOption) -> anyhow::Result<Option<(UserKey, Option<UserKey>)>> {
    let UserKeyOption { secret, secret_base64, secret_hex, jwks, key_form, key_passphrase_file, .. } = option;
    if let Some(file) = secret_file(option) {
        let (text, is_text) = key_text(file)?;
        let form = if is_text { SecretForm::Text } else { SecretForm::Base64 };
        return Ok(Some((UserKey::new(without_line_break(&text).unwrap_or(&text), form), None)));
    }
    let typed = [(secret, SecretForm::Text), (secret_base64, SecretForm::Base64), (secret_hex, SecretForm::Hex)];
    if let Some((secret, form)) = typed.into_iter().find_map(|(secret, form)| Some((secret.as_ref()?, form))) {
        return Ok(Some((UserKey::new(secret.expose(), form), None)));
    }
    let Some(file) = key_file(option) else { return Ok(None) };
    let (text, is_text) = key_text(file)?;
    if jwks.is_some() && !text.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']).starts_with(['{', '[']) {
        bail!("{} holds no JWK Set; for PEM or a secret use --key", file.display());
    }
    let trimmed = without_line_break(&text);
    let form = if is_text { *key_form } else { SecretForm::Base64 };
    let mut key = UserKey::new(text.as_str(), form);
    if let Some(file) = key_passphrase_file {
        key = key.with_passphrase(input::first_line_of(file, "passphrase of the key")?.expose());
    }
    Ok(Some((key, trimmed.map(|text| UserKey::new(text, form)))))
}

/// The file of `--secret-file`, or standard input for `--secret -`.
fn secret_file(option: &UserKeyOption) -> Option<&Path> {
    let typed = option.secret.as_ref().map(|secret| Path::new(secret.expose()));
    option.secret_file.as_deref().or(typed.filter(|typed| is_standard_input(typed)))
}

/// The file or standard input that the key is read from, whatever its form.
fn key_file(option: &UserKeyOption) -> Option<&Path> {
    secret_file(option).or(option.key.as_deref()).or(option.jwks.as_deref())
}

/// The text without the line break at its end, if it has one.
fn without_line_break(text: &str) -> Option<&str> {
    text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text))
}

/// Reads a key from a file or standard input: text as it is, anything else, such as DER, in base64; and whether it was
/// text. Does not echo a key given in place of a file name.
fn key_text(file: &Path) -> anyhow::Result<(Zeroizing<String>, bool)> {
    if is_standard_input(file) {
        return Ok((Zeroizing::new(input::all("key", "twb inspect TOKEN --key -")?.expose().to_owned()), true));
    }
    let found = fs::metadata(file);
    if found.is_err() && !input::is_like_a_name(file) {
        bail!(
            "There is no file of the name that is given for the key; it may be the key itself, so it is not repeated \
             here. Save the key in a file, or give a secret with --secret"
        );
    }
    let bytes = named_file::read(file, input::LONGEST_KEY).map_err(|refused| {
        // A shell implements `<(…)` as a pipe, and `/dev/stdin` may be one too.
        let is_stream = found.is_ok_and(|found| !found.is_file() && !found.is_dir());
        let tip = if is_stream { ". Give the key on standard input: --key -" } else { "" };
        anyhow!("{refused}{tip}")
    })?;
    Ok(input::text_or_base64(&bytes))
}

fn is_standard_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn outcome(verdict: &Verdict) -> Outcome {
    match verdict.outcome {
        VerdictOutcome::Accepted => Outcome::Done,
        VerdictOutcome::Rejected => Outcome::Rejected,
        VerdictOutcome::NotVerified => Outcome::NotVerified,
    }
}

/// The text of an argument, where `-` means standard input. Must not be empty.
pub(crate) fn read(argument: &str) -> anyhow::Result<String> {
    let (text, place) = match argument {
        "-" => (standard_input()?, "standard input"),
        given => (given.to_owned(), "the argument"),
    };
    let is_space = |character: char| character.is_whitespace() || character == '\u{FEFF}';
    let is_quote = |character: char| "\"'".contains(character);
    let quotes = text.chars().filter(|character| is_quote(*character)).count();
    let is_bare = text.chars().all(|character| is_space(character) || is_quote(character));
    // A pair of quotes is an empty text in JSON or in a shell.
    if is_bare && quotes > 2 {
        bail!(
            "Nothing to inspect: {place} has {quotes} quotation marks and nothing else. Give a token: twb inspect TOKEN"
        );
    }
    if is_bare {
        bail!("Nothing to inspect: {place} is empty. Give a token: twb inspect TOKEN, or twb inspect < FILE");
    }
    Ok(text)
}

fn standard_input() -> anyhow::Result<String> {
    let mut stdin = io::stdin().lock();
    if stdin.is_terminal() {
        let end = if cfg!(windows) { "Ctrl Z and Enter" } else { "Ctrl D" };
        // Without a prompt the command would seem to hang.
        print::lines_on_stderr(&format!("Paste the token, then press Enter and {end}\n"));
    }
    let mut bytes = Vec::new();
    stdin.by_ref().take(LONGEST + 1).read_to_end(&mut bytes).context("standard input could not be read")?;
    // Anything that is neither UTF-16 nor UTF-8 is not part of a token; it becomes U+FFFD, which the parser reports.
    let decoded = input::utf16(&bytes).map(|text| text.as_str().to_owned());
    Ok(decoded.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned()))
}

/// `ways` to get the key, if one is missing.
fn to_text(report: &Report, ways: &[String]) -> String {
    let mut out = format!("{}: {}\n{}\n", report.verdict.title, report.verdict.detail, report.summary);
    let policy = print::on_one_line(&report.policy.name);
    let chosen = if report.policy.chosen.is_empty() { "Chosen by name" } else { &report.policy.chosen };
    out.push_str(&format!("Policy {policy}. {chosen}\n"));
    // The first check says the same of one of them.
    let is_told = |why: &str| report.trace.first().is_some_and(|step| step.reason.contains(why));
    let clean_ups = report.clean_ups.iter().map(|clean_up| match clean_up.refused {
        Some(why) if !is_told(why) => format!("  {}. As pasted, a server refuses this: {why}\n", clean_up.message),
        _ => format!("  {}\n", clean_up.message),
    });
    add_section(&mut out, "Cleaned up", &clean_ups.collect::<String>());
    add_section(&mut out, "Also in this paste", &other_tokens(report));
    let problems = report.problems.iter().flat_map(|problem| [&problem.title, &problem.message]);
    let problems = problems.filter(|line| !line.is_empty()).map(|line| format!("  {line}\n"));
    if let Some(kind) = &report.kind {
        let notes = kind.notes.iter().map(|note| format!("  {note}\n"));
        add_section(&mut out, &kind.name, &notes.collect::<String>());
    }
    add_section(&mut out, "Problems", &problems.collect::<String>());
    // The check of the key says the same.
    let is_said = |problem: &&String| report.trace.iter().any(|step| step.reason == **problem);
    let given = report.user_key.iter().flat_map(|given| {
        let problem = given.problem.iter().filter(|problem| !is_said(problem)).map(|problem| format!("  {problem}\n"));
        let repairs = given.repairs.iter().map(|repair| format!("  {repair}\n"));
        [format!("  {}\n", given.summary)].into_iter().chain(problem).chain(repairs)
    });
    add_section(&mut out, "Key", &given.collect::<String>());
    add_section(&mut out, "Ways to get the key", &ways.iter().map(|way| format!("  {way}\n")).collect::<String>());
    add_section(&mut out, "Header", &members(&report.header));
    add_section(&mut out, "Claims", &members(&report.claims));
    if let Some(signature) = &report.app_signature {
        add_section(&mut out, "Signature of the app", &of_app(signature));
    }
    add_section(&mut out, "Payload", &report.payload.as_ref().map(bytes).unwrap_or_default());
    add_trace(&mut out, &report.trace);
    add_fixes(&mut out, &report.trace);
    let findings = report.findings.iter().map(|finding| {
        [
            json!(finding.severity).as_str().unwrap_or_default().to_owned(),
            format!("{}: {}", finding.title, finding.message),
        ]
    });
    add_section(&mut out, "Findings", &print::columns("  ", &findings.collect::<Vec<_>>()));
    out
}

/// What the secret of the app showed, and how long the value is taken.
fn of_app(signature: &AppSignature) -> String {
    let AppSignature { maker, state, reason, signed_at, lifetime, .. } = signature;
    let mut lines = match state {
        AppSignatureState::NotChecked => format!("  {reason}, as --secret-file FILE or --secret - (standard input)\n"),
        AppSignatureState::Verified | AppSignatureState::Mismatch => format!("  {reason}\n"),
    };
    if let Some(at) = signed_at {
        let time = print::time(*at);
        let rest = lifetime.map(|seconds| format!("; {maker} takes it for {} by default", span(u64::from(seconds))));
        lines.push_str(&format!("  Signed {time}{}\n", rest.unwrap_or_default()));
    }
    lines
}

/// The tokens that were not inspected: beside, around or inside this one. JSON has them in full.
fn other_tokens(report: &Report) -> String {
    let others = report.tokens.iter().filter(|other| other.token != report.token);
    let rows = others.map(|other| {
        let name = if other.name.is_empty() { "without a name" } else { &other.name };
        [name.to_owned(), short(&other.token)]
    });
    print::columns("  ", &rows.collect::<Vec<_>>())
}

/// The two ends of a token: `eyJhbGci…YsyR0Zg`. Characters that no token contains never reach the terminal.
fn short(token: &str) -> String {
    let shown: Vec<char> =
        token.chars().map(|character| if character.is_ascii_graphic() { character } else { '\u{fffd}' }).collect();
    if shown.len() <= 2 * ENDS {
        return shown.iter().collect();
    }
    let ends = [&shown[..ENDS], &shown[shown.len() - ENDS..]];
    ends.map(|end| end.iter().collect::<String>()).join("…")
}

fn add_section(out: &mut String, title: &str, lines: &str) {
    if !lines.is_empty() {
        out.push_str(&format!("\n{title}\n{lines}"));
    }
}

fn add_trace(out: &mut String, trace: &[Step]) {
    let steps = trace.iter().map(|step| {
        let word = match step.outcome {
            StepOutcome::Pass => "pass",
            StepOutcome::Warn => "warn",
            StepOutcome::Fail => "FAIL",
            StepOutcome::NotChecked => "-",
        };
        [word.to_owned(), step.name.to_owned(), step.reason.to_string()]
    });
    add_section(out, "Checks", &print::columns("  ", &steps.collect::<Vec<_>>()));
}

fn add_fixes(out: &mut String, trace: &[Step]) {
    let fixes = |is_warning: bool| {
        let steps = trace.iter().filter(|step| (step.outcome == StepOutcome::Warn) == is_warning);
        steps.filter(|step| !step.fix.is_empty()).map(|step| format!("  {}\n", step.fix)).collect::<String>()
    };
    add_section(out, "What must change to pass", &fixes(false));
    add_section(out, "What should change", &fixes(true));
}

/// A payload that is no JSON object: its length, its text if it is one, else its bytes.
fn bytes(PayloadBytes { length, hex, text }: &PayloadBytes) -> String {
    let noun = if *length == 1 { "byte" } else { "bytes" };
    match text {
        _ if *length == 0 => "  Empty, 0 bytes\n".to_owned(),
        Some(text) => format!("  {length} {noun}, text\n  {}\n", print::cut(&print::on_one_line(text), LONGEST_VALUE)),
        None => format!("  {length} {noun}, hexadecimal\n  {}\n", print::cut(hex, LONGEST_VALUE)),
    }
}

fn members(members: &[Member]) -> String {
    let rows = members.iter().map(|member| {
        let meaning = match (member.time, member.disclosed) {
            (Some(at), _) => format!("{}, {}", member.meaning, print::time(at)),
            (None, Some(_)) => format!("Disclosed. {}", member.meaning),
            (None, None) => member.meaning.to_string(),
        };
        let (name, value) = (print::cut(&member.name, LONGEST_NAME), print::on_one_line(&member.value));
        [name, print::cut(&value, LONGEST_VALUE), meaning]
    });
    print::columns_within([28, 64, 0], "  ", &rows.collect::<Vec<_>>())
}
