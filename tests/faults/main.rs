//! What becomes of everything that changes something, whatever happens to its calls on the way: not reached, refused,
//! done without an answer, and the function killed right after.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod ask;
mod audit;
mod matrix;
mod scenarios;
mod scene;
mod schedules;

/// Schedules allocate in so many small pieces that glibc's allocator takes an eighth of their time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
