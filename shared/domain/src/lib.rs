//! The rules of the portal: who may do what to an application, what it becomes, and what the history says of it.
//!
//! Pure: no AWS, no async, no clock and no randomness of its own; times, ids and salts come in as arguments.
//! A type that exists has been checked: it is parsed once at the edge and trusted inside.

mod applicant;
mod application;
mod appointment;
mod case;
mod composed_email;
mod customer;
mod delivery;
mod document;
mod document_file;
mod email_address;
mod example;
mod feed;
mod field_error;
mod filling;
mod hash_chain;
mod history;
mod history_content;
mod html;
mod ids;
mod import;
mod import_row;
mod interview;
mod job;
mod language;
mod mail_template;
mod mail_template_document;
mod password;
mod password_link;
mod permission;
mod phone_call;
mod placeholder;
mod release_changes;
mod schema;
mod second_factor;
mod sending_rate;
mod session;
mod sign_in_attempts;
mod single_line;
pub mod spoken_time;
mod template_findings;
mod user;
mod user_edit;
mod visible;
mod workflow;
mod workflow_document;
mod workflow_templates;

pub use applicant::{Applicant, PhoneNumber, Salutation, TimeZoneName};
pub use application::{Application, LastChange, Version};
pub use appointment::{Appointment, AppointmentFields, MeetingUrl};
pub use case::{Act, ActivityNotAvailable, Case, ChangedInterview, Decision, EndedInterview, ReleasedActivity};
pub use composed_email::{ComposedEmail, MAX_BODY_BYTES};
pub use customer::Customer;
pub use delivery::{FurtherOrder, MailEvent, MailRecord, MailState, MailTold, RecipientKind, Refusal, Sweep};
pub use document::{
    Audience, Author, DocumentOrder, DocumentVersion, Download, GlobalDocument, NoCustomers, NotPending, PendingUpload,
    SomeCustomers, TooManyVersions,
};
pub use document_file::{DocumentFile, FileName, FileSize, MediaType};
pub use email_address::EmailAddress;
pub use example::Example;
pub use feed::{FeedInterview, FeedItem, FeedSubject};
pub use field_error::FieldError;
pub use filling::{PlaceholderError, fill_html, fill_text, unresolved};
pub use hash_chain::{BrokenChain, Digest, Salt, verify_chain};
pub use history::{Actor, ActorKind, HistoryChannel, HistoryEntry};
pub use history_content::{
    HistoryContent, InterviewChange, RecordedActivity, RecordedEmail, RecordedImport, RecordedInterview, RecordedStatus,
};
pub use html::{HtmlError, SanitizedHtml};
pub use ids::{
    ActivityId, ApplicationId, CustomerId, DocumentId, DownloadId, ExternalId, IdError, InterviewId, JobId, MailId,
    MailTemplateId, SessionId, StatusId, UploadId, UserId, WorkflowId,
};
pub use import::{ImportError, ImportOutcome, ImportTarget};
pub use import_row::{ImportRow, ImportedApplication};
pub use interview::{Booking, Colleague, Interview, NotBookable, Participant};
pub use job::Job;
pub use language::Language;
pub use mail_template::MailTemplate;
pub use mail_template_document::{MailTemplateDocument, TemplateText};
pub use password::{Password, PasswordError, PasswordHash};
pub use password_link::{PasswordLink, PasswordLinkKind, PasswordRequests};
pub use phone_call::{PhoneCall, PhoneCallOutcome};
pub use placeholder::{Placeholder, PlaceholderValues};
pub use release_changes::{ContactChange, ContactWithJobs, ReleaseChange, release_changes};
pub use second_factor::{
    NoSecret, OfferedSecondFactor, ProvedFactor, RecoveryCode, SecondFactor, TimeStep, TotpSecret, WrongCode,
};
pub use sending_rate::SendingRate;
pub use session::{Caller, NotAdmitted, Session, SessionClaims};
pub use sign_in_attempts::SignInAttempts;
pub use single_line::SingleLine;
pub use user::{ContactRole, Role, User};
pub use user_edit::{LinkFate, NotInvitable, UserEdit};
pub use workflow::{Activity, ActivityKind, Channel, Release, Status, StatusGroup, TemplateReference, Workflow};
pub use workflow_document::{CheckedWorkflow, Occupation, Surroundings, WorkflowDocument};
pub use workflow_templates::MissingTemplate;
