//! The OpenAPI document, written from the table of routes and the schemas of requests and answers.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use hookbridge_core::ErrorCode;
use serde_json::{Map, Value, json};

use super::app::{App, RETRY_PAUSE, blocking};
use super::envelope::{Refusal, RequestId, json as respond};
use super::paths::EVENTS;
use super::schemas::{self, Fields, META, PAGE_META, Schemas};
use super::{auth, webhooks};
use hookbridge_core::model::event::Event;
use hookbridge_core::model::ids::EndpointId;
use hookbridge_core::operations::definition::{Answer, Route, Shape, served};

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// `GET /openapi.json`: the routes for everybody; the catalogue of events too, for whoever has an API key that may list it.
pub async fn serve(State(app): State<Arc<App>>, request: Request) -> Response {
    let id = RequestId::of(&request);
    let Ok(key) = auth::bearer(request.headers()) else { return respond(StatusCode::OK, &*DOCUMENT) };
    with_webhooks(&app, key).await.unwrap_or_else(|refusal| refusal.response(&id))
}

async fn with_webhooks(app: &Arc<App>, key: &str) -> Result<Response, Refusal> {
    let _permit = app.request_permits.try_acquire().ok_or_else(|| Refusal::too_many(RETRY_PAUSE))?;
    let holder = app.engine.authenticate(key)?;
    let catalogue = served().iter().find(|route| route.operation.name == webhooks::CATALOGUE);
    if catalogue.is_none_or(|route| holder.may(route.operation).is_err()) {
        return Ok(respond(StatusCode::OK, &*DOCUMENT));
    }
    let section = blocking(app, move |app| webhooks::section(app.engine(), &holder)).await?;
    if section.is_empty() {
        return Ok(respond(StatusCode::OK, &*DOCUMENT));
    }
    let mut document = DOCUMENT.clone();
    document["webhooks"] = Value::Object(section);
    Ok(respond(StatusCode::OK, &document))
}

/// The whole document.
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for route in served() {
        let methods = paths.entry(route.path).or_insert_with(|| json!({}));
        methods[route.verb.name()] = operation(route, &mut schemas);
    }
    // The stream has no row among the operations.
    paths.entry(EVENTS).or_insert_with(|| json!({}))["get"] = stream(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "HookBridge",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0 OR MIT"},
        },
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.referred(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    })
}

/// A parameter of the path or of the query, from the field of the request's type.
fn parameter(name: &str, place: &str, fields: &Fields) -> Value {
    let (schema, description) = fields.of_parameter(name);
    let needed = place == "path" || fields.is_needed(name);
    let mut parameter =
        json!({"name": name, "in": place, "description": description, "required": needed, "schema": schema});
    if !needed {
        // An empty parameter is ignored.
        parameter["allowEmptyValue"] = json!(true);
    }
    if parameter["schema"]["type"] == "array" {
        parameter["explode"] = json!(false);
    }
    parameter
}

fn operation(route: &Route, schemas: &mut Schemas) -> Value {
    let fields = schemas.fields(route.operation.request);
    let mut parameters: Vec<Value> =
        route.path_parameters().map(|name| parameter(name, "path", &fields)).collect();
    parameters.extend(route.query.iter().map(|field| parameter(field.name, "query", &fields)));
    let mut responses = refusals(route);
    responses.insert(route.answer.status().to_string(), answered(route, schemas));
    let mut operation = json!({
        "operationId": route.method,
        "summary": route.summary,
        "description": route.operation.details,
        "tags": [route.operation.name.split('.').next()],
        "parameters": parameters,
        "responses": responses,
    });
    if route.has_body {
        let (schema, needed) = schemas.body(route);
        let media = json!({"application/json": {"schema": schema}});
        operation["requestBody"] = json!({"required": needed, "content": media});
    }
    operation
}

/// The stream of events, which is no operation.
fn stream(schemas: &mut Schemas) -> Value {
    let errors = [
        ErrorCode::Unauthorized,
        ErrorCode::Forbidden,
        ErrorCode::EndpointNotFound,
        ErrorCode::RateLimitExceeded,
    ];
    let mut responses: Map<String, Value> =
        errors.iter().map(|code| (code.http_status().to_string(), refusal(&[code.name()]))).collect();
    responses.insert(
        StatusCode::OK.as_u16().to_string(),
        json!({
            "description": "Server-sent events: the kind in `event`, and an object of this type in `data`. The event `gap` says that \
                            something was left out. A comment comes at least every 15 seconds.",
            "content": {"text/event-stream": {"schema": schemas.answer(Shape::of::<Event>())}},
        }),
    );
    json!({
        "operationId": "watch_events",
        "summary": "Streams what happens to messages, as it happens",
        "description": "Whichever process accepts and delivers them. The newest messages are looked at four times a second while \
                        somebody listens.",
        "tags": ["events"],
        "parameters": [{
            "name": "endpoint_id",
            "in": "query",
            "description": "Only messages of this endpoint.",
            "required": false,
            "allowEmptyValue": true,
            "schema": schemas.answer(Shape::of::<EndpointId>()),
        }],
        "responses": responses,
    })
}

fn answered(route: &Route, schemas: &mut Schemas) -> Value {
    let shape = route.operation.answer;
    let envelope = |data: Value, meta: &str, message: bool| {
        let mut schema = json!({
            "type": "object",
            "required": ["data", "meta"],
            "properties": {"data": data, "meta": schemas::reference(meta)},
        });
        if message {
            schema["required"] = json!(["message", "data", "meta"]);
            schema["properties"]["message"] = json!({"type": "string"});
        }
        json!({"description": "Done.", "content": {"application/json": {"schema": schema}}})
    };
    match route.answer {
        Answer::Data(_) => envelope(schemas.answer(shape), META, false),
        Answer::DataWithMessage(_) => envelope(schemas.answer(shape), META, true),
        Answer::List => envelope(schemas.answer(shape)["properties"]["data"].take(), PAGE_META, false),
        Answer::Nothing => json!({"description": "Done."}),
        Answer::Redirect => json!({
            "description": "Where the file is.",
            "headers": {"Location": {"schema": {"type": "string"}}},
        }),
    }
}

/// The refusals of a route by status.
fn refusals(route: &Route) -> Map<String, Value> {
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in route.http_errors() {
        by_status.entry(code.http_status()).or_default().push(code.name());
    }
    if route.has_body {
        // HTTP's own: the body did not arrive in time (docs/contract.md#http-answers).
        by_status.insert(StatusCode::REQUEST_TIMEOUT.as_u16(), vec![ErrorCode::InvalidRequest.name()]);
    }
    by_status.into_iter().map(|(status, codes)| (status.to_string(), refusal(&codes))).collect()
}

fn refusal(codes: &[&str]) -> Value {
    let schema = json!({
        "type": "object",
        "required": ["error", "meta"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {"code": {"type": "string", "enum": codes}, "message": {"type": "string"}},
            },
            "meta": schemas::reference(META),
        },
    });
    let description = format!("Refused: {}.", codes.join(", "));
    json!({"description": description, "content": {"application/json": {"schema": schema}}})
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_document_has_each_route_once_and_no_other() {
        let document = document();
        let documented: HashSet<(String, String)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(|verb| (path.clone(), verb.clone()))
            })
            .collect();
        let mut rows: HashSet<(String, String)> =
            served().iter().map(|route| (route.path.to_owned(), route.verb.name().to_owned())).collect();
        rows.insert((EVENTS.to_owned(), "get".to_owned()));
        assert_eq!(documented, rows);
        let ids: HashSet<&str> = served()
            .iter()
            .map(|route| document["paths"][route.path][route.verb.name()]["operationId"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), rows.len() - 1, "all but the stream");
    }

    #[test]
    fn every_error_of_a_route_is_under_its_status() {
        let document = document();
        for route in served() {
            let responses = &document["paths"][route.path][route.verb.name()]["responses"];
            for code in route.http_errors() {
                let response = &responses[code.http_status().to_string()];
                let codes = &response["content"]["application/json"]["schema"]["properties"]["error"]["properties"]
                    ["code"]["enum"];
                assert!(codes.as_array().unwrap().contains(&json!(code.name())), "{code}: {responses}");
            }
        }
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        fn walk(value: &Value, known: &Map<String, Value>) {
            match value {
                Value::Object(fields) => {
                    if let Some(Value::String(reference)) = fields.get("$ref") {
                        let name = reference.rsplit('/').next().unwrap();
                        assert!(known.contains_key(name), "{reference}");
                    }
                    fields.values().for_each(|value| walk(value, known));
                }
                Value::Array(items) => items.iter().for_each(|value| walk(value, known)),
                _ => {}
            }
        }
        let document = document();
        walk(&document, document["components"]["schemas"].as_object().unwrap());
    }
}
