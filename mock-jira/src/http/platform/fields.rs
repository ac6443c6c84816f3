//! Fields (J-68), and what administrators and apps do with custom ones.

mod app_options;
mod apps;
mod associations;
mod contexts;
mod options;
mod search;

use crate::{
    app::fields::{self, FieldInput},
    domain::fields::{Field, Kind},
    http::{
        answer::{Answer, created, no_content, ok, see_task},
        body::Json,
        call::Call,
        routes::Routes,
    },
};
use axum::extract::Path;
use serde_json::{Value, json};

/// Operations on fields.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/field", get_fields)
        .post("/rest/api/3/field", create_custom_field)
        .put("/rest/api/3/field/{fieldId}", update_custom_field)
        .delete("/rest/api/3/field/{id}", delete_custom_field)
        .post("/rest/api/3/field/{id}/trash", trash_custom_field)
        .post("/rest/api/3/field/{id}/restore", restore_custom_field)
        .and(search::routes())
        .and(contexts::routes())
        .and(options::routes())
        .and(app_options::routes())
        .and(apps::routes())
        .and(associations::routes())
}

async fn get_fields(call: Call) -> Answer {
    let visible = |field: &Field| match field {
        Field::Custom(field, _) => call.access().sees_field(field),
        Field::System(_) => true,
    };
    ok(call.site.fields.iter().filter(visible).map(|field| field.describe()).collect::<Vec<Value>>())
}

async fn create_custom_field(Json(call, body): Json<FieldInput>) -> Answer {
    let field = fields::create(&call, body).await?;
    created(Field::Custom(&field, Kind::of(&field.type_key)).describe())
}

async fn update_custom_field(Path(id): Path<String>, Json(call, body): Json<FieldInput>) -> Answer {
    fields::update(&call, &id, body).await?;
    no_content()
}

async fn delete_custom_field(call: Call, Path(id): Path<String>) -> Answer {
    see_task(&call, &fields::delete(&call, &id).await?)
}

async fn trash_custom_field(call: Call, Path(id): Path<String>) -> Answer {
    fields::trash(&call, &id).await?;
    ok(json!({}))
}

async fn restore_custom_field(call: Call, Path(id): Path<String>) -> Answer {
    fields::restore(&call, &id).await?;
    ok(json!({}))
}
