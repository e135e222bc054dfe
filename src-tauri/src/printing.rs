//! Printing the page, in the system's dialog. The page's style sheet says what of it goes on paper.

use crate::{error::WireError, window};
use tauri::AppHandle;

/// Shows the print dialog. Returns whether the user printed.
///
/// # Errors
/// An internal error if there is no window to print.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) async fn print(app: &AppHandle) -> Result<bool, WireError> {
    use webkit2gtk::{PrintOperation, PrintOperationExt, PrintOperationResponse};
    let (answer, mut answered) = tauri::async_runtime::channel(1);
    let parent = app.clone();
    let show = move |view: tauri::webview::PlatformWebview| {
        let operation = PrintOperation::new(&view.inner());
        let response = operation.run_dialog(window::gtk_window(&parent).as_ref());
        // The receiver is gone if the window is closing.
        let _ = answer.try_send(response == PrintOperationResponse::Print);
    };
    let failed = |error: tauri::Error| WireError::internal(error.to_string());
    window::main(app).ok_or_else(no_window)?.with_webview(show).map_err(failed)?;
    answered.recv().await.ok_or_else(no_window)
}

/// Shows the print dialog. These systems do not tell whether the user printed.
///
/// # Errors
/// An internal error if there is no window to print.
#[cfg(any(windows, target_os = "macos"))]
#[expect(clippy::unused_async, reason = "Linux waits for the dialog's answer")]
pub(crate) async fn print(app: &AppHandle) -> Result<bool, WireError> {
    let failed = |error: tauri::Error| WireError::internal(error.to_string());
    window::main(app).ok_or_else(no_window)?.print().map_err(failed)?;
    Ok(true)
}

fn no_window() -> WireError {
    WireError::internal("there is no window to print")
}
