//! `twb clock`.

use crate::{Outcome, arguments::ClockCommand, print};
use anyhow::{Context, anyhow};
use engine::{Engine, clock::Timestamp as Moment, settings::ClockSetting};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

pub(crate) fn run(engine: &Engine, command: &ClockCommand, as_json: bool) -> anyhow::Result<Outcome> {
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
    let (mode, shift, words) = match setting {
        ClockSetting::Real => ("real", 0, "as the computer's".into()),
        ClockSetting::Shifted { ms } => {
            let side = if ms < 0 { "behind" } else { "ahead of" };
            let far = SignedDuration::from_millis(ms).abs();
            ("shifted", ms, format!("{far:#} {side} the computer's"))
        }
        ClockSetting::Frozen { .. } => ("frozen", 0, "standing still".into()),
    };
    let value = json!({"mode": mode, "now": now.seconds(), "shift_ms": shift});
    print::answer(as_json, &value, &format!("{}, {words}\n", print::moment(now)))
}

fn parse_shift(text: &str) -> anyhow::Result<i64> {
    let wrong = || format!("clock shift {text}: write a duration such as +31m, -2h or 1h 30m");
    let duration: SignedDuration = text.parse().with_context(wrong)?;
    i64::try_from(duration.as_millis()).with_context(wrong)
}

/// RFC 3339, or seconds since 1970.
pub(crate) fn parse_time(text: &str) -> anyhow::Result<Moment> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(Moment::from_seconds(seconds));
    }
    let time: Timestamp = text
        .parse()
        .map_err(|_| anyhow!("{text} is no time: write one such as 2026-11-23T14:30:00Z, or seconds since 1970"))?;
    Ok(Moment(time.as_millisecond()))
}
