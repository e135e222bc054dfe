//! The questions of the token field: a newer one takes the place of those before it, which need no answer any more.

use inspect::Pasted;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// Which question is the newest. Clones share it.
#[derive(Clone, Default)]
pub struct Inspections(Arc<Shared>);

#[derive(Default)]
struct Shared {
    newest: AtomicU64,
    /// Held while a text is read: however fast texts are pasted, one is being read and only the newest waits.
    reading: Mutex<()>,
}

/// A question about a text.
pub struct Question {
    number: u64,
    all: Inspections,
}

impl Inspections {
    /// A new question, which takes the place of those before it.
    pub fn ask(&self) -> Question {
        Question { number: self.0.newest.fetch_add(1, Ordering::SeqCst) + 1, all: self.clone() }
    }
}

impl Question {
    /// True once a newer question was asked.
    pub fn is_overtaken(&self) -> bool {
        self.number < self.all.0.newest.load(Ordering::SeqCst)
    }

    /// Reads the text that is asked about; nothing if a newer question was asked meanwhile. Waits for at most one
    /// text to be read, which takes a few walks over at most 1 MiB of characters.
    pub fn read(&self, text: &str) -> Option<Pasted> {
        let _turn = self.all.0.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let parsed = (!self.is_overtaken()).then(|| inspect::parse(text))?;
        (!self.is_overtaken()).then_some(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    const TOKEN: &str = "eyJhbGciOiJub25lIn0.e30.";

    #[test]
    fn of_texts_that_wait_only_the_newest_is_read() {
        let inspections = Inspections::default();
        let turn = inspections.0.reading.lock().unwrap();
        let questions: Vec<Question> = (0..20).map(|_| inspections.ask()).collect();
        let waiting: Vec<_> =
            questions.into_iter().map(|question| thread::spawn(move || question.read(TOKEN).is_some())).collect();
        drop(turn);
        let read: Vec<bool> = waiting.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(read, [vec![false; 19], vec![true]].concat());
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_not_worked_out() {
        let inspections = Inspections::default();
        let first = inspections.ask();
        assert!(!first.is_overtaken() && first.read(TOKEN).is_some());
        let second = inspections.ask();
        assert!(first.is_overtaken() && first.read(TOKEN).is_none());
        assert_eq!(second.read(TOKEN).unwrap().token(), TOKEN);
    }
}
