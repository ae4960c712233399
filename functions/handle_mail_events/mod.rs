//! Invoked by EventBridge for each event of SES: what became of a mail.
//!
//! Events come late, twice, in any order, or not at all; each is held against the mail's record, which only ever goes
//! forward.

pub mod event;

use std::sync::Arc;

use lambda::{Environment, Function, Handler, Invocation, Problem, StartError, serve_events};
use serde::Serialize;
use store::{MailMark, Store};

use event::Event;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "handle-mail-events",
    start: |environment| Box::pin(std::future::ready(start(&environment))),
};

/// Somebody else may write the record at the same time; then it is read again.
const ATTEMPTS: usize = 6;

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
    let Some((id, told)) = invocation.parse::<Event>()?.told() else {
        return Ok(Handled::Ignored);
    };
    for _ in 0..ATTEMPTS {
        let Some(record) = store.mail(&id).await? else {
            tracing::warn!(mail = %id, "an event of a mail that is not there");
            return Ok(Handled::Ignored);
        };
        if record
            .message_id
            .as_ref()
            .is_some_and(|known| *known != told.message_id)
        {
            // An alarm counts these: one of the two attempts must have been sent by a person's order.
            tracing::error!(mail = %id, "two message ids for one mail");
        }
        let Some(settled) = record.told(&told, invocation.received_at) else {
            return Ok(Handled::Known);
        };
        if store.mark_mail(&record, &settled).await? == MailMark::Written {
            return Ok(Handled::Written);
        }
    }
    Err(Problem::contended())
}
