//! Records every acknowledged step and checks that the profile still knows it.

use super::{
    bench::{self, Dice},
    vault::FileVault,
};
use engine::{
    Engine,
    keys::{KeyState, Purpose},
    refresh::RefreshError,
    secret::RefreshToken,
    sessions::SessionState,
    totp::SecondFactor,
};
use inspect::report::VerdictOutcome;
use jose::KeySet;
use rusqlite::Connection;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
};

/// How many sessions of earlier runs are checked again after each kill, besides all of the last run.
const SAMPLE: usize = 12;

/// A session as the answers described it.
struct Known {
    generation: i64,
    /// The newest refresh token, unless a step that would use it up was in progress.
    refresh: Option<String>,
    access: Vec<String>,
    ended: bool,
}

/// Every acknowledged step.
#[derive(Default)]
pub(crate) struct Ledger {
    sessions: BTreeMap<String, Known>,
    revoked: BTreeSet<String>,
    users: BTreeSet<String>,
    /// How many recovery codes are left, by user with a confirmed second factor.
    enrolled: BTreeMap<String, u32>,
    keys: BTreeMap<String, String>,
    /// What the last subject touched.
    touched: BTreeSet<String>,
    /// The step that was begun but not acknowledged.
    under_way: Vec<String>,
    answered: usize,
    unanswered: BTreeMap<String, usize>,
    unanswered_and_done: usize,
    checked: usize,
}

impl Ledger {
    /// Records the output of a subject.
    pub(crate) fn read(&mut self, lines: &[String]) {
        self.touched.clear();
        self.under_way.clear();
        for line in lines {
            let words: Vec<&str> = line.split('\t').collect();
            if words[0] == "begin" {
                self.under_way = words[1..].iter().map(ToString::to_string).collect();
                continue;
            }
            self.under_way.clear();
            self.answered += 1;
            self.answer(&words);
        }
        if let Some(step) = self.under_way.first() {
            *self.unanswered.entry(step.clone()).or_default() += 1;
        }
    }

    fn answer(&mut self, words: &[&str]) {
        match words {
            ["session", sid, access, refresh] => {
                let (refresh, access) = (Some(refresh.to_string()), vec![access.to_string()]);
                self.touched.insert(sid.to_string());
                self.sessions.insert(sid.to_string(), Known { generation: 0, refresh, access, ended: false });
            }
            ["refreshed", sid, generation, access, refresh] => {
                let session = self.sessions.get_mut(*sid).unwrap();
                session.generation = generation.parse().unwrap();
                session.refresh = Some(refresh.to_string());
                session.access.push(access.to_string());
            }
            ["ended", sid] => self.sessions.get_mut(*sid).unwrap().ended = true,
            ["revoked", access] => drop(self.revoked.insert(access.to_string())),
            ["key", purpose, kid] => drop(self.keys.insert(kid.to_string(), purpose.to_string())),
            ["user", name] | ["pending", name] => drop(self.users.insert(name.to_string())),
            ["enrolled", name, left] => drop(self.enrolled.insert(name.to_string(), left.parse().unwrap())),
            ["recovered", name, left, _] => drop(self.enrolled.insert(name.to_string(), left.parse().unwrap())),
            other => panic!("{other:?}"),
        }
    }

    /// Is this the unacknowledged step, about this subject?
    fn is_under_way(&self, steps: &[&str], about: &str) -> bool {
        matches!(&self.under_way[..], [step, subject] if steps.contains(&step.as_str()) && subject == about)
    }

    /// Opens the profile as the next process would and checks everything that the last subject touched, and some or
    /// `all` of what was there before.
    pub(crate) fn check(&mut self, folder: &Path, dice: &Dice, all: bool) {
        let engine = bench::open(folder).unwrap();
        look_at_file(&folder.join("workbench.db"));
        self.look_at_keys(&engine, folder);
        self.look_at_users(&engine, all);

        let sids: Vec<String> = self.sessions.keys().cloned().collect();
        let mut chosen = self.touched.clone();
        chosen.extend((0..SAMPLE.min(sids.len())).map(|_| sids[dice.throw(sids.len())].clone()));
        if all {
            chosen.extend(sids);
        }
        let states: HashMap<String, SessionState> =
            engine.sessions().unwrap().into_iter().map(|session| (session.sid, session.state)).collect();
        for sid in chosen {
            self.look_at_session(&engine, &sid, states.get(&sid).copied());
        }
    }

    fn look_at_keys(&self, engine: &Engine, folder: &Path) {
        let entries = FileVault::beside(folder).unwrap().entries().unwrap();
        let keys = engine.keys().unwrap();
        for key in keys.iter().filter(|key| key.state != KeyState::Retired) {
            let kept = entries.iter().any(|entry| entry.ends_with(&format!(":{}", key.kid)));
            assert!(kept, "{key:?} has its entry in the vault");
        }
        for purpose in Purpose::ALL {
            let active = keys.iter().filter(|key| key.purpose == purpose && key.state == KeyState::Active).count();
            let any = keys.iter().any(|key| key.purpose == purpose);
            assert_eq!(active, usize::from(any), "{purpose:?}: exactly one signs");
        }
        for (kid, purpose) in &self.keys {
            assert!(keys.iter().any(|key| key.kid == *kid && key.purpose.as_str() == purpose), "{kid} is there");
        }
        // Every token's key is still published, even if the keys were rotated since.
        let published = KeySet::from_json(&engine.jwks().unwrap()).unwrap();
        let tokens = self.sessions.values().filter_map(|session| session.access.last());
        let kids: BTreeSet<String> =
            tokens.map(|token| jose::parse_exact(token).header_text("kid").unwrap().to_owned()).collect();
        for kid in kids {
            assert!(published.find(&kid).is_some(), "{kid} is published");
        }
    }

    fn look_at_users(&mut self, engine: &Engine, all: bool) {
        let known: BTreeSet<String> =
            engine.users().unwrap().into_iter().map(|one| one.user.username.as_str().to_owned()).collect();
        assert!(self.users.is_subset(&known), "{:?}", self.users.difference(&known));
        let newest = self.enrolled.len().saturating_sub(if all { usize::MAX } else { 5 });
        let recovering = self.under_way.first().is_some_and(|step| step == "recover");
        for (n, (name, left)) in self.enrolled.iter_mut().enumerate() {
            if n < newest && !recovering {
                continue;
            }
            let Some(SecondFactor::On { recovery_codes_left, .. }) = engine.second_factor(name).unwrap() else {
                panic!("{name}'s second factor is on")
            };
            let used_up = *left - recovery_codes_left;
            assert!(used_up <= u32::from(recovering && self.under_way[1] == *name), "{name}: no code comes back");
            self.unanswered_and_done += used_up as usize;
            *left = recovery_codes_left;
        }
    }

    fn look_at_session(&mut self, engine: &Engine, sid: &str, state: Option<SessionState>) {
        let refreshing = self.is_under_way(&["refresh", "replay"], sid);
        let ending = self.is_under_way(&["end", "replay"], sid);
        let revoking = self.under_way.first().is_some_and(|step| step == "revoke").then(|| self.under_way[1].clone());
        let session = self.sessions.get_mut(sid).unwrap();

        match state {
            Some(SessionState::Ended { .. }) if ending && !session.ended => {
                session.ended = true;
                self.unanswered_and_done += 1;
            }
            Some(SessionState::Ended { .. }) => assert!(session.ended, "{sid} ended by itself"),
            Some(SessionState::Live) => assert!(!session.ended, "{sid} was ended and lives again"),
            other => panic!("{sid} is {other:?}"),
        }
        let family = engine.family(sid).unwrap();
        let newest = family.last().unwrap().generation;
        if newest != session.generation {
            assert!(refreshing && newest == session.generation + 1, "{sid}: {newest} after {}", session.generation);
            session.generation = newest;
            session.refresh = None;
            self.unanswered_and_done += 1;
        }
        let generations: Vec<i64> = family.iter().map(|member| member.generation).collect();
        assert_eq!(generations, (0..=newest).collect::<Vec<_>>(), "{sid}: no rotation is missing");
        let active: Vec<i64> = family.iter().filter(|member| member.active).map(|member| member.generation).collect();
        assert_eq!(active, [newest], "{sid}: one is active, the newest");

        let issued: BTreeMap<&str, _> = family.iter().map(|member| (member.access_jti.as_str(), member)).collect();
        for token in &session.access {
            self.checked += 1;
            let parsed = jose::parse_exact(token);
            let issued_with = issued[parsed.claim_text("jti").unwrap()];
            let lets_in = engine.guard(token, &[]).unwrap().verdict.outcome == VerdictOutcome::Accepted;
            let refused = session.ended || self.revoked.contains(token);
            if refused {
                assert!(!lets_in, "{sid}: what was revoked lets somebody in");
            } else if !lets_in {
                // Withdrawn when the evidence preset forgave a lost answer, or revoked by the step in progress.
                let withdrawn = !issued_with.active && issued_with.used_at.is_none();
                let revoked = revoking.as_ref() == Some(token);
                assert!(withdrawn || revoked, "{sid}: a live token is refused");
                self.revoked.insert(token.clone());
                self.unanswered_and_done += usize::from(revoked);
            }
        }
        let Some(refresh) = &session.refresh else { return };
        let answer = engine.refresh(&RefreshToken::new(refresh.clone()), None);
        if session.ended {
            assert_eq!(answer, Err(RefreshError::SessionEnded), "{sid}");
        } else {
            let next = answer.unwrap_or_else(|error| panic!("{sid}: the newest token is refused: {error}"));
            session.generation += 1;
            session.refresh = next.refresh_token.map(|token| token.expose().to_owned());
            session.access.push(next.access_token);
        }
    }

    /// A summary that shows whether the kills hit anything.
    pub(crate) fn summary(&self) -> String {
        let under_way: usize = self.unanswered.values().sum();
        format!(
            "{} answers; {under_way} kills during a step, of which {} had been committed: {:?}; {} sessions, {} ended; \
             {} tokens revoked, {} keys made, {} second factors; {} looks at a token",
            self.answered,
            self.unanswered_and_done,
            self.unanswered,
            self.sessions.len(),
            self.sessions.values().filter(|session| session.ended).count(),
            self.revoked.len(),
            self.keys.len(),
            self.enrolled.len(),
            self.checked
        )
    }
}

/// Checks the file itself, bypassing the engine.
fn look_at_file(file: &Path) {
    let db = Connection::open(file).unwrap();
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let dangling = db.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
    assert!(!dangling, "a row names another that is not there");
    let wrong = "SELECT count(*) FROM sessions WHERE ended_at_ms IS NULL AND
                 (SELECT count(*) FROM refresh_tokens t WHERE t.sid = sessions.sid AND state = 'active') <> 1";
    let wrong: i64 = db.query_row(wrong, [], |row| row.get(0)).unwrap();
    assert_eq!(wrong, 0, "every live family has one active token");
}
