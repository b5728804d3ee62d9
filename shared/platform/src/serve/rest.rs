//! What nobody read of a request's body.
//!
//! Closing a connection while bytes are still arriving resets it, and the answer on its way is
//! lost: the load balancer then says 502 where we said 413. So the rest is read and dropped while
//! the answer goes out (RFC 9112, section 9.6).

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;

use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, SizeHint};
use tokio::runtime::Handle;

/// The most that is read to be dropped; whoever sends more may lose the answer.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// How long that may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// A body whose rest is read when it is dropped before its end.
#[derive(Debug)]
pub(super) struct ReadToItsEnd<B: Unread>(Option<B>);

/// What a body must be to be read by a task of its own.
pub(super) trait Unread: Body<Data = Bytes> + Send + Unpin + 'static {}

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Unread for B {}

impl<B: Unread> ReadToItsEnd<B> {
    pub(super) const fn new(body: B) -> Self {
        Self(Some(body))
    }
}

impl<B: Unread> Body for ReadToItsEnd<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(context);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl<B: Unread> Drop for ReadToItsEnd<B> {
    fn drop(&mut self) {
        let Some(body) = self.0.take().filter(|body| !body.is_end_stream()) else { return };
        // Without a runtime there is no connection either.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(tokio::time::timeout(DEADLINE, read_and_drop(body)));
        }
    }
}

async fn read_and_drop(mut body: impl Unread) {
    let mut left = MAX_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        let Some(rest) = left.checked_sub(bytes) else { return };
        left = rest;
    }
}
