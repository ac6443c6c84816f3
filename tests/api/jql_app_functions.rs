//! JQL functions of apps: declared, needed by queries, computed by the app.

use crate::support::{Client, World, http_client, key_of, server};
use serde_json::{Value, json};

const COMPUTATION: &str = "/rest/api/3/jql/function/computation";
const KEY: &str = "ari:cloud:ecosystem::extension/1/2/static/issues-with-text";

async fn mock(world: &World, path: &str, body: Value) -> (u16, Value) {
    let url = format!("{}/_mock/sites/{}/{path}", server(), world.name);
    let answer = http_client().post(url).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// A site with a function whose app calls with the developer's account.
async fn with_function() -> (World, Client) {
    let world = World::demo().await;
    let developer = world.developer();
    let account = developer.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let function = json!({
        "key": KEY, "name": "issuesWithText", "accountId": account,
        "arguments": [{ "name": "text", "required": true }, { "name": "field", "required": false }],
        "operators": ["in", "not in"],
    });
    assert_eq!(mock(&world, "jql-functions", function.clone()).await, (201, function));
    (world, developer)
}

async fn search(client: &Client, jql: &str) -> String {
    let found = client.post("/rest/api/3/search/jql", json!({ "jql": jql, "fields": ["key"] })).await.expect(200);
    found["issues"].as_array().unwrap().iter().map(key_of).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_clause_stands_for_what_the_app_gave() {
    let (world, app) = with_function().await;
    let admin = world.admin();
    let jql = "project = DEMO AND issue in issuesWithText(\"keys\") ORDER BY key";
    // Nothing was computed; the app finds what it is to compute.
    assert_eq!(search(&admin, jql).await, "");
    let page = app.get(COMPUTATION).await.expect(200);
    let wanted = &page["values"][0];
    assert_eq!((&page["total"], &page["maxResults"], &page["isLast"]), (&json!(1), &json!(100), &json!(true)));
    assert_eq!(wanted["functionKey"], KEY);
    assert_eq!(
        (&wanted["functionName"], &wanted["field"], &wanted["operator"]),
        (&json!("issuesWithText"), &json!("issue"), &json!("in"))
    );
    assert_eq!((&wanted["arguments"], wanted.get("value")), (&json!(["keys"]), None));
    let update = async |values: Value| app.post(COMPUTATION, json!({ "values": values })).await;
    let fragment = json!([{ "id": wanted["id"], "value": "key in (DEMO-6, DEMO-2, TEAM-1) OR labels = search" }]);
    update(fragment).await.expect(204);
    assert_eq!(search(&admin, jql).await, "DEMO-2 DEMO-6 DEMO-8");
    // A call in other letters is the same function; one with another operator or argument is another call.
    assert_eq!(search(&admin, "issue in ISSUESWITHTEXT(keys) AND key < DEMO-7 ORDER BY key").await, "DEMO-2 DEMO-6");
    assert_eq!(
        search(&admin, "NOT issue in issuesWithText(keys) AND project = DEMO AND key < DEMO-4 ORDER BY key").await,
        "DEMO-1"
    );
    assert_eq!(search(&admin, "issue not in issuesWithText(keys)").await, "");
    assert_eq!(app.get(COMPUTATION).await.expect(200)["total"], 2);
    // In a filter, too.
    let filter = json!({ "name": "Keys", "jql": jql });
    admin.post("/rest/api/3/filter", filter).await.expect(200);
    assert_eq!(search(&admin, "filter = Keys ORDER BY key DESC").await, "DEMO-8 DEMO-6 DEMO-2");
    update(json!([{ "id": wanted["id"], "error": "No such text." }])).await.expect(204);
    assert_eq!(search(&admin, jql).await, "");
    let parsed = admin.post("/rest/api/3/jql/parse?validation=strict", json!({ "queries": [jql] })).await.expect(200);
    assert_eq!(parsed["queries"][0]["errors"], json!(["No such text."]));
}

#[tokio::test]
async fn strict_sentences_of_apps_functions() {
    let (world, app) = with_function().await;
    let computed = |value: &str, argument: &str| json!({ "functionKey": KEY, "field": "issue", "operator": "in", "arguments": [argument], "value": value });
    mock(&world, "jql-precomputations", computed("key in issuesWithText(x)", "nested")).await;
    mock(&world, "jql-precomputations", computed("universe = 42", "odd")).await;
    let queries = json!([
        "issue in issuesWithText()",
        "issue in issuesWithText(a, b, c)",
        "issue = issuesWithText(a)",
        "nothing in issuesWithText(a)",
        "issue in issuesWithText(never)",
        "issue in issuesWithText(nested)",
        "issue in issuesWithText(odd)",
        "issue in otherFunction(a)",
    ]);
    let parsed = app.post("/rest/api/3/jql/parse?validation=strict", json!({ "queries": queries })).await.expect(200);
    let told: Vec<String> =
        parsed["queries"].as_array().unwrap().iter().map(|q| format!("{}: {}", q["query"], q["errors"])).collect();
    insta::assert_snapshot!(told.join("\n"));
    // Parsing needs no app.
    assert_eq!(app.get(COMPUTATION).await.expect(200)["total"], 2);
    let reference = app.get("/rest/api/3/jql/autocompletedata").await.expect(200);
    let functions = reference["visibleFunctionNames"].as_array().unwrap();
    let own = functions.iter().find(|function| function["value"] == "issuesWithText(\"\")").unwrap();
    assert_eq!((&own["isList"], &own["supportsListAndSingleValueOperators"]), (&json!("true"), &json!("false")));
}

#[tokio::test]
async fn apps_read_and_write_their_own_alone() {
    let (world, app) = with_function().await;
    let admin = world.admin();
    let ids: Vec<Value> = {
        let mut ids = Vec::new();
        for argument in ["b", "a"] {
            let call = json!({ "functionKey": KEY, "field": "issue", "operator": "in", "arguments": [argument], "value": "key = DEMO-1" });
            let (status, made) = mock(&world, "jql-precomputations", call).await;
            assert_eq!(status, 201);
            ids.push(made["id"].clone());
            world.change(json!({ "clock": { "advanceMs": 60_000 } })).await;
        }
        ids
    };
    let arguments = async |query: &str| {
        let page = app.get(&format!("{COMPUTATION}{query}")).await.expect(200);
        page["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v["arguments"][0].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(arguments("").await, "b a");
    assert_eq!(arguments("?orderBy=-created").await, "a b");
    assert_eq!(arguments(&format!("?functionKey={KEY}&startAt=1&maxResults=1")).await, "a");
    search(&admin, "issue in issuesWithText(b)").await;
    assert_eq!(arguments("?orderBy=used").await, "a b");
    app.get(&format!("{COMPUTATION}?orderBy=size")).await.expect(400);
    app.get(&format!("{COMPUTATION}?functionKey=other")).await.expect(404);
    let by_id = json!({ "precomputationIDs": [ids[1], "00000000-0000-4000-8000-000000000000", "x"] });
    let found = app.post(&format!("{COMPUTATION}/search"), by_id.clone()).await.expect(200);
    assert_eq!(found["precomputations"][0]["id"], ids[1]);
    assert_eq!(found["notFoundPrecomputationIDs"], json!(["00000000-0000-4000-8000-000000000000", "x"]));
    let values =
        json!({ "values": [{ "id": ids[0], "value": "key = DEMO-2" }, { "id": "x", "value": "key = DEMO-3" }] });
    let refused = app.post(COMPUTATION, values.clone()).await.expect(404);
    assert_eq!(refused["notFoundPrecomputationIDs"], json!(["x"]));
    assert_eq!(search(&admin, "issue in issuesWithText(b)").await, "DEMO-1");
    let skipped = app.post(&format!("{COMPUTATION}?skipNotFoundPrecomputations=true"), values).await.expect(200);
    assert_eq!(skipped, json!({ "notFoundPrecomputationIDs": ["x"] }));
    assert_eq!(search(&admin, "issue in issuesWithText(b)").await, "DEMO-2");
    for bad in [
        json!({ "id": ids[0] }),
        json!({ "id": ids[0], "value": "key = DEMO-1", "error": "both" }),
        json!({ "id": ids[0], "value": "key =" }),
        json!({ "id": ids[0], "value": "key = DEMO-1 ORDER BY key" }),
    ] {
        app.post(COMPUTATION, json!({ "values": [bad] })).await.expect(400);
    }
    app.post(COMPUTATION, json!({ "precomputationIDs": [] })).await.expect(400);
    app.post(&format!("{COMPUTATION}/search"), json!({ "values": [] })).await.expect(400);
    // Nobody else, and nobody at all.
    admin.get(COMPUTATION).await.expect(403);
    admin.post(COMPUTATION, json!({ "values": [] })).await.expect(403);
    admin.post(&format!("{COMPUTATION}/search"), by_id).await.expect(403);
    assert_eq!(world.anonymous().get(COMPUTATION).await.status, 401);
}

#[tokio::test]
async fn functions_are_declared_replaced_and_removed() {
    let (world, app) = with_function().await;
    let url = format!("{}/_mock/sites/{}/jql-functions", server(), world.name);
    let listed: Value = http_client().get(&url).send().await.unwrap().json().await.unwrap();
    let function = listed["functions"][0].clone();
    assert_eq!(function["name"], "issuesWithText");
    let with = |member: &str, value: Value| {
        let mut changed = function.clone();
        changed[member] = value;
        changed
    };
    for bad in [
        with("accountId", json!("nobody")),
        with("operators", json!(["was"])),
        with("name", json!("")),
        with("key", json!("other")),
        with("arguments", json!([{ "name": "a" }, { "name": "b", "required": true }])),
    ] {
        assert_eq!(mock(&world, "jql-functions", bad.clone()).await.0, 400, "{bad}");
    }
    assert_eq!(mock(&world, "jql-functions", with("name", json!("renamed"))).await.0, 201);
    let call =
        json!({ "functionKey": KEY, "field": "issue", "operator": "in", "arguments": ["x"], "value": "key = DEMO-1" });
    assert_eq!(mock(&world, "jql-precomputations", call.clone()).await.0, 201);
    assert_eq!(search(&app, "issue in renamed(x)").await, "DEMO-1");
    assert_eq!(search(&app, "issue in issuesWithText(x)").await, "");
    let removed = http_client().delete(format!("{url}/{KEY}")).send().await.unwrap().status();
    assert_eq!(removed, 204);
    assert_eq!(search(&app, "issue in renamed(x)").await, "");
    assert_eq!(mock(&world, "jql-precomputations", call).await.0, 404);
    assert_eq!(http_client().delete(format!("{url}/{KEY}")).send().await.unwrap().status(), 404);
    // Without a function it is no app's account any more.
    app.get(COMPUTATION).await.expect(403);
}
