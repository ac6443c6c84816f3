//! The address from which a project sends mail.

use super::configured;
use crate::{
    app::Context,
    db,
    domain::{
        audit::{Area, Record},
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, no_content, ok},
        body::Json,
        call::Call,
        routes::Routes,
    },
};
use axum::extract::Path;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;

/// Operations on the address.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/project/{projectId}/email", get_project_email)
        .put("/rest/api/3/project/{projectId}/email", update_project_email)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct AddressBody {
    email_address: Option<String>,
    #[serde(rename = "emailAddressStatus")]
    _email_address_status: IgnoredAny,
}

async fn get_project_email(call: Call, Path(id): Path<String>) -> Answer {
    let project = call.project(numeric(&id)?)?;
    let address = db::projects::sender_address(&mut call.read().await?, project.id).await?;
    // observed shapes, "project_email"
    ok(json!({ "emailAddress": address.unwrap_or_else(|| format!("jira@{}.atlassian.net", call.site.site.name)) }))
}

/// An empty address stands for the site's.
async fn update_project_email(Path(id): Path<String>, Json(call, body): Json<AddressBody>) -> Answer {
    let project = configured(&call, numeric(&id)?)?;
    let address = body.email_address.ok_or_else(|| invalid("An email address must be provided."))?;
    let parts = address.split_once('@');
    let sound = parts.is_some_and(|(name, host)| {
        !name.is_empty()
            && !host.contains('@')
            && host.split('.').count() > 1
            && host.split('.').all(|label| !label.is_empty())
    });
    let odd = |character: char| character.is_whitespace() || character.is_control() || ",;<>\"".contains(character);
    if !address.is_empty() && (!sound || address.len() > 254 || address.contains(odd)) {
        return Err(invalid("The email address is not valid.").into());
    }
    let address = Some(address.as_str()).filter(|address| !address.is_empty());
    let mut work = call.begin().await?;
    let old = db::projects::sender_address(&mut work, project.id).await?;
    db::projects::put_sender_address(&mut work, project.id, address).await?;
    let record = Record::new("Project email address changed", Area::Projects, project.thing());
    work.commit(record.change("Email", old.as_deref(), address)).await?;
    no_content()
}

/// These two operations know projects by their ids alone.
fn numeric(id: &str) -> Result<&str> {
    match id.parse::<i64>() {
        Ok(_) => Ok(id),
        Err(_) => Err(Context::no_project(id)),
    }
}

fn invalid(sentence: &str) -> Failure {
    Failure::invalid_field("emailAddress", sentence)
}
