//! The scope catalog.

use engine::scopes::ScopeError;
use jose::Policy;
use workbench_tests::app::App;

#[test]
fn a_scope_says_where_it_is_used_and_keeps_its_holders_under_a_new_name() {
    let app = App::new().with_user("alice").with_user("bob");
    app.engine.save_scope(None, "orders:all", " Everything about orders ").unwrap();
    app.engine.set_user_scopes("alice", &["orders:all".into(), "items:read".into()]).unwrap();
    let any = app.engine.policies().unwrap().remove(0).policy;
    let policy = Policy { name: "Orders".into(), own_tokens: false, required_scopes: vec!["orders:all".into()], ..any };
    app.engine.save_policy(&policy).unwrap();
    let uses = app.engine.scope_uses().unwrap();
    let names: Vec<_> = uses.iter().map(|one| one.entry.name.as_str()).collect();
    assert_eq!(names, ["items:read", "items:write", "users:admin", "orders:all"]);
    let (read, orders) = (&uses[0], &uses[3]);
    assert_eq!((read.holders, read.first_holders.join(" ").as_str()), (2, "alice bob"));
    assert_eq!(orders.entry.description, "Everything about orders");
    assert_eq!((orders.holders, orders.policies.join(" ").as_str()), (1, "Orders"));

    app.engine.save_scope(Some("orders:all"), "orders:any", "Orders").unwrap();
    let alice = app.engine.user("alice").unwrap().unwrap().user;
    assert_eq!(engine::scopes::join(&alice.scopes), "items:read orders:any");
    assert_eq!(app.engine.scope_uses().unwrap()[3].policies, Vec::<String>::new());
    assert_eq!(app.engine.delete_scope("orders:any"), Ok(1));
    let alice = app.engine.user("alice").unwrap().unwrap().user;
    assert_eq!(engine::scopes::join(&alice.scopes), "items:read");
}

#[test]
fn a_scope_that_no_token_could_carry_is_refused() {
    let app = App::new();
    let save = |name: &str, description: &str| app.engine.save_scope(None, name, description);
    assert_eq!(save(" ", ""), Err(ScopeError::NameEmpty));
    assert_eq!(save("two words", ""), Err(ScopeError::NameCharacter(' ')));
    assert_eq!(save("quo\"te", ""), Err(ScopeError::NameCharacter('"')));
    assert_eq!(save("back\\slash", ""), Err(ScopeError::NameCharacter('\\')));
    assert_eq!(save("größe", ""), Err(ScopeError::NameCharacter('ö')));
    assert_eq!(save(&"x".repeat(65), ""), Err(ScopeError::NameTooLong));
    assert_eq!(save("x", &"x".repeat(101)), Err(ScopeError::DescriptionTooLong));
    assert_eq!(save("x", "a\u{202E}b"), Err(ScopeError::DescriptionCharacter('\u{202E}')));
    assert_eq!(save("items:read", ""), Err(ScopeError::Taken("items:read".into())));
    assert_eq!(app.engine.save_scope(Some("x"), "y", ""), Err(ScopeError::NotFound("x".into())));
    assert_eq!(
        app.engine.save_scope(Some("items:read"), "items:write", ""),
        Err(ScopeError::Taken("items:write".into()))
    );
    assert_eq!(app.engine.delete_scope("x"), Err(ScopeError::NotFound("x".into())));
    assert_eq!(app.engine.scope_catalog().unwrap().len(), 3);
}
