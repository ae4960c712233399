//! The company in which everybody turns applicants down: the demo's, with enough applications for all.

use std::collections::VecDeque;

use local::{Host, Options, demo, template::BUILT_IN, template::Template};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Failure;

/// Where it happens.
pub struct Company {
    /// The functions and the AWS stand-ins.
    pub host: Host,
    http: reqwest::Client,
    token: String,
    applications: VecDeque<String>,
    _data: TempDir,
}

/// What one invocation asked of AWS.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The operations, in their order.
    pub operations: Vec<String>,
    /// The write units DynamoDB would charge.
    pub write_units: f64,
    /// The read units.
    pub read_units: f64,
}

const ACTIVITY: &str = "fachkraefte.absagen";

impl Company {
    /// With so many applications to turn down.
    pub async fn open(applications: usize) -> Result<Self, Failure> {
        let data = tempfile::tempdir()?;
        let host = Host::start(Options::new(data.path())).await?;
        demo::load(&host).await?;
        let mut company = Self {
            host,
            http: reqwest::Client::new(),
            token: String::new(),
            applications: VecDeque::new(),
            _data: data,
        };
        let recruiter = company.sign_in("recruiter@demo.example").await?;
        let rows: Vec<_> = (0..applications).map(row).collect();
        for rows in rows.chunks(500) {
            let request = company.http.post(format!("{}/api/applications", company.host.url()));
            let answer: Value = request.bearer_auth(&recruiter).json(rows).send().await?.json().await?;
            let rows = answer["rows"].as_array().ok_or_else(|| answer.to_string())?;
            let ids = rows.iter().map(|row| row["applicationId"].as_str().map(str::to_owned));
            let ids: Option<Vec<_>> = ids.collect();
            company.applications.extend(ids.ok_or_else(|| answer.to_string())?);
        }
        Ok(company)
    }

    /// The settings of the function `send-email`, as the template has them.
    pub fn settings() -> Result<Vec<(String, String)>, Failure> {
        let template = Template::read(BUILT_IN, &[].into())?;
        let mut functions = template.functions.into_iter();
        let function = functions.find(|function| function.name == "send-email");
        Ok(function.ok_or("no send-email")?.settings.into_iter().collect())
    }

    /// Whoever decides signs in again: a token counts for ten minutes.
    pub async fn renew_token(&mut self) -> Result<(), Failure> {
        self.token = self.sign_in("decider@demo.example").await?;
        Ok(())
    }

    /// The event of a rejection by e-mail of an application that nobody has decided.
    pub fn rejection(&mut self) -> Result<String, Failure> {
        let application = self.applications.pop_front().ok_or("no application is left")?;
        let path = format!("/api/applications/{application}/activities/{ACTIVITY}/email");
        let mut event: Value = serde_json::from_str(include_str!("../../events/send-email.json"))?;
        event["rawPath"] = path.clone().into();
        event["requestContext"]["http"]["path"] = path.into();
        event["requestContext"]["timeEpoch"] = self.host.clock().now_millis().into();
        event["pathParameters"] = json!({ "applicationId": application, "activityId": ACTIVITY });
        event["headers"]["authorization"] = format!("Bearer {}", self.token).into();
        event["headers"]["idempotency-key"] = uuid::Uuid::new_v4().to_string().into();
        Ok(event.to_string())
    }

    /// What has been asked of AWS since it was last asked here.
    pub fn asked(&self) -> Asked {
        let calls = self.host.wire().calls();
        self.host.wire().forget_calls();
        let units = |writing: bool| {
            let is_write = |name: &str| name.ends_with("PutItem") || name.ends_with("WriteItems");
            let calls = calls.iter().filter(|call| is_write(&call.operation) == writing);
            calls.map(|call| call.capacity).sum::<f64>().abs()
        };
        Asked {
            write_units: units(true),
            read_units: units(false),
            operations: calls.into_iter().map(|call| call.operation).collect(),
        }
    }

    async fn sign_in(&self, email: &str) -> Result<String, Failure> {
        let request = self.http.post(format!("{}/api/session", self.host.url()));
        let body = json!({ "email": email, "password": demo::PASSWORD });
        let answer: Value = request.json(&body).send().await?.json().await?;
        Ok(answer["accessToken"]
            .as_str()
            .ok_or_else(|| answer.to_string())?
            .to_owned())
    }
}

fn row(number: usize) -> Value {
    json!({
        "externalId": format!("BENCH-{number}"),
        "jobExternalId": "R-2026-101",
        "status": "vorgeschlagen",
        "salutation": "Frau",
        "firstName": "Theresa",
        "lastName": format!("Hölzlhammer-{number}"),
        "titleAfterName": "MBA",
        "email": format!("theresa.{number}@post.example"),
        "phone": "+43 664 0055 201",
        "language": "de-AT",
    })
}
