//! Tokens that a client asks for on its own behalf (RFC 6749 section 4.4). There is no user and no session: such a
//! token is revoked by its ID alone, and there is no refresh token (section 4.4.3).

use super::{SignInError, session::must_exist};
use crate::{
    Engine, entropy,
    records::{Client, EventKind, NewEvent, Purpose, Scope},
    scopes,
    store::{self, Stop},
    tokens::{AccessEnd, ClientToken},
};
use serde_json::json;
use std::time::Duration;

/// An access token of a client.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSignedIn {
    /// In compact form.
    pub access_token: String,
    /// The time until it expires.
    pub expires_in: Duration,
    /// Its scopes.
    pub scopes: Vec<Scope>,
}

impl std::fmt::Debug for ClientSignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientSignedIn").field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

impl Engine {
    /// An access token for a confidential client, which presented itself: see [`Engine::authenticate_client`]. Without
    /// `wanted` it has all scopes that the client may have; a scope that it may not have is refused.
    ///
    /// # Errors
    /// [`SignInError`]
    pub fn sign_in_client(&self, client: &Client, wanted: Option<&[String]>) -> Result<ClientSignedIn, SignInError> {
        let catalog = self.scope_catalog()?;
        let scopes: Vec<Scope> = match wanted {
            Some(wanted) => scopes::choose(&catalog, wanted)?,
            None => catalog.into_iter().map(|entry| entry.name).filter(|scope| client.allows(scope)).collect(),
        };
        if let Some(beyond) = scopes.iter().find(|scope| !client.allows(scope)) {
            return Err(SignInError::ScopeOfClient(beyond.to_string()));
        }
        let key = self.signing_key(Purpose::Access)?;
        let jti = entropy::make_id(&*self.entropy)?;
        let (now, rules) = (self.now()?, self.rules()?);
        let lifetime = client.access_token_lifetime.unwrap_or(rules.access_token_lifetime);
        let ends = AccessEnd::after(now, lifetime.min(rules.longest_lifetime()));
        let token = ClientToken { client_id: &client.id, typ: client.typ, jti: &jti, scopes: &scopes, now, ends };
        let access_token = token.sign(&key, &rules).map_err(|_| SignInError::Unsigned)?;
        let event = NewEvent::of(EventKind::ClientSignedIn).jti(&jti).detail(json!({ "client": client.id }));
        self.store.decide(|tx| {
            must_exist(tx, client)?;
            store::signing_keys::count_signed(tx, [Some(key.kid()), None], now)?;
            store::events::record(tx, now, &event)?;
            Ok::<_, Stop<SignInError>>(())
        })?;
        Ok(ClientSignedIn { access_token, expires_in: ends.lifetime, scopes })
    }
}
