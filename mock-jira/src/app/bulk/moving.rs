//! Moving issues to another project, type or parent (J-30, J-135).

use super::{Context, Extras, Input, Issue, Record, TextFormat, chosen, submit};
use crate::{
    app::{
        bulk::{Action, Part},
        issues,
    },
    db::{
        self, Work,
        issues::{Name, Wanted},
        tasks::Task,
    },
    domain::{
        assignment::default_assignee,
        bulk::can_be_moved,
        config::{IssueType, Project},
        failure::{Failure, Result},
        fields::{Field, Kind},
        issue::{
            References,
            edit::Editor,
            screen::{Purpose, asked},
        },
        permission::Access,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};

/// Where issues go.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// The project.
    pub project_id: i64,
    /// One of its types.
    pub issue_type_id: i64,
    /// The issue above; without one, as it is if that is possible.
    pub parent_id: Option<i64>,
    /// Statuses that the workflow there does not have become its first one, else what is said here: pairs of a status
    /// and what it becomes.
    pub statuses: Option<Vec<(i64, i64)>>,
    /// Values for fields that are required there, and whether one that the issue has stays; none are asked for if
    /// issues keep what they have.
    pub fields: Option<BTreeMap<String, (Value, bool)>>,
    /// Sub-tasks go along, whatever their type becomes.
    pub with_subtasks: bool,
}

/// A target as a request names it, with the issues that go there.
#[derive(Debug)]
pub struct Mapping {
    /// `PROJECT,TYPE` or `PROJECT,TYPE,PARENT` (J-135).
    pub key: String,
    /// By ids or keys.
    pub names: Vec<String>,
    /// Without what the key names.
    pub target: Target,
}

/// Asks for issues to be moved.
pub async fn submit_moves(context: &Context, mappings: Vec<Mapping>, notify: bool) -> Result<Task> {
    let mut work = context.begin().await?;
    let all: Vec<String> = mappings.iter().flat_map(|mapping| &mapping.names).cloned().collect();
    let issues = chosen(context, &mut work, &all).await?;
    can_be_moved(issues.iter().map(|issue| fields_of(context, issue))).map_err(Failure::invalid)?;
    let moving: HashSet<i64> = issues.iter().map(|issue| issue.id).collect();
    let mut parts = Vec::with_capacity(mappings.len());
    for mapping in mappings {
        let mut issues = chosen(context, &mut work, &mapping.names).await?;
        let target = resolve(context, &mut work, &mapping).await?;
        check(context, &mut work, &target, &issues, &moving).await?;
        // Parents first: their sub-tasks are to find them there.
        let level = |issue: &Issue| context.site.issue_types.get(issue.issue_type_id).map_or(0, |kind| -kind.level);
        issues.sort_by_key(level);
        let issue_ids = issues.iter().map(|issue| issue.id).collect();
        parts.push(Part { action: Action::Move(target), issue_ids });
    }
    let is_subtask = |part: &Part| match &part.action {
        Action::Move(target) => context.site.issue_types.get(target.issue_type_id).is_some_and(IssueType::is_subtask),
        _ => false,
    };
    parts.sort_by_key(is_subtask);
    submit(context, work, parts, notify).await
}

/// How many fields an issue has, with a value or without.
fn fields_of(context: &Context, issue: &Issue) -> usize {
    let fields = &context.site.fields;
    let has = |id: i64| fields.context(id, issue.project_id, issue.issue_type_id).is_some();
    fields
        .iter()
        .filter(|field| match field {
            Field::System(_) => true,
            Field::Custom(custom, _) => has(custom.id),
        })
        .count()
}

/// The target that a key names.
async fn resolve(context: &Context, work: &mut Work, mapping: &Mapping) -> Result<Target> {
    let key = &mapping.key;
    let invalid = || Failure::invalid(format!("The target '{key}' is not valid."));
    let parts: Vec<&str> = key.split(',').map(str::trim).collect();
    let (project, kind, parent) = match parts[..] {
        [project, kind] => (project, kind, None),
        [project, kind, parent] => (project, kind, Some(parent).filter(|parent| !parent.is_empty())),
        _ => return Err(invalid()),
    };
    let project = context.project(project).map_err(|_| invalid())?;
    let kind = context.site.issue_types_of(project).find(|one| one.id.to_string() == kind).ok_or_else(invalid)?;
    if !context.access().project(project, "CREATE_ISSUES") {
        return Err(Failure::invalid("You do not have permission to create issues in the target project."));
    }
    let mut target = Target { project_id: project.id, issue_type_id: kind.id, ..mapping.target.clone() };
    if let Some(parent) = parent {
        let found = issues::named(context, work, &[parent.to_owned()]).await?.pop().flatten();
        target.parent_id = Some(found.ok_or_else(invalid)?.id);
    }
    Ok(target)
}

/// What can be known to be wrong before anything is moved.
async fn check(
    context: &Context,
    work: &mut Work,
    target: &Target,
    issues: &[Issue],
    moving: &HashSet<i64>,
) -> Result<()> {
    let there = workflow_statuses(context, target);
    for issue in issues {
        if let Some(statuses) = &target.statuses
            && !there.contains(&issue.status_id)
            && !becomes(statuses, issue.status_id).is_some_and(|status| there.contains(&status))
        {
            let id = issue.status_id;
            return Err(Failure::invalid(format!("A target status must be provided for the status with id {id}.")));
        }
        if target.with_subtasks || issue.project_id == target.project_id {
            continue;
        }
        let wanted = Wanted { neighbours: true, ..Wanted::default() };
        let around =
            db::issues::find(work, Name::Id(issue.id), wanted, None).await?.ok_or_else(Failure::no_issue)?.around;
        if around.subtasks.iter().any(|subtask| !moving.contains(&subtask.id)) {
            let key = context.site.issue_key(issue.project_id, issue.number);
            return Err(Failure::invalid(format!("The sub-tasks of the issue '{key}' must be moved with it.")));
        }
    }
    Ok(())
}

/// What a status becomes.
fn becomes(statuses: &[(i64, i64)], status_id: i64) -> Option<i64> {
    statuses.iter().find(|(source, _)| *source == status_id).map(|(_, target)| *target)
}

fn workflow_statuses(context: &Context, target: &Target) -> Vec<i64> {
    let project = context.site.projects.get(target.project_id);
    let workflow = project.and_then(|project| context.site.workflow_of(project, target.issue_type_id));
    workflow.map(|workflow| workflow.definition.statuses.clone()).unwrap_or_default()
}

/// Moves an issue, with its sub-tasks where they go along.
pub async fn relocate(context: &Context, work: &mut Work, name: &str, target: &Target) -> Result<()> {
    let (old, _) = issues::locked(context, work, name).await?;
    let wanted = Wanted { neighbours: true, ..Wanted::default() };
    let loaded = db::issues::find(work, Name::Id(old.id), wanted, None).await?.ok_or_else(Failure::no_issue)?;
    let subtasks = loaded.around.subtasks;
    let kind = context.site.issue_types.get(target.issue_type_id).ok_or_else(Failure::no_issue)?;
    if kind.is_subtask() && !subtasks.is_empty() {
        return Err(Failure::invalid("An issue with sub-tasks can't become a sub-task."));
    }
    place(context, work, &old, target).await?;
    if old.project_id == target.project_id || !target.with_subtasks {
        return Ok(());
    }
    let project = context.site.projects.get(target.project_id).ok_or_else(Failure::no_issue)?;
    // Whoever moves an issue may not see all of its sub-tasks; they go along all the same.
    let ids: Vec<i64> = subtasks.iter().map(|subtask| subtask.id).collect();
    db::issues::lock_all(work, &ids).await?;
    let loaded = db::issues::list(work, &ids, Wanted::default(), None).await?;
    let mut subtasks: Vec<Issue> = loaded.into_iter().map(|loaded| loaded.issue).collect();
    subtasks.sort_by_key(|subtask| subtask.id);
    for subtask in &subtasks {
        let types: Vec<&IssueType> = context.site.issue_types_of(project).filter(|kind| kind.is_subtask()).collect();
        let same = types.iter().find(|kind| kind.id == subtask.issue_type_id).or(types.first());
        let kind = same.ok_or_else(|| Failure::invalid("The target project has no type for sub-tasks."))?;
        let along =
            Target { project_id: project.id, issue_type_id: kind.id, parent_id: Some(old.id), ..Target::default() };
        place(context, work, subtask, &along).await?;
    }
    Ok(())
}

/// Gives one issue its new place.
async fn place(context: &Context, work: &mut Work, old: &Issue, target: &Target) -> Result<()> {
    let source = context.site.projects.get(old.project_id).ok_or_else(Failure::no_issue)?;
    let project = context.site.projects.get(target.project_id).ok_or_else(Failure::no_issue)?;
    let kind = context.site.issue_types_of(project).find(|kind| kind.id == target.issue_type_id);
    let kind = kind.ok_or_else(|| Failure::invalid_field("issuetype", "The issue type selected is invalid."))?; // J-9
    if !context.access().on(source, old.people(), "MOVE_ISSUES") {
        return Err(Failure::forbidden("You do not have permission to move issues in this project."));
    }
    if !context.access().project(project, "CREATE_ISSUES") {
        return Err(Failure::forbidden("You do not have permission to create issues in the target project."));
    }
    let parents: Vec<String> = target.parent_id.iter().chain(&old.parent_id).map(i64::to_string).collect();
    let references = context.references(work, &parents).await?;
    let mut issue = Issue { project_id: project.id, issue_type_id: kind.id, ..old.clone() };
    issue.parent_id = parent(context, &references, &issue, kind, target)?;
    settle(context, old, &mut issue, project, target)?;
    issues::inherit_level(context, &mut issue, &references);
    fill(context, &mut issue, project, kind, target)?;
    if issue.project_id != old.project_id {
        issue.number = db::issues::relocate(work, old, project.id).await?;
        let from = context.site.issue_key(old.project_id, old.number);
        let to = context.site.issue_key(issue.project_id, issue.number);
        let record: Record = context.issue_record("Issue moved", &issue).change("Key", Some(&from), Some(&to));
        work.record(record);
    }
    issues::save(context, work, old, &mut issue, Extras::default(), &references).await
}

/// The issue above in the new place (J-9 to J-11).
fn parent(
    context: &Context,
    references: &References,
    issue: &Issue,
    kind: &IssueType,
    target: &Target,
) -> Result<Option<i64>> {
    let fits = |id: i64| {
        let parent = references.values().find(|reference| reference.id == id)?;
        let level = context.site.issue_types.get(parent.issue_type_id)?.level;
        (level == kind.level + 1 && (!kind.is_subtask() || parent.project_id == issue.project_id)).then_some(id)
    };
    match target.parent_id {
        Some(id) => {
            let wrong = "Given parent work item does not belong to appropriate hierarchy"; // J-10
            Ok(Some(fits(id).ok_or_else(|| Failure::invalid_field("parentId", wrong))?))
        }
        None => match issue.parent_id.and_then(fits) {
            None if kind.is_subtask() => {
                let missing = "Issue type is a sub-task but parent issue key or id not specified."; // J-11
                Err(Failure::invalid_field("parent", missing))
            }
            parent => Ok(parent),
        },
    }
}

/// Lets go of what does not exist in the new place, or finds what corresponds to it.
fn settle(context: &Context, old: &Issue, issue: &mut Issue, project: &Project, target: &Target) -> Result<()> {
    let site = &context.site;
    let there = workflow_statuses(context, target);
    if !there.contains(&issue.status_id) {
        let first = || site.workflow_of(project, issue.issue_type_id)?.definition.initial()?.to;
        let status = match &target.statuses {
            Some(statuses) => becomes(statuses, issue.status_id).filter(|status| there.contains(status)),
            None => first(),
        };
        issue.status_id = status.ok_or_else(|| Failure::invalid("The target workflow has no status for the issue."))?;
    }
    if project.id != old.project_id {
        let version = |id: &i64| {
            let name = &site.versions.get(*id)?.name;
            site.versions_of(project.id).find(|version| version.name == *name).map(|version| version.id)
        };
        issue.fix_version_ids = old.fix_version_ids.iter().filter_map(version).collect();
        issue.affected_version_ids = old.affected_version_ids.iter().filter_map(version).collect();
        let component = |id: &i64| {
            let name = &site.components.get(*id)?.name;
            site.components_of(project.id).find(|component| component.name == *name).map(|component| component.id)
        };
        issue.component_ids = old.component_ids.iter().filter_map(component).collect();
        issue.security_level_id = issues::default_level(context, project);
        if issue.assignee.as_ref().is_some_and(|id| !Access::assignable(site, project, id)) {
            issue.assignee = default_assignee(site, project, &issue.component_ids);
        }
    }
    issue.custom.retain(|id, _| {
        let Some(field) = id.parse().ok().and_then(|id| site.fields.custom.get(id)) else { return false };
        let context = |issue: &Issue| {
            site.fields.context(field.id, issue.project_id, issue.issue_type_id).map(|context| context.id)
        };
        let now = site.fields.context(field.id, project.id, target.issue_type_id).map(|context| context.id);
        let chosen = matches!(Kind::of(&field.type_key), Kind::Option | Kind::Options | Kind::Cascade);
        let of_project = matches!(Kind::of(&field.type_key), Kind::Version | Kind::Versions);
        now.is_some() && (!chosen || now == context(old)) && (!of_project || project.id == old.project_id)
    });
    Ok(())
}

/// Gives required fields the values that the request has for them.
fn fill(context: &Context, issue: &mut Issue, project: &Project, kind: &IssueType, target: &Target) -> Result<()> {
    let Some(values) = &target.fields else { return Ok(()) };
    let none = References::new();
    let mut editor = Editor {
        site: &context.site,
        project,
        access: context.access(),
        people: None,
        references: &none,
        format: TextFormat::Document,
        extras: Extras::default(),
    };
    let own = ["project", "issuetype", "parent", "summary"];
    let mut required = asked(&context.site, context.access(), project, kind, Purpose::Create, None);
    required.retain(|asked| asked.required && !own.contains(&asked.field.id().as_str()));
    let mut fields = Map::new();
    for asked in &required {
        let id = asked.field.id();
        if let Some((value, retain)) = values.get(&id)
            && (!retain || editor.is_empty(issue, &id))
        {
            fields.insert(id, value.clone());
        }
    }
    let input = Input { fields, ..Input::default() };
    let mut complaints = editor.apply(issue, &input, &required, false);
    for asked in &required {
        let id = asked.field.id();
        if editor.is_empty(issue, &id) {
            complaints.field(&id, format!("{} is required.", asked.field.name())); // J-7
        }
    }
    complaints.into_result()
}
