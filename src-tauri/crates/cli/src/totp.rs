//! `twb totp`: prints the code that an authenticator shows.

use crate::{
    Outcome,
    arguments::Totp,
    clock,
    print::{self, Form},
};
use anyhow::{anyhow, bail};
use engine::{
    Engine,
    settings::ClockSetting,
    totp::{CodeWindow, WindowStep},
};
use serde_json::json;
use std::{thread, time::Duration};

pub(crate) fn run(engine: &Engine, what: &Totp, form: &Form) -> anyhow::Result<Outcome> {
    let min_valid = what.min_valid.as_deref().map(parse_duration).transpose()?;
    let shown = loop {
        let window = window(engine, &what.username)?;
        let shown = Shown::of(&window, engine.clock_setting()?)?;
        let Some(min_valid) = min_valid else { break shown };
        if min_valid.as_secs() > u64::from(window.period_seconds) {
            bail!(
                "--min-valid {} s: a code of {} lasts {} s",
                min_valid.as_secs(),
                what.username,
                window.period_seconds
            );
        }
        match shown.left {
            Some(left) if shown.used || left < min_valid => thread::sleep(left),
            None if shown.used => {
                bail!("The code was used, and no other comes while the clock stands still: twb clock real")
            }
            _ => break shown,
        }
    };
    let seconds_left = shown.left.map(|left| left.as_secs());
    let value = json!({"code": shown.code, "seconds_left": seconds_left, "next_code": shown.next, "used": shown.used});
    let left = seconds_left.map_or_else(|| "the clock stands still".to_owned(), |left| format!("{left} s left"));
    let used = if shown.used { ", used" } else { "" };
    print::answer(form, &value, &format!("{}  {left}{used}, next {}\n", shown.code, shown.next))
}

struct Shown {
    code: String,
    next: String,
    used: bool,
    /// How long the authenticator still shows it; `None` while the clock is frozen.
    left: Option<Duration>,
}

impl Shown {
    fn of(window: &CodeWindow, clock: ClockSetting) -> anyhow::Result<Self> {
        let period = i64::from(window.period_seconds).max(1);
        let present = window.now.seconds().div_euclid(period);
        let step = |number: i64| window.steps.iter().find(|step| step.step == number);
        let code = |step: Option<&WindowStep>| step.map(|step| step.code.expose().to_owned());
        let (Some(now), Some(next)) = (step(present), code(step(present + 1))) else {
            bail!("The clock shows a time before 1970, when there are no codes");
        };
        let ends = (present + 1).saturating_mul(period).saturating_mul(1000);
        let left = u64::try_from(ends.saturating_sub(window.now.0)).map(Duration::from_millis)?;
        let stands_still = matches!(clock, ClockSetting::Frozen { .. });
        Ok(Self { code: now.code.expose().to_owned(), next, used: now.used, left: (!stands_still).then_some(left) })
    }
}

/// The codes around the present for a user's confirmed or pending second factor.
pub(crate) fn window(engine: &Engine, username: &str) -> anyhow::Result<CodeWindow> {
    if let Some(window) = engine.code_window(username)? {
        return Ok(window);
    }
    if engine.second_factor(username)?.is_none() {
        bail!("There is no user \"{username}\"");
    }
    bail!("There is no second factor for \"{username}\"")
}

fn parse_duration(text: &str) -> anyhow::Result<Duration> {
    let duration = clock::duration(text).and_then(|duration| Duration::try_from(duration).ok());
    duration.ok_or_else(|| anyhow!("--min-valid {text}: write a duration such as 10s"))
}
