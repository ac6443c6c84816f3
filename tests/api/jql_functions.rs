//! Functions of queries that look at what happened to issues.

use crate::{
    jql_fields::{find, strict},
    support::{Client, World},
};
use serde_json::json;

#[tokio::test]
async fn what_somebody_updated() {
    let world = World::demo().await;
    let (developer, admin) = (world.developer(), world.admin());
    let edit = json!({ "fields": { "summary": "edited" } });
    admin.put("/rest/api/3/issue/TEAM-3", edit).await.expect(204);
    let text = json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "x" }] }] });
    admin.post("/rest/api/3/issue/TEAM-2/comment", json!({ "body": text })).await.expect(201);
    let role = json!({ "type": "role", "value": "Administrators" });
    let hidden = json!({ "body": text, "visibility": role });
    admin.post("/rest/api/3/issue/TEAM-4/comment", hidden).await.expect(201);
    let id = admin.get("/rest/api/3/myself").await.expect(200)["accountId"].as_str().unwrap().to_owned();
    for (jql, keys) in [
        // Made, changed, commented.
        (format!("project = TEAM and issue in updatedBy({id}) order by key"), "TEAM-1 TEAM-2 TEAM-3"),
        (format!("project = TEAM and issue in updatedBy({id}, '-1h') order by key"), "TEAM-2 TEAM-3"),
        (format!("project = TEAM and issue in updatedBy({id}, '-100d', '-1d')"), "TEAM-1"),
        (format!("project = TEAM and issue not in updatedBy({id})"), "TEAM-4"),
        (format!("issue in updatedBy({id}, '2010-01-01', '2010-12-31')"), ""),
    ] {
        assert_eq!(find(&developer, &jql).await, keys, "{jql}");
    }
    assert_eq!(find(&admin, &format!("key = TEAM-4 and issue in updatedBy({id})")).await, "TEAM-4");
    assert_eq!(
        strict(&developer, "issue in updatedBy(nobody)").await,
        ["Could not resolve the user 'nobody' provided to function 'updatedBy'."]
    );
    assert!(strict(&developer, &format!("issue in updatedBy({id}, soon)")).await[0].starts_with("Date value 'soon'"));
}

#[tokio::test]
async fn links_to_things_outside() {
    let world = World::demo().await;
    let developer = world.developer();
    for (key, id) in [("DEMO-1", "system=a&id=1"), ("DEMO-2", "system=a&id=2")] {
        let link = json!({ "globalId": id, "object": { "url": "https://example.com", "title": "A" } });
        developer.post(&format!("/rest/api/3/issue/{key}/remotelink"), link).await.expect(201);
    }
    for (jql, keys) in [
        ("issue in issuesWithRemoteLinksByGlobalId('system=a&id=1')", "DEMO-1"),
        ("key in workItemsWithRemoteLinksByGlobalId('system=a&id=1', 'system=a&id=2') order by key", "DEMO-1 DEMO-2"),
        ("project = DEMO and issue in issuesWithRemoteLinksByGlobalId(x)", ""),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
    }
}

#[tokio::test]
async fn people_groups_projects_and_choices() {
    let world = World::demo().await;
    let (developer, admin) = (world.developer(), world.admin());
    let groups = admin.get("/rest/api/3/group/bulk?groupName=jira-administrators").await.expect(200);
    let id = groups["values"][0]["groupId"].as_str().unwrap().to_owned();
    developer.post("/rest/api/3/issue/OPS-3/votes", json!({})).await;
    for (jql, keys) in [
        (&*format!("project = OPS and reporter in membersOf('id:{id}') order by key"), "OPS-1 OPS-2"),
        ("project = OPS and reporter in membersOf('Jira-Administrators') order by key", "OPS-1 OPS-2"),
        ("space in spacesWhereUserHasPermission('Browse Projects') and type = Epic order by key", "DEMO-1 TEAM-1"),
        ("project in projectsWhereUserHasPermission(ADMINISTER_PROJECTS)", ""),
        ("workType in subtaskWorkTypes()", "DEMO-5"),
        ("Severity in choiceOption(critical)", "DEMO-4"),
        ("Flagged in choiceOption('impediment', other)", "DEMO-7"),
        ("Severity in choiceOption(unheard)", ""),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
    }
    for (jql, sentence) in [
        (
            "reporter in membersOf(nobodies)",
            "Function 'membersOf' can not generate a list of usernames for group 'nobodies'; the group does not exist.",
        ),
        ("issue in bogus()", "Unable to find JQL function 'bogus()'."),
        ("created > now(1)", "Function 'now' expected '0' arguments but received '1'."),
        (
            "summary ~ currentUser()",
            "A value provided by the function 'currentUser' is invalid for the field 'summary'.",
        ),
    ] {
        assert_eq!(strict(&developer, jql).await, [sentence], "{jql}");
    }
}

/// a session is a row of requests without a long pause.
#[tokio::test]
async fn logins_are_sessions() {
    let world = World::demo().await;
    let (developer, admin) = (world.developer(), world.admin());
    let at = async |time: &str| world.change(json!({ "clock": { "freezeAt": time } })).await;
    let create = async || {
        let fields = json!({ "project": { "key": "OPS" }, "issuetype": { "name": "Task" }, "summary": "Logged" });
        admin.create(fields).await
    };
    // The first session of the developer, as far as the site knows.
    at("2030-05-01T08:00:00Z").await;
    assert_eq!(find(&developer, "created >= currentLogin()").await, "");
    at("2030-05-01T09:30:00Z").await;
    let first = create().await;
    until_found(&developer, "created >= currentLogin()", &first).await;
    assert_eq!(find(&developer, "created >= lastLogin()").await, "");
    // Not long enough away.
    at("2030-05-01T17:00:00Z").await;
    assert_eq!(find(&developer, "created > currentLogin()").await, first);
    // The next morning.
    at("2030-05-02T08:00:00Z").await;
    assert_eq!(find(&developer, "created >= currentLogin()").await, "");
    assert_eq!(find(&developer, "created >= lastLogin()").await, first);
    at("2030-05-02T10:00:00Z").await;
    let second = create().await;
    until_found(&developer, "created >= currentLogin()", &second).await;
    admin.put(&format!("/rest/api/3/issue/{second}"), json!({ "fields": { "priority": { "name": "Lowest" } } })).await;
    let both = format!("{first} {second}");
    for (jql, keys) in [
        ("created >= lastLogin() order by created asc", &*both),
        ("created >= lastLogin() and created < currentLogin()", &first),
        ("not created >= currentLogin() and created > '2030-01-01'", &first),
        ("priority CHANGED AFTER currentLogin()", &second),
        ("priority CHANGED DURING (lastLogin(), currentLogin())", ""),
        ("priority WAS Lowest DURING (lastLogin(), currentLogin()) and created > '2030-01-01'", ""),
        ("worklogDate > lastLogin()", ""),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
    }
    // Nobody in particular never logged in, and the viewer not before.
    for jql in ["created >= lastLogin()", "priority CHANGED BEFORE lastLogin()", "due = lastLogin()"] {
        assert_eq!(find(&world.viewer(), jql).await, "", "{jql}");
        assert_eq!(find(&world.anonymous(), &jql.replace("last", "current")).await, "", "{jql}");
        assert_eq!(strict(&world.viewer(), jql).await, Vec::<String>::new(), "{jql}");
    }
    let sentence = "A value provided by the function 'lastLogin' is invalid for the field 'assignee'.";
    assert_eq!(strict(&developer, "assignee = lastLogin()").await, [sentence]);
}

/// Sessions are noted aside: a request may be answered before.
async fn until_found(client: &Client, jql: &str, keys: &str) {
    for _ in 0..1000 {
        if find(client, jql).await == keys {
            return;
        }
    }
    panic!("{jql} never finds {keys}");
}
