//! Signing in and out.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::{delete, post};
use hookbridge_core::operations::definition::Answer;
use hookbridge_core::operations::sessions::{Session, Shown, SignInWith};
use hookbridge_core::operations::whoami::WhoAmI;
use hookbridge_core::{Engine, ErrorCode};
use serde::Deserialize;
use serde_json::json;

use super::super::app::{App, RETRY_PAUSE, blocking};
use super::super::connections::Connection;
use super::super::envelope::{self, Refusal, RequestId};
use super::super::request::read_body;
use super::guard;
use super::paths::{SESSION, SESSIONS};
use super::state::Console;

pub(super) fn add(router: Router<Arc<App>>, console: &Arc<Console>) -> Router<Arc<App>> {
    let (begin, show, end, all) = (console.clone(), console.clone(), console.clone(), console.clone());
    router
        .route(
            SESSION,
            post(move |state, request| answer(begin.clone(), state, request, Step::Begin))
                .get(move |state, request| answer(show.clone(), state, request, Step::Show))
                .delete(move |state, request| answer(end.clone(), state, request, Step::End)),
        )
        .route(SESSIONS, delete(move |state, request| answer(all.clone(), state, request, Step::EndAll)))
}

#[derive(Clone, Copy)]
enum Step {
    Begin,
    Show,
    End,
    EndAll,
}

async fn answer(
    console: Arc<Console>,
    State(app): State<Arc<App>>,
    request: Request,
    step: Step,
) -> Response {
    let id = RequestId::of(&request);
    let answered = match step {
        Step::Begin => begin(&console, &app, request, &id).await,
        Step::Show => show(&console, &app, request, &id).await,
        Step::End | Step::EndAll => end(&console, &app, request, matches!(step, Step::EndAll)).await,
    };
    answered.unwrap_or_else(|refusal| refusal.response(&id))
}

/// What a browser signs in with.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Given {
    Key(String),
    Code(String),
}

async fn begin(
    console: &Console,
    app: &Arc<App>,
    request: Request,
    id: &RequestId,
) -> Result<Response, Refusal> {
    let _permit = console.request_permits.try_acquire().ok_or_else(|| Refusal::too_many(RETRY_PAUSE))?;
    let connection = request.extensions().get::<Arc<Connection>>().cloned();
    let (head, body) = request.into_parts();
    guard::check_site(console, &head)?;
    let body = read_body(&head.headers, body, app.body_patience).await?;
    // The error itself would show the key.
    let given: Given = serde_json::from_str(&body).map_err(|_| {
        Refusal::new(ErrorCode::InvalidRequest, "the body must be an object with `key` or `code`")
    })?;
    let session: Session = blocking(app, move |app| {
        app.engine().begin_session(match &given {
            Given::Key(key) => SignInWith::Key(key.trim()),
            Given::Code(code) => SignInWith::Code(code),
        })
    })
    .await?;
    if let Some(connection) = connection {
        connection.mark_authenticated();
    }
    let data = json!({"proof": session.proof, "expires_at": session.expires_at});
    let mut response = envelope::wrap(Answer::Data(200), &data.to_string(), id)?;
    response.headers_mut().insert(header::SET_COOKIE, guard::set_cookie(console, &session.cookie)?);
    Ok(response)
}

/// Who has signed in, and what the console may do.
async fn show(
    console: &Console,
    app: &Arc<App>,
    request: Request,
    id: &RequestId,
) -> Result<Response, Refusal> {
    let (head, _) = request.into_parts();
    let shown = guard::session(console, app.engine(), &head)?;
    let data = described(console, app.engine(), &shown)?;
    let mut response = envelope::wrap(Answer::Data(200), &data, id)?;
    if let Some(renewed) = &shown.renewed {
        response.headers_mut().insert(header::SET_COOKIE, guard::set_cookie(console, renewed)?);
    }
    Ok(response)
}

fn described(console: &Console, engine: &Engine, shown: &Shown) -> Result<String, Refusal> {
    let request = json!({"caller_api_key_id": shown.holder.key_id.to_string()}).to_string();
    let whoami: WhoAmI = serde_json::from_str(&engine.call("whoami", &request)?)
        .map_err(|cause| Refusal::new(ErrorCode::Internal, cause.to_string()))?;
    let data = json!({
        "api_key": whoami.api_key,
        "scope": console.holder(shown).scope,
        "read_only": console.read_only,
        "payloads": console.payloads,
        "redact": console.redaction.words(),
        "public_url": console.public_url,
        "encrypted": console.encrypted,
        "loopback": console.loopback,
        "version": whoami.version,
        "expires_at": shown.expires_at,
    });
    Ok(data.to_string())
}

/// Signs this browser out, or every browser.
async fn end(console: &Console, app: &Arc<App>, request: Request, all: bool) -> Result<Response, Refusal> {
    let (head, _) = request.into_parts();
    guard::session(console, app.engine(), &head)?;
    if all {
        blocking(app, |app| app.engine().end_sessions()).await?;
    }
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::SET_COOKIE, guard::set_cookie(console, "")?);
    Ok(response)
}
