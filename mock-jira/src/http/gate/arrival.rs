//! Whether a request has arrived as a whole: who is to blame when its time is over.

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

/// Tells whether the body of a request has come in.
pub(super) struct Arrival(Option<Arc<AtomicBool>>);

impl Arrival {
    /// Watches the body from now on.
    pub(super) fn watch(request: &mut Request) -> Self {
        if request.body().is_end_stream() {
            return Self(None);
        }
        let complete = Arc::new(AtomicBool::new(false));
        let body = std::mem::take(request.body_mut());
        *request.body_mut() = Body::new(Watched { body, complete: complete.clone() });
        Self(Some(complete))
    }

    /// Whether nothing is waited for any more.
    pub(super) fn is_complete(&self) -> bool {
        self.0.as_ref().is_none_or(|complete| complete.load(Ordering::Relaxed))
    }
}

/// A body that notes its end. What nobody read of it is read when it is dropped: else the connection would be closed
/// under a client that sends it after the head, and may send the next request.
struct Watched {
    body: Body,
    complete: Arc<AtomicBool>,
}

/// Most that is read of a body that nobody wants, in bytes, and the longest wait for it.
const UNWANTED: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(2);

impl Drop for Watched {
    fn drop(&mut self) {
        if self.complete.load(Ordering::Relaxed) || self.body.is_end_stream() {
            return;
        }
        let rest = std::mem::take(&mut self.body);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(PATIENCE, axum::body::to_bytes(rest, UNWANTED)));
        }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.complete.store(true, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
