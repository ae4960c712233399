//! The program itself, in a process of its own.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use reqwest::Client;
use serde_json::{Value, json};

/// The program itself, as an operator starts it.
pub struct Program {
    child: Child,
    /// The portal's address.
    pub portal: String,
    /// The AWS endpoint's.
    pub aws: String,
}

impl Program {
    /// On this folder, with the demo company.
    pub fn start(data: &Path) -> Self {
        Self::spawn(
            Command::new(env!("CARGO_BIN_EXE_hiring-portal"))
                .arg("--data")
                .arg(data),
        )
    }

    /// The same, with everything it logs written to a file.
    #[allow(dead_code, reason = "not every test file needs it")]
    pub fn start_logging(data: &Path, log: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hiring-portal"));
        let command = command
            .arg("--data")
            .arg(data)
            .env("RUST_LOG", "debug,hyper=info,h2=info,aws=info");
        Self::spawn(command.stderr(File::create(log).unwrap()))
    }

    fn spawn(command: &mut Command) -> Self {
        let command = command.args(["--listen", "127.0.0.1:0", "--demo"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut value = |label: &str| {
            let line = lines.find(|line| line.starts_with(label)).unwrap();
            line[label.len()..].trim().to_owned()
        };
        let (portal, aws) = (value("Portal"), value("AWS endpoint"));
        Self { child, portal, aws }
    }

    /// An access token of somebody in the demo company.
    pub async fn sign_in(&self, http: &Client, email: &str) -> String {
        let credentials = json!({ "email": email, "password": "Demo-Portal-2026!" });
        let answer = http.post(format!("{}/api/session", self.portal)).json(&credentials);
        let answer: Value = answer.send().await.unwrap().json().await.unwrap();
        answer["accessToken"].as_str().unwrap().to_owned()
    }

    /// SIGKILL: nothing is flushed, nothing is closed.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The line that `make test` shows in the end, in a file of its own.
#[allow(dead_code, reason = "not every test file needs it")]
#[allow(clippy::print_stdout, reason = "for whoever runs the test by itself")]
pub fn report(name: &str, line: &str) {
    println!("{line}");
    if let Some(folder) = std::env::var_os("REPORT") {
        std::fs::write(Path::new(&folder).join(name), format!("{line}\n")).unwrap();
    }
}
