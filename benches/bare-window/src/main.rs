//! An empty window: the cost of any Tauri program of these versions before it does anything.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
