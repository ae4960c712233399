//! Invoked by ops: makes a recruiter and invites them. This is how the first one comes in.
//!
//! Invoked again while the invitation waits, it sends a new one. Answers who it is, and where the mail is. With
//! `"secondFactor": false` it takes it away from a recruiter who has lost theirs, and invites nobody.

use std::sync::Arc;

use domain::{EmailAddress, Language, MailState, Role, SanitizedHtml, SingleLine, User, UserEdit, UserId, Version};
use jiff::Timestamp;
use lambda::{Environment, Function, Handler, Invocation, Problem, StartError, random, serve_events};
use serde::{Deserialize, Serialize};
use store::{LinkWrite, Store};

use crate::{
    fields::{Fields, ONLY_THEIR_OWN, parse_language},
    password_links::{LinkPost, NewLink},
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "invite-recruiter",
    start: |environment| Box::pin(std::future::ready(start(&environment))),
};

struct InviteRecruiter {
    store: Store,
    post: LinkPost,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RecruiterFields {
    email: String,
    name: String,
    language: String,
    second_factor: Option<bool>,
}

struct Recruiter {
    email: EmailAddress,
    name: SingleLine,
    language: Language,
    without_second_factor: bool,
}

/// Who was invited.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invited {
    user_id: UserId,
    invitation: Option<Invitation>,
}

/// Where the mail is, and until when it can be accepted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invitation {
    state: MailState,
    expires_at: Timestamp,
}

fn start(environment: &Environment) -> Result<Handler, StartError> {
    let needs = InviteRecruiter {
        post: LinkPost::start(environment)?,
        store: Store::new(environment.sdk(), environment.setting("TABLE_NAME")?),
    };
    Ok(serve_events(FUNCTION.name, needs, invite_recruiter))
}

async fn invite_recruiter(function: Arc<InviteRecruiter>, invocation: Invocation) -> Result<Invited, Problem> {
    let InviteRecruiter { store, post } = function.as_ref();
    let recruiter = parse(&invocation.parse()?)?;
    let now = invocation.received_at;

    let found = store.users_by_email(&[recruiter.email.lookup_form()]).await?;
    let (user, new) = match found.into_iter().next() {
        None if recruiter.without_second_factor => return Err(Problem::invalid("/email", "belongs to nobody")),
        None => {
            let user = new_recruiter(recruiter)?;
            let new = NewLink::invitation(&user.id, now)?;
            store.create_user(&user, Some(&new.link)).await?;
            (user, new)
        }
        Some(before) => {
            if before.role != Role::Recruiter {
                return Err(Problem::invalid("/email", "belongs to a contact"));
            }
            if !recruiter.without_second_factor {
                before.invitable()?;
            }
            let edit = UserEdit {
                name: Some(recruiter.name),
                language: Some(recruiter.language),
                without_second_factor: recruiter.without_second_factor,
                ..UserEdit::default()
            };
            let (user, _) = before.edited(edit);
            if recruiter.without_second_factor {
                store.save_user(&user, &before, LinkWrite::Keep).await?;
                tracing::info!(user = %user.id, "ops took the second factor away");
                return Ok(Invited {
                    user_id: user.id,
                    invitation: None,
                });
            }
            let new = NewLink::invitation(&user.id, now)?;
            store.save_user(&user, &before, LinkWrite::Put(&new.link)).await?;
            (user, new)
        }
    };
    let link = post.send(store, &user, new).await;
    Ok(Invited {
        user_id: user.id,
        invitation: Some(Invitation {
            state: link.mail_state,
            expires_at: link.valid_until,
        }),
    })
}

fn parse(event: &RecruiterFields) -> Result<Recruiter, Problem> {
    let mut fields = Fields::default();
    let email = fields.check("/email", EmailAddress::parse(&event.email));
    let name = fields.check("/name", SingleLine::parse(&event.name));
    let language = fields.check("/language", parse_language(&event.language));
    if event.second_factor == Some(true) {
        fields.wrong("/secondFactor", ONLY_THEIR_OWN);
    }
    let (Some(email), Some(name), Some(language), true) = (email, name, language, fields.is_empty()) else {
        return Err(fields.into());
    };
    Ok(Recruiter {
        email,
        name,
        language,
        without_second_factor: event.second_factor == Some(false),
    })
}

fn new_recruiter(recruiter: Recruiter) -> Result<User, Problem> {
    let Recruiter {
        email, name, language, ..
    } = recruiter;
    Ok(User {
        id: UserId::from_random(random()?),
        email,
        name,
        role: Role::Recruiter,
        language,
        signature: SanitizedHtml::default(),
        active: true,
        password_hash: None,
        second_factor: false,
        session_generation: 0,
        surviving_session: None,
        version: Version::FIRST,
    })
}
