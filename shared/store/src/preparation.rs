//! What must be there before anybody can act: workflows, templates.

use domain::{MailTemplate, TemplateReference, Workflow};

use crate::{
    ManageError, Store,
    item::{self, Item},
    keys::Key,
};

/// DynamoDB's limit of items in one transaction.
const MOST_WRITES: usize = 100;

impl Store {
    /// Writes a workflow with its templates, each of them also in its own place.
    pub async fn put_workflow(&self, workflow: &Workflow, templates: &[MailTemplate]) -> Result<(), ManageError> {
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
    async fn put_together(&self, items: Vec<Item>) -> Result<(), ManageError> {
        for chunk in items.chunks(MOST_WRITES) {
            let writes = chunk.iter().map(|item| self.place(item.clone()));
            self.write_together(writes.collect::<Result<_, _>>()?).await?;
        }
        Ok(())
    }
}
