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
