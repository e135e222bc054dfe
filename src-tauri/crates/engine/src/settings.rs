//! Settings that can change while a profile is in use: the clock and the rules. Stored with the profile, so that the
//! window and `twb` agree.

mod clock;

pub use crate::rules::UnknownSetting;
pub use clock::{ClockError, ClockSetting};

use crate::{
    Engine,
    clock::Timestamp,
    records::{EventKind, KeyInfo, KeyState, NewEvent, Purpose},
    rules::{Changed, RULES, Revocation, Rotation, Rule, Rules, RulesError},
    store::{self, Db, DbResult, Stop, StoreError, Tx, settings},
};
use serde_json::json;
use std::{str::FromStr, sync::Arc};

/// Why no rule was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The value is not allowed, or the stored rules cannot be read.
    #[error(transparent)]
    Rule(#[from] RulesError),
    /// An active key uses an algorithm that would no longer be allowed: its own tokens would be refused.
    #[error("The key {kid} signs with {algorithm}; rotate it to another algorithm first")]
    InUse {
        /// The key ID.
        kid: String,
        /// Its algorithm.
        algorithm: jose::Algorithm,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// The rules in force.
    ///
    /// # Errors
    /// [`StoreError`], also if the stored rules cannot be read: no other rules are used instead.
    pub fn rules(&self) -> Result<Arc<Rules>, StoreError> {
        self.store.read(|db| self.rules_in(db))
    }

    /// The rules in force, within a transaction.
    pub(crate) fn rules_in(&self, db: &Db) -> DbResult<Arc<Rules>> {
        self.rules_kept(settings::read(db, settings::RULES)?.as_deref())
    }

    /// The present moment and the rules in force.
    pub(crate) fn now_and_rules_in(&self, db: &Db) -> DbResult<(Timestamp, Arc<Rules>)> {
        let (clock, rules) = settings::clock_and_rules(db)?;
        Ok((self.now_kept(clock.as_deref()), self.rules_kept(rules.as_deref())?))
    }

    /// The rules for a stored form.
    pub(crate) fn rules_kept(&self, kept: Option<&str>) -> DbResult<Arc<Rules>> {
        self.rules.by(kept).map_err(|error| store::damaged(0, error))
    }

    /// The default rules.
    pub fn default_rules(&self) -> &Rules {
        self.rules.defaults()
    }

    /// Changes a rule, effective from its next use. For `text`, see [`crate::rules::Allowed::describe`].
    ///
    /// # Errors
    /// [`SettingError`]; nothing has changed.
    pub fn set_rule(&self, name: &str, text: &str) -> Result<(), SettingError> {
        let rule = Rule::named(name).ok_or_else(|| RulesError::Unknown(name.into()))?;
        let refused = || RulesError::NotAllowed { name: rule.name, value: text.into(), rule };
        let value = rule.allowed.read(text).filter(|value| rule.allowed.allows(value)).ok_or_else(refused)?;
        self.change_rules(|_, kept| Ok(Changed::read(kept).map_err(refuse)?.with(rule, Some(value))))
    }

    /// Resets one rule to its default.
    ///
    /// # Errors
    /// [`SettingError`]; nothing has changed.
    pub fn reset_rule(&self, name: &str) -> Result<(), SettingError> {
        let rule = Rule::named(name).ok_or_else(|| RulesError::Unknown(name.into()))?;
        self.change_rules(|_, kept| Ok(Changed::read(kept).map_err(refuse)?.with(rule, None)))
    }

    /// Resets every rule to its default, even if the stored rules cannot be read. No key could have been rotated under
    /// those, so the algorithms of the active keys then stay allowed.
    ///
    /// # Errors
    /// [`SettingError`]; nothing has changed.
    pub fn reset_rules(&self) -> Result<(), SettingError> {
        self.change_rules(|tx, kept| {
            if self.rules.by(kept).is_ok() {
                return Ok(Changed::default());
            }
            let mut allowed = self.rules.defaults().algorithms.clone();
            let defaults = allowed.len();
            for key in active_keys(tx)? {
                if !allowed.contains(&key.algorithm) {
                    allowed.push(key.algorithm);
                }
            }
            let names = (allowed.len() > defaults).then(|| allowed.iter().map(|one| one.as_str()).collect());
            Ok(match Rule::named("algorithms") {
                Some(rule) => Changed::default().with(rule, names),
                None => Changed::default(),
            })
        })
    }

    /// Changes what happens when a used refresh token is presented, effective from the next refresh.
    ///
    /// # Errors
    /// [`SettingError`]
    pub fn set_rotation(&self, rotation: Rotation) -> Result<(), SettingError> {
        self.set_rule("rotation", &rotation.to_string())
    }

    /// Changes how revoked access tokens are refused. Existing tokens that live longer than short-lived ones are looked
    /// up until they expire.
    ///
    /// # Errors
    /// [`SettingError`]
    pub fn set_revocation(&self, revocation: Revocation) -> Result<(), SettingError> {
        self.set_rule("revocation", &revocation.to_string())
    }

    /// Publishes or withdraws the test key. Its tokens are accepted only while it is published.
    ///
    /// # Errors
    /// [`SettingError`]
    pub fn publish_test_key(&self, publish: bool) -> Result<(), SettingError> {
        self.set_rule("test_key_published", if publish { "yes" } else { "no" })
    }

    /// Changes the stored rules in one transaction, and writes an event for each rule that differs afterwards.
    fn change_rules(
        &self,
        change: impl FnOnce(&Tx<'_>, Option<&str>) -> Result<Changed, Stop<SettingError>>,
    ) -> Result<(), SettingError> {
        let at = self.clock.now();
        self.store.decide(|tx| {
            let kept = settings::read(tx, settings::RULES)?;
            let changed = change(tx, kept.as_deref())?;
            let rules = changed.on(self.rules.defaults()).map_err(refuse)?;
            check_keys(tx, &rules)?;
            settings::write(tx, settings::RULES, changed.keep().as_deref())?;
            // Unreadable rules differ from any others.
            let before = self.rules.by(kept.as_deref()).map(|before| before.values()).unwrap_or_default();
            let after = rules.values();
            for rule in RULES.iter().filter(|rule| before.get(rule.name) != after.get(rule.name)) {
                let detail = json!({ "setting": rule.name, "value": after.get(rule.name) });
                store::events::record(tx, at, &NewEvent::of(EventKind::PolicyChanged).detail(detail))?;
            }
            Ok(())
        })
    }
}

fn refuse(error: RulesError) -> Stop<SettingError> {
    Stop::Refused(SettingError::Rule(error))
}

/// Refuses rules under which an active key could not sign.
fn check_keys(tx: &Tx<'_>, rules: &Rules) -> Result<(), Stop<SettingError>> {
    match active_keys(tx)?.into_iter().find(|key| !rules.algorithms.contains(&key.algorithm)) {
        Some(key) => Err(Stop::Refused(SettingError::InUse { kid: key.kid, algorithm: key.algorithm })),
        None => Ok(()),
    }
}

/// The active keys whose algorithms are a rule.
fn active_keys(tx: &Tx<'_>) -> DbResult<Vec<KeyInfo>> {
    let mut keys = Vec::new();
    for purpose in [Purpose::Access, Purpose::Test] {
        keys.extend(store::signing_keys::in_state(tx, purpose, KeyState::Active)?.map(|row| row.info));
    }
    Ok(keys)
}

fn read_or<T: FromStr>(db: &Db, name: &str, default: T) -> DbResult<T> {
    Ok(kept_or(settings::read(db, name)?.as_deref(), default))
}

/// A stored setting, or the default.
fn kept_or<T: FromStr>(kept: Option<&str>, default: T) -> T {
    kept.and_then(|text| text.parse().ok()).unwrap_or(default)
}
