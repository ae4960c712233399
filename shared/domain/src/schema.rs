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

macro_rules! described {
    ($kind:ident: $($name:ident $description:literal,)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::$kind)
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
    ActivityId "An activity of a workflow.",
    ApplicationId "An application.",
    CustomerId "A customer.",
    Digest "A SHA-256 hash in hex.",
    DocumentId "A document.",
    EmailAddress "An e-mail address.",
    ExternalId "What the applicant tracking system calls it.",
    FileName "A file name.",
    InterviewId "An interview.",
    JobId "A job.",
    MailTemplateId "A mail template.",
    MediaType "A media type.",
    MeetingUrl "A link that begins with https://.",
    PhoneNumber "A telephone number.",
    Salt "What makes the hash of a content unguessable, in hex.",
    SanitizedHtml "HTML of the few elements a mail may have.",
    SingleLine "A line of 1 to 200 characters without control characters.",
    StatusId "A status within its workflow.",
    TimeZoneName "An IANA time zone.",
    UploadId "A file of a document.",
    UserId "A user.",
    WorkflowId "A workflow.",
}

described! { Integer:
    DocumentOrder "Its place in the list.",
    FileSize "In bytes.",
    Version "How often it was written.",
}
