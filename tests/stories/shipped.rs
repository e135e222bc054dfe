//! The tested program is the shipped program: tests enable no additional features.

#![cfg(target_os = "linux")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

/// Each package with its version, and the feature sets that it is built with.
type Features = BTreeMap<String, BTreeSet<String>>;

fn features(arguments: &[&str]) -> Features {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    command.args(["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p} [{f}]"]).args(arguments);
    let said = command.output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let mut features = Features::new();
    for line in String::from_utf8(said.stdout).unwrap().lines().filter(|line| !line.is_empty()) {
        // "serde v1.0.2 (proc-macro) [alloc,std] (*)"
        let mut words = line.split_whitespace();
        let package = [words.next().unwrap(), words.next().unwrap()].join(" ");
        let set = line.split_once('[').and_then(|(_, rest)| rest.split_once(']')).unwrap().0;
        features.entry(package).or_default().insert(set.to_owned());
    }
    features
}

#[test]
fn no_test_turns_a_feature_on_in_what_users_get() {
    let shipped = features(&["-p", "token-workbench", "-p", "cli", "--edges", "normal"]);
    let tested = features(&["--workspace", "--edges", "normal,dev"]);
    assert!(shipped.len() > 300, "{}", shipped.len());
    // Packages may also be built differently for the build scripts of test-only dependencies.
    let differing: Vec<_> = shipped.iter().filter(|(package, shipped)| !shipped.is_subset(&tested[*package])).collect();
    assert_eq!(differing, [], "declare these features in the program's own Cargo.toml");
}
