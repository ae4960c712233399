//! How the domain's texts and numbers look in the API's description.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    ActivityId, ApplicationId, CustomerId, Digest, DocumentId, DocumentOrder, EmailAddress, ExternalId, FileName,
    FileSize, InterviewId, JobId, MailTemplateId, MediaType, MeetingUrl, PhoneNumber, Salt, SanitizedHtml, SingleLine,
    StatusId, TimeZoneName, UploadId, UserId, Version, WorkflowId,
};

const PLAIN: Option<&str> = Some("^[a-z0-9]{1,40}$");
const SLUG: Option<&str> = Some("^[a-z0-9-]{1,40}$");
const OF_A_JOB: Option<&str> = Some("^[a-z0-9]{1,40}-[a-z0-9]{1,40}$");
const OF_A_WORKFLOW: Option<&str> = Some("^[a-z0-9-]{1,40}[.][a-z0-9-]{1,40}$");
const VISIBLE: Option<&str> = Some("^[!-~]{1,100}$");
const HEX: Option<&str> = Some("^([0-9a-f]{2})+$");
const SECURE: Option<&str> = Some("^https://");
const ANY: Option<&str> = None;

macro_rules! described {
    ($kind:ident: $($name:ident $pattern:ident $description:literal,)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::$kind)
                    .pattern($pattern)
                    .description(Some($description))
                    .build()
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}

described! { String:
    ActivityId OF_A_WORKFLOW "An activity of a workflow.",
    ApplicationId OF_A_JOB "An application.",
    CustomerId PLAIN "A customer.",
    Digest HEX "A SHA-256 hash in hex.",
    DocumentId PLAIN "A document.",
    EmailAddress ANY "An e-mail address.",
    ExternalId VISIBLE "What the applicant tracking system calls it.",
    FileName ANY "A file name.",
    InterviewId OF_A_JOB "An interview.",
    JobId PLAIN "A job.",
    MailTemplateId PLAIN "A mail template.",
    MediaType ANY "A media type.",
    MeetingUrl SECURE "A link that begins with https://.",
    PhoneNumber ANY "A telephone number.",
    Salt HEX "What makes the hash of a content unguessable, in hex.",
    SanitizedHtml ANY "HTML of the few elements a mail may have.",
    SingleLine ANY "A line of 1 to 200 characters without control characters.",
    StatusId SLUG "A status within its workflow.",
    TimeZoneName ANY "An IANA time zone.",
    UploadId PLAIN "A file of a document.",
    UserId PLAIN "A user.",
    WorkflowId SLUG "A workflow.",
}

described! { Integer:
    DocumentOrder ANY "Its place in the list.",
    FileSize ANY "In bytes.",
    Version ANY "How often it was written.",
}
