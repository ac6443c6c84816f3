//! Options of apps' select lists.

use crate::{
    app::fields::app_options::{self, NO_FIELD, NewOption, OptionInput, find, missing, permitted},
    domain::{config::AppOption, failure::Failure},
    http::{
        answer::{Answer, no_content, ok, see_task},
        body::Json,
        call::Call,
        page::{Window, listed},
        routes::Routes,
    },
};
use axum::extract::Path;
use serde_json::{Value, json};

/// Operations on options of apps' fields.
pub fn routes() -> Routes {
    const OPTIONS: &str = "/rest/api/3/field/{fieldKey}/option";
    let path = |rest: &str| format!("{OPTIONS}{rest}");
    Routes::default()
        .get(OPTIONS, get_all_issue_field_options)
        .post(OPTIONS, create_issue_field_option)
        .get(&path("/suggestions/edit"), get_selectable_issue_field_options)
        .get(&path("/suggestions/search"), get_visible_issue_field_options)
        .get(&path("/{optionId}"), get_issue_field_option)
        .put(&path("/{optionId}"), update_issue_field_option)
        .delete(&path("/{optionId}"), delete_issue_field_option)
        .delete(&path("/{optionId}/issue"), replace_issue_field_option)
}

fn view(option: &AppOption) -> Value {
    json!({ "id": option.id, "value": option.value, "properties": option.properties, "config": option.config })
}

fn options(call: &Call, field_id: i64) -> impl Iterator<Item = &AppOption> {
    call.site.fields.app_options.get(&field_id).into_iter().flatten()
}

async fn get_all_issue_field_options(call: Call, Path(key): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    permitted(&call)?;
    let field = find(&call, &key).ok_or_else(|| Failure::invalid(NO_FIELD))?;
    ok(listed(&call, &format!("field/{key}/option"), window, options(&call, field.id).collect(), view))
}

async fn create_issue_field_option(Path(key): Path<String>, Json(call, body): Json<NewOption>) -> Answer {
    ok(view(&app_options::create(&call, &key, body).await?))
}

async fn get_selectable_issue_field_options(call: Call, Path(key): Path<String>) -> Answer {
    suggested(&call, &key, "edit", AppOption::is_selectable).await
}

async fn get_visible_issue_field_options(call: Call, Path(key): Path<String>) -> Answer {
    suggested(&call, &key, "search", AppOption::is_visible).await
}

/// Options that fit the project asked for, or any that the caller sees.
async fn suggested(call: &Call, key: &str, what: &str, fits: impl Fn(&AppOption, Option<i64>) -> bool) -> Answer {
    let window = Window::read(call, 50, 100)?;
    let project_id = call.params.long("projectId")?;
    call.account_id()?;
    let field = find(call, key).ok_or_else(|| Failure::not_found(NO_FIELD))?;
    let places: Vec<Option<i64>> = match project_id {
        Some(id) => call.live_projects().filter(|project| project.id == id).map(|project| Some(project.id)).collect(),
        None => call.live_projects().map(|project| Some(project.id)).collect(),
    };
    let found = options(call, field.id).filter(|option| places.iter().any(|place| fits(option, *place)));
    let view = |option: &AppOption| json!({ "id": option.id, "value": option.value, "properties": option.properties });
    ok(listed(call, &format!("field/{key}/option/suggestions/{what}"), window, found.collect(), view))
}

async fn get_issue_field_option(call: Call, Path((key, id)): Path<(String, String)>) -> Answer {
    permitted(&call)?;
    let field = find(&call, &key).ok_or_else(|| Failure::invalid(NO_FIELD))?;
    let option = options(&call, field.id).find(|option| option.id.to_string() == id);
    ok(view(option.ok_or_else(|| missing(&id))?))
}

async fn update_issue_field_option(
    Path((key, id)): Path<(String, String)>,
    Json(call, body): Json<OptionInput>,
) -> Answer {
    ok(view(&app_options::put(&call, &key, &id, body).await?))
}

async fn delete_issue_field_option(call: Call, Path((key, id)): Path<(String, String)>) -> Answer {
    app_options::delete(&call, &key, &id).await?;
    no_content()
}

/// Only apps can override what screens say.
async fn replace_issue_field_option(call: Call, Path((key, id)): Path<(String, String)>) -> Answer {
    let (with, jql) = (call.params.long("replaceWith")?, call.params.text("jql"));
    let overrides =
        [call.params.flag("overrideScreenSecurity", false)?, call.params.flag("overrideEditableFlag", false)?];
    permitted(&call)?;
    if overrides.contains(&true) && call.caller.account.as_ref().is_none_or(|account| account.account_type != "app") {
        let sentence =
            "Connect and Forge app users with Administer Jira global permission can override screen security.";
        return Err(Failure::forbidden(sentence).into());
    }
    see_task(&call, &app_options::replace(&call, &key, &id, with, jql).await?)
}
