//! The event log: what happened, filtered and page by page, and its export.

use super::{number, place};
use crate::{
    error::WireError,
    files::{self, Unwritten},
    state::AppState,
};
use engine::events::{Event, EventGroup, EventQuery, EventSubject, ExportError};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};

/// Which events to list or export.
#[derive(Debug, Clone, Deserialize, specta::Type)]
pub struct EventFilter {
    /// Whose they are.
    pub subject: EventSubjectView,
    /// Only those of one group; null for all.
    pub group: Option<EventGroupView>,
    /// Only those that came through this; empty for those whose source is unknown, null for all.
    pub source: Option<String>,
    /// Only those whose kind, names, IDs, details and source contain each of these words; empty for all.
    pub text: String,
}

/// Whose events to list.
#[derive(Debug, Clone, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventSubjectView {
    /// Everybody's.
    All,
    /// One user's.
    User {
        /// The username.
        username: String,
    },
    /// One session's.
    Session {
        /// Its ID.
        sid: String,
    },
    /// One signing key's.
    Key {
        /// Its ID.
        kid: String,
    },
}

/// A group of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum EventGroupView {
    /// Signing in, and tokens that were made without it.
    SignIn,
    /// Uses of refresh tokens.
    Refresh,
    /// What ended: sessions and access tokens.
    Ended,
    /// What was refused.
    Refused,
    /// Changes of users.
    Users,
    /// Changes and uses of keys.
    Keys,
    /// Changes of the profile and its rules.
    Profile,
}

/// A page of events, newest first.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct EventListPage {
    /// The events.
    pub events: Vec<EventView>,
    /// Where the next page begins; null at the end.
    pub next: Option<String>,
    /// How many events the profile keeps.
    pub all: u32,
    /// How many the filter lists.
    pub listed: u32,
    /// How many it would list without its group.
    pub found: u32,
    /// How many of those are of each group; a group without any is absent.
    pub groups: Vec<EventGroupCount>,
    /// How many it would list of each source without its own; a source without any is absent.
    pub sources: Vec<EventSourceCount>,
}

/// How many events are of a group.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
pub struct EventGroupCount {
    /// The group.
    pub group: EventGroupView,
    /// How many.
    pub count: u32,
}

/// How many events came through something.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct EventSourceCount {
    /// "window", "twb", "issuer", or a name from another version; empty if unknown.
    pub source: String,
    /// How many.
    pub count: u32,
}

/// An event as the window shows it. The page writes its sentence.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct EventView {
    /// Its number. Numbers only increase.
    pub id: i64,
    /// When it happened, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// The name of its kind.
    pub kind: String,
    /// The user it is about, if there is one who still exists.
    pub username: Option<String>,
    /// The session.
    pub sid: Option<String>,
    /// The token.
    pub jti: Option<String>,
    /// The signing key.
    pub kid: Option<String>,
    /// The generation of the refresh token within its family.
    pub generation: Option<i64>,
    /// Its details: an object whose members depend on the kind.
    pub detail: Option<serde_json::Value>,
    /// What it came through: "window", "twb", "issuer", or a name from another version; null if unknown.
    pub source: Option<String>,
    /// The user on whose behalf it was done; null for what an administrator does.
    pub on_behalf_of: Option<String>,
}

/// What was exported.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ExportedEvents {
    /// The file.
    pub file: String,
    /// How many events.
    pub events: u32,
}

/// A page of events.
#[tauri::command]
#[specta::specta]
pub async fn list_events(
    state: State<'_, AppState>,
    filter: EventFilter,
    after: Option<String>,
    most: u32,
) -> Result<EventListPage, WireError> {
    let query = EventQuery { after: place(after), most, ..query(filter) };
    let (page, counts) = state.run(move |engine| engine.event_list(&query).map_err(WireError::from)).await?;
    Ok(EventListPage {
        events: page.rows.into_iter().map(EventView::from).collect(),
        next: page.next.map(|next| next.to_string()),
        all: number(counts.all),
        listed: number(counts.listed),
        found: number(counts.found),
        groups: counts.groups.iter().map(|(of, count)| group_count(*of, *count)).collect(),
        sources: counts.sources.into_iter().map(source_count).collect(),
    })
}

/// Writes the events that a filter lists, as JSON Lines, to a file that the user chooses in a dialog of the shell. Null
/// if none was chosen.
#[tauri::command]
#[specta::specta]
pub async fn export_events(
    app: AppHandle,
    state: State<'_, AppState>,
    filter: EventFilter,
) -> Result<Option<ExportedEvents>, WireError> {
    let query = query(filter);
    let Some(file) = files::choose(&app, "Export events", "events.jsonl").await else { return Ok(None) };
    let export = move |engine: &engine::Engine| {
        let events = files::write(&file, |out| {
            engine.export_events(&query, out).map_err(|error| match error {
                ExportError::Store(error) => Unwritten::Content(error.into()),
                ExportError::Write(error) => Unwritten::File(error),
            })
        })?;
        Ok(Some(ExportedEvents { file: file.display().to_string(), events: number(events) }))
    };
    state.run(export).await
}

fn query(filter: EventFilter) -> EventQuery {
    EventQuery {
        subject: match filter.subject {
            EventSubjectView::All => EventSubject::All,
            EventSubjectView::User { username } => EventSubject::User(username),
            EventSubjectView::Session { sid } => EventSubject::Session(sid),
            EventSubjectView::Key { kid } => EventSubject::Key(kid),
        },
        group: filter.group.and_then(|wanted| EventGroup::ALL.iter().copied().find(|group| view(*group) == wanted)),
        source: filter.source,
        text: filter.text.trim().to_owned(),
        ..EventQuery::default()
    }
}

fn group_count(group: EventGroup, count: u64) -> EventGroupCount {
    EventGroupCount { group: view(group), count: number(count) }
}

fn source_count((source, count): (String, u64)) -> EventSourceCount {
    EventSourceCount { source, count: number(count) }
}

fn view(group: EventGroup) -> EventGroupView {
    match group {
        EventGroup::SignIn => EventGroupView::SignIn,
        EventGroup::Refresh => EventGroupView::Refresh,
        EventGroup::Ended => EventGroupView::Ended,
        EventGroup::Refused => EventGroupView::Refused,
        EventGroup::Users => EventGroupView::Users,
        EventGroup::Keys => EventGroupView::Keys,
        EventGroup::Profile => EventGroupView::Profile,
    }
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        let on_behalf_of = event.on_behalf_of().map(str::to_owned);
        let Event { id, at, kind, username, sid, jti, kid, generation, detail, source } = event;
        Self { id, at_ms: at.0, kind, username, sid, jti, kid, generation, detail, source, on_behalf_of }
    }
}
