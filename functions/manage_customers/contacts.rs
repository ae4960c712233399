//! The contacts of a customer, and their invitations.

use domain::{
    Caller, ContactRole, CustomerId, EmailAddress, Language, LinkFate, MailState, PasswordLink, PasswordLinkKind, Role,
    SanitizedHtml, SingleLine, User, UserEdit, UserId, Version,
};
use http::StatusCode;
use jiff::Timestamp;
use lambda::{Backend, PortalRequest, Problem, Reply, random};
use serde::{Deserialize, Serialize};
use store::{LinkWrite, ListPosition};

use super::{DEFAULT_LIMIT, customers::existing};
use crate::{
    api::Page,
    fields::{Fields, ONLY_THEIR_OWN, parse_language},
    password_links::{LinkPost, NewLink},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewContact {
    name: String,
    email: String,
    contact_role: String,
    language: String,
    active: Option<bool>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ContactEdit)]
pub(super) struct ContactChange {
    name: Option<String>,
    email: Option<String>,
    contact_role: Option<String>,
    language: Option<String>,
    active: Option<bool>,
    /// `false` takes it away from who has lost it.
    second_factor: Option<bool>,
}

/// A contact as recruiters manage them.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedContact)]
pub(super) struct ContactView {
    id: UserId,
    version: String,
    name: SingleLine,
    email: EmailAddress,
    contact_role: ContactRole,
    language: Language,
    active: bool,
    invitation: Option<InvitationView>,
    can_sign_in: bool,
    second_factor: bool,
}

/// An invitation that can still be accepted, and where its mail is.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct InvitationView {
    #[schema(value_type = String, format = DateTime)]
    sent_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    state: MailState,
}

impl ContactView {
    fn new(user: &User, link: Option<&PasswordLink>) -> Option<Self> {
        let Role::Contact { contact_role, .. } = user.role else {
            return None;
        };
        let link = link.filter(|link| link.kind == PasswordLinkKind::Invitation);
        let link = link.filter(|_| user.invitable().is_ok());
        Some(Self {
            id: user.id.clone(),
            version: user.version.to_string(),
            name: user.name.clone(),
            email: user.email.clone(),
            contact_role,
            language: user.language,
            active: user.active,
            invitation: link.map(|link| InvitationView {
                sent_at: link.sent_at,
                expires_at: link.valid_until,
                state: link.mail_state,
            }),
            can_sign_in: user.active && user.password_hash.is_some(),
            second_factor: user.second_factor,
        })
    }
}

pub(super) async fn list(backend: &Backend, caller: &Caller, request: &PortalRequest) -> Result<Reply, Problem> {
    let customer = existing(backend, &request.path("customerId")?).await?;
    let limit = request.limit(DEFAULT_LIMIT)?;
    let list = format!("contacts {} {}", caller.user().id, customer.id);
    let (cursors, after): (_, Option<ListPosition>) = backend.position(request, &list).await?;
    let page = backend.store.list_contacts(&customer.id, after.as_ref(), limit).await?;
    let links = backend.store.password_links(&page.items, request.received_at()).await?;
    let contacts = page.items.iter();
    let items: Vec<ContactView> = contacts
        .filter_map(|user| ContactView::new(user, links.get(&user.id)))
        .collect();
    let next_cursor = page.next.map(|position| cursors.write(&list, &position)).transpose()?;
    Reply::json(&Page { items, next_cursor })
}

pub(super) async fn show(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let (user, link) = contact(backend, request).await?;
    reply(&user, link.as_ref(), StatusCode::OK)
}

pub(super) async fn create(backend: &Backend, post: &LinkPost, request: &PortalRequest) -> Result<Reply, Problem> {
    let customer = existing(backend, &request.path("customerId")?).await?;
    let body: NewContact = request.json()?;
    let mut fields = Fields::default();
    let name = fields.check("/name", SingleLine::parse(&body.name));
    let email = fields.check("/email", EmailAddress::parse(&body.email));
    let contact_role = fields.check("/contactRole", parse_role(&body.contact_role));
    let language = fields.check("/language", parse_language(&body.language));
    let (Some(name), Some(email), Some(contact_role), Some(language)) = (name, email, contact_role, language) else {
        return Err(fields.into());
    };
    let user = User {
        id: UserId::from_random(random()?),
        email,
        name,
        role: Role::Contact {
            customer_id: customer.id,
            contact_role,
        },
        language,
        signature: SanitizedHtml::default(),
        active: body.active.unwrap_or(true),
        password_hash: None,
        second_factor: false,
        session_generation: 0,
        surviving_session: None,
        version: Version::FIRST,
    };
    let invitation = user
        .active
        .then(|| NewLink::invitation(&user.id, request.received_at()));
    let invitation = invitation.transpose()?;
    let link = invitation.as_ref().map(|new| &new.link);
    backend.store.create_user(&user, link).await?;
    let link = send(backend, post, &user, invitation).await;
    reply(&user, link.as_ref(), StatusCode::CREATED)
}

pub(super) async fn change(backend: &Backend, post: &LinkPost, request: &PortalRequest) -> Result<Reply, Problem> {
    let precondition = request.precondition()?;
    let (before, link) = contact(backend, request).await?;
    if !precondition.holds_for(before.version) {
        return Err(Problem::VersionConflict(None));
    }
    let edit = parse_change(&request.json()?)?;
    let (user, fate) = before.edited(edit);
    match fate {
        LinkFate::Stays => {
            backend.store.save_user(&user, &before, LinkWrite::Keep).await?;
            reply(&user, link.as_ref(), StatusCode::OK)
        }
        LinkFate::Ends => {
            backend.store.save_user(&user, &before, LinkWrite::Remove).await?;
            reply(&user, None, StatusCode::OK)
        }
        LinkFate::InvitedAnew => {
            let new = NewLink::invitation(&user.id, request.received_at())?;
            let write = LinkWrite::Put(&new.link);
            backend.store.save_user(&user, &before, write).await?;
            let link = send(backend, post, &user, Some(new)).await;
            reply(&user, link.as_ref(), StatusCode::OK)
        }
    }
}

pub(super) async fn invite_again(
    backend: &Backend,
    post: &LinkPost,
    request: &PortalRequest,
) -> Result<Reply, Problem> {
    let (user, _) = contact(backend, request).await?;
    user.invitable()?;
    let new = NewLink::invitation(&user.id, request.received_at())?;
    backend.store.put_password_link(&user, &new.link).await?;
    let link = send(backend, post, &user, Some(new)).await;
    reply(&user, link.as_ref(), StatusCode::OK)
}

/// The contact the path names, if they belong to the customer it names, with their link.
async fn contact(backend: &Backend, request: &PortalRequest) -> Result<(User, Option<PasswordLink>), Problem> {
    let (customer_id, user_id): (CustomerId, UserId) = (request.path("customerId")?, request.path("contactId")?);
    let (user, link) = backend.store.user_with_link(&user_id, request.received_at()).await?;
    let user = user.filter(|user| user.customer_id() == Some(&customer_id));
    Ok((user.ok_or(Problem::NotFound)?, link))
}

async fn send(backend: &Backend, post: &LinkPost, user: &User, link: Option<NewLink>) -> Option<PasswordLink> {
    match link {
        Some(link) => Some(post.send(&backend.store, user, link).await),
        None => None,
    }
}

fn reply(user: &User, link: Option<&PasswordLink>, status: StatusCode) -> Result<Reply, Problem> {
    let view = ContactView::new(user, link).ok_or(Problem::NotFound)?;
    Ok(Reply::json(&view)?.status(status).etag(user.version))
}

fn parse_change(body: &ContactChange) -> Result<UserEdit, Problem> {
    let mut fields = Fields::default();
    let edit = UserEdit {
        name: fields.check_given("/name", body.name.as_deref(), SingleLine::parse),
        email: fields.check_given("/email", body.email.as_deref(), EmailAddress::parse),
        contact_role: fields.check_given("/contactRole", body.contact_role.as_deref(), parse_role),
        language: fields.check_given("/language", body.language.as_deref(), parse_language),
        active: body.active,
        without_second_factor: body.second_factor == Some(false),
    };
    if body.second_factor == Some(true) {
        fields.wrong("/secondFactor", ONLY_THEIR_OWN);
    }
    fields.all_right()?;
    Ok(edit)
}

fn parse_role(text: &str) -> Result<ContactRole, &'static str> {
    match text {
        "reader" => Ok(ContactRole::Reader),
        "decider" => Ok(ContactRole::Decider),
        _ => Err("must be reader or decider"),
    }
}
