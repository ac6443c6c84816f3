//! Features of a project.

use super::configured;
use crate::{
    db,
    domain::{
        audit::{Area, Record, Thing},
        config::Project,
        failure::Failure,
        feature,
    },
    http::{
        answer::{Answer, ok},
        body::Json,
        call::Call,
        routes::Routes,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Operations on features.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/project/{projectIdOrKey}/features", get_features_for_project)
        .put("/rest/api/3/project/{projectIdOrKey}/features/{featureKey}", toggle_feature_for_project)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateBody {
    state: Option<String>,
}

async fn get_features_for_project(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    let switched = db::projects::features(&mut call.read().await?, project.id).await?;
    ok(view(&call, project, &switched))
}

async fn toggle_feature_for_project(
    Path((id_or_key, key)): Path<(String, String)>,
    Json(call, body): Json<StateBody>,
) -> Answer {
    let project = configured(&call, &id_or_key)?;
    let all = feature::of(project);
    let found = all.iter().find(|feature| feature.key == key);
    let feature = found.ok_or_else(|| Failure::not_found(format!("The feature '{key}' does not exist.")))?;
    let on = match body.state.as_deref() {
        Some("ENABLED") => true,
        Some("DISABLED") => false,
        _ => return Err(Failure::invalid("The state of a feature can be ENABLED or DISABLED.").into()),
    };
    let mut work = call.begin().await?;
    let mut switched = db::projects::lock_features(&mut work, project.id).await?;
    if let Some(sentence) = feature.obstacle(all, &switched, on) {
        return Err(Failure::invalid(sentence).into());
    }
    switched.insert(key, on.into());
    db::projects::put_features(&mut work, project.id, &Value::Object(switched.clone())).await?;
    let state = if on { "Project feature enabled" } else { "Project feature disabled" };
    let thing = Thing::new("PROJECT_FEATURE", feature.key, feature.name);
    work.commit(Record::new(state, Area::Projects, project.thing()).with(thing)).await?;
    ok(view(&call, project, &switched))
}

fn view(call: &Call, project: &Project, switched: &Map<String, Value>) -> Value {
    let features = feature::of(project).iter().map(|feature| {
        json!({
            "projectId": project.id,
            "state": if feature.is_on(switched) { "ENABLED" } else { "DISABLED" },
            "toggleLocked": feature.locked,
            "feature": feature.key,
            "prerequisites": feature.needs.into_iter().collect::<Vec<_>>(),
            "localisedName": feature.name,
            "localisedDescription": feature.description,
            "imageUri": call.links.site("secure/viewavatar?avatarId=10400&avatarType=project"),
        })
    });
    json!({ "features": features.collect::<Vec<Value>>() })
}
