//! What somebody who may not browse a project is told about it: by every operation, the same as if it were not there.

use crate::{
    security_schemes::{associate, scheme},
    support::{Client, Reply, World},
};
use http::Method;
use mock_jira::http::{
    operations::{Catalogue, Operation, PLATFORM},
    server,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ADMIN: &str = "5f2a9c10e4b0d7a1c3e80a01";
/// Every name and key in the project that is hidden has one of them, and nothing else.
const MARKS: [&str; 2] = ["Xylo", "XYLO"];

/// What may be told.
const TOLD: [(&str, &str, &str); 5] = [
    ("GET", "/rest/api/3/component/{id}/relatedIssueCounts", "the document asks for no permission"),
    ("GET", "/rest/api/3/label", "labels are the site's; the document asks for no permission"),
    ("GET", "/rest/api/3/projectvalidate/key", "a key is taken whoever asks (U-44)"),
    ("GET", "/rest/api/3/projectvalidate/validProjectKey", "a key is taken whoever asks (U-44)"),
    ("GET", "/rest/api/3/projectvalidate/validProjectName", "a name is taken whoever asks (U-44)"),
];

/// A name of something that is hidden, and one of nothing in its stead.
type Names = (String, String);

/// What is hidden: by the part of a path that stands before its name, and by parameters of queries.
struct Hidden {
    segments: BTreeMap<&'static str, Vec<Names>>,
    parameters: BTreeMap<&'static str, Names>,
}

impl Hidden {
    /// Some of it.
    fn only(&self, names: &[&str]) -> Self {
        let (mut segments, mut parameters) = (self.segments.clone(), self.parameters.clone());
        segments.retain(|name, _| names.contains(name));
        parameters.retain(|name, _| names.contains(name));
        Self { segments, parameters }
    }
}

fn adf(text: &str) -> Value {
    json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }] })
}

/// Makes a project for nobody but the administrator, with all that a project has.
async fn hide(admin: &Client) -> Hidden {
    let post = async |path: &str, body: Value| {
        let reply = admin.post(&format!("/rest/api/3/{path}"), body).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text());
        reply.json()
    };
    let id = |made: &Value| match &made["id"] {
        Value::String(id) => id.clone(),
        id => id.to_string(),
    };
    let permissions = admin.get("/rest/api/3/permissions").await.expect(200);
    let permissions = permissions["permissions"].as_object().unwrap().values();
    let grants: Vec<Value> = permissions
        .filter(|permission| permission["type"] == "PROJECT")
        .map(|permission| json!({ "permission": permission["key"], "holder": { "type": "user", "parameter": ADMIN } }))
        .collect();
    let scheme = post("permissionscheme", json!({ "name": "Closed", "permissions": grants })).await;
    let project = post(
        "project",
        json!({
            "key": "XYLO", "name": "Xylo project", "description": "Xylo", "projectTypeKey": "software",
            "leadAccountId": ADMIN, "permissionScheme": scheme["id"],
        }),
    )
    .await;
    let project = id(&project);
    let kind = post("issuetype", json!({ "name": "Xylo type", "type": "standard" })).await;
    let types = json!({ "name": "Types", "issueTypeIds": [kind["id"], "10002", "10003"] });
    let types = post("issuetypescheme", types).await["issueTypeSchemeId"].clone();
    let body = json!({ "issueTypeSchemeId": types, "projectId": project });
    admin.put("/rest/api/3/issuetypescheme/project", body).await.expect(204);
    let field = post(
        "field",
        json!({
            "name": "Instrument",
            "type": "com.atlassian.jira.plugin.system.customfieldtypes:select",
            "searcherKey": "com.atlassian.jira.plugin.system.customfieldtypes:multiselectsearcher",
        }),
    )
    .await;
    // It is everybody's, but has choices there that it does not have elsewhere.
    let contexts = format!("field/{}/context", field["id"].as_str().unwrap());
    let context = json!({ "name": "Xylo context", "projectIds": [project], "issueTypeIds": [] });
    let context = id(&post(&contexts, context).await);
    let options = json!({ "options": [{ "value": "Xylo option" }] });
    let option = id(&post(&format!("{contexts}/{context}/option"), options).await["options"][0]);

    let component = id(&post("component", json!({ "project": "XYLO", "name": "Xylo component" })).await);
    let version =
        id(&post("version", json!({ "projectId": project.parse::<i64>().unwrap(), "name": "Xylo version" })).await);
    let work = json!({ "category": "design", "title": "Xylo work", "url": "https://xylo.example" });
    post(&format!("version/{version}/relatedwork"), work).await;
    let fields = json!({
        "project": { "key": "XYLO" }, "issuetype": { "name": "Xylo type" }, "summary": "Xylo summary",
        "labels": ["Xylolabel"], "components": [{ "id": component }], "fixVersions": [{ "id": version }],
    });
    let made = post("issue", json!({ "fields": fields })).await;
    let (issue, key) = (id(&made), made["key"].as_str().unwrap().to_owned());
    let property = json!([{ "key": "xylo", "value": "Xylo value" }]);
    let at = format!("issue/{key}");
    let comment = post(&format!("{at}/comment"), json!({ "body": adf("Xylo comment"), "properties": property })).await;
    let worklog = json!({ "timeSpent": "1h", "comment": adf("Xylo worklog"), "properties": property });
    let worklog = post(&format!("{at}/worklog"), worklog).await;
    let remote = json!({ "globalId": "xylo", "object": { "title": "Xylo link", "url": "https://xylo.example" } });
    let remote = post(&format!("{at}/remotelink"), remote).await;
    let link =
        json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": key }, "outwardIssue": { "key": "DEMO-6" } });
    post("issueLink", link).await;
    let link = admin.get(&format!("/rest/api/3/{at}?fields=issuelinks&updateHistory=true")).await.expect(200);
    let link = id(&link["fields"]["issuelinks"][0]);
    admin.put(&format!("/rest/api/3/{at}/properties/xylo"), json!("Xylo value")).await.expect(201);
    admin.put("/rest/api/3/project/XYLO/properties/xylo", json!("Xylo value")).await.expect(201);
    let form = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Xylo.txt\"\r\n\r\nXylo\r\n--b--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=b"), ("x-atlassian-token", "no-check")];
    let path = format!("/rest/api/3/{at}/attachments");
    let attachment = id(&admin.raw(Method::POST, &path, &headers, form.to_vec()).await.expect(200)[0]);

    // What is shared with those who browse the project, and with others.
    let shares = json!([{ "type": "project", "project": { "id": project } }]);
    let filter = json!({ "name": "Xylo filter", "jql": "project = XYLO", "sharePermissions": shares });
    let filter = id(&post("filter", filter).await);
    let both = json!([{ "type": "project", "project": { "id": project } }, { "type": "group", "group": { "name": "jira-software-users" } }]);
    post("filter", json!({ "name": "Shared", "jql": "project = DEMO", "sharePermissions": both })).await;
    post("dashboard", json!({ "name": "Shared", "sharePermissions": both, "editPermissions": [] })).await;
    let dashboard = json!({ "name": "Xylo dashboard", "sharePermissions": shares, "editPermissions": [] });
    let dashboard = id(&post("dashboard", dashboard).await);
    let gadget = "rest/gadgets/1.0/g/com.atlassian.streams.streams-jira-plugin:activitystream-gadget/gadgets/activitystream-gadget.xml";
    let gadget = id(&post(&format!("dashboard/{dashboard}/gadget"), json!({ "uri": gadget, "title": "Xylo" })).await);
    let path = format!("/rest/api/3/dashboard/{dashboard}/items/{gadget}/properties/xylo");
    admin.put(&path, json!("Xylo value")).await.expect(201);

    let number = |id: &str| (id.to_owned(), "987654".to_owned());
    let project_names = vec![("XYLO".to_owned(), "NOSUCH".to_owned()), number(&project)];
    let issue_names = vec![(key.clone(), "XYLO-99".to_owned()), number(&issue)];
    let segments = BTreeMap::from([
        ("attachment", vec![number(&attachment)]),
        ("comment", vec![number(&id(&comment))]),
        ("component", vec![number(&component)]),
        ("content", vec![number(&attachment)]),
        ("context", vec![number(&context)]),
        ("customFieldOption", vec![number(&option)]),
        ("dashboard", vec![number(&dashboard)]),
        ("field", vec![(field["id"].as_str().unwrap().to_owned(), String::new())]),
        ("filter", vec![number(&filter)]),
        ("issue", issue_names),
        ("issueLink", vec![number(&link)]),
        ("issuetype", vec![number(&id(&kind))]),
        ("items", vec![number(&gadget)]),
        ("option", vec![number(&option)]),
        ("owner", vec![number(&project)]),
        ("project", project_names),
        ("properties", vec![("xylo".to_owned(), "nothing".to_owned())]),
        ("remotelink", vec![number(&id(&remote))]),
        ("thumbnail", vec![number(&attachment)]),
        ("version", vec![number(&version)]),
        ("worklog", vec![number(&id(&worklog))]),
    ]);
    let (project_key, issue_key) = (segments["project"][0].clone(), segments["issue"][0].clone());
    let parameters = BTreeMap::from([
        ("commentId", number(&id(&comment))),
        ("contextId", number(&context)),
        ("currentIssueKey", issue_key.clone()),
        ("currentProjectId", number(&project)),
        ("issueId", number(&issue)),
        ("issueIdsOrKeys", issue_key.clone()),
        ("issueKey", issue_key),
        ("issueTypeId", number(&id(&kind))),
        ("issuetypeIds", number(&id(&kind))),
        ("issuetypeNames", ("Xylo+type".to_owned(), "Nothing".to_owned())),
        ("jql", ("project+%3D+XYLO".to_owned(), "project+%3D+NOSUCH".to_owned())),
        ("key", project_key.clone()),
        ("keys", project_key.clone()),
        ("optionId", number(&option)),
        ("project", project_key.clone()),
        ("projectId", number(&project)),
        ("projectIds", number(&project)),
        ("projectIdsOrKeys", project_key.clone()),
        ("projectKey", project_key.clone()),
        ("projectKeyOrId", project_key.clone()),
        ("projectKeys", project_key),
        ("query", ("xylo".to_owned(), "nothing".to_owned())),
        ("schemeId", number(types.as_str().unwrap())),
    ]);
    Hidden { segments, parameters }
}

/// Requests of an operation: each names what is hidden, or in its stead nothing.
fn requests(operation: &Operation, contract: &Value, hidden: &Hidden) -> Vec<Names> {
    let mut paths = vec![(String::new(), String::new())];
    let mut before = "";
    for part in operation.path.split('/').skip(1) {
        let names = match hidden.segments.get(before) {
            Some(names) if part.starts_with('{') => names.clone(),
            _ => vec![(part.replace(['{', '}'], ""), String::new())],
        };
        let mut longer = Vec::new();
        for (one, other) in &paths {
            for (name, nothing) in &names {
                // What is below nothing is not there either, so the rest of the path may stay.
                let instead = if one == other && !nothing.is_empty() { nothing } else { name };
                longer.push((format!("{one}/{name}"), format!("{other}/{instead}")));
            }
        }
        (paths, before) = (longer, part);
    }
    let method = operation.method.as_str().to_lowercase();
    let parameters = contract["paths"][&operation.path][method]["parameters"].as_array().cloned().unwrap_or_default();
    let named = parameters.iter().filter(|parameter| parameter["in"] == "query").filter_map(|parameter| {
        let name = parameter["name"].as_str().unwrap();
        hidden.parameters.get(name).map(|(hidden, nothing)| (format!("{name}={hidden}"), format!("{name}={nothing}")))
    });
    // Without them, it is missing first that there are none.
    let needed = if operation.id == "getMyPermissions" { "?permissions=BROWSE_PROJECTS&" } else { "?" };
    let queries: Vec<Names> = [(String::new(), String::new())].into_iter().chain(named).collect();
    let mut requests = Vec::new();
    for (one, other) in &paths {
        for (hidden, nothing) in &queries {
            requests.push((format!("{one}{needed}{hidden}"), format!("{other}{needed}{nothing}")));
        }
    }
    requests
}

async fn ask(client: &Client, operation: &Operation, path: &str) -> Reply {
    let kind = operation.consumes.first().map(|kind| ("content-type", kind.as_str()));
    let body = if operation.consumes.is_empty() { Vec::new() } else { b"{}".to_vec() };
    client.raw(operation.method.clone(), path, kind.as_slice(), body).await
}

/// The answer without what the request itself said.
fn told(reply: &Reply, request: &str) -> String {
    let mut text = reply.text();
    let mut words: Vec<&str> = request.split(['/', '?', '&', '=']).filter(|word| word.len() > 3).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        text = text.replace(word, "…").replace(&word.replace('+', " "), "…");
    }
    format!("{} {text}", reply.status)
}

/// The operations of the platform that are served, but for what may be told.
fn operations(catalogue: &Catalogue) -> impl Iterator<Item = &Operation> {
    let served = server::routes();
    catalogue.iter().filter(move |operation| {
        served.serves(&operation.method, &operation.path)
            && operation.path.starts_with("/rest/api/3/")
            && !TOLD.iter().any(|(method, path, _)| operation.method == *method && operation.path == *path)
    })
}

/// What a caller is told about what is hidden that is not told about nothing, or that has a secret in it, by operations
/// that are so.
async fn told_about(
    client: &Client,
    hidden: &Hidden,
    secrets: &[&str],
    so: impl Fn(&Operation) -> bool,
) -> Vec<String> {
    let contract: Value = serde_json::from_str(PLATFORM).unwrap();
    let catalogue = Catalogue::load().unwrap();
    let mut wrong = Vec::new();
    for operation in operations(&catalogue).filter(|operation| so(operation)) {
        let requests = requests(operation, &contract, hidden).into_iter();
        for (hidden, nothing) in requests.filter(|(one, other)| one != other || !secrets.is_empty()) {
            let (of_it, of_nothing) = tokio::join!(ask(client, operation, &hidden), ask(client, operation, &nothing));
            let (of_it, of_nothing) = (told(&of_it, &hidden), told(&of_nothing, &nothing));
            if of_it != of_nothing || secrets.iter().any(|secret| of_it.contains(secret)) {
                wrong.push(format!("{} {hidden}: {of_it}\nbut {nothing}: {of_nothing}\n", operation.method));
            }
        }
    }
    wrong
}

#[tokio::test]
async fn what_is_hidden_is_not_there() {
    let world = World::demo().await;
    world.change(json!({ "clock": { "freezeAt": "2030-05-01T10:00:00Z" } })).await;
    let hidden = hide(&world.admin()).await;
    let (developer, nobody) = (world.developer(), world.anonymous());
    let (by_developer, by_nobody) = tokio::join!(
        told_about(&developer, &hidden, &MARKS, |_| true),
        told_about(&nobody, &hidden, &MARKS, |operation| operation.anonymous)
    );
    assert!(by_developer.is_empty(), "{}", by_developer.join("\n"));
    assert!(by_nobody.is_empty(), "{}", by_nobody.join("\n"));
}

/// Requests with bodies that name an issue, a comment and a project; all by their ids, the issue by its key too.
fn bodies(key: &str, issue: &str, comment: &str, project: &str) -> Vec<(&'static str, Value)> {
    let (id, project_id): (i64, i64) = (issue.parse().unwrap(), project.parse().unwrap());
    let chosen = json!({ "selectedIssueIdsOrKeys": [key] });
    let context = |context: Value| json!({ "expression": "issues.map(issue => issue.key)", "context": context });
    let shares = json!([{ "type": "project", "project": { "id": project } }]);
    let task = json!({ "project": { "id": project }, "issuetype": { "name": "Task" }, "summary": "x" });
    let subtask = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Subtask" }, "summary": "x", "parent": { "key": key } });
    vec![
        ("bulk/issues/delete", chosen.clone()),
        (
            "bulk/issues/transition",
            json!({ "bulkTransitionInputs": [{ "selectedIssueIdsOrKeys": [key], "transitionId": "11" }] }),
        ),
        ("bulk/issues/unwatch", chosen.clone()),
        ("bulk/issues/watch", chosen),
        ("changelog/bulkfetch", json!({ "issueIdsOrKeys": [key, issue] })),
        ("comment/list", json!({ "ids": [comment.parse::<i64>().unwrap()] })),
        ("component", json!({ "project": project, "name": "x" })),
        ("dashboard", json!({ "name": "x", "sharePermissions": shares, "editPermissions": [] })),
        ("expression/evaluate", json!({ "expression": "issue.key", "context": { "issue": { "key": key } } })),
        ("expression/evaluate", json!({ "expression": "project.key", "context": { "project": { "id": project_id } } })),
        ("expression/evaluate", context(json!({ "issues": { "jql": { "query": format!("id = {issue}") } } }))),
        ("filter", json!({ "name": "x", "jql": "project = DEMO", "sharePermissions": shares })),
        ("issue", json!({ "fields": task })),
        ("issue", json!({ "fields": subtask })),
        ("issue/bulk", json!({ "issueUpdates": [{ "fields": task }] })),
        ("issue/bulkfetch", json!({ "issueIdsOrKeys": [key, issue], "fields": ["*all"] })),
        ("issue/watching", json!({ "issueIds": [issue] })),
        (
            "issueLink",
            json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": key }, "outwardIssue": { "key": "DEMO-6" } }),
        ),
        ("jql/match", json!({ "issueIds": [id], "jqls": ["summary is not EMPTY"] })),
        ("jql/parse", json!({ "queries": [format!("project = {project} OR key = {key}")] })),
        (
            "permissions/check",
            json!({ "projectPermissions": [{ "permissions": ["BROWSE_PROJECTS"], "issues": [id], "projects": [project_id] }] }),
        ),
        ("search/approximate-count", json!({ "jql": format!("id = {issue} OR key = {key} OR project = {project}") })),
        (
            "search/jql",
            json!({ "jql": format!("id = {issue} OR key = {key} OR project = {project}"), "fields": ["*all"] }),
        ),
        ("version", json!({ "projectId": project_id, "name": "x" })),
    ]
}

#[tokio::test]
async fn what_is_hidden_can_not_be_named() {
    let world = World::demo().await;
    world.change(json!({ "clock": { "freezeAt": "2030-05-01T10:00:00Z" } })).await;
    let admin = world.admin();
    let hidden = hide(&admin).await;
    let [key, issue] = &hidden.segments["issue"][..] else { panic!("an issue has a key and an id") };
    let (comment, project) = (&hidden.segments["comment"][0], &hidden.segments["project"][1]);
    let of_it = bodies(&key.0, &issue.0, &comment.0, &project.0);
    let of_nothing = bodies(&key.1, &issue.1, &comment.1, &project.1);
    let names = |names: [&str; 4]| names.join("/");
    for ((path, of_it), (_, of_nothing)) in of_it.into_iter().zip(of_nothing) {
        let path = format!("/rest/api/3/{path}");
        let answer = world.developer().post(&path, of_it).await;
        let answer = told(&answer, &names([&key.0, &issue.0, &comment.0, &project.0]));
        let instead = world.developer().post(&path, of_nothing).await;
        assert_eq!(answer, told(&instead, &names([&key.1, &issue.1, &comment.1, &project.1])), "{path}");
        assert!(!MARKS.iter().any(|mark| answer.contains(mark)), "{path}: {answer}");
    }
}

/// What hangs on an issue, and on a project.
const OF_ISSUE: [&str; 11] = [
    "attachment",
    "comment",
    "commentId",
    "content",
    "issue",
    "issueId",
    "issueKey",
    "issueLink",
    "remotelink",
    "thumbnail",
    "worklog",
];
const OF_PROJECT: [&str; 7] =
    ["component", "project", "projectId", "projectIdsOrKeys", "projectKey", "projectKeys", "version"];

#[tokio::test]
async fn what_is_deleted_is_not_there() {
    let world = World::demo().await;
    let admin = world.admin();
    let hidden = hide(&admin).await;
    let issue = format!("/rest/api/3/issue/{}", hidden.segments["issue"][0].0);
    let about = async |names: &[&str]| {
        told_about(&admin, &hidden.only(names), &[], |operation| operation.method == Method::GET).await
    };
    assert!(!about(&OF_ISSUE).await.is_empty());
    admin.delete(&issue).await.expect(204);
    assert_eq!(about(&OF_ISSUE).await, Vec::<String>::new());
    // In the trash, and for good.
    admin.delete("/rest/api/3/project/XYLO").await.expect(204);
    assert_eq!(about(&OF_PROJECT).await, Vec::<String>::new());
    admin.post("/rest/api/3/project/XYLO/restore", json!({})).await.expect(200);
    admin.delete("/rest/api/3/project/XYLO?enableUndo=false").await.expect(204);
    assert_eq!(about(&OF_PROJECT).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_secured_is_not_there() {
    let world = World::demo().await;
    world.change(json!({ "clock": { "freezeAt": "2030-05-01T10:00:00Z" } })).await;
    let (admin, developer) = (world.admin(), world.developer());
    let hidden = hide(&admin).await.only(&OF_ISSUE);
    let levels = json!([{ "name": "Admins", "members": [{ "type": "user", "parameter": ADMIN }] }]);
    let id = scheme(&admin, json!({ "name": "Secret", "levels": levels })).await;
    associate(&admin, "XYLO", Some(&id), json!([])).await;
    admin.put("/rest/api/3/project/XYLO/permissionscheme", json!({ "id": 0 })).await.expect(200);
    let issue = format!("/rest/api/3/issue/{}", hidden.segments["issue"][0].0);
    let secrets = ["Xylo summary", "Xylo comment", "Xylo worklog", "Xylo link"];
    let about = async || told_about(&developer, &hidden, &secrets, |operation| operation.method == Method::GET).await;
    assert!(!about().await.is_empty(), "who sees the project sees the issue");
    admin.put(&issue, json!({ "fields": { "security": { "name": "Admins" } } })).await.expect(204);
    let told = told_about(&developer, &hidden, &secrets, |_| true).await;
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// Lists that have more now: of what is configured for all projects, and of what is shared with others too.
const LONGER: [&str; 6] = [
    "/rest/api/3/dashboard",
    "/rest/api/3/dashboard/search",
    "/rest/api/3/field",
    "/rest/api/3/filter/search",
    "/rest/api/3/jql/autocompletedata",
    "/rest/api/3/permissionscheme",
];

#[tokio::test]
async fn lists_are_as_before() {
    let world = World::demo().await;
    world.change(json!({ "clock": { "freezeAt": "2030-05-01T10:00:00Z" } })).await;
    let (developer, nobody) = (world.developer(), world.anonymous());
    let catalogue = Catalogue::load().unwrap();
    let lists: Vec<&Operation> = operations(&catalogue)
        .filter(|operation| operation.method == Method::GET && !operation.path.contains('{'))
        .filter(|operation| !LONGER.contains(&operation.path.as_str()))
        .collect();
    let told = async || {
        let mut told = Vec::new();
        for list in &lists {
            for client in [&developer, &nobody] {
                told.push((list.path.clone(), client.get(&list.path).await.text()));
            }
        }
        told
    };
    let before = told().await;
    hide(&world.admin()).await;
    let after = told().await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
}
