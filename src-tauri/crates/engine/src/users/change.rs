//! Changing who a user is, and deleting them.

use super::{User, UserError, check_details};
use crate::{
    Engine,
    clock::Timestamp,
    records::{EventKind, NewEvent, Scope},
    scopes,
    store::{self, DbResult, Tx},
};
use serde_json::json;

/// What to change of a user; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct UserEdit {
    /// The name for display; empty for none.
    pub display_name: Option<String>,
    /// The email address; empty for none.
    pub email: Option<String>,
    /// Names of scopes from the catalog.
    pub scopes: Option<Vec<String>>,
}

impl Engine {
    /// Changes a user. The username stays: it is the `sub` of their tokens. Tokens already issued keep their scopes.
    ///
    /// # Errors
    /// [`UserError`] for the first invalid field. Nothing is saved.
    pub fn edit_user(&self, username: &str, edit: &UserEdit) -> Result<User, UserError> {
        let display_name = edit.display_name.as_deref().unwrap_or_default();
        let (display_name, email) = check_details(display_name, edit.email.as_deref().unwrap_or_default())?;
        let catalog = self.scope_catalog()?;
        let wanted = edit.scopes.as_deref().map(|wanted| scopes::choose(&catalog, wanted)).transpose()?;
        let now = self.now()?;
        let changed = self.store.write(|tx| {
            let Some(mut user) = store::users::by_name(tx, username)? else { return Ok(None) };
            let before = (user.display_name.clone(), user.email.clone());
            if edit.display_name.is_some() {
                display_name.clone_into(&mut user.display_name);
            }
            if edit.email.is_some() {
                email.clone_into(&mut user.email);
            }
            if (&user.display_name, &user.email) != (&before.0, &before.1) {
                store::users::set_details(tx, user.id, &user.display_name, &user.email)?;
                store::events::record(tx, now, &NewEvent::of(EventKind::UserEdited).user(user.id))?;
            }
            if let Some(wanted) = wanted.filter(|wanted| *wanted != user.scopes) {
                replace_scopes(tx, user.id, &wanted, now)?;
                user.scopes = wanted;
            }
            Ok(Some(user))
        })?;
        changed.ok_or_else(|| UserError::NotFound(username.into()))
    }

    /// Deletes a user with their sessions, second factor and recovery codes. Their tokens are refused from then on,
    /// even if a new user takes the name, because their sessions are gone. Returns the user as they were.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`UserError::Store`]
    pub fn delete_user(&self, username: &str) -> Result<User, UserError> {
        let now = self.now()?;
        let deleted = self.store.write(|tx| {
            let Some(user) = store::users::by_name(tx, username)? else { return Ok(None) };
            let sessions = store::sessions::open_of(tx, user.id)?;
            store::users::delete(tx, user.id)?;
            let detail = json!({ "username": user.username.as_str(), "sessions": sessions });
            store::events::record(tx, now, &NewEvent::of(EventKind::UserDeleted).detail(detail))?;
            Ok(Some(user))
        })?;
        deleted.ok_or_else(|| UserError::NotFound(username.into()))
    }
}

/// Replaces a user's scopes.
pub(super) fn replace_scopes(tx: &Tx<'_>, user: i64, scopes: &[Scope], now: Timestamp) -> DbResult<()> {
    store::scopes::replace(tx, user, scopes)?;
    let held: Vec<_> = scopes.iter().map(Scope::as_str).collect();
    let event = NewEvent::of(EventKind::UserScopesChanged).user(user).detail(json!({ "scopes": held }));
    store::events::record(tx, now, &event)
}
