//! What programs read about a route of the API: `OpenAPI` 3.1, made from the same table that drives the server, so the
//! two cannot differ.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::access::Access;
use crate::table::Route;

/// The description of a route.
pub struct Operation {
    summary: &'static str,
    query: Vec<(&'static str, &'static str)>,
    body: Option<Shape>,
    answer: Answer,
    refusals: &'static [(u16, &'static str)],
}

enum Answer {
    Json(Shape),
    Media(&'static str),
}

/// A type as JSON Schema, with those that it is made of.
struct Shape {
    name: Cow<'static, str>,
    schemas: Vec<(String, Value)>,
}

impl Shape {
    fn of<T: ToSchema>() -> Self {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        parts.push((T::name().into_owned(), T::schema()));
        let schemas = parts
            .into_iter()
            .filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?)))
            .collect();
        Self {
            name: T::name(),
            schemas,
        }
    }

    fn reference(&self) -> Value {
        json!({"$ref": format!("#/components/schemas/{}", self.name)})
    }
}

impl Operation {
    /// A route that answers with JSON of this form.
    #[must_use]
    pub fn answering<T: ToSchema>(summary: &'static str) -> Self {
        Self::new(summary, Answer::Json(Shape::of::<T>()))
    }

    /// A route that answers with something of this media type.
    #[must_use]
    pub fn giving(summary: &'static str, media_type: &'static str) -> Self {
        Self::new(summary, Answer::Media(media_type))
    }

    fn new(summary: &'static str, answer: Answer) -> Self {
        Self {
            summary,
            query: Vec::new(),
            body: None,
            answer,
            refusals: &[],
        }
    }

    /// Takes JSON of this form.
    #[must_use]
    pub fn taking<T: ToSchema>(mut self) -> Self {
        self.body = Some(Shape::of::<T>());
        self
    }

    /// Takes a parameter in the query.
    #[must_use]
    pub fn query(mut self, name: &'static str, about: &'static str) -> Self {
        self.query.push((name, about));
        self
    }

    /// Refuses with these statuses and codes besides those that every route has.
    #[must_use]
    pub const fn refusing(mut self, refusals: &'static [(u16, &'static str)]) -> Self {
        self.refusals = refusals;
        self
    }

    fn json(&self, path: &str, access: Access) -> Value {
        let mut operation = Map::new();
        operation.insert("summary".into(), json!(self.summary));
        operation.insert("parameters".into(), self.parameters(path));
        if let Some(body) = &self.body {
            let content = json!({"application/json": {"schema": body.reference()}});
            operation.insert(
                "requestBody".into(),
                json!({"required": true, "content": content}),
            );
        }
        operation.insert("responses".into(), self.responses(access));
        operation.insert("security".into(), security(access));
        Value::Object(operation)
    }

    fn parameters(&self, path: &str) -> Value {
        let names = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let in_path = names.map(|name| {
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
        });
        let in_query = self.query.iter().map(|(name, about)| {
            json!({"name": name, "in": "query", "description": about, "schema": {"type": "string"}})
        });
        in_path.chain(in_query).collect()
    }

    fn responses(&self, access: Access) -> Value {
        let content = match &self.answer {
            Answer::Json(shape) => json!({"application/json": {"schema": shape.reference()}}),
            Answer::Media(kind) => {
                let mut content = Map::new();
                content.insert((*kind).to_owned(), json!({}));
                Value::Object(content)
            }
        };
        let mut responses = Map::new();
        responses.insert(
            "200".into(),
            json!({"description": "Done.", "content": content}),
        );
        for (status, codes) in self.codes(access) {
            let description = format!("A problem with one of the codes {}.", codes.join(", "));
            let schema = json!({"$ref": "#/components/schemas/Problem"});
            let content = json!({"application/problem+json": {"schema": schema}});
            let response = json!({"description": description, "content": content});
            responses.insert(status.to_string(), response);
        }
        Value::Object(responses)
    }

    fn codes(&self, access: Access) -> BTreeMap<u16, Vec<&'static str>> {
        let mut codes: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
        let mut add = |status, code| codes.entry(status).or_default().push(code);
        if !access.admits_nobody() {
            add(401, "unauthenticated");
            add(403, "forbidden");
        }
        if self.body.is_some() {
            add(400, "wrong_json");
            add(413, "too_large");
            add(415, "unsupported_media_type");
            add(422, "wrong_shape");
        }
        for (status, code) in self.refusals {
            add(*status, code);
        }
        codes
    }
}

fn security(access: Access) -> Value {
    let mut ways = Vec::new();
    if access.admits_nobody() {
        ways.push(json!({}));
    }
    if access.admits_devices() {
        ways.push(json!({"device": []}));
    }
    if access.admits_visitors() {
        ways.push(json!({"visitor": []}));
    }
    if access.admits_staff() {
        ways.push(json!({"staff": []}));
    }
    json!(ways)
}

/// The description of all routes under `/api/`.
#[must_use]
pub fn document(routes: &[Route], by_https: bool) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas = Map::new();
    schemas.insert("Problem".into(), problem_schema());
    for route in routes {
        let Some(operation) = &route.operation else {
            continue;
        };
        let methods = paths
            .entry(route.path)
            .or_insert_with(|| Value::Object(Map::new()));
        methods[route.method.as_str().to_lowercase()] = operation.json(route.path, route.access);
        let answer = match &operation.answer {
            Answer::Json(shape) => Some(shape),
            Answer::Media(_) => None,
        };
        for shape in operation.body.iter().chain(answer) {
            schemas.extend(shape.schemas.iter().cloned());
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Gapura",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A checked door for public places. Refusals are problem details (RFC 9457) with a stable \
                `code`. Every write carries an id (UUIDv7) chosen by the client; the second delivery gets the first \
                answer. Ids are opaque. Lists continue with `cursor` as given in `next`.",
            "license": {"name": "Apache-2.0 OR MIT"},
        },
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": security_schemes(by_https)},
    })
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "Stable; made for programs."},
            "detail": {"type": "string"},
            "instance": {"type": "string", "description": "The request's number, which stands in the server's log too."},
        },
    })
}

fn security_schemes(by_https: bool) -> Value {
    use crate::cookies::Jar;
    let cookie = |jar: Jar| json!({"type": "apiKey", "in": "cookie", "name": jar.name(by_https)});
    json!({
        "device": {"type": "http", "scheme": "bearer"},
        "visitor": cookie(Jar::Visitor),
        "staff": cookie(Jar::Staff),
    })
}
