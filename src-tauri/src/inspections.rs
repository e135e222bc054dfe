//! Inspection requests from the token field. A newer request replaces earlier ones, which then need no answer. Also the
//! keys given with them: opening a key with its passphrase takes up to a second and much memory.

use inspect::{Pasted, UserKey};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// Tracks the newest request. Clones share the state.
#[derive(Clone, Default)]
pub struct Inspections(Arc<Shared>);

#[derive(Default)]
struct Shared {
    newest: AtomicU64,
    /// Held while a text is read: however fast texts are pasted, one is read at a time and only the newest waits.
    reading: Mutex<()>,
    /// The last key given with a passphrase; it stays open for the texts that follow.
    last_key: Mutex<Option<Arc<UserKey>>>,
    /// Held while a key with a passphrase is used: only one is opened at a time.
    opening: Mutex<()>,
}

/// A request to inspect a text.
pub struct Question {
    /// `None` for a request made aside, which is never overtaken.
    number: Option<u64>,
    all: Inspections,
}

impl Inspections {
    /// A new request. It replaces earlier ones, unless it is made `aside`.
    pub fn ask(&self, aside: bool) -> Question {
        let number = (!aside).then(|| self.0.newest.fetch_add(1, Ordering::SeqCst) + 1);
        Question { number, all: self.clone() }
    }

    /// The key to use: the last one if it is the same, since it may be open already. A different key replaces it.
    pub fn key(&self, given: UserKey) -> Arc<UserKey> {
        let mut last = lock(&self.0.last_key);
        let key = match last.take() {
            Some(last) if last.is_same(&given) => last,
            _ => Arc::new(given),
        };
        *last = Some(Arc::clone(&key)).filter(|key| key.has_passphrase());
        key
    }

    /// Forgets the last key.
    pub fn forget_key(&self) {
        *lock(&self.0.last_key) = None;
    }

    /// The guard to hold while a key is used that may have to be opened.
    pub fn turn(&self, key: Option<&UserKey>) -> Option<MutexGuard<'_, ()>> {
        key.filter(|key| key.has_passphrase()).map(|_| lock(&self.0.opening))
    }
}

impl Question {
    /// True once a newer request was made.
    pub fn is_overtaken(&self) -> bool {
        self.number.is_some_and(|number| number < self.all.0.newest.load(Ordering::SeqCst))
    }

    /// Reads the text, `exact` byte for byte; `None` if a newer request was made meanwhile. Waits for at most one other
    /// text to be read, which takes a few passes over at most 1 MiB of characters.
    pub fn read(&self, text: &str, exact: bool) -> Option<Pasted> {
        let _turn = lock(&self.all.0.reading);
        let parse = if exact { inspect::parse_as_pasted } else { inspect::parse };
        let parsed = (!self.is_overtaken()).then(|| parse(text))?;
        (!self.is_overtaken()).then_some(parsed)
    }

    /// The result of `work`, which uses the key; `None` if a newer request was made before its turn came.
    pub fn with_key<T>(&self, key: Option<&UserKey>, work: impl FnOnce() -> T) -> Option<T> {
        let _turn = self.all.turn(key);
        (!self.is_overtaken()).then(work)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use inspect::SecretForm;
    use std::thread;

    const TOKEN: &str = "eyJhbGciOiJub25lIn0.e30.";

    fn key(text: &str, passphrase: &str) -> UserKey {
        UserKey::new(text, SecretForm::Text).with_passphrase(passphrase)
    }

    /// Which of twenty waiting requests are answered once `turn` is dropped.
    fn answered<G>(inspections: &Inspections, turn: G, answer: fn(&Question) -> bool) -> Vec<bool> {
        let questions: Vec<Question> = (0..20).map(|_| inspections.ask(false)).collect();
        let waiting: Vec<_> = questions.into_iter().map(|question| thread::spawn(move || answer(&question))).collect();
        drop(turn);
        waiting.into_iter().map(|thread| thread.join().unwrap()).collect()
    }

    #[test]
    fn of_texts_that_wait_only_the_newest_is_read() {
        let inspections = Inspections::default();
        let turn = inspections.0.reading.lock().unwrap();
        let read = answered(&inspections, turn, |question| question.read(TOKEN, false).is_some());
        assert_eq!(read, [vec![false; 19], vec![true]].concat());
    }

    #[test]
    fn of_keys_that_wait_to_be_opened_only_the_newest_is() {
        let inspections = Inspections::default();
        let turn = inspections.turn(Some(&key("a", "b")));
        let opened = answered(&inspections, turn, |question| question.with_key(Some(&key("a", "b")), || ()).is_some());
        assert_eq!(opened, [vec![false; 19], vec![true]].concat());
        let _turn = inspections.turn(Some(&key("a", "b")));
        assert!(inspections.ask(false).with_key(None, || ()).is_some(), "nobody else waits for it");
    }

    #[test]
    fn a_key_with_a_passphrase_stays_until_another_is_given_or_none() {
        let inspections = Inspections::default();
        let first = inspections.key(key("a", "b"));
        assert!(Arc::ptr_eq(&first, &inspections.key(key("a", "b"))));
        let other = inspections.key(key("a", "c"));
        assert!(!Arc::ptr_eq(&first, &other));
        assert_eq!((Arc::strong_count(&first), Arc::strong_count(&other)), (1, 2));
        let plain = inspections.key(UserKey::new("a", SecretForm::Text));
        assert_eq!((Arc::strong_count(&other), Arc::strong_count(&plain)), (1, 1), "nothing is saved by keeping it");
        let again = inspections.key(key("a", "b"));
        inspections.forget_key();
        assert_eq!(Arc::strong_count(&again), 1);
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_not_worked_out() {
        let inspections = Inspections::default();
        let first = inspections.ask(false);
        assert!(!first.is_overtaken() && first.read(TOKEN, false).is_some());
        let second = inspections.ask(false);
        assert!(first.is_overtaken() && first.read(TOKEN, false).is_none());
        assert_eq!(second.read(TOKEN, false).unwrap().token(), TOKEN);
        let aside = inspections.ask(true);
        assert!(!second.is_overtaken());
        let _third = inspections.ask(false);
        assert!(!aside.is_overtaken() && second.is_overtaken());
    }
}
