//! What people looked at last: in issues, in queries, in lists of projects.

use crate::{
    jql_fields::find,
    support::{World, key_of},
};
use serde_json::json;

const ISSUE: &str = "/rest/api/3/issue";

#[tokio::test]
async fn looking_at_an_issue_is_remembered_if_told_so() {
    let world = World::demo().await;
    let (developer, admin) = (world.developer(), world.admin());
    let path = format!("{ISSUE}/DEMO-3");
    let viewed = |path: String, client| async move {
        let issue = crate::support::Client::get(client, &path).await.expect(200);
        issue["fields"]["lastViewed"].clone()
    };
    let only = format!("{path}?fields=lastViewed");
    assert!(viewed(path.clone(), &developer).await.is_null());
    assert!(viewed(path.clone(), &developer).await.is_null(), "looking is not enough");
    // The answer tells of the time before.
    assert!(viewed(format!("{path}?updateHistory=true"), &developer).await.is_null());
    let first = viewed(only.clone(), &developer).await;
    assert!(first.is_string());
    assert_eq!(viewed(path.clone(), &developer).await, first);
    // It is one's own.
    assert!(viewed(only.clone(), &admin).await.is_null());
    let rendered = developer.get(&format!("{only}&expand=renderedFields")).await.expect(200);
    assert!(rendered["renderedFields"]["lastViewed"].as_str().is_some_and(|text| text.contains('/')));
    let found = developer.post("/rest/api/3/search/jql", json!({ "jql": "key = DEMO-3", "fields": ["lastViewed"] }));
    assert_eq!(found.await.expect(200)["issues"][0]["fields"]["lastViewed"], first);

    // Nobody in particular, and nothing that is not there.
    developer.get(&format!("{ISSUE}/DEMO-999?updateHistory=true")).await.expect(404);
    developer.get(&format!("{path}?updateHistory=maybe")).await.expect(400);
    world.anonymous().get(&format!("{path}?updateHistory=true")).await.expect(404);
    admin.delete(&path).await.expect(204);
    assert_eq!(find(&developer, "issue in issueHistory()").await, "");
}

#[tokio::test]
async fn queries_know_what_the_caller_looked_at() {
    let world = World::demo().await;
    let developer = world.developer();
    for (at, key) in ["DEMO-4", "TEAM-1", "DEMO-2"].iter().enumerate() {
        world.change(json!({ "clock": { "advanceMs": 3_600_000 * at } })).await;
        developer.get(&format!("{ISSUE}/{key}?updateHistory=true&fields=summary")).await.expect(200);
    }
    for (jql, keys) in [
        ("issue in issueHistory() order by lastViewed", "DEMO-2 TEAM-1 DEMO-4"),
        ("key in workItemHistory() order by lastViewed asc", "DEMO-4 TEAM-1 DEMO-2"),
        ("lastViewed > -90m", "DEMO-2"),
        ("lastViewed < -2h order by key", "DEMO-4 TEAM-1"),
        ("lastViewed is not EMPTY and project = TEAM", "TEAM-1"),
        ("project = TEAM and lastViewed is EMPTY order by key", "TEAM-2 TEAM-3 TEAM-4"),
        ("project = DEMO and issue not in issueHistory() order by key", "DEMO-1 DEMO-3 DEMO-5 DEMO-6 DEMO-7 DEMO-8"),
        // What was never looked at stands last, whichever way.
        ("key in (DEMO-2, DEMO-3, DEMO-4) order by lastViewed asc", "DEMO-4 DEMO-2 DEMO-3"),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
    }
    assert_eq!(find(&world.admin(), "issue in issueHistory() or lastViewed is not EMPTY").await, "");
}

#[tokio::test]
async fn recent_projects_are_those_looked_at() {
    let world = World::demo().await;
    let developer = world.developer();
    let recent = async |path: &str| {
        let all = developer.get(&format!("/rest/api/3/project{path}")).await.expect(200);
        all.as_array().unwrap().iter().map(|project| key_of(project).to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(recent("/recent").await, "");
    developer.get(&format!("{ISSUE}/OPS-1?updateHistory=true")).await.expect(200);
    world.change(json!({ "clock": { "advanceMs": 1000 } })).await;
    let fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "new" });
    developer.post(&format!("{ISSUE}?updateHistory=true"), json!({ "fields": fields })).await.expect(201);
    developer.post(ISSUE, json!({ "fields": fields })).await.expect(201);
    assert_eq!(recent("/recent").await, "DEMO OPS");
    world.change(json!({ "clock": { "advanceMs": 1000 } })).await;
    developer.get(&format!("{ISSUE}/OPS-2?updateHistory=true")).await.expect(200);
    assert_eq!(recent("/recent").await, "OPS DEMO");
    assert_eq!((recent("?recent=1").await, recent("?recent=0").await), ("OPS".into(), String::new()));
    assert_eq!(world.anonymous().get("/rest/api/3/project/recent").await.expect(200), json!([]));
    // Only what is still visible.
    world.admin().delete("/rest/api/3/project/OPS").await.expect(204);
    assert_eq!(recent("?recent=20").await, "DEMO");
}
