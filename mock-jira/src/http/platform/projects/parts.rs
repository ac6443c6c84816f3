//! What a project consists of: statuses, levels of issue types, versions, components.

use crate::{
    db,
    domain::{
        config::{Component, IssueType, Project, Version},
        failure::Result,
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        page::{Order, Window, listed},
        routes::Routes,
        views::{config, parts},
    },
};
use axum::extract::Path;
use serde_json::{Value, json};
use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
};

/// Operations on parts of projects.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/project/{projectIdOrKey}/statuses", get_all_statuses)
        .get("/rest/api/3/project/{projectId}/hierarchy", get_hierarchy)
        .get("/rest/api/3/project/{projectIdOrKey}/versions", get_project_versions)
        .get("/rest/api/3/project/{projectIdOrKey}/version", get_project_versions_paginated)
        .get("/rest/api/3/project/{projectIdOrKey}/components", get_project_components)
        .get("/rest/api/3/project/{projectIdOrKey}/component", get_project_components_paginated)
}

async fn get_all_statuses(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    let types = call.site.issue_types_of(project).map(|kind| {
        let statuses = call.site.statuses_of(project, kind.id).map(|status| config::status_listed(&call, status));
        json!({
            "self": call.links.api(format_args!("issuetype/{}", kind.id)),
            "id": kind.id.to_string(),
            "name": kind.name,
            "subtask": kind.is_subtask(),
            "statuses": statuses.collect::<Vec<Value>>(),
        })
    });
    ok(types.collect::<Vec<Value>>())
}

/// Issue types by level, the lowest first.
async fn get_hierarchy(call: Call, Path(id): Path<String>) -> Answer {
    let project = call.project(&id)?;
    let mut levels: BTreeMap<i32, Vec<&IssueType>> = BTreeMap::new();
    for kind in call.site.issue_types_of(project) {
        levels.entry(kind.level).or_default().push(kind);
    }
    let levels = levels.into_iter().map(|(level, types)| {
        let name = match level {
            ..0 => "Subtask",
            0 => "Base",
            1.. => "Epic",
        };
        let types = types.into_iter().map(|kind| {
            let mut view = json!({ "id": kind.id, "name": kind.name });
            if let Some(avatar_id) = kind.avatar_id {
                view["avatarId"] = avatar_id.into();
            }
            view
        });
        json!({ "level": level, "name": name, "issueTypes": types.collect::<Vec<Value>>() })
    });
    ok(json!({ "projectId": project.id, "hierarchy": levels.collect::<Vec<Value>>() }))
}

async fn get_project_versions(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    let counts = Counts::load(&call, project).await?;
    let views = call.site.versions_of(project.id).map(|version| version_view(&call, version, counts.as_ref()));
    ok(views.collect::<Vec<Value>>())
}

async fn get_project_versions_paginated(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let order = Order::read(&call, &["description", "name", "releaseDate", "sequence", "startDate"])?;
    let project = call.project(&id_or_key)?;
    let states = call.params.list("status");
    let in_state = |version: &Version| {
        let state = match (version.archived, version.released) {
            (true, _) => "archived",
            (_, true) => "released",
            _ => "unreleased",
        };
        states.is_empty() || states.iter().any(|wanted| wanted == state)
    };
    let mut versions: Vec<&Version> = call
        .site
        .versions_of(project.id)
        .filter(|version| in_state(version) && found(&call, &version.name, version.description.as_deref()))
        .collect();
    if let Some(order) = order {
        // Versions without the date come last in both directions.
        let dated = |date: Option<chrono::NaiveDate>| (date.is_none() != order.descending, date);
        order.sort(&mut versions, |a, b| match order.field {
            "description" => a.description.cmp(&b.description),
            "name" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            "releaseDate" => dated(a.release_date).cmp(&dated(b.release_date)),
            "startDate" => dated(a.start_date).cmp(&dated(b.start_date)),
            _ => a.position.cmp(&b.position),
        });
    }
    let counts = Counts::load(&call, project).await?;
    let path = format!("project/{id_or_key}/version");
    ok(listed(&call, &path, window, versions, |version| version_view(&call, version, counts.as_ref())))
}

/// Issues that versions fix, by version and category of their status.
struct Counts(HashMap<(i64, i16), i64>);

impl Counts {
    /// `None` if the request does not ask for them (U-50).
    async fn load(call: &Call, project: &Project) -> Result<Option<Self>> {
        if !call.params.expands("issuesstatus") {
            return Ok(None);
        }
        let mut counts = HashMap::new();
        for (version_id, status_id, count) in
            db::projects::issues_by_version(&mut call.read().await?, project.id).await?
        {
            let category = call.site.statuses.get(status_id).map_or(1, |status| status.category);
            *counts.entry((version_id, category)).or_default() += count;
        }
        Ok(Some(Self(counts)))
    }

    fn of(&self, version_id: i64, category: i16) -> i64 {
        self.0.get(&(version_id, category)).copied().unwrap_or(0)
    }
}

fn version_view(call: &Call, version: &Version, counts: Option<&Counts>) -> Value {
    let mut view = parts::version(call, version);
    if let Some(counts) = counts {
        let count = |category| counts.of(version.id, category);
        view["issuesStatusForFixVersion"] =
            json!({ "unmapped": count(1), "toDo": count(2), "inProgress": count(4), "done": count(3) });
    }
    view
}

async fn get_project_components(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    let components = call.site.components_of(project.id);
    ok(components.map(|component| parts::component(&call, project, component)).collect::<Vec<Value>>())
}

async fn get_project_components_paginated(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let order = Order::read(&call, &["description", "issueCount", "lead", "name"])?;
    let project = call.project(&id_or_key)?;
    let counts = db::projects::issues_by_component(&mut call.read().await?, project.id).await?;
    let count = |component: &Component| counts.get(&component.id).copied().unwrap_or(0);
    let mut components: Vec<&Component> = call
        .site
        .components_of(project.id)
        .filter(|component| found(&call, &component.name, component.description.as_deref()))
        .collect();
    if let Some(order) = order {
        order.sort(&mut components, |a, b| -> Ordering {
            match order.field {
                "description" => a.description.cmp(&b.description),
                "issueCount" => count(a).cmp(&count(b)),
                "lead" => a.lead.cmp(&b.lead),
                _ => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            }
        });
    }
    let path = format!("project/{id_or_key}/component");
    ok(listed(&call, &path, window, components, |component| {
        parts::component_counted(&call, project, component, count(component))
    }))
}

/// Whether `query` is in the name or the description, in any case.
fn found(call: &Call, name: &str, description: Option<&str>) -> bool {
    call.params.text("query").map(str::to_lowercase).is_none_or(|query| {
        name.to_lowercase().contains(&query) || description.is_some_and(|text| text.to_lowercase().contains(&query))
    })
}
