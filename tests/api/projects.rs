//! Projects and what belongs to them.

use crate::support::World;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const SCRUM: &str = "com.pyxis.greenhopper.jira:gh-simplified-scrum-classic";
const TEAM: &str = "com.pyxis.greenhopper.jira:gh-simplified-agility-scrum";

fn keys(projects: &Value) -> Vec<&str> {
    projects.as_array().unwrap().iter().map(|project| project["key"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_project_by_itself_in_both_styles() {
    let world = World::demo().await;
    let admin = world.admin();
    let classic = admin.get("/rest/api/3/project/DEMO").await.expect(200);
    let team = admin.get("/rest/api/3/project/TEAM").await.expect(200);
    assert_json_snapshot!("project_classic", world.portable(&classic));
    assert_json_snapshot!("project_team_managed", world.portable(&team), {
        ".issueTypes[].id" => "[id]",
        ".issueTypes[].self" => "[self]",
        ".entityId" => "[uuid]",
        ".uuid" => "[uuid]",
    });
    let by_id = admin.get(&format!("/rest/api/3/project/{}", classic["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(by_id, classic);
}

#[tokio::test]
async fn missing_and_invisible_projects_are_the_same() {
    let world = World::demo().await;
    // U-40
    let no_key = "No project could be found with key 'NOPEZZQ'.";
    world.admin().get("/rest/api/3/project/NOPEZZQ").await.refused(404, &[no_key], json!({}));
    let no_id = "No project could be found with id '999999'.";
    world.admin().get("/rest/api/3/project/999999").await.refused(404, &[no_id], json!({}));
    // U-27, U-41
    let hidden = "No project could be found with key 'DEMO'.";
    world.anonymous().get("/rest/api/3/project/DEMO").await.refused(404, &[hidden], json!({}));
    let other_case = "No project could be found with key 'demo'.";
    world.admin().get("/rest/api/3/project/demo").await.refused(404, &[other_case], json!({}));
}

#[tokio::test]
async fn creates_changes_and_deletes_a_project() {
    let world = World::empty().await;
    let admin = world.admin();
    let me = admin.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let body = json!({
        "key": "NEW", "name": "New one", "projectTemplateKey": SCRUM, "projectTypeKey": "software",
        "leadAccountId": me, "description": "Text", "url": "https://example.com", "assigneeType": "PROJECT_LEAD",
        "avatarId": 10200, "permissionScheme": "0", "notificationScheme": 10000,
    });
    let made = admin.post("/rest/api/3/project", body).await.expect(201);
    assert_eq!(made["key"], "NEW");
    assert!(made["id"].is_i64(), "{made}");
    let project = admin.get("/rest/api/3/project/NEW").await.expect(200);
    assert_eq!(project["id"], made["id"].to_string());
    assert_eq!((&project["description"], &project["assigneeType"]), (&json!("Text"), &json!("PROJECT_LEAD")));

    let changed =
        admin.put("/rest/api/3/project/NEW", json!({ "key": "NEWER", "name": "Newer one" })).await.expect(200);
    assert_eq!(changed["key"], "NEWER");
    // J-30
    let by_former_key = admin.get("/rest/api/3/project/NEW?expand=projectKeys").await.expect(200);
    assert_eq!((&by_former_key["key"], &by_former_key["name"]), (&json!("NEWER"), &json!("Newer one")));

    // U-45
    admin.delete("/rest/api/3/project/NEWER").await.expect(204);
    admin.get("/rest/api/3/project/NEWER").await.expect(404);
    let trash = admin.get("/rest/api/3/project/search?status=deleted").await.expect(200);
    assert_eq!((&trash["total"], &trash["values"][0]["deletedBy"]["accountId"]), (&json!(1), &me));
    admin
        .post("/rest/api/3/project", json!({ "key": "GONE", "name": "Gone", "projectTemplateKey": TEAM }))
        .await
        .expect(201);
    admin.delete("/rest/api/3/project/GONE?enableUndo=false").await.expect(204);
    assert_eq!(admin.get("/rest/api/3/project/search?status=deleted").await.expect(200)["total"], 1);
}

#[tokio::test]
async fn refuses_bad_projects() {
    let world = World::demo().await;
    let admin = world.admin();
    // U-43
    let reply = admin.post("/rest/api/3/project", json!({ "key": "x", "name": "", "projectTemplateKey": SCRUM })).await;
    let form =
        "Project keys must start with an uppercase letter, followed by one or more uppercase alphanumeric characters.";
    reply.refused(400, &[], json!({ "projectName": "You must specify a valid project name.", "projectKey": form }));
    let taken = json!({ "key": "DEMO", "name": "Demo project", "projectTemplateKey": SCRUM });
    let complaints = json!({
        "projectName": "A project with that name already exists.",
        "projectKey": "Project 'Demo Project' uses this project key.",
    });
    admin.post("/rest/api/3/project", taken).await.refused(400, &[], complaints);
    let unknown = admin.post("/rest/api/3/project", json!({ "key": "AB", "name": "A", "nope": 1 })).await.expect(400);
    let sentence = "Invalid request payload. Refer to the REST API documentation and try again.";
    assert_eq!(unknown, json!({ "errorMessages": [sentence] })); // H-15
    let body = json!({ "key": "AB", "name": "A", "projectTemplateKey": SCRUM });
    world.developer().post("/rest/api/3/project", body.clone()).await.expect(403);
    assert_eq!(world.anonymous().post("/rest/api/3/project", body).await.status, 401);
    world.developer().put("/rest/api/3/project/DEMO", json!({ "name": "Mine" })).await.expect(403);
    world.developer().delete("/rest/api/3/project/DEMO").await.expect(404);
}

#[tokio::test]
async fn searches_projects_page_by_page() {
    let world = World::demo().await;
    let viewer = world.viewer();
    let page = viewer.get("/rest/api/3/project/search?maxResults=2&expand=description,lead,insight").await.expect(200);
    assert_json_snapshot!("project_search", world.portable(&page), {
        ".values[].insight.lastIssueUpdateTime" => "[time]",
    });
    let rest = page["nextPage"].as_str().unwrap().strip_prefix(world.url()).unwrap();
    let rest = viewer.get(rest).await.expect(200);
    assert_eq!((keys(&rest["values"]), &rest["isLast"]), (vec!["TEAM"], &json!(true)));
    assert!(rest["values"][0]["description"].is_string(), "the expansion goes on: {rest}");
}

#[tokio::test]
async fn filters_and_orders_projects() {
    let world = World::demo().await;
    let admin = world.admin();
    for (query, expected) in [
        ("", vec!["DEMO", "OPS", "TEAM"]),
        ("query=dem", vec!["DEMO"]),
        ("query=operat", vec!["OPS"]),
        ("keys=OPS&keys=TEAM", vec!["OPS", "TEAM"]),
        ("keys=OPS,NOPE", vec!["OPS"]),
        ("typeKey=business", vec!["OPS"]),
        ("typeKey=business,software&action=edit", vec!["DEMO", "OPS", "TEAM"]),
        ("categoryId=5", vec![]),
        ("status=archived", vec![]),
        ("orderBy=-key", vec!["TEAM", "OPS", "DEMO"]),
        ("orderBy=%2Bname", vec!["DEMO", "OPS", "TEAM"]),
        ("orderBy=+name", vec!["DEMO", "OPS", "TEAM"]),
        ("orderBy=-issueCount", vec!["DEMO", "TEAM", "OPS"]),
        ("maxResults=0", vec![]),
    ] {
        let page = admin.get(&format!("/rest/api/3/project/search?{query}")).await.expect(200);
        assert_eq!(keys(&page["values"]), expected, "{query}");
    }
    assert_eq!(admin.get("/rest/api/3/project/search?maxResults=1000").await.expect(200)["maxResults"], 100);
    // The viewer sees the projects, but can't change them.
    let page = world.viewer().get("/rest/api/3/project/search?action=edit").await.expect(200);
    assert_eq!(page["total"], 0);
    // U-42
    let sentence = "The field to order by should be one of [name, key, owner, category, issueCount, lastIssueUpdatedTime, \
                    archivedDate, deletedDate]. Instead, it was: zz.";
    admin.get("/rest/api/3/project/search?orderBy=zz").await.refused(400, &[sentence], json!({}));
    // H-17
    let reply = admin.get("/rest/api/3/project/search?action=fly").await.expect(400);
    assert_eq!(reply["detail"], "Failed to convert 'action' with value: 'fly'");
    assert_eq!(world.anonymous().get("/rest/api/3/project/search").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn lists_projects_bare() {
    let world = World::demo().await;
    let all = world.developer().get("/rest/api/3/project?expand=lead,issueTypes").await.expect(200);
    assert_eq!(keys(&all), ["DEMO", "OPS", "TEAM"]);
    assert!(all[0]["issueTypes"].is_array() && all[0]["lead"].is_object());
}

#[tokio::test]
async fn statuses_and_hierarchy_of_a_project() {
    let world = World::demo().await;
    let developer = world.developer();
    let types = developer.get("/rest/api/3/project/DEMO/statuses").await.expect(200);
    assert_eq!(types[0]["name"], "Epic");
    let names: Vec<&Value> = types[0]["statuses"].as_array().unwrap().iter().map(|status| &status["name"]).collect();
    assert_eq!(names, ["To Do", "In Progress", "Done"]);
    developer.get("/rest/api/3/project/NOPE/statuses").await.expect(404);
    let id = async |key: &str| {
        let project = developer.get(&format!("/rest/api/3/project/{key}")).await.expect(200);
        project["id"].as_str().unwrap().to_owned()
    };
    let path = |id: &str| format!("/rest/api/3/project/{id}/hierarchy");
    let demo = id("DEMO").await;
    let sentence = format!("The project with id '{demo}' is not simplified");
    developer.get(&path(&demo)).await.refused(404, &[&sentence], json!({}));
    let hierarchy = developer.get(&path(&id("TEAM").await)).await.expect(200);
    let levels: Vec<&Value> = hierarchy["hierarchy"].as_array().unwrap().iter().map(|level| &level["level"]).collect();
    assert_eq!(levels, [-1, 0, 1]);
}

#[tokio::test]
async fn roles_of_a_project() {
    let world = World::demo().await;
    let admin = world.admin();
    let roles = admin.get("/rest/api/3/project/DEMO/role").await.expect(200);
    let url = roles["Administrators"].as_str().unwrap().strip_prefix(world.url()).unwrap();
    let role = admin.get(url).await.expect(200);
    assert_json_snapshot!("project_role", world.portable(&role), { ".actors[].id" => "[id]" });
    admin.get("/rest/api/3/project/DEMO/role/99999").await.expect(404);
    // U-28
    let sentence = "You cannot edit the configuration of this project.";
    world.developer().get("/rest/api/3/project/DEMO/role").await.refused(401, &[sentence], json!({}));

    let all = admin.get("/rest/api/3/role").await.expect(200);
    assert!(all[0].get("actors").is_none(), "{all}");
    assert!(admin.get("/rest/api/3/role/10002").await.expect(200)["actors"].is_array());
    world.developer().get("/rest/api/3/role").await.expect(403);
    assert_eq!(world.anonymous().get("/rest/api/3/role").await.status, 401);
}

#[tokio::test]
async fn versions_components_and_categories_of_an_empty_project() {
    let world = World::demo().await;
    let developer = world.developer();
    for path in ["project/DEMO/versions", "project/DEMO/components", "projectCategory"] {
        assert_eq!(developer.get(&format!("/rest/api/3/{path}")).await.expect(200), json!([]));
    }
    for path in ["project/DEMO/version?orderBy=-releaseDate&expand=issuesstatus", "project/DEMO/component?query=x"] {
        assert_eq!(developer.get(&format!("/rest/api/3/{path}")).await.expect(200)["values"], json!([]));
    }
    for path in ["project/NOPE/version", "project/NOPE/component", "project/NOPE/versions", "projectCategory/9"] {
        developer.get(&format!("/rest/api/3/{path}")).await.expect(404);
    }
}

#[tokio::test]
async fn project_types() {
    let world = World::empty().await;
    let types = world.anonymous().get("/rest/api/3/project/type").await.expect(200);
    let found: Vec<&Value> = types.as_array().unwrap().iter().map(|kind| &kind["key"]).collect();
    assert_eq!(found, ["product_discovery", "software", "service_desk", "business"]);
    world.admin().get("/rest/api/3/project/type/accessible").await.expect(200);
    assert_eq!(world.admin().get("/rest/api/3/project/type/software").await.expect(200)["formattedKey"], "Software");
    world.admin().get("/rest/api/3/project/type/product_discovery/accessible").await.expect(404);
}

#[tokio::test]
async fn validates_and_suggests_keys_and_names() {
    let world = World::demo().await;
    let admin = world.admin();
    // U-44
    let reply = admin.get("/rest/api/3/projectvalidate/key?key=DEMO").await;
    reply.refused(200, &[], json!({ "projectKey": "Project 'Demo Project' uses this project key." }));
    admin.get("/rest/api/3/projectvalidate/key?key=FREE").await.refused(200, &[], json!({}));
    for (path, expected) in [
        ("validProjectKey?key=FREE", "FREE"),
        ("validProjectKey?key=DEMO", "DEMO2"),
        ("validProjectKey?key=4%20me%20only", "MEONLY"),
        ("validProjectKey", "P2"),
        ("validProjectName?name=Free", "Free"),
        ("validProjectName?name=Demo%20Project", "Demo Project 2"),
    ] {
        assert_eq!(admin.get(&format!("/rest/api/3/projectvalidate/{path}")).await.expect(200), expected, "{path}");
    }
    admin.get("/rest/api/3/projectvalidate/validProjectName").await.expect(400);
    assert_eq!(world.anonymous().get("/rest/api/3/projectvalidate/key?key=A").await.status, 401);
}
