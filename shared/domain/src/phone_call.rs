//! What was said on the telephone.

use jiff::{SignedDuration, Timestamp};

use crate::FieldError;

/// How the call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum PhoneCallOutcome {
    /// The applicant was told.
    Reached,
    /// The applicant was told by voicemail.
    Voicemail,
    /// Nobody was told: the status stays.
    NotReached,
}

/// A call with its note.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhoneCall {
    /// How it ended.
    pub outcome: PhoneCallOutcome,
    /// What was said.
    pub note: String,
    /// When it was.
    #[schema(value_type = String, format = DateTime)]
    pub called_at: Timestamp,
}

impl PhoneCall {
    /// The longest note, in characters.
    pub const MAX_NOTE_CHARACTERS: usize = 5_000;

    /// Checks the note and the time; without a time the call was just now.
    pub fn parse(
        note: &str,
        called_at: Option<Timestamp>,
        outcome: PhoneCallOutcome,
        now: Timestamp,
    ) -> Result<Self, Vec<FieldError>> {
        let note = note.replace("\r\n", "\n");
        let note = note.trim();
        let mut errors = Vec::new();
        if note.is_empty() {
            errors.push(FieldError::new("/note", "must not be empty"));
        }
        if note.chars().count() > Self::MAX_NOTE_CHARACTERS {
            errors.push(FieldError::new("/note", "must have at most 5,000 characters"));
        }
        if note
            .chars()
            .any(|character| character.is_control() && !matches!(character, '\n' | '\t'))
        {
            errors.push(FieldError::new("/note", "must not contain control characters"));
        }
        let called_at = called_at.unwrap_or(now);
        // A minute ahead is a clock that goes wrong, not a call to come.
        if called_at > now + SignedDuration::from_mins(1) {
            errors.push(FieldError::new("/calledAt", "must not lie in the future"));
        }
        if errors.is_empty() {
            Ok(Self {
                outcome,
                note: note.to_owned(),
                called_at,
            })
        } else {
            Err(errors)
        }
    }
}
