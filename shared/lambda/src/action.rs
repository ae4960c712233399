//! What all actions on an application share: who asks, for what, in which version, and whether it was done already.

use domain::{ActivityId, ApplicationId, Caller, Case, Decision, Interview, InterviewId, SessionClaims};
use jiff::Timestamp;
use store::{CaseKeys, Command, Commit, CommitError, NewCommand, OrderedMail, PersonCalendar};

use crate::{Backend, IdempotencyKey, PortalRequest, Precondition, Problem};

/// An action on an application, from the request to the written decision.
#[derive(Debug)]
pub struct Action {
    claims: SessionClaims,
    key: IdempotencyKey,
    precondition: Precondition,
    fingerprint: String,
    /// The application it is about.
    pub application_id: ApplicationId,
    /// The activity to carry out.
    pub activity_id: ActivityId,
}

/// Where an action stands once everything is loaded.
#[derive(Debug)]
pub enum Loaded {
    /// It is new: the case to decide, and the interview the request names, if it is there.
    New(Box<Case>, Option<Box<Interview>>),
    /// It was done already: answer as then.
    Done(Box<Done>),
}

/// What became of the attempt to write.
#[derive(Debug)]
pub enum Committed {
    /// It is written.
    Now,
    /// The same command was written by another request meanwhile: answer as that one does.
    Before(Box<Done>),
    /// Nothing is written: an interview, or what else the applicant has to come, changed meanwhile. Decide again.
    Overtaken,
}

/// What an action writes.
#[derive(Debug)]
pub struct Writes<'a> {
    /// The application and its history entry.
    pub decision: &'a Decision,
    /// The interviews as they are to be.
    pub interviews: &'a [Interview],
    /// The applicant's calendar as it was, if they get an appointment.
    pub calendars: &'a [PersonCalendar],
    /// The mails.
    pub mails: &'a [OrderedMail],
    /// The application and the interview as they are answered, in JSON.
    pub answered: String,
}

/// A command that was carried out before.
#[derive(Debug)]
pub struct Done {
    /// Who asked, then and now.
    pub caller: Caller,
    /// What it did.
    pub command: Command,
}

impl Action {
    /// Authenticates, and parses what all actions have in common.
    pub async fn parse(backend: &Backend, request: &PortalRequest) -> Result<Self, Problem> {
        Ok(Self {
            claims: backend.authenticate(request).await?,
            key: request.idempotency_key()?,
            precondition: request.precondition()?,
            fingerprint: request.fingerprint(),
            application_id: request.path("applicationId")?,
            activity_id: request.path("activityId")?,
        })
    }

    /// Loads everything in one read call. A command done before comes first: its caller knows only the version
    /// from before.
    pub async fn load(
        &self,
        backend: &Backend,
        request: &PortalRequest,
        interview: Option<&InterviewId>,
    ) -> Result<Loaded, Problem> {
        let now = request.received_at();
        let keys = CaseKeys {
            user: &self.claims.user_id,
            application: &self.application_id,
            activity: Some(&self.activity_id),
            command: Some(self.key.as_str()),
            interview,
        };
        let loaded = backend.store.load_case(keys, now).await?;
        let caller = Backend::admit(&self.claims, loaded.user)?;
        let visible = Case::is_visible(&caller, loaded.application.as_ref(), loaded.job.as_ref());
        if let Some(command) = loaded.command {
            return self
                .done(&caller, command, visible)
                .map(|done| Loaded::Done(Box::new(done)));
        }
        let case = backend
            .case(caller, loaded.application, loaded.job, loaded.workflow)
            .await?;
        if self.precondition.holds_for(case.application().version) {
            return Ok(Loaded::New(Box::new(case), loaded.interview.map(Box::new)));
        }
        // A batch is no snapshot: the application may have been read after this very command changed it, and the
        // command before.
        match self.done_meanwhile(backend, case.caller(), now).await? {
            Some(done) => Ok(Loaded::Done(Box::new(done))),
            None => Err(Problem::application_changed(Some(case.application()), case.caller())),
        }
    }

    /// Whether the same command was done by another request since everything was loaded.
    pub async fn done_meanwhile(
        &self,
        backend: &Backend,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Option<Done>, Problem> {
        let command = backend.store.command(&caller.user().id, self.key.as_str(), now).await?;
        command.map(|command| self.done(caller, command, true)).transpose()
    }

    /// Writes the decision with all that belongs to it as one transaction, and the command with what is answered.
    pub async fn commit(&self, backend: &Backend, case: &Case, writes: Writes<'_>) -> Result<Committed, Problem> {
        let command = Command {
            fingerprint: self.fingerprint.clone(),
            application_id: self.application_id.clone(),
            sequence: writes.decision.entry.sequence,
            other_entries: Vec::new(),
            answered: writes.answered,
        };
        let user_id = case.caller().user().id.clone();
        let commit = Commit {
            decisions: std::slice::from_ref(writes.decision),
            interviews: writes.interviews,
            calendars: writes.calendars,
            command: Some(NewCommand {
                user_id,
                key: self.key.as_str().to_owned(),
                command,
            }),
            mails: writes.mails,
            now: writes.decision.entry.at,
        };
        match backend.store.commit(&commit).await {
            Ok(()) => Ok(Committed::Now),
            Err(CommitError::CommandDone(command)) => {
                Ok(Committed::Before(Box::new(self.done(case.caller(), *command, true)?)))
            }
            Err(CommitError::InterviewChanged(_) | CommitError::CalendarChanged) => Ok(Committed::Overtaken),
            Err(error) => Err(Problem::from_commit(error, case.caller())),
        }
    }

    /// Who can no longer see the application is not told again what they did to it.
    fn done(&self, caller: &Caller, command: Command, visible: bool) -> Result<Done, Problem> {
        if !visible {
            return Err(Problem::NotFound);
        }
        if command.fingerprint == self.fingerprint {
            Ok(Done {
                caller: caller.clone(),
                command,
            })
        } else {
            Err(Problem::IdempotencyKeyReused)
        }
    }
}
