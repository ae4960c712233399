//! What EventBridge hands over of SES, as far as it is read
//! (<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>).

use domain::{MailEvent, MailId, MailTold, SingleLine};
use serde::Deserialize;

/// An event of SES.
#[derive(Debug, Deserialize)]
pub struct Event {
    detail: Detail,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    #[serde(default)]
    tags: Tags,
}

#[derive(Debug, Default, Deserialize)]
struct Tags {
    #[serde(default)]
    mail: Vec<String>,
    #[serde(default)]
    attempt: Vec<String>,
}

impl Event {
    /// The mail and what it says of it, if that is about its way and the mail is one of ours; the log has the others.
    pub fn told(self) -> Option<(MailId, MailTold)> {
        let Detail {
            event_type,
            mail,
            bounce,
        } = self.detail;
        let for_good = bounce.is_none_or(|bounce| bounce.bounce_type == "Permanent");
        let event = match event_type.as_str() {
            "Send" => Some(MailEvent::Sent),
            "Delivery" | "Complaint" => Some(MailEvent::Delivered),
            "Bounce" if for_good => Some(MailEvent::Bounced),
            "Bounce" => Some(MailEvent::Returned),
            "Reject" => Some(MailEvent::Rejected),
            _ => None,
        };
        let (Some(event), Ok(message_id)) = (event, SingleLine::parse(&mail.message_id)) else {
            tracing::info!(kind = event_type, "an event that says nothing about a mail's way");
            return None;
        };
        let Tags { mail, attempt } = mail.tags;
        let id = mail.into_iter().next().map(MailId::try_from);
        let Some(Ok(id)) = id else {
            tracing::info!(message_id = %message_id, "an event of a mail without a record");
            return None;
        };
        // Whoever does not say which speaks of the latest.
        let attempt = attempt.first().and_then(|attempt| attempt.parse().ok());
        let told = MailTold {
            attempt: attempt.unwrap_or(u32::MAX),
            event,
            message_id,
        };
        Some((id, told))
    }
}
