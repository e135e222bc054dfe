//! What the page is shown of a second factor that is being set up.

use crate::{enrollments::Sheet, error::WireError};
use engine::totp::{CodeAlgorithm, CodeSetting, CodeSettings, DraftCodes};
use serde::{Deserialize, Serialize};

/// The HMAC algorithm of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[expect(missing_docs, reason = "as in `CodeAlgorithm`")]
pub enum CodeAlgorithmView {
    #[serde(rename = "SHA1")]
    Sha1,
    #[serde(rename = "SHA256")]
    Sha256,
    #[serde(rename = "SHA512")]
    Sha512,
}

/// How codes are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CodeSettingsView {
    /// The HMAC algorithm.
    pub algorithm: CodeAlgorithmView,
    /// The number of digits.
    pub digits: u8,
    /// How long a code lasts, in seconds.
    pub period_seconds: u32,
}

/// A second factor that is being set up.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct EnrollmentView {
    /// Its handle.
    pub enrollment: u32,
    /// How its codes are generated.
    pub settings: CodeSettingsView,
    /// When the time to confirm it is over, in milliseconds since the Unix epoch.
    pub expires_at_ms: i64,
    /// How long its secret is, in bits.
    pub secret_bits: u32,
    /// Whether the secret is an existing one.
    pub existing: bool,
    /// The width and height of the QR code in modules, without its quiet zone.
    pub qr_modules: u16,
    /// The dark modules of the QR code as the data of an SVG path.
    pub qr_path: String,
    /// Settings that some apps ignore.
    pub warnings: Vec<AppWarningView>,
}

/// A setting that some authenticator apps ignore: they accept the QR code but show wrong codes.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct AppWarningView {
    /// The setting.
    pub setting: CodeSettingName,
    /// The names of the apps.
    pub apps: Vec<String>,
}

/// One of the settings of codes.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "as in `CodeSetting`")]
pub enum CodeSettingName {
    Algorithm,
    Digits,
    Period,
}

/// The secret of a second factor that is being set up.
#[derive(Clone, Serialize, specta::Type)]
pub struct RevealedSecret {
    /// The secret in base32.
    pub secret: String,
    /// The `otpauth` URI.
    pub uri: String,
}

/// What to copy of a second factor that is being set up.
#[derive(Debug, Clone, Copy, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum EnrollmentText {
    /// The secret in base32.
    Secret,
    /// The `otpauth` URI.
    Uri,
}

/// The codes of both sides at one moment.
#[derive(Clone, Serialize, specta::Type)]
pub struct EnrollmentCodes {
    /// The moment, in milliseconds since the Unix epoch.
    pub now_ms: i64,
    /// The accepted steps, oldest first.
    pub server: Vec<ServerStep>,
    /// What the phone shows; null if its clock shows a time before 1970.
    pub phone: Option<PhoneCodes>,
    /// The newest step whose code was used.
    pub last_used_step: Option<i64>,
}

/// A step whose code is accepted.
#[derive(Clone, Serialize, specta::Type)]
pub struct ServerStep {
    /// Its number: periods since 1970.
    pub step: i64,
    /// When it begins, in milliseconds since the Unix epoch.
    pub begins_at_ms: i64,
    /// Its code.
    pub code: String,
    /// It no longer works, because its code or a later one was used.
    pub used: bool,
}

/// What the phone shows.
#[derive(Clone, Serialize, specta::Type)]
pub struct PhoneCodes {
    /// The number of its step.
    pub step: i64,
    /// The code.
    pub code: String,
    /// The next code.
    pub next: String,
}

/// Recovery codes, and the handle of the sheet that shows them.
#[derive(Clone, Serialize, specta::Type)]
pub struct RecoveryCodes {
    /// The handle.
    pub enrollment: u32,
    /// The codes.
    pub codes: Vec<String>,
}

/// What the page is shown of a sheet.
pub(super) fn view(handle: u32, sheet: &Sheet) -> Result<EnrollmentView, WireError> {
    let draft = sheet.draft.as_ref().ok_or_else(super::closed)?;
    let card = draft.card()?;
    let warnings = draft.settings().warnings().into_iter().map(|warning| AppWarningView {
        setting: match warning.setting {
            CodeSetting::Algorithm => CodeSettingName::Algorithm,
            CodeSetting::Digits => CodeSettingName::Digits,
            CodeSetting::Period => CodeSettingName::Period,
        },
        apps: warning.apps.into_iter().map(str::to_owned).collect(),
    });
    Ok(EnrollmentView {
        enrollment: handle,
        settings: draft.settings().into(),
        expires_at_ms: draft.expires_at.0,
        secret_bits: u32::try_from(draft.secret_bits()).unwrap_or(u32::MAX),
        existing: sheet.existing,
        qr_modules: card.qr.modules,
        qr_path: card.qr.path.expose().to_owned(),
        warnings: warnings.collect(),
    })
}

impl From<CodeSettings> for CodeSettingsView {
    fn from(settings: CodeSettings) -> Self {
        Self {
            algorithm: match settings.algorithm {
                CodeAlgorithm::Sha1 => CodeAlgorithmView::Sha1,
                CodeAlgorithm::Sha256 => CodeAlgorithmView::Sha256,
                CodeAlgorithm::Sha512 => CodeAlgorithmView::Sha512,
            },
            digits: settings.digits,
            period_seconds: settings.period_seconds,
        }
    }
}

impl From<CodeSettingsView> for CodeSettings {
    fn from(settings: CodeSettingsView) -> Self {
        Self {
            algorithm: match settings.algorithm {
                CodeAlgorithmView::Sha1 => CodeAlgorithm::Sha1,
                CodeAlgorithmView::Sha256 => CodeAlgorithm::Sha256,
                CodeAlgorithmView::Sha512 => CodeAlgorithm::Sha512,
            },
            digits: settings.digits,
            period_seconds: settings.period_seconds,
        }
    }
}

impl From<DraftCodes> for EnrollmentCodes {
    fn from(codes: DraftCodes) -> Self {
        let phone = codes.phone_step.zip(codes.phone_code.zip(codes.phone_next));
        let server = codes.window.steps.into_iter().map(|step| ServerStep {
            step: step.step,
            begins_at_ms: step.begins_at.0,
            code: step.code.expose().to_owned(),
            used: step.used,
        });
        Self {
            now_ms: codes.window.now.0,
            server: server.collect(),
            phone: phone.map(|(step, (code, next))| PhoneCodes {
                step,
                code: code.expose().to_owned(),
                next: next.expose().to_owned(),
            }),
            last_used_step: codes.last_used,
        }
    }
}
