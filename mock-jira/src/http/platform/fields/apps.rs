//! Values and settings of apps' own fields.

use crate::{
    app::fields::{
        administers,
        values::{self, CONFIGURATION, Configuration, ValueUpdate, app_field},
    },
    db::{
        self,
        issues::{Name, Wanted},
    },
    domain::{
        config::{CustomField, FieldContext},
        failure::Failure,
        fields::custom_id,
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
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations for apps.
pub fn routes() -> Routes {
    const CONFIGURATION: &str = "/rest/api/3/app/field/{fieldIdOrKey}/context/configuration";
    Routes::default()
        .post("/rest/api/3/app/field/value", update_multiple_custom_field_values)
        .put("/rest/api/3/app/field/{fieldIdOrKey}/value", update_custom_field_value)
        .post("/rest/api/3/app/field/context/configuration/list", get_custom_fields_configurations)
        .get(CONFIGURATION, get_custom_field_configuration)
        .put(CONFIGURATION, update_custom_field_configuration)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Updates<T> {
    #[serde(default = "Vec::new")]
    updates: Vec<T>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct FieldUpdate {
    custom_field: String,
    issue_ids: Vec<i64>,
    value: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct IssueUpdate {
    issue_ids: Vec<i64>,
    value: Value,
}

async fn update_multiple_custom_field_values(Json(call, body): Json<Updates<FieldUpdate>>) -> Answer {
    let update = |FieldUpdate { custom_field, issue_ids, value }| ValueUpdate { field: custom_field, issue_ids, value };
    store(&call, body.updates.into_iter().map(update).collect()).await
}

async fn update_custom_field_value(Path(field): Path<String>, Json(call, body): Json<Updates<IssueUpdate>>) -> Answer {
    app_field(&call, &field)?;
    let update = |IssueUpdate { issue_ids, value }| ValueUpdate { field: field.clone(), issue_ids, value };
    store(&call, body.updates.into_iter().map(update).collect()).await
}

/// Nobody is told of events yet, so there are none to leave out.
async fn store(call: &Call, updates: Vec<ValueUpdate>) -> Answer {
    let history = call.params.flag("generateChangelog", true)?;
    call.params.flag("generateAppEvents", true)?;
    values::update(call, &updates, history, call.version.text()).await?;
    no_content()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Fields {
    field_ids_or_keys: Vec<String>,
}

async fn get_custom_fields_configurations(Json(call, body): Json<Fields>) -> Answer {
    if body.field_ids_or_keys.is_empty() {
        return Err(Failure::invalid("The fieldIdsOrKeys must not be empty.").into());
    }
    configurations(&call, "app/field/context/configuration/list", &body.field_ids_or_keys, |field, context| {
        let mut view = view(context);
        view["customFieldId"] = custom_id(field.id).into();
        view
    })
    .await
}

async fn get_custom_field_configuration(call: Call, Path(id): Path<String>) -> Answer {
    let path = format!("app/field/{id}/context/configuration");
    configurations(&call, &path, &[id], |_, context| view(context)).await
}

/// A context has one configuration, which goes by the context's id.
fn view(context: &FieldContext) -> Value {
    let id = context.id.to_string();
    let mut view = json!({ "id": id, "fieldContextId": id });
    for (member, value) in [("configuration", &context.configuration), ("schema", &context.config_schema)] {
        if let Some(value) = value {
            view[member] = value.clone();
        }
    }
    view
}

async fn configurations(
    call: &Call,
    path: &str,
    fields: &[String],
    view: impl Fn(&CustomField, &FieldContext) -> Value,
) -> Answer {
    let window = Window::read(call, 100, 1000)?;
    let ids = [call.params.longs("id")?, call.params.longs("fieldContextId")?];
    let issue = call.params.long("issueId")?;
    let (project, kind) = (call.params.text("projectKeyOrId"), call.params.text("issueTypeId"));
    let filters = [!ids[0].is_empty(), !ids[1].is_empty(), issue.is_some(), project.is_some() || kind.is_some()];
    administers(call, CONFIGURATION)?;
    if filters.iter().filter(|given| **given).count() > 1 || project.is_some() != kind.is_some() {
        return Err(Failure::invalid("The filters of the request can't be combined.").into());
    }
    let place = match (issue, project, kind) {
        (Some(id), ..) => {
            let loaded = db::issues::find(&mut call.read().await?, Name::Id(id), Wanted::default(), None).await?;
            let issue = loaded.map(|loaded| loaded.issue).filter(|issue| call.project_of(issue).is_ok());
            // An issue that is not there has nothing.
            Some(issue.map_or((0, 0), |issue| (issue.project_id, issue.issue_type_id)))
        }
        (None, Some(project), Some(kind)) => {
            let project = call.project(project).map_err(|_| Failure::invalid("The project was not found."))?;
            let kind = call.site.issue_types.parse(kind);
            Some((project.id, kind.ok_or_else(|| Failure::invalid("The issue type was not found."))?.id))
        }
        _ => None,
    };
    let mut found = Vec::new();
    for field in fields {
        let field = app_field(call, field)?;
        let contexts = call.site.fields.contexts.get(&field.id).into_iter().flatten();
        found.extend(
            contexts
                .filter(|context| match place {
                    Some((0, _)) => false,
                    Some((project, kind)) => {
                        call.site.fields.context(field.id, project, kind).is_some_and(|own| own.id == context.id)
                    }
                    None => ids.iter().all(|ids| ids.is_empty() || ids.contains(&context.id)),
                })
                .map(|context| view(field, context)),
        );
    }
    ok(listed(call, path, window, found, |view| view))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Configurations {
    configurations: Vec<Configuration>,
}

async fn update_custom_field_configuration(
    Path(field): Path<String>,
    Json(call, body): Json<Configurations>,
) -> Answer {
    values::configure(&call, &field, body.configurations).await?;
    ok(json!({}))
}
