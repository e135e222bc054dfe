//! How codes are generated, and the labels an authenticator app shows.

use crate::records::CodeSettings;

/// The allowed number of digits (RFC 4226 section 5.3 requires at least six).
const DIGITS: std::ops::RangeInclusive<u8> = 6..=8;
/// The allowed period in seconds. Below 15 nobody can type the code in time; above 300 it is hardly one-time.
const PERIODS: std::ops::RangeInclusive<u32> = 15..=300;
/// The maximum length of issuer and account, in characters.
pub(super) const LONGEST_LABEL: usize = 300;

/// The shortest secret that can be brought in, in bytes. RFC 4226 (section 4, R6) asks for 16; servers that hand out 10
/// are common.
pub(super) const SHORTEST_SECRET: usize = 10;

/// Whether codes can have that many digits.
pub(super) fn has_allowed_digits(settings: CodeSettings) -> bool {
    DIGITS.contains(&settings.digits)
}

/// Whether codes can be generated with these settings.
pub(super) fn are_allowed(settings: CodeSettings) -> bool {
    has_allowed_digits(settings) && PERIODS.contains(&settings.period_seconds)
}

/// The options of a new second factor. The defaults work in every authenticator app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorOptions {
    /// How codes are generated.
    pub settings: CodeSettings,
    /// The issuer that the app shows.
    pub issuer: String,
    /// The account that the app shows. `None`: the username.
    pub account: Option<String>,
}

impl Default for FactorOptions {
    fn default() -> Self {
        Self { settings: CodeSettings::default(), issuer: "Token Workbench".into(), account: None }
    }
}

/// Why these options are invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// The number of digits is out of range.
    #[error("A code has 6 to 8 digits, not {0}")]
    Digits(u8),
    /// The period is out of range.
    #[error("A code lasts 15 to 300 seconds, not {0}")]
    Period(u32),
    /// The issuer is invalid.
    #[error("The issuer {0}")]
    Issuer(LabelError),
    /// The account is invalid.
    #[error("The account {0}")]
    Account(LabelError),
    /// Issuer and account are valid, but together too long for a QR code.
    #[error("Issuer and account are together too long for a QR code")]
    TooLongForQr,
}

/// What is wrong with an issuer or an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Empty, or only white space.
    #[error("is empty")]
    Empty,
    /// Contains a colon: authenticator apps treat the part before it as the issuer.
    #[error("must not have a colon, which separates issuer and account in authenticator apps")]
    Colon,
    /// More than 300 characters.
    #[error("has more than 300 characters")]
    TooLong,
}

/// A setting that some authenticator apps ignore: they accept the QR code but show wrong codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppWarning {
    /// The setting.
    pub setting: CodeSetting,
    /// The names of the apps.
    pub apps: Vec<&'static str>,
}

/// One of the settings of [`CodeSettings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeSetting {
    /// [`CodeSettings::algorithm`]
    Algorithm,
    /// [`CodeSettings::digits`]
    Digits,
    /// [`CodeSettings::period_seconds`]
    Period,
}

impl CodeSettings {
    /// The settings that break authenticator apps, with the apps. Empty for the defaults.
    ///
    /// Source for algorithm and digits: a test of November 2022 with each app
    /// (<https://gist.github.com/gwelch-contegix/afa52c7b45693a19c198ab0bfb886fe2>). For the period: the documentation
    /// of the URI format (<https://github.com/google/google-authenticator/wiki/Key-Uri-Format>), which says that it is
    /// ignored.
    pub fn warnings(&self) -> Vec<AppWarning> {
        let usual = Self::default();
        let mut warnings = Vec::new();
        let mut warn = |differs: bool, setting, apps: &[&'static str]| {
            if differs {
                warnings.push(AppWarning { setting, apps: apps.to_vec() });
            }
        };
        warn(
            self.algorithm != usual.algorithm,
            CodeSetting::Algorithm,
            &["Google Authenticator on Android", "Microsoft Authenticator", "Authy"],
        );
        warn(
            self.digits != usual.digits,
            CodeSetting::Digits,
            &["Google Authenticator on Android", "Microsoft Authenticator"],
        );
        warn(self.period_seconds != usual.period_seconds, CodeSetting::Period, &["Google Authenticator"]);
        warnings
    }
}

impl FactorOptions {
    /// The first invalid option, if any.
    pub(super) fn check(&self) -> Result<(), OptionsError> {
        if !DIGITS.contains(&self.settings.digits) {
            return Err(OptionsError::Digits(self.settings.digits));
        }
        if !PERIODS.contains(&self.settings.period_seconds) {
            return Err(OptionsError::Period(self.settings.period_seconds));
        }
        check_label(&self.issuer).map_err(OptionsError::Issuer)?;
        self.account.as_deref().map_or(Ok(()), check_label).map_err(OptionsError::Account)
    }
}

fn check_label(label: &str) -> Result<(), LabelError> {
    if label.trim().is_empty() {
        Err(LabelError::Empty)
    } else if label.contains(':') {
        Err(LabelError::Colon)
    } else if label.chars().count() > LONGEST_LABEL {
        Err(LabelError::TooLong)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::CodeAlgorithm;

    #[test]
    fn only_unusual_settings_are_warned_of_and_each_names_its_apps() {
        assert_eq!(CodeSettings::default().warnings(), []);
        let odd = CodeSettings { algorithm: CodeAlgorithm::Sha256, digits: 8, period_seconds: 60 };
        let warnings = odd.warnings();
        let settings: Vec<CodeSetting> = warnings.iter().map(|warning| warning.setting).collect();
        assert_eq!(settings, [CodeSetting::Algorithm, CodeSetting::Digits, CodeSetting::Period]);
        assert!(warnings.iter().all(|warning| warning.apps.iter().any(|app| app.contains("Google Authenticator"))));
    }

    #[test]
    fn an_option_that_no_app_could_use_is_refused_by_name() {
        let with = |change: fn(&mut FactorOptions)| {
            let mut options = FactorOptions::default();
            change(&mut options);
            options.check()
        };
        assert_eq!(with(|_| {}), Ok(()));
        assert_eq!(with(|o| o.settings.digits = 5), Err(OptionsError::Digits(5)));
        assert_eq!(with(|o| o.settings.digits = 10), Err(OptionsError::Digits(10)));
        assert_eq!(with(|o| o.settings.period_seconds = 0), Err(OptionsError::Period(0)));
        assert_eq!(with(|o| o.issuer = "a:b".into()), Err(OptionsError::Issuer(LabelError::Colon)));
        assert_eq!(with(|o| o.issuer = " ".into()), Err(OptionsError::Issuer(LabelError::Empty)));
        assert_eq!(with(|o| o.account = Some("a:b".into())), Err(OptionsError::Account(LabelError::Colon)));
        assert_eq!(with(|o| o.account = Some(String::new())), Err(OptionsError::Account(LabelError::Empty)));
        assert_eq!(with(|o| o.account = Some("é".repeat(301))), Err(OptionsError::Account(LabelError::TooLong)));
        assert_eq!(with(|o| o.account = Some("é".repeat(300))), Ok(()));
    }
}
