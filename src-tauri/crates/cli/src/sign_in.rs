//! `twb sign-in`, `twb confirm`, `twb recover`, `twb refresh` and `twb revoke`.

use crate::{
    Outcome,
    arguments::{Refresh, SignIn},
    input,
    print::{self, Form},
};
use engine::{
    Engine,
    revoke::Revoked,
    rules::Revocation,
    secret::{PendingToken, RefreshToken},
    sign_in::{SignIn as Answer, SignedIn},
};
use serde_json::{Value, json};

pub(crate) fn sign_in(engine: &Engine, who: &SignIn, form: &Form) -> anyhow::Result<Outcome> {
    // Drop the password before printing: the reader of our output may block for long.
    let answer = engine.sign_in(&who.username, &input::password(&who.username)?, wanted(&who.scopes))?;
    match answer {
        Answer::Done(signed_in) => tokens(&signed_in, form),
        Answer::SecondFactorDue { pending, expires_in } => print::answer(
            form,
            &json!({"pending_token": pending.expose(), "expires_in": expires_in.as_secs()}),
            &print::pairs([("pending_token", pending.expose().into())]),
        ),
    }
}

pub(crate) fn confirm(engine: &Engine, form: &Form) -> anyhow::Result<Outcome> {
    let pending = PendingToken::new(input::line("Pending token: ", "pending token")?.expose());
    let code = input::line("Code: ", "code")?;
    tokens(&engine.confirm_sign_in(&pending, code.expose())?, form)
}

pub(crate) fn recover(engine: &Engine, who: &SignIn, form: &Form) -> anyhow::Result<Outcome> {
    let password = input::password(&who.username)?;
    let code = input::line("Recovery code: ", "recovery code")?;
    tokens(&engine.recover_sign_in(&who.username, &password, code.expose(), wanted(&who.scopes))?, form)
}

pub(crate) fn refresh(engine: &Engine, what: &Refresh, form: &Form) -> anyhow::Result<Outcome> {
    let token = RefreshToken::new(input::line("Refresh token: ", "refresh token")?.expose());
    tokens(&engine.refresh(&token, wanted(&what.scopes))?, form)
}

pub(crate) fn revoke(engine: &Engine, form: &Form) -> anyhow::Result<Outcome> {
    let (value, words) = match engine.revoke(input::line("Token: ", "token")?.expose())? {
        Revoked::AccessToken { jti } => {
            (json!({"revoked": "access_token", "jti": jti}), format!("Revoked the access token {jti}\n"))
        }
        Revoked::Session { sid } => {
            (json!({"revoked": "session", "sid": sid}), format!("Ended the session {sid} of this refresh token\n"))
        }
        Revoked::Nothing => (
            json!({"revoked": null}),
            "Nothing to revoke: the token is not from this profile, has expired or is already revoked\n".into(),
        ),
    };
    let note = if value["revoked"].is_null() { String::new() } else { still_good(engine)? };
    print::answer(form, &value, &format!("{words}{note}"))
}

/// A warning that ending a session or revoking a token does not stop short-lived tokens.
pub(crate) fn still_good(engine: &Engine) -> anyhow::Result<String> {
    let rules = engine.rules()?;
    if rules.revocation == Revocation::DenyList {
        return Ok(String::new());
    }
    let minutes = rules.short_lived_lifetime.as_secs() / 60;
    Ok(format!("Access tokens of at most {minutes} minutes are not looked up now: they are good to their end\n"))
}

/// The response of a token endpoint (RFC 6749 section 5.1), plus the session.
pub(crate) fn describe(signed_in: &SignedIn) -> Value {
    let mut value = json!({
        "access_token": signed_in.access_token,
        "token_type": "bearer",
        "expires_in": signed_in.expires_in.as_secs(),
        "scope": engine::scopes::join(&signed_in.scopes),
        "sid": signed_in.sid,
    });
    if let Some(refresh_token) = &signed_in.refresh_token {
        value["refresh_token"] = refresh_token.expose().into();
    }
    value
}

fn tokens(signed_in: &SignedIn, form: &Form) -> anyhow::Result<Outcome> {
    let access = ["access_token".to_owned(), signed_in.access_token.clone()];
    let refresh = signed_in.refresh_token.as_ref().map(|token| ["refresh_token".to_owned(), token.expose().to_owned()]);
    let rows: Vec<_> = std::iter::once(access).chain(refresh).collect();
    print::answer(form, &describe(signed_in), &print::columns("", &rows))
}

/// No scope given means all.
fn wanted(scopes: &[String]) -> Option<&[String]> {
    (!scopes.is_empty()).then_some(scopes)
}
