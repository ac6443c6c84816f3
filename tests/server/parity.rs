//! The harness compares two sites of one server: that they are alike is no false alarm, that they differ is seen.

use crate::support::{ADMIN, Mock, client, json_of};
use harness::{
    contract::Contract,
    parity::{
        self, Options,
        endpoint::{Address, Endpoint},
        scenario,
    },
    report::Report,
    target::{Credentials, Trust},
};
use serde_json::{Value, json};
use std::path::Path;

fn endpoint(url: String) -> Endpoint {
    let credentials = Credentials::Basic { user: ADMIN.0.to_owned(), token: ADMIN.1.to_owned() };
    let (project, trust) = (Some("DEMO".to_owned()), Trust::System);
    Endpoint { address: Address::Url(url), credentials, project, rate: None, trust }
}

async fn compare(mock: &Mock, other: &str) -> Report {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let contract = Contract::load(&schemas).unwrap();
    let mut left = endpoint(mock.url.clone()).open("runleft").unwrap();
    let mut right = endpoint(format!("{}/_site/{other}", mock.url)).open("runright").unwrap();
    let options = Options { allow_writes: true, seed: 1, ..Options::default() };
    let scenarios = scenario::load(None, &contract, &schemas, 1).unwrap();
    parity::run(&mut left, &mut right, &scenarios, &contract, &options, &mut |_, _, _| {}).await.unwrap()
}

/// All differences, as `operation check at`.
fn lines(report: &Report) -> Vec<String> {
    let line = |entry: &harness::report::OperationReport| {
        let operation = entry.operation.clone();
        entry
            .failures
            .iter()
            .map(move |f| format!("{operation} {} {}: {} → {}", f.check, f.at, f.expected, f.actual))
            .collect()
    };
    report.operations.iter().flat_map::<Vec<String>, _>(line).collect()
}

#[tokio::test]
async fn sites_differ_only_in_what_they_are_told_to() {
    let mock = Mock::start(&["--ephemeral"]);
    let made = json!({ "name": "other", "template": "demo" });
    json_of(client().post(format!("{}/_mock/sites", mock.url)).json(&made), 201).await;
    // So that ids and keys of the sites are not the same.
    let fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "one more" });
    let more = |path: &str, body: Value| {
        client()
            .post(format!("{}/_site/other/rest/api/3/{path}", mock.url))
            .basic_auth(ADMIN.0, Some(ADMIN.1))
            .json(&body)
    };
    for _ in 0..3 {
        let made = json_of(more("issue", json!({ "fields": fields })), 201).await;
        let words = json!([{ "type": "paragraph", "content": [{ "type": "text", "text": "said" }] }]);
        let text = json!({ "type": "doc", "version": 1, "content": words });
        json_of(more(&format!("issue/{}/comment", made["key"].as_str().unwrap()), json!({ "body": text })), 201).await;
    }
    let report = compare(&mock, "other").await;
    assert_eq!(lines(&report), [""; 0]);
    assert!(report.summary.operations >= 250, "{:?}", report.summary);

    let strict = json!({ "settings": { "searchSemanticErrors": "strict", "removedSearch": "served" } });
    json_of(client().patch(format!("{}/_mock/sites/other", mock.url)).json(&strict), 200).await;
    let report = compare(&mock, "other").await;
    let lines = lines(&report);
    let search = "GET /rest/api/3/search status : 410";
    let query = "GET /rest/api/3/search/jql status : 200";
    for expected in [search, query] {
        assert!(lines.iter().any(|line| line.starts_with(expected)), "{expected}: {lines:#?}");
    }
}
