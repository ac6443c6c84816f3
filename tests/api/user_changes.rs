//! Accounts that come and go, their properties, and structured searches for them.

use crate::support::World;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const ADMIN: &str = "5f2a9c10e4b0d7a1c3e80a01";
const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";
const VIEWER: &str = "712020:9d1f64f2-7f0e-4f43-8a57-0c7b5b0e5a03";
const AUTOMATION: &str = "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077";
const USER: &str = "/rest/api/3/user";

fn names(users: &Value) -> Vec<&str> {
    users.as_array().unwrap().iter().map(|user| user["displayName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn invites_people() {
    let world = World::demo().await;
    let admin = world.admin();
    let invitation = json!({ "emailAddress": "mia@example.com", "products": ["jira-software"] });
    let made = admin.post(&format!("{USER}?expand=groups"), invitation.clone()).await.expect(201);
    assert_json_snapshot!(world.portable(&made), {
        ".accountId" => "[id]", ".self" => "[self]", ".avatarUrls" => "[avatars]", ".groups.items[].self" => "[self]",
    });
    let id = made["accountId"].as_str().unwrap();
    let found = admin.get(&format!("{USER}/assignable/search?project=DEMO&query=mia")).await.expect(200);
    assert_eq!(found[0]["accountId"], id);
    // Once more makes nobody new.
    let again = json!({ "emailAddress": "MIA@example.com", "products": ["jira-software"], "displayName": "Other" });
    let again = admin.post(USER, again).await.expect(201);
    assert_eq!((&again["accountId"], &again["displayName"]), (&made["accountId"], &json!("mia")));
    // Without a product, an account can do nothing, and can't be invited again.
    let outsider = json!({ "emailAddress": "out@example.com", "products": [] });
    let made = admin.post(USER, outsider.clone()).await.expect(201);
    assert_eq!((&made["active"], &made["applicationRoles"]["size"]), (&json!(true), &json!(0)));
    admin.post(USER, outsider).await.expect(400);
}

#[tokio::test]
async fn refuses_bad_invitations() {
    let world = World::empty().await;
    let admin = world.admin();
    let email = json!({ "emailAddress": "A valid email address must be specified." });
    for address in ["", "mia", "@example.com", "mia@", "m ia@example.com", "a@b@c", &format!("{}@x", "m".repeat(300))] {
        let body = json!({ "emailAddress": address, "products": [] });
        admin.post(USER, body).await.refused(400, &[], email.clone());
    }
    let both = json!({
        "emailAddress": "A valid email address must be specified.", "products": "The products must be specified.",
    });
    admin.post(USER, json!({})).await.refused(400, &[], both);
    for product in ["jira-servicedesk", "trello"] {
        admin.post(USER, json!({ "emailAddress": "a@b.c", "products": [product] })).await.expect(400);
    }
    admin.post(USER, json!({ "emailAddress": "a@b.c", "products": "jira-software" })).await.expect(400);
    let body = json!({ "emailAddress": "a@b.c", "products": [] });
    world.developer().post(USER, body.clone()).await.expect(403);
    assert_eq!(world.anonymous().post(USER, body).await.status, 401);
}

#[tokio::test]
async fn seats_are_limited() {
    let world = World::empty().await;
    world.change(json!({ "settings": { "seats": 3 } })).await;
    let admin = world.admin();
    let invite = async |name: &str| {
        let body = json!({ "emailAddress": format!("{name}@example.com"), "products": ["jira-software"] });
        admin.post(USER, body).await
    };
    invite("third").await.expect(201);
    let sentence = "The number of licensed users of Jira Software is exceeded: there are 3 seats.";
    invite("fourth").await.refused(400, &[sentence], json!({}));
    assert_eq!(admin.get(&format!("{USER}/search?query=fourth")).await.expect(200), json!([]));
    let role = admin.get("/rest/api/3/applicationrole/jira-software").await.expect(200);
    assert_eq!((&role["numberOfSeats"], &role["remainingSeats"]), (&json!(3), &json!(0)));
}

#[tokio::test]
async fn who_is_removed_stays_resolvable() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = format!("{USER}?accountId={DEVELOPER}");
    admin.delete(&path).await.expect(204);
    let gone = admin.get(&format!("{path}&expand=groups")).await.expect(200);
    assert_eq!((&gone["active"], &gone["groups"]["size"]), (&json!(false), &json!(0))); // U-16
    let issue = admin.get("/rest/api/3/issue/DEMO-2?fields=assignee").await.expect(200);
    assert_eq!(issue["fields"]["assignee"]["accountId"], DEVELOPER);
    assert_eq!(world.developer().get("/rest/api/3/myself").await.status, 401);
    assert_eq!(admin.get(&format!("{USER}/search?query=dana")).await.expect(200), json!([]));
    assert_eq!(admin.get(&format!("{USER}/assignable/search?project=DEMO&query=dana")).await.expect(200), json!([]));
    assert!(names(&admin.get("/rest/api/3/users/search").await.expect(200)).contains(&"Dana Developer"));
    let assign = json!({ "accountId": DEVELOPER });
    admin.put("/rest/api/3/issue/DEMO-1/assignee", assign).await.expect(400);
    admin.delete(&path).await.expect(404);
    let join = admin.post("/rest/api/3/group/user?groupname=jira-readers", json!({ "accountId": DEVELOPER })).await;
    join.expect(404);
    // Who is invited again is the same.
    let body = json!({ "emailAddress": "developer@example.com", "products": ["jira-software"] });
    let back = admin.post(USER, body).await.expect(201);
    assert_eq!((&back["accountId"], &back["active"]), (&json!(DEVELOPER), &json!(true)));
    world.developer().get("/rest/api/3/myself").await.expect(200);
}

#[tokio::test]
async fn refuses_to_remove_some() {
    let world = World::empty().await;
    let admin = world.admin();
    let path = |id: &str| format!("{USER}?accountId={id}");
    admin.delete(&path(ADMIN)).await.expect(400);
    admin.delete(&path(AUTOMATION)).await.expect(400);
    admin.delete(&path("nobody")).await.expect(404);
    admin.delete(USER).await.expect(404);
    world.developer().delete(&path(VIEWER)).await.expect(403);
    assert_eq!(world.anonymous().delete(&path(VIEWER)).await.status, 401);
}

#[tokio::test]
async fn finds_account_ids_of_former_names() {
    let world = World::empty().await;
    let developer = world.developer();
    let path = format!("{USER}/bulk/migration");
    let found = developer.get(&format!("{path}?username=admin&username=nobody&username=Viewer")).await.expect(200);
    assert_eq!(
        found,
        json!([{ "username": "admin", "accountId": ADMIN }, { "username": "Viewer", "accountId": VIEWER }])
    );
    let found = developer.get(&format!("{path}?key=admin&key=viewer&startAt=1&maxResults=1")).await.expect(200);
    assert_eq!(found, json!([{ "key": "viewer", "accountId": VIEWER }]));
    developer.get(&path).await.expect(400);
    developer.get(&format!("{path}?key=a&username=b")).await.expect(400);
    assert_eq!(world.anonymous().get(&path).await.status, 401);
}

#[tokio::test]
async fn addresses_are_for_apps() {
    let world = World::empty().await;
    for path in ["email", "email/bulk"] {
        let path = format!("{USER}/{path}?accountId={VIEWER}");
        let reply = world.admin().get(&path).await; // U-13
        reply.refused(
            400,
            &["Only apps can see the e-mail addresses of users regardless of their profiles."],
            json!({}),
        );
        assert_eq!(world.anonymous().get(&path).await.status, 401);
    }
}

#[tokio::test]
async fn properties_of_users() {
    let world = World::empty().await;
    let (admin, developer) = (world.admin(), world.developer());
    let path = |key: &str| format!("{USER}/properties/{key}?accountId={DEVELOPER}");
    let place = json!({ "office": { "city": "Sydney", "floor": 3 } });
    assert_eq!(developer.put(&path("place"), place.clone()).await.status, 201);
    assert_eq!(admin.put(&path("place"), place.clone()).await.status, 200);
    let keys = developer.get(&format!("{USER}/properties?accountId={DEVELOPER}")).await.expect(200);
    let link = format!("{}/rest/api/3/user/properties/place?accountId={DEVELOPER}", world.url());
    assert_eq!(keys, json!({ "keys": [{ "self": link, "key": "place" }] }));
    assert_eq!(developer.get(&path("place")).await.expect(200), json!({ "key": "place", "value": place }));
    for (query, found) in [
        ("property=place.office.city=Sydney", vec!["Dana Developer"]),
        ("property=place.office.floor=3&query=dana", vec!["Dana Developer"]),
        ("property=place.office.floor=3&query=vic", vec![]),
        ("property=place.office.city=Perth", vec![]),
        ("property=place.city=Sydney", vec![]),
    ] {
        assert_eq!(names(&admin.get(&format!("{USER}/search?{query}")).await.expect(200)), found, "{query}");
    }
    for property in ["place", "=x", "place..city=x"] {
        admin.get(&format!("{USER}/search?property={property}")).await.expect(400);
    }
    developer.delete(&path("place")).await.expect(204);
    developer.delete(&path("place")).await.expect(404);
    developer.get(&path("place")).await.expect(404);
    // U-15
    developer.get(&format!("{USER}/properties")).await.expect(400);
    developer.get(&format!("{USER}/properties/place")).await.expect(400);
    developer.put(&format!("{USER}/properties/place"), json!(1)).await.expect(400);
    developer.delete(&format!("{USER}/properties/place")).await.expect(400);
    developer.get(&format!("{USER}/properties?accountId={VIEWER}")).await.expect(403);
    developer.put(&format!("{USER}/properties/x?accountId={VIEWER}"), json!(1)).await.expect(403);
    admin.get(&format!("{USER}/properties?accountId=nobody")).await.expect(404);
    developer.put(&path(&"k".repeat(256)), json!(1)).await.expect(400);
    assert_eq!(world.anonymous().get(&path("place")).await.status, 401);
}

#[tokio::test]
async fn finds_users_by_what_they_do() {
    let world = World::demo().await;
    let (admin, viewer) = (world.admin(), world.viewer());
    viewer.post("/rest/api/3/issue/DEMO-7/votes", json!(null)).await.expect(204);
    viewer.post("/rest/api/3/issue/DEMO-8/watchers", json!(VIEWER)).await.expect(204);
    admin.put(&format!("{USER}/properties/team?accountId={VIEWER}"), json!({ "name": "Red \"1\"" })).await.expect(201);
    for (query, found) in [
        ("is assignee of DEMO", vec!["Ada Admin", "Dana Developer"]),
        ("is assignee of (DEMO-2, DEMO-3)", vec!["Dana Developer"]),
        ("is assignee of DEMO-8", vec![]),
        ("is reporter of (DEMO-1)", vec!["Ada Admin"]),
        ("is commenter of DEMO", vec!["Dana Developer"]),
        ("is transitioner of (DEMO-1)", vec!["Ada Admin"]),
        ("is voter of (DEMO-7)", vec!["Vic Viewer"]),
        ("is watcher of (DEMO-8)", vec!["Dana Developer", "Vic Viewer"]),
        ("is voter of DEMO OR is reporter of (DEMO-1)", vec!["Ada Admin", "Vic Viewer"]),
        ("is voter of DEMO AND is reporter of (DEMO-1)", vec![]),
        (r#"[team].name is "Red \"1\"""#, vec!["Vic Viewer"]),
        (r#"(is voter of DEMO) AND [team].name is "Blue""#, vec![]),
    ] {
        let query_string = percent_encoding::utf8_percent_encode(query, percent_encoding::NON_ALPHANUMERIC);
        let page = admin.get(&format!("{USER}/search/query?query={query_string}")).await.expect(200);
        assert_eq!(names(&page["values"]), found, "{query}");
        let keys = admin.get(&format!("{USER}/search/query/key?query={query_string}")).await.expect(200);
        assert_eq!(keys["values"].as_array().unwrap().len(), found.len(), "{query}");
    }
    // The page is taken first (U-11).
    let path = format!("{USER}/search/query?query=is%20voter%20of%20DEMO");
    let page = admin.get(&format!("{path}&maxResults=1")).await.expect(200);
    assert_eq!((&page["values"], &page["isLast"], &page["total"]), (&json!([]), &json!(false), &json!(4)));
    let next = page["nextPage"].as_str().unwrap();
    assert!(next.contains("startAt=1"), "{next}");
    let keys = format!("{USER}/search/query/key?query=is%20voter%20of%20DEMO&startAt=3&maxResult=1");
    let page = admin.get(&keys).await.expect(200);
    assert_eq!((&page["values"], &page["isLast"]), (&json!([{ "accountId": VIEWER }]), &json!(true)));
}

#[tokio::test]
async fn refuses_bad_structured_queries() {
    let world = World::demo().await;
    let admin = world.admin();
    for path in ["query", "query/key"] {
        for query in ["", "is%20king%20of%20DEMO", "is%20voter%20of%20NOPE", "is%20voter%20of%20(NOPE-1)", "x"] {
            admin.get(&format!("{USER}/search/{path}?query={query}")).await.expect(400);
        }
        admin.get(&format!("{USER}/search/{path}")).await.expect(400);
        assert_eq!(world.anonymous().get(&format!("{USER}/search/{path}?query=x")).await.status, 401);
    }
    let sentence = "Error in the query: expected of but got 'DEMO'.";
    let reply = admin.get(&format!("{USER}/search/query?query=is%20voter%20DEMO")).await;
    reply.refused(400, &[sentence], json!({}));
}

#[tokio::test]
async fn picks_users_and_groups_together() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let path = "/rest/api/3/groupuserpicker";
    let found = developer.get(&format!("{path}?query=a&showAvatar=true&maxResults=1")).await.expect(200);
    assert_json_snapshot!(world.portable(&found));
    let found = developer.get(&format!("{path}?query=ADMIN&excludeConnectAddons=x")).await.expect(200);
    assert_eq!((&found["users"]["total"], &found["groups"]["total"]), (&json!(1), &json!(0)));
    let found = developer.get(&format!("{path}?query=ADMIN&caseInsensitive=true")).await.expect(200);
    assert_eq!(found["groups"]["total"], 2);
    let found = developer.get(&format!("{path}?query=auto&excludeConnectAddons=true")).await.expect(200);
    assert_eq!(found["users"]["total"], 0);
    developer.get(path).await.expect(400);
    developer.get(&format!("{path}?query=a&fieldId=customfield_99999")).await.expect(400);
    // What is no field for people offers none.
    let found = developer.get(&format!("{path}?query=a&fieldId=customfield_10016")).await.expect(200);
    assert_eq!((&found["users"]["total"], &found["groups"]["total"]), (&json!(0), &json!(0)));
    world.anonymous().get(&format!("{path}?query=a")).await.expect(403);
    admin.delete(&format!("/rest/api/3/group/user?groupname=jira-readers&accountId={VIEWER}")).await.expect(200);
    world.viewer().get(&format!("{path}?query=a")).await.expect(403);
}

#[tokio::test]
async fn permissions_go_by_their_former_keys_too() {
    let world = World::demo().await;
    let path = "/rest/api/3/user/permission/search?projectKey=DEMO&permissions=EDIT_ISSUE,BROWSE";
    assert!(names(&world.admin().get(path).await.expect(200)).contains(&"Dana Developer"));
}
