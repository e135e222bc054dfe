//! `twb sessions`.

use crate::{
    Outcome,
    arguments::{RevokeSessions, SessionsCommand},
    print::{self, Form},
    sign_in::still_good,
    users::scope_list,
};
use anyhow::{Context, bail};
use engine::{
    Engine,
    scopes::Scope,
    sessions::{EndReason, FamilyMember, Session, SessionKind, SessionState},
};
use serde_json::{Value, json};

pub(crate) fn run(engine: &Engine, command: &SessionsCommand, form: &Form) -> anyhow::Result<Outcome> {
    match command {
        SessionsCommand::List => list(engine, form),
        SessionsCommand::Show { sid } => show(engine, sid, form),
        SessionsCommand::Revoke(which) => revoke(engine, which, form),
    }
}

fn revoke(engine: &Engine, which: &RevokeSessions, form: &Form) -> anyhow::Result<Outcome> {
    if let Some(sid) = &which.sid {
        if !engine.end_session(sid)? {
            bail!("There is no session \"{sid}\", or it has ended before");
        }
        return print::answer(form, &json!({"ended": 1}), &format!("Ended the session {sid}\n{}", still_good(engine)?));
    }
    // clap requires one of the two.
    let username = which.username.as_deref().context("Name a session or a user")?;
    let ended = engine.end_sessions_of(username)?;
    print::answer(
        form,
        &json!({"ended": ended}),
        &format!("Sessions of {username} ended: {ended}\n{}", still_good(engine)?),
    )
}

fn list(engine: &Engine, form: &Form) -> anyhow::Result<Outcome> {
    let sessions = engine.sessions()?;
    let row = |session: &Session| {
        [
            session.sid.clone(),
            session.username.clone(),
            kind(session.kind).into(),
            state(session.state).into(),
            print::moment(session.started_at),
            session.expires_at.map_or_else(String::new, print::moment),
            scope_list(&session.scopes),
        ]
    };
    let words = if sessions.is_empty() {
        "No sessions yet. Start one: twb sign-in alice\n".into()
    } else {
        print::table(["SID", "USER", "KIND", "STATE", "STARTED", "EXPIRES", "SCOPES"], sessions.iter().map(row))
    };
    print::answer(form, &Value::Array(sessions.iter().map(describe).collect()), &words)
}

fn show(engine: &Engine, sid: &str, form: &Form) -> anyhow::Result<Outcome> {
    let session = engine.session(sid)?.with_context(|| format!("There is no session \"{sid}\""))?;
    let family = engine.family(sid)?;
    let mut value = describe(&session);
    value["family"] = family.iter().map(describe_member).collect();
    let ended = match session.state {
        SessionState::Ended { at, reason } => {
            format!(" {}, {}", print::moment(at), reason.map_or("unknown why", EndReason::as_str))
        }
        SessionState::Live | SessionState::Expired => String::new(),
    };
    let mut words = print::pairs([
        ("Session", session.sid.clone()),
        ("User", session.username.clone()),
        ("Kind", kind(session.kind).into()),
        ("State", format!("{}{ended}", state(session.state))),
        ("Started", print::moment(session.started_at)),
        ("Last used", print::moment(session.last_used_at)),
        ("Expires", session.expires_at.map_or_else(|| "never".into(), print::moment)),
        ("Scopes", scope_list(&session.scopes)),
        ("Proof", session.amr.join(" ")),
    ]);
    if !family.is_empty() {
        let head = ["GENERATION", "REFRESH TOKEN", "ISSUED", "USED", "ACCESS TOKEN"];
        words.push_str(&format!("\n{}", print::table(head, family.iter().map(member_row))));
    }
    print::answer(form, &value, &words)
}

fn kind(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::SignIn => "sign-in",
        SessionKind::Minted => "minted",
    }
}

fn state(state: SessionState) -> &'static str {
    match state {
        SessionState::Live => "live",
        SessionState::Expired => "expired",
        SessionState::Ended { .. } => "ended",
    }
}

fn describe(session: &Session) -> Value {
    let (ended_at, reason) = match session.state {
        SessionState::Ended { at, reason } => (Some(at.seconds()), reason.map(EndReason::as_str)),
        SessionState::Live | SessionState::Expired => (None, None),
    };
    json!({
        "sid": session.sid,
        "username": session.username,
        "kind": session.kind.as_str(),
        "state": state(session.state),
        "ended_at": ended_at,
        "end_reason": reason,
        "started_at": session.started_at.seconds(),
        "last_used_at": session.last_used_at.seconds(),
        "expires_at": session.expires_at.map(|at| at.seconds()),
        "scopes": session.scopes.iter().map(Scope::as_str).collect::<Vec<_>>(),
        "amr": session.amr,
    })
}

fn describe_member(member: &FamilyMember) -> Value {
    json!({
        "generation": member.generation,
        "jti": member.jti,
        "issued_at": member.issued_at.seconds(),
        "used_at": member.used_at.map(|at| at.seconds()),
        "active": member.active,
        "access_jti": member.access_jti,
    })
}

fn member_row(member: &FamilyMember) -> [String; 5] {
    let used = match member.used_at {
        Some(at) => print::moment(at),
        None if member.active => "not yet".into(),
        None => "replaced".into(),
    };
    [
        member.generation.to_string(),
        member.jti.clone(),
        print::moment(member.issued_at),
        used,
        member.access_jti.clone(),
    ]
}
