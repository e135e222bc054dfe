//! Tests of the window's contract: the generated TypeScript, the permissions and the security settings.

use crate::{
    commands::{NAMES, rule},
    gesture::Rule,
};
use engine::{
    handover,
    keys::LONGEST_KID,
    passwords::HASH_COSTS,
    totp::{LARGEST_PICTURE, LONGEST_PICTURE_SIDE},
    users::{LARGEST_IMPORT, MOST_IMPORT_COLUMNS, MOST_IMPORTED},
};
use jose::key::LONGEST_PUBLIC_SET;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

const BINDINGS: &str = "ui/src/api/bindings.gen.ts";
const LIMITS: &str = "ui/src/api/limits.gen.ts";

/// Set `UPDATE_BINDINGS` (or run `make bindings`) to write the file instead of comparing it.
#[test]
fn bindings_are_what_the_commands_declare() {
    let written = tempfile_path("bindings.ts");
    crate::commands::builder().export(specta_typescript::Typescript::default(), &written).unwrap();
    let declared = fs::read_to_string(&written).unwrap();
    fs::remove_file(&written).unwrap();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        fs::write(BINDINGS, &declared).unwrap();
    }
    let committed = fs::read_to_string(BINDINGS).unwrap_or_default();
    assert!(committed == declared, "{BINDINGS} is not what the commands declare: run `make bindings` and commit it");
}

/// The limits that the page states or checks before it reads a file.
#[test]
fn bindings_of_limits_are_the_programs() {
    let limits = [
        ("IMPORT_BYTES", LARGEST_IMPORT as u64),
        ("IMPORT_USERS", MOST_IMPORTED as u64),
        ("IMPORT_COLUMNS", MOST_IMPORT_COLUMNS as u64),
        ("PICTURE_BYTES", LARGEST_PICTURE as u64),
        ("PICTURE_SIDE", LONGEST_PICTURE_SIDE.into()),
        ("KEY_FILE_BYTES", LONGEST_PUBLIC_SET as u64),
        ("TEXT_FILE_BYTES", handover::LONGEST),
        ("KID_BYTES", LONGEST_KID as u64),
        ("LOWEST_HASH_COST", (*HASH_COSTS.start()).into()),
        ("HIGHEST_HASH_COST", (*HASH_COSTS.end()).into()),
    ];
    let lines = limits.map(|(name, limit)| format!("export const {name} = {limit};\n"));
    let declared = format!("// The program's limits, written by `make bindings`.\n{}", lines.concat());
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        fs::write(LIMITS, &declared).unwrap();
    }
    let committed = fs::read_to_string(LIMITS).unwrap_or_default();
    assert!(committed == declared, "{LIMITS} is not what the program declares: run `make bindings` and commit it");
}

#[test]
fn the_window_may_call_exactly_the_commands_there_are() {
    let bindings = fs::read_to_string(BINDINGS).unwrap();
    let called: BTreeSet<String> = bindings
        .split("__TAURI_INVOKE")
        .skip(1)
        .filter_map(|rest| rest.split('(').nth(1)?.split('"').nth(1).map(str::to_owned))
        .collect();
    let named: BTreeSet<String> = NAMES.iter().map(ToString::to_string).collect();
    assert_eq!(called, named, "the page's own file has the commands there are");

    // What the build generated from the table, as Tauri reads it.
    let capability = json(&format!("{}/granted/main.json", env!("OUT_DIR")));
    let granted: BTreeSet<String> = strings(&capability["permissions"]).into_iter().collect();
    let wanted: BTreeSet<String> = named
        .iter()
        .map(|name| format!("allow-{}", name.replace('_', "-")))
        .chain(["core:event:allow-listen".into(), "core:event:allow-unlisten".into()])
        .collect();
    assert_eq!(granted, wanted, "a new permission needs a reason and a change here");
    assert_eq!(strings(&capability["windows"]), ["main"]);
    assert!(capability.get("remote").is_none(), "no page from elsewhere may call a command");
    assert_eq!(strings(&json("tauri.conf.json")["app"]["security"]["capabilities"]), ["main"], "no other capability");
    assert!(!std::path::Path::new("src-tauri/capabilities").exists(), "none is written by hand");
}

/// Each new command must document what a script in the page could do with it.
#[test]
fn the_documentation_lists_every_command_that_the_page_can_call() {
    let security = fs::read_to_string("docs/security.md").unwrap();
    let section = security.split("## What the page can call").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let needs: BTreeMap<&str, &str> = rows
        .flat_map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
            cells[0].split('`').skip(1).step_by(2).map(move |command| (command, cells[2].trim()))
        })
        .collect();
    for command in NAMES {
        let needs = needs.get(command).unwrap_or_else(|| panic!("{command} is not in docs/security.md"));
        let is_true = match rule(command) {
            Some(Rule::Free) => *needs == "nothing",
            Some(Rule::Gesture(_)) => needs.starts_with("a gesture, one for each"),
            Some(Rule::Depends) => needs.contains("a gesture") && needs.contains("nothing"),
            None => false,
        };
        assert!(is_true, "{command} needs something else than docs/security.md says: {needs}");
    }
    assert_eq!(needs.len(), NAMES.len(), "no command that is not there");
}

#[test]
fn the_page_may_run_its_own_scripts_and_reach_nothing() {
    let config = json("tauri.conf.json");
    let security = &config["app"]["security"];
    let csp = security["csp"].as_str().unwrap();
    for forbidden in ["unsafe-eval", "unsafe-inline", "http:", "https:", "ws:", "*"] {
        let allowed = csp.replace("http://ipc.localhost", "");
        assert!(!allowed.contains(forbidden), "{forbidden} in the CSP");
    }
    assert!(csp.starts_with("default-src 'none'"));
    assert_eq!(security["freezePrototype"], true);
    assert!(security.get("dangerousDisableAssetCspModification").is_none());
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert!(config["build"].get("devUrl").is_none(), "only `make dev` names a server to load the page from");
}

fn json(file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

fn tempfile_path(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("token-workbench-{}-{name}", std::process::id()))
}
