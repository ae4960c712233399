//! Workflows as recruiters manage them, and what follows them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Customer, CustomerId, Job, JobId, Language, SingleLine, StatusGroup, StatusId, User, UserId, Version, Workflow,
    WorkflowId,
};

use crate::{
    ManageError, Store,
    error::StoreError,
    item,
    keys::{BY_JOB, CONTACT_JOB, JOB_LIST, Key, LIST_ORDER, WORKFLOW_JOB, WORKFLOWS},
};

/// A workflow as lists show it.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct WorkflowSummary {
    /// Its id.
    pub id: WorkflowId,
    /// Its name.
    pub name: SingleLine,
    /// How often it was written.
    #[serde(default)]
    pub version: Version,
}

/// A job that follows a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    /// The job.
    pub job_id: JobId,
    /// Whose it is.
    pub customer_id: CustomerId,
}

/// How many applications of which job are in which status.
#[derive(Debug, Clone, Default)]
pub struct ApplicationCounts {
    /// How many, where there are any.
    pub counts: BTreeMap<(JobId, StatusId), u64>,
    /// False if there were too many to count.
    pub complete: bool,
}

/// One request counts no more pages of an index; a page holds at least some hundred applications.
const MOST_PAGES_COUNTED: usize = 100;

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct WorkflowJob {
    customer_id: CustomerId,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContactJob {
    workflow_id: WorkflowId,
}

#[derive(serde::Deserialize)]
struct Counted {
    status: StatusId,
}

impl Store {
    /// A page of workflows, in the order of their ids.
    pub async fn list_workflows(
        &self,
        after: Option<&WorkflowId>,
        limit: u16,
    ) -> Result<(Vec<WorkflowSummary>, Option<WorkflowId>), StoreError> {
        let after = after.map(Key::workflow);
        let (workflows, more) = self
            .list_summaries(WORKFLOWS, after.as_ref(), limit, &["id", "name", "version"])
            .await?;
        let next = workflows.last().map(|last: &WorkflowSummary| last.id.clone());
        Ok((workflows, next.filter(|_| more)))
    }

    /// The jobs that follow a workflow.
    pub async fn followers(&self, workflow: &WorkflowId) -> Result<Vec<Follower>, StoreError> {
        let items = self
            .query_partition(&Key::workflow_jobs(workflow), Some(WORKFLOW_JOB))
            .await?;
        let mut followers = Vec::with_capacity(items.len());
        for (sk, item) in items {
            let WorkflowJob { customer_id } = item::read(item)?;
            if let Some(job_id) = sk.strip_prefix(WORKFLOW_JOB).and_then(|id| id.parse().ok()) {
                followers.push(Follower { job_id, customer_id });
            }
        }
        Ok(followers)
    }

    /// The languages in which these jobs' customers write to applicants.
    pub async fn languages(&self, followers: &[Follower]) -> Result<BTreeSet<Language>, StoreError> {
        let customers: BTreeSet<_> = followers.iter().map(|follower| &follower.customer_id).collect();
        let keys: Vec<_> = customers.into_iter().map(Key::customer).collect();
        let mut found = self.batch_get(keys.clone()).await?;
        let mut languages = BTreeSet::new();
        for key in &keys {
            let customer: Option<Customer> = found.take(key)?;
            languages.extend(customer.map(|customer| customer.languages).unwrap_or_default());
        }
        Ok(languages)
    }

    /// The jobs with the contacts they name.
    pub async fn load_jobs_and_contacts(&self, jobs: &[JobId]) -> Result<(Vec<Job>, Vec<User>), StoreError> {
        let keys: Vec<_> = jobs.iter().map(Key::job).collect();
        let mut found = self.batch_get(keys.clone()).await?;
        let jobs = keys.iter().filter_map(|key| found.take(key).transpose());
        let jobs: Vec<Job> = jobs.collect::<Result<_, _>>()?;
        let contacts: BTreeSet<_> = jobs.iter().flat_map(|job| &job.contact_ids).collect();
        let keys: Vec<_> = contacts.into_iter().map(Key::user).collect();
        let mut found = self.batch_get(keys.clone()).await?;
        let contacts = keys.iter().filter_map(|key| found.take(key).transpose());
        let contacts = contacts.collect::<Result<_, _>>()?;
        Ok((jobs, contacts))
    }

    /// A user, and the jobs of a workflow that name them.
    pub async fn load_contact_of_workflow(
        &self,
        contact: &UserId,
        workflow: &WorkflowId,
    ) -> Result<(Option<User>, Vec<Job>), StoreError> {
        let user_key = Key::user(contact);
        let (mut user, mut keys) = (None, Vec::new());
        for (sk, item) in self.query_partition(&user_key.pk, None).await? {
            if sk == user_key.sk {
                user = Some(item::read(item)?);
            } else if let Some(job) = sk.strip_prefix(CONTACT_JOB).and_then(|id| id.parse().ok())
                && item::read::<ContactJob>(item)?.workflow_id == *workflow
            {
                keys.push(Key::job(&job));
            }
        }
        let mut found = self.batch_get(keys.clone()).await?;
        let jobs = keys.iter().filter_map(|key| found.take(key).transpose());
        Ok((user, jobs.collect::<Result<_, _>>()?))
    }

    /// Counts the applications of these jobs in these groups, as far as a fixed number of pages goes.
    pub async fn count_applications(
        &self,
        jobs: &[JobId],
        groups: &BTreeSet<StatusGroup>,
    ) -> Result<ApplicationCounts, StoreError> {
        let mut counted = ApplicationCounts::default();
        let mut pages = 0;
        for job in jobs {
            for (first, last) in runs(groups) {
                let mut start = None;
                loop {
                    if pages == MOST_PAGES_COUNTED {
                        return Ok(counted);
                    }
                    pages += 1;
                    let answer = self
                        .client
                        .query()
                        .table_name(&self.table)
                        .index_name(BY_JOB)
                        .key_condition_expression(format!(
                            "{JOB_LIST} = :job AND {LIST_ORDER} BETWEEN :first AND :last"
                        ))
                        .expression_attribute_values(":job", AttributeValue::S(job.to_string()))
                        .expression_attribute_values(":first", AttributeValue::S(item::list_prefix(first)))
                        .expression_attribute_values(":last", AttributeValue::S(item::list_prefix(last) + "~"))
                        .projection_expression("#status")
                        .expression_attribute_names("#status", "status")
                        .set_exclusive_start_key(start)
                        .send()
                        .await
                        .map_err(StoreError::aws("Query"))?;
                    for item in answer.items.unwrap_or_default() {
                        let Counted { status } = item::read(item)?;
                        *counted.counts.entry((job.clone(), status)).or_default() += 1;
                    }
                    start = answer.last_evaluated_key;
                    if start.is_none() {
                        break;
                    }
                }
            }
        }
        counted.complete = true;
        Ok(counted)
    }

    /// Writes a workflow of this version over the version before; version 1 must not be there yet.
    pub async fn save_workflow(&self, workflow: &Workflow) -> Result<(), ManageError> {
        let item = item::write(Key::workflow(&workflow.id), workflow)?;
        self.write_together(vec![self.replace(item, workflow.version)?]).await
    }

    /// Removes a workflow of this version.
    pub async fn remove_workflow(&self, workflow: &Workflow) -> Result<(), ManageError> {
        let remove = self.remove(&Key::workflow(&workflow.id), Some(workflow.version))?;
        self.write_together(vec![remove]).await
    }
}

/// Groups that stand beside each other in lists, as first and last: one query reads them.
fn runs(groups: &BTreeSet<StatusGroup>) -> Vec<(StatusGroup, StatusGroup)> {
    let mut runs: Vec<(StatusGroup, StatusGroup)> = Vec::new();
    let mut before = None;
    for group in StatusGroup::ALL {
        match runs.last_mut().filter(|(_, last)| Some(*last) == before) {
            _ if !groups.contains(&group) => {}
            Some((_, last)) => *last = group,
            None => runs.push((group, group)),
        }
        before = Some(group);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_read_at_once() {
        use StatusGroup::{Accepted, External, Internal, New, Proposed, Rejected};
        assert_eq!(runs(&[New, Internal, Proposed, External].into()), [(New, External)]);
        assert_eq!(
            runs(&[Rejected, New, Proposed].into()),
            [(New, New), (Proposed, Proposed), (Rejected, Rejected)]
        );
        assert_eq!(runs(&[Accepted, Rejected].into()), [(Accepted, Rejected)]);
        assert_eq!(runs(&BTreeSet::new()), []);
    }
}
