//! One attempt to send one mail.

use std::{error::Error, io, time::Duration};

use aws_sdk_sesv2::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents, http::HttpResponse, interceptors::BeforeTransmitInterceptorContextMut,
        retry::RetryConfig, timeout::TimeoutConfig,
    },
    error::{ProvideErrorMetadata, SdkError},
    operation::send_email::{SendEmailError, SendEmailOutput},
    primitives::Blob,
    types::{Destination, EmailContent, MessageTag, RawMessage},
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_types::SdkConfig;
use domain::{EmailAddress, MailRecord, Refusal, SingleLine};

/// SES, asked exactly once per attempt: the SDK's own retries sent a mail up to three times where SES had taken
/// the first one and only its answer was lost.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: Client,
    sender: EmailAddress,
    configuration_set: String,
}

/// A mail to send.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingMail<'a> {
    /// Its record, if it has one: SES carries its id and the attempt as the tags `mail` and `attempt`, so that its events
    /// find what they are about.
    pub record: Option<&'a MailRecord>,
    /// Who gets it.
    pub recipient: &'a EmailAddress,
    /// Its bytes.
    pub mime: &'a [u8],
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// SES took it, under this message id.
    Accepted(SingleLine),
    /// SES provably did not take it.
    Refused(Refusal),
    /// Nobody knows. It must not be sent again by a machine.
    Ambiguous {
        /// What happened, for the log.
        cause: String,
    },
}

/// How long one request may take before its outcome counts as unknown.
const TIMEOUT: Duration = Duration::from_secs(8);
/// How long a connection may take to be opened.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

impl Mailer {
    /// `sender` is the address verified with SES; the configuration set says where SES's events go.
    pub fn new(sdk: &SdkConfig, sender: EmailAddress, configuration_set: impl Into<String>) -> Self {
        let config = aws_sdk_sesv2::config::Builder::from(sdk)
            .interceptor(YoungConnection)
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_timeout(TIMEOUT)
                    .operation_attempt_timeout(TIMEOUT)
                    .build(),
            )
            .build();
        Self {
            client: Client::from_conf(config),
            sender,
            configuration_set: configuration_set.into(),
        }
    }

    /// The address every mail comes from.
    pub fn sender(&self) -> &EmailAddress {
        &self.sender
    }

    /// Sends one complete request to SES, whatever comes of it.
    pub async fn attempt(&self, mail: OutgoingMail<'_>) -> Attempt {
        let tag = |name: &str, value: String| MessageTag::builder().name(name).value(value).build();
        let tags = mail.record.into_iter().flat_map(|record| {
            [
                tag("mail", record.id.to_string()),
                tag("attempt", record.attempt.to_string()),
            ]
        });
        let (raw, tags) = match (
            RawMessage::builder().data(Blob::new(mail.mime)).build(),
            tags.collect::<Result<Vec<_>, _>>(),
        ) {
            (Ok(raw), Ok(tags)) => (raw, tags),
            (Err(error), _) | (_, Err(error)) => return not_sent(&error),
        };
        let result = self
            .client
            .send_email()
            .from_email_address(self.sender.as_str())
            .configuration_set_name(&self.configuration_set)
            .destination(Destination::builder().to_addresses(mail.recipient.as_str()).build())
            .content(EmailContent::builder().raw(raw).build())
            .set_email_tags(Some(tags).filter(|tags| !tags.is_empty()))
            .send()
            .await;
        match result {
            Ok(output) => accepted(&output),
            Err(error) => classify(&error),
        }
    }
}

/// A mail gets no old connection. The other side may have dropped it while the function was frozen; writing to it would
/// leave nobody knowing whether SES took the mail.
#[derive(Debug)]
struct YoungConnection;

impl Intercept for YoungConnection {
    fn name(&self) -> &'static str {
        "YoungConnection"
    }

    // After signing: the header is between two neighbours only. The client in `shared/lambda` takes it as the wish for a
    // young connection and does not send it; another one closes the connection afterwards.
    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        context.request_mut().headers_mut().insert("connection", "close");
        Ok(())
    }
}

fn accepted(output: &SendEmailOutput) -> Attempt {
    match output.message_id().map(SingleLine::parse) {
        Some(Ok(message_id)) => Attempt::Accepted(message_id),
        _ => Attempt::Ambiguous {
            cause: "SES answered without a message id".to_owned(),
        },
    }
}

fn not_sent(error: &(dyn Error + 'static)) -> Attempt {
    tracing::warn!(error, "the request to SES was not sent");
    refused(Refusal::Passing, "NotSent")
}

fn refused(kind: fn(SingleLine) -> Refusal, code: &str) -> Attempt {
    match SingleLine::parse(code) {
        Ok(code) => Attempt::Refused(kind(code)),
        Err(_) => Attempt::Ambiguous {
            cause: "SES refused with an unreadable code".to_owned(),
        },
    }
}

/// Only a proof that SES did not take the mail counts as a refusal.
fn classify(error: &SdkError<SendEmailError, HttpResponse>) -> Attempt {
    match error {
        SdkError::ConstructionFailure(_) => refused(Refusal::Passing, "NotSent"),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(connector) if connection_was_refused(connector) => refused(Refusal::Passing, "ConnectionRefused"),
            _ => Attempt::Ambiguous {
                cause: "the connection to SES broke".to_owned(),
            },
        },
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            let code = service.err().code().unwrap_or_default();
            match (status, service.err()) {
                (429, _) => refused(
                    Refusal::Passing,
                    if code.is_empty() {
                        "TooManyRequestsException"
                    } else {
                        code
                    },
                ),
                (400..500, known) if is_permanent(known) => refused(Refusal::Permanent, code),
                (400..500, known) if is_passing(known) || COMMON_ERRORS.contains(&code) => {
                    refused(Refusal::Passing, code)
                }
                _ => Attempt::Ambiguous {
                    cause: format!("SES answered {status} {code}"),
                },
            }
        }
        SdkError::TimeoutError(_) => Attempt::Ambiguous {
            cause: "SES did not answer in time".to_owned(),
        },
        _ => Attempt::Ambiguous {
            cause: "SES gave an answer that cannot be read".to_owned(),
        },
    }
}

/// What a mail's own fault is: trying the same bytes again cannot help.
fn is_permanent(error: &SendEmailError) -> bool {
    match error {
        SendEmailError::BadRequestException(_) => true,
        SendEmailError::MessageRejected(_) => !sender_is_unverified(error),
        _ => false,
    }
}

/// SES rejects a message for what is the account's fault, too (SES guide: "Email address is not verified").
fn sender_is_unverified(error: &SendEmailError) -> bool {
    matches!(error, SendEmailError::MessageRejected(_))
        && error.message().is_some_and(|message| message.contains("not verified"))
}

/// What ops can mend, after which the same bytes are taken.
fn is_passing(error: &SendEmailError) -> bool {
    sender_is_unverified(error)
        || matches!(
            error,
            SendEmailError::AccountSuspendedException(_)
                | SendEmailError::LimitExceededException(_)
                | SendEmailError::MailFromDomainNotVerifiedException(_)
                | SendEmailError::NotFoundException(_)
                | SendEmailError::SendingPausedException(_)
                | SendEmailError::TooManyRequestsException(_)
        )
}

/// Refusals before any operation begins (AWS: "Common Errors" of the SES API reference).
const COMMON_ERRORS: [&str; 10] = [
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "OptInRequired",
    "RequestExpired",
    "ThrottlingException",
    "UnrecognizedClientException",
];

fn connection_was_refused(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
        {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
    use aws_smithy_runtime_api::client::{
        behavior_version::BehaviorVersion,
        http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::HttpRequest,
        result::ConnectorError,
    };
    use aws_types::region::Region;

    use super::*;

    /// Keeps what each request says of its connection, and answers none.
    #[derive(Debug, Clone, Default)]
    struct Silent(Arc<Mutex<Vec<Option<String>>>>);

    impl HttpConnector for Silent {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            let connection = request.headers().get("connection").map(str::to_owned);
            self.0.lock().unwrap().push(connection);
            HttpConnectorFuture::ready(Err(ConnectorError::io("broken".into())))
        }
    }

    impl HttpClient for Silent {
        fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
            SharedHttpConnector::new(self.clone())
        }
    }

    #[tokio::test]
    async fn a_mail_asks_for_a_young_connection_and_is_tried_once() {
        let silent = Silent::default();
        let credentials = Credentials::new("key", "secret", None, None, "test");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(silent.clone())
            .build();
        let address: EmailAddress = "jobs@example.com".to_owned().try_into().unwrap();
        let attempt = Mailer::new(&sdk, address.clone(), "mails")
            .attempt(OutgoingMail {
                record: None,
                recipient: &address,
                mime: b"Subject: Ihre Bewerbung\r\n\r\n",
            })
            .await;
        assert!(matches!(attempt, Attempt::Ambiguous { .. }), "{attempt:?}");
        assert_eq!(*silent.0.lock().unwrap(), [Some("close".to_owned())]);
    }
}
