//! Importing users from a file, and exporting them.

mod problems;

pub use problems::ImportProblem;

use super::number;
use crate::{error::WireError, files, state::AppState};
use engine::{
    Engine,
    scopes::Scope,
    users::{HashFound, ImportField, ImportFormat, ImportOptions, ImportPlan, ImportTable, LineAction, PlannedLine},
};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};
use zeroize::Zeroizing;

/// A file of users, and how to import it.
#[derive(Clone, Deserialize, specta::Type)]
pub struct ImportRequest {
    /// The file's content.
    pub text: String,
    /// What each column holds; null to guess by the columns' names.
    pub fields: Option<Vec<Option<ImportFieldView>>>,
    /// Whether the scopes of users who exist are replaced.
    pub update_scopes: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportFieldView {
    /// The name to sign in with.
    Username,
    /// The display name.
    DisplayName,
    /// The email address.
    Email,
    /// A password hash.
    PasswordHash,
    /// A password in clear text.
    Password,
    /// Scopes.
    Scopes,
}

/// What the import of a file would do.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ImportPlanView {
    /// "CSV", "JSON" or "JSON Lines".
    pub format: String,
    /// The columns' names.
    pub columns: Vec<String>,
    /// What each holds; null if it is ignored.
    pub fields: Vec<Option<ImportFieldView>>,
    /// Every line.
    pub lines: Vec<ImportLineView>,
    /// Identifies the plan, for [`import_users`].
    pub fingerprint: String,
}

/// What a line would do.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ImportLineView {
    /// Its number in the file.
    pub line: u32,
    /// The username as written.
    pub username: String,
    /// What happens.
    pub action: ImportActionView,
    /// The beginning of the password hash; empty without one.
    pub hash: String,
    /// What was recognised there.
    pub found: HashFoundView,
}

/// What a line does.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ImportActionView {
    /// Creates a user.
    Create {
        /// With these scopes.
        scopes: Vec<String>,
    },
    /// Gives a user other scopes.
    Update {
        /// Those they keep.
        kept: Vec<String>,
        /// Those they get.
        added: Vec<String>,
        /// Those they lose.
        removed: Vec<String>,
    },
    /// Leaves a user as they are.
    Leave {
        /// The scopes they hold.
        scopes: Vec<String>,
    },
    /// Is refused.
    Refuse {
        /// Why.
        why: WireError,
    },
}

/// What was recognised as a password.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HashFoundView {
    /// Not looked at.
    NotLookedAt,
    /// An existing user keeps theirs.
    Kept,
    /// There is none.
    Nothing,
    /// A hash.
    Hash {
        /// The scheme.
        scheme: String,
        /// The cost.
        cost: u32,
        /// It is replaced at the first sign-in.
        outdated: bool,
    },
    /// No usable hash.
    Unusable,
    /// A password in clear text.
    Clear,
}

/// What was imported.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
pub struct ImportedView {
    /// How many users were created.
    pub created: u32,
    /// How many users got other scopes.
    pub updated: u32,
}

/// What importing a file would do. Nothing is saved.
#[tauri::command]
#[specta::specta]
pub async fn plan_import(state: State<'_, AppState>, request: ImportRequest) -> Result<ImportPlanView, WireError> {
    let plan = move |engine: &Engine| {
        let (table, options) = read(request)?;
        let plan = engine.plan_import(&table, &options)?;
        Ok(view(table, options, plan))
    };
    state.run(plan).await
}

/// Imports a file as planned: all lines that are not refused, or none.
#[tauri::command]
#[specta::specta]
pub async fn import_users(
    state: State<'_, AppState>,
    request: ImportRequest,
    fingerprint: String,
) -> Result<ImportedView, WireError> {
    let import = move |engine: &Engine| {
        let (table, options) = read(request)?;
        let done = engine.import_users(&table, &options, &fingerprint)?;
        Ok(ImportedView { created: number(done.created), updated: number(done.updated) })
    };
    state.run(import).await
}

/// Writes what the import of a file would do, line by line, to a file that the user chooses in a dialog of the shell.
/// Returns its path; null if none was chosen.
#[tauri::command]
#[specta::specta]
pub async fn save_import_report(
    app: AppHandle,
    state: State<'_, AppState>,
    request: ImportRequest,
) -> Result<Option<String>, WireError> {
    let report = move |engine: &Engine| {
        let (table, options) = read(request)?;
        Ok(engine.plan_import(&table, &options)?.report())
    };
    let text = state.run(report).await?;
    files::save(&app, "Save the report", "import-report.csv", text).await
}

/// Writes all users, without password hashes, to a file that the user chooses in a dialog of the shell. Returns its
/// path; null if none was chosen.
#[tauri::command]
#[specta::specta]
pub async fn export_users(app: AppHandle, state: State<'_, AppState>) -> Result<Option<String>, WireError> {
    let text = state.run(|engine| engine.export_users().map_err(WireError::from)).await?;
    files::save(&app, "Export users", "users.csv", text).await
}

fn read(request: ImportRequest) -> Result<(ImportTable, ImportOptions), WireError> {
    let text = Zeroizing::new(request.text);
    let table = ImportTable::read(&text)?;
    let fields = match request.fields {
        Some(fields) => fields.into_iter().map(|field| field.map(ImportField::from)).collect(),
        None => table.guess(),
    };
    Ok((table, ImportOptions { fields, update_scopes: request.update_scopes }))
}

fn view(table: ImportTable, options: ImportOptions, plan: ImportPlan) -> ImportPlanView {
    let format = match table.format {
        ImportFormat::Csv(_) => "CSV",
        ImportFormat::Json => "JSON",
        ImportFormat::JsonLines => "JSON Lines",
    };
    ImportPlanView {
        format: format.into(),
        columns: table.columns,
        fields: options.fields.into_iter().map(|field| field.map(ImportFieldView::from)).collect(),
        lines: plan.lines.into_iter().map(ImportLineView::from).collect(),
        fingerprint: plan.fingerprint,
    }
}

impl From<PlannedLine> for ImportLineView {
    fn from(line: PlannedLine) -> Self {
        let names = |scopes: Vec<Scope>| scopes.iter().map(Scope::to_string).collect();
        Self {
            line: number(line.line),
            username: line.username,
            action: match line.action {
                LineAction::Create(scopes) => ImportActionView::Create { scopes: names(scopes) },
                LineAction::Update { kept, added, removed } => {
                    ImportActionView::Update { kept: names(kept), added: names(added), removed: names(removed) }
                }
                LineAction::Leave(scopes) => ImportActionView::Leave { scopes: names(scopes) },
                LineAction::Refuse(problem) => ImportActionView::Refuse { why: problem.into() },
            },
            hash: line.hash,
            found: match line.found {
                HashFound::NotLookedAt => HashFoundView::NotLookedAt,
                HashFound::Kept => HashFoundView::Kept,
                HashFound::Nothing => HashFoundView::Nothing,
                HashFound::Hash(hash) => {
                    HashFoundView::Hash { scheme: hash.scheme.into(), cost: hash.cost, outdated: hash.outdated }
                }
                HashFound::Unusable => HashFoundView::Unusable,
                HashFound::Clear => HashFoundView::Clear,
            },
        }
    }
}

impl From<ImportFieldView> for ImportField {
    fn from(field: ImportFieldView) -> Self {
        match field {
            ImportFieldView::Username => Self::Username,
            ImportFieldView::DisplayName => Self::DisplayName,
            ImportFieldView::Email => Self::Email,
            ImportFieldView::PasswordHash => Self::PasswordHash,
            ImportFieldView::Password => Self::Password,
            ImportFieldView::Scopes => Self::Scopes,
        }
    }
}

impl From<ImportField> for ImportFieldView {
    fn from(field: ImportField) -> Self {
        match field {
            ImportField::Username => Self::Username,
            ImportField::DisplayName => Self::DisplayName,
            ImportField::Email => Self::Email,
            ImportField::PasswordHash => Self::PasswordHash,
            ImportField::Password => Self::Password,
            ImportField::Scopes => Self::Scopes,
        }
    }
}
