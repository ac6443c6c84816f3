//! What the server says of itself: `/_mock/openapi/…`.

use crate::support::{Mock, client, json_of};
use harness::contract::Contract;
use mock_jira::http::server;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The described operations: `get /_mock/info`.
fn operations(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().expect("paths");
    let named = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().expect("methods").keys();
        methods.map(|method| format!("{method} {path}")).collect::<Vec<_>>()
    };
    paths.iter().flat_map(named).collect()
}

#[tokio::test]
async fn contracts_are_those_of_what_is_served() {
    let mock = Mock::start(&["--ephemeral"]);
    let served = server::routes();
    let mut found = 0;
    for name in ["platform", "software", "servicedesk"] {
        let url = format!("{}/_mock/openapi/{name}.json", mock.url);
        let document = json_of(client().get(url), 200).await;
        // Every reference leads somewhere, and nothing is there that none leads to.
        let text = document.to_string();
        for schema in document["components"]["schemas"].as_object().expect("schemas").keys() {
            assert!(text.contains(&format!("\"#/components/schemas/{schema}\"")), "nothing names {schema}");
        }
        for rest in text.split("\"#/components/schemas/").skip(1) {
            let schema = rest.split('"').next().expect("a name");
            assert!(!document["components"]["schemas"][schema].is_null(), "{name} lacks {schema}");
        }
        let contract = Contract::from_documents(vec![document]).expect("a contract");
        for operation in contract.operations() {
            let path = operation.path.replacen("/rest/api/2/", "/rest/api/3/", 1);
            assert!(served.serves(&operation.method, &path), "{} {path} is not served", operation.method);
            found += 1;
        }
    }
    assert_eq!(found, served.served().count());
    json_of(client().get(format!("{}/_mock/openapi/other.json", mock.url)), 404).await;
}

/// Every operation of the administration is called, and its answers are as described.
#[tokio::test]
async fn the_administration_is_as_it_is_described() {
    let mock = Mock::start(&["--ephemeral"]);
    let at = |path: &str| format!("{}{path}", mock.url);
    let document = json_of(client().get(at("/_mock/openapi/admin.json")), 200).await;
    let mut called = BTreeSet::new();
    const SUBSCRIPTIONS: &str = "/_mock/sites/{name}/filter-subscriptions";
    const SUBSCRIPTION: &str = "/_mock/sites/{name}/filter-subscriptions/{id}";
    const FUNCTIONS: &str = "/_mock/sites/{name}/jql-functions";
    // Accounts of the same template have the same ids.
    let account = mock.get("/rest/api/3/myself").await["accountId"].clone();
    let made = json!({ "name": "described", "template": "demo" });
    let token = json!({ "email": "admin@example.com", "label": "x" });
    let subscription = json!({ "filterId": 1, "accountId": account });
    let function = json!({
        "key": "a/b",
        "name": "mine",
        "accountId": account,
        "arguments": [{ "name": "text" }],
        "operators": ["in"],
    });
    let call = json!({ "functionKey": "a/b", "field": "issue", "operator": "in", "arguments": ["x"], "value": "key = DEMO-1" });
    let calls = [
        ("get", "/_mock/health", "/_mock/health", None),
        ("get", "/_mock/ready", "/_mock/ready", None),
        ("get", "/_mock/info", "/_mock/info", None),
        ("get", "/metrics", "/metrics", None),
        ("post", "/_mock/sites", "/_mock/sites", Some(made)),
        ("post", "/_mock/sites", "/_mock/sites", Some(json!({ "template": "none" }))),
        ("post", "/_mock/sites", "/_mock/sites", Some(json!({ "nome": "x" }))),
        ("get", "/_mock/sites", "/_mock/sites", None),
        ("get", "/_mock/sites/{name}", "/_mock/sites/described", None),
        ("get", "/_mock/sites/{name}", "/_mock/sites/none", None),
        ("patch", "/_mock/sites/{name}", "/_mock/sites/described", Some(json!({ "clock": { "advanceMs": 5 } }))),
        ("post", "/_mock/sites/{name}/tokens", "/_mock/sites/described/tokens", Some(token)),
        ("get", "/_mock/sites/{name}/tokens", "/_mock/sites/described/tokens", None),
        ("delete", "/_mock/sites/{name}/tokens/{token}", "/_mock/sites/described/tokens/x", None),
        ("get", "/_mock/sites/{name}/mail", "/_mock/sites/described/mail", None),
        ("delete", "/_mock/sites/{name}/mail", "/_mock/sites/described/mail", None),
        ("post", SUBSCRIPTIONS, "/_mock/sites/described/filter-subscriptions", Some(subscription)),
        ("delete", SUBSCRIPTION, "/_mock/sites/described/filter-subscriptions/1", None),
        ("get", FUNCTIONS, "/_mock/sites/described/jql-functions", None),
        ("post", FUNCTIONS, "/_mock/sites/described/jql-functions", Some(json!({ "key": "x" }))),
        ("post", FUNCTIONS, "/_mock/sites/described/jql-functions", Some(function)),
        ("post", "/_mock/sites/{name}/jql-precomputations", "/_mock/sites/described/jql-precomputations", Some(call)),
        ("delete", "/_mock/sites/{name}/jql-functions/{key}", "/_mock/sites/described/jql-functions/a/b", None),
        ("get", "/_mock/audit", "/_mock/audit?limit=5", None),
        ("get", "/_mock/audit", "/_mock/audit?limit=x", None),
        ("get", "/_mock/requests", "/_mock/requests?status=200", None),
        ("get", "/_mock/requests/{id}", "/_mock/requests/2f7ac1f6-2f0a-4b5e-9a57-0123456789ab", None),
        ("get", "/_mock/requests/stream", "/_mock/requests/stream", None),
        ("get", "/_mock/openapi/{document}", "/_mock/openapi/admin.json", None),
        ("get", "/_mock/openapi/{document}", "/_mock/openapi/none", None),
        ("delete", "/_mock/sites/{name}", "/_mock/sites/described", None),
        ("delete", "/_mock/requests", "/_mock/requests", None),
        ("post", "/_mock/reset", "/_mock/reset", None),
    ];
    // So that there is a request to be told of.
    json_of(client().get(at("/rest/api/3/serverInfo")), 200).await;
    for (method, template, path, body) in calls {
        called.insert(format!("{method} {template}"));
        let request =
            client().request(Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method"), at(path));
        check(&document, &document["paths"][template][method], with(request, body), &format!("{method} {path}")).await;
    }
    assert_eq!(called, operations(&document));
}

fn with(request: RequestBuilder, body: Option<Value>) -> RequestBuilder {
    match body {
        Some(body) => request.json(&body),
        None => request,
    }
}

/// The answer is one of those that the operation is described with.
async fn check(document: &Value, operation: &Value, request: RequestBuilder, what: &str) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_str().to_owned();
    let described = &operation["responses"][&status];
    assert!(!described.is_null(), "{what} answers {status}, which is not described");
    let media_type = response.headers().get("content-type").map(|value| value.to_str().expect("text").to_owned());
    let media_type = media_type.as_deref().and_then(|value| value.split(';').next());
    let Some(content) = described["content"].as_object() else {
        assert_eq!(response.text().await.expect("a body"), "", "{what}");
        return;
    };
    let media_type = media_type.expect("a media type");
    let schema = content.get(media_type).unwrap_or_else(|| panic!("{what} answers {media_type}"))["schema"].clone();
    if media_type != "application/json" {
        // A stream has no end.
        return;
    }
    let body: Value = response.json().await.expect("JSON");
    let mut whole = json!({ "components": document["components"] });
    whole.as_object_mut().expect("an object").extend(schema.as_object().expect("a schema").clone());
    let validator = jsonschema::draft202012::new(&whole).expect("a schema");
    let errors: Vec<_> = validator.iter_errors(&body).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}\n{body:#}");
}
