//! What a history entry tells: names, texts, addresses. The personal part, which can be erased.

use crate::{ActivityId, Appointment, EmailAddress, InterviewId, PhoneCall, SanitizedHtml, SingleLine, StatusId};

/// An activity as it was called then.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedActivity {
    /// Its id.
    pub id: ActivityId,
    /// Its name.
    pub name: SingleLine,
}

/// A status as it was called then.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedStatus {
    /// Its id.
    pub id: StatusId,
    /// What recruiters called it.
    pub name: SingleLine,
    /// What contacts called it.
    pub name_for_contacts: SingleLine,
}

/// A mail as it was ordered.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedEmail {
    /// Who it was for.
    pub to: EmailAddress,
    /// Its subject.
    pub subject: SingleLine,
    /// Its body.
    pub body_html: SanitizedHtml,
    /// The signature under it.
    pub signature_html: SanitizedHtml,
}

/// What an import changed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedImport {
    /// Whether it brought the application or changed it.
    pub created: bool,
    /// The applicant's fields that changed.
    pub changed_fields: Vec<String>,
}

/// What happened to an interview, from the application's view.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedInterview {
    /// Which one.
    pub interview_id: InterviewId,
    /// What happened.
    pub change: InterviewChange,
    /// When and where it was to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Appointment>,
    /// When and where it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Appointment>,
    /// What the applicant was told of it in a letter of the portal's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<RecordedEmail>,
}

/// What can happen to an interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum InterviewChange {
    /// It was made for this application.
    Arranged,
    /// The application joined one that was there.
    Joined,
    /// It has another time or place.
    Moved,
    /// It does not take place, or not for this application.
    Cancelled,
}

/// The personal part of an entry: names, texts, addresses.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryContent {
    /// Who acted, as they were called then.
    pub actor_name: SingleLine,
    /// By which activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<RecordedActivity>,
    /// Where the application was; absent for its first entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_status: Option<RecordedStatus>,
    /// Where it is since.
    pub to_status: RecordedStatus,
    /// The mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<RecordedEmail>,
    /// The call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_call: Option<PhoneCall>,
    /// The import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<RecordedImport>,
    /// What happened to interviews.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interviews: Vec<RecordedInterview>,
}
