//! The answer of every action on an application, given now or again.

use domain::{Case, Decision, Interview, MailState, Salt, Version};
use http::StatusCode;
use lambda::{Backend, Done, PortalRequest, Problem, Reply, random};
use serde::Serialize;
use serde_json::value::RawValue;

use store::OrderedMail;

use crate::{
    api::{ApplicationView, HistoryEntryView},
    delivery::{self, Post},
    interview_mails::{self, InterviewMails},
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
pub fn application(case: &Case, decision: &Decision) -> Result<String, Problem> {
    let view = ApplicationView::new(case.caller().user(), &decision.application, case.job(), case.workflow());
    Ok(serde_json::to_string(&view)?)
}

/// What the decision does to coming interviews: they are written without the application, and the mails that say so
/// join those of the decision. A call that reached nobody ends nothing.
pub fn end_interviews(
    case: &Case,
    coming: &[Interview],
    decision: &Decision,
    post: &Post,
    request: &PortalRequest,
    mails: &mut Vec<OrderedMail>,
) -> Result<Vec<Interview>, Problem> {
    let ends = |interview: &&Interview| {
        decision
            .application
            .bookings
            .iter()
            .all(|booking| booking.interview_id != interview.id)
    };
    let ended: Vec<_> = coming.iter().filter(ends).cloned().collect();
    let writer = InterviewMails {
        sender: case.caller().user(),
        job: case.job(),
        post,
        request,
    };
    let number = u8::try_from(mails.len() + 1).unwrap_or(u8::MAX);
    let (interviews, more) = interview_mails::endings(&writer, case.application(), &ended, decision, number)?;
    mails.extend(more);
    Ok(interviews)
}

/// The first answer; `delivery` is where the applicant's mail is, if there is one.
pub fn now(case: &Case, decision: &Decision, delivery: Option<MailState>) -> Result<Reply, Problem> {
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
