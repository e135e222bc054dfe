//! Setting up a second factor, its recovery codes, and removing it. Secrets stay in the shell (`enrollments.rs`) unless
//! the user reveals them; the QR code is the exception, which is what the sheet is for.

mod existing;
mod problems;
mod views;

pub use existing::*;
pub use problems::SecondFactorProblem;
pub use views::*;

use crate::{
    clipboard::Clipboard,
    enrollments::{Enrollments, Sheet},
    error::{Failure, WireError},
    files, printing,
    state::{AppState, blocking},
};
use engine::{
    Engine,
    secret::{Password, SecretText},
    totp::{FactorDraft, FactorOptions},
};
use tauri::{AppHandle, Manager, State};

/// Begins to set up a second factor with a new secret. Saves nothing.
#[tauri::command]
#[specta::specta]
pub async fn begin_enrollment(
    state: State<'_, AppState>,
    enrollments: State<'_, Enrollments>,
    username: String,
) -> Result<EnrollmentView, WireError> {
    let begin = move |engine: &Engine| engine.draft_factor(&username, &FactorOptions::default());
    let draft = state.run(move |engine| begin(engine).map_err(WireError::from)).await?;
    let sheet = Sheet::enrolling(draft);
    let handle = enrollments.open(sheet.clone());
    view(handle, &sheet)
}

/// Gives the factor that is being set up other settings; its secret stays.
#[tauri::command]
#[specta::specta]
pub async fn shape_enrollment(
    enrollments: State<'_, Enrollments>,
    enrollment: u32,
    settings: CodeSettingsView,
) -> Result<EnrollmentView, WireError> {
    let (sheet, draft) = enrolling(&enrollments, enrollment)?;
    let draft = draft.with_settings(settings.into())?;
    let sheet = Sheet { draft: Some(draft.clone()), ..sheet };
    let view = view(enrollment, &sheet)?;
    enrollments.change(enrollment, |sheet| sheet.draft = Some(draft));
    Ok(view)
}

/// Returns the secret of the factor that is being set up, and its `otpauth` URI.
#[tauri::command]
#[specta::specta]
pub async fn reveal_enrollment(
    enrollments: State<'_, Enrollments>,
    enrollment: u32,
) -> Result<RevealedSecret, WireError> {
    let (_, draft) = enrolling(&enrollments, enrollment)?;
    let card = draft.card()?;
    Ok(RevealedSecret { secret: card.secret.expose().to_owned(), uri: card.uri.expose().to_owned() })
}

/// Copies the secret of the factor that is being set up, or its `otpauth` URI, without showing it to the page. Returns
/// after how many seconds it leaves the clipboard.
#[tauri::command]
#[specta::specta]
pub async fn copy_enrollment(app: AppHandle, enrollment: u32, what: EnrollmentText) -> Result<Option<u32>, WireError> {
    let (_, draft) = enrolling(&app.state::<Enrollments>(), enrollment)?;
    let card = draft.card()?;
    let text = match what {
        EnrollmentText::Secret => card.secret,
        EnrollmentText::Uri => card.uri,
    };
    blocking(move |_| app.state::<Clipboard>().copy_secret(text.expose().to_owned())).await?
}

/// The codes of a phone whose clock is that many seconds ahead, or behind if negative, and those that are accepted now;
/// null if the sheet was closed.
#[tauri::command]
#[specta::specta]
pub async fn enrollment_codes(
    state: State<'_, AppState>,
    enrollments: State<'_, Enrollments>,
    enrollment: u32,
    drift_seconds: i32,
) -> Result<Option<EnrollmentCodes>, WireError> {
    let Some(draft) = enrollments.get(enrollment).and_then(|sheet| sheet.draft) else { return Ok(None) };
    let read = move |engine: &Engine| engine.draft_codes(&draft, drift_seconds.into());
    let codes = state.run(move |engine| read(engine).map_err(WireError::from)).await?;
    Ok(Some(codes.into()))
}

/// Saves the factor if the code is right. Returns the recovery codes.
#[tauri::command]
#[specta::specta]
pub async fn confirm_enrollment(
    state: State<'_, AppState>,
    enrollments: State<'_, Enrollments>,
    enrollment: u32,
    code: String,
) -> Result<Vec<String>, WireError> {
    let (_, draft) = enrolling(&enrollments, enrollment)?;
    let codes = state.run(move |engine| engine.save_draft(&draft, &code).map_err(WireError::from)).await?;
    let shown = exposed(&codes);
    enrollments.change(enrollment, |sheet| sheet.recovery = codes);
    Ok(shown)
}

/// Forgets what a sheet held.
#[tauri::command]
#[specta::specta]
pub async fn drop_enrollment(enrollments: State<'_, Enrollments>, enrollment: u32) -> Result<(), WireError> {
    enrollments.close(enrollment);
    Ok(())
}

/// Writes the recovery codes of a sheet to a file that the user chooses in a dialog of the shell. Returns its path;
/// null if none was chosen.
#[tauri::command]
#[specta::specta]
pub async fn save_recovery_codes(app: AppHandle, enrollment: u32) -> Result<Option<String>, WireError> {
    let sheet = app.state::<Enrollments>().get(enrollment).filter(|sheet| !sheet.recovery.is_empty());
    let sheet = sheet.ok_or_else(closed)?;
    let codes: Vec<&str> = sheet.recovery.iter().map(SecretText::expose).collect();
    let text = format!("Recovery codes of {}. Each works once.\n\n{}\n", sheet.username, codes.join("\n"));
    let name = format!("recovery-codes-{}.txt", sheet.username);
    files::save(&app, "Save recovery codes", &name, text).await
}

/// Prints the recovery codes of a sheet in the system's dialog. Returns whether they were printed, as far as the system
/// tells.
#[tauri::command]
#[specta::specta]
pub async fn print_recovery_codes(app: AppHandle, enrollment: u32) -> Result<bool, WireError> {
    let has_codes = app.state::<Enrollments>().get(enrollment).is_some_and(|sheet| !sheet.recovery.is_empty());
    if has_codes { printing::print(&app).await } else { Err(closed()) }
}

/// Makes new recovery codes; the old ones stop working.
#[tauri::command]
#[specta::specta]
pub async fn new_recovery_codes(
    state: State<'_, AppState>,
    enrollments: State<'_, Enrollments>,
    username: String,
    password: String,
) -> Result<RecoveryCodes, WireError> {
    let password = Password::new(password);
    let (name, make) = (username.clone(), move |engine: &Engine| {
        engine.regenerate_recovery_codes(&username, &password).map_err(WireError::from)
    });
    let codes = state.run(make).await?;
    let shown = exposed(&codes);
    Ok(RecoveryCodes { enrollment: enrollments.open(Sheet::showing(name, codes)), codes: shown })
}

/// Removes a user's second factor and recovery codes, and ends their sessions.
#[tauri::command]
#[specta::specta]
pub async fn remove_second_factor(
    state: State<'_, AppState>,
    username: String,
    password: String,
) -> Result<(), WireError> {
    let password = Password::new(password);
    state.run(move |engine| engine.remove_second_factor(&username, &password).map_err(WireError::from)).await
}

/// A sheet that sets up a factor, and the factor.
fn enrolling(enrollments: &Enrollments, handle: u32) -> Result<(Sheet, FactorDraft), WireError> {
    let sheet = enrollments.get(handle).ok_or_else(closed)?;
    let draft = sheet.draft.clone().ok_or_else(closed)?;
    Ok((sheet, draft))
}

fn closed() -> WireError {
    WireError::new(Failure::SecondFactor(SecondFactorProblem::Closed), "this sheet was closed")
}

fn exposed(codes: &[SecretText]) -> Vec<String> {
    codes.iter().map(|code| code.expose().to_owned()).collect()
}
