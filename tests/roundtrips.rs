//! How many statements the busiest reads send to the database.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

use mock_jira::MockJira;
use std::sync::atomic::{AtomicUsize, Ordering};
use tracing_subscriber::{Layer, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

/// Counts what the database driver tells about each statement.
struct Counter;

impl<S: tracing::Subscriber> Layer<S> for Counter {
    fn on_event(&self, _: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        STATEMENTS.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn the_busiest_reads_are_one_and_two_statements() {
    let statements = filter_fn(|metadata| metadata.target() == "sqlx::query");
    tracing_subscriber::registry().with(Counter.with_filter(statements)).init();
    let mock = MockJira::builder().start().await.expect("a server");
    let client = reqwest::Client::new();
    let count = async |path: &str| {
        let url = format!("{}{path}", mock.url());
        let mut last = 0;
        // The first ones load the snapshot and give the connection to the site.
        for _ in 0..3 {
            let before = STATEMENTS.load(Ordering::SeqCst);
            let answer = client.get(&url).basic_auth("developer@example.com", Some("developer-token")).send().await;
            assert_eq!(answer.expect("an answer").status(), 200, "{path}");
            last = STATEMENTS.load(Ordering::SeqCst) - before;
        }
        last
    };
    assert_eq!(count("/rest/api/3/issue/DEMO-1").await, 1);
    assert_eq!(count("/rest/api/3/issue/DEMO-1?fields=summary,status").await, 1);
    // What matches, and the page's issues.
    assert_eq!(count("/rest/api/3/search/jql?jql=project=DEMO&fields=*all").await, 2);
    // The site's version.
    assert_eq!(count("/rest/api/3/project/search").await, 1);
    mock.stop().await.expect("a stop");
}
