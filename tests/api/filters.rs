//! Saved filters, their shares, and queries that refer to them.

use crate::support::{Client, World, http_client, names, server};
use http::Method;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const MISSING: &str =
    "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.";

const ADMINS: &str = "4f1b0e2a-6d0c-4c55-9a0f-1f1d6a3c0001";
const USERS: &str = "4f1b0e2a-6d0c-4c55-9a0f-1f1d6a3c0002";

async fn filter(client: &Client, name: &str, jql: &str, shares: Value) -> String {
    let body = json!({ "name": name, "jql": jql, "sharePermissions": shares });
    let made = client.post("/rest/api/3/filter", body).await.expect(200);
    format!("/rest/api/3/filter/{}", made["id"].as_str().unwrap())
}

async fn found(client: &Client, jql: &str) -> usize {
    let query = percent_encoding::utf8_percent_encode(jql, percent_encoding::NON_ALPHANUMERIC);
    let page = client.get(&format!("/rest/api/3/search/jql?fields=key&jql={query}")).await.expect(200);
    page["issues"].as_array().unwrap().len()
}

#[tokio::test]
async fn creates_reads_changes_and_deletes_a_filter() {
    let world = World::demo().await;
    let developer = world.developer();
    let body = json!({ "name": "Mine", "description": "All of it", "jql": "project = DEMO AND status = \"To Do\"" });
    let made = developer.post("/rest/api/3/filter", body).await.expect(200);
    assert_json_snapshot!("filter", world.portable(&made));
    let path = format!("/rest/api/3/filter/{}", made["id"].as_str().unwrap());
    assert_eq!(developer.get(&path).await.expect(200), made);
    // Truth values come as text, too.
    let liked = developer.put(&path, json!({ "name": "Mine", "favourite": "true" })).await.expect(200);
    assert_eq!(liked["favourite"], true);
    developer.put(&path, json!({ "name": "Mine", "favourite": "maybe" })).await.expect(400);
    developer.put(&path, json!({ "name": "Mine", "favourite": false })).await.expect(200);
    // What a client was shown it may send back.
    let mut again = made.clone();
    again["name"] = "Yours".into();
    again["favourite"] = true.into();
    again["description"] = "".into();
    let changed = developer.put(&path, again).await.expect(200);
    assert_eq!((&changed["name"], &changed["favouritedCount"]), (&json!("Yours"), &json!(1)));
    assert!(changed.get("description").is_none());
    assert_eq!(changed["jql"], made["jql"]);
    developer.delete(&path).await.expect(204);
    developer.get(&path).await.refused(404, &[MISSING], json!({}));
    developer.delete(&path).await.refused(400, &[MISSING], json!({}));
    developer.put(&path, json!({ "name": "x" })).await.refused(400, &[MISSING], json!({}));
}

#[tokio::test]
async fn refuses_bad_filters() {
    let world = World::demo().await;
    let developer = world.developer();
    let path = filter(&developer, "Mine", "", json!([])).await;
    let create = async |body: Value| developer.post("/rest/api/3/filter", body).await;
    let same = json!({ "filterName": "Filter with same name already exists." });
    create(json!({ "name": "mine" })).await.refused(400, &[], same.clone());
    let nameless = json!({ "filterName": "You must specify a name to save this filter as." });
    create(json!({ "name": " " })).await.refused(400, &[], nameless.clone());
    create(json!({ "jql": "project = DEMO" })).await.refused(400, &[], nameless);
    let long = json!({ "filterName": "The entered filter name is too long, it must be less than 255 chars." });
    create(json!({ "name": "x".repeat(256) })).await.refused(400, &[], long);
    // strict whatever searches are.
    let sentence = "Field 'universe' does not exist or you do not have permission to view it.";
    create(json!({ "name": "New", "jql": "universe = 1" })).await.refused(400, &[sentence], json!({}));
    developer.put(&path, json!({ "jql": "universe = 1" })).await.refused(400, &[sentence], json!({}));
    create(json!({ "name": "New", "nope": 1 })).await.expect(400);
    create(json!({ "name": 1 })).await.expect(400);
    for (share, complaint) in [
        (json!({ "type": "project" }), "A project id must be specified for the share permission."),
        (json!({ "type": "group", "group": { "name": "nobody" } }), "Group: 'nobody' does not exist."),
        (
            json!({ "type": "group", "group": { "groupId": ADMINS } }),
            "You do not have permission to share with Group: 'jira-administrators'.",
        ),
        (json!({ "type": "user", "user": { "accountId": "x" } }), "User: 'x' does not exist."),
        (json!({ "type": "fly" }), "The share type 'fly' is not valid."),
        (
            json!({ "type": "project", "project": { "id": "99" } }),
            "The project with id '99' does not exist, or you do not have permission to share with it.",
        ),
    ] {
        let body = json!({ "name": "New", "sharePermissions": [share] });
        create(body).await.refused(400, &[], json!({ "shares": complaint }));
    }
    // The viewer may not share at all, and administrators may share with anybody.
    let body = json!({ "name": "New", "sharePermissions": [{ "type": "loggedin" }] });
    let sentence = "You do not have permission to share. All shares are invalid.";
    world.viewer().post("/rest/api/3/filter", body).await.refused(400, &[], json!({ "shares": sentence }));
    let body = json!({ "name": "New", "sharePermissions": [{ "type": "group", "group": { "groupId": ADMINS } }] });
    world.admin().post("/rest/api/3/filter?overrideSharePermissions=true", body).await.expect(200);
    world.anonymous().post("/rest/api/3/filter", json!({ "name": "x" })).await.expect(401);
    developer.get("/rest/api/3/filter/x").await.expect(400);
}

#[tokio::test]
async fn shares_decide_who_sees_and_edits() {
    let world = World::demo().await;
    let (admin, developer, viewer) = (world.admin(), world.developer(), world.viewer());
    let me = viewer.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let project = developer.get("/rest/api/3/project/DEMO").await.expect(200)["id"].clone();
    let path = filter(&developer, "Private", "project = DEMO", json!([])).await;
    viewer.get(&path).await.refused(404, &[MISSING], json!({}));
    admin.get(&path).await.expect(404);
    admin.get(&format!("{path}?overrideSharePermissions=true")).await.expect(200);
    viewer.get(&format!("{path}?overrideSharePermissions=true")).await.expect(404);
    for (share, anonymous) in [
        (json!({ "type": "authenticated" }), 404),
        (json!({ "type": "global" }), 200),
        (json!({ "type": "user", "user": { "accountId": me } }), 404),
        (json!({ "type": "project", "project": { "id": project } }), 404),
    ] {
        developer.put(&path, json!({ "sharePermissions": [share] })).await.expect(200);
        viewer.get(&path).await.expect(200);
        assert_eq!(world.anonymous().get(&path).await.status, anonymous, "{share}");
        // Seen, but not editable.
        let sentence = "You do not have permission to edit this filter.";
        viewer.put(&path, json!({ "name": "Ours" })).await.refused(400, &[sentence], json!({}));
        viewer.delete(&path).await.expect(401);
    }
    let shares = json!([{ "type": "group", "group": { "groupId": USERS } }]);
    developer.put(&path, json!({ "sharePermissions": shares })).await.expect(200);
    viewer.get(&path).await.expect(404);
    admin.get(&path).await.expect(200);
    let editors = json!([{ "type": "user", "user": { "accountId": me } }]);
    developer.put(&path, json!({ "editPermissions": editors })).await.expect(200);
    let changed = viewer.put(&path, json!({ "name": "Ours" })).await.expect(200);
    assert_eq!(changed["owner"]["displayName"], "Dana Developer");
    let listed = viewer.get("/rest/api/3/filter/search?expand=isWritable").await.expect(200);
    assert_eq!(listed["values"][0]["isWritable"], true);
    admin.delete(&path).await.expect(204);
}

#[tokio::test]
async fn shows_every_kind_of_share() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let project = admin.get("/rest/api/3/project/DEMO").await.expect(200)["id"].clone();
    let roles = admin.get("/rest/api/3/role").await.expect(200);
    let me = admin.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let path = filter(&admin, "Shared", "", json!([])).await;
    let share = async |body: Value| admin.post(&format!("{path}/permission"), body).await;
    share(json!({ "type": "project", "projectId": project })).await.expect(201);
    let role = json!({ "type": "projectRole", "projectId": project, "projectRoleId": roles[0]["id"].to_string() });
    share(role).await.expect(201);
    share(json!({ "type": "group", "groupname": "jira-software-users", "rights": 1 })).await.expect(201);
    let shares = share(json!({ "type": "user", "accountId": me, "rights": 3 })).await.expect(201);
    assert_json_snapshot!("shares", world.portable(&shares));
    assert_eq!(share(json!({ "type": "project", "projectId": project })).await.expect(201), shares);
    let first = format!("{path}/permission/{}", shares[0]["id"]);
    assert_eq!(admin.get(&first).await.expect(200), shares[0]);
    assert_eq!(developer.get(&format!("{path}/permission")).await.expect(200), shares);
    // Only the owner shares.
    developer.delete(&first).await.refused(404, &[MISSING], json!({}));
    let sentence = "Only the owner of the filter can share it.";
    let body = json!({ "type": "global" });
    developer.post(&format!("{path}/permission"), body).await.refused(400, &[sentence], json!({}));
    admin.delete(&first).await.expect(204);
    admin.delete(&first).await.expect(404);
    admin.get(&first).await.expect(404);
    admin.delete(&format!("{path}/permission/x")).await.expect(400);
    // Shared with everybody, it is shared with nobody else.
    let all = share(json!({ "type": "global" })).await.expect(201);
    let kinds: Vec<&Value> = all.as_array().unwrap().iter().map(|share| &share["type"]).collect();
    assert_eq!(kinds, ["user", "global"]);
    share(json!({ "type": "group", "groupname": "jira-software-users" })).await.expect(400);
    share(json!({ "type": "authenticated" })).await.expect(201);
    for bad in [
        json!({ "type": "group", "groupname": "site-admins", "groupId": ADMINS }),
        json!({ "type": "group", "groupname": "site-admins", "rights": 7 }),
        json!({ "type": "global", "rights": 3 }),
        json!({ "type": "projectRole", "projectId": project }),
        json!({ "type": "projectRole", "projectId": project, "projectRoleId": "1" }),
        json!({}),
    ] {
        share(bad).await.expect(400);
    }
    admin.post("/rest/api/3/filter/99/permission", json!({ "type": "global" })).await.expect(404);
}

#[tokio::test]
async fn new_filters_are_shared_by_the_default_scope() {
    let world = World::empty().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let scope = "/rest/api/3/filter/defaultShareScope";
    assert_eq!(developer.get(scope).await.expect(200), json!({ "scope": "PRIVATE" }));
    let set = developer.put(scope, json!({ "scope": "GLOBAL" })).await.expect(200);
    assert_eq!(set, json!({ "scope": "AUTHENTICATED" }));
    assert_eq!(developer.get(scope).await.expect(200), set);
    let made = developer.post("/rest/api/3/filter", json!({ "name": "New" })).await.expect(200);
    assert_eq!(made["sharePermissions"][0]["type"], "loggedin");
    developer.put(scope, json!({ "scope": "NOBODY" })).await.expect(400);
    // Who may not share keeps new filters private all the same.
    viewer.put(scope, json!({ "scope": "AUTHENTICATED" })).await.expect(200);
    let made = viewer.post("/rest/api/3/filter", json!({ "name": "New" })).await.expect(200);
    assert_eq!(made["sharePermissions"], json!([]));
}

#[tokio::test]
async fn lists_own_and_favourite_filters() {
    let world = World::empty().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let shared = filter(&developer, "Shared", "", json!([{ "type": "loggedin" }])).await;
    filter(&developer, "Hidden", "", json!([])).await;
    filter(&viewer, "Alone", "", json!([])).await;
    let favourite = format!("{shared}/favourite");
    let set = viewer.put(&favourite, json!({})).await.expect(200);
    assert_eq!((&set["favourite"], &set["favouritedCount"]), (&json!(true), &json!(1)));
    viewer.put(&favourite, json!({})).await.expect(200);
    assert_eq!(names(&viewer.get("/rest/api/3/filter/my").await.expect(200)), ["Alone"]);
    let both = viewer.get("/rest/api/3/filter/my?includeFavourites=true").await.expect(200);
    assert_eq!(names(&both), ["Alone", "Shared"]);
    assert_eq!(names(&viewer.get("/rest/api/3/filter/favourite").await.expect(200)), ["Shared"]);
    assert_eq!(developer.get(&shared).await.expect(200)["favourite"], false);
    // Made private, it is no longer among them.
    developer.put(&shared, json!({ "sharePermissions": [] })).await.expect(200);
    assert_eq!(viewer.get("/rest/api/3/filter/favourite").await.expect(200), json!([]));
    viewer.delete(&favourite).await.refused(400, &[MISSING], json!({}));
    developer.put(&shared, json!({ "sharePermissions": [{ "type": "loggedin" }] })).await.expect(200);
    assert_eq!(viewer.delete(&favourite).await.expect(200)["favouritedCount"], 0);
    viewer.put("/rest/api/3/filter/99/favourite", json!({})).await.expect(400);
    assert_eq!(world.anonymous().get("/rest/api/3/filter/favourite").await.expect(200), json!([]));
}

#[tokio::test]
async fn searches_filters() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let me = developer.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let project = developer.get("/rest/api/3/project/DEMO").await.expect(200)["id"].clone();
    let group = json!([{ "type": "group", "group": { "groupId": USERS } }]);
    let first = filter(&developer, "Bugs of the demo", "type = Bug", group).await;
    filter(&developer, "open bugs", "", json!([{ "type": "project", "project": { "id": project } }])).await;
    filter(&admin, "All work", "project = DEMO", json!([{ "type": "loggedin" }])).await;
    filter(&admin, "Secret", "", json!([])).await;
    developer.put(&format!("{first}/favourite"), json!({})).await.expect(200);
    let id = first.rsplit('/').next().unwrap();
    let (me, project) = (me.as_str().unwrap(), project.as_str().unwrap());
    for (query, expected) in [
        (String::new(), vec!["All work", "Bugs of the demo", "open bugs"]),
        ("filterName=BUGS".into(), vec!["Bugs of the demo", "open bugs"]),
        ("filterName=demo bugs".into(), vec!["Bugs of the demo"]),
        ("filterName=of the&isSubstringMatch=true".into(), vec!["Bugs of the demo"]),
        ("filterName=demo bugs&isSubstringMatch=true".into(), vec![]),
        (format!("accountId={me}"), vec!["Bugs of the demo", "open bugs"]),
        ("accountId=nobody".into(), vec![]),
        (format!("groupId={USERS}"), vec!["Bugs of the demo"]),
        ("groupname=jira-software-users".into(), vec!["Bugs of the demo"]),
        ("groupname=nobody".into(), vec![]),
        (format!("projectId={project}"), vec!["open bugs"]),
        (format!("id={id}&id=99"), vec!["Bugs of the demo"]),
        ("orderBy=-name".into(), vec!["open bugs", "Bugs of the demo", "All work"]),
        ("orderBy=id".into(), vec!["Bugs of the demo", "open bugs", "All work"]),
        ("orderBy=-favourite_count".into(), vec!["Bugs of the demo", "All work", "open bugs"]),
        ("orderBy=is_favourite".into(), vec!["All work", "open bugs", "Bugs of the demo"]),
        ("orderBy=-owner".into(), vec!["Bugs of the demo", "open bugs", "All work"]),
        ("startAt=1&maxResults=1".into(), vec!["Bugs of the demo"]),
        ("startAt=7".into(), vec![]),
        ("overrideSharePermissions=true".into(), vec!["All work", "Bugs of the demo", "open bugs"]),
    ] {
        let page = developer.get(&format!("/rest/api/3/filter/search?{query}")).await.expect(200);
        assert_eq!(names(&page["values"]), expected, "{query}");
    }
    assert_eq!(developer.get("/rest/api/3/filter/search?startAt=7").await.expect(200)["total"], 3);
    assert_eq!(admin.get("/rest/api/3/filter/search").await.expect(200)["total"], 4);
    let everything = "/rest/api/3/filter/search?overrideSharePermissions=true";
    assert_eq!(admin.get(everything).await.expect(200)["total"], 4);
    assert_eq!(world.anonymous().get("/rest/api/3/filter/search").await.expect(200)["total"], 0);
    let expand = "description,owner,jql,viewUrl,searchUrl,favourite,favouritedCount,sharePermissions,editPermissions,\
                  isWritable,approximateLastUsed,subscriptions";
    let page = developer.get(&format!("/rest/api/3/filter/search?maxResults=2&expand={expand}")).await.expect(200);
    assert_json_snapshot!("filter_search", world.portable(&page));
    for query in ["orderBy=zz", "expand=zz", "accountId=a&owner=b", "groupId=a&groupname=b", "id=x", "projectId=x"] {
        developer.get(&format!("/rest/api/3/filter/search?{query}")).await.expect(400);
    }
    let ids: Vec<String> = (0..201).map(|id| format!("id={id}")).collect();
    developer.get(&format!("/rest/api/3/filter/search?{}", ids.join("&"))).await.expect(400);
}

#[tokio::test]
async fn lists_users_that_a_filter_is_shared_with() {
    let world = World::empty().await;
    let developer = world.developer();
    let path = filter(&developer, "Shared", "", json!([{ "type": "group", "group": { "groupId": USERS } }])).await;
    let users = async |expand: &str| {
        let shown = developer.get(&format!("{path}?expand={expand}")).await.expect(200);
        let items = shown["sharedUsers"]["items"].as_array().unwrap().iter();
        let names: Vec<String> = items.map(|user| user["displayName"].as_str().unwrap().into()).collect();
        (names, shown["sharedUsers"]["start-index"].as_u64().unwrap(), shown["subscriptions"]["size"].clone())
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(users("x").await, (names(&[]), 0, json!(0)));
    let all = names(&["Ada Admin", "Automation for Jira", "Dana Developer"]);
    assert_eq!(users("sharedUsers,subscriptions").await, (all, 0, json!(0)));
    assert_eq!(users("sharedUsers[3:5]").await, (names(&["Dana Developer"]), 2, json!(0)));
    assert_eq!(users("sharedUsers[9:2]").await, (names(&[]), 8, json!(0)));
}

#[tokio::test]
async fn tells_who_subscribed_to_a_filter() {
    let world = World::empty().await;
    let (admin, developer) = (world.admin(), world.developer());
    let path = filter(&developer, "Shared", "", json!([{ "type": "authenticated" }])).await;
    let group = admin.post("/rest/api/3/group", json!({ "name": "readers" })).await.expect(201)["groupId"].clone();
    let group = group.as_str().unwrap();
    let id: i64 = path.rsplit('/').next().unwrap().parse().unwrap();
    let url = format!("{}/_mock/sites/{}/filter-subscriptions", server(), world.name);
    let subscribe = async |filter: i64, account: &str, group: Option<&str>| {
        let body = json!({ "filterId": filter, "accountId": account, "groupId": group });
        http_client().post(&url).json(&body).send().await.unwrap()
    };
    let account = async |client: &Client| {
        client.get("/rest/api/3/myself").await.expect(200)["accountId"].as_str().unwrap().to_owned()
    };
    let (ada, dana) = (account(&admin).await, account(&developer).await);
    for (account, group) in [(&dana, None), (&ada, Some(group))] {
        assert_eq!(subscribe(id, account, group).await.status(), 201);
    }
    assert_eq!(subscribe(1, &dana, None).await.status(), 400);
    assert_eq!(subscribe(id, "nobody", None).await.status(), 400);
    let shown =
        async |expand: &str| admin.get(&format!("{path}?expand={expand}")).await.expect(200)["subscriptions"].clone();
    assert_eq!(shown("x").await["items"], json!([]));
    let all = shown("subscriptions").await;
    assert_eq!(all["size"], 2);
    assert_eq!(all["items"][0]["user"]["displayName"], "Dana Developer");
    assert_eq!(all["items"][0].get("group"), None);
    assert_eq!(all["items"][1]["group"]["name"], "readers");
    let second = shown("subscriptions[2:9]").await;
    assert_eq!((&second["items"][0], &second["start-index"]), (&all["items"][1], &json!(1)));
    let page = admin.get("/rest/api/3/filter/search?expand=subscriptions").await.expect(200);
    assert_eq!(page["values"][0]["subscriptions"], all["items"]);
    // They go with what they are for, or one by one.
    admin.delete(&format!("/rest/api/3/group?groupId={group}")).await.expect(200);
    assert_eq!(shown("subscriptions").await["items"], json!([all["items"][0]]));
    let gone = format!("{url}/{}", all["items"][0]["id"]);
    for status in [204, 404] {
        assert_eq!(http_client().delete(&gone).send().await.unwrap().status(), status);
    }
    assert_eq!(shown("subscriptions").await["size"], 0);
    assert_eq!(subscribe(id, &dana, None).await.status(), 201);
    developer.delete(&path).await.expect(204);
}

#[tokio::test]
async fn columns_of_a_filter() {
    let world = World::empty().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let path = filter(&developer, "Shared", "", json!([{ "type": "loggedin" }])).await;
    let columns = format!("{path}/columns");
    // U-49
    viewer.get(&columns).await.expect(404);
    let body = json!({ "columns": ["issuekey", "summary", "customfield_10026"] });
    assert_eq!(developer.put(&columns, body).await.status, 200);
    let expected = json!([
        { "label": "Key", "value": "issuekey" },
        { "label": "Summary", "value": "summary" },
        { "label": "Story Points", "value": "customfield_10026" },
    ]);
    assert_eq!(viewer.get(&columns).await.expect(200), expected);
    let form = "--x\r\nContent-Disposition: form-data; name=\"columns\"\r\n\r\nstatus\r\n--x--\r\n";
    let send = async |kind: &str, body: &str| {
        developer.raw(Method::PUT, &columns, &[("content-type", kind)], body.as_bytes().to_vec()).await
    };
    assert_eq!(send("multipart/form-data; boundary=x", form).await.status, 200);
    assert_eq!(viewer.get(&columns).await.expect(200), json!([{ "label": "Status", "value": "status" }]));
    // U-54
    send("application/x-www-form-urlencoded", "columns=summary").await.expect(415);
    send("application/json", "[\"summary\"]").await.expect(400);
    developer.put(&columns, json!({ "columns": ["comment"] })).await.expect(400);
    developer.put(&columns, json!({ "columns": ["nope"] })).await.expect(400);
    viewer.put(&columns, json!({ "columns": ["summary"] })).await.expect(403);
    viewer.delete(&columns).await.expect(400);
    developer.delete(&columns).await.expect(204);
    developer.get(&columns).await.expect(404);
    for reply in [
        developer.get("/rest/api/3/filter/99/columns").await,
        developer.put("/rest/api/3/filter/99/columns", json!({ "columns": [] })).await,
        developer.delete("/rest/api/3/filter/99/columns").await,
    ] {
        reply.refused(400, &[MISSING], json!({}));
    }
}

#[tokio::test]
async fn filters_change_hands() {
    let world = World::empty().await;
    let (admin, developer, viewer) = (world.admin(), world.developer(), world.viewer());
    let path = filter(&developer, "Ours", "", json!([{ "type": "loggedin" }])).await;
    let owner = format!("{path}/owner");
    let them = viewer.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    viewer.put(&owner, json!({ "accountId": them })).await.expect(403);
    developer.put(&owner, json!({ "accountId": "nobody" })).await.expect(404);
    developer.put("/rest/api/3/filter/99/owner", json!({ "accountId": them })).await.expect(404);
    developer.put(&owner, json!({})).await.expect(400);
    let theirs = filter(&viewer, "ours", "", json!([])).await;
    developer.put(&owner, json!({ "accountId": them })).await.expect(400);
    viewer.delete(&theirs).await.expect(204);
    developer.put(&owner, json!({ "accountId": them })).await.expect(204);
    assert_eq!(viewer.get(&path).await.expect(200)["owner"]["accountId"], them);
    developer.delete(&path).await.expect(401);
    let back = admin.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    admin.put(&owner, json!({ "accountId": back })).await.expect(204);
}

#[tokio::test]
async fn queries_refer_to_filters() {
    let world = World::demo().await;
    let (developer, viewer) = (world.developer(), world.viewer());
    let todo = filter(&developer, "To do", "status = \"To Do\" ORDER BY key", json!([{ "type": "loggedin" }])).await;
    let demo = filter(&developer, "Demo", "project = DEMO", json!([])).await;
    let both =
        filter(&developer, "Both", "filter = Demo AND filter = \"to do\"", json!([{ "type": "loggedin" }])).await;
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let all = found(&developer, "project is not EMPTY").await;
    let (in_demo, in_todo) = (found(&developer, "project = DEMO").await, found(&developer, "status = \"To Do\"").await);
    let in_both = found(&developer, "project = DEMO AND status = \"To Do\"").await;
    assert!(in_both > 0 && in_both < in_demo && in_both < in_todo && in_todo < all);
    assert_eq!(developer.get(&demo).await.expect(200)["approximateLastUsed"], Value::Null);
    for (jql, expected) in [
        ("filter = demo".to_owned(), in_demo),
        (format!("filter = {}", id(&demo)), in_demo),
        (format!("searchRequest = \"{}\"", id(&demo)), in_demo),
        ("savedFilter in (Demo)".into(), in_demo),
        ("request = Both".into(), in_both),
        ("filter in (Demo, \"To do\")".into(), in_demo + in_todo - in_both),
        ("filter != Demo".into(), all - in_demo),
        ("NOT filter = Demo".into(), all - in_demo),
        ("filter not in (Demo, \"To do\")".into(), all + in_both - in_demo - in_todo),
        ("filter = Nothing".into(), 0),
        ("filter ~ Demo".into(), 0),
    ] {
        assert_eq!(found(&developer, &jql).await, expected, "{jql}");
    }
    assert!(developer.get(&demo).await.expect(200)["approximateLastUsed"].is_string());
    // The viewer sees the query that refers to a filter, but not that filter.
    assert_eq!(found(&viewer, "filter = \"To do\"").await, in_todo);
    assert_eq!(found(&viewer, &format!("filter = {} OR filter = Both", id(&demo))).await, 0);
    viewer.get(&both).await.expect(200);
    let sentence = "The value 'Demo' does not exist for the field 'filter'.";
    let body = json!({ "name": "New", "jql": "filter = Demo" });
    viewer.post("/rest/api/3/filter", body).await.refused(400, &[sentence], json!({}));
    let sentence = "A value with ID '99' does not exist for the field 'filter'.";
    let body = json!({ "name": "New", "jql": "filter = 99" });
    viewer.post("/rest/api/3/filter", body).await.refused(400, &[sentence], json!({}));
    // Neither directly nor through another may a filter refer to itself.
    let cycle = |value: &str, name: &str| {
        format!(
            "Field 'filter' with value '{value}' matches filter '{name}' and causes a cyclical reference, this query \
             can not be executed and should be edited."
        )
    };
    developer.put(&todo, json!({ "jql": "filter = \"To do\"" })).await.refused(
        400,
        &[&cycle("To do", "To do")],
        json!({}),
    );
    developer.put(&todo, json!({ "jql": "filter = Both" })).await.refused(400, &[&cycle("Both", "Both")], json!({}));
}

#[tokio::test]
async fn a_filter_is_deleted_while_others_use_it() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    for turn in 0..10 {
        let shares = json!([{ "type": "authenticated" }]);
        let path = filter(&developer, &format!("F{turn}"), "project = DEMO", shares).await;
        let (columns, favourite, deleted) = tokio::join!(
            async { developer.put(&format!("{path}/columns"), json!({ "columns": ["summary"] })).await },
            async { admin.put(&format!("{path}/favourite"), json!({})).await },
            async { developer.delete(&path).await },
        );
        deleted.expect(204);
        for reply in [columns, favourite] {
            assert!([200, 400].contains(&reply.status.as_u16()), "{}", reply.text());
        }
    }
}
