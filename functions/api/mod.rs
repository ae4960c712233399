//! The API's documents, as several functions answer them.

mod activity;
mod application;
mod description;
mod document;
mod feed;
mod history;
mod interview;
mod operation;
mod problems;
mod user;

pub use activity::ActivityView;
pub(crate) use application::status_name;
pub use application::{ApplicantView, ApplicationView, JobView};
pub use description::SameName;
pub(crate) use description::describe;
pub use document::{DocumentItem, DocumentView};
pub use feed::{FeedActorView, FeedApplicationView, FeedItemView, FeedSubjectView, NamedView};
pub use history::{ActorView, DeliveryView, FurtherOrderView, HistoryEntryView, StatusView, may_resend};
pub use interview::{InterviewView, NewInterview, PlannedInterview};
pub use operation::Operation;
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
