//! Invoked each minute: sends mails that SES refused for a passing cause, and says of those that nobody knows about that
//! nobody knows. It never sends again what may have been sent.

use std::{sync::Arc, time::Duration};

use domain::{MailRecord, MailState, SendingRate, Sweep};
use jiff::Timestamp;
use lambda::{Environment, Function, Handler, Invocation, Problem, StartError, serve_events};
use serde::Serialize;
use store::{MailMark, OPEN_MAIL_SHARDS, OrderedMail};
use tokio::time::Instant;

use crate::desk::Desk;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "sweep",
    start: |environment| Box::pin(start(environment)),
};

/// How many mails of a shard one invocation looks at.
const AT_MOST: u16 = 200;
/// It ends before Lambda ends it, so that no mail is left in the middle of an attempt.
const LONGEST: Duration = Duration::from_secs(40);

struct Sweeper {
    desk: Desk,
    /// How many mails a second SES may be sent.
    mails_per_second: f64,
}

/// What one invocation did.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Swept {
    /// Sent, or tried to.
    tried: usize,
    /// Given up: refused for too long.
    failed: usize,
    /// Nobody knows whether SES took them.
    unclear: usize,
    /// Since when the one waits that has waited longest for SES to take it.
    oldest_pending_seconds: i64,
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    let sweeper = Sweeper {
        mails_per_second: environment.parsed("MAILS_PER_SECOND", str::parse)?,
        desk: Desk::start(&environment).await?,
    };
    Ok(serve_events(FUNCTION.name, sweeper, sweep))
}

async fn sweep(sweeper: Arc<Sweeper>, invocation: Invocation) -> Result<Swept, Problem> {
    let mut swept = Swept::default();
    let done = sweep_open_mails(&sweeper, &invocation, &mut swept).await;
    // The template's metrics are made of this line; alarms watch them, and also that it comes each minute.
    tracing::info!(
        tried = swept.tried,
        failed = swept.failed,
        unclear = swept.unclear,
        oldest_pending_seconds = swept.oldest_pending_seconds,
        "swept"
    );
    done.map(|()| swept)
}

async fn sweep_open_mails(sweeper: &Sweeper, invocation: &Invocation, swept: &mut Swept) -> Result<(), Problem> {
    let store = &sweeper.desk.backend.store;
    let started = Instant::now();
    let now = || {
        let elapsed = jiff::SignedDuration::try_from(started.elapsed()).unwrap_or_default();
        invocation.received_at + elapsed
    };
    let mut rate = SendingRate::new(sweeper.mails_per_second, now());
    for shard in 0..OPEN_MAIL_SHARDS {
        for id in store.open_mails(shard, invocation.received_at, AT_MOST).await? {
            if started.elapsed() > LONGEST {
                return Ok(());
            }
            let Some(record) = store.mail(&id).await? else { continue };
            if record.state == MailState::Pending {
                let waiting = now().duration_since(record.ordered_at).as_secs();
                swept.oldest_pending_seconds = swept.oldest_pending_seconds.max(waiting);
                tokio::time::sleep(rate.take(now(), fastrand::f64())).await;
            }
            match record.sweep(&invocation.id, now()) {
                Sweep::Wait => {}
                Sweep::Settle(settled) => {
                    if store.mark_mail(&record, &settled).await? == MailMark::Written {
                        tracing::warn!(mail = %id, state = ?settled.state, "a mail was settled by the sweep");
                        match settled.state {
                            MailState::Failed => swept.failed += 1,
                            _ => swept.unclear += 1,
                        }
                    }
                }
                Sweep::Try(claimed) => {
                    swept.tried += usize::from(try_again(sweeper, &record, claimed, &now).await?);
                }
            }
        }
    }
    Ok(())
}

/// Claims the mail and sends the bytes that were ordered, once. False if somebody else was first.
async fn try_again(
    sweeper: &Sweeper,
    record: &MailRecord,
    claimed: MailRecord,
    now: &impl Fn() -> Timestamp,
) -> Result<bool, Problem> {
    let Desk { backend, post } = &sweeper.desk;
    let Some(mime) = backend.store.mail_bytes(&record.id).await? else {
        tracing::error!(mail = %record.id, "the bytes of an open mail are gone");
        return Ok(false);
    };
    if backend.store.mark_mail(record, &claimed).await? != MailMark::Written {
        return Ok(false);
    }
    let ordered = OrderedMail { record: claimed, mime };
    post.attempt(&backend.store, &ordered, now).await;
    Ok(true)
}
