//! `POST /api/applications/{applicationId}/history/{entryId}/resend`: a person orders the mails of an entry once more that
//! did not arrive, or of which nobody knows. No machine does that.
//!
//! For the recruiter, and for the contact who ordered them, as long as what they did is released to them. The bytes are those
//! that were ordered first. Two orders at once send one mail: each is claimed in the state it was seen in. Who ordered it
//! stands at the mail, written with the claim. What a later entry has overtaken by then is not sent again: an invitation to
//! an appointment that is another now. Nor is anything to a colleague who has left.

use std::sync::Arc;

use domain::{ApplicationId, FurtherOrder, MailRecord};
use lambda::{Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::{Deserialize, Serialize};
use store::{MailMark, OrderedMail};
use utoipa::ToSchema;

use crate::{
    api::{DeliveryView, Operation, may_resend},
    desk::Desk,
    lost_mails,
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "resend-mail",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResendMail {}

/// Where the entry's mails are now.
#[derive(Serialize, ToSchema)]
struct Resent {
    delivery: Vec<DeliveryView>,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/applications/{applicationId}/history/{entryId}/resend",
            "Order the mails of an entry once more that did not arrive, or of which nobody knows.",
        )
        .body::<ResendMail>()
        .answers::<Resent>(200, "Where they are now.")
        .problem("403", "`activity-not-released`")
        .problem(
            "409",
            "`nothing-to-resend`: none of them is `unclear`, `failed` or `notDelivered`, or they are older than a week, or \
             a later change of the interview has overtaken what they say, or they are for colleagues who have left.",
        ),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Desk::start_to_mail(&environment).await?,
        resend_mail,
    ))
}

async fn resend_mail(desk: Arc<Desk>, request: PortalRequest) -> Result<Reply, Problem> {
    let Desk { backend, post } = desk.as_ref();
    let claims = backend.authenticate(&request).await?;
    let application_id: ApplicationId = request.path("applicationId")?;
    let ResendMail {} = request.json()?;

    let case = backend
        .open_case(&claims, &application_id, None, request.received_at())
        .await?;
    let user = case.caller().user();
    let sequence: u64 = request.path("entryId")?;
    let recorded = backend.store.history_entry(&application_id, sequence).await?;
    let recorded = recorded.ok_or(Problem::NotFound)?;
    if !recorded.entry.may_be_resent_by(user) {
        return Err(Problem::NotFound);
    }
    if !recorded.entry.is_released_to(user, case.job(), case.workflow()) {
        return Err(Problem::ActivityNotReleased);
    }
    // Asked first, since what came after takes a query.
    if !recorded.mails.iter().any(MailRecord::is_lost) {
        return Err(Problem::NothingToResend);
    }
    let later = backend.store.history_after(&application_id, sequence).await?;
    if !may_resend(user, &recorded, &later, request.now())? {
        return Err(Problem::NothingToResend);
    }

    let mails = recorded.mails.iter().collect();
    let wanted = lost_mails::still_wanted(&backend.store, mails, &case.job().customer_id).await?;
    let mut resent = 0;
    for record in wanted {
        let Some(claimed) = record.ordered_again(FurtherOrder::of(user, request.now()), &request.id()) else {
            continue;
        };
        let Some(mime) = backend.store.mail_bytes(&record.id).await? else {
            continue;
        };
        if backend.store.mark_mail(record, &claimed).await? == MailMark::Written {
            tracing::info!(mail = %record.id, user = %user.id, "a mail was ordered once more");
            let ordered = OrderedMail { record: claimed, mime };
            post.attempt(&backend.store, &ordered, &|| request.now()).await;
            resent += 1;
        }
    }
    if resent == 0 {
        return Err(Problem::NothingToResend);
    }
    let recorded = backend.store.history_entry(&application_id, sequence).await?;
    let mails = recorded.map(|recorded| recorded.mails).unwrap_or_default();
    Reply::json(&Resent {
        delivery: mails.iter().map(|mail| DeliveryView::new(user, mail)).collect(),
    })
}
