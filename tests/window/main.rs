//! The real window, driven on a private desktop. One file per story.

mod harness;
