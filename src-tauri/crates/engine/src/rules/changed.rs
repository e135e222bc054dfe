//! The rules a profile changed, as stored in its database: `{"version": 1, "changed": {"rotation": "grace 10"}}`.

use super::{Rule, Rules};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, PoisonError};

/// The format version that this program writes.
const VERSION: u32 = 1;

/// Why the rules cannot be used. A profile with unreadable rules is never used with others instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// A newer version of the program wrote them.
    #[error("The profile's rules have the form {found}; this version knows forms up to {VERSION}")]
    Newer {
        /// Their format version.
        found: u32,
    },
    /// They are not JSON of the expected form.
    #[error("The profile's rules cannot be read ({0}); to go back to the defaults: twb policy reset --all")]
    Unreadable(String),
    /// There is no rule with this name.
    #[error("There is no rule \"{}\"; twb policy show lists them", .0.escape_debug())]
    Unknown(String),
    /// The value is not allowed for this rule.
    #[error("{name} cannot be \"{}\": write {}", .value.escape_debug(), .rule.allowed.describe())]
    NotAllowed {
        /// The rule's name.
        name: &'static str,
        /// The rejected value.
        value: String,
        /// The rule, with its allowed values.
        rule: &'static Rule,
    },
    /// Two rules contradict each other.
    #[error("{less} cannot be more than {more}")]
    Contradiction {
        /// The rule that must not exceed the other.
        less: &'static str,
        /// The other rule.
        more: &'static str,
    },
}

/// The stored form: the rules that differ from the defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changed {
    version: u32,
    changed: Map<String, Value>,
}

impl Default for Changed {
    /// No changes.
    fn default() -> Self {
        Self { version: VERSION, changed: Map::new() }
    }
}

impl Changed {
    /// Parses the stored form, if there is one.
    pub(crate) fn read(kept: Option<&str>) -> Result<Self, RulesError> {
        let Some(kept) = kept else { return Ok(Self::default()) };
        let unreadable = |error: serde_json::Error| RulesError::Unreadable(error.to_string());
        let value: Value = serde_json::from_str(kept).map_err(unreadable)?;
        match value["version"].as_u64() {
            Some(found) if found > u64::from(VERSION) => {
                Err(RulesError::Newer { found: u32::try_from(found).unwrap_or(u32::MAX) })
            }
            Some(found) if found < u64::from(VERSION) => {
                Err(RulesError::Unreadable(format!("no version of this program wrote the form {found}")))
            }
            _ => serde_json::from_value(value).map_err(unreadable),
        }
    }

    /// The form to store; `None` if nothing differs.
    pub(crate) fn keep(&self) -> Option<String> {
        // Serialising a map of JSON values cannot fail.
        (!self.changed.is_empty()).then(|| serde_json::to_string(self).unwrap_or_default())
    }

    /// The same with one rule changed; `None` resets it to the default.
    #[must_use]
    pub(crate) fn with(mut self, rule: &Rule, value: Option<Value>) -> Self {
        match value {
            Some(value) => drop(self.changed.insert(rule.name.into(), value)),
            None => drop(self.changed.remove(rule.name)),
        }
        self
    }

    /// Applies the changes to `defaults`.
    pub(crate) fn on(&self, defaults: &Rules) -> Result<Rules, RulesError> {
        let mut all = defaults.values();
        for (name, value) in &self.changed {
            let unknown = || RulesError::Unreadable(format!("\"{}\" is no rule", name.escape_debug()));
            let rule = Rule::named(name).ok_or_else(unknown)?;
            if !rule.allowed.allows(value) {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                return Err(RulesError::NotAllowed { name: rule.name, value, rule });
            }
            all.insert(name.clone(), value.clone());
        }
        let rules = serde_json::from_value::<Rules>(all.into());
        let rules = rules.map_err(|error| RulesError::Unreadable(error.to_string()))?;
        rules.contradiction().map_or(Ok(rules), Err)
    }
}

impl Rules {
    /// The value of each rule as JSON, by its name.
    pub fn values(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(values)) => values,
            // Serialising texts and numbers cannot fail.
            _ => Map::new(),
        }
    }

    fn contradiction(&self) -> Option<RulesError> {
        let (longest, idle) = (self.longest_access_token_lifetime, self.session_idle_limit);
        let [access, short] = [self.access_token_lifetime, self.short_lived_lifetime];
        let pairs = [
            (access > longest, "access_token_lifetime", "longest_access_token_lifetime"),
            (short > longest, "short_lived_lifetime", "longest_access_token_lifetime"),
            (idle > self.session_lifetime, "session_idle_limit", "session_lifetime"),
        ];
        let found = pairs.into_iter().find(|(contradicts, ..)| *contradicts);
        found.map(|(_, less, more)| RulesError::Contradiction { less, more })
    }
}

/// The rules in force, parsed again only when their stored form changes.
#[derive(Debug)]
pub(crate) struct KnownRules {
    defaults: Arc<Rules>,
    last: Mutex<Option<(String, Arc<Rules>)>>,
}

impl KnownRules {
    /// The rules of a profile with these `defaults`.
    pub(crate) fn new(defaults: Rules) -> Self {
        Self { defaults: Arc::new(defaults), last: Mutex::new(None) }
    }

    pub(crate) fn defaults(&self) -> &Rules {
        &self.defaults
    }

    /// The rules for a stored form.
    pub(crate) fn by(&self, kept: Option<&str>) -> Result<Arc<Rules>, RulesError> {
        let Some(kept) = kept else { return Ok(Arc::clone(&self.defaults)) };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((text, rules)) = &*last
            && text == kept
        {
            return Ok(Arc::clone(rules));
        }
        // These messages ask for another value. Stored rules need the way back to the defaults instead.
        let stored = |error| match error {
            error @ (RulesError::Newer { .. } | RulesError::Unreadable(_)) => error,
            error @ (RulesError::Unknown(_) | RulesError::NotAllowed { .. } | RulesError::Contradiction { .. }) => {
                RulesError::Unreadable(error.to_string())
            }
        };
        let read = Changed::read(Some(kept)).and_then(|changed| changed.on(&self.defaults));
        let rules = Arc::new(read.map_err(stored)?);
        *last = Some((kept.to_owned(), Arc::clone(&rules)));
        Ok(rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RULES, Revocation, Rotation};
    use serde_json::json;
    use std::time::Duration;

    fn read(kept: &str) -> Result<Rules, RulesError> {
        Changed::read(Some(kept))?.on(&Rules::default())
    }

    fn kept(changed: Value) -> String {
        json!({"version": 1, "changed": changed}).to_string()
    }

    #[test]
    fn every_field_is_a_rule_and_every_default_is_allowed() {
        let defaults = Rules::default().values();
        let mut fields: Vec<_> = defaults.keys().cloned().collect();
        let mut names: Vec<_> = RULES.iter().map(|rule| rule.name.to_owned()).collect();
        fields.sort();
        names.sort();
        assert_eq!(fields, names);
        for rule in RULES {
            let value = &defaults[rule.name];
            assert!(rule.allowed.allows(value), "{}: {value}", rule.name);
            let changed = Changed::default().with(rule, Some(value.clone()));
            assert_eq!(read(&changed.keep().unwrap()).unwrap(), Rules::default());
        }
        assert_eq!(Rules::default().contradiction(), None);
    }

    #[test]
    fn what_was_changed_is_in_force_and_the_rest_as_the_program_has_it() {
        let changed = json!({"rotation": "grace 10", "revocation": "short-lived", "access_token_lifetime": 60});
        let expected = Rules {
            rotation: Rotation::Grace { seconds: 10 },
            revocation: Revocation::ShortLived,
            access_token_lifetime: Duration::from_secs(60),
            ..Rules::default()
        };
        assert_eq!(read(&kept(changed)), Ok(expected));
        assert_eq!(Changed::default().keep(), None);
    }

    #[test]
    fn rules_that_cannot_be_read_are_not_taken_for_others() {
        assert_eq!(read(r#"{"version": 2, "anything": 1}"#), Err(RulesError::Newer { found: 2 }));
        for unreadable in ["", "{", "[]", "{}", r#"{"version": 1}"#, r#"{"version": 1, "changed": {}, "more": 1}"#] {
            assert!(matches!(read(unreadable), Err(RulesError::Unreadable(_))), "{unreadable}");
        }
        let unknown = Err(RulesError::Unreadable("\"mood\" is no rule".into()));
        assert_eq!(read(&kept(json!({"mood": 1}))), unknown);
        let form = RulesError::Unreadable("no version of this program wrote the form 0".into());
        assert_eq!(read(r#"{"version": 0, "changed": {}}"#), Err(form));
    }

    #[test]
    fn stored_rules_that_are_refused_name_the_way_out() {
        let known = KnownRules::new(Rules::default());
        for (changed, why) in [
            (json!({"mood": 1}), "\"mood\" is no rule"),
            (json!({"leeway_seconds": 301}), "leeway_seconds cannot be \"301\": write 0 to 300 seconds"),
            (json!({"session_lifetime": 3600}), "session_idle_limit cannot be more than session_lifetime"),
        ] {
            let refused = known.by(Some(&kept(changed))).unwrap_err().to_string();
            let way_out = "to go back to the defaults: twb policy reset --all";
            assert_eq!(refused, format!("The profile's rules cannot be read ({why}); {way_out}"));
        }
    }

    #[test]
    fn nothing_is_kept_that_a_rule_may_not_be() {
        let odd = [
            ("issuer", json!("localhost:8787")),
            ("issuer", json!("ftp://example.com")),
            ("issuer", json!("https://example.com?x")),
            ("issuer", json!("https://example.com/#x")),
            ("issuer", json!("https://u@example.com")),
            ("issuer", json!("https://")),
            ("issuer", json!(" https://example.com")),
            ("issuer", json!(format!("https://example.com/{}", "a".repeat(200)))),
            ("audience", json!("")),
            ("audience", json!("a\nb")),
            ("audience", json!("ä")),
            ("audience", json!(7)),
            ("access_token_lifetime", json!(9)),
            ("access_token_lifetime", json!(86_401)),
            ("access_token_lifetime", json!(-1)),
            ("access_token_lifetime", json!("900")),
            ("access_token_lifetime", json!(900.5)),
            ("rotation", json!("grace 0")),
            ("rotation", json!("grace 86401")),
            ("rotation", json!("grace")),
            ("rotation", json!("grace -1")),
            ("rotation", json!("strict 1")),
            ("revocation", json!("never")),
            ("algorithms", json!([])),
            ("algorithms", json!(["none"])),
            ("algorithms", json!(["ES256", "RS256", "ES256"])),
            ("test_key_published", json!("yes")),
            ("bcrypt_cost", json!(17)),
            ("shortest_password_alone", json!(7)),
            ("shortest_password_alone", json!(65)),
            ("most_failures", json!(101)),
        ];
        for (name, value) in odd {
            let refused = read(&kept(json!({ name: value })));
            assert!(matches!(refused, Err(RulesError::NotAllowed { .. })), "{name} {value}: {refused:?}");
        }
    }

    #[test]
    fn rules_that_contradict_each_other_are_refused() {
        for (changed, sentence) in [
            (
                json!({"longest_access_token_lifetime": 600}),
                "access_token_lifetime cannot be more than longest_access_token_lifetime",
            ),
            (
                json!({"access_token_lifetime": 60, "longest_access_token_lifetime": 60}),
                "short_lived_lifetime cannot be more than longest_access_token_lifetime",
            ),
            (json!({"session_lifetime": 3600}), "session_idle_limit cannot be more than session_lifetime"),
        ] {
            assert_eq!(read(&kept(changed)).unwrap_err().to_string(), sentence);
        }
    }

    #[test]
    fn what_is_kept_is_read_anew_only_when_it_changed() {
        let known = KnownRules::new(Rules::default());
        let (one, other) = (kept(json!({"rotation": "none"})), kept(json!({"rotation": "evidence"})));
        let first = known.by(Some(&one)).unwrap();
        assert!(Arc::ptr_eq(&first, &known.by(Some(&one)).unwrap()));
        assert_eq!(known.by(Some(&other)).unwrap().rotation, Rotation::Evidence);
        assert_eq!(known.by(None).unwrap().rotation, Rotation::Strict);
        assert!(known.by(Some("{")).is_err());
        assert_eq!(known.by(Some(&one)).unwrap().rotation, Rotation::None);
    }
}
