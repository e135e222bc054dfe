//! The items of the sample API, in memory.

use serde::Serialize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use utoipa::ToSchema;

/// The most items that are kept; the oldest gives way.
const MOST: usize = 100;

/// An item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Item {
    id: usize,
    name: String,
    owner: String,
}

/// All of them.
pub(crate) struct Items(Mutex<Vec<Item>>);

impl Default for Items {
    fn default() -> Self {
        let first = ["Notebook", "Pencil"].into_iter().enumerate();
        let item = |(at, name): (usize, &str)| Item { id: at + 1, name: name.into(), owner: "alice".into() };
        Self(Mutex::new(first.map(item).collect()))
    }
}

impl Items {
    pub(crate) fn all(&self) -> Vec<Item> {
        self.lock().clone()
    }

    /// Adds an item and returns it.
    pub(crate) fn add(&self, name: &str, owner: &str) -> Item {
        let mut items = self.lock();
        let id = items.last().map_or(1, |item| item.id + 1);
        let item = Item { id, name: name.to_owned(), owner: owner.to_owned() };
        if items.len() >= MOST {
            items.remove(0);
        }
        items.push(item.clone());
        item
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
