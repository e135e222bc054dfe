//! Who may name what: the arrows of ARCHITECTURE.md that neither Cargo nor a lint enforces.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(sources(&path)),
            false => found.extend(path.extension().is_some_and(|end| end == "rs").then_some(path)),
        }
    }
    found
}

#[test]
fn only_the_store_names_its_database() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/crates/engine/src");
    let naming: Vec<_> = sources(&engine)
        .into_iter()
        .filter(|file| !file.strip_prefix(&engine).unwrap().starts_with("store"))
        .filter(|file| fs::read_to_string(file).unwrap().contains("rusqlite"))
        .collect();
    assert!(naming.is_empty(), "SQL and its library stay in engine/src/store: {naming:?}");
}

/// TAU-04: what is not named falls back to nothing, but for four directives that have no fallback.
#[test]
fn the_page_may_load_its_own_files_and_nothing_else() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tauri.conf.json");
    let config: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let security = &config["app"]["security"];
    assert_eq!(
        security["csp"],
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src \
         ipc: http://ipc.localhost; object-src 'none'; base-uri 'none'; form-action 'none'; frame-src 'none'; \
         frame-ancestors 'none'"
    );
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(config["app"]["windows"][0]["dragDropEnabled"], false, "a dropped file is the page's to read");
}
