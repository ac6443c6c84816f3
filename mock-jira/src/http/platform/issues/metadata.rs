//! What can be set when creating or editing an issue (J-65 to J-67).

use crate::{
    db::{self, issues::Wanted},
    domain::{
        config::{FieldOption, IssueType, Project},
        failure::{Failure, Result},
        fields::{Field, Kind, defaults},
        issue::{
            Issue,
            screen::{Asked, Purpose, asked},
        },
        permission::IssuePeople,
    },
    http::{
        answer::{self, Answer, ok},
        call::Call,
        page::Window,
        routes::Routes,
        views::{self, config, project as project_views},
    },
};
use axum::{extract::Path, http::StatusCode};
use serde_json::{Map, Value, json};

/// Operations that describe fields.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/createmeta", get_create_issue_meta)
        .get("/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes", get_create_issue_meta_issue_types)
        .get(
            "/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}",
            get_create_issue_meta_issue_type_id,
        )
        .get("/rest/api/3/issue/{issueIdOrKey}/editmeta", get_edit_issue_meta)
}

/// The deprecated form: all projects, nested (J-66).
async fn get_create_issue_meta(call: Call) -> Answer {
    let (ids, keys) = (call.params.list("projectIds"), call.params.list("projectKeys"));
    let (type_ids, type_names) = (call.params.list("issuetypeIds"), call.params.list("issuetypeNames"));
    let wanted = |project: &&Project| {
        (ids.is_empty() && keys.is_empty()) || ids.contains(&project.id.to_string()) || keys.contains(&project.key)
    };
    let wanted_type = |kind: &&IssueType| {
        (type_ids.is_empty() && type_names.is_empty())
            || type_ids.contains(&kind.id.to_string())
            || type_names.contains(&kind.name)
    };
    let with_fields = call.params.expands("projects.issuetypes.fields");
    let projects =
        call.site.projects.iter().filter(|project| call.access().project(project, "CREATE_ISSUES")).filter(wanted);
    let projects: Vec<Value> = projects
        .map(|project| {
            let types = call.site.issue_types_of(project).filter(wanted_type).map(|kind| {
                let mut view = offered(&call, kind);
                if with_fields {
                    view["expand"] = "fields".into();
                    view["fields"] = create_fields(&call, project, kind);
                }
                view
            });
            let types: Vec<Value> = types.collect();
            let mut view = json!({ "expand": "issuetypes" });
            let shown = project_views::in_issue(&call, project);
            for member in ["self", "id", "key", "name", "avatarUrls"] {
                view[member] = shown[member].clone();
            }
            view["issuetypes"] = types.into();
            view
        })
        .collect();
    ok(json!({ "expand": "projects", "projects": projects }))
}

/// Most of a createmeta page.
const MOST: i64 = 200;

/// The refusal of a larger page, which has a member of its own (J-65).
fn too_large(call: &Call) -> Result<Option<Answer>> {
    let refusal = || {
        let sentence = format!("Parameter 'maxResults' must not exceed the limit '{MOST}'");
        let stray = json!({ "empty": false, "present": true });
        answer::json(
            StatusCode::BAD_REQUEST,
            json!({ "errorMessages": [sentence], "errors": {}, "httpStatusCode": stray }),
        )
    };
    Ok(call.params.int("maxResults")?.filter(|wanted| *wanted > MOST).map(|_| refusal()))
}

async fn get_create_issue_meta_issue_types(call: Call, Path(id_or_key): Path<String>) -> Answer {
    if let Some(refusal) = too_large(&call)? {
        return refusal;
    }
    let window = Window::read(&call, 50, MOST)?;
    let project = creatable(&call, &id_or_key)?;
    let types: Vec<Value> = call.site.issue_types_of(project).map(|kind| offered(&call, kind)).collect();
    ok(
        json!({ "startAt": window.start_at, "maxResults": window.max_results, "total": types.len(), "issueTypes": window.of(types) }),
    )
}

async fn get_create_issue_meta_issue_type_id(call: Call, Path((id_or_key, type_id)): Path<(String, String)>) -> Answer {
    if let Some(refusal) = too_large(&call)? {
        return refusal;
    }
    let window = Window::read(&call, 50, MOST)?;
    let project = creatable(&call, &id_or_key)?;
    let kind = call.site.issue_types_of(project).find(|kind| kind.id.to_string() == type_id);
    let kind = kind.ok_or_else(|| Failure::invalid_field("issuetype", "The issue type selected is invalid."))?;
    let asked = asked(&call.site, call.access(), project, kind, Purpose::Create, None);
    let fields: Vec<Value> = asked
        .iter()
        .map(|asked| {
            let mut view = json!({ "required": asked.required });
            merge(&mut view, describe(&call, project, kind, None, asked));
            view["fieldId"] = asked.field.id().into();
            view
        })
        .collect();
    ok(
        json!({ "startAt": window.start_at, "maxResults": window.max_results, "total": fields.len(), "fields": window.of(fields) }),
    )
}

async fn get_edit_issue_meta(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let overrides =
        [call.params.flag("overrideScreenSecurity", false)?, call.params.flag("overrideEditableFlag", false)?];
    let name = call.required_issue_name(&id_or_key)?;
    let loaded = db::issues::find(&mut call.read().await?, name, Wanted::default(), None)
        .await?
        .ok_or_else(Failure::no_issue)?;
    let view = edit_meta(&call, &loaded.issue)?;
    if overrides.contains(&true) && !call.access().administers() {
        return Err(
            Failure::forbidden("You do not have permission to override the screen security of this issue.").into()
        ); // J-55
    }
    ok(view)
}

/// The fields of an issue that the caller can edit (J-67); none without the permission.
pub fn edit_meta(call: &Call, issue: &Issue) -> Result<Value> {
    let project = call.project_of(issue)?;
    let kind = call.site.issue_types.get(issue.issue_type_id).ok_or_else(Failure::no_issue)?;
    let may = call.access().on(project, issue.people(), "EDIT_ISSUES");
    let people = Some(issue.people());
    let asked = if may { asked(&call.site, call.access(), project, kind, Purpose::Edit, people) } else { Vec::new() };
    Ok(json!({ "fields": fields(call, project, kind, people, &asked) }))
}

/// Fields by id, each with what can be said about setting it.
pub fn fields(call: &Call, project: &Project, kind: &IssueType, people: Option<IssuePeople>, asked: &[Asked]) -> Value {
    let entries = asked.iter().map(|asked| {
        let mut view = json!({ "required": asked.required });
        merge(&mut view, describe(call, project, kind, people, asked));
        (asked.field.id(), view)
    });
    Value::Object(entries.collect())
}

fn create_fields(call: &Call, project: &Project, kind: &IssueType) -> Value {
    fields(call, project, kind, None, &asked(&call.site, call.access(), project, kind, Purpose::Create, None))
}

/// An issue type that can be created; what it is called untranslated is not told here.
fn offered(call: &Call, kind: &IssueType) -> Value {
    let mut view = config::issue_type(call, kind);
    config::add_scope(&mut view, kind.project_id);
    view
}

fn creatable<'a>(call: &'a Call, id_or_key: &str) -> Result<&'a Project> {
    // The document knows neither 404 nor 403 here.
    let missing = || Failure::invalid(format!("No project could be found with id or key '{id_or_key}'."));
    let project = call.project(id_or_key).map_err(|_| missing())?;
    if call.access().project(project, "CREATE_ISSUES") {
        return Ok(project);
    }
    Err(Failure::invalid("You do not have permission to create issues in this project."))
}

fn merge(view: &mut Value, other: Map<String, Value>) {
    if let Some(members) = view.as_object_mut() {
        members.extend(other);
    }
}

fn describe(
    call: &Call,
    project: &Project,
    kind: &IssueType,
    people: Option<IssuePeople>,
    asked: &Asked,
) -> Map<String, Value> {
    let id = asked.field.id();
    let mut view = Map::new();
    view.insert("schema".into(), asked.field.schema().unwrap_or_else(|| json!({ "type": "issuelink", "system": id })));
    view.insert("name".into(), asked.field.name().into());
    view.insert("key".into(), id.as_str().into());
    let default = default_value(call, project, kind, asked.field);
    view.insert("hasDefaultValue".into(), default.is_some().into());
    view.insert("operations".into(), asked.field.operations().into());
    if let Some(values) = allowed_values(call, project, kind, people, asked.field) {
        view.insert("allowedValues".into(), values.into());
    }
    if let Some(default) = default {
        view.insert("defaultValue".into(), default);
    }
    let suggestions = match id.as_str() {
        "assignee" => Some(call.links.api(format_args!("user/assignable/search?project={}&query=", project.key))),
        "reporter" => Some(call.links.api("user/recommend?context=Reporter&query=")),
        "labels" => Some(format!("{}/rest/api/1.0/labels/suggest?query=", call.links.base)),
        "issuelinks" => Some(call.links.api(
            "issue/picker?currentProjectId=&showSubTaskParent=true&showSubTasks=true&currentIssueKey=null&query=",
        )),
        _ => None,
    };
    if let Some(url) = suggestions {
        view.insert("autoCompleteUrl".into(), url.into());
    }
    view
}

fn default_value(call: &Call, project: &Project, kind: &IssueType, field: Field) -> Option<Value> {
    match field {
        Field::System(field) if field.id == "priority" => {
            call.site.default_priority_of(project.id).map(|priority| config::priority(call, priority))
        }
        Field::System(field) if field.id == "security" => {
            let default = call.site.levels_of(project).find(|level| level.is_default);
            default.map(|level| config::security_level(call, level))
        }
        Field::System(_) => None,
        Field::Custom(custom, of) => {
            let kept = call.site.fields.context(custom.id, project.id, kind.id)?.default_value.as_ref()?;
            let value = defaults::initial(&call.site, project, of, kept, call.now)?;
            Some(views::issue::custom_value(call, custom.id, of, &value))
        }
    }
}

fn allowed_values(
    call: &Call,
    project: &Project,
    kind: &IssueType,
    people: Option<IssuePeople>,
    field: Field,
) -> Option<Vec<Value>> {
    let site = &call.site;
    Some(match field {
        Field::System(system) => match system.id {
            // A new issue is of the type that the form is for; another one can take any of the same level.
            "issuetype" => site
                .issue_types_of(project)
                .filter(|other| if people.is_some() { other.level == kind.level } else { other.id == kind.id })
                .map(|t| config::issue_type(call, t))
                .collect(),
            "project" => vec![project_views::in_issue(call, project)],
            "priority" => site.priorities_of(project.id).map(|priority| config::priority(call, priority)).collect(),
            "resolution" => site.resolutions.iter().map(|resolution| config::resolution(call, resolution)).collect(),
            "components" => {
                site.components_of(project.id).map(|component| config::component(call, component)).collect()
            }
            "fixVersions" | "versions" => site
                .versions_of(project.id)
                .filter(|version| !version.archived)
                .map(|version| config::version(call, version))
                .collect(),
            "security" => {
                call.access().levels(project, people).map(|level| config::security_level(call, level)).collect()
            }
            _ => return None,
        },
        Field::Custom(custom, Kind::Option | Kind::Options | Kind::Cascade) => {
            let context = site.fields.context(custom.id, project.id, kind.id)?;
            let option = |option: &FieldOption| config::option(call, option);
            let top = site.fields.options_of(context.id, None).filter(|option| !option.disabled);
            let with_children = top.map(|parent| {
                let children: Vec<Value> = site.fields.options_of(context.id, Some(parent.id)).map(option).collect();
                let mut view = option(parent);
                if !children.is_empty() {
                    view["children"] = children.into();
                }
                view
            });
            with_children.collect()
        }
        Field::Custom(custom, Kind::AppOption) => {
            let options = site.fields.app_options.get(&custom.id).into_iter().flatten();
            let offered = options.filter(|option| option.is_selectable(Some(project.id)));
            offered
                .map(|option| views::issue::custom_value(call, custom.id, Kind::AppOption, &option.id.into()))
                .collect()
        }
        Field::Custom(_, Kind::Version | Kind::Versions) => {
            site.versions_of(project.id).map(|version| config::version(call, version)).collect()
        }
        Field::Custom(..) => return None,
    })
}
