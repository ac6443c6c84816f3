//! Project categories.

use crate::{
    app::categories,
    http::{
        answer::{Answer, created, no_content, ok},
        body::Json,
        call::Call,
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

/// Operations on project categories.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/projectCategory", get_all_project_categories)
        .post("/rest/api/3/projectCategory", create_project_category)
        .get("/rest/api/3/projectCategory/{id}", get_project_category_by_id)
        .put("/rest/api/3/projectCategory/{id}", update_project_category)
        .delete("/rest/api/3/projectCategory/{id}", remove_project_category)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct CategoryBody {
    name: Option<String>,
    description: Option<String>,
    #[serde(rename = "id")]
    _id: IgnoredAny,
    #[serde(rename = "self")]
    _link: IgnoredAny,
}

async fn get_all_project_categories(call: Call) -> Answer {
    ok(call.site.categories.iter().map(|category| config::category(&call, category)).collect::<Vec<Value>>())
}

async fn create_project_category(Json(call, body): Json<CategoryBody>) -> Answer {
    let category = categories::create(&call, body.name.as_deref(), body.description.as_deref()).await?;
    created(config::category(&call, &category))
}

async fn get_project_category_by_id(call: Call, Path(id): Path<String>) -> Answer {
    ok(config::category(&call, categories::find(&call, &id)?))
}

async fn update_project_category(Path(id): Path<String>, Json(call, body): Json<CategoryBody>) -> Answer {
    let category = categories::update(&call, &id, body.name.as_deref(), body.description.as_deref()).await?;
    ok(config::category(&call, &category))
}

async fn remove_project_category(call: Call, Path(id): Path<String>) -> Answer {
    categories::delete(&call, &id).await?;
    no_content()
}
