//! Groups, their members, and what is granted to them.

use crate::support::{World, document};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const ADMIN: &str = "5f2a9c10e4b0d7a1c3e80a01";
const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";
const VIEWER: &str = "712020:9d1f64f2-7f0e-4f43-8a57-0c7b5b0e5a03";
const GROUP: &str = "/rest/api/3/group";
const NOT_SITE_ADMIN: &str =
    "You are not authorized to perform this action. Site administration privileges are required.";

async fn create(world: &World, name: &str) -> String {
    let made = world.admin().post(GROUP, json!({ "name": name })).await.expect(201);
    made["groupId"].as_str().unwrap().to_owned()
}

async fn join(world: &World, group_id: &str, account_id: &str) -> Value {
    let body = json!({ "accountId": account_id });
    world.admin().post(&format!("{GROUP}/user?groupId={group_id}"), body).await.expect(201)
}

#[tokio::test]
async fn a_group_lives_from_creation_to_deletion() {
    let world = World::empty().await;
    let admin = world.admin();
    let made = admin.post("/rest/api/2/group", json!({ "name": " power users " })).await.expect(201);
    assert_json_snapshot!(world.portable(&made), { ".groupId" => "[id]", ".self" => "[self]" });
    let id = made["groupId"].as_str().unwrap();
    let joined = join(&world, id, VIEWER).await;
    assert_eq!((&joined["name"], &joined["users"]["size"]), (&json!("power users"), &json!(1)));
    let read = admin.get(&format!("{GROUP}?groupId={id}&expand=users")).await.expect(200);
    assert_json_snapshot!("group_with_users", world.portable(&read), { ".groupId" => "[id]", ".self" => "[self]" });
    let page = admin.get(&format!("{GROUP}/member?groupname=power%20users")).await.expect(200);
    assert_eq!(page["values"][0]["accountId"], VIEWER);
    admin.delete(&format!("{GROUP}/user?groupId={id}&accountId={VIEWER}")).await.expect(200);
    assert_eq!(admin.get(&format!("{GROUP}?groupId={id}")).await.expect(200)["users"]["size"], 0);
    admin.delete(&format!("{GROUP}?groupId={id}")).await.expect(200);
    admin.get(&format!("{GROUP}/member?groupId={id}")).await.expect(404);
    admin.delete(&format!("{GROUP}?groupId={id}")).await.expect(404);
}

#[tokio::test]
async fn members_are_expanded_in_parts() {
    let world = World::empty().await;
    let path = format!("{GROUP}?groupname=jira-software-users&expand=users");
    for (range, names, first, last) in [
        ("", vec!["Ada Admin", "Automation for Jira", "Dana Developer"], 0, 2),
        ("[1:1]", vec!["Automation for Jira"], 1, 1),
        ("[1:99]", vec!["Automation for Jira", "Dana Developer"], 1, 2),
        ("[9:12]", vec![], 3, 3),
        ("[x:y]", vec![], 0, 0),
    ] {
        let users = world.developer().get(&format!("{path}{range}")).await.expect(200)["users"].clone();
        let found: Vec<&str> =
            users["items"].as_array().unwrap().iter().map(|user| user["displayName"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{range}");
        let place = (&users["size"], &users["start-index"], &users["end-index"]);
        assert_eq!(place, (&json!(3), &json!(first), &json!(last)), "{range}");
    }
}

#[tokio::test]
async fn only_site_administrators_change_groups() {
    let world = World::empty().await;
    let group = create(&world, "crew").await;
    join(&world, &group, VIEWER).await;
    // Administering Jira is not enough.
    let admins = world.admin().get(&format!("{GROUP}/bulk?groupName=jira-administrators")).await.expect(200);
    join(&world, admins["values"][0]["groupId"].as_str().unwrap(), DEVELOPER).await;
    let developer = world.developer();
    developer.post(GROUP, json!({ "name": "x" })).await.refused(403, &[NOT_SITE_ADMIN], json!({}));
    developer.delete(&format!("{GROUP}?groupId={group}")).await.refused(403, &[NOT_SITE_ADMIN], json!({}));
    let member = format!("{GROUP}/user?groupId={group}");
    developer.post(&member, json!({ "accountId": ADMIN })).await.refused(403, &[NOT_SITE_ADMIN], json!({}));
    developer.delete(&format!("{member}&accountId={VIEWER}")).await.refused(403, &[NOT_SITE_ADMIN], json!({}));
    assert_eq!(world.anonymous().post(GROUP, json!({ "name": "x" })).await.status, 401);
}

#[tokio::test]
async fn refuses_bad_groups_and_members() {
    let world = World::empty().await;
    let admin = world.admin();
    let group = create(&world, "crew").await;
    for body in [json!({}), json!({ "name": null }), json!({ "name": " " })] {
        admin.post(GROUP, body).await.refused(400, &["The group name must be specified."], json!({}));
    }
    admin.post(GROUP, json!({ "name": "CREW" })).await.refused(400, &["Group 'CREW' already exists."], json!({}));
    admin.post(GROUP, json!({ "name": "x".repeat(256) })).await.expect(400);
    admin.post(GROUP, json!({ "name": ["x"] })).await.expect(400);

    let member = format!("{GROUP}/user?groupId={group}");
    join(&world, &group, VIEWER).await;
    let sentence = format!("Cannot add user '{VIEWER}', user is already a member of 'crew'.");
    admin.post(&member, json!({ "accountId": VIEWER })).await.refused(400, &[&sentence], json!({}));
    admin.post(&member, json!({})).await.expect(400);
    admin.post(&member, json!({ "accountId": "nobody" })).await.expect(404);
    admin.post(&format!("{GROUP}/user"), json!({ "accountId": VIEWER })).await.expect(400);
    admin.post(&format!("{GROUP}/user?groupname=nope"), json!({ "accountId": VIEWER })).await.expect(404);
    admin.delete(&format!("{member}&accountId={DEVELOPER}")).await.expect(400);
    admin.delete(&format!("{member}&accountId=nobody")).await.expect(404);
    admin.delete(&member).await.expect(400);
    admin.delete(&format!("{GROUP}/user?groupId=nope&accountId={VIEWER}")).await.expect(404);

    let sentence = "The parameters 'groupId' and 'groupname' can't be used together.";
    admin.get(&format!("{GROUP}?groupId={group}&groupname=crew")).await.refused(400, &[sentence], json!({}));
    admin.get(GROUP).await.expect(400);
    admin.get(&format!("{GROUP}?groupname=nope")).await.expect(404);
    admin.delete(GROUP).await.expect(400);
    for (query, status) in [("swapGroup=crew", 400), ("swapGroup=nope", 404), ("swapGroup=a&swapGroupId=b", 400)] {
        admin.delete(&format!("{GROUP}?groupId={group}&{query}")).await.expect(status);
    }
    // Somebody must be left to administer Jira.
    admin.delete(&format!("{GROUP}?groupname=site-admins")).await.expect(400);
    admin.delete(&format!("{GROUP}?groupname=jira-administrators")).await.expect(400);
}

#[tokio::test]
async fn rights_follow_membership_at_once() {
    let world = World::demo().await;
    let (admin, viewer) = (world.admin(), world.viewer());
    let create = json!({ "fields": { "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "x" } });
    viewer.post("/rest/api/3/issue", create.clone()).await.expect(400);
    let users = format!("{GROUP}/user?groupname=jira-software-users");
    admin.post(&users, json!({ "accountId": VIEWER })).await.expect(201);
    viewer.post("/rest/api/3/issue", create.clone()).await.expect(201);
    let found = async || {
        let jql = "reporter%20in%20membersOf(jira-software-users)%20AND%20summary%20~%20x";
        let found = admin.get(&format!("/rest/api/3/search/jql?jql={jql}")).await.expect(200);
        found["issues"].as_array().unwrap().len()
    };
    assert_eq!(found().await, 1);
    let assignable = format!("/rest/api/3/user/assignable/search?project=DEMO&accountId={VIEWER}");
    assert_eq!(admin.get(&assignable).await.expect(200)[0]["accountId"], VIEWER);
    admin.delete(&format!("{users}&accountId={VIEWER}")).await.expect(200);
    viewer.post("/rest/api/3/issue", create).await.expect(400);
    assert_eq!(found().await, 0);
    assert_eq!(admin.get(&assignable).await.expect(200), json!([]));
}

#[tokio::test]
async fn a_deleted_group_takes_its_grants_along() {
    let world = World::demo().await;
    let (admin, viewer, developer) = (world.admin(), world.viewer(), world.developer());
    for (name, heir, visible) in [("first", "", false), ("second", "&swapGroup=heirs", true)] {
        let group = create(&world, name).await;
        join(&world, &group, DEVELOPER).await;
        if heir.ends_with("heirs") {
            let heirs = create(&world, "heirs").await;
            join(&world, &heirs, DEVELOPER).await;
        }
        let comment = json!({ "body": document("Among us"), "visibility": { "type": "group", "identifier": group } });
        let made = developer.post("/rest/api/3/issue/DEMO-7/comment", comment).await.expect(201);
        let path = format!("/rest/api/3/issue/DEMO-7/comment/{}", made["id"].as_str().unwrap());
        developer.get(&path).await.expect(200);
        let worklog = json!({ "timeSpent": "1h", "visibility": { "type": "group", "identifier": group } });
        let made = developer.post("/rest/api/3/issue/DEMO-7/worklog", worklog).await.expect(201);
        let worklog = format!("/rest/api/3/issue/DEMO-7/worklog/{}", made["id"].as_str().unwrap());
        admin.delete(&format!("{GROUP}?groupId={group}{heir}")).await.expect(200);
        for path in [&path, &worklog] {
            developer.get(path).await.expect(if visible { 200 } else { 404 });
        }
        viewer.get(&path).await.expect(404);
    }
    // The product's group: nobody else is let in by it any more.
    developer.get("/rest/api/3/issue/DEMO-1").await.expect(200);
    admin.delete(&format!("{GROUP}?groupname=jira-software-users")).await.expect(200);
    let role = admin.get("/rest/api/3/applicationrole/jira-software").await.expect(200);
    assert_eq!(role["groups"], json!(["jira-administrators"]));
    assert_eq!(role["defaultGroups"], json!([]));
    let me = developer.get("/rest/api/3/myself?expand=groups,applicationRoles").await.expect(200);
    assert_eq!((&me["groups"]["items"][0]["name"], &me["applicationRoles"]["size"]), (&json!("heirs"), &json!(0)));
}

#[tokio::test]
async fn lists_groups_of_products_and_by_name() {
    let world = World::empty().await;
    let developer = world.developer();
    let names = async |query: &str| -> Vec<String> {
        let page = developer.get(&format!("{GROUP}/bulk?{query}")).await.expect(200);
        page["values"].as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("applicationKey=jira-software").await, ["jira-administrators", "jira-software-users"]);
    assert_eq!(names("applicationKey=jira-servicedesk").await, Vec::<String>::new());
    assert_eq!(names("accessType=site-admin").await, ["site-admins"]);
    assert_eq!(names("groupName=jira-readers&groupName=nope").await, ["jira-readers"]);
    // Without the permission to browse them (the caller is in no group that has it).
    let admin = world.admin();
    for group in ["jira-readers"] {
        admin.delete(&format!("{GROUP}/user?groupname={group}&accountId={VIEWER}")).await.expect(200);
    }
    let viewer = world.viewer();
    let sentence = "Browse users and groups permission is required to view groups.";
    viewer.get(&format!("{GROUP}/bulk")).await.refused(403, &[sentence], json!({}));
    viewer.get(&format!("{GROUP}?groupname=jira-readers")).await.expect(403);
    viewer.get(&format!("{GROUP}/member?groupname=jira-readers")).await.expect(403);
    assert_eq!(viewer.get("/rest/api/3/groups/picker?query=jira").await.expect(200)["total"], 0);
    assert_eq!(viewer.get("/rest/api/3/groups/picker?query=jira-readers").await.expect(200)["total"], 1);
}

#[tokio::test]
async fn application_roles() {
    let world = World::empty().await;
    let roles = world.admin().get("/rest/api/3/applicationrole").await.expect(200);
    assert_json_snapshot!(world.portable(&roles));
    let role = world.admin().get("/rest/api/3/applicationrole/jira-software").await.expect(200);
    assert_eq!(role, roles[0]);
    world.admin().get("/rest/api/3/applicationrole/jira-servicedesk").await.expect(404);
    world.developer().get("/rest/api/3/applicationrole").await.expect(403);
    assert_eq!(world.anonymous().get("/rest/api/3/applicationrole").await.status, 401);
}
