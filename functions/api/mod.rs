//! The API's documents, as several functions answer them.

mod application;
mod feed;
mod history;
mod interview;
mod user;

pub(crate) use application::status_name;
pub use application::{ApplicantView, ApplicationView, JobView};
pub use feed::{FeedActorView, FeedApplicationView, FeedItemView, FeedSubjectView, NamedView};
pub use history::{ActorView, DeliveryView, HistoryEntryView, StatusView};
pub use interview::{InterviewView, NewInterview, PlannedInterview};
pub use user::{CustomerView, UserView};

use serde::Serialize;

/// A page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins; null on the last.
    pub next_cursor: Option<String>,
}
