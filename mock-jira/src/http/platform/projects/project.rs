//! A project as a whole: create, read, change, delete (U-40 to U-45).

use crate::{
    app::projects::{self, ProjectInput},
    db,
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, created, no_content, ok, see_task},
        body::{Json, lenient},
        call::Call,
        routes::Routes,
        views,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Operations on one project.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/project", create_project)
        .get("/rest/api/3/project/{projectIdOrKey}", get_project)
        .put("/rest/api/3/project/{projectIdOrKey}", update_project)
        .delete("/rest/api/3/project/{projectIdOrKey}", delete_project)
        .post("/rest/api/3/project/{projectIdOrKey}/archive", archive_project)
        .post("/rest/api/3/project/{projectIdOrKey}/restore", restore)
        .post("/rest/api/3/project/{projectIdOrKey}/delete", delete_project_asynchronously)
}

/// A request to create or change a project.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct ProjectBody {
    key: Option<String>,
    name: Option<String>,
    description: Option<String>,
    url: Option<String>,
    lead_account_id: Option<String>,
    /// The older name; account ids are all that Cloud knows people by (U-4).
    lead: Option<String>,
    assignee_type: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    category_id: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    avatar_id: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    permission_scheme: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    notification_scheme: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    issue_security_scheme: Option<i64>,
    // The following are for new projects alone,
    project_type_key: Option<String>,
    project_template_key: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    issue_type_scheme: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    workflow_scheme: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    issue_type_screen_scheme: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    field_configuration_scheme: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    field_scheme: Option<i64>,
    // and this is for old ones.
    released_project_keys: Option<Vec<String>>,
}

impl ProjectBody {
    /// Whether it has members that only a new project's request can have.
    fn is_for_new(&self) -> bool {
        let schemes = [
            self.issue_type_scheme,
            self.workflow_scheme,
            self.issue_type_screen_scheme,
            self.field_configuration_scheme,
            self.field_scheme,
        ];
        self.project_type_key.is_some() || self.project_template_key.is_some() || schemes.iter().any(Option::is_some)
    }

    fn input(self) -> Result<ProjectInput> {
        if self.lead.is_some() && self.lead_account_id.is_some() {
            return Err(Failure::invalid_field("projectLead", "Give either 'lead' or 'leadAccountId', not both."));
        }
        let unknown =
            [("fieldConfigurationScheme", self.field_configuration_scheme), ("fieldScheme", self.field_scheme)];
        Ok(ProjectInput {
            key: self.key,
            name: self.name,
            type_key: self.project_type_key,
            template_key: self.project_template_key,
            description: self.description,
            url: self.url,
            lead: self.lead_account_id.or(self.lead),
            assignee_type: self.assignee_type,
            category_id: self.category_id,
            avatar_id: self.avatar_id,
            permission_scheme_id: self.permission_scheme,
            notification_scheme_id: self.notification_scheme,
            security_scheme_id: self.issue_security_scheme,
            issue_type_scheme_id: self.issue_type_scheme,
            workflow_scheme_id: self.workflow_scheme,
            issue_type_screen_scheme_id: self.issue_type_screen_scheme,
            unknown_schemes: unknown.into_iter().filter_map(|(member, id)| Some((member, id?))).collect(),
            released_keys: self.released_project_keys.unwrap_or_default(),
        })
    }
}

async fn create_project(Json(call, body): Json<ProjectBody>) -> Answer {
    if body.released_project_keys.is_some() {
        return Err(Failure::invalid_payload().into());
    }
    let project = projects::create(&call, &body.input()?).await?;
    created(json!({
        "self": call.links.api(format_args!("project/{}", project.id)),
        "id": project.id,
        "key": project.key,
    }))
}

async fn get_project(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let mut views = [views::project::detailed(&call, call.project(&id_or_key)?)];
    add_properties(&call, &mut views).await?;
    ok(&views[0])
}

async fn update_project(Path(id_or_key): Path<String>, Json(call, body): Json<ProjectBody>) -> Answer {
    if body.is_for_new() {
        return Err(Failure::invalid_payload().into()); // H-15
    }
    let project = projects::update(&call, &id_or_key, &body.input()?).await?;
    ok(views::project::detailed(&call, &project))
}

async fn delete_project(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let to_trash = call.params.flag("enableUndo", true)?;
    projects::delete(&call, &id_or_key, to_trash).await?;
    no_content()
}

async fn delete_project_asynchronously(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let task = projects::submit_deletion(&call, &id_or_key).await?;
    see_task(&call, &task)
}

async fn archive_project(call: Call, Path(id_or_key): Path<String>) -> Answer {
    projects::archive(&call, &id_or_key).await?;
    no_content()
}

async fn restore(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = projects::restore(&call, &id_or_key).await?;
    ok(views::project::detailed(&call, &project))
}

/// Fills in the properties that the request asks for.
pub async fn add_properties(call: &Call, views: &mut [Value]) -> Result<()> {
    let keys = call.params.list("properties");
    if keys.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = views.iter().filter_map(|view| view["id"].as_str().map(str::to_owned)).collect();
    let mut found = db::properties::list(&mut call.read().await?, "project", &ids, &keys).await?;
    for (view, id) in views.iter_mut().zip(&ids) {
        if let Some(own) = found.remove(id) {
            view["properties"] = own.into_iter().collect::<Map<_, _>>().into();
        }
    }
    Ok(())
}
