//! Columns of issue tables: how requests choose them, and how answers list them.

use super::{body, call::Call, params::Params};
use crate::domain::failure::{Failure, Result};
use axum::{
    extract::{FromRequest, Multipart, Request},
    http::header,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Columns in answers; those of fields that are gone are left out.
pub fn views<S: AsRef<str>>(call: &Call, columns: &[S]) -> Vec<Value> {
    let view = |id: &str| Some(json!({ "label": call.site.fields.get(id)?.name(), "value": id }));
    columns.iter().filter_map(|id| view(id.as_ref())).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    columns: Vec<String>,
}

/// Reads the columns that a request chooses: JSON, or a form of parts named `columns` (U-54). None is a choice, too.
pub async fn read(call: &Call, request: Request) -> Result<Vec<String>> {
    let kind = media_type(&request);
    let chosen = if kind.starts_with("application/json") {
        body::read::<Body>(&body::bytes(request).await?)?.columns
    } else if kind.starts_with("multipart/form-data") {
        parts(request).await?
    } else {
        return Err(Failure::UnsupportedMedia(format!("Content-Type '{kind}' is not supported.")));
    };
    known(call, chosen)
}

/// The same for an operation whose document shows an encoded form.
pub async fn read_with_forms(call: &Call, request: Request) -> Result<Vec<String>> {
    if !media_type(&request).starts_with("application/x-www-form-urlencoded") {
        return read(call, request).await;
    }
    let form = Params::parse(&String::from_utf8_lossy(&body::bytes(request).await?));
    known(call, form.all("columns").map(str::to_owned).collect())
}

fn media_type(request: &Request) -> String {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.unwrap_or_default().to_owned()
}

/// The columns, each once, if there are such.
fn known(call: &Call, chosen: Vec<String>) -> Result<Vec<String>> {
    let mut columns: Vec<String> = Vec::new();
    for id in chosen {
        if !call.site.fields.get(&id).is_some_and(|field| field.navigable()) {
            return Err(Failure::invalid(format!("'{id}' is not a navigable field.")));
        }
        if !columns.contains(&id) {
            columns.push(id);
        }
    }
    Ok(columns)
}

async fn parts(request: Request) -> Result<Vec<String>> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let mut columns = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        if field.name() == Some("columns") {
            columns.push(field.text().await.map_err(|_| unreadable())?);
        }
    }
    Ok(columns)
}

fn unreadable() -> Failure {
    Failure::Unreadable("The parts of the form can't be read.".into())
}
