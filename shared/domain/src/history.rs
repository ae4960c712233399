//! The append-only record of an application, provable by a hash chain.
//!
//! Each entry's hash covers its envelope and, through a salted hash, its content. So the content, which is
//! personal, can be erased later and the chain still verifies; and nobody can guess erased content from its hash.
//!
//! The exact bytes: a *netstring* is a text's length in bytes, `:`, the text, `,`. The content's hash is
//! SHA-256 of the salt (hex) and the content (JSON as stored), each as a netstring; an entry's hash is SHA-256
//! of the netstrings of [`HistoryEntry`]'s envelope fields in their order, an absent one as the empty text.

use std::{collections::BTreeSet, fmt};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::{
    ActivityId, ApplicationId, Channel, CustomerId, HistoryContent, InterviewId, Role, StatusId, User, UserId,
};

/// A SHA-256 hash in hex.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// What the first entry of each chain follows.
    pub fn beginning() -> Self {
        Self("0".repeat(64))
    }

    fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = Sha256::new();
        for text in texts {
            hasher.update(text.len().to_string());
            hasher.update(":");
            hasher.update(text);
            hasher.update(",");
        }
        Self(hex(&hasher.finalize()))
    }

    /// The hash in hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// What makes the hash of a content unguessable: 128 random bits in hex.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Salt(String);

impl Salt {
    /// From random bits.
    pub fn from_random(random: [u8; 16]) -> Self {
        Self(hex(&random))
    }
}

/// Through which channel something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum HistoryChannel {
    /// A mail to the applicant.
    Email,
    /// A call.
    Phone,
    /// The status alone.
    StatusOnly,
    /// An appointment.
    Interview,
    /// The applicant tracking system sent it.
    Import,
    /// Somebody was given a document; in the feed only.
    Download,
}

impl HistoryChannel {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::StatusOnly => "statusOnly",
            Self::Interview => "interview",
            Self::Import => "import",
            Self::Download => "download",
        }
    }

    /// The channel of that word.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Email,
            Self::Phone,
            Self::StatusOnly,
            Self::Interview,
            Self::Import,
            Self::Download,
        ];
        all.into_iter().find(|channel| channel.as_str() == text)
    }
}

impl From<Channel> for HistoryChannel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Email => Self::Email,
            Channel::Phone => Self::Phone,
            Channel::StatusOnly => Self::StatusOnly,
            Channel::Interview => Self::Interview,
        }
    }
}

/// What kind of user acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ActorKind {
    /// Somebody of the customer.
    Contact,
    /// Somebody of the recruiting team.
    Recruiter,
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// Contact or recruiter.
    pub kind: ActorKind,
    /// Which user.
    pub user_id: UserId,
    /// Of which customer, if a contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
}

impl From<&User> for Actor {
    fn from(user: &User) -> Self {
        Self {
            kind: user.kind(),
            user_id: user.id.clone(),
            customer_id: user.customer_id().cloned(),
        }
    }
}

/// One entry. The fields up to `previous_hash` are its envelope, which `hash` covers in this order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// Of which application.
    pub application_id: ApplicationId,
    /// Which entry, from 1.
    pub sequence: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// Through which channel.
    pub channel: HistoryChannel,
    /// By which activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<ActivityId>,
    /// From which status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_status: Option<StatusId>,
    /// To which.
    pub to_status: StatusId,
    /// The salted hash of the content.
    pub content_hash: Digest,
    /// The hash of the entry before.
    pub previous_hash: Digest,
    /// The hash of this entry.
    pub hash: Digest,
    /// The salt, erased together with the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<Salt>,
    /// The content as JSON, kept as it was hashed; absent once it is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
}

/// What an entry is made from.
pub(crate) struct NewEntry<'a> {
    pub application_id: &'a ApplicationId,
    pub sequence: u64,
    pub at: Timestamp,
    pub actor: Actor,
    pub channel: HistoryChannel,
    pub content: &'a HistoryContent,
    pub previous_hash: Digest,
    pub salt: Salt,
}

impl HistoryEntry {
    /// How long the bytes of its mails are kept, so that they can be sent again.
    pub const MAILS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);

    /// Whether what its mails say still holds and is kept: no later entry of the application is about an interview that
    /// they are about.
    pub fn mails_hold<'a>(
        &self,
        now: Timestamp,
        later: impl IntoIterator<Item = &'a Self>,
    ) -> Result<bool, serde_json::Error> {
        if now.duration_since(self.at) >= Self::MAILS_KEPT {
            return Ok(false);
        }
        let about = self.interviews()?;
        for entry in later {
            if !about.is_disjoint(&entry.interviews()?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn interviews(&self) -> Result<BTreeSet<InterviewId>, serde_json::Error> {
        let interviews = self.content()?.into_iter().flat_map(|content| content.interviews);
        Ok(interviews.map(|interview| interview.interview_id).collect())
    }

    /// Whether the user may order its mails once more: a recruiter, and whoever ordered them first.
    pub fn may_be_resent_by(&self, user: &User) -> bool {
        user.role == Role::Recruiter || self.actor.user_id == user.id
    }

    pub(crate) fn new(new: NewEntry<'_>) -> Result<Self, serde_json::Error> {
        let content = serde_json::to_string(new.content)?;
        let mut entry = Self {
            application_id: new.application_id.clone(),
            sequence: new.sequence,
            at: new.at,
            actor: new.actor,
            channel: new.channel,
            activity_id: new.content.activity.as_ref().map(|activity| activity.id.clone()),
            from_status: new.content.from_status.as_ref().map(|status| status.id.clone()),
            to_status: new.content.to_status.id.clone(),
            content_hash: Digest::of([new.salt.0.as_str(), &content]),
            previous_hash: new.previous_hash,
            hash: Digest::beginning(),
            salt: Some(new.salt),
            content: Some(content),
        };
        entry.hash = entry.envelope_hash();
        Ok(entry)
    }

    /// The content, unless it was erased.
    pub fn content(&self) -> Result<Option<HistoryContent>, serde_json::Error> {
        self.content.as_deref().map(serde_json::from_str).transpose()
    }

    /// The same entry without what is personal; its chain still verifies.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self {
            salt: None,
            content: None,
            ..self.clone()
        }
    }

    fn envelope_hash(&self) -> Digest {
        let kind = match self.actor.kind {
            ActorKind::Contact => "contact",
            ActorKind::Recruiter => "recruiter",
        };
        Digest::of([
            self.application_id.as_str(),
            &self.sequence.to_string(),
            &self.at.to_string(),
            kind,
            self.actor.user_id.as_str(),
            self.actor.customer_id.as_ref().map_or("", CustomerId::as_str),
            self.channel.as_str(),
            self.activity_id.as_ref().map_or("", ActivityId::as_str),
            self.from_status.as_ref().map_or("", StatusId::as_str),
            self.to_status.as_str(),
            self.content_hash.as_str(),
            self.previous_hash.as_str(),
        ])
    }

    fn content_matches(&self) -> bool {
        match (&self.salt, &self.content) {
            (Some(salt), Some(content)) => Digest::of([salt.0.as_str(), content]) == self.content_hash,
            (None, None) => true,
            _ => false,
        }
    }
}

/// The first place where a history is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenChain {
    /// An entry is missing, doubled or out of order.
    #[error("the history breaks at entry {0}: another one stands in its place")]
    Sequence(u64),
    /// An entry's envelope was changed.
    #[error("the history breaks at entry {0}: it was changed")]
    Envelope(u64),
    /// An entry's content was changed.
    #[error("the history breaks at entry {0}: its content was changed")]
    Content(u64),
    /// Entries are missing at the end, or the head was changed.
    #[error("the history does not end where the application says: after entry {0}")]
    Head(u64),
}

/// Verifies the whole history of an application, oldest entry first, against the head kept on the application.
pub fn verify_chain<'a>(
    entries: impl IntoIterator<Item = &'a HistoryEntry>,
    head: &Digest,
    length: u64,
) -> Result<(), BrokenChain> {
    let mut previous = Digest::beginning();
    let mut count = 0;
    for entry in entries {
        count += 1;
        if entry.sequence != count || entry.previous_hash != previous {
            return Err(BrokenChain::Sequence(count));
        }
        if entry.envelope_hash() != entry.hash {
            return Err(BrokenChain::Envelope(count));
        }
        if !entry.content_matches() {
            return Err(BrokenChain::Content(count));
        }
        previous = entry.hash.clone();
    }
    if count == length && previous == *head {
        Ok(())
    } else {
        Err(BrokenChain::Head(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PhoneCall, RecordedStatus, SingleLine};
    use proptest::prelude::*;

    fn chain(notes: &[String]) -> Vec<HistoryEntry> {
        let status = |id: &str| RecordedStatus {
            id: id.parse().unwrap(),
            name: SingleLine::parse("Neu").unwrap(),
            name_for_contacts: SingleLine::parse("Neu").unwrap(),
        };
        let mut entries: Vec<HistoryEntry> = Vec::new();
        for (index, note) in notes.iter().enumerate() {
            let at: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
            let content = HistoryContent {
                actor_name: SingleLine::parse("Maria Gruber").unwrap(),
                activity: None,
                from_status: Some(status("new")),
                to_status: status("rejected"),
                email: None,
                phone_call: Some(PhoneCall {
                    outcome: crate::PhoneCallOutcome::Reached,
                    note: note.clone(),
                    called_at: at,
                }),
                import: None,
                interviews: Vec::new(),
            };
            let entry = HistoryEntry::new(NewEntry {
                application_id: &"job1-app1".parse().unwrap(),
                sequence: index as u64 + 1,
                at,
                actor: Actor {
                    kind: ActorKind::Contact,
                    user_id: "user1".parse().unwrap(),
                    customer_id: None,
                },
                channel: HistoryChannel::Phone,
                content: &content,
                previous_hash: entries
                    .last()
                    .map_or_else(Digest::beginning, |entry| entry.hash.clone()),
                salt: Salt::from_random([u8::try_from(index).unwrap(); 16]),
            })
            .unwrap();
            entries.push(entry);
        }
        entries
    }

    fn verify(entries: &[HistoryEntry], of: &[HistoryEntry]) -> Result<(), BrokenChain> {
        let head = of.last().map_or_else(Digest::beginning, |entry| entry.hash.clone());
        verify_chain(entries, &head, of.len() as u64)
    }

    #[test]
    fn the_hash_is_the_one_anybody_can_compute() {
        // printf '3:abc,0:,' | sha256sum
        assert_eq!(
            Digest::of(["abc", ""]).as_str(),
            "52d415942d30f5ae11f1c9eb57a09a882a593d4a6af0dcc64435ef8c44cf9723"
        );
    }

    proptest! {
        #[test]
        fn every_tampering_is_found_where_it_was_done(
            notes in prop::collection::vec("[a-zäöü]{1,10}", 1..6),
            place: prop::sample::Index,
            way in 0..6,
        ) {
            let original = chain(&notes);
            prop_assert_eq!(verify(&original, &original), Ok(()));
            let at = place.index(original.len());
            let position = at as u64 + 1;
            let mut entries = original.clone();
            let expected = match way {
                0 => { entries[at].at += jiff::SignedDuration::from_secs(1); BrokenChain::Envelope(position) }
                1 => { entries[at].to_status = "accepted".parse().unwrap(); BrokenChain::Envelope(position) }
                2 => {
                    entries[at].content = entries[at].content.take().map(|text| text.replace("Gruber", "Huber"));
                    BrokenChain::Content(position)
                }
                3 => { entries[at].salt = None; BrokenChain::Content(position) }
                4 => {
                    entries.remove(at);
                    if at == entries.len() { BrokenChain::Head(position - 1) } else { BrokenChain::Sequence(position) }
                }
                _ => { let copy = entries[at].clone(); entries.insert(at, copy); BrokenChain::Sequence(position + 1) }
            };
            prop_assert_eq!(verify(&entries, &original), Err(expected));
        }

        #[test]
        fn erasing_what_is_personal_leaves_the_chain_whole(
            notes in prop::collection::vec("[a-zäöü]{1,10}", 1..6),
            place: prop::sample::Index,
        ) {
            let original = chain(&notes);
            let mut entries = original.clone();
            let at = place.index(entries.len());
            entries[at] = entries[at].erased();
            prop_assert_eq!(verify(&entries, &original), Ok(()));
            prop_assert_eq!(entries[at].content().unwrap(), None);
        }
    }
}
