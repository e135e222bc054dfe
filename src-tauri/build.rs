//! Build script: lets Tauri embed the page, and gives every command of the app its own permission.

fn main() {
    let commands = include_str!("src/commands/names.txt").lines().filter(|l| !l.is_empty()).collect::<Vec<_>>();
    println!("cargo:rerun-if-changed=src-tauri/src/commands/names.txt");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(commands.leak()));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
