//! Roles, who plays them, and project categories.

use crate::support::World;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const PATH: &str = "/rest/api/3/role";

#[tokio::test]
async fn a_role_from_beginning_to_end() {
    let world = World::demo().await;
    let admin = world.admin();
    let made = admin.post(PATH, json!({ "name": "Reviewers", "description": "They review" })).await.expect(200);
    assert_json_snapshot!("role", world.portable(&made));
    let path = format!("{PATH}/{}", made["id"]);
    let renamed = admin.post(&path, json!({ "name": "Readers", "description": "ignored" })).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["description"]), (&json!("Readers"), &json!("They review")));
    let described = admin.post(&path, json!({ "description": "They read" })).await.expect(200);
    assert_eq!((&described["name"], &described["description"]), (&json!("Readers"), &json!("They read")));
    let full = admin.put(&path, json!({ "name": "Critics", "description": "" })).await.expect(200);
    assert_eq!((&full["name"], &full["description"]), (&json!("Critics"), &json!("")));

    let taken = "A project role with name 'developers' already exists.";
    admin.post(PATH, json!({ "name": "developers" })).await.refused(409, &[taken], json!({}));
    admin.post(&path, json!({ "name": "developers" })).await.refused(400, &[taken], json!({}));
    for bad in [json!({}), json!({ "name": "" }), json!({ "name": " x" }), json!({ "name": "x".repeat(256) })] {
        admin.post(PATH, bad.clone()).await.expect(400);
        admin.post(&path, bad.clone()).await.expect(400);
        admin.put(&path, bad).await.expect(400);
    }
    for client in [world.developer(), world.viewer()] {
        client.post(PATH, json!({ "name": "X" })).await.expect(403);
        client.post(&path, json!({ "name": "X" })).await.expect(403);
        client.put(&path, json!({ "name": "X", "description": "" })).await.expect(403);
        client.delete(&path).await.expect(403);
    }
    admin.delete(&path).await.expect(204);
    for reply in [admin.get(&path).await, admin.delete(&path).await, admin.post(&path, json!({ "name": "X" })).await] {
        reply.expect(404);
    }
}

#[tokio::test]
async fn a_role_in_use_needs_a_replacement() {
    let world = World::demo().await;
    let admin = world.admin();
    let made = admin.post(PATH, json!({ "name": "New" })).await.expect(200);
    let (old, new) = (format!("{PATH}/10002"), made["id"].as_i64().unwrap());
    admin.delete(&old).await.expect(409);
    admin.delete(&format!("{old}?swap=999")).await.expect(400);
    admin.delete(&format!("{old}?swap=10002")).await.expect(400);
    admin.delete(&format!("{old}?swap={new}")).await.expect(204);
    let scheme = admin.get("/rest/api/3/permissionscheme/0?expand=permissions").await.expect(200);
    let grants = scheme["permissions"].as_array().unwrap();
    let count = |role: &str| grants.iter().filter(|grant| grant["holder"]["parameter"] == role).count();
    assert_eq!(count("10002"), 0);
    assert!(count(&new.to_string()) > 0);
    // Unused by schemes, it goes with whoever plays it.
    admin.delete(&format!("{PATH}/10001")).await.expect(204);
}

#[tokio::test]
async fn actors_of_a_project() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = "/rest/api/3/project/DEMO/role/10001";
    let id = |client: &Value| client["accountId"].as_str().unwrap().to_owned();
    let viewer = id(&world.viewer().get("/rest/api/3/myself").await.expect(200));
    let developer = id(&world.developer().get("/rest/api/3/myself").await.expect(200));
    let names = |role: &Value| -> Vec<String> {
        role["actors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|actor| actor["displayName"].as_str().unwrap().to_owned())
            .collect()
    };
    let begin = admin.get(path).await.expect(200);
    assert_eq!(names(&begin), ["jira-software-users"]);
    let added =
        admin.post(path, json!({ "user": [viewer, viewer], "group": ["jira-administrators"] })).await.expect(200);
    assert_eq!(names(&added), ["jira-administrators", "jira-software-users", "Vic Viewer"]);
    assert_eq!(admin.get(path).await.expect(200), added);
    let sentence = "'Vic Viewer' is already a member of the project role.";
    admin.post(path, json!({ "user": [viewer] })).await.refused(400, &[sentence], json!({}));

    let kept = begin["actors"][0].clone();
    let group = kept["actorGroup"]["groupId"].clone();
    let body = json!({ "categorisedActors": {
        "atlassian-user-role-actor": [developer], "atlassian-group-role-actor-id": [group],
    } });
    let set = admin.put(path, body).await.expect(200);
    assert_eq!(names(&set), ["Dana Developer", "jira-software-users"]);
    assert_eq!(set["actors"][1], kept, "who stays is not made anew");

    admin.delete(&format!("{path}?user={developer}")).await.expect(204);
    admin.delete(&format!("{path}?user={developer}")).await.expect(204); // U-30
    admin.delete(&format!("{path}?group=nobody")).await.expect(204);
    admin.delete(&format!("{path}?group=jira-software-users")).await.expect(204);
    assert_eq!(names(&admin.get(path).await.expect(200)), Vec::<String>::new());

    for body in [json!({}), json!({ "group": ["a"], "groupId": ["b"] }), json!({ "user": "x" })] {
        admin.post(path, body).await.expect(400);
    }
    for body in [json!({ "user": ["nobody"] }), json!({ "group": ["nobody"] }), json!({ "groupId": ["nobody"] })] {
        admin.post(path, body).await.expect(404);
    }
    admin.put(path, json!({ "categorisedActors": { "other": [] } })).await.expect(400);
    admin.put(path, json!({})).await.expect(400);
    admin.delete(path).await.expect(400);
    admin.delete(&format!("{path}?group=a&groupId=b")).await.expect(400);
    admin.delete(&format!("{path}?user=a&group=b")).await.expect(400);
    admin.post("/rest/api/3/project/DEMO/role/999", json!({ "user": [viewer] })).await.expect(404);
    // U-28
    world.developer().post(path, json!({ "user": [viewer] })).await.expect(401);
    world.developer().put(path, json!({ "categorisedActors": {} })).await.expect(401);
    world.developer().delete(&format!("{path}?user={viewer}")).await.expect(404);
}

#[tokio::test]
async fn playing_a_role_gives_its_permissions() {
    let world = World::demo().await;
    let viewer = world.viewer().get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let path = "/rest/api/3/project/DEMO/role/10002";
    world.viewer().put("/rest/api/3/project/DEMO", json!({ "description": "Mine" })).await.expect(403);
    world.admin().post(path, json!({ "user": [viewer] })).await.expect(200);
    world.viewer().put("/rest/api/3/project/DEMO", json!({ "description": "Mine" })).await.expect(200);
}

#[tokio::test]
async fn default_actors_are_for_new_projects() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = format!("{PATH}/10001/actors");
    let viewer = world.viewer().get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let begin = admin.get(&path).await.expect(200);
    assert_json_snapshot!("role_default_actors", begin, { ".actors[].id" => "[id]" });
    let added = admin.post(&path, json!({ "user": [viewer] })).await.expect(200);
    assert_eq!(added["actors"].as_array().unwrap().len(), 2);
    let body = json!({ "key": "NEW", "name": "New", "projectTypeKey": "software" });
    admin.post("/rest/api/3/project", body).await.expect(201);
    let count = |role: Value| role["actors"].as_array().unwrap().len();
    assert_eq!(count(admin.get("/rest/api/3/project/NEW/role/10001").await.expect(200)), 2);
    assert_eq!(count(admin.get("/rest/api/3/project/DEMO/role/10001").await.expect(200)), 1);
    let viewer = viewer.as_str().unwrap();
    assert_eq!(admin.delete(&format!("{path}?user={viewer}")).await.expect(200), begin);
    assert_eq!(admin.delete(&format!("{path}?groupId=nobody")).await.expect(200), begin);
    admin.post(&path, json!({ "user": [viewer], "group": ["jira-administrators"] })).await.expect(400);
    admin.post(&path, json!({ "user": ["nobody"] })).await.expect(400);
    admin.post(&format!("{PATH}/999/actors"), json!({ "user": [viewer] })).await.expect(404);
    world.developer().get(&path).await.expect(403);
    world.developer().post(&path, json!({ "user": [viewer] })).await.expect(403);
    world.developer().delete(&format!("{path}?user={viewer}")).await.expect(403);
}

#[tokio::test]
async fn roles_of_a_project_in_detail() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = "/rest/api/3/project/DEMO/roledetails";
    let all = admin.get(path).await.expect(200);
    assert_json_snapshot!("role_details", world.portable(&all));
    let own = admin.get(&format!("{path}?currentMember=true&excludeConnectAddons=true")).await.expect(200);
    assert!(own.as_array().unwrap().iter().all(|role| role["name"] != "atlassian-addons-project-access"), "{own}");
    world.developer().get(path).await.expect(404);
    admin.get("/rest/api/3/project/NOPE/roledetails").await.expect(404);
}

#[tokio::test]
async fn project_categories() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = "/rest/api/3/projectCategory";
    let made = admin.post(path, json!({ "name": "First", "description": "One" })).await.expect(201);
    assert_json_snapshot!("project_category", world.portable(&made));
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    admin.post(path, json!({ "name": "Second" })).await.expect(201);
    admin.post(path, json!({ "name": "first" })).await.expect(409);
    admin.put(&one, json!({ "name": "second" })).await.expect(400);
    let changed = admin.put(&one, json!({ "description": "Changed" })).await.expect(200);
    assert_eq!((&changed["name"], &changed["description"]), (&json!("First"), &json!("Changed")));
    for bad in [
        json!({ "name": "" }),
        json!({ "name": "x".repeat(256) }),
        json!({ "name": "X", "description": "x".repeat(1001) }),
    ] {
        admin.post(path, bad.clone()).await.expect(400);
        admin.put(&one, bad).await.expect(400);
    }
    let id = made["id"].as_str().unwrap().parse::<i64>().unwrap();
    let project = admin.put("/rest/api/3/project/DEMO", json!({ "categoryId": id })).await.expect(200);
    assert_eq!(project["projectCategory"]["name"], "First");
    world.developer().post(path, json!({ "name": "X" })).await.expect(403);
    world.developer().put(&one, json!({ "name": "X" })).await.expect(403);
    world.developer().delete(&one).await.expect(403);
    admin.delete(&one).await.expect(204);
    admin.delete(&one).await.expect(404);
    admin.put(&one, json!({ "name": "X" })).await.expect(404);
    let project = admin.get("/rest/api/3/project/DEMO").await.expect(200);
    assert_eq!(project.get("projectCategory"), None);
}
