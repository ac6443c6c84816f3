//! Being interrupted: what a run made is deleted first.

use std::{process, time::Duration};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Some who interrupt do so twice: they mean it once.
const ONCE: Duration = Duration::from_secs(1);

/// Cancelled when the process is told to end. Who says so again is obeyed at once. Is to be called within a runtime.
pub fn stop() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (first, told) = (interrupt()?, stop.clone());
    tokio::spawn(async move {
        first.await;
        told.cancel();
        eprintln!("Cleaning up. Again, and what was made stays.");
        tokio::time::sleep(ONCE).await;
        if let Ok(again) = interrupt() {
            again.await;
            process::exit(2);
        }
    });
    Ok(stop)
}

/// Waits until the process is told to end, from now on.
fn interrupt() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupts, mut terminations) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! { _ = interrupts.recv() => {}, _ = terminations.recv() => {} }
    })
}
