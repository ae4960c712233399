//! What the API's description says of one route, next to the function that answers it.

use std::collections::BTreeMap;

use domain::{
    ActivityId, ApplicationId, CustomerId, DocumentId, InterviewId, JobId, MailTemplateId, UserId, WorkflowId,
};
use lambda::Function;
use utoipa::{
    ToSchema,
    openapi::{
        ContentBuilder, HttpMethod, Object, ObjectBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
        Type,
        header::Header,
        path::{self, OperationBuilder, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::{AnyOfBuilder, ArrayBuilder, SchemaType},
        security::SecurityRequirement,
    },
};

use super::problems::{ProblemAnswer, Problems};

/// Schemas by their names.
pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;

/// A route as the document has it.
pub(super) struct Built {
    pub(super) method: HttpMethod,
    pub(super) path: &'static str,
    /// With the answers without a problem.
    pub(super) operation: path::Operation,
    pub(super) problems: Vec<ProblemAnswer>,
    pub(super) schemas: Schemas,
}

/// A route, its inputs and its answers.
#[must_use]
pub struct Operation {
    method: HttpMethod,
    path: &'static str,
    schemas: Schemas,
    builder: OperationBuilder,
    answers: BTreeMap<u16, Response>,
    /// What every answer without a problem has.
    headers: Vec<(&'static str, &'static str)>,
    problems: Problems,
    anyone: bool,
}

impl Operation {
    /// Of the function, at a route as `template.yaml` names it. Its path's parameters are ids.
    pub fn new(function: &Function, route: &'static str, summary: &str) -> Self {
        let (method, path) = route.split_once(' ').unwrap_or(("GET", route));
        let method = match method {
            "POST" => HttpMethod::Post,
            "PUT" => HttpMethod::Put,
            "PATCH" => HttpMethod::Patch,
            "DELETE" => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        let builder = OperationBuilder::new()
            .operation_id(Some(operation_id(route)))
            .tag(function.name)
            .summary(Some(summary));
        let mut operation = Self {
            method,
            path,
            schemas: Vec::new(),
            builder,
            answers: BTreeMap::new(),
            headers: Vec::new(),
            problems: Problems::default(),
            anyone: false,
        };
        for part in path.split('/') {
            if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                let schema = operation.path_parameter(name);
                let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
                let parameter = parameter.required(Required::True).schema(Some(schema));
                operation.builder = operation.builder.parameter(parameter);
            }
        }
        operation
    }

    /// Needs no access token.
    pub fn anyone(mut self) -> Self {
        self.anyone = true;
        self
    }

    /// With a query parameter, of any text.
    pub fn query(self, name: &str, description: &str) -> Self {
        self.parameter(ParameterIn::Query, name, description, Required::False, text())
    }

    /// With a query parameter of this type.
    pub fn query_of<T: ToSchema>(mut self, name: &str, description: &str) -> Self {
        let schema = or_empty(self.named::<T>());
        self.parameter(ParameterIn::Query, name, description, Required::False, schema)
    }

    /// A page of a list.
    pub fn paged(self) -> Self {
        let limit = ObjectBuilder::new().schema_type(Type::Integer);
        let limit = limit.minimum(Some(1)).maximum(Some(100)).build();
        self.query("cursor", "The `nextCursor` of the page before.")
            .parameter(
                ParameterIn::Query,
                "limit",
                "How many items, 1 to 100.",
                Required::False,
                or_empty(limit),
            )
            .problem(
                "422",
                "`validation`: a parameter has a value that it cannot have; `cursor` belongs to one list of one user.",
            )
    }

    /// Changes an application or an interview: once under each key, and only the version the caller has seen.
    pub fn commands(self) -> Self {
        let key = text_of("^[!-~]{8,128}$");
        self.parameter(
            ParameterIn::Header,
            "Idempotency-Key",
            "8 to 128 visible characters; under one key it is done once.",
            Required::True,
            key,
        )
        .changes()
        .problem("400", "`bad-request`: `Idempotency-Key` is missing or of another form.")
        .problem("422", "`idempotency-key-reused`: the key was used for another request.")
        .problem(
            "409",
            "`activity-not-available`: the activity does not start from the application's status.",
        )
    }

    /// Changes a version.
    pub fn changes(self) -> Self {
        self.if_match("The `ETag` of what is to be changed.", Required::True)
            .problem(
                "412",
                "`version-conflict`: somebody changed it meanwhile; `lastChange` says who, if it may.",
            )
            .problem("428", "`version-missing`: `If-Match` is missing.")
    }

    /// Replaces a version, or makes something new.
    pub fn puts(self) -> Self {
        self.if_match(
            "The `ETag` of what is to be replaced; none for something new.",
            Required::False,
        )
        .problem("412", "`version-conflict`: somebody changed it meanwhile.")
        .problem(
            "428",
            "`version-missing`: it is there already, and `If-Match` is missing.",
        )
    }

    /// With a body of JSON.
    pub fn body<T: ToSchema>(mut self) -> Self {
        let body = RequestBodyBuilder::new().required(Some(Required::True));
        let content = ContentBuilder::new().schema(Some(self.named::<T>())).build();
        self.builder = self
            .builder
            .request_body(Some(body.content("application/json", content).build()));
        self.problem("422", "`validation`: `errors` names each wrong field.")
            .takes_a_body()
    }

    /// With a body of one or more rows, as JSON or CSV.
    pub fn rows<T: ToSchema>(mut self) -> Self {
        let rows = ArrayBuilder::new().items(self.named::<T>()).build();
        let json = ContentBuilder::new().schema(Some(rows)).build();
        let csv = ContentBuilder::new().schema(Some(text())).build();
        let body = RequestBodyBuilder::new().required(Some(Required::True));
        let body = body.content("application/json", json).content("text/csv", csv);
        self.builder = self.builder.request_body(Some(body.build()));
        self.problem("422", "`validation`: the body is no list of rows.")
            .takes_a_body()
    }

    /// Answers JSON.
    pub fn answers<T: ToSchema>(self, status: u16, description: &str) -> Self {
        let mut operation = self;
        let schema = operation.named::<T>();
        operation.answers_with(status, description, "application/json", schema)
    }

    /// Answers a page of a list.
    pub fn answers_page<T: ToSchema>(mut self) -> Self {
        let items = ArrayBuilder::new().items(self.named::<T>()).build();
        let cursor = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let page = ObjectBuilder::new()
            .property("items", items)
            .required("items")
            .property("nextCursor", cursor.build())
            .required("nextCursor")
            .build();
        self.answers_with(200, "A page.", "application/json", Schema::Object(page))
    }

    /// Also answers text of that media type.
    pub fn answers_text(self, media_type: &str, description: &str) -> Self {
        self.answers_with(200, description, media_type, Schema::Object(text()))
    }

    /// Answers nothing but the status.
    pub fn answers_nothing(mut self, status: u16, description: &str) -> Self {
        self.answers
            .insert(status, ResponseBuilder::new().description(description).build());
        self
    }

    /// Each answer without a problem has the version as its `ETag`.
    pub fn etag(self) -> Self {
        self.sends("ETag", "The version.")
    }

    /// Each answer without a problem has this header.
    pub fn sends(mut self, name: &'static str, description: &'static str) -> Self {
        self.headers.push((name, description));
        self
    }

    /// May answer a problem: the status, and one type in backticks with when it happens.
    pub fn problem(mut self, status: &str, description: &str) -> Self {
        self.problems.add(status, description);
        self
    }

    /// The operation with everything it refers to.
    pub(super) fn build(self) -> Built {
        let mut operation = if self.anyone {
            self
        } else {
            let mut operation = self.problem("401", "`unauthenticated`: no access token, or none that counts.");
            let token = SecurityRequirement::new("accessToken", Vec::<String>::new());
            operation.builder = operation.builder.security(token);
            if operation.path.contains('{') {
                operation = operation.problem("404", "`not-found`: not there, or not for the caller.");
            }
            operation
        };
        for (status, mut answer) in operation.answers {
            for (name, description) in &operation.headers {
                let mut header = Header::default();
                header.description = Some((*description).to_owned());
                answer.headers.insert((*name).to_owned(), header.into());
            }
            operation.builder = operation.builder.response(status.to_string(), answer);
        }
        let problems = operation.problems.answers(&mut operation.schemas);
        Built {
            method: operation.method,
            path: operation.path,
            operation: operation.builder.build(),
            problems,
            schemas: operation.schemas,
        }
    }

    fn path_parameter(&mut self, name: &str) -> RefOr<Schema> {
        match name {
            "activityId" => self.named::<ActivityId>(),
            "applicationId" => self.named::<ApplicationId>(),
            "contactId" => self.named::<UserId>(),
            "customerId" => self.named::<CustomerId>(),
            "documentId" => self.named::<DocumentId>(),
            "entryId" => text_of("^[0-9]{1,18}$").into(),
            "interviewId" => self.named::<InterviewId>(),
            "jobId" => self.named::<JobId>(),
            "mailTemplateId" => self.named::<MailTemplateId>(),
            "workflowId" => self.named::<WorkflowId>(),
            _ => text().into(),
        }
    }

    fn if_match(self, description: &str, required: Required) -> Self {
        self.parameter(ParameterIn::Header, "If-Match", description, required, text())
    }

    /// What is said of a body whatever is in it.
    fn takes_a_body(self) -> Self {
        self.problem("400", "`bad-request`: the body is not of its media type.")
            .problem("413", "The gateway's own answer: the body is longer than 10 MB.")
            .problem("415", "`unsupported-media-type`: the body is of another media type.")
    }

    fn parameter(
        mut self,
        place: ParameterIn,
        name: &str,
        description: &str,
        required: Required,
        schema: impl Into<RefOr<Schema>>,
    ) -> Self {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(required);
        let parameter = parameter.description(Some(description)).schema(Some(schema));
        self.builder = self.builder.parameter(parameter);
        self
    }

    fn answers_with(
        mut self,
        status: u16,
        description: &str,
        media_type: &str,
        schema: impl Into<RefOr<Schema>>,
    ) -> Self {
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let first = || ResponseBuilder::new().description(description).build();
        let response = self.answers.entry(status).or_insert_with(first);
        if !response.content.is_empty() {
            response.description = format!("{} {description}", response.description);
        }
        response.content.insert(media_type.to_owned(), RefOr::T(content));
        self
    }

    /// A reference to the type, whose schema is kept with all it refers to.
    fn named<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let name = T::name().into_owned();
        self.schemas.push((name.clone(), T::schema()));
        T::schemas(&mut self.schemas);
        RefOr::Ref(Ref::from_schema_name(name))
    }
}

fn text() -> Object {
    ObjectBuilder::new().schema_type(Type::String).build()
}

fn text_of(pattern: &str) -> Object {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.pattern(Some(pattern)).build()
}

/// A query parameter without a value counts as one that is not there.
fn or_empty(schema: impl Into<RefOr<Schema>>) -> Schema {
    let empty = ObjectBuilder::new().schema_type(Type::String).max_length(Some(0));
    Schema::AnyOf(AnyOfBuilder::new().item(schema).item(empty.build()).build())
}

/// `GET /api/applications/{applicationId}/history` → `getApplicationsByApplicationIdHistory`.
fn operation_id(route: &str) -> String {
    let mut id = String::new();
    for word in route.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '{') {
        let word = word.trim();
        if word.is_empty() || word == "api" {
            continue;
        }
        if id.is_empty() {
            id = word.to_ascii_lowercase();
            continue;
        }
        let (prefix, word) = word.strip_prefix('{').map_or(("", word), |word| ("By", word));
        id.push_str(prefix);
        id.extend(word.chars().take(1).map(|letter| letter.to_ascii_uppercase()));
        id.push_str(&word[1..]);
    }
    id
}
