//! What a strict site says of queries that follow the grammar but mean nothing.

use crate::support::World;
use serde_json::json;

/// Facts, and queries that they are about.
const TABLE: &[(&str, &[&str])] = &[
    ("Q-5, a list is needed", &["summary in test"]),
    (
        "Q-20, Q-21, Q-23, Q-26, Q-73, operators",
        &["summary = x", "text !~ x", "text = x", "project ~ DEMO", "attachments = x", "statusCategory is EMPTY"],
    ),
    ("Q-25, the past", &["description CHANGED", "labels WAS x"]),
    ("Q-29, emptiness", &["statusCategory = EMPTY"]),
    ("Q-32, Q-73, fields", &["universe = 42", "cf[99999] = 1", "universe = 42 AND project = NOPE OR summary = x"]),
    (
        "Q-73, values by name",
        &[
            "project = NOPE",
            "project IN (DEMO, NOPE, OTHER)",
            "status = Nowhere",
            "assignee = \"Nobody Known\"",
            "filter = Missing",
            "votes = many",
        ],
    ),
    ("Q-73, values by id", &["project = 4711", "issuetype = 123"]),
    ("Q-48, functions", &["assignee = bogus()"]),
    (
        "Q-49, arguments of functions",
        &[
            "created > now(1)",
            "assignee = currentUser(1)",
            "assignee in membersOf(nobodies)",
            "assignee in membersOf()",
            "created > currentUser()",
            "summary ~ currentUser()",
            "created > startOfDay(\"x\")",
        ],
    ),
    ("Q-54, dates", &["updated >= yesterday", "updated >= \"2026-13-01\""]),
    ("Q-57, texts", &["summary ~ \"\"", "text ~ \"\"", "text ~ \"AND\""]),
    ("Q-73, issues", &["key = DEMO-9999", "key = NOPE-1", "issue in linkedIssues(NOPE-1)"]),
    (
        "Q-74, keys that are none, or no longer",
        &["key = \"DEMO-x\"", "key > DEMO-9999", "key > DEMO-7", "not key <= demo-7"],
    ),
    ("Q-73, orders", &["project = DEMO ORDER BY bogus", "project = DEMO ORDER BY text"]),
];

/// The same queries everywhere: refused by a strict site, empty on a lenient one.
#[tokio::test]
async fn strict_and_lenient_are_two_outcomes_of_one_validation() {
    let world = World::demo().await;
    let (developer, anonymous) = (world.developer(), world.anonymous());
    crate::jql_names::moved(&world, "DEMO-7", "OPS").await;
    let post = async |jql: &str| developer.post("/rest/api/3/search/jql", json!({ "jql": jql })).await;
    for jql in TABLE.iter().flat_map(|(_, queries)| *queries) {
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
    for (fact, queries) in TABLE {
        told.push(format!("# {fact}"));
        for jql in *queries {
            let refused = post(jql).await.expect(400);
            assert_eq!(refused["errors"], json!({}));
            let sentences = refused["errorMessages"].as_array().unwrap().clone();
            // Filters are validated so on any site, and parsing tells the same as errors and warnings (S-52).
            let filter = developer.post("/rest/api/3/filter", json!({ "name": jql, "jql": jql })).await.expect(400);
            assert_eq!(filter["errorMessages"].as_array().map_or(0, Vec::len), sentences.len(), "{jql}: {filter}");
            let parsed = developer.post("/rest/api/3/jql/parse?validation=strict", json!({ "queries": [jql] })).await;
            let parsed = parsed.expect(200)["queries"][0].clone();
            let both =
                ["errors", "warnings"].map(|member| parsed[member].as_array().cloned().unwrap_or_default()).concat();
            assert_eq!(both.len(), sentences.len(), "{jql}");
            assert!(both.iter().all(|sentence| sentences.contains(sentence)), "{jql}");
            told.push((*jql).to_owned());
            told.extend(sentences.iter().map(|sentence| {
                let warned = parsed["warnings"].as_array().is_some_and(|warnings| warnings.contains(sentence));
                format!("    {}{}", sentence.as_str().unwrap(), if warned { " (a warning)" } else { "" })
            }));
        }
    }
    let nobody = anonymous.post("/rest/api/3/search/jql", json!({ "jql": "universe = 42" })).await.expect(400);
    told.push("# Q-32, asked by nobody".to_owned());
    told.push(format!("universe = 42\n    {}", nobody["errorMessages"][0].as_str().unwrap()));
    insta::assert_snapshot!(told.join("\n"));
}
