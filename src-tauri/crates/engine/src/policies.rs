//! Named policies: the rules for inspecting tokens.
//!
//! Two are built in and can be neither changed nor deleted: the profile's own ([`Engine::own_policy`]), named after the
//! profile's audience, and the one for tokens from anywhere ([`any_issuer`]). The others are saved with the profile.
//! Names are case-insensitive. If a built-in policy takes the name of a saved one, because the profile's audience
//! changed, the name means the built-in policy; deleting it deletes the saved one.

use crate::{
    Engine,
    evidence::{Form, any_issuer, own_policy},
    records::{EventKind, NewEvent},
    store::{self, Db, DbResult, Stop, StoreError},
};
use jose::{
    Policy,
    key::{NotPublic, public_set},
};
use serde_json::json;
use std::{collections::HashSet, hash::Hash};
use unicode_normalization::UnicodeNormalization;

/// The maximum length of a name, in characters.
pub const LONGEST_NAME: usize = 64;
/// The maximum length of an issuer, audience, `typ`, claim name or scope, in characters.
pub const LONGEST_VALUE: usize = 512;
/// The maximum number of claims, and of scopes, that one policy can require.
pub const MOST_REQUIRED: usize = 100;
/// The maximum number of saved policies.
pub const MOST_POLICIES: u32 = 100;
/// The maximum leeway, in seconds.
pub const LONGEST_LEEWAY: u32 = 3600;

/// A policy, and whether it is built in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPolicy {
    /// The rules, with their name.
    pub policy: Policy,
    /// Whether it is built in, and so can be neither changed nor deleted.
    pub builtin: bool,
}

/// Why a policy was not found, saved or deleted. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The name is empty, or only white space.
    #[error("The policy has no name")]
    NameEmpty,
    /// More than [`LONGEST_NAME`] characters.
    #[error("The policy's name has more than {LONGEST_NAME} characters")]
    NameTooLong,
    /// The name contains an invisible character.
    #[error("The policy's name contains an invisible character (U+{:04X})", u32::from(*.0))]
    NameCharacter(char),
    /// The name belongs to a built-in policy.
    #[error("\"{0}\" is a built-in policy, which can be neither changed nor deleted; save yours under another name")]
    Reserved(String),
    /// The keys to keep with it are not public, or cannot be used.
    #[error(transparent)]
    Keys(#[from] NotPublic),
    /// The list of allowed algorithms is empty, which would refuse every token.
    #[error("The policy allows no algorithm; name at least one")]
    NoAlgorithm,
    /// The leeway exceeds [`LONGEST_LEEWAY`].
    #[error("A leeway of {0} seconds is more than {LONGEST_LEEWAY}")]
    Leeway(u32),
    /// [`MOST_POLICIES`] are saved already.
    #[error("{MOST_POLICIES} policies are saved already; delete one first")]
    TooMany,
    /// A value has more than [`LONGEST_VALUE`] characters.
    #[error("The {field} has more than {LONGEST_VALUE} characters")]
    ValueTooLong {
        /// Which: "issuer", "audience", "typ", "required claim", "required scope".
        field: &'static str,
    },
    /// More than [`MOST_REQUIRED`] claims or scopes are required.
    #[error("More than {MOST_REQUIRED} {field} are required")]
    TooManyRequired {
        /// Which: "claims", "scopes".
        field: &'static str,
    },
    /// There is no policy with this name.
    #[error("There is no policy \"{name}\". Those there are: {}", .known.join(", "))]
    NotFound {
        /// The requested name.
        name: String,
        /// The existing names, in the order of [`Engine::policies`].
        known: Vec<String>,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// All policies: the profile's own, the one for tokens from anywhere, then the saved ones by name.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn policies(&self) -> Result<Vec<NamedPolicy>, StoreError> {
        self.store.read(|db| self.policies_in(db))
    }

    /// The policy with this name, ignoring case.
    ///
    /// # Errors
    /// [`PolicyError::NotFound`], [`PolicyError::Store`]
    pub fn policy_named(&self, name: &str) -> Result<Policy, PolicyError> {
        let key = key(name);
        let found = self.store.read(|db| match self.builtin(db, &key)? {
            Some(builtin) => Ok(Some(builtin)),
            None => store::policies::by_key(db, &key),
        })?;
        found.map_or_else(|| Err(self.store.read(|db| self.not_found(db, name))?), Ok)
    }

    /// Saves a policy under its name, replacing any existing one, and returns it in its saved form: white space around
    /// the name removed, an empty issuer, audience or `typ` stored as "any", duplicate requirements dropped, a
    /// scope that contains white space split up (RFC 6749 section 3.3), and of its keys only the public members.
    ///
    /// # Errors
    /// [`PolicyError`] for the first invalid field, in order.
    pub fn save_policy(&self, policy: &Policy) -> Result<Policy, PolicyError> {
        self.put_policy(policy, None)
    }

    /// Like [`Engine::save_policy`], but replaces the policy named `before`, so that it can be renamed. The old name is
    /// deleted once the new policy is saved.
    ///
    /// # Errors
    /// [`PolicyError`]
    pub fn replace_policy(&self, before: &str, policy: &Policy) -> Result<Policy, PolicyError> {
        self.put_policy(policy, Some(before))
    }

    fn put_policy(&self, policy: &Policy, before: Option<&str>) -> Result<Policy, PolicyError> {
        let policy = checked(policy)?;
        let key = key(&policy.name);
        let before = before.map(self::key).filter(|before| *before != key);
        self.store.decide(|tx| {
            if let Some(builtin) = self.builtin(tx, &key)? {
                return Err(Stop::Refused(PolicyError::Reserved(builtin.name)));
            }
            let now = self.now_in(tx)?;
            let others = store::policies::count_others(tx, &key, before.as_deref())?;
            if others >= MOST_POLICIES {
                return Err(Stop::Refused(PolicyError::TooMany));
            }
            if let Some(gone) = before.map(|before| store::policies::delete(tx, &before)).transpose()?.flatten() {
                store::events::record(
                    tx,
                    now,
                    &NewEvent::of(EventKind::PolicyDeleted).detail(json!({ "name": gone })),
                )?;
            }
            store::policies::put(tx, &key, &policy)?;
            store::events::record(
                tx,
                now,
                &NewEvent::of(EventKind::PolicySaved).detail(json!({ "name": policy.name })),
            )?;
            Ok(policy)
        })
    }

    /// Deletes a saved policy. Returns its name as saved.
    ///
    /// # Errors
    /// [`PolicyError::Reserved`], [`PolicyError::NotFound`], [`PolicyError::Store`]
    pub fn delete_policy(&self, name: &str) -> Result<String, PolicyError> {
        let key = key(name);
        self.store.decide(|tx| {
            if let Some(deleted) = store::policies::delete(tx, &key)? {
                store::events::record(
                    tx,
                    self.now_in(tx)?,
                    &NewEvent::of(EventKind::PolicyDeleted).detail(json!({ "name": deleted })),
                )?;
                return Ok(deleted);
            }
            Err(Stop::Refused(match self.builtin(tx, &key)? {
                Some(builtin) => PolicyError::Reserved(builtin.name),
                None => self.not_found(tx, name)?,
            }))
        })
    }

    fn policies_in(&self, db: &Db) -> DbResult<Vec<NamedPolicy>> {
        let builtin = self.builtins(db)?.into_iter().map(|policy| NamedPolicy { policy, builtin: true });
        let saved = store::policies::all(db)?.into_iter().map(|policy| NamedPolicy { policy, builtin: false });
        Ok(builtin.chain(saved).collect())
    }

    fn builtins(&self, db: &Db) -> DbResult<[Policy; 2]> {
        Ok([own_policy(&*self.rules_in(db)?, Form::default(), &[]), any_issuer()])
    }

    fn builtin(&self, db: &Db, wanted: &str) -> DbResult<Option<Policy>> {
        Ok(self.builtins(db)?.into_iter().find(|policy| key(&policy.name) == wanted))
    }

    fn not_found(&self, db: &Db, name: &str) -> DbResult<PolicyError> {
        let known = self.policies_in(db)?.into_iter().map(|known| known.policy.name).collect();
        Ok(PolicyError::NotFound { name: name.trim().into(), known })
    }
}

/// A name in its form for comparison.
fn key(name: &str) -> String {
    name.trim().nfc().flat_map(char::to_lowercase).collect()
}

/// Validates a policy and returns its saved form.
fn checked(policy: &Policy) -> Result<Policy, PolicyError> {
    let name = policy.name.trim();
    if name.is_empty() {
        return Err(PolicyError::NameEmpty);
    }
    if let Some(unseen) = jose::first_unseen(name) {
        return Err(PolicyError::NameCharacter(unseen));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(PolicyError::NameTooLong);
    }
    let unless_empty = |field: &'static str, value: &Option<String>| {
        let value = value.as_ref().filter(|value| !value.trim().is_empty());
        value.map(|value| fitting(field, value)).transpose()
    };
    let issuer = unless_empty("issuer", &policy.issuer)?;
    let audience = unless_empty("audience", &policy.audience)?;
    let algorithms = once_each(policy.algorithms.iter().copied());
    if algorithms.is_empty() {
        return Err(PolicyError::NoAlgorithm);
    }
    let typ = unless_empty("typ", &policy.typ)?;
    let claims = policy.required_claims.iter().filter(|claim| !claim.is_empty());
    let claims = claims.map(|claim| fitting("required claim", claim)).collect::<Result<Vec<_>, _>>()?;
    let scopes = policy.required_scopes.iter().flat_map(|scope| scope.split_whitespace());
    let scopes = scopes.map(|scope| fitting("required scope", scope)).collect::<Result<Vec<_>, _>>()?;
    let (required_claims, required_scopes) = (once_each(claims), once_each(scopes));
    for (field, required) in [("claims", &required_claims), ("scopes", &required_scopes)] {
        if required.len() > MOST_REQUIRED {
            return Err(PolicyError::TooManyRequired { field });
        }
    }
    if policy.leeway_seconds > LONGEST_LEEWAY {
        return Err(PolicyError::Leeway(policy.leeway_seconds));
    }
    let jwks = policy.jwks.as_deref().filter(|jwks| !jwks.trim().is_empty()).map(public_set).transpose()?;
    Ok(Policy {
        name: name.into(),
        issuer,
        audience,
        algorithms,
        typ,
        required_claims,
        required_scopes,
        leeway_seconds: policy.leeway_seconds,
        max_lifetime_seconds: policy.max_lifetime_seconds.max(0),
        jwks,
        kind: None,
        own_tokens: false,
    })
}

fn fitting(field: &'static str, value: &str) -> Result<String, PolicyError> {
    if value.chars().count() > LONGEST_VALUE { Err(PolicyError::ValueTooLong { field }) } else { Ok(value.into()) }
}

/// Removes duplicates, keeping the order. Lists are usually short, but a caller may pass a long one.
fn once_each<T: Clone + Eq + Hash>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    values.into_iter().filter(|value| seen.insert(value.clone())).collect()
}
