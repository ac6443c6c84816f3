//! Issues: create, read, edit, assign, delete (J-1 to J-60).

use crate::{
    app::{
        issues::{self, Edit, NewIssue},
        properties::ISSUE,
        views,
    },
    db,
    domain::{
        failure::{Complaints, Failure, Result},
        issue::{Issue, edit::Input, history::Metadata},
        property,
    },
    http::{
        answer::{Answer, created, json, no_content, ok},
        body::{self, Json, lenient},
        call::Call,
        routes::Routes,
        views::{
            changelog,
            issue::{self as shown, Selection},
            kept::{Members, Shown},
        },
    },
};
use axum::{
    extract::{Path, Request},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Map, Value, json as value};
use std::collections::HashMap;

/// Operations on issues as a whole.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/issue", create_issue)
        .post("/rest/api/3/issue/bulk", create_issues)
        .post("/rest/api/3/issue/bulkfetch", bulk_fetch_issues)
        .get("/rest/api/3/issue/{issueIdOrKey}", get_issue)
        .put("/rest/api/3/issue/{issueIdOrKey}", edit_issue)
        .delete("/rest/api/3/issue/{issueIdOrKey}", delete_issue)
        .put("/rest/api/3/issue/{issueIdOrKey}/assignee", assign_issue)
}

/// A request to create, edit or transition an issue. The document allows members that nobody knows, and clients send
/// them (`notifyUsers` instead of the parameter).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IssueUpdate {
    fields: Option<Map<String, Value>>,
    update: Option<Map<String, Value>>,
    properties: Option<Vec<Property>>,
    transition: Option<Chosen>,
    history_metadata: Option<Metadata>,
}

/// A transition as clients got it, of which only the id is read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    #[serde(deserialize_with = "lenient::text")]
    id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Property {
    key: String,
    value: Value,
}

impl IssueUpdate {
    /// `fields` and `update`, with what another system tells about them.
    pub fn input(&mut self) -> Input {
        Input {
            fields: self.fields.take().unwrap_or_default(),
            update: self.update.take().unwrap_or_default(),
            metadata: self.history_metadata.take(),
        }
    }

    /// The id of the transition, as text or number.
    pub fn transition_id(&self) -> Option<String> {
        self.transition.as_ref()?.id.clone()
    }

    /// Entity properties, if they can be stored (J-118).
    pub fn properties(&mut self) -> Result<Vec<(String, Value)>> {
        let properties = self.properties.take().unwrap_or_default();
        for Property { key, value } in &properties {
            property::check(key, value).map_err(|sentence| Failure::invalid_field("properties", sentence))?;
        }
        Ok(properties.into_iter().map(|property| (property.key, property.value)).collect())
    }

    fn new_issue(mut self) -> Result<NewIssue> {
        Ok(NewIssue { input: self.input(), transition: self.transition_id(), properties: self.properties()? })
    }
}

async fn create_issue(call: Call, request: Request) -> Answer {
    let bytes = body::bytes(request).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::invalid("No Issue Create payload supplied").into()); // H-16
    }
    let new = body::read::<IssueUpdate>(&bytes)?.new_issue()?;
    let seen = call.params.flag("updateHistory", false)?;
    let issue = issues::create(&call, &new, call.version.text()).await?;
    if seen {
        views::saw(&call, issue.project_id, None).await?;
    }
    created(reference(&call, &issue, &new))
}

/// A new issue, and what came of the transition that was to be taken right away (J-1).
fn reference(call: &Call, issue: &Issue, new: &NewIssue) -> Value {
    let mut view = value!({
        "id": issue.id.to_string(),
        "key": call.site.issue_key(issue.project_id, issue.number),
        "self": call.links.api(format_args!("issue/{}", issue.id)),
    });
    if new.transition.is_some() {
        view["transition"] = value!({ "status": 200, "errorCollection": { "errorMessages": [], "errors": {} } });
    }
    view
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BulkCreate {
    issue_updates: Vec<IssueUpdate>,
}

/// Most issues in one request (J-24).
const BULK_CREATE: usize = 50;

async fn create_issues(Json(call, bulk): Json<BulkCreate>) -> Answer {
    if bulk.issue_updates.len() > BULK_CREATE {
        return Err(
            Failure::invalid(format!("The number of issues to create exceeds the limit of {BULK_CREATE}.")).into()
        );
    }
    let mut made = Vec::new();
    let mut errors = Vec::new();
    for (place, update) in bulk.issue_updates.into_iter().enumerate() {
        let outcome = match update.new_issue() {
            Ok(new) => {
                issues::create(&call, &new, call.version.text()).await.map(|issue| reference(&call, &issue, &new))
            }
            Err(failure) => Err(failure),
        };
        match outcome {
            Ok(reference) => made.push(reference),
            Err(failure) => {
                let Complaints { messages, fields } = issues::complaints_of(failure);
                errors.push(value!({
                    "status": 400,
                    "elementErrors": { "errorMessages": messages, "errors": fields },
                    "failedElementNumber": place,
                }));
            }
        }
    }
    let status = if made.is_empty() { StatusCode::BAD_REQUEST } else { StatusCode::CREATED };
    json(status, value!({ "issues": made, "errors": errors }))
}

async fn get_issue(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let seen = call.params.flag("updateHistory", false)?;
    // Keys of fields are their ids here, and no field fails.
    for unused in ["fieldsByKeys", "failFast"] {
        call.params.flag(unused, false)?;
    }
    show(call, &id_or_key, seen).await
}

/// Answers with an issue; the caller has seen it then, if told so, but not before.
async fn show(mut call: Call, id_or_key: &str, seen: bool) -> Answer {
    loop {
        match load(&call, id_or_key).await {
            Ok((issue, view)) => {
                if seen {
                    views::saw(&call, issue.project_id, Some(issue.id)).await?;
                }
                return ok(view);
            }
            Err(failure) => call = call.fresher(failure).await?,
        }
    }
}

/// An issue with the fields, properties and expansions that the query string asks for (J-30 to J-36).
async fn load(call: &Call, id_or_key: &str) -> Result<(Issue, Members)> {
    let selection = Selection::read(&call.params.list("fields"), "*all");
    let name = call.required_issue_name(id_or_key)?;
    let mut db = call.read().await?;
    let caller = call.caller.account_id();
    let loaded =
        db::issues::find(&mut db, name, selection.wanted(call), caller).await?.ok_or_else(Failure::no_issue)?;
    call.accept(Some(loaded.site_version))?;
    call.project_of(&loaded.issue)?;
    let mut views =
        render(call, &mut db, std::slice::from_ref(&loaded), &selection, &call.params.list("properties")).await?;
    Ok((loaded.issue, views.pop().unwrap_or_default()))
}

/// Issues with their selected fields, properties and expansions.
pub async fn render(
    call: &Call,
    db: &mut db::Read,
    loaded: &[db::issues::Loaded],
    selection: &Selection,
    properties: &[String],
) -> Result<Vec<Members>> {
    let expands = |name: &str| call.params.expands(name);
    let ids: Vec<i64> = loaded.iter().map(|loaded| loaded.issue.id).collect();
    let mut histories = if expands("changelog") {
        db::changelog::newest(db, &ids, shown::INLINE_CHANGELOG).await?
    } else {
        HashMap::new()
    };
    let mut found = match properties {
        [] => HashMap::new(),
        keys => {
            let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
            db::properties::list(db, ISSUE, &ids, keys).await?
        }
    };
    let columns = selection.columns(&call.site);
    let mut rendered = Vec::with_capacity(loaded.len());
    for loaded in loaded {
        let issue = &loaded.issue;
        let mut view = shown::issue(call, loaded, &columns);
        if expands("renderedFields") {
            view.add("renderedFields", shown::rendered(call, loaded, &columns));
        }
        if !properties.is_empty() {
            let own = found.remove(&issue.id.to_string()).unwrap_or_default();
            view.add("properties", own.into_iter().collect::<Map<_, _>>());
        }
        if expands("names") {
            view.add("names", shown::names(call, &view));
        }
        if expands("schema") {
            view.add("schema", shown::schemas(call, &view));
        }
        if expands("transitions") {
            view.add("transitions", super::transitions::list(call, loaded, false)?);
        }
        if expands("operations") {
            view.add("operations", value!({ "linkGroups": [] }));
        }
        if expands("editmeta") {
            view.add("editmeta", super::metadata::edit_meta(call, issue)?);
        }
        if expands("changelog") {
            let (total, entries) = histories.remove(&issue.id).unwrap_or_default();
            let entries: Vec<Value> = entries.iter().map(|entry| changelog::history(call, entry)).collect();
            view.add(
                "changelog",
                value!({ "startAt": 0, "maxResults": entries.len(), "total": total, "histories": entries }), // J-36
            );
        }
        if expands("versionedRepresentations")
            && let Some(Shown::Members(fields)) = view.take("fields")
        {
            view.add("versionedRepresentations", versioned(fields));
        }
        rendered.push(view);
    }
    Ok(rendered)
}

/// Each field under the number of its representation (J-34).
fn versioned(fields: Members) -> Members {
    let mut versions = Members::default();
    for (id, value) in fields {
        let mut version = Members::default();
        version.add("1", value);
        versions.add(id, version);
    }
    versions
}

async fn edit_issue(call: Call, Path(id_or_key): Path<String>, request: Request) -> Answer {
    let mut update: IssueUpdate = body::read(&body::bytes(request).await?)?;
    let edit = Edit {
        input: update.input(),
        properties: update.properties()?,
        override_screen: call.params.flag("overrideScreenSecurity", false)?,
        quiet: !call.params.flag("notifyUsers", true)?,
    };
    if call.params.flag("overrideEditableFlag", false)? && !call.access().administers() {
        return Err(
            Failure::forbidden("You do not have permission to override the editable flag of this issue.").into()
        ); // J-55
    }
    let issue = issues::edit(&call, &id_or_key, &edit, call.version.text()).await?;
    if call.params.flag("returnIssue", false)? {
        return show(call, &issue.id.to_string(), false).await; // J-50
    }
    no_content()
}

/// What a user can have where one is sent, though only the account counts.
const USER: [&str; 16] = [
    "accountId",
    "accountType",
    "active",
    "appType",
    "applicationRoles",
    "avatarUrls",
    "displayName",
    "emailAddress",
    "expand",
    "groups",
    "guest",
    "key",
    "locale",
    "name",
    "self",
    "timeZone",
];

async fn assign_issue(call: Call, Path(id_or_key): Path<String>, request: Request) -> Answer {
    let user: Map<String, Value> = body::read(&body::bytes(request).await?)?;
    if user.keys().any(|name| !USER.contains(&name.as_str())) {
        return Err(Failure::invalid_payload().into());
    }
    let account_id = match user.get("accountId") {
        Some(Value::String(id)) => Some(id.as_str()),
        Some(Value::Null) => None,
        _ => return Err(Failure::invalid("accountId should be specified in the request body.").into()), // J-58
    };
    issues::assign(&call, &id_or_key, account_id).await?;
    no_content()
}

async fn delete_issue(call: Call, Path(id_or_key): Path<String>) -> Answer {
    issues::delete(&call, &id_or_key, call.params.flag("deleteSubtasks", false)?).await?;
    no_content()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BulkFetch {
    #[serde(default)]
    issue_ids_or_keys: Vec<String>,
    #[serde(default)]
    fields: Vec<String>,
    /// Keys of fields are their ids here.
    #[serde(default, rename = "fieldsByKeys")]
    _fields_by_keys: bool,
    #[serde(default, deserialize_with = "lenient::names")]
    expand: Vec<String>,
    #[serde(default)]
    properties: Vec<String>,
}

/// Most issues in one request (S-47).
const BULK_FETCH: usize = 100;

async fn bulk_fetch_issues(Json(mut call, bulk): Json<BulkFetch>) -> Answer {
    if bulk.issue_ids_or_keys.is_empty() {
        return Err(Failure::invalid("issueIdsOrKeys must not be empty.").into());
    }
    if bulk.issue_ids_or_keys.len() > BULK_FETCH {
        return Err(
            Failure::invalid(format!("The number of issues to fetch exceeds the limit of {BULK_FETCH}.")).into()
        );
    }
    call.expand(&bulk.expand);
    let selection = Selection::read(&bulk.fields, "*navigable");
    let mut db = call.read().await?;
    let references = call.references(&mut db, &bulk.issue_ids_or_keys).await?;
    let ids: Vec<i64> = references.values().map(|reference| reference.id).collect();
    let mut loaded = db::issues::list(&mut db, &ids, selection.wanted(&call), call.caller.account_id()).await?;
    loaded.sort_by_key(|loaded| loaded.issue.id); // S-47
    let issues = render(&call, &mut db, &loaded, &selection, &bulk.properties).await?;
    let missing = bulk.issue_ids_or_keys.iter().filter(|text| !references.contains_key(*text));
    let errors: Vec<Value> = missing
        .map(|text| value!({ "id": text, "errorMessage": "Issue does not exist or you do not have permission to see it." }))
        .collect();
    ok(value!({ "issues": issues, "issueErrors": errors }))
}
