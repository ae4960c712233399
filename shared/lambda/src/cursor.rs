//! Cursors: where a list goes on, signed so that nobody can make one up.

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

/// Signs and reads cursors.
#[derive(Clone)]
pub struct CursorKey(hmac::Key);

/// A cursor that is none of ours, or belongs to another list or user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the nextCursor of the page before")]
pub struct CursorError;

/// Bytes of the signature.
const TAG: usize = 16;

impl CursorKey {
    /// From the secret that signs them.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// `list` says which list of which user it belongs to; nowhere else does it count.
    pub fn write(&self, list: &str, position: &impl Serialize) -> Result<String, serde_json::Error> {
        let position = serde_json::to_vec(position)?;
        let mut bytes = self.tag(list, &position)[..TAG].to_vec();
        bytes.extend(position);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The position, if the cursor was written for this list.
    pub fn read<T: DeserializeOwned>(&self, list: &str, cursor: &str) -> Result<T, CursorError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| CursorError)?;
        let (tag, position) = bytes.split_at_checked(TAG).ok_or(CursorError)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(tag, &self.tag(list, position)[..TAG])
            .map_err(|_| CursorError)?;
        serde_json::from_slice(position).map_err(|_| CursorError)
    }

    fn tag(&self, list: &str, position: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(list.len().to_string().as_bytes());
        context.update(b":");
        context.update(list.as_bytes());
        context.update(position);
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
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
        for wrong in ["", "x", "AAAA", &cursor[1..], &format!("{cursor}A")] {
            assert_eq!(key.read::<u64>("history of app1", wrong), Err(CursorError), "{wrong}");
        }
    }
}
