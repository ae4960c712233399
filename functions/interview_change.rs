//! What changing an interview takes: joining it, and what moving and cancelling it have in common.

use domain::{Caller, ChangedInterview, Decision, Interview, InterviewId, Job, NotBookable, Version, Workflow};
use http::StatusCode;
use lambda::{Backend, IdempotencyKey, PortalRequest, Precondition, Problem, Reply};
use serde::Serialize;
use serde_json::value::RawValue;
use store::{Command, Commit, CommitError, NewCommand, OrderedMail, PersonCalendar};
use utoipa::ToSchema;

use crate::{
    acted::{self, Delivery},
    api::InterviewView,
    delivery::{self, Post},
    interview_mails::{InterviewMails, News},
};

/// The interview that the application is to join, with the colleagues as they are now.
pub async fn to_be_joined(
    backend: &Backend,
    application: &domain::Application,
    interview: Option<Interview>,
) -> Result<Interview, Problem> {
    // Nothing more is read for another job's, so that it takes no longer than one that is not there.
    let interview = interview.filter(|interview| interview.is_for(application));
    let interview = interview.ok_or(NotBookable::Absent)?;
    let colleagues = interview.colleagues.iter().map(|colleague| colleague.user_id.clone());
    let users = backend.store.users(&colleagues.collect::<Vec<_>>()).await?;
    Ok(interview.with_present_colleagues(&users))
}

/// A change of an interview, from the request to the written decisions.
pub struct InterviewAct {
    key: IdempotencyKey,
    fingerprint: String,
}

/// Where a change stands once everything is loaded.
pub enum LoadedAct {
    /// It is new.
    New(Box<Subject>),
    /// It was done already: what is answered again.
    Done(Reply),
}

/// The interview and who may change it.
pub struct Subject {
    /// Who asks.
    pub caller: Caller,
    /// The interview, still to come.
    pub interview: Interview,
    /// Its job.
    pub job: Job,
    /// The job's workflow.
    pub workflow: Workflow,
    /// The applications that take part.
    pub applications: Vec<domain::Application>,
}

/// What is to be written.
#[derive(Default)]
pub struct Change {
    /// The applications and their history entries.
    pub decisions: Vec<Decision>,
    /// The calendars of the applicants whose appointment is moved, as they were.
    pub calendars: Vec<PersonCalendar>,
    /// The mails.
    pub mails: Vec<OrderedMail>,
}

/// A changed interview.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    /// As it is now.
    #[schema(value_type = InterviewView)]
    interview: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery>,
}

impl InterviewAct {
    /// Authenticates, parses the headers, loads, and checks that the caller may change this version.
    pub async fn load(backend: &Backend, request: &PortalRequest) -> Result<(Self, LoadedAct), Problem> {
        let claims = backend.authenticate(request).await?;
        let act = Self {
            key: request.idempotency_key()?,
            fingerprint: request.fingerprint(),
        };
        let precondition: Precondition = request.precondition()?;
        let id: InterviewId = request.path("interviewId")?;
        let now = request.received_at();

        let loaded = backend
            .store
            .load_interview(&claims.user_id, &id, act.key.as_str(), now)
            .await?;
        let caller = Backend::admit(&claims, loaded.user)?;
        let (Some(interview), Some(job)) = (loaded.interview, loaded.job) else {
            return Err(Problem::NotFound);
        };
        if !caller.user().may_see(&interview.customer_id) {
            return Err(Problem::NotFound);
        }
        if let Some(command) = loaded.command {
            let reply = act.again(backend, command).await?;
            return Ok((act, LoadedAct::Done(reply)));
        }
        if !precondition.holds_for(interview.version) {
            return match backend.store.command(&caller.user().id, act.key.as_str(), now).await? {
                Some(command) => {
                    let reply = act.again(backend, command).await?;
                    Ok((act, LoadedAct::Done(reply)))
                }
                None => Err(Problem::interview_changed(Some(&interview), &caller)),
            };
        }
        let participants = backend.store.load_participants(&interview, &job.workflow_id).await?;
        let workflow = participants.workflow.ok_or(Problem::NotFound)?;
        if !job.may_arrange_interviews(caller.user(), &workflow) {
            return Err(Problem::ActivityNotReleased);
        }
        if !interview.is_coming(now) {
            return Err(Problem::invalid("", "the appointment has begun or was cancelled"));
        }
        Ok((
            act,
            LoadedAct::New(Box::new(Subject {
                caller,
                interview: interview.with_present_colleagues(&participants.users),
                job,
                workflow,
                applications: participants.applications,
            })),
        ))
    }

    /// Writes it all as one transaction, sends the mails, answers. None: one of the applications, or what else an
    /// applicant has to come, changed meanwhile; it is to be loaded and decided again.
    pub async fn commit(
        &self,
        backend: &Backend,
        post: &Post,
        subject: &Subject,
        after: &Interview,
        change: &Change,
        request: &PortalRequest,
    ) -> Result<Option<Reply>, Problem> {
        let first = change
            .decisions
            .first()
            .ok_or_else(|| Problem::Internal("nobody takes part".into()))?;
        let answered = serde_json::to_string(&InterviewView::new(subject.caller.user(), after))?;
        let command = Command {
            fingerprint: self.fingerprint.clone(),
            application_id: first.application.id.clone(),
            sequence: first.entry.sequence,
            other_entries: change.decisions.iter().skip(1).map(entry_of).collect(),
            answered: answered.clone(),
        };
        let user_id = subject.caller.user().id.clone();
        let commit = Commit {
            decisions: &change.decisions,
            interviews: std::slice::from_ref(after),
            calendars: &change.calendars,
            command: Some(NewCommand {
                user_id,
                key: self.key.as_str().to_owned(),
                command,
            }),
            mails: &change.mails,
            now: first.entry.at,
        };
        match backend.store.commit(&commit).await {
            Ok(()) => {}
            Err(CommitError::CommandDone(command)) => return self.again(backend, *command).await.map(Some),
            Err(CommitError::Changed(_) | CommitError::CalendarChanged) => return Ok(None),
            Err(error) => return Err(Problem::from_commit(error, &subject.caller)),
        }
        let state = post.send_now(&backend.store, &change.mails, request).await;
        reply(answered, state, after.version).map(Some)
    }

    async fn again(&self, backend: &Backend, command: Command) -> Result<Reply, Problem> {
        if command.fingerprint != self.fingerprint {
            return Err(Problem::IdempotencyKeyReused);
        }
        let first = (command.application_id, command.sequence);
        let mut states = Vec::new();
        for (application, sequence) in [first].iter().chain(&command.other_entries) {
            let recorded = backend.store.history_entry(application, *sequence).await?;
            let recorded =
                recorded.ok_or_else(|| Problem::Unavailable("a command's history entry cannot be read yet".into()))?;
            states.extend(recorded.mails.iter().map(|mail| mail.answered.unwrap_or(mail.state)));
        }
        let state = delivery::overall(states);
        let version = version_of(&command.answered)?;
        reply(command.answered, state, version)
    }
}

impl Subject {
    /// One history entry for each of these applications, and a mail to each of their applicants who was invited;
    /// then one to each colleague who is to be told.
    pub fn change(
        &self,
        news: News,
        after: &Interview,
        applications: &[&domain::Application],
        tell_colleagues: bool,
        post: &Post,
        request: &PortalRequest,
    ) -> Result<Change, Problem> {
        let at = request.received_at();
        let writer = InterviewMails {
            sender: self.caller.user(),
            job: &self.job,
            post,
            request,
        };
        let mut change = Change::default();
        for application in applications {
            let changed = ChangedInterview {
                before: &self.interview,
                after: (news == News::Moved).then_some(after),
            };
            let letter = writer.letter(news, &self.interview, after, application)?;
            let decision = Decision::interview_changed(
                &self.caller,
                application,
                &self.workflow,
                changed,
                letter.clone(),
                at,
                acted::salt()?,
            )?;
            if let Some(letter) = letter {
                change
                    .mails
                    .push(writer.to_applicant(news, after, &decision, &letter, 1)?);
            }
            change.decisions.push(decision);
        }
        if tell_colleagues && let Some(first) = change.decisions.first() {
            // The colleagues' mails belong to the first entry, and follow its own.
            let own = change.mails.iter().filter(|mail| first.orders(&mail.record.id)).count();
            for (colleague, number) in after.colleagues.iter().zip(u8::try_from(own + 1).unwrap_or(u8::MAX)..) {
                change
                    .mails
                    .push(writer.to_colleague(news, after, first, colleague, number)?);
            }
        }
        Ok(change)
    }
}

fn entry_of(decision: &Decision) -> (domain::ApplicationId, u64) {
    (decision.application.id.clone(), decision.entry.sequence)
}

fn reply(interview: String, state: Option<domain::MailState>, version: Version) -> Result<Reply, Problem> {
    let status = match state {
        None | Some(domain::MailState::Accepted | domain::MailState::Delivered) => StatusCode::OK,
        Some(_) => StatusCode::ACCEPTED,
    };
    let delivery = state.map(|state| Delivery { state });
    let changed = Changed {
        interview: RawValue::from_string(interview)?,
        delivery,
    };
    Ok(Reply::json(&changed)?.status(status).etag(version))
}

fn version_of(interview: &str) -> Result<Version, Problem> {
    let interview: serde_json::Value = serde_json::from_str(interview)?;
    let version = interview["version"].as_str().and_then(|version| version.parse().ok());
    version
        .map(Version)
        .ok_or_else(|| Problem::Internal("an answer without a version was kept".into()))
}
