//! Tokens for pictures of the window.

/// The sample token of jwt.io.
pub const FOREIGN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";

/// The key of RFC 7515 (appendix A.3), which signs the credential.
pub const CREDENTIAL_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

/// The first example of RFC 7516 (appendix A.1).
pub const ENCRYPTED: &str = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A.XFBoMYUZodetZdvTiFvSkQ";

/// A credential of which two claims are shown and one is not, with its holder's key binding.
pub fn credential() -> String {
    let key = jose::PrivateKey::read(CREDENTIAL_KEY.as_bytes(), None).unwrap();
    let key = jose::SigningKey::from_pkcs8(jose::Algorithm::Es256, key.bytes()).unwrap();
    let disclosures = [("given_name", "Erika"), ("family_name", "Mustermann"), ("birthdate", "1964-08-12")]
        .map(|(name, value)| jose::base64url::encode(format!(r#"["{name}-salt","{name}","{value}"]"#).as_bytes()));
    let digests = disclosures.each_ref().map(|part| format!("\"{}\"", jose::digest::sha_256(part.as_bytes())));
    let claims = format!(
        r#"{{"iss":"https://pid.example","vct":"urn:eudi:pid:1","_sd_alg":"sha-256","_sd":[{}],"cnf":{{"jwk":{}}}}}"#,
        digests.join(","),
        key.public_jwk().unwrap()
    );
    let token = key.dangerous_sign(r#"{"alg":"ES256","typ":"dc+sd-jwt"}"#, claims.as_bytes()).unwrap();
    let shown = format!("{token}~{}~{}~", disclosures[0], disclosures[1]);
    let binding = format!(
        r#"{{"iat":1795440702,"aud":"https://verifier.example","nonce":"n-0S6_WzA2Mj","sd_hash":"{}"}}"#,
        jose::digest::sha_256(shown.as_bytes())
    );
    let bound = key.dangerous_sign(r#"{"alg":"ES256","typ":"kb+jwt"}"#, binding.as_bytes()).unwrap();
    format!("{shown}{bound}")
}
