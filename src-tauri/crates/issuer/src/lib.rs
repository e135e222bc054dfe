//! The local issuer: the engine over loopback HTTP, for software that signs in to the workbench.
//!
//! [`Server`] listens and [`Issuer::router`] answers. Every request passes [`access`] first. An endpoint reads its
//! parameters, asks the engine once, on a thread that may block, and turns the answer into one of RFC 6749, 6750, 7009
//! or 7662. A protected endpoint is guarded by the extractors of [`guard`].

pub mod access;

pub mod server;
pub mod traffic;

mod answer;
mod body;
mod client_auth;
mod form;
mod guard;
mod introspect;
mod items;
mod json;
mod metadata;
mod openapi;
mod revoke;
mod router;
mod samples;
mod second_factor;
mod state;
mod token;

pub use server::{BindError, Options, Server};
pub use state::Issuer;
