//! Importing users from a file: what is shown is what happens, all of it or nothing.

use engine::{
    passwords::HashError,
    users::{
        HashFound, ImportField, ImportOptions, ImportPlan, ImportTable, Imported, LineAction, LineProblem, UserError,
        UserImportError,
    },
};
use workbench_tests::app::App;

fn hash(password: &str) -> String {
    bcrypt::hash(password, 4).unwrap()
}

fn options(table: &ImportTable) -> ImportOptions {
    ImportOptions { fields: table.guess(), update_scopes: true }
}

/// The plan, a word for each line.
fn words(plan: &ImportPlan) -> Vec<String> {
    let word = |action: &LineAction| match action {
        LineAction::Create(_) => "create".to_owned(),
        LineAction::Update { added, removed, .. } => format!("update +{added:?} -{removed:?}").replace("Scope", ""),
        LineAction::Leave(_) => "leave".to_owned(),
        LineAction::Refuse(_) => "refuse".to_owned(),
    };
    plan.lines.iter().map(|line| format!("{} {} {}", line.line, line.username, word(&line.action))).collect()
}

#[test]
fn a_file_does_what_its_plan_says_and_every_refusal_is_named() {
    let app = App::new().with_user("alice").with_user("bob");
    let file = format!(
        "login,full_name,mail,pw,roles,department\n\
         heidi,Heidi,heidi@example.com,{},items:read;items:write,sales\n\
         ALICE,Other,other@example.com,{},items:read,\n\
         bob,,,,\"items:read items:write\",\n\
         mallory,,,$2x$05$abcdefghijklmnopqrstuu,,\n\
         ol ivia,,,,,\n\
         peggy,,,,,\n\
         sybil,,,,orders:all,\n\
         heidi,,,,,\n\
         trent,,,hunter2,,\n\
         short,line\n",
        hash("from elsewhere"),
        hash("another"),
    );
    let table = ImportTable::read(&file).unwrap();
    assert_eq!(table.guess()[..2], [Some(ImportField::Username), Some(ImportField::DisplayName)]);
    assert_eq!(table.guess()[5], None);
    let plan = app.engine.plan_import(&table, &options(&table)).unwrap();
    assert_eq!(
        words(&plan),
        [
            "2 heidi create",
            "3 ALICE update +[] -[(\"items:write\")]",
            "4 bob leave",
            "5 mallory refuse",
            "6 ol ivia refuse",
            "7 peggy create",
            "8 sybil refuse",
            "9 heidi refuse",
            "10 trent refuse",
            "11  refuse",
        ]
    );
    let why = |at: usize| match &plan.lines[at].action {
        LineAction::Refuse(problem) => problem.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(why(3), LineProblem::User(UserError::Hash(HashError::BuggyBcrypt)));
    assert!(matches!(why(4), LineProblem::User(UserError::Username(_))));
    assert!(matches!(why(6), LineProblem::User(UserError::Scope(_))));
    assert_eq!(why(7), LineProblem::Twice { line: 2 });
    assert_eq!(why(8), LineProblem::User(UserError::Hash(HashError::Unreadable)));
    assert!(matches!(why(9), LineProblem::Row(_)));
    assert!(matches!(plan.lines[0].found, HashFound::Hash(found) if found.scheme == "bcrypt" && found.outdated));
    assert_eq!((plan.lines[1].found, plan.lines[5].found), (HashFound::Kept, HashFound::Nothing));
    assert!(plan.lines[0].hash.starts_with("$2b$04$") && plan.lines[0].hash.chars().count() == 13);
    assert!(!format!("{plan:?}").contains("hunter2"), "what may be a password is not shown");
    assert_eq!(app.engine.users().unwrap().len(), 2, "a plan saves nothing");
    assert_eq!(
        plan.report().lines().collect::<Vec<_>>(),
        [
            "line,username,what_happens,scopes,added,removed,password,reason",
            "2,heidi,create,items:read items:write,,,\"bcrypt, cost 4, upgraded at sign-in\",",
            "3,ALICE,update scopes,items:read,,items:write,kept,",
            "4,bob,leave alone,items:read items:write,,,kept,",
            "5,mallory,refused,,,,not usable,\"$2x$ marks hashes of a version with a bug (CVE-2011-2483), which many \
             passwords may match\"",
            "6,ol ivia,refused,,,,not looked at,\"The username has \"\" \"\" where a letter, a digit or one of . _ - @ + is \
             expected\"",
            "7,peggy,create,,,,\"none, cannot sign in\",",
            "8,sybil,refused,,,,not looked at,\"The scope \"\"orders:all\"\" is not in the catalog\"",
            "9,heidi,refused,,,,not looked at,Line 2 has the same username",
            "10,trent,refused,,,,not usable,This is not a password hash of a known format",
            "11,,refused,,,,not looked at,\"The line has 2 fields, the header 6\"",
        ]
    );

    let done = app.engine.import_users(&table, &options(&table), &plan.fingerprint).unwrap();
    assert_eq!(done, Imported { created: 2, updated: 1 });
    let heidi = app.engine.user("heidi").unwrap().unwrap().user;
    assert_eq!(
        (heidi.display_name.as_str(), engine::scopes::join(&heidi.scopes).as_str()),
        ("Heidi", "items:read items:write")
    );
    app.try_sign_in("heidi", "from elsewhere").expect("the imported hash is hers");
    let alice = app.engine.user("alice").unwrap().unwrap().user;
    assert_eq!((alice.display_name.as_str(), engine::scopes::join(&alice.scopes).as_str()), ("", "items:read"));
    app.sign_in("alice");
    assert!(app.try_sign_in("peggy", "").is_err() && app.engine.user("peggy").unwrap().is_some());
    let exported = app.engine.export_users().unwrap();
    assert!(exported.starts_with("username,display_name,email,scopes,active\nalice,,,items:read,yes\n"), "{exported}");
    assert!(!exported.contains("$2"), "{exported}");
    let again = ImportTable::read(&exported).unwrap();
    let plan = app.engine.plan_import(&again, &options(&again)).unwrap();
    assert!(words(&plan).iter().all(|line| line.ends_with("leave")), "{:?}", words(&plan));
    assert_eq!(app.engine.import_users(&again, &options(&again), &plan.fingerprint), Err(UserImportError::Nothing));
}

#[test]
fn what_changed_after_the_plan_stops_the_import_whole() {
    let app = App::new();
    let table = ImportTable::read("login,roles\nheidi,items:read\nivan,items:write\n").unwrap();
    let plan = app.engine.plan_import(&table, &options(&table)).unwrap();
    let other = app.another_process();
    other.create("ivan", &[]).unwrap();
    assert_eq!(app.engine.import_users(&table, &options(&table), &plan.fingerprint), Err(UserImportError::Changed));
    assert_eq!(app.engine.users().unwrap().len(), 1, "nothing of it was saved");

    let plan = app.engine.plan_import(&table, &options(&table)).unwrap();
    other.engine.delete_scope("items:read").unwrap();
    assert_eq!(app.engine.import_users(&table, &options(&table), &plan.fingerprint), Err(UserImportError::Changed));
    let leave = ImportOptions { update_scopes: false, ..options(&table) };
    let plan = app.engine.plan_import(&table, &leave).unwrap();
    assert_eq!(words(&plan), ["2 heidi refuse", "3 ivan leave"]);
}

#[test]
fn passwords_in_clear_text_are_taken_only_when_chosen() {
    let app = App::new();
    let table = ImportTable::read("user,password\nheidi,four unrelated words\nivan,short\n").unwrap();
    let plan = app.engine.plan_import(&table, &options(&table)).unwrap();
    assert_eq!(words(&plan), ["2 heidi refuse", "3 ivan refuse"]);
    let chosen =
        ImportOptions { fields: vec![Some(ImportField::Username), Some(ImportField::Password)], update_scopes: true };
    let plan = app.engine.plan_import(&table, &chosen).unwrap();
    assert_eq!(words(&plan), ["2 heidi create", "3 ivan refuse"]);
    assert_eq!(plan.lines[0].found, HashFound::Clear);
    app.engine.import_users(&table, &chosen, &plan.fingerprint).unwrap();
    app.try_sign_in("heidi", "four unrelated words").unwrap();

    let nobody = ImportOptions { fields: vec![None, None], update_scopes: true };
    assert_eq!(app.engine.plan_import(&table, &nobody), Err(UserImportError::Fields));
    let twice = ImportOptions { fields: vec![Some(ImportField::Username); 2], update_scopes: true };
    assert_eq!(app.engine.plan_import(&table, &twice), Err(UserImportError::Fields));
}

#[test]
fn an_exported_name_is_no_formula() {
    let app = App::new();
    let mut new = workbench_tests::app::new_user("eve", &[]);
    new.display_name = "=HYPERLINK(\"http://evil.example\")".into();
    app.engine.create_user(&new).unwrap();
    assert!(app.engine.export_users().unwrap().contains("\"'=HYPERLINK"));
}
