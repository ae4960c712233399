//! Customers and their jobs, as recruiters manage them.

use domain::{Customer, CustomerId, ExternalId, Job, JobId, User, UserId, Workflow, WorkflowId};

use crate::{ManageError, Store, error::StoreError, item, keys::Key, load::ExternalJob, managed::Unique};

/// What a job is to refer to, as far as it is there.
#[derive(Debug, Default)]
pub struct JobReferences {
    /// Whose job it is.
    pub customer: Option<Customer>,
    /// How its applications move.
    pub workflow: Option<Workflow>,
    /// The users it names.
    pub users: Vec<User>,
    /// Which job has the external id now.
    pub external_id_owner: Option<JobId>,
}

impl Store {
    /// A customer.
    pub async fn customer(&self, id: &CustomerId) -> Result<Option<Customer>, StoreError> {
        self.get(&Key::customer(id)).await
    }

    /// A job.
    pub async fn job(&self, id: &JobId) -> Result<Option<Job>, StoreError> {
        self.get(&Key::job(id)).await
    }

    /// What a job is to refer to, in one call; what it does not name is not looked for.
    pub async fn load_job_references(
        &self,
        customer: Option<&CustomerId>,
        workflow: Option<&WorkflowId>,
        users: &[UserId],
        external_id: Option<&ExternalId>,
    ) -> Result<JobReferences, StoreError> {
        let (customer_key, workflow_key) = (customer.map(Key::customer), workflow.map(Key::workflow));
        let external_key = external_id.map(Key::external_job);
        let user_keys: Vec<_> = users.iter().map(Key::user).collect();
        let named = [&customer_key, &workflow_key, &external_key];
        let named = named.into_iter().flatten().chain(&user_keys);
        let keys: Vec<_> = named.cloned().collect();
        if keys.is_empty() {
            return Ok(JobReferences::default());
        }
        let mut found = self.batch_get(keys).await?;
        let external = external_key.map(|key| found.take::<ExternalJob>(&key)).transpose()?;
        Ok(JobReferences {
            customer: customer_key.map(|key| found.take(&key)).transpose()?.flatten(),
            workflow: workflow_key.map(|key| found.take(&key)).transpose()?.flatten(),
            users: user_keys
                .iter()
                .filter_map(|key| found.take(key).transpose())
                .collect::<Result<_, _>>()?,
            external_id_owner: external.flatten().map(|external| external.job_id),
        })
    }

    /// Writes a customer of this version over the version before; version 1 must not be there yet.
    pub async fn save_customer(&self, customer: &Customer) -> Result<(), ManageError> {
        let item = item::write(Key::customer(&customer.id), customer)?;
        self.write_together(vec![self.replace(item, customer.version)?]).await
    }

    /// Writes a job of this version over the one before, together with everything that leads to it: its external id,
    /// its contacts, its workflow.
    pub async fn save_job(&self, job: &Job, before: Option<&Job>) -> Result<(), ManageError> {
        let mut writes = vec![self.replace(item::write_job(job)?, job.version)?];
        if before.is_none_or(|before| before.external_id != job.external_id) {
            let external = serde_json::json!({ "jobId": job.id });
            let item = item::write(Key::external_job(&job.external_id), &external)?;
            writes.push(self.claim(item, Unique::ExternalId)?);
            if let Some(before) = before {
                writes.push(self.remove(&Key::external_job(&before.external_id), None)?);
            }
        }
        let link = serde_json::json!({ "workflowId": job.workflow_id });
        for contact in &job.contact_ids {
            writes.push(self.place(item::write(Key::contact_job(contact, &job.id), &link)?)?);
        }
        let gone = before.map(|before| before.contact_ids.difference(&job.contact_ids));
        for contact in gone.into_iter().flatten() {
            writes.push(self.remove(&Key::contact_job(contact, &job.id), None)?);
        }
        let link = serde_json::json!({ "customerId": job.customer_id });
        writes.push(self.place(item::write(Key::workflow_job(&job.workflow_id, &job.id), &link)?)?);
        if let Some(before) = before.filter(|before| before.workflow_id != job.workflow_id) {
            writes.push(self.remove(&Key::workflow_job(&before.workflow_id, &job.id), None)?);
        }
        self.write_together(writes).await
    }
}
