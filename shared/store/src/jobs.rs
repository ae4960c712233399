//! Customers and their jobs, as recruiters manage them.

use domain::{Customer, Job};

use crate::{ManageError, Store, item, keys::Key, managed::Unique};

impl Store {
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
