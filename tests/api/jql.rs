//! Queries that are parsed, matched and rewritten rather than run.

use crate::support::{Client, World};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

async fn parse(client: &Client, validation: &str, queries: Value) -> Value {
    let path = format!("/rest/api/3/jql/parse?validation={validation}");
    client.post(&path, json!({ "queries": queries })).await.expect(200)["queries"].clone()
}

#[tokio::test]
async fn parses_queries_more_or_less_strictly() {
    let world = World::demo().await;
    let developer = world.developer();
    let queries = json!([
        "project = DEMO AND status in (\"To Do\", Done) ORDER BY created DESC",
        "invalid query",
        "summary = test",
        "summary in test",
        "project = INVALID",
        "universe = 42",
    ]);
    // The document's own example, S-50 to S-52.
    assert_json_snapshot!("parse_strict", parse(&developer, "strict", queries.clone()).await);
    let warned = parse(&developer, "warn", queries.clone()).await;
    let strict = parse(&developer, "strict", queries.clone()).await;
    for at in [2, 4, 5] {
        assert!(warned[at]["structure"].is_object(), "{}", warned[at]);
        assert_eq!((&warned[at]["errors"], &warned[at]["warnings"]), (&strict[at]["errors"], &strict[at]["warnings"]));
    }
    let unchecked = parse(&developer, "none", queries).await;
    assert!(unchecked[5]["structure"].is_object() && unchecked[5].get("errors").is_none());
    assert!(unchecked[1].get("structure").is_none() && unchecked[1]["errors"].is_array());
    // An issue that there is not is a value that there is not.
    let missing = parse(&developer, "strict", json!(["key = DEMO-9999"])).await;
    assert_eq!(missing[0]["warnings"], json!(["An issue with key 'DEMO-9999' does not exist for field 'key'."]));
    let hidden = parse(&world.anonymous(), "strict", json!(["project = DEMO"])).await;
    assert!(hidden[0]["warnings"].is_array());
    developer.post("/rest/api/3/jql/parse?validation=zz", json!({ "queries": ["a = b"] })).await.expect(400);
    developer.post("/rest/api/3/jql/parse", json!({ "queries": [] })).await.expect(400);
    developer.post("/rest/api/3/jql/parse", json!({})).await.expect(400);
}

#[tokio::test]
async fn matches_issues_with_queries() {
    let world = World::demo().await;
    let (developer, anonymous) = (world.developer(), world.anonymous());
    let page = developer.get("/rest/api/3/search/jql?jql=project%20%3D%20DEMO&maxResults=3").await.expect(200);
    let mut ids: Vec<i64> =
        page["issues"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().parse().unwrap()).collect();
    ids.sort_unstable();
    let mut asked = ids.clone();
    asked.push(99);
    let first = format!("id = {}", ids[0]);
    let body = json!({ "issueIds": asked, "jqls": ["project = DEMO", first, "project = INVALID", "broken = value", "a b c", ""] });
    let found = developer.post("/rest/api/3/jql/match", body.clone()).await.expect(200);
    let matched = |ids: &[i64]| json!({ "matchedIssues": ids, "errors": [] });
    let broken = |jql: &str| json!({ "matchedIssues": [], "errors": [format!("Invalid JQL: {jql}")] });
    // S-53
    let expected =
        [matched(&ids), matched(&ids[..1]), matched(&[]), broken("broken = value"), broken("a b c"), matched(&ids)];
    assert_eq!(found["matches"], json!(expected));
    assert_eq!(anonymous.post("/rest/api/3/jql/match", body).await.status, 401);
    let many: Vec<usize> = (0..1001).collect();
    developer.post("/rest/api/3/jql/match", json!({ "issueIds": many, "jqls": [] })).await.expect(400);
    developer.post("/rest/api/3/jql/match", json!({ "issueIds": [], "jqls": vec!["a = b"; 101] })).await.expect(400);
    developer.post("/rest/api/3/jql/match", json!({ "issueIds": [1] })).await.expect(400);
}

#[tokio::test]
async fn tells_what_queries_are_made_of() {
    let world = World::demo().await;
    let developer = world.developer();
    let all = developer.get("/rest/api/3/jql/autocompletedata").await.expect(200);
    let entry = |list: &str, value: &str| {
        let entries = all[list].as_array().unwrap();
        entries.iter().find(|entry| entry["value"] == value).cloned().unwrap_or_else(|| panic!("{value}"))
    };
    let fields: Vec<Value> =
        ["summary", "status", "fixVersion", "filter", "text", "\"Story Points\"", "Sprint", "Severity"]
            .map(|value| entry("visibleFieldNames", value))
            .into();
    let functions: Vec<Value> =
        ["now()", "currentUser()", "membersOf(\"\")", "standardIssueTypes()", "cascadeOption(\"\")"]
            .map(|value| entry("visibleFunctionNames", value))
            .into();
    assert_json_snapshot!("autocomplete_fields", fields);
    assert_json_snapshot!("autocomplete_functions", functions);
    let words = all["jqlReservedWords"].as_array().unwrap();
    assert!(words.contains(&json!("empty")) && words.contains(&json!("distinct")));
    let post = async |body: Value| developer.post("/rest/api/3/jql/autocompletedata", body).await;
    assert_eq!(post(json!({})).await.expect(200), all);
    assert_eq!(post(json!({ "projectIds": [99], "includeCollapsedFields": true })).await.expect(200), all);
    post(json!({ "projectIds": "x" })).await.expect(400);
    world.anonymous().get("/rest/api/3/jql/autocompletedata").await.expect(200);
}

#[tokio::test]
async fn hides_names_from_those_who_can_not_see_them() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let them = developer.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let id = admin.get("/rest/api/3/project/DEMO").await.expect(200)["id"].clone();
    let query = "project = 'Demo Project'  AND (project IN (DEMO, INVALID) OR summary ~ DEMO)";
    let body = json!({ "queries": [
        { "query": query },
        { "query": query, "accountId": them },
        { "query": "invalid query", "accountId": them },
    ] });
    let sanitized = admin.post("/rest/api/3/jql/sanitize", body.clone()).await.expect(200);
    let id = id.as_str().unwrap();
    let hidden = format!("project = {id}  AND (project IN ({id}, INVALID) OR summary ~ DEMO)");
    assert_eq!(sanitized["queries"][0], json!({ "initialQuery": query, "sanitizedQuery": hidden }));
    let shown = json!({ "initialQuery": query, "sanitizedQuery": query, "accountId": them });
    assert_eq!(sanitized["queries"][1], shown);
    let error = &sanitized["queries"][2]["errors"]["errorMessages"][0];
    assert!(error.as_str().unwrap().starts_with("Error in the JQL Query: Expecting operator but got 'query'."));
    // S-58
    let refusal = "You are not authorized to perform this action. Administrator privileges are required.";
    developer.post("/rest/api/3/jql/sanitize", body).await.refused(403, &[refusal], json!({}));
    let missing = "The queries has to be provided.";
    admin.post("/rest/api/3/jql/sanitize", json!({})).await.refused(400, &[missing], json!({}));
    let many = vec![json!({ "query": "a = b" }); 21];
    admin.post("/rest/api/3/jql/sanitize", json!({ "queries": many })).await.expect(400);
    admin.post("/rest/api/3/jql/sanitize", json!({ "queries": [{}] })).await.expect(400);
}

#[tokio::test]
async fn replaces_names_of_people_by_account_ids() {
    let world = World::demo().await;
    let developer = world.developer();
    let me = developer.get("/rest/api/3/myself").await.expect(200)["accountId"].as_str().unwrap().to_owned();
    let clean =
        async |queries: Value| developer.post("/rest/api/3/jql/pdcleaner", json!({ "queryStrings": queries })).await;
    let queries = json!([
        "assignee = 'Dana Developer' ORDER BY created",
        "summary ~ mia",
        "assignee in (mia, 'developer@example.com')",
        "status CHANGED BY \"Dana Developer\"",
        "assignee CHANGED FROM 'Dana Developer' TO EMPTY BY 'developer@example.com'",
        format!("reporter = {me} AND voter = currentUser() AND Approver = \"dana developer\""),
    ]);
    let cleaned = clean(queries).await.expect(200);
    // S-57
    let expected = json!([
        format!("assignee = {me} ORDER BY created"),
        "summary ~ mia",
        format!("status CHANGED BY {me}"),
        format!("assignee CHANGED FROM {me} TO EMPTY BY {me}"),
        format!("reporter = {me} AND voter = currentUser() AND Approver = {me}"),
    ]);
    assert_eq!(cleaned["queryStrings"], expected);
    let unknown = json!([{
        "originalQuery": "assignee in (mia, 'developer@example.com')",
        "convertedQuery": format!("assignee in (unknown, {me})"),
    }]);
    assert_eq!(cleaned["queriesWithUnknownUsers"], unknown);
    clean(json!(["a b c"])).await.expect(400);
    clean(json!(vec!["a = b"; 101])).await.expect(400);
    let nothing = developer.post("/rest/api/3/jql/pdcleaner", json!({})).await.expect(200);
    assert_eq!(nothing, json!({ "queryStrings": [], "queriesWithUnknownUsers": [] }));
    world.anonymous().post("/rest/api/3/jql/pdcleaner", json!({})).await.expect(401);
}
