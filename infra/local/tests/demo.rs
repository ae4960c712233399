//! The demo is complete, is loaded once, and gives its decider something to do through every channel.

#![allow(clippy::unwrap_used, reason = "a test's preparation")]

use std::{collections::BTreeSet, path::Path};

use domain::{
    Application, Caller, Case, Channel, CustomerId, FieldError, MailTemplateDocument, Occupation, PasswordHash,
    Placeholder, SessionClaims, StatusGroup, Surroundings, User, Workflow, WorkflowDocument, WorkflowId, unresolved,
    verify_chain,
};
use local::{Host, Options, demo};
use serde_json::json;
use store::{ListScope, Store};

const DECIDER: &str = "mariagruber";

async fn loaded(folder: &Path) -> (Host, Store) {
    let host = Host::start(Options::new(folder)).await.unwrap();
    demo::load(&host).await.unwrap();
    let store = Store::new(host.sdk(), host.table_name());
    (host, store)
}

async fn applications(store: &Store) -> Vec<Application> {
    let mut all = Vec::new();
    let mut customer: Option<CustomerId> = None;
    loop {
        customer = store.next_customer(customer.as_ref()).await.unwrap();
        let Some(customer) = &customer else { return all };
        let page = store
            .list_applications(&ListScope::Customer(customer), None, None, 100)
            .await
            .unwrap();
        all.extend(page.applications);
    }
}

async fn workflow(store: &Store, id: &WorkflowId) -> Workflow {
    store.workflow(id).await.unwrap().unwrap()
}

fn as_caller(user: User) -> Caller {
    let claims = SessionClaims {
        user_id: user.id.clone(),
        session_id: "s1".parse().unwrap(),
        generation: user.session_generation,
    };
    Caller::admit(&claims, Some(user)).unwrap()
}

/// The application as the user has it.
async fn case(store: &Store, user: &str, application: &Application) -> Option<Case> {
    let loaded = store
        .load_case(
            store::CaseKeys {
                user: &user.parse().unwrap(),
                application: &application.id,
                activity: None,
                command: None,
                interview: None,
            },
            application.updated_at,
        )
        .await
        .unwrap();
    let workflow = workflow(store, &loaded.job.as_ref().unwrap().workflow_id).await;
    Case::open(
        as_caller(loaded.user.unwrap()),
        loaded.application,
        loaded.job,
        Some(workflow),
    )
}

#[tokio::test]
async fn a_second_load_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (host, store) = loaded(folder.path()).await;
    let first = applications(&store).await;
    assert_eq!(first.len(), 60);
    let hash = store
        .user(&DECIDER.parse().unwrap())
        .await
        .unwrap()
        .unwrap()
        .password_hash;
    demo::load(&host).await.unwrap();
    drop(host);
    let (_host, store) = loaded(folder.path()).await;
    assert_eq!(applications(&store).await, first);
    assert_eq!(
        store
            .user(&DECIDER.parse().unwrap())
            .await
            .unwrap()
            .unwrap()
            .password_hash,
        hash
    );
    assert!(PasswordHash::verify(hash.as_ref(), demo::PASSWORD));
}

#[tokio::test]
async fn a_load_that_was_interrupted_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    for calls in [3, 20, 60, 90] {
        let host = Host::start(Options::new(folder.path())).await.unwrap();
        tokio::select! {
            _ = demo::load(&host) => panic!("the demo needs more than {calls} calls"),
            () = async { while host.wire().calls().len() < calls { tokio::task::yield_now().await } } => {}
        }
    }
    let (_host, store) = loaded(folder.path()).await;
    let all = applications(&store).await;
    assert_eq!(all.len(), 60);
    let changed: u64 = all.iter().map(|application| application.version.0 - 1).sum();
    assert_eq!(changed, 10);
}

#[tokio::test]
async fn the_decider_has_open_applications_for_every_channel() {
    let folder = tempfile::tempdir().unwrap();
    let (_host, store) = loaded(folder.path()).await;
    let (mut open_to_them, mut jobs, mut not_theirs) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for application in applications(&store).await {
        let Some(case) = case(&store, DECIDER, &application).await else {
            assert_ne!(application.customer_id.as_str(), "produktion");
            continue;
        };
        let job = case.job();
        if job.contact_ids.contains(&DECIDER.parse().unwrap()) {
            jobs.insert(job.id.clone());
        } else {
            not_theirs.insert(job.id.clone());
            assert!(case.available_activities().is_empty());
        }
        let decided = [StatusGroup::Accepted, StatusGroup::Rejected].contains(&application.status_group);
        for (activity, channels) in case.available_activities() {
            assert!(!decided);
            for channel in channels {
                open_to_them.insert((case.workflow().is_rejection(activity), channel));
            }
        }
    }
    let rejections = [Channel::Email, Channel::Phone, Channel::StatusOnly];
    for channel in rejections {
        assert!(open_to_them.contains(&(true, channel)), "{channel:?}");
    }
    assert!(open_to_them.contains(&(false, Channel::Interview)));
    assert!(jobs.len() > 1 && not_theirs.len() == 1);
}

#[tokio::test]
async fn the_applications_of_the_manual_are_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let (host, store) = loaded(folder.path()).await;
    let all = applications(&store).await;
    for (id, channel) in [
        ("produktionsleitung-a01", Channel::Email),
        ("produktionsleitung-a02", Channel::Phone),
        ("produktionsleitung-a03", Channel::StatusOnly),
    ] {
        let application = all.iter().find(|application| application.id.as_str() == id).unwrap();
        let case = case(&store, DECIDER, application).await.unwrap();
        let activity = "fachkraefte.absagen".parse().unwrap();
        assert!(case.released(&activity, channel).is_ok(), "{id}");
        assert!(!case.templates(&activity).is_empty());
        let applicant = &application.applicant;
        let reachable = match channel {
            Channel::Email => applicant.email.is_some(),
            _ => true,
        };
        assert!(reachable && (channel != Channel::Phone || applicant.phone.is_some()));
    }
    let client = reqwest::Client::new();
    for demo::SignIn { email, .. } in demo::SIGN_INS {
        let answer = client
            .post(format!("{}/api/session", host.url()))
            .json(&json!({ "email": email, "password": demo::PASSWORD }))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{email}");
    }
}

#[tokio::test]
async fn what_belongs_together_does() {
    let folder = tempfile::tempdir().unwrap();
    let (_host, store) = loaded(folder.path()).await;
    for id in ["fachkraefte", "betrieb"] {
        let workflow = workflow(&store, &id.parse().unwrap()).await;
        assert!(workflow.status(&workflow.initial_status).is_some());
        for activity in &workflow.activities {
            assert_eq!(activity.id.workflow_id(), workflow.id);
            let statuses = activity.from_statuses.iter().chain([&activity.target_status]);
            assert!(statuses.into_iter().all(|status| workflow.status(status).is_some()));
        }
        let mut activities = workflow.templates.iter().flat_map(|template| &template.activity_ids);
        assert!(activities.all(|activity| workflow.activity(activity).is_some()));
    }
    for application in applications(&store).await {
        let history = store.history(&application.id, None, 20).await.unwrap();
        let entries: Vec<_> = history.entries.iter().map(|entry| &entry.entry).rev().collect();
        verify_chain(
            entries.iter().copied(),
            &application.history_head,
            application.version.0,
        )
        .unwrap();
        assert!(entries.is_sorted_by_key(|entry| entry.at));
    }
}

#[tokio::test]
async fn the_workflows_and_templates_could_be_saved_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let (_host, store) = loaded(folder.path()).await;
    for id in ["fachkraefte", "betrieb"] {
        let id = id.parse().unwrap();
        let workflow = workflow(&store, &id).await;
        let languages = store.languages(&store.followers(&id).await.unwrap()).await.unwrap();
        assert!(!languages.is_empty());
        let mut document = json!(workflow);
        let fields = document.as_object_mut().unwrap();
        fields.retain(|field, _| !["id", "templates", "version"].contains(&field.as_str()));
        let document: WorkflowDocument = serde_json::from_value(document).unwrap();
        let surroundings = Surroundings {
            current: Some(&workflow),
            languages: &languages,
            occupation: &Occupation::default(),
        };
        assert_eq!(document.check(&id, &surroundings).errors, []);
        let workflows = [(id, workflow.clone())].into();
        for reference in &workflow.templates {
            let template = store.mail_template(&reference.id).await.unwrap().unwrap();
            let mut document = json!(template);
            let fields = document.as_object_mut().unwrap();
            fields.retain(|field, _| !["id", "version"].contains(&field.as_str()));
            let document: MailTemplateDocument = serde_json::from_value(document).unwrap();
            let checked = document.check(template.id.clone(), template.version, &workflows);
            assert_eq!(checked.unwrap().activity_ids, template.activity_ids);
            assert_eq!(workflow.with_template(&template.id, Some(&template)), None);
        }
    }
}

#[test]
fn the_templates_have_no_placeholder_that_is_not_there() {
    let known: BTreeSet<_> = Placeholder::ALL
        .iter()
        .map(|placeholder| format!("${}$", placeholder.name))
        .collect();
    let found = unresolved("", include_str!("../src/demo/templates.yaml"));
    assert!(!found.is_empty());
    for FieldError { detail, .. } in found {
        assert!(known.iter().any(|placeholder| detail.contains(placeholder)), "{detail}");
    }
}
