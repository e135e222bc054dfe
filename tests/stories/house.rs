//! The dependency rules of ARCHITECTURE.md that neither Cargo nor a lint enforces.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
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

/// TAU-04: unnamed directives fall back to 'none', except four that have no fallback.
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

/// The names after `crate::` in a module's source, without comments and tests.
fn named(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let word = |text: &str| text.split(|sign: char| !sign.is_alphanumeric() && sign != '_').next().unwrap().to_owned();
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            names.push(word(rest));
            continue;
        };
        // `crate::{one, two::{three, four}}` names one and two.
        let mut depth = 0;
        let mut first = true;
        for (at, sign) in list.char_indices() {
            match sign {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => first = true,
                _ if first && !sign.is_whitespace() => {
                    names.push(word(&list[at..]));
                    first = false;
                }
                _ => {}
            }
        }
    }
    names
}

/// Which top-level modules of a crate use which others. A name re-exported by the root counts as its module.
fn modules(source: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let root =
        fs::read_to_string(source.join("lib.rs")).or_else(|_| fs::read_to_string(source.join("main.rs"))).unwrap();
    let mut home = BTreeMap::new();
    for export in root.split("pub use ").skip(1) {
        let (module, names) = export.split(';').next().unwrap().split_once("::").unwrap();
        for name in names.split([',', '{', '}']) {
            home.insert(name.trim().to_owned(), module.to_owned());
        }
    }
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in sources(source) {
        let path = file.strip_prefix(source).unwrap().with_extension("");
        let parts: Vec<_> = path.iter().map(|part| part.to_str().unwrap()).collect();
        if ["lib", "main", "testing"].contains(&parts[0]) || parts.contains(&"tests") {
            continue;
        }
        let used = uses.entry(parts[0].to_owned()).or_default();
        used.extend(named(&fs::read_to_string(&file).unwrap()));
    }
    let known: BTreeSet<String> = uses.keys().cloned().collect();
    for (module, used) in &mut uses {
        // A function may share its module's name: `crate::visible`.
        let found = used.iter().filter_map(|name| known.get(name).or_else(|| home.get(name)));
        *used = found.filter(|name| *name != module).cloned().collect();
    }
    uses
}

/// The cycles: what is left after repeatedly removing modules that use none of the others left.
fn circles(mut uses: BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    loop {
        let left: BTreeSet<String> = uses.keys().cloned().collect();
        let before = uses.len();
        uses.retain(|_, used| used.iter().any(|name| left.contains(name)));
        if uses.len() == before {
            return uses;
        }
    }
}

#[test]
fn no_arrow_between_the_modules_of_a_crate_runs_back_up() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/crates");
    let examples = [
        ("jose", "check", "parse"),
        ("inspect", "explain", "findings"),
        ("engine", "refresh", "store"),
        ("issuer", "guard", "answer"),
        ("cli", "clock", "print"),
    ];
    for (name, above, below) in examples {
        let uses = modules(&crates.join(name).join("src"));
        assert!(uses[above].contains(below), "{name}: {uses:?}");
        assert_eq!(circles(uses), BTreeMap::new(), "{name} has a circle of modules");
    }
}

#[test]
fn a_circle_is_found() {
    let uses = |text: &str| named(text).into_iter().collect::<BTreeSet<_>>();
    let one = uses("use crate::{three::{two, Two}, visible, four};\n// crate::five\nlet x = crate::two::Two;");
    assert_eq!(one, ["four", "three", "two", "visible"].map(str::to_owned).into());
    let all = [("one", one), ("two", uses("use crate::one;")), ("three", BTreeSet::new())];
    let all: BTreeMap<_, _> = all.into_iter().map(|(name, used)| (name.to_owned(), used)).collect();
    assert_eq!(circles(all).into_keys().collect::<Vec<_>>(), ["one", "two"]);
}

/// A guard links no findings and no button text.
#[test]
fn the_engine_links_no_report() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    cargo.args(["tree", "--locked", "--offline", "-p", "engine", "--edges", "normal", "--prefix", "none"]);
    let said = cargo.output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let linked = String::from_utf8(said.stdout).unwrap();
    assert!(linked.lines().any(|line| line.starts_with("jose ")), "{linked}");
    assert!(!linked.lines().any(|line| line.starts_with("inspect ")), "the engine hands out evidence, not reports");
}
