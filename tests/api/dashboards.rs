//! Dashboards and the gadgets on them.

use crate::support::{Client, World, names};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const USERS: &str = "4f1b0e2a-6d0c-4c55-9a0f-1f1d6a3c0002";
const ADMINS: &str = "4f1b0e2a-6d0c-4c55-9a0f-1f1d6a3c0001";
const REFUSED: &str = "The dashboard you requested either does not exist or you don't have the required permissions to \
                       perform this action.";

fn body(name: &str, shares: Value) -> Value {
    json!({ "name": name, "sharePermissions": shares, "editPermissions": [] })
}

async fn dashboard(client: &Client, name: &str, shares: Value) -> String {
    let made = client.post("/rest/api/3/dashboard", body(name, shares)).await.expect(200);
    format!("/rest/api/3/dashboard/{}", made["id"].as_str().unwrap())
}

async fn account(client: &Client) -> Value {
    client.get("/rest/api/3/myself").await.expect(200)["accountId"].clone()
}

fn id_of(path: &str) -> i64 {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_site_has_a_system_dashboard() {
    let world = World::empty().await;
    let all = world.anonymous().get("/rest/api/3/dashboard").await.expect(200);
    assert_json_snapshot!("dashboards_of_a_new_site", world.portable(&all));
    let system = "/rest/api/3/dashboard/10000";
    assert_eq!(world.viewer().get(system).await.expect(200)["isWritable"], false);
    assert_eq!(world.admin().get(system).await.expect(200)["isWritable"], true);
    world.admin().delete(system).await.expect(400);
    world.viewer().put(system, body("Mine", json!([]))).await.expect(404);
    let everybody = json!([{ "type": "global" }]);
    let renamed = world.admin().put(system, body("Home", everybody)).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["systemDashboard"]), (&json!("Home"), &json!(true)));
    // The share that was there stays.
    assert_eq!(renamed["sharePermissions"], json!([{ "id": 10000, "type": "global" }]));
}

#[tokio::test]
async fn creates_changes_copies_and_deletes_a_dashboard() {
    let world = World::demo().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let shares = json!([{ "type": "authenticated" }]);
    let new = json!({ "name": "Team", "description": "What we do", "sharePermissions": shares, "editPermissions": [] });
    let made = developer.post("/rest/api/3/dashboard", new).await.expect(200);
    assert_json_snapshot!("dashboard", world.portable(&made));
    let path = format!("/rest/api/3/dashboard/{}", made["id"].as_str().unwrap());
    let seen = viewer.get(&path).await.expect(200);
    assert_eq!((&seen["isFavourite"], &seen["isWritable"]), (&json!(false), &json!(false)));
    assert!(seen.get("rank").is_none());
    let gadget =
        json!({ "uri": "rest/gadgets/1.0/g/com.atlassian.jira.gadgets:pie-chart-gadget/gadgets/pie-chart-gadget.xml" });
    let gadget = developer.post(&format!("{path}/gadget"), gadget).await.expect(200);
    let config = format!("{path}/items/{}/properties/config", gadget["id"]);
    developer.put(&config, json!({ "filterId": "filter-10000" })).await.expect(201);

    let copy = viewer.post(&format!("{path}/copy"), body("Copy", json!([]))).await.expect(200);
    assert_eq!((&copy["description"], &copy["owner"]["displayName"]), (&json!("What we do"), &json!("Vic Viewer")));
    let copied = format!("/rest/api/3/dashboard/{}", copy["id"].as_str().unwrap());
    let gadgets = viewer.get(&format!("{copied}/gadget")).await.expect(200);
    assert_eq!(gadgets["gadgets"][0]["title"], "Pie Chart");
    assert_ne!(gadgets["gadgets"][0]["id"], gadget["id"]);
    let config = format!("{copied}/items/{}/properties/config", gadgets["gadgets"][0]["id"]);
    assert_eq!(viewer.get(&config).await.expect(200)["value"]["filterId"], "filter-10000");

    let changed = developer.put(&path, body("Crew", json!([]))).await.expect(200);
    assert_eq!((&changed["name"], &changed["sharePermissions"]), (&json!("Crew"), &json!([])));
    assert!(changed.get("description").is_none());
    let missing = format!("The dashboard with id '{}' does not exist.", id_of(&path));
    viewer.get(&path).await.refused(404, &[&missing], json!({}));
    viewer.put(&path, body("Mine", json!([]))).await.refused(404, &[&missing], json!({}));
    viewer.delete(&path).await.refused(400, &[&missing], json!({}));
    viewer.post(&format!("{path}/copy"), body("Mine", json!([]))).await.refused(404, &[&missing], json!({}));
    let forced = format!("{path}?extendAdminPermissions=true");
    world.admin().put(&path, body("Ours", json!([]))).await.expect(404);
    world.admin().put(&forced, body("Ours", json!([]))).await.expect(200);
    developer.delete(&path).await.expect(204);
    developer.get(&path).await.expect(404);
    let trash = developer.get("/rest/api/3/dashboard/search?status=deleted").await.expect(200);
    assert_eq!(names(&trash["values"]), ["Ours"]);
    dashboard(&developer, "Ours", json!([])).await;
}

#[tokio::test]
async fn refuses_bad_dashboards() {
    let world = World::empty().await;
    let developer = world.developer();
    dashboard(&developer, "Mine", json!([])).await;
    let create = async |body: Value| developer.post("/rest/api/3/dashboard", body).await;
    let same = json!({ "portalPageName": "Dashboard with same name already exists." });
    create(body("mine", json!([]))).await.refused(400, &[], same);
    let nameless = json!({ "portalPageName": "You must specify a name for the dashboard." });
    create(body(" ", json!([]))).await.refused(400, &[], nameless);
    create(body(&"x".repeat(256), json!([]))).await.expect(400);
    create(json!({ "name": "New" })).await.expect(400);
    create(json!({ "name": "New", "sharePermissions": {}, "editPermissions": [] })).await.expect(400);
    create(json!({ "name": "New", "sharePermissions": [], "editPermissions": [], "nope": 1 })).await.expect(400);
    let shares = json!([{ "type": "group", "group": { "groupId": ADMINS } }]);
    let complaint = "You do not have permission to share with Group: 'jira-administrators'.";
    create(body("New", shares)).await.refused(400, &[], json!({ "shares": complaint }));
    let public = json!({ "name": "New", "sharePermissions": [], "editPermissions": [{ "type": "global" }] });
    create(public).await.expect(400);
    let complaint = "You do not have permission to share. All shares are invalid.";
    let shared = body("New", json!([{ "type": "global" }]));
    world.viewer().post("/rest/api/3/dashboard", shared).await.refused(400, &[], json!({ "shares": complaint }));
    world.anonymous().post("/rest/api/3/dashboard", body("New", json!([]))).await.expect(401);
    developer.get("/rest/api/3/dashboard/x").await.expect(400);
    developer.get("/rest/api/3/dashboard/99").await.expect(404);
    developer.delete("/rest/api/3/dashboard/99").await.expect(400);
}

#[tokio::test]
async fn lists_dashboards_page_by_page() {
    let world = World::empty().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    dashboard(&developer, "Alpha", json!([{ "type": "loggedin" }])).await;
    dashboard(&developer, "Beta", json!([])).await;
    dashboard(&viewer, "Gamma", json!([])).await;
    let list =
        async |client: &Client, query: &str| client.get(&format!("/rest/api/3/dashboard{query}")).await.expect(200);
    let all = list(&developer, "").await;
    assert_eq!(
        (names(&all["dashboards"]), &all["maxResults"]),
        (vec!["Alpha", "Beta", "Default dashboard"], &json!(20))
    );
    assert_eq!(names(&list(&viewer, "").await["dashboards"]), ["Alpha", "Default dashboard", "Gamma"]);
    assert_eq!(names(&list(&viewer, "?filter=my").await["dashboards"]), ["Gamma"]);
    assert_eq!(names(&list(&viewer, "?filter=favourite").await["dashboards"]), ["Gamma"]);
    assert_eq!(list(&world.anonymous(), "?filter=my").await["total"], 0);
    let page = list(&developer, "?startAt=1&maxResults=1").await;
    let link = |name: &str| page[name].as_str().unwrap().strip_prefix(world.url()).unwrap().to_owned();
    assert_eq!((names(&page["dashboards"]), &page["total"]), (vec!["Beta"], &json!(3)));
    assert_eq!(names(&developer.get(&link("next")).await.expect(200)["dashboards"]), ["Default dashboard"]);
    assert_eq!(names(&developer.get(&link("prev")).await.expect(200)["dashboards"]), ["Alpha"]);
    let past = list(&developer, "?startAt=7").await;
    assert_eq!((&past["total"], past.get("next")), (&json!(3), None));
    developer.get("/rest/api/3/dashboard?filter=zz").await.expect(400);
}

#[tokio::test]
async fn searches_dashboards() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let me = account(&developer).await;
    let project = developer.get("/rest/api/3/project/DEMO").await.expect(200)["id"].clone();
    dashboard(&developer, "Sprint", json!([{ "type": "group", "group": { "groupId": USERS } }])).await;
    dashboard(&developer, "Release", json!([{ "type": "project", "project": { "id": project } }])).await;
    dashboard(&admin, "Numbers", json!([{ "type": "loggedin" }])).await;
    let (me, project) = (me.as_str().unwrap(), project.as_str().unwrap());
    for (query, expected) in [
        (String::new(), vec!["Default dashboard", "Numbers", "Release", "Sprint"]),
        ("dashboardName=RE".into(), vec!["Release"]),
        (format!("accountId={me}"), vec!["Release", "Sprint"]),
        (format!("groupId={USERS}"), vec!["Sprint"]),
        ("groupname=jira-software-users".into(), vec!["Sprint"]),
        ("groupname=nobody".into(), vec![]),
        (format!("projectId={project}"), vec!["Release"]),
        ("orderBy=-name".into(), vec!["Sprint", "Release", "Numbers", "Default dashboard"]),
        ("orderBy=id".into(), vec!["Default dashboard", "Sprint", "Release", "Numbers"]),
        ("orderBy=-owner".into(), vec!["Release", "Sprint", "Numbers", "Default dashboard"]),
        ("orderBy=-is_favorite".into(), vec!["Release", "Sprint", "Default dashboard", "Numbers"]),
        ("orderBy=favorite_count".into(), vec!["Default dashboard", "Numbers", "Release", "Sprint"]),
        ("status=archived".into(), vec![]),
        ("status=deleted".into(), vec![]),
        ("startAt=1&maxResults=2".into(), vec!["Numbers", "Release"]),
    ] {
        let page = developer.get(&format!("/rest/api/3/dashboard/search?{query}")).await.expect(200);
        assert_eq!(names(&page["values"]), expected, "{query}");
    }
    let expand = "description,favourite,owner,favouritedCount,sharePermissions,editPermissions,viewUrl,isWritable";
    let page = developer.get(&format!("/rest/api/3/dashboard/search?maxResults=2&expand={expand}")).await.expect(200);
    assert_json_snapshot!("dashboard_search", world.portable(&page));
    for query in ["orderBy=zz", "expand=zz", "accountId=a&owner=b", "groupId=a&groupname=b", "status=zz"] {
        developer.get(&format!("/rest/api/3/dashboard/search?{query}")).await.expect(400);
    }
}

#[tokio::test]
async fn edits_many_dashboards_at_once() {
    let world = World::empty().await;
    let (admin, developer, viewer) = (world.admin(), world.developer(), world.viewer());
    let (them, me) = (account(&viewer).await, account(&developer).await);
    let first = dashboard(&developer, "First", json!([])).await;
    let second = dashboard(&developer, "Second", json!([{ "type": "loggedin" }])).await;
    let ids = json!([id_of(&first), id_of(&second)]);
    let edit = async |client: &Client, body: Value| client.put("/rest/api/3/dashboard/bulk/edit", body).await;
    let permissions = |action: &str, share: Value| {
        let details = json!({ "sharePermissions": [share], "editPermissions": [] });
        json!({ "action": action, "entityIds": ids, "permissionDetails": details })
    };
    let user = json!({ "type": "user", "user": { "accountId": them } });
    let done = edit(&developer, permissions("addPermission", user.clone())).await.expect(200);
    assert_eq!(done, json!({ "action": "addPermission", "entityErrors": {} }));
    assert_eq!(viewer.get(&first).await.expect(200)["sharePermissions"][0]["type"], "user");
    edit(&developer, permissions("removePermission", user.clone())).await.expect(200);
    viewer.get(&first).await.expect(404);
    // Seen, but not editable; and not seen.
    let mut expected = json!({ "action": "removePermission", "entityErrors": {} });
    let error = |message: &str| json!({ "errorMessages": [message], "errors": {} });
    let missing = format!("The dashboard with id '{}' does not exist.", id_of(&first));
    let not_theirs = error("Only owner or editors of the dashboard can change permissions.");
    expected["entityErrors"][id_of(&first).to_string()] = error(&missing);
    expected["entityErrors"][id_of(&second).to_string()] = not_theirs;
    assert_eq!(edit(&viewer, permissions("removePermission", user)).await.expect(200), expected);
    edit(&viewer, permissions("changePermission", json!({ "type": "loggedin" }))).await.expect(400);
    let owner = |fix: bool, of: &Value| {
        let details = json!({ "newOwner": of, "autofixName": fix });
        json!({ "action": "changeOwner", "entityIds": ids, "changeOwnerDetails": details })
    };
    expected["action"] = "changeOwner".into();
    expected["entityErrors"][id_of(&second).to_string()] = error("Only owner of the dashboard can change its owner.");
    assert_eq!(edit(&viewer, owner(true, &them)).await.expect(200), expected);
    dashboard(&viewer, "First", json!([])).await;
    let taken = edit(&developer, owner(false, &them)).await.expect(200);
    let errors = json!({ "portalPageName": "Dashboard with same name already exists." });
    assert_eq!(taken["entityErrors"][id_of(&first).to_string()]["errors"], errors);
    edit(&developer, owner(true, &them)).await.expect(200);
    assert_eq!(viewer.get(&first).await.expect(200)["name"], "First (2)");
    assert_eq!(viewer.get(&second).await.expect(200)["owner"]["displayName"], "Vic Viewer");
    let mut back = owner(true, &me);
    assert_ne!(edit(&admin, back.clone()).await.expect(200)["entityErrors"], json!({}));
    back["extendAdminPermissions"] = true.into();
    assert_eq!(edit(&admin, back).await.expect(200)["entityErrors"], json!({}));
    for bad in [
        json!({ "action": "fly", "entityIds": ids }),
        json!({ "action": "changeOwner", "entityIds": ids }),
        json!({ "action": "addPermission", "entityIds": ids }),
        json!({ "action": "changeOwner", "entityIds": [], "changeOwnerDetails": { "newOwner": me, "autofixName": true } }),
        json!({ "action": "changeOwner", "entityIds": (0..101).collect::<Vec<_>>() }),
        owner(true, &json!("nobody")),
        json!({ "action": "changeOwner" }),
    ] {
        edit(&developer, bad).await.expect(400);
    }
}

#[tokio::test]
async fn gadgets_stand_in_columns() {
    let world = World::empty().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let available = developer.get("/rest/api/3/dashboard/gadgets").await.expect(200);
    let kinds = available["gadgets"].as_array().unwrap();
    let uri = &kinds.iter().find(|kind| kind["title"] == "Filter Results").unwrap()["uri"];
    let key = &kinds.iter().find(|kind| kind["title"] == "Sprint Health Gadget").unwrap()["moduleKey"];
    let path = dashboard(&developer, "Mine", json!([{ "type": "loggedin" }])).await;
    let gadgets = format!("{path}/gadget");
    let add = async |body: Value| developer.post(&gadgets, body).await;
    let first = add(json!({ "uri": uri })).await.expect(200);
    assert_json_snapshot!("gadget", first);
    let place = json!({ "row": 0, "column": 0 });
    let second =
        add(json!({ "moduleKey": key, "color": "red", "title": "Health", "position": place })).await.expect(200);
    let unknown = json!({ "moduleKey": "app:gadget", "ignoreUriAndModuleKeyValidation": true, "position": { "row": 1, "column": 0 } });
    let third = add(unknown).await.expect(200);
    let places = async || {
        let all = developer.get(&gadgets).await.expect(200);
        let place = |gadget: &Value| {
            (gadget["id"].clone(), gadget["position"]["column"].clone(), gadget["position"]["row"].clone())
        };
        all["gadgets"].as_array().unwrap().iter().map(place).collect::<Vec<_>>()
    };
    let at = |gadget: &Value, column: i64, row: i64| (gadget["id"].clone(), json!(column), json!(row));
    assert_eq!(places().await, [at(&first, 0, 2), at(&second, 0, 0), at(&third, 0, 1)]);
    let one = format!("{gadgets}/{}", second["id"]);
    let change = json!({ "title": "Sick", "color": "cyan", "position": { "row": 0, "column": 1 } });
    developer.put(&one, change).await.expect(204);
    assert_eq!(places().await, [at(&first, 0, 1), at(&second, 1, 0), at(&third, 0, 0)]);
    let by_id = developer.get(&format!("{gadgets}?gadgetId={}", second["id"])).await.expect(200);
    assert_eq!(by_id["gadgets"][0]["title"], "Sick");
    let by_key = developer.get(&format!("{gadgets}?moduleKey=app:gadget")).await.expect(200);
    assert_eq!(by_key["gadgets"].as_array().unwrap().len(), 1);
    developer.delete(&one).await.expect(204);
    developer.delete(&one).await.refused(404, &["The dashboard gadget was not found."], json!({}));
    developer.put(&one, json!({})).await.expect(404);
    let row = "The gadget cannot be placed in the selected row. The selected row does not exist on the dashboard.";
    let far = json!({ "position": { "row": 9, "column": 0 } });
    developer.put(&format!("{gadgets}/{}", third["id"]), far).await.refused(400, &[row], json!({}));
    for bad in [
        json!({}),
        json!({ "uri": uri, "moduleKey": key }),
        json!({ "moduleKey": "app:gadget" }),
        json!({ "uri": uri, "color": "pink" }),
        json!({ "uri": uri, "position": { "row": 0, "column": 3 } }),
        json!({ "uri": uri, "title": "x".repeat(256) }),
        json!({ "uri": uri, "nope": 1 }),
    ] {
        add(bad).await.expect(400);
    }
    viewer.get(&gadgets).await.expect(200);
    viewer.post(&gadgets, json!({ "uri": uri })).await.refused(404, &[REFUSED], json!({}));
    viewer.delete(&format!("{gadgets}/{}", first["id"])).await.refused(404, &[REFUSED], json!({}));
    developer.get("/rest/api/3/dashboard/99/gadget").await.refused(404, &[REFUSED], json!({}));
    for _ in 0..18 {
        add(json!({ "uri": uri })).await.expect(200);
    }
    let full = "Cannot add another gadget. The maximum number of gadgets the dashboard can hold has been reached.";
    add(json!({ "uri": uri })).await.refused(400, &[full], json!({}));
}

#[tokio::test]
async fn gadgets_have_properties() {
    let world = World::empty().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let path = dashboard(&developer, "Mine", json!([{ "type": "global" }])).await;
    let new = json!({ "uri": "rest/some/gadget.xml", "ignoreUriAndModuleKeyValidation": true });
    let gadget = developer.post(&format!("{path}/gadget"), new).await.expect(200);
    let properties = format!("{path}/items/{}/properties", gadget["id"]);
    let one = format!("{properties}/some.key");
    assert_eq!(developer.put(&one, json!({ "a": [1] })).await.status, 201);
    assert_eq!(developer.put(&one, json!({ "a": [2] })).await.status, 200);
    let anonymous = world.anonymous();
    assert_eq!(anonymous.get(&one).await.expect(200), json!({ "key": "some.key", "value": { "a": [2] } }));
    assert_json_snapshot!("gadget_property_keys", world.portable(&anonymous.get(&properties).await.expect(200)));
    let nested = "The JSON data provided for the property has too many levels. It must be an object with all keys and \
                  values as strings.";
    let config = format!("{properties}/config");
    developer.put(&config, json!({ "a": { "b": 1 } })).await.refused(400, &[nested], json!({}));
    developer.put(&config, json!({ "a": "b" })).await.expect(201);
    viewer.put(&one, json!(1)).await.expect(403);
    viewer.delete(&one).await.expect(403);
    developer.delete(&one).await.expect(204);
    developer.delete(&one).await.expect(404);
    developer.get(&one).await.expect(404);
    developer.get(&format!("{path}/items/99/properties")).await.expect(404);
    developer.get("/rest/api/3/dashboard/x/items/1/properties").await.expect(404);
    // The properties go with the gadget.
    developer.delete(&format!("{path}/gadget/{}", gadget["id"])).await.expect(204);
    developer.get(&config).await.expect(404);
    developer.put(&path, body("Mine", json!([]))).await.expect(200);
    viewer.get(&properties).await.expect(404);
}
