//! A portal with a department, and applications to act on.

use std::{sync::RwLock, time::Duration};

use domain::User;
use serde_json::{Value, json};
use tests::{Department, Portal};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::ask::{Ask, Who};

pub struct Scene {
    pub portal: Portal,
    pub department: Department,
    tokens: RwLock<(String, String)>,
    applications: Mutex<Vec<String>>,
}

impl Scene {
    /// With a department whose deciders may also arrange interviews.
    pub async fn start() -> Self {
        let portal = Portal::start().await;
        let department = portal.department_with_interviews().await;
        let scene = Self {
            portal,
            department,
            tokens: RwLock::default(),
            applications: Mutex::default(),
        };
        scene.sign_in().await;
        scene
    }

    /// Both people anew: their tokens are older than the time that has been moved ahead.
    pub async fn sign_in(&self) {
        let decider = self.portal.sign_in(&self.department.decider).await.token;
        let recruiter = self.portal.sign_in(&self.department.recruiter).await.token;
        *self.tokens.write().unwrap() = (decider, recruiter);
    }

    /// The decider's and the recruiter's.
    pub fn tokens(&self) -> (String, String) {
        self.tokens.read().unwrap().clone()
    }

    /// Moves the time ahead, minute by minute, with a sweep in each; then everybody signs in again.
    pub async fn pass(&self, minutes: u64) {
        for _ in 0..minutes {
            self.portal.host.clock().advance(Duration::from_mins(1));
            self.portal.host.invoke("sweep", json!({})).await.unwrap();
        }
        self.sign_in().await;
    }

    /// Asks for something that must work.
    pub async fn done(&self, ask: Ask) -> Value {
        let (status, text) = ask.send(self, &Uuid::new_v4().to_string()).await;
        assert!((200..300).contains(&status), "{status} {text:.300} {ask:?}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// An application in version 1 that nobody else has.
    pub async fn application(&self) -> String {
        let mut applications = self.applications.lock().await;
        if applications.is_empty() {
            *applications = self.import(200).await;
        }
        applications.pop().unwrap()
    }

    /// New applications, each of somebody with an address of their own.
    pub async fn import(&self, count: usize) -> Vec<String> {
        // A request has thirty seconds, also on a machine that is busy.
        const AT_ONCE: usize = 50;
        let mut applications = Vec::with_capacity(count);
        while applications.len() < count {
            let rows: Vec<_> = (applications.len()..count).take(AT_ONCE).map(|_| self.row()).collect();
            let ask = Ask::http(Who::Recruiter, "POST", "/api/applications", Some(json!(rows)));
            let answer = self.done(ask).await;
            let imported = answer["rows"].as_array().unwrap();
            assert!(!imported.is_empty(), "{answer}");
            applications.extend(
                imported
                    .iter()
                    .map(|row| row["applicationId"].as_str().unwrap().to_owned()),
            );
        }
        applications
    }

    pub fn row(&self) -> Value {
        let address = format!("{}@example.org", Uuid::new_v4().simple());
        self.department.application().with("email", &address).0
    }

    /// Somebody with the rights of a recruiter and the password of everybody.
    pub async fn user(&self) -> User {
        let recruiter = self.department.user_id(&self.department.recruiter);
        let recruiter = self.portal.store.user(&recruiter).await.unwrap().unwrap();
        let name = format!("u{}", &Uuid::new_v4().simple().to_string()[..20]);
        let user = User {
            id: name.parse().unwrap(),
            email: format!("{name}@example.com").try_into().unwrap(),
            ..recruiter
        };
        self.portal.store.create_user(&user, None).await.unwrap();
        user
    }

    /// The path of an activity on an application.
    pub fn path(&self, application: &str, activity: &str, channel: &str) -> String {
        let activity = self.department.activity(activity);
        format!("/api/applications/{application}/activities/{activity}/{channel}")
    }
}
