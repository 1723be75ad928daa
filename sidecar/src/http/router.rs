//! Leads each request to its operation.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, on};
use hookbridge_core::ErrorCode;
use hookbridge_core::model::api_key::ApiKeyScope;
use hookbridge_core::operations::definition::{self, Answer, Route};

use super::app::{App, RETRY_PAUSE, call};
use super::connections::Connection;
use super::console::Console;
use super::envelope::{self, Refusal, RequestId};
use super::methods::method;
use super::paths::{ALIVE, DOCUMENT, EVENTS, EXPORT_FILE, METRICS, READY};
use super::{auth, console, downloads, events, observe, openapi, probes, request, send, send_event};

/// What is reached at an address.
pub struct Doors {
    pub api: bool,
    pub console: Option<Arc<Console>>,
}

/// All routes of an address. Paths and methods that do not exist are answered with the envelope of an error.
pub fn router(app: Arc<App>, doors: Doors) -> Router {
    let mut router = if doors.api { api() } else { Router::new() };
    if let Some(console) = doors.console {
        router = console::add(router, console);
    }
    router
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(axum::middleware::from_fn_with_state(app.clone(), observe::observe))
        .with_state(app)
}

/// The routes of clients with an API key, of orchestrators and of scrapers.
fn api() -> Router<Arc<App>> {
    let mut router = Router::new();
    for route in definition::served() {
        let handler = move |State(app): State<Arc<App>>, path: Result<RawPathParams, _>, request: Request| async move {
            let id = RequestId::of(&request);
            let path = path.map_err(|_: axum::extract::rejection::RawPathParamsRejection| {
                Refusal::new(ErrorCode::InvalidRequest, "the path is not valid")
            });
            let answer = match path {
                Ok(path) => serve(&app, route, &path, request, &id).await,
                Err(refusal) => Err(refusal),
            };
            answer.unwrap_or_else(|refusal| refusal.response(&id))
        };
        router = router.route(route.path, on(method(route.verb), handler));
    }
    router
        .route(EVENTS, get(watch))
        .route(ALIVE, get(probes::alive))
        .route(READY, get(probes::ready))
        .route(METRICS, get(probes::metrics))
        .route(DOCUMENT, get(openapi::serve))
        .route(EXPORT_FILE, get(downloads::serve))
}

async fn no_route(request: Request) -> Response {
    Refusal::new(ErrorCode::NotFound, "there is no such route").response(&RequestId::of(&request))
}

async fn wrong_method(request: Request) -> Response {
    Refusal::invalid(StatusCode::METHOD_NOT_ALLOWED, "the route has other methods: see `Allow`")
        .response(&RequestId::of(&request))
}

/// The stream of events, which is no operation: it has no end.
async fn watch(State(app): State<Arc<App>>, request: Request) -> Response {
    let id = RequestId::of(&request);
    let (head, _) = request.into_parts();
    let answered = async {
        let holder = app.engine.authenticate(auth::bearer(&head.headers)?)?;
        if let Some(connection) = head.extensions.get::<Arc<Connection>>() {
            connection.mark_authenticated();
        }
        if holder.scope == ApiKeyScope::Send {
            return Err(Refusal::new(
                ErrorCode::Forbidden,
                "the API key has the scope `send`, which does not have events",
            ));
        }
        events::serve(&app, head.uri.query()).await
    };
    answered.await.unwrap_or_else(|refusal| refusal.response(&id))
}

async fn serve(
    app: &Arc<App>,
    route: &'static Route,
    path: &RawPathParams,
    request: Request<Body>,
    id: &RequestId,
) -> Result<Response, Refusal> {
    let _permit = app.request_permits.try_acquire().ok_or_else(|| Refusal::too_many(RETRY_PAUSE))?;
    // `authenticate` reads one number of the file and never blocks: cheaper here than on another thread.
    let holder = app.engine.authenticate(auth::bearer(request.headers())?)?;
    if let Some(connection) = request.extensions().get::<Arc<Connection>>() {
        connection.mark_authenticated();
    }
    holder.may(route.operation)?;
    let (head, body) = request.into_parts();
    let body = request::read_body(&head.headers, body, app.body_patience).await?;
    if route.operation.name == definition::SEND {
        return send::serve(app, route, &head, &body, id).await;
    }
    let text = request::compose(route, path.iter(), head.uri.query(), &body, &holder.key_id)?;
    if route.operation.name == definition::SEND_EVENT {
        return send_event::serve(app, route, &head, text, id).await;
    }
    if route.operation.name == "stats" {
        return envelope::wrap(route.answer, &probes::stats(app).await?, id);
    }
    let answer = call(app, holder, route.operation.name, text).await?;
    if route.answer == Answer::Redirect {
        return envelope::redirect(&app.origin(&head), &answer);
    }
    envelope::wrap(route.answer, &answer, id)
}
