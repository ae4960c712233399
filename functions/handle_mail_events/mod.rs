//! Invoked by EventBridge for each event of SES: what became of a mail.
//!
//! Events come late, twice, in any order, or not at all; each is held against the mail's record, which only ever goes
//! forward.

use std::sync::Arc;

use domain::{MailEvent, MailId, SingleLine};
use lambda::{Environment, Function, Handler, Invocation, Problem, StartError, serve_events};
use serde::{Deserialize, Serialize};
use store::{MailMark, Store};

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "handle-mail-events",
    start: |environment| Box::pin(std::future::ready(start(&environment))),
};

/// Somebody else may write the record at the same time; then it is read again.
const ATTEMPTS: usize = 6;

/// What EventBridge hands over of SES, as far as it is read
/// (<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>).
#[derive(Deserialize)]
struct Event {
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Mail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    #[serde(default)]
    tags: Tags,
}

#[derive(Default, Deserialize)]
struct Tags {
    #[serde(default)]
    mail: Vec<String>,
}

/// What the event was good for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Handled {
    /// The record says so now.
    Written,
    /// It said as much, or more, already.
    Known,
    /// No record is meant.
    Ignored,
}

fn start(environment: &Environment) -> Result<Handler, StartError> {
    let store = Store::new(environment.sdk(), environment.setting("TABLE_NAME")?);
    Ok(serve_events(FUNCTION.name, store, handle_mail_event))
}

async fn handle_mail_event(store: Arc<Store>, invocation: Invocation) -> Result<Handled, Problem> {
    let Event { detail } = invocation.parse()?;
    let Some((event, message_id)) = meaning(&detail) else {
        tracing::info!(
            kind = detail.event_type,
            "an event that says nothing about a mail's way"
        );
        return Ok(Handled::Ignored);
    };
    let id = detail.mail.tags.mail.into_iter().next().map(MailId::try_from);
    let Some(Ok(id)) = id else {
        tracing::info!(message_id = %message_id, "an event of a mail without a record");
        return Ok(Handled::Ignored);
    };
    for _ in 0..ATTEMPTS {
        let Some(record) = store.mail(&id).await? else {
            tracing::warn!(mail = %id, "an event of a mail that is not there");
            return Ok(Handled::Ignored);
        };
        if record.message_id.as_ref().is_some_and(|known| *known != message_id) {
            // An alarm counts these: one of the two attempts must have been sent by a person's order.
            tracing::error!(mail = %id, "two message ids for one mail");
        }
        let Some(settled) = record.told(event, &message_id, invocation.received_at) else {
            return Ok(Handled::Known);
        };
        if store.mark_mail(&record, &settled).await? == MailMark::Written {
            return Ok(Handled::Written);
        }
    }
    Err(Problem::contended())
}

fn meaning(detail: &Detail) -> Option<(MailEvent, SingleLine)> {
    let event = match detail.event_type.as_str() {
        "Send" => MailEvent::Sent,
        "Delivery" | "Complaint" => MailEvent::Delivered,
        "Bounce" => MailEvent::Bounced,
        "Reject" => MailEvent::Rejected,
        _ => return None,
    };
    Some((event, SingleLine::parse(&detail.mail.message_id).ok()?))
}
