//! Checking that an application's history is complete and unchanged, from what
//! `GET /api/applications/{applicationId}/history/proof` answers. Needs nothing but that text.

use domain::{ApplicationId, BrokenChain, Digest, HistoryEntry, Version, verify_chain};

/// A page of a proof.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    application_id: ApplicationId,
    version: Version,
    history_head: Digest,
    entries: Vec<HistoryEntry>,
}

/// A history that is what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Of which application.
    pub application_id: ApplicationId,
    /// How many entries it has.
    pub entries: u64,
    /// The hash of the last one.
    pub head: Digest,
    /// The entry whose hash was kept, if one was.
    pub kept: Option<u64>,
}

/// Why a history is not proven.
#[derive(Debug, thiserror::Error)]
pub enum NotVerified {
    /// The text is no proof.
    #[error("this is not what the API answers for a proof")]
    NoProof(#[source] serde_json::Error),
    /// There is nothing to check.
    #[error("there is no page of a proof")]
    Empty,
    /// The pages are of different applications, or the history grew while they were read.
    #[error("the pages are not of one proof; read them again")]
    SeveralProofs,
    /// An entry names another application.
    #[error("entry {0} is of another application")]
    Foreign(u64),
    /// It was written anew, or cut behind what somebody kept the head of.
    #[error("the head that was kept is not in this history: it was cut or written anew")]
    KeptHeadAbsent,
    /// It is not what was written.
    #[error(transparent)]
    Broken(#[from] BrokenChain),
}

/// Verifies the pages of one proof, in any order, one JSON document after another. Whoever wrote all of it anew wrote its
/// head as well: only a head that was kept elsewhere shows that it goes on from there.
pub fn verify_history(pages: &str, kept_head: Option<&str>) -> Result<Verified, NotVerified> {
    let pages = serde_json::Deserializer::from_str(pages).into_iter::<Page>();
    let pages = pages.collect::<Result<Vec<_>, _>>().map_err(NotVerified::NoProof)?;
    let first = pages.first().ok_or(NotVerified::Empty)?;
    let (application_id, version, head) = (first.application_id.clone(), first.version, first.history_head.clone());
    let same =
        |page: &Page| page.application_id == application_id && page.version == version && page.history_head == head;
    if !pages.iter().all(same) {
        return Err(NotVerified::SeveralProofs);
    }
    let mut entries: Vec<_> = pages.into_iter().flat_map(|page| page.entries).collect();
    entries.sort_by_key(|entry| entry.sequence);
    if let Some(foreign) = entries.iter().find(|entry| entry.application_id != application_id) {
        return Err(NotVerified::Foreign(foreign.sequence));
    }
    verify_chain(&entries, &head, version.0)?;
    let kept = kept_head.map(|kept| {
        let entry = entries.iter().find(|entry| entry.hash.as_str() == kept);
        entry.map(|entry| entry.sequence).ok_or(NotVerified::KeptHeadAbsent)
    });
    Ok(Verified {
        application_id,
        entries: version.0,
        head,
        kept: kept.transpose()?,
    })
}
