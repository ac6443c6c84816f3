//! The columns of issue tables that accounts choose.

use crate::{
    db,
    domain::{
        audit::{Area, Record},
        failure::{Failure, Result},
        people::Account,
    },
    http::{
        answer::{Answer, no_content, ok},
        call::Call,
        columns,
        routes::Routes,
    },
};
use axum::extract::Request;
use serde_json::json;

/// Operations on columns.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/user/columns", get_user_default_columns)
        .put("/rest/api/3/user/columns", set_user_columns)
        .delete("/rest/api/3/user/columns", reset_user_columns)
}

async fn get_user_default_columns(call: Call) -> Answer {
    let account = owner(&call)?.ok_or_else(Failure::no_user)?;
    match db::preferences::find_columns(&mut call.read().await?, &account.account_id).await? {
        Some(chosen) => ok(columns::views(&call, &chosen)),
        None => ok(columns::views(&call, &call.site.settings.columns())),
    }
}

async fn set_user_columns(call: Call, request: Request) -> Answer {
    let account = owner(&call)?.ok_or_else(Failure::no_user)?;
    let chosen = columns::read_with_forms(&call, request).await?;
    let mut work = call.begin().await?;
    db::preferences::put_columns(&mut work, &account.account_id, &chosen).await?;
    work.commit(Record::new("Columns set", Area::Everyday, call.user_thing(&account.account_id))).await?;
    ok(json!({}))
}

/// Nobody's columns are the default ones already.
async fn reset_user_columns(call: Call) -> Answer {
    if let Some(account) = owner(&call)? {
        let mut work = call.begin().await?;
        db::preferences::delete_columns(&mut work, &account.account_id).await?;
        work.commit(Record::new("Columns reset", Area::Everyday, call.user_thing(&account.account_id))).await?;
    }
    no_content()
}

/// The account that `accountId` names, else the caller. Others than the caller are for administrators.
fn owner(call: &Call) -> Result<Option<&Account>> {
    let own = call.account_id()?;
    let id = call.params.text("accountId").unwrap_or(own);
    if id != own && !call.access().administers() {
        return Err(Failure::forbidden("You do not have permission to see or change the columns of other users."));
    }
    Ok(call.site.accounts.get(id).map(AsRef::as_ref))
}
