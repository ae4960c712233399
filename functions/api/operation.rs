//! What the API's description says of one route, next to the function that answers it.

use std::collections::BTreeMap;

use lambda::{Function, ProblemDocument};
use utoipa::{
    ToSchema,
    openapi::{
        ContentBuilder, HttpMethod, Object, ObjectBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
        Type,
        path::{self, OperationBuilder, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::{ArrayBuilder, SchemaType},
        security::SecurityRequirement,
    },
};

/// Schemas by their names.
type Schemas = Vec<(String, RefOr<Schema>)>;

/// A route, its inputs and its answers.
#[must_use]
pub struct Operation {
    method: HttpMethod,
    path: &'static str,
    schemas: Schemas,
    builder: OperationBuilder,
    answers: BTreeMap<u16, Response>,
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
        let mut builder = OperationBuilder::new()
            .operation_id(Some(operation_id(route)))
            .tag(function.name)
            .summary(Some(summary));
        for part in path.split('/') {
            if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
                builder = builder.parameter(parameter.required(Required::True).schema(Some(text())));
            }
        }
        let operation = Self {
            method,
            path,
            schemas: Vec::new(),
            builder,
            answers: BTreeMap::new(),
            anyone: false,
        };
        operation.problem("default", "Any other problem; `type` says which.")
    }

    /// Needs no access token.
    pub fn anyone(mut self) -> Self {
        self.anyone = true;
        self
    }

    /// With a query parameter.
    pub fn query(mut self, name: &str, description: &str) -> Self {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
        let parameter = parameter.description(Some(description)).schema(Some(text()));
        self.builder = self.builder.parameter(parameter);
        self
    }

    /// A page of a list.
    pub fn paged(self) -> Self {
        self.query("cursor", "The `nextCursor` of the page before.")
            .query("limit", "How many items, 1 to 100.")
    }

    /// Changes an application or an interview: once under each key, and only the version the caller has seen.
    pub fn commands(self) -> Self {
        self.required_header(
            "Idempotency-Key",
            "8 to 128 visible characters; under one key it is done once.",
        )
        .changes()
        .problem(
            "409",
            "`activity-not-available`: the activity does not start from the application's status.",
        )
    }

    /// Changes a version.
    pub fn changes(self) -> Self {
        self.required_header("If-Match", "The `ETag` of what is to be changed.")
            .problem(
                "412",
                "`version-conflict`: somebody changed it meanwhile; `lastChange` says who, if it may.",
            )
            .problem("428", "`version-missing`: `If-Match` is missing.")
    }

    /// Replaces a version, or makes something new.
    pub fn puts(self) -> Self {
        self.header(
            "If-Match",
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
        let response = ResponseBuilder::new().description(description).build();
        self.builder = self.builder.response(status.to_string(), response);
        self
    }

    /// May answer a problem.
    pub fn problem(mut self, status: &str, description: &str) -> Self {
        let content = ContentBuilder::new()
            .schema(Some(self.named::<ProblemDocument<'static>>()))
            .build();
        let response = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content);
        self.builder = self.builder.response(status, response.build());
        self
    }

    /// The operation, its method and path, and the schemas it refers to.
    pub(super) fn build(self) -> (HttpMethod, &'static str, path::Operation, Schemas) {
        let mut operation = if self.anyone {
            self
        } else {
            let mut operation = self.problem("401", "`unauthenticated`: no access token, or none that counts.");
            let token = SecurityRequirement::new("accessToken", Vec::<String>::new());
            operation.builder = operation.builder.security(token);
            operation
        };
        for (status, answer) in operation.answers {
            operation.builder = operation.builder.response(status.to_string(), answer);
        }
        (
            operation.method,
            operation.path,
            operation.builder.build(),
            operation.schemas,
        )
    }

    fn required_header(self, name: &str, description: &str) -> Self {
        self.header(name, description, Required::True)
    }

    fn header(mut self, name: &str, description: &str, required: Required) -> Self {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
        let parameter = parameter.description(Some(description)).required(required);
        self.builder = self.builder.parameter(parameter.schema(Some(text())));
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
