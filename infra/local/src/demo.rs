//! A company to try the portal with: its departments, contacts, workflows and jobs, and applications that wait for
//! somebody's decision.

mod applications;
mod company;
mod documents;
mod steps;

use std::fmt::Display;

use domain::{Caller, SessionClaims, SessionId, User};
use jiff::Timestamp;
use store::{Commit, CommitError, ManageError, Store, StoreError};
use uuid::Uuid;

use self::company::Company;
use crate::{Host, clock};

/// Whose portal it is.
pub const COMPANY_NAME: &str = "Traunfels Feinkost GmbH";

/// The password of all of them.
pub const PASSWORD: &str = "Demo-Portal-2026!";

/// The demo's users who can sign in.
pub const SIGN_INS: [SignIn; 7] = [
    SignIn {
        email: "decider@demo.example",
        who: "decides in Produktion & Technik",
    },
    SignIn {
        email: "sladjana.petrovic@traunfels.example",
        who: "decides there, too",
    },
    SignIn {
        email: "reader@demo.example",
        who: "looks on in Produktion & Technik",
    },
    SignIn {
        email: "other@demo.example",
        who: "decides in Gastronomie & Küche",
    },
    SignIn {
        email: "oliver.bennett@traunfels.example",
        who: "decides in IT & Digitalisierung, in English",
    },
    SignIn {
        email: "recruiter@demo.example",
        who: "leads the recruiting team",
    },
    SignIn {
        email: "recruiter2@demo.example",
        who: "belongs to the recruiting team",
    },
];

/// A user of the demo who can sign in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn {
    /// Their address.
    pub email: &'static str,
    /// Who they are.
    pub who: &'static str,
}

/// Why the demo is not there.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The table.
    #[error("the demo cannot be read or written")]
    Store(#[from] StoreError),
    /// The table, for what recruiters manage.
    #[error("the demo's company cannot be written")]
    Manage(#[from] ManageError),
    /// An application.
    #[error("an application of the demo cannot be written")]
    Commit(#[from] CommitError),
    /// One of the files with records.
    #[error("{file} of the demo cannot be read")]
    Yaml {
        /// Which one.
        file: &'static str,
        /// What is wrong with it.
        #[source]
        source: Box<serde_saphyr::Error>,
    },
    /// One of the tables.
    #[error("a table of the demo cannot be read")]
    Csv(#[from] csv::Error),
    /// The bucket.
    #[error("a document of the demo cannot be uploaded")]
    Documents(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something in the files that the portal does not take.
    #[error("the demo's {about} is refused: {reason}")]
    Refused {
        /// What.
        about: String,
        /// Why.
        reason: String,
    },
}

/// Loads the demo, unless it is there. A load that was interrupted is completed.
pub async fn load(host: &Host) -> Result<(), DemoError> {
    let store = Store::new(host.sdk(), host.table_name());
    let company = Company::read()?;
    let recruiter = company.recruiter()?;
    if store.user(&recruiter.id).await?.is_some() {
        return Ok(());
    }
    let now = clock::moment(host.clock().now_millis());
    company.write(&store).await?;
    applications::write(&store, &company, now).await?;
    steps::write(&store, &company, now).await?;
    documents::write(host, &store, recruiter, now).await?;
    // The last one, because this user says that the demo is complete.
    company::write_user(&store, recruiter).await
}

/// The user as if they had signed in just now.
fn caller(user: &User) -> Result<Caller, DemoError> {
    let claims = SessionClaims {
        user_id: user.id.clone(),
        session_id: SessionId::from_random(random()),
        generation: user.session_generation,
    };
    Caller::admit(&claims, Some(user.clone())).map_err(|error| refused(&user.id, &error))
}

async fn commit(store: &Store, decision: &domain::Decision, now: Timestamp) -> Result<(), DemoError> {
    let commit = Commit {
        decisions: std::slice::from_ref(decision),
        interviews: &[],
        calendars: &[],
        command: None,
        mails: &[],
        now,
    };
    match store.commit(&commit).await {
        // A load that was interrupted had come as far as this.
        Ok(()) | Err(CommitError::ExternalIdTaken | CommitError::Changed(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Up to 16 random bytes.
fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let bytes = Uuid::new_v4().into_bytes();
    std::array::from_fn(|index| bytes.get(index).copied().unwrap_or_default())
}

fn refused(about: &dyn Display, reason: &dyn Display) -> DemoError {
    DemoError::Refused {
        about: about.to_string(),
        reason: reason.to_string(),
    }
}
