//! What a project is made after: its statuses, issue types and workflow.

use crate::{
    app::Context,
    db::{self, Work},
    domain::{
        config::{DONE, IssueType, IssueTypeScheme, Project, Status, StoredWorkflow, WorkflowScheme},
        failure::Result,
        workflow::{Condition, Origin, PostFunction, Revision, Transition, Workflow},
    },
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What a template makes.
pub struct Template {
    /// The key that requests name.
    pub key: &'static str,
    /// The type of projects made after it.
    pub type_key: &'static str,
    /// Whether such projects have types and statuses of their own.
    pub team_managed: bool,
    /// Names of its statuses with their categories, in order; the first is the initial one.
    statuses: &'static [(&'static str, i16)],
}

const BOARD: &[(&str, i16)] = &[("To Do", 2), ("In Progress", 4), ("Done", 3)];
const KANBAN: &[(&str, i16)] = &[("Backlog", 2), ("Selected for Development", 2), ("In Progress", 4), ("Done", 3)];

const TEMPLATES: &[Template] = &[
    Template {
        key: "com.pyxis.greenhopper.jira:gh-simplified-scrum-classic",
        type_key: "software",
        team_managed: false,
        statuses: BOARD,
    },
    Template {
        key: "com.pyxis.greenhopper.jira:gh-simplified-kanban-classic",
        type_key: "software",
        team_managed: false,
        statuses: KANBAN,
    },
    Template {
        key: "com.pyxis.greenhopper.jira:gh-simplified-basic",
        type_key: "software",
        team_managed: false,
        statuses: BOARD,
    },
    Template {
        key: "com.pyxis.greenhopper.jira:gh-simplified-agility-scrum",
        type_key: "software",
        team_managed: true,
        statuses: BOARD,
    },
    Template {
        key: "com.pyxis.greenhopper.jira:gh-simplified-agility-kanban",
        type_key: "software",
        team_managed: true,
        statuses: BOARD,
    },
    Template {
        key: "com.atlassian.jira-core-project-templates:jira-core-simplified-project-management",
        type_key: "business",
        team_managed: false,
        statuses: BOARD,
    },
    Template {
        key: "com.atlassian.jira-core-project-templates:jira-core-simplified-task-tracking",
        type_key: "business",
        team_managed: false,
        statuses: BOARD,
    },
    Template {
        key: "com.atlassian.jira-core-project-templates:jira-core-simplified-process-control",
        type_key: "business",
        team_managed: false,
        statuses: BOARD,
    },
];

/// The template of that key.
pub fn find(key: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.key == key)
}

/// The template of projects whose request names a type alone.
/// `service_desk` takes the business one until Service Management has its own.
pub fn default_for(type_key: &str) -> Option<&'static Template> {
    let first = |type_key: &str| TEMPLATES.iter().find(|template| template.type_key == type_key);
    first(type_key).or_else(|| first("business"))
}

/// The project's issue type scheme: the site's types, or for a team-managed project types of its own.
pub async fn make_types(context: &Context, work: &mut Work, project: &Project, scope: Option<i64>) -> Result<i64> {
    let mut type_ids = Vec::new();
    let default_scheme = context.site.issue_type_schemes.iter().find(|scheme| scheme.is_default);
    let shipped: Vec<&IssueType> = default_scheme
        .into_iter()
        .flat_map(|scheme| &scheme.type_ids)
        .filter_map(|id| context.site.issue_types.get(*id))
        .collect();
    if scope.is_some() {
        for kind in shipped {
            let name = if kind.is_subtask() { "Subtask".to_owned() } else { kind.name.clone() }; // observed shapes, 0.6
            let own = IssueType { id: work.next_id("issue_type").await?, name, project_id: scope, ..kind.clone() };
            db::issue_types::put(work, &own).await?;
            type_ids.push(own.id);
        }
    } else {
        type_ids.extend(shipped.iter().map(|kind| kind.id));
    }
    let standard =
        type_ids.iter().copied().find(|id| context.site.issue_types.get(*id).is_none_or(|kind| kind.level == 0));
    let scheme = IssueTypeScheme {
        id: work.next_id("issue_type_scheme").await?,
        name: format!("{}: Software Issue Type Scheme", project.key),
        description: String::new(),
        is_default: false,
        default_type_id: standard,
        type_ids,
    };
    db::issue_type_schemes::put(work, &scheme).await?;
    Ok(scheme.id)
}

/// The project's simplified workflow and its scheme: from every status to every other (observed shapes, 0.6).
pub async fn make_workflow(
    context: &Context,
    work: &mut Work,
    project: &Project,
    template: &Template,
    scope: Option<i64>,
) -> Result<i64> {
    let mut statuses = Vec::new();
    for (name, category) in template.statuses {
        let shared = context.site.statuses.iter().find(|status| status.name == *name && status.project_id.is_none());
        match (scope, shared) {
            (None, Some(status)) => statuses.push(status.clone()),
            _ => {
                let status = Status {
                    id: work.next_id("status").await?,
                    name: (*name).into(),
                    description: String::new(),
                    icon: String::new(),
                    category: *category,
                    project_id: scope,
                };
                db::statuses::put(work, &status).await?;
                statuses.push(status);
            }
        }
    }
    let done = context.site.resolutions.iter().next().map(|resolution| resolution.id);
    let workflow = StoredWorkflow {
        id: Uuid::new_v4().to_string(),
        name: format!("Software Simplified Workflow for Project {}", project.key),
        description: String::new(),
        definition: simplified(&statuses, done),
        created: Some(context.now),
        updated: Some(context.now),
        project_id: scope,
        revision: Revision { number: 0, id: Uuid::new_v4() },
    };
    db::workflows::insert(work, &workflow).await?;
    let scheme = WorkflowScheme {
        id: work.next_id("workflow_scheme").await?,
        name: format!("{} Scheme", workflow.name),
        description: String::new(),
        default_workflow_id: workflow.id,
        mappings: HashMap::new(),
    };
    db::workflow_schemes::insert(work, &scheme).await?;
    Ok(scheme.id)
}

/// A workflow in which every status can be reached from every other.
pub fn simplified(statuses: &[Status], resolution: Option<i64>) -> Workflow {
    let step = |id: i64, name: &str, origin: Origin, to: &Status| Transition {
        id,
        name: name.into(),
        description: String::new(),
        origin,
        ports: BTreeMap::new(),
        to: Some(to.id),
        screen_id: None,
        condition: Condition::default(),
        validators: Vec::new(),
        // What is done is resolved, what is taken up again is not (J-76).
        post_functions: match resolution {
            Some(resolution) if to.category == DONE => vec![PostFunction::SetResolution(resolution)],
            _ => vec![PostFunction::ClearResolution],
        },
        properties: BTreeMap::new(),
    };
    let create = statuses.first().map(|first| step(1, "Create", Origin::Initial, first));
    let moves =
        statuses.iter().zip(1..).map(|(status, place)| step(place * 10 + 1, &status.name, Origin::Global, status));
    Workflow {
        statuses: statuses.iter().map(|status| status.id).collect(),
        transitions: create.into_iter().chain(moves).collect(),
        ..Workflow::default()
    }
}
