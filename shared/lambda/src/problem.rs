//! Every problem a caller can be told of, as RFC 9457 `application/problem+json`. The only place that maps errors
//! to answers.

use domain::{
    ActivityNotAvailable, Application, Caller, FieldError, Interview, LastChange, NotBookable, NotInvitable, Version,
    WrongCode,
};
use http::{HeaderValue, StatusCode, header};
use jiff::SignedDuration;
use lambda_http::{Body, Response, lambda_runtime::Diagnostic};
use store::{CommitError, ManageError, StoreError, Unique};

use crate::CursorNotWritten;

/// What went wrong, said so that the caller knows what to do. Holds nobody else's data.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The request cannot be read.
    #[error("{0}")]
    BadRequest(&'static str),
    /// Fields of the request are wrong.
    #[error("fields of the request are not valid")]
    Validation(Vec<FieldError>),
    /// The body is of another kind.
    #[error("the body must be {0}")]
    UnsupportedMediaType(&'static str),
    /// No token, or none that counts.
    #[error("sign in first")]
    Unauthenticated,
    /// Address and password do not go together.
    #[error("the address or the password is wrong")]
    InvalidCredentials,
    /// The password is right, and the user wants a code asked for besides.
    #[error("a code of the authenticator app, or a recovery code, is needed too")]
    SecondFactorRequired,
    /// The password is right, the code is not.
    #[error("the code is not that of this moment, or has been used")]
    InvalidCode,
    /// There is nothing to set up.
    #[error("the second factor is on already; switch it off first")]
    SecondFactorOn,
    /// There is nothing to confirm and nothing to switch off.
    #[error("the second factor is off, and no secret waits to be confirmed")]
    SecondFactorOff,
    /// Too many wrong passwords or codes.
    #[error("too many attempts")]
    TooManyAttempts(SignedDuration),
    /// Not there, or not there for this caller.
    #[error("there is no such thing")]
    NotFound,
    /// The role may not.
    #[error("this is for recruiters")]
    RecruitersOnly,
    /// Nothing is released to the contact, so there is nothing to set.
    #[error("settings are available once an activity is released to you")]
    SettingsNotAvailable,
    /// The release check said no.
    #[error("the activity is not released to you through this channel")]
    ActivityNotReleased,
    /// The application has moved out of the activity's reach.
    #[error("the activity does not start from the application's status")]
    ActivityNotAvailable,
    /// An invitation would be of no use to the user.
    #[error("{0}")]
    NotInvitable(#[from] NotInvitable),
    /// The link to set a password was never sent, has run out, was used, or another one was sent since: nobody must
    /// tell these apart.
    #[error("the link is not valid, or not any more; ask for a new one")]
    LinkNotValid,
    /// There is no address to mail to.
    #[error("the applicant has no e-mail address")]
    ApplicantWithoutEmail,
    /// None of the mails did not arrive, or its bytes are no longer kept.
    #[error("there is no mail that could be sent once more")]
    NothingToResend,
    /// `If-Match` is missing.
    #[error("the header If-Match is missing")]
    VersionMissing,
    /// Somebody acted meanwhile.
    #[error("it has changed meanwhile")]
    VersionConflict(Option<Box<VisibleChange>>),
    /// The same key with another request.
    #[error("the Idempotency-Key was used for another request")]
    IdempotencyKeyReused,
    /// A dependency did not answer; trying again is safe.
    #[error("the service is busy")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect.
    #[error("something went wrong")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Who acted meanwhile, as far as the caller may see it.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VisibleChange {
    /// The version now.
    version: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: jiff::Timestamp,
    /// Contact or recruiter.
    actor_kind: domain::ActorKind,
    /// Their name, if it is one of the caller's own colleagues or the caller is a recruiter.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_name: Option<String>,
    /// Through which channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<domain::HistoryChannel>,
    /// What they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_name: Option<String>,
}

impl VisibleChange {
    fn new(version: Version, change: &LastChange, caller: &Caller) -> Self {
        let LastChange {
            at,
            actor_kind,
            actor_customer_id,
            actor_name,
            channel,
            activity_name,
        } = change;
        let user = caller.user();
        let visible = user.customer_id().is_none() || user.customer_id() == actor_customer_id.as_ref();
        Self {
            version: version.to_string(),
            at: *at,
            actor_kind: *actor_kind,
            actor_name: visible.then(|| actor_name.to_string()),
            channel: visible.then_some(*channel),
            activity_name: activity_name.as_ref().filter(|_| visible).map(ToString::to_string),
        }
    }
}

/// A problem as it is answered (RFC 9457).
#[derive(serde::Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// What kind of problem it is; the portal's own texts go by it.
    r#type: String,
    /// The same in a few words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What the caller can do.
    detail: String,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FieldError>, required = false)]
    errors: &'a [FieldError],
    /// Who acted meanwhile.
    #[serde(rename = "lastChange", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<VisibleChange>)]
    last_change: Option<&'a VisibleChange>,
}

impl Problem {
    /// 400 with a reason.
    pub fn bad_request(reason: &'static str) -> Self {
        Self::BadRequest(reason)
    }

    /// 422 for one field.
    pub fn invalid(pointer: &str, detail: impl std::fmt::Display) -> Self {
        Self::Validation(vec![FieldError::new(pointer, detail)])
    }

    /// 412 that says who was first at an application.
    pub fn application_changed(application: Option<&Application>, caller: &Caller) -> Self {
        let change = application.map(|now| Box::new(VisibleChange::new(now.version, &now.last_change, caller)));
        Self::VersionConflict(change)
    }

    /// 412 that says who was first at an interview.
    pub fn interview_changed(interview: Option<&Interview>, caller: &Caller) -> Self {
        let change = interview.map(|now| Box::new(VisibleChange::new(now.version, &now.last_change, caller)));
        Self::VersionConflict(change)
    }

    /// Others kept being faster: every time something was decided, it had changed before it was written.
    pub fn contended() -> Self {
        Self::Unavailable("others kept changing the same things".into())
    }

    /// What a refused commit means to the caller who asked for it.
    pub fn from_commit(error: CommitError, caller: &Caller) -> Self {
        match error {
            CommitError::Changed(application) => Self::application_changed(application.as_deref(), caller),
            CommitError::InterviewChanged(interview) => Self::interview_changed(interview.as_deref(), caller),
            CommitError::Store(error) => error.into(),
            error @ (CommitError::CalendarChanged
            | CommitError::CommandDone(_)
            | CommitError::ExternalIdTaken
            | CommitError::Busy) => Self::Unavailable(Box::new(error)),
        }
    }

    /// Status, slug and title of the type.
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad-request", "Bad request"),
            Self::Validation(_) => (StatusCode::UNPROCESSABLE_ENTITY, "validation", "Not valid"),
            Self::UnsupportedMediaType(_) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Unsupported media type",
            ),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Not signed in"),
            Self::InvalidCredentials => (
                StatusCode::UNAUTHORIZED,
                "invalid-credentials",
                "Wrong address or password",
            ),
            Self::SecondFactorRequired => (StatusCode::UNAUTHORIZED, "second-factor-required", "Code needed"),
            Self::InvalidCode => (StatusCode::UNAUTHORIZED, "invalid-code", "Wrong code"),
            Self::SecondFactorOn => (StatusCode::CONFLICT, "second-factor-on", "Second factor is on"),
            Self::SecondFactorOff => (StatusCode::CONFLICT, "second-factor-off", "Second factor is off"),
            Self::TooManyAttempts(_) => (StatusCode::TOO_MANY_REQUESTS, "too-many-attempts", "Too many attempts"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::RecruitersOnly => (StatusCode::FORBIDDEN, "recruiters-only", "For recruiters only"),
            Self::SettingsNotAvailable => (
                StatusCode::FORBIDDEN,
                "settings-not-available",
                "Settings are not available",
            ),
            Self::ActivityNotReleased => (StatusCode::FORBIDDEN, "activity-not-released", "Activity not released"),
            Self::ActivityNotAvailable => (StatusCode::CONFLICT, "activity-not-available", "Activity not available"),
            Self::NotInvitable(_) => (StatusCode::CONFLICT, "not-invitable", "Cannot be invited"),
            Self::LinkNotValid => (StatusCode::GONE, "link-not-valid", "Link not valid"),
            Self::ApplicantWithoutEmail => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "applicant-without-email",
                "Applicant without e-mail address",
            ),
            Self::NothingToResend => (StatusCode::CONFLICT, "nothing-to-resend", "Nothing to send again"),
            Self::VersionMissing => (StatusCode::PRECONDITION_REQUIRED, "version-missing", "Version missing"),
            Self::VersionConflict(_) => (StatusCode::PRECONDITION_FAILED, "version-conflict", "Changed meanwhile"),
            Self::IdempotencyKeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "Idempotency-Key reused",
            ),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Try again"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
        }
    }

    /// Logs the cause of what is not the caller's doing, once.
    pub fn log(&self) {
        if let Self::Unavailable(cause) | Self::Internal(cause) = self {
            let (_, slug, _) = self.kind();
            tracing::error!(problem = slug, cause = chain(cause.as_ref()), "the request failed");
        }
    }

    /// What Lambda reports of a function that answers no HTTP.
    pub(crate) fn into_diagnostic(self) -> Diagnostic {
        self.log();
        let (_, slug, _) = self.kind();
        let fields = match &self {
            Self::Validation(errors) => errors.as_slice(),
            _ => &[],
        };
        let fields = fields
            .iter()
            .map(|error| format!("; {} {}", error.pointer, error.detail));
        let error_message = [self.to_string()].into_iter().chain(fields).collect();
        Diagnostic {
            error_type: slug.to_owned(),
            error_message,
        }
    }

    /// The answer.
    pub(crate) fn into_response(self) -> Response<Body> {
        self.log();
        let (status, slug, title) = self.kind();
        let document = ProblemDocument {
            r#type: format!("/problems/{slug}"),
            title,
            status: status.as_u16(),
            detail: self.to_string(),
            errors: if let Self::Validation(errors) = &self {
                errors
            } else {
                &[]
            },
            last_change: if let Self::VersionConflict(change) = &self {
                change.as_deref()
            } else {
                None
            },
        };
        let body = serde_json::to_string(&document).unwrap_or_default();
        let mut response = Response::new(Body::Text(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match &self {
            Self::TooManyAttempts(wait) => {
                headers.insert(
                    header::RETRY_AFTER,
                    HeaderValue::from(u32::try_from(wait.as_secs() + 1).unwrap_or(1)),
                );
            }
            Self::Unavailable(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Unauthenticated | Self::InvalidCredentials => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}

/// The error with its causes, in one line.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Aws { .. } => Self::Unavailable(Box::new(error)),
            StoreError::Item(_) | StoreError::Content(_) | StoreError::NotDeflated => Self::Internal(Box::new(error)),
        }
    }
}

impl From<ManageError> for Problem {
    fn from(error: ManageError) -> Self {
        match error {
            ManageError::Changed => Self::VersionConflict(None),
            ManageError::Taken(unique @ Unique::EmailAddress) => Self::invalid("/email", unique),
            ManageError::Taken(unique @ Unique::ExternalId) => Self::invalid("/externalId", unique),
            ManageError::Busy => Self::Unavailable(Box::new(error)),
            ManageError::Store(error) => error.into(),
        }
    }
}

impl From<WrongCode> for Problem {
    fn from(error: WrongCode) -> Self {
        Self::invalid("/code", error)
    }
}

impl From<NotBookable> for Problem {
    fn from(error: NotBookable) -> Self {
        let of_the_applicant = matches!(error, NotBookable::Overlapping | NotBookable::TooMany);
        let pointer = if of_the_applicant { "" } else { "/interviewId" };
        Self::invalid(pointer, error)
    }
}

impl From<ActivityNotAvailable> for Problem {
    fn from(error: ActivityNotAvailable) -> Self {
        match error {
            ActivityNotAvailable::Unknown => Self::NotFound,
            ActivityNotAvailable::NotReleased => Self::ActivityNotReleased,
            ActivityNotAvailable::WrongStatus => Self::ActivityNotAvailable,
        }
    }
}

impl From<Vec<FieldError>> for Problem {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Validation(errors)
    }
}

impl From<CursorNotWritten> for Problem {
    fn from(error: CursorNotWritten) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(Box::new(error))
    }
}
