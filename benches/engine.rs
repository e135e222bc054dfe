//! Speed of the engine compared with the bare operations under it, in one run: each group measures the baseline and
//! ours.
//!
//! `make bench` prints both, and at the end their ratios: only the ratios are comparable between computers.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up has nothing to measure")]
#![expect(clippy::print_stdout, reason = "the ratios are what the benchmark is run for")]
#![expect(clippy::disallowed_methods, reason = "how long something takes is measured with the computer's clock")]

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
        RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use criterion::{BenchmarkId, Criterion, measurement::WallTime};
use engine::{
    Engine, Profile, Rules,
    clock::{FrozenClock, Timestamp},
    entropy::{OsEntropy, SeededEntropy},
    passwords,
    secret::Password,
    sign_in::{SignIn, SignInError, SignedIn},
    users::NewUser,
    vault::MemoryVault,
};
use inspect::report::VerdictOutcome;
use jose::{Algorithm, Evidence, Facts, KeyChoice, KeyTrust, RevocationFact, SigningKey, UserFact};
use rusqlite::{Connection, TransactionBehavior, params};
use serde_json::{Map, Value};
use std::{
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A claims set about as large as one of ours.
const CLAIMS: &str = r#"{"iss":"http://localhost:8787","sub":"alice","aud":"items-api","client_id":"workbench","iat":1795444200,"nbf":1795444200,"exp":1795445100,"jti":"k1yNnYl0cGz0v2u8mQ9J3w","sid":"c2VzLTlmMmM0MWFiY2RlZg","scope":"items:read items:write","amr":["pwd"],"auth_time":1795444200}"#;

const PASSWORD: &str = "correct horse battery staple";

/// 2026-11-23 14:30:00 UTC.
const START: i64 = 1_795_444_200;

/// How many tokens a long deny list holds.
const DENIED: u32 = 1_000_000;

/// How many times each refusal is timed.
const TRIES: usize = 200;

fn main() {
    let mut c = Criterion::default().configure_from_args();
    minting(&mut c);
    inspecting(&mut c);
    rotating(&mut c);
    guarding(&mut c);
    hashing(&mut c);
    ratios();
    refusals();
}

/// A group that finishes in a few seconds.
fn group<'a>(c: &'a mut Criterion, name: &str) -> criterion::BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    group
}

/// An engine on a real file, with one user.
fn workbench(folder: &Path, bcrypt_cost: u32) -> Engine {
    let profile = Profile::Folder { name: "bench".parse().unwrap(), folder: folder.to_path_buf() };
    let clock = FrozenClock::new(Timestamp::from_seconds(START));
    let policy = Rules { bcrypt_cost, ..Rules::default() };
    let vault = Box::new(MemoryVault::default());
    let engine = Engine::open_with(&profile, policy, Box::new(clock), Box::new(OsEntropy), vault).unwrap();
    for username in ["alice", "bob"] {
        let (display_name, email) = (String::new(), String::new());
        let scopes = vec!["items:read".into(), "items:write".into()];
        let password = Password::new(PASSWORD);
        engine.create_user(&NewUser { username: username.into(), display_name, email, password, scopes }).unwrap();
    }
    engine
}

fn sign_in(engine: &Engine) -> SignedIn {
    match engine.sign_in("alice", &Password::new(PASSWORD), None).unwrap() {
        SignIn::Done(signed_in) => signed_in,
        SignIn::SecondFactorDue { .. } => unreachable!("alice has no second factor"),
    }
}

/// A folder on the disk of the build: a folder in memory would have no durable writes to measure.
fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// Issuing tokens, compared with the minimum for one with a cached key: serialise, encode and sign the same claims.
fn minting(c: &mut Criterion) {
    let random = SystemRandom::new();
    let es_der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let ed_der = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
    let rsa = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let rsa_der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = aws_lc_rs::encoding::AsDer::as_der(&rsa).unwrap();
    let es = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, es_der.as_ref()).unwrap();
    let ed = Ed25519KeyPair::from_pkcs8(ed_der.as_ref()).unwrap();
    let secret = [7; 32];
    let hs = hmac::Key::new(hmac::HMAC_SHA256, &secret);

    type Bare<'a> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'a>;
    let keys: [(SigningKey, Bare<'_>); 4] = [
        (
            SigningKey::from_hmac(Algorithm::Hs256, &secret, "k1yNnYl0cGz0v2u8mQ9J3w").unwrap(),
            Box::new(|input| hmac::sign(&hs, input).as_ref().to_vec()),
        ),
        (
            SigningKey::from_pkcs8(Algorithm::Es256, es_der.as_ref()).unwrap(),
            Box::new(|input| es.sign(&random, input).unwrap().as_ref().to_vec()),
        ),
        (
            SigningKey::from_pkcs8(Algorithm::EdDsa, ed_der.as_ref()).unwrap(),
            Box::new(|input| ed.sign(input).as_ref().to_vec()),
        ),
        (
            SigningKey::from_pkcs8(Algorithm::Rs256, rsa_der.as_ref()).unwrap(),
            Box::new(|input| {
                let mut signature = vec![0; rsa.public_modulus_len()];
                rsa.sign(&RSA_PKCS1_SHA256, &random, input, &mut signature).unwrap();
                signature
            }),
        ),
    ];
    for (key, bare) in keys {
        let header = format!(r#"{{"alg":"{}","typ":"at+jwt","kid":"{}"}}"#, key.algorithm(), key.kid());
        let claims: Map<String, Value> = serde_json::from_str(CLAIMS).unwrap();
        let mint = || {
            let mut token = URL_SAFE_NO_PAD.encode(&header);
            token.push('.');
            URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(black_box(&claims)).unwrap(), &mut token);
            let signature = bare(token.as_bytes());
            token.push('.');
            URL_SAFE_NO_PAD.encode_string(signature, &mut token);
            token
        };
        assert_eq!(
            mint().rsplit_once('.').unwrap().0,
            key.sign_claims("at+jwt", &claims).unwrap().rsplit_once('.').unwrap().0
        );
        let mut group = group(c, &format!("mint {}", key.algorithm().as_str()));
        group.bench_function("bare", |b| b.iter(mint));
        group.bench_function("ours", |b| b.iter(|| key.sign_claims("at+jwt", black_box(&claims)).unwrap()));
        group.finish();
    }
}

/// Reports without a database, compared with bare verification: for a token of ours, for one as long as other issuers'
/// tokens, and for growing numbers of claims.
fn inspecting(c: &mut Criterion) {
    let random = SystemRandom::new();
    let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let bare = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref()).unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bare.public_key().as_ref());
    let ours = SigningKey::from_pkcs8(Algorithm::Es256, der.as_ref()).unwrap();
    let key = KeyChoice::Found {
        key: ours.verifying_key().clone(),
        kid: ours.kid().into(),
        origin: "bench".into(),
        note: String::new(),
        trust: KeyTrust::Issuer,
    };
    let facts = Facts {
        revocation: RevocationFact::Live { until: None },
        user: UserFact::Active { scopes: vec!["items:read".into(), "items:write".into()] },
    };
    let evidence = Evidence { policy: jose::Policy::default(), key, facts, now: START + 100 };
    let report = |token: &str| inspect::check(&inspect::parse(token), &evidence);

    for (name, claims) in [("inspect ES256", CLAIMS.to_owned()), ("inspect ES256 1 KB", longer(CLAIMS))] {
        let token = ours.sign("at+jwt", &claims).unwrap();
        let (input, _) = token.rsplit_once('.').unwrap();
        let signature = bare.sign(&random, input.as_bytes()).unwrap();
        let mut group = group(c, name);
        group.bench_function("bare", |b| {
            b.iter(|| public.verify(black_box(input.as_bytes()), signature.as_ref()).unwrap());
        });
        group.bench_function("ours", |b| b.iter(|| report(black_box(&token))));
        group.finish();
    }
    let mut group = group(c, GROWTH);
    for (name, length) in SIZES {
        let token = ours.sign("at+jwt", &many_claims(length)).unwrap();
        assert_eq!(report(&token).verdict.outcome, VerdictOutcome::Accepted);
        group.bench_function(name, |b| b.iter(|| report(black_box(&token))));
    }
    group.finish();
}

/// The token lengths, in bytes; one above a mebibyte is not read. The target for the longest is 100 ms.
const SIZES: [(&str, usize); 3] = [("10 KB", 10_000), ("100 KB", 100_000), ("1 MB", 1_000_000)];

const GROWTH: &str = "inspect many claims";

/// The claims of a larger issuer's access token, about a kilobyte as a token.
fn longer(claims: &str) -> String {
    let more = r#""azp":"6e74172b-be56-4843-9ff4-e66a39bb12e3","tenant":"72f988bf-86f1-41af-91ab-2d7cd011db47","acr":"1",
        "roles":["orders.read","orders.write","reports.read"],"groups":["warehouse","support"],"nonce":"n-0S6_WzA2Mj",
        "preferred_username":"alice","locale":"de-DE","zoneinfo":"Europe/Berlin","at_hash":"MTIzNDU2Nzg5MDEyMzQ1Ng","amr""#;
    claims.replacen("\"amr\"", more, 1)
}

/// A claims set with enough claims for a token of that length.
fn many_claims(token: usize) -> String {
    let mut claims = CLAIMS.trim_end_matches('}').to_owned();
    for number in 0.. {
        if claims.len() * 4 / 3 + 300 > token {
            break;
        }
        claims.push_str(&format!(
            r#","claim_{number}":"the value of a claim that nothing reads, number {number}, and some more of it""#
        ));
    }
    claims + "}"
}

/// A durable rotation, compared with its bare guarded UPDATE and INSERT on a file of the same schema.
fn rotating(c: &mut Criterion) {
    let folder = folder();
    drop(sign_in(&workbench(&folder.path().join("bare"), 4)));
    let mut bare = Connection::open(folder.path().join("bare/workbench.db")).unwrap();
    bare.execute_batch(
        "PRAGMA synchronous=FULL; PRAGMA fullfsync=ON; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;
         PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;",
    )
    .unwrap();
    let family = bare.query_row("SELECT hash, sid, jti, kid FROM refresh_tokens", [], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    });
    let (mut current, sid, jti, kid): ([u8; 32], String, String, String) = family.unwrap();
    let (entropy, mut generation) = (SeededEntropy::new(1), 0);
    let mut rotate = || {
        let mut next = [0; 32];
        engine::entropy::Entropy::fill(&entropy, &mut next).unwrap();
        generation += 1;
        let tx = bare.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        let used = tx
            .prepare_cached(
                "UPDATE refresh_tokens SET state = 'used', used_at_ms = ?3, successor = ?2
                 WHERE hash = ?1 AND state = 'active'",
            )
            .unwrap()
            .execute(params![current, next, START * 1000])
            .unwrap();
        assert_eq!(used, 1);
        tx.prepare_cached(
            "INSERT INTO refresh_tokens
             (hash, sid, generation, parent, state, jti, kid, issued_at_ms, access_jti, access_expires_at_ms)
             VALUES (?1, ?2, ?3, ?4, 'active', ?5, ?6, ?7, ?5, ?7)",
        )
        .unwrap()
        .execute(params![next, sid, generation, current, jti, kid, START * 1000])
        .unwrap();
        tx.commit().unwrap();
        current = next;
    };

    let engine = workbench(&folder.path().join("ours"), 4);
    let mut token = sign_in(&engine).refresh_token.unwrap();
    let mut group = group(c, "rotate");
    group.bench_function("bare", |b| b.iter(&mut rotate));
    group.bench_function("ours", |b| {
        b.iter(|| token = engine.refresh(&token, None).unwrap().refresh_token.unwrap());
    });
    group.finish();
}

/// The guard, compared with bare verification, with an empty deny list and with a long one.
fn guarding(c: &mut Criterion) {
    let folder = folder();
    let engine = workbench(folder.path(), 4);
    let token = sign_in(&engine).access_token;
    let key = jose::KeySet::from_json(&engine.jwks().unwrap()).unwrap();
    let key = key.find(inspect::parse(&token).header_text("kid").unwrap()).unwrap().clone();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let lets_in = || engine.guard(black_box(&token), &[]).unwrap().verdict.outcome == VerdictOutcome::Accepted;
    assert!(lets_in());

    let mut group = group(c, "guard ES256");
    group.bench_function("bare", |b| b.iter(|| key.verify(black_box(input.as_bytes()), &signature).unwrap()));
    group.bench_function("ours", |b| b.iter(lets_in));
    deny(&folder.path().join("workbench.db"));
    group.bench_with_input(BenchmarkId::from_parameter("ours, long deny list"), &DENIED, |b, denied| {
        assert_eq!(engine.deny_list_length().unwrap(), i64::from(*denied));
        b.iter(lets_in);
    });
    group.finish();
}

/// Fills the deny list with unexpired tokens, in no particular order.
fn deny(database: &Path) {
    let mut db = Connection::open(database).unwrap();
    db.execute_batch("PRAGMA cache_size=-400000; PRAGMA synchronous=OFF").unwrap();
    let entropy = SeededEntropy::new(2);
    let tx = db.transaction().unwrap();
    {
        let mut insert = tx.prepare("INSERT INTO revoked_tokens VALUES (?1, ?2, ?3)").unwrap();
        for n in 0..DENIED {
            let jti = engine::entropy::make_id(&entropy).unwrap();
            insert.execute(params![jti, START * 1000, START * 1000 + 60_000 + i64::from(n)]).unwrap();
        }
    }
    tx.commit().unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

fn hashing(c: &mut Criterion) {
    let password = Password::new(PASSWORD);
    let hash = passwords::make_hash(&password, 10, &SeededEntropy::new(1)).unwrap();
    let mut group = group(c, "password, cost 10");
    group.sample_size(10);
    group.bench_function("bare", |b| b.iter(|| bcrypt::bcrypt(10, [7; 16], black_box(b"correct horse battery"))));
    group.bench_function("ours", |b| b.iter(|| passwords::check(black_box(&password), Some(&hash), 10, 4096)));
    group.finish();
}

/// Our time as a multiple of the baseline's (1 is equal), read from the results that Criterion has just written.
fn ratios() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let median = |group: &str, name: &str| {
        let file = target.join("criterion").join(group).join(name).join("new/estimates.json");
        let estimates: Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        estimates["median"]["point_estimate"].as_f64()
    };
    println!("\nbaseline / ours, and the target");
    for (group, ours, target) in [
        ("mint HS256", "ours", 0.85),
        ("mint ES256", "ours", 0.85),
        ("mint EdDSA", "ours", 0.85),
        ("mint RS256", "ours", 0.85),
        ("rotate", "ours", 0.7),
        ("guard ES256", "ours", 0.8),
        ("guard ES256", "ours, long deny list", 0.8),
        ("inspect ES256", "ours", 0.77),
        ("inspect ES256 1 KB", "ours", 0.77),
    ] {
        if let (Some(bare), Some(ours_ns)) = (median(group, "bare"), median(group, ours)) {
            println!(
                "{group:<18} {ours:<20} {:.2} of {target} ({:.1} us, {:.1} us)",
                bare / ours_ns,
                bare / 1e3,
                ours_ns / 1e3
            );
        }
    }
    if let (Some(short), Some(long)) = (median("guard ES256", "ours"), median("guard ES256", "ours, long deny list")) {
        println!("guard ES256  long deny list / empty {:.2}", long / short);
    }
    let (first, first_length) = SIZES[0];
    for (name, length) in SIZES {
        if let (Some(least), Some(time)) = (median(GROWTH, first), median(GROWTH, name)) {
            let per_byte = (time / length as f64) / (least / first_length as f64);
            println!("{GROWTH}  {name:<6} {:>6.2} ms, {per_byte:.2} of the time per byte for {first}", time / 1e6);
        }
    }
}

/// The time of a refusal for each reason, measured in turn, so that a busy moment affects all of them.
fn refusals() {
    let folder = folder();
    let engine = workbench(folder.path(), 8);
    let (right, wrong) = (Password::new(PASSWORD), Password::new("wrong horse battery staple"));
    let refuse = |username: &str, password: &Password| {
        let begin = Instant::now();
        assert_eq!(engine.sign_in(username, password, None), Err(SignInError::WrongCredentials));
        begin.elapsed()
    };
    // The clock is frozen, so bob stays locked.
    refuse("bob", &wrong);
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..TRIES {
        engine.reset_failures("alice").unwrap();
        times[0].push(refuse("alice", &wrong));
        times[1].push(refuse("nobody", &wrong));
        times[2].push(refuse("bob", &right));
    }
    println!("\nmedian time of a refusal, bcrypt cost 8");
    for (name, times) in ["wrong password", "unknown user", "throttled"].into_iter().zip(&mut times) {
        times.sort();
        println!("{name:<16} {:.2} ms", times[TRIES / 2].as_secs_f64() * 1e3);
    }
}
