//! The texts and bytes in which a public key is distributed. A server that trusts `alg` may take one of them for an
//! HMAC secret (RFC 8725 section 2.1, CVE-2015-9235, and for OpenSSH's line CVE-2022-29217).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Material, PublicMembers, VerifyingKey, openssh, pem, spki};
use crate::base64url;

/// The name of a form, and the form.
pub type Encoding = (&'static str, Vec<u8>);

impl VerifyingKey {
    /// Every form in which this public key is commonly written; empty for a shared secret.
    pub fn encodings(&self) -> Vec<Encoding> {
        let Material::Public { members, .. } = &*self.material else { return Vec::new() };
        let info = spki::der_of(self.algorithm, members);
        let mut encodings = block("PUBLIC KEY", "the PEM", &info);
        encodings.push(("the DER", info.clone()));
        encodings.push(("the DER in base64", STANDARD.encode(&info).into_bytes()));
        match members {
            PublicMembers::Rsa { n, e } => {
                let pkcs1 = spki::rsa_der_of(n, e);
                encodings.extend(block("RSA PUBLIC KEY", "the PEM in the form of PKCS#1", &pkcs1));
                encodings.push(("the DER in the form of PKCS#1", pkcs1));
                encodings.extend(number("the modulus", n));
                // Java's big integers begin with a sign byte.
                encodings.push(("the modulus", [&[0], &n[..]].concat()));
            }
            PublicMembers::Ec { x, y, .. } => encodings.extend(number("the point", &[&[4][..], x, y].concat())),
            PublicMembers::Okp { x } => encodings.extend(number("the point", x)),
        }
        let line = openssh::line_of(self.algorithm, members).unwrap_or_default();
        if !line.is_empty() {
            encodings.extend(with_line_breaks("the OpenSSH line", &line));
        }
        encodings.push(("the JWK", members.canonical().into_bytes()));
        encodings.extend(self.public_jwk().map(|jwk| ("the JWK", jwk.into_bytes())));
        encodings
    }
}

/// A PEM block with every style of line breaks.
pub fn block(label: &'static str, name: &'static str, der: &[u8]) -> Vec<Encoding> {
    with_line_breaks(name, pem::encode(label, der).trim_end())
}

/// A text with and without a final line break, of Unix and of Windows.
pub fn with_line_breaks(name: &'static str, text: &str) -> Vec<Encoding> {
    let unix = text.replace("\r\n", "\n");
    let windows = unix.replace('\n', "\r\n");
    let mut texts = vec![format!("{unix}\n"), format!("{windows}\r\n"), unix, windows];
    texts.dedup();
    texts.into_iter().map(|text| (name, text.into_bytes())).collect()
}

fn number(name: &'static str, bytes: &[u8]) -> [Encoding; 3] {
    [(name, bytes.to_vec()), (name, base64url::encode(bytes).into_bytes()), (name, STANDARD.encode(bytes).into_bytes())]
}
