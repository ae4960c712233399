//! A portal of the test's own.

use std::{env, fmt::Write, fs, path::Path};

use domain::{Activity, ActivityKind, Channel, ContactRole, Release};
use local::{Host, Options, Wire};
use serde_json::{Value, json};
use store::Store;
use tempfile::TempDir;

use crate::{Answer, Department, PASSWORD, Person};

/// A running portal with an empty table. Ends with the test.
pub struct Portal {
    /// The host.
    pub host: Host,
    /// The same table the functions use.
    pub store: Store,
    pub(crate) http: reqwest::Client,
    data: TempDir,
    _record: Record,
}

/// Names the folder in which each portal leaves what its functions needed to be allowed.
pub const RECORD_ACTIONS: &str = "RECORD_ACTIONS";

struct Record(Wire);

impl Drop for Record {
    fn drop(&mut self) {
        let Some(folder) = env::var_os(RECORD_ACTIONS) else {
            return;
        };
        let mut lines = String::new();
        for (function, actions) in self.0.needed_actions() {
            for action in actions {
                writeln!(lines, "{function} {action}").expect("a string takes everything");
            }
        }
        let file = Path::new(&folder).join(uuid::Uuid::new_v4().to_string());
        fs::create_dir_all(&folder).expect("a folder for what was needed");
        fs::write(file, lines).expect("a file for what was needed");
    }
}

impl Portal {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        Self::on(tempfile::tempdir().expect("a temporary directory")).await
    }

    /// Ends it and starts another on the same data.
    pub async fn restart(self) -> Self {
        let Self { host, data, .. } = self;
        drop(host);
        Self::on(data).await
    }

    async fn on(data: TempDir) -> Self {
        let host = Host::start(Options::new(data.path())).await.expect("the portal starts");
        let store = Store::new(host.sdk(), host.table_name());
        Self {
            _record: Record(host.wire().clone()),
            host,
            store,
            http: reqwest::Client::new(),
            data,
        }
    }

    /// A department with people, a workflow and jobs, its ids unlike any other's.
    pub async fn department(&self) -> Department {
        Department::create(self).await
    }

    /// The same with an activity `interview` from `proposed` and `shortlist` to `shortlist`.
    pub async fn department_with_interviews(&self) -> Department {
        let department = self.department().await;
        let mut workflow = department.workflow();
        workflow.activities.push(Activity {
            id: department.activity("interview").parse().unwrap(),
            name: "Gespräch vereinbaren".to_owned().try_into().unwrap(),
            kind: ActivityKind::Interview,
            from_statuses: ["proposed".parse().unwrap(), "shortlist".parse().unwrap()].into(),
            target_status: "shortlist".parse().unwrap(),
            release: Release::from([(ContactRole::Decider, [Channel::Interview].into())]),
        });
        for activity in &mut workflow.activities {
            activity.from_statuses.insert("shortlist".parse().unwrap());
        }
        let templates = department.templates();
        self.store.put_workflow(&workflow, &templates).await.unwrap();
        department
    }

    /// The AWS endpoint: its calls and its faults.
    pub fn wire(&self) -> &Wire {
        self.host.wire()
    }

    /// A request without a session.
    pub async fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let method = method.parse().expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.host.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::read(request.send().await.expect("an answer")).await
    }

    /// What signing in answers.
    pub async fn try_sign_in(&self, email: &str, password: &str) -> Answer {
        self.request(
            "POST",
            "/api/session",
            &[],
            Some(&json!({ "email": email, "password": password })),
        )
        .await
    }

    /// Signs in with the password every test user has.
    pub async fn sign_in(&self, email: &str) -> Person<'_> {
        let answer = self.try_sign_in(email, PASSWORD).await;
        let cookie = answer.refresh_cookie().expect("a refresh cookie");
        let token = answer.expect(200)["accessToken"].as_str().unwrap().to_owned();
        self.person(token, cookie)
    }

    /// Whoever has this access token and this refresh cookie.
    pub fn person(&self, token: String, cookie: String) -> Person<'_> {
        Person {
            portal: self,
            token,
            cookie,
        }
    }

    /// The secret that access tokens are signed from, as only two functions may read it.
    pub async fn signing_seed(&self) -> String {
        let request = self.http.post(self.wire().url());
        let request = request.header("x-amz-target", "secretsmanager.GetSecretValue");
        let answer = request
            .json(&json!({ "SecretId": "hiring-portal-signing-seed" }))
            .send()
            .await
            .expect("an answer");
        let secret: Value = answer.json().await.expect("JSON");
        secret["SecretString"].as_str().expect("the seed").to_owned()
    }

    /// The mails an address got, newest first, as the inbox has them, with plain line ends.
    pub async fn mails_to(&self, address: &str) -> Vec<Value> {
        let inbox = self
            .request("GET", &format!("/inbox/messages?to={address}"), &[], None)
            .await;
        assert_eq!(inbox.status.as_u16(), 200);
        serde_json::from_str(&inbox.text.replace("\\r\\n", "\\n")).unwrap()
    }

    /// The secret of the newest link an address got.
    pub async fn link_token(&self, address: &str) -> String {
        let mails = self.mails_to(address).await;
        let mut texts = mails.iter().filter_map(|mail| mail["text"].as_str());
        let link = texts.find_map(|text| Some(text.split_once("/set-password#")?.1));
        link.expect("a link").split_whitespace().next().unwrap().to_owned()
    }

    /// What setting a password by a link answers.
    pub async fn set_password(&self, token: &str, password: &str) -> Answer {
        let path = format!("/api/password-resets/{token}");
        self.request("PUT", &path, &[], Some(&json!({ "newPassword": password })))
            .await
    }

    /// Invokes a function that no route leads to, as the AWS command line does.
    pub async fn invoke(&self, function: &str, event: &Value) -> Answer {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let signed = [(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=local/20261124/eu-central-1/lambda/aws4_request, SignedHeaders=host, Signature=0",
        )];
        self.request("POST", &path, &signed, Some(event)).await
    }

    /// A mail's bytes.
    pub async fn mail_bytes(&self, mail: &Value) -> Vec<u8> {
        let url = format!(
            "{}/inbox/messages/{}.eml",
            self.host.url(),
            mail["id"].as_str().unwrap()
        );
        self.http.get(url).send().await.unwrap().bytes().await.unwrap().to_vec()
    }
}
