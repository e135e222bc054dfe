//! The content of a passphrase vault's file: JSON, so that a person can see what it is.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Identifies the program and the format version.
const FORMAT: &str = "token-workbench passphrase vault 1";

/// The length of a salt in bytes (RFC 9106 section 3.1).
pub(super) const SALT: usize = 16;

/// The Argon2id cost parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    /// Memory in KiB.
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

impl Cost {
    /// 64 MiB and three passes: the second recommended option of RFC 9106 section 4, but with the single lane that is
    /// used.
    pub(super) const NEW: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// A crafted file must neither make guessing cheap nor exhaust memory.
    fn is_sane(self) -> bool {
        (Self::NEW.memory_kib..=1024 * 1024).contains(&self.memory_kib)
            && (Self::NEW.passes..=64).contains(&self.passes)
            && (1..=16).contains(&self.lanes)
    }
}

/// The whole file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) cost: Cost,
    pub(super) salt: [u8; SALT],
    /// Opens only with the right passphrase.
    pub(super) check: Vec<u8>,
    /// The sealed entries, by name.
    pub(super) entries: BTreeMap<String, Vec<u8>>,
}

impl Contents {
    /// `None` if anything differs from what was written.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let file: Value = serde_json::from_str(text).ok()?;
        let number = |name: &str| file["key"][name].as_u64().and_then(|number| u32::try_from(number).ok());
        let bytes = |value: &Value| STANDARD.decode(value.as_str()?).ok();
        let cost = Cost { memory_kib: number("memory_kib")?, passes: number("passes")?, lanes: number("lanes")? };
        let entries = file["entries"].as_object()?.iter();
        let contents = Self {
            cost,
            salt: bytes(&file["key"]["salt"])?.try_into().ok()?,
            check: bytes(&file["check"])?,
            entries: entries.map(|(name, sealed)| Some((name.clone(), bytes(sealed)?))).collect::<Option<_>>()?,
        };
        let known = file["format"] == FORMAT && file["key"]["function"] == "argon2id" && cost.is_sane();
        (known && file["digest"] == contents.digest()).then_some(contents)
    }

    pub(super) fn to_text(&self) -> String {
        let Cost { memory_kib, passes, lanes } = self.cost;
        let entries: Map<String, Value> =
            self.entries.iter().map(|(name, sealed)| (name.clone(), encode(sealed).into())).collect();
        let file = json!({
            "format": FORMAT,
            "key": {
                "function": "argon2id",
                "memory_kib": memory_kib,
                "passes": passes,
                "lanes": lanes,
                "salt": encode(&self.salt),
            },
            "check": encode(&self.check),
            "entries": entries,
            "digest": self.digest(),
        });
        format!("{file:#}\n")
    }

    /// SHA-256 of everything else, with each part prefixed by its length. It detects accidental damage; sealing
    /// protects against tampering.
    fn digest(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        let mut add = |part: &[u8]| {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        };
        for number in [self.cost.memory_kib, self.cost.passes, self.cost.lanes] {
            add(&number.to_be_bytes());
        }
        add(&self.salt);
        add(&self.check);
        for (name, sealed) in &self.entries {
            add(name.as_bytes());
            add(sealed);
        }
        encode(context.finish().as_ref())
    }
}

pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
