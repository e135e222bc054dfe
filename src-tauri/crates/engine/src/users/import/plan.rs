//! What each line of a file would do.

use super::{ImportField, ImportOptions, ImportTable, MOST_CLEAR, RowProblem, UserImportError, check_details};
use crate::{
    Rules,
    clients::is_client,
    passwords::{self, HashError, Recognised},
    records::{Scope, ScopeEntry, User, Username},
    scopes,
    secret::Password,
    store::{self, Db, DbResult},
    users::UserError,
};
use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::collections::HashMap;

/// What the import of a file would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPlan {
    /// Every line, in the file's order.
    pub lines: Vec<PlannedLine>,
    /// Identifies the plan: another state of the profile makes another one.
    pub fingerprint: String,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedLine {
    /// Its number in the file, from 1.
    pub line: u64,
    /// The username as written.
    pub username: String,
    /// What happens.
    pub action: LineAction,
    /// The beginning of the password hash as written; empty without one.
    pub hash: String,
    /// What was recognised there.
    pub found: HashFound,
}

/// What a line does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineAction {
    /// Creates a user with these scopes.
    Create(Vec<Scope>),
    /// Gives an existing user other scopes.
    Update {
        /// The scopes they keep.
        kept: Vec<Scope>,
        /// The scopes they get.
        added: Vec<Scope>,
        /// The scopes they lose.
        removed: Vec<Scope>,
    },
    /// Leaves an existing user as they are, who hold these scopes.
    Leave(Vec<Scope>),
    /// Is refused.
    Refuse(LineProblem),
}

/// Why a line is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineProblem {
    /// The row cannot be read.
    #[error(transparent)]
    Row(RowProblem),
    /// As a user from a form would be.
    #[error(transparent)]
    User(UserError),
    /// An earlier line has the same username.
    #[error("Line {line} has the same username")]
    Twice {
        /// That line.
        line: u64,
    },
}

/// What was recognised as a line's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashFound {
    /// Not looked at: the line is refused for another reason.
    NotLookedAt,
    /// An existing user keeps their password.
    Kept,
    /// There is none, so the user cannot sign in until one is set.
    Nothing,
    /// A hash of this kind.
    Hash(Recognised),
    /// Another text, which is why the line is refused.
    Unusable,
    /// A password in clear text, hashed when it is imported.
    Clear,
}

/// What is done for a line, for the transaction.
pub(super) enum Step<'a> {
    Create { username: &'a Username, display_name: &'a str, email: &'a str, hash: &'a str, scopes: &'a [Scope] },
    Update { user: i64, scopes: &'a [Scope] },
}

/// The secret or stored part of a line's plan.
enum Work {
    Nothing,
    Create { username: Username, display_name: String, email: String, password: Secret, scopes: Vec<Scope> },
    Update { user: i64, scopes: Vec<Scope> },
}

enum Secret {
    Hash(String),
    Clear(Password),
}

/// A plan with what it takes to carry it out.
pub(super) struct Planned {
    lines: Vec<(PlannedLine, Work)>,
}

pub(super) struct Planner<'a> {
    table: &'a ImportTable,
    update_scopes: bool,
    rules: &'a Rules,
    columns: HashMap<ImportField, usize>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        table: &'a ImportTable,
        options: &ImportOptions,
        rules: &'a Rules,
    ) -> Result<Self, UserImportError> {
        let mut columns = HashMap::new();
        for (at, field) in options.fields.iter().enumerate().take(table.columns.len()) {
            let Some(field) = field else { continue };
            if columns.insert(*field, at).is_some() {
                return Err(UserImportError::Fields);
            }
        }
        let clear = columns.contains_key(&ImportField::Password);
        if !columns.contains_key(&ImportField::Username) || clear && columns.contains_key(&ImportField::PasswordHash) {
            return Err(UserImportError::Fields);
        }
        if clear && table.rows.len() > MOST_CLEAR {
            return Err(UserImportError::TooManyPasswords);
        }
        Ok(Self { table, update_scopes: options.update_scopes, rules, columns })
    }

    pub(super) fn plan(&self, db: &Db) -> DbResult<Planned> {
        let catalog = store::scopes::all(db)?;
        let mut seen: HashMap<String, u64> = HashMap::new();
        let mut lines = Vec::with_capacity(self.table.rows.len());
        for row in &self.table.rows {
            let cells = match &row.cells {
                Ok(cells) => cells,
                Err(problem) => {
                    let problem = LineProblem::Row(problem.clone());
                    lines.push(refused(row.line, String::new(), problem, String::new(), HashFound::NotLookedAt));
                    continue;
                }
            };
            let cell = |field: ImportField| self.columns.get(&field).map_or("", |&at| cells[at].as_str());
            let username = cell(ImportField::Username).to_owned();
            if let Some(&line) = seen.get(&username.to_ascii_lowercase()) {
                let twice = LineProblem::Twice { line };
                lines.push(refused(row.line, username, twice, String::new(), HashFound::NotLookedAt));
                continue;
            }
            seen.insert(username.to_ascii_lowercase(), row.line);
            let existing = store::users::by_name(db, &username)?;
            if existing.is_none()
                && let Ok(name) = username.parse::<Username>()
                && is_client(db, self.rules, &username)?
            {
                let problem = LineProblem::User(UserError::IsClient(name));
                lines.push(refused(row.line, username, problem, String::new(), HashFound::NotLookedAt));
                continue;
            }
            lines.push(self.line(row.line, username, existing, &catalog, cell));
        }
        Ok(Planned { lines })
    }

    fn line<'b>(
        &self,
        line: u64,
        username: String,
        existing: Option<User>,
        catalog: &[ScopeEntry],
        cell: impl Fn(ImportField) -> &'b str,
    ) -> (PlannedLine, Work) {
        let written = cell(ImportField::PasswordHash);
        let hash = shortened(written);
        let problem =
            |error: UserError, found| refused(line, username.clone(), LineProblem::User(error), hash.clone(), found);
        let name: Username = match username.parse() {
            Ok(name) => name,
            Err(error) => return problem(UserError::Username(error), HashFound::NotLookedAt),
        };
        let details = check_details(cell(ImportField::DisplayName), cell(ImportField::Email));
        let scopes = scopes::choose(catalog, &words(cell(ImportField::Scopes))).map_err(UserError::from);
        let ((display_name, email), wanted) = match (details, scopes) {
            (Ok(details), Ok(scopes)) => (details, scopes),
            (Err(error), _) | (_, Err(error)) => return problem(error, HashFound::NotLookedAt),
        };
        let planned =
            |action, found| PlannedLine { line, username: username.clone(), action, hash: hash.clone(), found };
        if let Some(user) = existing {
            let takes_scopes = self.update_scopes && self.columns.contains_key(&ImportField::Scopes);
            if !takes_scopes || user.scopes == wanted {
                return (planned(LineAction::Leave(user.scopes), HashFound::Kept), Work::Nothing);
            }
            let only = |those: &[Scope], others: &[Scope], both: bool| -> Vec<Scope> {
                those.iter().filter(|scope| others.contains(scope) == both).cloned().collect()
            };
            let action = LineAction::Update {
                kept: only(&user.scopes, &wanted, true),
                added: only(&wanted, &user.scopes, false),
                removed: only(&user.scopes, &wanted, false),
            };
            return (planned(action, HashFound::Kept), Work::Update { user: user.id, scopes: wanted });
        }
        let (password, found) = match self.password(written, cell(ImportField::Password), &username) {
            Ok(found) => found,
            Err(error) => return problem(error, HashFound::Unusable),
        };
        let (display_name, email) = (display_name.to_owned(), email.to_owned());
        let work = Work::Create { username: name, display_name, email, password, scopes: wanted.clone() };
        (planned(LineAction::Create(wanted), found), work)
    }

    fn password(&self, hash: &str, clear: &str, username: &str) -> Result<(Secret, HashFound), UserError> {
        if !clear.is_empty() {
            let password = Password::new(clear);
            return match passwords::refuse(&password, username, self.rules.password_lengths()) {
                Some(refusal) => Err(refusal.into()),
                None => Ok((Secret::Clear(password), HashFound::Clear)),
            };
        }
        if hash.is_empty() {
            return Ok((Secret::Hash(String::new()), HashFound::Nothing));
        }
        let hash = passwords::importable(hash)?;
        Ok((Secret::Hash(hash.to_owned()), HashFound::Hash(passwords::recognise(hash, self.rules.bcrypt_cost)?)))
    }
}

fn refused(line: u64, username: String, problem: LineProblem, hash: String, found: HashFound) -> (PlannedLine, Work) {
    (PlannedLine { line, username, action: LineAction::Refuse(problem), hash, found }, Work::Nothing)
}

/// Scopes as other programs separate them.
fn words(text: &str) -> Vec<String> {
    text.split([' ', ',', ';', '|']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Enough of a hash to recognise it, and too little to try passwords on.
fn shortened(hash: &str) -> String {
    let looks_like_a_hash = hash.starts_with(['$', '{']);
    match hash.char_indices().nth(12) {
        _ if !looks_like_a_hash && !hash.is_empty() => "…".into(),
        Some((at, _)) => format!("{}…", &hash[..at]),
        None => hash.to_owned(),
    }
}

impl Planned {
    pub(super) fn public(self) -> ImportPlan {
        let fingerprint = self.fingerprint();
        ImportPlan { lines: self.lines.into_iter().map(|(line, _)| line).collect(), fingerprint }
    }

    /// A digest of what is shown.
    pub(super) fn fingerprint(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        for (line, _) in &self.lines {
            context.update(format!("{line:?}\n").as_bytes());
        }
        URL_SAFE_NO_PAD.encode(context.finish())
    }

    pub(super) fn hash_passwords(
        &mut self,
        hash: impl Fn(&Password) -> Result<String, HashError>,
    ) -> Result<(), HashError> {
        for (_, work) in &mut self.lines {
            if let Work::Create { password: secret @ Secret::Clear(_), .. } = work
                && let Secret::Clear(password) = secret
            {
                *secret = Secret::Hash(hash(password)?);
            }
        }
        Ok(())
    }

    /// What to do; passwords must be hashed first.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        self.lines.iter().filter_map(|(_, work)| match work {
            Work::Create { username, display_name, email, password: Secret::Hash(hash), scopes } => {
                Some(Step::Create { username, display_name, email, hash, scopes })
            }
            Work::Update { user, scopes } => Some(Step::Update { user: *user, scopes }),
            Work::Create { password: Secret::Clear(_), .. } | Work::Nothing => None,
        })
    }
}
