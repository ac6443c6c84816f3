//! Workflows as administrators make and change them (observed shapes, "workflows").

use super::{
    Context,
    replace::{self, Move, Part},
    statuses,
    tasks::{self, End, Job, Run},
};
use crate::{
    db::{self, Read, Work},
    domain::{
        audit::{Area, Record},
        config::StoredWorkflow,
        failure::{Complaints, Failure, Result},
        naming::{NAME, is_taken},
        permission::Access,
        snapshot::Snapshot,
        workflow::{
            Revision, Workflow,
            draft::{Draft, Element, Findings, Scope, StatusDraft, Statuses, Subject},
            migration::{self, Step},
        },
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

/// The refusal of who does not administer Jira.
pub const ADMINISTRATORS: &str = "Only Jira administrators can access the workflow configuration.";
/// The kind of the job that moves issues.
const MIGRATION: &str = "migrateWorkflows";
/// Ids of statuses that are not made.
const PROVISIONAL: std::ops::Range<i64> = i64::MIN..0;

/// What a request to make or change workflows gives.
#[derive(Debug, Default)]
pub struct Submission {
    /// The statuses that it names.
    pub statuses: Vec<StatusDraft>,
    /// The workflows.
    pub workflows: Vec<Draft>,
}

/// What workflows are after a change.
#[derive(Debug)]
pub struct Outcome {
    /// The site as it is now.
    pub site: Snapshot,
    /// Ids of the workflows, in the order of the request.
    pub ids: Vec<String>,
    /// The task that moves issues, if there are some to move.
    pub task_id: Option<i64>,
}

/// The answer for who may not see or change a workflow. The documents have 401 for it.
pub fn refusal() -> Failure {
    Failure::Unauthorized("You do not have permission to access workflows.".into())
}

/// Whether the caller may look at a workflow: all if they administer Jira, else those of single projects.
pub fn sees(access: &Access, site: &Snapshot, workflow: &StoredWorkflow) -> bool {
    let project = workflow.project_id.and_then(|id| site.projects.get(id));
    access.administers()
        || project.is_some_and(|project| {
            access.project(project, "ADMINISTER_PROJECTS") || access.project(project, "VIEW_READONLY_WORKFLOW")
        })
}

/// Refuses who may not change workflows of that scope.
pub fn must_manage(context: &Context, project_id: Option<i64>) -> Result<()> {
    let access = context.access();
    let own = project_id.and_then(|id| context.site.projects.get(id));
    if access.administers() || own.is_some_and(|project| access.administers_project(project)) {
        return Ok(());
    }
    Err(refusal())
}

/// What is wrong with workflows that are to be made, for company-managed projects or for a team-managed one.
pub fn check_new(context: &Context, project_id: Option<i64>, submission: &Submission) -> Result<Findings> {
    must_manage(context, project_id)?;
    let mut findings = Findings::default();
    let scope = Scope { site: &context.site, project_id, updating: false };
    let statuses = scope.statuses(&submission.statuses, PROVISIONAL, &mut findings);
    define(scope, submission, &statuses, &mut findings);
    Ok(findings)
}

/// Makes workflows with their statuses, all or none.
pub async fn create(context: &Context, project_id: Option<i64>, submission: &Submission) -> Result<Outcome> {
    must_manage(context, project_id)?;
    let (context, mut work) = context.begin_alone().await?;
    let mut findings = Findings::default();
    let scope = Scope { site: &context.site, project_id, updating: false };
    let ids = status_ids(&mut work, submission).await?;
    let statuses = scope.statuses(&submission.statuses, ids, &mut findings);
    let definitions = define(scope, submission, &statuses, &mut findings);
    refuse(findings)?;
    store_statuses(&context.site, &mut work, &statuses).await?;
    let mut ids = Vec::new();
    for (draft, definition) in submission.workflows.iter().zip(definitions) {
        let workflow = StoredWorkflow {
            id: Uuid::new_v4().to_string(),
            name: draft.name.trim().to_owned(),
            description: draft.description.clone().unwrap_or_default(),
            definition,
            created: Some(context.now),
            updated: Some(context.now),
            project_id,
            revision: Revision { number: 0, id: Uuid::new_v4() },
        };
        db::workflows::insert(&mut work, &workflow).await?;
        work.record(record("Workflow created", &workflow));
        ids.push(workflow.id);
    }
    finish(work, ids, None).await
}

/// The workflows that are to be made.
fn define(scope: Scope, submission: &Submission, statuses: &Statuses, findings: &mut Findings) -> Vec<Workflow> {
    let project = scope.project_id.map(|id| scope.site.projects.get(id));
    if project.is_some_and(|project| project.is_none_or(|project| !project.simplified || project.deleted.is_some())) {
        let message = "The scope PROJECT is for team-managed projects only.";
        findings.error(Subject::Scope, "INVALID_SCOPE", message, Element::default());
    }
    let mut names: Vec<String> = scope.site.workflows.values().map(|workflow| workflow.name.clone()).collect();
    let mut definitions = Vec::new();
    for draft in &submission.workflows {
        let mut wrong = |code, message: String| findings.error(Subject::Workflow, code, message, Element::default());
        let name = draft.name.trim();
        if name.is_empty() || name.chars().count() > NAME {
            wrong("INVALID_WORKFLOW_NAME", format!("Workflow names must have between 1 and {NAME} characters."));
        }
        if is_taken(names.iter(), name) {
            let message = format!("Workflow name \"{name}\" already in use. Try a different name.");
            wrong("NON_UNIQUE_WORKFLOW_NAME", message);
        }
        names.push(name.to_owned());
        definitions.push(scope.workflow(draft, statuses, findings));
    }
    definitions
}

/// A workflow that is to be changed.
struct Plan<'a> {
    stored: &'a StoredWorkflow,
    description: Option<&'a str>,
    definition: Workflow,
    steps: Vec<Step>,
}

/// What is wrong with changes of workflows.
pub async fn check_changes(context: &Context, submission: &Submission) -> Result<Findings> {
    let mut findings = Findings::default();
    let scope = scope_of(context, submission)?;
    let statuses = scope.statuses(&submission.statuses, PROVISIONAL, &mut findings);
    let mut read = context.read().await?;
    plan(&mut read, scope, submission, &statuses, &mut findings).await?;
    Ok(findings)
}

/// Changes workflows with their statuses, all or none. Issues in statuses that are lost are moved by a task; until
/// that is done, the workflow keeps them as deprecated ones.
pub async fn update(context: &Context, submission: &Submission) -> Result<Outcome> {
    scope_of(context, submission)?;
    let (context, mut work) = context.begin_alone().await?;
    if db::tasks::is_open(&mut work, &json!({ "kind": MIGRATION })).await? {
        return Err(Failure::Conflict("Another workflow configuration update task is ongoing.".into()));
    }
    let scope = scope_of(&context, submission)?;
    let mut findings = Findings::default();
    let ids = status_ids(&mut work, submission).await?;
    let statuses = scope.statuses(&submission.statuses, ids, &mut findings);
    let plans = plan(&mut work, scope, submission, &statuses, &mut findings).await?;
    refuse(findings)?;
    store_statuses(&context.site, &mut work, &statuses).await?;
    let task_id = submit(&context, &mut work, &plans).await?;
    let mut ids = Vec::new();
    for plan in plans {
        let Plan { stored, description, mut definition, steps } = plan;
        let names = |definition: &Workflow| {
            let name = |id: &i64| {
                let new = statuses.new.iter().chain(&statuses.changed).find(|status| status.id == *id);
                new.or_else(|| context.site.statuses.get(*id)).map_or("", |status| status.name.as_str())
            };
            definition.statuses.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        let transitions = |definition: &Workflow| {
            definition.transitions.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let record = record("Workflow updated", stored)
            .change("Description", Some(&stored.description), description.or(Some(&stored.description)))
            .change("Statuses", Some(&names(&stored.definition)), Some(&names(&definition)))
            .change("Transitions", Some(&transitions(&stored.definition)), Some(&transitions(&definition)));
        work.record(record);
        if !steps.is_empty() {
            definition.keep(migration::lost(&stored.definition, &definition), task_id);
        }
        db::workflows::change(&mut work, &stored.id, description, &definition, !steps.is_empty()).await?;
        ids.push(stored.id.clone());
    }
    finish(work, ids, task_id).await
}

/// Whose workflows a request changes: those of one team-managed project, or those of the company-managed ones.
fn scope_of<'a>(context: &'a Context, submission: &Submission) -> Result<Scope<'a>> {
    let site = &context.site;
    let mut found = submission.workflows.iter().filter_map(|draft| site.workflows.get(&draft.id));
    let project_id = found.next().and_then(|workflow| workflow.project_id);
    must_manage(context, project_id)?;
    if found.any(|workflow| workflow.project_id != project_id) {
        return Err(Failure::invalid("All workflows of a request must have the same scope."));
    }
    Ok(Scope { site, project_id, updating: true })
}

/// The workflows as they will be.
async fn plan<'a>(
    db: &mut Read,
    scope: Scope<'a>,
    submission: &'a Submission,
    statuses: &Statuses,
    findings: &mut Findings,
) -> Result<Vec<Plan<'a>>> {
    let mut plans: Vec<Plan> = Vec::new();
    for draft in &submission.workflows {
        let mut wrong = |code, message: String| findings.error(Subject::Workflow, code, message, Element::default());
        let Some(stored) = scope.site.workflows.get(&draft.id) else {
            wrong("WORKFLOW_NOT_FOUND", format!("The workflow with id {} was not found.", draft.id));
            continue;
        };
        if stored.is_system() {
            wrong("WORKFLOW_NOT_EDITABLE", format!("The workflow \"{}\" can't be edited.", stored.name));
        }
        if plans.iter().any(|plan| plan.stored.id == stored.id) {
            wrong("NON_UNIQUE_WORKFLOW", format!("The workflow with id {} is given more than once.", draft.id));
        }
        if draft.revision != Some(stored.revision) {
            let message = format!("The workflow \"{}\" is not of the given version any more.", stored.name);
            wrong(OTHER_VERSION, message);
        }
        let definition = scope.workflow(draft, statuses, findings);
        let lost = migration::lost(&stored.definition, &definition);
        let steps = if lost.is_empty() {
            Vec::new()
        } else {
            let projects: Vec<i64> = scope.site.projects.iter().map(|project| project.id).collect();
            let usages = db::workflows::usages(db, &lost, &projects).await?;
            migration::steps(scope.site, stored, (draft, statuses), &definition, &usages, findings)
        };
        plans.push(Plan { stored, description: draft.description.as_deref(), definition, steps });
    }
    Ok(plans)
}

/// The code for a change of what has been changed by somebody else.
const OTHER_VERSION: &str = "WORKFLOW_VERSION_CONFLICT";

/// Refuses what has errors; warnings don't matter.
fn refuse(findings: Findings) -> Result<()> {
    let errors: Vec<_> = findings.0.into_iter().filter(|finding| finding.is_error).collect();
    if let Some(conflict) = errors.iter().find(|finding| finding.code == OTHER_VERSION) {
        return Err(Failure::Conflict(conflict.message.clone()));
    }
    let mut complaints = Complaints::default();
    for error in errors {
        // One sentence may be true of several elements.
        if !complaints.messages.contains(&error.message) {
            complaints.messages.push(error.message);
        }
    }
    complaints.into_result()
}

/// Ids for the statuses that are to be made.
async fn status_ids(work: &mut Work, submission: &Submission) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    for _ in submission.statuses.iter().filter(|status| status.id.is_none()) {
        ids.push(work.next_id("status").await?);
    }
    Ok(ids)
}

async fn store_statuses(site: &Snapshot, work: &mut Work, statuses: &Statuses) -> Result<()> {
    for status in &statuses.new {
        db::statuses::put(work, status).await?;
        work.record(statuses::record("Status created", status));
    }
    for new in &statuses.changed {
        db::statuses::put(work, new).await?;
        if let Some(old) = site.statuses.get(new.id) {
            work.record(statuses::changed_record(old, new));
        }
    }
    Ok(())
}

/// The task that moves issues out of lost statuses, if there are some.
async fn submit(context: &Context, work: &mut Work, plans: &[Plan<'_>]) -> Result<Option<i64>> {
    let moving = || plans.iter().filter(|plan| !plan.steps.is_empty());
    let one = |step: &Step| Move {
        part: Part::Status,
        from: step.from,
        to: Some(step.to),
        project_ids: Some(vec![step.project_id]),
        issue_type_ids: step.issue_type_ids.clone(),
    };
    let job = Job::MigrateWorkflows {
        workflow_ids: moving().map(|plan| plan.stored.id.clone()).collect(),
        moves: moving().flat_map(|plan| &plan.steps).map(one).collect(),
    };
    match moving().next() {
        Some(_) => Ok(Some(tasks::submit(context, work, &job).await?.id)),
        None => Ok(None),
    }
}

/// Moves issues out of the statuses that workflows have lost, and lets go of these.
pub async fn migrate_in_background(run: &mut Run, workflow_ids: &[String], moves: &[Move]) -> Result<End> {
    if let Some(end) = replace::in_background(run, moves).await? {
        return Ok(end);
    }
    let (context, mut work) = run.context().await?.begin_alone().await?;
    // What came about since the steps before.
    for moved in moves {
        moved.now(&context, &mut work).await?;
    }
    for id in workflow_ids {
        let Some(workflow) = context.site.workflows.get(id) else { continue };
        let mut definition = workflow.definition.clone();
        definition.settle();
        db::workflows::change(&mut work, id, None, &definition, false).await?;
        work.record(record("Workflow migrated", workflow));
    }
    work.commit_recorded_if_any().await?;
    Ok(End::Complete(Value::Null))
}

/// Deletes a workflow that no scheme has.
pub async fn delete(context: &Context, id: &str) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let workflow = context.site.workflows.get(id).ok_or_else(|| Failure::not_found("The workflow was not found."))?;
    let schemes: Vec<_> = context.site.schemes_with(id).collect();
    if workflow.is_system() {
        return Err(Failure::invalid("Cannot delete a system workflow."));
    }
    if schemes.iter().any(|scheme| context.site.projects.iter().any(|one| one.workflow_scheme_id == scheme.id)) {
        return Err(Failure::invalid("Cannot delete an active workflow."));
    }
    if !schemes.is_empty() {
        return Err(Failure::invalid("Cannot delete a workflow that is associated with a workflow scheme."));
    }
    db::workflows::delete(&mut work, id).await?;
    Ok(work.commit(record("Workflow deleted", workflow)).await?)
}

/// Commits, and tells what the site is then.
async fn finish(mut work: Work, ids: Vec<String>, task_id: Option<i64>) -> Result<Outcome> {
    let site = db::metadata::load(&mut work).await?.ok_or(Failure::Stale)?;
    work.commit_recorded().await?;
    Ok(Outcome { site, ids, task_id })
}

fn record(summary: &str, workflow: &StoredWorkflow) -> Record {
    Record::new(summary, Area::Workflows, workflow.thing())
}
