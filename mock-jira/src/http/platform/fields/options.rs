//! Options of select fields (observed shapes, "issue_custom_field_options").

use crate::{
    app::fields::{
        self, contexts, option_replacement,
        options::{self, ADMINISTRATORS, Move, NewOption, OptionChange},
    },
    domain::{
        config::FieldOption,
        failure::{Failure, Result},
        fields::Kind,
    },
    http::{
        answer::{Answer, no_content, ok, see_task},
        body::Json,
        call::Call,
        page::{Window, listed},
        routes::Routes,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on options.
pub fn routes() -> Routes {
    const OPTIONS: &str = "/rest/api/3/field/{fieldId}/context/{contextId}/option";
    let path = |rest: &str| format!("{OPTIONS}{rest}");
    Routes::default()
        .get("/rest/api/3/customFieldOption/{id}", get_custom_field_option)
        .get(OPTIONS, get_options_for_context)
        .post(OPTIONS, create_custom_field_option)
        .put(OPTIONS, update_custom_field_option)
        .put(&path("/move"), reorder_custom_field_options)
        .delete(&path("/{optionId}"), delete_custom_field_option)
        .delete(&path("/{optionId}/issue"), replace_custom_field_option)
}

/// For those who see a project in which the field is used, and for administrators.
async fn get_custom_field_option(call: Call, Path(id): Path<String>) -> Answer {
    let visible = |option: &&FieldOption| {
        let contexts = call.site.fields.contexts.values().flatten();
        let own = contexts.into_iter().find(|context| context.id == option.context_id);
        !option.removed
            && own.is_some_and(|own| call.site.fields.custom.get(own.field_id).is_some())
            && (call.access().administers()
                || own.is_some_and(|own| {
                    call.live_projects().any(|project| own.is_global() || own.project_ids.contains(&project.id))
                }))
    };
    let found = call.site.fields.options.parse(&id).filter(visible);
    let sentence = "A custom field option with id '";
    let option = found.ok_or_else(|| Failure::not_found(format!("{sentence}{id}' does not exist")))?;
    ok(json!({
        "self": call.links.api(format_args!("customFieldOption/{}", option.id)),
        "value": option.value,
    }))
}

/// Top options first, then those below them (the document's order).
async fn get_options_for_context(call: Call, Path((field_id, context_id)): Path<(String, String)>) -> Answer {
    let window = Window::read(&call, 100, 1000)?;
    let (only_top, wanted) = (call.params.flag("onlyOptions", false)?, call.params.long("optionId")?);
    let own = context_of(&call, &field_id, &context_id)?;
    let site_fields = &call.site.fields;
    let top: Vec<&FieldOption> = site_fields.options_of(own, None).collect();
    let below = top.iter().flat_map(|option| site_fields.options_of(own, Some(option.id)));
    let mut all: Vec<&FieldOption> = if only_top { top } else { top.iter().copied().chain(below).collect::<Vec<_>>() };
    if let Some(id) = wanted {
        if !all.iter().any(|option| option.id == id) {
            return Err(Failure::not_found("The option was not found.").into());
        }
        all.retain(|option| option.id == id || option.parent_id == Some(id));
    }
    ok(listed(&call, &format!("field/{field_id}/context/{context_id}/option"), window, all, view))
}

/// The number of a context of a select field, for administrators.
fn context_of(call: &Call, field_id: &str, context_id: &str) -> Result<i64> {
    call.administers(ADMINISTRATORS)?;
    let field = call.site.fields.any_custom(field_id).ok_or_else(fields::missing)?;
    if !Kind::of(&field.type_key).has_options() {
        return Err(Failure::invalid("The custom field doesn't support options."));
    }
    let all = call.site.fields.contexts.get(&field.id).map_or(&[][..], Vec::as_slice);
    Ok(contexts::find(all, context_id)?.id)
}

fn view(option: &FieldOption) -> Value {
    let mut view = json!({ "id": option.id.to_string(), "value": option.value });
    if let Some(parent) = option.parent_id {
        view["optionId"] = parent.to_string().into();
    }
    view["disabled"] = option.disabled.into();
    view
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewOptions {
    #[serde(default)]
    options: Vec<NewOption>,
}

async fn create_custom_field_option(
    Path((field_id, context_id)): Path<(String, String)>,
    Json(call, body): Json<NewOptions>,
) -> Answer {
    let made = options::create(&call, &field_id, &context_id, body.options).await?;
    ok(json!({ "options": made.iter().map(view).collect::<Vec<_>>() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionChanges {
    #[serde(default)]
    options: Vec<OptionChange>,
}

async fn update_custom_field_option(
    Path((field_id, context_id)): Path<(String, String)>,
    Json(call, body): Json<OptionChanges>,
) -> Answer {
    let changed = options::update(&call, &field_id, &context_id, body.options).await?;
    let view = |option: &FieldOption| json!({ "id": option.id.to_string(), "value": option.value, "disabled": option.disabled });
    ok(json!({ "options": changed.iter().map(view).collect::<Vec<_>>() }))
}

async fn reorder_custom_field_options(
    Path((field_id, context_id)): Path<(String, String)>,
    Json(call, body): Json<Move>,
) -> Answer {
    options::reorder(&call, &field_id, &context_id, body).await?;
    no_content()
}

async fn delete_custom_field_option(
    call: Call,
    Path((field_id, context_id, id)): Path<(String, String, String)>,
) -> Answer {
    options::delete(&call, &field_id, &context_id, &id).await?;
    no_content()
}

async fn replace_custom_field_option(
    call: Call,
    Path((field_id, context_id, id)): Path<(String, String, String)>,
) -> Answer {
    let (with, jql) = (call.params.long("replaceWith")?, call.params.text("jql"));
    see_task(&call, &option_replacement::replace(&call, &field_id, &context_id, &id, with, jql).await?)
}
