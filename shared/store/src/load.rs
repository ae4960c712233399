//! What an action needs, in one read call.

use std::collections::BTreeMap;

use domain::{
    ActivityId, Application, ApplicationId, Customer, CustomerId, ExternalId, Interview, InterviewId, Job, JobId,
    MailTemplate, MailTemplateId, User, UserId, Workflow, WorkflowId,
};
use jiff::Timestamp;

use crate::{
    Command, Store,
    error::StoreError,
    item,
    keys::{CONTACT_JOB, Key},
};

/// The caller and the case they ask about, as far as each is there.
#[derive(Debug, Default)]
pub struct LoadedCase {
    /// The caller.
    pub user: Option<User>,
    /// The application.
    pub application: Option<Application>,
    /// Its job.
    pub job: Option<Job>,
    /// The workflow the request's activity belongs to.
    pub workflow: Option<Workflow>,
    /// What the caller's command of this key has done.
    pub command: Option<Command>,
    /// The interview the request names.
    pub interview: Option<Interview>,
}

/// What a request about an application names.
#[derive(Debug, Clone, Copy)]
pub struct CaseKeys<'a> {
    /// The caller.
    pub user: &'a UserId,
    /// The application.
    pub application: &'a ApplicationId,
    /// The activity.
    pub activity: Option<&'a ActivityId>,
    /// The idempotency key.
    pub command: Option<&'a str>,
    /// The interview.
    pub interview: Option<&'a InterviewId>,
}

/// A user with what decides whether they have settings.
#[derive(Debug, Default)]
pub struct LoadedProfile {
    /// The user.
    pub user: Option<User>,
    /// The workflows of the jobs that name them.
    pub workflow_ids: Vec<WorkflowId>,
}

/// What rows of an import refer to.
#[derive(Debug, Default)]
pub struct ImportLoad {
    /// The jobs by their external ids.
    pub jobs: BTreeMap<ExternalId, Job>,
    /// Their workflows.
    pub workflows: BTreeMap<WorkflowId, Workflow>,
    /// The applications by their external ids.
    pub applications: BTreeMap<ExternalId, Application>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExternalApplication {
    application_id: ApplicationId,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExternalJob {
    pub job_id: JobId,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContactJob {
    workflow_id: WorkflowId,
}

impl Store {
    /// Everything an action on an application needs: one call, because the application's id names its job, and the
    /// activity's id its workflow.
    pub async fn load_case(&self, keys: CaseKeys<'_>, now: Timestamp) -> Result<LoadedCase, StoreError> {
        let CaseKeys {
            user,
            application,
            activity,
            command,
            interview,
        } = keys;
        let user_key = Key::user(user);
        let application_key = Key::application(application);
        let job_key = Key::job(&application.job_id());
        let workflow_key = activity.map(|activity| Key::workflow(&activity.workflow_id()));
        let command_key = command.map(|key| Key::command(user, key));
        let mut keys = vec![user_key.clone(), application_key.clone(), job_key.clone()];
        keys.extend(workflow_key.clone());
        keys.extend(command_key.clone());
        let interview_key = interview.map(Key::interview);
        keys.extend(interview_key.clone());
        let mut found = self.batch_get(keys).await?;
        let command = command_key
            .and_then(|key| found.take_item(&key))
            .filter(|item| !item::is_expired(item, now))
            .map(item::read)
            .transpose()?;
        Ok(LoadedCase {
            user: found.take(&user_key)?,
            application: found.take(&application_key)?,
            job: found.take(&job_key)?,
            workflow: workflow_key.map(|key| found.take(&key)).transpose()?.flatten(),
            command,
            interview: interview_key.map(|key| found.take(&key)).transpose()?.flatten(),
        })
    }

    /// What a command of this key has done.
    pub async fn command(&self, user: &UserId, key: &str, now: Timestamp) -> Result<Option<Command>, StoreError> {
        let key = Key::command(user, key);
        let item = self.batch_get(vec![key.clone()]).await?.take_item(&key);
        item.filter(|item| !item::is_expired(item, now))
            .map(item::read)
            .transpose()
    }

    /// A user.
    pub async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        self.get(&Key::user(id)).await
    }

    /// An application.
    pub async fn application(&self, id: &ApplicationId) -> Result<Option<Application>, StoreError> {
        self.get(&Key::application(id)).await
    }

    /// A workflow.
    pub async fn workflow(&self, id: &WorkflowId) -> Result<Option<Workflow>, StoreError> {
        self.get(&Key::workflow(id)).await
    }

    /// A caller and the job their request names.
    pub async fn load_user_and_job(
        &self,
        user: &UserId,
        job: Option<&JobId>,
    ) -> Result<(Option<User>, Option<Job>), StoreError> {
        let user_key = Key::user(user);
        let job_key = job.map(Key::job);
        let mut found = self
            .batch_get([user_key.clone()].into_iter().chain(job_key.clone()).collect())
            .await?;
        Ok((
            found.take(&user_key)?,
            job_key.map(|key| found.take(&key)).transpose()?.flatten(),
        ))
    }

    /// What a draft is written from besides the case: the template and the job's customer.
    pub async fn load_draft(
        &self,
        customer: &CustomerId,
        template: Option<&MailTemplateId>,
    ) -> Result<(Option<Customer>, Option<MailTemplate>), StoreError> {
        let customer_key = Key::customer(customer);
        let template_key = template.map(Key::mail_template);
        let mut found = self
            .batch_get([customer_key.clone()].into_iter().chain(template_key.clone()).collect())
            .await?;
        Ok((
            found.take(&customer_key)?,
            template_key.map(|key| found.take(&key)).transpose()?.flatten(),
        ))
    }

    /// A user and the workflows of their jobs: one query, as both stand in one partition.
    pub async fn load_profile(&self, user: &UserId) -> Result<LoadedProfile, StoreError> {
        let user_key = Key::user(user);
        let items = self.query_partition(&user_key.pk, None).await?;
        let mut profile = LoadedProfile::default();
        for (sk, item) in items {
            if sk == user_key.sk {
                profile.user = Some(item::read(item)?);
            } else if sk.starts_with(CONTACT_JOB) {
                profile.workflow_ids.push(item::read::<ContactJob>(item)?.workflow_id);
            }
        }
        profile.workflow_ids.sort();
        profile.workflow_ids.dedup();
        Ok(profile)
    }

    /// Workflows, and a customer, in one call.
    pub async fn load_workflows_and_customer(
        &self,
        workflows: &[WorkflowId],
        customer: Option<&CustomerId>,
    ) -> Result<(Vec<Workflow>, Option<Customer>), StoreError> {
        let customer_key = customer.map(Key::customer);
        let keys: Vec<_> = workflows.iter().map(Key::workflow).collect();
        if keys.is_empty() && customer_key.is_none() {
            return Ok((Vec::new(), None));
        }
        let mut found = self
            .batch_get(keys.iter().cloned().chain(customer_key.clone()).collect())
            .await?;
        let customer = customer_key.map(|key| found.take(&key)).transpose()?.flatten();
        let workflows = keys
            .iter()
            .filter_map(|key| found.take(key).transpose())
            .collect::<Result<_, _>>()?;
        Ok((workflows, customer))
    }

    /// Jobs and their workflows: two calls for up to 100 jobs.
    pub async fn load_jobs(
        &self,
        jobs: &[JobId],
    ) -> Result<(BTreeMap<JobId, Job>, BTreeMap<WorkflowId, Workflow>), StoreError> {
        let keys: Vec<_> = jobs.iter().map(Key::job).collect();
        let mut found = self.batch_get(keys.clone()).await?;
        let jobs = keys
            .iter()
            .filter_map(|key| found.take::<Job>(key).transpose())
            .map(|job| job.map(|job| (job.id.clone(), job)))
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        let ids: Vec<_> = jobs.values().map(|job| job.workflow_id.clone()).collect();
        let (workflows, _) = self.load_workflows_and_customer(&ids, None).await?;
        Ok((
            jobs,
            workflows
                .into_iter()
                .map(|workflow| (workflow.id.clone(), workflow))
                .collect(),
        ))
    }

    /// What the rows of an import refer to: a few calls for each hundred rows.
    pub async fn load_import(
        &self,
        applications: &[ExternalId],
        jobs: &[ExternalId],
    ) -> Result<ImportLoad, StoreError> {
        let job_keys: Vec<_> = jobs.iter().map(|id| (id.clone(), Key::external_job(id))).collect();
        let application_keys: Vec<_> = applications
            .iter()
            .map(|id| (id.clone(), Key::external_application(id)))
            .collect();
        let keys = job_keys
            .iter()
            .chain(&application_keys)
            .map(|(_, key)| key.clone())
            .collect();
        let mut found = self.batch_get(keys).await?;
        let mut job_ids = BTreeMap::new();
        for (id, key) in job_keys {
            if let Some(job) = found.take::<ExternalJob>(&key)? {
                job_ids.insert(id, job.job_id);
            }
        }
        let mut application_ids = BTreeMap::new();
        for (id, key) in application_keys {
            if let Some(application) = found.take::<ExternalApplication>(&key)? {
                application_ids.insert(id, application.application_id);
            }
        }
        let (mut jobs, workflows) = self.load_jobs(&job_ids.values().cloned().collect::<Vec<_>>()).await?;
        let mut found = self
            .batch_get(application_ids.values().map(Key::application).collect())
            .await?;
        let mut load = ImportLoad {
            workflows,
            ..ImportLoad::default()
        };
        for (external_id, id) in job_ids {
            load.jobs.extend(jobs.remove(&id).map(|job| (external_id, job)));
        }
        for (external_id, id) in application_ids {
            load.applications.extend(
                found
                    .take(&Key::application(&id))?
                    .map(|application| (external_id, application)),
            );
        }
        Ok(load)
    }
}
