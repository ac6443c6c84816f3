//! Fields of queries whose values stand outside of the issue's row, and who may see what they tell.

use crate::support::{Client, World, key_of};
use serde_json::json;

/// The keys of the issues that a query finds.
pub async fn find(client: &Client, jql: &str) -> String {
    let body = json!({ "jql": jql, "fields": ["key"], "maxResults": 100 });
    let found = client.post("/rest/api/3/search/jql", body).await.expect(200);
    found["issues"].as_array().unwrap().iter().map(key_of).collect::<Vec<_>>().join(" ")
}

/// What the strict validator says of a query.
pub async fn strict(client: &Client, jql: &str) -> Vec<String> {
    let body = json!({ "queries": [jql] });
    let parsed = client.post("/rest/api/3/jql/parse?validation=strict", body).await.expect(200);
    let said = ["errors", "warnings"].into_iter().filter_map(|kind| parsed["queries"][0][kind].as_array().cloned());
    said.flatten().map(|sentence| sentence.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn worklogs_by_author_and_day() {
    let world = World::demo().await;
    let (developer, admin) = (world.developer(), world.admin());
    let log = async |client: &Client, key: &str, started: &str, visibility: serde_json::Value| {
        let mut body = json!({ "timeSpent": "1h", "started": started });
        if !visibility.is_null() {
            body["visibility"] = visibility;
        }
        client.post(&format!("/rest/api/3/issue/{key}/worklog"), body).await.expect(201);
    };
    log(&developer, "DEMO-2", "2025-03-01T23:30:00.000+0000", json!(null)).await;
    log(&admin, "DEMO-3", "2025-03-02T08:00:00.000+0000", json!(null)).await;
    log(&admin, "DEMO-4", "2025-03-03T08:00:00.000+0000", json!({ "type": "role", "value": "Administrators" })).await;
    for (jql, keys) in [
        ("worklogAuthor = currentUser()", "DEMO-2"),
        ("worklogAuthor in membersOf('jira-administrators')", "DEMO-3"),
        ("worklogAuthor is not EMPTY order by key", "DEMO-2 DEMO-3"),
        ("project = DEMO and worklogAuthor != currentUser()", "DEMO-3"),
        ("project = DEMO and worklogDate is EMPTY and key < DEMO-6 order by key", "DEMO-1 DEMO-4 DEMO-5"),
        ("worklogDate > '2024-01-01' and worklogDate < '2026-01-01' order by key", "DEMO-2 DEMO-3"),
        ("worklogDate in ('2025-03-02') and worklogAuthor != currentUser()", "DEMO-3"),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
    }
    // Restricted worklogs are nobody else's business.
    assert_eq!(find(&admin, "worklogDate = '2025-03-03'").await, "DEMO-4");
    assert_eq!(find(&developer, "worklogDate = '2025-03-03'").await, "");
}

#[tokio::test]
async fn parents_epics_and_links() {
    let world = World::demo().await;
    let developer = world.developer();
    for (jql, keys) in [
        // The sub-task of a story of the epic, too.
        ("parentEpic = DEMO-1 order by key", "DEMO-2 DEMO-3 DEMO-4 DEMO-5"),
        ("issue in parentEpic(DEMO-1, TEAM-1) order by key", "DEMO-2 DEMO-3 DEMO-4 DEMO-5 TEAM-2"),
        ("parentEpic = DEMO-4", ""),
        ("project = DEMO and parentEpic is EMPTY order by key", "DEMO-1 DEMO-6 DEMO-7 DEMO-8"),
        // Only epics have it below them, and only directly.
        ("\"Epic Link\" = DEMO-4", ""),
        ("project = DEMO and \"Epic Link\" is EMPTY order by key", "DEMO-1 DEMO-5 DEMO-6 DEMO-7 DEMO-8"),
        ("cf[10014] in (DEMO-1, TEAM-1) order by key", "DEMO-2 DEMO-3 DEMO-4 TEAM-2"),
        ("parentProject = TEAM", "TEAM-2"),
        ("parentProject in (DEMO, TEAM) and project != DEMO", "TEAM-2"),
        ("project = TEAM and parentProject is EMPTY order by key", "TEAM-1 TEAM-3 TEAM-4"),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
    }
    assert_eq!(find(&developer, "issueLink is not EMPTY").await, "");
    let link =
        json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": "DEMO-6" }, "outwardIssue": { "key": "OPS-1" } });
    developer.post("/rest/api/3/issueLink", link).await.expect(201);
    for (jql, keys) in [
        ("issueLink = OPS-1", "DEMO-6"),
        ("issueLink in (DEMO-6, DEMO-7)", "OPS-1"),
        ("issueLink is not EMPTY order by key", "DEMO-6 OPS-1"),
        ("issueLink is not EMPTY and issueLink != OPS-1", "OPS-1"),
        ("project = OPS and issueLink is EMPTY order by key", "OPS-2 OPS-3"),
        ("issueLinkType = 'is blocked by'", "OPS-1"),
        ("issue in linkedWorkItems(OPS-1, 'is blocked by')", "DEMO-6"),
        ("issue in linkedIssues(OPS-1, blocks)", ""),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
    }
}

#[tokio::test]
async fn values_in_properties() {
    let world = World::demo().await;
    let admin = world.admin();
    let value = json!({
        "size": 12, "open": true, "tags": [{ "name": "red" }, { "name": "blue" }], "odd \"name\"": "x",
        "at": "2025-03-02T10:00:00", "text": "signing the keys", "nothing": null,
    });
    admin.put("/rest/api/3/issue/DEMO-6/properties/flags", value.clone()).await.expect(201);
    admin.put("/rest/api/3/issue/OPS-1/properties/flags", json!({ "size": 100, "tags": [] })).await.expect(201);
    admin.put("/rest/api/3/issue/OPS-2/properties/flags", json!("whole")).await.expect(201);
    admin.put("/rest/api/3/project/TEAM/properties/flags", json!({ "size": 3 })).await.expect(201);
    for (jql, keys) in [
        ("issue.property[flags].size = 12", "DEMO-6"),
        ("issue.property[flags].size > 12", "OPS-1"),
        ("issue.property[flags].size >= 12 order by key", "DEMO-6 OPS-1"),
        ("issue.property[flags].size in (100, 5)", "OPS-1"),
        ("issue.property[flags].size != 100", "DEMO-6"),
        ("issue.property[flags].open = 'true'", "DEMO-6"),
        ("issue.property[flags].tags.name = blue", "DEMO-6"),
        ("issue.property[flags].tags.name = Blue", ""),
        ("issue.property[flags].at > '2025-03-01' and issue.property[flags].at < '2025-03-04'", "DEMO-6"),
        ("issue.property[flags].at > '2025-03-04'", ""),
        ("issue.property[flags].text ~ 'key sign'", "DEMO-6"),
        ("issue.property[flags].text = 'signing the keys'", "DEMO-6"),
        (r#"issue.property["flags"]."odd \"name\"" = x"#, "DEMO-6"),
        ("issue.property[flags] = whole", "OPS-2"),
        ("issue.property[flags] is not EMPTY order by key", "DEMO-6 OPS-1 OPS-2"),
        ("project = OPS and issue.property[flags] is EMPTY", "OPS-3"),
        ("project = OPS and issue.property[flags].size is EMPTY order by key", "OPS-2 OPS-3"),
        ("issue.property[flags].nothing is not EMPTY", ""),
        ("issue.property[other].size = 12", ""),
        ("project.property[flags].size < 4 order by key", "TEAM-1 TEAM-2 TEAM-3 TEAM-4"),
        ("project.property[flags] is EMPTY and key = OPS-1", "OPS-1"),
    ] {
        assert_eq!(find(&world.developer(), jql).await, keys, "{jql}");
        assert_eq!(strict(&world.developer(), jql).await, Vec::<String>::new(), "{jql}");
    }
    assert_eq!(find(&admin, "issue.property[flags].text !~ 'lock'").await, "DEMO-6");
    // Of comments that the caller may read.
    let comments = "/rest/api/3/issue/DEMO-8/comment";
    let text = |text: &str| json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }] });
    let property = json!([{ "key": "mood", "value": { "is": "good" } }]);
    admin.post(comments, json!({ "body": text("open"), "properties": property })).await.expect(201);
    assert_eq!(find(&world.developer(), "comment.property[mood].is = good").await, "DEMO-8");
    let role = json!({ "type": "role", "value": "Administrators" });
    let comments = "/rest/api/3/issue/DEMO-7/comment";
    admin
        .post(comments, json!({ "body": text("closed"), "properties": property, "visibility": role }))
        .await
        .expect(201);
    assert_eq!(find(&world.developer(), "comment.property[mood].is = good").await, "DEMO-8");
    assert_eq!(find(&admin, "comment.property[mood].is = good order by key").await, "DEMO-7 DEMO-8");
    for bad in ["issue.property[flags]['x'] = 1", "summary[flags].a = 1"] {
        assert_eq!(find(&admin, bad).await, "", "{bad}");
        assert_eq!(strict(&admin, bad).await.len(), 1, "{bad}");
    }
}

#[tokio::test]
async fn a_site_may_know_declared_properties_alone() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    admin.put("/rest/api/3/issue/DEMO-6/properties/flags", json!({ "size": 12, "name": "x" })).await.expect(201);
    let declared = ["issue.property[flags].size", "comment.property[odd key]"];
    world.change(json!({ "settings": { "searchableProperties": declared } })).await;
    assert_eq!(find(&developer, "issue.property['flags'].size = 12").await, "DEMO-6");
    assert_eq!(strict(&developer, "comment.property['odd key'] is EMPTY").await, Vec::<String>::new());
    for field in ["issue.property[flags].name", "issue.property[flags]", "project.property[flags].size"] {
        assert_eq!(find(&developer, &format!("{field} is not EMPTY")).await, "");
        let unknown = format!("Field '{field}' does not exist or you do not have permission to view it.");
        assert_eq!(strict(&developer, &format!("{field} = x")).await, [unknown]);
    }
    world.change(json!({ "settings": { "searchableProperties": null } })).await;
    assert_eq!(find(&developer, "issue.property[flags].name = x").await, "DEMO-6");
}

#[tokio::test]
async fn teams_development_and_service_fields() {
    let world = World::demo().await;
    let developer = world.developer();
    let team = "36885b3c-1bf0-4f85-a357-c5b858c31de4";
    developer.put("/rest/api/3/issue/DEMO-7", json!({ "fields": { "customfield_10001": team } })).await.expect(204);
    for (jql, keys) in [
        (&*format!("Team = {team}"), "DEMO-7"),
        (&*format!("project = DEMO and \"Team[Team]\" = {team}"), "DEMO-7"),
        ("cf[10001] in (x, y)", ""),
        ("Team is not EMPTY", "DEMO-7"),
        ("development[pullrequests].open > 0", ""),
        ("key = DEMO-1 and development[builds].failing is EMPTY", "DEMO-1"),
    ] {
        assert_eq!(find(&developer, jql).await, keys, "{jql}");
        assert_eq!(strict(&developer, jql).await, Vec::<String>::new(), "{jql}");
    }
    // A site without the product does not know its fields.
    for field in ["request-channel-type", "request-last-activity-time", "Request Type", "organizations", "approvals"] {
        let unknown = format!("Field '{field}' does not exist or you do not have permission to view it.");
        assert_eq!(strict(&developer, &format!("\"{field}\" is EMPTY")).await, [unknown]);
    }
}

#[tokio::test]
async fn names_of_people_and_projects_are_rewritten() {
    let world = World::demo().await;
    let admin = world.admin();
    let me = admin.get("/rest/api/3/myself").await.expect(200);
    let (id, name) = (me["accountId"].as_str().unwrap(), me["displayName"].as_str().unwrap());
    let body = json!({ "queryStrings": [format!("worklogAuthor = '{name}'")] });
    let cleaned = admin.post("/rest/api/3/jql/pdcleaner", body).await.expect(200);
    assert_eq!(cleaned["queryStrings"], json!([format!("worklogAuthor = {id}")]));
    let body = json!({ "queries": [{ "query": "parentProject in (DEMO, 'Team Project')" }] });
    let sanitized = admin.post("/rest/api/3/jql/sanitize", body).await.expect(200);
    assert_eq!(sanitized["queries"][0]["sanitizedQuery"], "parentProject in (10000, 10001)");
}

/// Of the users that an issue names, and only as far as the caller may read their properties.
#[tokio::test]
async fn properties_of_users() {
    const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let of = |account_id: &str| format!("/rest/api/3/user/properties/seat?accountId={account_id}");
    admin.put(&of(DEVELOPER), json!({ "floor": 3, "team": ["red", "blue"] })).await.expect(201);
    let whose = format!("assignee = '{DEVELOPER}' or reporter = '{DEVELOPER}' or creator = '{DEVELOPER}'");
    let theirs = find(&developer, &format!("({whose}) order by key")).await;
    assert!(theirs.contains(' '), "{theirs}");
    for client in [&admin, &developer] {
        for jql in [
            "user.property[seat].floor > 2",
            "user.property[seat].team in (blue, green)",
            "USER.PROPERTY[seat] is not EMPTY",
            "user.property[seat].floor != 4",
        ] {
            assert_eq!(find(client, &format!("{jql} order by key")).await, theirs, "{jql}");
        }
        assert_eq!(find(client, "user.property[seat].floor = 4").await, "");
        assert_eq!(strict(client, "user.property[seat].floor = 4").await, Vec::<String>::new());
    }
    for client in [&world.viewer(), &world.anonymous()] {
        assert_eq!(find(client, "user.property[seat] is not EMPTY").await, "");
    }
}

/// On some plans issues are linked with goals and devices; here they are not (Q-30).
#[tokio::test]
async fn things_of_other_products() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    assert_eq!(find(&developer, "goals is EMPTY and project = OPS order by key").await, "OPS-1 OPS-2 OPS-3");
    assert_eq!(find(&developer, "goals is not EMPTY or devices is not EMPTY").await, "");
    assert_eq!(
        strict(&developer, "goals = Growth").await,
        ["The value 'Growth' does not exist for the field 'goals'."]
    );
    let refused = "The operator '>' is not supported by the 'goals' field.";
    assert_eq!(strict(&developer, "goals > Growth").await, [refused]);
    let known = developer.get("/rest/api/3/jql/autocompletedata").await.expect(200);
    let told = |known: &serde_json::Value| {
        let fields = known["visibleFieldNames"].as_array().unwrap().iter();
        fields.filter(|field| field["value"] == "goals").map(|field| field["types"][0].clone()).collect::<Vec<_>>()
    };
    assert_eq!(told(&known), ["java.lang.String"]);
    // A field of the site's own is nearer.
    let kind = "com.atlassian.jira.plugin.system.customfieldtypes:float";
    let searcher = "com.atlassian.jira.plugin.system.customfieldtypes:exactnumber";
    let field = json!({ "name": "Goals", "type": kind, "searcherKey": searcher });
    admin.post("/rest/api/3/field", field).await.expect(201);
    assert_eq!(strict(&developer, "goals > 3").await, Vec::<String>::new());
    let known = developer.get("/rest/api/3/jql/autocompletedata").await.expect(200);
    assert_eq!(told(&known), Vec::<serde_json::Value>::new());
}
