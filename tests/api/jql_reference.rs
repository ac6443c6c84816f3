//! All that queries can be made of, as editors of queries are told it.

use crate::support::{Client, World};
use insta::assert_snapshot;
use serde_json::{Value, json};

fn words(value: &Value) -> String {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

/// S-54, S-55: a line for each field and each function.
#[tokio::test]
async fn fields_functions_and_reserved_words() {
    let world = World::demo().await;
    let admin = world.admin();
    let field = json!({
        "name": "Story Points", "type": "com.atlassian.jira.plugin.system.customfieldtypes:float",
        "searcherKey": "com.atlassian.jira.plugin.system.customfieldtypes:exactnumber",
    });
    admin.post("/rest/api/3/field", field).await.expect(201);
    let all =
        admin.post("/rest/api/3/jql/autocompletedata", json!({ "includeCollapsedFields": true })).await.expect(200);
    let mut told = vec!["# value: orderable, searchable, auto; operators; type".to_owned()];
    for field in all["visibleFieldNames"].as_array().unwrap() {
        let flags: Vec<&str> =
            ["orderable", "searchable", "auto"].into_iter().filter(|flag| field[flag] == "true").collect();
        told.push(format!(
            "{}: {}; {}; {}",
            field["value"].as_str().unwrap(),
            flags.join(", "),
            words(&field["operators"]),
            words(&field["types"])
        ));
    }
    told.push("# functions; type".to_owned());
    for function in all["visibleFunctionNames"].as_array().unwrap() {
        let list = if function["isList"] == "true" { " (a list)" } else { "" };
        told.push(format!("{}{list}; {}", function["value"].as_str().unwrap(), words(&function["types"])));
    }
    let reserved = all["jqlReservedWords"].as_array().unwrap();
    told.push(format!("# {} reserved words", reserved.len()));
    told.push(words(&all["jqlReservedWords"]));
    assert_snapshot!(told.join("\n"));
    let parse = async |validation: &str, queries: &[String]| {
        let path = format!("/rest/api/3/jql/parse?validation={validation}");
        admin.post(&path, json!({ "queries": queries })).await.expect(200)["queries"].clone()
    };
    // What is told can be put into a query.
    let queries: Vec<String> = all["visibleFieldNames"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|field| field["searchable"] == "true")
        .map(|field| format!("{} {} (1)", field["value"].as_str().unwrap(), field["operators"][0].as_str().unwrap()))
        .collect();
    let unknown = |query: &Value| query.to_string().contains("does not exist or you do not have permission");
    for query in parse("strict", &queries).await.as_array().unwrap() {
        assert!(!unknown(query) && !query.to_string().contains("Expecting"), "{query}");
    }
    let orderable = all["visibleFieldNames"].as_array().unwrap().iter().filter(|field| field["orderable"] == "true");
    let queries: Vec<String> =
        orderable.map(|field| format!("key = DEMO-1 ORDER BY {}", field["value"].as_str().unwrap())).collect();
    for query in parse("strict", &queries).await.as_array().unwrap() {
        assert!(query["structure"].is_object(), "{query}");
    }
    // Any of them must stand between quotes, and may.
    let queries: Vec<String> = reserved.iter().map(|word| format!("summary ~ {}", word.as_str().unwrap())).collect();
    for (bare, word) in parse("none", &queries).await.as_array().unwrap().iter().zip(reserved) {
        // EMPTY is a value of its own.
        assert_eq!(bare.get("errors").is_none(), ["empty", "null"].contains(&word.as_str().unwrap()), "{bare}");
    }
    let quoted: Vec<String> = queries.iter().map(|query| query.replace("~ ", "~ '") + "'").collect();
    assert!(parse("none", &quoted).await.as_array().unwrap().iter().all(|query| query.get("errors").is_none()));
}

async fn suggested(client: &Client, field: &str) -> Vec<String> {
    let path = format!("/rest/api/3/jql/autocompletedata/suggestions?fieldName={}", field.replace(' ', "%20"));
    let results = client.get(&path).await.expect(200)["results"].clone();
    results.as_array().unwrap().iter().map(|result| result["value"].as_str().unwrap().to_owned()).collect()
}

/// S-56: fields of every kind that has values to choose from.
#[tokio::test]
async fn values_of_every_kind_of_field() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    admin.post("/rest/api/3/version", json!({ "project": "DEMO", "name": "1.0" })).await.expect(201);
    admin.post("/rest/api/3/component", json!({ "project": "DEMO", "name": "Core" })).await.expect(201);
    admin.post("/rest/api/3/projectCategory", json!({ "name": "Inside" })).await.expect(201);
    let keywords = json!({ "fields": { "customfield_10039": ["green", "Grey"] } });
    admin.put("/rest/api/3/issue/DEMO-1", keywords).await.expect(204);
    let mut told = Vec::new();
    for field in [
        "project",
        "space",
        "parentProject",
        "category",
        "projectType",
        "issuetype",
        "workType",
        "hierarchyLevel",
        "status",
        "statusCategory",
        "priority",
        "resolution",
        "level",
        "component",
        "fixVersion",
        "affectedVersion",
        "assignee",
        "worklogAuthor",
        "watcher",
        "Approver",
        "Reviewers",
        "labels",
        "Keywords",
        "issueLinkType",
        "filter",
        "Sprint",
        "Severity",
        "Browsers",
        "Environment type",
        "Responsible group",
        "Target versions",
        "Flagged",
        "summary",
        "created",
        "Story Points",
        "Rank",
        "Team",
    ] {
        told.push(format!("{field}: {}", suggested(&developer, field).await.join(" | ")));
    }
    assert_snapshot!(told.join("\n"));
}
