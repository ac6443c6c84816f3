//! What queries name: issues that have moved, labels in any case, and what not everybody may know of.

use crate::{
    jql_fields::{find, strict},
    support::World,
};
use serde_json::{Value, json};

/// Moves an issue to another project; its new key.
pub async fn moved(world: &World, key: &str, project: &str) -> String {
    let admin = world.admin();
    let of_project = admin.get(&format!("/rest/api/3/project/{project}")).await.expect(200);
    let kinds = of_project["issueTypes"].as_array().unwrap();
    let kind = kinds.iter().find(|kind| kind["name"] == "Task").unwrap()["id"].as_str().unwrap();
    let id = admin.get(&format!("/rest/api/3/issue/{key}")).await.expect(200)["id"].clone();
    let body = json!({ "targetToSourcesMapping": { format!("{project},{kind}"): {
        "issueIdsOrKeys": [key], "inferFieldDefaults": true, "inferStatusDefaults": true,
        "inferSubtaskTypeDefault": true, "inferClassificationDefaults": true,
    } } });
    let submitted = admin.post("/rest/api/3/bulk/issues/move", body).await.expect(201);
    let queue = format!("/rest/api/3/bulk/queue/{}", submitted["taskId"].as_str().unwrap());
    while admin.get(&queue).await.expect(200)["status"] != "COMPLETE" {
        tokio::task::yield_now().await;
    }
    let issue = admin.get(&format!("/rest/api/3/issue/{}", id.as_str().unwrap())).await.expect(200);
    issue["key"].as_str().unwrap().to_owned()
}

///
#[tokio::test]
async fn issues_are_compared_with_those_that_are_there() {
    let world = World::demo().await;
    let (developer, anonymous) = (world.developer(), world.anonymous());
    let new = moved(&world, "DEMO-7", "OPS").await;
    let all_before = "DEMO-1 DEMO-2 DEMO-3 DEMO-4 DEMO-5 DEMO-6";
    for (jql, keys) in [
        ("key < DEMO-8 order by key", all_before),
        ("key < demo-8 and not key <= DEMO-1 and key != DEMO-3 order by key", "DEMO-2 DEMO-4 DEMO-5 DEMO-6"),
        ("id < 10001", "DEMO-1"),
        // A key that the issue had names it still, but has no place any more.
        ("key = DEMO-7", &new),
        ("key < DEMO-7", ""),
        ("not key < DEMO-7", ""),
        ("key = DEMO-1 or key >= DEMO-7", "DEMO-1"),
        // Nor has one that there never was.
        ("key < DEMO-99", ""),
        ("id < 999999", ""),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
    }
    assert_eq!(find(&anonymous, "id < 10001 or id >= 10001").await, "");
    for (jql, sentences) in [
        ("key = DEMO-7", vec![]),
        ("key > DEMO-7", vec!["Operator '>' cannot be applied to moved issue key 'DEMO-7'"]),
        ("not issuekey <= demo-7", vec!["Operator '<=' cannot be applied to moved issue key 'demo-7'"]),
        ("key > DEMO-99", vec!["An issue with key 'DEMO-99' does not exist for field 'key'."]),
        ("key > DEMO-8", vec![]),
    ] {
        assert_eq!(strict(&developer, jql).await, sentences, "{jql}");
    }
}

///
#[tokio::test]
async fn labels_are_found_in_any_case() {
    let world = World::demo().await;
    let developer = world.developer();
    for (key, labels) in [("DEMO-2", json!(["Red", "blue"])), ("DEMO-3", json!(["RED"])), ("DEMO-4", json!(["redder"]))]
    {
        let fields = json!({ "customfield_10039": labels, "labels": labels });
        developer.put(&format!("/rest/api/3/issue/{key}"), json!({ "fields": fields })).await.expect(204);
    }
    for (jql, keys) in [
        ("Keywords = red order by key", "DEMO-2 DEMO-3"),
        ("cf[10039] in (RED, REDDER) order by key", "DEMO-2 DEMO-3 DEMO-4"),
        ("Keywords != rEd", "DEMO-4"),
        ("Keywords not in (Blue, x) order by key", "DEMO-3 DEMO-4"),
        ("Keywords is not EMPTY order by key", "DEMO-2 DEMO-3 DEMO-4"),
        ("Keywords in (EMPTY, BLUE) and labels in (blue, REDDER)", "DEMO-2"),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
        // The same of Jira's own labels, which other issues have, too.
        let own = jql.replace("Keywords", "labels").replace("cf[10039]", "labels");
        assert_eq!(find(&developer, &format!("key in (DEMO-2, DEMO-3, DEMO-4) and {own}")).await, keys, "{own}");
    }
    let path = "/rest/api/3/jql/autocompletedata/suggestions?fieldName=Keywords&fieldValue=re";
    let suggested = developer.get(path).await.expect(200)["results"].clone();
    let told: Vec<&str> = suggested.as_array().unwrap().iter().map(|it| it["value"].as_str().unwrap()).collect();
    assert_eq!(told, ["RED", "Red", "redder"]);
}

/// S-58: of everything that has a name and that not everybody sees.
#[tokio::test]
async fn hidden_names_become_ids() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let filter = admin.post("/rest/api/3/filter", json!({ "name": "Secret plans", "jql": "project = DEMO" })).await;
    let filter = filter.expect(200)["id"].as_str().unwrap().to_owned();
    let shared = json!({ "name": "For all", "jql": "project = OPS", "sharePermissions": [{ "type": "global" }] });
    admin.post("/rest/api/3/filter", shared).await.expect(200);
    let version = json!({ "project": "DEMO", "name": "Codename" });
    let version = admin.post("/rest/api/3/version", version).await.expect(201)["id"].as_str().unwrap().to_owned();
    let sanitized = async |query: &str, account: Value| {
        let body = json!({ "queries": [{ "query": query, "accountId": account }] });
        let answer = admin.post("/rest/api/3/jql/sanitize", body).await.expect(200);
        answer["queries"][0]["sanitizedQuery"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    };
    let them = developer.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    for (query, to_nobody) in [
        ("Sprint in ('DEMO Sprint 1', 2)", "Sprint in (1, 2)".to_owned()),
        (
            "fixVersion = Codename or \"Target versions\" = codename",
            format!("fixVersion = {version} or \"Target versions\" = {version}"),
        ),
        ("key in (DEMO-1, demo-2) and parent != DEMO-3", "key in (10000, 10001) and parent != 10002".to_owned()),
        ("filter = 'Secret plans' or filter = 'For all'", format!("filter = {filter} or filter = 'For all'")),
        (
            "issue in linkedIssues(DEMO-1, blocks) or fixVersion in (releasedVersions(demo), Codename)",
            format!("issue in linkedIssues(10000, blocks) or fixVersion in (releasedVersions(10000), {version})"),
        ),
        (
            "fixVersion changed from Codename to ('Codename', EMPTY)",
            format!("fixVersion changed from {version} to ({version}, EMPTY)"),
        ),
        ("status was Done and summary ~ DEMO-1", "status was Done and summary ~ DEMO-1".to_owned()),
    ] {
        assert_eq!(sanitized(query, Value::Null).await, to_nobody);
        // Developers see the project, and nobody else's filters.
        let to_them = query.replace("'Secret plans'", &filter);
        assert_eq!(sanitized(query, them.clone()).await, to_them);
    }
}

/// S-51: the operators are those of the official document, which writes one otherwise than queries do.
#[tokio::test]
async fn every_operator_has_its_word() {
    let world = World::demo().await;
    let queries = [
        "key = A",
        "key != A",
        "votes > 1",
        "votes < 1",
        "votes >= 1",
        "votes <= 1",
        "key in (A)",
        "key not in (A)",
        "summary ~ x",
        "summary !~ x",
        "summary is EMPTY",
        "summary is not EMPTY",
        "status was A",
        "status was not A",
        "status was in (A)",
        "status was not in (A)",
        "status changed",
        "not key = A",
    ];
    let path = "/rest/api/3/jql/parse?validation=none";
    let parsed = world.developer().post(path, json!({ "queries": queries })).await.expect(200);
    let of = |query: &Value| query["structure"]["where"]["operator"].as_str().unwrap().to_owned();
    let words: Vec<String> = parsed["queries"].as_array().unwrap().iter().map(of).collect();
    assert_eq!(
        words.join(" | "),
        "= | != | > | < | >= | <= | in | not in | ~ | ~= | is | is not | was | was not | was in | was not in | changed | not"
    );
}
