//! What is suggested to who types a query, or looks for an issue.

use crate::support::{Client, World};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

async fn suggested(client: &Client, query: &str) -> Vec<String> {
    let path = format!("/rest/api/3/jql/autocompletedata/suggestions?{query}");
    let results = client.get(&path).await.expect(200)["results"].clone();
    let told =
        |result: &Value| format!("{}={}", result["value"].as_str().unwrap(), result["displayName"].as_str().unwrap());
    results.as_array().unwrap().iter().map(told).collect()
}

#[tokio::test]
async fn values_of_fields() {
    let world = World::demo().await;
    let developer = world.developer();
    let ids = developer.get("/rest/api/3/user/search?query=").await.expect(200);
    let id = |name: &str| {
        let account = ids.as_array().unwrap().iter().find(|account| account["displayName"] == name).unwrap();
        account["accountId"].as_str().unwrap().to_owned()
    };
    let dana = format!("{}=<b>Dan</b>a Developer - developer@example.com", id("Dana Developer"));
    let vic = format!("{}=<b>Vic</b> Viewer", id("Vic Viewer"));
    // S-56
    for (query, expected) in [
        ("fieldName=project&fieldValue=em", vec!["Demo Project=D<b>em</b>o Project (DEMO)"]),
        ("fieldName=status&fieldValue=IN", vec!["In Progress=<b>In</b> Progress"]),
        ("fieldName=status&predicateName=from&predicateValue=don", vec!["Done=<b>Don</b>e"]),
        ("fieldName=priority&fieldValue=high", vec!["High=<b>High</b>", "Highest=<b>High</b>est"]),
        ("fieldName=resolution&fieldValue=unre", vec!["Unresolved=<b>Unre</b>solved"]),
        ("fieldName=reporter&fieldValue=dan", vec![dana.as_str()]),
        ("fieldName=status&predicateName=by&predicateValue=vic", vec![vic.as_str()]),
        ("fieldName=labels&fieldValue=sec", vec!["security=<b>sec</b>urity"]),
        ("fieldName=Severity&fieldValue=crit", vec!["Critical=<b>Crit</b>ical"]),
        ("fieldName=cf%5B10030%5D&fieldValue=crit", vec!["Critical=<b>Crit</b>ical"]),
        ("fieldName=issueLinkType&fieldValue=is%20bl", vec!["is blocked by=<b>is bl</b>ocked by"]),
        ("fieldName=summary&fieldValue=a", vec![]),
        ("fieldName=universe", vec![]),
        ("fieldName=project&fieldValue=%3Cb%3E", vec![]),
    ] {
        assert_eq!(suggested(&developer, query).await, expected, "{query}");
    }
    developer.post("/rest/api/3/filter", json!({ "name": "My sprint", "jql": "project = DEMO" })).await.expect(200);
    assert_eq!(suggested(&developer, "fieldName=filter&fieldValue=spr").await, ["My sprint=My <b>spr</b>int"]);
    assert!(suggested(&world.viewer(), "fieldName=filter").await.is_empty());
    assert_eq!(suggested(&developer, "fieldName=project").await.len(), 3);
    // Nobody sees no project and browses no people.
    assert!(suggested(&world.anonymous(), "fieldName=project").await.is_empty());
    assert!(suggested(&world.anonymous(), "fieldName=assignee").await.is_empty());
    for bad in ["", "fieldValue=x", "fieldName=status&predicateName=after", "fieldName=status&predicateValue=x"] {
        developer.get(&format!("/rest/api/3/jql/autocompletedata/suggestions?{bad}")).await.expect(400);
    }
}

async fn picked(client: &Client, query: &str) -> Vec<(String, Vec<String>)> {
    let sections = client.get(&format!("/rest/api/3/issue/picker?{query}")).await.expect(200)["sections"].clone();
    let key = |issue: &Value| issue["key"].as_str().unwrap().to_owned();
    let section = |section: &Value| {
        (section["id"].as_str().unwrap().to_owned(), section["issues"].as_array().unwrap().iter().map(key).collect())
    };
    sections.as_array().unwrap().iter().map(section).collect()
}

#[tokio::test]
async fn issues_while_somebody_types() {
    let world = World::demo().await;
    let developer = world.developer();
    let answer =
        developer.get("/rest/api/3/issue/picker?query=sign&currentJQL=project%20%3D%20DEMO%20order%20by%20key").await;
    assert_json_snapshot!("issue_picker", world.portable(&answer.expect(200))); // S-46
    let current = async |query: &str| {
        let mut sections = picked(&developer, query).await;
        let (id, keys) = sections.remove(1);
        assert_eq!((sections[0].0.as_str(), id.as_str()), ("hs", "cs"));
        keys.join(" ")
    };
    let all = "currentJQL=project%20in%20(DEMO,TEAM)%20order%20by%20key";
    for (query, keys) in [
        ("query=demo-4", "DEMO-4"),
        ("query=keys%20rot", "DEMO-6"),
        ("query=4", "DEMO-4 TEAM-4"),
        ("query=normal", ""),
        ("query=normal&showSubTasks=true", "DEMO-5"),
        ("query=umlauts&currentIssueKey=DEMO-4", ""),
        // The parent of the sub-task at which it is typed.
        ("query=umlauts&currentIssueKey=DEMO-5", ""),
        ("query=umlauts&currentIssueKey=DEMO-5&showSubTaskParent=true", "DEMO-4"),
        ("query=app&currentProjectId=1", ""),
        ("query=!", "DEMO-1 DEMO-2 DEMO-3 DEMO-4 DEMO-6 DEMO-7 DEMO-8 TEAM-1 TEAM-2 TEAM-3 TEAM-4"),
    ] {
        assert_eq!(current(&format!("{all}&{query}")).await, keys, "{query}");
    }
    // What is no query finds nothing.
    assert_eq!(current("currentJQL=a%20b%20c&query=app").await, "");
    // The latest of what the caller did comes first; nobody did nothing.
    developer.put("/rest/api/3/issue/DEMO-2", json!({ "fields": { "labels": ["x"] } })).await.expect(204);
    let history = picked(&developer, "query=").await;
    assert_eq!((history.len(), history[0].1[0].as_str()), (1, "DEMO-2"));
    assert_eq!(picked(&world.anonymous(), "query=sign").await, [("hs".to_owned(), Vec::new())]);
    developer.get("/rest/api/3/issue/picker?showSubTasks=x").await.expect(400);
}
