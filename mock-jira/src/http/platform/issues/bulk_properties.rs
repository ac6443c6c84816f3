//! Properties of many issues (J-119).

use crate::{
    app::bulk_properties::{self, Change, IssueProperties, computed},
    db::properties::IssueFilter,
    domain::failure::Failure,
    http::{
        answer::{Answer, see_task_elsewhere},
        body::Json,
        call::Call,
        platform::expressions::Shown,
        routes::Routes,
    },
};
use axum::extract::Path;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Operations on properties of many issues.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/issue/properties", bulk_set_issues_properties_list)
        .post("/rest/api/3/issue/properties/multi", bulk_set_issue_properties_by_issue)
        .put("/rest/api/3/issue/properties/{propertyKey}", bulk_set_issue_property)
        .delete("/rest/api/3/issue/properties/{propertyKey}", bulk_delete_issue_property)
}

async fn submit(call: &Call, change: Change) -> Answer {
    see_task_elsewhere(call, &bulk_properties::submit(call, change).await?)
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct List {
    entities_ids: Vec<i64>,
    properties: Map<String, Value>,
}

async fn bulk_set_issues_properties_list(Json(call, list): Json<List>) -> Answer {
    submit(&call, Change::SetList { issue_ids: list.entities_ids, properties: list.properties }).await
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Each {
    issues: Vec<IssueProperties>,
}

async fn bulk_set_issue_properties_by_issue(Json(call, each): Json<Each>) -> Answer {
    submit(&call, Change::SetEach { issues: each.issues }).await
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Set {
    /// Null is a value, too.
    #[serde(deserialize_with = "present")]
    value: Option<Value>,
    expression: Option<String>,
    filter: IssueFilter,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

async fn bulk_set_issue_property(Path(key): Path<String>, Json(call, set): Json<Set>) -> Answer {
    let change = match (set.value, set.expression) {
        (Some(value), None) => Change::Set { key, value, filter: set.filter },
        (None, Some(expression)) => computed(&call, &Shown(&call), key, &expression, &set.filter).await?,
        _ => return Err(Failure::invalid("Either the value of the property or an expression must be given.").into()),
    };
    submit(&call, change).await
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct DeleteFilter {
    entity_ids: Option<Vec<i64>>,
    current_value: Option<Value>,
}

async fn bulk_delete_issue_property(Path(key): Path<String>, Json(call, filter): Json<DeleteFilter>) -> Answer {
    let DeleteFilter { entity_ids, current_value } = filter;
    submit(&call, Change::Delete { key, filter: IssueFilter { entity_ids, current_value, has_property: None } }).await
}
