//! An empty window: what any Tauri program of these versions costs before it does anything.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
