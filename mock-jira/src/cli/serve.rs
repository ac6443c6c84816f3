//! `mock-jira serve`: from the first line it prints to the last request it finishes.

use super::{banner, settings::Serve};
use crate::{MockJira, telemetry::Telemetry};
use std::{
    io::{Write, stdout},
    process::exit,
};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a shell reports for a command that was interrupted.
const INTERRUPTED: i32 = 130;

/// Serves until a signal ends it.
pub fn run(settings: Serve) -> anyhow::Result<()> {
    let storage = &settings.storage;
    // Dropped last, after the runtime: then all spans are there to be sent.
    let _telemetry = Telemetry::start(storage.log_format.unwrap_or_default(), &storage.log_level("info"))?;
    tokio::runtime::Runtime::new()?.block_on(serve(settings))
}

async fn serve(settings: Serve) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    let database = settings.storage.database()?;
    let start = MockJira::builder()
        .listen(settings.listen())
        .database(database.clone())
        .postgres_bin(settings.storage.postgres_bin.clone())
        .tls(settings.tls()?)
        .options(settings.options()?)
        .start();
    let mut mock = tokio::select! {
        started = start => started?,
        // Nothing is served yet; what was begun is undone by its owner's end.
        () = signals.next() => exit(INTERRUPTED),
    };
    // Nobody has to read it.
    let _ = stdout().write_all(banner::of(&mock, &database).as_bytes());
    let failure = tokio::select! {
        () = signals.next() => None,
        error = mock.failed() => Some(error),
    };
    if let Some(error) = failure {
        return Err(error);
    }
    tracing::info!("stopping; requests under way are finished first");
    tokio::select! {
        stopped = mock.stop() => stopped,
        () = signals.next() => exit(INTERRUPTED),
    }
}

/// Requests to end: Ctrl-C, and what a service manager sends.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
