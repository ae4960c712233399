//! Carrying out a decision on an application, and its answer, given now or again.

use domain::{Act, Case, Decision, Interview, MailState, ReleasedActivity, Salt, Version};
use http::StatusCode;
use lambda::{Action, Backend, Committed, Done, PortalRequest, Problem, Reply, Writes, random};
use serde::Serialize;
use serde_json::value::RawValue;
use store::OrderedMail;

use crate::{
    api::{ApplicationView, HistoryEntryView},
    delivery,
    desk::Desk,
    interview_mails::InterviewMails,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Acted {
    application: Box<RawValue>,
    history_entry: HistoryEntryView,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery>,
}

#[derive(Serialize)]
struct Delivery {
    state: MailState,
}

/// The salt of a new history entry.
pub fn salt() -> Result<Salt, Problem> {
    Ok(Salt::from_random(random()?))
}

/// The application after the decision, in the words of the answer.
fn application(case: &Case, decision: &Decision) -> Result<String, Problem> {
    let view = ApplicationView::new(case.caller().user(), &decision.application, case.job(), case.workflow());
    Ok(serde_json::to_string(&view)?)
}

/// A decision on an application, about to be carried out.
pub struct Undertaking<'a> {
    /// Where.
    pub desk: &'a Desk,
    /// What was asked for.
    pub action: &'a Action,
    /// The request.
    pub request: &'a PortalRequest,
    /// The application and who acts.
    pub case: &'a Case,
}

impl Undertaking<'_> {
    /// Decides, writes it all at once, sends, answers. `mail` writes the decision's own mail, if it has one; those
    /// that cancel the coming interviews of somebody who is turned down follow.
    pub async fn carry_out(
        &self,
        activity: ReleasedActivity<'_>,
        act: Act,
        mail: impl FnOnce(&Decision) -> Result<Option<OrderedMail>, Problem>,
    ) -> Result<Reply, Problem> {
        let Self {
            desk, request, case, ..
        } = self;
        let now = request.received_at();
        let coming = desk.backend.store.interviews(&activity.interviews_it_ends(now)).await?;
        let decision = activity.decide(act, &coming, now, salt()?)?;
        let mut mails: Vec<_> = mail(&decision)?.into_iter().collect();
        let writer = InterviewMails {
            sender: case.caller().user(),
            job: case.job(),
            post: &desk.post,
            request,
        };
        let interviews = writer.end(&coming, &decision, &mut mails)?;
        self.finish(&decision, &interviews, &mails).await
    }

    /// Writes what was decided, sends the mails, answers.
    pub async fn finish(
        &self,
        decision: &Decision,
        interviews: &[Interview],
        mails: &[OrderedMail],
    ) -> Result<Reply, Problem> {
        let Self {
            desk,
            action,
            request,
            case,
        } = self;
        let answered = application(case, decision)?;
        let writes = Writes {
            decision,
            interviews,
            mails,
            answered,
        };
        match action.commit(&desk.backend, case, writes).await? {
            Committed::Now => {}
            Committed::Before(done) => return again(&desk.backend, &done).await,
        }
        let state = desk.post.send_now(&desk.backend.store, mails, request).await;
        now(case, decision, state)
    }
}

/// The first answer; `delivery` is where the mails are, if there are any.
fn now(case: &Case, decision: &Decision, delivery: Option<MailState>) -> Result<Reply, Problem> {
    let entry = HistoryEntryView::new(case.caller().user(), &decision.entry, &[])?;
    reply(
        application(case, decision)?,
        entry,
        delivery,
        decision.application.version,
    )
}

/// The first answer, once more.
pub async fn again(backend: &Backend, done: &Done) -> Result<Reply, Problem> {
    let command = &done.command;
    let recorded = backend
        .store
        .history_entry(&command.application_id, command.sequence)
        .await?;
    let recorded =
        recorded.ok_or_else(|| Problem::Unavailable("a command's history entry cannot be read yet".into()))?;
    let entry = HistoryEntryView::new(done.caller.user(), &recorded.entry, &[])?;
    let delivery = delivery::overall(recorded.mails.iter().map(|mail| mail.answered.unwrap_or(mail.state)));
    reply(command.answered.clone(), entry, delivery, Version(command.sequence))
}

/// 200, or 202 while a mail has not been accepted.
fn reply(
    application: String,
    history_entry: HistoryEntryView,
    delivery: Option<MailState>,
    version: Version,
) -> Result<Reply, Problem> {
    let status = match delivery {
        None | Some(MailState::Accepted | MailState::Delivered) => StatusCode::OK,
        Some(_) => StatusCode::ACCEPTED,
    };
    let delivery = delivery.map(|state| Delivery { state });
    let acted = Acted {
        application: RawValue::from_string(application)?,
        history_entry,
        delivery,
    };
    Ok(Reply::json(&acted)?.status(status).etag(version))
}
