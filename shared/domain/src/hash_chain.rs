//! The hash chain that proves a history: what was written still stands there, whole and in its order.
//!
//! The exact bytes: a *netstring* is a text's length in bytes, `:`, the text, `,`. The content's hash is
//! SHA-256 of the salt (hex) and the content (JSON as stored), each as a netstring; an entry's hash is SHA-256
//! of the netstrings of [`HistoryEntry`]'s envelope fields in their order, an absent one as the empty text.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::HistoryEntry;

/// A SHA-256 hash in hex.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// What the first entry of each chain follows.
    pub fn beginning() -> Self {
        Self("0".repeat(64))
    }

    pub(crate) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = Sha256::new();
        for text in texts {
            hasher.update(text.len().to_string());
            hasher.update(":");
            hasher.update(text);
            hasher.update(",");
        }
        Self(hex(&hasher.finalize()))
    }

    pub(crate) fn of_content(salt: &Salt, content: &str) -> Self {
        Self::of([salt.0.as_str(), content])
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
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Actor, ActorKind, HistoryChannel, HistoryContent, PhoneCall, RecordedStatus, SingleLine, history::NewEntry,
    };

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
