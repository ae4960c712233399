//! What recruiters say of a document, checked.

use std::collections::BTreeSet;

use domain::{
    Audience, CustomerId, DocumentFile, DocumentOrder, FieldError, GlobalDocument, Language, SingleLine, SomeCustomers,
    UploadId,
};
use lambda::Problem;
use serde::Deserialize;
use store::Store;

use crate::fields::Given;

/// A document to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewDocument {
    name: String,
    language: Option<Language>,
    /// Absent: for all.
    customer_ids: Option<Vec<String>>,
    order: Option<u64>,
    file_name: String,
    media_type: String,
    size: u64,
}

/// What a new document is besides its file.
pub(super) struct Fields {
    pub name: SingleLine,
    pub language: Option<Language>,
    pub audience: Audience,
    pub order: DocumentOrder,
}

/// A further file.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewUpload {
    file_name: String,
    media_type: String,
    size: u64,
}

/// What is to change; what is absent stays. Null takes the language away, and makes the document one for all.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DocumentChange {
    name: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Language>)]
    language: Given<Language>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    customer_ids: Given<Vec<String>>,
    order: Option<u64>,
    /// The pending upload that has been sent.
    upload_id: Option<String>,
}

impl NewDocument {
    /// Checks every field and names everything that is wrong.
    pub async fn parse(&self, store: &Store) -> Result<(Fields, DocumentFile), Problem> {
        let mut errors = Vec::new();
        let name = name(&self.name, &mut errors);
        let audience = match &self.customer_ids {
            None => Some(Audience::All),
            Some(ids) => customers(ids, store, &mut errors).await?,
        };
        let order = order(self.order.unwrap_or_default(), &mut errors);
        let file = DocumentFile::parse(&self.file_name, &self.media_type, self.size)
            .map_err(|more| errors.extend(more))
            .ok();
        match (name, audience, order, file) {
            (Some(name), Some(audience), Some(order), Some(file)) => {
                let language = self.language;
                let fields = Fields {
                    name,
                    language,
                    audience,
                    order,
                };
                Ok((fields, file))
            }
            _ => Err(errors.into()),
        }
    }
}

impl NewUpload {
    /// Checks every field.
    pub fn parse(&self) -> Result<DocumentFile, Vec<FieldError>> {
        DocumentFile::parse(&self.file_name, &self.media_type, self.size)
    }
}

impl DocumentChange {
    /// Checks every field and changes the document; gives the upload to complete, if one is named.
    pub async fn apply(self, document: &mut GlobalDocument, store: &Store) -> Result<Option<UploadId>, Problem> {
        let mut errors = Vec::new();
        if let Some(name) = self.name.and_then(|text| name(&text, &mut errors)) {
            document.name = name;
        }
        match self.language {
            Given::LeftOut => {}
            Given::Null => document.language = None,
            Given::Value(language) => document.language = Some(language),
        }
        match self.customer_ids {
            Given::LeftOut => {}
            Given::Null => document.audience = Audience::All,
            Given::Value(ids) => {
                if let Some(audience) = customers(&ids, store, &mut errors).await? {
                    document.audience = audience;
                }
            }
        }
        if let Some(order) = self.order.and_then(|number| order(number, &mut errors)) {
            document.order = order;
        }
        let upload = self.upload_id.map(|text| {
            let upload: Option<UploadId> = text.parse().ok();
            upload.filter(|upload| document.pending(upload).is_ok())
        });
        if upload == Some(None) {
            errors.push(FieldError::new("/uploadId", domain::NotPending));
        }
        if errors.is_empty() {
            Ok(upload.flatten())
        } else {
            Err(errors.into())
        }
    }
}

fn name(text: &str, errors: &mut Vec<FieldError>) -> Option<SingleLine> {
    SingleLine::parse(text)
        .map_err(|error| errors.push(FieldError::new("/name", error)))
        .ok()
}

fn order(number: u64, errors: &mut Vec<FieldError>) -> Option<DocumentOrder> {
    DocumentOrder::try_from(number)
        .map_err(|error| errors.push(FieldError::new("/order", error)))
        .ok()
}

/// The contacts of these customers, who must be there: one read.
async fn customers(texts: &[String], store: &Store, errors: &mut Vec<FieldError>) -> Result<Option<Audience>, Problem> {
    let ids: Vec<Option<CustomerId>> = texts.iter().map(|text| text.parse().ok()).collect();
    let wanted: BTreeSet<CustomerId> = ids.iter().flatten().cloned().collect();
    if texts.is_empty() || texts.len() > SomeCustomers::MOST {
        errors.push(FieldError::new("/customerIds", domain::NoCustomers));
        return Ok(None);
    }
    let there = store.customers_among(&wanted).await?;
    let before = errors.len();
    for (index, id) in ids.iter().enumerate() {
        if !id.as_ref().is_some_and(|id| there.contains(id)) {
            errors.push(FieldError::new(
                format!("/customerIds/{index}"),
                "there is no such customer",
            ));
        }
    }
    if errors.len() > before {
        return Ok(None);
    }
    match SomeCustomers::try_from(wanted) {
        Ok(customer_ids) => Ok(Some(Audience::Customers { customer_ids })),
        Err(error) => {
            errors.push(FieldError::new("/customerIds", error));
            Ok(None)
        }
    }
}
