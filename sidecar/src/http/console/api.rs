//! The table of routes for a browser that has signed in. Answers pass through the redaction.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, on, post};
use hookbridge_core::ErrorCode;
use hookbridge_core::model::api_key::ApiKeyScope;
use hookbridge_core::operations::definition::{self, Answer, Route};
use hookbridge_core::operations::exports::Download;
use serde_json::json;

use super::super::app::{App, RETRY_PAUSE, blocking, call};
use super::super::connections::Connection;
use super::super::envelope::{self, Refusal, RequestId};
use super::super::methods::method;
use super::super::{downloads, events, probes, request as requests};
use super::guard;
use super::paths::{API, EVENTS, FILE, REVEAL};
use super::state::Console;

pub(super) fn add(mut router: Router<Arc<App>>, console: &Arc<Console>) -> Router<Arc<App>> {
    for route in definition::served() {
        let console = console.clone();
        let handler = move |State(app): State<Arc<App>>, path: Result<RawPathParams, _>, request: Request| async move {
            let id = RequestId::of(&request);
            let path = path.map_err(|_: axum::extract::rejection::RawPathParamsRejection| {
                Refusal::new(ErrorCode::InvalidRequest, "the path is not valid")
            });
            let answer = match path {
                Ok(path) => serve(&console, &app, route, &path, request, &id).await,
                Err(refusal) => Err(refusal),
            };
            answer.unwrap_or_else(|refusal| refusal.response(&id))
        };
        router = router.route(&format!("{API}{}", route.path), on(method(route.verb), handler));
    }
    let (watched, revealed) = (console.clone(), console.clone());
    router
        .route(EVENTS, get(move |state, request| stream(watched.clone(), state, request)))
        .route(REVEAL, post(move |state, path, request| reveal(revealed.clone(), state, path, request)))
        .route(FILE, get(downloads::serve))
}

/// Marks the connection of a browser that has signed in.
fn mark(head: &Parts) {
    if let Some(connection) = head.extensions.get::<Arc<Connection>>() {
        connection.mark_authenticated();
    }
}

async fn serve(
    console: &Console,
    app: &Arc<App>,
    route: &'static Route,
    path: &RawPathParams,
    request: Request<Body>,
    id: &RequestId,
) -> Result<Response, Refusal> {
    let _permit = console.request_permits.try_acquire().ok_or_else(|| Refusal::too_many(RETRY_PAUSE))?;
    let (head, body) = request.into_parts();
    let shown = guard::session(console, app.engine(), &head)?;
    mark(&head);
    let holder = console.holder(&shown);
    holder.may(route.operation)?;
    if !console.payloads && route.operation.name == "messages.payload" {
        return Err(Refusal::new(ErrorCode::Forbidden, "this console shows no payloads"));
    }
    let body = requests::read_body(&head.headers, body, app.body_patience).await?;
    let text = requests::compose(route, path.iter(), head.uri.query(), &body, &holder.key_id)?;
    let answer = match route.operation.name {
        "stats" => probes::stats(app).await?.to_string(),
        name => call(app, holder, name, text).await?,
    };
    let mut response = match route.answer {
        // A page cannot follow a redirect to a file that it does not want to read.
        Answer::Redirect => {
            let Download { signed_path, .. } = serde_json::from_str(&answer)
                .map_err(|cause| Refusal::new(ErrorCode::Internal, cause.to_string()))?;
            let url = format!("{}{API}{}", console.base, signed_path.unwrap_or_default());
            envelope::wrap(Answer::Data(200), &json!({"download_url": url}).to_string(), id)?
        }
        wrapped => envelope::wrap(wrapped, &console.redaction.apply(answer)?, id)?,
    };
    if let Some(renewed) = &shown.renewed {
        response.headers_mut().insert(header::SET_COOKIE, guard::set_cookie(console, renewed)?);
    }
    Ok(response)
}

/// An endpoint's headers in the clear. That they were shown is noted first.
pub(super) async fn reveal(
    console: Arc<Console>,
    State(app): State<Arc<App>>,
    path: RawPathParams,
    request: Request,
) -> Response {
    let id = RequestId::of(&request);
    let endpoint_id = path.iter().next().map(|(_, value)| value.to_owned()).unwrap_or_default();
    let answered = async {
        let (head, _) = request.into_parts();
        let holder = console.holder(&guard::session(&console, app.engine(), &head)?);
        mark(&head);
        if holder.scope != ApiKeyScope::Full {
            return Err(Refusal::new(
                ErrorCode::Forbidden,
                "headers are shown to keys of the scope `full` alone",
            ));
        }
        let shown = blocking(&app, move |app| {
            let request = json!({"endpoint_id": endpoint_id}).to_string();
            let endpoint = app.engine().call("endpoints.get", &request)?;
            app.engine().note_reveal(&holder, &endpoint_id)?;
            Ok(endpoint)
        })
        .await?;
        let endpoint: serde_json::Value = serde_json::from_str(&shown)
            .map_err(|cause| Refusal::new(ErrorCode::Internal, cause.to_string()))?;
        let data = console.redaction.revealed(json!({"headers": endpoint["headers"]}));
        envelope::wrap(Answer::Data(200), &data.to_string(), &id)
    };
    answered.await.unwrap_or_else(|refusal: Refusal| refusal.response(&id))
}

async fn stream(console: Arc<Console>, State(app): State<Arc<App>>, request: Request) -> Response {
    let id = RequestId::of(&request);
    let (head, _) = request.into_parts();
    let answered = async {
        guard::session(&console, app.engine(), &head)?;
        mark(&head);
        events::serve(&app, head.uri.query()).await
    };
    answered.await.unwrap_or_else(|refusal| refusal.response(&id))
}
