//! Requests that come at the same time: for the same name, for the same thing, and for what they count together.

use crate::support::{Client, Reply, World};
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};

const ADMIN: &str = "5f2a9c10e4b0d7a1c3e80a01";
const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";

/// The same request, ten times at once.
async fn ten(client: &Client, path: &str, body: &Value) -> Vec<Reply> {
    let path = format!("/rest/api/3/{path}");
    join_all((0..10).map(|_| client.post(&path, body.clone()))).await
}

#[tokio::test]
async fn a_name_goes_to_one_of_those_who_want_it() {
    let world = World::demo().await;
    let admin = world.admin();
    let select = json!({
        "name": "Select", "type": "com.atlassian.jira.plugin.system.customfieldtypes:select",
        "searcherKey": "com.atlassian.jira.plugin.system.customfieldtypes:multiselectsearcher",
    });
    let field = admin.post("/rest/api/3/field", select).await.expect(201)["id"].as_str().unwrap().to_owned();
    let contexts = format!("field/{field}/context");
    let context = admin.get(&format!("/rest/api/3/{contexts}")).await.expect(200)["values"][0]["id"].clone();
    let options = format!("{contexts}/{}/option", context.as_str().unwrap());
    let shared = json!([]);
    for (path, body) in [
        ("component", json!({ "project": "DEMO", "name": "Same" })),
        ("dashboard", json!({ "name": "Same", "sharePermissions": shared, "editPermissions": shared })),
        ("filter", json!({ "name": "Same", "jql": "project = DEMO" })),
        ("group", json!({ "name": "Same" })),
        ("issueLinkType", json!({ "name": "Same", "inward": "in", "outward": "out" })),
        ("issuesecurityschemes", json!({ "name": "Same" })),
        ("issuetype", json!({ "name": "Same" })),
        ("issuetypescheme", json!({ "name": "Same", "issueTypeIds": ["10002"] })),
        ("permissionscheme", json!({ "name": "Same" })),
        (
            "priority",
            json!({ "name": "Same", "statusColor": "#ffffff", "iconUrl": "/images/icons/priorities/low.svg" }),
        ),
        ("project", json!({ "key": "SAME", "name": "Same", "projectTypeKey": "software", "leadAccountId": ADMIN })),
        ("projectCategory", json!({ "name": "Same" })),
        ("resolution", json!({ "name": "Same" })),
        ("role", json!({ "name": "Same" })),
        (
            "statuses",
            json!({ "scope": { "type": "GLOBAL" }, "statuses": [{ "name": "Same", "statusCategory": "TODO" }] }),
        ),
        ("user", json!({ "emailAddress": "same@example.com", "products": [] })),
        ("version", json!({ "project": "DEMO", "name": "Same" })),
        (contexts.as_str(), json!({ "name": "Same", "projectIds": ["10000"], "issueTypeIds": [] })),
        (options.as_str(), json!({ "options": [{ "value": "Same" }] })),
    ] {
        let replies = ten(&admin, path, &body).await;
        let (made, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status.is_success());
        assert_eq!(made.len(), 1, "{path}");
        for reply in refused {
            // The document of types of links has 404 alone for a name that is taken.
            let expected = if path == "issueLinkType" { [404, 404] } else { [400, 409] };
            assert!(expected.contains(&reply.status.as_u16()), "{path}: {}", reply.text());
        }
    }
}

#[tokio::test]
async fn a_thing_is_there_once_however_often_it_is_put() {
    let world = World::demo().await;
    let admin = world.admin();
    let remote = json!({ "globalId": "same", "object": { "title": "Same", "url": "https://example.com" } });
    let link = json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": "DEMO-6" }, "outwardIssue": { "key": "DEMO-7" } });
    let replies = ten(&admin, "issue/DEMO-6/remotelink", &remote).await;
    let created = replies.iter().filter(|reply| reply.status == 201).count();
    assert!(created == 1 && replies.iter().all(|reply| reply.status.is_success()));
    for reply in ten(&admin, "issueLink", &link).await {
        reply.expect(201);
    }
    let path = "/rest/api/3/issue/DEMO-6/properties/same";
    let stored = join_all((0..10).map(|_| admin.put(path, json!(1)))).await;
    assert_eq!(stored.iter().filter(|reply| reply.status == 201).count(), 1);
    assert!(stored.iter().all(|reply| reply.status.is_success()));
    assert_eq!(admin.get("/rest/api/3/issue/DEMO-6/remotelink").await.expect(200).as_array().unwrap().len(), 1);
    let issue = admin.get("/rest/api/3/issue/DEMO-6?fields=issuelinks").await.expect(200);
    assert_eq!(issue["fields"]["issuelinks"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_counted_adds_up() {
    let world = World::demo().await;
    let admin = world.admin();
    let people = join_all((0..8).map(|number| {
        let (admin, world) = (&admin, &world);
        async move {
            let body = json!({ "emailAddress": format!("p{number}@example.com"), "products": ["jira-software"] });
            let account = admin.post("/rest/api/3/user", body).await.expect(201)["accountId"].clone();
            world.bearer(&world.token(json!({ "accountId": account })).await)
        }
    }))
    .await;
    let issue = "/rest/api/3/issue/DEMO-6";
    let (votes, watchers) = (format!("{issue}/votes"), format!("{issue}/watchers"));
    let before = admin.get(&watchers).await.expect(200)["watchCount"].as_u64().unwrap();
    for reply in join_all(people.iter().map(|person| person.post(&votes, json!({})))).await {
        reply.expect(204);
    }
    let json_type = [("content-type", "application/json")];
    for reply in join_all(people.iter().map(|person| person.raw(Method::POST, &watchers, &json_type, Vec::new()))).await
    {
        reply.expect(204);
    }
    assert_eq!(admin.get(&votes).await.expect(200)["votes"], 8);
    assert_eq!(admin.get(&watchers).await.expect(200)["watchCount"], before + 8);

    let estimate = json!({ "originalEstimate": "10m", "remainingEstimate": "10m" });
    admin.put(issue, json!({ "fields": { "timetracking": estimate } })).await.expect(204);
    for reply in ten(&admin, "issue/DEMO-6/worklog", &json!({ "timeSpent": "1m" })).await {
        reply.expect(201);
    }
    let tracking = admin.get(&format!("{issue}?fields=timetracking")).await.expect(200);
    assert_eq!(tracking["fields"]["timetracking"]["timeSpentSeconds"], 600);
    assert_eq!(tracking["fields"]["timetracking"]["remainingEstimateSeconds"], 0);

    // Places in an order are all taken, and each once.
    let path = "/rest/api/3/version";
    let names: Vec<String> = (0..10).map(|number| format!("V{number}")).collect();
    let made = join_all(names.iter().map(|name| admin.post(path, json!({ "project": "DEMO", "name": name })))).await;
    let ids: Vec<Value> = made.iter().map(|reply| reply.expect(201)["id"].clone()).collect();
    let first = json!({ "position": "First" });
    let moves: Vec<String> = ids.iter().map(|id| format!("{path}/{}/move", id.as_str().unwrap())).collect();
    for reply in join_all(moves.iter().map(|path| admin.post(path, first.clone()))).await {
        reply.expect(200);
    }
    let versions = admin.get("/rest/api/3/project/DEMO/versions").await.expect(200);
    let mut listed: Vec<&str> = versions.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    listed.sort_unstable();
    assert_eq!(listed, names);
}

#[tokio::test]
async fn an_issue_is_deleted_while_others_work_on_it() {
    let world = World::demo().await;
    let admin = world.admin();
    let comment = json!({ "body": { "type": "doc", "version": 1, "content": [
        { "type": "paragraph", "content": [{ "type": "text", "text": "c" }] },
    ] } });
    let task = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "Gone soon" });
    for _ in 0..5 {
        let key = admin.create(task.clone()).await;
        let issue = format!("/rest/api/3/issue/{key}");
        let link =
            json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": key }, "outwardIssue": { "key": "DEMO-7" } });
        let [comments, worklogs, votes, watchers, remote, property, assignee] =
            ["comment", "worklog", "votes", "watchers", "remotelink", "properties/p", "assignee"]
                .map(|part| format!("{issue}/{part}"));
        let (deleted, a, b, c, d, e, f, g, h) = tokio::join!(
            async { admin.delete(&issue).await },
            admin.post(&comments, comment.clone()),
            admin.post(&worklogs, json!({ "timeSpent": "1m" })),
            admin.post(&votes, json!({})),
            admin.post(&watchers, json!(DEVELOPER)),
            admin.post(&remote, json!({ "object": { "title": "T", "url": "https://example.com" } })),
            admin.put(&property, json!(1)),
            admin.put(&assignee, json!({ "accountId": DEVELOPER })),
            admin.post("/rest/api/3/issueLink", link),
        );
        deleted.expect(204);
        for reply in [a, b, c, d, e, f, g, h] {
            assert!(reply.status.is_success() || reply.status == 404, "{}", reply.text());
        }
        admin.get(&issue).await.expect(404);
    }
    let issue = admin.get("/rest/api/3/issue/DEMO-7?fields=issuelinks").await.expect(200);
    assert_eq!(issue["fields"]["issuelinks"], json!([]));
}
