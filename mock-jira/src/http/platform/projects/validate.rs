//! Whether a key or a name could be a new project's (U-44).

use crate::{
    app::projects::checks,
    domain::failure::Failure,
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
    },
};
use serde_json::{Map, Value, json};

/// Operations that check and suggest.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/projectvalidate/key", validate_project_key)
        .get("/rest/api/3/projectvalidate/validProjectKey", get_valid_project_key)
        .get("/rest/api/3/projectvalidate/validProjectName", get_valid_project_name)
}

/// 200 in any case, with the complaint of creating such a project.
async fn validate_project_key(call: Call) -> Answer {
    let complaint = checks::key_complaint(&call, call.params.text("key").unwrap_or_default(), None);
    let errors: Map<String, Value> =
        complaint.into_iter().map(|sentence| ("projectKey".into(), sentence.into())).collect();
    ok(json!({ "errorMessages": [], "errors": errors }))
}

async fn get_valid_project_key(call: Call) -> Answer {
    ok(checks::suggest_key(&call, call.params.text("key").unwrap_or_default()))
}

async fn get_valid_project_name(call: Call) -> Answer {
    let name = call.params.text("name").ok_or_else(|| Failure::invalid("The name of the project is required."))?;
    ok(checks::suggest_name(&call, name)
        .ok_or_else(|| Failure::not_found("No valid name could be generated for the project."))?)
}
