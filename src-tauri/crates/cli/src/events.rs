//! `twb events`.

use crate::{
    Outcome,
    arguments::EventsArguments,
    print::{self, Form},
};
use engine::{
    Engine,
    events::{Event, EventsOf},
};
use serde_json::Value;

pub(crate) fn list(engine: &Engine, arguments: &EventsArguments, form: &Form) -> anyhow::Result<Outcome> {
    let EventsArguments { most, user, session, key } = arguments;
    // The subject may be unknown, or all its events may have been purged.
    let (of, nothing) = match (user, session, key) {
        (Some(username), ..) => (EventsOf::User(username), format!("No event is about a user {username}\n")),
        (_, Some(sid), _) => (EventsOf::Session(sid), format!("No event is about a session {sid}\n")),
        (.., Some(kid)) => (EventsOf::Key(kid), format!("No event is about a key {kid}\n")),
        _ => (EventsOf::All, "Nothing has happened yet\n".into()),
    };
    let events = engine.events(of, *most)?;
    let row = |event: &Event| {
        [print::moment(event.at), event.kind.clone(), event.username.clone().unwrap_or_default(), about(event)]
    };
    let words = if events.is_empty() {
        nothing
    } else {
        print::table(["WHEN", "WHAT", "USER", "ABOUT"], events.iter().map(row))
    };
    print::answer(form, &Value::Array(events.iter().map(Event::to_json).collect()), &words)
}

/// "session S, generation 3, used seconds ago 12"
fn about(event: &Event) -> String {
    let named = [("session", &event.sid), ("token", &event.jti), ("key", &event.kid)];
    let mut parts: Vec<_> = named.iter().filter_map(|(name, id)| Some(format!("{name} {}", id.as_deref()?))).collect();
    parts.extend(event.generation.map(|generation| format!("generation {generation}")));
    for (name, value) in event.detail.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let value = match value {
            Value::Null => continue,
            Value::String(text) if name == "reason" => text.replace('_', " "),
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            other => other.to_string(),
        };
        parts.push(if name == "reason" { value } else { format!("{} {value}", name.replace('_', " ")) });
    }
    parts.join(", ")
}
