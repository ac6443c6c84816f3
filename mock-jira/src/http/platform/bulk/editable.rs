//! Which fields many issues can be edited in at once.

use super::{cut, permit};
use crate::{
    app::bulk,
    domain::{
        config::Project,
        failure::Failure,
        fields::{Field, Kind},
        issue::screen::{Purpose, asked},
    },
    http::{
        answer::{Answer, ok},
        call::Call,
    },
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// System fields that have values in a bulk edit.
const SYSTEM: [&str; 14] = [
    "summary",
    "issuetype",
    "priority",
    "assignee",
    "reporter",
    "components",
    "fixVersions",
    "versions",
    "labels",
    "duedate",
    "description",
    "environment",
    "timetracking",
    "security",
];

/// A field, and how the issues have it.
struct Editable<'a> {
    field: Field<'a>,
    required: bool,
    /// How many kinds of the issues have it.
    places: usize,
}

pub(super) async fn get_bulk_editable_fields(call: Call) -> Answer {
    permit(&call, Failure::Forbidden)?;
    let issues = bulk::chosen(&call, &mut call.read().await?, &call.params.list("issueIdsOrKeys")).await?;
    // What can be edited depends on project and type, and on whether the caller may edit at all.
    let places: BTreeSet<(i64, i64, bool)> = issues
        .iter()
        .map(|issue| {
            let project = call.project_of(issue).ok();
            let may = project.is_some_and(|project| call.access().on(project, issue.people(), "EDIT_ISSUES"));
            (issue.project_id, issue.issue_type_id, may)
        })
        .collect();
    let mut fields: Vec<Editable> = Vec::new();
    for (project_id, type_id, may) in &places {
        let found = call.site.projects.get(*project_id).zip(call.site.issue_types.get(*type_id)).filter(|_| *may);
        let Some((project, kind)) = found else { continue };
        for asked in asked(&call.site, call.access(), project, kind, Purpose::Edit, None) {
            let id = asked.field.id();
            match fields.iter_mut().find(|known| known.field.id() == id) {
                Some(known) => {
                    known.places += 1;
                    known.required |= asked.required;
                }
                None if in_bulk(asked.field) => {
                    fields.push(Editable { field: asked.field, required: asked.required, places: 1 });
                }
                None => {}
            }
        }
    }
    if let Some(text) = call.params.text("searchText") {
        let text = text.to_lowercase();
        fields.retain(|known| known.field.name().to_lowercase().contains(&text));
    }
    if fields.is_empty() {
        return Err(Failure::not_found("No editable fields were found for the issues.").into());
    }
    let projects: BTreeSet<i64> = places.iter().map(|place| place.0).collect();
    let projects: Vec<&Project> = projects.iter().filter_map(|id| call.site.projects.get(*id)).collect();
    let view = |editable: Editable| view(&call, &projects, &editable, places.len());
    ok(cut(&call, fields, |editable| editable.field.id())?.view("fields", view))
}

fn in_bulk(field: Field) -> bool {
    match field {
        Field::System(field) => SYSTEM.contains(&field.id) && field.id != "security",
        Field::Custom(_, kind) => !matches!(
            kind,
            Kind::Rank | Kind::EpicLink | Kind::Development | Kind::Opaque | Kind::Sprint | Kind::Project
        ),
    }
}

fn view(call: &Call, projects: &[&Project], editable: &Editable, places: usize) -> Value {
    let field = editable.field;
    let id = field.id();
    let mut view = json!({ "id": id, "name": field.name(), "isRequired": editable.required });
    view["type"] = match field {
        Field::System(field) => field.id.into(),
        Field::Custom(custom, _) => custom.type_key.as_str().into(),
    };
    if let Field::Custom(custom, _) = field
        && !custom.description.is_empty()
    {
        view["description"] = custom.description.as_str().into();
    }
    let several = matches!(id.as_str(), "components" | "fixVersions" | "versions" | "labels")
        || matches!(field, Field::Custom(_, Kind::Labels | Kind::Versions));
    if several {
        view["multiSelectFieldOptions"] = json!(["ADD", "REMOVE", "REPLACE", "REMOVE_ALL"]);
    }
    let options = options(call, projects, field);
    if let Some(options) = &options {
        view["fieldOptions"] = json!(options);
    }
    let keys = projects.iter().map(|project| project.key.as_str()).collect::<Vec<_>>().join(",");
    let search = match id.as_str() {
        "assignee" => {
            Some(call.links.api(format_args!("user/assignable/multiProjectSearch?projectKeys={keys}&query=")))
        }
        "reporter" => Some(call.links.api("user/search?query=")),
        "labels" => Some(format!("{}/rest/api/1.0/labels/suggest?query=", call.links.base)),
        _ => None,
    };
    if let Some(url) = search {
        view["searchUrl"] = url.into();
    }
    let what = field.name().to_lowercase();
    if editable.places < places {
        view["unavailableMessage"] =
            format!("{{0}}NOTE{{1}}: The field is not available for all of the selected issue(s): {what}.").into();
    } else if several && options.is_some_and(|options| options.is_empty()) {
        view["unavailableMessage"] =
            format!("{{0}}NOTE{{1}}: The project of the selected issue(s) does not have any {what}.").into();
    }
    view
}

/// What can be chosen, where that is a list.
fn options(call: &Call, projects: &[&Project], field: Field) -> Option<Vec<Value>> {
    let site = &call.site;
    let of_projects = |id: i64| projects.iter().any(|project| project.id == id);
    Some(match (field.id().as_str(), field) {
        ("priority", _) => site
            .priorities
            .iter()
            .map(|it| json!({ "id": it.id.to_string(), "priority": it.name, "description": it.description }))
            .collect(),
        ("issuetype", _) => {
            let shared = |id: i64| projects.iter().all(|one| site.issue_types_of(one).any(|kind| kind.id == id));
            let types = site.issue_types.iter().filter(|kind| shared(kind.id));
            types.map(|kind| json!({ "id": kind.id.to_string(), "issueType": kind.name })).collect()
        }
        ("components", _) => {
            let components = site.components.iter().filter(|component| of_projects(component.project_id));
            components.map(|component| json!({ "id": component.id, "name": component.name })).collect()
        }
        ("fixVersions" | "versions", _) | (_, Field::Custom(_, Kind::Version | Kind::Versions)) => {
            let versions = site.versions.iter().filter(|version| of_projects(version.project_id) && !version.archived);
            versions.map(|version| json!({ "id": version.id.to_string(), "name": version.name })).collect()
        }
        (_, Field::Custom(custom, Kind::Option | Kind::Options | Kind::Cascade)) => {
            let contexts = site.fields.contexts.get(&custom.id).into_iter().flatten();
            let covering =
                contexts.filter(|one| one.project_ids.is_empty() || one.project_ids.iter().any(|id| of_projects(*id)));
            let options = covering.flat_map(|context| site.fields.options_of(context.id, None));
            let open = options.filter(|option| !option.disabled);
            open.map(|option| json!({ "id": option.id, "value": option.value })).collect()
        }
        _ => return None,
    })
}
