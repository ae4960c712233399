//! What the tests share: a portal of their own on a free port, a department to act in, and people who sign in.
//!
//! Everything goes through HTTP, as a browser or an applicant tracking system would; only the
//! department to act in is written to the table directly.
#![allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod answer;
mod authenticator;
mod department;
mod person;
mod portal;
mod report;

pub use answer::Answer;
pub use authenticator::Authenticator;
pub use department::{Department, NewApplication, PASSWORD};
pub use person::{Act, Person};
pub use portal::{Portal, RECORD_ACTIONS};
pub use report::report;
