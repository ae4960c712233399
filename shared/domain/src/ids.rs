//! Identifiers. Two of them carry another one, so that one read call can fetch what belongs together:
//! an application's id begins with its job's, an activity's with its workflow's.

use std::{fmt, str::FromStr};

/// Letters of generated ids: digits and lower-case letters without `i`, `l`, `o`, `u` (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text is not an identifier of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid identifier")]
pub struct IdError;

/// 80 random bits as 16 letters.
fn letters(random: [u8; 10]) -> String {
    let bits = random.iter().fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
    (0..16)
        .rev()
        .map(|index| char::from(ALPHABET[((bits >> (index * 5)) & 31) as usize]))
        .collect()
}

fn is_plain(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_slug(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_application(text: &str) -> bool {
    text.split_once('-')
        .is_some_and(|(job, own)| is_plain(job) && is_plain(own))
}

fn is_activity(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(workflow, own)| is_slug(workflow) && is_slug(own))
}

fn is_external(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $valid:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                if $valid(&text) { Ok(Self(text)) } else { Err(IdError) }
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

macro_rules! random_id {
    ($($name:ident),*) => {$(
        impl $name {
            /// A new identifier from 80 random bits.
            pub fn from_random(random: [u8; 10]) -> Self {
                Self(letters(random))
            }
        }
    )*};
}

id!(/** A department or client. */ CustomerId, is_plain);
id!(/** A contact or a recruiter. */ UserId, is_plain);
id!(/** A job. */ JobId, is_plain);
id!(/** A global document. */ DocumentId, is_plain);
id!(/** A file given to a global document: one of its versions, or the one that is to come. */ UploadId, is_plain);
id!(/** One download of a global document. */ DownloadId, is_plain);
id!(/** A signed-in device: one family of refresh tokens. */ SessionId, is_plain);
id!(/** A mail template. */ MailTemplateId, is_plain);
id!(/** A workflow; its recruiter chooses it. */ WorkflowId, is_slug);
id!(/** A status within its workflow. */ StatusId, is_slug);
id!(/** An application: `{job}-{own}`. */ ApplicationId, is_application);
id!(/** An interview: `{job}-{own}`. */ InterviewId, is_application);
id!(/** An activity: `{workflow}.{own}`. */ ActivityId, is_activity);
id!(/** What the applicant tracking system calls an application or a job. */ ExternalId, is_external);

random_id!(
    CustomerId,
    UserId,
    JobId,
    DocumentId,
    UploadId,
    DownloadId,
    SessionId,
    MailTemplateId
);

impl ApplicationId {
    /// A new application of the job, from 80 random bits.
    pub fn from_random(job: &JobId, random: [u8; 10]) -> Self {
        Self(format!("{job}-{}", letters(random)))
    }

    /// The job it is an application for.
    pub fn job_id(&self) -> JobId {
        JobId(self.0.split('-').next().unwrap_or_default().to_owned())
    }
}

impl InterviewId {
    /// A new interview of the job, from 80 random bits.
    pub fn from_random(job: &JobId, random: [u8; 10]) -> Self {
        Self(format!("{job}-{}", letters(random)))
    }

    /// The job it is for.
    pub fn job_id(&self) -> JobId {
        JobId(self.0.split('-').next().unwrap_or_default().to_owned())
    }
}

impl ActivityId {
    /// The workflow it is an activity of.
    pub fn workflow_id(&self) -> WorkflowId {
        WorkflowId(self.0.split('.').next().unwrap_or_default().to_owned())
    }
}

/// One mail to one recipient, ordered by a history entry: `{application}_{sequence}_{number}`.
///
/// Made only of letters that an SES message tag may have, and enough to find its record by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailId {
    /// The application it is about.
    pub application_id: ApplicationId,
    /// The history entry that ordered it.
    pub sequence: u64,
    /// Which of that entry's mails, from 1.
    pub number: u8,
}

impl fmt::Display for MailId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}_{}_{}", self.application_id, self.sequence, self.number)
    }
}

impl From<MailId> for String {
    fn from(id: MailId) -> String {
        id.to_string()
    }
}

impl TryFrom<String> for MailId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        let mut parts = text.split('_');
        let (Some(application), Some(sequence), Some(number), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(IdError);
        };
        Ok(Self {
            application_id: application.parse()?,
            sequence: sequence.parse().map_err(|_| IdError)?,
            number: number.parse().map_err(|_| IdError)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_names_its_job_and_an_activity_its_workflow() {
        let job: JobId = "k3m9x2p4".parse().unwrap();
        let application = ApplicationId::from_random(&job, [7; 10]);
        assert_eq!(application.job_id(), job);
        assert_eq!(application.to_string().parse(), Ok(application));
        let activity: ActivityId = "specialists-2026.reject".parse().unwrap();
        assert_eq!(activity.workflow_id().as_str(), "specialists-2026");
    }

    #[test]
    fn what_could_reach_into_another_key_is_no_id() {
        for text in ["", "a#b", "A", "ä", "a b", "a/b", "a_b", &"x".repeat(41)] {
            assert_eq!(text.parse::<JobId>(), Err(IdError), "{text}");
        }
        for text in ["job", "job-", "-own", "a-b-c", "a-b#c"] {
            assert_eq!(text.parse::<ApplicationId>(), Err(IdError), "{text}");
        }
    }

    #[test]
    fn a_mail_id_is_an_ses_tag_and_comes_back_from_it() {
        let id = MailId {
            application_id: "job1-app1".parse().unwrap(),
            sequence: 12,
            number: 1,
        };
        assert!(
            id.to_string()
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        );
        assert_eq!(MailId::try_from(id.to_string()), Ok(id));
        assert_eq!(MailId::try_from("job1-app1_1_1_1".to_owned()), Err(IdError));
    }

    proptest::proptest! {
        #[test]
        fn random_ids_are_valid_and_different_bits_give_different_ids(one: [u8; 10], other: [u8; 10]) {
            let (first, second) = (UserId::from_random(one), UserId::from_random(other));
            proptest::prop_assert_eq!(first.as_str().parse(), Ok(first.clone()));
            proptest::prop_assert_eq!(one == other, first == second);
        }
    }
}
