//! Single operations over 100,000 issues: `cargo bench --bench operations`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that can't go on fails")]

mod world;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use reqwest::Method;
use serde_json::{Value, json};
use world::World;

struct Caller {
    client: reqwest::Client,
    base: String,
}

impl Caller {
    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .basic_auth("admin@example.com", Some("admin-token"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or(Value::Null)
    }
}

fn operations(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = runtime.block_on(World::start());
    let caller = Caller { client: reqwest::Client::new(), base: world.mock.url() };
    let caller = &caller;
    let mut group = criterion.benchmark_group("over 100,000 issues");
    group.sample_size(20);
    let mut bench = |name: &str, run: &dyn Fn(u64) -> (Method, String, Option<Value>)| {
        let mut number = 0;
        group.bench_function(name, |bencher| {
            bencher.to_async(&runtime).iter_batched(
                || {
                    number += 1;
                    run(number)
                },
                |(method, path, body)| async move { caller.send(method, &path, body).await },
                BatchSize::SmallInput,
            );
        });
    };
    let issue = |number: u64| format!("/rest/api/3/issue/DEMO-{}", 1001 + number % 90_000);
    bench("get issue by key", &|n| (Method::GET, issue(n * 7919), None));
    bench("create", &|n| {
        let fields =
            json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": format!("Bench {n}") });
        (Method::POST, "/rest/api/3/issue".into(), Some(json!({ "fields": fields })))
    });
    bench("edit", &|n| (Method::PUT, issue(n * 31), Some(json!({ "fields": { "summary": format!("Edited {n}") } }))));
    bench("transition", &|n| {
        let id = if n.is_multiple_of(2) { "21" } else { "31" };
        (Method::POST, format!("{}/transitions", issue(n * 37)), Some(json!({ "transition": { "id": id } })))
    });
    bench("comment", &|n| {
        let text = json!({ "type": "text", "text": format!("Comment {n}") });
        let body = json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [text] }] });
        (Method::POST, format!("{}/comment", issue(n * 41)), Some(json!({ "body": body })))
    });
    bench("search by project and status, page of 50", &|_| {
        let jql = "project = DEMO AND status = \"In Progress\" ORDER BY created DESC";
        let body = json!({ "jql": jql, "fields": ["summary", "status", "assignee", "priority", "created", "updated"], "maxResults": 50 });
        (Method::POST, "/rest/api/3/search/jql".into(), Some(body))
    });
    bench("create a site", &|_| (Method::POST, "/_mock/sites".into(), Some(json!({ "template": "empty" }))));
    group.finish();
    runtime.block_on(world.mock.stop()).expect("a stop");
}

criterion_group!(benches, operations);
criterion_main!(benches);
