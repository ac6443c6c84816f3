//! Columns of a filter's results (U-49, U-54).

use super::id_of;
use crate::{
    app::filters::{self, MISSING},
    domain::{
        failure::{Failure, Result},
        fields::Field,
    },
    http::{
        answer::{Answer, no_content, ok},
        body,
        call::Call,
        routes::Routes,
    },
};
use axum::{
    extract::{FromRequest, Multipart, Path, Request},
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on columns.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/filter/{id}/columns", get_columns)
        .put("/rest/api/3/filter/{id}/columns", set_columns)
        .delete("/rest/api/3/filter/{id}/columns", reset_columns)
}

async fn get_columns(call: Call, Path(id): Path<String>) -> Answer {
    let shared = filters::find(&call, &mut call.read().await?, id_of(&id)?, false).await?;
    let columns = shared.ok_or_else(|| Failure::invalid(MISSING))?.filter.columns;
    let columns = columns.ok_or_else(|| Failure::not_found("No columns are set for the filter."))?;
    // Fields may have gone since.
    let fields = columns.iter().filter_map(|id| call.site.fields.get(id));
    ok(fields.map(|field| json!({ "label": field.name(), "value": field.id() })).collect::<Vec<Value>>())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    #[serde(default)]
    columns: Vec<String>,
}

async fn set_columns(call: Call, Path(id): Path<String>, request: Request) -> Answer {
    let columns = read(request).await?;
    for column in &columns {
        let navigable = match call.site.fields.get(column) {
            Some(Field::System(field)) => field.navigable,
            Some(Field::Custom(..)) => true,
            None => false,
        };
        if !navigable {
            return Err(Failure::invalid(format!("'{column}' is not a navigable field.")).into());
        }
    }
    if !filters::set_columns(&call, id_of(&id)?, Some(&columns)).await? {
        return Err(Failure::invalid(MISSING).into());
    }
    Ok(StatusCode::OK.into_response())
}

/// JSON, or a form of parts named `columns`; an encoded form is refused (U-54).
async fn read(request: Request) -> Result<Vec<String>> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        return Ok(body::read::<Columns>(&body::bytes(request).await?)?.columns);
    }
    if !kind.starts_with("multipart/form-data") {
        return Err(Failure::UnsupportedMedia(format!("Content-Type '{kind}' is not supported.")));
    }
    let broken = || Failure::Unreadable("The parts of the form can't be read.".into());
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    let mut columns = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|_| broken())? {
        if part.name() == Some("columns") {
            columns.push(part.text().await.map_err(|_| broken())?);
        }
    }
    Ok(columns)
}

async fn reset_columns(call: Call, Path(id): Path<String>) -> Answer {
    match filters::set_columns(&call, id_of(&id)?, None).await {
        Ok(true) => no_content(),
        Ok(false) => Err(Failure::invalid(MISSING).into()),
        // Setting has a status of its own for this, resetting has not.
        Err(Failure::Forbidden(sentence)) => Err(Failure::invalid(sentence).into()),
        Err(failure) => Err(failure.into()),
    }
}
