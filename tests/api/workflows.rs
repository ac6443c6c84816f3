//! Workflows as administrators read, make and change them.

use crate::support::{Client, World};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

pub const WORKFLOWS: &str = "/rest/api/3/workflows";
pub const REFUSAL: &str = "You do not have permission to access workflows.";
const TO_DO: &str = "f0b24de5-25e7-4fab-ab94-63d81db6c0c0";
const REVIEW: &str = "c7a35bf0-c127-4aa6-869f-4033730c61d8";
const DONE: &str = "6b3fc04d-3316-46c5-a257-65751aeb8849";

/// A request for a workflow with a status that is new and two that there are.
pub fn new_workflow(name: &str) -> Value {
    json!({
        "scope": { "type": "GLOBAL" },
        "statuses": [
            { "id": "10000", "name": "To Do", "statusCategory": "TODO", "statusReference": TO_DO },
            { "name": "In Review", "statusCategory": "IN_PROGRESS", "statusReference": REVIEW, "description": "Looked at." },
            { "id": "10001", "name": "Done", "statusCategory": "DONE", "statusReference": DONE },
        ],
        "workflows": [{
            "name": name,
            "description": "With a review.",
            "startPointLayout": { "x": -100.5, "y": 3 },
            "statuses": [
                { "statusReference": TO_DO, "properties": {}, "layout": { "x": 1, "y": 2 } },
                { "statusReference": REVIEW, "properties": { "colour": "red" } },
                { "statusReference": DONE, "properties": {} },
            ],
            "transitions": [
                { "id": "1", "type": "INITIAL", "name": "Create", "toStatusReference": TO_DO, "links": [] },
                {
                    "id": "11", "type": "DIRECTED", "name": "Ask", "toStatusReference": REVIEW, "description": "For a review.",
                    "links": [{ "fromStatusReference": TO_DO, "fromPort": 0, "toPort": 1 }],
                    "properties": { "jira.i18n.title": "ask" },
                    "actions": [{ "ruleKey": "system:change-assignee", "parameters": { "type": "to-current-user" } }],
                },
                {
                    "id": "21", "type": "GLOBAL", "name": "Accept", "toStatusReference": DONE, "links": [],
                    "customIssueEventId": "5",
                    "transitionScreen": { "ruleKey": "system:transition-screen", "parameters": { "screenId": "2" } },
                    "conditions": { "operation": "ALL", "conditions": [
                        { "ruleKey": "system:restrict-issue-transition", "parameters": { "accountIds": "allow-reporter", "permissionKeys": "RESOLVE_ISSUES" } },
                        { "ruleKey": "system:parent-or-child-blocking-condition", "parameters": { "blocker": "CHILD", "statusIds": "10001" } },
                    ], "conditionGroups": [{ "operation": "ANY", "conditions": [
                        { "ruleKey": "system:restrict-issue-transition", "parameters": { "permissionKeys": "BROWSE_PROJECTS" } },
                        { "ruleKey": "system:restrict-from-all-users", "parameters": { "restrictMode": "users" } },
                    ] }] },
                    "validators": [
                        { "ruleKey": "system:check-permission-validator", "parameters": { "permissionKey": "CLOSE_ISSUES" } },
                        { "ruleKey": "system:validate-field-value", "parameters": { "ruleType": "fieldRequired", "fieldsRequired": "assignee", "errorMessage": "Whose is it?" } },
                    ],
                    "actions": [{ "ruleKey": "system:update-field", "parameters": { "field": "resolution", "value": "10000" } }],
                },
                { "id": "31", "type": "GLOBAL", "name": "Comment", "links": [] },
            ],
        }],
    })
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    list.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name} in {list}"))
}

/// A workflow and the statuses of the answer that has it.
pub async fn read(client: &Client, name: &str) -> (Value, Value) {
    let mut answer = client.post(WORKFLOWS, json!({ "workflowNames": [name] })).await.expect(200);
    (answer["workflows"][0].take(), answer["statuses"].take())
}

/// The request that changes a workflow to what it is.
async fn change(client: &Client, name: &str) -> Value {
    let (workflow, statuses) = read(client, name).await;
    json!({ "statuses": statuses, "workflows": [workflow] })
}

/// A project whose issues follow a new workflow.
async fn project_with(admin: &Client, name: &str) -> Value {
    let made = admin.post(&format!("{WORKFLOWS}/create"), new_workflow(name)).await.expect(200);
    let scheme = json!({ "name": format!("{name} scheme"), "defaultWorkflow": name });
    let scheme = admin.post("/rest/api/3/workflowscheme", scheme).await.expect(201);
    let project = json!({ "key": "NEW", "name": name, "projectTypeKey": "business", "workflowScheme": scheme["id"] });
    admin.post("/rest/api/3/project", project).await.expect(201);
    made
}

async fn create(client: &Client, kind: &str) -> String {
    let fields = json!({ "project": { "key": "NEW" }, "issuetype": { "name": kind }, "summary": kind });
    format!("/rest/api/3/issue/{}", client.create(fields).await)
}

async fn take(client: &Client, issue: &str, id: &str) {
    client.post(&format!("{issue}/transitions"), json!({ "transition": { "id": id } })).await.expect(204);
}

async fn status(client: &Client, issue: &str) -> String {
    let fields = client.get(&format!("{issue}?fields=status")).await.expect(200);
    fields["fields"]["status"]["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_workflow_is_read_as_it_was_written() {
    let world = World::demo().await;
    let admin = world.admin();
    let made = admin.post(&format!("{WORKFLOWS}/create"), new_workflow("Reviewed")).await.expect(200);
    assert_json_snapshot!(made, {
        ".workflows[].id" => "[id]", ".workflows[].version.id" => "[id]", ".**.created" => "[time]", ".**.updated" => "[time]",
        ".workflows[].transitions[].*[].id" => "[id]", ".workflows[].transitions[].transitionScreen.id" => "[id]",
        ".workflows[].transitions[].conditions.conditions[].id" => "[id]",
        ".workflows[].transitions[].conditions.conditionGroups[].conditions[].id" => "[id]",
    });
    let (workflow, statuses) = read(&admin, "Reviewed").await;
    assert_eq!((&made["workflows"][0], &made["statuses"]), (&workflow, &statuses));
    // What it is changed to is what it is, but for the version and the ids of rules.
    let mut again = admin.post(&format!("{WORKFLOWS}/update"), change(&admin, "Reviewed").await).await.expect(200);
    let mut again = again["workflows"][0].take();
    assert_eq!(again["version"]["versionNumber"], 1);
    assert_ne!(again["version"]["id"], workflow["version"]["id"]);
    let rule = |workflow: &Value| workflow["transitions"][1]["actions"][0]["id"].clone();
    assert_ne!(rule(&again), rule(&workflow));
    let parameters = |workflow: &Value| workflow["transitions"][2]["conditions"]["conditions"][0]["parameters"].clone();
    assert_eq!(parameters(&again), parameters(&workflow));
    assert_eq!(again["transitions"][2]["conditions"]["conditionGroups"].as_array().unwrap().len(), 1);
    let links = again["transitions"][1]["links"].take();
    assert_eq!(links, json!([{ "fromStatusReference": "10000", "fromPort": 0, "toPort": 1 }]));
}

#[tokio::test]
async fn issues_follow_what_was_written() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    project_with(&admin, "Reviewed").await;
    let issue = create(&developer, "Task").await;
    let path = format!("{issue}/transitions");
    let offered = async || {
        let answer = developer.get(&path).await.expect(200);
        let steps = answer["transitions"].as_array().unwrap().iter();
        steps.map(|step| step["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(offered().await, ["Ask", "Accept", "Comment"]);
    take(&developer, &issue, "11").await;
    let me = developer.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let fields = developer.get(&format!("{issue}?fields=assignee")).await.expect(200);
    assert_eq!(fields["fields"]["assignee"]["accountId"], me);
    assert_eq!(offered().await, ["Accept", "Comment"]);
    // The validator asks for an assignee, in its own words.
    developer.put(&format!("{issue}/assignee"), json!({ "accountId": null })).await.expect(204);
    let accept = json!({ "transition": { "id": "21" } });
    developer.post(&path, accept.clone()).await.refused(400, &[], json!({ "assignee": "Whose is it?" }));
    developer.put(&format!("{issue}/assignee"), json!({ "accountId": me })).await.expect(204);
    developer.post(&path, accept).await.expect(204);
    let fields = developer.get(&format!("{issue}?fields=resolution,status")).await.expect(200);
    assert_eq!(
        (&fields["fields"]["resolution"]["name"], &fields["fields"]["status"]["name"]),
        (&"Done".into(), &"Done".into())
    );
    // A looped transition stays where it is.
    take(&developer, &issue, "31").await;
    assert_eq!(status(&developer, &issue).await, "Done");
    // Another change of the workflow is another set of transitions.
    let mut wanted = change(&admin, "Reviewed").await;
    wanted["workflows"][0]["transitions"][3]["name"] = "Talk".into();
    wanted["workflows"][0]["transitions"][2]["validators"] = json!([{
        "ruleKey": "system:validate-field-value",
        "parameters": { "ruleType": "fieldRequired", "fieldsRequired": "labels" },
    }]);
    wanted["workflows"][0]["transitions"][0]["validators"] = json!([{
        "ruleKey": "system:validate-field-value",
        "parameters": { "ruleType": "fieldRequired", "fieldsRequired": "duedate" },
    }]);
    let changed = admin.post(&format!("{WORKFLOWS}/update"), wanted).await.expect(200);
    assert_eq!(changed["taskId"], Value::Null);
    assert_eq!(offered().await, ["Accept", "Talk"]);
    // New issues take a transition, too.
    let fields = json!({ "project": { "key": "NEW" }, "issuetype": { "name": "Task" }, "summary": "x" });
    let refused = developer.post("/rest/api/3/issue", json!({ "fields": fields })).await;
    refused.refused(400, &[], json!({ "duedate": "Due date is required." }));
}

#[tokio::test]
async fn a_status_with_issues_is_removed_with_a_mapping_only() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    project_with(&admin, "Reviewed").await;
    let (task_in, story_in) = (create(&developer, "Task").await, create(&developer, "Story").await);
    take(&developer, &task_in, "11").await;
    take(&developer, &story_in, "11").await;
    let elsewhere = create(&developer, "Task").await;
    let mut wanted = change(&admin, "Reviewed").await;
    let review = named(&wanted["statuses"], "In Review")["id"].as_str().unwrap().to_owned();
    for list in ["statuses", "transitions"] {
        wanted["workflows"][0][list].as_array_mut().unwrap().remove(1);
    }
    let (project, kinds) = {
        let project = admin.get("/rest/api/3/project/NEW").await.expect(200);
        let kind = |name: &str| named(&project["issueTypes"], name)["id"].as_str().unwrap().to_owned();
        (project["id"].as_str().unwrap().to_owned(), [kind("Task"), kind("Story")])
    };

    // Without a mapping it is refused, and told for each type that has issues there.
    let mut sentences = kinds.clone().map(|kind| {
        format!("Issue type with ID {kind} is missing the mappings required for statuses with IDs {review}")
    });
    sentences.sort();
    let refused = admin.post(&format!("{WORKFLOWS}/update"), wanted.clone()).await;
    refused.refused(400, &[&sentences[0], &sentences[1]], json!({}));
    let validation = json!({ "payload": wanted, "validationOptions": { "levels": ["ERROR"] } });
    let found = admin.post(&format!("{WORKFLOWS}/update/validation"), validation).await.expect(200);
    let found = found["errors"].as_array().unwrap();
    assert_eq!(found.len(), 2);
    for error in found {
        assert_eq!(
            (&error["type"], &error["level"], &error["code"]),
            (&"STATUS_MAPPING".into(), &"ERROR".into(), &"MISSING_STATUS_MAPPING".into())
        );
        let element = &error["elementReference"];
        assert_eq!(
            (&element["statusReference"], &element["statusMappingReference"]["projectId"]),
            (&json!(review), &json!(project))
        );
    }
    assert_eq!(status(&developer, &task_in).await, "In Review");

    // One for a type, and one for the rest.
    wanted["workflows"][0]["statusMappings"] = json!([{
        "projectId": project, "issueTypeId": kinds[1],
        "statusMigrations": [{ "oldStatusReference": review, "newStatusReference": "10001" }],
    }]);
    let mut wrong = wanted.clone();
    wrong["workflows"][0]["defaultStatusMappings"] =
        json!([{ "oldStatusReference": review, "newStatusReference": "3" }]);
    let sentence = "The status mapping leads to a status that does not exist within this workflow.";
    admin.post(&format!("{WORKFLOWS}/update"), wrong).await.refused(400, &[sentence], json!({}));
    wanted["workflows"][0]["defaultStatusMappings"] =
        json!([{ "oldStatusReference": review, "newStatusReference": "10000" }]);
    let begun = admin.post(&format!("{WORKFLOWS}/update"), wanted).await.expect(200);
    assert_eq!(begun["workflows"][0]["taskId"], begun["taskId"]);
    let statuses = begun["workflows"][0]["statuses"].as_array().unwrap();
    let deprecated: Vec<&Value> = statuses.iter().filter(|one| one["deprecated"] == true).collect();
    assert_eq!(deprecated.iter().map(|one| &one["statusReference"]).collect::<Vec<_>>(), [&json!(review)]);
    assert_eq!(
        admin.ended(&format!("/rest/api/3/task/{}", begun["taskId"].as_str().unwrap())).await["status"],
        "COMPLETE"
    );

    assert_eq!(status(&developer, &task_in).await, "To Do");
    assert_eq!(status(&developer, &story_in).await, "Done");
    let changes = developer.get(&format!("{story_in}/changelog")).await.expect(200);
    let items = &changes["values"].as_array().unwrap().last().unwrap()["items"];
    let item = &items[0];
    assert_eq!(
        (&item["field"], &item["fromString"], &item["toString"]),
        (&"status".into(), &"In Review".into(), &"Done".into())
    );
    let untouched = developer.get(&format!("{elsewhere}/changelog")).await.expect(200);
    assert_eq!(untouched["total"], 0);
    let (workflow, statuses) = read(&admin, "Reviewed").await;
    assert_eq!(statuses.as_array().unwrap().len(), 2);
    assert_eq!((&workflow["version"]["versionNumber"], &workflow["taskId"]), (&json!(2), &Value::Null));
    // Nobody has the status now: it can go.
    admin.delete(&format!("/rest/api/3/statuses?id={review}")).await.expect(204);
    // The past still tells of it.
    let id = &workflow["id"];
    let entries = admin.post("/rest/api/3/workflow/history/list", json!({ "workflowId": id })).await.expect(200);
    let numbers = |entries: &Value| -> Vec<i64> {
        entries["entries"].as_array().unwrap().iter().map(|one| one["workflowVersion"].as_i64().unwrap()).collect()
    };
    assert_eq!(numbers(&entries), [2, 0]);
    let all = "/rest/api/3/workflow/history/list?expand=includeIntermediateWorkflows";
    let entries = admin.post(all, json!({ "workflowId": id })).await.expect(200);
    assert_eq!(numbers(&entries), [2, 1, 0]);
    assert_eq!(entries["entries"][1]["isIntermediate"], true);
    let first = admin.post("/rest/api/3/workflow/history", json!({ "workflowId": id, "version": 0 })).await.expect(200);
    assert_eq!(named(&first["statuses"], "In Review")["id"], json!(review));
    assert_json_snapshot!("a_version_of_the_past", first, {
        ".workflows[].id" => "[id]", ".workflows[].version.id" => "[id]", ".workflows[].created" => "[time]",
        ".workflows[].updated" => "[time]", ".workflows[].transitions" => "[transitions]",
    });
    for body in [json!({}), json!({ "workflowId": "none" })] {
        admin.post("/rest/api/3/workflow/history/list", body).await.expect(400);
    }
    for body in [json!({ "workflowId": id }), json!({ "workflowId": id, "version": 9 })] {
        admin.post("/rest/api/3/workflow/history", body).await.expect(400);
    }
    assert_eq!(world.anonymous().post(all, json!({ "workflowId": id })).await.status, 401);
    assert_eq!(world.anonymous().post("/rest/api/3/workflow/history", json!({ "workflowId": id })).await.status, 401);
}

#[tokio::test]
async fn a_status_without_issues_goes_at_once() {
    let world = World::demo().await;
    let admin = world.admin();
    project_with(&admin, "Reviewed").await;
    let mut wanted = change(&admin, "Reviewed").await;
    for list in ["statuses", "transitions"] {
        wanted["workflows"][0][list].as_array_mut().unwrap().remove(1);
    }
    let stale = wanted.clone();
    let changed = admin.post(&format!("{WORKFLOWS}/update"), wanted).await.expect(200);
    assert_eq!((&changed["taskId"], changed["workflows"][0]["statuses"].as_array().unwrap().len()), (&Value::Null, 2));
    // Whoever changes what somebody else has changed is told so.
    let sentence = "The workflow \"Reviewed\" is not of the given version any more.";
    admin.post(&format!("{WORKFLOWS}/update"), stale).await.refused(409, &[sentence], json!({}));
}

#[tokio::test]
async fn statuses_are_changed_with_their_workflow() {
    let world = World::demo().await;
    let admin = world.admin();
    admin.post(&format!("{WORKFLOWS}/create"), new_workflow("Reviewed")).await.expect(200);
    let mut wanted = change(&admin, "Reviewed").await;
    let statuses = wanted["statuses"].as_array_mut().unwrap();
    let review = statuses.iter_mut().find(|status| status["name"] == "In Review").unwrap();
    (review["name"], review["description"]) = ("Checked".into(), "By somebody.".into());
    let changed = admin.post(&format!("{WORKFLOWS}/update"), wanted.clone()).await.expect(200);
    assert_eq!(named(&changed["statuses"], "Checked")["description"], "By somebody.");
    wanted["workflows"][0]["version"] = changed["workflows"][0]["version"].clone();
    let status = wanted["statuses"].as_array_mut().unwrap().iter_mut().find(|one| one["name"] == "Checked").unwrap();
    status["name"] = "in progress".into();
    let sentence = "Status name \"in progress\" already in use. Try a different name.";
    admin.post(&format!("{WORKFLOWS}/update"), wanted).await.refused(400, &[sentence], json!({}));
}

#[tokio::test]
async fn refuses_bad_workflows() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let validate = format!("{WORKFLOWS}/create/validation");
    let payload = |payload: &Value| json!({ "payload": payload });
    let good = new_workflow("Reviewed");
    assert_eq!(admin.post(&validate, payload(&good)).await.expect(200), json!({ "errors": [] }));
    let mut bad = new_workflow("JIRA");
    bad["statuses"][1]["name"] = "Done".into();
    bad["statuses"][2]["statusCategory"] = "TODO".into();
    bad["statuses"][0]["statusReference"] = "10000".into();
    let transitions = &mut bad["workflows"][0]["transitions"];
    transitions[1]["links"] = json!([]);
    transitions[1]["actions"] = json!([
        { "ruleKey": "system:update-field", "parameters": {} },
        { "ruleKey": "system:trigger-webhook", "parameters": { "webhookId": "1" } },
        { "ruleKey": "system:change-assignee", "parameters": { "type": "to-selected-user", "accountId": "nobody" } },
    ]);
    transitions[1]["triggers"] = json!([{ "ruleKey": "system:development-triggers", "parameters": {} }]);
    transitions[2]["conditions"]["conditions"][0]["parameters"] = json!({});
    transitions[2]["id"] = "11".into();
    transitions[2]["validators"][1]["parameters"]["fieldsRequired"] = "customfield_99999".into();
    transitions[3]["type"] = "INITIAL".into();
    transitions[3]["links"] = json!([{ "fromStatusReference": DONE }]);
    transitions[3]["customIssueEventId"] = "99".into();
    assert_json_snapshot!("workflow_findings", admin.post(&validate, payload(&bad)).await.expect(200));
    let warnings = json!({ "payload": bad, "validationOptions": { "levels": ["WARNING"] } });
    let warnings = admin.post(&validate, warnings).await.expect(200);
    assert!(warnings["errors"].as_array().unwrap().iter().all(|one| one["level"] == "WARNING"), "{warnings}");
    assert_json_snapshot!("workflow_refused", admin.post(&format!("{WORKFLOWS}/create"), bad).await.expect(400));
    for (place, value, sentence) in [
        ("/statuses", json!([]), "payload.statuses : must not be empty"),
        ("/workflows", json!([]), "payload.workflows : must not be empty"),
        ("/scope", json!({ "type": "PROJECT" }), "The scope has to be GLOBAL, or PROJECT with the id of a project."),
        ("/scope", json!({ "type": "PROJECT", "project": { "id": "1" } }), "We couldn't find project 1 in this scope"),
    ] {
        let mut wrong = good.clone();
        *wrong.pointer_mut(place).unwrap() = value;
        admin.post(&validate, payload(&wrong)).await.refused(400, &[sentence], json!({}));
    }
    let mut bare = good.clone();
    bare["workflows"][0]["statuses"][2].as_object_mut().unwrap().remove("properties");
    let sentence = "Missing required field 'workflows.[0].statuses.[2].properties'";
    admin.post(&format!("{WORKFLOWS}/create"), bare).await.refused(400, &[sentence], json!({}));
    for path in ["create", "create/validation", "update", "update/validation"] {
        admin.post(&format!("{WORKFLOWS}/{path}"), json!({ "statuses": 1 })).await.expect(400);
        assert_eq!(world.anonymous().post(&format!("{WORKFLOWS}/{path}"), good.clone()).await.status, 401);
    }
    developer.post(&format!("{WORKFLOWS}/create"), good.clone()).await.refused(401, &[REFUSAL], json!({}));
    developer.post(&validate, payload(&good)).await.refused(401, &[REFUSAL], json!({}));
    let system = change(&admin, "jira").await;
    let sentence = "The workflow \"jira\" can't be edited.";
    admin.post(&format!("{WORKFLOWS}/update"), system.clone()).await.refused(400, &[sentence], json!({}));
    developer.post(&format!("{WORKFLOWS}/update"), system.clone()).await.refused(401, &[REFUSAL], json!({}));
    let mut unknown = system.clone();
    unknown["workflows"][0]["id"] = "none".into();
    let sentence = "The workflow with id none was not found.";
    admin.post(&format!("{WORKFLOWS}/update"), unknown).await.refused(400, &[sentence], json!({}));
    // The same, twice, in a request with a status that is in use by the system's own.
    let twice =
        json!({ "statuses": system["statuses"], "workflows": [system["workflows"][0], system["workflows"][0]] });
    let found = admin.post(&format!("{WORKFLOWS}/update/validation"), payload(&twice)).await.expect(200);
    assert!(found["errors"].as_array().unwrap().iter().any(|one| one["code"] == "NON_UNIQUE_WORKFLOW"), "{found}");
}

#[tokio::test]
async fn a_team_managed_project_has_its_own() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let name = "Software Simplified Workflow for Project TEAM";
    let (workflow, _) = read(&developer, name).await;
    assert_eq!(workflow["scope"]["type"], "PROJECT");
    // Who does not administer Jira sees no other.
    let all = developer.get(&format!("{WORKFLOWS}/search")).await.expect(200);
    assert_eq!((&all["total"], &all["values"][0]["id"]), (&json!(1), &workflow["id"]));
    let wanted = change(&admin, name).await;
    developer.post(&format!("{WORKFLOWS}/update"), wanted.clone()).await.expect(401);
    let project = &workflow["scope"]["project"]["id"];
    let role = format!("/rest/api/3/project/{}/role/10002", project.as_str().unwrap());
    let me = developer.get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    admin.post(&role, json!({ "user": [me] })).await.expect(200);
    // Who administers the project changes it, and adds a status to it alone.
    let mut wanted = wanted;
    wanted["statuses"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "name": "Waiting", "statusCategory": "TODO", "statusReference": REVIEW }));
    wanted["workflows"][0]["statuses"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "statusReference": REVIEW, "properties": {} }));
    wanted["workflows"][0]["transitions"].as_array_mut().unwrap().push(json!({
        "id": "99", "type": "GLOBAL", "name": "Waiting", "toStatusReference": REVIEW,
        "conditions": { "operation": "ALL", "conditions": [
            { "ruleKey": "system:restrict-issue-transition", "parameters": { "accountIds": me } },
        ] },
    }));
    let changed = developer.post(&format!("{WORKFLOWS}/update"), wanted).await.expect(200);
    assert_eq!(named(&changed["statuses"], "Waiting")["scope"]["project"]["id"], *project);
    take(&developer, "/rest/api/3/issue/TEAM-1", "99").await;
    assert_eq!(status(&developer, "/rest/api/3/issue/TEAM-1").await, "Waiting");
    let offered = admin.get("/rest/api/3/issue/TEAM-1/transitions").await.expect(200);
    assert!(offered["transitions"].as_array().unwrap().iter().all(|step| step["name"] != "Waiting"));
    // A workflow for the project alone.
    let mut own = new_workflow("Of a team");
    own["scope"] = json!({ "type": "PROJECT", "project": { "id": project } });
    for status in own["statuses"].as_array_mut().unwrap() {
        status.as_object_mut().unwrap().remove("id");
        status["name"] = format!("Own {}", status["name"].as_str().unwrap()).into();
    }
    own["workflows"][0]["transitions"][2]["conditions"] = Value::Null;
    let made = developer.post(&format!("{WORKFLOWS}/create"), own).await.expect(200);
    assert_eq!(made["workflows"][0]["scope"]["project"]["id"], *project);
    let demo = admin.get("/rest/api/3/project/DEMO").await.expect(200)["id"].clone();
    let mut other = new_workflow("Of no team");
    other["scope"] = json!({ "type": "PROJECT", "project": { "id": demo } });
    let refused = admin.post(&format!("{WORKFLOWS}/create"), other).await.expect(400);
    assert_eq!(refused["errorMessages"][0], "The status with id 10000 was not found.");
}

#[tokio::test]
async fn only_what_nobody_follows_is_deleted() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let made = project_with(&admin, "Reviewed").await;
    let used = format!("/rest/api/3/workflow/{}", made["workflows"][0]["id"].as_str().unwrap());
    admin.delete(&used).await.refused(400, &["Cannot delete an active workflow."], json!({}));
    admin.delete("/rest/api/3/workflow/jira").await.refused(400, &["Cannot delete a system workflow."], json!({}));
    let sentence = "Cannot delete a workflow that is associated with a workflow scheme.";
    let path = "/rest/api/3/workflow/classic%20default%20workflow";
    admin.delete(path).await.refused(400, &[sentence], json!({}));
    let mut other = new_workflow("Unused");
    other["statuses"][1]["name"] = "In Doubt".into();
    let made = admin.post(&format!("{WORKFLOWS}/create"), other).await.expect(200);
    let unused = format!("/rest/api/3/workflow/{}", made["workflows"][0]["id"].as_str().unwrap());
    let sentence = "Only Jira administrators can access the workflow configuration.";
    developer.delete(&unused).await.refused(403, &[sentence], json!({}));
    world.anonymous().delete(&unused).await.expect(401);
    admin.delete(&unused).await.expect(204);
    admin.delete(&unused).await.refused(404, &["The workflow was not found."], json!({}));
}
