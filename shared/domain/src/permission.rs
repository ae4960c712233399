//! What a workflow lets a user do: the one place that says so, for the release check, for what is offered, and for
//! every preview a recruiter gets of it.

use std::collections::BTreeSet;

use crate::{Activity, ActivityId, Channel, Job, Language, Role, StatusId, TemplateReference, User, Workflow};

impl Workflow {
    /// The channels of an activity the user may use on the applications of a job, whatever their status.
    pub fn channels(&self, activity: &Activity, user: &User, job: &Job) -> BTreeSet<Channel> {
        let stranger = !user.active || job.workflow_id != self.id || !user.may_see(&job.customer_id);
        let mut channels = match &user.role {
            _ if stranger => BTreeSet::new(),
            Role::Recruiter => activity.kind.channels(),
            Role::Contact { .. } if !job.contact_ids.contains(&user.id) => BTreeSet::new(),
            Role::Contact { contact_role, .. } => activity.channels_for(*contact_role),
        };
        // Nobody is turned down by an appointment.
        if self.is_rejection(activity) {
            channels.remove(&Channel::Interview);
        }
        channels
    }

    /// What the user may do to an application in that status, if it is one of these jobs'.
    pub fn activities_in(&self, status: &StatusId, user: &User, jobs: &[Job]) -> Vec<(&Activity, BTreeSet<Channel>)> {
        self.activities
            .iter()
            .filter(|activity| activity.from_statuses.contains(status))
            .map(|activity| {
                let channels = jobs.iter().flat_map(|job| self.channels(activity, user, job));
                (activity, channels.collect::<BTreeSet<_>>())
            })
            .filter(|(_, channels)| !channels.is_empty())
            .collect()
    }

    /// The templates the user may use for an activity, those in the reader's language first.
    pub fn templates_for(&self, activity: &ActivityId, user: &User, reader: Language) -> Vec<&TemplateReference> {
        let recruiter = user.role == Role::Recruiter;
        let mut templates: Vec<_> = self
            .templates
            .iter()
            .filter(|template| template.activity_ids.contains(activity))
            .filter(|template| recruiter || template.released_to_portal)
            .collect();
        templates.sort_by_key(|template| (template.language != reader, !template.language.same_language(reader)));
        templates
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::CustomerId;

    fn workflow() -> Workflow {
        serde_json::from_value(json!({
            "id": "w", "name": "W", "initialStatus": "offen",
            "statuses": [
                { "id": "offen", "group": "proposed", "name": "Offen", "nameForContacts": "Offen" },
                { "id": "abgesagt", "group": "rejected", "name": "Abgesagt", "nameForContacts": "Abgesagt" },
            ],
            "activities": [
                { "id": "w.absagen", "name": "Absagen", "fromStatuses": ["offen"], "targetStatus": "abgesagt",
                  "release": { "decider": ["phone"] } },
                { "id": "w.treffen", "name": "Treffen", "kind": "interview", "fromStatuses": ["offen"],
                  "targetStatus": "abgesagt", "release": { "decider": ["interview"] } },
            ],
        }))
        .unwrap()
    }

    fn decider(customer: &str, active: bool) -> User {
        serde_json::from_value(json!({
            "id": "maria", "email": "maria@example.com", "name": "Maria Gruber", "language": "de-AT", "active": active,
            "role": { "kind": "contact", "customerId": customer, "contactRole": "decider" },
        }))
        .unwrap()
    }

    fn job(workflow: &str, contacts: &[&str]) -> Job {
        serde_json::from_value(json!({
            "id": "job", "externalId": "R-1", "customerId": "k", "workflowId": workflow, "title": "Köchin",
            "contactIds": contacts,
        }))
        .unwrap()
    }

    #[test]
    fn a_contact_may_do_what_is_released_on_the_jobs_that_name_them() {
        let workflow = workflow();
        let offen = "offen".parse().unwrap();
        let count = |user: &User, jobs: &[Job]| workflow.activities_in(&offen, user, jobs).len();
        let (maria, named) = (decider("k", true), job("w", &["maria"]));
        // Not the interview, which would turn the applicant down.
        assert_eq!(count(&maria, std::slice::from_ref(&named)), 1);
        assert_eq!(count(&maria, &[job("w", &[]), named.clone()]), 1);
        assert_eq!(
            workflow.activities_in(&"abgesagt".parse().unwrap(), &maria, std::slice::from_ref(&named)),
            []
        );
        for (user, job) in [
            (decider("k", false), named.clone()),
            (decider("other", true), named),
            (maria.clone(), job("w", &["lea"])),
            (maria, job("other", &["maria"])),
        ] {
            assert_eq!(
                count(&user, &[job]),
                0,
                "{:?}",
                user.customer_id().map(CustomerId::as_str)
            );
        }
    }
}
