//! Creating, changing and deleting projects.

use super::Context;
use crate::{
    db::{self, Work},
    domain::{
        config::{DONE, IssueType, IssueTypeScheme, Project, Status},
        failure::{Complaints, Failure, Result},
        workflow::{Condition, Origin, PostFunction, Transition, Workflow},
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a request to create or change a project gives.
#[derive(Debug, Default)]
pub struct ProjectInput {
    /// Wanted key.
    pub key: Option<String>,
    /// Wanted name.
    pub name: Option<String>,
    /// `software`, `business` or `service_desk`.
    pub type_key: Option<String>,
    /// What the project is made after.
    pub template_key: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// A link.
    pub url: Option<String>,
    /// Account id.
    pub lead: Option<String>,
    /// `PROJECT_LEAD` or `UNASSIGNED`.
    pub assignee_type: Option<String>,
    /// Its category; -1 for none.
    pub category_id: Option<i64>,
    /// Its picture.
    pub avatar_id: Option<i64>,
    /// Its permission scheme.
    pub permission_scheme_id: Option<i64>,
    /// Its issue type scheme instead of the template's.
    pub issue_type_scheme_id: Option<i64>,
    /// Its workflow scheme instead of the template's.
    pub workflow_scheme_id: Option<i64>,
    /// Its screens instead of the template's.
    pub issue_type_screen_scheme_id: Option<i64>,
}

/// What a template makes.
struct Template {
    key: &'static str,
    type_key: &'static str,
    team_managed: bool,
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

/// The project type `service_desk` takes the business template until Service Management has its own.
const PROJECT_TYPES: [&str; 3] = ["software", "business", "service_desk"];

/// Creates a project from a template (U-43).
pub async fn create(context: &Context, input: &ProjectInput) -> Result<Project> {
    context.account_id()?;
    let (key, name, template, lead) = check_new(context, input)?;
    let mut work = context.begin().await?;
    work.changes_configuration();
    let site = &context.site;
    let id = work.next_id("project").await?;
    let mut project = Project {
        id,
        key: key.clone(),
        name: name.clone(),
        description: input.description.clone().unwrap_or_default(),
        url: input.url.clone(),
        lead: Some(lead),
        type_key: input.type_key.clone().unwrap_or_else(|| template.type_key.to_owned()),
        simplified: template.team_managed,
        uuid: Uuid::new_v4(),
        assignee_type: input.assignee_type.clone().unwrap_or_else(|| "UNASSIGNED".into()),
        category_id: input.category_id,
        avatar_id: input.avatar_id.unwrap_or(10_400 + id % 16),
        is_private: false,
        permission_scheme_id: input.permission_scheme_id.unwrap_or(0),
        issue_type_scheme_id: input.issue_type_scheme_id.unwrap_or(0),
        workflow_scheme_id: input.workflow_scheme_id.unwrap_or(0),
        issue_type_screen_scheme_id: input
            .issue_type_screen_scheme_id
            .or_else(|| site.issue_type_screen_schemes.iter().next().map(|s| s.id))
            .unwrap_or(1),
        field_configuration_id: site
            .field_configurations
            .iter()
            .next()
            .map_or(10_000, |configuration| configuration.id),
        archived: None,
        archived_by: None,
        deleted: None,
        deleted_by: None,
    };
    let scope = template.team_managed.then_some(id);
    if input.issue_type_scheme_id.is_none() {
        project.issue_type_scheme_id = make_types(context, &mut work, &project, scope).await?;
    }
    if input.workflow_scheme_id.is_none() {
        project.workflow_scheme_id = make_workflow(context, &mut work, &project, template, scope).await?;
    }
    db::projects::insert(&mut work, &project, context.now).await.map_err(taken(&key, &name))?;
    work.commit().await?;
    Ok(project)
}

/// Changes a project (U-41, J-30: a former key keeps resolving).
pub async fn update(context: &Context, id_or_key: &str, input: &ProjectInput) -> Result<Project> {
    let mut project = context.project(id_or_key)?.clone();
    if !context.access().administers_project(&project) {
        return Err(Failure::forbidden("You cannot edit the configuration of this project."));
    }
    let mut complaints = Complaints::default();
    if let Some(key) = input.key.as_ref().filter(|key| **key != project.key) {
        check_key(context, key, Some(project.id), &mut complaints);
        project.key.clone_from(key);
    }
    if let Some(name) = &input.name {
        check_name(context, name, Some(project.id), &mut complaints);
        project.name.clone_from(name);
    }
    check_references(context, input, &mut complaints);
    complaints.into_result()?;
    if let Some(description) = &input.description {
        project.description.clone_from(description);
    }
    project.url = input.url.clone().or(project.url);
    project.lead = input.lead.clone().or(project.lead);
    project.assignee_type = input.assignee_type.clone().unwrap_or(project.assignee_type);
    project.category_id = match input.category_id {
        Some(-1) => None,
        other => other.or(project.category_id),
    };
    project.avatar_id = input.avatar_id.unwrap_or(project.avatar_id);
    project.permission_scheme_id = input.permission_scheme_id.unwrap_or(project.permission_scheme_id);
    let mut work = context.begin().await?;
    work.changes_configuration();
    db::projects::update(&mut work, &project).await.map_err(taken(&project.key, &project.name))?;
    work.commit().await?;
    Ok(project)
}

/// Moves a project to the trash, or deletes it for good (U-45).
pub async fn delete(context: &Context, id_or_key: &str, to_trash: bool) -> Result<()> {
    let mut project = context.project(id_or_key)?.clone();
    if !context.access().administers() {
        return Err(Failure::forbidden("You do not have permission to delete projects."));
    }
    let mut work = context.begin().await?;
    work.changes_configuration();
    if to_trash {
        project.deleted = Some(context.now);
        project.deleted_by = context.caller.account_id().map(str::to_owned);
        db::projects::update(&mut work, &project).await?;
    } else {
        db::projects::delete(&mut work, project.id).await?;
    }
    Ok(work.commit().await?)
}

fn check_new(context: &Context, input: &ProjectInput) -> Result<(String, String, &'static Template, String)> {
    let mut complaints = Complaints::default();
    let key = input.key.clone().unwrap_or_default();
    let name = input.name.clone().unwrap_or_default();
    check_name(context, &name, None, &mut complaints);
    check_key(context, &key, None, &mut complaints);
    let lead = input.lead.clone().or_else(|| context.caller.account_id().map(str::to_owned)).unwrap_or_default();
    check_references(context, input, &mut complaints);
    let wanted = input.template_key.as_deref();
    let template = match wanted {
        Some(key) => TEMPLATES.iter().find(|template| template.key == key),
        None => {
            let type_key = input.type_key.as_deref().unwrap_or("software");
            TEMPLATES
                .iter()
                .find(|template| template.type_key == type_key)
                .or(TEMPLATES.iter().find(|t| t.type_key == "business"))
        }
    };
    let template = match template {
        Some(template) => template,
        None => {
            complaints.field("projectTemplateKey", "The project template specified does not exist.");
            &TEMPLATES[0]
        }
    };
    if let Some(type_key) = input.type_key.as_deref() {
        if !PROJECT_TYPES.contains(&type_key) {
            complaints.field("projectTypeKey", "The project type specified does not exist.");
        }
    } else if wanted.is_none() {
        complaints.field("projectType", "A project type or a project template must be provided.");
    }
    complaints.into_result()?;
    let permission = if template.team_managed { "CREATE_PROJECT" } else { "ADMINISTER" };
    if !context.access().global(permission) {
        return Err(Failure::forbidden("You do not have permission to create projects."));
    }
    Ok((key, name, template, lead))
}

/// What is wrong with a key for a new project or for this one (U-43).
pub fn key_complaint(context: &Context, key: &str, of: Option<i64>) -> Option<String> {
    let well_formed = key.starts_with(|c: char| c.is_ascii_uppercase())
        && key.len() >= 2
        && key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if key.is_empty() {
        return Some("You must specify a valid project key.".into());
    }
    if !well_formed {
        return Some("Project keys must start with an uppercase letter, followed by one or more uppercase alphanumeric characters.".into());
    }
    if key.len() > 10 {
        return Some("The project key must not exceed 10 characters in length.".into());
    }
    let owner = context.site.project_keys.get(key).filter(|id| Some(**id) != of)?;
    let name = context.site.projects.get(*owner).map_or("", |project| project.name.as_str());
    Some(format!("Project '{name}' uses this project key."))
}

fn check_key(context: &Context, key: &str, of: Option<i64>, complaints: &mut Complaints) {
    if let Some(sentence) = key_complaint(context, key, of) {
        complaints.field("projectKey", sentence);
    }
}

fn check_name(context: &Context, name: &str, of: Option<i64>, complaints: &mut Complaints) {
    let taken = |project: &&Project| Some(project.id) != of && project.name.to_lowercase() == name.to_lowercase();
    if name.trim().is_empty() {
        complaints.field("projectName", "You must specify a valid project name.");
    } else if name.chars().count() > 80 {
        complaints.field("projectName", "The project name must not exceed 80 characters in length.");
    } else if context.site.projects.iter().any(|project| taken(&project)) {
        complaints.field("projectName", "A project with that name already exists.");
    }
}

fn check_references(context: &Context, input: &ProjectInput, complaints: &mut Complaints) {
    let site = &context.site;
    if input.lead.as_ref().is_some_and(|id| !site.accounts.get(id).is_some_and(|account| account.active)) {
        complaints.field("projectLead", "You must specify a valid project lead.");
    }
    if input.assignee_type.as_ref().is_some_and(|kind| kind != "PROJECT_LEAD" && kind != "UNASSIGNED") {
        complaints.field("assigneeType", "Invalid default assignee.");
    }
    let mut unknown = |field: &str, id: Option<i64>, known: bool| {
        if let (Some(id), false) = (id, known) {
            complaints.field(field, format!("No object with id '{id}' was found."));
        }
    };
    let category = input.category_id.filter(|id| *id != -1);
    unknown("categoryId", category, category.is_some_and(|id| site.categories.get(id).is_some()));
    let scheme = input.permission_scheme_id;
    unknown("permissionScheme", scheme, scheme.is_some_and(|id| site.permission_schemes.get(id).is_some()));
    let scheme = input.issue_type_scheme_id;
    unknown("issueTypeScheme", scheme, scheme.is_some_and(|id| site.issue_type_schemes.get(id).is_some()));
    let scheme = input.workflow_scheme_id;
    unknown("workflowScheme", scheme, scheme.is_some_and(|id| site.workflow_schemes.get(id).is_some()));
    let scheme = input.issue_type_screen_scheme_id;
    unknown("issueTypeScreenScheme", scheme, scheme.is_some_and(|id| site.issue_type_screen_schemes.get(id).is_some()));
}

/// Another request was faster with the key or the name.
fn taken<'a>(key: &'a str, name: &'a str) -> impl Fn(db::Error) -> Failure + 'a {
    move |error| match db::constraint(&error) {
        Some("project_key_pkey") => {
            Failure::invalid_field("projectKey", format!("Project '{key}' uses this project key."))
        }
        Some("project_name") => {
            Failure::invalid_field("projectName", format!("A project with that name already exists: {name}"))
        }
        _ => error.into(),
    }
}

/// The project's issue type scheme: the site's types, or for a team-managed project types of its own.
async fn make_types(context: &Context, work: &mut Work, project: &Project, scope: Option<i64>) -> Result<i64> {
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
            db::projects::insert_issue_type(work, &own).await?;
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
    db::projects::insert_issue_type_scheme(work, &scheme).await?;
    Ok(scheme.id)
}

/// The project's simplified workflow and its scheme: from every status to every other (observed shapes, 0.6).
async fn make_workflow(
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
                db::projects::insert_status(work, &status).await?;
                statuses.push(status);
            }
        }
    }
    let done = context.site.resolutions.iter().next().map(|resolution| resolution.id);
    let workflow = simplified(&statuses, done);
    let name = format!("Software Simplified Workflow for Project {}", project.key);
    let id = Uuid::new_v4().to_string();
    Ok(db::projects::insert_workflow(work, &id, &name, &serde_json::to_value(workflow)?, scope, context.now).await?)
}

/// A workflow in which every status can be reached from every other.
pub fn simplified(statuses: &[Status], resolution: Option<i64>) -> Workflow {
    let step = |id: i64, name: &str, origin: Origin, to: &Status| Transition {
        id,
        name: name.into(),
        origin,
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
    }
}
