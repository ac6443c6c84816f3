//! Creating, editing, assigning and deleting issues.

mod parts;

use super::{Context, transitions, worklogs};
use crate::{
    db::{
        self, Read, Work,
        issues::{Name, Wanted},
    },
    domain::{
        assignment::default_assignee,
        audit::Thing,
        config::{IssueType, Project},
        failure::{Complaints, Failure, Result},
        fields::{Kind, defaults},
        issue::{
            Issue, References,
            changes::{self, ChangeItem},
            edit::{Editor, Extras, Input},
            screen::{Asked, Purpose, asked},
            values::{TextFormat, chosen, member},
        },
        permission::Access,
        rank,
    },
};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What a request to create an issue gives.
#[derive(Debug, Default)]
pub struct NewIssue {
    /// `fields` and `update`.
    pub input: Input,
    /// A transition to take right away.
    pub transition: Option<String>,
    /// Entity properties: key and value.
    pub properties: Vec<(String, Value)>,
}

/// What a request to edit an issue asks for beside its input.
#[derive(Debug, Default)]
pub struct Edit {
    /// `fields` and `update`.
    pub input: Input,
    /// Entity properties: key and value.
    pub properties: Vec<(String, Value)>,
    /// Administrators may set fields that are on no screen.
    pub override_screen: bool,
    /// Administrators of the project may keep the change from its watchers.
    pub quiet: bool,
}

/// Creates an issue (J-1 to J-23).
pub async fn create(context: &Context, new: &NewIssue, format: TextFormat) -> Result<Issue> {
    let (context, mut work) = context.begin_settled().await?;
    let context = &context;
    let (project, issue_type) = place(context, &new.input.fields)?;
    let workflow = context.site.workflow_of(project, issue_type.id);
    let initial = workflow
        .and_then(|workflow| workflow.definition.initial())
        .ok_or_else(|| Failure::invalid("The workflow of this project has no initial transition."))?;
    let status_id = initial.to.ok_or_else(|| Failure::invalid("The initial transition leads nowhere."))?;
    let references = context.references(&mut work, &new.input.issue_references()).await?;
    let mut issue = blank(context, project, issue_type, status_id);
    let mut editor = Editor {
        site: &context.site,
        project,
        access: context.access(),
        people: None,
        references: &references,
        format,
        extras: Extras::default(),
    };
    let asked = asked(&context.site, context.access(), project, issue_type, Purpose::Create, None);
    let mut complaints = editor.apply(&mut issue, &new.input, &asked, true);
    if complaints.is_empty() && !context.access().project(project, "CREATE_ISSUES") {
        complaints.field("project", no_permission(context));
    }
    complaints.into_result()?;
    let named = |id: &str| new.input.fields.contains_key(id) || new.input.update.contains_key(id);
    if !named("assignee") {
        let lead = project.lead.as_ref().filter(|_| !context.site.site.settings.unassigned_issues_allowed);
        issue.assignee = default_assignee(&context.site, project, &issue.component_ids).or_else(|| lead.cloned());
    }
    if !named("security") {
        issue.security_level_id = default_level(context, project);
    }
    inherit_level(context, &mut issue, &references);
    let mut complaints = Complaints::default();
    transitions::validate(context, initial, &issue, &transitions::Relatives::default(), &editor, &mut complaints);
    complaints.into_result()?;
    transitions::run_post_functions(context, initial, project, &mut issue);
    issue.resolved = issue.resolution_id.map(|_| context.now);
    must_be_assigned(context, &issue)?;
    parts::hold(context, &mut work, None, &issue).await?;

    let mut extras = editor.extras;
    let worklogs = std::mem::take(&mut extras.worklogs);
    issue.id = work.next_id("issue").await?;
    issue.number = db::issues::next_number(&mut work, project.id).await?;
    issue.rank = rank::initial(issue.id);
    db::issues::insert(&mut work, &issue).await.map_err(no_level)?;
    let items = created_items(context, &issue, &references);
    store_extras(context, &mut work, &issue, extras, items, &references).await?;
    if !worklogs.is_empty() {
        let extras = Extras { worklogs, ..Extras::default() };
        save(context, &mut work, &issue.clone(), &mut issue, extras, &references).await?;
    }
    if let Some(account_id) = context.caller.account_id() {
        db::watchers::insert(&mut work, issue.id, account_id).await?; // J-23
    }
    store_properties(&mut work, issue.id, &new.properties).await?;
    if let Some(transition) = &new.transition {
        transitions::take(context, &mut work, &mut issue, transition, &Input::default(), format).await?;
    }
    work.commit(context.issue_record("Issue created", &issue)).await?;
    Ok(issue)
}

/// Edits an issue (J-50 to J-57); the issue as it is afterwards.
pub async fn edit(context: &Context, id_or_key: &str, edit: &Edit, format: TextFormat) -> Result<Issue> {
    let (context, mut work) = context.begin_settled().await?;
    let issue = edit_within(&context, &mut work, id_or_key, edit, format).await?;
    work.commit_recorded().await?;
    Ok(issue)
}

/// The same in a transaction of the caller's.
pub async fn edit_within(
    context: &Context,
    work: &mut Work,
    id_or_key: &str,
    edit: &Edit,
    format: TextFormat,
) -> Result<Issue> {
    let (old, project) = locked(context, work, id_or_key).await?;
    let issue_type = context.site.issue_types.get(old.issue_type_id).ok_or_else(Failure::no_issue)?;
    if edit.override_screen && !context.access().administers() {
        return Err(Failure::forbidden("You do not have permission to override the screen security of this issue.")); // J-55
    }
    if edit.quiet && !context.access().administers_project(project) {
        let sentence = "To discard the user notification either admin or project admin permissions are required.";
        return Err(Failure::forbidden(sentence)); // J-54
    }
    let may_edit = context.access().on(project, old.people(), "EDIT_ISSUES");
    let mut asked = if may_edit {
        asked(&context.site, context.access(), project, issue_type, Purpose::Edit, Some(old.people()))
    } else {
        Vec::new()
    }; // J-53
    if !may_edit && !edit.properties.is_empty() {
        return Err(Failure::forbidden("You do not have permission to edit issues in this project."));
    }
    if edit.override_screen && may_edit {
        asked = context.site.fields.iter().map(|field| Asked { field, required: false }).collect();
    }
    let mut texts = edit.input.issue_references();
    texts.extend(old.parent_id.map(|id| id.to_string()));
    let references = context.references(work, &texts).await?;
    let mut issue = old.clone();
    let mut editor = Editor {
        site: &context.site,
        project,
        access: context.access(),
        people: Some(old.people()),
        references: &references,
        format,
        extras: Extras::default(),
    };
    editor.apply(&mut issue, &edit.input, &asked, false).into_result()?;
    let extras = editor.extras;
    if issue.parent_id != old.parent_id {
        inherit_level(context, &mut issue, &references);
    }
    if issue.assignee != old.assignee {
        must_be_assigned(context, &issue)?;
    }
    save(context, work, &old, &mut issue, extras, &references).await?;
    store_properties(work, issue.id, &edit.properties).await?;
    Ok(issue)
}

/// Assigns an issue: to an account, to nobody, or by the project's rule for `-1` (J-58).
pub async fn assign(context: &Context, id_or_key: &str, account_id: Option<&str>) -> Result<()> {
    let (context, mut work) = context.begin_settled().await?;
    let (old, project) = locked(&context, &mut work, id_or_key).await?;
    if !context.access().on(project, old.people(), "ASSIGN_ISSUES") {
        return Err(Failure::forbidden("You do not have permission to assign issues."));
    }
    let mut issue = old.clone();
    issue.assignee = match account_id {
        None => None,
        Some("-1") => default_assignee(&context.site, project, &issue.component_ids),
        Some(id) if !context.site.accounts.contains_key(id) => {
            return Err(Failure::invalid_field("assignee", format!("User '{id}' does not exist."))); // J-16
        }
        Some(id) if !Access::assignable(&context.site, project, id) => {
            return Err(Failure::invalid_field("assignee", format!("User '{id}' cannot be assigned issues.")));
        }
        Some(id) => Some(id.to_owned()),
    };
    must_be_assigned(&context, &issue)?;
    save(&context, &mut work, &old, &mut issue, Extras::default(), &References::new()).await?;
    Ok(work.commit_recorded().await?)
}

/// An issue is somebody's, where the site wants that.
fn must_be_assigned(context: &Context, issue: &Issue) -> Result<()> {
    if issue.assignee.is_some() || context.site.site.settings.unassigned_issues_allowed {
        return Ok(());
    }
    Err(Failure::invalid_field("assignee", "Issues must be assigned."))
}

/// Deletes an issue, and its sub-tasks if asked to (J-59).
pub async fn delete(context: &Context, id_or_key: &str, with_subtasks: bool) -> Result<()> {
    let mut work = context.begin().await?;
    delete_within(context, &mut work, id_or_key, with_subtasks).await?;
    Ok(work.commit_recorded().await?)
}

/// The same in a transaction of the caller's.
pub async fn delete_within(context: &Context, work: &mut Work, id_or_key: &str, with_subtasks: bool) -> Result<()> {
    let name = context.required_issue_name(id_or_key)?;
    let wanted = Wanted { neighbours: true, ..Wanted::default() };
    db::issues::lock(work, name).await?;
    let loaded = db::issues::find(work, name, wanted, None).await?.ok_or_else(Failure::no_issue)?;
    let issue = loaded.issue;
    let project = context.project_of(&issue)?;
    if !context.access().on(project, issue.people(), "DELETE_ISSUES") {
        return Err(Failure::forbidden("You do not have permission to delete issues in this project."));
    }
    let mut ids = vec![issue.id];
    ids.extend(loaded.around.subtasks.iter().map(|subtask| subtask.id));
    if ids.len() > 1 && !with_subtasks {
        let key = context.site.issue_key(issue.project_id, issue.number);
        return Err(Failure::invalid(format!(
            "The issue '{key}' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this issue and all its subtasks."
        )));
    }
    db::issues::delete(work, &ids).await?;
    let mut record = context.issue_record("Issue deleted", &issue);
    for subtask in &loaded.around.subtasks {
        record =
            record.with(Thing::new("ISSUE", subtask.id, context.site.issue_key(subtask.project_id, subtask.number)));
    }
    work.record(record);
    Ok(())
}

/// The issue and its project, if the caller may see them.
pub async fn visible<'a>(context: &'a Context, db: &mut Read, id_or_key: &str) -> Result<(Issue, &'a Project)> {
    let name = context.required_issue_name(id_or_key)?;
    let loaded = db::issues::find(db, name, Wanted::default(), None).await?.ok_or_else(Failure::no_issue)?;
    let project = context.project_of(&loaded.issue)?;
    Ok((loaded.issue, project))
}

/// The same, locked until the end of the transaction.
pub async fn locked<'a>(context: &'a Context, work: &mut Work, id_or_key: &str) -> Result<(Issue, &'a Project)> {
    db::issues::lock(work, context.required_issue_name(id_or_key)?).await?;
    visible(context, work, id_or_key).await
}

/// Issues by ids or keys, in their order; without those that are missing or that the caller may not see.
pub async fn named(context: &Context, db: &mut Read, texts: &[String]) -> Result<Vec<Option<Issue>>> {
    let names: Vec<Option<Name>> = texts.iter().map(|text| context.issue_name(text)).collect();
    let ids = db::issues::ids(db, &names).await?;
    let wanted: Vec<i64> = ids.iter().flatten().copied().collect();
    let loaded = db::issues::list(db, &wanted, Wanted::default(), None).await?;
    let visible = loaded.into_iter().map(|loaded| loaded.issue).filter(|issue| context.project_of(issue).is_ok());
    let issues: HashMap<i64, Issue> = visible.map(|issue| (issue.id, issue)).collect();
    Ok(ids.into_iter().map(|id| issues.get(&id?).cloned()).collect())
}

/// Stores a changed issue with its history and what was added beside it. Nothing changed: nothing is stored (J-57).
pub async fn save(
    context: &Context,
    work: &mut Work,
    old: &Issue,
    issue: &mut Issue,
    mut extras: Extras,
    references: &References,
) -> Result<()> {
    let touched = !extras.is_empty();
    parts::hold(context, work, Some(old), issue).await?;
    if !extras.worklogs.is_empty() {
        let edits = std::mem::take(&mut extras.worklogs);
        let logged = worklogs::apply(context, work, issue, edits).await.map_err(|failure| match failure {
            Failure::NotFound(sentence) => Failure::invalid_field("worklog", sentence),
            other => other,
        });
        extras.items.extend(logged?.0);
    }
    follow_up(context, old, issue);
    // An estimate stands where it would if it had changed.
    let (mut items, more): (Vec<ChangeItem>, _) = extras.items.drain(..).partition(|item| item.field_id.is_some());
    items.extend(changes::between(&context.site, old, issue, references));
    items.extend(more);
    let mut record = context.issue_record("Issue updated", issue);
    for item in &items {
        record = record.change(&item.field, item.from_string.as_deref(), item.to_string.as_deref());
    }
    work.record(record);
    if touched || issue != old {
        issue.updated = context.now;
        if !db::issues::update(work, issue).await.map_err(no_level)? {
            return Err(Failure::no_issue());
        }
    }
    if issue.security_level_id != old.security_level_id {
        let level_id = issue.security_level_id;
        for (id, former) in db::issues::share_level(work, issue.id, level_id, context.now).await? {
            let item = ChangeItem::security(&context.site, former, level_id);
            db::changelog::insert(work, id, context.author(), context.now, &[item]).await?;
        }
    }
    store_extras(context, work, issue, extras, items, references).await
}

/// The issue's security level was deleted meanwhile.
fn no_level(error: db::Error) -> Failure {
    match db::constraint(&error) {
        Some("issue_security_level") => Failure::invalid_field("security", "The security level does not exist."),
        _ => error.into(),
    }
}

/// The security level of issues of a project that name none.
pub fn default_level(context: &Context, project: &Project) -> Option<i64> {
    context.site.levels_of(project).find(|level| level.is_default).map(|level| level.id)
}

/// Sub-tasks have the security level of their parent.
pub fn inherit_level(context: &Context, issue: &mut Issue, references: &References) {
    let is_subtask = context.site.issue_types.get(issue.issue_type_id).is_some_and(IssueType::is_subtask);
    let parent = references.values().find(|reference| Some(reference.id) == issue.parent_id);
    if let (true, Some(parent)) = (is_subtask, parent) {
        issue.security_level_id = parent.security_level_id;
    }
}

/// Changes many issues because something that they refer to changes, each with its history.
pub async fn revise(context: &Context, work: &mut Work, ids: &[i64], change: impl Fn(&mut Issue)) -> Result<()> {
    const AT_ONCE: usize = 500;
    for ids in ids.chunks(AT_ONCE) {
        db::issues::lock_all(work, ids).await?;
        for loaded in db::issues::list(work, ids, Wanted::default(), None).await? {
            let mut issue = loaded.issue.clone();
            change(&mut issue);
            save(context, work, &loaded.issue, &mut issue, Extras::default(), &References::new()).await?;
        }
    }
    Ok(())
}

/// Dates that follow from other fields.
fn follow_up(context: &Context, old: &Issue, issue: &mut Issue) {
    match (old.resolution_id, issue.resolution_id) {
        (None, Some(_)) => issue.resolved = Some(context.now),
        (Some(_), None) => issue.resolved = None,
        _ => {}
    }
    let category = |id: i64| context.site.statuses.get(id).map(|status| status.category);
    if category(old.status_id) != category(issue.status_id) {
        issue.status_category_changed = context.now;
    }
}

/// Adds comments and links, changes comments, and writes the history entry of everything that was done together.
async fn store_extras(
    context: &Context,
    work: &mut Work,
    issue: &Issue,
    extras: Extras,
    mut items: Vec<ChangeItem>,
    references: &References,
) -> Result<()> {
    for comment in extras.comments {
        let comment = super::comments::insert(context, work, issue, comment).await?;
        work.record(super::comments::record(context, "Comment added", issue, &comment));
    }
    for edit in extras.comment_edits {
        super::comments::apply(context, work, issue, edit).await.map_err(|failure| match failure {
            Failure::NotFound(sentence) => Failure::invalid_field("comment", sentence),
            other => other,
        })?;
    }
    for link in extras.links {
        super::links::check_limit(context, work, &[issue.id, link.other_id]).await?;
        let (source, destination) = if link.outward { (issue.id, link.other_id) } else { (link.other_id, issue.id) };
        if !db::links::insert(work, link.type_id, source, destination).await? {
            continue; // J-111
        }
        let kind = context.site.link_types.get(link.type_id);
        let other = references.values().find(|reference| reference.id == link.other_id);
        if let (Some(kind), Some(other)) = (kind, other) {
            let phrase = |outward: bool| if outward { &kind.outward } else { &kind.inward };
            let end = Thing::new("ISSUE", other.id, context.key_of(other));
            work.record(context.issue_record("Issue link created", issue).with(end));
            items.push(ChangeItem::link_added(phrase(link.outward), &context.key_of(other)));
            // The other end's history tells it too (J-84).
            let own_key = context.site.issue_key(issue.project_id, issue.number);
            let mirrored = ChangeItem::link_added(phrase(!link.outward), &own_key);
            db::changelog::insert(work, link.other_id, context.author(), context.now, &[mirrored]).await?;
        }
    }
    Ok(db::changelog::insert_told(work, issue.id, context.author(), context.now, &items, extras.metadata.as_ref())
        .await?)
}

/// Stores properties given with an issue.
pub async fn store_properties(work: &mut Work, issue_id: i64, properties: &[(String, Value)]) -> Result<()> {
    for (key, value) in properties {
        db::properties::put(work, "issue", &issue_id.to_string(), key, value).await?;
    }
    Ok(())
}

/// Creation leaves no history but of the parent (J-85).
fn created_items(context: &Context, issue: &Issue, references: &References) -> Vec<ChangeItem> {
    let orphan = Issue { parent_id: None, ..issue.clone() };
    changes::between(&context.site, &orphan, issue, references)
}

/// Project and type of a new issue: what decides which fields there are (J-2).
pub fn place<'a>(context: &'a Context, fields: &Map<String, Value>) -> Result<(&'a Project, &'a IssueType)> {
    let invalid = || Failure::invalid_field("project", "Specify a valid project ID or key");
    let (_, text) = chosen(member(fields, "project"), &["id", "key"]).ok().flatten().ok_or_else(invalid)?;
    let project =
        context.site.project(&text).filter(|project| project.deleted.is_none() && context.access().sees(project));
    let project = project.ok_or_else(invalid)?;
    if project.archived.is_some() {
        return Err(Failure::invalid_field("project", "The project is archived."));
    }
    let (key, text) = chosen(member(fields, "issuetype"), &["id", "name"])
        .ok()
        .flatten()
        .ok_or_else(|| Failure::invalid_field("issuetype", "Specify an issue type"))?;
    let mut types = context.site.issue_types_of(project);
    let found = types.find(|kind| if key == "id" { kind.id.to_string() == text } else { kind.name == text });
    let issue_type = found.ok_or_else(|| Failure::invalid_field("issuetype", "The issue type selected is invalid."))?; // J-9
    if issue_type.is_subtask() && !context.site.site.settings.subtasks_enabled {
        return Err(Failure::invalid_field("issuetype", "Sub-tasks are not enabled."));
    }
    Ok((project, issue_type))
}

fn no_permission(context: &Context) -> &'static str {
    match context.caller.account {
        Some(_) => "You do not have permission to create issues in this project.",
        None => "Anonymous users do not have permission to create issues in this project. Please try logging in first.",
    }
}

/// A new issue with what it has before the request's fields are looked at (J-22).
fn blank(context: &Context, project: &Project, issue_type: &IssueType, status_id: i64) -> Issue {
    let site = &context.site;
    let caller = context.caller.account_id().map(str::to_owned);
    let defaults =
        site.fields.custom.iter().filter(|field| Kind::of(&field.type_key) != Kind::Rank).filter_map(|field| {
            let covering = site.fields.context(field.id, project.id, issue_type.id)?;
            let kept = covering.default_value.as_ref()?;
            let value = defaults::initial(site, project, Kind::of(&field.type_key), kept, context.now)?;
            Some((field.id.to_string(), value))
        });
    Issue {
        id: 0,
        project_id: project.id,
        number: 0,
        issue_type_id: issue_type.id,
        status_id,
        priority_id: site.default_priority_of(project.id).map(|priority| priority.id),
        resolution_id: None,
        summary: String::new(),
        description: None,
        environment: None,
        creator: caller.clone(),
        reporter: caller,
        assignee: None,
        parent_id: None,
        security_level_id: None,
        labels: Vec::new(),
        component_ids: Vec::new(),
        fix_version_ids: Vec::new(),
        affected_version_ids: Vec::new(),
        created: context.now,
        updated: context.now,
        due: None,
        resolved: None,
        status_category_changed: context.now,
        original_estimate: None,
        remaining_estimate: None,
        time_spent: None,
        rank: String::new(),
        archived: None,
        custom: defaults.collect(),
    }
}

/// Everything that is wrong with one element of a bulk request, as its own answer (J-24).
pub fn complaints_of(failure: Failure) -> Complaints {
    match failure {
        Failure::Invalid(complaints) => complaints,
        Failure::NotFound(message) | Failure::Forbidden(message) => {
            Complaints { messages: vec![message], ..Complaints::default() }
        }
        // What was made before it stays made, and must be told.
        other => {
            tracing::error!(cause = ?other, "one element of a bulk request failed");
            Complaints { messages: vec!["Internal server error".into()], ..Complaints::default() }
        }
    }
}
