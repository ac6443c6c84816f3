//! Which projects have which fields.

use crate::{
    app::fields::associations::{self, Associations},
    domain::{
        config::{FieldConfigurationItem, Project},
        failure::{Failure, Result},
        fields::Field,
    },
    http::{
        answer::{Answer, no_content, ok},
        body::Json,
        call::Call,
        page::{Window, listed},
        routes::Routes,
    },
};
use axum::extract::Path;
use serde_json::json;

/// Operations on associations.
pub fn routes() -> Routes {
    Routes::default()
        .put("/rest/api/3/field/association", create_associations)
        .delete("/rest/api/3/field/association", remove_associations)
        .get("/rest/api/3/field/{fieldId}/association/project", get_field_project_associations)
        .get("/rest/api/3/projects/fields", get_project_fields)
}

async fn create_associations(Json(call, body): Json<Associations>) -> Answer {
    associations::set(&call, &body, true).await?;
    no_content()
}

async fn remove_associations(Json(call, body): Json<Associations>) -> Answer {
    associations::set(&call, &body, false).await?;
    no_content()
}

/// How the project's field configuration shows a field to issues of a type; `None` where they don't have it.
fn item(call: &Call, project: &Project, issue_type_id: i64, field: &Field) -> Option<FieldConfigurationItem> {
    let covered = match field {
        Field::System(_) => field.orderable(),
        Field::Custom(custom, _) => call.site.fields.context(custom.id, project.id, issue_type_id).is_some(),
    };
    let configuration = call.site.field_configurations.get(project.field_configuration_id);
    let item =
        configuration.and_then(|configuration| configuration.items.get(&field.id())).cloned().unwrap_or_default();
    (covered && !item.hidden).then_some(item)
}

async fn get_field_project_associations(call: Call, Path(field_id): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    call.administers("Only Jira administrators can access field associations.")?;
    let field = call.site.fields.get(&field_id).filter(|field| matches!(field, Field::Custom(..)));
    // The document knows no 404 here.
    let field = field.ok_or_else(|| Failure::invalid("The custom field was not found."))?;
    let has = |project: &&Project| {
        call.site.issue_types_of(project).any(|kind| item(&call, project, kind.id, &field).is_some())
    };
    let mut projects: Vec<&Project> = call.live_projects().filter(has).collect();
    projects.sort_by_key(|project| project.id);
    let path = format!("field/{field_id}/association/project");
    ok(listed(&call, &path, window, projects, |project| json!({ "projectId": project.id.to_string() })))
}

/// Most ids of each kind.
const MOST: usize = 50;

async fn get_project_fields(call: Call) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    let ids = |name: &str| -> Result<Vec<i64>> {
        let ids = call.params.longs(name)?;
        match ids.len() {
            0 => Err(Failure::BadParameter(format!("Required parameter '{name}' is not present."))),
            1..=MOST => Ok(ids),
            _ => Err(Failure::invalid(format!("The number of {name} must not exceed {MOST}."))),
        }
    };
    let (project_ids, type_ids, wanted) = (ids("projectId")?, ids("workTypeId")?, call.params.list("fieldId"));
    call.account_id()?;
    let invisible = || Failure::forbidden("You do not have permission to view the projects or work types.");
    let mut found = Vec::new();
    for id in project_ids {
        let project = call.project(&id.to_string()).map_err(|_| invisible())?;
        for kind in call.site.issue_types_of(project).filter(|kind| type_ids.contains(&kind.id)) {
            for field in call.site.fields.iter().filter(|field| wanted.is_empty() || wanted.contains(&field.id())) {
                if let Some(item) = item(&call, project, kind.id, &field) {
                    let own = match field {
                        Field::System(_) => "",
                        Field::Custom(custom, _) => &custom.description,
                    };
                    found.push(json!({
                        "projectId": project.id,
                        "workTypeId": kind.id,
                        "fieldId": field.id(),
                        "isRequired": item.required || field.id() == "summary",
                        "description": item.description.as_deref().unwrap_or(own),
                    }));
                }
            }
        }
    }
    ok(listed(&call, "projects/fields", window, found, |view| view))
}
