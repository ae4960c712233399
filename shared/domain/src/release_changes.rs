//! What a change of a workflow would give to contacts and take from them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Activity, ActivityId, Channel, CustomerId, Job, JobId, SingleLine, StatusId, User, UserId, Workflow};

/// A contact and the jobs that name them.
#[derive(Debug, Clone)]
pub struct ContactWithJobs {
    /// The contact.
    pub contact: User,
    /// The jobs.
    pub jobs: Vec<Job>,
}

/// What one contact would gain and lose.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactChange {
    /// The contact.
    pub id: UserId,
    /// Their name.
    pub name: SingleLine,
    /// Where they belong.
    pub customer_id: Option<CustomerId>,
    /// What they could do that they cannot do now.
    pub gains: Vec<ReleaseChange>,
    /// What they could no longer do.
    pub loses: Vec<ReleaseChange>,
}

/// A way to carry out an activity, in statuses where it is not open to the contact both before and after.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseChange {
    /// The activity.
    pub activity_id: ActivityId,
    /// Its name.
    pub name: SingleLine,
    /// The channel.
    pub channel: Channel,
    /// How many open applications it concerns now.
    pub open_applications: u64,
}

/// Where a contact can do something: statuses of jobs.
type Places = BTreeSet<(JobId, StatusId)>;
type Reach<'a> = BTreeMap<(&'a ActivityId, Channel), (&'a Activity, Places)>;

/// Who gains and who loses what if the workflow is changed; contacts for whom nothing changes are left out.
/// `open` says how many open applications each job has in each status.
pub fn release_changes(
    old: &Workflow,
    new: &Workflow,
    contacts: &[ContactWithJobs],
    open: &BTreeMap<(JobId, StatusId), u64>,
) -> Vec<ContactChange> {
    let changes = contacts.iter().map(|contact| {
        let (before, after) = (reach(old, contact), reach(new, contact));
        ContactChange {
            id: contact.contact.id.clone(),
            name: contact.contact.name.clone(),
            customer_id: contact.contact.customer_id().cloned(),
            gains: beyond(&after, &before, open),
            loses: beyond(&before, &after, open),
        }
    });
    changes
        .filter(|change| !change.gains.is_empty() || !change.loses.is_empty())
        .collect()
}

fn reach<'a>(workflow: &'a Workflow, contact: &ContactWithJobs) -> Reach<'a> {
    let mut reach = Reach::new();
    for activity in &workflow.activities {
        for job in &contact.jobs {
            for channel in workflow.channels(activity, &contact.contact, job) {
                let (_, places) = reach
                    .entry((&activity.id, channel))
                    .or_insert_with(|| (activity, Places::new()));
                places.extend(
                    activity
                        .from_statuses
                        .iter()
                        .map(|status| (job.id.clone(), status.clone())),
                );
            }
        }
    }
    reach
}

/// What is within `one` reach, but not within the other.
fn beyond(one: &Reach<'_>, other: &Reach<'_>, open: &BTreeMap<(JobId, StatusId), u64>) -> Vec<ReleaseChange> {
    let nowhere = Places::new();
    let mut changes = Vec::new();
    for (key, (activity, places)) in one {
        let others = other.get(key).map_or(&nowhere, |(_, places)| places);
        let mut beyond = places.difference(others).peekable();
        if beyond.peek().is_some() {
            changes.push(ReleaseChange {
                activity_id: activity.id.clone(),
                name: activity.name.clone(),
                channel: key.1,
                open_applications: beyond.filter_map(|place| open.get(place)).sum(),
            });
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn workflow(release: &Value, from: &Value) -> Workflow {
        serde_json::from_value(json!({
            "id": "w", "name": "W", "initialStatus": "neu",
            "statuses": [
                { "id": "neu", "group": "new", "name": "Neu", "nameForContacts": "Neu" },
                { "id": "offen", "group": "proposed", "name": "Offen", "nameForContacts": "Offen" },
                { "id": "abgesagt", "group": "rejected", "name": "Abgesagt", "nameForContacts": "Abgesagt" },
            ],
            "activities": [
                { "id": "w.absagen", "name": "Absagen", "fromStatuses": from, "targetStatus": "abgesagt", "release": release },
            ],
        }))
        .unwrap()
    }

    fn contact(id: &str, role: &str, active: bool, jobs: &[&str]) -> ContactWithJobs {
        let contact = json!({
            "id": id, "email": format!("{id}@example.com"), "name": "Jürgen Öllinger", "language": "de-AT", "active": active,
            "role": { "kind": "contact", "customerId": "k", "contactRole": role },
        });
        let job = |name: &&str| {
            let job = json!({
                "id": name, "externalId": name, "customerId": "k", "workflowId": "w", "title": "Köchin", "contactIds": [id],
            });
            serde_json::from_value(job).unwrap()
        };
        ContactWithJobs {
            contact: serde_json::from_value(contact).unwrap(),
            jobs: jobs.iter().map(job).collect(),
        }
    }

    #[test]
    fn who_gains_and_who_loses_and_how_many_applications_wait_there() {
        let old = workflow(&json!({ "decider": ["statusOnly", "email"] }), &json!(["neu", "offen"]));
        let new = workflow(
            &json!({ "decider": ["email", "phone"], "reader": ["phone", "interview"] }),
            &json!(["neu", "offen"]),
        );
        let contacts = [
            contact("maria", "decider", true, &["one", "two"]),
            contact("lea", "reader", true, &["two"]),
            contact("gone", "decider", false, &["one"]),
        ];
        let open = [
            ("one", "neu", 2),
            ("one", "offen", 3),
            ("two", "offen", 5),
            ("two", "anders", 7),
        ];
        let open = open.map(|(job, status, count)| ((job.parse().unwrap(), status.parse().unwrap()), count));
        let changes = release_changes(&old, &new, &contacts, &open.into());
        let changes: Vec<_> = changes
            .iter()
            .map(|change| {
                let of = |changes: &[ReleaseChange]| {
                    changes
                        .iter()
                        .map(|change| (change.channel, change.open_applications))
                        .collect::<Vec<_>>()
                };
                (change.id.as_str(), of(&change.gains), of(&change.loses))
            })
            .collect();
        assert_eq!(
            changes,
            [
                ("maria", vec![(Channel::Phone, 10)], vec![(Channel::StatusOnly, 10)]),
                ("lea", vec![(Channel::Phone, 5)], vec![]),
            ]
        );
        assert_eq!(release_changes(&old, &old, &contacts, &BTreeMap::new()), []);
    }

    #[test]
    fn another_status_to_start_from_is_a_gain_there() {
        let release = json!({ "decider": ["phone"] });
        let (old, new) = (
            workflow(&release, &json!(["neu"])),
            workflow(&release, &json!(["neu", "offen"])),
        );
        let open = [("neu", 2), ("offen", 3)]
            .map(|(status, count)| (("one".parse().unwrap(), status.parse().unwrap()), count));
        let contacts = [contact("maria", "decider", true, &["one"])];
        let changes = release_changes(&old, &new, &contacts, &open.into());
        assert_eq!(changes[0].gains[0].open_applications, 3);
        assert_eq!(changes[0].loses, []);
    }
}
