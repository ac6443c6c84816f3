//! Avatars of a project.

use crate::{
    app::avatars::{self, Owner},
    http::{
        answer::{Answer, no_content},
        body::{Json, lenient},
        call::Call,
        platform::avatars::{list, number, store},
        routes::Routes,
    },
};
use axum::extract::{Path, Request};
use serde::{Deserialize, de::IgnoredAny};
use std::collections::BTreeMap;

/// Operations on avatars of projects.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/project/{projectIdOrKey}/avatars", get_all_project_avatars)
        .post("/rest/api/3/project/{projectIdOrKey}/avatar2", create_project_avatar)
        .put("/rest/api/3/project/{projectIdOrKey}/avatar", update_project_avatar)
        .delete("/rest/api/3/project/{projectIdOrKey}/avatar/{id}", delete_project_avatar)
}

/// An avatar as the list shows it; the id alone counts.
#[derive(Debug, Deserialize)]
struct AvatarBody {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(flatten)]
    _others: BTreeMap<String, IgnoredAny>,
}

async fn get_all_project_avatars(call: Call, Path(id_or_key): Path<String>) -> Answer {
    list(&call, Owner::Project(call.project(&id_or_key)?)).await
}

async fn create_project_avatar(call: Call, Path(id_or_key): Path<String>, request: Request) -> Answer {
    store(&call, Owner::Project(call.project(&id_or_key)?), request).await
}

async fn update_project_avatar(Path(id_or_key): Path<String>, Json(call, body): Json<AvatarBody>) -> Answer {
    let project = call.project(&id_or_key)?;
    Owner::Project(project).permit(&call)?;
    avatars::select(&call, project, number(body.id.as_deref().unwrap_or_default())?).await?;
    no_content()
}

async fn delete_project_avatar(call: Call, Path((id_or_key, id)): Path<(String, String)>) -> Answer {
    let project = call.project(&id_or_key)?;
    Owner::Project(project).permit(&call)?;
    avatars::delete(&call, Owner::Project(project), number(&id)?).await?;
    no_content()
}
