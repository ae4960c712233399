//! Something asked for, in a form that can be asked for again.

use local::PlannedFault;
use serde_json::Value;
use uuid::Uuid;

use crate::scene::Scene;

/// Who asks.
#[derive(Clone, Debug)]
pub enum Who {
    Decider,
    Recruiter,
    /// Somebody with this access token.
    Bearer(String),
    Nobody,
}

/// A request, or an event for a function without routes.
#[derive(Clone, Debug)]
pub enum Ask {
    Http {
        who: Who,
        method: &'static str,
        path: String,
        headers: Vec<(&'static str, String)>,
        body: Option<Value>,
    },
    Event {
        function: &'static str,
        event: Value,
    },
}

impl Ask {
    pub fn http(who: Who, method: &'static str, path: impl Into<String>, body: Option<Value>) -> Self {
        Self::Http {
            who,
            method,
            path: path.into(),
            headers: Vec::new(),
            body,
        }
    }

    /// In this version.
    #[must_use]
    pub fn version(self, version: &str) -> Self {
        self.header("if-match", format!("\"{version}\""))
    }

    /// As a command, under a key of its own.
    #[must_use]
    pub fn command(self, version: &str) -> Self {
        self.version(version)
            .header("idempotency-key", Uuid::new_v4().to_string())
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: String) -> Self {
        if let Self::Http { headers, .. } = &mut self {
            headers.push((name, value));
        }
        self
    }

    /// Asks under this trace; the status, 200 or 500 for an event, and the answer's text.
    pub async fn send(&self, scene: &Scene, trace: &str) -> (u16, String) {
        match self {
            Self::Event { function, event } => {
                let answer = scene.portal.host.invoke_traced(trace, function, event.clone()).await;
                answer.map_or_else(|error| (500, error), |value| (200, value.to_string()))
            }
            Self::Http {
                who,
                method,
                path,
                headers,
                body,
            } => {
                let bearer = match who {
                    Who::Nobody => None,
                    Who::Bearer(token) => Some(token.clone()),
                    Who::Decider => Some(scene.tokens().0),
                    Who::Recruiter => Some(scene.tokens().1),
                };
                let bearer = bearer.map(|token| format!("Bearer {token}"));
                let mut all = vec![("x-amzn-trace-id", trace)];
                all.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
                all.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
                let answer = scene.portal.request(method, path, &all, body.as_ref()).await;
                (answer.status.as_u16(), answer.text)
            }
        }
    }

    /// Asks while this goes wrong.
    pub async fn send_with(&self, scene: &Scene, trace: &str, fault: PlannedFault) -> (u16, String) {
        scene.portal.wire().plan(trace, fault);
        self.send(scene, trace).await
    }
}

/// Asks for it once more, undisturbed. On a busy machine a function can run into its timeout, which the gateway answers
/// for it; then whoever waits asks again. An event is handed over again by Lambda.
pub async fn again(scene: &Scene, ask: &Ask) -> (u16, String) {
    let mut answer = ask.send(scene, &Uuid::new_v4().to_string()).await;
    for _ in 0..4 {
        let is_functions_own = matches!(ask, Ask::Http { .. }) && !answer.1.starts_with(r#"{"message""#);
        if answer.0 < 500 || is_functions_own {
            break;
        }
        answer = ask.send(scene, &Uuid::new_v4().to_string()).await;
    }
    answer
}
