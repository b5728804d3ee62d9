//! Accepting connections, and speaking HTTP/1.1 on them.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::balancer::{Balancer, Door};
use super::limits;
use super::target::Target;

/// Most connections of one listener at once; more wait to be accepted.
const CONNECTIONS: usize = 1_000;

/// Accepts connections until it is aborted, and ends them with it.
pub(super) async fn accept(
    balancer: Arc<Balancer>,
    listener: TcpListener,
    target: Option<Arc<Target>>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS => {
                let Ok((stream, peer)) = accepted else { continue };
                let Ok(local) = stream.local_addr() else { continue };
                balancer.counters.connections.fetch_add(1, Ordering::Relaxed);
                let door = Door { local, peer, target: target.clone() };
                connections.spawn(serve(Arc::clone(&balancer), door, stream));
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

async fn serve(balancer: Arc<Balancer>, door: Door, stream: TcpStream) {
    let idle_timeout = balancer.idle_timeout;
    let service = service_fn(move |request| {
        let (balancer, door) = (Arc::clone(&balancer), door.clone());
        async move { Ok::<_, Infallible>(balancer.handle(door, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle_timeout)
        .max_buf_size(limits::HEAD_BUFFER_BYTES)
        .max_headers(limits::HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    // How a connection ends is the client's business; the access log has what mattered.
    drop(connection.await);
}
