//! Mail about an issue (J-120).

use crate::{
    app::mail::{self, NewLetter, Recipients},
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, no_content},
        body::Json,
        routes::Routes,
    },
};
use axum::extract::Path;
use serde::{Deserialize, de::IgnoredAny};

/// The operation.
pub fn routes() -> Routes {
    Routes::default().post("/rest/api/3/issue/{issueIdOrKey}/notify", notify)
}

/// Longest subject, in characters (T-14).
const SUBJECT: usize = 255;
/// Longest body, in characters (J-18).
const BODY: usize = 32_767;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Notification {
    subject: Option<String>,
    text_body: Option<String>,
    html_body: Option<String>,
    to: Option<To>,
    restrict: Option<Restrict>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct To {
    reporter: Option<bool>,
    assignee: Option<bool>,
    watchers: Option<bool>,
    voters: Option<bool>,
    users: Option<Vec<User>>,
    groups: Option<Vec<Group>>,
    group_ids: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Restrict {
    groups: Option<Vec<Group>>,
    group_ids: Option<Vec<String>>,
    permissions: Option<Vec<Permission>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct User {
    account_id: String,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Group {
    name: Option<String>,
    group_id: Option<String>,
    #[serde(rename = "self")]
    _link: IgnoredAny,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Permission {
    id: Option<String>,
    key: Option<String>,
}

async fn notify(Path(id_or_key): Path<String>, Json(call, body): Json<Notification>) -> Answer {
    let to = body.to.unwrap_or_default();
    let restrict = body.restrict.unwrap_or_default();
    let flag = |value: Option<bool>| value.unwrap_or(false);
    let permissions = restrict.permissions.unwrap_or_default().into_iter();
    let letter = NewLetter {
        subject: text("subject", body.subject, SUBJECT)?.filter(|subject| !subject.trim().is_empty()),
        text_body: text("textBody", body.text_body, BODY)?.unwrap_or_default(),
        html_body: text("htmlBody", body.html_body, BODY)?.unwrap_or_default(),
        to: Recipients {
            reporter: flag(to.reporter),
            assignee: flag(to.assignee),
            watchers: flag(to.watchers),
            voters: flag(to.voters),
            users: to.users.unwrap_or_default().into_iter().map(|user| user.account_id).collect(),
            groups: groups(to.groups, to.group_ids),
        },
        only_groups: groups(restrict.groups, restrict.group_ids),
        only_permissions: permissions.map(|permission| permission.key.or(permission.id).unwrap_or_default()).collect(),
    };
    mail::notify(&call, &id_or_key, letter).await?;
    no_content()
}

fn text(name: &str, value: Option<String>, limit: usize) -> Result<Option<String>> {
    match value {
        Some(text) if text.chars().count() > limit => {
            Err(Failure::invalid_field(name, format!("The {name} can't exceed {limit} characters.")))
        }
        value => Ok(value),
    }
}

fn groups(groups: Option<Vec<Group>>, ids: Option<Vec<String>>) -> Vec<String> {
    let named = groups.unwrap_or_default().into_iter().map(|group| group.group_id.or(group.name).unwrap_or_default());
    named.chain(ids.unwrap_or_default()).collect()
}
