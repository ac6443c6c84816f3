//! Queries that are large, odd or too heavy: an answer, or a refusal in Jira's manner.

use crate::support::World;
use serde_json::json;

const SEARCH: &str = "/rest/api/3/search/jql";
const TOO_HEAVY: &str =
    "The JQL query took too long or is too complex to run. Please add a search restriction to your query.";

#[tokio::test]
async fn a_search_that_takes_too_long_is_cut_off() {
    let world = World::demo().await;
    let developer = world.developer();
    world.change(json!({ "settings": { "searchTimeoutMs": 1 } })).await;
    let clauses: Vec<String> = (0..4000).map(|n| format!("(summary ~ word{n} AND votes = {n})")).collect();
    let heavy = json!({ "jql": clauses.join(" OR ") });
    developer.post(SEARCH, heavy.clone()).await.refused(400, &[TOO_HEAVY], json!({}));
    developer.post("/rest/api/3/search/approximate-count", heavy.clone()).await.refused(400, &[TOO_HEAVY], json!({}));
    let matching = json!({ "issueIds": [10000], "jqls": [heavy["jql"]] });
    developer.post("/rest/api/3/jql/match", matching).await.refused(400, &[TOO_HEAVY], json!({}));
    // The connection is as good as before.
    world.change(json!({ "settings": { "searchTimeoutMs": 30_000 } })).await;
    for _ in 0..20 {
        let found = developer.post(SEARCH, json!({ "jql": "project = DEMO" })).await.expect(200);
        assert_eq!(found["issues"].as_array().unwrap().len(), 8);
    }
}

///
#[tokio::test]
async fn long_queries_and_long_lists_work() {
    let world = World::demo().await;
    let developer = world.developer();
    let count = async |jql: String| {
        developer.post("/rest/api/3/search/approximate-count", json!({ "jql": jql })).await.expect(200)["count"].clone()
    };
    let list = |item: &dyn Fn(usize) -> String, n: usize| (1..=n).map(item).collect::<Vec<_>>().join(", ");
    assert_eq!(count(format!("key in ({})", list(&|n| format!("DEMO-{n}"), 10_000))).await, 8);
    assert_eq!(count(format!("id in ({})", list(&|n| (n + 9_999).to_string(), 10_000))).await, 15);
    assert_eq!(count(format!("project = DEMO AND labels not in ({})", list(&|n| format!("l{n}"), 5_000))).await, 4);
    assert_eq!(count(vec!["project = DEMO"; 5_000].join(" OR ")).await, 8);
    assert_eq!(count(vec!["project = DEMO"; 5_000].join(" AND ")).await, 8);
    assert_eq!(count(format!("{}project = DEMO{}", "(".repeat(250), ")".repeat(250))).await, 8);
    assert_eq!(count(format!("{}project = DEMO", "NOT ".repeat(250))).await, 8);
    let alternating = (0..120).fold("project = DEMO".to_owned(), |inner, n| {
        format!("({inner} {} key != DEMO-99)", if n % 2 == 0 { "AND" } else { "OR" })
    });
    assert_eq!(count(format!("project = DEMO AND {alternating}")).await, 8);
}

#[tokio::test]
async fn long_lists_are_validated_at_once() {
    let world = World::demo().await;
    world.change(json!({ "settings": { "searchSemanticErrors": "strict" } })).await;
    let developer = world.developer();
    let keys: Vec<String> = (1..=5_000).map(|n| format!("DEMO-{n}")).collect();
    let refused = developer.post(SEARCH, json!({ "jql": format!("key in ({}, 1, 10000)", keys.join(",")) })).await;
    let refused = refused.expect(400);
    let sentences = refused["errorMessages"].as_array().unwrap();
    assert_eq!(sentences.len(), 5_000 - 8 + 1);
    assert_eq!(sentences[0], "An issue with key 'DEMO-9' does not exist for field 'key'.");
    assert_eq!(sentences[4_992], "An issue with key '1' does not exist for field 'key'.");
    developer.post(SEARCH, json!({ "jql": "key in (DEMO-1, demo-2, 10000)" })).await.expect(200);
    // What nobody may see does not exist for them.
    let nobody = world.anonymous().post(SEARCH, json!({ "jql": "key in (10000)" })).await.expect(400);
    assert_eq!(nobody["errorMessages"][0], "An issue with key '10000' does not exist for field 'key'.");
}

/// Beyond what PostgreSQL takes in one statement, or what words there can be.
#[tokio::test]
async fn what_is_too_much_is_refused() {
    let world = World::demo().await;
    let developer = world.developer();
    let many: Vec<String> = (0..40_000).map(|n| format!("due = \"2026-01-01\" OR votes = {n}")).collect();
    let long_word = format!("summary ~ \"{}\"", "x".repeat(5_000));
    let long_text = format!("summary ~ \"{}\"", (0..100_000).map(|n| format!("word{n} ")).collect::<String>());
    let deep = format!("{}project = DEMO{}", "(".repeat(251), ")".repeat(251));
    for jql in [many.join(" OR "), long_word, long_text, deep] {
        let reply = developer.post(SEARCH, json!({ "jql": jql })).await;
        assert!([200, 400].contains(&reply.status.as_u16()), "{}: {}", reply.status, reply.text());
    }
}
