//! What the endpoints share: the engine, and limits on what strangers may ask of it.

use crate::{
    access::{Access, NotAnOrigin, Stranger},
    answer::Refusal,
    items::Items,
    traffic::{Listener, Record},
};
use axum::http::{HeaderMap, HeaderValue, Uri};
use engine::{Engine, keys::SigningKeyError, vault::VaultError};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{
    num::NonZeroU32,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};
use tokio::sync::Semaphore;

/// How many unknown tokens a client may ask about at once.
const UNKNOWN_TOKENS: NonZeroU32 = NonZeroU32::new(100).unwrap();
/// How many more per second.
const UNKNOWN_TOKENS_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// The issuer of one profile.
pub struct Issuer {
    engine: Arc<Engine>,
    access: RwLock<Access>,
    /// Password checks take a core for a quarter of a second each. Those that wait do so here, not in the threads that
    /// other requests need.
    logins: Arc<Semaphore>,
    /// Guessing tokens at `/introspect`, by client (RFC 7662 section 4).
    pub(crate) guesses: DefaultKeyedRateLimiter<String>,
    pub(crate) items: Items,
    /// Where it is reached: `http://localhost:8787`.
    base: String,
    listener: Listener,
}

impl Issuer {
    /// An issuer that is reached at `base`, answers to the names in `access`, and tells `listener` of each request.
    pub fn new(engine: Arc<Engine>, base: String, access: Access, listener: Listener) -> Arc<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let quota = Quota::per_second(UNKNOWN_TOKENS_PER_SECOND).allow_burst(UNKNOWN_TOKENS);
        Arc::new(Self {
            engine,
            access: RwLock::new(access),
            logins: Arc::new(Semaphore::new(cores)),
            guesses: RateLimiter::keyed(quota),
            items: Items::default(),
            base,
            listener,
        })
    }

    /// Asks the engine, on a thread that may block.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let engine = Arc::clone(&self.engine);
        // It fails only if the question panicked.
        tokio::task::spawn_blocking(move || question(&engine)).await.map_err(|_| Refusal::server_error())
    }

    /// The same for a question that checks a password.
    pub(crate) async fn ask_with_password<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = Arc::clone(&self.logins).acquire_owned().await.map_err(|_| Refusal::server_error())?;
        // The place goes along: a client that breaks off ends this future, and not the work on its thread.
        self.ask(move |engine| {
            let _place = place;
            question(engine)
        })
        .await
    }

    #[cfg(test)]
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    #[cfg(test)]
    pub(crate) fn for_tests() -> Arc<Self> {
        let rules = engine::Rules { bcrypt_cost: 4, ..engine::Rules::default() };
        let engine = Engine::open(&engine::Profile::Ephemeral, rules).unwrap();
        Self::new(Arc::new(engine), String::new(), Access::at(0, &[]), Box::new(|_| ()))
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Lets the pages of an origin use this issuer from now on.
    ///
    /// # Errors
    /// [`NotAnOrigin`]
    pub fn allow(&self, origin: &str) -> Result<(), NotAnOrigin> {
        self.access.write().unwrap_or_else(PoisonError::into_inner).allow(origin)
    }

    pub(crate) fn admits(&self, target: &Uri, headers: &HeaderMap) -> Result<(), Stranger> {
        self.access().check(target, headers)
    }

    pub(crate) fn is_listed(&self, origin: &HeaderValue) -> bool {
        self.access().is_listed(origin)
    }

    fn access(&self) -> RwLockReadGuard<'_, Access> {
        self.access.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tell(&self, record: Record) {
        (self.listener)(record);
    }
}

/// A key that cannot be used. Which one and why is for the owner of the profile.
pub(crate) fn without_key(error: &SigningKeyError) -> Refusal {
    match error {
        SigningKeyError::Vault(VaultError::Locked { .. }) => {
            Refusal::unavailable("The keyring with the signing keys is locked; unlock it and ask again")
        }
        SigningKeyError::Vault(_) => Refusal::unavailable("The keyring with the signing keys cannot be used now"),
        _ => Refusal::server_error(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn a_password_check_keeps_its_place_when_its_client_breaks_off() {
        let issuer = Issuer::for_tests();
        let places = issuer.logins.available_permits();
        let (begun, begins) = oneshot::channel();
        let (end, ends) = mpsc::channel::<()>();
        let (ended, has_ended) = oneshot::channel();
        let mut asked = Box::pin(issuer.ask_with_password(move |_| {
            begun.send(()).unwrap();
            let _ = ends.recv();
            ended.send(()).unwrap();
        }));
        tokio::select! {
            _ = &mut asked => panic!("answered too early"),
            begun = begins => begun.unwrap(),
        }
        drop(asked);
        assert_eq!(issuer.logins.available_permits(), places - 1);
        drop(end);
        has_ended.await.unwrap();
        let all = u32::try_from(places).unwrap();
        assert!(issuer.logins.acquire_many(all).await.is_ok(), "it is given back");
    }
}
