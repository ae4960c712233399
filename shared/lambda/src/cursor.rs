//! Cursors: where a list goes on, sealed so that nobody can make one up, or read in it what the page before does not show:
//! the last item that was looked at can be one that the caller must not see.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest::{SHA256, digest},
    error::Unspecified,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

/// Seals and opens cursors.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

/// A cursor that is none of ours, or belongs to another list or user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the nextCursor of the page before")]
pub struct CursorError;

/// Why there is no cursor for a position.
#[derive(Debug, thiserror::Error)]
pub enum CursorNotWritten {
    /// The position could not be written as JSON.
    #[error("the position is not written")]
    Position(#[from] serde_json::Error),
    /// It could not be encrypted.
    #[error("the position is not sealed")]
    Sealing(#[from] Unspecified),
}

impl CursorKey {
    /// From the secret that seals them, of any length.
    pub fn new(secret: &[u8]) -> Self {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, secret).as_ref());
        Self(key)
    }

    /// `list` says which list of which user it belongs to; nowhere else does it count.
    pub fn write(&self, list: &str, position: &impl Serialize) -> Result<String, CursorNotWritten> {
        let mut sealed = serde_json::to_vec(position)?;
        let nonce = self.sealing()?.seal_in_place_append_tag(Aad::from(list), &mut sealed)?;
        sealed.extend(nonce.as_ref());
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The position, if the cursor was written for this list.
    pub fn read<T: DeserializeOwned>(&self, list: &str, cursor: &str) -> Result<T, CursorError> {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| CursorError)?;
        let (sealed, nonce) = bytes.split_last_chunk_mut::<NONCE_LEN>().ok_or(CursorError)?;
        let nonce = Nonce::from(&*nonce);
        let opened = self
            .sealing()
            .and_then(|key| key.open_in_place(nonce, Aad::from(list), sealed));
        serde_json::from_slice(opened.map_err(|_| CursorError)?).map_err(|_| CursorError)
    }

    fn sealing(&self) -> Result<RandomizedNonceKey, Unspecified> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_counts_for_its_own_list_only() {
        let key = CursorKey::new(b"secret");
        let cursor = key.write("history of app1", &7).unwrap();
        assert_eq!(key.read::<u64>("history of app1", &cursor), Ok(7));
        assert_eq!(key.read::<u64>("history of app2", &cursor), Err(CursorError));
        assert_eq!(
            CursorKey::new(b"other").read::<u64>("history of app1", &cursor),
            Err(CursorError)
        );
        let position = BASE64_URL_SAFE_NO_PAD.encode("7");
        for wrong in [position.as_str(), "", "x", "AAAA", &cursor[1..], &format!("{cursor}A")] {
            assert_eq!(key.read::<u64>("history of app1", wrong), Err(CursorError), "{wrong}");
        }
    }

    #[test]
    fn nobody_reads_in_it_where_the_list_goes_on() {
        let key = CursorKey::new(b"secret");
        let cursor = key.write("documents of maria", &"Gehälter der anderen").unwrap();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("anderen"));
    }
}
