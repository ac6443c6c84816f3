//! Workflows as their editor shows them.

use super::config;
use crate::{
    domain::{
        config::{Status, StoredWorkflow},
        event,
        snapshot::Snapshot,
        workflow::{
            Origin, Point, PostFunction, Revision, Transition, Workflow,
            draft::{Finding, Subject},
            rules::{self, Group, Rule},
        },
    },
    http::call::Call,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A workflow; without its transitions where nobody asked for them.
pub fn workflow(call: &Call, workflow: &StoredWorkflow, with_transitions: bool) -> Value {
    let mut view = json!({
        "id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "isEditable": !workflow.is_system(),
        "scope": scope(workflow.project_id),
    });
    if let Some(id) = workflow.definition.task_id {
        view["taskId"] = id.to_string().into();
    }
    define(&mut view, &workflow.definition, workflow.revision);
    if !with_transitions && let Some(members) = view.as_object_mut() {
        members.shift_remove("transitions");
    }
    for (name, at) in [("created", workflow.created), ("updated", workflow.updated)] {
        if let Some(at) = at {
            view[name] = call.time(at).into();
        }
    }
    view
}

/// What a workflow consists of.
pub fn define(view: &mut Value, definition: &Workflow, revision: Revision) {
    for (name, place) in
        [("startPointLayout", definition.start), ("loopedTransitionContainerLayout", definition.looped)]
    {
        if let Some(place) = place {
            view[name] = point(place);
        }
    }
    view["statuses"] = definition.statuses.iter().map(|id| status(definition, *id)).collect();
    view["transitions"] = definition.transitions.iter().map(|step| transition(step, revision)).collect();
    view["version"] = json!({ "versionNumber": revision.number, "id": revision.id });
}

/// The same without what only who edits it needs.
pub fn preview(workflow: &StoredWorkflow) -> Value {
    let mut view = json!({
        "id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "scope": scope(workflow.project_id),
    });
    define(&mut view, &workflow.definition, workflow.revision);
    for list in ["statuses", "transitions"] {
        for member in view[list].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            member.shift_remove("properties");
        }
    }
    view
}

/// For whom a workflow or status is.
pub fn scope(project_id: Option<i64>) -> Value {
    match project_id {
        Some(id) => json!({ "type": "PROJECT", "project": { "id": id.to_string() } }),
        None => json!({ "type": "GLOBAL" }),
    }
}

/// The statuses of some workflows, by their ids.
pub fn statuses<'a>(site: &Snapshot, workflows: impl IntoIterator<Item = &'a StoredWorkflow>) -> Vec<Value> {
    let mut ids: Vec<i64> = workflows.into_iter().flat_map(|one| one.definition.statuses.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().filter_map(|id| site.statuses.get(id)).map(declared).collect()
}

/// A status that workflows refer to by its id.
pub fn declared(status: &Status) -> Value {
    let mut view = config::status_managed(status);
    view["statusReference"] = status.id.to_string().into();
    view
}

fn point(point: Point) -> Value {
    json!({ "x": point.x, "y": point.y })
}

fn status(definition: &Workflow, id: i64) -> Value {
    let details = definition.details.get(&id).cloned().unwrap_or_default();
    let mut view = json!({ "statusReference": id.to_string() });
    if let Some(place) = details.layout {
        view["layout"] = point(place);
    }
    view["properties"] = json!(details.properties);
    view["deprecated"] = details.deprecated.into();
    view
}

fn transition(transition: &Transition, revision: Revision) -> Value {
    let kind = match transition.origin {
        Origin::Initial => "INITIAL",
        Origin::Global => "GLOBAL",
        Origin::From(_) => "DIRECTED",
    };
    let mut view = json!({ "id": transition.id.to_string(), "type": kind });
    if let Some(to) = transition.to {
        view["toStatusReference"] = to.to_string().into();
    }
    view["links"] = links(transition);
    view["name"] = transition.name.as_str().into();
    view["description"] = transition.description.as_str().into();
    let mut ids = RuleIds { revision, transition: transition.id, given: 0 };
    let functions = transition.post_functions.iter().filter_map(rules::of_post_function);
    view["actions"] = functions.map(|rule| ids.view(rule)).collect();
    view["validators"] = transition.validators.iter().map(|one| ids.view(rules::of_validator(one))).collect();
    if let Some(group) = rules::group_of(&transition.condition) {
        view["conditions"] = ids.group(group);
    }
    if let Some(id) = transition.screen_id {
        view["transitionScreen"] = ids.view(rules::of_screen(id));
    }
    view["triggers"] = json!([]);
    view["properties"] = json!(transition.properties);
    let usual = if transition.origin == Origin::Initial { "issue_created" } else { "issue_generic" };
    let fired = transition.post_functions.iter().find_map(|function| match function {
        PostFunction::Fire(key) if key != usual => event::id(key),
        _ => None,
    });
    if let Some(id) = fired {
        view["customIssueEventId"] = id.to_string().into();
    }
    view
}

fn links(transition: &Transition) -> Value {
    let Origin::From(statuses) = &transition.origin else { return json!([]) };
    let link = |id: &i64| {
        let mut link = Map::from_iter([("fromStatusReference".to_owned(), id.to_string().into())]);
        let ports = transition.ports.get(id).copied().unwrap_or_default();
        link.extend(ports.from.map(|port| ("fromPort".to_owned(), port.into())));
        link.extend(ports.to.map(|port| ("toPort".to_owned(), port.into())));
        Value::Object(link)
    };
    statuses.iter().map(link).collect()
}

/// Gives rules their ids: others with every version of the workflow, and the same whenever that is read.
struct RuleIds {
    revision: Revision,
    transition: i64,
    given: usize,
}

impl RuleIds {
    fn view(&mut self, rule: Rule) -> Value {
        self.given += 1;
        let place = format!("{} {} {}", self.revision.id, self.transition, self.given);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&Sha256::digest(place)[..16]);
        let id: Uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
        json!({ "ruleKey": rule.rule_key, "parameters": rule.parameters.unwrap_or_default(), "id": id })
    }

    fn group(&mut self, group: Group) -> Value {
        let rules: Vec<Value> = group.conditions.into_iter().flatten().map(|rule| self.view(rule)).collect();
        let groups: Vec<Value> = group.condition_groups.into_iter().flatten().map(|one| self.group(one)).collect();
        json!({ "operation": group.operation, "conditions": rules, "conditionGroups": groups })
    }
}

/// Something wrong with a workflow that is to be made or changed.
pub fn finding(finding: &Finding) -> Value {
    let subject = match finding.subject {
        Subject::Rule => "RULE",
        Subject::Status => "STATUS",
        Subject::StatusLayout => "STATUS_LAYOUT",
        Subject::Workflow => "WORKFLOW",
        Subject::Transition => "TRANSITION",
        Subject::Scope => "SCOPE",
        Subject::StatusMapping => "STATUS_MAPPING",
        Subject::Trigger => "TRIGGER",
    };
    let mut view = json!({
        "code": finding.code,
        "message": finding.message,
        "level": if finding.is_error { "ERROR" } else { "WARNING" },
        "type": subject,
    });
    let mut element = Map::new();
    let named = [
        ("ruleId", &finding.element.rule),
        ("statusReference", &finding.element.status),
        ("transitionId", &finding.element.transition),
    ];
    for (name, id) in named {
        element.extend(id.as_deref().map(|id| (name.to_owned(), id.into())));
    }
    if let Some((project, kind)) = finding.element.mapping {
        let pair = json!({ "projectId": project.to_string(), "issueTypeId": kind.to_string() });
        element.insert("statusMappingReference".into(), pair);
    }
    if !element.is_empty() {
        view["elementReference"] = element.into();
    }
    view
}
