//! Lists of many sessions: pages, filters and sort orders.

use engine::{
    paging::{Cursor, Page},
    rules::{Revocation, Rotation},
    sessions::{Session, SessionQuery, SessionSort},
};
use std::collections::BTreeSet;
use workbench_tests::app::App;

fn page(app: &App, query: &SessionQuery) -> Page<Session> {
    app.engine.session_page(query).unwrap().0
}

/// Every session of a query, page by page. The cursor is text, as a client keeps it.
fn walk(app: &App, query: &SessionQuery) -> Vec<Session> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let after_cursor = after.map(|text| text.parse::<Cursor>().unwrap());
        let page = page(app, &SessionQuery { after: after_cursor, ..query.clone() });
        assert!(page.rows.len() <= query.most as usize);
        found.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next.to_string()),
            None => return found,
        }
    }
}

fn with_sessions() -> App {
    let app = App::new().with_user("alice").with_user("bob");
    for turn in 0..7 {
        // Two of them begin at the same moment.
        if turn != 3 {
            app.clock.advance_seconds(10);
        }
        app.sign_in(if turn % 2 == 0 { "alice" } else { "bob" });
    }
    app
}

#[test]
fn every_session_is_on_one_page_whatever_they_are_sorted_by() {
    let app = with_sessions();
    for sort in [SessionSort::User, SessionSort::Sid, SessionSort::Started, SessionSort::LastUsed, SessionSort::Ends] {
        for descending in [false, true] {
            for most in [1, 2, 3, 7, 100] {
                let query = SessionQuery { sort, descending, most, ..SessionQuery::default() };
                let found = walk(&app, &query);
                let names: BTreeSet<_> = found.iter().map(|session| session.sid.clone()).collect();
                assert_eq!((found.len(), names.len()), (7, 7), "{sort:?} {descending} {most}");
                let in_order = |a: &Session, b: &Session| match sort {
                    SessionSort::User => a.username <= b.username,
                    SessionSort::Sid => a.sid <= b.sid,
                    SessionSort::Started => a.started_at <= b.started_at,
                    SessionSort::LastUsed => a.last_used_at <= b.last_used_at,
                    SessionSort::Ends => a.expires_at <= b.expires_at,
                };
                for pair in found.windows(2) {
                    let (a, b) = if descending { (&pair[1], &pair[0]) } else { (&pair[0], &pair[1]) };
                    assert!(in_order(a, b), "{sort:?} {descending}: {a:?} {b:?}");
                }
            }
        }
    }
}

#[test]
fn sessions_are_found_by_user_id_and_scope_and_by_whether_they_are_over() {
    let app = with_sessions();
    let query = SessionQuery { most: 100, ..SessionQuery::default() };
    let all = walk(&app, &query);
    app.engine.end_session(&all[0].sid).unwrap();
    let found = |text: &str, active: Option<bool>| {
        let query = SessionQuery { text: text.into(), active, ..query.clone() };
        let (page, counts) = app.engine.session_page(&query).unwrap();
        (page.rows.len(), counts.all, counts.active)
    };
    assert_eq!(found("", None), (7, 7, 6));
    assert_eq!(found("", Some(true)), (6, 7, 6));
    assert_eq!(found("", Some(false)), (1, 7, 6));
    assert_eq!(found("BOB", None).0, 3);
    assert_eq!(found(&all[2].sid, None).0, 1);
    assert_eq!(found("items", None).0, 7);
    assert_eq!(found("%", None).0, 0, "signs of SQL mean themselves");
    assert_eq!(found("\u{0}'--", None).0, 0);
    app.clock.advance_seconds(30 * 86_400);
    assert_eq!(found("", Some(true)).0, 0, "all have expired");
}

#[test]
fn a_session_that_begins_meanwhile_is_neither_repeated_nor_makes_another_be_left_out() {
    let app = with_sessions();
    let query = SessionQuery { descending: true, most: 3, ..SessionQuery::default() };
    let first = page(&app, &query);
    app.clock.advance_seconds(10);
    app.sign_in("bob");
    let second = page(&app, &SessionQuery { after: first.next, most: 100, ..query });
    let names: BTreeSet<_> = first.rows.iter().chain(&second.rows).map(|session| session.sid.clone()).collect();
    assert_eq!((first.rows.len(), second.rows.len(), names.len()), (3, 4, 7));
}

/// Which access tokens of a family are refused, the oldest first.
fn refused(app: &App, sid: &str) -> Vec<bool> {
    app.engine.family(sid).unwrap().iter().map(|member| member.access_refused).collect()
}

#[test]
fn a_family_says_which_access_tokens_the_guard_refuses() {
    let app = App::new().with_user("alice");
    let first = app.sign_in("alice");
    let second = app.refresh(first.refresh_token.as_ref().unwrap()).unwrap();
    let by_guard = || [&first, &second].map(|signed_in| !app.lets_in(&signed_in.access_token)).to_vec();
    assert_eq!((refused(&app, &first.sid), by_guard()), (vec![false, false], vec![false, false]));
    app.engine.revoke(&first.access_token).unwrap();
    assert_eq!((refused(&app, &first.sid), by_guard()), (vec![true, false], vec![true, false]));
    app.engine.end_session(&first.sid).unwrap();
    assert_eq!((refused(&app, &first.sid), by_guard()), (vec![true, true], vec![true, true]));
}

#[test]
fn a_family_without_rotation_says_which_access_token_the_guard_refuses() {
    let app = App::new().with_user("alice");
    app.engine.set_rotation(Rotation::None).unwrap();
    app.engine.set_revocation(Revocation::ShortLived).unwrap();
    let first = app.sign_in("alice");
    app.clock.advance_seconds(360);
    let later = app.refresh(first.refresh_token.as_ref().unwrap()).unwrap();
    app.engine.end_session(&first.sid).unwrap();
    assert_eq!((refused(&app, &first.sid), app.lets_in(&later.access_token)), (vec![false], true));
}

#[test]
fn a_family_of_short_lived_tokens_outlives_its_session() {
    let app = App::new().with_user("alice");
    let long = app.sign_in("alice");
    app.engine.set_revocation(Revocation::ShortLived).unwrap();
    let short = app.sign_in("alice");
    for signed_in in [&long, &short] {
        app.engine.end_session(&signed_in.sid).unwrap();
    }
    assert_eq!((refused(&app, &long.sid), app.lets_in(&long.access_token)), (vec![true], false));
    assert_eq!((refused(&app, &short.sid), app.lets_in(&short.access_token)), (vec![false], true));
}
