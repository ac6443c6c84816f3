//! Issue security schemes and their levels.

use crate::support::{Client, World};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const SCHEMES: &str = "/rest/api/3/issuesecurityschemes";
const FORBIDDEN: &str = "You are not authorized to perform this action. Administrator privileges are required.";

/// Makes a scheme; its id.
pub async fn scheme(admin: &Client, body: Value) -> String {
    admin.post(SCHEMES, body).await.expect(201)["id"].as_str().expect("an id").to_owned()
}

/// The id of a level of a scheme.
pub async fn level(admin: &Client, scheme_id: &str, name: &str) -> String {
    let page = admin.get(&format!("{SCHEMES}/level?schemeId={scheme_id}")).await.expect(200);
    let level = page["values"].as_array().unwrap().iter().find(|level| level["name"] == name).expect("the level");
    level["id"].as_str().expect("an id").to_owned()
}

/// Gives a project a scheme, and waits until it has it.
pub async fn associate(admin: &Client, key: &str, scheme_id: Option<&str>, mappings: Value) {
    let project = admin.get(&format!("/rest/api/3/project/{key}")).await.expect(200);
    let body = json!({ "projectId": project["id"], "schemeId": scheme_id, "oldToNewSecurityLevelMappings": mappings });
    let see = admin.put(&format!("{SCHEMES}/project"), body).await;
    assert_eq!(admin.task(&see).await["status"], "COMPLETE");
}

fn example() -> Value {
    json!({
        "name": "Example",
        "description": "For the example.",
        "levels": [
            { "name": "Staff", "description": "Colleagues", "isDefault": true, "members": [
                { "type": "group", "parameter": "jira-software-users" },
                { "type": "user", "parameter": "5f2a9c10e4b0d7a1c3e80a02" },
            ] },
            { "name": "Reporter", "members": [{ "type": "reporter" }, { "type": "reporter" }] },
        ],
    })
}

#[tokio::test]
async fn schemes_and_levels_are_shown() {
    let world = World::demo().await;
    let admin = world.admin();
    assert_eq!(admin.get(SCHEMES).await.expect(200), json!({ "issueSecuritySchemes": [] }));
    let id = scheme(&admin, example()).await;
    let other = scheme(&admin, json!({ "name": "Another" })).await;
    let all = admin.get(SCHEMES).await.expect(200);
    assert_json_snapshot!("security_schemes", world.portable(&all));
    let one = admin.get(&format!("{SCHEMES}/{id}")).await.expect(200);
    assert_json_snapshot!("security_scheme", world.portable(&one));
    let levels = admin.get(&format!("{SCHEMES}/level?onlyDefault=true")).await.expect(200);
    assert_json_snapshot!("security_levels", world.portable(&levels));
    let members = admin.get(&format!("{SCHEMES}/level/member?schemeId={id}&expand=user")).await.expect(200);
    assert_json_snapshot!("security_members", world.portable(&members));
    let members = admin.get(&format!("{SCHEMES}/{id}/members?maxResults=1")).await.expect(200);
    assert_json_snapshot!("security_scheme_members", world.portable(&members));
    let staff = level(&admin, &id, "Staff").await;
    // Given both, it is either.
    let both = admin.get(&format!("{SCHEMES}/level?id={staff}&schemeId={other}")).await.expect(200);
    assert_eq!(both["total"], 1);
    let level = world.anonymous().get(&format!("/rest/api/3/securitylevel/{staff}")).await.expect(200);
    assert_eq!(level, one["levels"][0]);
    world.anonymous().get("/rest/api/3/securitylevel/9").await.expect(404);

    associate(&admin, "DEMO", Some(&id), json!([])).await;
    let found = admin.get(&format!("{SCHEMES}/search?id={id}&id={other}")).await.expect(200);
    assert_json_snapshot!("security_schemes_found", world.portable(&found));
    let project = admin.get("/rest/api/3/project/DEMO").await.expect(200)["id"].as_str().unwrap().to_owned();
    let found = admin.get(&format!("{SCHEMES}/search?projectId={project}")).await.expect(200);
    assert_eq!(found["total"], 1);
    assert_eq!(found["values"][0]["projectIds"], json!([project.parse::<i64>().unwrap()]));
    let pairs = admin.get(&format!("{SCHEMES}/project?issueSecuritySchemeId={id}")).await.expect(200);
    assert_eq!(pairs["values"], json!([{ "issueSecuritySchemeId": id, "projectId": project }]));

    let of_project = "/rest/api/3/project/DEMO/issuesecuritylevelscheme";
    assert_eq!(admin.get(of_project).await.expect(200), one);
    world.developer().get(of_project).await.expect(403);
    admin.get("/rest/api/3/project/TEAM/issuesecuritylevelscheme").await.expect(404);
    let choices = "/rest/api/3/project/DEMO/securitylevel";
    assert_eq!(admin.get(choices).await.expect(200)["levels"], one["levels"]);
    assert_eq!(world.developer().get(choices).await.expect(200)["levels"], json!([]));
    world.anonymous().get(choices).await.expect(404);
}

#[tokio::test]
async fn schemes_levels_and_members_change() {
    let world = World::demo().await;
    let admin = world.admin();
    let id = scheme(&admin, example()).await;
    let path = format!("{SCHEMES}/{id}");
    admin.put(&path, json!({ "name": "Renamed" })).await.expect(204);
    let levels = json!({ "levels": [{ "name": "New", "isDefault": true, "members": [{ "type": "assignee" }] }] });
    admin.put(&format!("{path}/level"), levels).await.expect(204);
    let (new, staff) = (level(&admin, &id, "New").await, level(&admin, &id, "Staff").await);
    let one = admin.get(&path).await.expect(200);
    assert_eq!((&one["name"], &one["description"]), (&json!("Renamed"), &json!("For the example.")));
    assert_eq!(one["defaultSecurityLevelId"].to_string(), new);
    let default = |level: Value| json!({ "defaultValues": [{ "issueSecuritySchemeId": id, "defaultLevelId": level }] });
    admin.put(&format!("{SCHEMES}/level/default"), default(json!(staff))).await.expect(204);
    assert_eq!(admin.get(&path).await.expect(200)["defaultSecurityLevelId"].to_string(), staff);
    admin.put(&format!("{SCHEMES}/level/default"), default(json!(null))).await.expect(204);
    assert_eq!(admin.get(&path).await.expect(200).get("defaultSecurityLevelId"), None);
    admin.put(&format!("{path}/level/{new}"), json!({ "name": "Newer", "description": "d" })).await.expect(204);
    let renamed = admin.get(&format!("/rest/api/3/securitylevel/{new}")).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["description"]), (&json!("Newer"), &json!("d")));
    let members = json!({ "members": [{ "type": "projectLead" }, { "type": "assignee" }] });
    admin.put(&format!("{path}/level/{new}/member"), members).await.expect(204);
    let listed = format!("{path}/members?issueSecurityLevelId={new}");
    let members = admin.get(&listed).await.expect(200)["values"].clone();
    let kinds: Vec<&Value> = members.as_array().unwrap().iter().map(|member| &member["holder"]["type"]).collect();
    assert_eq!(kinds, ["assignee", "projectLead"]);
    let member = format!("{path}/level/{new}/member/{}", members[0]["id"]);
    admin.delete(&member).await.expect(204);
    admin.delete(&member).await.expect(404);
    assert_eq!(admin.get(&listed).await.expect(200)["total"], 1);
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.expect(404);
    admin.get(&format!("/rest/api/3/securitylevel/{new}")).await.expect(404);
}

#[tokio::test]
async fn issues_follow_when_levels_go_or_projects_change_schemes() {
    let world = World::demo().await;
    let admin = world.admin();
    let levels = |names: [&str; 2]| -> Value {
        names.iter().map(|name| json!({ "name": name, "members": [{ "type": "anyone" }] })).collect()
    };
    let first = scheme(&admin, json!({ "name": "First", "levels": levels(["A", "B"]) })).await;
    let second = scheme(&admin, json!({ "name": "Second", "levels": levels(["C", "D"]) })).await;
    let (a, b) = (level(&admin, &first, "A").await, level(&admin, &first, "B").await);
    let (c, d) = (level(&admin, &second, "C").await, level(&admin, &second, "D").await);
    associate(&admin, "DEMO", Some(&first), json!([{ "oldLevelId": null, "newLevelId": b }])).await;
    let put = json!({ "fields": { "security": { "id": a } } });
    for key in ["DEMO-7", "DEMO-8"] {
        admin.put(&format!("/rest/api/3/issue/{key}"), put.clone()).await.expect(204);
    }
    let of = async |key: &str| {
        let issue = admin.get(&format!("/rest/api/3/issue/{key}?fields=security")).await.expect(200);
        issue["fields"]["security"]["name"].clone()
    };
    assert_eq!((of("DEMO-1").await, of("DEMO-7").await), (json!("B"), json!("A")));

    // A scheme in use can't go.
    let sentence = "You can't delete an issue security scheme if any projects are associated with it.";
    admin.delete(&format!("{SCHEMES}/{first}")).await.refused(400, &[sentence], json!({}));

    // A level goes: its issues get the other.
    let see = admin.delete(&format!("{SCHEMES}/{first}/level/{b}?replaceWith={a}")).await;
    assert_eq!(admin.task(&see).await["status"], "COMPLETE");
    assert_eq!(of("DEMO-1").await, "A");
    admin.delete(&format!("{SCHEMES}/{first}/level/{b}")).await.expect(404);

    // What is mapped gets the new level, what is not loses it.
    associate(&admin, "DEMO", Some(&second), json!([{ "oldLevelId": a, "newLevelId": d }])).await;
    assert_eq!(of("DEMO-7").await, "D");
    // Their histories tell it.
    let changes = async |key: &str| {
        let page = admin.get(&format!("/rest/api/3/issue/{key}/changelog")).await.expect(200);
        let item = page["values"].as_array().unwrap().last().unwrap()["items"][0].clone();
        json!([item["field"], item["fromString"], item["toString"]])
    };
    assert_eq!(changes("DEMO-7").await, json!(["security", "A", "D"]));
    admin.put("/rest/api/3/issue/DEMO-8", json!({ "fields": { "security": { "id": c } } })).await.expect(204);
    let see = admin.delete(&format!("{SCHEMES}/{second}/level/{c}")).await;
    assert_eq!(admin.task(&see).await["status"], "COMPLETE");
    assert_eq!(of("DEMO-8").await, Value::Null);
    assert_eq!(changes("DEMO-8").await, json!(["security", "C", null]));
    associate(&admin, "DEMO", None, json!([])).await;
    assert_eq!(of("DEMO-7").await, Value::Null);
    assert_eq!(changes("DEMO-7").await, json!(["security", "D", null]));
    admin.get("/rest/api/3/project/DEMO/issuesecuritylevelscheme").await.expect(404);
    admin.delete(&format!("{SCHEMES}/{second}")).await.expect(204);
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let world = World::demo().await;
    let admin = world.admin();
    let id = scheme(&admin, example()).await;
    let staff = level(&admin, &id, "Staff").await;
    let long = |length: usize| "x".repeat(length);
    let many: Vec<Value> = (0..101).map(|at| json!({ "name": at.to_string() })).collect();
    let default = json!({ "name": "x", "isDefault": true });
    let other = json!({ "name": "y", "isDefault": true });
    for (body, sentence) in [
        (json!({}), "The name must not be empty."),
        (json!({ "name": long(61) }), "The length of the name must not exceed 60 characters."),
        (json!({ "name": "EXAMPLE" }), "An issue security scheme with this name already exists."),
        (
            json!({ "name": "x", "description": long(256) }),
            "The length of the description must not exceed 255 characters.",
        ),
        (
            json!({ "name": "x", "levels": [{ "name": "x", "description": long(4001) }] }),
            "The length of the description must not exceed 4,000 characters.",
        ),
        (json!({ "name": "x", "levels": many }), "At most 100 issue security levels can be added at once."),
        (json!({ "name": "x", "levels": [default, other] }), "Only one issue security level can be the default one."),
        (
            json!({ "name": "x", "levels": [{ "name": "x" }, { "name": "X" }] }),
            "An issue security level with this name already exists in the scheme.",
        ),
        (
            json!({ "name": "x", "levels": [{ "name": "x", "members": [{ "type": "group", "parameter": "y" }] }] }),
            "Group 'y' does not exist.",
        ),
    ] {
        admin.post(SCHEMES, body).await.refused(400, &[sentence], json!({}));
    }
    let path = format!("{SCHEMES}/{id}");
    let wrong = "some-wrong-string is not a valid value. The issue security scheme ID must be a positive integer.";
    let missing = "Issue security scheme with ID 99 not found.";
    let name = json!({ "name": "Other" });
    admin.put(&format!("{SCHEMES}/some-wrong-string"), name.clone()).await.refused(400, &[wrong], json!({}));
    admin.put(&format!("{SCHEMES}/99"), name.clone()).await.refused(404, &[missing], json!({}));
    admin.delete(&format!("{SCHEMES}/some-wrong-string")).await.refused(400, &[wrong], json!({}));
    admin.put(&path, json!({ "name": "" })).await.expect(400);
    admin.put(&format!("{path}/level"), json!({ "levels": [] })).await.expect(400);
    admin.put(&format!("{path}/level"), json!({ "levels": [{ "name": "staff" }] })).await.expect(400);
    admin.put(&format!("{SCHEMES}/99/level"), json!({ "levels": [name] })).await.expect(404);
    admin.put(&format!("{path}/level/99"), json!({ "name": "x" })).await.expect(404);
    admin.put(&format!("{path}/level/{staff}"), json!({ "name": "Reporter" })).await.expect(400);
    admin.put(&format!("{path}/level/{staff}/member"), json!({ "members": [{ "type": "nobody" }] })).await.expect(400);
    admin.put(&format!("{path}/level/{staff}/member"), json!({})).await.expect(400);
    admin.delete(&format!("{path}/level/{staff}/member/x")).await.expect(400);
    admin.delete(&format!("{path}/level/{staff}?replaceWith={staff}")).await.expect(400);
    admin.get(&format!("{SCHEMES}/99")).await.expect(403);
    admin.get(&format!("{SCHEMES}/99/members")).await.expect(404);
    let sentence = "-1000 is not a valid value. id must be zero or a positive integer.";
    admin.get(&format!("{SCHEMES}/level?id=-1000")).await.refused(400, &[sentence], json!({}));
    admin.get(&format!("{SCHEMES}/search?projectId=x")).await.expect(400);

    let defaults = format!("{SCHEMES}/level/default");
    admin.put(&defaults, json!({ "defaultValues": [] })).await.expect(400);
    let pair = |scheme: &str, level: &str| json!({ "defaultValues": [{ "issueSecuritySchemeId": scheme, "defaultLevelId": level }] });
    admin.put(&defaults, pair("some-wrong-string", "1")).await.refused(400, &[wrong], json!({}));
    admin.put(&defaults, pair("99", "1")).await.refused(404, &[missing], json!({}));
    admin.put(&defaults, pair(&id, "99")).await.expect(404);
    let project = format!("{SCHEMES}/project");
    let demo = admin.get("/rest/api/3/project/DEMO").await.expect(200)["id"].clone();
    for (body, status) in [
        (json!({ "projectId": demo, "schemeId": "some-wrong-string" }), 400),
        (json!({ "projectId": demo, "schemeId": "99" }), 404),
        (json!({ "projectId": "99", "schemeId": id }), 404),
        (
            json!({ "projectId": demo, "schemeId": id, "oldToNewSecurityLevelMappings": [{ "oldLevelId": staff, "newLevelId": staff }] }),
            400,
        ),
    ] {
        admin.put(&project, body).await.expect(status);
    }
}

#[tokio::test]
async fn only_administrators_have_to_do_with_schemes() {
    let world = World::demo().await;
    let id = scheme(&world.admin(), example()).await;
    let developer = world.developer();
    let path = format!("{SCHEMES}/{id}");
    let refusals = [
        developer.get(SCHEMES).await,
        developer.post(SCHEMES, example()).await,
        developer.put(&path, json!({ "name": "x" })).await,
        developer.delete(&path).await,
        developer.get(&format!("{SCHEMES}/search")).await,
        developer.get(&format!("{SCHEMES}/level")).await,
        developer.put(&format!("{SCHEMES}/level/default"), json!({ "defaultValues": [] })).await,
        developer.get(&format!("{SCHEMES}/level/member")).await,
        developer.get(&format!("{SCHEMES}/project")).await,
        developer.put(&format!("{SCHEMES}/project"), json!({ "projectId": "1", "schemeId": id })).await,
        developer.put(&format!("{path}/level"), json!({ "levels": [] })).await,
        developer.put(&format!("{path}/level/1"), json!({ "name": "x" })).await,
        developer.delete(&format!("{path}/level/1")).await,
        developer.put(&format!("{path}/level/1/member"), json!({ "members": [] })).await,
        developer.delete(&format!("{path}/level/1/member/1")).await,
        developer.get(&format!("{path}/members")).await,
    ];
    for refusal in refusals {
        refusal.refused(403, &[FORBIDDEN], json!({}));
    }
    developer.get(&path).await.expect(403);
    world.anonymous().get(SCHEMES).await.expect(401);
}

#[tokio::test]
async fn a_project_is_given_a_scheme_with_its_other_settings() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let member = json!([{ "type": "anyone" }]);
    let levels = |name: &str| json!([{ "name": name, "isDefault": true, "members": member }]);
    let first = scheme(&admin, json!({ "name": "First", "levels": levels("one") })).await;
    let second = scheme(&admin, json!({ "name": "Second", "levels": levels("two") })).await;
    let first_id: i64 = first.parse().unwrap();
    let second_id: i64 = second.parse().unwrap();
    let project = json!({
        "key": "SEC", "name": "Secured", "projectTypeKey": "software", "issueSecurityScheme": first_id,
        "projectTemplateKey": "com.pyxis.greenhopper.jira:gh-simplified-kanban-classic",
    });
    admin.post("/rest/api/3/project", project).await.expect(201);
    let of_project = "/rest/api/3/project/SEC/issuesecuritylevelscheme";
    assert_eq!(admin.get(of_project).await.expect(200)["name"], "First");
    let task = |key: &str| json!({ "project": { "key": key }, "issuetype": { "name": "Task" }, "summary": "secret" });
    let key = admin.create(task("SEC")).await;
    let level_of = async |key: &str| {
        admin.get(&format!("/rest/api/3/issue/{key}?fields=security")).await.expect(200)["fields"]["security"]["name"]
            .clone()
    };
    assert_eq!(level_of(&key).await, "one");
    // A level of the former scheme would hide the issue from everybody.
    let change = json!({ "issueSecurityScheme": second_id });
    let path = "/rest/api/3/project/SEC";
    developer.put(path, change.clone()).await.expect(403);
    admin.put(path, change).await.expect(200);
    assert_eq!(admin.get(of_project).await.expect(200)["name"], "Second");
    assert_eq!(level_of(&key).await, Value::Null);
    let unknown = admin.put(path, json!({ "issueSecurityScheme": 1 })).await;
    unknown.refused(400, &[], json!({ "issueSecurityScheme": "No object with id '1' was found." }));
    // Elsewhere an issue gets what new ones get there, and its sub-tasks the same.
    let moved = admin.create(task("DEMO")).await;
    crate::jql_names::moved(&world, &moved, "SEC").await;
    assert_eq!(level_of(&moved).await, "two");
}
