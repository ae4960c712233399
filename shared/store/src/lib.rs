//! The one DynamoDB table: its keys, its items, and the calls that read and write them.
//!
//! The only place that knows attribute names. One read call loads what an action needs, one transaction writes what
//! it decided. No scan anywhere; every list is one query.

mod batch;
mod commit;
mod counted;
mod deflated;
mod documents;
mod error;
mod feed;
mod history;
mod interviews;
mod item;
mod jobs;
mod keys;
mod lists;
mod load;
mod mail_templates;
mod mails;
mod managed;
mod managed_lists;
mod password_links;
mod people;
mod preparation;
mod second_factors;
mod sessions;
mod trust;
mod users;
mod workflows;

pub use commit::{Command, Commit, CommitError, NewCommand, OrderedMail};
pub use documents::{DocumentPage, DocumentPosition};
pub use error::StoreError;
pub use feed::{FeedFilter, FeedPage, FeedPosition};
pub use history::{HistoryPage, RecordedEntry};
pub use interviews::{InterviewPage, InterviewPosition, LoadedInterview, Participants};
pub use item::{Item, read_history_entry};
pub use jobs::JobReferences;
pub use keys::OPEN_MAIL_SHARDS;
pub use lists::{ApplicationPage, ListPosition, ListScope};
pub use load::{CaseKeys, ImportLoad, LoadedCase, LoadedProfile};
pub use mail_templates::MailTemplateSummary;
pub use mails::MailMark;
pub use managed::{ManageError, Unique};
pub use managed_lists::ManagedPage;
pub use people::PersonCalendar;
pub use second_factors::LoadedSecondFactor;
pub use sessions::Rotation;
pub use trust::Trust;
pub use users::LinkWrite;
pub use workflows::{ApplicationCounts, Follower, WorkflowSummary};

use aws_sdk_dynamodb::Client;

/// The table.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
}

impl Store {
    /// `table` is its physical name.
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }
}
