//! Hashes of this engine, of passlib and of bcrypt.

use super::*;

#[test]
fn a_hash_of_another_program_is_taken_or_called_what_it_is() {
    let tail = "05$abcdefghijklmnopqrstuuiDnfnDJwgiN17/csApbNCjkWAOjskx6";
    let plain = format!("$2b${tail}");
    for written in ["{BCRYPT}", "{bcrypt}", "{CRYPT}", "alice:", " ", "alice:{bcrypt}", "bcrypt$"] {
        assert_eq!(importable(&format!("{written}{plain}\n")), Ok(&*plain), "{written}");
    }
    assert_eq!(importable(&format!("$2x${tail}")), Err(HashError::BuggyBcrypt));
    let version_1 = format!("$bcrypt-sha256$2b,12${}${}", &tail[3..25], &tail[25..]);
    assert_eq!(importable(&format!("alice:{version_1}\n")), Ok(&*version_1));
    for (hash, name) in [
        ("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "Argon2"),
        ("$6$salt$hash", "SHA-512 crypt"),
        ("pbkdf2_sha256$600000$salt$hash", "PBKDF2"),
        ("{SSHA}c2FsdGVk", "salted SHA of LDAP"),
        ("bob:$apr1$salt$hash", "MD5 crypt of Apache"),
        ("bcrypt_sha256$$2b$12$salt", "bcrypt over SHA-256, as Django writes it"),
        ("scrypt:32768:8:1$salt$hash", "scrypt, as Werkzeug writes it"),
        ("{ssha256}c2FsdGVk", "salted SHA of LDAP"),
        ("{PBKDF2-SHA256}10000$salt$hash", "PBKDF2"),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "MD5 or NTLM"),
        ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", "SHA-1"),
    ] {
        let error = importable(hash).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    assert_eq!(importable("5f4dcc3b5aa765d61d8327deb882cf9"), Err(HashError::Unreadable));
}
use crate::entropy::SeededEntropy;

/// Whether `password` matches the stored `hash`.
fn verify(password: &Password, hash: &str) -> Result<bool, HashError> {
    compare(password, hash).map(|compared| compared.is_some_and(|(right, _)| right))
}

/// Written by passlib 1.7.4 with bcrypt 4.0.1: `bcrypt_sha256.using(rounds=…).hash(password)`.
const BY_PASSLIB: [(&str, &str); 4] = [
    (
        "correct horse battery staple",
        "$bcrypt-sha256$v=2,t=2b,r=5$8UFaaX6fqPdee6DktupYJ.$HbtzjZ5swWUsALTMsyCl..oAfV.xPN6",
    ),
    (
        "correct horse battery staple",
        "$bcrypt-sha256$v=2,t=2b,r=12$aroPpUaySPES6.M4HjZ85.$N5768v0b0FoxSnw4L3ni3ElzZpLHwhS",
    ),
    ("pässwörd-é-😀", "$bcrypt-sha256$v=2,t=2b,r=12$O2RjqHT40OrW0vKnKuIshO$QVo5ZExH5TK3ob1aF0ou7T3.P9ke2pi"),
    (SIXTY_FOUR_FACES, "$bcrypt-sha256$v=2,t=2b,r=5$o59x5Dh/pK3qAT1pt78hK.$XMYf2klHqAnLaCA0j092Z9mIIbiAdom"),
];
const SIXTY_FOUR_FACES: &str = "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀\
                                😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀";

#[test]
fn hashes_that_passlib_made_verify() {
    for (password, hash) in BY_PASSLIB {
        assert_eq!(verify(&Password::new(password), hash), Ok(true), "{hash}");
        assert_eq!(verify(&Password::new(format!("{password}x")), hash), Ok(false), "{hash}");
    }
}

/// Of passlib's own tests, 1.7.4.
const OF_VERSION_1: [(&str, &str); 4] = [
    ("", "$bcrypt-sha256$2a,5$E/e/2AOhqM5W/KJTFQzLce$F6dYSxOdAEoJZO2eoHUZWZljW/e0TXO"),
    ("password", "$bcrypt-sha256$2a,5$5Hg1DKFqPE8C2aflZ5vVoe$12BjNE0p7axMg55.Y/mHsYiVuFBDQyu"),
    ("password", "$bcrypt-sha256$2b,5$5Hg1DKFqPE8C2aflZ5vVoe$12BjNE0p7axMg55.Y/mHsYiVuFBDQyu"),
    ("t\u{e1}\u{411}\u{2113}\u{259}", "$bcrypt-sha256$2a,5$.US1fQ4TQS.ZTz/uJ5Kyn.$QNdPDOTKKT5/sovNz1iWg26quOU4Pje"),
];

#[test]
fn hashes_of_passlibs_first_version_verify_and_are_outdated() {
    for (password, hash) in OF_VERSION_1 {
        assert_eq!(verify(&Password::new(password), hash), Ok(true), "{hash}");
        assert_eq!(verify(&Password::new(format!("{password}x")), hash), Ok(false), "{hash}");
        assert_eq!((importable(hash), is_outdated(hash, 5)), (Ok(hash), Ok(true)));
    }
    let good = OF_VERSION_1[1].1;
    for hostile in
        [good.replace(",5$", ",31$"), good.replace("2a", "2x"), good.replace("a,5", "a5"), format!("{good}x")]
    {
        assert!(verify(&Password::new("password"), &hostile).is_err(), "{hostile}");
    }
    let long = OF_VERSION_1[1].1.replace(",5$", ",05$");
    assert_eq!(verify(&Password::new("password"), &long), Ok(true));
}

#[test]
fn our_hashes_have_passlibs_form() {
    let hash = make_hash(&Password::new("correct horse battery staple"), 5, &SeededEntropy::new(7)).unwrap();
    assert_eq!(hash.len(), BY_PASSLIB[0].1.len());
    assert_eq!(hash.split('$').nth(2), BY_PASSLIB[0].1.split('$').nth(2));
}

#[test]
fn every_byte_of_a_long_password_counts() {
    let long = "a".repeat(1000);
    let hash = make_hash(&Password::new(long.clone()), 4, &SeededEntropy::new(7)).unwrap();
    assert_eq!(verify(&Password::new(long.clone()), &hash), Ok(true));
    for changed in [format!("{}b", &long[1..]), format!("{}b{}", &long[..500], &long[501..]), "a".repeat(999)] {
        assert_eq!(verify(&Password::new(changed), &hash), Ok(false));
    }
    let after_nul = make_hash(&Password::new("before\0after"), 4, &SeededEntropy::new(7)).unwrap();
    assert_eq!(verify(&Password::new("before\0other"), &after_nul), Ok(false));
    let nul = make_hash(&Password::new("\0"), 4, &SeededEntropy::new(7)).unwrap();
    assert_eq!(verify(&Password::new("\0\0\0\0\0\0\0\0"), &nul), Ok(false));
}

#[test]
fn one_letter_typed_in_two_ways_is_one_letter() {
    let hash = make_hash(&Password::new("\u{C5}ngstrom-"), 4, &SeededEntropy::new(7)).unwrap();
    assert_eq!(verify(&Password::new("A\u{30A}ngstrom-"), &hash), Ok(true));
}

#[test]
fn a_hostile_hash_is_refused_before_any_hashing() {
    let good = BY_PASSLIB[0].1;
    let plain = bcrypt::hash("correct horse battery staple", 4).unwrap();
    assert_eq!((plain.len(), verify(&Password::new("correct horse battery staple"), &plain)), (60, Ok(true)));
    for hash in [
        "",
        &plain.replacen("$2b$", "$2x$", 1),
        &plain.replacen("$2b$", "$2z$", 1),
        &plain.replacen("$2b$", "$2$", 1),
        &plain.replacen("$04$", "$31$", 1),
        &plain[..59],
        &format!("{plain}x"),
        &format!("{}é", &plain[..58]),
        "$2b$31$aroPpUaySPES6.M4HjZ85.N5768v0b0FoxSnw4L3ni3ElzZpLHwhS",
        &good.replace("r=5", "r=31"),
        &good.replace("r=5", "r=17"),
        &good.replace("r=5", "r=99999999999999999999"),
        &good.replace("r=5", "r=-1"),
        &good.replace("v=2", "v=1"),
        &good[..good.len() - 1],
        &format!("{good}x"),
        &good.replace("8UFaaX", "8UFaaé"),
        &good.replace("8UFaaX", "8UFaa!"),
    ] {
        let _ = work_done();
        assert!(verify(&Password::new("correct horse battery staple"), hash).is_err(), "{hash}");
        assert_eq!(work_done(), 0, "{hash}: it is refused before it costs anything");
    }
}

#[test]
fn no_check_tells_by_its_work_whose_password_it_was() {
    const COST: u32 = 6;
    let ours = make_hash(&Password::new("right"), COST, &SeededEntropy::new(7)).unwrap();
    let cheaper = make_hash(&Password::new("right"), 5, &SeededEntropy::new(7)).unwrap();
    let imported = |cost: u32| bcrypt::hash("right", cost).unwrap();
    let version = |letter: &str| imported(COST).replacen("$2b$", letter, 1);
    let hashes = [
        ours,
        cheaper,
        imported(4),
        imported(5),
        imported(COST),
        version("$2a$"),
        version("$2y$"),
        version("$2x$"),
        imported(4).replacen("$04$", "$31$", 1),
        "nonsense".into(),
        String::new(),
    ];
    let long = "x".repeat(5000);
    for hash in hashes.iter().map(|hash| Some(hash.as_str())).chain([None]) {
        for password in ["right", "wrong", "", "right\0", &long] {
            let _ = work_done();
            let right = check(&Password::new(password), hash, COST, 4096);
            assert_eq!(work_done(), 1 << COST, "{hash:?}");
            assert!(!right || password == "right", "{hash:?}");
        }
    }
    for usable in hashes.iter().take(7) {
        assert!(check(&Password::new("right"), Some(usable), COST, 4096), "{usable}");
    }
}
