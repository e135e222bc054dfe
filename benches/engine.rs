//! Speed of the engine against the bare crypto under it, in one run: each group holds the baseline and ours.
//!
//! `make bench` prints both; what matters is their ratio, not the figure of one computer.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey},
};
use criterion::{Criterion, criterion_group, criterion_main};
use engine::{entropy::SeededEntropy, passwords, secret::Password};
use jose::{Algorithm, Facts, KeyChoice, Policy, RevocationFact, SigningKey, UserFact};
use std::hint::black_box;

/// A claims set of the size of one of ours.
const CLAIMS: &str = r#"{"iss":"http://localhost:8787","sub":"alice","aud":"items-api","client_id":"workbench","iat":1795444200,"nbf":1795444200,"exp":1795445100,"jti":"k1yNnYl0cGz0v2u8mQ9J3w","sid":"c2VzLTlmMmM0MWFiY2RlZg","scope":"items:read items:write","amr":["pwd"],"auth_time":1795444200}"#;

fn signing(c: &mut Criterion) {
    let random = SystemRandom::new();
    let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let bare = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref()).unwrap();
    let ours = SigningKey::from_pkcs8(Algorithm::Es256, der.as_ref()).unwrap();

    let mut group = c.benchmark_group("mint ES256");
    group.bench_function("bare signature", |b| b.iter(|| bare.sign(&random, black_box(CLAIMS.as_bytes())).unwrap()));
    group.bench_function("signed token", |b| b.iter(|| ours.sign("at+jwt", black_box(CLAIMS)).unwrap()));
    group.finish();

    let token = ours.sign("at+jwt", CLAIMS).unwrap();
    let (input, _) = token.rsplit_once('.').unwrap();
    let signature = bare.sign(&random, input.as_bytes()).unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bare.public_key().as_ref());
    let policy = Policy::default();
    let key = KeyChoice::Found {
        key: ours.verifying_key().clone(),
        kid: ours.kid().into(),
        origin: "bench".into(),
        note: String::new(),
    };
    let facts = Facts { revocation: RevocationFact::Live, user: UserFact::Active { scopes: Vec::new() } };

    let mut group = c.benchmark_group("inspect ES256");
    group.bench_function("bare verification", |b| {
        b.iter(|| public.verify(black_box(input.as_bytes()), signature.as_ref()).unwrap());
    });
    group.bench_function("report", |b| {
        b.iter(|| jose::check(&jose::parse(black_box(&token)), &policy, &key, &facts, 1_795_444_300));
    });
    group.finish();
}

fn passwords(c: &mut Criterion) {
    let password = Password::new("correct horse battery staple");
    let hash = passwords::make_hash(&password, 10, &SeededEntropy::new(1)).unwrap();
    let mut group = c.benchmark_group("password, cost 10");
    group.sample_size(10);
    group
        .bench_function("bare bcrypt", |b| b.iter(|| bcrypt::bcrypt(10, [7; 16], black_box(b"correct horse battery"))));
    group.bench_function("bcrypt_sha256", |b| b.iter(|| passwords::verify(black_box(&password), &hash).unwrap()));
    group.finish();
}

criterion_group!(benches, signing, passwords);
criterion_main!(benches);
