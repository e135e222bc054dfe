//! Tokens that the window received. They stay here, in memory, until it closes. The page gets the access token that it
//! asked for and refers to the others by handle or ID, so that a script can use those only with a user's gesture.

use crate::commands::{
    sessions::{Presented, RefreshAnswer},
    sign_in::SignedIn,
};
use engine::secret::{PendingToken, RefreshToken};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};
use zeroize::Zeroizing;

/// How many sign-ins may wait for their second factor. A pending token lives for minutes; the oldest is dropped first.
const MOST_PENDING: usize = 16;

/// For how many sessions tokens are kept, and how many of each kind per session. The oldest are dropped first.
const MOST_SESSIONS: usize = 256;
const MOST_OF_A_SESSION: usize = 512;

/// The tokens, and the handle of the next pending token.
#[derive(Default)]
pub struct HeldTokens(Mutex<Held>);

#[derive(Default)]
struct Held {
    next: u32,
    pending: BTreeMap<u32, PendingToken>,
    /// The most recently used session is last.
    sessions: VecDeque<OfSession>,
}

#[derive(Default)]
struct OfSession {
    sid: String,
    /// Pairs of `jti` and token, the oldest first.
    refresh: VecDeque<(String, RefreshToken)>,
    access: VecDeque<(String, Zeroizing<String>)>,
}

impl HeldTokens {
    /// Keeps the tokens of a sign-in and returns the page's view of it.
    pub(crate) fn keep(&self, answer: engine::sign_in::SignedIn) -> SignedIn {
        let engine::sign_in::SignedIn { username, access_token, refresh_token, expires_in, scopes, sid } = answer;
        let mut held = self.lock();
        let mut of_session = match held.sessions.iter().position(|of| of.sid == sid) {
            Some(at) => held.sessions.remove(at).unwrap_or_default(),
            None => OfSession { sid: sid.clone(), ..OfSession::default() },
        };
        push(&mut of_session.access, jti_of(&access_token), Zeroizing::new(access_token.clone()));
        if let Some(token) = refresh_token {
            push(&mut of_session.refresh, jti_of(token.expose()), token);
        }
        held.sessions.push_back(of_session);
        if held.sessions.len() > MOST_SESSIONS {
            held.sessions.pop_front();
        }
        SignedIn {
            username: username.to_string(),
            access_token,
            expires_in: u32::try_from(expires_in.as_secs()).unwrap_or(u32::MAX),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            sid,
        }
    }

    /// Keeps the tokens of a refresh, if it returned any.
    pub(crate) fn take(&self, answer: Presented) -> RefreshAnswer {
        match answer {
            Presented::Refreshed(signed_in) => RefreshAnswer::Refreshed(self.keep(signed_in)),
            Presented::Refused(answer) => answer,
        }
    }

    /// Keeps a pending token and returns its handle.
    pub(crate) fn keep_pending(&self, token: PendingToken) -> u32 {
        let mut held = self.lock();
        let handle = held.next;
        held.next = handle.wrapping_add(1);
        held.pending.insert(handle, token);
        while held.pending.len() > MOST_PENDING {
            held.pending.pop_first();
        }
        handle
    }

    /// The pending token of a handle.
    pub(crate) fn pending(&self, handle: u32) -> Option<PendingToken> {
        self.lock().pending.get(&handle).cloned()
    }

    /// Forgets a pending token that was used.
    pub(crate) fn drop_pending(&self, handle: u32) {
        self.lock().pending.remove(&handle);
    }

    /// A refresh token of a session, if the window received it.
    pub(crate) fn refresh_token(&self, sid: &str, jti: &str) -> Option<RefreshToken> {
        let held = self.lock();
        let of_session = held.sessions.iter().find(|of| of.sid == sid)?;
        of_session.refresh.iter().find(|(of, _)| of == jti).map(|(_, token)| token.clone())
    }

    /// Any token of a session as text, if the window received it.
    pub(crate) fn text(&self, sid: &str, jti: &str) -> Option<String> {
        let held = self.lock();
        let of_session = held.sessions.iter().find(|of| of.sid == sid)?;
        let access = of_session.access.iter().find(|(of, _)| of == jti).map(|(_, token)| token.to_string());
        access
            .or_else(|| of_session.refresh.iter().find(|(of, _)| of == jti).map(|(_, token)| token.expose().to_owned()))
    }

    /// The ids of the tokens of a session that the window received, both kinds.
    pub(crate) fn ids(&self, sid: &str) -> Vec<String> {
        let held = self.lock();
        let Some(of) = held.sessions.iter().find(|of| of.sid == sid) else { return Vec::new() };
        let access = of.access.iter().map(|(jti, _)| jti.clone());
        access.chain(of.refresh.iter().map(|(jti, _)| jti.clone())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a token as the newest. Some are returned again and again, and must not push out the others.
fn push<T>(tokens: &mut VecDeque<(String, T)>, jti: String, token: T) {
    tokens.retain(|(of, _)| *of != jti);
    tokens.push_back((jti, token));
    if tokens.len() > MOST_OF_A_SESSION {
        tokens.pop_front();
    }
}

fn jti_of(token: &str) -> String {
    jose::parse_exact(token).claim_text("jti").unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn answer(sid: &str, number: usize) -> engine::sign_in::SignedIn {
        let token = |kind: &str| {
            let claims = format!(r#"{{"jti":"{kind}{number}"}}"#);
            format!("{}.AA", jose::signing_input(br#"{"alg":"HS256"}"#, claims.as_bytes()))
        };
        engine::sign_in::SignedIn {
            username: "alice".parse().unwrap(),
            access_token: token("a"),
            refresh_token: Some(RefreshToken::new(token("r"))),
            expires_in: Duration::from_secs(900),
            scopes: Vec::new(),
            sid: sid.into(),
        }
    }

    #[test]
    fn the_tokens_of_a_session_are_found_by_their_ids() {
        let held = HeldTokens::default();
        for (sid, number) in [("one", 1), ("two", 2), ("one", 3)] {
            held.keep(answer(sid, number));
        }
        assert_eq!(held.ids("one"), ["a1", "a3", "r1", "r3"]);
        assert!(held.refresh_token("one", "r1").is_some());
        assert!(held.refresh_token("one", "r2").is_none(), "it is the other session's");
        assert!(held.refresh_token("one", "a1").is_none(), "an access token refreshes nothing");
        assert_eq!(held.text("one", "a3").unwrap(), answer("one", 3).access_token);
        assert!(held.ids("three").is_empty());
    }

    #[test]
    fn a_token_that_is_returned_again_pushes_out_no_other() {
        let held = HeldTokens::default();
        held.keep(answer("one", 0));
        for _ in 0..=MOST_OF_A_SESSION {
            held.keep(answer("one", 1));
        }
        assert_eq!(held.ids("one"), ["a0", "a1", "r0", "r1"]);
    }

    #[test]
    fn the_session_that_was_used_longest_ago_goes_first() {
        let held = HeldTokens::default();
        for number in 0..MOST_SESSIONS {
            held.keep(answer(&number.to_string(), number));
        }
        held.keep(answer("0", MOST_SESSIONS));
        held.keep(answer("new", 0));
        assert_eq!(held.ids("0").len(), 4);
        assert!(held.ids("1").is_empty());
        assert_eq!(held.ids("2").len(), 2);
    }

    #[test]
    fn a_pending_token_is_there_until_it_is_dropped_or_too_many_wait() {
        let held = HeldTokens::default();
        let handles: Vec<u32> =
            (0..=MOST_PENDING).map(|number| held.keep_pending(PendingToken::new(number.to_string()))).collect();
        assert!(held.pending(handles[0]).is_none());
        assert_eq!(held.pending(handles[1]).unwrap().expose(), "1");
        held.drop_pending(handles[1]);
        assert!(held.pending(handles[1]).is_none());
    }
}
