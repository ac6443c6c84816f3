//! Archived issues.

use crate::support::{Client, World, http_client};
use serde_json::json;

const ARCHIVE: &str = "/rest/api/3/issue/archive";
const UNARCHIVE: &str = "/rest/api/3/issue/unarchive";

async fn keys(client: &Client, jql: &str) -> Vec<String> {
    let found = client.post("/rest/api/3/search/jql", json!({ "jql": jql, "fields": ["summary"] })).await.expect(200);
    let mut keys: Vec<String> =
        found["issues"].as_array().unwrap().iter().map(|issue| issue["key"].as_str().unwrap().to_owned()).collect();
    keys.sort();
    keys
}

#[tokio::test]
async fn archived_issues_are_seen_but_neither_found_nor_changed() {
    let world = World::demo().await;
    let admin = world.admin();
    assert_eq!(keys(&admin, "key in (DEMO-4, DEMO-5)").await, ["DEMO-4", "DEMO-5"]);
    let names = json!({ "issueIdsOrKeys": ["demo-4", "DEMO-5", "DEMO-999", "nothing"] });
    let answer = admin.put(ARCHIVE, names).await.expect(200);
    insta::assert_json_snapshot!("some_issues_archived", answer);
    assert_eq!(keys(&admin, "key in (DEMO-4, DEMO-5)").await, Vec::<String>::new());
    assert_eq!(keys(&admin, "parent = DEMO-4").await, Vec::<String>::new());
    for key in ["DEMO-4", "DEMO-5"] {
        let path = format!("/rest/api/3/issue/{key}");
        admin.get(&path).await.expect(200);
        admin.put(&path, json!({ "fields": { "summary": "changed" } })).await.expect(400);
        admin.post(&format!("{path}/transitions"), json!({ "transition": { "id": "21" } })).await.expect(400);
        let comment = json!({ "body": { "type": "doc", "version": 1, "content": [
            { "type": "paragraph", "content": [{ "type": "text", "text": "Hello" }] } ] } });
        admin.post(&format!("{path}/comment"), comment).await.expect(400);
        admin.delete(&path).await.expect(403);
    }
    let asked = "/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS,EDIT_ISSUES&issueKey=DEMO-4";
    let mine = admin.get(asked).await.expect(200);
    assert_eq!(mine["permissions"]["BROWSE_PROJECTS"]["havePermission"], true);
    assert_eq!(mine["permissions"]["EDIT_ISSUES"]["havePermission"], false);
    // Twice is nothing more.
    let again = admin.put(ARCHIVE, json!({ "issueIdsOrKeys": ["DEMO-4"] })).await.expect(200);
    assert_eq!(again, json!({ "numberOfIssuesUpdated": 0, "errors": {} }));
    let back = admin.put(UNARCHIVE, json!({ "issueIdsOrKeys": ["DEMO-4", "DEMO-5"] })).await.expect(200);
    assert_eq!(back["numberOfIssuesUpdated"], 2);
    assert_eq!(back["errors"]["issueIsSubtask"]["issueIdsOrKeys"], json!(["DEMO-5"]));
    assert_eq!(keys(&admin, "key in (DEMO-4, DEMO-5)").await, ["DEMO-4", "DEMO-5"]);
    admin.put("/rest/api/3/issue/DEMO-4", json!({ "fields": { "summary": "changed" } })).await.expect(204);
}

#[tokio::test]
async fn refuses_who_may_not_archive_and_what_can_not_be() {
    let world = World::demo().await;
    let admin = world.admin();
    let one = json!({ "issueIdsOrKeys": ["DEMO-4"] });
    for path in [ARCHIVE, UNARCHIVE] {
        let sentence = "Only admins can archive or unarchive issues. Access denied.";
        world.developer().put(path, one.clone()).await.refused(403, &[sentence], json!({}));
        world.anonymous().put(path, one.clone()).await.expect(401);
        let sentence = "No valid issue to archive or unarchive. Bad request.";
        for names in [json!([]), json!(["DEMO-5"]), json!(["DEMO-999", "", "x"])] {
            admin.put(path, json!({ "issueIdsOrKeys": names })).await.refused(400, &[sentence], json!({}));
        }
        for body in [json!({ "issueIdsOrKeys": "DEMO-4" }), json!({ "other": [] }), json!([])] {
            admin.put(path, body).await.expect(400);
        }
    }
    // The first thousand are done all the same.
    let many: Vec<String> = (1..=1_001).map(|number| format!("DEMO-{number}")).collect();
    let sentence = "The number of issues to archive or unarchive exceeds the hard limit of 1000. Precondition failed.";
    admin.put(ARCHIVE, json!({ "issueIdsOrKeys": many })).await.refused(412, &[sentence], json!({}));
    assert_eq!(keys(&admin, "project = DEMO").await, Vec::<String>::new());
    admin.put(UNARCHIVE, json!({ "issueIdsOrKeys": many })).await.refused(412, &[sentence], json!({}));
    assert_eq!(keys(&admin, "project = DEMO").await.len(), 8);
}

#[tokio::test]
async fn all_issues_of_a_query_are_archived_in_the_background() {
    let world = World::demo().await;
    let admin = world.admin();
    let before = keys(&admin, "project = DEMO").await;
    let address = admin.post(ARCHIVE, json!({ "jql": "project = DEMO" })).await.expect(202);
    let task = admin.ended(address.as_str().unwrap()).await;
    assert_eq!((&task["status"], &task["description"]), (&json!("COMPLETE"), &json!("Archive issues")), "{task}");
    assert_eq!(task["result"]["numberOfIssuesUpdated"], before.len());
    assert_eq!(keys(&admin, "project = DEMO").await, Vec::<String>::new());

    for jql in ["project in (", "", "order by created"] {
        admin.post(ARCHIVE, json!({ "jql": jql })).await.refused(400, &["Invalid JQL. Bad request."], json!({}));
    }
    world.developer().post(ARCHIVE, json!({ "jql": "project = DEMO" })).await.expect(403);
}

#[tokio::test]
async fn archived_issues_are_exported() {
    let world = World::demo().await;
    let admin = world.admin();
    let export = "/rest/api/3/issues/archive/export";
    admin.put("/rest/api/3/issue/DEMO-4", json!({ "fields": { "summary": "a, \"b\"" } })).await.expect(204);
    admin.put(ARCHIVE, json!({ "issueIdsOrKeys": ["DEMO-4", "DEMO-3"] })).await.expect(200);
    let filter = json!({
        "projects": ["DEMO"],
        "issueTypes": [admin.get("/rest/api/3/issue/DEMO-4").await.expect(200)["fields"]["issuetype"]["id"]],
        "archivedDateRange": { "dateAfter": "2020-01-01", "dateBefore": "2999-01-01" },
    });
    let submitted = admin.put(export, filter).await.expect(202);
    assert_eq!((&submitted["status"], &submitted["progress"]), (&json!("ENQUEUED"), &json!(0)));
    assert!(submitted["payload"].as_str().unwrap().starts_with("{projects=[DEMO], issueTypes=["), "{submitted}");
    let task = admin.ended(&format!("/rest/api/3/task/{}", submitted["taskId"].as_str().unwrap())).await;
    let address = task["result"]["fileUrl"].as_str().unwrap().to_owned();
    let file = http_client().get(&address).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "text/csv;charset=UTF-8");
    let text = file.text().await.unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[1].starts_with("DEMO-4,") && lines[1].contains(",\"a, \"\"b\"\"\","), "{text}");
    let mail = world.mail().await;
    assert!(mail[0]["textBody"].as_str().unwrap().contains(&address));

    for filter in [
        json!({ "projects": ["NONE"] }),
        json!({ "issueTypes": ["x"] }),
        json!({ "reporters": ["nobody"] }),
        json!({ "archivedDateRange": { "dateAfter": "yesterday", "dateBefore": "2999-01-01" } }),
        json!({ "archivedDate": { "dateAfter": "2024-01-02", "dateBefore": "2024-01-01" } }),
        json!({ "archivedDateRange": {} }),
    ] {
        let reply = admin.put(export, filter).await.expect(400);
        let sentence = reply["errorMessages"][0].as_str().unwrap();
        assert!(sentence.starts_with("Your filter contains invalid values: "), "{sentence}");
    }
    world.developer().put(export, json!({})).await.refused(403, &["User is not an admin."], json!({}));
    world.anonymous().put(export, json!({})).await.expect(401);
}
