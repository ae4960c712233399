//! Somebody who has signed in.

use reqwest::header;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Answer, Portal};

/// A user with an access token and a refresh cookie.
#[derive(Clone)]
pub struct Person<'a> {
    pub(crate) portal: &'a Portal,
    /// The access token.
    pub token: String,
    /// The refresh cookie's value.
    pub cookie: String,
}

/// An action about to be asked for.
pub struct Act<'a> {
    person: &'a Person<'a>,
    path: String,
    body: Value,
    key: Option<String>,
    version: Option<String>,
}

impl<'a> Person<'a> {
    /// A request of theirs.
    pub async fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers: Vec<_> = headers
            .iter()
            .copied()
            .chain([("authorization", bearer.as_str())])
            .collect();
        self.portal.request(method, path, &headers, body).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], None).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path, &[], Some(body)).await
    }

    /// PATCH of this version.
    pub async fn patch(&self, path: &str, version: &str, body: &Value) -> Answer {
        let version = format!("\"{version}\"");
        self.request("PATCH", path, &[("if-match", &version)], Some(body)).await
    }

    /// The application as they see it.
    pub async fn application(&self, id: &str) -> Value {
        self.get(&format!("/api/applications/{id}")).await.expect(200)
    }

    /// The entries of an application's history they see, newest first.
    pub async fn history(&self, id: &str) -> Vec<Value> {
        let page = self
            .get(&format!("/api/applications/{id}/history?limit=100"))
            .await
            .expect(200);
        assert_eq!(page["nextCursor"], Value::Null);
        page["items"].as_array().unwrap().clone()
    }

    /// An action in version 1, under a key of its own, unless said otherwise.
    pub fn act(&'a self, application: &str, activity: &str, channel: &str, body: Value) -> Act<'a> {
        Act {
            person: self,
            path: format!("/api/applications/{application}/activities/{activity}/{channel}"),
            body,
            key: Some(Uuid::new_v4().to_string()),
            version: Some("\"1\"".to_owned()),
        }
    }

    /// A rejection by e-mail with a body of its own.
    pub fn reject_by_email(&'a self, application: &str, activity: &str) -> Act<'a> {
        let body = json!({ "subject": "Ihre Bewerbung", "bodyHtml": "<p>Leider müssen wir Ihnen absagen.</p>" });
        self.act(application, activity, "email", body)
    }

    /// Sends an import of that media type.
    pub async fn import(&self, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self
            .portal
            .http
            .post(format!("{}/api/applications", self.portal.host.url()));
        let request = request
            .bearer_auth(&self.token)
            .header(header::CONTENT_TYPE, content_type)
            .body(body);
        Answer::read(request.send().await.expect("an answer")).await
    }

    /// What refreshing with a cookie answers.
    pub async fn refresh(&self, cookie: &str) -> Answer {
        let cookie = format!("refresh={cookie}");
        self.portal
            .request("POST", "/api/session/refresh", &[("cookie", &cookie)], None)
            .await
    }
}

impl Act<'_> {
    /// Under this key.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    /// Under no key.
    #[must_use]
    pub fn without_key(mut self) -> Self {
        self.key = None;
        self
    }

    /// In this version.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        self.version = Some(format!("\"{version}\""));
        self
    }

    /// In no version.
    #[must_use]
    pub fn without_version(mut self) -> Self {
        self.version = None;
        self
    }

    /// Asks for it.
    pub async fn send(self) -> Answer {
        let headers = [("idempotency-key", self.key), ("if-match", self.version)];
        let headers: Vec<_> = headers
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)))
            .collect();
        self.person
            .request("POST", &self.path, &headers, Some(&self.body))
            .await
    }
}
