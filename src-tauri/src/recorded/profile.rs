//! The profile that answers: the same at every run, so that a difference in its answers is a change of the program.

use crate::commands::{
    sessions::{SessionView, session_view},
    users::UserView,
};
use ::inspect::{Draft, Edit, Sample, SampleToken, SecretForm, Seed, UserKey};
use engine::{
    Engine, Profile as Place, Rules,
    by_hand::Signer,
    clock::{FrozenClock, Timestamp},
    entropy::SeededEntropy,
    secret::Password,
    sessions::SessionQuery,
    sign_in::{SignIn, SignedIn},
    users::{NewUser, UserQuery},
    vault::MemoryVault,
};
use serde::Serialize;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

/// A DPoP proof by a key that was made for it (RFC 9449 section 4.2).
const PROOF: &str = concat!(
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVkRFNBIiwiandrIjp7Imt0eSI6Ik9LUCIsImNydiI6IkVkMjU1MTkiLCJ4Ijoi",
    "QTZFSHZfUE9FTDRkY04wWTUwdkFtV2ZrMWpDYnBRMWZIZHlHWkJKVk1iZyJ9fQ.eyJqdGkiOiJwLTEiLCJodG0iOiJHRVQiL",
    "CJodHUiOiJodHRwczovL2FwaS5leGFtcGxlL2l0ZW1zIiwiaWF0IjoxNzk1NDM1MTkwfQ.ScMvO14T1aDrQ-MUK-",
    "rSmaTPjwGKwbyYj2ApwNBNqwS0_fhUjKQ6y-T3qWpZFVCsZtur2Way6byxnS0Ri6K_CQ",
);

/// The time of all answers, as in `ui/tests/setup.ts`: 2026-11-23 12:00:00 UTC.
const NOON: i64 = 1_795_435_200;

const PASSWORD: &str = "correct horse battery staple";

/// Throw-away keys. Their signatures contain nothing random (RFC 8032 section 5.1).
const KEYS: [(&str, &str, &str); 2] = [
    ("acc-2026-10", "gaF_ontohkeTJSFrXyzWLGQWFgyXGbjlrf76nywncEc", "yY9925Q51C04QZUbqVY_4oOIhNu7CzdL_iioYUslqWs"),
    ("acc-2026-11", "4OIARMSbsQ0LlXqowAzmiu4vgt1E3x4DwcOEFYy7QQ8", "lThu3TWlifGDArYke3Rh94b7h1TXFnWQWBTexGiX5Wk"),
];

/// The name of the test key in answers, as long as a real one.
pub(super) const TEST_KEY: &str = "test-key-of-the-recorded-profile-0000000000";

/// What is different about the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum World {
    /// Nothing.
    Usual,
    /// The user alice is switched off.
    AliceOff,
    /// The test key is published.
    TestKeyPublished,
}

/// A profile and the texts that are asked about.
pub(super) struct Profile {
    pub(super) engine: Engine,
    clock: Arc<FrozenClock>,
    pub(super) texts: BTreeMap<&'static str, String>,
}

impl Profile {
    /// A profile at noon, in which a policy of that name is saved, unless it is built in.
    pub(super) fn new(world: World, policy: Option<&str>) -> Self {
        // The first sign-in is long enough ago for its token to have expired.
        let clock = Arc::new(FrozenClock::new(Timestamp::from_seconds(NOON - 1023)));
        let rules = Rules { bcrypt_cost: 4, ..Rules::default() };
        let (entropy, vault) = (Box::new(SeededEntropy::new(7)), Box::new(MemoryVault::default()));
        let engine = Engine::open_with(&Place::Ephemeral, rules, Box::new(Arc::clone(&clock)), entropy, vault).unwrap();
        for (kid, d, x) in KEYS {
            let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "d": d, "x": x });
            engine.import_key(jwk.to_string().as_bytes(), None).unwrap();
        }
        for (name, display_name, email, scopes) in [
            ("alice", "Alice Archer", "alice@example.com", vec!["items:read", "items:write"]),
            ("bob", "", "", vec!["items:read"]),
            ("carol", "", "", vec!["items:read", "items:write", "users:admin"]),
            ("dave", "", "", vec![]),
        ] {
            let user = NewUser {
                username: name.into(),
                display_name: display_name.into(),
                email: email.into(),
                password: Password::new(PASSWORD),
                scopes: scopes.into_iter().map(str::to_owned).collect(),
            };
            engine.create_user(&user).unwrap();
        }
        let mut this = Self { engine, clock, texts: BTreeMap::new() };
        this.write_texts();
        this.engine.set_user_active("carol", false).unwrap();
        match world {
            World::Usual => {}
            World::AliceOff => drop(this.engine.set_user_active("alice", false).unwrap()),
            World::TestKeyPublished => this.engine.publish_test_key(true).unwrap(),
        }
        if let Some(name) = policy
            && this.engine.policy_named(name).is_err()
        {
            let own = this.engine.own_policy().unwrap();
            let foreign =
                (name == "issuer.example").then(|| (Some("https://issuer.example".to_owned()), Some(keys_elsewhere())));
            let (issuer, jwks) = foreign.unwrap_or((own.issuer.clone(), None));
            let policy = jose::Policy { name: name.into(), leeway_seconds: 30, own_tokens: false, issuer, jwks, ..own };
            this.engine.save_policy(&policy).unwrap();
        }
        this
    }

    /// Lets seconds pass.
    pub(super) fn advance(&self, seconds: i64) {
        self.clock.advance_seconds(seconds);
    }

    /// The name of the test key, if there is one.
    pub(super) fn test_key(&self) -> Option<String> {
        let published = self.engine.keys().unwrap();
        published.into_iter().find(|key| key.purpose == engine::keys::Purpose::Test).map(|key| key.kid)
    }

    pub(super) fn users(&self) -> Vec<UserView> {
        let query = UserQuery { most: 10, ..UserQuery::default() };
        self.engine.user_page(&query).unwrap().0.rows.into_iter().map(UserView::from).collect()
    }

    pub(super) fn sessions(&self) -> Vec<SessionView> {
        let query = SessionQuery { most: 10, ..SessionQuery::default() };
        self.engine.session_page(&query).unwrap().0.rows.into_iter().map(session_view).collect()
    }

    fn sign_in(&self, username: &str) -> SignedIn {
        match self.engine.sign_in(username, &Password::new(PASSWORD), None).unwrap() {
            SignIn::Done(signed_in) => signed_in,
            SignIn::SecondFactorDue { .. } => panic!("{username} has no second factor"),
        }
    }

    /// A token of this profile with one of its claims changed, signed again with its key.
    fn changed(&self, token: &str, claims: &[(&str, &str)]) -> String {
        let draft = Draft::of(&jose::parse_exact(token)).unwrap();
        let draft = claims.iter().fold(draft, |draft, (name, value)| {
            let edit = Edit::SetClaim { name: (*name).into(), value: (*value).into() };
            draft.apply(&edit, NOON).unwrap()
        });
        self.engine.sign_by_hand(Signer::Access { kid: None }, None, |key| draft.sign(key)).unwrap()
    }

    fn write_texts(&mut self) {
        let expired = self.sign_in("alice").access_token;
        self.advance(1023 - 837);
        let ending = self.sign_in("alice").access_token;
        self.advance(837);
        let valid = self.sign_in("alice").access_token;
        let pending = json!({ "sub": "alice", "aud": "mfa", "iat": NOON, "exp": NOON + 300 });
        let by_hand = |typ: &str, claims| {
            self.engine.sign_by_hand(Signer::Access { kid: None }, None, |key| key.sign_claims(typ, claims)).unwrap()
        };
        let broken = format!("{}+{}", &valid[..188], &valid[189..]);
        let texts = [
            ("admin", self.changed(&valid, &[("role", "\"admin\""), ("tenant", "\"acme\"")])),
            ("big", "AAAA.BBBB.C".into()),
            ("bob", self.sign_in("bob").access_token),
            ("broken", broken),
            // Made by Flask with the secret `dev-secret`, 26 m 55 s before noon.
            (
                "cookie",
                "Cookie: session=eyJfZnJlc2giOnRydWUsIl9pZCI6IjlmMmM0MWQwN2IiLCJjc3JmX3Rva2VuIjoiNWQxZThhMzdjMGYy\
                 NGI5NiIsInVzZXJfaWQiOiI0MiJ9.awQkcQ.T1xjFrsnmKMU02srcMKZVDuAt0Y"
                    .into(),
            ),
            ("elsewhere", elsewhere()),
            (
                "encrypted",
                format!(
                    "{}..AAAAAAAAAAAAAAAA.AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA",
                    segment(r#"{"alg":"dir","enc":"A256GCM"}"#)
                ),
            ),
            (
                "hmac",
                by_secret(
                    r#"{"sub":"alice","iss":"https://issuer.example"}"#,
                    "c2hhcmVkLXNlY3JldC1vZi0zMi1ieXRlcy1vci1tb3Jl",
                ),
            ),
            ("header_line", format!("Authorization: Bearer {valid}")),
            ("jku", unsigned(r#"{"alg":"RS256","jku":"https://evil.example/k"}"#, r#"{"sub":"alice"}"#)),
            (
                "markup",
                unsigned(r#"{"alg":"ES256"}"#, r#"{"sub":"<img src=x onerror=alert(1)>","<b>":"<script>1</script>"}"#),
            ),
            ("not_json", unsigned(r#"{"alg":"ES256"}"#, "hello there")),
            ("note", self.changed(&valid, &[("note", &format!("\"{}\"", "x".repeat(500)))])),
            ("opaque", "opaque-token".into()),
            ("pending", by_hand("mfa+jwt", &pending)),
            ("proof", PROOF.into()),
            ("public_key", public_key()),
            ("base64", "eyJoZWxsbyI6IndvcmxkIn0K".into()),
            ("base64_inside", "{\"hello\":\"world\"}\n".into()),
            ("sample_encrypted", sample(Sample::Encrypted).token),
            ("sample_expired", sample(Sample::Expired).token),
            ("sample_well_known_secret", sample(Sample::WellKnownSecret).token),
            ("reader", self.changed(&valid, &[("role", "\"reader\"")])),
            ("scheme", format!("Bearer {valid}")),
            ("scheme_twice", format!("Bearer Bearer {valid}")),
            ("signed_in", self.sign_in("alice").access_token),
            ("two", json!({ "access_token": valid, "id_token": ending }).to_string()),
            ("typed", "abc.def".into()),
            ("typed_over", "abc".into()),
            ("weak", by_secret(r#"{"sub":"alice"}"#, "dHJ1c3RubzE")),
            ("weak_again", by_secret(r#"{"sub":"bob"}"#, "dHJ1c3RubzE")),
            ("expired", expired),
            ("ending", ending),
            ("valid", valid),
        ];
        self.texts = BTreeMap::from(texts);
    }
}

/// A sample to learn with, the same at every run.
pub(super) fn sample(sample: Sample) -> SampleToken {
    sample.make(NOON, &Seed::new([7; 108])).unwrap()
}

fn segment(text: &str) -> String {
    jose::base64url::encode(text.as_bytes())
}

/// A token whose signature is nobody's.
fn unsigned(header: &str, payload: &str) -> String {
    format!("{}.{}.c2ln", segment(header), segment(payload))
}

/// A token of another issuer, signed with the older key.
fn elsewhere() -> String {
    let (kid, d, x) = KEYS[0];
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "elsewhere", "d": d, "x": x }).to_string();
    let unsigned =
        unsigned(r#"{"alg":"EdDSA","kid":"elsewhere"}"#, r#"{"iss":"https://issuer.example","sub":"alice"}"#);
    let draft = Draft::of(&jose::parse_exact(&unsigned)).unwrap();
    UserKey::new(key, SecretForm::Text).sign(&draft).unwrap_or_else(|why| panic!("{kid}: {why}"))
}

/// What that issuer publishes.
pub(super) fn keys_elsewhere() -> String {
    let (_, _, x) = KEYS[0];
    json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "elsewhere", "x": x }] }).to_string()
}

/// Its key as PEM (RFC 8410 section 4): base64 of the bytes before it ends where the key begins.
pub(super) fn public_key() -> String {
    let (_, _, x) = KEYS[0];
    let x = x.replace('-', "+").replace('_', "/");
    format!("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA{x}=\n-----END PUBLIC KEY-----")
}

/// A token signed with a shared secret, given in base64.
fn by_secret(payload: &str, secret: &str) -> String {
    let unsigned = unsigned(r#"{"alg":"HS256"}"#, payload);
    let draft = Draft::of(&jose::parse_exact(&unsigned)).unwrap();
    UserKey::new(secret, SecretForm::Base64).sign(&draft).unwrap()
}
