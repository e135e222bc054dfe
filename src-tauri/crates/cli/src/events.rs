//! `twb events`.

use crate::{
    Outcome,
    print::{self, Form},
};
use engine::{Engine, events::Event};
use serde_json::{Value, json};

pub(crate) fn list(engine: &Engine, most: u32, form: &Form) -> anyhow::Result<Outcome> {
    let events = engine.events(most)?;
    let row = |event: &Event| {
        [print::moment(event.at), event.kind.clone(), event.username.clone().unwrap_or_default(), event.subject.clone()]
    };
    let words = if events.is_empty() {
        "Nothing has happened yet\n".into()
    } else {
        print::table(["WHEN", "WHAT", "USER", "ABOUT"], events.iter().map(row))
    };
    print::answer(form, &Value::Array(events.iter().map(describe).collect()), &words)
}

fn describe(event: &Event) -> Value {
    json!({
        "at": event.at.seconds(),
        "kind": event.kind,
        "username": event.username,
        "subject": event.subject,
    })
}
