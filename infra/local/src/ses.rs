//! The SES stand-in: takes raw mails as SES version 2 does, refuses what SES refuses, and keeps the rest.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Method, Request, Response, header};
use hyper::body::Bytes;
use mail_parser::MessageParser;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    mailbox::{Envelope, Mailbox, Received},
    wire::{Service, WireBody, error_answer, whole},
};

/// Where SES takes mails.
pub const SEND_EMAIL_PATH: &str = "/v2/email/outbound-emails";

const MAX_MESSAGE: usize = 40 * 1024 * 1024;
const MAX_RECIPIENTS: usize = 50;
const MAX_TAG: usize = 256;

/// Receives mails into a mailbox.
pub struct Ses {
    mailbox: Mailbox,
    events: MailEvents,
}

/// What SES has to tell of mails and nobody has been told yet, as EventBridge carries it. Lost when the process ends: SES
/// promises no more.
#[derive(Clone, Default)]
pub struct MailEvents(Arc<Mutex<Vec<Value>>>);

impl MailEvents {
    /// All of them, the oldest first.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One that nobody could handle yet.
    pub fn give_back(&self, event: Value) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// A mail was taken and, unless it goes to an address that stands for a failure, delivered.
    fn add(&self, received: &Received) {
        let tags: BTreeMap<_, _> = received
            .envelope
            .tags
            .iter()
            .map(|(name, value)| (name, [value]))
            .collect();
        let outcome = match received.envelope.to.first().and_then(|to| to.split('@').next()) {
            Some("bounce") => "Bounce",
            Some("complaint") => "Complaint",
            _ => "Delivery",
        };
        let event = |kind: &str| {
            let mut event = json!({
                "source": "aws.ses",
                "detail": {
                    "eventType": kind,
                    "mail": { "messageId": received.message_id, "tags": tags },
                },
            });
            if kind == "Bounce" {
                event["detail"]["bounce"] = json!({ "bounceType": "Permanent" });
            }
            event
        };
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.extend([event("Send"), event(outcome)]);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    from_email_address: Option<String>,
    #[serde(default)]
    destination: Destination,
    #[serde(default)]
    content: Content,
    #[serde(default)]
    email_tags: Vec<Tag>,
    configuration_set_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Destination {
    #[serde(rename = "ToAddresses")]
    to: Vec<String>,
    #[serde(rename = "CcAddresses")]
    copy: Vec<String>,
    #[serde(rename = "BccAddresses")]
    blind_copy: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    raw: Option<RawContent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawContent {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

impl Ses {
    /// Keeps what it receives in this mailbox, and tells of it.
    pub fn new(mailbox: Mailbox, events: MailEvents) -> Self {
        Self { mailbox, events }
    }

    /// Answers `SendEmail`.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<WireBody> {
        if request.method() != Method::POST || request.uri().path() != SEND_EMAIL_PATH {
            return error_answer(
                Service::Ses,
                404,
                "UnknownOperationException",
                "This stand-in knows SendEmail only.",
            );
        }
        let mailbox = self.mailbox.clone();
        let kept = tokio::task::spawn_blocking(move || match read(request.body()) {
            Ok((envelope, raw)) => mailbox.keep(envelope, &raw).map_err(|error| (500, error.to_string())),
            Err(reason) => Err((400, reason)),
        });
        match kept.await {
            Ok(Ok(received)) => {
                self.events.add(&received);
                let mut answer = Response::new(whole(json!({ "MessageId": received.message_id }).to_string()));
                let content_type = header::HeaderValue::from_static("application/json");
                answer.headers_mut().insert(header::CONTENT_TYPE, content_type);
                answer
            }
            Ok(Err((400, reason))) => error_answer(Service::Ses, 400, "BadRequestException", &reason),
            Ok(Err((code, reason))) => error_answer(Service::Ses, code, "InternalFailure", &reason),
            Err(error) => error_answer(Service::Ses, 500, "InternalFailure", &error.to_string()),
        }
    }
}

fn read(body: &[u8]) -> Result<(Envelope, Vec<u8>), String> {
    let request: SendEmail = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let raw = request.content.raw.ok_or("This stand-in takes raw content only.")?;
    let raw = BASE64_STANDARD
        .decode(raw.data)
        .map_err(|_| "Raw data is not base64.")?;
    if raw.trim_ascii().is_empty() {
        return Err("Empty message.".into());
    }
    if raw.len() > MAX_MESSAGE {
        return Err(format!(
            "Message length is more than {MAX_MESSAGE} bytes long: '{}'.",
            raw.len()
        ));
    }

    let Destination {
        mut to,
        copy,
        blind_copy,
    } = request.destination;
    to.extend(copy.into_iter().chain(blind_copy));
    if to.is_empty() || to.iter().any(|address| !address.contains('@')) {
        return Err("Missing final '@domain' in a recipient, or no recipient.".into());
    }
    if to.len() > MAX_RECIPIENTS {
        return Err(format!("Recipient count exceeds {MAX_RECIPIENTS}."));
    }

    let from = request
        .from_email_address
        .or_else(|| from_header(&raw))
        .unwrap_or_default();
    if !from.contains('@') {
        return Err("Missing final '@domain' in the sender.".into());
    }

    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_valid = |text: &str| (1..=MAX_TAG).contains(&text.len()) && text.bytes().all(is_allowed);
    if let Some(tag) = request
        .email_tags
        .iter()
        .find(|tag| !is_valid(&tag.name) || !is_valid(&tag.value))
    {
        return Err(format!("Invalid tag name or value: <{}> = <{}>.", tag.name, tag.value));
    }
    let count = request.email_tags.len();
    let tags: BTreeMap<_, _> = request
        .email_tags
        .into_iter()
        .map(|tag| (tag.name, tag.value))
        .collect();
    if tags.len() < count {
        return Err("A tag is there twice.".into());
    }

    Ok((
        Envelope {
            from,
            to,
            tags,
            configuration_set: request.configuration_set_name,
        },
        raw,
    ))
}

/// A mail's tag `mail`, as its sender asked for it.
pub fn mail_tag(body: &[u8]) -> Option<String> {
    let request: SendEmail = serde_json::from_slice(body).ok()?;
    let tag = request.email_tags.into_iter().find(|tag| tag.name == "mail");
    tag.map(|tag| tag.value)
}

fn from_header(raw: &[u8]) -> Option<String> {
    MessageParser::default()
        .parse(raw)?
        .from()?
        .first()?
        .address()
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde_json::{Value, json};

    /// Why the request is refused after this part of it was replaced.
    fn refused(part: &str, replacement: Value) -> Option<String> {
        let raw = BASE64_STANDARD.encode("From: Portal <portal@example.com>\r\n\r\nText");
        let mut request = json!({
            "FromEmailAddress": "portal@example.com",
            "Destination": {"ToAddresses": ["anna@example.org"]},
            "Content": {"Raw": {"Data": raw}},
            "EmailTags": [{"Name": "mail", "Value": "01J-a_b"}],
        });
        *request.pointer_mut(part).unwrap() = replacement;
        super::read(request.to_string().as_bytes()).err()
    }

    #[test]
    fn what_ses_takes_is_taken() {
        for (part, replacement) in [
            ("/FromEmailAddress", "Portal <portal@example.com>".into()),
            ("/FromEmailAddress", Value::Null),
            ("/Destination", json!({"BccAddresses": ["Anna <a@example.org>"]})),
            ("/EmailTags/0/Value", "x".repeat(256).into()),
            ("/EmailTags", json!([])),
        ] {
            assert_eq!(refused(part, replacement.clone()), None, "{part} {replacement}");
        }
    }

    #[test]
    fn what_ses_refuses_is_refused() {
        for (part, replacement) in [
            ("/FromEmailAddress", "portal".into()),
            ("/Destination", json!({})),
            ("/Destination", json!({"ToAddresses": ["anna"]})),
            ("/Destination", json!({"ToAddresses": vec!["a@example.org"; 51]})),
            ("/Content", json!({})),
            ("/Content/Raw/Data", "ü".into()),
            ("/Content/Raw/Data", "".into()),
            ("/EmailTags/0/Value", "a.b".into()),
            ("/EmailTags/0/Name", "".into()),
            ("/EmailTags/0/Name", "x".repeat(257).into()),
            (
                "/EmailTags",
                json!([{"Name": "a", "Value": "1"}, {"Name": "a", "Value": "2"}]),
            ),
        ] {
            assert!(refused(part, replacement.clone()).is_some(), "{part} {replacement}");
        }
        let long = BASE64_STANDARD.encode(vec![b'x'; super::MAX_MESSAGE + 1]);
        assert!(refused("/Content/Raw/Data", long.into()).unwrap().contains("length"));
    }
}
