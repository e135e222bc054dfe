//! A plan as a file, for whoever sent the users.

use super::{HashFound, ImportPlan, LineAction, PlannedLine, spreadsheet};
use crate::{records::Scope, scopes};

impl ImportPlan {
    /// What each line does, as CSV. It holds no password hash.
    pub fn report(&self) -> String {
        let head = ["line", "username", "what_happens", "scopes", "added", "removed", "password", "reason"];
        spreadsheet([head.map(str::to_owned)].into_iter().chain(self.lines.iter().map(row)))
    }
}

fn row(line: &PlannedLine) -> [String; 8] {
    let none: &[Scope] = &[];
    let (what, scopes, added, removed, reason) = match &line.action {
        LineAction::Create(scopes) => ("create", scopes.clone(), none, none, String::new()),
        LineAction::Update { kept, added, removed } => {
            let scopes = kept.iter().chain(added).cloned().collect();
            ("update scopes", scopes, added.as_slice(), removed.as_slice(), String::new())
        }
        LineAction::Leave(scopes) => ("leave alone", scopes.clone(), none, none, String::new()),
        LineAction::Refuse(problem) => ("refused", Vec::new(), none, none, problem.to_string()),
    };
    let password = match line.found {
        HashFound::NotLookedAt => "not looked at".into(),
        HashFound::Kept => "kept".into(),
        HashFound::Nothing => "none, cannot sign in".into(),
        HashFound::Hash(hash) => {
            let upgraded = if hash.outdated { ", upgraded at sign-in" } else { "" };
            format!("{}, cost {}{upgraded}", hash.scheme, hash.cost)
        }
        HashFound::Unusable => "not usable".into(),
        HashFound::Clear => "clear text, hashed on import".into(),
    };
    let [scopes, added, removed] = [&scopes, added, removed].map(scopes::join);
    [line.line.to_string(), line.username.clone(), what.into(), scopes, added, removed, password, reason]
}
