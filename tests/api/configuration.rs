//! Issue types, priorities, resolutions, statuses, fields, types of links.

use crate::support::{World, names};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

fn named<'a>(things: &'a Value, name: &str) -> &'a Value {
    things.as_array().unwrap().iter().find(|thing| thing["name"] == name).unwrap()
}

#[tokio::test]
async fn issue_types() {
    let world = World::demo().await;
    let developer = world.developer();
    let all = developer.get("/rest/api/3/issuetype").await.expect(200);
    let scoped = named(&all, "Subtask");
    assert_json_snapshot!("issue_type", world.portable(named(&all, "Bug")));
    assert_json_snapshot!("issue_type_epic", world.portable(named(&all, "Epic")));
    assert_json_snapshot!("issue_type_scoped", world.portable(scoped), {
        ".id" => "[id]", ".self" => "[self]", ".scope.project.id" => "[id]",
    });
    assert_eq!(developer.get("/rest/api/3/issuetype/10004").await.expect(200), *named(&all, "Bug"));
    developer.get("/rest/api/3/issuetype/99").await.expect(404);
    assert_eq!(world.anonymous().get("/rest/api/3/issuetype").await.expect(200), json!([]));
    world.anonymous().get("/rest/api/3/issuetype/10004").await.expect(404);

    let project = developer.get("/rest/api/3/project/DEMO").await.expect(200)["id"].clone();
    let path = format!("/rest/api/3/issuetype/project?projectId={}", project.as_str().unwrap());
    assert_eq!(names(&developer.get(&path).await.expect(200)), ["Epic", "Story", "Task", "Bug", "Sub-task"]);
    assert_eq!(names(&developer.get(&format!("{path}&level=-1")).await.expect(200)), ["Sub-task"]);
    developer.get("/rest/api/3/issuetype/project?projectId=1").await.expect(404);
    developer.get("/rest/api/3/issuetype/project").await.expect(400);
    let others = developer.get("/rest/api/3/issuetype/10004/alternatives").await.expect(200);
    assert_eq!(names(&others), ["Story", "Task"]);
}

#[tokio::test]
async fn priorities() {
    let world = World::empty().await;
    let developer = world.developer();
    let all = developer.get("/rest/api/3/priority").await.expect(200);
    assert_eq!(names(&all), ["Highest", "High", "Medium", "Low", "Lowest"]);
    let page = developer.get("/rest/api/3/priority/search?maxResults=1&startAt=1").await.expect(200);
    assert_json_snapshot!("priority_search", world.portable(&page));
    assert_eq!(developer.get("/rest/api/3/priority/1").await.expect(200), all[0]);
    let found = developer.get("/rest/api/3/priority/search?id=2&id=4&priorityName=lo").await.expect(200);
    assert_eq!(names(&found["values"]), ["Low"]);
    let sentence = "The priority with id '99' does not exist";
    developer.get("/rest/api/3/priority/99").await.refused(404, &[sentence], json!({}));
    assert_eq!(world.anonymous().get("/rest/api/3/priority/search").await.status, 401); // H-35
}

#[tokio::test]
async fn resolutions() {
    let world = World::empty().await;
    let developer = world.developer();
    let page = developer.get("/rest/api/3/resolution/search?id=10000").await.expect(200);
    assert_json_snapshot!("resolution_search", world.portable(&page));
    assert_eq!(developer.get("/rest/api/3/resolution").await.expect(200)[1]["name"], "Won't Do");
    assert_eq!(developer.get("/rest/api/3/resolution/10002").await.expect(200)["name"], "Duplicate");
    developer.get("/rest/api/3/resolution/boom").await.expect(404);
    assert_eq!(world.anonymous().get("/rest/api/3/resolution/search").await.status, 401); // H-35
}

#[tokio::test]
async fn statuses_for_everybody() {
    let world = World::demo().await;
    let developer = world.developer();
    let all = developer.get("/rest/api/3/status").await.expect(200);
    let of_team = all.as_array().unwrap().iter().find(|status| status.get("scope").is_some()).unwrap();
    assert_json_snapshot!("status", world.portable(named(&all, "In Progress")));
    assert_json_snapshot!("status_scoped", world.portable(of_team), {
        ".id" => "[id]", ".self" => "[self]", ".scope.project.id" => "[id]",
    });
    // No project follows a workflow with it.
    assert!(!names(&all).contains(&"Reopened"));
    assert_eq!(developer.get("/rest/api/3/status/in%20progress").await.expect(200), *named(&all, "In Progress"));
    assert_eq!(developer.get("/rest/api/3/status/10001").await.expect(200)["name"], "Done");
    developer.get("/rest/api/3/status/4").await.expect(404);
    assert_eq!(world.anonymous().get("/rest/api/3/status").await.expect(200), json!([]));

    let categories = developer.get("/rest/api/3/statuscategory").await.expect(200);
    assert_eq!(names(&categories), ["No Category", "To Do", "In Progress", "Done"]); // J-38
    assert_eq!(developer.get("/rest/api/3/statuscategory/indeterminate").await.expect(200), categories[2]);
    developer.get("/rest/api/3/statuscategory/9").await.expect(404);
}

#[tokio::test]
async fn statuses_for_administrators() {
    let world = World::demo().await;
    let admin = world.admin();
    let page = admin.get("/rest/api/3/statuses/search?statusCategory=DONE&searchString=re").await.expect(200);
    assert_json_snapshot!("statuses_search", world.portable(&page));
    assert_eq!(names(&admin.get("/rest/api/3/statuses?id=4&id=99999").await.expect(200)), ["Reopened"]);
    assert_eq!(admin.get("/rest/api/3/statuses?id=99999").await.expect(200), json!([])); // U-47
    assert_eq!(names(&admin.get("/rest/api/3/statuses/byNames?name=In%20Progress").await.expect(200)), ["In Progress"]);
    let project = admin.get("/rest/api/3/project/TEAM").await.expect(200)["id"].clone();
    let path = format!("/rest/api/3/statuses/search?projectId={}", project.as_str().unwrap());
    assert_eq!(names(&admin.get(&path).await.expect(200)["values"]), ["To Do", "In Progress", "Done"]);
    admin.get("/rest/api/3/statuses").await.expect(400);
    world.developer().get("/rest/api/3/statuses/search").await.expect(401);
    assert_eq!(world.anonymous().get("/rest/api/3/statuses/search").await.status, 401);
}

#[tokio::test]
async fn fields() {
    let world = World::empty().await;
    let all = world.anonymous().get("/rest/api/3/field").await.expect(200);
    let by_id = |id: &str| all.as_array().unwrap().iter().find(|field| field["id"] == id).unwrap();
    assert_json_snapshot!("field_system", by_id("issuetype"));
    assert_json_snapshot!("field_parent", by_id("parent"));
    assert_json_snapshot!("field_custom", by_id("customfield_10030"));

    let path = "/rest/api/3/field/search?type=custom&query=epic&orderBy=-name&maxResults=2&expand=key,contextsCount";
    let page = world.admin().get(path).await.expect(200);
    assert_eq!((&page["total"], names(&page["values"])), (&json!(4), vec!["Epic Status", "Epic Name"]));
    let page = world.admin().get("/rest/api/3/field/search?id=parent&id=summary").await.expect(200);
    assert_eq!(names(&page["values"]), ["Parent", "Summary"]);
    // J-68
    let sentence = "Only Jira administrators can access fields.";
    world.developer().get("/rest/api/3/field/search").await.refused(403, &[sentence], json!({}));
    assert_eq!(world.anonymous().get("/rest/api/3/field/search").await.status, 401);
}

#[tokio::test]
async fn types_of_links() {
    let world = World::empty().await;
    let all = world.anonymous().get("/rest/api/3/issueLinkType").await.expect(200);
    assert_eq!(names(&all["issueLinkTypes"]), ["Blocks", "Cloners", "Duplicate", "Relates"]);
    let one = world.developer().get("/rest/api/3/issueLinkType/10000").await.expect(200);
    assert_eq!(one, all["issueLinkTypes"][0]);
    let sentence = "No issue link type with id '99999' found.";
    world.developer().get("/rest/api/3/issueLinkType/99999").await.refused(404, &[sentence], json!({}));
}
