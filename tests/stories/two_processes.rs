//! The window and `twb` on one profile at the same time.

use std::thread;
use workbench_tests::app::App;

#[test]
fn each_sees_what_the_other_does() {
    let window = App::new();
    let twb = window.another_process();
    let before = window.engine.version().unwrap();
    twb.create("alice", &["items:read"]).unwrap();
    assert_ne!(window.engine.version().unwrap(), before, "the window notices");
    assert_eq!(window.engine.users().unwrap(), twb.engine.users().unwrap());
    window.engine.set_user_active("alice", false).unwrap();
    assert!(!twb.engine.users().unwrap()[0].user.active);
}

#[test]
fn writing_at_once_loses_nothing() {
    let window = App::new();
    let twb = window.another_process();
    thread::scope(|scope| {
        for (app, name) in [(&window, "window"), (&twb, "twb")] {
            scope.spawn(move || {
                for n in 0..40 {
                    app.create(&format!("{name}-{n}"), &["items:read"]).unwrap();
                }
            });
        }
    });
    assert_eq!(window.engine.users().unwrap().len(), 80);
}
