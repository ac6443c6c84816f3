//! Searching by JQL.

use crate::support::{Client, World, key_of};
use http::Method;
use serde_json::{Value, json};

async fn search(client: &Client, jql: &str) -> Vec<String> {
    let found =
        client.post("/rest/api/3/search/jql", json!({ "jql": jql, "fields": ["key"], "maxResults": 100 })).await;
    found.expect(200)["issues"].as_array().unwrap().iter().map(|issue| key_of(issue).to_owned()).collect()
}

#[tokio::test]
async fn finds_what_the_query_means() {
    let world = World::demo().await;
    let developer = world.developer();
    for (jql, keys) in [
        ("key = DEMO-1", "DEMO-1"),
        ("key in (DEMO-2, demo-1, 10002) order by key", "DEMO-1 DEMO-2 DEMO-3"),
        ("project = DEMO and issuetype = Bug order by key asc", "DEMO-4 DEMO-8"),
        ("project = \"Demo Project\" AND status = Done", "DEMO-2"),
        ("project in (TEAM, OPS) and status = \"In Progress\" order by key", "OPS-1 TEAM-2"),
        ("statusCategory = Done order by key", "DEMO-2 TEAM-3"),
        ("parent = DEMO-1 order by key", "DEMO-2 DEMO-3 DEMO-4"),
        ("\"Epic Link\" = DEMO-1 order by key desc", "DEMO-4 DEMO-3 DEMO-2"),
        ("project = DEMO and assignee = currentUser() order by key", "DEMO-2 DEMO-3 DEMO-4 DEMO-5"),
        ("project = DEMO and assignee is EMPTY order by key", "DEMO-1 DEMO-7 DEMO-8"),
        // Empty values are not unequal.
        ("project = DEMO and assignee != currentUser()", "DEMO-6"),
        ("labels = IDENTITY and labels not in (security)", "DEMO-2"),
        ("labels in (search, fun) order by created asc", "DEMO-8 OPS-3"),
        ("priority >= High and project = DEMO order by priority, key", "DEMO-4 DEMO-1"),
        ("summary ~ \"signing keys\"", "DEMO-6"),
        ("text ~ \"umlauts\" or comment ~ \"battery OR GPS\" order by key", "DEMO-4 TEAM-4"),
        ("cf[10016] > 3", "DEMO-2"),
        ("\"Story point estimate\" in (3, 5) order by cf[10016]", "DEMO-3 DEMO-2"),
        ("Flagged = Impediment", "DEMO-7"),
        ("Severity = Critical", "DEMO-4"),
        ("duedate >= \"2026-12-01\" and duedate < \"2026-12-24\"", "OPS-2"),
        ("created >= -10d and project = OPS", "OPS-3"),
        ("created < startOfYear(-50y)", ""),
        ("issuetype in subtaskIssueTypes()", "DEMO-5"),
        ("resolution is not EMPTY order by key", "DEMO-2 TEAM-3"),
        ("not (project = DEMO or project = TEAM) and key != OPS-2 order by key", "OPS-1 OPS-3"),
        ("reporter in membersOf(\"jira-administrators\") and project = OPS order by key", "OPS-1 OPS-2"),
        // What parses but means nothing finds nothing (S-27).
        ("universe = 42", ""),
        ("project = NOPE", ""),
        ("summary = x", ""),
        ("key = NOPE-1", ""),
        ("assignee = bogus()", ""),
    ] {
        let found = search(&developer, jql).await;
        assert_eq!(found.join(" "), keys, "{jql}");
    }
}

#[tokio::test]
async fn refuses_what_is_no_query() {
    let world = World::demo().await;
    let developer = world.developer();
    let unbounded = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";
    for (jql, sentence) in [
        ("", unbounded), // S-9
        ("  ", unbounded),
        ("ORDER BY created", unbounded),
        ("project = DEMO AND", "Error in the JQL Query: Expecting a field name at the end of the query."),
        ("project =", "Error in JQL Query: Expecting either a value, list or function before the end of the query."),
        (
            "summary ~ \"unclosed",
            "Error in the JQL Query: The quoted string 'unclosed' has not been completed. (line 1, character 11)",
        ),
    ] {
        let reply = developer.post("/rest/api/3/search/jql", json!({ "jql": jql })).await;
        reply.refused(400, &[sentence], json!({}));
        let reply = developer.post("/rest/api/3/search/approximate-count", json!({ "jql": jql })).await;
        reply.refused(400, &[sentence], json!({}));
    }
    // A strict site says what is wrong (S-29, Q-32).
    world.change(json!({ "settings": { "searchSemanticErrors": "strict" } })).await;
    let reply = developer.post("/rest/api/3/search/jql", json!({ "jql": "universe = 42" })).await;
    let sentence = "Field 'universe' does not exist or you do not have permission to view it.";
    reply.refused(400, &[sentence], json!({}));
}

#[tokio::test]
async fn pages_without_loss_or_repeats() {
    let world = World::demo().await;
    let developer = world.developer();
    let mut keys = Vec::new();
    let mut token = Value::Null;
    loop {
        let body = json!({ "jql": "project = DEMO order by key", "maxResults": 3, "fields": ["summary"], "nextPageToken": token });
        let page = developer.post("/rest/api/3/search/jql", body).await.expect(200);
        keys.extend(page["issues"].as_array().unwrap().iter().map(|issue| key_of(issue).to_owned()));
        assert_eq!(page["isLast"], page.get("nextPageToken").is_none()); // S-2, S-4
        match page.get("nextPageToken") {
            Some(next) => token = next.clone(),
            None => break,
        }
    }
    assert_eq!(keys.join(" "), "DEMO-1 DEMO-2 DEMO-3 DEMO-4 DEMO-5 DEMO-6 DEMO-7 DEMO-8");
    // A token is good for its query alone, and for seven days (S-5, S-7).
    let invalid = ["The provided next page token is invalid or expired."];
    let with = |jql: &str, token: &Value| json!({ "jql": jql, "nextPageToken": token });
    let other = developer.post("/rest/api/3/search/jql", with("project = TEAM", &token)).await;
    other.refused(400, &invalid, json!({}));
    developer.post("/rest/api/3/search/jql", with("project = DEMO order by key", &json!(5))).await.refused(
        400,
        &invalid,
        json!({}),
    );
    world.change(json!({ "clock": { "advanceMs": 8 * 24 * 3600 * 1000_i64 } })).await;
    developer.post("/rest/api/3/search/jql", with("project = DEMO order by key", &token)).await.refused(
        400,
        &invalid,
        json!({}),
    );
}

#[tokio::test]
async fn shows_what_is_asked_for() {
    let world = World::demo().await;
    let developer = world.developer();
    let get = async |query: &str| {
        developer.get(&format!("/rest/api/3/search/jql?jql=key%20=%20DEMO-4{query}")).await.expect(200)
    };
    assert_eq!(get("").await, json!({ "issues": [{ "id": "10003" }], "isLast": true })); // S-14
    assert_eq!(get("&fields=key").await["issues"][0], json!({ "id": "10003", "key": "DEMO-4" })); // S-15
    let issue = get("&fields=summary,status").await["issues"][0].clone();
    assert_eq!(issue.as_object().unwrap().keys().collect::<Vec<_>>(), ["expand", "id", "self", "key", "fields"]);
    assert_eq!(issue["fields"].as_object().unwrap().len(), 2); // S-17
    let expanded = get("&fields=summary&expand=names,schema").await;
    assert_eq!(expanded["names"], json!({ "summary": "Summary" })); // S-2
    assert_eq!(expanded["schema"]["summary"]["system"], "summary");
    let empty = developer.get("/rest/api/3/search/jql?jql=key%20=%20NOPE-1").await.expect(200);
    assert_eq!(empty, json!({ "issues": [], "isLast": true })); // S-3
    let two = developer.get("/rest/api/2/search/jql?jql=key%20=%20DEMO-1&fields=description").await.expect(200);
    assert!(two["issues"][0]["fields"]["description"].as_str().unwrap().starts_with("h2. Goal"));
}

#[tokio::test]
async fn refuses_bad_searches_in_jiras_order() {
    let world = World::demo().await;
    let developer = world.developer();
    let range = "The max results parameter has to be between 1 and 5,000.";
    for max in [json!(0), json!(-1), json!(5001), json!(null)] {
        let reply = developer.post("/rest/api/3/search/jql", json!({ "jql": "project =", "maxResults": max })).await;
        reply.refused(400, &[range], json!({})); // S-11, S-25
    }
    for max in [json!("5"), json!(1.5)] {
        developer
            .post("/rest/api/3/search/jql", json!({ "jql": "project = DEMO", "maxResults": max }))
            .await
            .expect(200); // S-12
    }
    let payload =
        json!({ "errorMessages": ["Invalid request payload. Refer to the REST API documentation and try again."] });
    for body in [
        json!({ "jql": "project = DEMO", "startAt": 0 }), // S-22
        json!({ "jql": ["project = DEMO"] }),             // S-23
        json!({ "jql": "project = DEMO", "maxResults": "x" }),
        json!({ "jql": "project = DEMO", "maxResults": true }),
    ] {
        assert_eq!(developer.post("/rest/api/3/search/jql", body).await.expect(400), payload);
    }
    developer.get("/rest/api/3/search/jql?jql=project=DEMO&startAt=x&validateQuery=y").await.expect(200);
    let empty = developer
        .raw(Method::POST, "/rest/api/3/search/jql", &[("content-type", "application/json")], Vec::new())
        .await;
    assert_eq!(empty.expect(400)["errorMessages"][0], "No content to map to Object due to end of input"); // H-15
}

#[tokio::test]
async fn shows_only_what_the_caller_may_see() {
    let world = World::demo().await;
    let count = async |client: Client| {
        client.post("/rest/api/3/search/approximate-count", json!({ "jql": "project is not EMPTY" })).await.expect(200)
            ["count"]
            .clone()
    };
    assert_eq!(count(world.admin()).await, 15); // S-40
    assert_eq!(count(world.viewer()).await, 15);
    // Nobody sees nothing, without being told (S-31, S-32).
    assert_eq!(count(world.anonymous()).await, 0);
    assert_eq!(
        search(&world.client(Some(("admin@example.com", "wrong"))), "project = DEMO").await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn the_removed_search_is_gone_unless_the_site_still_has_it() {
    let world = World::demo().await;
    let developer = world.developer();
    let sentence = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046";
    developer.get("/rest/api/2/search?jql=project=DEMO").await.refused(410, &[sentence], json!({})); // S-42
    developer.post("/rest/api/3/search", json!({ "jql": "project = DEMO" })).await.refused(410, &[sentence], json!({}));
    world.change(json!({ "settings": { "removedSearch": "served" } })).await;
    let found = developer
        .get("/rest/api/2/search?jql=project=DEMO%20order%20by%20key&startAt=2&maxResults=2&fields=summary")
        .await;
    let found = found.expect(200); // S-44
    assert_eq!((&found["total"], &found["startAt"], &found["maxResults"]), (&json!(8), &json!(2), &json!(2)));
    assert_eq!(found["issues"].as_array().unwrap().iter().map(key_of).collect::<Vec<_>>(), ["DEMO-3", "DEMO-4"]);
    let described =
        developer.get("/rest/api/3/search?jql=key=DEMO-1&fields=summary&expand=names,schema").await.expect(200);
    assert_eq!(
        (&described["names"], &described["schema"]["summary"]["type"]),
        (&json!({ "summary": "Summary" }), &json!("string"))
    );
}

/// It validates strictly, unless told otherwise (S-29), and refuses in a dialect of its own (H-14).
#[tokio::test]
async fn the_removed_search_refuses_what_it_does_not_know() {
    let world = World::demo().await;
    world.change(json!({ "settings": { "removedSearch": "served" } })).await;
    let developer = world.developer();
    let sentence = "Field 'colour' does not exist or you do not have permission to view it.";
    let refusal = json!({ "errorMessages": [sentence], "warningMessages": [] });
    let path = "/rest/api/3/search?jql=colour=red";
    assert_eq!(developer.get(path).await.expect(400), refusal);
    assert_eq!(developer.get(&format!("{path}&validateQuery=strict")).await.expect(400), refusal);
    assert_eq!(developer.post("/rest/api/3/search", json!({ "jql": "colour = red" })).await.expect(400), refusal);
    let warned = developer.post("/rest/api/3/search", json!({ "jql": "colour = red", "validateQuery": "warn" })).await;
    let warned = warned.expect(200);
    assert_eq!((&warned["total"], &warned["warningMessages"]), (&json!(0), &json!([sentence])));
    let silent = developer.get(&format!("{path}&validateQuery=none")).await.expect(200);
    assert_eq!((&silent["total"], &silent["warningMessages"]), (&json!(0), &Value::Null));
    developer.get(&format!("{path}&validateQuery=perhaps")).await.expect(400);
}

#[tokio::test]
async fn any_bytes_as_a_query_are_an_answer_or_a_refusal() {
    let world = World::demo().await;
    let developer = world.developer();
    let mut queries: Vec<String> = [
        "'",
        "\"",
        "\\",
        "((((",
        "a = b = c",
        "🙂 = 🙂",
        "project = '; DROP TABLE issue; --'",
        "summary ~ \"it's a\\\\b :* & | 'x\"",
        "text ~ \"??\"",
        "text ~ \"\"",
        "created > 99999999999999999999",
        "created > -99999999999d",
        "cf[99999999999999999999] = 1",
        "id = 99999999999999999999",
        "votes = 1e400",
        "order by",
        "a in ()",
        "summary ~ \"\\u0000\"",
        "project = \"\\u0000\"",
        "due = 0",
        "due > \"9999/99/99\"",
        "created >= endOfYear(\"99999999y\")",
        "created > \"-4294967295w 4294967295w 4294967295w 4294967295w\"",
        "created > \"+262142-12-31 23:59\"",
    ]
    .map(str::to_owned)
    .to_vec();
    queries.push(format!("key in ({})", (1..5000).map(|n| format!("DEMO-{n}")).collect::<Vec<_>>().join(",")));
    queries.push(format!("{}key = DEMO-1{}", "(".repeat(5000), ")".repeat(5000)));
    queries.push(format!("summary ~ \"{}\"", "word ".repeat(5000)));
    for jql in queries {
        let status = developer.post("/rest/api/3/search/jql", json!({ "jql": jql })).await.status.as_u16();
        assert!(status == 200 || status == 400, "{status}: {jql}");
    }
}
