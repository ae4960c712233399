//! Carrying out a decision on an application, and its answer, given now or again.

use domain::{Act, Case, Decision, EndedInterview, Interview, MailState, ReleasedActivity, Salt, Version};
use http::StatusCode;
use lambda::{Action, Backend, Committed, Done, PortalRequest, Problem, Reply, Writes, random};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{OrderedMail, PersonCalendar};
use utoipa::ToSchema;

use crate::{
    api::{ApplicationView, HistoryEntryView, InterviewView},
    delivery,
    desk::Desk,
    interview_mails::{InterviewMails, News},
};

/// What is kept of an answer, so that it can be given again.
#[derive(Serialize, Deserialize)]
struct Answered {
    application: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interview: Option<Box<RawValue>>,
}

/// What was done.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Acted {
    /// The application afterwards.
    #[schema(value_type = ApplicationView)]
    application: Box<RawValue>,
    /// The interview it takes part in now, if that is what was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<InterviewView>)]
    interview: Option<Box<RawValue>>,
    history_entry: HistoryEntryView,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery>,
}

/// Where the mails are, all in all.
#[derive(Serialize, ToSchema)]
pub struct Delivery {
    /// Where the one is that needs most care; accepted if all are.
    pub state: MailState,
}

/// The salt of a new history entry.
pub fn salt() -> Result<Salt, Problem> {
    Ok(Salt::from_random(random()?))
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

/// What is to be written besides the decision itself.
#[derive(Default)]
pub struct Consequences {
    /// The interviews as they are to be.
    pub interviews: Vec<Interview>,
    /// The applicant's calendar as it was, if they get an appointment.
    pub calendars: Vec<PersonCalendar>,
    /// The mails.
    pub mails: Vec<OrderedMail>,
    /// The interview the answer shows.
    pub shown: Option<InterviewView>,
}

/// How often something is decided again that others overtook.
pub const DECISIONS: usize = 12;

impl Undertaking<'_> {
    /// Decides, writes it all at once, sends, answers. `mail` writes the decision's own mail, if it has one; those
    /// that cancel the coming interviews of somebody who is turned down follow.
    pub async fn carry_out(
        &self,
        activity: ReleasedActivity<'_>,
        act: Act,
        mail: impl Fn(&Decision) -> Result<Option<OrderedMail>, Problem>,
    ) -> Result<Reply, Problem> {
        let now = self.request.received_at();
        for _ in 0..DECISIONS {
            let writer = self.interview_mails();
            let ended = self.ended(&writer, activity).await?;
            let decision = activity.decide(act.clone(), &ended, now, salt()?)?;
            let mut consequences = Consequences {
                mails: mail(&decision)?.into_iter().collect(),
                ..Consequences::default()
            };
            consequences.interviews = writer.end(&ended, &decision, &mut consequences.mails)?;
            if let Some(reply) = self.finish(&decision, consequences).await? {
                return Ok(reply);
            }
        }
        Err(Problem::contended())
    }

    /// Who writes the mails about interviews.
    pub fn interview_mails(&self) -> InterviewMails<'_> {
        InterviewMails {
            sender: self.case.caller().user(),
            job: self.case.job(),
            post: &self.desk.post,
            request: self.request,
        }
    }

    /// The coming interviews that the activity ends, and what the applicant is told of each.
    async fn ended(
        &self,
        writer: &InterviewMails<'_>,
        activity: ReleasedActivity<'_>,
    ) -> Result<Vec<EndedInterview>, Problem> {
        let (store, now) = (&self.desk.backend.store, self.request.received_at());
        let (caller, application) = (self.case.caller(), self.case.application());
        let coming = store.interviews(&activity.interviews_it_ends(now)).await?;
        let colleagues: Vec<_> = coming
            .iter()
            .flat_map(|interview| &interview.colleagues)
            .map(|colleague| colleague.user_id.clone())
            .collect();
        let users = store.users(&colleagues).await?;
        let end = |before: Interview| {
            let before = before.with_present_colleagues(&users);
            let after = before.without(&application.id, caller, now);
            let letter = writer.letter(News::Cancelled, &before, &after, application)?;
            Ok(EndedInterview { before, after, letter })
        };
        coming.into_iter().map(end).collect()
    }

    /// Writes what was decided, sends the mails, answers. None: it was overtaken and is to be decided again.
    pub async fn finish(&self, decision: &Decision, consequences: Consequences) -> Result<Option<Reply>, Problem> {
        let Self {
            desk,
            action,
            request,
            case,
        } = self;
        let Consequences {
            interviews,
            calendars,
            mails,
            shown,
        } = consequences;
        let user = case.caller().user();
        let application = ApplicationView::new(user, &decision.application, case.job(), case.workflow());
        let answered = Answered {
            application: serde_json::value::to_raw_value(&application)?,
            interview: shown
                .map(|interview| serde_json::value::to_raw_value(&interview))
                .transpose()?,
        };
        let writes = Writes {
            decision,
            interviews: &interviews,
            calendars: &calendars,
            mails: &mails,
            answered: serde_json::to_string(&answered)?,
        };
        match action.commit(&desk.backend, case, writes).await? {
            Committed::Now => {}
            Committed::Before(done) => return again(&desk.backend, &done).await.map(Some),
            Committed::Overtaken => return Ok(None),
        }
        let state = desk.post.send_now(&desk.backend.store, &mails, request).await;
        let entry = HistoryEntryView::new(user, &decision.entry, &[], false)?;
        reply(answered, entry, state, decision.application.version).map(Some)
    }
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
    let entry = HistoryEntryView::new(done.caller.user(), &recorded.entry, &[], false)?;
    let delivery = delivery::overall(recorded.mails.iter().map(|mail| mail.answered.unwrap_or(mail.state)));
    reply(
        serde_json::from_str(&command.answered)?,
        entry,
        delivery,
        Version(command.sequence),
    )
}

/// 200, or 202 while a mail has not been accepted.
fn reply(
    Answered { application, interview }: Answered,
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
        application,
        interview,
        history_entry,
        delivery,
    };
    Ok(Reply::json(&acted)?.status(status).etag(version))
}
