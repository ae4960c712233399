//! `/api/customers` and `/api/customers/{customerId}/contacts`: the departments and their people.

mod contacts;
mod customers;

use std::sync::Arc;

use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};

use crate::password_links::LinkPost;

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "manage-customers",
    start: |environment| Box::pin(start(environment)),
};

/// How many customers or contacts are on a page that does not say.
const DEFAULT_LIMIT: u16 = 50;

struct ManageCustomers {
    backend: Backend,
    post: LinkPost,
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    let needs = ManageCustomers {
        post: LinkPost::start(&environment)?,
        backend: Backend::start(&environment).await?,
    };
    Ok(serve(FUNCTION.name, needs, manage_customers))
}

async fn manage_customers(function: Arc<ManageCustomers>, request: PortalRequest) -> Result<Reply, Problem> {
    let ManageCustomers { backend, post } = function.as_ref();
    let caller = backend.recruiter(&request).await?;
    match request.route() {
        "GET /api/customers" => customers::list(backend, &caller, &request).await,
        "POST /api/customers" => customers::create(backend, &request).await,
        "GET /api/customers/{customerId}" => customers::show(backend, &request).await,
        "PATCH /api/customers/{customerId}" => customers::change(backend, &request).await,
        "GET /api/customers/{customerId}/contacts" => contacts::list(backend, &caller, &request).await,
        "POST /api/customers/{customerId}/contacts" => contacts::create(backend, post, &request).await,
        "GET /api/customers/{customerId}/contacts/{contactId}" => contacts::show(backend, &request).await,
        "PATCH /api/customers/{customerId}/contacts/{contactId}" => contacts::change(backend, post, &request).await,
        "POST /api/customers/{customerId}/contacts/{contactId}/invitation" => {
            contacts::invite_again(backend, post, &request).await
        }
        _ => Err(Problem::NotFound),
    }
}
