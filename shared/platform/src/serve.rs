//! Serves the application wherever this process woke up: as a Lambda function or on a socket.

mod rest;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use lambda_http::RequestExt as _;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tower::ServiceExt as _;

use self::rest::ReadToItsEnd;
use crate::config::{Host, Settings};

/// How long a connection may wait for the headers of its next request. Longer than the load
/// balancer keeps an idle one (60 s): it must be the one that closes, or a request of its would
/// meet a closed connection and become a 502.
const HEADERS: Duration = Duration::from_secs(75);
/// How long requests under way may take after we were told to stop.
const DRAIN: Duration = Duration::from_secs(25);
/// The largest request line and headers together, as the load balancer has it.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// What the runtime says of the event that is being handled: whoever serves the application for
/// one puts it into the request's extensions.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// When the function is stopped: nothing of the request runs on after it. `None` when the
    /// runtime does not say so sensibly.
    pub deadline: Option<Instant>,
    /// The invocation's id, as the runtime's own log lines have it.
    pub request_id: String,
}

/// Serves until the process is told to stop.
pub(crate) async fn serve(app: Router, settings: &Settings) -> anyhow::Result<()> {
    match settings.host {
        Host::Lambda => serve_events(app).await,
        Host::Ecs | Host::Process => serve_socket(app, settings.listen).await,
    }
}

async fn serve_events(app: Router) -> anyhow::Result<()> {
    let service = tower::service_fn(move |event: lambda_http::Request| {
        let app = app.clone();
        async move {
            let invocation = event.lambda_context_ref().map(|context| Invocation {
                deadline: at_epoch_ms(context.deadline),
                request_id: context.request_id.clone(),
            });
            let mut request = event.map(into_body);
            if let Some(invocation) = invocation {
                request.extensions_mut().insert(invocation);
            }
            app.oneshot(request).await
        }
    });
    lambda_http::run(service).await.map_err(|error| anyhow::anyhow!("the runtime ended: {error}"))
}

fn into_body(body: lambda_http::Body) -> Body {
    match body {
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the runtime gives its deadline as wall time")]
fn at_epoch_ms(epoch_ms: u64) -> Option<Instant> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    // No event starts after its end: `cargo lambda watch` sends 600,000, ten minutes into 1970.
    let left = Duration::from_millis(epoch_ms).checked_sub(now)?;
    Instant::now().checked_add(left)
}

async fn serve_socket(app: Router, listen: SocketAddr) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| anyhow::anyhow!("LISTEN_ADDR: cannot listen on {listen}: {error}"))?;
    serve_on(app, listener).await
}

/// Serves an [`application`](crate::application) on a socket until the process is told to stop.
///
/// # Errors
/// When the socket has no address of its own.
pub async fn serve_on(app: Router, listener: TcpListener) -> anyhow::Result<()> {
    tracing::info!(event = "listening", address = %listener.local_addr()?, "listening");
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(told_to_stop());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        // A failed accept is one connection lost (or no descriptors left for a moment).
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let app = app.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let app = app.clone();
            async move {
                let mut request = request.map(|body| Body::new(ReadToItsEnd::new(body)));
                request.extensions_mut().insert(ConnectInfo(peer));
                Ok::<_, Infallible>(
                    app.oneshot(request).await.unwrap_or_else(|never| match never {}),
                )
            }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .max_buf_size(MAX_HEADER_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that goes away is not our error.
            let _ = connection.await;
        });
    }
    drop(listener);
    tracing::info!(event = "stopping", "no new connections; finishing what is under way");
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!(event = "drain_timeout", "some requests were still under way");
    }
    Ok(())
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
