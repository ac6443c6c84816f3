//! The body of a request as it arrives: whether all of it has, which tells who is to blame when the time is over, and
//! what it was, for the log of requests.

use crate::http::admin::requests::LONGEST_KEPT;
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderMap, header},
};
use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

/// Whether a body is JSON of some kind.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim_end().ends_with("json")))
}

/// Tells whether the body of a request has come in, and what it was.
#[derive(Clone)]
pub(super) struct Arrival(Option<Arc<Progress>>);

struct Progress {
    complete: AtomicBool,
    /// What was read of it, up to one byte more than is kept; `None` of what is not JSON.
    read: Option<Mutex<Vec<u8>>>,
}

impl Progress {
    fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Relaxed)
    }

    fn read(&self) -> Option<MutexGuard<'_, Vec<u8>>> {
        Some(self.read.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Arrival {
    /// Watches the body from now on.
    pub(super) fn watch(request: &mut Request) -> Self {
        if request.body().is_end_stream() {
            return Self(None);
        }
        let read = is_json(request.headers()).then(Mutex::default);
        let progress = Arc::new(Progress { complete: AtomicBool::new(false), read });
        let body = std::mem::take(request.body_mut());
        *request.body_mut() = Body::new(Watched { body, progress: progress.clone() });
        Self(Some(progress))
    }

    /// Whether nothing is waited for any more.
    pub(super) fn is_complete(&self) -> bool {
        self.0.as_ref().is_none_or(|progress| progress.is_complete())
    }

    /// What came in, if it is JSON, unless that is nothing or too long to be kept.
    pub(super) fn body(&self) -> Option<Bytes> {
        let read = std::mem::take(&mut *self.0.as_ref()?.read()?);
        (!read.is_empty() && read.len() <= LONGEST_KEPT).then(|| read.into())
    }
}

/// A body that notes its end. What nobody read of it is read when it is dropped: else the connection would be closed
/// under a client that sends it after the head, and may send the next request.
struct Watched {
    body: Body,
    progress: Arc<Progress>,
}

/// Most that is read of a body that nobody wants, in bytes, and the longest wait for it.
const UNWANTED: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(2);

impl Drop for Watched {
    fn drop(&mut self) {
        if self.progress.is_complete() || self.body.is_end_stream() {
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
        match &frame {
            Poll::Ready(None | Some(Err(_))) => self.progress.complete.store(true, Ordering::Relaxed),
            Poll::Ready(Some(Ok(frame))) => {
                if let (Some(data), Some(mut read)) = (frame.data_ref(), self.progress.read()) {
                    let room = (LONGEST_KEPT + 1).saturating_sub(read.len()).min(data.len());
                    read.extend_from_slice(&data[..room]);
                }
            }
            Poll::Pending => {}
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
