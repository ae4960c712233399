//! What was done, as the feed over everything shows it.

use std::collections::BTreeMap;

use domain::{
    ApplicationId, CustomerId, FeedInterview, FeedItem, FeedSubject, HistoryChannel, JobId, MailState,
    PhoneCallOutcome, SingleLine, StatusId, UserId,
};
use jiff::Timestamp;
use serde::Serialize;

/// One thing that was done.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedItemView {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: FeedActorView,
    /// Through which channel.
    pub channel: HistoryChannel,
    /// At which customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<NamedView<CustomerId>>,
    /// To an application.
    #[serde(flatten)]
    pub about: FeedSubjectView,
}

/// Who acted.
#[derive(Debug, Serialize)]
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
#[derive(Debug, Clone, Serialize)]
pub struct NamedView<Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<SingleLine>,
}

/// What it was done to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", untagged)]
pub enum FeedSubjectView {
    /// An application.
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
}

/// An application.
#[derive(Debug, Serialize)]
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
