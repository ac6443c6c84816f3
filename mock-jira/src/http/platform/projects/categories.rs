//! Project categories.

use crate::{
    domain::failure::Failure,
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde_json::Value;

/// Operations on project categories.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/projectCategory", get_all_project_categories)
        .get("/rest/api/3/projectCategory/{id}", get_project_category_by_id)
}

async fn get_all_project_categories(call: Call) -> Answer {
    ok(call.site.categories.iter().map(|category| config::category(&call, category)).collect::<Vec<Value>>())
}

async fn get_project_category_by_id(call: Call, Path(id): Path<String>) -> Answer {
    let category = call.site.categories.parse(&id);
    let category =
        category.ok_or_else(|| Failure::not_found(format!("Could not find a project category with id '{id}'.")))?;
    ok(config::category(&call, category))
}
