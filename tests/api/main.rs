//! The API's behaviour from outside, through HTTP.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod binary;
mod budget;
mod channels;
mod contacts;
mod customers;
mod deactivation;
mod description;
mod documents;
mod events;
mod feed;
mod forged_tokens;
mod imports;
mod interviews;
mod invitations;
mod invoke;
mod jobs;
mod lists;
mod mail_templates;
mod mails;
mod passwords;
mod readme;
mod refusals;
mod release;
mod repeats;
mod routes;
mod second_factor;
mod sessions;
mod sweeps;
mod workflows;
