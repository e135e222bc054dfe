//! Second factors that are being set up in the window, and recovery codes that are shown. They are kept here, in
//! memory, until their sheet closes; the page refers to them by handle.

use engine::{
    secret::SecretText,
    totp::{Account, FactorDraft},
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// How many sheets may be open. The page shows one; the oldest is dropped first.
const MOST: usize = 4;

/// The open sheets, and the next handle.
#[derive(Default)]
pub struct Enrollments(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    next: u32,
    sheets: BTreeMap<u32, Sheet>,
}

/// What belongs to one sheet.
#[derive(Clone)]
pub(crate) struct Sheet {
    /// The user's name.
    pub(crate) username: String,
    /// The factor; `None` where only recovery codes are shown.
    pub(crate) draft: Option<FactorDraft>,
    /// Whether its secret is an existing one.
    pub(crate) existing: bool,
    /// The existing secrets that were found; `None` for those that cannot be used.
    pub(crate) found: Vec<Option<Account>>,
    /// The recovery codes, once there are any.
    pub(crate) recovery: Vec<SecretText>,
}

impl Sheet {
    /// A sheet that sets up a factor.
    pub(crate) fn enrolling(draft: FactorDraft) -> Self {
        let username = draft.username().to_owned();
        Self { username, draft: Some(draft), existing: false, found: Vec::new(), recovery: Vec::new() }
    }

    /// A sheet that shows recovery codes.
    pub(crate) fn showing(username: String, recovery: Vec<SecretText>) -> Self {
        Self { username, draft: None, existing: false, found: Vec::new(), recovery }
    }
}

impl Enrollments {
    /// Keeps a sheet and returns its handle.
    pub(crate) fn open(&self, sheet: Sheet) -> u32 {
        self.with(|kept| {
            let handle = kept.next;
            kept.next = handle.wrapping_add(1);
            kept.sheets.insert(handle, sheet);
            while kept.sheets.len() > MOST {
                kept.sheets.pop_first();
            }
            handle
        })
    }

    /// A copy of a sheet; `None` if it was closed.
    pub(crate) fn get(&self, handle: u32) -> Option<Sheet> {
        self.with(|kept| kept.sheets.get(&handle).cloned())
    }

    /// Changes a sheet, unless it was closed meanwhile.
    pub(crate) fn change(&self, handle: u32, change: impl FnOnce(&mut Sheet)) {
        self.with(|kept| {
            if let Some(sheet) = kept.sheets.get_mut(&handle) {
                change(sheet);
            }
        });
    }

    /// Forgets a sheet and its secrets.
    pub(crate) fn close(&self, handle: u32) {
        self.with(|kept| kept.sheets.remove(&handle));
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut Kept) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_there_until_it_closes_or_too_many_are_open() {
        let enrollments = Enrollments::default();
        let open = |name: &str| enrollments.open(Sheet::showing(name.into(), vec![SecretText::new("code")]));
        let handles: Vec<u32> = (0..=MOST).map(|number| open(&number.to_string())).collect();
        assert!(enrollments.get(handles[0]).is_none());
        assert_eq!(enrollments.get(handles[1]).unwrap().username, "1");
        enrollments.change(handles[1], |sheet| sheet.existing = true);
        assert!(enrollments.get(handles[1]).unwrap().existing);
        enrollments.close(handles[1]);
        enrollments.change(handles[1], |sheet| sheet.existing = true);
        assert!(enrollments.get(handles[1]).is_none());
    }
}
