//! Searches page by page, and what else a search is asked for besides its query.

use crate::support::{Client, World, key_of};
use serde_json::{Value, json};

const SEARCH: &str = "/rest/api/3/search/jql";

fn keys(page: &Value) -> String {
    page["issues"].as_array().unwrap().iter().map(key_of).collect::<Vec<_>>().join(" ")
}

async fn page(client: &Client, jql: &str, token: &Value) -> Value {
    let body = json!({ "jql": jql, "maxResults": 3, "fields": ["key"], "nextPageToken": token });
    client.post(SEARCH, body).await.expect(200)
}

/// The first page of the project's issues, then the others after a new issue came first and one further on is gone.
async fn paged(world: &World) -> Vec<String> {
    let admin = world.admin();
    let jql = "project = DEMO ORDER BY created DESC";
    let first = page(&admin, jql, &Value::Null).await;
    let fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "new" });
    admin.create(fields).await;
    assert_eq!(admin.delete("/rest/api/3/issue/DEMO-3").await.status, 204);
    let mut pages = vec![keys(&first)];
    let mut token = first["nextPageToken"].clone();
    while !token.is_null() {
        let next = page(&admin, jql, &token).await;
        assert_eq!(next["isLast"], next["nextPageToken"].is_null());
        pages.push(keys(&next));
        token = next["nextPageToken"].clone();
    }
    pages
}

#[tokio::test]
async fn pages_are_of_now_unless_the_site_keeps_the_first_moment() {
    let live = World::demo().await;
    // DEMO-6 is there twice, as in Jira (S-6, C-6).
    assert_eq!(paged(&live).await, ["DEMO-8 DEMO-7 DEMO-6", "DEMO-6 DEMO-5 DEMO-4", "DEMO-2 DEMO-1"]);
    let kept = World::demo().await;
    kept.change(json!({ "settings": { "searchPaging": "snapshot" } })).await;
    assert_eq!(paged(&kept).await, ["DEMO-8 DEMO-7 DEMO-6", "DEMO-5 DEMO-4", "DEMO-2 DEMO-1"]);
}

#[tokio::test]
async fn kept_pages_show_nothing_that_may_not_be_seen_and_end_after_a_week() {
    let world = World::demo().await;
    world.change(json!({ "settings": { "searchPaging": "snapshot" } })).await;
    let jql = "project = DEMO ORDER BY key";
    let first = page(&world.admin(), jql, &Value::Null).await;
    let token = first["nextPageToken"].clone();
    assert_eq!(keys(&page(&world.viewer(), jql, &token).await), "DEMO-4 DEMO-5 DEMO-6");
    assert_eq!(keys(&page(&world.anonymous(), jql, &token).await), "");
    // What fits one page is not kept.
    let all = json!({ "jql": jql, "maxResults": 8 });
    assert_eq!(world.admin().post(SEARCH, all).await.expect(200)["isLast"], true);
    world.change(json!({ "clock": { "advanceMs": 7 * 24 * 3600 * 1000_i64 } })).await;
    let body = json!({ "jql": jql, "nextPageToken": token });
    let sentence = "The provided next page token is invalid or expired.";
    world.admin().post(SEARCH, body).await.refused(400, &[sentence], json!({})); // S-5, S-7
}

#[tokio::test]
async fn tokens_are_read_as_jira_reads_them() {
    let world = World::demo().await;
    let developer = world.developer();
    let sentence = "The provided next page token is invalid or expired.";
    let get = async |query: &str| developer.get(&format!("{SEARCH}?jql=project%3DDEMO&{query}")).await;
    let first = get("maxResults=3").await.expect(200);
    let token = first["nextPageToken"].as_str().unwrap();
    assert_eq!(first.as_object().unwrap().keys().collect::<Vec<_>>(), ["issues", "nextPageToken", "isLast"]); // S-2
    get(&format!("maxResults=3&nextPageToken={token}")).await.expect(200);
    get("nextPageToken=").await.expect(200); // S-8
    for bad in [format!("nextPageToken={token}&nextPageToken={token}"), "nextPageToken=7".into()] {
        get(&bad).await.refused(400, &[sentence], json!({}));
    }
    for empty in [json!(""), json!(null)] {
        developer.post(SEARCH, json!({ "jql": "project = DEMO", "nextPageToken": empty })).await.expect(200);
    }
}

#[tokio::test]
async fn fields_are_lists_of_lists_and_navigable_ones_are_columns() {
    let world = World::demo().await;
    let developer = world.developer();
    let fields = async |fields: Value, by_keys: bool| {
        let body = json!({ "jql": "key = DEMO-2", "fields": fields, "fieldsByKeys": by_keys });
        let page = developer.post(SEARCH, body).await.expect(200);
        page["issues"][0]["fields"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(fields(json!(["summary,status", "labels"]), false).await, ["labels", "status", "summary"]); // S-16
    assert_eq!(fields(json!(["summary", "customfield_10016"]), true).await.len(), 2);
    let (all, navigable) = (fields(json!(["*all"]), false).await, fields(json!(["*navigable"]), false).await);
    let missing: Vec<&String> = all.iter().filter(|id| !navigable.contains(id)).collect();
    assert_eq!(missing, ["issuerestriction", "timetracking", "comment", "worklog"]);
    assert_eq!(fields(json!(["-description"]), false).await.len(), navigable.len() - 1);
}

#[tokio::test]
async fn every_expansion_and_properties() {
    let world = World::demo().await;
    let developer = world.developer();
    for key in ["a", "b"] {
        let path = format!("/rest/api/3/issue/DEMO-2/properties/{key}");
        assert_eq!(developer.put(&path, json!({ "x": 1 })).await.status, 201);
    }
    let expand = "renderedFields,names,schema,transitions,operations,editmeta,changelog";
    let body = json!({
        "jql": "key = DEMO-2", "fields": ["summary"], "expand": expand, "properties": ["a,c"],
        "reconcileIssues": ["10001", 10002],
    });
    let page = developer.post(SEARCH, body).await.expect(200);
    let query =
        format!("?jql=key%3DDEMO-2&fields=summary&expand={expand}&properties=a&properties=c&reconcileIssues=10001");
    assert_eq!(developer.get(&format!("{SEARCH}{query}")).await.expect(200), page);
    let issue = page["issues"][0].as_object().unwrap();
    assert_eq!(
        issue.keys().collect::<Vec<_>>(),
        [
            "expand",
            "id",
            "self",
            "key",
            "fields",
            "renderedFields",
            "properties",
            "transitions",
            "operations",
            "editmeta",
            "changelog"
        ]
    );
    assert_eq!(issue["properties"], json!({ "a": { "x": 1 } }));
    assert_eq!(page["names"], json!({ "summary": "Summary" }));
    let versioned = json!({ "jql": "key = DEMO-2", "fields": ["summary"], "expand": "versionedRepresentations" });
    let versioned = developer.post(SEARCH, versioned).await.expect(200);
    assert_eq!(
        versioned["issues"][0]["versionedRepresentations"],
        json!({ "summary": { "1": "Company accounts can sign in" } })
    );
    assert_eq!(versioned["issues"][0].get("fields"), None);
}

/// S-13
#[tokio::test]
async fn pages_with_fields_are_shorter_than_asked_for() {
    let world = World::demo().await;
    let developer = world.developer();
    let update =
        json!({ "fields": { "project": { "key": "OPS" }, "issuetype": { "name": "Task" }, "summary": "many" } });
    for _ in 0..3 {
        developer.post("/rest/api/3/issue/bulk", json!({ "issueUpdates": vec![&update; 50] })).await.expect(201);
    }
    let page = async |fields: Value| {
        let body = json!({ "jql": "summary ~ many", "maxResults": 5000, "fields": fields });
        let page = developer.post(SEARCH, body).await.expect(200);
        (page["issues"].as_array().unwrap().len(), page["isLast"] == true)
    };
    assert_eq!(page(json!(["id", "key"])).await, (150, true));
    assert_eq!(page(json!([])).await, (150, true));
    assert_eq!(page(json!(["summary"])).await, (100, false));
    assert_eq!(page(json!(["*all"])).await, (100, false));
}

#[tokio::test]
async fn lists_that_are_too_long_or_none_are_refused() {
    let world = World::demo().await;
    let developer = world.developer();
    let post = async |extra: Value| {
        let mut body = json!({ "jql": "project = DEMO" });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        developer.post(SEARCH, body).await.expect(400)["errorMessages"][0].as_str().unwrap().to_owned()
    };
    let ids: Vec<i64> = (1..=51).collect();
    // S-19, S-21
    assert!(post(json!({ "properties": ["a", "b", "c", "d", "e", "f"] })).await.contains("limit of 5"));
    assert!(post(json!({ "reconcileIssues": ids })).await.contains("limit of 50"));
    let payload = "Invalid request payload. Refer to the REST API documentation and try again.";
    // S-20, S-24
    for extra in [
        json!({ "reconcileIssues": null }),
        json!({ "reconcileIssues": ["x"] }),
        json!({ "properties": ["a", null] }),
        json!({ "failFast": true }),
        json!({ "expand": ["names"] }),
        json!({ "nextPageToken": ["x"] }),
    ] {
        assert_eq!(post(extra).await, payload);
    }
    developer.get(&format!("{SEARCH}?jql=project%3DDEMO&reconcileIssues=x")).await.expect(400);
    developer.get(&format!("{SEARCH}?jql=project%3DDEMO&failFast=x")).await.expect(400);
}

#[tokio::test]
async fn an_order_alone_is_unbounded_whatever_is_wrong_with_it() {
    let world = World::demo().await;
    let unbounded = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";
    for jql in ["order by", "ORDER BY created sideways", " Order", "\n"] {
        world.developer().post(SEARCH, json!({ "jql": jql })).await.refused(400, &[unbounded], json!({})); // S-25
    }
}
