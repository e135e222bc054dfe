//! Build script: lets Tauri embed the page, and gives every command its own permission.

use std::{env, fs, path::PathBuf};

const TABLE: &str = include_str!("src/commands/table.rs");

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/src/commands/table.rs");
    let is_done = granted().and_then(|capabilities| {
        let attributes = tauri_build::Attributes::new()
            .capabilities_path_pattern(capabilities.leak())
            .app_manifest(tauri_build::AppManifest::new().commands(commands().leak()));
        tauri_build::try_build(attributes).map_err(|error| format!("{error:#}"))
    });
    if let Err(error) = is_done {
        println!("cargo:warning={error}");
        std::process::exit(1);
    }
}

/// The names of the commands: the text between `::` and `:` in each line of the table.
fn commands() -> Vec<&'static str> {
    let name = |line: &'static str| Some(line.trim().split_once("::")?.1.split_once(':')?.0);
    TABLE.lines().filter(|line| !line.starts_with("//")).filter_map(name).collect()
}

/// Writes the capability of the only window (the app's commands, and listening to events) and returns its path pattern.
fn granted() -> Result<String, String> {
    let events = ["core:event:allow-listen", "core:event:allow-unlisten"].map(str::to_owned);
    let allowed = commands().into_iter().map(|name| format!("allow-{}", name.replace('_', "-")));
    let permissions: Vec<_> = events.into_iter().chain(allowed).map(|name| format!("\"{name}\"")).collect();
    let capability =
        format!(r#"{{"identifier": "main", "windows": ["main"], "permissions": [{}]}}"#, permissions.join(", "));
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo names no folder to write to")?).join("granted");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(folder.join("main.json"), capability))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(format!("{}/*.json", folder.display()))
}
