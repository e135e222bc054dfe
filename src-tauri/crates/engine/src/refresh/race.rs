//! Many uses of one refresh token at once, when each was decided, and what other presets would have made of them.

use super::{Prepared, RefreshError, Stage};
use crate::{
    Engine,
    clock::{Stopwatch, Timestamp},
    rules::Rotation,
    secret::RefreshToken,
    sign_in::SignedIn,
    store::{self, Stop},
};
use std::{
    sync::{Barrier, Mutex, PoisonError},
    thread,
    time::Duration,
};

/// How long the preset *grace* forgives where the profile does not say.
const USUAL_GRACE: u32 = 10;

/// A race: what came of each request, and what would have come of it under each preset.
#[derive(Debug)]
pub struct Race {
    /// When it began, by the engine's clock.
    pub at: Timestamp,
    /// The preset that decided.
    pub rotation: Rotation,
    /// The answers, in the order in which they were decided.
    pub answers: Vec<RaceAnswer>,
    /// The same race under each preset, as a rehearsal whose transactions were undone.
    pub presets: Vec<Rehearsed>,
}

/// The answer to one request of a race.
#[derive(Debug)]
pub struct RaceAnswer {
    /// The request's number, from 1.
    pub number: usize,
    /// When it was handled.
    pub times: RaceTimes,
    /// New tokens, or why there are none.
    pub outcome: Result<SignedIn, RefreshError>,
}

/// When a request was handled, since the race began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RaceTimes {
    /// It was sent.
    pub sent: Duration,
    /// Its turn came: it got the write lock.
    pub decides: Duration,
    /// The decision was made.
    pub decided: Duration,
    /// The answer was there: what was decided is committed.
    pub answered: Duration,
}

/// What a race would do under a preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsed {
    /// The preset.
    pub rotation: Rotation,
    /// How many requests would get tokens.
    pub won: usize,
    /// Whether the session would end.
    pub ends: bool,
}

impl Engine {
    /// Presents one refresh token `requests` times at once, by another preset than the stored one if `rotation` is
    /// given. The race is rehearsed first under each preset.
    ///
    /// # Errors
    /// [`RefreshError`], if there is nothing to race with.
    pub fn race(
        &self,
        token: &RefreshToken,
        requests: usize,
        rotation: Option<Rotation>,
    ) -> Result<Race, RefreshError> {
        let prepared = self.prepare(token)?;
        let used = self.rules()?.rotation;
        let grace = match used {
            Rotation::Grace { .. } => used,
            _ => Rotation::Grace { seconds: USUAL_GRACE },
        };
        let presets = [Rotation::Strict, grace, Rotation::Evidence, Rotation::None]
            .into_iter()
            .map(|preset| prepared.rehearse(requests, preset))
            .collect::<Result<_, _>>()?;
        let rotation = rotation.map(|wanted| if matches!(wanted, Rotation::Grace { .. }) { grace } else { wanted });
        let (at, watch) = (self.now()?, Stopwatch::start());
        let line = Barrier::new(requests);
        let run = |number: usize| {
            let times = Mutex::new(RaceTimes::default());
            let note = |set: &dyn Fn(&mut RaceTimes, Duration)| {
                set(&mut times.lock().unwrap_or_else(PoisonError::into_inner), watch.elapsed());
            };
            line.wait();
            note(&|times, at| times.sent = at);
            let outcome = prepared.present(None, None, rotation, |stage| match stage {
                Stage::Decides => note(&|times, at| times.decides = at),
                Stage::Decided => note(&|times, at| times.decided = at),
            });
            note(&|times, at| times.answered = at);
            let times = *times.lock().unwrap_or_else(PoisonError::into_inner);
            RaceAnswer { number, times, outcome }
        };
        let mut answers: Vec<RaceAnswer> = thread::scope(|scope| {
            let running: Vec<_> = (1..=requests).map(|number| scope.spawn(move || run(number))).collect();
            running.into_iter().filter_map(|one| one.join().ok()).collect()
        });
        answers.sort_by_key(|answer| (answer.times.decides, answer.number));
        Ok(Race { at, rotation: rotation.unwrap_or(used), answers, presets })
    }
}

impl Prepared<'_> {
    /// What the race would do under a preset: decided one after another, as in a race, and undone.
    fn rehearse(&self, requests: usize, rotation: Rotation) -> Result<Rehearsed, RefreshError> {
        self.engine.store.rehearse(|tx| {
            let mut won = 0;
            for _ in 0..requests {
                let ids = self.ids().map_err(|error| Stop::Refused(error.into()))?;
                match self.rotator(tx, Some(rotation), ids)?.present(tx, self.hash, None, None) {
                    Ok(_) => won += 1,
                    Err(Stop::Refused(_)) => {}
                    Err(failed @ Stop::Failed(_)) => return Err(failed),
                }
            }
            let row = store::refresh_tokens::by_hash(tx, self.hash)?;
            let session = row.map(|row| store::sessions::by_sid(tx, &row.sid)).transpose()?.flatten();
            Ok(Rehearsed { rotation, won, ends: session.is_some_and(|session| session.ended.is_some()) })
        })
    }
}
