//! Permission schemes, their grants, and the scheme of a project.

use crate::support::{Client, World};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";
const SCHEMES: &str = "/rest/api/3/permissionscheme";
const FORBIDDEN: &str = "You are not authorized to perform this action. Administrator privileges are required.";

/// A scheme with these grants, each a permission and a holder; its id.
async fn scheme(admin: &Client, name: &str, grants: &[(&str, Value)]) -> i64 {
    let grants: Vec<Value> =
        grants.iter().map(|(key, holder)| json!({ "permission": key, "holder": holder })).collect();
    let made = admin.post(SCHEMES, json!({ "name": name, "permissions": grants })).await.expect(201);
    made["id"].as_i64().expect("a number")
}

#[tokio::test]
async fn a_scheme_is_made_changed_and_deleted() {
    let world = World::demo().await;
    let admin = world.admin();
    let body = json!({
        "name": " Closed ",
        "description": "For few.",
        "permissions": [
            { "permission": "BROWSE_PROJECTS", "holder": { "type": "group", "parameter": "jira-administrators" } },
            { "permission": "EDIT_ISSUES", "holder": { "type": "user", "value": DEVELOPER } },
            { "permission": "EDIT_ISSUES", "holder": { "type": "projectRole", "parameter": 10002 } },
            { "permission": "EDIT_ISSUES", "holder": { "type": "userCustomField", "parameter": "customfield_10038" } },
            { "permission": "EDIT_ISSUES", "holder": { "type": "reporter" } },
            // Once is enough.
            { "permission": "EDIT_ISSUES", "holder": { "type": "reporter" } },
        ],
    });
    let made = admin.post(&format!("{SCHEMES}?expand=all"), body).await.expect(201);
    assert_json_snapshot!("permission_scheme_created", world.portable(&made));
    let path = format!("{SCHEMES}/{}", made["id"]);
    assert_eq!(admin.get(&format!("{path}?expand=all")).await.expect(200), made);

    // Without a list the grants stay; with one, those that it names keep their ids.
    let renamed = admin.put(&path, json!({ "name": "Closed", "description": "" })).await.expect(200);
    assert_eq!((&renamed["description"], renamed["permissions"].as_array().unwrap().len()), (&json!(""), 5));
    let reporter = json!({ "permission": "EDIT_ISSUES", "holder": { "type": "reporter" } });
    let anyone = json!({ "permission": "BROWSE_PROJECTS", "holder": { "type": "anyone" } });
    let left = admin.put(&path, json!({ "name": "Closed", "permissions": [anyone, reporter] })).await.expect(200);
    let ids = |scheme: &Value| -> Vec<Value> {
        scheme["permissions"].as_array().unwrap().iter().map(|grant| grant["id"].clone()).collect()
    };
    assert_eq!(ids(&left)[0], ids(&made)[4]);
    assert_eq!(ids(&left).len(), 2);
    let none = admin.put(&path, json!({ "name": "Closed", "permissions": [] })).await.expect(200);
    assert_eq!(none["permissions"], json!([]));

    admin.delete(&path).await.expect(204);
    let sentence = format!("Permission scheme with id {} doesn't exist.", made["id"]);
    admin.get(&path).await.refused(404, &[&sentence], json!({}));
    admin.delete(&path).await.refused(404, &[&sentence], json!({}));
    admin.put(&path, json!({ "name": "x" })).await.refused(404, &[&sentence], json!({}));
}

#[tokio::test]
async fn grants_are_added_and_removed_one_by_one() {
    let world = World::demo().await;
    let admin = world.admin();
    let id = scheme(&admin, "Some", &[]).await;
    let path = format!("{SCHEMES}/{id}/permission");
    let body = json!({ "permission": "ADD_COMMENTS", "holder": { "type": "applicationRole" } });
    let made = admin.post(&path, body.clone()).await.expect(201);
    assert_eq!(made["holder"], json!({ "type": "applicationRole" }));
    let sentence = "The permission is granted to this holder already.";
    admin.post(&path, body.clone()).await.refused(400, &[sentence], json!({}));
    let group = json!({ "type": "group", "value": "4f1b0e2a-6d0c-4c55-9a0f-1f1d6a3c0003" });
    let other = json!({ "permission": "ADD_COMMENTS", "holder": group });
    let other = admin.post(&format!("{path}?expand=group"), other).await.expect(201);
    assert_json_snapshot!("permission_grant_expanded", world.portable(&other));
    let all = world.developer().get(&path).await.expect(200);
    assert_eq!(all["permissions"].as_array().unwrap().len(), 2);
    assert_eq!(all["permissions"][0], made);
    let own = format!("{path}/{}", made["id"]);
    assert_eq!(world.developer().get(&own).await.expect(200), made);
    admin.delete(&own).await.expect(204);
    let gone = format!("Permission grant with id {} doesn't exist.", made["id"]);
    admin.get(&own).await.refused(404, &[&gone], json!({}));
    admin.delete(&own).await.refused(400, &[&gone], json!({}));
    admin.delete(&format!("{SCHEMES}/99/permission/1")).await.expect(400);
    admin.get(&format!("{SCHEMES}/99/permission")).await.expect(404);
    let missing = "Permission scheme with id 99 doesn't exist.";
    admin.post(&format!("{SCHEMES}/99/permission"), body.clone()).await.refused(400, &[missing], json!({}));
    admin.post(&format!("{path}?expand=nothing"), body).await.expect(400);
}

#[tokio::test]
async fn what_can_not_be_granted_is_refused() {
    let world = World::demo().await;
    let admin = world.admin();
    let id = scheme(&admin, "Some", &[]).await;
    let path = format!("{SCHEMES}/{id}/permission");
    for (permission, holder, sentence) in [
        ("FLY", json!({ "type": "anyone" }), "The permission is not a project permission."),
        ("ADMINISTER", json!({ "type": "anyone" }), "The permission is not a project permission."),
        ("EDIT_ISSUES", json!({}), "The type of the permission holder must be provided."),
        ("EDIT_ISSUES", json!({ "type": "nobody" }), "The type of the permission holder is not valid."),
        ("EDIT_ISSUES", json!({ "type": "group" }), "The permission holder type 'group' requires a parameter."),
        ("EDIT_ISSUES", json!({ "type": "group", "parameter": "x" }), "Group 'x' does not exist."),
        ("EDIT_ISSUES", json!({ "type": "user", "parameter": "x" }), "User 'x' does not exist."),
        ("EDIT_ISSUES", json!({ "type": "projectRole", "parameter": "9" }), "Project role '9' does not exist."),
        ("EDIT_ISSUES", json!({ "type": "applicationRole", "parameter": "x" }), "The application 'x' does not exist."),
        (
            "EDIT_ISSUES",
            json!({ "type": "userCustomField", "parameter": "customfield_9" }),
            "The custom field 'customfield_9' does not exist.",
        ),
        (
            "EDIT_ISSUES",
            json!({ "type": "groupCustomField", "parameter": "customfield_10038" }),
            "The custom field 'customfield_10038' can't hold permissions.",
        ),
    ] {
        let body = json!({ "permission": permission, "holder": holder });
        admin.post(&path, body.clone()).await.refused(400, &[sentence], json!({}));
        admin.post(SCHEMES, json!({ "name": "New", "permissions": [body] })).await.refused(400, &[sentence], json!({}));
    }
    admin.post(SCHEMES, json!({ "name": "New", "permissions": [5] })).await.expect(400);
    for (body, errors) in [
        (json!({}), json!({ "name": "The permission scheme name must be provided." })),
        (json!({ "name": "some" }), json!({ "name": "A permission scheme with this name already exists." })),
        (
            json!({ "name": "x".repeat(256), "description": "x".repeat(4001) }),
            json!({
                "name": "The permission scheme name must not exceed 255 characters.",
                "description": "The permission scheme description must not exceed 4000 characters.",
            }),
        ),
    ] {
        admin.post(SCHEMES, body).await.refused(400, &[], errors);
    }
}

#[tokio::test]
async fn only_administrators_change_schemes() {
    let world = World::demo().await;
    let developer = world.developer();
    let grant = json!({ "permission": "EDIT_ISSUES", "holder": { "type": "anyone" } });
    let refusals = [
        developer.post(SCHEMES, json!({ "name": "x" })).await,
        developer.put(&format!("{SCHEMES}/0"), json!({ "name": "x" })).await,
        developer.delete(&format!("{SCHEMES}/0")).await,
        developer.post(&format!("{SCHEMES}/0/permission"), grant).await,
        developer.delete(&format!("{SCHEMES}/0/permission/10004")).await,
        developer.put("/rest/api/3/project/DEMO/permissionscheme", json!({ "id": 0 })).await,
    ];
    for refusal in refusals {
        refusal.refused(403, &[FORBIDDEN], json!({}));
    }
    world.anonymous().post(SCHEMES, json!({ "name": "x" })).await.expect(401);
    // Nor can anybody delete what is in use.
    world.admin().delete(&format!("{SCHEMES}/0")).await.expect(403);
    let id = scheme(&world.admin(), "Used", &[]).await;
    world.admin().put("/rest/api/3/project/DEMO/permissionscheme", json!({ "id": id })).await.expect(200);
    let sentence = "The permission scheme 'Used' can't be deleted: projects use it.";
    world.admin().delete(&format!("{SCHEMES}/{id}")).await.refused(403, &[sentence], json!({}));
}

#[tokio::test]
async fn a_project_has_one_scheme_and_obeys_it_at_once() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let path = "/rest/api/3/project/DEMO/permissionscheme";
    assert_eq!(admin.get(path).await.expect(200)["id"], 0);
    developer.get(path).await.refused(403, &["You cannot edit the configuration of this project."], json!({}));
    developer.get("/rest/api/3/issue/DEMO-1").await.expect(200);
    let lead = json!({ "type": "projectLead" });
    let id = scheme(&admin, "Leads", &[("BROWSE_PROJECTS", lead.clone())]).await;
    assert_eq!(admin.put(path, json!({ "id": id.to_string() })).await.expect(200)["name"], "Leads");
    assert_eq!(admin.get(path).await.expect(200)["id"], id);
    // C-39
    developer.get("/rest/api/3/issue/DEMO-1").await.expect(404);
    developer.get(path).await.expect(404);
    let grant = json!({ "permission": "BROWSE_PROJECTS", "holder": { "type": "user", "parameter": DEVELOPER } });
    admin.post(&format!("{SCHEMES}/{id}/permission"), grant).await.expect(201);
    developer.get("/rest/api/3/issue/DEMO-1").await.expect(200);
    admin.put(path, json!({ "id": 99 })).await.expect(404);
    admin.put("/rest/api/3/project/NONE/permissionscheme", json!({ "id": 0 })).await.expect(404);
    admin.put("/rest/api/2/project/DEMO/permissionscheme", json!({ "id": 0 })).await.expect(200);
}
