//! Fields (J-68).

use crate::{
    domain::{config::CustomField, failure::Failure, fields::Field},
    http::{
        answer::{Answer, ok},
        call::Call,
        page::{Order, Window, listed},
        routes::Routes,
    },
};
use serde_json::{Value, json};

/// Operations on fields.
pub fn routes() -> Routes {
    Routes::default().get("/rest/api/3/field", get_fields).get("/rest/api/3/field/search", get_fields_paginated)
}

/// Fields of team-managed projects only for those who see the project.
async fn get_fields(call: Call) -> Answer {
    let visible = |field: &Field| match field {
        Field::Custom(CustomField { project_id: Some(id), .. }, _) => {
            call.site.projects.get(*id).is_some_and(|project| call.access().sees(project))
        }
        _ => true,
    };
    ok(call.site.fields.iter().filter(visible).map(|field| field.describe()).collect::<Vec<Value>>())
}

async fn get_fields_paginated(call: Call) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let order = Order::read(&call, &["contextsCount", "lastUsed", "name", "projectsCount", "screensCount"])?;
    if !call.access().administers() {
        return Err(Failure::forbidden("Only Jira administrators can access fields.").into());
    }
    let (types, ids) = (call.params.list("type"), call.params.list("id"));
    let query = call.params.text("query").map(str::to_lowercase);
    let wanted = |field: &Field| {
        let (kind, description) = match field {
            Field::System(_) => ("system", ""),
            Field::Custom(custom, _) => ("custom", custom.description.as_str()),
        };
        let found = |query: &String| [field.name(), description].iter().any(|text| text.to_lowercase().contains(query));
        (types.is_empty() || types.iter().any(|wanted| wanted == kind))
            && (ids.is_empty() || ids.contains(&field.id()))
            && query.as_ref().is_none_or(found)
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

/// `id`, `name` and `schema` always, the rest when expanded.
fn view(call: &Call, field: &Field) -> Value {
    // The document requires a schema, which some system fields do not have.
    let schema = field.schema().unwrap_or_else(|| json!({ "type": "any", "system": field.id() }));
    let mut view = json!({ "id": field.id(), "name": field.name(), "schema": schema });
    if let Field::Custom(custom, _) = field {
        view["description"] = custom.description.as_str().into();
    }
    let searcher = || match field {
        Field::System(_) => Value::Null,
        Field::Custom(custom, _) => custom.searcher.as_deref().into(),
    };
    let expansions: [(&str, &dyn Fn() -> Value); 7] = [
        ("key", &|| field.id().into()),
        ("isLocked", &|| false.into()),
        ("searcherKey", &searcher),
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
