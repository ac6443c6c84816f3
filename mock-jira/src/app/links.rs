//! Links between issues: making, reading and removing them.

use super::{
    Context,
    comments::{self, CommentInput},
    issues,
};
use crate::{
    db::{self, Read, issues::Wanted, links::Link},
    domain::{
        audit::Thing,
        config::IssueLinkType,
        failure::{Failure, Result},
        issue::{
            Issue,
            changes::ChangeItem,
            edit::{Extras, NewLink},
            values::TextFormat,
        },
    },
};

/// What everybody is told while issues can't be linked.
pub const DISABLED: &str = "Issue linking is currently disabled.";

/// Nothing is to be done with links, or their types, while nobody can link issues.
pub fn check_enabled(context: &Context) -> Result<()> {
    if context.site.site.settings.issue_linking_enabled { Ok(()) } else { Err(Failure::not_found(DISABLED)) }
}

/// What a request to link two issues gives.
#[derive(Debug)]
pub struct LinkInput<'a> {
    /// Of the link.
    pub kind: &'a IssueLinkType,
    /// Id or key of the issue that the outward phrase is said of: `inwardIssue` (J-112).
    pub source: String,
    /// Id or key of the issue at the other end: `outwardIssue`.
    pub destination: String,
    /// To write on the source.
    pub comment: Option<CommentInput<'a>>,
}

/// Refuses one more link of issues that have as many as they can.
pub async fn check_limit(context: &Context, db: &mut Read, ends: &[i64]) -> Result<()> {
    let limit = context.site.site.settings.issue_limits.issue_links;
    for id in ends {
        if db::links::count(db, *id).await? >= limit {
            return Err(Failure::TooLarge(format!("The issue has reached the limit of {limit} issue links."))); // J-77
        }
    }
    Ok(())
}

/// A link with the issues at its ends.
#[derive(Debug)]
pub struct Linked<'a> {
    /// Unique in the site.
    pub id: i64,
    /// Its type.
    pub kind: &'a IssueLinkType,
    /// The issue that the outward phrase is said of.
    pub source: Issue,
    /// The issue at the other end.
    pub destination: Issue,
}

/// Links two issues (J-110 to J-112).
pub async fn create(context: &Context, input: &LinkInput<'_>, format: TextFormat) -> Result<()> {
    check_enabled(context)?;
    let mut work = context.begin().await?;
    let names = [input.source.clone(), input.destination.clone()];
    let references = context.references(&mut work, &names).await?;
    let end = |name: &str| references.get(name).ok_or_else(Failure::no_issue);
    let (source, destination) = (end(&input.source)?, end(&input.destination)?);
    db::issues::lock_all(&mut work, &[source.id, destination.id]).await?;
    let (issue, project) = issues::visible(context, &mut work, &source.id.to_string()).await?;
    if !context.access().on(project, issue.people(), "LINK_ISSUES") {
        let key = context.key_of(source);
        return Err(Failure::not_found(format!("No Link Issue Permission for issue '{key}'")));
    }
    let mut extras = Extras::default();
    if let Some(comment) = &input.comment {
        extras.comments.push(comments::draft(context, project, &issue, comment, format)?); // J-111
    }
    extras.links.push(NewLink { type_id: input.kind.id, other_id: destination.id, outward: true });
    issues::save(context, &mut work, &issue, &mut issue.clone(), extras, &references).await?;
    db::issues::touch(&mut work, destination.id, context.now).await?;
    Ok(work.commit_recorded().await?)
}

/// A link whose ends the caller may see.
pub async fn get<'a>(context: &'a Context, db: &mut Read, id: i64) -> Result<Linked<'a>> {
    check_enabled(context)?;
    let missing = || Failure::not_found(format!("No issue link with id '{id}' exists.")); // J-110
    let Link { type_id, source_id, destination_id, .. } = db::links::find(db, id).await?.ok_or_else(missing)?;
    let mut ends = db::issues::list(db, &[source_id, destination_id], Wanted::default(), None).await?;
    let mut end = |id: i64| {
        let place = ends.iter().position(|loaded| loaded.issue.id == id)?;
        let issue = ends.swap_remove(place).issue;
        context.project_of(&issue).is_ok().then_some(issue)
    };
    let kind = context.site.link_types.get(type_id).ok_or_else(missing)?;
    let source = end(source_id).ok_or_else(missing)?;
    // An issue may be linked to itself.
    let destination = if source_id == destination_id { Some(source.clone()) } else { end(destination_id) };
    Ok(Linked { id, kind, source, destination: destination.ok_or_else(missing)? })
}

/// Removes a link; the permission to link on one of its ends is enough.
pub async fn delete(context: &Context, id: i64) -> Result<()> {
    let mut work = context.begin().await?;
    let Linked { kind, source, destination, .. } = get(context, &mut work, id).await?;
    db::issues::lock_all(&mut work, &[source.id, destination.id]).await?;
    let may_link = |issue: &Issue| {
        let project = context.project_of(issue)?;
        Ok::<_, Failure>(context.access().on(project, issue.people(), "LINK_ISSUES"))
    };
    if !may_link(&source)? && !may_link(&destination)? {
        return Err(Failure::not_found("You do not have the permission to delete issue links in this project."));
    }
    if !db::links::delete(&mut work, id).await? {
        return Err(Failure::not_found(format!("No issue link with id '{id}' exists.")));
    }
    let key = |issue: &Issue| context.site.issue_key(issue.project_id, issue.number);
    for (issue, phrase, other) in [(&source, &kind.outward, &destination), (&destination, &kind.inward, &source)] {
        let item = ChangeItem::link_removed(phrase, &key(other));
        db::changelog::insert(&mut work, issue.id, context.author(), context.now, &[item]).await?;
        db::issues::touch(&mut work, issue.id, context.now).await?;
    }
    let record = context.issue_record("Issue link deleted", &source).with(context.issue_thing(&destination));
    Ok(work.commit(record.with(Thing::new("ISSUE_LINK", id, &kind.name))).await?)
}
