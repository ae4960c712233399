//! One user before one application: what they see of it, what they may do, and what becomes of it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    Activity, ActivityId, Actor, Application, Booking, Caller, Channel, ComposedEmail, EmailAddress, HistoryChannel,
    HistoryContent, HistoryEntry, Interview, InterviewChange, InterviewId, Job, LastChange, MailId, PhoneCall,
    PhoneCallOutcome, RecordedActivity, RecordedEmail, RecordedInterview, RecordedStatus, Role, Salt, Status,
    StatusGroup, StatusId, TemplateReference, Version, Workflow, history::NewEntry,
};

/// An application that exists for the caller, with all that bears on what they may do.
#[derive(Debug, Clone)]
pub struct Case {
    caller: Caller,
    application: Application,
    job: Job,
    workflow: Workflow,
}

/// The activity cannot be carried out by this caller, now, through this channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActivityNotAvailable {
    /// The workflow has no such activity. Said to recruiters only; to a contact it is not released.
    #[error("the workflow has no such activity")]
    Unknown,
    /// Not released to the contact, through this channel, or they are not named on the job.
    #[error("the activity is not released")]
    NotReleased,
    /// It does not start from the application's status.
    #[error("the activity does not start from the application's status")]
    WrongStatus,
}

/// An activity the caller may carry out through a channel. Only [`Case::released`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct ReleasedActivity<'a> {
    case: &'a Case,
    activity: &'a Activity,
    from: &'a Status,
    target: &'a Status,
    channel: Channel,
}

/// What is done.
#[derive(Debug, Clone)]
pub enum Act {
    /// A mail to the applicant's address.
    Email {
        /// The address.
        to: EmailAddress,
        /// What the caller wrote.
        email: ComposedEmail,
    },
    /// A call.
    PhoneCall(PhoneCall),
    /// Nothing but the status.
    StatusOnly,
    /// An appointment.
    Interview {
        /// Made, or joined.
        change: InterviewChange,
        /// What the application keeps of it.
        booking: Booking,
        /// The invitation to the applicant, if they are sent one.
        invitation: Option<(EmailAddress, ComposedEmail)>,
    },
}

/// What is to be written, as one transaction.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The application must still have this version.
    pub expected: Version,
    /// The application afterwards.
    pub application: Application,
    /// What the history says of it.
    pub entry: HistoryEntry,
    /// Where the applicant was reached before.
    pub address_before: Option<EmailAddress>,
}

/// A coming interview that a rejection ends for the application.
#[derive(Debug, Clone)]
pub struct EndedInterview {
    /// As it was.
    pub before: Interview,
    /// Without the application.
    pub after: Interview,
    /// What the applicant is told, if they were invited.
    pub letter: Option<RecordedEmail>,
}

/// How an interview changes for the applications that take part.
#[derive(Debug, Clone, Copy)]
pub struct ChangedInterview<'a> {
    /// As it was.
    pub before: &'a Interview,
    /// As it is to be; none if the application takes part no more.
    pub after: Option<&'a Interview>,
}

impl Case {
    /// None if the application is not there, or not there for this caller: nobody must tell the two apart.
    pub fn open(
        caller: Caller,
        application: Option<Application>,
        job: Option<Job>,
        workflow: Option<Workflow>,
    ) -> Option<Self> {
        let (application, job, workflow) = (application?, job?, workflow?);
        let visible = Self::is_visible(&caller, Some(&application), Some(&job));
        (visible && job.workflow_id == workflow.id).then_some(Self {
            caller,
            application,
            job,
            workflow,
        })
    }

    /// Whether the application is there for the caller.
    pub fn is_visible(caller: &Caller, application: Option<&Application>, job: Option<&Job>) -> bool {
        let (Some(application), Some(job)) = (application, job) else {
            return false;
        };
        let user = caller.user();
        application.id.job_id() == job.id && user.may_see(&application.customer_id) && user.may_see(&job.customer_id)
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The application as it is.
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// Its job.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// Its workflow.
    pub fn workflow(&self) -> &Workflow {
        &self.workflow
    }

    /// The activities the caller may carry out now, with their channels.
    pub fn available_activities(&self) -> Vec<(&Activity, BTreeSet<Channel>)> {
        let jobs = std::slice::from_ref(&self.job);
        self.workflow
            .activities_in(&self.application.status, self.caller.user(), jobs)
    }

    /// The templates the caller may use for an activity, those in the applicant's language first.
    pub fn templates(&self, activity: &ActivityId) -> Vec<&TemplateReference> {
        let reader = self.application.applicant.language;
        self.workflow.templates_for(activity, self.caller.user(), reader)
    }

    /// The release check: the one way to an activity.
    pub fn released(&self, id: &ActivityId, channel: Channel) -> Result<ReleasedActivity<'_>, ActivityNotAvailable> {
        let recruiter = self.caller.user().role == Role::Recruiter;
        let not_released = || {
            if recruiter {
                ActivityNotAvailable::Unknown
            } else {
                ActivityNotAvailable::NotReleased
            }
        };
        let activity = self.workflow.activity(id).ok_or_else(not_released)?;
        let channels = self.workflow.channels(activity, self.caller.user(), &self.job);
        if !channels.contains(&channel) {
            return Err(ActivityNotAvailable::NotReleased);
        }
        if !activity.from_statuses.contains(&self.application.status) {
            return Err(ActivityNotAvailable::WrongStatus);
        }
        let from = self
            .workflow
            .status(&self.application.status)
            .ok_or(ActivityNotAvailable::WrongStatus)?;
        let target = self
            .workflow
            .status(&activity.target_status)
            .ok_or(ActivityNotAvailable::WrongStatus)?;
        Ok(ReleasedActivity {
            case: self,
            activity,
            from,
            target,
            channel,
        })
    }
}

impl ReleasedActivity<'_> {
    /// Whether it turns the applicant down, so that nobody is to meet them any more.
    pub fn ends_interviews(&self) -> bool {
        self.target.group == StatusGroup::Rejected
    }

    /// The coming interviews that carrying it out cancels for the application.
    pub fn interviews_it_ends(&self, now: Timestamp) -> Vec<InterviewId> {
        let bookings = self.case.application.bookings.iter().filter(|_| self.ends_interviews());
        let coming = bookings.filter(|booking| booking.appointment.starts_at > now);
        coming.map(|booking| booking.interview_id.clone()).collect()
    }

    /// What becomes of the application. A rejection also ends its coming interviews.
    /// Fails only if the content cannot be written as JSON, which it always can.
    pub fn decide(
        self,
        act: Act,
        ended: &[EndedInterview],
        at: Timestamp,
        salt: Salt,
    ) -> Result<Decision, serde_json::Error> {
        let Case {
            caller, application, ..
        } = self.case;
        let user = caller.user();
        // Nobody was told, so nothing is decided: the call is kept, the status stays.
        let stays = matches!(&act, Act::PhoneCall(call) if call.outcome == PhoneCallOutcome::NotReached);
        let to = if stays { self.from } else { self.target };
        let record = |(to, email): (EmailAddress, ComposedEmail)| RecordedEmail {
            to,
            subject: email.subject().clone(),
            body_html: email.body().clone(),
            signature_html: user.signature.clone(),
        };
        let mut bookings = application.bookings.clone();
        let mut interviews = Vec::new();
        if self.ends_interviews() && !stays {
            bookings.retain(|booking| {
                ended
                    .iter()
                    .all(|interview| interview.before.id != booking.interview_id)
            });
            interviews.extend(ended.iter().map(|ended| cancelled(&ended.before, ended.letter.clone())));
        }
        let (email, phone_call) = match act {
            Act::Email { to, email } => (Some(record((to, email))), None),
            Act::PhoneCall(call) => (None, Some(call)),
            Act::StatusOnly => (None, None),
            Act::Interview {
                change,
                booking,
                invitation,
            } => {
                let (interview_id, after) = (booking.interview_id.clone(), Some(booking.appointment.clone()));
                interviews.push(RecordedInterview {
                    interview_id,
                    change,
                    before: None,
                    after,
                    email: None,
                });
                bookings.push(booking);
                (invitation.map(record), None)
            }
        };
        let content = HistoryContent {
            actor_name: user.name.clone(),
            activity: Some(RecordedActivity {
                id: self.activity.id.clone(),
                name: self.activity.name.clone(),
            }),
            from_status: Some(recorded(self.from)),
            to_status: recorded(to),
            email,
            phone_call,
            import: None,
            interviews,
        };
        let entry = next_entry(caller, application, self.channel.into(), &content, at, salt)?;
        let status_since = if stays { application.status_since } else { at };
        let application = Application {
            status: to.id.clone(),
            status_group: to.group,
            status_since,
            version: Version(entry.sequence),
            history_head: entry.hash.clone(),
            last_change: LastChange::by(caller, at, entry.channel, Some(self.activity.name.clone())),
            bookings,
            updated_at: at,
            ..application.clone()
        };
        Ok(Decision {
            expected: self.case.application.version,
            address_before: application.applicant.email.clone(),
            application,
            entry,
        })
    }
}

impl Decision {
    /// Whether the mail was ordered by this decision.
    pub fn orders(&self, mail: &MailId) -> bool {
        mail.application_id == self.entry.application_id && mail.sequence == self.entry.sequence
    }

    /// What an application becomes when an interview it takes part in is moved, or cancelled for it.
    pub fn interview_changed(
        caller: &Caller,
        application: &Application,
        workflow: &Workflow,
        ChangedInterview { before, after }: ChangedInterview<'_>,
        letter: Option<RecordedEmail>,
        at: Timestamp,
        salt: Salt,
    ) -> Result<Self, serde_json::Error> {
        let status = recorded_status(workflow, &application.status);
        let change = match after {
            None => cancelled(before, letter),
            Some(after) => RecordedInterview {
                interview_id: before.id.clone(),
                change: InterviewChange::Moved,
                before: Some(before.appointment.clone()),
                after: Some(after.appointment.clone()),
                email: letter,
            },
        };
        let content = HistoryContent {
            actor_name: caller.user().name.clone(),
            activity: None,
            from_status: Some(status.clone()),
            to_status: status,
            email: None,
            phone_call: None,
            import: None,
            interviews: vec![change],
        };
        let entry = next_entry(caller, application, HistoryChannel::Interview, &content, at, salt)?;
        let mut bookings = application.bookings.clone();
        bookings.retain(|booking| booking.interview_id != before.id);
        bookings.extend(after.map(Interview::booking));
        let application = Application {
            bookings,
            version: Version(entry.sequence),
            history_head: entry.hash.clone(),
            last_change: LastChange::by(caller, at, entry.channel, None),
            updated_at: at,
            ..application.clone()
        };
        Ok(Self {
            expected: Version(entry.sequence - 1),
            address_before: application.applicant.email.clone(),
            application,
            entry,
        })
    }
}

fn cancelled(interview: &Interview, letter: Option<RecordedEmail>) -> RecordedInterview {
    RecordedInterview {
        interview_id: interview.id.clone(),
        change: InterviewChange::Cancelled,
        before: Some(interview.appointment.clone()),
        after: None,
        email: letter,
    }
}

pub(crate) fn next_entry(
    caller: &Caller,
    application: &Application,
    channel: HistoryChannel,
    content: &HistoryContent,
    at: Timestamp,
    salt: Salt,
) -> Result<HistoryEntry, serde_json::Error> {
    HistoryEntry::new(NewEntry {
        application_id: &application.id,
        sequence: application.version.0 + 1,
        at,
        actor: Actor::from(caller.user()),
        channel,
        content,
        previous_hash: application.history_head.clone(),
        salt,
    })
}

pub(crate) fn recorded(status: &Status) -> RecordedStatus {
    RecordedStatus {
        id: status.id.clone(),
        name: status.name.clone(),
        name_for_contacts: status.name_for_contacts.clone(),
    }
}

/// The status of that id as the workflow calls it now; by its id if the workflow no longer has it.
pub(crate) fn recorded_status(workflow: &Workflow, id: &StatusId) -> RecordedStatus {
    workflow.status(id).map_or_else(
        || RecordedStatus {
            id: id.clone(),
            name: id.into(),
            name_for_contacts: id.into(),
        },
        recorded,
    )
}
