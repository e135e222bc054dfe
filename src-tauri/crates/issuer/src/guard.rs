//! The guard of a protected endpoint: a chain of small checks, one for each question. Each is an extractor that makes
//! those before it first, so an endpoint names only the last one that it needs.
//!
//! | question | extractor | refused with |
//! |---|---|---|
//! | Is there a token? | [`BearerToken`] | 401 without an error code, 400 if it is malformed |
//! | May we trust it? | [`TrustedToken`] | 401 `invalid_token` |
//! | Is it revoked? | [`LiveToken`] | 401 `invalid_token` |
//! | Does the user exist? | [`KnownSubject`] | 401 `invalid_token` |
//! | Is the user active? | [`ActiveSubject`], [`ActiveUser`] | 400 "Inactive user" |
//! | Are the scopes there? | [`Scoped`] | 403 `insufficient_scope` |
//!
//! The answers are those of [`engine::Engine::guard`], the nine checks that Inspect shows, so the two always agree.

use crate::{Issuer, answer::Refusal, traffic::About};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use engine::rules::Revocation;
use jose::{
    Parsed,
    judgement::{Check, Judgement, Outcome, SignatureState, Step, VerdictOutcome},
};
use std::{marker::PhantomData, sync::Arc};

/// A bearer token, as it was sent (RFC 6750 section 2.1). Nothing of it is checked yet.
pub(crate) struct BearerToken(pub(crate) String);

/// A token that this profile signed for this audience and that is valid now.
pub(crate) struct TrustedToken(Arc<Judged>);

/// The same, and neither it nor its session was ended.
pub(crate) struct LiveToken(Arc<Judged>);

/// The same, and its user exists. A client's own token has no user.
pub(crate) struct KnownSubject(Arc<Judged>);

/// The same, and its user is active. Without required scopes, all nine checks hold; with some, [`Scoped`] makes the last.
pub(crate) struct ActiveSubject(Arc<Judged>);

/// The same, and there is a user: it is no client's own token.
pub(crate) struct ActiveUser(Arc<Judged>);

/// The same for a user or a client with the scopes of the endpoint.
pub(crate) struct Scoped<R>(Arc<Judged>, PhantomData<R>);

/// The scopes that an endpoint requires.
pub(crate) trait Requires: Send + Sync + 'static {
    /// Their names.
    const SCOPES: &'static [&'static str];
}

/// Names the scope of an endpoint as a type.
macro_rules! scope {
    ($name:ident, $scope:literal) => {
        pub(crate) struct $name;
        impl crate::guard::Requires for $name {
            const SCOPES: &'static [&'static str] = &[$scope];
        }
    };
}
pub(crate) use scope;

/// A token and what the engine found.
struct Judged {
    token: String,
    parsed: Parsed,
    judgement: Judgement,
    /// The scopes that were required.
    scopes: &'static [&'static str],
    realm: String,
    is_short_lived: bool,
}

impl Judged {
    fn step(&self, check: Check) -> Option<&Step> {
        self.judgement.trace.iter().find(|step| step.check == check)
    }

    /// Whether a check was made and holds.
    fn holds(&self, check: Check) -> bool {
        self.step(check).is_some_and(|step| matches!(step.outcome, Outcome::Pass | Outcome::Warn))
    }

    /// Whether neither the token nor its session was ended. Short-lived tokens are not looked up.
    fn is_live(&self) -> bool {
        let is_unchecked = self.step(Check::Revocation).is_some_and(|step| step.outcome == Outcome::NotChecked);
        self.holds(Check::Revocation) || is_unchecked && self.is_short_lived
    }

    fn is_accepted(&self) -> bool {
        self.judgement.verdict.outcome == VerdictOutcome::Accepted
    }

    fn about(&self) -> About {
        let text = |name: &str| self.parsed.claim_text(name).map(str::to_owned);
        // Claims of a token that nobody signed here say nothing.
        if self.judgement.signature.state != SignatureState::Verified {
            return About::default();
        }
        let client = text("client_id");
        let username = text("sub").filter(|sub| Some(sub) != client.as_ref());
        About { client, username, jti: text("jti"), ..About::default() }
    }

    fn refuse(&self, check: Check) -> Refusal {
        let reason = self.step(check).map_or_else(String::new, |step| format!("{}: {}", step.name, step.reason));
        Refusal::invalid_token(&self.realm, reason).of(self.about())
    }

    fn has_user(&self) -> bool {
        let (sub, client) = (self.parsed.claim_text("sub"), self.parsed.claim_text("client_id"));
        sub.is_some() && (sub != client || self.parsed.claims.has("sid"))
    }
}

/// The token of a request's `Authorization` header; `None` if there is none of this scheme.
fn bearer(parts: &Parts) -> Result<Option<String>, Refusal> {
    let query = parts.uri.query().unwrap_or_default();
    if url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "access_token") {
        let sentence = "A token in a URL ends up in logs and histories; send it as Authorization: Bearer";
        return Err(Refusal::invalid_request(sentence));
    }
    sent(&parts.headers)
}

fn sent(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = sent.next() else { return Ok(None) };
    if sent.next().is_some() {
        return Err(Refusal::invalid_request("The request has several Authorization headers"));
    }
    let malformed = || Refusal::invalid_request("Write the header as Authorization: Bearer, one space, the token");
    let text = value.to_str().map_err(|_| malformed())?;
    let scheme_end = text.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-').unwrap_or(text.len());
    let (scheme, rest) = text.split_at(scheme_end);
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    let token = rest.trim_start_matches(' ');
    // RFC 6750 section 2.1: one space or more, then the characters of a b64token.
    let is_token = |sign: char| sign.is_ascii_alphanumeric() || "-._~+/=".contains(sign);
    if token.is_empty() || token.len() == rest.len() || !token.chars().all(is_token) {
        return Err(malformed());
    }
    Ok(Some(token.to_owned()))
}

impl FromRequestParts<Arc<Issuer>> for BearerToken {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, issuer: &Arc<Issuer>) -> Result<Self, Refusal> {
        if let Some(token) = bearer(parts)? {
            return Ok(Self(token));
        }
        let rules = issuer.ask(engine::Engine::rules).await?.map_err(|_| Refusal::server_error())?;
        Err(Refusal::no_token(&rules.audience))
    }
}

/// Judges the request's token once for all extractors.
async fn judge(
    parts: &mut Parts,
    issuer: &Arc<Issuer>,
    scopes: &'static [&'static str],
) -> Result<Arc<Judged>, Refusal> {
    if let Some(judged) = parts.extensions.get::<Arc<Judged>>()
        && (scopes.is_empty() || judged.scopes == scopes)
    {
        return Ok(Arc::clone(judged));
    }
    let BearerToken(token) = BearerToken::from_request_parts(parts, issuer).await?;
    let judged = issuer
        .ask(move |engine| {
            let wanted: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            let judgement = engine.guard(&token, &wanted)?;
            let rules = engine.rules()?;
            Ok::<_, engine::StoreError>(Judged {
                parsed: jose::parse_exact(&token),
                token,
                judgement,
                scopes,
                realm: rules.audience.clone(),
                is_short_lived: rules.revocation == Revocation::ShortLived,
            })
        })
        .await?;
    // A guard that cannot look something up lets nobody in.
    let judged = Arc::new(judged.map_err(|_| Refusal::server_error())?);
    parts.extensions.insert(Arc::clone(&judged));
    Ok(judged)
}

impl FromRequestParts<Arc<Issuer>> for TrustedToken {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, issuer: &Arc<Issuer>) -> Result<Self, Refusal> {
        const TRUST: [Check; 6] =
            [Check::Parse, Check::Algorithm, Check::Key, Check::Signature, Check::Time, Check::IssuerAndAudience];
        let judged = judge(parts, issuer, &[]).await?;
        if let Some(check) = TRUST.into_iter().find(|check| !judged.holds(*check)) {
            return Err(judged.refuse(check));
        }
        if judged.judgement.signature.state != SignatureState::Verified {
            return Err(judged.refuse(Check::Signature));
        }
        Ok(Self(judged))
    }
}

impl FromRequestParts<Arc<Issuer>> for LiveToken {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, issuer: &Arc<Issuer>) -> Result<Self, Refusal> {
        let TrustedToken(judged) = TrustedToken::from_request_parts(parts, issuer).await?;
        if !judged.is_live() {
            return Err(judged.refuse(Check::Revocation));
        }
        Ok(Self(judged))
    }
}

/// Whether the check of the user failed because the user is inactive: the one check that a server answers with 400.
fn is_inactive(judged: &Judged) -> bool {
    let verdict = &judged.judgement.verdict;
    verdict.stopped_at == Some(Check::User) && verdict.status == Some(400)
}

impl FromRequestParts<Arc<Issuer>> for KnownSubject {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, issuer: &Arc<Issuer>) -> Result<Self, Refusal> {
        let LiveToken(judged) = LiveToken::from_request_parts(parts, issuer).await?;
        if !judged.holds(Check::User) && !is_inactive(&judged) {
            return Err(judged.refuse(Check::User));
        }
        Ok(Self(judged))
    }
}

impl FromRequestParts<Arc<Issuer>> for ActiveSubject {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, issuer: &Arc<Issuer>) -> Result<Self, Refusal> {
        let KnownSubject(judged) = KnownSubject::from_request_parts(parts, issuer).await?;
        if is_inactive(&judged) {
            return Err(Refusal::inactive_user().of(judged.about()));
        }
        // The scopes are asked for by the next check alone.
        if !judged.holds(Check::User) || judged.scopes.is_empty() && !judged.is_accepted() {
            return Err(judged.refuse(judged.judgement.verdict.stopped_at.unwrap_or(Check::User)));
        }
        Ok(Self(judged))
    }
}

impl FromRequestParts<Arc<Issuer>> for ActiveUser {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, issuer: &Arc<Issuer>) -> Result<Self, Refusal> {
        let ActiveSubject(judged) = ActiveSubject::from_request_parts(parts, issuer).await?;
        if !judged.has_user() {
            let sentence = "A client asked for this token on its own behalf, so there is no user";
            return Err(Refusal::invalid_token(&judged.realm, sentence).of(judged.about()));
        }
        Ok(Self(judged))
    }
}

impl<R: Requires> FromRequestParts<Arc<Issuer>> for Scoped<R> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, issuer: &Arc<Issuer>) -> Result<Self, Refusal> {
        judge(parts, issuer, R::SCOPES).await?;
        let ActiveSubject(judged) = ActiveSubject::from_request_parts(parts, issuer).await?;
        if judged.scopes != R::SCOPES || !judged.holds(Check::Scopes) || !judged.is_accepted() {
            let reason = judged.step(Check::Scopes).map_or("", |step| &step.reason);
            let refusal = Refusal::new(StatusCode::FORBIDDEN, "insufficient_scope", reason);
            return Err(refusal.challenge(&judged.realm, &[("scope", &R::SCOPES.join(" "))]).of(judged.about()));
        }
        Ok(Self(judged, PhantomData))
    }
}

impl LiveToken {
    pub(crate) fn about(&self) -> About {
        self.0.about()
    }

    pub(crate) fn sid(&self) -> Option<&str> {
        self.0.parsed.claim_text("sid")
    }

    pub(crate) fn text(&self) -> &str {
        &self.0.token
    }
}

impl ActiveUser {
    /// The refusal for what was true when the token was judged and has changed since.
    pub(crate) fn no_longer(&self, sentence: &str) -> Refusal {
        Refusal::invalid_token(&self.0.realm, sentence).of(self.about())
    }

    pub(crate) fn about(&self) -> About {
        self.0.about()
    }

    pub(crate) fn username(&self) -> &str {
        self.0.parsed.claim_text("sub").unwrap_or_default()
    }

    pub(crate) fn sid(&self) -> Option<&str> {
        self.0.parsed.claim_text("sid")
    }

    pub(crate) fn scopes(&self) -> Vec<&str> {
        self.0.parsed.claim_text("scope").unwrap_or_default().split_whitespace().collect()
    }
}

impl<R> Scoped<R> {
    pub(crate) fn about(&self) -> About {
        self.0.about()
    }

    pub(crate) fn subject(&self) -> &str {
        self.0.parsed.claim_text("sub").unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
