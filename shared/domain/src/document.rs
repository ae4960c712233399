//! Global documents: what recruiters offer to all contacts, or to those of some customers.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{CustomerId, DocumentFile, DocumentId, DownloadId, Language, SingleLine, UploadId, User, UserId, Version};

/// Whose contacts may read a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Audience {
    /// Everybody.
    All,
    /// The contacts of these.
    #[schema(rename_all = "camelCase")]
    Customers {
        /// Which ones.
        #[schema(value_type = Vec<CustomerId>)]
        customer_ids: SomeCustomers,
    },
}

/// At least one customer, and at most [`SomeCustomers::MOST`].
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "BTreeSet<CustomerId>", into = "BTreeSet<CustomerId>")]
pub struct SomeCustomers(BTreeSet<CustomerId>);

/// There are none, or too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 100 customers; without the field the document is for all")]
pub struct NoCustomers;

impl SomeCustomers {
    /// So many that a page of documents stays small.
    pub const MOST: usize = 100;
}

impl TryFrom<BTreeSet<CustomerId>> for SomeCustomers {
    type Error = NoCustomers;
    fn try_from(customers: BTreeSet<CustomerId>) -> Result<Self, NoCustomers> {
        if (1..=Self::MOST).contains(&customers.len()) {
            Ok(Self(customers))
        } else {
            Err(NoCustomers)
        }
    }
}

impl From<SomeCustomers> for BTreeSet<CustomerId> {
    fn from(customers: SomeCustomers) -> Self {
        customers.0
    }
}

impl Audience {
    /// Whether the document exists for this user.
    pub fn includes(&self, user: &User) -> bool {
        match (self, user.customer_id()) {
            (Self::All, _) | (_, None) => true,
            (Self::Customers { customer_ids }, Some(own)) => customer_ids.0.contains(own),
        }
    }
}

/// Where a document stands in the list: smaller numbers first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct DocumentOrder(u32);

/// The number is too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 0 to 999999")]
pub struct DocumentOrderError;

impl TryFrom<u64> for DocumentOrder {
    type Error = DocumentOrderError;
    fn try_from(number: u64) -> Result<Self, DocumentOrderError> {
        u32::try_from(number)
            .ok()
            .filter(|number| *number <= 999_999)
            .map(Self)
            .ok_or(DocumentOrderError)
    }
}

impl From<DocumentOrder> for u64 {
    fn from(order: DocumentOrder) -> u64 {
        order.0.into()
    }
}

/// Who uploaded a version.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Author {
    /// Who.
    pub id: UserId,
    /// What they were called then.
    pub name: SingleLine,
}

/// A file that is there. Never changes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentVersion {
    /// The upload that brought it.
    pub upload_id: UploadId,
    /// What was announced and came.
    pub file: DocumentFile,
    /// When it was found to be there.
    pub uploaded_at: Timestamp,
    /// By whom.
    pub uploaded_by: Author,
}

/// A file that has been announced.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingUpload {
    /// Its upload.
    pub upload_id: UploadId,
    /// What is to come.
    pub file: DocumentFile,
    /// When it was announced.
    pub requested_at: Timestamp,
}

/// A document with all its versions.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GlobalDocument {
    /// Its id.
    pub id: DocumentId,
    /// What it is called in the list.
    pub name: SingleLine,
    /// What it is written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Who may read it.
    pub audience: Audience,
    /// Where it stands in the list.
    pub order: DocumentOrder,
    /// The files that are there, oldest first: the last one is what readers get.
    #[serde(default)]
    pub versions: Vec<DocumentVersion>,
    /// The file that is to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<PendingUpload>,
    /// How often it was written. Its `ETag`.
    pub version: Version,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// The document holds as many files as it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the document has 100 versions already; begin a new document")]
pub struct TooManyVersions;

/// There is no such upload to complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the document's pending upload")]
pub struct NotPending;

impl GlobalDocument {
    /// So many that the record stays far below the table's limit for one item.
    pub const MOST_VERSIONS: usize = 100;

    /// What readers get; none before the first upload is complete.
    pub fn current(&self) -> Option<&DocumentVersion> {
        self.versions.last()
    }

    /// What this user may download. None for a contact of a customer it is not for.
    pub fn readable(&self, user: &User) -> Option<&DocumentVersion> {
        self.current().filter(|_| self.audience.includes(user))
    }

    /// Announces a file. It takes the place of one that was announced before and never came.
    pub fn announce(&mut self, upload: PendingUpload) -> Result<(), TooManyVersions> {
        if self.versions.len() >= Self::MOST_VERSIONS {
            return Err(TooManyVersions);
        }
        self.pending = Some(upload);
        Ok(())
    }

    /// The upload of that id, if it is the one that is to come.
    pub fn pending(&self, upload: &UploadId) -> Result<&PendingUpload, NotPending> {
        self.pending
            .as_ref()
            .filter(|pending| pending.upload_id == *upload)
            .ok_or(NotPending)
    }

    /// Makes the announced file the current one; the former current one is kept.
    pub fn complete(&mut self, upload: &UploadId, by: Author, at: Timestamp) -> Result<(), NotPending> {
        let PendingUpload { upload_id, file, .. } = self.pending(upload)?.clone();
        self.pending = None;
        self.versions.push(DocumentVersion {
            upload_id,
            file,
            uploaded_at: at,
            uploaded_by: by,
        });
        Ok(())
    }
}

/// Somebody was given a document. Written before they are.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Download {
    /// Its id.
    pub id: DownloadId,
    /// The document.
    pub document_id: DocumentId,
    /// What it was called then.
    pub document_name: SingleLine,
    /// Which of its files.
    pub upload_id: UploadId,
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub user_id: UserId,
    /// What they were called then.
    pub user_name: SingleLine,
    /// Their customer, if a contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
}

impl Download {
    /// The user gets this version of the document.
    pub fn new(
        id: DownloadId,
        document: &GlobalDocument,
        version: &DocumentVersion,
        user: &User,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            document_id: document.id.clone(),
            document_name: document.name.clone(),
            upload_id: version.upload_id.clone(),
            at,
            user_id: user.id.clone(),
            user_name: user.name.clone(),
            customer_id: user.customer_id().cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContactRole, Role, SanitizedHtml};

    fn user(role: Role) -> User {
        User {
            id: "u1".parse().unwrap(),
            email: "anna@example.com".to_owned().try_into().unwrap(),
            name: SingleLine::parse("Anna Müller").unwrap(),
            role,
            language: Language::GermanAustria,
            signature: SanitizedHtml::default(),
            active: true,
            password_hash: None,
            second_factor: false,
            session_generation: 0,
            surviving_session: None,
            version: Version::FIRST,
        }
    }

    fn contact(customer: &str) -> User {
        user(Role::Contact {
            customer_id: customer.parse().unwrap(),
            contact_role: ContactRole::Reader,
        })
    }

    fn upload(id: &str) -> PendingUpload {
        PendingUpload {
            upload_id: id.parse().unwrap(),
            file: DocumentFile::parse("Leitfaden.pdf", "application/pdf", 7).unwrap(),
            requested_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn document(audience: Audience) -> GlobalDocument {
        GlobalDocument {
            id: "d1".parse().unwrap(),
            name: SingleLine::parse("Leitfaden").unwrap(),
            language: None,
            audience,
            order: DocumentOrder::default(),
            versions: Vec::new(),
            pending: None,
            version: Version::FIRST,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn complete(document: &mut GlobalDocument, id: &str) {
        let author = Author {
            id: "u1".parse().unwrap(),
            name: SingleLine::parse("Anna Müller").unwrap(),
        };
        document.announce(upload(id)).unwrap();
        let id = id.parse().unwrap();
        document.complete(&id, author.clone(), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(document.complete(&id, author, Timestamp::UNIX_EPOCH), Err(NotPending));
    }

    #[test]
    fn the_newest_complete_file_is_current_and_the_others_are_kept() {
        let mut document = document(Audience::All);
        document.announce(upload("up1")).unwrap();
        assert_eq!(document.current(), None);
        complete(&mut document, "up2");
        complete(&mut document, "up3");
        document.announce(upload("up4")).unwrap();
        assert_eq!(document.current().unwrap().upload_id.as_str(), "up3");
        let kept: Vec<_> = document
            .versions
            .iter()
            .map(|version| version.upload_id.as_str())
            .collect();
        assert_eq!(kept, ["up2", "up3"]);
        assert_eq!(document.pending(&"up1".parse().unwrap()), Err(NotPending));
    }

    #[test]
    fn a_document_takes_a_hundred_files() {
        let mut document = document(Audience::All);
        for number in 0..GlobalDocument::MOST_VERSIONS {
            complete(&mut document, &format!("up{number}"));
        }
        assert_eq!(document.announce(upload("more")), Err(TooManyVersions));
    }

    #[test]
    fn contacts_read_what_is_complete_and_for_them() {
        let customers = BTreeSet::from(["c1".parse().unwrap(), "c2".parse().unwrap()]);
        let customer_ids = SomeCustomers::try_from(customers).unwrap();
        for (audience, readers) in [
            (Audience::All, [true, true, true]),
            (Audience::Customers { customer_ids }, [true, false, true]),
        ] {
            let mut document = document(audience);
            let users = [contact("c1"), contact("c3"), user(Role::Recruiter)];
            assert!(users.iter().all(|user| document.readable(user).is_none()));
            complete(&mut document, "up1");
            assert_eq!(users.map(|user| document.readable(&user).is_some()), readers);
        }
    }

    #[test]
    fn an_audience_of_nobody_cannot_be() {
        assert_eq!(SomeCustomers::try_from(BTreeSet::new()), Err(NoCustomers));
        let json = r#"{"kind":"customers","customerIds":[]}"#;
        assert!(serde_json::from_str::<Audience>(json).is_err());
        let json = r#"{"kind":"customers","customerIds":["c1"]}"#;
        assert!(serde_json::from_str::<Audience>(json).is_ok());
    }

    #[test]
    fn an_order_has_six_digits() {
        assert!(DocumentOrder::try_from(999_999).is_ok());
        assert_eq!(DocumentOrder::try_from(1_000_000), Err(DocumentOrderError));
    }
}
