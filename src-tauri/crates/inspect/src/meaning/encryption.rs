//! What the algorithms of an encrypted token do (RFC 7518 sections 4 and 5).

type Entry = (&'static str, &'static str, &'static str);

/// How the key of the content reaches the recipient.
const KEY_MANAGEMENT: [Entry; 17] = [
    ("RSA1_5", "Wraps the key, RSA PKCS#1 v1.5", "7518 §4.2"),
    ("RSA-OAEP", "Wraps the key, RSA-OAEP", "7518 §4.3"),
    ("RSA-OAEP-256", "Wraps the key, RSA-OAEP", "7518 §4.3"),
    ("A128KW", "Wraps the key, AES 128", "7518 §4.4"),
    ("A192KW", "Wraps the key, AES 192", "7518 §4.4"),
    ("A256KW", "Wraps the key, AES 256", "7518 §4.4"),
    ("dir", "Shared secret, used directly", "7518 §4.5"),
    ("ECDH-ES", "Agrees on the key, ECDH", "7518 §4.6"),
    ("ECDH-ES+A128KW", "Wraps the key, ECDH, AES 128", "7518 §4.6"),
    ("ECDH-ES+A192KW", "Wraps the key, ECDH, AES 192", "7518 §4.6"),
    ("ECDH-ES+A256KW", "Wraps the key, ECDH, AES 256", "7518 §4.6"),
    ("A128GCMKW", "Wraps the key, AES-GCM 128", "7518 §4.7"),
    ("A192GCMKW", "Wraps the key, AES-GCM 192", "7518 §4.7"),
    ("A256GCMKW", "Wraps the key, AES-GCM 256", "7518 §4.7"),
    ("PBES2-HS256+A128KW", "Wraps the key by a password", "7518 §4.8"),
    ("PBES2-HS384+A192KW", "Wraps the key by a password", "7518 §4.8"),
    ("PBES2-HS512+A256KW", "Wraps the key by a password", "7518 §4.8"),
];

const CONTENT: [Entry; 6] = [
    ("A128CBC-HS256", "Encrypts and seals, AES 128", "7518 §5.2.3"),
    ("A192CBC-HS384", "Encrypts and seals, AES 192", "7518 §5.2.4"),
    ("A256CBC-HS512", "Encrypts and seals, AES 256", "7518 §5.2.5"),
    ("A128GCM", "Encrypts and seals, AES 128", "7518 §5.3"),
    ("A192GCM", "Encrypts and seals, AES 192", "7518 §5.3"),
    ("A256GCM", "Encrypts and seals, AES 256", "7518 §5.3"),
];

/// What `alg` says in an encrypted token, and where that is written.
pub(super) fn key_management(name: &str) -> Option<(&'static str, &'static str)> {
    find(&KEY_MANAGEMENT, name)
}

/// What `enc` says, and where that is written.
pub(super) fn content(name: &str) -> Option<(&'static str, &'static str)> {
    find(&CONTENT, name)
}

fn find(entries: &[Entry], name: &str) -> Option<(&'static str, &'static str)> {
    entries.iter().find(|(known, ..)| *known == name).map(|(_, meaning, reference)| (*meaning, *reference))
}
