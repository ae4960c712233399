//! Customers.

use std::collections::BTreeSet;

use domain::{Caller, Customer, CustomerId, Language, SingleLine, Version};
use http::StatusCode;
use lambda::{Backend, PortalRequest, Problem, Reply, random};
use serde::{Deserialize, Serialize};

use super::DEFAULT_LIMIT;
use crate::{
    api::Page,
    fields::{Fields, parse_language},
};

/// The most places a customer names.
const MOST_LOCATIONS: usize = 50;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCustomer {
    name: String,
    #[serde(default)]
    locations: Vec<String>,
    languages: Vec<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerChange {
    name: Option<String>,
    locations: Option<Vec<String>>,
    languages: Option<Vec<String>>,
}

/// A customer as recruiters manage it.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ManagedCustomer {
    id: CustomerId,
    version: String,
    name: SingleLine,
    locations: Vec<SingleLine>,
    languages: BTreeSet<Language>,
}

impl From<Customer> for ManagedCustomer {
    fn from(customer: Customer) -> Self {
        Self {
            id: customer.id,
            version: customer.version.to_string(),
            name: customer.name,
            locations: customer.locations,
            languages: customer.languages,
        }
    }
}

pub(super) async fn list(backend: &Backend, caller: &Caller, request: &PortalRequest) -> Result<Reply, Problem> {
    let limit = request.limit(DEFAULT_LIMIT)?;
    let list = format!("customers {}", caller.user().id);
    let (cursors, after): (_, Option<CustomerId>) = backend.position(request, &list).await?;
    let page = backend.store.list_customers(after.as_ref(), limit).await?;
    let items: Vec<ManagedCustomer> = page.items.into_iter().map(Into::into).collect();
    let next_cursor = page.next.map(|position| cursors.write(&list, &position)).transpose()?;
    Reply::json(&Page { items, next_cursor })
}

pub(super) async fn show(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let customer = existing(backend, &request.path("customerId")?).await?;
    reply(customer, StatusCode::OK)
}

pub(super) async fn create(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let body: NewCustomer = request.json()?;
    let mut fields = Fields::default();
    let name = fields.check("/name", SingleLine::parse(&body.name));
    let locations = parse_locations(&mut fields, &body.locations);
    let languages = parse_languages(&mut fields, &body.languages);
    let (Some(name), Some(locations), Some(languages)) = (name, locations, languages) else {
        return Err(fields.into());
    };
    let customer = Customer {
        id: CustomerId::from_random(random()?),
        name,
        locations,
        languages,
        version: Version::FIRST,
    };
    backend.store.save_customer(&customer).await?;
    reply(customer, StatusCode::CREATED)
}

pub(super) async fn change(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let precondition = request.precondition()?;
    let before = existing(backend, &request.path("customerId")?).await?;
    if !precondition.holds_for(before.version) {
        return Err(Problem::VersionConflict(None));
    }
    let body: CustomerChange = request.json()?;
    let mut fields = Fields::default();
    let name = fields.check_given("/name", body.name.as_deref(), SingleLine::parse);
    let locations = body.locations.and_then(|texts| parse_locations(&mut fields, &texts));
    let languages = body.languages.and_then(|tags| parse_languages(&mut fields, &tags));
    if let Some(languages) = languages
        .as_ref()
        .filter(|languages| !languages.is_subset(&before.languages))
    {
        let added = languages.difference(&before.languages).copied().collect();
        for workflow in backend.store.workflows_of_customer(&before.id).await? {
            for missing in workflow.missing_templates(&added) {
                fields.wrong("/languages", missing);
            }
        }
    }
    fields.all_right()?;
    let customer = Customer {
        name: name.unwrap_or(before.name),
        locations: locations.unwrap_or(before.locations),
        languages: languages.unwrap_or(before.languages),
        version: before.version.next(),
        id: before.id,
    };
    backend.store.save_customer(&customer).await?;
    reply(customer, StatusCode::OK)
}

/// The customer, or that there is none.
pub(super) async fn existing(backend: &Backend, id: &CustomerId) -> Result<Customer, Problem> {
    backend.store.customer(id).await?.ok_or(Problem::NotFound)
}

fn reply(customer: Customer, status: StatusCode) -> Result<Reply, Problem> {
    let version = customer.version;
    Ok(Reply::json(&ManagedCustomer::from(customer))?
        .status(status)
        .etag(version))
}

fn parse_locations(fields: &mut Fields, texts: &[String]) -> Option<Vec<SingleLine>> {
    if texts.len() > MOST_LOCATIONS {
        fields.wrong("/locations", format!("must be at most {MOST_LOCATIONS}"));
        return None;
    }
    let texts = texts.iter().enumerate();
    let parsed = texts.map(|(index, text)| fields.check(format!("/locations/{index}"), SingleLine::parse(text)));
    // To the end, so that each one that is wrong is named.
    parsed.collect::<Vec<_>>().into_iter().collect()
}

fn parse_languages(fields: &mut Fields, tags: &[String]) -> Option<BTreeSet<Language>> {
    if tags.is_empty() {
        fields.wrong("/languages", "must be at least one");
        return None;
    }
    let tags = tags.iter().enumerate();
    let parsed = tags.map(|(index, tag)| fields.check(format!("/languages/{index}"), parse_language(tag)));
    parsed.collect::<Vec<_>>().into_iter().collect()
}
