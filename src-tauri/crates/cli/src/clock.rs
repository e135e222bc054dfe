//! `twb clock`, and the note about a moved clock that every command prints.

use crate::{
    Outcome,
    arguments::ClockCommand,
    print::{self, Form, Moved},
};
use anyhow::anyhow;
use engine::{Engine, clock::Timestamp as Moment, settings::ClockSetting};
use jiff::{SignedDuration, Span, SpanRelativeTo, SpanRound, Timestamp, Unit};
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) fn run(engine: &Engine, command: &ClockCommand, form: &Form) -> anyhow::Result<Outcome> {
    match command {
        ClockCommand::Show => {}
        ClockCommand::Shift { duration } => engine.set_clock(ClockSetting::Shifted { ms: parse_shift(duration)? })?,
        ClockCommand::Freeze { time: Some(time) } => {
            engine.set_clock(ClockSetting::Frozen { at: parse_time(time)? })?
        }
        ClockCommand::Freeze { time: None } => engine.set_clock(ClockSetting::Frozen { at: engine.now()? })?,
        ClockCommand::Real => engine.set_clock(ClockSetting::Real)?,
    }
    let (setting, now) = (engine.clock_setting()?, engine.now()?);
    let words = format!("{}, {}\n", print::moment(now), in_words(setting));
    print::answer(form, &describe(setting, now), &words)
}

/// `None` if the clock equals the computer's, or cannot be read.
pub(crate) fn moved(engine: &Engine) -> Option<Moved> {
    let setting = engine.clock_setting().ok().filter(|setting| *setting != ClockSetting::Real)?;
    let now = engine.now().ok()?;
    let words = format!("The clock of this profile is moved: {}, {}", print::moment(now), in_words(setting));
    Some(Moved { words, json: describe(setting, now) })
}

fn in_words(setting: ClockSetting) -> String {
    match setting {
        ClockSetting::Real => "as the computer's clock".into(),
        ClockSetting::Shifted { ms } => {
            let side = if ms < 0 { "behind" } else { "ahead of" };
            // A span has days only if their length is defined; the longest shift fits.
            let round = SpanRound::new().largest(Unit::Day).days_are_24_hours();
            let span = Span::try_from(SignedDuration::from_millis(ms).abs()).and_then(|span| span.round(round));
            format!("{:#} {side} the computer's clock", span.unwrap_or_default())
        }
        ClockSetting::Frozen { .. } => "frozen".into(),
    }
}

fn describe(setting: ClockSetting, now: Moment) -> Value {
    let (mode, shift) = match setting {
        ClockSetting::Real => ("real", 0),
        ClockSetting::Shifted { ms } => ("shifted", ms),
        ClockSetting::Frozen { .. } => ("frozen", 0),
    };
    json!({"mode": mode, "now": now.seconds(), "shift_ms": shift})
}

fn parse_shift(text: &str) -> anyhow::Result<i64> {
    let wrong = || anyhow!("clock shift {text}: write a duration such as +31m, -2h, 1h 30m or 2d");
    let duration = duration(text).ok_or_else(wrong)?;
    i64::try_from(duration.as_millis()).map_err(|_| wrong())
}

/// A duration as people write it: "90s", "1h 30m", "2d". A day has 24 hours, a week seven days.
pub(crate) fn duration(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

/// The value of an option that is a lifetime.
pub(crate) fn lifetime(option: &str, text: &str) -> anyhow::Result<Duration> {
    let lifetime = duration(text).and_then(|duration| Duration::try_from(duration).ok());
    lifetime.ok_or_else(|| anyhow!("{option} {text}: write a duration such as 90s, 15m or 1h"))
}

/// RFC 3339, or seconds since 1970.
pub(crate) fn parse_time(text: &str) -> anyhow::Result<Moment> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(Moment::from_seconds(seconds));
    }
    let time: Timestamp = text
        .parse()
        .map_err(|_| anyhow!("{text} is not a time: write one such as 2026-11-23T14:30:00Z, or seconds since 1970"))?;
    Ok(Moment(time.as_millisecond()))
}
