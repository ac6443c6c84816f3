//! What was acknowledged is there, whatever happens.

use crate::support::Mock;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    fs,
    sync::{Arc, Mutex},
};

/// How many issues are acknowledged before the power goes.
const ENOUGH: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_write_is_lost_when_everything_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let data = ["--data-dir", folder.path().to_str().unwrap()];
    let mut mock = Mock::start(&data);
    let postgres = fs::read_to_string(folder.path().join("data/postmaster.pid")).unwrap();
    let postgres = Pid::from_raw(postgres.lines().next().unwrap().parse().unwrap());

    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let (request, acknowledged) = (mock.new_issue("DEMO", &format!("by {writer}")), acknowledged.clone());
            tokio::spawn(async move {
                // Until the server does not answer any more.
                while let Ok(answer) = request.try_clone().unwrap().send().await {
                    if answer.status() != 201 {
                        continue;
                    }
                    let Ok(made) = answer.json::<serde_json::Value>().await else { return };
                    acknowledged.lock().unwrap().push(made["key"].as_str().unwrap().to_owned());
                }
            })
        })
        .collect();
    crate::support::wait_until("enough is written", || acknowledged.lock().unwrap().len() >= ENOUGH);
    kill(postgres, Signal::SIGKILL).unwrap();
    mock.signal(Signal::SIGKILL);
    mock.wait();
    for writer in writers {
        writer.await.unwrap();
    }

    let again = Mock::start(&data);
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() >= ENOUGH);
    for key in acknowledged {
        let issue = again.get(&format!("/rest/api/3/issue/{key}?fields=summary")).await;
        assert!(issue["fields"]["summary"].as_str().unwrap().starts_with("by "), "{issue}");
    }
    // Numbering goes on behind them.
    again.create_issue("DEMO", "after").await;
    again.stop();
}
