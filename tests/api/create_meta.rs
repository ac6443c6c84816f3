//! What can be set on issues, as forms ask for it.

use crate::support::{World, names};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const META: &str = "/rest/api/3/issue/createmeta";

#[tokio::test]
async fn types_and_their_fields_come_in_pages() {
    let world = World::demo().await;
    let developer = world.developer();
    let types = developer.get(&format!("{META}/DEMO/issuetypes?startAt=1&maxResults=2")).await.expect(200);
    assert_eq!(names(&types["issueTypes"]), ["Story", "Task"]);
    assert_eq!((&types["startAt"], &types["maxResults"], &types["total"]), (&json!(1), &json!(2), &json!(5)));
    let bug = developer.get(&format!("{META}/10000/issuetypes/10004?maxResults=200")).await.expect(200);
    let shown: Vec<Value> = bug["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| {
            let values = field["allowedValues"].as_array().map(|values| {
                values.iter().map(|value| value.get("name").or(value.get("value")).unwrap().clone()).collect::<Vec<_>>()
            });
            json!([field["fieldId"], field["required"], field["schema"], field["operations"], values])
        })
        .collect();
    assert_json_snapshot!(shown);
    // The address that completes a name is one that answers.
    let assignee = bug["fields"].as_array().unwrap().iter().find(|field| field["fieldId"] == "assignee").unwrap();
    let url = assignee["autoCompleteUrl"].as_str().unwrap().strip_prefix(world.url()).unwrap();
    let found = developer.get(&format!("{url}dana")).await.expect(200);
    assert_eq!(found[0]["displayName"], "Dana Developer");
    let subtask = developer.get(&format!("{META}/DEMO/issuetypes/10003?maxResults=200")).await.expect(200);
    let parent = subtask["fields"].as_array().unwrap().iter().find(|field| field["fieldId"] == "parent").unwrap();
    assert_eq!(parent["required"], true); // J-11
}

#[tokio::test]
async fn forms_that_can_t_be_shown_are_refused() {
    let world = World::demo().await;
    let developer = world.developer();
    let refusal = json!({
        "errorMessages": ["Parameter 'maxResults' must not exceed the limit '200'"],
        "errors": {},
        "httpStatusCode": { "empty": false, "present": true },
    });
    for path in ["DEMO/issuetypes", "DEMO/issuetypes/10002"] {
        assert_eq!(developer.get(&format!("{META}/{path}?maxResults=201")).await.expect(400), refusal); // J-65
    }
    let no_project = ["No project could be found with id or key 'NOPE'."];
    developer.get(&format!("{META}/NOPE/issuetypes")).await.refused(400, &no_project, json!({}));
    let no_type = json!({ "issuetype": "The issue type selected is invalid." });
    developer.get(&format!("{META}/DEMO/issuetypes/999")).await.refused(400, &[], no_type);
    let sentence = "You do not have permission to create issues in this project.";
    world.viewer().get(&format!("{META}/DEMO/issuetypes")).await.refused(400, &[sentence], json!({}));
}

/// J-66.
#[tokio::test]
async fn the_old_form_nests_everything() {
    let world = World::demo().await;
    let developer = world.developer();
    let all = developer.get(META).await.expect(200);
    let keys: Vec<&Value> = all["projects"].as_array().unwrap().iter().map(|project| &project["key"]).collect();
    assert_eq!(keys, ["DEMO", "OPS", "TEAM"]);
    assert!(all["projects"][0]["issuetypes"][0].get("fields").is_none());
    let query = "projectKeys=DEMO,NOPE&issuetypeNames=Bug&expand=projects.issuetypes.fields";
    let one = developer.get(&format!("{META}?{query}")).await.expect(200);
    assert_eq!(one["projects"].as_array().unwrap().len(), 1);
    let types = &one["projects"][0]["issuetypes"];
    assert_eq!(names(types), ["Bug"]);
    assert_eq!(types[0]["fields"]["summary"]["required"], true);
    assert_eq!(types[0]["fields"]["priority"]["defaultValue"]["name"], "Medium");
    let by_id =
        developer.get(&format!("{META}?projectIds=10000&issuetypeIds=10002&issuetypeIds=10004")).await.expect(200);
    assert_eq!(names(&by_id["projects"][0]["issuetypes"]), ["Task", "Bug"]);
    // Only where the caller may create.
    assert_eq!(world.viewer().get(META).await.expect(200)["projects"], json!([]));
}

/// J-67.
#[tokio::test]
async fn who_may_not_edit_is_asked_for_nothing() {
    let world = World::demo().await;
    let path = "/rest/api/3/issue/DEMO-4/editmeta";
    let fields = world.developer().get(path).await.expect(200)["fields"].clone();
    assert_eq!(fields["labels"]["operations"], json!(["add", "set", "remove"]));
    assert_eq!(names(&fields["issuetype"]["allowedValues"]), ["Story", "Task", "Bug"]);
    assert!(fields["labels"]["autoCompleteUrl"].is_string());
    assert_eq!(world.viewer().get(path).await.expect(200), json!({ "fields": {} }));
    world.anonymous().get(path).await.expect(404);
}
