//! What was done, as the feed over everything shows it.

use std::collections::BTreeMap;

use domain::{
    ApplicationId, CustomerId, DocumentId, FeedInterview, FeedItem, FeedSubject, HistoryChannel, JobId, MailState,
    PhoneCallOutcome, SingleLine, StatusId, UserId,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedItemView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom.
    pub actor: FeedActorView,
    /// Through which channel.
    pub channel: HistoryChannel,
    /// At which customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<NamedView<CustomerId>>,
    /// To what.
    #[serde(flatten)]
    pub about: FeedSubjectView,
}

/// Who acted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedActorView {
    /// Which user.
    pub id: UserId,
    /// Contact or recruiter.
    pub kind: domain::ActorKind,
    /// As they were called then.
    pub name: SingleLine,
}

/// Something by its id and its name now; without name once it is gone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NamedView<Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<SingleLine>,
}

/// What it was done to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", untagged)]
#[allow(clippy::large_enum_variant, reason = "nearly all of them are applications")]
pub enum FeedSubjectView {
    /// An application.
    #[schema(rename_all = "camelCase")]
    Application {
        /// Which one.
        application: FeedApplicationView,
        /// Its job.
        job: NamedView<JobId>,
        /// The history entry, as it is called in the application's history.
        entry_id: String,
        /// By which activity.
        #[serde(skip_serializing_if = "Option::is_none")]
        activity_name: Option<SingleLine>,
        /// From which status, as recruiters called it.
        #[serde(skip_serializing_if = "Option::is_none")]
        from_status: Option<NamedView<StatusId>>,
        /// To which.
        to_status: NamedView<StatusId>,
        /// The subject of the mail to the applicant.
        #[serde(skip_serializing_if = "Option::is_none")]
        email_subject: Option<SingleLine>,
        /// What came of a call.
        #[serde(skip_serializing_if = "Option::is_none")]
        phone_call_outcome: Option<PhoneCallOutcome>,
        /// What happened to interviews.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        interviews: Vec<FeedInterview>,
        /// Where its mails are, all in all.
        #[serde(skip_serializing_if = "Option::is_none")]
        delivery: Option<MailState>,
    },
    /// A document that somebody was given.
    Document {
        /// Which one, and what it was called then.
        document: NamedView<DocumentId>,
    },
}

/// An application.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedApplicationView {
    /// Its id.
    pub id: ApplicationId,
    /// Who applies, as they were called then.
    pub applicant_name: String,
}

impl FeedItemView {
    /// The item with its customer's and job's names as they are now.
    pub fn new(
        item: FeedItem,
        jobs: &BTreeMap<JobId, SingleLine>,
        customers: &BTreeMap<CustomerId, SingleLine>,
        delivery: Option<MailState>,
    ) -> Self {
        let about = match item.about {
            FeedSubject::Document {
                document_id,
                document_name,
            } => FeedSubjectView::Document {
                document: NamedView {
                    id: document_id,
                    name: Some(document_name),
                },
            },
            FeedSubject::Application {
                application_id,
                job_id,
                sequence,
                applicant_name,
                activity_name,
                from_status,
                to_status,
                email_subject,
                phone_call_outcome,
                interviews,
                mails: _,
            } => {
                let status = |status: domain::RecordedStatus| NamedView {
                    id: status.id,
                    name: Some(status.name),
                };
                FeedSubjectView::Application {
                    application: FeedApplicationView {
                        id: application_id,
                        applicant_name,
                    },
                    job: NamedView {
                        name: jobs.get(&job_id).cloned(),
                        id: job_id,
                    },
                    entry_id: sequence.to_string(),
                    activity_name,
                    from_status: from_status.map(status),
                    to_status: status(to_status),
                    email_subject,
                    phone_call_outcome,
                    interviews,
                    delivery,
                }
            }
        };
        Self {
            at: item.at,
            actor: FeedActorView {
                id: item.actor.user_id,
                kind: item.actor.kind,
                name: item.actor_name,
            },
            channel: item.channel,
            customer: item.customer_id.map(|id| NamedView {
                name: customers.get(&id).cloned(),
                id,
            }),
            about,
        }
    }
}
