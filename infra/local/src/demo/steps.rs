//! What has been done to some of the applications since they came, so that there is a history to read.

use std::{collections::BTreeMap, fmt::Display};

use csv::ReaderBuilder;
use domain::{Act, ActivityId, ApplicationId, Case, Channel, PhoneCall, PhoneCallOutcome, Salt, UserId, Version};
use jiff::{SignedDuration, Timestamp};
use store::Store;

use super::{DemoError, caller, commit, company::Company, random, refused};

/// One row of the table: a call if it has an outcome, otherwise a change of the status alone.
#[derive(serde::Deserialize)]
struct Step {
    application: ApplicationId,
    user: UserId,
    activity: ActivityId,
    channel: Channel,
    ago: SignedDuration,
    outcome: Option<PhoneCallOutcome>,
    note: String,
}

/// Takes the steps that are missing.
pub(super) async fn write(store: &Store, company: &Company, now: Timestamp) -> Result<(), DemoError> {
    let mut reader = ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(include_str!("steps.csv").as_bytes());
    let mut versions = BTreeMap::new();
    for step in reader.deserialize() {
        let step: Step = step?;
        let expected = versions.entry(step.application.clone()).or_insert(Version(0));
        expected.0 += 1;
        take(store, company, &step, *expected, now).await?;
    }
    Ok(())
}

async fn take(
    store: &Store,
    company: &Company,
    step: &Step,
    expected: Version,
    now: Timestamp,
) -> Result<(), DemoError> {
    let Step {
        application,
        user,
        activity,
        channel,
        ago,
        outcome,
        note,
    } = step;
    let refused = |reason: &dyn Display| refused(application, reason);
    let loaded = store
        .load_case(
            store::CaseKeys {
                user,
                application,
                activity: Some(activity),
                command: None,
                interview: None,
            },
            now,
        )
        .await?;
    if loaded
        .application
        .as_ref()
        .is_some_and(|loaded| loaded.version != expected)
    {
        return Ok(());
    }
    let caller = caller(company.user(user)?)?;
    let case = Case::open(caller, loaded.application, loaded.job, loaded.workflow)
        .ok_or_else(|| refused(&"not there for the user"))?;
    let at = now - *ago;
    let act = match outcome {
        None => Act::StatusOnly,
        Some(outcome) => {
            let call = PhoneCall::parse(note, Some(at), *outcome, at);
            Act::PhoneCall(call.map_err(|_| refused(&"not a call"))?)
        }
    };
    let decision = case
        .released(activity, *channel)
        .map_err(|error| refused(&error))?
        .decide(act, &[], at, Salt::from_random(random()))
        .map_err(|error| refused(&error))?;
    commit(store, &decision, now).await
}
