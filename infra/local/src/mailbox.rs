//! The folder of received mails: for each an `.eml` file with the bytes and a `.json` file with its envelope.

mod stamp;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{fmt::rfc2822, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{Clock, clock::moment, template::REGION};

/// A handle on the folder; all clones are the same folder.
#[derive(Clone)]
pub struct Mailbox(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    clock: Clock,
    last_id: Mutex<i64>,
}

/// Who sent a mail to whom, and what the sender told SES about it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// The sender.
    pub from: String,
    /// All recipients: to, copy and blind copy.
    pub to: Vec<String>,
    /// The sender's tags.
    pub tags: BTreeMap<String, String>,
    /// The configuration set, if one was named.
    pub configuration_set: Option<String>,
}

/// A mail that was received.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Received {
    /// The id SES gave it, and the name of its files. Later mails have greater ids.
    pub message_id: String,
    /// When it was received, in RFC 3339.
    pub received_at: String,
    /// Its envelope.
    pub envelope: Envelope,
}

impl Mailbox {
    /// Opens the folder, or creates it.
    pub fn open(folder: PathBuf, clock: Clock) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let ids = names(&folder, "")?
            .into_iter()
            .filter_map(|name| name.split('.').next()?.parse().ok());
        let last_id = Mutex::new(ids.max().unwrap_or(0));
        Ok(Self(Arc::new(Inner { folder, clock, last_id })))
    }

    /// Keeps a mail, with `Message-ID` and `Date` overwritten as SES does. When this returns, it outlives the process;
    /// whether it outlives a power cut, nobody waits to know.
    pub fn keep(&self, envelope: Envelope, raw: &[u8]) -> io::Result<Received> {
        let now = self.0.clock.now_millis();
        let message_id = format!("{:015}", self.next_id(now));
        let header_id = format!("<{message_id}@{REGION}.amazonses.com>");
        let date = rfc2822::to_string(&moment(now).to_zoned_datetime(TimeZone::UTC)).map_err(io::Error::other)?;
        let stamped = stamp::replace_headers(raw, &[("Message-ID", &header_id), ("Date", &date)]);
        let received = Received {
            message_id,
            received_at: moment(now).to_string(),
            envelope,
        };

        // The envelope comes last: a mail without one was never acknowledged, and is not listed.
        self.write(&format!("{}.eml", received.message_id), &stamped)?;
        self.write(
            &format!("{}.json", received.message_id),
            &serde_json::to_vec_pretty(&received)?,
        )?;
        Ok(received)
    }

    /// All mails, newest first. One whose envelope a power cut has left empty is none, as it is without one.
    pub fn list(&self) -> io::Result<Vec<Received>> {
        let mut names = names(&self.0.folder, ".json")?;
        names.sort_unstable_by(|one, other| other.cmp(one));
        let mut mails = Vec::with_capacity(names.len());
        for name in names {
            match serde_json::from_slice(&fs::read(self.0.folder.join(&name))?) {
                Ok(mail) => mails.push(mail),
                Err(error) => tracing::error!(name, %error, "a mail's envelope cannot be read"),
            }
        }
        Ok(mails)
    }

    /// The mail's bytes, or `None` if there is no mail of this id.
    pub fn raw(&self, message_id: &str) -> io::Result<Option<Vec<u8>>> {
        // Ids are digits; anything else could lead out of the folder.
        if message_id.is_empty() || !message_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        match fs::read(self.0.folder.join(format!("{message_id}.eml"))) {
            Ok(raw) => Ok(Some(raw)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The time in milliseconds, unless a mail has that id already.
    fn next_id(&self, now: i64) -> i64 {
        let mut last = self.0.last_id.lock().unwrap_or_else(PoisonError::into_inner);
        *last = now.max(*last + 1);
        *last
    }

    fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let unfinished = self.0.folder.join(format!("{name}.partial"));
        fs::write(&unfinished, content)?;
        fs::rename(unfinished, self.0.folder.join(name))
    }
}

fn names(folder: &Path, ending: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        names.extend(name.to_str().filter(|name| name.ends_with(ending)).map(str::to_owned));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_whose_envelope_a_power_cut_has_left_empty_hides_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::open(folder.path().to_owned(), Clock::default()).unwrap();
        let keep = || mailbox.keep(Envelope::default(), b"Subject: x\r\n\r\nText").unwrap();
        let (lost, kept) = (keep(), keep());
        fs::write(folder.path().join(format!("{}.json", lost.message_id)), "").unwrap();
        let listed = mailbox.list().unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].message_id, kept.message_id);
    }
}
