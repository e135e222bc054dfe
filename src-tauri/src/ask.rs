//! Asks a question in a dialog of the shell, which the page can neither see nor answer.

use tauri::AppHandle;

/// Asks a question; `true` only for the answer `yes`, never if the dialog is closed or cannot be shown.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) async fn ask(app: &AppHandle, question: &str, more: &str, yes: &str) -> bool {
    let (question, more, yes) = (question.to_owned(), more.to_owned(), yes.to_owned());
    let (answer, mut answered) = tauri::async_runtime::channel(1);
    let parent = app.clone();
    let shown = app.run_on_main_thread(move || show(&parent, &question, &more, &yes, answer));
    shown.is_ok() && answered.recv().await == Some(true)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn show(app: &AppHandle, question: &str, more: &str, yes: &str, answer: tauri::async_runtime::Sender<bool>) {
    use gtk::{ButtonsType, DialogFlags, MessageDialog, MessageType, ResponseType, prelude::*};
    let parent = crate::window::gtk_window(app);
    let dialog =
        MessageDialog::new(parent.as_ref(), DialogFlags::MODAL, MessageType::Question, ButtonsType::None, question);
    dialog.set_title(question);
    dialog.set_secondary_text(Some(more));
    dialog.add_button("Cancel", ResponseType::Cancel);
    dialog.add_button(yes, ResponseType::Accept);
    // A key press meant for the page must not confirm: the default is no.
    dialog.set_default_response(ResponseType::Cancel);
    dialog.connect_response(move |dialog, response| {
        // The receiver is gone if the window is closing.
        let _ = answer.try_send(response == ResponseType::Accept);
        dialog.close();
    });
    dialog.show_all();
}

/// Asks a question; `true` only for the answer `yes`, never if the dialog is closed or cannot be shown.
#[cfg(any(windows, target_os = "macos"))]
pub(crate) async fn ask(app: &AppHandle, question: &str, more: &str, yes: &str) -> bool {
    use rfd::{AsyncMessageDialog, MessageButtons, MessageDialogResult, MessageLevel};
    let mut dialog = AsyncMessageDialog::new()
        .set_level(MessageLevel::Warning)
        .set_title(question)
        .set_description(more)
        .set_buttons(MessageButtons::OkCancelCustom(yes.to_owned(), "Cancel".to_owned()));
    if let Some(window) = crate::window::main(app) {
        dialog = dialog.set_parent(&window);
    }
    match dialog.show().await {
        MessageDialogResult::Ok => true,
        MessageDialogResult::Custom(answer) => answer == yes,
        _ => false,
    }
}
