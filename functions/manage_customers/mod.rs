//! `/api/customers` and `/api/customers/{customerId}/contacts`: the departments and their people.

mod contacts;
mod customers;

use std::sync::Arc;

use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};

use crate::{api::Operation, password_links::LinkPost};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "manage-customers",
    start: |environment| Box::pin(start(environment)),
};

/// How many customers or contacts are on a page that does not say.
const DEFAULT_LIMIT: u16 = 50;

struct ManageCustomers {
    backend: Backend,
    post: LinkPost,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(&FUNCTION, "GET /api/customers", "All customers.")
            .paged()
            .answers_page::<customers::ManagedCustomer>()
            .problem("403", "`recruiters-only`"),
        Operation::new(&FUNCTION, "POST /api/customers", "A new customer.")
            .body::<customers::NewCustomer>()
            .etag()
            .answers::<customers::ManagedCustomer>(201, "Made.")
            .problem("403", "`recruiters-only`"),
        Operation::new(&FUNCTION, "GET /api/customers/{customerId}", "A customer.")
            .etag()
            .answers::<customers::ManagedCustomer>(200, "The customer; its version is the `ETag`.")
            .problem("403", "`recruiters-only`"),
        Operation::new(&FUNCTION, "PATCH /api/customers/{customerId}", "Change a customer.")
            .changes()
            .body::<customers::CustomerChange>()
            .etag()
            .answers::<customers::ManagedCustomer>(200, "Changed.")
            .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "GET /api/customers/{customerId}/contacts",
            "A customer's contacts.",
        )
        .paged()
        .answers_page::<contacts::ContactView>()
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "POST /api/customers/{customerId}/contacts",
            "A new contact, who is invited by mail.",
        )
        .body::<contacts::NewContact>()
        .etag()
        .answers::<contacts::ContactView>(201, "Made; `invitation` says where the mail is.")
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "GET /api/customers/{customerId}/contacts/{contactId}",
            "A contact.",
        )
        .etag()
        .answers::<contacts::ContactView>(200, "The contact; its version is the `ETag`.")
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "PATCH /api/customers/{customerId}/contacts/{contactId}",
            "Change a contact; one who is deactivated or loses the second factor is signed out.",
        )
        .changes()
        .body::<contacts::ContactChange>()
        .etag()
        .answers::<contacts::ContactView>(200, "Changed.")
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "POST /api/customers/{customerId}/contacts/{contactId}/invitation",
            "Invite a contact once more.",
        )
        .etag()
        .answers::<contacts::ContactView>(200, "`invitation` says where the mail is.")
        .problem(
            "409",
            "`not-invitable`: deactivated, or the user has a password already.",
        )
        .problem("403", "`recruiters-only`"),
    ]
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
