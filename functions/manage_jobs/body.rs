//! What a recruiter sends about a job, and what it refers to.

use domain::{CustomerId, ExternalId, Job, JobId, SingleLine, UserId, Version, WorkflowId};
use lambda::{Backend, Problem};
use serde::Deserialize;
use store::JobReferences;

use crate::fields::{Fields, Given};

/// A job to be made, or what is to be changed of one.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct JobBody {
    external_id: Option<String>,
    customer_id: Option<String>,
    workflow_id: Option<String>,
    title: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    location: Given<String>,
    contact_ids: Option<Vec<String>>,
}

/// The same with each field checked by itself; what is wrong is none.
#[derive(Default)]
pub(super) struct WantedJob {
    pub customer_id: Option<CustomerId>,
    pub workflow_id: Option<WorkflowId>,
    external_id: Option<ExternalId>,
    title: Option<SingleLine>,
    location: Given<SingleLine>,
    /// With their places in the body.
    contacts: Option<Vec<(usize, UserId)>>,
}

const NO_CONTACT: &str = "is no active contact of the customer";

impl JobBody {
    /// What a new job cannot be without.
    pub fn name_missing(&self, fields: &mut Fields) {
        for (pointer, missing) in [
            ("/externalId", self.external_id.is_none()),
            ("/customerId", self.customer_id.is_none()),
            ("/workflowId", self.workflow_id.is_none()),
            ("/title", self.title.is_none()),
            ("/contactIds", self.contact_ids.is_none()),
        ] {
            if missing {
                fields.wrong(pointer, "must be given");
            }
        }
    }

    pub fn parse(self, fields: &mut Fields) -> WantedJob {
        let external_id = fields.check_given("/externalId", self.external_id.as_deref(), |text| {
            text.parse()
                .map_err(|_| "must have 1 to 100 visible characters without umlauts")
        });
        let customer_id = fields.check_given("/customerId", self.customer_id.as_deref(), |text| {
            text.parse().map_err(|_| "there is no such customer")
        });
        let workflow_id = fields.check_given("/workflowId", self.workflow_id.as_deref(), |text| {
            text.parse().map_err(|_| "there is no such workflow")
        });
        let location = match self.location {
            Given::LeftOut => Given::LeftOut,
            Given::Null => Given::Null,
            Given::Value(text) => fields
                .check("/location", SingleLine::parse(&text))
                .map_or(Given::LeftOut, Given::Value),
        };
        WantedJob {
            external_id,
            customer_id,
            workflow_id,
            title: fields.check_given("/title", self.title.as_deref(), SingleLine::parse),
            location,
            contacts: self.contact_ids.and_then(|texts| parse_contacts(fields, &texts)),
        }
    }
}

fn parse_contacts(fields: &mut Fields, texts: &[String]) -> Option<Vec<(usize, UserId)>> {
    if texts.len() > Job::MOST_CONTACTS {
        fields.wrong("/contactIds", format!("must be at most {}", Job::MOST_CONTACTS));
        return None;
    }
    let texts = texts.iter().enumerate();
    let parsed = texts.filter_map(|(index, text)| {
        let id = text.parse().map_err(|_| NO_CONTACT);
        fields
            .check(format!("/contactIds/{index}"), id)
            .map(|id: UserId| (index, id))
    });
    Some(parsed.collect())
}

fn location_after(wanted: Given<SingleLine>, before: Option<&SingleLine>) -> Option<SingleLine> {
    match wanted {
        Given::LeftOut => before.cloned(),
        Given::Null => None,
        Given::Value(location) => Some(location),
    }
}

impl WantedJob {
    /// What it refers to, in one call.
    pub async fn load(&self, backend: &Backend, before: Option<&Job>) -> Result<JobReferences, Problem> {
        let contacts = self.contacts.iter().flatten();
        let users: Vec<_> = contacts.map(|(_, id)| id.clone()).collect();
        let references = backend.store.load_job_references(
            before.map(|before| &before.customer_id).or(self.customer_id.as_ref()),
            self.workflow_id.as_ref(),
            &users,
            self.external_id.as_ref(),
        );
        Ok(references.await?)
    }

    /// Names what it refers to that is not there, or not for a job of this customer. Whom the job names already may have
    /// been deactivated since.
    pub fn check(&self, fields: &mut Fields, references: &JobReferences, before: Option<&Job>) {
        if self.workflow_id.is_some() && references.workflow.is_none() {
            fields.wrong("/workflowId", "there is no such workflow");
        }
        if let (Some(workflow), Some(customer)) = (&references.workflow, &references.customer) {
            for missing in workflow.missing_templates(&customer.languages) {
                fields.wrong("/workflowId", missing);
            }
        }
        let owner = references.external_id_owner.as_ref();
        if owner.is_some() && owner != before.map(|before| &before.id) {
            fields.wrong("/externalId", store::Unique::ExternalId);
        }
        let Some(customer) = &references.customer else { return };
        for (index, id) in self.contacts.iter().flatten() {
            let is_named = before.is_some_and(|before| before.contact_ids.contains(id));
            let user = references.users.iter().find(|user| user.id == *id);
            if !is_named && !user.is_some_and(|user| user.is_active_contact_of(&customer.id)) {
                fields.wrong(format!("/contactIds/{index}"), NO_CONTACT);
            }
        }
    }

    /// The new job, if nothing is missing.
    pub fn new_job(self, id: JobId) -> Option<Job> {
        Some(Job {
            id,
            external_id: self.external_id?,
            customer_id: self.customer_id?,
            workflow_id: self.workflow_id?,
            title: self.title?,
            location: location_after(self.location, None),
            contact_ids: self.contacts?.into_iter().map(|(_, id)| id).collect(),
            version: Version::FIRST,
        })
    }

    /// The job with what is wanted, and the rest as before.
    pub fn changed(self, before: &Job) -> Job {
        let contacts = self.contacts.map(|contacts| contacts.into_iter().map(|(_, id)| id));
        Job {
            id: before.id.clone(),
            external_id: self.external_id.unwrap_or_else(|| before.external_id.clone()),
            customer_id: before.customer_id.clone(),
            workflow_id: self.workflow_id.unwrap_or_else(|| before.workflow_id.clone()),
            title: self.title.unwrap_or_else(|| before.title.clone()),
            location: location_after(self.location, before.location.as_ref()),
            contact_ids: contacts.map_or_else(|| before.contact_ids.clone(), Iterator::collect),
            version: before.version.next(),
        }
    }
}
