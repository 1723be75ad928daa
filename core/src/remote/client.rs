//! The client of a server: a thread that makes the requests, with its connections.

use std::io::Write;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, Uri, header};
use tokio::sync::{Semaphore, mpsc, watch};

use super::answer::ServerAnswer;
use super::request;
use super::retry::Try;
use crate::config::{Config, Server};
use crate::error::closed;
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::{Completions, Reply, Slot, Tell};
use crate::host::threads::{self, Ended};
use crate::model::base_url::BaseUrl;
use crate::model::ids::MessageId;
use crate::model::sent_headers::AGENT;
use crate::operations::definition::{Route, Verb, of_operation};
use crate::operations::exports::Download;
use crate::operations::messages::{SendReceipt, SendRequest};
use crate::wire::client::{
    Answer, BodyEnd, Course, Destination, Peer, Pool, Terms, Unanswered, connection_pool,
};

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
/// How many requests of one batch are under way at once.
const BATCH_AT_ONCE: usize = 32;
/// How many pieces of a file are read ahead of the writing.
const PIECES_AHEAD: usize = 16;
/// How often a caller looks again. It must not block in a channel: in a forked child the thread at the channel's other end
/// is gone.
const POLL: Duration = Duration::from_millis(2);

/// A server, and the thread that speaks to it.
pub(crate) struct Remote {
    link: Arc<ServerLink>,
    runtime: tokio::runtime::Handle,
    stop: watch::Sender<bool>,
    ended: Ended,
    /// Each request under way holds a clone: the count of this `Arc` says how many there are.
    under_way: Arc<()>,
}

impl Remote {
    /// Starts the thread. Connections are made when they are needed. Call inside the gate.
    pub(crate) fn start(config: &Config, server: &Server) -> Result<Self> {
        let link = Arc::new(ServerLink::new(config, server)?);
        let failed = |cause| Error::new(ErrorCode::Internal, format!("the client cannot start: {cause}"));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .thread_name("hookbridge-io")
            .build()
            .map_err(failed)?;
        let handle = runtime.handle().clone();
        let (stop, mut stopped) = watch::channel(false);
        let ended = threads::start("hookbridge-remote", move || {
            // An error means that the engine was dropped, which stops the thread too.
            let _ = runtime.block_on(stopped.wait_for(|stopped| *stopped));
            // A resolver that hangs must not delay the thread's end.
            runtime.shutdown_background();
        })?;
        Ok(Self { link, runtime: handle, stop, ended, under_way: Arc::new(()) })
    }

    /// Runs an operation on the server and waits for its answer.
    pub(crate) fn call(&self, operation: &str, text: &str) -> Result<String> {
        let slot = Slot::new();
        let waiting = slot.clone();
        self.begin_call(operation, text, Box::new(move |answer| waiting.fill(answer)))?;
        slot.wait()
    }

    /// Begins an operation on the server. `tell` gets the answer.
    pub(crate) fn begin_call(&self, operation: &str, text: &str, tell: Tell) -> Result<()> {
        let Some(route) = of_operation(operation) else { return Err(no_route(operation)) };
        let request = request::compose(route, text)?;
        let (link, promise) = (self.link.clone(), Promise::new(tell, &self.under_way));
        self.runtime.spawn(async move {
            let answer = link.ask(route, &request).await;
            promise.keep(answer);
        });
        Ok(())
    }

    /// Sends a message. `reply` gets the outcome.
    pub(crate) fn send(&self, request: &SendRequest, reply: Reply) -> Result<()> {
        let body = send_body(request)?;
        let (link, pending) = (self.link.clone(), PendingReply(Some(reply), self.under_way.clone()));
        self.runtime.spawn(async move {
            let outcome = link.send(body).await;
            pending.answer(outcome);
        });
        Ok(())
    }

    /// Sends each message with a request of its own. Returns the outcomes in order.
    pub(crate) fn send_batch(&self, requests: Vec<Result<SendRequest>>) -> Vec<Result<SendReceipt>> {
        let places = Arc::new(Semaphore::new(BATCH_AT_ONCE));
        let slots: Vec<_> = requests
            .into_iter()
            .map(|request| {
                let slot = Slot::new();
                let waiting = slot.clone();
                let promise = Promise::new(move |outcome| waiting.fill(outcome), &self.under_way);
                match request.and_then(|request| send_body(&request)) {
                    Err(error) => promise.keep(Err(error)),
                    Ok(body) => {
                        let (link, places) = (self.link.clone(), places.clone());
                        self.runtime.spawn(async move {
                            let _place = places.acquire().await;
                            let outcome = link.send(body).await;
                            promise.keep(outcome);
                        });
                    }
                }
                slot
            })
            .collect();
        slots.into_iter().map(|slot| slot.wait()).collect()
    }

    /// Writes an export's file into `into` and returns its size in bytes.
    pub(crate) fn download(&self, export_id: &str, into: &mut dyn Write) -> Result<u64> {
        let request = serde_json::json!({"export_id": export_id}).to_string();
        let answer = self.call("exports.download", &request)?;
        let Download { download_url, .. } = serde_json::from_str(&answer).map_err(unreadable)?;
        let uri: Uri = download_url.parse().map_err(unreadable)?;
        let (sender, mut pieces) = mpsc::channel(PIECES_AHEAD);
        let (link, counted) = (self.link.clone(), self.under_way.clone());
        self.runtime.spawn(async move {
            let _counted = counted;
            link.stream(uri, &sender).await;
        });
        let mut written = 0;
        loop {
            // A channel that ends before the file does means that the engine was closed.
            match pieces.try_recv() {
                Ok(Ok(Some(piece))) => {
                    into.write_all(&piece).map_err(|cause| {
                        Error::new(
                            ErrorCode::StorageUnavailable,
                            format!("the export cannot be written: {cause}"),
                        )
                    })?;
                    written += piece.len() as u64;
                }
                Ok(Ok(None)) => return Ok(written),
                Ok(Err(error)) => return Err(error),
                Err(mpsc::error::TryRecvError::Empty) => std::thread::sleep(POLL),
                Err(mpsc::error::TryRecvError::Disconnected) => return Err(closed()),
            }
        }
    }

    /// Waits for the requests under way, then ends the thread. False where `deadline` came first.
    pub(crate) fn close(&self, deadline: Instant) -> bool {
        while Arc::strong_count(&self.under_way) > 1 && Instant::now() < deadline {
            std::thread::sleep(POLL);
        }
        let quiet = Arc::strong_count(&self.under_way) == 1;
        self.stop.send_replace(true);
        self.ended.wait(deadline.max(Instant::now() + Duration::from_millis(500))) && quiet
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

fn unreadable(cause: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::NetworkError, format!("the server's answer cannot be read: {cause}"))
}

fn no_route(operation: &str) -> Error {
    Error::new(ErrorCode::NotSupported, format!("`{operation}` cannot be asked of a server"))
}

fn send_body(request: &SendRequest) -> Result<Bytes> {
    let made = match request.idempotency_key {
        Some(_) => String::new(),
        None => MessageId::generate()?.to_string(),
    };
    request::send_body(request, &made).map(Bytes::from)
}

/// Tells `CLOSED` on drop, so that no caller hangs when the client's thread ends.
struct Promise<T, F: FnOnce(Result<T>)>(
    Option<F>,
    #[allow(dead_code, reason = "counted")] Arc<()>,
    PhantomData<fn(T)>,
);

impl<T, F: FnOnce(Result<T>)> Promise<T, F> {
    fn new(tell: F, under_way: &Arc<()>) -> Self {
        Self(Some(tell), under_way.clone(), PhantomData)
    }

    fn keep(mut self, value: Result<T>) {
        if let Some(tell) = self.0.take() {
            tell(value);
        }
    }
}

impl<T, F: FnOnce(Result<T>)> Drop for Promise<T, F> {
    fn drop(&mut self) {
        if let Some(tell) = self.0.take() {
            tell(Err(closed()));
        }
    }
}

/// Answers the reply with `CLOSED` on drop, so that no caller hangs when the client's thread ends.
struct PendingReply(Option<Reply>, #[allow(dead_code, reason = "counted")] Arc<()>);

impl PendingReply {
    fn answer(mut self, outcome: Result<SendReceipt>) {
        self.tell(outcome);
    }

    fn tell(&mut self, outcome: Result<SendReceipt>) {
        if let Some(reply) = self.0.take() {
            let mut completions = Completions::default();
            completions.answer(reply, outcome);
            completions.deliver();
        }
    }
}

impl Drop for PendingReply {
    fn drop(&mut self) {
        self.tell(Err(closed()));
    }
}

/// The connections to a server, its addresses and the API key.
pub(crate) struct ServerLink {
    pool: Pool,
    base: BaseUrl,
    send: BaseUrl,
    authorization: HeaderValue,
    timeout: Duration,
    retries: u32,
}

impl ServerLink {
    /// # Errors
    /// `INVALID_CONFIGURATION` for an address or a key that cannot be used.
    pub(crate) fn new(config: &Config, server: &Server) -> Result<Self> {
        let base = BaseUrl::parse("base_url", &server.base_url, server.insecure)?;
        let send = match &server.send_url {
            Some(url) => BaseUrl::parse("send_url", url, server.insecure)?,
            None => base.clone(),
        };
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", server.api_key))
            .map_err(|_| Error::new(ErrorCode::InvalidConfiguration, "`api_key` cannot stand in a header"))?;
        authorization.set_sensitive(true);
        Ok(Self {
            // The host chose the server's address, so a local one is allowed.
            pool: connection_pool(config, true, Peer::Server)?,
            base,
            send,
            authorization,
            timeout: server.timeout,
            retries: server.retries,
        })
    }

    /// Where messages are posted to.
    pub(crate) fn send_uri(&self) -> Result<Uri> {
        let path = of_operation("messages.send").map_or("/v1/webhooks/send", |route| route.path);
        self.send.join(path)
    }

    /// Where events are posted to.
    pub(crate) fn events_uri(&self) -> Result<Uri> {
        let path = of_operation("events.send").map_or("/v1/events", |route| route.path);
        self.send.join(path)
    }

    /// A request with the headers that every request to a server has.
    pub(crate) fn request(&self, verb: Verb, uri: Uri, body: Option<Bytes>) -> Request<Bytes> {
        let json = HeaderValue::from_static("application/json");
        let mut request = Request::new(body.unwrap_or_default());
        *request.method_mut() = match verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Patch => Method::PATCH,
            Verb::Delete => Method::DELETE,
        };
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.authorization.clone());
        headers.insert(header::ACCEPT, json.clone());
        headers.insert(header::CONTENT_TYPE, json);
        headers.insert(header::USER_AGENT, HeaderValue::from_static(AGENT));
        request
    }

    async fn ask(&self, route: &Route, request: &request::Request) -> Result<String> {
        let body = request.body.clone().map(Bytes::from);
        let (answer, may_be_done) = self.exchange(route, self.base.join(&request.path)?, body).await?;
        // An earlier try of this delete was carried out, where the repeated one finds nothing.
        if may_be_done && route.verb == Verb::Delete && answer.status == http::StatusCode::NOT_FOUND {
            return Ok("{}".to_owned());
        }
        answer.unwrap(route.answer)
    }

    async fn send(&self, body: Bytes) -> Result<SendReceipt> {
        let Some(route) = of_operation("messages.send") else { return Err(no_route("messages.send")) };
        let (answer, _) = self.exchange(route, self.send_uri()?, Some(body)).await?;
        let text = answer.unwrap(route.answer)?;
        serde_json::from_str(&text).map_err(|cause| {
            Error::new(ErrorCode::NetworkError, format!("the receipt cannot be read: {cause}"))
        })
    }

    /// Sends a request, and repeats it where that is allowed. Returns the last answer, and whether an earlier try may have
    /// been carried out.
    async fn exchange(&self, route: &Route, uri: Uri, body: Option<Bytes>) -> Result<(ServerAnswer, bool)> {
        let (mut failures, mut may_be_done) = (0, false);
        loop {
            let tried = self.try_once(route, uri.clone(), body.clone()).await;
            let pause = tried.pause(route.repeatable, failures);
            let Some(pause) = pause.filter(|_| failures < self.retries) else {
                return tried.outcome().map(|answer| (answer, may_be_done));
            };
            may_be_done |= !matches!(tried, Try::NotSent(_));
            failures += 1;
            tracing::debug!(target: "hookbridge::remote", operation = route.operation.name, failures, ?pause, "to be tried again");
            tokio::time::sleep(pause).await;
        }
    }

    /// Passes a file on in pieces; `None` is its end. The link is signed, so the API key is not sent: it may lead to
    /// another host.
    async fn stream(&self, uri: Uri, pieces: &mpsc::Sender<Result<Option<Bytes>>>) {
        let mut request = self.request(Verb::Get, uri, None);
        request.headers_mut().remove(header::AUTHORIZATION);
        let lost = |cause: String| Error::new(ErrorCode::NetworkError, cause);
        let outcome = async {
            let mut answer = self.begin(&request, true).await.map_err(RequestFailure::into_error)?;
            if !(200..300).contains(&answer.status) {
                return Err(lost(format!("the file was not given: {}", answer.status)));
            }
            loop {
                match answer.next_piece().await {
                    Ok(piece) => {
                        if pieces.send(Ok(Some(piece))).await.is_err() {
                            return Ok(());
                        }
                    }
                    Err(BodyEnd::Whole) => return Ok(()),
                    Err(BodyEnd::Broken(cause)) => return Err(lost(format!("the file broke off: {cause}"))),
                }
            }
        };
        // The caller may have gone away.
        let _ = pieces.send(outcome.await.map(|()| None)).await;
    }

    /// Sends a request and waits for the head of its answer. With `repeatable` it is sent again where a kept connection
    /// turns out to be dead.
    async fn begin(
        &self,
        request: &Request<Bytes>,
        repeatable: bool,
    ) -> std::result::Result<Answer, RequestFailure> {
        let nowhere = || Error::new(ErrorCode::InvalidConfiguration, "the server's URL has no host");
        let destination =
            Destination::new(request.uri().clone()).ok_or_else(|| RequestFailure::unsent(nowhere()))?;
        let terms = Terms { deadline: Instant::now() + self.timeout, repeatable };
        let answer = self.pool.request(&destination, request, terms, &mut Course::default()).await;
        let network = |text: String| Error::new(ErrorCode::NetworkError, text);
        answer.map_err(|cause| match cause {
            Unanswered::NoConnection(failure) => RequestFailure::unsent(network(failure.text)),
            Unanswered::Broken { text, sent, .. } => RequestFailure { error: network(text), sent },
            Unanswered::Late => RequestFailure { error: self.late(), sent: true },
        })
    }

    fn late(&self) -> Error {
        Error::new(ErrorCode::Timeout, format!("no answer within {:?}", self.timeout))
    }

    async fn try_once(&self, route: &Route, uri: Uri, body: Option<Bytes>) -> Try {
        let request = self.request(route.verb, uri, body);
        let whole = async {
            let mut answer = match self.begin(&request, route.repeatable).await {
                Ok(answer) => answer,
                Err(RequestFailure { error, sent: false }) => return Try::NotSent(error),
                Err(RequestFailure { error, sent: true }) => return Try::NotAnswered(error),
            };
            let broke_off = |cause: &str| {
                Try::NotAnswered(Error::new(
                    ErrorCode::NetworkError,
                    format!("the answer broke off: {cause}"),
                ))
            };
            let mut body = BytesMut::new();
            loop {
                match answer.next_piece().await {
                    Ok(piece) if body.len() + piece.len() > LONGEST_ANSWER => {
                        return broke_off("it is too long");
                    }
                    Ok(piece) => body.extend_from_slice(&piece),
                    Err(BodyEnd::Whole) => break,
                    Err(BodyEnd::Broken(cause)) => return broke_off(&cause),
                }
            }
            let status = http::StatusCode::from_u16(answer.status).unwrap_or(http::StatusCode::BAD_GATEWAY);
            Try::Answered(ServerAnswer { status, headers: answer.headers, body: body.freeze() })
        };
        tokio::time::timeout(self.timeout, whole).await.unwrap_or_else(|_| Try::NotAnswered(self.late()))
    }
}

/// Why a request got no answer, and whether the server may have got it.
struct RequestFailure {
    error: Error,
    sent: bool,
}

impl RequestFailure {
    fn unsent(error: Error) -> Self {
        Self { error, sent: false }
    }

    fn into_error(self) -> Error {
        self.error
    }
}
