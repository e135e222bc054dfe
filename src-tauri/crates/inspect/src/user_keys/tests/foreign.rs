//! Keys as other programs write them.

use super::*;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use jose::base64url::{decode_strict, encode};
use serde_json::{Value, json};

fn jwk(pem: &str, algorithm: Algorithm) -> Value {
    let key = PrivateKey::read(pem.as_bytes(), Some(algorithm)).unwrap().signing_key(None).unwrap();
    let mut jwk: Value = serde_json::from_str(&key.public_jwk().unwrap()).unwrap();
    jwk.as_object_mut().unwrap().retain(|name, _| name != "kid" && name != "use");
    jwk
}

fn bytes(jwk: &Value, name: &str) -> Vec<u8> {
    decode_strict(jwk[name].as_str().unwrap()).unwrap()
}

fn der(pem: &str) -> Vec<u8> {
    pem_rfc7468::decode_vec(pem.as_bytes()).unwrap().1
}

/// Verified, and the repairs hold these words.
fn assert_read(token: &str, key: &str, words: &str) {
    let report = text(token, key);
    assert_verified(&report);
    let repairs = &given(&report).repairs;
    assert!(repairs.iter().any(|repair| repair.contains(words)), "{words}: {repairs:?}");
}

fn set_of(jwk: &Value) -> String {
    json!({ "keys": [jwk] }).to_string()
}

#[test]
fn numbers_of_a_jwk_with_a_zero_lost_or_added_are_read_and_it_is_said() {
    // Keys with a leading zero in a coordinate are one in 128.
    let (key, public) = (0..5_000)
        .find_map(|_| {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
            let key = PrivateKey::read(pkcs8.as_ref(), None).unwrap().signing_key(None).unwrap();
            let public: Value = serde_json::from_str(&key.public_jwk().unwrap()).unwrap();
            (bytes(&public, "y")[0] == 0).then_some((key, public))
        })
        .unwrap();
    let token = key.sign("at+jwt", &claims()).unwrap();
    let mut short = public.clone();
    short["y"] = encode(&bytes(&public, "y")[1..]).into();
    let words = "y has 31 bytes where P-256 has 32: a leading zero was left out, and was put back";
    assert_read(&token, &short.to_string(), words);
    assert_read(&token, &set_of(&short), words);
    let mut long = public.clone();
    long["x"] = encode(&[&[0][..], &bytes(&public, "x")].concat()).into();
    assert_read(&token, &long.to_string(), "x has 33 bytes where P-256 has 32: a leading zero was added");
    let token = with_pem(RSA, Algorithm::Rs256);
    let mut java = jwk(RSA, Algorithm::Rs256);
    java["n"] = encode(&[&[0][..], &bytes(&java, "n")].concat()).into();
    assert_read(&token, &java.to_string(), "n began with a zero byte, as Java's big integers do");
    // A number that is wrong is still wrong.
    let mut wrong = public;
    wrong["y"] = encode(&bytes(&wrong, "x")).into();
    assert!(given(&text(&key.sign("at+jwt", &claims()).unwrap(), &wrong.to_string())).problem.is_some());
}

#[test]
fn a_jwk_in_another_base64_or_without_kty_is_read_and_it_is_said() {
    let token = with_pem(RSA, Algorithm::Rs256);
    let rsa = jwk(RSA, Algorithm::Rs256);
    for engine in [STANDARD, URL_SAFE] {
        let mut other = rsa.clone();
        other["n"] = engine.encode(bytes(&rsa, "n")).into();
        assert_read(&token, &other.to_string(), "n was not base64url without padding");
    }
    let mut nameless = rsa.clone();
    nameless.as_object_mut().unwrap().remove("kty");
    assert_read(&token, &nameless.to_string(), "kty was missing");
    // A name that stands twice stays refused.
    let twice = rsa.to_string().replacen('{', r#"{"e":"AQAB=","#, 1);
    assert!(given(&text(&token, &twice)).problem.as_deref().unwrap().contains("more than once"));
}

#[test]
fn an_exponent_that_is_a_number_is_read_and_it_is_said() {
    let token = with_pem(RSA, Algorithm::Rs256);
    for e in [json!(65537), json!("65537"), json!("0x10001"), json!("010001")] {
        let mut rsa = jwk(RSA, Algorithm::Rs256);
        rsa["e"] = e;
        assert_read(&token, &rsa.to_string(), "e was the number 65537, and was read as AQAB");
    }
    let mut wrong = jwk(RSA, Algorithm::Rs256);
    wrong["e"] = json!(65537.5);
    assert!(given(&text(&token, &wrong.to_string())).problem.is_some());
}

/// The decimal digits of a big-endian number.
fn decimal(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = vec![0];
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) * 256;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

#[test]
fn a_modulus_in_decimal_digits_is_read_and_it_is_said() {
    let token = with_pem(RSA, Algorithm::Rs256);
    let rsa = jwk(RSA, Algorithm::Rs256);
    let digits = decimal(&bytes(&rsa, "n"));
    let text = rsa.to_string();
    let quoted = format!("\"{}\"", rsa["n"].as_str().unwrap());
    let said = format!("n was a number of {} digits, and was read as its base64url", digits.len());
    for written in [digits.clone(), format!("\"{digits}\"")] {
        assert_read(&token, &text.replace(&quoted, &written), &said);
    }
    let mut both = rsa.clone();
    (both["n"], both["e"]) = (digits.into(), json!(65537));
    assert_read(&token, &both.to_string(), "e was the number 65537, and was read as AQAB");
    // Few digits are base64url, and too many are no key.
    for other in ["1".repeat(299), "1".repeat(5_000)] {
        assert!(given(&self::text(&token, &text.replace(&quoted, &other))).problem.is_some());
    }
}

#[test]
fn a_jwk_as_code_and_settings_hold_it_is_read_and_it_is_said() {
    let token = with_pem(RSA, Algorithm::Rs256);
    let mut rsa = jwk(RSA, Algorithm::Rs256);
    rsa["ext"] = json!(true);
    rsa["note"] = json!(null);
    let json = rsa.to_string();
    let python = json.replace('"', "'").replace("true", "True").replace("null", "None");
    let escaped = json.replace('"', "\\\"");
    let javascript = ["kty", "n", "e", "alg", "ext", "note"]
        .into_iter()
        .fold(json.replace('"', "'"), |text, name| text.replace(&format!("'{name}':"), &format!("{name}: ")));
    for (written, said) in [
        (python.clone(), "A dict as Python writes it"),
        (python.replace("'kty'", "u'kty'").replacen('}', ",\n}", 1), "A dict as Python writes it"),
        (format!("{{'keys': [{python}]}}"), "A dict as Python writes it"),
        (format!("[{python}, ]"), "A dict as Python writes it"),
        (javascript, "An object as JavaScript writes it"),
        (jose::json::quoted(&json), "The JWK was a string inside JSON"),
        (jose::json::quoted(&python), "The JWK was a string inside JSON"),
        (escaped, "The quotes in the JWK were escaped"),
        (format!("'{json}'"), "The quotes around the JWK"),
        (json!({"JWT_KEY": json.clone(), "PORT": "80"}).to_string(), "a string inside JSON, in `JWT_KEY`"),
        (json!({"jwk": rsa.clone()}).to_string(), "The JWK was taken out of `jwk`"),
    ] {
        assert_read(&token, &written, said);
    }
    let k = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ";
    let key = SigningKey::dangerous_from_hmac(Algorithm::Hs256, b"secret-secret-secret-secret-1234", "").unwrap();
    let token = key.dangerous_sign(r#"{"alg":"HS256"}"#, br#"{"exp":4102444800}"#).unwrap();
    assert_read(&token, &format!("{{'kty': 'oct', 'k': '{k}'}}"), "A dict as Python writes it");
    for other in ["{'a': 1}", "{'kty': 'RSA'", "{kty: RSA}", "'{\\'", "\"{\\\"kty\\\":", "{'kty': foo('x')}"] {
        assert!(super::super::literal::of(other).is_none(), "{other}");
    }
}

#[test]
fn a_set_of_certificates_alone_is_read() {
    let token = with_pem(P256, Algorithm::Es256);
    let kid = "of-the-certificate";
    let token = PrivateKey::read(P256.as_bytes(), None)
        .and_then(|key| key.signing_key(Some(kid)))
        .map(|key| key.sign("at+jwt", &claims()).unwrap())
        .unwrap_or(token);
    let only = json!({"keys": [{"kty": "EC", "kid": kid, "use": "sig", "x5c": [STANDARD.encode(der(CERTIFICATE))]}]});
    assert_read(&token, &only.to_string(), "holds only a certificate (x5c)");
    let google = json!({ "another": CERTIFICATE.replace("MII", "MIH"), kid: CERTIFICATE });
    assert_read(&token, &google.to_string(), "as Google publishes it");
    let google = json!({ "another": CERTIFICATE });
    assert!(given(&text(&token, &google.to_string())).problem.as_deref().unwrap().contains(kid));
}

#[test]
fn a_secret_in_a_jwk_in_plain_base64_is_read() {
    let secret = [&[0][..], &[0xFB; 40]].concat();
    let key = SigningKey::dangerous_from_hmac(Algorithm::Hs256, &secret, "").unwrap();
    let token = key.dangerous_sign(r#"{"alg":"HS256"}"#, br#"{"exp":4102444800}"#).unwrap();
    let k = STANDARD.encode(&secret);
    assert!(k.contains('+'));
    assert_read(&token, &format!(r#"{{"kty":"oct","k":"{k}"}}"#), "k was not base64url without padding");
}

#[test]
fn keys_of_net_ssh2_forms_and_files_are_read() {
    let token = with_pem(RSA, Algorithm::Rs256);
    let rsa = jwk(RSA, Algorithm::Rs256);
    let [n, e] = ["n", "e"].map(|name| STANDARD.encode(bytes(&rsa, name)));
    let xml = format!("<RSAKeyValue>\n  <Modulus>{n}</Modulus><Exponent>{e}</Exponent></RSAKeyValue>");
    assert_read(&token, &xml, ".NET's XML");
    let numbers: Vec<Vec<u8>> = vec![b"ssh-rsa".to_vec(), bytes(&rsa, "e"), [&[0][..], &bytes(&rsa, "n")].concat()];
    let blob: Vec<u8> = numbers
        .iter()
        .flat_map(|part| [&u32::try_from(part.len()).unwrap().to_be_bytes()[..], part].concat())
        .collect();
    let lines = STANDARD
        .encode(blob)
        .as_bytes()
        .chunks(70)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect::<Vec<_>>();
    let body = lines.join("\n");
    let ssh2 = format!(
        "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"a key\\\n of mine\"\n{body}\n---- END SSH2 PUBLIC KEY ----\n"
    );
    assert_read(&token, &ssh2, "RFC 4716");
    let percent = RSA_PUBLIC.replace(' ', "%20").replace('\n', "%0A").replace('+', "%2B").replace('/', "%2F");
    assert_read(&token, &percent, "percent-encoding");
    let form = RSA_PUBLIC.replace('+', "%2B").replace(' ', "+").replace('\n', "%0A");
    assert_read(&token, &form, "percent-encoding");
    for escape in ["\\r", "\\r\\n", "\\n"] {
        let line = format!("JWT_KEY=\"{}\"", RSA_PUBLIC.trim().replace('\n', escape));
        assert_read(&token, &line, &format!("`{escape}` written out became line breaks"));
    }
    let yaml =
        format!("jwt:\n  key: |\n{}", RSA_PUBLIC.lines().map(|line| format!("    {line}\n")).collect::<String>());
    assert_verified(&text(&token, &yaml));
    for pem in [RSA_PUBLIC, RSA_PKCS1, RSA] {
        assert_read(&token, &STANDARD.encode(der(pem)), "Read as DER");
        let digits: String = der(pem).iter().map(|byte| format!("{byte:02X}")).collect();
        assert_read(&token, &digits, "Read as DER in hexadecimal");
    }
}

#[test]
fn what_holds_no_key_is_called_what_it_is() {
    let token = with_pem(RSA, Algorithm::Rs256);
    for (given_as, words) in [
        (
            r#"{"issuer":"https://a.example","jwks_uri":"https://a.example/keys","authorization_endpoint":"x"}"#,
            &["discovery document", "https://a.example/keys"][..],
        ),
        (r#"{"issuer":"https://a.example","token_endpoint":"https://a.example/t"}"#, &["without jwks_uri"]),
        ("2048 SHA256:Pq1s0b1fO1i9j2c1yq1mJ4sVwDZ2q2Bv0cQ8o2m7d1E me@host (RSA)", &["fingerprint"]),
        ("SHA1 Fingerprint=AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD", &["fingerprint"]),
        ("aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99", &["fingerprint"]),
        ("/u3+7QAAAAIAAAABAAAAAQADc3J2AAABcm9vdGtleTEyMzQ1Njc4OTA=", &["Java key store", "keytool"]),
    ] {
        let report = text(&token, given_as);
        let problem = given(&report).problem.as_deref().unwrap();
        assert!(words.iter().all(|words| problem.contains(words)), "{problem}");
        assert_ne!(report.signature.state, SignatureState::Verified);
    }
    // For a token with a secret each of them may be the secret.
    let fingerprint = "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99";
    assert_verified(&text(&with_secret(fingerprint.as_bytes()), fingerprint));
}

#[test]
fn a_pkcs12_file_checks_signs_and_decrypts_with_its_passphrase() {
    let file = STANDARD.encode(include_bytes!("../../../../jose/vectors/keys/p256.p12"));
    let pem = include_str!("../../../../jose/vectors/keys/p256.pkcs8.pem");
    let token = with_pem(pem, Algorithm::Es256);
    let none = text(&token, &file);
    assert!(given(&none).encrypted);
    let problem = given(&none).problem.as_deref();
    assert_eq!(problem, Some("The private key is encrypted: give its passphrase"));
    let by = |file: &str, passphrase: &str| {
        let key = UserKey::new(file, SecretForm::Base64).with_passphrase(passphrase);
        (check_with_user_key(&parse(&token), &key, &evidence(Policy::default(), no_key())), key)
    };
    let (report, key) = by(&file, "plaid lantern");
    assert_verified(&report);
    assert_eq!((&*given(&report).summary, given(&report).encrypted), ("PKCS#12 file, ES256", true));
    assert_eq!(key.signing_key(Some(Algorithm::Es256), None).unwrap().algorithm(), Algorithm::Es256);
    let wrong = by(&file, "plaid lamp").0;
    assert_eq!(given(&wrong).problem.as_deref(), Some("This is not the passphrase of the private key"));
    // Nothing but a certificate, and an empty passphrase.
    let certificate = STANDARD.encode(include_bytes!("../../../../jose/vectors/keys/p256.certificate.p12"));
    assert_verified(&by(&certificate, "plaid lantern").0);
    let empty = STANDARD.encode(include_bytes!("../../../../jose/vectors/keys/p256.empty.p12"));
    assert_verified(&text(&token, &empty));
}

#[test]
fn an_encrypted_token_opens_with_an_encrypted_key() {
    let example: Value = serde_json::from_str(include_str!(
        "../../../../jose/vectors/cookbook/5_2.key_encryption_using_rsa-oaep_with_aes-gcm.json"
    ))
    .unwrap();
    let several: Value = serde_json::from_str(include_str!(
        "../../../../jose/vectors/cookbook/5_13.encrypting_to_multiple_recipients.json"
    ))
    .unwrap();
    let token = example["output"]["compact"].as_str().unwrap();
    let encrypted = include_str!("../../../../jose/vectors/keys/rsa2048.encrypted.pem");
    let problem = |report: &Report| given(report).problem.clone().unwrap_or_default();
    let by = |key: &str, passphrase: Option<&str>| {
        let key = UserKey::new(key, SecretForm::Text);
        let key = match passphrase {
            Some(passphrase) => key.with_passphrase(passphrase),
            None => key,
        };
        check_with_user_key(&parse(token), &key, &evidence(Policy::default(), no_key()))
    };
    let report = by(encrypted, None);
    assert!(given(&report).encrypted);
    assert_eq!(problem(&report), "The private key is encrypted: give its passphrase");
    assert_eq!(problem(&by(encrypted, Some("wrong"))), "This is not the passphrase of the private key");
    let file = STANDARD.encode(include_bytes!("../../../../jose/vectors/keys/p256.p12"));
    let report = by(&file, Some("plaid lantern"));
    assert_eq!((given(&report).summary.as_str(), given(&report).encrypted), ("PKCS#12 file", true));
    assert!(problem(&report).starts_with("The key is not of the kind"), "{}", problem(&report));
    // In JSON, for the third recipient.
    let report = text(&several["output"]["json"].to_string(), &several["input"]["key"][2].to_string());
    assert_eq!(report.kind.as_ref().unwrap().name, "Encrypted token (JWE in JSON)");
    assert!(report.kind.as_ref().unwrap().notes.iter().any(|note| note.starts_with("Decrypted with")));
    assert!(report.payload.is_some());
}

#[test]
fn no_set_can_hold_the_secret_of_a_realm() {
    let set = set_of(&jwk(RSA, Algorithm::Rs256));
    let token = SigningKey::dangerous_from_hmac(Algorithm::Hs512, &[7; 64], "of-the-realm").unwrap();
    let report = text(&token.sign("JWT", &claims()).unwrap(), &set);
    let problem = given(&report).problem.as_deref().unwrap();
    assert!(problem.contains("HS512") && problem.contains("no published set can hold it"), "{problem}");
}

#[test]
fn a_repair_that_many_keys_need_is_said_once() {
    let key = r#"{"n":"AKur","e":"AAEAAQ"}"#;
    let set = format!(r#"{{"keys":[{}]}}"#, vec![key; 200].join(","));
    let repaired = crate::user_keys::jwk::repaired(&set).unwrap().1;
    assert_eq!(repaired.len(), 3, "{repaired:?}");
}

/// RFC 7517 section 4.7.
#[test]
fn a_jwk_whose_certificate_is_for_another_key_is_refused() {
    let token = with_pem(P256, Algorithm::Es256);
    let certified = |jwk: &str| {
        let x5c = format!(r#"{{"x5c":["{}"],"#, STANDARD.encode(der(CERTIFICATE)));
        jwk.replacen('{', &x5c, 1)
    };
    let own = PrivateKey::read(P256.as_bytes(), None).unwrap().signing_key(None).unwrap().public_jwk().unwrap();
    assert_verified(&text(&token, &certified(&own)));
    let other = certified(&key().public_jwk().unwrap());
    let theirs = key().sign("at+jwt", &claims()).unwrap();
    for jwk in [other.clone(), set_of(&serde_json::from_str(&other).unwrap())] {
        let report = text(&theirs, &jwk);
        assert_eq!(report.verdict.outcome, VerdictOutcome::NotVerified);
        let said = format!("{:?}", given(&report));
        assert!(said.to_lowercase().contains("its certificate in `x5c` is for another key"), "{said}");
    }
}

/// RFC 5280 section 4.1.2.5: the key still checks the signature, and the check says why a server may refuse it.
#[test]
fn a_certificate_that_is_not_valid_now_is_a_warning() {
    let token = with_pem(P256, Algorithm::Es256);
    let (from, until) = jose::key::validity(&der(CERTIFICATE)).unwrap();
    let at = |now: i64| {
        let policy = Policy { required_claims: Vec::new(), leeway_seconds: u32::MAX, ..Policy::default() };
        let evidence = Evidence { now, ..evidence(policy, no_key()) };
        let report = check_with_user_key(&parse(&token), &UserKey::new(CERTIFICATE, SecretForm::Text), &evidence);
        assert_verified(&report);
        let step = report.trace.into_iter().find(|step| step.check == Check::Key).unwrap();
        (step.outcome, step.reason.into_owned())
    };
    let (outcome, reason) = at(until + 1);
    assert_eq!(outcome, Outcome::Warn);
    assert!(reason.contains("the key given here. The certificate expired on 20"), "{reason}");
    let (outcome, reason) = at(from - 1);
    assert_eq!(outcome, Outcome::Warn);
    assert!(reason.contains("The certificate is not valid before 20"), "{reason}");
    assert_eq!((at(from).0, at(until).0), (Outcome::Pass, Outcome::Pass));
}
