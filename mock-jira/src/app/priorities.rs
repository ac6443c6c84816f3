//! Priorities: made, changed, put in order, and replaced in all issues before they are deleted.

use super::{
    ADMINISTRATORS, Context,
    avatars::{self, Owner},
    replace::{self, Move, Part},
    tasks::{self, End, Job, Run},
};
use crate::{
    db::{self, Work, tasks::Task},
    domain::{
        audit::{Area, Record, Thing},
        config::Priority,
        failure::{Complaints, Failure, Result},
        lenient,
        naming::{SHORT_DESCRIPTION, SHORT_NAME, check_length, check_name, is_taken},
        order::{self, Target},
        snapshot::Snapshot,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Icons that Jira ships, below `images/icons/priorities/`; each also with `_new` before the dot.
const ICONS: [&str; 10] =
    ["blocker", "critical", "high", "highest", "low", "lowest", "major", "medium", "minor", "trivial"];

/// What a request gives for a priority.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PriorityInput {
    /// Unique in any case.
    #[serde(deserialize_with = "lenient::text")]
    name: Option<String>,
    /// Free text.
    #[serde(deserialize_with = "lenient::text")]
    description: Option<String>,
    /// One that Jira ships, or an address.
    #[serde(deserialize_with = "lenient::text")]
    icon_url: Option<String>,
    /// An avatar instead.
    #[serde(deserialize_with = "lenient::int")]
    avatar_id: Option<i64>,
    /// Such as `#d04437`.
    #[serde(deserialize_with = "lenient::text")]
    status_color: Option<String>,
}

/// Makes a priority, below all others; the default scheme has it.
pub async fn create(context: &Context, input: PriorityInput) -> Result<Priority> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let mut complaints = Complaints::default();
    if input.name.is_none() {
        complaints.messages.push("The name has to be provided.".into());
    }
    if input.status_color.is_none() {
        complaints.messages.push("The statusColor has to be provided.".into());
    }
    if input.icon_url.is_none() && input.avatar_id.is_none() {
        complaints.messages.push("Either the iconUrl or the avatarId has to be provided.".into());
    }
    let blank = Priority {
        id: 0,
        name: String::new(),
        description: String::new(),
        icon: String::new(),
        avatar_id: None,
        status_color: String::new(),
        position: 0,
    };
    check_avatar(&mut work, &blank, &input, &mut complaints).await?;
    let mut priority = with(&context.site, blank, input, complaints)?;
    priority.id = work.next_id("priority").await?;
    db::priorities::put(&mut work, &priority).await?;
    if let Some(scheme) = context.site.default_priority_scheme() {
        let mut scheme = scheme.clone();
        scheme.priority_ids.push(priority.id);
        db::priority_schemes::put(&mut work, &scheme).await?;
    }
    work.commit(record("Priority created", &priority)).await?;
    Ok(priority)
}

/// Changes what the request names.
pub async fn update(context: &Context, id: &str, input: PriorityInput) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let old = find(&context.site, id)?;
    let PriorityInput { name, description, icon_url, avatar_id, status_color } = &input;
    if [name, description, icon_url, status_color].iter().all(|text| text.is_none()) && avatar_id.is_none() {
        return Err(Failure::invalid("At least one of the properties has to be provided."));
    }
    let mut complaints = Complaints::default();
    check_avatar(&mut work, old, &input, &mut complaints).await?;
    let new = with(&context.site, old.clone(), input, complaints)?;
    db::priorities::put(&mut work, &new).await?;
    let record = record("Priority updated", &new)
        .change("Name", Some(&old.name), Some(&new.name))
        .change("Description", Some(&old.description), Some(&new.description))
        .change("Color", Some(&old.status_color), Some(&new.status_color))
        .change("Icon", Some(&old.icon), Some(&new.icon));
    Ok(work.commit(record).await?)
}

async fn check_avatar(
    work: &mut Work,
    old: &Priority,
    input: &PriorityInput,
    complaints: &mut Complaints,
) -> Result<()> {
    if let Some(id) = input.avatar_id
        && !avatars::available(work, Owner::Priority(old), id).await?
    {
        complaints.messages.push("The avatarId is not that of an avatar of priorities.".into());
    }
    Ok(())
}

/// The priority as the input makes it, if nothing is wrong with that.
fn with(site: &Snapshot, old: Priority, input: PriorityInput, mut complaints: Complaints) -> Result<Priority> {
    let mut new = old;
    if let Some(name) = input.name {
        check_name(&name, SHORT_NAME, &mut complaints);
        let others = site.priorities.iter().filter(|other| other.id != new.id);
        if is_taken(others.map(|other| &other.name), &name) {
            complaints.messages.push("The name is used by another priority.".into());
        }
        new.name = name.trim().to_owned();
    }
    if let Some(description) = input.description {
        check_length("description", &description, SHORT_DESCRIPTION, &mut complaints);
        new.description = description;
    }
    if input.icon_url.is_some() && input.avatar_id.is_some() {
        complaints.messages.push("The iconUrl and the avatarId can't both be provided.".into());
    }
    if let Some(icon) = input.icon_url {
        check_length("iconUrl", &icon, SHORT_DESCRIPTION, &mut complaints);
        if !is_icon(&icon) {
            complaints.messages.push("The iconUrl is not valid.".into());
        }
        (new.icon, new.avatar_id) = (icon, None);
    }
    if let Some(id) = input.avatar_id {
        new.avatar_id = Some(id);
    }
    if let Some(color) = input.status_color {
        if !is_color(&color) {
            complaints.messages.push("The statusColor has to be in 3-digit or 6-digit hexadecimal format.".into());
        }
        new.status_color = color;
    }
    complaints.into_result()?;
    Ok(new)
}

fn is_icon(url: &str) -> bool {
    let shipped = url.trim_start_matches('/').strip_prefix("images/icons/priorities/").and_then(|name| {
        let name = name.strip_suffix(".png").or_else(|| name.strip_suffix(".svg"))?;
        Some(name.strip_suffix("_new").unwrap_or(name))
    });
    let address = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    shipped.is_some_and(|name| ICONS.contains(&name)) || address.is_some_and(|rest| !rest.is_empty())
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// Makes a priority the default of projects that follow the default scheme, or none.
pub async fn set_default(context: &Context, id: Option<&str>) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let new = id.map(|id| find(&context.site, id)).transpose()?;
    let scheme = context.site.default_priority_scheme();
    let mut scheme = scheme.ok_or_else(|| Failure::invalid("There is no default priority scheme."))?.clone();
    if new.is_some_and(|new| !scheme.priority_ids.contains(&new.id)) {
        return Err(Failure::invalid("The default priority has to be in the default priority scheme."));
    }
    let old = scheme.default_priority_id.and_then(|id| context.site.priorities.get(id));
    scheme.default_priority_id = new.map(|new| new.id);
    db::priority_schemes::put(&mut work, &scheme).await?;
    let record = Record::new("Default priority changed", Area::System, scheme.thing()).change(
        "Default priority",
        old.map(|old| old.name.as_str()),
        new.map(|new| new.name.as_str()),
    );
    Ok(work.commit(record).await?)
}

/// Moves priorities in their order.
pub async fn arrange(context: &Context, ids: &[String], target: Target<'_>) -> Result<()> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let all: Vec<i64> = context.site.priorities.iter().map(|priority| priority.id).collect();
    let order = order::moved(&all, ids, target, |unknown| missing(unknown[0]))?;
    db::priorities::arrange(&mut work, &order).await?;
    let names: Vec<&str> =
        order.iter().filter_map(|id| context.site.priorities.get(*id)).map(|p| p.name.as_str()).collect();
    let thing = Thing::new("PRIORITY", ids.join(","), "Priorities");
    let record =
        Record::new("Priorities reordered", Area::System, thing).change("Order", None, Some(&names.join(", ")));
    Ok(work.commit(record).await?)
}

/// Deletes a priority through a task. Its issues get the replacement where their project has that, else
/// the default of their project.
pub async fn delete(context: &Context, id: &str, replacement: Option<&str>) -> Result<Task> {
    context.must_administer(ADMINISTRATORS)?;
    let (context, mut work) = context.begin_alone().await?;
    let priority = find(&context.site, id)?;
    let replacement = replacement.map(|id| find(&context.site, id)).transpose()?;
    if replacement.is_some_and(|other| other.id == priority.id) {
        return Err(Failure::invalid("The priority can't be replaced with itself."));
    }
    let replacement = replacement.map(|other| other.id);
    if let Some(scheme) =
        context.site.priority_schemes.iter().find(|scheme| scheme.without(priority.id, replacement).is_none())
    {
        let name = &scheme.name;
        return Err(Failure::invalid(format!("The priority is the only one of the priority scheme '{name}'.")));
    }
    if db::tasks::is_open(&mut work, &json!({ "kind": "deletePriority" })).await? {
        return Err(Failure::Conflict("A task to delete a priority is already running.".into()));
    }
    let job = Job::DeletePriority { priority_id: priority.id, replacement };
    let task = tasks::submit(&context, &mut work, &job).await?;
    work.commit(record("Deletion of a priority requested", priority)).await?;
    Ok(task)
}

/// Replaces a priority in all issues, and deletes it.
pub async fn delete_in_background(run: &mut Run, priority_id: i64, replacement: Option<i64>) -> Result<End> {
    let moves = moves(&run.context().await?.site, priority_id, replacement);
    if let Some(end) = replace::in_background(run, &moves).await? {
        return Ok(end);
    }
    let (context, mut work) = run.context().await?.begin_alone().await?;
    let Some(priority) = context.site.priorities.get(priority_id) else { return Ok(End::Complete(Value::Null)) };
    // What came about since the steps before.
    for last in self::moves(&context.site, priority_id, replacement) {
        last.now(&context, &mut work).await?;
    }
    for scheme in context.site.priority_schemes.iter().filter(|scheme| scheme.priority_ids.contains(&priority_id)) {
        let (rest, _) = scheme
            .without(priority_id, replacement)
            .ok_or_else(|| Failure::invalid(format!("It is the only one of the priority scheme '{}'.", scheme.name)))?;
        db::priority_schemes::put(&mut work, &rest).await?;
    }
    db::priorities::delete(&mut work, priority_id).await?;
    work.commit(record("Priority deleted", priority)).await?;
    Ok(End::Complete(Value::Null))
}

/// What each project's issues get instead of a priority.
fn moves(site: &Snapshot, priority_id: i64, replacement: Option<i64>) -> Vec<Move> {
    let of = |scheme_id: i64| {
        let mut ids: Vec<i64> = site.projects.iter().map(|project| project.id).collect();
        ids.retain(|id| site.priority_scheme_of(*id).is_some_and(|scheme| scheme.id == scheme_id));
        ids
    };
    let schemes = site.priority_schemes.iter();
    let moves = schemes.filter_map(|scheme| {
        let (_, to) = scheme.without(priority_id, replacement)?;
        Some(Move {
            part: Part::Priority,
            from: priority_id,
            to,
            project_ids: Some(of(scheme.id)),
            issue_type_ids: Vec::new(),
        })
    });
    moves.collect()
}

fn find<'a>(site: &'a Snapshot, id: &str) -> Result<&'a Priority> {
    site.priorities.parse(id).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Failure {
    Failure::not_found(format!("Priority with ID {id} not found."))
}

fn record(summary: &str, priority: &Priority) -> Record {
    Record::new(summary, Area::System, priority.thing())
}
