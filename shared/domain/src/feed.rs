//! What the feed over everything shows of each thing that was done: enough to follow it, small enough for a list.

use jiff::Timestamp;

use crate::{
    Actor, ActorKind, Application, ApplicationId, CustomerId, DocumentId, Download, HistoryChannel, HistoryEntry,
    InterviewChange, JobId, PhoneCallOutcome, RecordedStatus, SingleLine,
};

/// One thing that was done. Personal like the content of a history entry, and to be erased with it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedItem {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// As they were called then.
    pub actor_name: SingleLine,
    /// Through which channel.
    pub channel: HistoryChannel,
    /// At which customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// To what.
    pub about: FeedSubject,
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
#[allow(clippy::large_enum_variant, reason = "nearly all of them are applications")]
pub enum FeedSubject {
    /// An application: a history entry.
    Application {
        /// Which one.
        application_id: ApplicationId,
        /// Its job.
        job_id: JobId,
        /// Which of its entries.
        sequence: u64,
        /// Who applies, as they were called then.
        applicant_name: String,
        /// By which activity.
        #[serde(skip_serializing_if = "Option::is_none")]
        activity_name: Option<SingleLine>,
        /// From which status; absent for the first entry.
        #[serde(skip_serializing_if = "Option::is_none")]
        from_status: Option<RecordedStatus>,
        /// To which.
        to_status: RecordedStatus,
        /// The subject of the mail to the applicant.
        #[serde(skip_serializing_if = "Option::is_none")]
        email_subject: Option<SingleLine>,
        /// What came of a call.
        #[serde(skip_serializing_if = "Option::is_none")]
        phone_call_outcome: Option<PhoneCallOutcome>,
        /// What happened to interviews.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        interviews: Vec<FeedInterview>,
        /// How many mails it ordered.
        mails: u8,
    },
    /// A document that somebody was given.
    Document {
        /// Which one.
        document_id: DocumentId,
        /// What it was called then.
        document_name: SingleLine,
    },
}

/// What happened to an interview.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedInterview {
    /// What.
    pub change: InterviewChange,
    /// When it is, or was to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
}

impl FeedItem {
    /// The job of the application it is about.
    pub fn job_id(&self) -> Option<&JobId> {
        match &self.about {
            FeedSubject::Application { job_id, .. } => Some(job_id),
            FeedSubject::Document { .. } => None,
        }
    }

    /// The history entry it is about.
    pub fn entry(&self) -> Option<(ApplicationId, u64)> {
        match &self.about {
            FeedSubject::Application {
                application_id,
                sequence,
                ..
            } => Some((application_id.clone(), *sequence)),
            FeedSubject::Document { .. } => None,
        }
    }

    /// Of a document that somebody was given.
    pub fn of_download(download: &Download) -> Self {
        let kind = match download.customer_id {
            Some(_) => ActorKind::Contact,
            None => ActorKind::Recruiter,
        };
        Self {
            at: download.at,
            actor: Actor {
                kind,
                user_id: download.user_id.clone(),
                customer_id: download.customer_id.clone(),
            },
            actor_name: download.user_name.clone(),
            channel: HistoryChannel::Download,
            customer_id: download.customer_id.clone(),
            about: FeedSubject::Document {
                document_id: download.document_id.clone(),
                document_name: download.document_name.clone(),
            },
        }
    }

    /// Of a history entry that ordered so many mails; none once its content is erased.
    pub fn of_entry(
        application: &Application,
        entry: &HistoryEntry,
        mails: u8,
    ) -> Result<Option<Self>, serde_json::Error> {
        let Some(content) = entry.content()? else {
            return Ok(None);
        };
        let interviews = content.interviews.into_iter().map(|interview| FeedInterview {
            change: interview.change,
            starts_at: interview
                .after
                .or(interview.before)
                .map(|appointment| appointment.starts_at),
        });
        Ok(Some(Self {
            at: entry.at,
            actor: entry.actor.clone(),
            actor_name: content.actor_name,
            channel: entry.channel,
            customer_id: Some(application.customer_id.clone()),
            about: FeedSubject::Application {
                application_id: application.id.clone(),
                job_id: application.id.job_id(),
                sequence: entry.sequence,
                applicant_name: application.applicant.full_name(),
                activity_name: content.activity.map(|activity| activity.name),
                from_status: content.from_status,
                to_status: content.to_status,
                email_subject: content.email.map(|email| email.subject),
                phone_call_outcome: content.phone_call.map(|call| call.outcome),
                interviews: interviews.collect(),
                mails,
            },
        }))
    }
}
