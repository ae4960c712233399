//! The key patterns, all of them.
//!
//! | pk | sk | item |
//! |---|---|---|
//! | `USER#{user}` | `USER` | user; a contact also in the index by customer, under the customer's contacts, by name |
//! | `USER#{user}` | `PASSWORD_LINK` | the newest link to set a password, expires |
//! | `USER#{user}` | `JOB#{job}` | a job that names the contact, with its workflow |
//! | `SECOND_FACTOR#{user}` | `SECOND_FACTOR` | what the user's codes are held against, while it is on |
//! | `SECOND_FACTOR#{user}` | `OFFER` | the newest secret handed out and not confirmed yet, expires |
//! | `EMAIL#{address}` | `EMAIL` | whose address it is |
//! | `SIGN_IN#{hash of address}` | `SIGN_IN` | failed sign-ins, expires |
//! | `PASSWORD_REQUESTS#{hash of address}` | `PASSWORD_REQUESTS` | when links were asked for, expires |
//! | `SESSION#{session}` | `SESSION` | session, expires |
//! | `CUSTOMERS` | `CUSTOMER#{customer}` | customer |
//! | `JOB#{job}` | `JOB` | job; in both indexes, under lists of its own, by title |
//! | `JOB#{job}` | `INTERVIEW#{interview}` | interview; in the index by job, under its own list, until it is called off |
//! | `WORKFLOWS` | `WORKFLOW#{workflow}` | workflow |
//! | `WORKFLOW#{workflow}` | `JOB#{job}` | a job that follows the workflow, with its customer |
//! | `MAIL_TEMPLATES` | `MAIL_TEMPLATE#{template}` | mail template |
//! | `DOCUMENTS` | `DOCUMENT#{document}` | global document; in the index by customer, under a list of its own, by order and name |
//! | `DOCUMENT#{document}` | `DOWNLOAD#{at}#{download}` | who was given the document; stays when the document goes |
//! | `EXTERNAL_JOB#{external id}` | `EXTERNAL` | which job that is |
//! | `EXTERNAL_APPLICATION#{external id}` | `EXTERNAL` | which application that is |
//! | `APPLICATION#{application}` | `APPLICATION` | application; in both indexes |
//! | `APPLICATION#{application}` | `HISTORY#{sequence}` | history entry; in the five indexes of the feed |
//! | `APPLICATION#{application}` | `HISTORY#{sequence}#MAIL#{number}` | mail record; in the index of open mails while a machine has to see to it |
//! | `APPLICATION#{application}` | `MIME#{sequence}#{number}` | the mail's bytes, expires |
//! | `PERSON#{customer}#{address}` | `APPLICATION#{application}` | an application of the person with that address |
//! | `PERSON#{customer}#{address}` | `CALENDAR` | how often the person got an appointment, a guard |
//! | `COMMAND#{user}#{idempotency key}` | `COMMAND` | what the command did, expires |
//! | `TRUST` | `SIGNING_KEY#{kid}`, `CURSOR_KEY` | keys every function reads at its start |

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    ApplicationId, CustomerId, DocumentId, Download, ExternalId, InterviewId, JobId, MailId, MailTemplateId, SessionId,
    UserId, WorkflowId,
};

/// Partition key attribute.
pub(crate) const PK: &str = "pk";
/// Sort key attribute.
pub(crate) const SK: &str = "sk";
/// Seconds since 1970 after which an item no longer counts; DynamoDB removes it some time later.
pub(crate) const EXPIRES_AT: &str = "expiresAt";

/// The bytes of a mail, deflated.
pub(crate) const MIME: &str = "mime";

/// Index of applications by customer.
pub(crate) const BY_CUSTOMER: &str = "byCustomer";
/// Its partition key attribute.
pub(crate) const CUSTOMER_LIST: &str = "customerList";
/// Index of applications by job.
pub(crate) const BY_JOB: &str = "byJob";
/// Its partition key attribute.
pub(crate) const JOB_LIST: &str = "jobList";
/// The sort key attribute of both.
pub(crate) const LIST_ORDER: &str = "listOrder";

/// An index with a partition key attribute of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Index {
    /// Its name.
    pub name: &'static str,
    /// Its partition key attribute.
    pub attribute: &'static str,
}

impl Index {
    /// The one partition of the index of everything.
    pub fn everything(self) -> String {
        self.name.to_owned()
    }
}

/// What the feed shows of an item, the one attribute in all its indexes.
pub(crate) const FEED: &str = "feed";
/// The sort key attribute of all indexes of the feed.
pub(crate) const FEED_ORDER: &str = "feedOrder";
/// Everything. Each action writes to its one partition: about 1,000 a second are its bound.
pub(crate) const FEED_ALL: Index = Index {
    name: "feedAll",
    attribute: "feedList",
};
/// By channel.
pub(crate) const FEED_BY_CHANNEL: Index = Index {
    name: "feedByChannel",
    attribute: "feedChannel",
};
/// By whoever acted.
pub(crate) const FEED_BY_CONTACT: Index = Index {
    name: "feedByContact",
    attribute: "feedContact",
};
/// By customer.
pub(crate) const FEED_BY_CUSTOMER: Index = Index {
    name: "feedByCustomer",
    attribute: "feedCustomer",
};
/// By job.
pub(crate) const FEED_BY_JOB: Index = Index {
    name: "feedByJob",
    attribute: "feedJob",
};

/// The index of mails that the sweep has to look at; a mail leaves it once no machine has to.
pub(crate) const OPEN_MAILS: Index = Index {
    name: "openMails",
    attribute: "openMails",
};
/// Its sort key attribute: when it has to.
pub(crate) const DUE_ORDER: &str = "dueOrder";
/// In so many partitions, so that not every mail is written to one.
pub const OPEN_MAIL_SHARDS: u8 = 4;

/// The prefix of a history entry's sort key, and of its mail records'.
pub(crate) const HISTORY: &str = "HISTORY#";
/// The partition of all customers.
pub(crate) const CUSTOMERS: &str = "CUSTOMERS";
/// The partition of all workflows.
pub(crate) const WORKFLOWS: &str = "WORKFLOWS";
/// The partition of all mail templates.
pub(crate) const MAIL_TEMPLATES: &str = "MAIL_TEMPLATES";
/// The partition of all global documents, and their list in the index by customer.
pub(crate) const DOCUMENTS: &str = "DOCUMENTS";
/// The partition of the keys that functions trust.
pub(crate) const TRUST: &str = "TRUST";
/// The sort key of the key that seals cursors.
pub(crate) const CURSOR_KEY: &str = "CURSOR_KEY";
/// The prefix of the sort key of a public key.
pub(crate) const SIGNING_KEY: &str = "SIGNING_KEY#";
/// The prefix of the sort key of a contact's jobs.
pub(crate) const CONTACT_JOB: &str = "JOB#";

/// The prefix of the sort key of a workflow's jobs.
pub(crate) const WORKFLOW_JOB: &str = "JOB#";
/// The list of all jobs, in the index by job.
pub(crate) const JOBS: &str = "JOBS";

/// The prefix of the sort key of a person's applications.
pub(crate) const PERSON_APPLICATION: &str = "APPLICATION#";
/// The sort key of what changes whenever a person gets an appointment.
pub(crate) const PERSON_CALENDAR: &str = "CALENDAR";

/// An item's primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }

    pub fn user(id: &UserId) -> Self {
        Self::new(format!("USER#{id}"), "USER")
    }

    pub fn contact_job(user: &UserId, job: &JobId) -> Self {
        Self::new(format!("USER#{user}"), format!("{CONTACT_JOB}{job}"))
    }

    pub fn password_link(user: &UserId) -> Self {
        Self::new(format!("USER#{user}"), "PASSWORD_LINK")
    }

    /// Not in the user's own partition, which is read as a whole.
    pub fn second_factor(user: &UserId) -> Self {
        Self::new(format!("SECOND_FACTOR#{user}"), "SECOND_FACTOR")
    }

    pub fn offered_second_factor(user: &UserId) -> Self {
        Self::new(format!("SECOND_FACTOR#{user}"), "OFFER")
    }

    pub fn email(lookup_form: &str) -> Self {
        Self::new(format!("EMAIL#{lookup_form}"), "EMAIL")
    }

    pub fn sign_in(address_hash: &str) -> Self {
        Self::new(format!("SIGN_IN#{address_hash}"), "SIGN_IN")
    }

    pub fn password_requests(address_hash: &str) -> Self {
        Self::new(format!("PASSWORD_REQUESTS#{address_hash}"), "PASSWORD_REQUESTS")
    }

    pub fn session(id: &SessionId) -> Self {
        Self::new(format!("SESSION#{id}"), "SESSION")
    }

    pub fn customer(id: &CustomerId) -> Self {
        Self::new(CUSTOMERS, format!("CUSTOMER#{id}"))
    }

    pub fn job(id: &JobId) -> Self {
        Self::new(format!("JOB#{id}"), "JOB")
    }

    pub fn interview(id: &InterviewId) -> Self {
        Self::new(format!("JOB#{}", id.job_id()), format!("INTERVIEW#{id}"))
    }

    pub fn workflow(id: &WorkflowId) -> Self {
        Self::new(WORKFLOWS, format!("WORKFLOW#{id}"))
    }

    /// The partition of the jobs that follow a workflow.
    pub fn workflow_jobs(workflow: &WorkflowId) -> String {
        format!("WORKFLOW#{workflow}")
    }

    pub fn workflow_job(workflow: &WorkflowId, job: &JobId) -> Self {
        Self::new(Self::workflow_jobs(workflow), format!("{WORKFLOW_JOB}{job}"))
    }

    pub fn mail_template(id: &MailTemplateId) -> Self {
        Self::new(MAIL_TEMPLATES, format!("MAIL_TEMPLATE#{id}"))
    }

    pub fn document(id: &DocumentId) -> Self {
        Self::new(DOCUMENTS, format!("DOCUMENT#{id}"))
    }

    pub fn download(download: &Download) -> Self {
        // A fixed number of digits, or the order of the texts is not that of the times.
        Self::new(
            format!("DOCUMENT#{}", download.document_id),
            format!("DOWNLOAD#{:.3}#{}", download.at, download.id),
        )
    }

    pub fn external_job(id: &ExternalId) -> Self {
        Self::new(format!("EXTERNAL_JOB#{id}"), "EXTERNAL")
    }

    pub fn external_application(id: &ExternalId) -> Self {
        Self::new(format!("EXTERNAL_APPLICATION#{id}"), "EXTERNAL")
    }

    pub fn application(id: &ApplicationId) -> Self {
        Self::new(format!("APPLICATION#{id}"), "APPLICATION")
    }

    pub fn person_application(customer: &CustomerId, lookup_form: &str, application: &ApplicationId) -> Self {
        Self::new(
            format!("PERSON#{customer}#{lookup_form}"),
            format!("{PERSON_APPLICATION}{application}"),
        )
    }

    pub fn person_calendar(customer: &CustomerId, lookup_form: &str) -> Self {
        Self::new(format!("PERSON#{customer}#{lookup_form}"), PERSON_CALENDAR)
    }

    pub fn history_entry(application: &ApplicationId, sequence: u64) -> Self {
        Self::new(format!("APPLICATION#{application}"), format!("{HISTORY}{sequence:010}"))
    }

    pub fn mail(id: &MailId) -> Self {
        let MailId {
            application_id,
            sequence,
            number,
        } = id;
        Self::new(
            format!("APPLICATION#{application_id}"),
            format!("{HISTORY}{sequence:010}#MAIL#{number:03}"),
        )
    }

    pub fn mime(id: &MailId) -> Self {
        let MailId {
            application_id,
            sequence,
            number,
        } = id;
        Self::new(
            format!("APPLICATION#{application_id}"),
            format!("MIME#{sequence:010}#{number:03}"),
        )
    }

    pub fn command(user: &UserId, idempotency_key: &str) -> Self {
        Self::new(format!("COMMAND#{user}#{idempotency_key}"), "COMMAND")
    }

    pub fn signing_key(kid: &str) -> Self {
        Self::new(TRUST, format!("{SIGNING_KEY}{kid}"))
    }

    pub fn cursor_key() -> Self {
        Self::new(TRUST, CURSOR_KEY)
    }

    /// As the `Key` of a request.
    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        [
            (PK.to_owned(), AttributeValue::S(self.pk.clone())),
            (SK.to_owned(), AttributeValue::S(self.sk.clone())),
        ]
        .into()
    }
}
