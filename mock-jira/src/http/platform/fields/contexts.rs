//! Contexts of custom fields (observed shapes, "issue_custom_field_contexts").

use crate::{
    app::fields::{
        self,
        contexts::{self, ADMINISTRATORS, ContextDetails, NewContext},
    },
    domain::{
        config::{CustomField, FieldContext},
        failure::{Failure, Result},
        fields::defaults,
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::Json,
        call::Call,
        page::{Window, listed},
        routes::Routes,
        views::config,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Operations on contexts.
pub fn routes() -> Routes {
    const CONTEXTS: &str = "/rest/api/3/field/{fieldId}/context";
    let path = |rest: &str| format!("{CONTEXTS}{rest}");
    Routes::default()
        .get(CONTEXTS, get_contexts_for_field)
        .post(CONTEXTS, create_custom_field_context)
        .get("/rest/api/3/field/{fieldId}/contexts", get_contexts_for_field_deprecated)
        .get(&path("/defaultValue"), get_default_values)
        .put(&path("/defaultValue"), set_default_values)
        .get(&path("/defaultValues"), get_context_default_values)
        .get(&path("/issuetypemapping"), get_issue_type_mappings_for_contexts)
        .get(&path("/projectmapping"), get_project_context_mapping)
        .post(&path("/mapping"), get_custom_field_contexts_for_projects_and_issue_types)
        .put(&path("/{contextId}"), update_custom_field_context)
        .delete(&path("/{contextId}"), delete_custom_field_context)
        .put(&path("/{contextId}/issuetype"), add_issue_types_to_context)
        .post(&path("/{contextId}/issuetype/remove"), remove_issue_types_from_context)
        .put(&path("/{contextId}/project"), assign_projects_to_custom_field_context)
        .post(&path("/{contextId}/project/remove"), remove_custom_field_context_from_projects)
}

/// A field and those of its contexts that `contextId` names, for administrators.
fn chosen<'a>(call: &'a Call, field_id: &str) -> Result<(&'a CustomField, Vec<&'a FieldContext>)> {
    let ids: HashSet<i64> = call.params.longs("contextId")?.into_iter().collect();
    call.administers(ADMINISTRATORS)?;
    let field = call.site.fields.any_custom(field_id).ok_or_else(fields::missing)?;
    let all = call.site.fields.contexts.get(&field.id).into_iter().flatten();
    Ok((field, all.filter(|context| ids.is_empty() || ids.contains(&context.id)).collect()))
}

/// A truth value that may be absent.
fn flag(call: &Call, name: &str) -> Result<Option<bool>> {
    let given = call.params.text(name).is_some();
    Ok(given.then_some(call.params.flag(name, false)?))
}

async fn get_contexts_for_field(call: Call, Path(field_id): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    let (any_type, global) = (flag(&call, "isAnyIssueType")?, flag(&call, "isGlobalContext")?);
    let (_, mut contexts) = chosen(&call, &field_id)?;
    contexts.retain(|context| {
        any_type.is_none_or(|wanted| context.issue_type_ids.is_empty() == wanted)
            && global.is_none_or(|wanted| context.is_global() == wanted)
    });
    let view = |context: &FieldContext| {
        json!({
            "id": context.id.to_string(),
            "name": context.name,
            "description": context.description,
            "isGlobalContext": context.is_global(),
            "isAnyIssueType": context.issue_type_ids.is_empty(),
        })
    };
    ok(listed(&call, &format!("field/{field_id}/context"), window, contexts, view))
}

async fn get_contexts_for_field_deprecated(call: Call, Path(field_id): Path<String>) -> Answer {
    let window = Window::read(&call, 20, 100)?;
    call.administers(ADMINISTRATORS)?;
    // The document knows no 404 here.
    let field = call.site.fields.any_custom(&field_id);
    let contexts = field.and_then(|field| call.site.fields.contexts.get(&field.id)).into_iter().flatten();
    let project_id = field.and_then(|field| field.project_id);
    let view = |context: &FieldContext| {
        let mut view = json!({ "id": context.id, "name": context.name });
        config::add_scope(&mut view, project_id);
        view
    };
    ok(listed(&call, &format!("field/{field_id}/contexts"), window, contexts.collect(), view))
}

async fn create_custom_field_context(Path(field_id): Path<String>, Json(call, body): Json<NewContext>) -> Answer {
    let made = contexts::create(&call, &field_id, body).await?;
    let texts = |ids: &[i64]| ids.iter().map(i64::to_string).collect::<Vec<_>>();
    created(json!({
        "id": made.id.to_string(),
        "name": made.name,
        "description": made.description,
        "projectIds": texts(&made.project_ids),
        "issueTypeIds": texts(&made.issue_type_ids),
    }))
}

async fn get_default_values(call: Call, Path(field_id): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    let (field, contexts) = chosen(&call, &field_id)?;
    let values: Vec<Value> = contexts.into_iter().filter_map(|context| defaults::view(field, context)).collect();
    ok(listed(&call, &format!("field/{field_id}/context/defaultValue"), window, values, |value| value))
}

/// The same, context by context. None has defaults that differ by issue type.
async fn get_context_default_values(call: Call, Path(field_id): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    let (field, contexts) = chosen(&call, &field_id)?;
    let view = |context: &FieldContext| {
        let mut default = json!({ "isAnyIssueType": true });
        if let Some(value) = defaults::view(field, context) {
            default["value"] = value;
        }
        json!({ "contextId": context.id, "defaultValues": [default] })
    };
    ok(listed(&call, &format!("field/{field_id}/context/defaultValues"), window, contexts, view))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct DefaultValues {
    #[serde(default)]
    default_values: Vec<Map<String, Value>>,
}

async fn set_default_values(Path(field_id): Path<String>, Json(call, body): Json<DefaultValues>) -> Answer {
    contexts::set_defaults(&call, &field_id, &body.default_values).await?;
    no_content()
}

async fn get_issue_type_mappings_for_contexts(call: Call, Path(field_id): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    let found = match chosen(&call, &field_id) {
        Err(Failure::NotFound(_)) => Vec::new(), // the document knows no 404 here
        other => other?.1,
    };
    let mappings = found
        .into_iter()
        .flat_map(|context| mapping(context.id, &context.issue_type_ids, "issueTypeId", "isAnyIssueType"));
    let path = format!("field/{field_id}/context/issuetypemapping");
    ok(listed(&call, &path, window, mappings.collect(), |mapping| mapping))
}

async fn get_project_context_mapping(call: Call, Path(field_id): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    let (_, contexts) = chosen(&call, &field_id)?;
    let mappings = contexts
        .into_iter()
        .flat_map(|context| mapping(context.id, &context.project_ids, "projectId", "isGlobalContext"));
    let path = format!("field/{field_id}/context/projectmapping");
    ok(listed(&call, &path, window, mappings.collect(), |mapping| mapping))
}

/// An entry for each thing that a context names, or one that says that it is for all.
fn mapping(context_id: i64, ids: &[i64], member: &str, all: &str) -> Vec<Value> {
    if ids.is_empty() {
        return vec![json!({ "contextId": context_id.to_string(), all: true })];
    }
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.into_iter().map(|id| json!({ "contextId": context_id.to_string(), member: id.to_string() })).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mappings {
    mappings: Vec<Pair>,
}

#[derive(Deserialize, PartialEq, Eq, Hash)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Pair {
    project_id: String,
    issue_type_id: String,
}

async fn get_custom_field_contexts_for_projects_and_issue_types(
    Path(field_id): Path<String>,
    Json(call, body): Json<Mappings>,
) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    call.administers(ADMINISTRATORS)?;
    let field = call.site.fields.any_custom(&field_id).ok_or_else(fields::missing)?;
    let distinct: HashSet<&Pair> = body.mappings.iter().collect();
    if distinct.len() < body.mappings.len() {
        return Err(Failure::invalid("Duplicate project and issue type mappings cannot be provided.").into());
    }
    let missing = |things: &str, missing: Vec<&str>| match missing.as_slice() {
        [] => Ok(()),
        ids => Err(Failure::not_found(format!("These {things} were not found: {}.", ids.join(", ")))),
    };
    let projects = body.mappings.iter().map(|pair| pair.project_id.as_str());
    missing("projects", projects.filter(|id| call.site.projects.parse(id).is_none()).collect())?;
    let types = body.mappings.iter().map(|pair| pair.issue_type_id.as_str());
    missing("issue types", types.filter(|id| call.site.issue_types.parse(id).is_none()).collect())?;
    let view = |pair: Pair| {
        let ids = (pair.project_id.parse().unwrap_or_default(), pair.issue_type_id.parse().unwrap_or_default());
        let context = call.site.fields.context(field.id, ids.0, ids.1);
        json!({
            "projectId": pair.project_id,
            "issueTypeId": pair.issue_type_id,
            "contextId": context.map(|context| context.id.to_string()),
        })
    };
    ok(listed(&call, &format!("field/{field_id}/context/mapping"), window, body.mappings, view))
}

async fn update_custom_field_context(
    Path((field_id, id)): Path<(String, String)>,
    Json(call, body): Json<ContextDetails>,
) -> Answer {
    contexts::update(&call, &field_id, &id, body).await?;
    no_content()
}

async fn delete_custom_field_context(call: Call, Path((field_id, id)): Path<(String, String)>) -> Answer {
    contexts::delete(&call, &field_id, &id).await?;
    no_content()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct IssueTypeIds {
    issue_type_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ProjectIds {
    project_ids: Vec<String>,
}

async fn add_issue_types_to_context(
    Path((field_id, id)): Path<(String, String)>,
    Json(call, body): Json<IssueTypeIds>,
) -> Answer {
    contexts::add_issue_types(&call, &field_id, &id, &body.issue_type_ids).await?;
    no_content()
}

async fn remove_issue_types_from_context(
    Path((field_id, id)): Path<(String, String)>,
    Json(call, body): Json<IssueTypeIds>,
) -> Answer {
    contexts::remove_issue_types(&call, &field_id, &id, &body.issue_type_ids).await?;
    no_content()
}

async fn assign_projects_to_custom_field_context(
    Path((field_id, id)): Path<(String, String)>,
    Json(call, body): Json<ProjectIds>,
) -> Answer {
    contexts::add_projects(&call, &field_id, &id, &body.project_ids).await?;
    no_content()
}

async fn remove_custom_field_context_from_projects(
    Path((field_id, id)): Path<(String, String)>,
    Json(call, body): Json<ProjectIds>,
) -> Answer {
    contexts::remove_projects(&call, &field_id, &id, &body.project_ids).await?;
    no_content()
}
