//! A workflow as a recruiter writes it, and everything that can be wrong with it.

mod activity;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use self::activity::ActivityDocument;
use crate::{
    Activity, ActivityId, ActivityKind, FieldError, Language, Status, StatusGroup, StatusId, Version, Workflow,
    WorkflowId,
    field_error::{FieldErrors, Unique},
    workflow_templates::kept,
};

/// A workflow as a recruiter writes it: every field as text, so that everything wrong can be named at once.
#[derive(Debug, Clone, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkflowDocument {
    name: String,
    initial_status: String,
    statuses: Vec<StatusDocument>,
    activities: Vec<ActivityDocument>,
}

#[derive(Debug, Clone, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StatusDocument {
    id: String,
    group: String,
    name: String,
    name_for_contacts: String,
}

/// What bears on whether a workflow is sound, besides itself.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The workflow as it is, if it is there.
    pub current: Option<&'a Workflow>,
    /// The languages applicants are written to in by the customers whose jobs follow it.
    pub languages: &'a BTreeSet<Language>,
    /// The applications in statuses that are to go.
    pub occupation: &'a Occupation,
}

/// How many applications are in which status.
#[derive(Debug, Clone, Default)]
pub struct Occupation {
    /// How many, where there are any.
    pub statuses: BTreeMap<StatusId, u64>,
    /// False if there were too many to count.
    pub complete: bool,
}

/// A document after the check.
#[derive(Debug, Clone)]
pub struct CheckedWorkflow {
    /// The workflow it describes, as far as it is of the right form; it is sound if there are no errors.
    pub workflow: Option<Workflow>,
    /// Everything that is wrong.
    pub errors: Vec<FieldError>,
}

impl WorkflowDocument {
    /// The most statuses.
    pub const MOST_STATUSES: usize = 60;
    /// The most activities.
    pub const MOST_ACTIVITIES: usize = 100;

    /// The statuses that applications could be in now and that would no longer be there, or in another group, by
    /// which applications are listed.
    pub fn statuses_to_leave<'a>(&self, current: &'a Workflow) -> Vec<&'a Status> {
        let stays = |status: &&Status| {
            self.statuses
                .iter()
                .any(|new| new.id == status.id.as_str() && new.group == status.group.as_str())
        };
        current.statuses.iter().filter(|status| !stays(status)).collect()
    }

    /// Names everything that is wrong.
    pub fn check(&self, id: &WorkflowId, surroundings: &Surroundings<'_>) -> CheckedWorkflow {
        let mut errors = FieldErrors::default();
        let name = errors.line("/name", &self.name);
        let statuses = self.check_statuses(&mut errors);
        let known: BTreeSet<&str> = self.statuses.iter().map(|status| status.id.as_str()).collect();
        if !known.contains(self.initial_status.as_str()) {
            errors.add("/initialStatus", UNKNOWN_STATUS);
        }
        let activities = self.check_activities(id, &known, surroundings, &mut errors);
        self.check_reachability(&mut errors);
        self.check_occupation(surroundings, &mut errors);
        let workflow = name
            .zip(statuses)
            .zip(activities)
            .and_then(|((name, statuses), activities)| {
                let templates = surroundings.current.map(|current| current.templates.as_slice());
                let version = surroundings.current.map(|current| current.version.next());
                Some(Workflow {
                    id: id.clone(),
                    name,
                    initial_status: self.initial_status.parse().ok()?,
                    statuses,
                    templates: kept(templates.unwrap_or_default(), &activities),
                    activities,
                    version: version.unwrap_or(Version::FIRST),
                })
            });
        if workflow.as_ref().is_some_and(Workflow::is_too_large) {
            errors.add(
                "",
                "is too large; use shorter names and ids, or split it into two workflows",
            );
        }
        CheckedWorkflow {
            workflow,
            errors: errors.into(),
        }
    }

    fn check_statuses(&self, errors: &mut FieldErrors) -> Option<Vec<Status>> {
        match self.statuses.len() {
            0 => errors.add("/statuses", "must have at least one status"),
            1..=Self::MOST_STATUSES => {}
            _ => errors.add("/statuses", "must have at most 60 statuses"),
        }
        let (mut ids, mut names) = (Unique::default(), Unique::default());
        let mut statuses = Some(Vec::new());
        for (index, status) in self.statuses.iter().enumerate() {
            let at = format!("/statuses/{index}");
            let id: Option<StatusId> = errors.id(format!("{at}/id"), &status.id);
            ids.check(format!("{at}/id"), &status.id, "the id of another status", errors);
            let group = errors.word(format!("{at}/group"), &status.group);
            let name = errors.line(format!("{at}/name"), &status.name);
            names.check(format!("{at}/name"), &status.name, "the name of another status", errors);
            let name_for_contacts = errors.line(format!("{at}/nameForContacts"), &status.name_for_contacts);
            let status = id.zip(group).zip(name).zip(name_for_contacts);
            let status = status.map(|(((id, group), name), name_for_contacts)| Status {
                id,
                group,
                name,
                name_for_contacts,
            });
            statuses = push(statuses, status);
        }
        statuses
    }

    fn check_activities(
        &self,
        id: &WorkflowId,
        known: &BTreeSet<&str>,
        surroundings: &Surroundings<'_>,
        errors: &mut FieldErrors,
    ) -> Option<Vec<Activity>> {
        if self.activities.len() > Self::MOST_ACTIVITIES {
            errors.add("/activities", "must have at most 100 activities");
        }
        let (mut ids, mut names) = (Unique::default(), Unique::default());
        let mut activities = Some(Vec::new());
        for (index, document) in self.activities.iter().enumerate() {
            let at = format!("/activities/{index}");
            let activity_id = document.full_id(id);
            if activity_id.is_none() {
                let rule = "must be 1 to 40 lower-case letters, digits and hyphens, alone or after the workflow's id";
                errors.add(format!("{at}/id"), format!("{rule} and a dot"));
            }
            let own_id = activity_id.as_ref().map_or(document.id.as_str(), ActivityId::as_str);
            ids.check(format!("{at}/id"), own_id, "the id of another activity", errors);
            let name = errors.line(format!("{at}/name"), &document.name);
            names.check(
                format!("{at}/name"),
                &document.name,
                "the name of another activity",
                errors,
            );
            let kind = errors.word(format!("{at}/kind"), &document.kind);
            self.check_way(&at, document, known, kind, errors);
            let release = document.check_release(&at, kind, errors);
            let from = document.from_statuses.iter().map(|status| status.parse().ok());
            let from: Option<BTreeSet<StatusId>> = from.collect();
            let activity = activity_id.zip(name).zip(kind).zip(release).zip(from).and_then(
                |((((id, name), kind), release), from_statuses)| {
                    Some(Activity {
                        id,
                        name,
                        kind,
                        from_statuses,
                        target_status: document.target_status.parse().ok()?,
                        release,
                    })
                },
            );
            document.check_templates(&at, id, kind, surroundings, errors);
            activities = push(activities, activity);
        }
        activities
    }

    /// From where to where.
    fn check_way(
        &self,
        at: &str,
        document: &ActivityDocument,
        known: &BTreeSet<&str>,
        kind: Option<ActivityKind>,
        errors: &mut FieldErrors,
    ) {
        if document.from_statuses.is_empty() {
            errors.add(format!("{at}/fromStatuses"), "must name at least one status");
        }
        for (index, status) in document.from_statuses.iter().enumerate() {
            if !known.contains(status.as_str()) {
                errors.add(format!("{at}/fromStatuses/{index}"), UNKNOWN_STATUS);
            }
        }
        if !known.contains(document.target_status.as_str()) {
            errors.add(format!("{at}/targetStatus"), UNKNOWN_STATUS);
        }
        let rejects = self
            .statuses
            .iter()
            .any(|status| status.id == document.target_status && status.group == StatusGroup::Rejected.as_str());
        if kind == Some(ActivityKind::Interview) && rejects {
            let reason = "is in the group rejected, and nobody is turned down by an interview";
            errors.add(format!("{at}/targetStatus"), reason);
        }
    }

    /// An application must be able to come to each status.
    fn check_reachability(&self, errors: &mut FieldErrors) {
        let first = self.statuses.iter().find(|status| status.id == self.initial_status);
        let Some(first) = first else { return };
        let mut reached = BTreeSet::from([first.id.as_str()]);
        let mut open = VecDeque::from([first.id.as_str()]);
        while let Some(status) = open.pop_front() {
            for activity in &self.activities {
                if activity.from_statuses.iter().any(|from| from == status) && reached.insert(&activity.target_status) {
                    open.push_back(&activity.target_status);
                }
            }
        }
        for (index, status) in self.statuses.iter().enumerate() {
            if !reached.contains(status.id.as_str()) {
                let reason = "cannot be reached from the initial status by any activities";
                errors.add(format!("/statuses/{index}"), reason);
            }
        }
    }

    /// An application must not stay behind in a status that goes.
    fn check_occupation(&self, surroundings: &Surroundings<'_>, errors: &mut FieldErrors) {
        let Some(current) = surroundings.current else { return };
        let Occupation { statuses, complete } = surroundings.occupation;
        for status in self.statuses_to_leave(current) {
            let count = statuses.get(&status.id).copied().unwrap_or(0);
            let index = self.statuses.iter().position(|new| new.id == status.id.as_str());
            let (pointer, change) = match index {
                None => ("/statuses".to_owned(), "be removed"),
                Some(index) => (format!("/statuses/{index}/group"), "get another group"),
            };
            let id = &status.id;
            match count {
                0 if *complete => {}
                0 => errors.add(
                    pointer,
                    format!(
                        "the status {id} cannot {change}: there are too many applications to see that none is in it"
                    ),
                ),
                1 => errors.add(
                    pointer,
                    format!("the status {id} cannot {change}: 1 application is in it"),
                ),
                _ => errors.add(
                    pointer,
                    format!("the status {id} cannot {change}: {count} applications are in it"),
                ),
            }
        }
    }
}

impl Workflow {
    /// Below what an item of the table can hold, with room for what others add to it.
    const MAX_BYTES: usize = 300_000;

    /// Whether it would not fit into one item.
    pub fn is_too_large(&self) -> bool {
        serde_json::to_string(self).map_or(true, |text| text.len() > Self::MAX_BYTES)
    }
}

const UNKNOWN_STATUS: &str = "is no status of this workflow";

fn push<T>(list: Option<Vec<T>>, item: Option<T>) -> Option<Vec<T>> {
    list.zip(item).map(|(mut list, item)| {
        list.push(item);
        list
    })
}

#[cfg(test)]
mod tests;
