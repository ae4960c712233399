//! What importing a row does to the application it is about.

use jiff::Timestamp;

use crate::{
    Actor, Applicant, Application, ApplicationId, Caller, Decision, Digest, FieldError, HistoryChannel, HistoryContent,
    HistoryEntry, ImportRow, ImportedApplication, Job, LastChange, RecordedImport, Salt, Version, Workflow, case,
    history::NewEntry,
};

/// What importing a row comes to.
#[derive(Debug, Clone)]
pub enum ImportOutcome {
    /// A new application.
    Create(Box<Decision>),
    /// The applicant's details changed.
    Update(Box<Decision>),
    /// Nothing is new, nothing is written.
    Unchanged,
}

/// Where a row is imported to.
#[derive(Debug, Clone, Copy)]
pub struct ImportTarget<'a> {
    /// The recruiter who imports.
    pub caller: &'a Caller,
    /// The row's job.
    pub job: &'a Job,
    /// The job's workflow.
    pub workflow: &'a Workflow,
    /// The application of the row's external id, if it is there.
    pub existing: Option<&'a Application>,
}

/// Why a row is not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It does not fit what is there.
    #[error("the row does not fit")]
    Refused(FieldError),
    /// The history's content could not be written as JSON.
    #[error("the history entry cannot be written")]
    Content(#[from] serde_json::Error),
}

impl ImportedApplication {
    /// Decides what the row does: create, update, or nothing.
    pub fn decide(
        &self,
        target: ImportTarget<'_>,
        new_id: ApplicationId,
        at: Timestamp,
        salt: Salt,
    ) -> Result<ImportOutcome, ImportError> {
        match target.existing {
            Some(application) if application.id.job_id() != target.job.id => Err(ImportError::Refused(
                FieldError::new("/jobExternalId", "the application is there already, for another job"),
            )),
            Some(application) => {
                let applicant = self.applicant_after(&application.applicant);
                if applicant == application.applicant {
                    return Ok(ImportOutcome::Unchanged);
                }
                Self::update(target, application, applicant, at, salt)
            }
            None => self.create(target, new_id, at, salt),
        }
    }

    fn create(
        &self,
        target: ImportTarget<'_>,
        id: ApplicationId,
        at: Timestamp,
        salt: Salt,
    ) -> Result<ImportOutcome, ImportError> {
        let wanted = self.status.as_ref().unwrap_or(&target.workflow.initial_status);
        let status = target.workflow.status(wanted).ok_or_else(|| {
            ImportError::Refused(FieldError::new(
                "/status",
                "must be the id of a status of the job's workflow",
            ))
        })?;
        let content = HistoryContent {
            actor_name: target.caller.user().name.clone(),
            activity: None,
            from_status: None,
            to_status: case::recorded(status),
            email: None,
            phone_call: None,
            import: Some(RecordedImport {
                created: true,
                changed_fields: Vec::new(),
            }),
            interviews: Vec::new(),
        };
        let entry = HistoryEntry::new(NewEntry {
            application_id: &id,
            sequence: 1,
            at,
            actor: Actor::from(target.caller.user()),
            channel: HistoryChannel::Import,
            content: &content,
            previous_hash: Digest::beginning(),
            salt,
        })?;
        let application = Application {
            id,
            external_id: self.external_id.clone(),
            customer_id: target.job.customer_id.clone(),
            applicant: self.applicant.clone(),
            status: status.id.clone(),
            status_group: status.group,
            version: Version(1),
            history_head: entry.hash.clone(),
            last_change: LastChange::by(target.caller, at, entry.channel, None),
            bookings: Vec::new(),
            status_since: at,
            created_at: at,
            updated_at: at,
        };
        Ok(ImportOutcome::Create(Box::new(Decision {
            expected: Version(0),
            application,
            entry,
            address_before: None,
        })))
    }

    /// The person after an update.
    fn applicant_after(&self, before: &Applicant) -> Applicant {
        let (before, after) = (before.clone(), self.applicant.clone());
        let given = |column| self.given.contains(&column);
        Applicant {
            salutation: if given("salutation") {
                after.salutation
            } else {
                before.salutation
            },
            title: if given("title") { after.title } else { before.title },
            title_after_name: if given("titleAfterName") {
                after.title_after_name
            } else {
                before.title_after_name
            },
            email: if given("email") { after.email } else { before.email },
            phone: if given("phone") { after.phone } else { before.phone },
            language: if given("language") {
                after.language
            } else {
                before.language
            },
            time_zone: if given("timeZone") {
                after.time_zone
            } else {
                before.time_zone
            },
            first_name: after.first_name,
            last_name: after.last_name,
        }
    }

    fn update(
        target: ImportTarget<'_>,
        application: &Application,
        applicant: Applicant,
        at: Timestamp,
        salt: Salt,
    ) -> Result<ImportOutcome, ImportError> {
        let status = case::recorded_status(target.workflow, &application.status);
        let changed_fields = changed_fields(&application.applicant, &applicant)?;
        let content = HistoryContent {
            actor_name: target.caller.user().name.clone(),
            activity: None,
            from_status: Some(status.clone()),
            to_status: status,
            email: None,
            phone_call: None,
            import: Some(RecordedImport {
                created: false,
                changed_fields,
            }),
            interviews: Vec::new(),
        };
        let entry = case::next_entry(target.caller, application, HistoryChannel::Import, &content, at, salt)?;
        let updated = Application {
            applicant,
            version: Version(entry.sequence),
            history_head: entry.hash.clone(),
            last_change: LastChange::by(target.caller, at, entry.channel, None),
            updated_at: at,
            ..application.clone()
        };
        Ok(ImportOutcome::Update(Box::new(Decision {
            expected: application.version,
            application: updated,
            entry,
            address_before: application.applicant.email.clone(),
        })))
    }
}

/// The names of the fields in which two descriptions of a person differ, as JSON names them.
fn changed_fields(before: &Applicant, after: &Applicant) -> Result<Vec<String>, serde_json::Error> {
    let (before, after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    let changed = ImportRow::COLUMNS
        .into_iter()
        .filter(|column| before.get(column) != after.get(column));
    Ok(changed.map(str::to_owned).collect())
}
