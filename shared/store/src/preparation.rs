//! What must be there before anybody can act: customers, users, jobs, workflows, templates.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::{Customer, Job, MailTemplate, TemplateReference, User, Workflow};

use crate::{
    Store,
    error::StoreError,
    item::{self, Item},
    keys::Key,
    sessions::EmailOwner,
};

/// DynamoDB's limit of items in one transaction.
const MOST_WRITES: usize = 100;

impl Store {
    /// Writes a customer.
    pub async fn put_customer(&self, customer: &Customer) -> Result<(), StoreError> {
        self.put(item::write(Key::customer(&customer.id), customer)?).await
    }

    /// Writes a user and whose address it is.
    pub async fn put_user(&self, user: &User) -> Result<(), StoreError> {
        let owner = EmailOwner {
            user_id: user.id.clone(),
        };
        let email = item::write(Key::email(&user.email.lookup_form()), &owner)?;
        self.put_together(vec![item::write(Key::user(&user.id), user)?, email])
            .await
    }

    /// Writes a job, under its external id too, and for each contact it names.
    pub async fn put_job(&self, job: &Job) -> Result<(), StoreError> {
        let external = serde_json::json!({ "jobId": job.id });
        let link = serde_json::json!({ "workflowId": job.workflow_id });
        let mut items = vec![
            item::write(Key::job(&job.id), job)?,
            item::write(Key::external_job(&job.external_id), &external)?,
        ];
        for contact in &job.contact_ids {
            items.push(item::write(Key::contact_job(contact, &job.id), &link)?);
        }
        self.put_together(items).await
    }

    /// Writes a workflow with its templates, each of them also in its own place.
    pub async fn put_workflow(&self, workflow: &Workflow, templates: &[MailTemplate]) -> Result<(), StoreError> {
        let references = templates.iter().map(|template| TemplateReference {
            id: template.id.clone(),
            name: template.name.clone(),
            language: template.language,
            activity_ids: template.activity_ids.clone(),
            released_to_portal: template.released_to_portal,
        });
        let workflow = Workflow {
            templates: references.collect(),
            ..workflow.clone()
        };
        let mut items = vec![item::write(Key::workflow(&workflow.id), &workflow)?];
        for template in templates {
            items.push(item::write(Key::mail_template(&template.id), template)?);
        }
        self.put_together(items).await
    }

    /// One transaction for each hundred items; what others refer to comes first.
    async fn put_together(&self, items: Vec<Item>) -> Result<(), StoreError> {
        for chunk in items.chunks(MOST_WRITES) {
            let mut request = self.client.transact_write_items();
            for item in chunk {
                let put = Put::builder()
                    .table_name(&self.table)
                    .set_item(Some(item.clone()))
                    .build();
                let put = put.map_err(|source| StoreError::Aws {
                    operation: "TransactWriteItems",
                    source: Box::new(source),
                })?;
                request = request.transact_items(TransactWriteItem::builder().put(put).build());
            }
            request.send().await.map_err(StoreError::aws("TransactWriteItems"))?;
        }
        Ok(())
    }
}
