//! Interviews: reading them, and the coming ones of a job.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Application, Interview, InterviewId, Job, JobId, User, UserId, Workflow, WorkflowId};
use jiff::Timestamp;

use crate::{
    Command, Store,
    error::StoreError,
    item,
    keys::{BY_JOB, JOB_LIST, Key, LIST_ORDER, PK, SK},
    sessions::EmailOwner,
};

/// The caller and the interview they ask about, as far as each is there.
#[derive(Debug, Default)]
pub struct LoadedInterview {
    /// The caller.
    pub user: Option<User>,
    /// The interview.
    pub interview: Option<Interview>,
    /// Its job.
    pub job: Option<Job>,
    /// What the caller's command of this key has done.
    pub command: Option<Command>,
}

/// Who takes part in an interview, as far as each is there.
#[derive(Debug)]
pub struct Participants {
    /// The applications.
    pub applications: Vec<Application>,
    /// The colleagues as they are now.
    pub users: Vec<User>,
    /// The workflow of the interview's job.
    pub workflow: Option<Workflow>,
}

/// Some coming interviews of a job, the next one first.
#[derive(Debug)]
pub struct InterviewPage {
    /// The interviews.
    pub interviews: Vec<Interview>,
    /// Where the next page begins; none on the last.
    pub next: Option<InterviewPosition>,
}

/// Where a list of interviews goes on.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct InterviewPosition {
    sk: String,
    order: String,
    from: String,
}

impl Store {
    /// What moving or cancelling needs first, in one call: the interview's id names its job.
    pub async fn load_interview(
        &self,
        user: &UserId,
        interview: &InterviewId,
        command: &str,
        now: Timestamp,
    ) -> Result<LoadedInterview, StoreError> {
        let user_key = Key::user(user);
        let interview_key = Key::interview(interview);
        let job_key = Key::job(&interview.job_id());
        let command_key = Key::command(user, command);
        let keys = [&user_key, &interview_key, &job_key, &command_key]
            .map(Clone::clone)
            .to_vec();
        let mut found = self.batch_get(keys).await?;
        let command = found
            .take_item(&command_key)
            .filter(|item| !item::is_expired(item, now));
        Ok(LoadedInterview {
            user: found.take(&user_key)?,
            interview: found.take(&interview_key)?,
            job: found.take(&job_key)?,
            command: command.map(item::read).transpose()?,
        })
    }

    /// The applications that take part, the colleagues, and the job's workflow, in one call.
    pub async fn load_participants(
        &self,
        interview: &Interview,
        workflow: &WorkflowId,
    ) -> Result<Participants, StoreError> {
        let workflow_key = Key::workflow(workflow);
        let applications: Vec<_> = interview
            .participants
            .iter()
            .map(|one| Key::application(&one.application_id))
            .collect();
        let users: Vec<_> = interview.colleagues.iter().map(|one| Key::user(&one.user_id)).collect();
        let keys = applications.iter().chain(&users).cloned();
        let mut found = self.batch_get(keys.chain([workflow_key.clone()]).collect()).await?;
        Ok(Participants {
            workflow: found.take(&workflow_key)?,
            applications: found.take_all(&applications)?,
            users: found.take_all(&users)?,
        })
    }

    /// Interviews, in one call.
    pub async fn interviews(&self, ids: &[InterviewId]) -> Result<Vec<Interview>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = ids.iter().map(Key::interview).collect();
        self.batch_get(keys.clone()).await?.take_all(&keys)
    }

    /// Users, in one call.
    pub async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = ids.iter().map(Key::user).collect();
        self.batch_get(keys.clone()).await?.take_all(&keys)
    }

    /// The users of these addresses, as far as there are any: two calls, also if an address is nobody's, so that how
    /// long it takes tells nothing of who there is.
    pub async fn users_by_email(&self, lookup_forms: &[String]) -> Result<Vec<User>, StoreError> {
        if lookup_forms.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = lookup_forms.iter().map(|form| Key::email(form)).collect();
        let mut found = self.batch_get(keys.clone()).await?;
        let mut owners = Vec::with_capacity(keys.len());
        for key in &keys {
            let owner: Option<EmailOwner> = found.take(key)?;
            let owner = owner.map_or_else(|| UserId::from_random([0; 10]), |owner| owner.user_id);
            owners.push(Key::user(&owner));
        }
        self.batch_get(owners.clone()).await?.take_all(&owners)
    }

    /// The coming interviews of a job: one query a page.
    pub async fn list_interviews(
        &self,
        job: &JobId,
        now: Timestamp,
        after: Option<&InterviewPosition>,
        limit: u16,
    ) -> Result<InterviewPage, StoreError> {
        let list = item::interview_list(job);
        // A list goes on from where it began: the interview it goes on after may have begun meanwhile.
        let from = after.map_or_else(|| format!("{now:.3}~"), |after| after.from.clone());
        let start = after.map(|InterviewPosition { sk, order, .. }| {
            let pk = Key::job(job).pk;
            let key = [(PK, &pk), (SK, sk), (JOB_LIST, &list), (LIST_ORDER, order)];
            HashMap::from(key.map(|(name, text)| (name.to_owned(), AttributeValue::S(text.clone()))))
        });
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(BY_JOB)
            .key_condition_expression(format!("{JOB_LIST} = :list AND {LIST_ORDER} > :now"))
            .expression_attribute_values(":list", AttributeValue::S(list))
            .expression_attribute_values(":now", AttributeValue::S(from.clone()))
            .set_exclusive_start_key(start)
            .limit(i32::from(limit))
            .send()
            .await
            .map_err(StoreError::aws("Query"))?;
        let next = answer.last_evaluated_key.as_ref();
        let next = next.map(|key| InterviewPosition {
            sk: item::text(key, SK),
            order: item::text(key, LIST_ORDER),
            from,
        });
        let interviews = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(item::read)
            .collect::<Result<_, _>>()?;
        Ok(InterviewPage { interviews, next })
    }
}
