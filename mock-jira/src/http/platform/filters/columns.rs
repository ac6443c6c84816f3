//! Columns of a filter's results (U-49, U-54).

use super::id_of;
use crate::{
    app::filters::{self, MISSING},
    domain::failure::Failure,
    http::{
        answer::{Answer, no_content, ok},
        call::Call,
        columns,
        routes::Routes,
    },
};
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::IntoResponse,
};

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
    ok(columns::views(&call, &columns))
}

async fn set_columns(call: Call, Path(id): Path<String>, request: Request) -> Answer {
    let columns = columns::read(&call, request).await?;
    if !filters::set_columns(&call, id_of(&id)?, Some(&columns)).await? {
        return Err(Failure::invalid(MISSING).into());
    }
    Ok(StatusCode::OK.into_response())
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
