//! Which process a client was told that it talks to: what it would name to have a query cancelled.

use std::{
    future::{Ready, ready},
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{
    CancelToken,
    tls::{ChannelBinding, TlsConnect, TlsStream},
};

/// What stands in for a server: it agrees to TLS, keeps what is written, and sends nothing on.
#[derive(Debug, Default)]
struct Paper {
    written: Vec<u8>,
}

/// Makes TLS of it by leaving it as it is.
struct AsItIs;

/// What a `CancelRequest` begins with: its length, and a code (section "Message Formats" of the
/// chapter "Frontend/Backend Protocol").
const CANCEL: [u8; 8] = [0, 0, 0, 16, 4, 210, 22, 46];

/// Returns the process that a token names; nothing is cancelled, and nothing is sent.
pub(super) async fn told(token: CancelToken) -> Option<i32> {
    let mut paper = Paper::default();
    token.cancel_query_raw(&mut paper, AsItIs).await.ok()?;
    // Before it there may be a request for TLS.
    let start = paper
        .written
        .windows(CANCEL.len())
        .position(|bytes| bytes == CANCEL)?;
    let process = paper.written.get(start + 8..start + 12)?;
    Some(i32::from_be_bytes(process.try_into().ok()?))
}

impl<'p> TlsConnect<&'p mut Paper> for AsItIs {
    type Stream = &'p mut Paper;
    type Error = io::Error;
    type Future = Ready<io::Result<&'p mut Paper>>;

    fn connect(self, paper: &'p mut Paper) -> Self::Future {
        ready(Ok(paper))
    }
}

impl TlsStream for &mut Paper {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Paper {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let free = buffer.remaining().min(1);
        buffer.put_slice(b"S".get(..free).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Paper {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.written.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
