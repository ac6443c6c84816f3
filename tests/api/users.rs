//! Accounts and groups.

use crate::support::World;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";
const VIEWER: &str = "712020:9d1f64f2-7f0e-4f43-8a57-0c7b5b0e5a03";

fn names(users: &Value) -> Vec<&str> {
    users.as_array().unwrap().iter().map(|user| user["displayName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn myself_and_others() {
    let world = World::empty().await;
    let developer = world.developer();
    let me = developer.get("/rest/api/3/myself?expand=groups,applicationRoles").await.expect(200);
    let other = developer.get(&format!("/rest/api/3/user?accountId={VIEWER}")).await.expect(200);
    assert_json_snapshot!("myself", world.portable(&me));
    assert_json_snapshot!("user", world.portable(&other));
    // U-5
    assert_eq!(world.anonymous().get("/rest/api/3/myself").await.status, 401);
    // U-6
    let sentence = "Specified user does not exist or you do not have required permissions";
    developer.get("/rest/api/3/user?accountId=nobody").await.refused(404, &[sentence], json!({}));
    assert_eq!(world.anonymous().get(&format!("/rest/api/3/user?accountId={VIEWER}")).await.status, 401);
}

#[tokio::test]
async fn searches_users() {
    let world = World::empty().await;
    let developer = world.developer();
    for (query, expected) in [
        ("query=dev", vec!["Dana Developer"]),
        ("query=DANA+dev", vec!["Dana Developer"]),
        ("query=eveloper", vec![]),
        // A hidden e-mail address is only found whole (U-12).
        ("query=viewer@", vec![]),
        ("query=viewer@example.com", vec!["Vic Viewer"]),
        ("query=", vec!["Ada Admin", "Automation for Jira", "Dana Developer", "Vic Viewer"]),
        ("query=&startAt=1&maxResults=2", vec!["Automation for Jira", "Dana Developer"]),
        ("accountId=5f2a9c10e4b0d7a1c3e80a02", vec!["Dana Developer"]),
        ("accountId=nobody", vec![]),
    ] {
        let found = developer.get(&format!("/rest/api/3/user/search?{query}")).await.expect(200);
        assert_eq!(names(&found), expected, "{query}");
    }
    // U-7
    let missing = "The username or property query parameter must be provided";
    developer.get("/rest/api/3/user/search").await.refused(400, &[missing], json!({}));
    let both = "The query parameters 'query' and 'accountId' are mutually exclusive.";
    developer.get("/rest/api/3/user/search?query=a&accountId=b").await.refused(400, &[both], json!({}));
    assert_eq!(world.anonymous().get("/rest/api/3/user/search?query=dev").await.expect(200), json!([]));
    let named = "The query parameter 'username' is not supported in GDPR strict mode.";
    for path in ["search?query=dev&username=", "assignable/multiProjectSearch?projectKeys=DEMO&username=dev"] {
        developer.get(&format!("/rest/api/3/user/{path}")).await.refused(400, &[named], json!({}));
    }
}

#[tokio::test]
async fn lists_all_users() {
    let world = World::empty().await;
    for path in ["users", "users/search"] {
        let all = world.developer().get(&format!("/rest/api/3/{path}")).await.expect(200);
        assert_eq!(all.as_array().unwrap().len(), 4);
        world.anonymous().get(&format!("/rest/api/3/{path}")).await.expect(403);
    }
    let all = world.developer().get("/rest/api/3/users/search").await.expect(200);
    let app = all.as_array().unwrap().iter().find(|user| user["accountType"] == "app").unwrap();
    assert!(["emailAddress", "timeZone", "locale"].iter().all(|member| app.get(member).is_none()), "{app}");
}

#[tokio::test]
async fn finds_who_can_be_assigned() {
    let world = World::demo().await;
    let developer = world.developer();
    for query in ["project=DEMO", "issueKey=DEMO-1", "project=DEMO&accountType=atlassian"] {
        let found = developer.get(&format!("/rest/api/3/user/assignable/search?query=d&{query}")).await.expect(200);
        assert_eq!(names(&found), ["Dana Developer"], "{query}");
    }
    let found = developer.get("/rest/api/3/user/assignable/search?project=DEMO").await.expect(200);
    assert!(!names(&found).contains(&"Vic Viewer"));
    // U-8
    let sentence = "No project, issue key or issue ID was provided";
    developer.get("/rest/api/3/user/assignable/search?query=d").await.refused(400, &[sentence], json!({}));
    developer.get("/rest/api/3/user/assignable/search?project=NOPE").await.expect(404);
    developer.get("/rest/api/3/user/assignable/search?issueKey=DEMO-999").await.expect(404);

    let found =
        developer.get("/rest/api/3/user/assignable/multiProjectSearch?query=d&projectKeys=DEMO,TEAM").await.expect(200);
    assert_eq!(names(&found), ["Dana Developer"]);
    developer.get("/rest/api/3/user/assignable/multiProjectSearch?query=d").await.expect(400);
    developer.get("/rest/api/3/user/assignable/multiProjectSearch?projectKeys=NOPE").await.expect(404);
}

#[tokio::test]
async fn finds_who_may_do_something() {
    let world = World::demo().await;
    let found = world.developer().get("/rest/api/3/user/viewissue/search?query=v&issueKey=DEMO-1").await.expect(200);
    assert_eq!(names(&found), ["Vic Viewer"]);
    // U-9
    world.developer().get("/rest/api/3/user/viewissue/search?projectKey=DEMO").await.expect(400);
    let path = "/rest/api/3/user/permission/search?projectKey=DEMO&permissions=EDIT_ISSUES";
    let found = world.admin().get(path).await.expect(200);
    assert!(names(&found).contains(&"Dana Developer") && !names(&found).contains(&"Vic Viewer"));
    world.developer().get(path).await.expect(403);
    let reply = world.admin().get("/rest/api/3/user/permission/search?projectKey=DEMO&permissions=FLY").await;
    reply.refused(400, &[], json!({ "FLY": "Unrecognized permission" }));
}

#[tokio::test]
async fn users_by_id_in_pages() {
    let world = World::empty().await;
    let path = format!("/rest/api/3/user/bulk?accountId={VIEWER}&accountId=nobody&accountId={DEVELOPER}&maxResults=1");
    let page = world.developer().get(&path).await.expect(200);
    assert_eq!((&page["total"], names(&page["values"])), (&json!(2), vec!["Vic Viewer"]));
    let next = page["nextPage"].as_str().unwrap().strip_prefix(world.url()).unwrap();
    assert_eq!(names(&world.developer().get(next).await.expect(200)["values"]), ["Dana Developer"]);
    world.developer().get("/rest/api/3/user/bulk").await.expect(400);
    assert_eq!(world.anonymous().get(&path).await.status, 401);
}

#[tokio::test]
async fn picks_users() {
    let world = World::empty().await;
    let found = world.developer().get("/rest/api/3/user/picker?query=dev&showAvatar=true").await.expect(200);
    assert_eq!(found["header"], "Showing 1 of 1 matching users"); // U-10
    assert_eq!(found["users"][0]["html"], "Dana <strong>Dev</strong>eloper - <strong>dev</strong>eloper@example.com");
    let path = format!("/rest/api/3/user/picker?query=dev&excludeAccountIds={DEVELOPER}");
    assert_eq!(world.developer().get(&path).await.expect(200)["total"], 0);
    world.developer().get("/rest/api/3/user/picker?query=d&exclude=a&excludeAccountIds=b").await.expect(400);
    world.developer().get("/rest/api/3/user/picker").await.expect(400);
    world.developer().get("/rest/api/3/user/assignable/search?project=DEMO&actionDescriptorId=x").await.expect(400);
    assert_eq!(world.anonymous().get("/rest/api/3/user/picker?query=dev").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn groups_and_their_members() {
    let world = World::empty().await;
    let developer = world.developer();
    let groups = developer.get("/rest/api/3/group/bulk").await.expect(200);
    assert_json_snapshot!("groups", world.portable(&groups));
    let admins = developer.get("/rest/api/3/group/bulk?accessType=admin").await.expect(200);
    assert_eq!(admins["values"][0]["name"], "jira-administrators");
    developer.get("/rest/api/3/group/bulk?accessType=king").await.expect(400);
    let members = developer.get("/rest/api/3/group/member?groupname=jira-software-users").await.expect(200);
    assert_eq!(names(&members["values"]), ["Ada Admin", "Automation for Jira", "Dana Developer"]);
    developer.get("/rest/api/3/group/member?groupId=nope").await.expect(404);
    developer.get("/rest/api/3/group/member").await.expect(400);
    assert_eq!(world.anonymous().get("/rest/api/3/group/member?groupname=jira-readers").await.status, 401);

    let mine = developer.get(&format!("/rest/api/3/user/groups?accountId={DEVELOPER}")).await.expect(200);
    assert_eq!(mine[0]["name"], "jira-software-users");
    developer.get("/rest/api/3/user/groups?accountId=nobody").await.expect(404);
    let picked = developer.get("/rest/api/3/groups/picker?query=jira&maxResults=2").await.expect(200);
    assert_eq!(picked["header"], "Showing 2 of 3 matching groups");
    assert_eq!(picked["groups"][0]["html"], "<b>jira</b>-administrators");
    assert_eq!(world.anonymous().get("/rest/api/3/groups/picker?query=jira").await.expect(200)["total"], 0);
}
