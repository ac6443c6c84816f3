//! Lists of fields for administrators: those in use, those in the trash.

use crate::{
    domain::{
        config::CustomField,
        failure::Failure,
        fields::{Field, Kind, types},
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        page::{Order, Window, listed},
        routes::Routes,
        views,
    },
};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// Operations that search fields.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/field/search", get_fields_paginated)
        .get("/rest/api/3/field/search/trashed", get_trashed_fields_paginated)
}

const ADMINISTRATORS: &str = "Only Jira administrators can access fields.";

async fn get_fields_paginated(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let order = Order::read(&call, &["contextsCount", "lastUsed", "name", "projectsCount", "screensCount"])?;
    let project_ids = call.params.longs("projectIds")?;
    if let Some(kind) = call.params.list("type").iter().find(|kind| !["custom", "system"].contains(&kind.as_str())) {
        return Err(Failure::invalid(format!("'{kind}' is not a type of fields.")).into());
    }
    call.administers(ADMINISTRATORS)?;
    let types = call.params.list("type");
    let matches = matching(&call);
    let wanted = |field: &Field| {
        let kind = match field {
            Field::System(_) => "system",
            Field::Custom(..) => "custom",
        };
        (types.is_empty() || types.iter().any(|wanted| wanted == kind))
            && matches(field)
            && (project_ids.is_empty() || project_ids.iter().any(|id| is_in_project(&call, field, *id)))
    };
    let mut fields: Vec<Field> = call.site.fields.iter().filter(wanted).collect();
    if let Some(order) = order {
        let count = |field: &Field| match order.field {
            "contextsCount" => contexts(&call, field),
            "projectsCount" => projects(&call, field),
            "screensCount" => screens(&call, field),
            _ => 0,
        };
        let name = |field: &Field| if order.field == "name" { field.name().to_lowercase() } else { String::new() };
        order.sort(&mut fields, |a, b| (count(a), name(a)).cmp(&(count(b), name(b))));
    }
    ok(listed(&call, "field/search", window, fields, |field| view(&call, &field)))
}

async fn get_trashed_fields_paginated(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let order = Order::read(&call, &["name", "trashDate", "plannedDeletionDate", "projectsCount"])?;
    if call.params.list("type").iter().any(|kind| kind != "custom") {
        return Err(Failure::invalid("Only custom fields can be queried.").into());
    }
    call.administers(ADMINISTRATORS)?;
    let matches = matching(&call);
    let trashed = call.site.fields.trashed.iter().map(|field| Field::Custom(field, Kind::of(&field.type_key)));
    let mut fields: Vec<Field> = trashed.filter(|field| matches(field)).collect();
    if let Some(order) = order {
        let time = |field: &Field| match field {
            // Fields stay in the trash equally long.
            Field::Custom(custom, _) if order.field != "name" => custom.trashed,
            _ => None,
        };
        let name = |field: &Field| field.name().to_lowercase();
        match order.field {
            "projectsCount" => order.sort(&mut fields, |a, b| projects(&call, a).cmp(&projects(&call, b))),
            _ => order.sort(&mut fields, |a, b| (time(a), name(a)).cmp(&(time(b), name(b)))),
        }
    }
    ok(listed(&call, "field/search/trashed", window, fields, |field| view(&call, &field)))
}

/// The test that `id` and `query` ask for.
fn matching(call: &Call) -> impl Fn(&Field) -> bool {
    let ids = call.params.list("id");
    let query = call.params.text("query").map(str::to_lowercase);
    move |field| {
        let description = match field {
            Field::System(_) => "",
            Field::Custom(custom, _) => custom.description.as_str(),
        };
        let found = |query: &String| [field.name(), description].iter().any(|text| text.to_lowercase().contains(query));
        (ids.is_empty() || ids.contains(&field.id())) && query.as_ref().is_none_or(found)
    }
}

/// How long fields stay in the trash.
const DAYS_IN_TRASH: TimeDelta = TimeDelta::days(60);

/// Whether issues of some type of the project can have the field; not for projects that the caller does not see.
fn is_in_project(call: &Call, field: &Field, project_id: i64) -> bool {
    let Ok(project) = call.project(&project_id.to_string()) else { return false };
    match field {
        Field::System(_) => true,
        Field::Custom(custom, _) => call
            .site
            .issue_types_of(project)
            .any(|kind| call.site.fields.context(custom.id, project.id, kind.id).is_some()),
    }
}

/// `id`, `name` and `schema` always, the rest when expanded.
fn view(call: &Call, field: &Field) -> Value {
    // The document requires a schema, which some system fields do not have.
    let schema = field.schema().unwrap_or_else(|| json!({ "type": "any", "system": field.id() }));
    let mut view = json!({ "id": field.id(), "name": field.name(), "schema": schema });
    let custom: Option<&CustomField> = match field {
        Field::System(_) => None,
        Field::Custom(custom, _) => Some(custom),
    };
    if let Some(custom) = custom {
        view["description"] = custom.description.as_str().into();
        if let Some(kind) = types::find(&custom.type_key) {
            view["typeDisplayName"] = kind.name.into();
        }
        if let Some(trashed) = custom.trashed {
            view["trashedDate"] = call.time(trashed).into();
            view["trashedBy"] = views::user::person(call, custom.trashed_by.as_deref());
            view["plannedDeletionDate"] = call.time(trashed + DAYS_IN_TRASH).into();
        }
    }
    let expansions: [(&str, &dyn Fn() -> Value); 8] = [
        ("key", &|| custom.and_then(CustomField::app_key).map_or_else(|| field.id(), str::to_owned).into()),
        ("stableId", &|| format!("sfid:{}", field.name().to_lowercase().replace(' ', "-")).into()),
        ("isLocked", &|| custom.is_some_and(CustomField::is_locked).into()),
        ("searcherKey", &|| custom.and_then(|custom| custom.searcher.as_deref()).into()),
        ("screensCount", &|| screens(call, field).into()),
        ("contextsCount", &|| contexts(call, field).into()),
        ("projectsCount", &|| projects(call, field).into()),
        // Uses of fields are not recorded.
        ("lastUsed", &|| json!({ "type": "NO_INFORMATION" })),
    ];
    for (name, value) in expansions.into_iter().filter(|(name, _)| call.params.expands(name)) {
        let value = value();
        if !value.is_null() {
            view[name] = value;
        }
    }
    view
}

fn screens(call: &Call, field: &Field) -> usize {
    let id = field.id();
    call.site.screens.iter().filter(|screen| screen.fields().any(|other| other == id)).count()
}

fn contexts(call: &Call, field: &Field) -> usize {
    match field {
        Field::System(_) => 0,
        Field::Custom(custom, _) => call.site.fields.contexts.get(&custom.id).map_or(0, Vec::len),
    }
}

/// Projects that a context of the field names.
fn projects(call: &Call, field: &Field) -> usize {
    match field {
        Field::System(_) => 0,
        Field::Custom(custom, _) => {
            let contexts = call.site.fields.contexts.get(&custom.id).into_iter().flatten();
            contexts.map(|context| context.project_ids.len()).sum()
        }
    }
}
