use serde_json::{Value, json};

use super::*;
use crate::{SingleLine, TemplateReference};

fn sound() -> Value {
    json!({
        "name": "Fachkräfte",
        "initialStatus": "neu",
        "statuses": [
            { "id": "neu", "group": "new", "name": "Neu eingelangt", "nameForContacts": "Neu" },
            { "id": "vorgeschlagen", "group": "proposed", "name": "Vorgeschlagen", "nameForContacts": "Offen" },
            { "id": "gespraech", "group": "external", "name": "Gespräch", "nameForContacts": "Gespräch" },
            { "id": "abgesagt", "group": "rejected", "name": "Abgesagt", "nameForContacts": "Abgesagt" },
        ],
        "activities": [
            { "id": "vorschlagen", "name": "Vorschlagen", "fromStatuses": ["neu"], "targetStatus": "vorgeschlagen" },
            { "id": "fachkraefte.einladen", "name": "Einladen", "kind": "interview", "fromStatuses": ["vorgeschlagen"],
              "targetStatus": "gespraech", "release": { "decider": ["interview"] } },
            { "id": "absagen", "name": "Absagen", "kind": "decision", "fromStatuses": ["neu", "vorgeschlagen"],
              "targetStatus": "abgesagt", "release": { "decider": ["email", "phone"], "reader": ["statusOnly"] } },
        ],
    })
}

fn id() -> WorkflowId {
    "fachkraefte".parse().unwrap()
}

fn template(id: &str, language: Language, activity: &str, released_to_portal: bool) -> TemplateReference {
    TemplateReference {
        id: id.parse().unwrap(),
        name: SingleLine::parse(id).unwrap(),
        language,
        activity_ids: [activity.parse().unwrap()].into(),
        released_to_portal,
    }
}

/// The sound workflow as it is stored, with its templates.
fn current() -> Workflow {
    let mut workflow = read(&sound(), None, &[], &[]).workflow.unwrap();
    workflow.templates = vec![
        template("absage", Language::GermanGermany, "fachkraefte.absagen", true),
        template("rejection", Language::English, "fachkraefte.absagen", false),
    ];
    workflow
}

fn read(
    document: &Value,
    current: Option<&Workflow>,
    languages: &[Language],
    occupied: &[(&str, u64)],
) -> CheckedWorkflow {
    let document: WorkflowDocument = serde_json::from_value(document.clone()).unwrap();
    let occupied = occupied.iter().map(|(status, count)| (status.parse().unwrap(), *count));
    let surroundings = Surroundings {
        current,
        languages: &languages.iter().copied().collect(),
        occupation: &Occupation {
            statuses: occupied.collect(),
            complete: true,
        },
    };
    document.check(&id(), &surroundings)
}

/// What is wrong once the sound workflow has been changed.
fn refused(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document = sound();
    change(&mut document);
    let checked = read(
        &document,
        Some(&current()),
        &[Language::GermanAustria],
        &[("gespraech", 2)],
    );
    let errors = checked.errors.into_iter();
    errors
        .map(|error| format!("{} {}", error.pointer, error.detail))
        .collect()
}

#[test]
fn a_sound_workflow_keeps_its_templates_and_gets_the_next_version() {
    let checked = read(&sound(), Some(&current()), &[Language::GermanAustria], &[]);
    assert_eq!(checked.errors, []);
    let workflow = checked.workflow.unwrap();
    assert_eq!(workflow.version, Version(2));
    assert_eq!(workflow.templates.len(), 2);
    assert_eq!(workflow.activities[0].id.as_str(), "fachkraefte.vorschlagen");
    let mut without = sound();
    without["activities"].as_array_mut().unwrap().pop();
    let checked = read(&without, Some(&current()), &[], &[]);
    assert_eq!(checked.workflow.unwrap().templates, []);
}

#[test]
fn what_is_stored_is_what_can_be_sent_again() {
    let stored = serde_json::to_value(current()).unwrap();
    let fields = ["name", "initialStatus", "statuses", "activities"];
    let document = Value::Object(
        fields
            .map(|field| (field.to_owned(), stored[field].clone()))
            .into_iter()
            .collect(),
    );
    let checked = read(&document, Some(&current()), &[Language::GermanAustria], &[]);
    assert_eq!(checked.errors, []);
    assert_eq!(checked.workflow.unwrap().activities, current().activities);
}

#[test]
fn a_status_stays_while_there_may_be_applications_that_were_not_counted() {
    let mut document = sound();
    document["statuses"][2]["group"] = "internal".into();
    let document: WorkflowDocument = serde_json::from_value(document).unwrap();
    let current = current();
    let surroundings = Surroundings {
        current: Some(&current),
        languages: &BTreeSet::new(),
        occupation: &Occupation::default(),
    };
    let errors = document.check(&id(), &surroundings).errors;
    let errors: Vec<_> = errors.into_iter().map(|error| error.detail).collect();
    assert_eq!(
        errors,
        ["the status gespraech cannot get another group: there are too many applications to see that none is in it"]
    );
}

#[test]
fn statuses_that_are_not_there_are_named_each() {
    let errors = refused(|workflow| workflow["initialStatus"] = "weg".into());
    assert_eq!(errors, ["/initialStatus is no status of this workflow"]);
    let errors = refused(|workflow| {
        workflow["activities"][2]["fromStatuses"] = json!(["neu", "weg"]);
        workflow["activities"][0]["targetStatus"] = "fort".into();
        workflow["activities"][0]["fromStatuses"] = json!(["neu"]);
    });
    assert_eq!(
        errors[..2],
        [
            "/activities/0/targetStatus is no status of this workflow",
            "/activities/2/fromStatuses/1 is no status of this workflow",
        ]
    );
    // With the way to them gone, two statuses can no longer be reached.
    assert_eq!(errors.len(), 4, "{errors:?}");
}

#[test]
fn nothing_is_there_twice() {
    let errors = refused(|workflow| {
        workflow["statuses"][1]["name"] = " neu EINGELANGT".into();
        workflow["activities"][0]["name"] = "Absagen".into();
        workflow["activities"][1]["id"] = "absagen".into();
        workflow["activities"][2]["id"] = "fachkraefte.absagen".into();
    });
    assert_eq!(
        errors,
        [
            "/statuses/1/name is the name of another status too",
            "/activities/2/id is the id of another activity too",
            "/activities/2/name is the name of another activity too",
        ]
    );
    let errors = refused(|workflow| {
        let status = workflow["statuses"][0].clone();
        workflow["statuses"].as_array_mut().unwrap().push(status);
        workflow["statuses"][4]["name"] = "Doppelt".into();
    });
    assert_eq!(errors, ["/statuses/4/id is the id of another status too"]);
}

#[test]
fn a_workflow_without_statuses_is_none() {
    let errors = refused(|workflow| {
        workflow["statuses"] = json!([]);
        workflow["activities"] = json!([]);
    });
    assert_eq!(errors[0], "/statuses must have at least one status");
}

#[test]
fn each_status_can_be_reached_and_each_activity_starts_somewhere() {
    let errors = refused(|workflow| workflow["activities"][1]["fromStatuses"] = json!([]));
    assert_eq!(
        errors,
        [
            "/activities/1/fromStatuses must name at least one status",
            "/statuses/2 cannot be reached from the initial status by any activities",
        ]
    );
}

#[test]
fn channels_belong_to_the_kind_and_a_release_has_some() {
    let errors = refused(|workflow| {
        workflow["activities"][1]["release"] = json!({ "decider": ["interview", "phone"], "reader": [] });
        workflow["activities"][0]["release"] = json!({ "decider": ["interview"], "boss/chef": ["fax"] });
    });
    assert_eq!(
        errors,
        [
            "/activities/0/release/boss~1chef must be `reader` or `decider`",
            "/activities/0/release/boss~1chef/0 must be one of `email`, `phone`, `statusOnly`, `interview`",
            "/activities/0/release/decider/0 is no channel of an activity of this kind",
            "/activities/1/release/decider/1 is no channel of an activity of this kind",
            "/activities/1/release/reader is released without a channel; leave it out if it is not released",
        ]
    );
}

#[test]
fn an_interview_rejects_nobody() {
    let errors = refused(|workflow| {
        workflow["statuses"][2]["id"] = "gespraech2".into();
        workflow["activities"][1]["targetStatus"] = "abgesagt".into();
    });
    assert_eq!(
        errors,
        [
            "/activities/1/targetStatus is in the group rejected, and nobody is turned down by an interview",
            "/statuses/2 cannot be reached from the initial status by any activities",
            "/statuses the status gespraech cannot be removed: 2 applications are in it",
        ]
    );
}

#[test]
fn a_status_with_applications_stays_in_its_group() {
    let errors = refused(|workflow| workflow["statuses"][2]["group"] = "accepted".into());
    assert_eq!(
        errors,
        ["/statuses/2/group the status gespraech cannot get another group: 2 applications are in it"]
    );
}

#[test]
fn a_release_by_email_has_a_template_in_each_language() {
    use Language::{English, GermanAustria, GermanGermany};
    let details = |languages: &[Language], templates: Option<&Workflow>| {
        let errors = read(&sound(), templates, languages, &[]).errors;
        assert!(
            errors
                .iter()
                .all(|error| error.pointer == "/activities/2/release/decider/0")
        );
        errors.into_iter().map(|error| error.detail).collect::<Vec<_>>()
    };
    assert_eq!(
        details(&[GermanAustria, GermanGermany], Some(&current())),
        Vec::<String>::new()
    );
    let missing = details(&[GermanAustria, English], Some(&current()));
    assert!(
        missing.len() == 1 && missing[0].contains("a mail template in en"),
        "{missing:?}"
    );
    assert_eq!(details(&[GermanAustria, GermanGermany, English], None).len(), 2);
    // No job follows it yet: whoever makes the first one is told.
    assert_eq!(details(&[], None), Vec::<String>::new());
}

#[test]
fn what_is_not_of_the_right_form_is_named_too_and_all_at_once() {
    let errors = refused(|workflow| {
        workflow["name"] = "".into();
        workflow["statuses"][0]["group"] = "old".into();
        workflow["statuses"][0]["nameForContacts"] = "a\nb".into();
        workflow["activities"][0]["id"] = "andere.vorschlagen".into();
        workflow["activities"][1]["kind"] = "party".into();
        workflow["activities"][2]["targetStatus"] = "Weg!".into();
    });
    let pointers: Vec<_> = errors.iter().map(|error| error.split_once(' ').unwrap().0).collect();
    assert_eq!(
        pointers,
        [
            "/name",
            "/statuses/0/group",
            "/statuses/0/nameForContacts",
            "/activities/0/id",
            "/activities/1/kind",
            "/activities/2/targetStatus",
            "/statuses/3",
        ]
    );
}

#[test]
fn too_much_is_refused() {
    let errors = refused(|workflow| {
        let status = |number: usize| json!({ "id": format!("s{number}"), "group": "new", "name": format!("S{number}"), "nameForContacts": "S" });
        workflow["statuses"].as_array_mut().unwrap().extend((0..57).map(status));
        let from: Vec<_> = (0..57).map(|number| format!("s{number}")).collect();
        let activity = |number: usize| json!({ "id": format!("a{number}"), "name": format!("A{number}"), "fromStatuses": from, "targetStatus": format!("s{}", number % 57) });
        workflow["activities"]
            .as_array_mut()
            .unwrap()
            .extend((0..98).map(activity));
        workflow["activities"][0]["targetStatus"] = "s1".into();
        workflow["activities"][0]["fromStatuses"] = json!(["neu"]);
        workflow["activities"][2]["targetStatus"] = "vorgeschlagen".into();
    });
    assert!(
        errors.contains(&"/statuses must have at most 60 statuses".to_owned()),
        "{errors:?}"
    );
    assert!(
        errors.contains(&"/activities must have at most 100 activities".to_owned()),
        "{errors:?}"
    );
}
