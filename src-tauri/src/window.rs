//! The only window: how it opens, what it may load, and which of its properties are remembered.

use crate::appearance::Look;
use std::path::Path;
use tauri::{AppHandle, Manager, Runtime, Url, WebviewWindowBuilder, plugin::TauriPlugin, webview::NewWindowResponse};
use tauri_plugin_window_state::StateFlags;

/// The window's label in `tauri.conf.json` and in the capability.
const MAIN: &str = "main";

/// The size of the text that needs no setting, in percent.
const USUAL: u32 = 100;

/// Opens the window as `tauri.conf.json` describes it. It can show only this program's own page. With a `temporary`
/// folder, the web view keeps nothing.
pub(crate) fn open(app: &AppHandle, temporary: Option<&Path>) -> tauri::Result<()> {
    let config = app.config().app.windows.iter().find(|window| window.label == MAIN).cloned().unwrap_or_default();
    let look = app.state::<Look>();
    let mut builder = WebviewWindowBuilder::from_config(app, &config)?
        .initialization_script(look.script())
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    // WebKit connects to the target of a link before it asks whether the link may be followed. The page needs no
    // connections, so set a proxy that nothing can listen on. Vite's server is still reachable.
    #[cfg(all(unix, not(target_os = "macos"), not(dev)))]
    if let Ok(nobody) = "http://127.0.0.1:0".parse() {
        builder = builder.proxy_url(nobody);
    }
    if let Some(folder) = temporary {
        builder = builder.incognito(true).data_directory(folder.into());
    }
    let window = builder.build()?;
    #[cfg(all(unix, not(target_os = "macos")))]
    {
        let app = app.clone();
        window.with_webview(move |view| {
            configure(&view);
            crate::gesture::watch(&view, app);
        })?;
    }
    let size = look.shown().appearance.text_size;
    if size == USUAL { Ok(()) } else { set_text_size(app, size) }
}

/// A page of text gains nothing from the graphics driver. Without it the window starts sooner, needs less memory and
/// does not stay blank where driver and WebKitGTK disagree.
///
/// Zooming enlarges the text only: the columns keep their widths, so the layout fits at every size.
#[cfg(all(unix, not(target_os = "macos")))]
fn configure(view: &tauri::webview::PlatformWebview) {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
    if let Some(settings) = view.inner().settings() {
        settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        settings.set_zoom_text_only(true);
    }
}

/// Shows the text at this percentage of its usual size, from half to twice of it.
pub(crate) fn set_text_size(app: &AppHandle, percent: u32) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(MAIN) else { return Ok(()) };
    window.set_zoom(f64::from(percent.clamp(50, 200)) / 100.0)
}

/// The window, as a parent for dialogs.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn gtk_window(app: &AppHandle) -> Option<gtk::ApplicationWindow> {
    app.get_webview_window(MAIN)?.gtk_window().ok()
}

/// The window, as a parent for dialogs and for printing.
pub(crate) fn main(app: &AppHandle) -> Option<tauri::WebviewWindow> {
    app.get_webview_window(MAIN)
}

/// Brings the window to the front.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    for done in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window did not come to the front");
        }
    }
}

/// Remembers the size only: Wayland does not tell programs where their windows are.
pub(crate) fn remembers_its_size<R: Runtime>() -> TauriPlugin<R> {
    tauri_plugin_window_state::Builder::new().with_state_flags(StateFlags::SIZE | StateFlags::MAXIMIZED).build()
}

/// `tauri://localhost` on Linux and macOS, `http://tauri.localhost` on Windows, Vite's server under `make dev`.
fn is_own_page(url: &Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("tauri", Some("localhost")) => true,
        ("http" | "https", Some("tauri.localhost")) => cfg!(windows),
        ("http", Some("localhost")) => cfg!(dev) && url.port() == Some(5173),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_but_our_own_is_ever_loaded() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        assert!(is_own_page(&url("tauri://localhost/index.html")) || cfg!(windows));
        for foreign in [
            "https://example.com",
            "http://localhost:8787/",
            "tauri://evil.example",
            "http://tauri.localhost.evil.example",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
        ] {
            assert!(!is_own_page(&url(foreign)), "{foreign}");
        }
    }
}
