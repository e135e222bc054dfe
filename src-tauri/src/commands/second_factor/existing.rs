//! Bringing in an existing secret.

use super::{CodeSettingsView, EnrollmentView, SecondFactorProblem, closed, enrolling, view};
use crate::{
    enrollments::{Enrollments, Sheet},
    error::{Failure, WireError},
    state::blocking,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use engine::totp::{Account, BringInError, Found, Label, PictureError, Unusable, find_accounts, read_qr_codes};
use jose::visible::made_visible;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager, State};
use zeroize::Zeroizing;

/// Where existing secrets may be.
#[derive(Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SecretSource {
    /// In a text: an `otpauth` URI, a migration URI of Google Authenticator, or base32.
    Text {
        /// The text.
        text: String,
    },
    /// In a QR code.
    Picture {
        /// The picture's file, in base64.
        base64: String,
    },
}

/// The accounts that were found.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct FoundSecrets {
    /// Each of them.
    pub accounts: Vec<FoundAccount>,
    /// The number of this part of a handover that is spread over several QR codes; null for any other.
    pub part: Option<u32>,
    /// How many parts there are.
    pub parts: u32,
}

/// An account whose secret was found.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct FoundAccount {
    /// The issuer; may be empty.
    pub issuer: String,
    /// The account's name; may be empty.
    pub name: String,
    /// How its codes are generated; null if it cannot be used.
    pub settings: Option<CodeSettingsView>,
    /// Why it cannot be used, as a sentence.
    pub why: Option<String>,
}

/// Finds existing secrets in a text or a picture. They stay in the shell; null if the sheet was closed.
#[tauri::command]
#[specta::specta]
pub async fn find_secrets(
    app: AppHandle,
    enrollment: u32,
    source: SecretSource,
) -> Result<Option<FoundSecrets>, WireError> {
    let open = app.state::<Enrollments>().get(enrollment).is_some_and(|sheet| sheet.draft.is_some());
    if !open {
        return Ok(None);
    }
    let found = blocking(move |_| find(source)).await??;
    let part = found.iter().find_map(|found| found.part);
    let accounts: Vec<_> = found.into_iter().flat_map(|found| found.accounts).collect();
    let shown = FoundSecrets {
        accounts: accounts.iter().map(shown).collect(),
        part: part.map(|part| part.number),
        parts: part.map_or(1, |part| part.of),
    };
    app.state::<Enrollments>().change(enrollment, |sheet| sheet.found = accounts.into_iter().map(Result::ok).collect());
    Ok(Some(shown))
}

/// Uses one of the secrets that were found last, with its settings, instead of a new one.
#[tauri::command]
#[specta::specta]
pub async fn use_secret(
    enrollments: State<'_, Enrollments>,
    enrollment: u32,
    index: u32,
) -> Result<EnrollmentView, WireError> {
    let (sheet, draft) = enrolling(&enrollments, enrollment)?;
    let account = sheet.found.get(index as usize).and_then(Option::as_ref).ok_or_else(closed)?;
    let sheet = Sheet { draft: Some(draft.with_account(account)), existing: true, found: Vec::new(), ..sheet };
    let view = view(enrollment, &sheet)?;
    enrollments.change(enrollment, |kept| *kept = sheet);
    Ok(view)
}

/// Whoever made the QR code chose the names, so invisible characters in them are written out.
fn shown(account: &Result<Account, (Label, Unusable)>) -> FoundAccount {
    let text = |name: &Option<String>| made_visible(name.clone().unwrap_or_default());
    match account {
        Ok(account) => FoundAccount {
            issuer: text(&account.issuer),
            name: text(&account.name),
            settings: Some(account.settings.into()),
            why: None,
        },
        Err((label, why)) => FoundAccount {
            issuer: text(&label.issuer),
            name: text(&label.name),
            settings: None,
            why: Some(made_visible(why.to_string())),
        },
    }
}

fn find(source: SecretSource) -> Result<Vec<Found>, WireError> {
    match source {
        SecretSource::Text { text } => {
            let text = Zeroizing::new(text);
            Ok(vec![find_accounts(&text).map_err(|error| text_problem(&error))?])
        }
        SecretSource::Picture { base64 } => {
            let base64 = Zeroizing::new(base64);
            let file = STANDARD.decode(&*base64).map_err(|error| WireError::internal(error.to_string()))?;
            let texts = read_qr_codes(&Zeroizing::new(file))?;
            let found: Vec<Found> = texts.iter().filter_map(|text| find_accounts(text).ok()).collect();
            if found.is_empty() {
                let other = texts.first().and_then(|text| find_accounts(text).err());
                return Err(match other {
                    Some(error @ (BringInError::Damaged | BringInError::Empty)) => text_problem(&error),
                    _ => problem(SecondFactorProblem::QrIsOther, "the QR code holds something else"),
                });
            }
            Ok(found)
        }
    }
}

fn text_problem(error: &BringInError) -> WireError {
    let code = match error {
        BringInError::Unknown => SecondFactorProblem::NoSecret,
        BringInError::Damaged => SecondFactorProblem::MigrationDamaged,
        BringInError::Empty => SecondFactorProblem::MigrationEmpty,
    };
    problem(code, &error.to_string())
}

fn problem(code: SecondFactorProblem, message: &str) -> WireError {
    WireError::new(Failure::SecondFactor(code), message)
}

impl From<PictureError> for WireError {
    fn from(error: PictureError) -> Self {
        let code = match error {
            PictureError::TooLarge => SecondFactorProblem::PictureTooLarge,
            PictureError::Unreadable => SecondFactorProblem::PictureUnreadable,
            PictureError::NoCode => SecondFactorProblem::PictureWithoutQr,
        };
        problem(code, &error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_is_none_is_refused_and_a_text_is_read() {
        let picture = SecretSource::Picture { base64: STANDARD.encode("no picture") };
        let refused = find(picture).unwrap_err().problem;
        assert_eq!(refused, Failure::SecondFactor(SecondFactorProblem::PictureUnreadable));
        let text = |text: &str| find(SecretSource::Text { text: text.into() });
        assert_eq!(text("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP").unwrap()[0].accounts.len(), 1);
        let hidden = &text("otpauth://totp/%E2%80%AEalice?secret=JBSWY3DPEHPK3PXP&digits=%E2%80%8B").unwrap()[0];
        let account = shown(&hidden.accounts[0]);
        assert!(!account.name.contains('\u{202e}') && account.name.ends_with("alice"), "{}", account.name);
        assert!(!account.why.unwrap().contains('\u{200b}'));
        let refused = text("hello").unwrap_err().problem;
        assert_eq!(refused, Failure::SecondFactor(SecondFactorProblem::NoSecret));
    }
}
