//! Workflows as recruiters manage them, and what follows them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Customer, CustomerId, Job, JobId, Language, SingleLine, StatusGroup, StatusId, User, UserId, Version, Workflow,
    WorkflowId,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    ManageError, Store,
    error::StoreError,
    item::{self, Item},
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

/// One request counts no more pages than the first ones and these: each follows one of 1 MB, some hundred applications.
const MOST_FURTHER_PAGES: usize = 100;

/// How many pages are read at the same time.
const AT_ONCE: usize = 16;

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

/// A page of a job's applications in neighbouring groups.
struct PageToCount {
    job: JobId,
    run: (StatusGroup, StatusGroup),
    start: Option<Item>,
}

impl PageToCount {
    fn first(job: &JobId, run: (StatusGroup, StatusGroup)) -> Self {
        let job = job.clone();
        Self { job, run, start: None }
    }

    fn after(self, start: Item) -> Self {
        let start = Some(start);
        Self { start, ..self }
    }
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

    /// Counts the applications of these jobs in these groups: of each job at least as many as one query reads, and more as
    /// far as a fixed number of further queries goes.
    pub async fn count_applications(
        &self,
        jobs: &[JobId],
        groups: &BTreeSet<StatusGroup>,
    ) -> Result<ApplicationCounts, StoreError> {
        let runs = runs(groups);
        let mut pages = Vec::new();
        for job in jobs {
            pages.extend(runs.iter().map(|run| PageToCount::first(job, *run)));
        }
        let mut counted = ApplicationCounts {
            complete: true,
            ..ApplicationCounts::default()
        };
        let mut further = MOST_FURTHER_PAGES;
        while !pages.is_empty() {
            let mut read = stream::iter(pages)
                .map(|page| self.count_page(page))
                .buffer_unordered(AT_ONCE);
            let mut next = Vec::new();
            while let Some((page, statuses, start)) = read.try_next().await? {
                for status in statuses {
                    *counted.counts.entry((page.job.clone(), status)).or_default() += 1;
                }
                next.extend(start.map(|start| page.after(start)));
            }
            counted.complete &= next.len() <= further;
            next.truncate(further);
            further -= next.len();
            pages = next;
        }
        Ok(counted)
    }

    /// The statuses of the applications on a page, and where the next page begins.
    async fn count_page(
        &self,
        mut page: PageToCount,
    ) -> Result<(PageToCount, Vec<StatusId>, Option<Item>), StoreError> {
        let (first, last) = page.run;
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(BY_JOB)
            .key_condition_expression(format!("{JOB_LIST} = :job AND {LIST_ORDER} BETWEEN :first AND :last"))
            .expression_attribute_values(":job", AttributeValue::S(page.job.to_string()))
            .expression_attribute_values(":first", AttributeValue::S(item::list_prefix(first)))
            .expression_attribute_values(":last", AttributeValue::S(item::list_prefix(last) + "~"))
            .projection_expression("#status")
            .expression_attribute_names("#status", "status")
            .set_exclusive_start_key(page.start.take())
            .send()
            .await
            .map_err(StoreError::aws("Query"))?;
        let counted = answer.items.unwrap_or_default().into_iter().map(item::read);
        let counted: Vec<Counted> = counted.collect::<Result<_, _>>()?;
        let statuses = counted.into_iter().map(|counted| counted.status).collect();
        Ok((page, statuses, answer.last_evaluated_key))
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
