//! The client: a thread with its connections, started at the first use.

use std::io::Write;
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
use crate::host::completion::{Completions, Reply, Slot};
use crate::host::threads::{self, Ended};
use crate::model::base_url::BaseUrl;
use crate::model::ids::MessageId;
use crate::model::sent_headers::AGENT;
use crate::operations::exports::Download;
use crate::operations::messages::{SendReceipt, SendRequest};
use crate::operations::routes::{Route, Verb, of_operation};
use crate::wire::client::{
    Answer, BodyEnd, Course, Destination, Peer, Pool, Terms, Unanswered, connection_pool,
};

/// Where an answer is taken for endless.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// Requests of one batch at once.
const BATCH_AT_ONCE: usize = 32;
/// Pieces of a file that wait to be written.
const PIECES_AHEAD: usize = 16;
const CLOSE_POLL: Duration = Duration::from_millis(2);

/// A server, as this process reaches it.
pub(crate) struct Remote {
    link: Arc<ServerLink>,
    runtime: tokio::runtime::Handle,
    stop: watch::Sender<bool>,
    ended: Ended,
    /// Cloned into whatever is under way.
    under_way: Arc<()>,
}

impl Remote {
    /// Starts the thread; connections are made when they are needed. Called inside the gate.
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
            // An error means that the engine is gone, which is as good as a stop.
            let _ = runtime.block_on(stopped.wait_for(|stopped| *stopped));
            // A resolver that hangs must not hold the end up.
            runtime.shutdown_background();
        })?;
        Ok(Self { link, runtime: handle, stop, ended, under_way: Arc::new(()) })
    }

    /// Runs an operation and waits for its answer.
    pub(crate) fn call(&self, operation: &str, text: &str) -> Result<String> {
        let Some(route) = of_operation(operation) else { return Err(no_route(operation)) };
        let asked = request::compose(route, text)?;
        let slot = Slot::new();
        let (link, promise) = (self.link.clone(), Promise(Some(slot.clone()), self.under_way.clone()));
        self.runtime.spawn(async move {
            let answer = link.ask(route, &asked).await;
            promise.keep(answer);
        });
        slot.wait()
    }

    /// Sends a message; `reply` learns what came of it.
    pub(crate) fn send(&self, request: &SendRequest, reply: Reply) -> Result<()> {
        let body = send_body(request)?;
        let (link, waiting) = (self.link.clone(), Waiting(Some(reply), self.under_way.clone()));
        self.runtime.spawn(async move {
            let outcome = link.send(body).await;
            waiting.answer(outcome);
        });
        Ok(())
    }

    /// Sends many, each a request of its own; in order, what came of them.
    pub(crate) fn send_batch(&self, requests: Vec<Result<SendRequest>>) -> Vec<Result<SendReceipt>> {
        let places = Arc::new(Semaphore::new(BATCH_AT_ONCE));
        let slots: Vec<_> = requests
            .into_iter()
            .map(|request| {
                let slot = Slot::new();
                let promise = Promise(Some(slot.clone()), self.under_way.clone());
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

    /// Writes an export's file into `into`, piece by piece.
    pub(crate) fn download(&self, export_id: &str, into: &mut dyn Write) -> Result<u64> {
        let asked = serde_json::json!({"export_id": export_id}).to_string();
        let answer = self.call("exports.download", &asked)?;
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
            // The end of the channel without an end of the file is the end of the engine.
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
                Err(mpsc::error::TryRecvError::Empty) => std::thread::sleep(CLOSE_POLL),
                Err(mpsc::error::TryRecvError::Disconnected) => return Err(closed()),
            }
        }
    }

    /// Lets what is under way end, then ends the thread. False where `deadline` came before.
    pub(crate) fn close(&self, deadline: Instant) -> bool {
        while Arc::strong_count(&self.under_way) > 1 && Instant::now() < deadline {
            std::thread::sleep(CLOSE_POLL);
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

/// Fills a slot in any case: who waits on it must not wait for ever because the thread has ended.
struct Promise<T>(Option<Arc<Slot<Result<T>>>>, #[allow(dead_code, reason = "counted")] Arc<()>);

impl<T> Promise<T> {
    fn keep(mut self, value: Result<T>) {
        if let Some(slot) = self.0.take() {
            slot.fill(value);
        }
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            slot.fill(Err(closed()));
        }
    }
}

/// The same for whoever waits for a send.
struct Waiting(Option<Reply>, #[allow(dead_code, reason = "counted")] Arc<()>);

impl Waiting {
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

impl Drop for Waiting {
    fn drop(&mut self) {
        self.tell(Err(closed()));
    }
}

/// The connections to a server, and what every request to it has.
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
            // The address is the host's own choice: it may well be on this machine.
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

    /// A request with everything that a server wants to see.
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

    async fn ask(&self, route: &Route, asked: &request::Request) -> Result<String> {
        let body = asked.body.clone().map(Bytes::from);
        let (answer, unsure) = self.exchange(route, self.base.join(&asked.path)?, body).await?;
        // A repeated delete that finds nothing has found that the first one was carried out.
        if unsure && route.verb == Verb::Delete && answer.status == http::StatusCode::NOT_FOUND {
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

    /// The answer to the last try, and whether one before it may have been carried out.
    async fn exchange(&self, route: &Route, uri: Uri, body: Option<Bytes>) -> Result<(ServerAnswer, bool)> {
        let (mut failures, mut unsure) = (0, false);
        loop {
            let tried = self.once(route, uri.clone(), body.clone()).await;
            let pause = tried.pause(route.repeatable, failures);
            let Some(pause) = pause.filter(|_| failures < self.retries) else {
                return tried.outcome().map(|answer| (answer, unsure));
            };
            unsure |= !matches!(tried, Try::NotSent(_));
            failures += 1;
            tracing::debug!(target: "hookbridge::remote", operation = route.operation, failures, ?pause, "to be tried again");
            tokio::time::sleep(pause).await;
        }
    }

    /// Hands a file on in pieces; `None` is its end. A link is good without the key, which may be nobody else's business.
    async fn stream(&self, uri: Uri, pieces: &mpsc::Sender<Result<Option<Bytes>>>) {
        let mut request = self.request(Verb::Get, uri, None);
        request.headers_mut().remove(header::AUTHORIZATION);
        let lost = |cause: String| Error::new(ErrorCode::NetworkError, cause);
        let outcome = async {
            let mut answer = self.begin(&request, true).await.map_err(Unsuccessful::into_error)?;
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
        // Who has gone away does not want to know.
        let _ = pieces.send(outcome.await.map(|()| None)).await;
    }

    /// Sends a request and waits for the head of its answer. With `repeatable` it may be sent again where a kept
    /// connection has died.
    async fn begin(
        &self,
        request: &Request<Bytes>,
        repeatable: bool,
    ) -> std::result::Result<Answer, Unsuccessful> {
        let nowhere = || Error::new(ErrorCode::InvalidConfiguration, "the server's URL has no host");
        let destination =
            Destination::new(request.uri().clone()).ok_or_else(|| Unsuccessful::unsent(nowhere()))?;
        let terms = Terms { deadline: Instant::now() + self.timeout, repeatable };
        let answer = self.pool.request(&destination, request, terms, &mut Course::default()).await;
        let network = |text: String| Error::new(ErrorCode::NetworkError, text);
        answer.map_err(|cause| match cause {
            Unanswered::NoConnection(failure) => Unsuccessful::unsent(network(failure.text)),
            Unanswered::Broken { text, sent, .. } => Unsuccessful { error: network(text), sent },
            Unanswered::Late => Unsuccessful { error: self.late(), sent: true },
        })
    }

    fn late(&self) -> Error {
        Error::new(ErrorCode::Timeout, format!("no answer within {:?}", self.timeout))
    }

    async fn once(&self, route: &Route, uri: Uri, body: Option<Bytes>) -> Try {
        let request = self.request(route.verb, uri, body);
        let whole = async {
            let mut answer = match self.begin(&request, route.repeatable).await {
                Ok(answer) => answer,
                Err(Unsuccessful { error, sent: false }) => return Try::NotSent(error),
                Err(Unsuccessful { error, sent: true }) => return Try::NotAnswered(error),
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
                    Ok(piece) if body.len() + piece.len() > ANSWER_BYTES => {
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

/// A request without an answer, and whether the server may have got it.
struct Unsuccessful {
    error: Error,
    sent: bool,
}

impl Unsuccessful {
    fn unsent(error: Error) -> Self {
        Self { error, sent: false }
    }

    fn into_error(self) -> Error {
        self.error
    }
}
