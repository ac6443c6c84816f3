//! Types of project (observed shapes, "project_types").

use crate::{
    domain::failure::Failure,
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
    },
};
use axum::extract::Path;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// Operations on project types.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/project/type", get_all_project_types)
        .get("/rest/api/3/project/type/accessible", get_all_accessible_project_types)
        .get("/rest/api/3/project/type/{projectTypeKey}", get_project_type_by_key)
        .get("/rest/api/3/project/type/{projectTypeKey}/accessible", get_accessible_project_type_by_key)
}

struct ProjectType {
    key: &'static str,
    formatted_key: &'static str,
    description_key: &'static str,
    color: &'static str,
    /// Projects of the type can be made in our sites.
    accessible: bool,
}

macro_rules! types {
    ($($key:literal $formatted_key:literal $description_key:literal $color:literal $accessible:literal)*) => {
        &[$(ProjectType {
            key: $key,
            formatted_key: $formatted_key,
            description_key: $description_key,
            color: $color,
            accessible: $accessible,
        }),*]
    };
}

const TYPES: &[ProjectType] = types! {
    "product_discovery" "Product Discovery" "jira.project.type.polaris.description" "#F5A623" false
    "software" "Software" "jira.project.type.software.description" "#F5A623" true
    "service_desk" "Service Desk" "jira.project.type.servicedesk.description.jsm" "#67AB49" true
    "business" "Business" "jira.project.type.business.description" "#1D7AFC" true
};

async fn get_all_project_types() -> Answer {
    ok(TYPES.iter().map(view).collect::<Vec<Value>>())
}

async fn get_all_accessible_project_types() -> Answer {
    ok(TYPES.iter().filter(|kind| kind.accessible).map(view).collect::<Vec<Value>>())
}

async fn get_project_type_by_key(Path(key): Path<String>) -> Answer {
    one(TYPES.iter().find(|kind| kind.key == key))
}

async fn get_accessible_project_type_by_key(call: Call, Path(key): Path<String>) -> Answer {
    call.account_id()?;
    one(TYPES.iter().find(|kind| kind.key == key && kind.accessible))
}

fn one(kind: Option<&ProjectType>) -> Answer {
    ok(view(kind.ok_or_else(|| Failure::not_found("The project type was not found."))?))
}

fn view(kind: &ProjectType) -> Value {
    let color = kind.color;
    let icon = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><rect width="16" height="16" rx="3" fill="{color}"/></svg>"#
    );
    json!({
        "key": kind.key,
        "formattedKey": kind.formatted_key,
        "descriptionI18nKey": kind.description_key,
        "icon": STANDARD.encode(icon),
        "color": color,
    })
}
