//! Workflows as administrators read, make and change them.

mod classic;
mod history;
mod preview;
mod usages;

use crate::{
    app::workflows::{self, Outcome, Submission, refusal, sees},
    domain::{
        config::StoredWorkflow,
        failure::{Failure, Result},
        workflow::{
            Point, Revision,
            draft::{Draft, Findings, PlaceDraft, StatusDraft, StatusMapping, StatusMigration, TransitionDraft},
            rules,
        },
    },
    http::{
        answer::{Answer, no_content, ok},
        body::{Json, lenient},
        call::Call,
        page::{Order, Window, bean},
        routes::Routes,
        views::workflow as views,
    },
};
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};

/// Operations on workflows.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/workflows", read_workflows)
        .get("/rest/api/3/workflows/search", search_workflows)
        .post("/rest/api/3/workflows/create", create_workflows)
        .post("/rest/api/3/workflows/create/validation", validate_create_workflows)
        .post("/rest/api/3/workflows/update", update_workflows)
        .post("/rest/api/3/workflows/update/validation", validate_update_workflows)
        .get("/rest/api/3/workflows/capabilities", workflow_capabilities)
        .get("/rest/api/3/workflows/defaultEditor", get_default_editor)
        .delete("/rest/api/3/workflow/{entityId}", delete_inactive_workflow)
        .and(classic::routes())
        .and(history::routes())
        .and(preview::routes())
        .and(usages::routes())
}

/// Most workflows of a request.
const MOST: usize = 20;
/// Most statuses of a request.
const MOST_STATUSES: usize = 1000;

/// Refuses who sees no workflow at all.
fn must_see_some(call: &Call) -> Result<()> {
    let access = call.access();
    let some = access.administers() || call.site.workflows.values().any(|workflow| sees(&access, &call.site, workflow));
    if some { Ok(()) } else { Err(refusal()) }
}

/// Workflows that the caller sees, by name in any case (observed shapes, 0.7).
fn seen(call: &Call) -> Vec<&StoredWorkflow> {
    let access = call.access();
    let all = call.site.workflows.values();
    let mut workflows: Vec<_> = all.filter(|workflow| sees(&access, &call.site, workflow)).collect();
    workflows.sort_by_cached_key(|workflow| (workflow.name.to_lowercase(), workflow.id.clone()));
    workflows
}

/// A workflow that the caller sees. One of another's project is missing.
fn find<'a>(call: &'a Call, id: &str) -> Result<&'a StoredWorkflow> {
    must_see_some(call)?;
    let found = call.site.workflows.get(id).filter(|workflow| sees(&call.access(), &call.site, workflow));
    found.ok_or_else(|| Failure::not_found("The workflow was not found."))
}

/// Whether a project follows it.
fn is_active(call: &Call, workflow: &StoredWorkflow) -> bool {
    let mut schemes = call.site.schemes_with(&workflow.id);
    schemes.any(|scheme| call.site.projects.iter().any(|project| project.workflow_scheme_id == scheme.id))
}

/// Sorts by what the request asks for: name, or time of creation or change.
fn sort(order: Option<Order>, workflows: &mut [&StoredWorkflow]) {
    if let Some(order) = order {
        order.sort(workflows, |a, b| match order.field {
            "created" => a.created.cmp(&b.created),
            "updated" => a.updated.cmp(&b.updated),
            _ => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        });
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Wanted {
    workflow_ids: Option<Vec<String>>,
    workflow_names: Option<Vec<String>>,
    project_and_issue_types: Option<Vec<Pair>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Pair {
    project_id: String,
    issue_type_id: String,
}

/// Unknown names and ids are left out.
async fn read_workflows(Json(call, wanted): Json<Wanted>) -> Answer {
    must_see_some(&call)?;
    let pairs = wanted.project_and_issue_types.unwrap_or_default();
    let followed = pairs.iter().filter_map(|pair| {
        let project = call.site.projects.parse(&pair.project_id)?;
        let kind = call.site.issue_types.parse(&pair.issue_type_id)?;
        Some(call.site.workflow_of(project, kind.id)?.id.as_str())
    });
    let followed: Vec<&str> = followed.collect();
    let (ids, names) = (wanted.workflow_ids.unwrap_or_default(), wanted.workflow_names.unwrap_or_default());
    let is_wanted = |workflow: &&StoredWorkflow| {
        ids.contains(&workflow.id) || names.contains(&workflow.name) || followed.contains(&workflow.id.as_str())
    };
    let found: Vec<&StoredWorkflow> = seen(&call).into_iter().filter(is_wanted).collect();
    ok(json!({
        "statuses": views::statuses(&call.site, found.iter().copied()),
        "workflows": found.iter().map(|workflow| views::workflow(&call, workflow, true)).collect::<Vec<_>>(),
    }))
}

async fn search_workflows(call: Call) -> Answer {
    must_see_some(&call)?;
    let window = Window::read(&call, 50, 200)?;
    let order = Order::read(&call, &["name", "created", "updated"])?;
    let text = call.params.text("queryString").map(str::to_lowercase);
    let active = call.params.text("isActive").map(|_| call.params.flag("isActive", false)).transpose()?;
    let project_scoped = match call.params.text("scope").map(str::to_uppercase).as_deref() {
        None => None,
        Some("GLOBAL") => Some(false),
        Some("PROJECT") => Some(true),
        Some(_) => return Err(Failure::invalid("The scope has to be GLOBAL or PROJECT.").into()),
    };
    let is_wanted = |workflow: &&StoredWorkflow| {
        text.as_ref().is_none_or(|text| workflow.name.to_lowercase().contains(text))
            && active.is_none_or(|active| is_active(&call, workflow) == active)
            && project_scoped.is_none_or(|scoped| workflow.project_id.is_some() == scoped)
    };
    let mut found: Vec<&StoredWorkflow> = seen(&call).into_iter().filter(is_wanted).collect();
    sort(order, &mut found);
    let total = found.len() as i64;
    let shown = window.of(found);
    let with_transitions = call.params.expands("values.transitions");
    let values = shown.iter().map(|workflow| views::workflow(&call, workflow, with_transitions)).collect();
    let mut page = bean(&call, "workflows/search", window, total, values);
    page["statuses"] = views::statuses(&call.site, shown).into();
    ok(page)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeBody {
    #[serde(rename = "type")]
    kind: Option<String>,
    project: Option<ProjectId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectId {
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorkflows {
    scope: Option<ScopeBody>,
    statuses: Option<Vec<StatusDraft>>,
    workflows: Option<Vec<NewWorkflow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewWorkflow {
    name: String,
    description: Option<String>,
    start_point_layout: Option<Point>,
    looped_transition_container_layout: Option<Point>,
    statuses: Vec<PlaceDraft>,
    transitions: Vec<TransitionDraft>,
}

impl NewWorkflows {
    /// The project and what is to be made; `within` is the place in the request that is told of.
    fn read(self, call: &Call, within: &str) -> Result<(Option<i64>, Submission)> {
        let scope = self.scope.ok_or_else(|| Failure::invalid(format!("{within}scope : must not be null")))?;
        let project_id = match (scope.kind.as_deref(), scope.project) {
            (Some("GLOBAL"), None) => None,
            (Some("PROJECT"), Some(project)) => {
                let known = call.site.projects.parse(&project.id).filter(|project| call.access().sees(project));
                let missing = || Failure::invalid(format!("We couldn't find project {} in this scope", project.id));
                Some(known.ok_or_else(missing)?.id)
            }
            _ => {
                let sentence = "The scope has to be GLOBAL, or PROJECT with the id of a project.";
                return Err(Failure::invalid(sentence));
            }
        };
        let workflows = self.workflows.unwrap_or_default();
        for (at, workflow) in workflows.iter().enumerate() {
            // Changes don't need them.
            if let Some(place) = workflow.statuses.iter().position(|place| place.properties.is_none()) {
                let name = format!("{within}workflows.[{at}].statuses.[{place}].properties");
                return Err(Failure::invalid(format!("Missing required field '{name}'")));
            }
        }
        let workflows = workflows.into_iter().map(|new| Draft {
            name: new.name,
            description: new.description,
            start: new.start_point_layout,
            looped: new.looped_transition_container_layout,
            statuses: new.statuses,
            transitions: new.transitions,
            ..Draft::default()
        });
        let submission = Submission { statuses: self.statuses.unwrap_or_default(), workflows: workflows.collect() };
        check_numbers(&submission, within)?;
        Ok((project_id, submission))
    }
}

fn check_numbers(submission: &Submission, within: &str) -> Result<()> {
    for (name, number, most) in
        [("statuses", submission.statuses.len(), MOST_STATUSES), ("workflows", submission.workflows.len(), MOST)]
    {
        if number == 0 {
            return Err(Failure::invalid(format!("{within}{name} : must not be empty")));
        }
        if number > most {
            return Err(Failure::invalid(format!("{within}{name} : size must be between 1 and {most}")));
        }
    }
    Ok(())
}

async fn create_workflows(Json(call, body): Json<NewWorkflows>) -> Answer {
    let (project_id, submission) = body.read(&call, "")?;
    let outcome = workflows::create(&call, project_id, &submission).await?;
    ok(outcome_view(&call, &outcome))
}

fn outcome_view(call: &Call, outcome: &Outcome) -> Value {
    let workflows: Vec<_> = outcome.ids.iter().filter_map(|id| outcome.site.workflows.get(id)).collect();
    json!({
        "statuses": views::statuses(&outcome.site, workflows.iter().copied()),
        "workflows": workflows.iter().map(|workflow| views::workflow(call, workflow, true)).collect::<Vec<_>>(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Validation<T> {
    payload: T,
    validation_options: Option<Options>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    levels: Option<Vec<Level>>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
enum Level {
    Error,
    Warning,
}

/// What was found, of the levels that the request asks for; without any, all.
fn findings_view(findings: &Findings, options: Option<Options>) -> Value {
    let levels = options.and_then(|options| options.levels).unwrap_or_default();
    let level = |is_error: bool| if is_error { Level::Error } else { Level::Warning };
    let shown = findings.0.iter().filter(|one| levels.is_empty() || levels.contains(&level(one.is_error)));
    json!({ "errors": shown.map(views::finding).collect::<Vec<_>>() })
}

async fn validate_create_workflows(Json(call, body): Json<Validation<NewWorkflows>>) -> Answer {
    let (project_id, submission) = body.payload.read(&call, "payload.")?;
    let findings = workflows::check_new(&call, project_id, &submission)?;
    ok(findings_view(&findings, body.validation_options))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedWorkflows {
    statuses: Option<Vec<StatusDraft>>,
    workflows: Option<Vec<ChangedWorkflow>>,
}

/// What a workflow is read with besides may be given back.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangedWorkflow {
    id: String,
    version: VersionBody,
    description: Option<String>,
    start_point_layout: Option<Point>,
    looped_transition_container_layout: Option<Point>,
    statuses: Vec<PlaceDraft>,
    transitions: Vec<TransitionDraft>,
    default_status_mappings: Option<Vec<StatusMigration>>,
    status_mappings: Option<Vec<StatusMapping>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct VersionBody {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::int")]
    version_number: Option<i64>,
}

impl VersionBody {
    /// What can't be a version is none that a workflow is of.
    fn revision(&self) -> Option<Revision> {
        Some(Revision { number: self.version_number?, id: self.id.as_deref()?.parse().ok()? })
    }
}

impl ChangedWorkflows {
    fn read(self, within: &str) -> Result<Submission> {
        let workflows = self.workflows.unwrap_or_default().into_iter().map(|changed| Draft {
            id: changed.id,
            revision: changed.version.revision(),
            description: changed.description,
            start: changed.start_point_layout,
            looped: changed.looped_transition_container_layout,
            statuses: changed.statuses,
            transitions: changed.transitions,
            default_mappings: changed.default_status_mappings.unwrap_or_default(),
            mappings: changed.status_mappings.unwrap_or_default(),
            ..Draft::default()
        });
        let submission = Submission { statuses: self.statuses.unwrap_or_default(), workflows: workflows.collect() };
        check_numbers(&submission, within)?;
        Ok(submission)
    }
}

async fn update_workflows(Json(call, body): Json<ChangedWorkflows>) -> Answer {
    must_see_some(&call)?;
    let outcome = workflows::update(&call, &body.read("")?).await?;
    let mut view = outcome_view(&call, &outcome);
    view["taskId"] = outcome.task_id.map(|id| id.to_string()).into();
    ok(view)
}

async fn validate_update_workflows(Json(call, body): Json<Validation<ChangedWorkflows>>) -> Answer {
    must_see_some(&call)?;
    let findings = workflows::check_changes(&call, &body.payload.read("payload.")?).await?;
    ok(findings_view(&findings, body.validation_options))
}

/// Which rules can be written; those that this Jira follows, none of apps.
async fn workflow_capabilities(call: Call) -> Answer {
    must_see_some(&call)?;
    let by_id = call.params.text("workflowId");
    let workflow = match (by_id, call.params.text("projectId"), call.params.text("issueTypeId")) {
        (Some(id), None, None) => call.site.workflows.get(id),
        (None, Some(project), Some(kind)) => {
            let project = call.site.projects.parse(project).filter(|project| call.access().sees(project));
            let kind = call.site.issue_types.parse(kind);
            project.zip(kind).and_then(|(project, kind)| call.site.workflow_of(project, kind.id))
        }
        _ => {
            let sentence = "Either the workflowId or both the projectId and the issueTypeId must be provided.";
            return Err(Failure::invalid(sentence).into());
        }
    };
    let workflow = workflow.ok_or_else(|| Failure::invalid("The workflow was not found."))?;
    workflows::must_manage(&call, workflow.project_id)?;
    let project = workflow.project_id.and_then(|id| call.site.projects.get(id));
    let types = project.map_or_else(|| vec!["software", "service_desk", "business"], |one| vec![one.type_key.as_str()]);
    let rule = |rule: &rules::Available| {
        json!({
            "ruleKey": rule.key,
            "ruleType": rule.kind,
            "name": rule.name,
            "description": rule.description,
            "incompatibleRuleKeys": [],
            "isAvailableForInitialTransition": rule.initial,
            "isVisible": true,
        })
    };
    ok(json!({
        "editorScope": if project.is_some() { "PROJECT" } else { "GLOBAL" },
        "projectTypes": types,
        "systemRules": rules::SYSTEM.iter().map(rule).collect::<Vec<_>>(),
        "connectRules": [],
        "forgeRules": [],
        "triggerRules": [],
    }))
}

/// There is one editor.
async fn get_default_editor(_: Call) -> Answer {
    ok(json!({ "value": "NEW" }))
}

async fn delete_inactive_workflow(call: Call, Path(id): Path<String>) -> Answer {
    workflows::delete(&call, &id).await?;
    no_content()
}
