//! `GET /api/history`: everything that was done, newest first, as JSON or as CSV; and
//! `GET /api/applications/{applicationId}/history/proof`: what proves that an application's history is complete.

pub mod csv;
mod filter;
mod proof;

use std::{collections::BTreeSet, sync::Arc};

use domain::FeedItem;
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use store::{FeedFilter, FeedPosition};

use crate::{
    api::{FeedItemView, Operation, Page},
    delivery,
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "read-history",
    start: |environment| Box::pin(start(environment)),
};

const DEFAULT_LIMIT: u16 = 25;
/// How many entries one answer of CSV holds: one query, and far from what a Lambda may answer.
const CSV_LIMIT: u16 = 1_000;

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(&FUNCTION, "GET /api/history", "Everything that was done, newest first.")
            .query_of::<domain::CustomerId>("customer", "At this customer.")
            .query_of::<domain::JobId>("job", "To applications of this job.")
            .query_of::<domain::UserId>("contact", "By this user.")
            .query_of::<domain::HistoryChannel>("channel", "Through this channel.")
            .query("from", "Not before: a date or a time.")
            .query("to", "Up to the end of a date, or before a time.")
            .paged()
            .answers_page::<FeedItemView>()
            .answers_text(
                "text/csv",
                "With `Accept: text/csv`; the header `Link` names the next piece.",
            )
            .sends("Content-Disposition", "Of CSV: the file's name.")
            .sends("Link", "Of CSV: where the next piece is, unless it was the last.")
            .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "GET /api/applications/{applicationId}/history/proof",
            "What proves that an application's history is complete and unchanged.",
        )
        .paged()
        .answers::<proof::Proof>(200, "Some of the entries, newest first, and the end of the chain.")
        .problem("403", "`recruiters-only`"),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(FUNCTION.name, Backend::start(&environment).await?, read_history))
}

async fn read_history(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let caller = backend.recruiter(&request).await?;
    if request.route().ends_with("/history/proof") {
        return proof::prove(&backend, &caller, &request).await;
    }
    let as_csv = wants_csv(&request);
    let filter = filter::parse(&request)?;
    let limit = request.limit(if as_csv { CSV_LIMIT } else { DEFAULT_LIMIT })?;
    // The filter is part of the list: a cursor goes on only where it came from.
    let list = format!("feed {} {filter:?}", caller.user().id);
    let (cursors, after): (_, Option<FeedPosition>) = backend.position(&request, &list).await?;

    let (items, next) = load(&backend, &filter, after.as_ref(), limit).await?;
    let next_cursor = next.map(|next| cursors.write(&list, &next)).transpose()?;
    if as_csv {
        return csv::reply(&request, caller.user(), &items, after.is_none(), next_cursor.as_deref());
    }
    Reply::json(&Page { items, next_cursor })
}

/// One query; then what the items name, in one read call for each hundred of them.
async fn load(
    backend: &Backend,
    filter: &FeedFilter,
    after: Option<&FeedPosition>,
    limit: u16,
) -> Result<(Vec<FeedItemView>, Option<FeedPosition>), Problem> {
    let page = backend.store.feed(filter, after, limit).await?;
    let jobs: BTreeSet<_> = page.items.iter().filter_map(FeedItem::job_id).cloned().collect();
    let customers: BTreeSet<_> = page.items.iter().filter_map(|item| item.customer_id.clone()).collect();
    let (mut mails, (jobs, customers)) = futures::try_join!(
        backend.store.feed_mails(&page.items),
        backend.store.names(&jobs, &customers),
    )?;
    let items = page.items.into_iter().map(|item| {
        let states = item.entry().and_then(|entry| mails.remove(&entry));
        FeedItemView::new(item, &jobs, &customers, delivery::overall(states.unwrap_or_default()))
    });
    Ok((items.collect(), page.next))
}

fn wants_csv(request: &PortalRequest) -> bool {
    let accept = request.header("accept").unwrap_or_default();
    accept
        .split(',')
        .any(|kind| kind.trim().split(';').next() == Some("text/csv"))
}
