//! Jira expressions.

use crate::support::{Client, World};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";

async fn reply(client: &Client, expression: &str, context: Value) -> crate::support::Reply {
    client.post("/rest/api/3/expression/evaluate", json!({ "expression": expression, "context": context })).await
}

async fn eval(client: &Client, expression: &str, context: Value) -> Value {
    let mut answer = reply(client, expression, context).await.expect(200);
    answer["value"].take()
}

fn on(key: &str) -> Value {
    json!({ "issue": { "key": key } })
}

#[tokio::test]
async fn the_documented_example() {
    let world = World::demo().await;
    let developer = world.developer();
    let link = json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": "DEMO-2" }, "outwardIssue": { "key": "DEMO-3" } });
    developer.post("/rest/api/3/issueLink", link).await.expect(201);
    let body = json!({
        "expression": "{ key: issue.key, type: issue.issueType.name, links: issue.links.map(link => link.linkedIssue.key), listCustomVariable: issuesList.includes(issue), customVariables: myUser.accountId == config.userId, none: nullField }",
        "context": {
            "board": 1,
            "sprint": 1,
            "issue": { "key": "DEMO-2" },
            "issues": { "jql": { "query": "project = DEMO ORDER BY key", "maxResults": 3 } },
            "project": { "key": "DEMO" },
            "custom": {
                "config": { "type": "json", "value": { "userId": DEVELOPER } },
                "issuesList": [{ "type": "issue", "key": "DEMO-2" }, { "type": "issue", "key": "DEMO-3" }],
                "myUser": { "type": "user", "accountId": DEVELOPER },
                "nullField": { "type": "json" },
            },
        },
    });
    let answer =
        developer.post("/rest/api/3/expression/evaluate?expand=meta.complexity", body.clone()).await.expect(200);
    assert_json_snapshot!(answer, { ".meta.issues.jql.nextPageToken" => "[token]" });
    // The next page.
    let mut body =
        json!({ "expression": "issues.map(i => i.key)", "context": { "issues": body["context"]["issues"] } });
    body["context"]["issues"]["jql"]["nextPageToken"] = answer["meta"]["issues"]["jql"]["nextPageToken"].clone();
    let page = developer.post("/rest/api/2/expression/evaluate", body.clone()).await.expect(200);
    assert_eq!(page["value"], json!(["DEMO-4", "DEMO-5", "DEMO-6"]));
    body["context"]["issues"]["jql"]["nextPageToken"] = page["meta"]["issues"]["jql"]["nextPageToken"].clone();
    let last = developer.post("/rest/api/2/expression/evaluate", body).await.expect(200);
    assert_eq!(last["value"], json!(["DEMO-7", "DEMO-8"]));
    assert_eq!(last["meta"]["issues"]["jql"], json!({ "nextPageToken": "", "isLast": true }));
}

/// A service desk goes by its project's id, a request by its issue's.
#[tokio::test]
async fn service_desks_and_their_requests() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    world.change(json!({ "clock": { "freezeAt": "2030-05-01T10:00:00Z" } })).await;
    let body = json!({ "key": "HELP", "name": "Help", "projectTypeKey": "service_desk",
        "leadAccountId": "5f2a9c10e4b0d7a1c3e80a01" });
    let desk = admin.post("/rest/api/3/project", body).await.expect(201)["id"].as_i64().unwrap();
    let fields = json!({ "project": { "key": "HELP" }, "issuetype": { "name": "Task" }, "summary": "No coffee" });
    let request = admin.post("/rest/api/3/issue", json!({ "fields": fields })).await.expect(201);
    let (key, id) = (request["key"].as_str().unwrap(), request["id"].as_str().unwrap().parse::<i64>().unwrap());
    let context = json!({ "serviceDesk": desk, "customerRequest": id, "issue": { "id": id } });
    let status = "[customerRequest.currentStatus.name, customerRequest.currentStatus.category]";
    let since = "customerRequest.currentStatus.date.toISOString()";
    for (expression, expected) in [
        ("[serviceDesk.id, typeof serviceDesk, serviceDesk.project.key]", json!([desk, "ServiceDesk", "HELP"])),
        ("customerRequest.issue == issue && customerRequest.serviceDesk == serviceDesk", json!(true)),
        ("[typeof customerRequest, customerRequest.requestType?.id]", json!(["CustomerRequest", null])),
        (status, json!(["To Do", "NEW"])),
        (since, json!("2030-05-01T10:00:00.000Z")),
    ] {
        assert_eq!(eval(&admin, expression, context.clone()).await, expected, "{expression}");
    }
    world.change(json!({ "clock": { "freezeAt": "2030-05-02T10:00:00Z" } })).await;
    let offered = admin.get(&format!("/rest/api/3/issue/{key}/transitions")).await.expect(200);
    let done = offered["transitions"].as_array().unwrap().iter().find(|offer| offer["to"]["name"] == "Done").unwrap();
    let path = format!("/rest/api/3/issue/{key}/transitions");
    admin.post(&path, json!({ "transition": { "id": done["id"] } })).await.expect(204);
    world.change(json!({ "clock": { "freezeAt": "2030-05-03T10:00:00Z" } })).await;
    assert_eq!(eval(&admin, status, context.clone()).await, json!(["Done", "DONE"]));
    assert_eq!(eval(&admin, since, context.clone()).await, "2030-05-02T10:00:00.000Z");
    // Nothing else is a desk or a request, and what nobody sees is neither.
    let no_desk = "The Service Desk you are trying to view does not exist.";
    let no_request = "The customer request does not exist or you do not have permission to see it.";
    let software = admin.get("/rest/api/3/project/DEMO").await.expect(200)["id"].as_str().unwrap().parse::<i64>();
    let issue = admin.get("/rest/api/3/issue/DEMO-1").await.expect(200)["id"].as_str().unwrap().parse::<i64>();
    for (client, context, sentence) in [
        (&developer, json!({ "serviceDesk": software.unwrap() }), no_desk),
        (&developer, json!({ "customerRequest": issue.unwrap() }), no_request),
        (&world.anonymous(), json!({ "serviceDesk": desk }), no_desk),
        (&world.anonymous(), json!({ "customerRequest": id }), no_request),
    ] {
        reply(client, "1", context).await.refused(404, &[sentence], json!({}));
    }
}

#[tokio::test]
async fn an_issue_tells_all_it_has() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    developer.post("/rest/api/2/issue/DEMO-2/worklog", json!({ "timeSpent": "1h" })).await.expect(201);
    developer.post("/rest/api/3/issue/DEMO-2/watchers", json!(DEVELOPER)).await.expect(204);
    developer.put("/rest/api/3/issue/DEMO-2/properties/com.app-x", json!({ "y": [1, 2] })).await.expect(201);
    admin.post("/rest/api/2/issue/DEMO-2/comment", json!({ "body": "*First* comment" })).await.expect(201);
    let mut wrong = Vec::new();
    for (expression, expected) in [
        (
            "[issue.key, issue.summary, issue.status.category.key, issue.priority.name]",
            json!(["DEMO-2", "Company accounts can sign in", "done", "Medium"]),
        ),
        (
            "[issue.project.key, issue.project.style, issue.project.lead.displayName]",
            json!(["DEMO", "classic", "Ada Admin"]),
        ),
        ("issue.comments[issue.comments.length - 1].body.plainText", json!("First comment")),
        ("issue.comments.filter(c => c.author.accountId == user.accountId).length", json!(2)),
        ("issue.worklogs.map(w => w.timeSpent).reduce((a, b) => a + b, 0)", json!(3600)),
        ("[issue.timeSpent, issue.watches, issue.votes]", json!([3600, 1, 0])),
        ("issue.watchers.some(w => w == user)", json!(true)),
        ("issue.properties['com.app-x'].y[1]", json!(2)),
        ("[issue.properties.keys(), issue.properties.get('none')]", json!([["com.app-x"], null])),
        (
            "[issue.parent.key, issue.epic.key, issue.parent.isEpic, issue.parent.stories.map(s => s.key)]",
            json!(["DEMO-1", "DEMO-1", true, ["DEMO-2", "DEMO-3", "DEMO-4"]]),
        ),
        ("issue.parent.childIssues.map(c => c.issueType.name).sort()", json!(["Bug", "Story", "Story"])),
        ("new Issue('DEMO-5').parent.subtasks.map(s => s.issueType.hierarchyLevel)", json!([-1])),
        ("issue.labels.includes('identity')", json!(true)),
        (
            "issue.changelogs.flatMap(c => c.items).filter(i => i.field == 'status').map(i => i.toString)",
            json!(["Done", "In Progress"]),
        ),
        ("issue.getNewestChangelog('status', { fromString: 'To Do' }).items[0].to != null", json!(true)),
        ("issue.getNewestChangelog('nothing')", Value::Null),
        (
            "[issue.customfield_10016, issue?.customfield_99999, issue.sprint, issue.closedSprints.map(s => s.name)]",
            json!([5, null, null, ["DEMO Sprint 1"]]),
        ),
        ("issue.created < new Date() && issue.dueDate == null", json!(true)),
        ("user.getProjectRoles(issue.project).map(r => r.name).length > 0", json!(true)),
        ("user.groups.includes('jira-software-users') && issue.project.lead.groups == null", json!(true)),
        ("new Issue(1) ?? new Project('NOPE') ?? new User('nobody') ?? 'none'", json!("none")),
        ("new Project('DEMO').name + new User(user.accountId).displayName", json!("Demo ProjectDana Developer")),
        ("typeof project", json!("undefined")),
    ] {
        let found = eval(&developer, expression, on("DEMO-2")).await;
        if found != expected {
            wrong.push(format!("{expression} is {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn boards_and_their_sprints() {
    let world = World::demo().await;
    let developer = world.developer();
    let on_board = json!({ "board": 1, "sprint": 2, "issue": { "key": "DEMO-3" } });
    for (expression, expected) in [
        (
            "[sprint.id, sprint.name, sprint.state, sprint.goal]",
            json!([2, "DEMO Sprint 2", "active", "Everybody signs in"]),
        ),
        (
            "[sprint.startDate < new Date(), sprint.endDate > new Date(), sprint.completeDate]",
            json!([true, true, null]),
        ),
        ("issue.sprint == sprint && board.activeSprints.includes(sprint)", json!(true)),
        ("[board.id, board.hasBacklog, board.hasSprints, board.canAdminister]", json!([1, true, true, false])),
        ("[board.futureSprints, board.closedSprints].map(all => all.map(s => s.id))", json!([[3], [1]])),
        ("[sprint.properties.get('x'), board.properties.keys()]", json!([null, []])),
        ("[typeof sprint, typeof board]", json!(["Sprint", "Board"])),
    ] {
        assert_eq!(eval(&developer, expression, on_board.clone()).await, expected, "{expression}");
    }
    assert_eq!(eval(&world.admin(), "board.canAdminister", on_board.clone()).await, true);
    let shown = eval(&developer, "{ sprint: sprint, board: board }", on_board).await;
    assert_eq!(shown["sprint"], developer.get("/rest/agile/1.0/sprint/2").await.expect(200));
    assert_json_snapshot!("expression_board", world.portable(&shown["board"]));
    // Who does not see the project sees none of it.
    for (context, sentence) in [
        (json!({ "sprint": 2 }), "The sprint with id 2 does not exist or you do not have permission to see it."),
        (json!({ "board": 1 }), "The board with id 1 does not exist or you do not have permission to see it."),
    ] {
        reply(&world.anonymous(), "1", context).await.refused(404, &[sentence], json!({}));
    }
}

#[tokio::test]
async fn things_are_shown_as_their_operations_show_them() {
    let world = World::demo().await;
    let developer = world.developer();
    let made = developer.post("/rest/api/2/issue/DEMO-7/comment", json!({ "body": "*Bold*" })).await.expect(201);
    let comment = developer.get(&format!("/rest/api/3/issue/DEMO-7/comment/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(eval(&developer, "issue.comments[0]", on("DEMO-7")).await, comment.expect(200));
    let status = eval(&developer, "issue.status", on("DEMO-7")).await;
    let issue = developer.get("/rest/api/3/issue/DEMO-7?fields=*all").await.expect(200);
    assert_eq!(status, issue["fields"]["status"]);
    assert_eq!(
        eval(&developer, "[issue.assignee, issue.reporter]", on("DEMO-7")).await,
        json!([issue["fields"]["assignee"], issue["fields"]["reporter"]])
    );
    let shown = eval(&developer, "{ it: issue }", on("DEMO-7")).await;
    assert_eq!(
        (&shown["it"]["key"], &shown["it"]["fields"]["summary"]),
        (&json!("DEMO-7"), &issue["fields"]["summary"])
    );
    assert_eq!(eval(&developer, "issue.created", on("DEMO-7")).await, issue["fields"]["created"]);
    let project = eval(&developer, "issue.project", on("DEMO-7")).await;
    assert_eq!(project, developer.get("/rest/api/3/project/DEMO").await.expect(200));
    // Rich text is in the form of the version.
    let body = json!({ "expression": "issue.comments[0].body", "context": on("DEMO-7") });
    let old = developer.post("/rest/api/2/expression/evaluate", body).await.expect(200);
    assert_eq!(old["value"], "*Bold*");
    assert_eq!(eval(&developer, "issue.comments[0].body", on("DEMO-7")).await["type"], "doc");
    // What has no form of its own is told as a text.
    assert_eq!(
        eval(&developer, "[x => x, issue.properties]", on("DEMO-7")).await,
        json!(["Function", "EntityProperties"])
    );
}

#[tokio::test]
async fn many_issues_at_once() {
    let world = World::demo().await;
    let developer = world.developer();
    let all = json!({ "issues": { "jql": { "query": "project = DEMO ORDER BY key" } } });
    developer.put("/rest/api/3/issue/DEMO-3/properties/flag", json!(true)).await.expect(201);
    for (expression, expected) in [
        (
            "issues.reduce((n, i) => n.set(i.issueType.name, (n[i.issueType.name] || 0) + 1), new Map())",
            json!({ "Epic": 1, "Story": 2, "Bug": 2, "Sub-task": 1, "Task": 2 }),
        ),
        ("issues.filter(i => i.properties.flag).map(i => i.key)", json!(["DEMO-3"])),
        ("issues.map(i => i.comments.length).length", json!(8)),
        (
            "issues.filter(i => i.parent?.key == 'DEMO-1').map(i => i.id == new Issue(i.key)?.id)",
            json!([true, true, true]),
        ),
        ("issues.filter(i => i.watchers.length > 0).length", json!(8)),
        // One operation for each of 8 issues.
        ("issues.filter(i => i.flagged).map(i => i.key)", json!(["DEMO-7"])),
    ] {
        assert_eq!(eval(&developer, expression, all.clone()).await, expected, "{expression}");
    }
    let whole = json!({ "issues": { "jql": { "query": "project is not EMPTY" } } });
    let sentence = "Evaluation failed: The expression executes too many expensive operations, limit: 10";
    reply(&developer, "issues.map(i => i.comments)", whole).await.refused(400, &[sentence], json!({}));
}

#[tokio::test]
async fn nobody_sees_more_than_they_may() {
    let world = World::demo().await;
    let (admin, developer, anonymous) = (world.admin(), world.developer(), world.anonymous());
    let restricted = json!({ "body": "secret", "visibility": { "type": "group", "value": "jira-administrators" } });
    admin.post("/rest/api/2/issue/DEMO-7/comment", restricted).await.expect(201);
    assert_eq!(eval(&admin, "issue.comments.length", on("DEMO-7")).await, 1);
    assert_eq!(eval(&developer, "issue.comments.length", on("DEMO-7")).await, 0);
    assert_eq!(eval(&anonymous, "user", json!({})).await, Value::Null);
    assert_eq!(eval(&anonymous, "new Issue('DEMO-7') == null && new Project('DEMO') == null", json!({})).await, true);
    let missing = "Issue does not exist or you do not have permission to see it.";
    reply(&anonymous, "issue.key", on("DEMO-7")).await.refused(404, &[missing], json!({}));
    // Properties of others are for administrators.
    admin.put(&format!("/rest/api/3/user/properties/p?accountId={DEVELOPER}"), json!(1)).await.expect(201);
    let own = format!("new User('{DEVELOPER}').properties.p");
    assert_eq!(eval(&developer, &own, json!({})).await, 1);
    assert_eq!(eval(&world.viewer(), &own, json!({})).await, Value::Null);
}

#[tokio::test]
async fn what_can_not_be_evaluated_is_refused() {
    let world = World::demo().await;
    let developer = world.developer();
    let unbounded = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";
    let query = |query: Value| json!({ "issues": { "jql": query } });
    for (expression, context, status, sentence) in [
        (
            "1 +",
            json!({}),
            400,
            "Failed to parse expression: line 1, column 4:\n!, -, typeof, (, IDENTIFIER, null, true, false, NUMBER, STRING, TEMPLATE_LITERAL, new, [ or { expected, EOF encountered.",
        ),
        (&"1".repeat(1001), json!({}), 400, "Jira expression is too long (1001), limit: 1000 characters"),
        (
            &format!("[{}]", "1,".repeat(101)),
            json!({}),
            400,
            "Jira expression has too many nodes (101), limit: 100 leaves",
        ),
        (
            "issue.id.x",
            on("DEMO-1"),
            400,
            "Evaluation failed: \"issue.id.x\" - Unrecognized property of `issue.id`: \"x\" ('x'). Type Number does not have any properties",
        ),
        // The document's own example.
        (
            "new Project('DEMO')['a' + 'b']",
            json!({}),
            400,
            "Evaluation failed: \"new Project('DEMO')['a' + 'b']\" - Unrecognized property of `new Project('DEMO')`: \"ab\" ('a' + 'b'). Available properties of type 'Project' are: 'avatarUrls', 'id', 'key', 'lead', 'name', 'projectCategory', 'projectTypeKey', 'properties', 'style'",
        ),
        ("project", json!({}), 400, "Evaluation failed: \"project\" - Unrecognized identifier: \"project\""),
        (
            "1",
            json!({ "issue": { "id": 1, "key": "DEMO-1" } }),
            400,
            "Exactly one of id and key must be provided for the issue.",
        ),
        ("1", json!({ "issue": { "id": 1 } }), 404, "Issue does not exist or you do not have permission to see it."),
        ("1", json!({ "project": { "key": "NOPE" } }), 404, "No project could be found with key 'NOPE'."),
        (
            "1",
            json!({ "sprint": 99 }),
            404,
            "The sprint with id 99 does not exist or you do not have permission to see it.",
        ),
        (
            "1",
            json!({ "board": 99 }),
            404,
            "The board with id 99 does not exist or you do not have permission to see it.",
        ),
        ("1", json!({ "serviceDesk": 1 }), 404, "The Service Desk you are trying to view does not exist."),
        (
            "1",
            json!({ "customerRequest": 1 }),
            404,
            "The customer request does not exist or you do not have permission to see it.",
        ),
        (
            "1",
            json!({ "custom": { "u": { "type": "user", "accountId": "nobody" } } }),
            404,
            "Specified user does not exist or you do not have required permissions",
        ),
        (
            "1",
            json!({ "custom": { "u": { "type": "group" } } }),
            400,
            "The type of 'u' must be one of user, issue and json.",
        ),
        ("1", query(json!({ "query": "" })), 400, unbounded),
        (
            "1",
            query(json!({ "query": "project = DEMO", "nextPageToken": "x" })),
            400,
            "The provided next page token is invalid or expired.",
        ),
        (
            "1",
            query(json!({ "query": "project = DEMO", "maxResults": -1 })),
            400,
            "The maxResults must not be negative.",
        ),
    ] {
        reply(&developer, expression, context).await.refused(status, &[sentence], json!({}));
    }
    let known = reply(&developer, "issue.fields", on("DEMO-1")).await.expect(400)["errorMessages"][0]
        .as_str()
        .unwrap()
        .to_owned();
    let begin = "Evaluation failed: \"issue.fields\" - Unrecognized property of `issue`: \"fields\" ('fields'). Available properties of type 'Issue' are: 'assignee', 'attachments',";
    assert!(known.starts_with(begin) && known.contains("'customfield_10016'"), "{known}");
    for body in [json!({}), json!({ "expression": 1 }), json!({ "expression": "1", "contexts": {} }), json!([])] {
        developer.post("/rest/api/3/expression/evaluate", body).await.expect(400);
    }
}

#[tokio::test]
async fn the_old_form_is_gone_unless_the_site_keeps_it() {
    let world = World::demo().await;
    let developer = world.developer();
    let ask = async |jql: Value| {
        let body = json!({ "expression": "issues.map(i => i.key)", "context": { "issues": { "jql": jql } } });
        developer.post("/rest/api/3/expression/eval", body).await
    };
    ask(json!({ "query": "project = DEMO" })).await.expect(410); // S-45
    world.change(json!({ "settings": { "removedSearch": "served" } })).await;
    let answer =
        ask(json!({ "query": "project = DEMO ORDER BY key", "startAt": 6, "maxResults": 5 })).await.expect(200);
    let meta = json!({ "startAt": 6, "maxResults": 5, "count": 2, "totalCount": 8 });
    assert_eq!(answer, json!({ "value": ["DEMO-7", "DEMO-8"], "meta": { "issues": { "jql": meta } } }));
    let sentence = "The value 'NOPE' does not exist for the field 'project'.";
    ask(json!({ "query": "project = NOPE" })).await.refused(400, &[sentence], json!({}));
    let warned = ask(json!({ "query": "project = NOPE", "validation": "warn" })).await.expect(200);
    assert_eq!(warned["meta"]["issues"]["jql"]["validationWarnings"], json!([sentence]));
    let broken = ask(json!({ "query": "project =", "validation": "none" })).await.expect(200);
    assert_eq!((&broken["value"], &broken["meta"]["issues"]["jql"]["totalCount"]), (&json!([]), &json!(0)));
    ask(json!({ "query": "project =", "validation": "much" })).await.expect(400);
    // Without a query it is as the new one.
    let missing = json!({ "expression": "issue.key", "context": { "issue": { "key": "DEMO-999" } } });
    developer.post("/rest/api/3/expression/eval", missing).await.expect(404);
    let body = json!({ "expression": "1 + 1" });
    assert_eq!(developer.post("/rest/api/2/expression/eval", body).await.expect(200), json!({ "value": 2 }));
}

#[tokio::test]
async fn expressions_are_analysed() {
    let world = World::demo().await;
    let anonymous = world.anonymous();
    let expressions = json!([
        "a >> b",
        "issues.map(i => {idAndKey: [i.id, i.key], summary: i.summary, comments: i.comments})",
        "issues.map(i => i.id > '0')",
        "issues.map(issue => issue.properties['property_key'])",
        "new Issue(10010).comments",
        "listOfStrings.map(s => record.a)",
        "issue.customfield_10016 + value.accountId",
        format!("{}1", "1+".repeat(100)),
    ]);
    let variables = json!({ "listOfStrings": "List<String>", "record": "{ a: Number, b: String }", "value": "User" });
    for check in ["syntax", "type", "complexity"] {
        let path = format!("/rest/api/3/expression/analyse?check={check}");
        let answer = anonymous.post(&path, json!({ "expressions": expressions, "contextVariables": variables })).await;
        assert_json_snapshot!(format!("analysis_{check}"), answer.expect(200));
    }
    let path = "/rest/api/3/expression/analyse";
    anonymous.post(path, json!({ "expressions": [] })).await.expect(200);
    let unknown = anonymous.post(path, json!({ "expressions": ["1"], "contextVariables": { "a": "Nothing" } })).await;
    unknown.refused(400, &["Unrecognized type of 'a': 'Nothing'"], json!({}));
    let check = anonymous.post(&format!("{path}?check=all"), json!({ "expressions": ["1"] })).await;
    check.refused(400, &["Unrecognized check: 'all'"], json!({}));
    anonymous.post(path, json!({})).await.expect(400);
}
