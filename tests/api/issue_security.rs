//! Who sees issues of a security level.

use crate::{
    security_schemes::{associate, level, scheme},
    support::{Client, World, key_of},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ADMIN: &str = "5f2a9c10e4b0d7a1c3e80a01";
const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";
const VIEWER: &str = "712020:9d1f64f2-7f0e-4f43-8a57-0c7b5b0e5a03";

/// Every holder that can belong to a level.
fn holders() -> Vec<Value> {
    vec![
        json!({ "type": "anyone" }),
        json!({ "type": "applicationRole" }),
        json!({ "type": "assignee" }),
        json!({ "type": "reporter" }),
        json!({ "type": "projectLead" }),
        json!({ "type": "projectrole", "parameter": "10001" }),
        json!({ "type": "user", "parameter": VIEWER }),
        json!({ "type": "group", "parameter": "jira-readers" }),
        json!({ "type": "group", "parameter": "jira-software-users" }),
        json!({ "type": "userCustomField", "parameter": "customfield_10038" }),
        json!({ "type": "userCustomField", "parameter": "customfield_10035" }),
        json!({ "type": "groupCustomField", "parameter": "customfield_10040" }),
        json!({ "type": "sd.customer.portal.only" }),
    ]
}

/// The keys of all issues in DEMO that a search finds.
async fn found(client: &Client) -> BTreeSet<String> {
    let page =
        client.get("/rest/api/3/search/jql?jql=project%20in%20(DEMO)&maxResults=100&fields=key").await.expect(200);
    page["issues"].as_array().unwrap().iter().map(|issue| key_of(issue).to_owned()).collect()
}

/// Checks that all ways to an issue agree for a caller; the keys that the caller sees.
async fn seen(client: &Client, keys: &[(String, i64)]) -> BTreeSet<String> {
    let found = found(client).await;
    let ids: Vec<i64> = keys.iter().map(|(_, id)| *id).collect();
    let check = json!({ "projectPermissions": [{ "permissions": ["BROWSE_PROJECTS"], "issues": ids }] });
    let permitted = client.post("/rest/api/3/permissions/check", check).await.expect(200);
    let permitted = permitted["projectPermissions"][0]["issues"].as_array().unwrap().clone();
    for (key, id) in keys {
        let status = if found.contains(key) { 200 } else { 404 };
        client.get(&format!("/rest/api/3/issue/{key}?fields=summary")).await.expect(status);
        assert_eq!(permitted.contains(&json!(id)), status == 200, "{key}");
        client.get(&format!("/rest/api/3/issue/{key}/changelog")).await.expect(status);
    }
    let count = json!({ "jql": "project = DEMO" });
    let count = client.post("/rest/api/3/search/approximate-count", count).await.expect(200);
    assert_eq!(count["count"], found.len());
    found
}

/// DEMO with a level for each holder, and issues of each with different people; the issues' keys and ids.
async fn secured(world: &World) -> Vec<(String, i64)> {
    let admin = world.admin();
    // Whoever chooses a level belongs to it.
    let levels: Vec<Value> = holders()
        .into_iter()
        .enumerate()
        .map(|(at, holder)| {
            json!({ "name": format!("level {at}"), "members": [holder, { "type": "user", "parameter": ADMIN }] })
        })
        .collect();
    let id = scheme(&admin, json!({ "name": "All kinds", "levels": levels })).await;
    associate(&admin, "DEMO", Some(&id), json!([])).await;
    let people = [
        json!({}),
        json!({ "assignee": { "accountId": DEVELOPER }, "reporter": { "accountId": VIEWER } }),
        json!({ "assignee": { "accountId": ADMIN }, "reporter": { "accountId": DEVELOPER } }),
        json!({
            "customfield_10038": { "accountId": DEVELOPER },
            "customfield_10035": [{ "accountId": VIEWER }, { "accountId": ADMIN }],
            "customfield_10040": { "name": "jira-readers" },
        }),
        json!({ "customfield_10040": { "name": "jira-software-users" }, "customfield_10035": [{ "accountId": DEVELOPER }] }),
    ];
    let mut updates = Vec::new();
    for (at, _) in holders().iter().enumerate() {
        for people in &people {
            let mut fields = json!({
                "project": { "key": "DEMO" },
                "issuetype": { "name": "Task" },
                "summary": "secret",
                "security": { "name": format!("level {at}") },
            });
            fields.as_object_mut().unwrap().extend(people.as_object().unwrap().clone());
            updates.push(json!({ "fields": fields }));
        }
    }
    let mut issues = Vec::new();
    for updates in updates.chunks(50) {
        let made = admin.post("/rest/api/3/issue/bulk", json!({ "issueUpdates": updates })).await.expect(201);
        assert_eq!(made["errors"], json!([]));
        let made = made["issues"].as_array().unwrap().iter();
        issues.extend(made.map(|issue| (key_of(issue).to_owned(), issue["id"].as_str().unwrap().parse().unwrap())));
    }
    issues
}

#[tokio::test]
async fn all_ways_to_an_issue_agree() {
    let world = World::demo().await;
    let admin = world.admin();
    let issues = secured(&world).await;
    let (developer, viewer, anonymous) = (world.developer(), world.viewer(), world.anonymous());
    assert!(issues.iter().all(|(key, _)| !key.is_empty()));
    let all = seen(&admin, &issues).await;
    assert_eq!(all.len(), 8 + issues.len(), "the administrator belongs to every level");
    let dana = seen(&developer, &issues).await;
    let vic = seen(&viewer, &issues).await;
    assert!(seen(&anonymous, &issues).await.is_empty());

    // What each is expected to see, issue by issue: level after level, with the five sets of people.
    let sees = |seen: &BTreeSet<String>| -> Vec<String> {
        let levels = issues.chunks(5);
        levels
            .map(|issues| issues.iter().map(|(key, _)| if seen.contains(key) { 'x' } else { '.' }).collect())
            .collect()
    };
    let expected = [
        "xxxxx", "xxxxx", ".x...", "..x..", ".....", "xxxxx", ".....", ".....", "xxxxx", "...x.", "....x", "....x",
        ".....",
    ];
    assert_eq!(sees(&dana), expected);
    let expected = [
        "xxxxx", ".....", ".....", ".x...", ".....", ".....", "xxxxx", "xxxxx", ".....", ".....", "...x.", "...x.",
        ".....",
    ];
    assert_eq!(sees(&vic), expected);

    // Administrators are let in by nothing but membership: the change is obeyed at once.
    let members = admin.get("/rest/api/3/issuesecurityschemes/level/member?maxResults=100").await.expect(200);
    for member in members["values"].as_array().unwrap() {
        if member["holder"]["parameter"] == ADMIN {
            let path = format!(
                "/rest/api/3/issuesecurityschemes/{}/level/{}/member/{}",
                member["issueSecuritySchemeId"].as_str().unwrap(),
                member["issueSecurityLevelId"].as_str().unwrap(),
                member["id"].as_str().unwrap(),
            );
            admin.delete(&path).await.expect(204);
        }
    }
    let expected = [
        "xxxxx", "xxxxx", "..x..", "x..xx", "xxxxx", "xxxxx", ".....", ".....", "xxxxx", ".....", "...x.", "....x",
        ".....",
    ];
    assert_eq!(sees(&seen(&admin, &issues).await), expected);
    assert_eq!(sees(&seen(&developer, &issues).await), sees(&dana));
}

#[tokio::test]
async fn permissions_held_through_fields_agree_too() {
    let world = World::demo().await;
    let admin = world.admin();
    let browse = |holder: Value| json!({ "permission": "BROWSE_PROJECTS", "holder": holder });
    let body = json!({ "name": "By field", "permissions": [
        browse(json!({ "type": "user", "parameter": ADMIN })),
        browse(json!({ "type": "userCustomField", "parameter": "customfield_10035" })),
        browse(json!({ "type": "groupCustomField", "parameter": "customfield_10040" })),
        { "permission": "CREATE_ISSUES", "holder": { "type": "applicationRole" } },
    ] });
    let id = admin.post("/rest/api/3/permissionscheme", body).await.expect(201)["id"].clone();
    let fields = |more: Value| {
        let mut fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "x" });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let reviewed = admin.create(fields(json!({ "customfield_10035": [{ "accountId": DEVELOPER }] }))).await;
    let grouped = admin.create(fields(json!({ "customfield_10040": { "name": "jira-readers" } }))).await;
    admin.post("/rest/api/3/issueLink", json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": reviewed }, "outwardIssue": { "key": grouped } })).await.expect(201);
    admin.put("/rest/api/3/project/DEMO/permissionscheme", json!({ "id": id })).await.expect(200);
    let (developer, viewer) = (world.developer(), world.viewer());
    assert_eq!(found(&developer).await, BTreeSet::from([reviewed.clone()]));
    assert_eq!(found(&viewer).await, BTreeSet::from([grouped.clone()]));
    for (client, own, other) in [(&developer, &reviewed, &grouped), (&viewer, &grouped, &reviewed)] {
        let issue = client.get(&format!("/rest/api/3/issue/{own}")).await.expect(200);
        assert_eq!(issue["fields"]["issuelinks"], json!([]));
        client.get(&format!("/rest/api/3/issue/{other}")).await.expect(404);
    }
    let issue = admin.get(&format!("/rest/api/3/issue/{reviewed}")).await.expect(200);
    assert_eq!(issue["fields"]["issuelinks"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_hidden_issue_is_shown_nowhere() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let levels = json!([{ "name": "Admins", "members": [{ "type": "group", "parameter": "jira-administrators" }] }]);
    let id = scheme(&admin, json!({ "name": "Secret", "levels": levels })).await;
    associate(&admin, "DEMO", Some(&id), json!([])).await;
    let link = json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": "DEMO-7" }, "outwardIssue": { "key": "DEMO-8" } });
    admin.post("/rest/api/3/issueLink", link).await.expect(201);
    let security = |name: &str| json!({ "fields": { "security": { "name": name } } });
    for key in ["DEMO-1", "DEMO-4", "DEMO-8"] {
        admin.put(&format!("/rest/api/3/issue/{key}"), security("Admins")).await.expect(204);
    }
    let shown = admin.get("/rest/api/3/issue/DEMO-4?fields=security").await.expect(200);
    assert_eq!(shown["fields"]["security"]["name"], "Admins");
    // The sub-task shares it, with a history of its own.
    let subtask = admin.get("/rest/api/3/issue/DEMO-5?fields=security&expand=changelog").await.expect(200);
    assert_eq!(subtask["fields"]["security"], shown["fields"]["security"]);
    let item = &subtask["changelog"]["histories"][0]["items"][0];
    assert_eq!((&item["field"], &item["toString"]), (&json!("security"), &json!("Admins")));

    // Parent and link.
    let child = developer.get("/rest/api/3/issue/DEMO-2").await.expect(200);
    assert_eq!(child["fields"].get("parent"), None);
    let linked = developer.get("/rest/api/3/issue/DEMO-7").await.expect(200);
    assert_eq!(linked["fields"]["issuelinks"], json!([]));
    for path in ["", "/editmeta", "/transitions", "/comment", "/watchers", "/votes", "/changelog", "/properties"] {
        developer.get(&format!("/rest/api/3/issue/DEMO-8{path}")).await.expect(404);
    }
    developer.put("/rest/api/3/issue/DEMO-8", json!({ "fields": { "summary": "x" } })).await.expect(404);
    developer.delete("/rest/api/3/issue/DEMO-8").await.expect(404);
    let query =
        |jql: &str| format!("/rest/api/3/search/jql?jql={}&fields=key", jql.replace(' ', "%20").replace('=', "%3D"));
    for jql in ["parent = DEMO-1", "key = DEMO-8", "level = Admins", "issue in linkedIssues(DEMO-8)"] {
        assert_eq!(developer.get(&query(jql)).await.expect(200)["issues"], json!([]), "{jql}");
    }
    let found = admin.get(&query("level = Admins order by key")).await.expect(200);
    let keys: Vec<&str> = found["issues"].as_array().unwrap().iter().map(key_of).collect();
    assert_eq!(keys, ["DEMO-1", "DEMO-4", "DEMO-5", "DEMO-8"]);
    let open = admin.get(&query("level is EMPTY and project = DEMO")).await.expect(200);
    assert_eq!(open["issues"].as_array().unwrap().len(), 4);
    let permissions = "/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS&issueKey=DEMO-8";
    developer.get(permissions).await.expect(404);
    // Nobody can be made to watch what is hidden from them.
    admin.post("/rest/api/3/issue/DEMO-8/watchers", json!(DEVELOPER)).await.expect(400);
    let viewers = "/rest/api/3/user/viewissue/search?issueKey=DEMO-8&query=a";
    assert_eq!(admin.get(viewers).await.expect(200).as_array().unwrap().len(), 1);

    // Without the level it is there again.
    admin.put("/rest/api/3/issue/DEMO-4", json!({ "fields": { "security": null } })).await.expect(204);
    for key in ["DEMO-4", "DEMO-5"] {
        developer.get(&format!("/rest/api/3/issue/{key}")).await.expect(200);
    }
}

#[tokio::test]
async fn who_may_choose_which_level() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let levels = json!([
        { "name": "Admins", "members": [{ "type": "group", "parameter": "jira-administrators" }] },
        { "name": "Readers", "members": [{ "type": "group", "parameter": "jira-readers" }] },
        { "name": "Everybody", "isDefault": true, "members": [{ "type": "anyone" }] },
        { "name": "Reporter", "members": [{ "type": "reporter" }] },
    ]);
    let id = scheme(&admin, json!({ "name": "Secret", "levels": levels })).await;
    let fields = |more: Value| {
        let mut fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "x" });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "fields": fields })
    };
    let issues = "/rest/api/3/issue";
    let off_screen = "Field 'security' cannot be set. It is not on the appropriate screen, or unknown.";
    let chosen = json!({ "security": { "name": "Admins" } });
    // A project without a scheme has no such field.
    admin.post(issues, fields(chosen.clone())).await.refused(400, &[], json!({ "security": off_screen }));
    associate(&admin, "DEMO", Some(&id), json!([])).await;

    // J-53: without Set Issue Security it is as if off the screen.
    developer.post(issues, fields(chosen.clone())).await.refused(400, &[], json!({ "security": off_screen }));
    let sentence = "Security level name 'Readers' is not valid";
    let readers = json!({ "security": { "name": "Readers" } });
    admin.post(issues, fields(readers.clone())).await.refused(400, &[], json!({ "security": sentence }));
    let readers_id = level(&admin, &id, "Readers").await;
    let sentence = format!("Security level id '{readers_id}' is not valid");
    let by_id = json!({ "security": { "id": readers_id } });
    admin.post(issues, fields(by_id)).await.refused(400, &[], json!({ "security": sentence }));

    // New issues have the default level, whoever makes them; null is none.
    for client in [&admin, &developer] {
        let key = client.post(issues, fields(json!({}))).await.expect(201)["key"].clone();
        let issue = client.get(&format!("{issues}/{}", key.as_str().unwrap())).await.expect(200);
        assert_eq!(issue["fields"]["security"]["name"], "Everybody");
    }
    let key = admin.post(issues, fields(json!({ "security": null }))).await.expect(201)["key"].clone();
    let path = format!("{issues}/{}", key.as_str().unwrap());
    assert_eq!(admin.get(&path).await.expect(200)["fields"]["security"], Value::Null);

    let names = |field: &Value| -> Vec<String> {
        let allowed = field["allowedValues"].as_array().unwrap().iter();
        allowed.map(|level| level["name"].as_str().unwrap().to_owned()).collect()
    };
    let meta = admin.get(&format!("{path}/editmeta")).await.expect(200);
    assert_eq!(names(&meta["fields"]["security"]), ["Admins", "Everybody", "Reporter"]);
    let types = admin.get("/rest/api/3/issue/createmeta/DEMO/issuetypes").await.expect(200)["issueTypes"].clone();
    let task = types.as_array().unwrap().iter().find(|kind| kind["name"] == "Task").unwrap()["id"].clone();
    let meta = format!("/rest/api/3/issue/createmeta/DEMO/issuetypes/{}", task.as_str().unwrap());
    let meta = admin.get(&meta).await.expect(200);
    let field = meta["fields"].as_array().unwrap().iter().find(|field| field["fieldId"] == "security").unwrap();
    assert_eq!(names(field), ["Admins", "Everybody", "Reporter"]);
    assert_eq!((&field["hasDefaultValue"], &field["defaultValue"]["name"]), (&json!(true), &json!("Everybody")));
    let meta = developer.get(&format!("{path}/editmeta")).await.expect(200);
    assert_eq!(meta["fields"].get("security"), None);

    // Who is not the reporter any more does not belong to that level.
    admin.put(&path, json!({ "fields": { "reporter": { "accountId": DEVELOPER } } })).await.expect(204);
    let reporter = json!({ "fields": { "security": { "name": "Reporter" } } });
    let sentence = "Security level name 'Reporter' is not valid";
    admin.put(&path, reporter).await.refused(400, &[], json!({ "security": sentence }));
    admin.put(&path, json!({ "fields": chosen })).await.expect(204);
    let item = admin.get(&format!("{path}/changelog")).await.expect(200)["values"][1]["items"][0].clone();
    assert_eq!((&item["fieldId"], &item["toString"]), (&json!("security"), &json!("Admins")));

    // Sub-tasks have their parent's, and no other can be chosen.
    let subtask = json!({ "issuetype": { "name": "Sub-task" }, "parent": { "key": key } });
    let made = admin.post(issues, fields(subtask)).await.expect(201)["key"].clone();
    let subtask = format!("{issues}/{}", made.as_str().unwrap());
    assert_eq!(admin.get(&subtask).await.expect(200)["fields"]["security"]["name"], "Admins");
    let change = json!({ "fields": { "security": { "name": "Everybody" } } });
    admin.put(&subtask, change).await.refused(400, &[], json!({ "security": off_screen }));
}
