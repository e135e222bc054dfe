//! Importing users from a file: what each line would do, and doing exactly that.

mod plan;
mod report;
mod table;

pub use plan::{HashFound, ImportPlan, LineAction, LineProblem, PlannedLine};
pub use table::{
    ImportFileError, ImportFormat, ImportTable, LARGEST_IMPORT, MOST_IMPORT_COLUMNS, MOST_IMPORTED, RowProblem,
};

use super::{change::replace_scopes, check_details};
use crate::{
    Engine,
    credentials::begin_epoch,
    passwords::HashError,
    records::{EventKind, NewEvent, User},
    store::{self, Stop, StoreError},
};
use plan::{Planner, Step};
use serde_json::json;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportField {
    /// The name to sign in with.
    Username,
    /// The name for display.
    DisplayName,
    /// The email address.
    Email,
    /// A password hash of another program.
    PasswordHash,
    /// A password in clear text: never guessed, only chosen.
    Password,
    /// Scopes, separated by spaces, commas, semicolons or bars.
    Scopes,
}

/// How a file is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOptions {
    /// What each column holds; `None` to ignore it.
    pub fields: Vec<Option<ImportField>>,
    /// Whether the scopes of users who exist are replaced. Nothing else of them is ever changed.
    pub update_scopes: bool,
}

/// Why nothing was imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserImportError {
    /// No column holds the username, or a field is held by two columns.
    #[error("Exactly one column must hold the username, and no field may be held by two")]
    Fields,
    /// Too many passwords in clear text: each takes a while to hash.
    #[error("At most {MOST_CLEAR} passwords in clear text are imported at once")]
    TooManyPasswords,
    /// The users or the catalog have changed since the plan was shown.
    #[error("The profile has changed meanwhile, so the import would do something else than shown")]
    Changed,
    /// No line can be imported.
    #[error("No line of the file can be imported")]
    Nothing,
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// How many users were created.
    pub created: u64,
    /// How many users got other scopes.
    pub updated: u64,
}

/// The most passwords in clear text in one import.
pub const MOST_CLEAR: usize = 200;

impl ImportTable {
    /// What the columns hold, by their names. A column of clear-text passwords is never guessed.
    pub fn guess(&self) -> Vec<Option<ImportField>> {
        let mut fields: Vec<Option<ImportField>> = Vec::new();
        for column in &self.columns {
            let guess = field_of(column).filter(|field| !fields.contains(&Some(*field)));
            fields.push(guess);
        }
        fields
    }
}

fn field_of(column: &str) -> Option<ImportField> {
    const NAMES: [(ImportField, &[&str]); 5] = [
        (ImportField::Username, &["username", "user", "login", "name", "userid", "uid", "sub", "preferredusername"]),
        (ImportField::DisplayName, &["displayname", "fullname", "realname", "cn", "nickname"]),
        (ImportField::Email, &["email", "mail", "emailaddress"]),
        (ImportField::PasswordHash, &["passwordhash", "hash", "pw", "pwhash", "hashedpassword", "password", "passwd"]),
        (ImportField::Scopes, &["scopes", "scope", "roles", "permissions"]),
    ];
    let plain: String = column.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(field, _)| *field)
}

impl Engine {
    /// What importing a file would do, line by line. Nothing is saved.
    ///
    /// # Errors
    /// [`UserImportError::Fields`], [`UserImportError::TooManyPasswords`], [`UserImportError::Store`]
    pub fn plan_import(&self, table: &ImportTable, options: &ImportOptions) -> Result<ImportPlan, UserImportError> {
        let rules = self.rules()?;
        let planner = Planner::new(table, options, &rules)?;
        Ok(self.store.snapshot(|db| planner.plan(db))?.public())
    }

    /// Imports a file as planned: all lines that are not refused, or none. `expected` is the fingerprint of the plan
    /// that was shown.
    ///
    /// # Errors
    /// [`UserImportError`]; nothing was saved.
    pub fn import_users(
        &self,
        table: &ImportTable,
        options: &ImportOptions,
        expected: &str,
    ) -> Result<Imported, UserImportError> {
        let rules = self.rules()?;
        let planner = Planner::new(table, options, &rules)?;
        let mut before = self.store.snapshot(|db| planner.plan(db))?;
        if before.fingerprint() != expected {
            return Err(UserImportError::Changed);
        }
        // Hash before the transaction: no other writer waits for it.
        before.hash_passwords(|password| {
            self.hashing.run(|| crate::passwords::make_hash(password, rules.bcrypt_cost, &*self.entropy))
        })?;
        let now = self.now()?;
        self.store.decide(|tx| {
            if planner.plan(tx)?.fingerprint() != expected {
                return Err(Stop::Refused(UserImportError::Changed));
            }
            let mut done = Imported { created: 0, updated: 0 };
            for step in before.steps() {
                match step {
                    Step::Create { username, display_name, email, hash, scopes } => {
                        let Some(id) = store::users::insert(tx, username, display_name, email, hash, now)? else {
                            return Err(Stop::Refused(UserImportError::Changed));
                        };
                        store::scopes::replace(tx, id, scopes)?;
                        store::events::record(tx, now, &NewEvent::of(EventKind::UserCreated).user(id))?;
                        begin_epoch(tx, id, now)?;
                        done.created += 1;
                    }
                    Step::Update { user, scopes } => {
                        replace_scopes(tx, user, scopes, now)?;
                        done.updated += 1;
                    }
                }
            }
            if done == (Imported { created: 0, updated: 0 }) {
                return Err(Stop::Refused(UserImportError::Nothing));
            }
            let detail = json!({ "created": done.created, "updated": done.updated });
            store::events::record(tx, now, &NewEvent::of(EventKind::UsersImported).detail(detail))?;
            Ok(done)
        })
    }

    /// All users as CSV, without password hashes and second factors. It can be imported again.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn export_users(&self) -> Result<String, StoreError> {
        let head = ["username", "display_name", "email", "scopes", "active"].map(str::to_owned);
        let users = self.users()?.into_iter().map(|one| {
            let scopes = crate::scopes::join(&one.user.scopes);
            let active = if one.user.active { "yes" } else { "no" };
            let User { username, display_name, email, .. } = one.user;
            [username.as_str().to_owned(), display_name, email, scopes, active.to_owned()]
        });
        Ok(spreadsheet([head].into_iter().chain(users)))
    }
}

/// Rows as CSV.
fn spreadsheet<const CELLS: usize>(rows: impl Iterator<Item = [String; CELLS]>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Writing to memory does not fail.
        let _ = writer.write_record(row.map(|cell| inert(&cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A cell that spreadsheets do not take for a formula (OWASP, CSV injection).
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}
