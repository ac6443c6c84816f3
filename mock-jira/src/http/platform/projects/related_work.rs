//! Links that belong to a version.

use crate::{
    app::versions,
    db::{self, versions::RelatedWork},
    domain::{
        config::{Project, Version},
        failure::{Complaints, Failure, Result},
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::Json,
        call::Call,
        routes::Routes,
    },
};
use axum::extract::Path;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use uuid::Uuid;

/// Operations on the related work of versions.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/version/{id}/relatedwork", get_related_work)
        .post("/rest/api/3/version/{id}/relatedwork", create_related_work)
        .put("/rest/api/3/version/{id}/relatedwork", update_related_work)
        .delete("/rest/api/3/version/{versionId}/relatedwork/{relatedWorkId}", delete_related_work)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct RelatedWorkBody {
    category: Option<String>,
    title: Option<String>,
    url: Option<String>,
    related_work_id: Option<String>,
    #[serde(rename = "issueId")]
    _issue_id: IgnoredAny,
}

impl RelatedWorkBody {
    fn link(self, id: Uuid, version: &Version) -> Result<RelatedWork> {
        const LENGTH: usize = 255;
        let mut complaints = Complaints::default();
        let category = self.category.unwrap_or_default();
        if category.trim().is_empty() || category.chars().count() > LENGTH {
            complaints.field("category", format!("A category of at most {LENGTH} characters is required."));
        }
        if self.title.as_ref().is_some_and(|title| title.chars().count() > LENGTH) {
            complaints.field("title", format!("The title must not exceed {LENGTH} characters in length."));
        }
        let url = self.url.unwrap_or_default();
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if host.is_none_or(str::is_empty) || url.contains(char::is_whitespace) || url.len() > 2_000 {
            complaints.field("url", "A valid URL is required.");
        }
        complaints.into_result()?;
        Ok(RelatedWork { id, version_id: version.id, category, title: self.title, url })
    }
}

async fn get_related_work(call: Call, Path(id): Path<String>) -> Answer {
    let (version, _) = versions::find(&call, &id)?;
    let links = db::versions::related_work(&mut call.read().await?, version.id).await?;
    ok(links.iter().map(view).collect::<Vec<Value>>())
}

async fn create_related_work(Path(id): Path<String>, Json(call, body): Json<RelatedWorkBody>) -> Answer {
    let (version, project) = writable(&call, &id)?;
    let link = body.link(Uuid::new_v4(), version)?;
    let mut work = call.begin().await?;
    db::versions::insert_related_work(&mut work, &link).await?;
    work.commit(versions::record("Related work added to version", version, project)).await?;
    created(view(&link))
}

async fn update_related_work(Path(id): Path<String>, Json(call, body): Json<RelatedWorkBody>) -> Answer {
    let (version, project) = writable(&call, &id)?;
    let link_id = body
        .related_work_id
        .clone()
        .ok_or_else(|| Failure::invalid_field("relatedWorkId", "The id of the related work is required."))?;
    let link = body.link(link_id.parse().map_err(|_| missing(&link_id))?, version)?;
    let mut work = call.begin().await?;
    if !db::versions::update_related_work(&mut work, &link).await? {
        return Err(missing(&link_id).into());
    }
    work.commit(versions::record("Related work of version updated", version, project)).await?;
    ok(view(&link))
}

async fn delete_related_work(call: Call, Path((id, link_id)): Path<(String, String)>) -> Answer {
    let (version, project) = writable(&call, &id)?;
    let link = link_id.parse().map_err(|_| missing(&link_id))?;
    let mut work = call.begin().await?;
    if !db::versions::delete_related_work(&mut work, version.id, link).await? {
        return Err(missing(&link_id).into());
    }
    work.commit(versions::record("Related work removed from version", version, project)).await?;
    no_content()
}

/// A version whose links the caller may change.
fn writable<'a>(call: &'a Call, id: &str) -> Result<(&'a Version, &'a Project)> {
    let (version, project) = versions::find(call, id)?;
    if !["RESOLVE_ISSUES", "EDIT_ISSUES"].iter().all(|key| call.access().project(project, key)) {
        return Err(Failure::forbidden("You do not have permission to change the related work of this version."));
    }
    if version.archived {
        return Err(Failure::invalid("The related work of archived versions cannot be changed."));
    }
    Ok((version, project))
}

fn missing(id: &str) -> Failure {
    Failure::not_found(format!("Could not find related work for id '{id}'"))
}

fn view(link: &RelatedWork) -> Value {
    let mut view = json!({ "relatedWorkId": link.id, "category": link.category });
    if let Some(title) = &link.title {
        view["title"] = title.as_str().into();
    }
    view["url"] = link.url.as_str().into();
    view
}
