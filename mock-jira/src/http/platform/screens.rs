//! Screens, and the fields on their tabs (observed shapes, "screens").

use crate::{
    app::screens::{self, ADMINISTRATORS},
    domain::{
        config::{Screen, ScreenTab},
        failure::Failure,
        fields::Field,
        order::Place,
    },
    http::{
        answer::{Answer, no_content, ok},
        body::Json,
        call::Call,
        page::{Order, Window, listed},
        routes::Routes,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on screens.
pub fn routes() -> Routes {
    const FIELDS: &str = "/rest/api/3/screens/{screenId}/tabs/{tabId}/fields";
    let path = |rest: &str| format!("{FIELDS}{rest}");
    Routes::default()
        .get("/rest/api/3/screens", get_screens)
        .post("/rest/api/3/screens/addToDefault/{fieldId}", add_field_to_default_screen)
        .get("/rest/api/3/screens/{screenId}/availableFields", get_available_screen_fields)
        .get("/rest/api/3/field/{fieldId}/screens", get_screens_for_field)
        .get(FIELDS, get_all_screen_tab_fields)
        .post(FIELDS, add_screen_tab_field)
        .delete(&path("/{id}"), remove_screen_tab_field)
        .post(&path("/{id}/move"), move_screen_tab_field)
}

fn view(screen: &Screen) -> Value {
    json!({ "id": screen.id, "name": screen.name, "description": screen.description })
}

fn field_view(field: &Field) -> Value {
    json!({ "id": field.id(), "name": field.name() })
}

/// No screen belongs to a team-managed project or a template.
async fn get_screens(call: Call) -> Answer {
    let window = Window::read(&call, 100, 100)?;
    let order = Order::read(&call, &["name", "id"])?;
    let (ids, scopes) = (call.params.longs("id")?, call.params.list("scope"));
    let query = call.params.text("queryString").map(str::to_lowercase);
    call.administers(ADMINISTRATORS)?;
    let wanted = |screen: &&Screen| {
        (ids.is_empty() || ids.contains(&screen.id))
            && (scopes.is_empty() || scopes.iter().any(|scope| scope == "GLOBAL"))
            && query.as_ref().is_none_or(|query| screen.name.to_lowercase().contains(query))
    };
    let mut screens: Vec<&Screen> = call.site.screens.iter().filter(wanted).collect();
    if let Some(order) = order {
        let name = |screen: &Screen| if order.field == "name" { screen.name.to_lowercase() } else { String::new() };
        order.sort(&mut screens, |a, b| (name(a), a.id).cmp(&(name(b), b.id)));
    }
    ok(listed(&call, "screens", window, screens, view))
}

async fn add_field_to_default_screen(call: Call, Path(field_id): Path<String>) -> Answer {
    screens::add_to_default(&call, &field_id).await?;
    ok(json!({}))
}

async fn get_available_screen_fields(call: Call, Path(id): Path<String>) -> Answer {
    call.administers(ADMINISTRATORS)?;
    let screen = screens::find(&call, &id)?;
    let free = |field: &Field| field.orderable() && !screen.fields().any(|other| other == field.id());
    ok(call.site.fields.iter().filter(free).map(|field| field_view(&field)).collect::<Vec<Value>>())
}

/// The document knows no 404 here: a field that is not there is on no screen.
async fn get_screens_for_field(call: Call, Path(field_id): Path<String>) -> Answer {
    let window = Window::read(&call, 100, 100)?;
    call.administers(ADMINISTRATORS)?;
    let with_tabs = call.params.expands("tab");
    let is_on = |tab: &&ScreenTab| tab.fields.contains(&field_id);
    let found = call.site.screens.iter().filter_map(|screen| Some((screen, screen.tabs.iter().find(is_on)?)));
    let view = |(screen, tab): (&Screen, &ScreenTab)| {
        let mut view = view(screen);
        if with_tabs {
            view["tab"] = json!({ "id": tab.id, "name": tab.name });
        }
        view
    };
    ok(listed(&call, &format!("field/{field_id}/screens"), window, found.collect(), view))
}

/// Administrators of a project see the screens that it uses.
async fn get_all_screen_tab_fields(call: Call, Path((screen_id, tab_id)): Path<(String, String)>) -> Answer {
    let project = call.params.text("projectKey").and_then(|key| call.project(key).ok());
    let used = |screen: &Screen| {
        project.filter(|project| call.access().administers_project(project)).is_some_and(|project| {
            let schemes = call.site.issue_types_of(project).filter_map(|kind| call.site.screens_of(project, kind.id));
            let ids = schemes.flat_map(|scheme| {
                let own = [scheme.create_screen_id, scheme.edit_screen_id, scheme.view_screen_id];
                own.into_iter().flatten().chain([scheme.default_screen_id])
            });
            ids.into_iter().any(|id| id == screen.id)
        })
    };
    if !call.site.screens.parse(&screen_id).is_some_and(used) {
        call.administers(ADMINISTRATORS)?;
    }
    let tab = screens::tab(screens::find(&call, &screen_id)?, &tab_id)?;
    let fields = tab.fields.iter().filter_map(|id| call.site.fields.get(id));
    ok(fields.map(|field| field_view(&field)).collect::<Vec<Value>>())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AddField {
    field_id: String,
}

async fn add_screen_tab_field(
    Path((screen_id, tab_id)): Path<(String, String)>,
    Json(call, body): Json<AddField>,
) -> Answer {
    call.params.flag("skipFieldAssociation", false)?;
    let field = screens::add(&call, &screen_id, &tab_id, &body.field_id).await?;
    ok(field_view(&field))
}

async fn remove_screen_tab_field(call: Call, Path((screen_id, tab_id, id)): Path<(String, String, String)>) -> Answer {
    screens::remove(&call, &screen_id, &tab_id, &id).await?;
    no_content()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveField {
    after: Option<String>,
    position: Option<String>,
}

/// `after` wins over `position`; it is a field's address or its id.
async fn move_screen_tab_field(
    Path((screen_id, tab_id, id)): Path<(String, String, String)>,
    Json(call, body): Json<MoveField>,
) -> Answer {
    let to = match (body.after, body.position.as_deref().and_then(Place::named)) {
        (Some(after), _) => Place::After(after.rsplit('/').next().unwrap_or_default().to_owned()),
        (None, Some(place)) => place,
        (None, None) => return Err(Failure::invalid("Either 'after' or 'position' must be provided.").into()),
    };
    screens::move_to(&call, &screen_id, &tab_id, &id, to).await?;
    no_content()
}
