//! All functions in one process, with the services they need.

mod error;

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    fs::{self, File, TryLockError},
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_types::SdkConfig;
use axum::{Router, body::Body};
use http::Request;
use lambda::{Environment, Function, Handler, Invocation};
use serde_json::Value;
use tokio::net::TcpListener;
use tower::ServiceExt;

pub use self::error::HostError;
use crate::{
    Clock,
    clock::moment,
    dynamodb::DynamoDb,
    gateway::{Gateway, Target},
    inbox,
    invocations::{FunctionCredentials, Invocations},
    invoke::{self, Invocable},
    mailbox::Mailbox,
    pages::Pages,
    s3::S3,
    secrets::Secrets,
    server::Server,
    ses::{MailEvents, Ses},
    tables,
    tasks::Tasks,
    template::{self, REGION, Template, local_name, with_buckets_at},
    wire::{Services, Wire},
};

/// The access key of the host and of tests. A function's access key is its name, so that also the URLs it signs are
/// known as its own.
pub const ACCESS_KEY: &str = "local";
/// The secret of all of them.
pub const SECRET_KEY: &str = "local-secret";

/// The template's parameter for the portal's own address.
const PORTAL_URL: &str = "PortalUrl";

/// How to start a host.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the portal listens; port 0 is any free port.
    pub listen: SocketAddr,
    /// The folder that keeps everything.
    pub data: PathBuf,
    /// Another template than the one that was there at build time.
    pub template: Option<PathBuf>,
    /// Values that take the place of the template's parameters' defaults.
    pub parameters: BTreeMap<String, String>,
    /// The folder of the built portal; without one there is only the API.
    pub portal: Option<PathBuf>,
}

impl Options {
    /// The built-in template on any free port.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        let listen = (Ipv4Addr::LOCALHOST, 0).into();
        Self {
            listen,
            data: data.into(),
            template: None,
            parameters: BTreeMap::new(),
            portal: None,
        }
    }
}

/// A running portal. Dropping it ends all its servers and all work in progress.
pub struct Host {
    portal: Server,
    // Before the lock, so that nothing serves the folder any more when it is free.
    _endpoint: Server,
    wire: Wire,
    tasks: Tasks,
    sdk: SdkConfig,
    clock: Clock,
    table_name: String,
    mail_events: MailEvents,
    invocable: BTreeMap<String, Invocable>,
    invocations: Invocations,
    _lock: File,
}

impl Host {
    /// Starts the portal with all functions.
    pub async fn start(options: Options) -> Result<Self, HostError> {
        Self::start_with(options, functions::FUNCTIONS).await
    }

    /// Starts a portal with these functions, which have to be those of its template.
    pub async fn start_with(options: Options, functions: &[Function]) -> Result<Self, HostError> {
        let data = &options.data;
        let lock = lock(data)?;
        let listener = TcpListener::bind(options.listen).await;
        let listener = listener.map_err(listening(options.listen))?;
        let address = listener.local_addr().map_err(listening(options.listen))?;
        let template = read_template(&options, address)?;
        check_functions(&template, functions)?;
        let buckets: Vec<_> = template
            .buckets
            .iter()
            .map(|bucket| local_name(&bucket.logical_id))
            .collect();
        let table_name = local_name(&template.tables.first().ok_or(HostError::NoTable)?.logical_id);

        let (clock, tasks, invocations) = (Clock::default(), Tasks::default(), Invocations::default());
        let mail_events = MailEvents::default();
        let inbox = data.join("inbox");
        let mailbox = Mailbox::open(inbox.clone(), clock.clone()).map_err(at(&inbox))?;
        let names = template.functions.iter().map(|function| function.name.as_str());
        let services = Services {
            dynamodb: DynamoDb::open(&data.join("dynamodb.sqlite"))?,
            s3: S3::start(&data.join("s3"), &template.buckets, names.chain([ACCESS_KEY]))?,
            ses: Ses::new(mailbox.clone(), mail_events.clone()),
            secrets: Secrets::open(data, &template.secrets).map_err(at(data))?,
        };
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (wire, endpoint) = Wire::start(services, tasks.clone(), invocations.clone())
            .await
            .map_err(listening(any_port))?;

        let sdk = sdk_config(&wire.url())?;
        let dynamodb = aws_sdk_dynamodb::Client::new(&sdk);
        for table in &template.tables {
            tables::ensure(&dynamodb, table).await?;
        }

        let (mut routes, mut invocable) = (Vec::new(), BTreeMap::new());
        for declared in template.functions {
            let function = functions.iter().find(|function| function.name == declared.name);
            let function = function.ok_or_else(|| HostError::FunctionMissing(declared.name.clone()))?;
            wire.allow(&declared.name, declared.allowed_actions);
            wire.bind(&declared.name, declared.leading_keys);
            let sdk = sdk
                .to_builder()
                .credentials_provider(SharedCredentialsProvider::new(FunctionCredentials(
                    declared.name.clone(),
                )))
                // Each invocation has its own.
                .identity_cache(IdentityCache::no_cache())
                .build();
            let started = (function.start)(Environment::new(declared.settings, sdk)).await;
            let handler = started.map_err(|source| HostError::Function {
                name: declared.name.clone(),
                source,
            })?;
            match handler {
                Handler::Http(handler) => {
                    let target = Target {
                        function: declared.name,
                        timeout: declared.timeout,
                        answer: Arc::new(move |request| handler.call(request)),
                    };
                    routes.extend(declared.routes.into_iter().map(|route| (route, target.clone())));
                }
                Handler::Event(_) if !declared.routes.is_empty() => return Err(HostError::NotHttp(declared.name)),
                Handler::Event(handler) => {
                    let function = Invocable {
                        timeout: declared.timeout,
                        handler,
                    };
                    invocable.insert(declared.logical_id, function.clone());
                    invocable.insert(declared.name, function);
                }
            }
        }
        let invoke = invoke::router(invocable.clone(), clock.clone(), tasks.clone(), invocations.clone());
        let gateway = Gateway::new(routes, clock.clone(), tasks.clone(), invocations.clone())?;
        // What the start needed is not part of what callers ask for.
        wire.forget_calls();

        let buckets = buckets.iter().map(String::as_str);
        let headers = with_buckets_at(template.page_headers, &wire.url(), buckets);
        let pages = options.portal.map(|folder| Pages::new(folder, headers));
        let beside = inbox::router(mailbox).merge(invoke);
        let portal = serve(listener, gateway, beside, pages);
        let portal = portal.map_err(listening(options.listen))?;
        Ok(Self {
            portal,
            _endpoint: endpoint,
            wire,
            tasks,
            sdk,
            clock,
            table_name,
            mail_events,
            invocable,
            invocations,
            _lock: lock,
        })
    }

    /// The portal's URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.portal.address())
    }

    /// The local AWS endpoint.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// The configuration every function's AWS clients have.
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    /// The clock of the gateway and the inbox.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The table of the functions.
    pub fn table_name(&self) -> &str {
        &self.table_name
    }

    /// Invokes a function that no route leads to, as its schedule or an event of AWS does. The error it reports, if it
    /// fails.
    pub async fn invoke(&self, name: &str, event: Value) -> Result<Value, String> {
        self.invoke_traced(&uuid::Uuid::new_v4().to_string(), name, event).await
    }

    /// The same under a trace of the caller's choice, by which faults are planned for this invocation.
    pub async fn invoke_traced(&self, trace: &str, name: &str, event: Value) -> Result<Value, String> {
        let function = self
            .invocable
            .get(name)
            .ok_or_else(|| format!("there is no such function: {name}"))?;
        let invocation = Invocation {
            event,
            id: uuid::Uuid::new_v4().to_string(),
            received_at: moment(self.clock.now_millis()),
        };
        let answer = self.invocations.run(trace, function.handler.call(invocation)).await;
        let answer = answer.ok_or_else(|| "Runtime.ExitError: killed".to_owned())?;
        answer.map_err(|error| format!("{}: {}", error.error_type, error.error_message))
    }

    /// Hands over what SES has to tell since the last time; how many events that were. One that is not handled is handed over
    /// again the next time, however often, and does not keep back the others; the error is the last one's.
    pub async fn deliver_mail_events(&self) -> Result<usize, String> {
        let events = self.take_mail_events();
        let (count, mut failure) = (events.len(), None);
        for event in events {
            if let Err(error) = self.invoke("handle-mail-events", event.clone()).await {
                self.mail_events.give_back(event);
                failure = Some(error);
            }
        }
        failure.map_or(Ok(count), Err)
    }

    /// What SES has to tell since the last time, for a test to hand over, or not, in its own order.
    pub fn take_mail_events(&self) -> Vec<Value> {
        self.mail_events.take()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.tasks.end();
    }
}

fn lock(data: &Path) -> Result<File, HostError> {
    fs::create_dir_all(data).map_err(at(data))?;
    let path = data.join("lock");
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(HostError::InUse(data.to_owned())),
        Err(TryLockError::Error(source)) => Err(HostError::File { path, source }),
    }
}

/// The template with what was asked for; and unless that says otherwise, people reach the portal where it listens.
fn read_template(options: &Options, address: SocketAddr) -> Result<Template, HostError> {
    let text = options
        .template
        .as_ref()
        .map(|path| fs::read_to_string(path).map_err(at(path)))
        .transpose()?;
    let text = text.as_deref().unwrap_or(template::BUILT_IN);
    let mut parameters = options.parameters.clone();
    if Template::parameters(text)?.contains(PORTAL_URL) {
        let own = || format!("http://{address}");
        parameters.entry(PORTAL_URL.to_owned()).or_insert_with(own);
    }
    Ok(Template::read(text, &parameters)?)
}

fn check_functions(template: &Template, functions: &[Function]) -> Result<(), HostError> {
    let there: BTreeSet<_> = functions.iter().map(|function| function.name).collect();
    let mut declared = BTreeSet::new();
    for function in &template.functions {
        if !there.contains(function.name.as_str()) {
            return Err(HostError::FunctionMissing(function.name.clone()));
        }
        if !declared.insert(function.name.as_str()) {
            return Err(HostError::FunctionUndeclared(function.name.clone()));
        }
    }
    match there.difference(&declared).next() {
        Some(name) => Err(HostError::FunctionUndeclared((*name).to_owned())),
        None => Ok(()),
    }
}

/// Nothing of it comes from the machine's own AWS settings.
fn sdk_config(endpoint: &str) -> Result<SdkConfig, HostError> {
    let variables = [
        ("AWS_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
        ("AWS_ENDPOINT_URL", endpoint),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    lambda::sdk_config(&variables.into()).map_err(HostError::Sdk)
}

fn serve(listener: TcpListener, gateway: Gateway, beside: Router, pages: Option<Pages>) -> io::Result<Server> {
    let behind = Arc::new((gateway, pages));
    let router = beside.fallback(move |request: Request<Body>| {
        let behind = Arc::clone(&behind);
        async move {
            let (gateway, pages) = behind.as_ref();
            if let Some(pages) = pages
                && Pages::are_for(request.method(), request.uri())
            {
                return pages.answer(request.method(), request.uri()).await;
            }
            let unknown = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
            let peer = request.extensions().get::<SocketAddr>().copied().unwrap_or(unknown);
            gateway.answer(request, peer).await
        }
    });
    Server::start(listener, move |request: Request<hyper::body::Incoming>| {
        let answer = router.clone().oneshot(request.map(Body::new));
        async move { answer.await.map_err(|never: Infallible| never) }
    })
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> HostError {
    let path = path.to_owned();
    move |source| HostError::File { path, source }
}

fn listening(address: SocketAddr) -> impl FnOnce(io::Error) -> HostError {
    move |source| HostError::Listen { address, source }
}
