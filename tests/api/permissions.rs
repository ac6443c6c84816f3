//! What callers may do.

use crate::support::World;
use insta::assert_json_snapshot;
use serde_json::json;

#[tokio::test]
async fn my_permissions_here_and_there() {
    let world = World::demo().await;
    let viewer = world.viewer();
    let mine = viewer.get("/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS,ADMINISTER").await.expect(200);
    assert_json_snapshot!("my_permissions", mine);
    for (place, expected) in
        [("", true), ("projectKey=DEMO&", true), ("issueKey=DEMO-1&", true), ("projectKey=TEAM&issueId=10000&", true)]
    {
        let path = format!("/rest/api/3/mypermissions?{place}permissions=EDIT_ISSUES");
        let reply = world.developer().get(&path).await.expect(200);
        assert_eq!(reply["permissions"]["EDIT_ISSUES"]["havePermission"], expected, "{place}");
        let reply = viewer.get(&path).await.expect(200);
        assert_eq!(reply["permissions"]["EDIT_ISSUES"]["havePermission"], false, "{place}");
    }
    let made = world.developer().post("/rest/api/2/issue/DEMO-1/comment", json!({ "body": "x" })).await.expect(201);
    let path =
        format!("/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS&commentId={}", made["id"].as_str().unwrap());
    let reply = viewer.get(&path).await.expect(200);
    assert_eq!(reply["permissions"]["BROWSE_PROJECTS"]["havePermission"], true);
    viewer.get(&path.replace("BROWSE_PROJECTS", "EDIT_ISSUES")).await.expect(400);
    let hidden = json!({ "body": "x", "visibility": { "type": "role", "value": "Developers" } });
    let made = world.developer().post("/rest/api/2/issue/DEMO-1/comment", hidden).await.expect(201);
    let path =
        format!("/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS&commentId={}", made["id"].as_str().unwrap());
    world.developer().get(&path).await.expect(200);
    viewer.get(&path).await.expect(404);
    let anonymous = world.anonymous().get("/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS").await.expect(200);
    assert_eq!(anonymous["permissions"]["BROWSE_PROJECTS"]["havePermission"], false);
}

#[tokio::test]
async fn refuses_bad_questions() {
    let world = World::demo().await;
    let admin = world.admin();
    // U-22
    let sentence = "The 'permissions' query parameter is required.";
    admin.get("/rest/api/3/mypermissions").await.refused(400, &[sentence], json!({}));
    let reply = admin.get("/rest/api/3/mypermissions?permissions=LAUNCH_ROCKETS").await;
    reply.refused(400, &[], json!({ "LAUNCH_ROCKETS": "Unrecognized permission" }));
    let missing = "Could not find project with provided key.";
    let path = "/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS&projectKey";
    admin.get(&format!("{path}=NOPE")).await.refused(404, &[missing], json!({}));
    world.anonymous().get(&format!("{path}=DEMO")).await.refused(404, &[missing], json!({}));
    admin.get("/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS&issueKey=DEMO-999").await.expect(404);
}

#[tokio::test]
async fn all_permissions() {
    let world = World::empty().await;
    let all = world.anonymous().get("/rest/api/3/permissions").await.expect(200);
    assert_json_snapshot!("permission", all["permissions"]["ADD_COMMENTS"]);
    let keys: Vec<&String> = all["permissions"].as_object().unwrap().keys().take(3).collect();
    assert_eq!(keys, ["ADD_COMMENTS", "ADMINISTER", "ADMINISTER_PROJECTS"]);
}

#[tokio::test]
async fn checks_many_permissions_at_once() {
    let world = World::demo().await;
    let admin = world.admin();
    let issue = admin.get("/rest/api/3/issue/DEMO-1?fields=project").await.expect(200);
    let id = |text: &serde_json::Value| text.as_str().unwrap().parse::<i64>().unwrap();
    let (issue, project) = (id(&issue["id"]), id(&issue["fields"]["project"]["id"]));
    let asked = json!({
        "globalPermissions": ["ADMINISTER", "CREATE_PROJECT", null],
        "projectPermissions": [
            { "permissions": ["EDIT_ISSUES", "BROWSE_PROJECTS"], "issues": [issue, 99999], "projects": [project, 1] },
        ],
        "accountId": "712020:9d1f64f2-7f0e-4f43-8a57-0c7b5b0e5a03",
    });
    let expected = json!({
        "globalPermissions": [],
        "projectPermissions": [
            { "permission": "EDIT_ISSUES", "issues": [], "projects": [] },
            { "permission": "BROWSE_PROJECTS", "issues": [issue], "projects": [project] },
        ],
    });
    // U-24
    assert_eq!(admin.post("/rest/api/3/permissions/check", asked.clone()).await.expect(200), expected);
    assert_eq!(world.viewer().post("/rest/api/3/permissions/check", asked.clone()).await.expect(200), expected);
    world.developer().post("/rest/api/3/permissions/check", asked).await.expect(403);
    let nothing = admin.post("/rest/api/3/permissions/check", json!({})).await.expect(200);
    assert_eq!(nothing, json!({ "globalPermissions": [], "projectPermissions": [] }));
    let wrong = json!({ "globalPermissions": ["EDIT_ISSUES"] });
    admin.post("/rest/api/3/permissions/check", wrong).await.expect(400);
}

#[tokio::test]
async fn projects_in_which_all_is_permitted() {
    let world = World::demo().await;
    let body = json!({ "permissions": ["BROWSE_PROJECTS", "CREATE_ISSUES"] });
    let found = world.developer().post("/rest/api/3/permissions/project", body.clone()).await.expect(200);
    let keys: Vec<&str> = found["projects"].as_array().unwrap().iter().map(|p| p["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["DEMO", "OPS", "TEAM"]);
    let found = world.viewer().post("/rest/api/3/permissions/project", body).await.expect(200);
    assert_eq!(found, json!({ "projects": [] }));
    let wrong = json!({ "permissions": ["FLY"] });
    world.viewer().post("/rest/api/3/permissions/project", wrong).await.refused(
        400,
        &[],
        json!({ "FLY": "Unrecognized permission" }),
    );
}

#[tokio::test]
async fn permission_schemes_tell_their_grants() {
    let world = World::demo().await;
    let developer = world.developer();
    let all = developer.get("/rest/api/3/permissionscheme").await.expect(200);
    let scheme = &all["permissionSchemes"][0];
    assert_eq!((&scheme["id"], &scheme["name"]), (&json!(0), &json!("Default Permission Scheme")));
    let first = &scheme["permissions"][0];
    assert_eq!(first["permission"], "ADMINISTER_PROJECTS");
    let holder = json!({ "type": "projectRole", "parameter": "10002", "value": "10002", "expand": "projectRole" });
    assert_eq!(first["holder"], holder);
    assert_eq!(&developer.get("/rest/api/3/permissionscheme/0").await.expect(200), scheme);
    developer.get("/rest/api/3/permissionscheme/99").await.expect(404);
    world.anonymous().get("/rest/api/3/permissionscheme").await.expect(401);
    assert_eq!(
        world.admin().get("/rest/api/3/issuesecurityschemes").await.expect(200),
        json!({ "issueSecuritySchemes": [] })
    );
    developer.get("/rest/api/3/issuesecurityschemes").await.expect(403);
}
