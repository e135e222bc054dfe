//! Both halves of one key in one text, as `cat key key.pub` prints them.

use zeroize::Zeroizing;

use super::foreign::{Foreign, NoKey};
use super::repair::TWO_KEYS;
use jose::Algorithm;
use jose::key::{KeyError, PrivateKey, VerifyingKey};

/// The private half of a text that holds a private key and public ones that all belong to it; no key if one does not.
pub(super) fn of(text: &str) -> Option<Foreign> {
    let (before, block, after) = private_block(text)?;
    let rest = [before, after];
    let publics: Vec<VerifyingKey> = rest.into_iter().flat_map(publics_in).collect();
    if publics.is_empty() || private_block(after).is_some() {
        return None;
    }
    let own = public_of(block)?;
    if publics.iter().all(|public| public.is_same_key(&own)) {
        let repair = "Both halves of one key: the private one is used";
        return Some(Foreign::Key { text: Zeroizing::new(block.to_owned()), repair });
    }
    Some(Foreign::NoKey(NoKey { what: "PEM", problem: TWO_KEYS.to_owned() }))
}

/// The first private key in PEM, with what is before and after it.
fn private_block(text: &str) -> Option<(&str, &str, &str)> {
    let (start, label) = blocks(text).find(|(_, label)| label.ends_with("PRIVATE KEY"))?;
    let last = format!("-----END {label}-----");
    let end = start + text[start..].find(&last)? + last.len();
    Some((&text[..start], &text[start..end], &text[end..]))
}

/// Where blocks of PEM begin, with their labels.
fn blocks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    const BEGIN: &str = "-----BEGIN ";
    text.match_indices(BEGIN).filter_map(|(start, _)| {
        let (label, _) = text[start + BEGIN.len()..].split_once("-----")?;
        Some((start, label))
    })
}

/// The public keys in a text, in PEM or a line of OpenSSH each.
fn publics_in(text: &str) -> impl Iterator<Item = VerifyingKey> {
    let pems = blocks(text).filter(|(_, label)| label.ends_with("PUBLIC KEY")).filter_map(|(start, _)| {
        let block = &text[start..];
        fitting(|wanted| VerifyingKey::from_spki(block.as_bytes(), wanted))
    });
    let lines = text.lines().filter_map(|line| {
        fitting(|wanted| {
            let nothing = || Err(KeyError::Unreadable(String::new()));
            VerifyingKey::from_openssh_line(line.trim(), wanted).unwrap_or_else(nothing)
        })
    });
    pems.chain(lines)
}

/// The public half of a private key in PEM; of an encrypted one only OpenSSH's own format tells it.
fn public_of(block: &str) -> Option<VerifyingKey> {
    let read = |wanted| {
        let key = PrivateKey::read(block.as_bytes(), wanted)?.signing_key(None)?;
        Ok(key.verifying_key().clone())
    };
    fitting(read).or_else(|| fitting(|wanted| VerifyingKey::from_openssh_private(block.as_bytes(), wanted)))
}

/// An RSA key fits several algorithms; which one it is read for makes no difference to what key it is.
fn fitting(read: impl Fn(Option<Algorithm>) -> Result<VerifyingKey, KeyError>) -> Option<VerifyingKey> {
    read(None).or_else(|_| read(Some(Algorithm::Rs256))).ok()
}
