//! The public keys that are kept with a policy.

use jose::{KeyChoice, KeySet, KeyTrust, Parsed, Policy, choose};

/// The key that is kept with a policy for this token; `None` if the policy keeps no keys.
pub(crate) fn kept_key(policy: &Policy, parsed: &Parsed) -> Option<KeyChoice> {
    let set = KeySet::for_algorithm(policy.jwks.as_deref()?, parsed.algorithm());
    let origin = format!("the keys kept with the policy {}", policy.name);
    let chosen = set.as_ref().map_err(ToString::to_string).and_then(|set| choose::of_set(set, parsed));
    Some(match chosen.map(choose::Chosen::key) {
        Ok((key, name)) => {
            let own = key.kid().map(str::to_owned);
            let kid = name.or(own).unwrap_or_else(|| format!("the {} key", key.algorithm()));
            let note = "Public key, kept with the policy".to_owned();
            KeyChoice::Found { key, kid, origin, note, trust: KeyTrust::Issuer }
        }
        Err(why) => KeyChoice::None { reason: format!("{why} (the set kept with the policy {})", policy.name) },
    })
}
