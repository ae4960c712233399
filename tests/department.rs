//! A department in which there is something to decide.

use std::{collections::BTreeSet, sync::OnceLock};

use domain::{
    Activity, ActivityKind, Channel, ContactRole, Customer, Job, Language, MailTemplate, Password, PasswordHash,
    Release, Role, SanitizedHtml, SingleLine, Status, StatusGroup, User, UserId, Version, Workflow,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Person, Portal};

/// The password of every test user.
pub const PASSWORD: &str = "Ein langes Passwort";

/// A customer with its people, a workflow and two jobs: the decider is named on one of them.
///
/// Every id and address ends in a mark of its own, so that departments do not meet in one table.
pub struct Department {
    mark: String,
    /// Addresses to sign in with.
    pub decider: String,
    /// Another decider on the same job.
    pub colleague: String,
    /// Reads only, named on the job.
    pub reader: String,
    /// Sees everything.
    pub recruiter: String,
    /// The job that names the decider, as the applicant tracking system calls it.
    pub job: String,
    /// A job of the same customer that names nobody.
    pub other_job: String,
}

/// A template whose placeholders are all filled, one with an unknown one.
const SUBJECT: &str = "Ihre Bewerbung als $Job.Title$";
const BODY: &str = "<p>$Applicant.LetterSalutation$,</p><p>leider müssen wir Ihnen absagen.</p>";

impl Department {
    pub(crate) async fn create(portal: &Portal) -> Self {
        let mark = Uuid::new_v4().simple().to_string()[..10].to_owned();
        let department = Self {
            decider: format!("decider.{mark}@example.com"),
            colleague: format!("colleague.{mark}@example.com"),
            reader: format!("reader.{mark}@example.com"),
            recruiter: format!("recruiter.{mark}@example.com"),
            job: format!("R-{mark}-1"),
            other_job: format!("R-{mark}-2"),
            mark,
        };
        let store = &portal.store;
        let customer = Customer {
            id: department.id("customer").parse().unwrap(),
            name: line("Produktion"),
            locations: vec![line("Linz, Hafenstraße 12")],
            languages: [Language::GermanAustria].into(),
            version: Version::FIRST,
        };
        store.save_customer(&customer).await.unwrap();
        for (name, address, role) in [
            ("Maria Gruber", &department.decider, Some(ContactRole::Decider)),
            ("Jürgen Öllinger", &department.colleague, Some(ContactRole::Decider)),
            ("Lea Steiner", &department.reader, Some(ContactRole::Reader)),
            ("Renate Recruiter", &department.recruiter, None),
        ] {
            let role = role.map_or(Role::Recruiter, |contact_role| Role::Contact {
                customer_id: customer.id.clone(),
                contact_role,
            });
            store
                .create_user(&user(department.user_id(address), name, address, role), None)
                .await
                .unwrap();
        }
        store
            .put_workflow(&department.workflow(), &department.templates())
            .await
            .unwrap();
        let contacts = [&department.decider, &department.colleague, &department.reader];
        let contacts = contacts.map(|address| department.user_id(address));
        department
            .add_job(portal, "job1", &department.job, contacts.into())
            .await;
        department
            .add_job(portal, "job2", &department.other_job, BTreeSet::new())
            .await;
        department
    }

    async fn add_job(&self, portal: &Portal, id: &str, external_id: &str, contact_ids: BTreeSet<UserId>) {
        let job = Job {
            id: self.id(id).parse().unwrap(),
            external_id: external_id.parse().unwrap(),
            customer_id: self.id("customer").parse().unwrap(),
            workflow_id: self.workflow_id().parse().unwrap(),
            title: line("Köchin & Koch"),
            location: Some(line("Wien")),
            contact_ids,
            version: Version::FIRST,
        };
        portal.store.save_job(&job, None).await.unwrap();
    }

    /// More jobs, as the applicant tracking system calls them, that name nobody.
    pub async fn add_jobs(&self, portal: &Portal, external_ids: &[&str]) {
        for (number, external_id) in external_ids.iter().enumerate() {
            self.add_job(portal, &format!("more{number}job"), external_id, BTreeSet::new())
                .await;
        }
    }

    fn id(&self, name: &str) -> String {
        format!("{name}{}", self.mark)
    }

    /// The id of the user with that address.
    pub fn user_id(&self, address: &str) -> UserId {
        self.id(address.split('.').next().unwrap()).parse().unwrap()
    }

    /// The workflow's id.
    pub fn workflow_id(&self) -> String {
        format!("workflow-{}", self.mark)
    }

    /// The customer's id.
    pub fn customer_id(&self) -> String {
        self.id("customer")
    }

    /// The job's own id.
    pub fn job_id(&self) -> String {
        self.id("job1")
    }

    /// An activity's id: `reject` (all channels), `reject-by-email`, `reject-by-phone`, `reject-silently`,
    /// `shortlist` (not released).
    pub fn activity(&self, name: &str) -> String {
        format!("{}.{name}", self.workflow_id())
    }

    /// The template of that name: `standard`, `english`, `internal` (not released), `broken` (unknown placeholder).
    pub fn template(&self, name: &str) -> String {
        self.id(name)
    }

    /// The workflow as it is when the test begins.
    pub fn workflow(&self) -> Workflow {
        use Channel::{Email, Phone, StatusOnly};
        let status = |id: &str, group, name: &str, name_for_contacts: &str| Status {
            id: id.parse().unwrap(),
            group,
            name: line(name),
            name_for_contacts: line(name_for_contacts),
        };
        let activity = |id: &str, target: &str, channels: &[Channel]| Activity {
            id: self.activity(id).parse().unwrap(),
            name: line(match id {
                "reject" => "Absagen",
                "shortlist" => "Vormerken",
                other => other,
            }),
            kind: ActivityKind::Decision,
            from_statuses: BTreeSet::from(["proposed".parse().unwrap()]),
            target_status: target.parse().unwrap(),
            release: match channels {
                [] => Release::new(),
                channels => Release::from([(ContactRole::Decider, channels.iter().copied().collect())]),
            },
        };
        Workflow {
            id: self.workflow_id().parse().unwrap(),
            name: line("Fachkräfte"),
            initial_status: "proposed".parse().unwrap(),
            statuses: vec![
                status(
                    "proposed",
                    StatusGroup::Proposed,
                    "Vorgeschlagen (intern geprüft)",
                    "Vorgeschlagen",
                ),
                status("shortlist", StatusGroup::External, "Engere Wahl", "Engere Wahl"),
                status(
                    "rejected",
                    StatusGroup::Rejected,
                    "Abgelehnt durch Fachbereich",
                    "Abgesagt",
                ),
            ],
            activities: vec![
                activity("reject", "rejected", &[Email, Phone, StatusOnly]),
                activity("reject-by-email", "rejected", &[Email]),
                activity("reject-by-phone", "rejected", &[Phone]),
                activity("reject-silently", "rejected", &[StatusOnly]),
                activity("shortlist", "shortlist", &[]),
            ],
            templates: Vec::new(),
            version: Version::FIRST,
        }
    }

    /// The workflow's templates.
    pub fn templates(&self) -> Vec<MailTemplate> {
        let template = |name: &str, language, released, subject: &str, body: &str| MailTemplate {
            id: self.template(name).parse().unwrap(),
            name: line(name),
            language,
            activity_ids: ["reject", "reject-by-email"]
                .map(|id| self.activity(id).parse().unwrap())
                .into(),
            released_to_portal: released,
            subject: subject.to_owned(),
            body_html: body.to_owned(),
            version: Version::FIRST,
        };
        let german = Language::GermanAustria;
        vec![
            template(
                "english",
                Language::English,
                true,
                "Your application",
                "<p>$Applicant.LetterSalutation$,</p>",
            ),
            template("standard", german, true, SUBJECT, BODY),
            template("internal", german, false, SUBJECT, BODY),
            template("broken", german, true, "$Applicant.Shoe$", "<p>$Applicant.Phone$</p>"),
        ]
    }

    /// An application to be imported for the decider's job.
    pub fn application(&self) -> NewApplication {
        NewApplication(json!({
            "externalId": format!("A-{}", Uuid::new_v4()),
            "jobExternalId": self.job,
            "salutation": "Frau",
            "firstName": "Anna",
            "lastName": "Müller",
            "titleAfterName": "MSc",
            "email": format!("anna.{}@example.org", self.mark),
            "phone": "+43 1 234 56 78",
        }))
    }

    /// Where the applications of this department that say nothing else get their mails.
    pub fn applicant_address(&self) -> String {
        format!("anna.{}@example.org", self.mark)
    }

    /// A new application, imported by the recruiter; its id.
    pub async fn new_application(&self, portal: &Portal) -> String {
        self.application().import(&portal.sign_in(&self.recruiter).await).await
    }
}

/// A row of an import.
#[derive(Clone)]
pub struct NewApplication(pub Value);

impl NewApplication {
    /// With another value of a field.
    #[must_use]
    pub fn with(mut self, field: &str, value: &str) -> Self {
        self.0[field] = value.into();
        self
    }

    /// Imports it; the application's id.
    pub async fn import(&self, recruiter: &Person<'_>) -> String {
        let answer = recruiter
            .import("application/json", self.0.to_string())
            .await
            .expect(200);
        answer["rows"][0]["applicationId"]
            .as_str()
            .unwrap_or_else(|| panic!("imported: {answer}"))
            .to_owned()
    }
}

fn user(id: UserId, name: &str, address: &str, role: Role) -> User {
    static HASH: OnceLock<PasswordHash> = OnceLock::new();
    let hash = HASH.get_or_init(|| PasswordHash::create(&Password::parse(PASSWORD).unwrap(), [7; 16]).unwrap());
    User {
        id,
        email: address.to_owned().try_into().unwrap(),
        name: line(name),
        role,
        language: Language::GermanAustria,
        signature: SanitizedHtml::sanitize(&format!("<p>Mit freundlichen Grüßen<br>{name}</p>")),
        active: true,
        password_hash: Some(hash.clone()),
        second_factor: false,
        session_generation: 0,
        surviving_session: None,
        version: Version::FIRST,
    }
}

fn line(text: &str) -> SingleLine {
    SingleLine::parse(text).unwrap()
}
