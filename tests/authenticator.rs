//! An authenticator app, made of a library that shares no code with the portal.

use serde_json::{Value, json};
use totp_rs::Totp;

use crate::{Answer, PASSWORD, Person, Portal};

/// An app that has scanned a secret of the portal.
pub struct Authenticator<'a> {
    portal: &'a Portal,
    app: Totp,
}

impl<'a> Authenticator<'a> {
    /// Scans what was handed out.
    pub fn scan(portal: &'a Portal, offer: &Value) -> Self {
        let app = Totp::from_url(offer["uri"].as_str().unwrap()).expect("a URI that an app reads");
        Self { portal, app }
    }

    /// The code it shows now, or so many steps later. Whoever waits between asking and sending takes a later one: each is
    /// taken for a step after its own, too.
    pub fn code(&self, steps_later: u64) -> String {
        let seconds = self.portal.host.clock().now_millis() / 1_000;
        let seconds = u64::try_from(seconds).unwrap() + 30 * steps_later;
        self.app.generate(seconds).to_string()
    }

    /// Whose portal it shows.
    pub fn issuer(&self) -> Option<&str> {
        self.app.issuer()
    }
}

impl<'a> Person<'a> {
    /// Switches their second factor on by the code of this moment: the app, and the recovery codes.
    pub async fn with_second_factor(&self) -> (Authenticator<'a>, Vec<String>) {
        let offer = self
            .request("POST", "/api/me/second-factor", &[], None)
            .await
            .expect(200);
        let app = Authenticator::scan(self.portal, &offer);
        let on = self.confirm_second_factor(PASSWORD, &app.code(0)).await.expect(200);
        let codes = on["recoveryCodes"].as_array().unwrap().iter();
        (app, codes.map(|code| code.as_str().unwrap().to_owned()).collect())
    }

    /// What confirming the secret they got answers.
    pub async fn confirm_second_factor(&self, password: &str, code: &str) -> Answer {
        let body = json!({ "currentPassword": password, "code": code });
        self.request("PUT", "/api/me/second-factor", &[], Some(&body)).await
    }
}

impl Portal {
    /// What signing in with a code answers.
    pub async fn try_sign_in_with(&self, email: &str, password: &str, code: &str) -> Answer {
        let body = json!({ "email": email, "password": password, "code": code });
        self.request("POST", "/api/session", &[], Some(&body)).await
    }
}
