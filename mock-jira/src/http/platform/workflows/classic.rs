//! Workflows as they were shown before their new editor: those of company-managed projects.

use super::{is_active, sort};
use crate::{
    app::workflows::refusal,
    domain::{
        config::{Project, Status, StoredWorkflow},
        event,
        workflow::{Assignee, Condition, Origin, PostFunction, Transition, Validator},
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        page::{Order, Window, listed},
        routes::Routes,
        views::{project, time_rendered},
    },
};
use chrono::DateTime;
use serde_json::{Value, json};

/// Operations of old.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/workflow/search", get_workflows_paginated)
        // Only version 2 has it.
        .get("/rest/api/3/workflow", get2_workflow_v1)
}

/// The refusal of who does not administer Jira.
const ADMINISTRATORS: &str = "Only Jira administrators can access workflows.";

/// Workflows of company-managed projects, by name in any case (observed shapes, 0.7).
fn shared(call: &Call) -> Vec<&StoredWorkflow> {
    let mut workflows: Vec<_> = call.site.workflows.values().filter(|workflow| workflow.project_id.is_none()).collect();
    workflows.sort_by_cached_key(|workflow| (workflow.name.to_lowercase(), workflow.id.clone()));
    workflows
}

async fn get_workflows_paginated(call: Call) -> Answer {
    call.must_administer(ADMINISTRATORS)?;
    let window = Window::read(&call, 50, 50)?;
    let order = Order::read(&call, &["name", "created", "updated"])?;
    let names: Vec<&str> = call.params.all("workflowName").collect();
    let text = call.params.text("queryString").map(str::to_lowercase);
    let active = call.params.text("isActive").map(|_| call.params.flag("isActive", false)).transpose()?;
    let is_wanted = |workflow: &&StoredWorkflow| {
        (names.is_empty() || names.contains(&workflow.name.as_str()))
            && text.as_ref().is_none_or(|text| workflow.name.to_lowercase().contains(text))
            && active.is_none_or(|active| is_active(&call, workflow) == active)
    };
    let mut found: Vec<&StoredWorkflow> = shared(&call).into_iter().filter(is_wanted).collect();
    sort(order, &mut found);
    ok(listed(&call, "workflow/search", window, found, |workflow| view(&call, workflow)))
}

/// A workflow with what the request expands.
fn view(call: &Call, workflow: &StoredWorkflow) -> Value {
    let expands = |name: &str| call.params.expands(name);
    let mut view = json!({
        "id": { "name": workflow.name, "entityId": workflow.id },
        "description": workflow.description,
    });
    let (rules, properties) = (expands("transitions.rules"), expands("transitions.properties"));
    if expands("transitions") || rules || properties {
        let steps = workflow.definition.transitions.iter();
        view["transitions"] = steps.map(|step| transition(call, step, rules, properties)).collect();
    }
    let with_properties = expands("statuses.properties");
    if expands("statuses") || with_properties {
        let statuses = workflow.definition.statuses.iter().filter_map(|id| call.site.statuses.get(*id));
        let status = |status: &Status| {
            let mut view = json!({ "id": status.id.to_string(), "name": status.name });
            if with_properties {
                let details = workflow.definition.details.get(&status.id);
                view["properties"] = json!(details.map(|details| &details.properties).cloned().unwrap_or_default());
            }
            view
        };
        view["statuses"] = statuses.map(status).collect();
    }
    if expands("default") {
        view["isDefault"] = workflow.is_system().into();
    }
    if expands("schemes") {
        let schemes = call.site.schemes_with(&workflow.id);
        view["schemes"] = schemes.map(|scheme| json!({ "id": scheme.id.to_string(), "name": scheme.name })).collect();
    }
    if expands("projects") {
        let live = |project: &&Project| project.deleted.is_none();
        let projects = call.site.projects_with(&workflow.id).filter(live);
        view["projects"] = projects.map(|found| project::in_issue(call, found)).collect();
    }
    if expands("hasDraftWorkflow") {
        view["hasDraftWorkflow"] = false.into();
    }
    if expands("operations") {
        let can_delete = !workflow.is_system() && call.site.schemes_with(&workflow.id).next().is_none();
        view["operations"] = json!({ "canEdit": !workflow.is_system(), "canDelete": can_delete });
    }
    // Workflows that have no date have the beginning of time (observed shapes, 0.1).
    view["created"] = call.time(workflow.created.unwrap_or(DateTime::UNIX_EPOCH)).into();
    view["updated"] = call.time(workflow.updated.unwrap_or(DateTime::UNIX_EPOCH)).into();
    view
}

fn transition(call: &Call, transition: &Transition, with_rules: bool, with_properties: bool) -> Value {
    let (kind, from) = match &transition.origin {
        Origin::Initial => ("initial", Vec::new()),
        Origin::Global => ("global", Vec::new()),
        Origin::From(statuses) => ("directed", statuses.iter().map(i64::to_string).collect()),
    };
    let mut view = json!({
        "id": transition.id.to_string(),
        "name": transition.name,
        "description": transition.description,
        "from": from,
        "to": transition.to.map(|id| id.to_string()).unwrap_or_default(),
        "type": kind,
    });
    if let Some(screen) = transition.screen_id.and_then(|id| call.site.screens.get(id)) {
        view["screen"] = json!({ "id": screen.id.to_string(), "name": screen.name });
    }
    if with_rules {
        view["rules"] = rules(transition);
    }
    if with_properties {
        view["properties"] = json!(transition.properties);
    }
    view
}

fn rules(transition: &Transition) -> Value {
    let mut functions: Vec<Value> = transition.post_functions.iter().map(post_function).collect();
    // What every transition does stands there, too.
    functions.insert(0, json!({ "type": "UpdateIssueStatusFunction" }));
    if !transition.post_functions.iter().any(|function| matches!(function, PostFunction::Fire(_))) {
        functions.push(json!({ "type": "FireIssueEventFunction" }));
    }
    let mut view = json!({
        "validators": transition.validators.iter().map(validator).collect::<Vec<_>>(),
        "postFunctions": functions,
    });
    if !transition.condition.is_always() {
        view["conditionsTree"] = condition(&transition.condition);
    }
    view
}

fn condition(node: &Condition) -> Value {
    let simple = |kind: &str, configuration: Value| json!({ "nodeType": "simple", "type": kind, "configuration": configuration });
    let compound = |operator: &str, parts: &[Condition]| {
        let parts: Vec<Value> = parts.iter().map(condition).collect();
        json!({ "nodeType": "compound", "operator": operator, "conditions": parts })
    };
    match node {
        Condition::All(parts) => compound("AND", parts),
        Condition::Any(parts) => compound("OR", parts),
        Condition::Permission(key) => simple("PermissionCondition", json!({ "permissionKey": key })),
        Condition::Role(ids) => simple("InAnyProjectRoleCondition", json!({ "projectRoles": named(ids) })),
        Condition::Group(ids) => simple("UserInAnyGroupCondition", json!({ "groups": ids })),
        Condition::Account(ids) => simple("UserInAnyAccountCondition", json!({ "accountIds": ids })),
        Condition::Assignee => simple("AllowOnlyAssignee", json!({})),
        Condition::Reporter => simple("AllowOnlyReporter", json!({})),
        Condition::SubtasksIn(ids) => simple("SubTaskBlockingCondition", json!({ "statuses": named(ids) })),
        Condition::Closed { .. } => simple("AlwaysFalseCondition", json!({})),
    }
}

fn named(ids: &[i64]) -> Vec<Value> {
    ids.iter().map(|id| json!({ "id": id.to_string() })).collect()
}

fn validator(validator: &Validator) -> Value {
    let (kind, configuration) = match validator {
        Validator::Required { fields, message, ignore_context } => {
            let mut configuration = json!({ "fields": fields, "ignoreContext": ignore_context });
            if let Some(message) = message {
                configuration["errorMessage"] = message.as_str().into();
            }
            ("FieldRequiredValidator", configuration)
        }
        Validator::Permission(key) => ("PermissionValidator", json!({ "permissionKey": key })),
        Validator::ParentIn(ids) => ("ParentStatusValidator", json!({ "parentStatuses": named(ids) })),
    };
    json!({ "type": kind, "configuration": configuration })
}

fn post_function(function: &PostFunction) -> Value {
    let update = |field: &str, value: String| json!({ "type": "UpdateIssueFieldFunction", "configuration": { "fieldId": field, "fieldValue": value } });
    match function {
        PostFunction::SetResolution(id) => update("resolution", id.to_string()),
        PostFunction::ClearResolution => update("resolution", String::new()),
        PostFunction::ClearField(id) => {
            json!({ "type": "ClearFieldValuePostFunction", "configuration": { "fieldId": id } })
        }
        PostFunction::Assign(whom) => match whom {
            Assignee::Caller => json!({ "type": "AssignToCurrentUserFunction" }),
            Assignee::Reporter => json!({ "type": "AssignToReporterFunction" }),
            Assignee::Lead | Assignee::Default => json!({ "type": "AssignToLeadFunction" }),
            Assignee::Account(id) => update("assignee", id.clone()),
            Assignee::Nobody => update("assignee", String::new()),
        },
        PostFunction::Fire(key) => {
            let id = event::id(key).map(|id| id.to_string()).unwrap_or_default();
            json!({ "type": "FireIssueEventFunction", "configuration": { "event": { "id": id } } })
        }
    }
}

/// A list, or one workflow by name. The document has no 403 and no 404 here.
async fn get2_workflow_v1(call: Call) -> Answer {
    if !call.access().administers() {
        return Err(refusal().into());
    }
    let view = |workflow: &StoredWorkflow| {
        let mut view = json!({
            "name": workflow.name,
            "description": workflow.description,
            "steps": workflow.definition.statuses.len(),
            "default": workflow.is_system(),
        });
        if let Some(updated) = workflow.updated {
            view["lastModifiedDate"] = time_rendered(updated, call.caller.time_zone()).into();
        }
        view
    };
    let all = shared(&call);
    let named = call.params.text("workflowName").and_then(|name| all.iter().find(|one| one.name == name));
    match (call.params.text("workflowName"), named) {
        (Some(_), Some(workflow)) => ok(view(workflow)),
        (Some(_), None) => ok(json!([])),
        (None, _) => ok(all.into_iter().map(view).collect::<Vec<_>>()),
    }
}
