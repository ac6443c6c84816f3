//! What a strict site says of queries that follow the grammar but mean nothing.

use crate::support::World;
use serde_json::json;

const QUERIES: &[&str] = &[
    "summary in test",
    "summary = x",
    "text !~ x",
    "text = x",
    "project ~ DEMO",
    "attachments = x",
    "statusCategory is EMPTY",
    "statusCategory = EMPTY",
    "description CHANGED",
    "labels WAS x",
    "universe = 42",
    "cf[99999] = 1",
    "project = NOPE",
    "project = 4711",
    "project IN (DEMO, NOPE, OTHER)",
    "issuetype = 123",
    "status = Nowhere",
    "assignee = \"Nobody Known\"",
    "assignee = bogus()",
    "created > now(1)",
    "assignee = currentUser(1)",
    "assignee in membersOf(nobodies)",
    "assignee in membersOf()",
    "created > currentUser()",
    "summary ~ currentUser()",
    "created > startOfDay(\"x\")",
    "updated >= yesterday",
    "updated >= \"2026-13-01\"",
    "summary ~ \"\"",
    "text ~ \"\"",
    "text ~ \"AND\"",
    "key = DEMO-9999",
    "key = NOPE-1",
    "key = \"DEMO-x\"",
    "issue in linkedIssues(NOPE-1)",
    "project = DEMO ORDER BY bogus",
    "project = DEMO ORDER BY text",
    "filter = Missing",
    "votes = many",
    "universe = 42 AND project = NOPE OR summary = x",
];

/// The same queries everywhere: refused by a strict site, empty on a lenient one.
#[tokio::test]
async fn strict_and_lenient_are_two_outcomes_of_one_validation() {
    let world = World::demo().await;
    let (developer, anonymous) = (world.developer(), world.anonymous());
    let post = async |jql: &str| developer.post("/rest/api/3/search/jql", json!({ "jql": jql })).await;
    for jql in QUERIES {
        let found = post(jql).await.expect(200);
        // An order that there is not is skipped (S-28).
        assert_eq!(found["issues"].as_array().unwrap().is_empty(), !jql.contains("ORDER BY"), "{jql}");
        let nobody = anonymous.post("/rest/api/3/search/jql", json!({ "jql": jql })).await.expect(200);
        assert_eq!(nobody, json!({ "issues": [], "isLast": true }), "{jql}");
    }
    // No site takes such an order (S-26).
    let long = "project = DEMO ORDER BY key, created, updated, summary, status, priority, assignee, reporter";
    post(long).await.refused(400, &["The query can be ordered by at most 7 fields."], json!({}));
    world.change(json!({ "settings": { "searchSemanticErrors": "strict" } })).await;
    let mut told = Vec::new();
    for jql in QUERIES {
        let refused = post(jql).await.expect(400);
        assert_eq!(refused["errors"], json!({}));
        let sentences = refused["errorMessages"].as_array().unwrap().clone();
        // Filters are validated so on any site, and parsing tells the same as errors and warnings (S-52).
        let filter = developer.post("/rest/api/3/filter", json!({ "name": jql, "jql": jql })).await.expect(400);
        assert_eq!(filter["errorMessages"].as_array().map_or(0, Vec::len), sentences.len(), "{jql}: {filter}");
        let parsed = developer.post("/rest/api/3/jql/parse?validation=strict", json!({ "queries": [jql] })).await;
        let parsed = parsed.expect(200)["queries"][0].clone();
        let both = ["errors", "warnings"].map(|member| parsed[member].as_array().cloned().unwrap_or_default()).concat();
        assert_eq!(both.len(), sentences.len(), "{jql}");
        assert!(both.iter().all(|sentence| sentences.contains(sentence)), "{jql}");
        told.push((*jql).to_owned());
        told.extend(sentences.iter().map(|sentence| {
            let warned = parsed["warnings"].as_array().is_some_and(|warnings| warnings.contains(sentence));
            format!("    {}{}", sentence.as_str().unwrap(), if warned { " (a warning)" } else { "" })
        }));
    }
    let nobody = anonymous.post("/rest/api/3/search/jql", json!({ "jql": "universe = 42" })).await.expect(400);
    told.push(format!("universe = 42, asked by nobody\n    {}", nobody["errorMessages"][0].as_str().unwrap()));
    insta::assert_snapshot!(told.join("\n"));
}
