//! Mail templates as recruiters manage them, and the workflows that know of them.

use std::collections::BTreeSet;

use domain::{ActivityId, Language, MailTemplate, MailTemplateId, SingleLine, Version, Workflow};
use serde::de::DeserializeOwned;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    ManageError, Store,
    error::StoreError,
    item,
    keys::{Key, MAIL_TEMPLATES},
    managed::Guarded,
};

/// A mail template as lists show it.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailTemplateSummary {
    /// Its id.
    pub id: MailTemplateId,
    /// Its name.
    pub name: SingleLine,
    /// Its language.
    pub language: Language,
    /// The activities it is meant for.
    pub activity_ids: BTreeSet<ActivityId>,
    /// Whether contacts may use it.
    pub released_to_portal: bool,
    /// The subject.
    pub subject: String,
    /// How often it was written.
    #[serde(default)]
    pub version: Version,
}

/// What a summary is read from.
const SUMMARY: [&str; 7] = [
    "id",
    "name",
    "language",
    "activityIds",
    "releasedToPortal",
    "subject",
    "version",
];

impl Store {
    /// A page of mail templates without their bodies, in the order of their ids.
    pub async fn list_mail_templates(
        &self,
        after: Option<&MailTemplateId>,
        limit: u16,
    ) -> Result<(Vec<MailTemplateSummary>, Option<MailTemplateId>), StoreError> {
        let after = after.map(Key::mail_template);
        let (templates, more) = self
            .list_summaries(MAIL_TEMPLATES, after.as_ref(), limit, &SUMMARY)
            .await?;
        let next = templates.last().map(|last: &MailTemplateSummary| last.id.clone());
        Ok((templates, next.filter(|_| more)))
    }

    /// A mail template.
    pub async fn mail_template(&self, id: &MailTemplateId) -> Result<Option<MailTemplate>, StoreError> {
        self.get(&Key::mail_template(id)).await
    }

    /// Writes a template of this version over the one before, together with the workflows that are to know it,
    /// each of them over the version before.
    pub async fn save_mail_template(&self, template: &MailTemplate, workflows: &[Workflow]) -> Result<(), ManageError> {
        let item = item::write(Key::mail_template(&template.id), template)?;
        let mut writes = vec![self.replace(item, template.version)?];
        writes.extend(self.replaced(workflows)?);
        self.write_together(writes).await
    }

    /// Removes a template of this version, together with what workflows know of it.
    pub async fn remove_mail_template(
        &self,
        template: &MailTemplate,
        workflows: &[Workflow],
    ) -> Result<(), ManageError> {
        let mut writes = vec![self.remove(&Key::mail_template(&template.id), Some(template.version))?];
        writes.extend(self.replaced(workflows)?);
        self.write_together(writes).await
    }

    fn replaced(&self, workflows: &[Workflow]) -> Result<Vec<Guarded>, StoreError> {
        let replaced = workflows.iter().map(|workflow| {
            let item = item::write(Key::workflow(&workflow.id), workflow)?;
            self.replace(item, workflow.version)
        });
        replaced.collect()
    }

    /// A page of a partition's items, reduced to these attributes, and whether more follow.
    pub(crate) async fn list_summaries<T: DeserializeOwned>(
        &self,
        partition: &str,
        after: Option<&Key>,
        limit: u16,
        attributes: &[&str],
    ) -> Result<(Vec<T>, bool), StoreError> {
        // Some of the names are DynamoDB's own words.
        let names = attributes.iter().map(|name| (format!("#{name}"), (*name).to_owned()));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()))
            .projection_expression(
                attributes
                    .iter()
                    .map(|name| format!("#{name}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            )
            .set_expression_attribute_names(Some(names.collect()))
            .set_exclusive_start_key(after.map(Key::attributes))
            .limit(i32::from(limit))
            .send()
            .await
            .map_err(StoreError::aws("Query"))?;
        let items = answer.items.unwrap_or_default().into_iter().map(item::read);
        Ok((items.collect::<Result<_, _>>()?, answer.last_evaluated_key.is_some()))
    }
}
