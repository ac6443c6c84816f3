//! Being interrupted: what a run made is deleted first.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancelled when the process is told to end. Who says so twice is obeyed at once.
///
/// Is to be called within a runtime.
pub fn stop() -> anyhow::Result<CancellationToken> {
    let (mut interrupts, mut terminations) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! { _ = interrupts.recv() => {}, _ = terminations.recv() => {} }
            if told.is_cancelled() {
                std::process::exit(2);
            }
            eprintln!("Cleaning up. Again, and what was made stays.");
            told.cancel();
        }
    });
    Ok(stop)
}
