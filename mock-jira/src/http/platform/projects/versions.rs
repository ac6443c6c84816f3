//! Versions of projects (U-50).

use crate::{
    app::versions::{self, Replacements, VersionInput},
    db,
    domain::{
        config::{Project, Version},
        failure::{Failure, Result},
        order::Place,
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body::{Json, lenient},
        call::Call,
        page::{Order, Window, listed},
        routes::Routes,
        views::parts,
    },
};
use axum::extract::Path;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Operations on versions.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/version", create_version)
        .get("/rest/api/3/version/{id}", get_version)
        .put("/rest/api/3/version/{id}", update_version)
        .delete("/rest/api/3/version/{id}", delete_version)
        .put("/rest/api/3/version/{id}/mergeto/{moveIssuesTo}", merge_versions)
        .post("/rest/api/3/version/{id}/move", move_version)
        .post("/rest/api/3/version/{id}/removeAndSwap", delete_and_replace_version)
        .get("/rest/api/3/version/{id}/relatedIssueCounts", get_version_related_issues)
        .get("/rest/api/3/version/{id}/unresolvedIssueCount", get_version_unresolved_issues)
        .get("/rest/api/3/project/{projectIdOrKey}/versions", get_project_versions)
        .get("/rest/api/3/project/{projectIdOrKey}/version", get_project_versions_paginated)
}

/// A version as requests give it. Members that can't be set are taken, since clients send back what they got.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct VersionBody {
    name: Option<String>,
    description: Option<String>,
    archived: Option<bool>,
    released: Option<bool>,
    #[serde(deserialize_with = "lenient::present")]
    start_date: Option<Value>,
    #[serde(deserialize_with = "lenient::present")]
    release_date: Option<Value>,
    driver: Option<String>,
    move_unfixed_issues_to: Option<String>,
    project: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    project_id: Option<i64>,
    #[serde(deserialize_with = "lenient::names")]
    expand: Vec<String>,
    #[serde(rename = "approvers")]
    _approvers: IgnoredAny,
    #[serde(rename = "id")]
    _id: IgnoredAny,
    #[serde(rename = "issuesStatusForFixVersion")]
    _issues_status: IgnoredAny,
    #[serde(rename = "operations")]
    _operations: IgnoredAny,
    #[serde(rename = "overdue")]
    _overdue: IgnoredAny,
    #[serde(rename = "self")]
    _link: IgnoredAny,
    #[serde(rename = "userReleaseDate")]
    _user_release_date: IgnoredAny,
    #[serde(rename = "userStartDate")]
    _user_start_date: IgnoredAny,
}

impl VersionBody {
    fn input(self) -> VersionInput {
        VersionInput {
            name: self.name,
            description: self.description,
            archived: self.archived,
            released: self.released,
            start_date: self.start_date,
            release_date: self.release_date,
            driver: self.driver,
            move_unfixed_issues_to: self.move_unfixed_issues_to,
        }
    }
}

async fn create_version(Json(mut call, body): Json<VersionBody>) -> Answer {
    let name = body.project_id.map(|id| id.to_string()).or_else(|| body.project.clone());
    let name = name.ok_or_else(|| Failure::invalid("Project must be specified to create a version."))?;
    call.expand(&body.expand);
    let project = call.project(&name)?;
    let version = versions::create(&call, project, &body.input()).await?;
    created(changed_view(&call, project, &version).await?)
}

async fn get_version(call: Call, Path(id): Path<String>) -> Answer {
    let (version, project) = versions::find(&call, &id)?;
    let counts = Counts::load(&call, project).await?;
    ok(version_view(&call, project, version, counts.as_ref()))
}

async fn update_version(Path(id): Path<String>, Json(mut call, body): Json<VersionBody>) -> Answer {
    call.expand(&body.expand);
    let (_, project) = versions::find(&call, &id)?;
    let version = versions::update(&call, &id, &body.input()).await?;
    ok(changed_view(&call, project, &version).await?)
}

/// The answer to a change names the project by its key, too.
async fn changed_view(call: &Call, project: &Project, version: &Version) -> Result<Value> {
    let counts = Counts::load(call, project).await?;
    let mut view = version_view(call, project, version, counts.as_ref());
    view["project"] = project.key.as_str().into();
    Ok(view)
}

async fn delete_version(call: Call, Path(id): Path<String>) -> Answer {
    let text = |name: &str| call.params.text(name).map(str::to_owned);
    let with =
        Replacements { fix: text("moveFixIssuesTo"), affected: text("moveAffectedIssuesTo"), custom: Vec::new() };
    versions::delete(&call, &id, &with, |sentence| Failure::Unauthorized(sentence.to_owned())).await?;
    no_content()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct ReplacementBody {
    #[serde(deserialize_with = "lenient::text")]
    move_fix_issues_to: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    move_affected_issues_to: Option<String>,
    custom_field_replacement_list: Option<Vec<CustomReplacement>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct CustomReplacement {
    #[serde(deserialize_with = "lenient::int")]
    custom_field_id: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    move_to: Option<String>,
}

async fn delete_and_replace_version(Path(id): Path<String>, Json(call, body): Json<ReplacementBody>) -> Answer {
    let incomplete = || Failure::invalid("Each custom field replacement needs a customFieldId and a moveTo.");
    let custom = body.custom_field_replacement_list.unwrap_or_default().into_iter();
    let custom = custom.map(|pair| pair.custom_field_id.zip(pair.move_to).ok_or_else(incomplete));
    let with = Replacements {
        fix: body.move_fix_issues_to,
        affected: body.move_affected_issues_to,
        custom: custom.collect::<Result<_>>()?,
    };
    versions::delete(&call, &id, &with, |sentence| Failure::not_found(sentence)).await?;
    no_content()
}

async fn merge_versions(call: Call, Path((id, into)): Path<(String, String)>) -> Answer {
    versions::merge(&call, &id, &into).await?;
    no_content()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MoveBody {
    after: Option<String>,
    position: Option<String>,
}

async fn move_version(Path(id): Path<String>, Json(call, body): Json<MoveBody>) -> Answer {
    let place = match (body.after, body.position.as_deref()) {
        (Some(link), None) => Place::After(link),
        (None, Some(name)) => Place::named(name).ok_or_else(|| {
            Failure::invalid(format!(
                "The position must be one of [Earlier, Later, First, Last]. Instead, it was: {name}."
            ))
        })?,
        _ => return Err(Failure::invalid("Either 'after' or 'position' must be specified.").into()),
    };
    let (_, project) = versions::find(&call, &id)?;
    let version = versions::rearrange(&call, &id, &place).await?;
    ok(version_view(&call, project, &version, None))
}

async fn get_version_related_issues(call: Call, Path(id): Path<String>) -> Answer {
    let (version, _) = versions::find(&call, &id)?;
    let mut db = call.read().await?;
    let (fixed, _, affected) = db::versions::counts(&mut db, version).await?;
    let (fields, showing) = db::versions::custom_counts(&mut db, version, &versions::version_fields(&call)).await?;
    let usage = fields.iter().filter_map(|(number, count)| {
        let field = call.site.fields.custom.parse(number)?;
        Some(json!({
            "fieldName": field.name,
            "customFieldId": field.id,
            "issueCountWithVersionInCustomField": count,
        }))
    });
    ok(json!({
        "self": call.links.api(format_args!("version/{}", version.id)),
        "issuesFixedCount": fixed,
        "issuesAffectedCount": affected,
        "issueCountWithCustomFieldsShowingVersion": showing,
        "customFieldUsage": usage.collect::<Vec<Value>>(),
    }))
}

async fn get_version_unresolved_issues(call: Call, Path(id): Path<String>) -> Answer {
    let (version, _) = versions::find(&call, &id)?;
    let (fixed, unresolved, _) = db::versions::counts(&mut call.read().await?, version).await?;
    ok(json!({
        "self": call.links.api(format_args!("version/{}", version.id)),
        "issuesUnresolvedCount": unresolved,
        "issuesCount": fixed,
    }))
}

async fn get_project_versions(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let project = call.project(&id_or_key)?;
    let counts = Counts::load(&call, project).await?;
    let views = call.site.versions_of(project.id).map(|version| version_view(&call, project, version, counts.as_ref()));
    ok(views.collect::<Vec<Value>>())
}

async fn get_project_versions_paginated(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let window = Window::read(&call, 50, 50)?;
    let order = Order::read(&call, &["description", "name", "releaseDate", "sequence", "startDate"])?;
    let project = call.project(&id_or_key)?;
    let states = call.params.list("status");
    let in_state = |version: &Version| {
        let state = match (version.archived, version.released) {
            (true, _) => "archived",
            (_, true) => "released",
            _ => "unreleased",
        };
        states.is_empty() || states.iter().any(|wanted| wanted == state)
    };
    let mut versions: Vec<&Version> = call
        .site
        .versions_of(project.id)
        .filter(|version| in_state(version) && super::found(&call, &version.name, version.description.as_deref()))
        .collect();
    if let Some(order) = order {
        // Versions without the date come last in both directions.
        let dated = |date: Option<chrono::NaiveDate>| (date.is_none() != order.descending, date);
        order.sort(&mut versions, |a, b| match order.field {
            "description" => a.description.cmp(&b.description),
            "name" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            "releaseDate" => dated(a.release_date).cmp(&dated(b.release_date)),
            "startDate" => dated(a.start_date).cmp(&dated(b.start_date)),
            _ => a.position.cmp(&b.position),
        });
    }
    let counts = Counts::load(&call, project).await?;
    let path = format!("project/{id_or_key}/version");
    ok(listed(&call, &path, window, versions, |version| version_view(&call, project, version, counts.as_ref())))
}

/// Issues that versions fix, by version and category of their status.
struct Counts(HashMap<(i64, i16), i64>);

impl Counts {
    /// `None` if the request does not ask for them (U-50).
    async fn load(call: &Call, project: &Project) -> Result<Option<Self>> {
        if !call.params.expands("issuesstatus") {
            return Ok(None);
        }
        let mut counts = HashMap::new();
        for (version_id, status_id, count) in db::versions::issue_counts(&mut call.read().await?, project.id).await? {
            let category = call.site.statuses.get(status_id).map_or(1, |status| status.category);
            *counts.entry((version_id, category)).or_default() += count;
        }
        Ok(Some(Self(counts)))
    }

    fn of(&self, version_id: i64, category: i16) -> i64 {
        self.0.get(&(version_id, category)).copied().unwrap_or(0)
    }
}

/// A version with what the request expands.
fn version_view(call: &Call, project: &Project, version: &Version, counts: Option<&Counts>) -> Value {
    let mut view = parts::version(call, version);
    if call.params.expands("operations") {
        view["operations"] = operations(call, project, version);
    }
    if let Some(counts) = counts {
        let count = |category| counts.of(version.id, category);
        view["issuesStatusForFixVersion"] =
            json!({ "unmapped": count(1), "toDo": count(2), "inProgress": count(4), "done": count(3) });
    }
    if let (Some(driver), true) = (&version.driver, call.params.expands("driver")) {
        view["driver"] = driver.as_str().into();
    }
    if call.params.expands("approvers") {
        view["approvers"] = json!([]); // nobody can be asked for approval through the API
    }
    view
}

/// Where Jira's pages do something with a version; nothing for who may only look.
fn operations(call: &Call, project: &Project, version: &Version) -> Value {
    if !call.access().administers_project(project) {
        return json!([]);
    }
    let (release, release_label) = if version.released { ("unrelease", "Unrelease") } else { ("release", "Release") };
    let (archive, archive_label) = if version.archived { ("unarchive", "Unarchive") } else { ("archive", "Archive") };
    let pages = [("edit", "Edit"), (release, release_label), (archive, archive_label), ("delete", "Delete")];
    let links = pages.iter().zip(1..).map(|((page, label), place)| {
        json!({
            "id": format!("version-{page}"),
            "styleClass": format!("project-config-operations-{page}"),
            "label": label,
            "href": format!("/projects/{}/versions/{}/{page}", project.key, version.id),
            "weight": place * 10,
        })
    });
    links.collect()
}
