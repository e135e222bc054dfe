//! Lists of many users, events and keys: pages, filters and sort orders.

use engine::{
    events::{EventGroup, EventKind, EventQuery, EventSubject, EventsOf, Source, UNKNOWN_SOURCE},
    keys::{DeleteError, KeyQuery, KeyState, NameError, Purpose},
    paging::{Cursor, LONGEST_PAGE, Page},
    secret::Password,
    throttle::Lock,
    users::{ListedUser, UserQuery, UserSort},
};
use std::collections::BTreeSet;
use workbench_tests::app::{App, PASSWORD, new_user};

/// Every row of a list, page by page. The cursor is text, as a client keeps it.
fn walk<T>(mut page: impl FnMut(Option<Cursor>) -> Page<T>) -> Vec<T> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = page(after.map(|text| text.parse().unwrap()));
        found.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next.to_string()),
            None => return found,
        }
    }
}

fn all(app: &App, query: &UserQuery) -> Vec<ListedUser> {
    walk(|after| app.engine.user_page(&UserQuery { after, ..query.clone() }).unwrap().0)
}

fn names(users: &[ListedUser]) -> Vec<&str> {
    users.iter().map(|one| one.user.username.as_str()).collect()
}

fn with_users() -> App {
    let app = App::new();
    for (turn, name) in ["carol", "Bob", "alice", "b.b", "a-b", "Zoe", "dave"].into_iter().enumerate() {
        // Two of them are created at the same moment.
        if turn != 3 {
            app.clock.advance_seconds(10);
        }
        app.create(name, &["items:read"]).unwrap();
    }
    app.sign_in("dave");
    app.clock.advance_seconds(10);
    app.sign_in("Bob");
    app.engine.set_user_active("carol", false).unwrap();
    app.engine.set_user_scopes("alice", &["items:write".into()]).unwrap();
    app.engine.begin_enrollment("Zoe", &Password::new(PASSWORD), "story", &Default::default()).unwrap();
    for tries in [1, 3] {
        for _ in 0..tries {
            assert!(app.try_sign_in(if tries == 1 { "b.b" } else { "a-b" }, "wrong password").is_err());
            app.clock.advance_seconds(1);
        }
    }
    assert!(app.try_sign_in("b.b", "wrong password").is_err());
    app
}

const SORTS: [UserSort; 8] = [
    UserSort::Username,
    UserSort::Created,
    UserSort::LastSignIn,
    UserSort::Active,
    UserSort::Scopes,
    UserSort::SecondFactor,
    UserSort::Sessions,
    UserSort::Lock,
];

fn lock_ends(user: &ListedUser) -> i64 {
    match user.lock {
        None => 0,
        Some(Lock::Until(at)) => at.0,
        Some(Lock::UntilReset) => i64::MAX,
    }
}

#[test]
fn every_user_is_on_one_page_whatever_they_are_sorted_by() {
    let app = with_users();
    for sort in SORTS {
        for descending in [false, true] {
            for most in [1, 2, 3, 7, 100] {
                let query = UserQuery { sort, descending, most, ..UserQuery::default() };
                let found = all(&app, &query);
                let different: BTreeSet<_> = names(&found).into_iter().collect();
                assert_eq!((found.len(), different.len()), (7, 7), "{sort:?} {descending} {most}");
                let in_order = |a: &ListedUser, b: &ListedUser| match sort {
                    UserSort::Username => {
                        let lower = |one: &ListedUser| one.user.username.as_str().to_ascii_lowercase();
                        lower(a) < lower(b)
                    }
                    UserSort::Created => a.user.created_at <= b.user.created_at,
                    UserSort::LastSignIn => a.user.last_sign_in_at <= b.user.last_sign_in_at,
                    UserSort::Active => a.user.active <= b.user.active,
                    UserSort::Scopes => engine::scopes::join(&a.user.scopes) <= engine::scopes::join(&b.user.scopes),
                    UserSort::SecondFactor => a.second_factor as u8 <= b.second_factor as u8,
                    UserSort::Sessions => a.active_sessions <= b.active_sessions,
                    UserSort::Lock => lock_ends(a) <= lock_ends(b),
                };
                for pair in found.windows(2) {
                    let (a, b) = if descending { (&pair[1], &pair[0]) } else { (&pair[0], &pair[1]) };
                    assert!(in_order(a, b), "{sort:?} {descending}: {:?}", names(&found));
                }
            }
        }
    }
    assert_eq!(names(&app.engine.users().unwrap()), ["a-b", "alice", "b.b", "Bob", "carol", "dave", "Zoe"]);
}

#[test]
fn users_are_found_by_every_word_in_names_address_and_scopes() {
    let app = App::new();
    let create = |name: &str, display_name: &str, email: &str, scopes: &[&str]| {
        let new =
            engine::users::NewUser { display_name: display_name.into(), email: email.into(), ..new_user(name, scopes) };
        app.engine.create_user(&new).unwrap();
    };
    create("alice", "Alice Archer", "a@example.com", &["items:read", "items:write"]);
    create("bob", "Özgür Baker", "", &["items:read"]);
    create("carol", "", "carol@work.example", &[]);
    let found = |text: &str| {
        let query = UserQuery { text: text.into(), most: 100, ..UserQuery::default() };
        let (page, counts) = app.engine.user_page(&query).unwrap();
        assert_eq!((counts.all, counts.found), (3, page.rows.len() as u64), "{text}");
        names(&page.rows).join(" ")
    };
    for (text, expected) in [
        ("", "alice bob carol"),
        ("  ", "alice bob carol"),
        ("BOB", "bob"),
        ("archer", "alice"),
        ("özgÜR", "bob"),
        ("@work", "carol"),
        ("items:", "alice bob"),
        ("items:w", "alice"),
        ("write alice", "alice"),
        ("bob items:write", ""),
        ("%", ""),
        ("_", ""),
        ("\u{0}'--", ""),
    ] {
        assert_eq!(found(text), expected, "{text:?}");
    }
    assert_eq!(found(&"items ".repeat(40_000)), "alice bob", "a long text is a text like any other");
}

#[test]
fn a_row_tells_the_lock_and_how_many_sessions_can_still_be_used() {
    let app = App::new().with_user("alice").with_user("bob");
    let ended = app.sign_in("alice");
    for _ in 0..3 {
        app.sign_in("alice");
    }
    app.engine.end_session(&ended.sid).unwrap();
    app.try_sign_in("bob", "wrong password").unwrap_err();
    let told = || {
        let users = app.engine.users().unwrap();
        for one in &users {
            assert_eq!(app.engine.user(one.user.username.as_str()).unwrap().as_ref(), Some(one));
        }
        users.iter().map(|one| (one.active_sessions, one.lock.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(told(), [(3, false), (0, true)]);
    app.clock.advance_seconds(90 * 86_400);
    assert_eq!(told(), [(0, false), (0, false)], "they were not refreshed in time, and the lock has ended");
    assert_eq!(app.engine.user("nobody").unwrap(), None);
}

#[test]
fn a_user_who_is_made_meanwhile_is_neither_repeated_nor_makes_another_be_left_out() {
    let app = with_users();
    let query = UserQuery { most: 3, ..UserQuery::default() };
    let (first, _) = app.engine.user_page(&query).unwrap();
    app.create("aaa", &[]).unwrap();
    app.create("zzz", &[]).unwrap();
    let (second, _) = app.engine.user_page(&UserQuery { after: first.next, most: 100, ..query }).unwrap();
    assert_eq!(names(&first.rows), ["a-b", "alice", "b.b"]);
    assert_eq!(names(&second.rows), ["Bob", "carol", "dave", "Zoe", "zzz"]);
}

#[test]
fn events_come_page_by_page_the_newest_first() {
    let app = App::new().with_user("alice").with_user("bob");
    for turn in 0..9 {
        app.sign_in(if turn % 3 == 0 { "bob" } else { "alice" });
    }
    let sid = app.sign_in("bob").sid;
    app.engine.end_session(&sid).unwrap();
    let kid = app.engine.keys().unwrap()[0].kid.clone();
    let ids = |of: EventsOf<'_>, most: u32| -> Vec<i64> {
        walk(|after| app.engine.event_page(of, after.as_ref(), most).unwrap()).iter().map(|event| event.id).collect()
    };
    for (of, at_least) in [
        (EventsOf::All, 15),
        (EventsOf::User("ALICE"), 7),
        (EventsOf::Session(&sid), 2),
        (EventsOf::Key(&kid), 1),
        (EventsOf::Kind(EventKind::SignedIn), 10),
        (EventsOf::Kind(EventKind::PasswordChanged), 0),
    ] {
        let known: Vec<_> = app.engine.events(of, u32::MAX).unwrap().iter().map(|event| event.id).collect();
        assert!(known.len() >= at_least && known.is_sorted_by(|a, b| a > b), "{of:?}: {known:?}");
        for most in [1, 2, 5, LONGEST_PAGE] {
            assert_eq!(ids(of, most), known, "{of:?} {most}");
        }
    }
    let of_kind = app.engine.events(EventsOf::Kind(EventKind::SignedIn), 100).unwrap();
    assert!(of_kind.len() == 10 && of_kind.iter().all(|event| event.kind == "signed_in"), "{of_kind:?}");

    let page = app.engine.event_page(EventsOf::All, None, 5).unwrap();
    let before = ids(EventsOf::All, 100);
    app.sign_in("alice");
    let rest = walk(|after| app.engine.event_page(EventsOf::All, after.or(page.next.clone()).as_ref(), 5).unwrap());
    let read: Vec<_> = page.rows.iter().chain(&rest).map(|event| event.id).collect();
    assert_eq!(read, before, "what happens meanwhile moves nothing");
}

#[test]
fn events_are_found_by_subject_group_and_text_and_exported_as_they_are_listed() {
    let app = App::new().with_user("alice").with_user("bob");
    let (first, second) = (app.sign_in("alice"), app.sign_in("bob"));
    let refreshed = app.engine.refresh(first.refresh_token.as_ref().unwrap(), None).unwrap();
    assert!(app.engine.refresh(first.refresh_token.as_ref().unwrap(), None).is_err(), "a replay");
    assert!(app.engine.sign_in("alice", &Password::new("wrong"), None).is_err());
    app.engine.revoke(&second.access_token).unwrap();
    let kinds = |subject: &EventSubject, group: Option<EventGroup>, text: &str| -> Vec<String> {
        let query = EventQuery { subject: subject.clone(), group, text: text.into(), most: 2, ..EventQuery::default() };
        let (_, counts) = app.engine.event_list(&query).unwrap();
        let found = walk(|after| app.engine.event_list(&EventQuery { after, ..query.clone() }).unwrap().0);
        assert_eq!(found.len() as u64, counts.listed, "{query:?}");
        assert_eq!(counts.all, app.engine.events(EventsOf::All, u32::MAX).unwrap().len() as u64);
        let mut file = Vec::new();
        assert_eq!(app.engine.export_events(&query, &mut file).unwrap(), found.len() as u64);
        let lines: Vec<serde_json::Value> = file
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        assert_eq!(lines, found.iter().map(engine::events::Event::to_json).collect::<Vec<_>>());
        found.into_iter().map(|event| event.kind).collect()
    };
    let of_alice = EventSubject::User("alice".into());
    let of_session = EventSubject::Session(refreshed.sid);
    assert_eq!(kinds(&of_session, None, ""), ["refresh_replayed", "refreshed", "signed_in"]);
    assert_eq!(kinds(&of_session, Some(EventGroup::Refresh), ""), ["refresh_replayed", "refreshed"]);
    assert_eq!(kinds(&of_alice, Some(EventGroup::Refused), ""), ["sign_in_refused", "refresh_replayed"]);
    assert_eq!(kinds(&of_alice, None, "WRONG password"), ["sign_in_refused"]);
    assert_eq!(kinds(&EventSubject::All, Some(EventGroup::Ended), ""), ["token_revoked", "refresh_replayed"]);
    assert_eq!(kinds(&EventSubject::Session(second.sid), None, "revoked"), ["token_revoked"], "it names its session");
    assert_eq!(kinds(&EventSubject::User("nobody".into()), None, ""), [""; 0]);
    assert_eq!(kinds(&EventSubject::All, Some(EventGroup::SignIn), "nothing like it"), [""; 0]);
}

#[test]
fn an_event_says_what_it_came_through_and_on_whose_behalf() {
    let mut app = App::new().with_user("alice");
    app.engine = app.engine.acting_through(Source::Twb).unwrap();
    app.engine.reset_failures("alice").unwrap();
    app.engine = app.engine.acting_through(Source::Window).unwrap();
    app.sign_in("alice");
    let told = |text: &str| {
        let query = EventQuery { text: text.into(), most: 1, ..EventQuery::default() };
        let event = app.engine.event_list(&query).unwrap().0.rows.remove(0).to_json();
        (event["kind"].clone(), event["source"].clone(), event["on_behalf_of"].clone())
    };
    assert_eq!(told("created alice"), ("user_created".into(), ().into(), ().into()), "from an unknown program");
    assert_eq!(told("twb"), ("failures_reset".into(), "twb".into(), ().into()), "an administrator");
    assert_eq!(told("window"), ("signed_in".into(), "window".into(), "alice".into()));

    let listed = |group: Option<EventGroup>, source: Option<&str>| {
        let query = EventQuery { group, source: source.map(str::to_owned), most: 1, ..EventQuery::default() };
        let found = walk(|after| app.engine.event_list(&EventQuery { after, ..query.clone() }).unwrap().0);
        let (_, counts) = app.engine.event_list(&query).unwrap();
        assert_eq!(found.len() as u64, counts.listed, "{query:?}");
        let mut exported = Vec::new();
        assert_eq!(app.engine.export_events(&query, &mut exported).unwrap(), counts.listed);
        (found.into_iter().map(|event| event.kind).collect::<Vec<_>>(), counts)
    };
    let (through_twb, counts) = listed(None, Some("twb"));
    assert_eq!(through_twb, ["failures_reset"]);
    assert_eq!((counts.found, &counts.groups[..]), (1, &[(EventGroup::Users, 1)][..]), "groups are of the source");
    let (unknown, counts) = listed(Some(EventGroup::Users), Some(UNKNOWN_SOURCE));
    assert_eq!(unknown, ["user_created"]);
    assert_eq!(counts.sources, [(UNKNOWN_SOURCE.to_owned(), 1), ("twb".to_owned(), 1)], "sources are of the group");
    assert_eq!(listed(Some(EventGroup::SignIn), Some("window")).0, ["signed_in"]);
    assert_eq!(listed(Some(EventGroup::SignIn), Some("twb")).0, [""; 0]);
    assert_eq!(listed(None, Some("' OR TRUE --")).0, [""; 0]);
}

#[test]
fn more_events_are_told_at_once_than_fit_on_a_page() {
    let app = App::new().with_user("alice");
    for _ in 0..700 {
        app.engine.reset_failures("alice").unwrap();
    }
    assert_eq!(app.engine.event_page(EventsOf::All, None, u32::MAX).unwrap().rows.len(), LONGEST_PAGE as usize);
    assert_eq!(app.engine.events(EventsOf::User("alice"), 600).unwrap().len(), 600);
    assert_eq!(app.engine.events(EventsOf::Kind(EventKind::FailuresReset), 9_999).unwrap().len(), 700);
    assert_eq!(app.engine.events(EventsOf::All, 0).unwrap(), []);
}

#[test]
fn keys_are_listed_by_purpose_with_what_they_signed() {
    let app = App::new().with_user("alice");
    app.sign_in("alice");
    for _ in 0..3 {
        app.clock.advance_seconds(3600);
        app.engine.rotate_key(Purpose::Access, None).unwrap();
    }
    let signed_in = app.sign_in("alice");
    app.engine.refresh(&signed_in.refresh_token.unwrap(), None).unwrap();
    let query = |after, most| KeyQuery { after, most };
    let found = walk(|after| app.engine.key_page(&query(after, 2)).unwrap().0);
    let (at_once, all) = app.engine.key_page(&query(None, u32::MAX)).unwrap();
    assert_eq!((found.len() as u64, &found), (all, &at_once.rows));
    let purposes: Vec<_> = found.iter().map(|key| key.info.purpose.as_str()).collect();
    assert_eq!(purposes, ["access", "access", "access", "access", "refresh", "mfa"]);
    let access = &found[..4];
    assert!(access.is_sorted_by(|a, b| a.info.created_at > b.info.created_at), "the newest first: {found:?}");
    assert_eq!(access.iter().map(|key| key.signed).collect::<Vec<_>>(), [2, 0, 0, 1]);
    assert_eq!(found[4].signed, 3, "refresh tokens");
    assert_eq!(access[0].last_signed_at, Some(app.engine.now().unwrap()));
    assert_eq!(access[1].last_signed_at, None);
    let base = access[3].name.clone();
    assert!(base.starts_with("access-20"), "{base}");
    let names: Vec<_> = access.iter().rev().map(|key| key.name.clone()).collect();
    assert_eq!(names, [base.clone(), format!("{base}-2"), format!("{base}-3"), format!("{base}-4")]);
    assert!(access[0].verifies_until.is_none() && access[3].verifies_until.is_some());
}

#[test]
fn a_retired_key_is_told_by_its_living_tokens_and_can_be_deleted() {
    let app = App::new().with_user("alice");
    app.sign_in("alice");
    let ended = app.sign_in("alice");
    app.engine.end_session(&ended.sid).unwrap();
    let kid = app.engine.key_page(&KeyQuery { after: None, most: 1 }).unwrap().0.rows[0].info.kid.clone();
    let living = |kid: &str| app.engine.key(kid).unwrap().unwrap().1;
    assert_eq!(living(&kid), Some(1), "the token of the ended session is refused already");
    assert_eq!(app.engine.delete_key(&kid), Err(DeleteError::InUse(kid.clone(), KeyState::Active)));
    app.clock.advance_seconds(1);
    let next = app.engine.rotate_key(Purpose::Access, None).unwrap().kid;
    assert_eq!((living(&kid), living(&next)), (Some(1), Some(0)));
    app.engine.retire_key(&kid).unwrap();
    assert_eq!(living(&kid), Some(0));

    app.engine.rename_key(&next, " for the demo ").unwrap();
    assert_eq!(app.engine.key(&next).unwrap().unwrap().0.name, "for the demo");
    for wrong in ["", "  ", "a\u{202e}b", &"x".repeat(41)] {
        assert_eq!(app.engine.rename_key(&next, wrong), Err(NameError::Name), "{wrong:?}");
    }
    assert_eq!(app.engine.rename_key("nobody", "x"), Err(NameError::NotFound("nobody".into())));

    app.engine.delete_key(&kid).unwrap();
    assert_eq!(app.engine.key(&kid).unwrap(), None);
    assert_eq!(app.engine.delete_key(&kid), Err(DeleteError::NotFound(kid)));
}
