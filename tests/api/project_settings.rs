//! What a project is set up with: archive and trash, keys, schemes, features, mail, properties.

use crate::support::World;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const PATH: &str = "/rest/api/3/project";

#[tokio::test]
async fn archives_and_restores_a_project() {
    let world = World::demo().await;
    let admin = world.admin();
    admin.post(&format!("{PATH}/DEMO/archive"), json!({})).await.expect(204);
    let project = admin.get(&format!("{PATH}/DEMO")).await.expect(200);
    assert_eq!((&project["archived"], &project["archivedBy"]["displayName"]), (&json!(true), &json!("Ada Admin")));
    assert_eq!(admin.get(&format!("{PATH}/search?status=archived")).await.expect(200)["total"], 1);
    admin.post(&format!("{PATH}/DEMO/archive"), json!({})).await.expect(400);
    let edit = json!({ "fields": { "summary": "Changed" } });
    assert_ne!(world.developer().put("/rest/api/3/issue/DEMO-1", edit.clone()).await.status, 204);
    let sentence = "An archived project cannot be deleted. Restore it first.";
    admin.delete(&format!("{PATH}/DEMO")).await.refused(404, &[sentence], json!({}));
    world.developer().post(&format!("{PATH}/OPS/archive"), json!({})).await.expect(403);
    world.developer().post(&format!("{PATH}/DEMO/restore"), json!({})).await.expect(404);
    let project = admin.post(&format!("{PATH}/DEMO/restore"), json!({})).await.expect(200);
    assert_eq!(project.get("archived"), None);
    world.developer().put("/rest/api/3/issue/DEMO-1", edit).await.expect(204);
    admin.post(&format!("{PATH}/DEMO/restore"), json!({})).await.expect(400);
    admin.post(&format!("{PATH}/NOPE/archive"), json!({})).await.expect(404);
    admin.post(&format!("{PATH}/NOPE/restore"), json!({})).await.expect(404);
}

#[tokio::test]
async fn brings_a_project_back_from_the_trash() {
    let world = World::demo().await;
    let admin = world.admin();
    admin.delete(&format!("{PATH}/DEMO")).await.expect(204);
    admin.get(&format!("{PATH}/DEMO")).await.expect(404);
    admin.put(&format!("{PATH}/DEMO"), json!({ "name": "Back" })).await.expect(404);
    admin.get("/rest/api/3/issue/DEMO-1").await.expect(404);
    let project = admin.post(&format!("{PATH}/DEMO/restore"), json!({})).await.expect(200);
    assert_eq!((&project["key"], project.get("deleted")), (&json!("DEMO"), None));
    admin.get("/rest/api/3/issue/DEMO-1").await.expect(200);
}

#[tokio::test]
async fn a_former_key_is_kept_until_it_is_released() {
    let world = World::demo().await;
    let admin = world.admin();
    admin.put(&format!("{PATH}/DEMO"), json!({ "key": "SHOW" })).await.expect(200);
    assert_eq!(admin.get("/rest/api/3/issue/DEMO-1").await.expect(200)["key"], "SHOW-1"); // J-30
    let taken = json!({ "projectKey": "Project 'Demo Project' uses this project key." });
    let new = json!({ "key": "DEMO", "name": "Another", "projectTypeKey": "software" });
    admin.post(PATH, new.clone()).await.refused(400, &[], taken);
    for bad in ["SHOW", "OPS", "NOPE"] {
        let errors = json!({ "releasedProjectKeys": format!("'{bad}' is not a previous key of this project.") });
        admin.put(&format!("{PATH}/SHOW"), json!({ "releasedProjectKeys": [bad] })).await.refused(400, &[], errors);
    }
    admin.put(&format!("{PATH}/SHOW"), json!({ "releasedProjectKeys": ["DEMO"] })).await.expect(200);
    admin.get(&format!("{PATH}/DEMO")).await.expect(404);
    admin.post(PATH, new).await.expect(201);
    // Its own former key it can have again.
    admin.put(&format!("{PATH}/SHOW"), json!({ "key": "SHOWN" })).await.expect(200);
    let project = admin
        .put(&format!("{PATH}/SHOWN"), json!({ "key": "SHOW", "releasedProjectKeys": ["SHOWN"] }))
        .await
        .expect(200);
    assert_eq!(project["key"], "SHOW");
    let keys = admin.get(&format!("{PATH}/SHOW?expand=projectKeys")).await.expect(200)["projectKeys"].clone();
    assert_eq!(keys, json!(["SHOW"]));
}

#[tokio::test]
async fn keys_and_schemes_need_an_administrator_of_jira() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let id = developer.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    admin.post(&format!("{PATH}/DEMO/role/10002"), json!({ "user": [id] })).await.expect(200);
    developer.put(&format!("{PATH}/DEMO"), json!({ "name": "Ours", "key": "DEMO" })).await.expect(200);
    for body in [
        json!({ "key": "OURS" }),
        json!({ "permissionScheme": 0 }),
        json!({ "notificationScheme": 10000 }),
        json!({ "issueSecurityScheme": 1 }),
        json!({ "releasedProjectKeys": ["X"] }),
    ] {
        developer.put(&format!("{PATH}/DEMO"), body.clone()).await.expect(403);
    }
    admin.put(&format!("{PATH}/DEMO"), json!({ "notificationScheme": 10000, "permissionScheme": 0 })).await.expect(200);
    let sentence = |id: i64| format!("No object with id '{id}' was found.");
    for (body, errors) in [
        (json!({ "notificationScheme": 5 }), json!({ "notificationScheme": sentence(5) })),
        (json!({ "issueSecurityScheme": 6 }), json!({ "issueSecurityScheme": sentence(6) })),
        (json!({ "avatarId": 7 }), json!({ "avatarId": sentence(7) })),
        (
            json!({ "lead": "a", "leadAccountId": "b" }),
            json!({ "projectLead": "Give either 'lead' or 'leadAccountId', not both." }),
        ),
    ] {
        admin.put(&format!("{PATH}/DEMO"), body).await.refused(400, &[], errors);
    }
    // Members of new projects alone (H-15).
    admin.put(&format!("{PATH}/DEMO"), json!({ "workflowScheme": 10000 })).await.expect(400);
    let body = json!({ "key": "X1", "name": "X", "projectTypeKey": "software", "fieldConfigurationScheme": 5 });
    admin.post(PATH, body).await.expect(400);
}

#[tokio::test]
async fn changes_of_one_project_do_not_undo_each_other() {
    let world = World::demo().await;
    let (one, two) = (world.admin(), world.admin());
    let path = format!("{PATH}/DEMO");
    for round in 0..5 {
        let text = format!("Description {round}");
        let url = format!("https://example.com/{round}");
        let (a, b) =
            tokio::join!(one.put(&path, json!({ "description": text })), two.put(&path, json!({ "url": url })),);
        a.expect(200);
        b.expect(200);
        let project = one.get(&path).await.expect(200);
        assert_eq!((&project["description"], &project["url"]), (&json!(text), &json!(url)));
    }
}

#[tokio::test]
async fn expands_a_project() {
    let world = World::demo().await;
    let admin = world.admin();
    let project = admin.get(&format!("{PATH}/DEMO?expand=issueTypeHierarchy,permissions")).await.expect(200);
    assert_json_snapshot!("project_hierarchy_expanded", project["issueTypeHierarchy"]);
    assert_eq!(project["permissions"]["canEdit"], true);
    admin.get("/rest/api/3/issue/DEMO-1?updateHistory=true").await.expect(200);
    let recent = admin.get(&format!("{PATH}/recent?expand=insight,description")).await.expect(200);
    assert!(recent[0]["insight"]["totalIssueCount"].is_i64(), "{recent}");
}

#[tokio::test]
async fn features_of_a_project() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = format!("{PATH}/TEAM/features");
    let all = world.viewer().get(&path).await.expect(200);
    assert_json_snapshot!("project_feature", world.portable(&all["features"][2]));
    let state = |all: &Value, key: &str| {
        let feature = all["features"].as_array().unwrap().iter().find(|feature| feature["feature"] == key).unwrap();
        feature["state"].as_str().unwrap().to_owned()
    };
    let off = json!({ "state": "DISABLED" });
    // Sprints need the backlog.
    admin.put(&format!("{path}/jsw.agility.backlog"), off.clone()).await.expect(400);
    admin.put(&format!("{path}/jsw.agility.sprints"), off.clone()).await.expect(200);
    let all = admin.put(&format!("{path}/jsw.agility.backlog"), off.clone()).await.expect(200);
    assert_eq!(
        (state(&all, "jsw.agility.sprints"), state(&all, "jsw.agility.backlog")),
        ("DISABLED".into(), "DISABLED".into())
    );
    admin.put(&format!("{path}/jsw.agility.sprints"), json!({ "state": "ENABLED" })).await.expect(400);
    assert_eq!(world.viewer().get(&path).await.expect(200), all);
    admin.put(&format!("{path}/jsw.agility.board"), off.clone()).await.expect(400);
    admin.put(&format!("{path}/jsw.agility.code"), json!({ "state": "COMING_SOON" })).await.expect(400);
    admin.put(&format!("{path}/nothing"), off.clone()).await.expect(404);
    world.developer().put(&format!("{path}/jsw.agility.code"), off.clone()).await.expect(403);
    admin.get(&format!("{PATH}/NOPE/features")).await.expect(404);
    assert_eq!(admin.get(&format!("{PATH}/OPS/features")).await.expect(200), json!({ "features": [] }));
}

#[tokio::test]
async fn sender_address_of_a_project() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = format!("{PATH}/10000/email");
    let default = format!("jira@{}.atlassian.net", world.name);
    assert_eq!(world.viewer().get(&path).await.expect(200), json!({ "emailAddress": default }));
    admin.put(&path, json!({ "emailAddress": "demo@example.com" })).await.expect(204);
    assert_eq!(admin.get(&path).await.expect(200)["emailAddress"], "demo@example.com");
    for bad in ["demo", "@example.com", "demo@", "a b@example.com", "a@b@example.com", "demo@example"] {
        let errors = json!({ "emailAddress": "The email address is not valid." });
        admin.put(&path, json!({ "emailAddress": bad })).await.refused(400, &[], errors);
    }
    admin.put(&path, json!({})).await.expect(400);
    admin.put(&path, json!({ "emailAddress": "" })).await.expect(204);
    assert_eq!(admin.get(&path).await.expect(200)["emailAddress"], default);
    world.developer().put(&path, json!({ "emailAddress": "" })).await.expect(403);
    admin.get(&format!("{PATH}/999/email")).await.expect(404);
    admin.get(&format!("{PATH}/DEMO/email")).await.expect(404);
}

#[tokio::test]
async fn properties_of_a_project() {
    let world = World::demo().await;
    let (admin, viewer) = (world.admin(), world.viewer());
    let path = format!("{PATH}/DEMO/properties");
    assert_eq!(viewer.get(&path).await.expect(200), json!({ "keys": [] }));
    admin.put(&format!("{path}/team"), json!({ "size": { "now": 5 } })).await.expect(201);
    admin.put(&format!("{path}/team"), json!({ "size": { "now": 6 } })).await.expect(200);
    let keys = viewer.get(&path).await.expect(200);
    assert_json_snapshot!("project_property_keys", world.portable(&keys));
    assert_eq!(viewer.get(&format!("{path}/team")).await.expect(200)["value"], json!({ "size": { "now": 6 } }));
    let project = viewer.get(&format!("{PATH}/DEMO?properties=team")).await.expect(200);
    assert_eq!(project["properties"], json!({ "team": { "size": { "now": 6 } } }));
    for (query, total) in [("[team].size.now=6", 1), ("[team].size.now=5", 0), ("[other].size.now=6", 0)] {
        let query = query.replace('[', "%5B").replace(']', "%5D");
        let page = viewer.get(&format!("{PATH}/search?propertyQuery={query}")).await.expect(200);
        assert_eq!(page["total"], total, "{query}");
    }
    viewer.get(&format!("{PATH}/search?propertyQuery=team")).await.expect(400);
    viewer.put(&format!("{path}/team"), json!(1)).await.expect(403);
    viewer.delete(&format!("{path}/team")).await.expect(403);
    viewer.get(&format!("{path}/other")).await.expect(404);
    world.anonymous().get(&path).await.expect(404);
    admin.delete(&format!("{path}/team")).await.expect(204);
    admin.delete(&format!("{path}/team")).await.expect(404);
}

#[tokio::test]
async fn notification_scheme_of_a_project() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = format!("{PATH}/DEMO/notificationscheme");
    let scheme = admin.get(&path).await.expect(200);
    assert_json_snapshot!("notification_scheme", world.portable(&scheme));
    let expanded = admin.get(&format!("{path}?expand=all")).await.expect(200);
    let events = expanded["notificationSchemeEvents"].as_array().unwrap();
    assert_eq!(events.len(), 17);
    assert_json_snapshot!("notification_scheme_event", events[0]);
    world.developer().get(&path).await.expect(404);
    admin.get(&format!("{PATH}/NOPE/notificationscheme")).await.expect(404);
}

#[tokio::test]
async fn deleting_a_project_for_good_leaves_nothing_of_its_own() {
    let world = World::demo().await;
    let admin = world.admin();
    admin.put(&format!("{PATH}/TEAM/properties/team"), json!(1)).await.expect(201);
    let scoped = |types: Value| types.as_array().unwrap().iter().filter(|kind| kind.get("scope").is_some()).count();
    assert!(scoped(admin.get("/rest/api/3/issuetype").await.expect(200)) > 0);
    admin.delete(&format!("{PATH}/TEAM?enableUndo=false")).await.expect(204);
    assert_eq!(scoped(admin.get("/rest/api/3/issuetype").await.expect(200)), 0);
    assert_eq!(scoped(admin.get("/rest/api/3/status").await.expect(200)), 0);
    // Key and name are free again.
    let body = json!({ "key": "TEAM", "name": "Team", "projectTypeKey": "software" });
    admin.post(PATH, body).await.expect(201);
    assert_eq!(admin.get(&format!("{PATH}/TEAM/properties")).await.expect(200), json!({ "keys": [] }));
}

#[tokio::test]
async fn a_project_gets_an_issue_security_scheme() {
    let world = World::demo().await;
    let admin = world.admin();
    let body = json!({ "name": "Secrets", "description": "" });
    let scheme = admin.post("/rest/api/3/issuesecurityschemes", body).await.expect(201);
    let id: i64 = scheme["id"].as_str().unwrap().parse().unwrap();
    admin.put(&format!("{PATH}/DEMO"), json!({ "issueSecurityScheme": id })).await.expect(200);
    let body = json!({ "key": "NEW", "name": "New", "projectTypeKey": "software", "issueSecurityScheme": id });
    admin.post(PATH, body).await.expect(201);
    for key in ["DEMO", "NEW"] {
        let found = admin.get(&format!("{PATH}/{key}/issuesecuritylevelscheme")).await.expect(200);
        assert_eq!(found["id"], id);
    }
}
