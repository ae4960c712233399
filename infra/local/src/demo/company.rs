//! What is there before anybody applies.

use domain::{Customer, Job, JobId, MailTemplate, Password, PasswordHash, User, UserId, Workflow};
use serde::de::DeserializeOwned;
use store::{ManageError, Store};

use super::{DemoError, PASSWORD, SIGN_INS, random, refused};

/// Who brought all applications.
const RECRUITER: &str = "katharinawinkler";

/// The company's records.
pub(super) struct Company {
    customers: Vec<Customer>,
    users: Vec<User>,
    jobs: Vec<Job>,
    workflows: [Workflow; 2],
    templates: Vec<MailTemplate>,
}

impl Company {
    /// As the files have them.
    pub fn read() -> Result<Self, DemoError> {
        Ok(Self {
            customers: yaml("customers.yaml", include_str!("customers.yaml"))?,
            users: yaml("users.yaml", include_str!("users.yaml"))?,
            jobs: yaml("jobs.yaml", include_str!("jobs.yaml"))?,
            workflows: [
                yaml("fachkraefte.yaml", include_str!("fachkraefte.yaml"))?,
                yaml("betrieb.yaml", include_str!("betrieb.yaml"))?,
            ],
            templates: yaml("templates.yaml", include_str!("templates.yaml"))?,
        })
    }

    /// Who brought all applications.
    pub fn recruiter(&self) -> Result<&User, DemoError> {
        self.users
            .iter()
            .find(|user| user.id.as_str() == RECRUITER)
            .ok_or_else(|| refused(&RECRUITER, &"no such user"))
    }

    /// The user of that id.
    pub fn user(&self, id: &UserId) -> Result<&User, DemoError> {
        let found = self.users.iter().find(|user| user.id == *id);
        found.ok_or_else(|| refused(id, &"no such user"))
    }

    /// The job of that id and its workflow.
    pub fn job(&self, id: &JobId) -> Result<(&Job, &Workflow), DemoError> {
        let job = self.jobs.iter().find(|job| job.id == *id);
        let job = job.ok_or_else(|| refused(id, &"no such job"))?;
        let workflow = self.workflows.iter().find(|workflow| workflow.id == job.workflow_id);
        workflow
            .map(|workflow| (job, workflow))
            .ok_or_else(|| refused(id, &"no such workflow"))
    }

    /// Writes everything but the recruiter.
    pub async fn write(&self, store: &Store) -> Result<(), DemoError> {
        for customer in &self.customers {
            unless_there(store.save_customer(customer).await)?;
        }
        for workflow in &self.workflows {
            store.put_workflow(workflow, &self.templates_of(workflow)).await?;
        }
        for user in self.users.iter().filter(|user| user.id.as_str() != RECRUITER) {
            // Someone may have signed in already and changed their settings.
            if store.user(&user.id).await?.is_none() {
                write_user(store, user).await?;
            }
        }
        for job in &self.jobs {
            unless_there(store.save_job(job, None).await)?;
        }
        Ok(())
    }

    fn templates_of(&self, workflow: &Workflow) -> Vec<MailTemplate> {
        let belongs = |template: &&MailTemplate| {
            let mut activities = template.activity_ids.iter();
            activities.any(|activity| activity.workflow_id() == workflow.id)
        };
        self.templates.iter().filter(belongs).cloned().collect()
    }
}

/// Writes the user, with the password if they are one of those who can sign in; others are invited only.
pub(super) async fn write_user(store: &Store, user: &User) -> Result<(), DemoError> {
    let mut user = user.clone();
    if SIGN_INS.iter().any(|sign_in| sign_in.email == user.email.as_str()) {
        let password = Password::parse(PASSWORD).map_err(|error| refused(&"password", &error))?;
        let hash = PasswordHash::create(&password, random()).map_err(|error| refused(&"password", &error))?;
        user.password_hash = Some(hash);
    }
    unless_there(store.create_user(&user, None).await)
}

/// A load that was interrupted had come as far as this.
pub(super) fn unless_there(written: Result<(), ManageError>) -> Result<(), DemoError> {
    match written {
        Ok(()) | Err(ManageError::Changed | ManageError::Taken(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn yaml<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, DemoError> {
    serde_saphyr::from_str(text).map_err(|source| DemoError::Yaml {
        file,
        source: Box::new(source),
    })
}
