//! Build script: lets Tauri embed the page.

fn main() {
    tauri_build::build();
}
