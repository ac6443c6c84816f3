//! Comments: who may see, write, edit and delete them.

use super::{
    Context, issues,
    properties::{self, Owner},
};
use crate::{
    db::{self, Read, Work, comments::Comment, issues::Wanted},
    domain::{
        audit::{Record, Thing},
        comment::{Edit, NewComment, Revision},
        config::Project,
        failure::{Complaints, Failure, Result},
        issue::{
            Issue,
            values::{TextFormat, document},
        },
        property, rich_text,
        visibility::{self, Visibility},
    },
};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What the properties of comments hang on.
pub const COMMENT: &str = "comment";

/// What a request gives for a comment.
#[derive(Debug)]
pub struct CommentInput<'a> {
    /// In the request's form.
    pub body: &'a Value,
    /// `{type, value | identifier}` (J-93).
    pub visibility: Option<&'a Value>,
    /// `[{key, value}]` (J-118).
    pub properties: Option<&'a Value>,
}

impl<'a> From<&'a Map<String, Value>> for CommentInput<'a> {
    fn from(comment: &'a Map<String, Value>) -> Self {
        Self {
            body: comment.get("body").unwrap_or(&Value::Null),
            visibility: comment.get("visibility"),
            properties: comment.get("properties"),
        }
    }
}

/// The issue and all its comments that the caller may see, oldest first.
pub async fn list(context: &Context, db: &mut Read, id_or_key: &str) -> Result<(Issue, Vec<Comment>)> {
    let (issue, project) = issues::visible(context, db, id_or_key).await?;
    let comments = db::comments::list(db, issue.id).await?;
    Ok((issue, comments.into_iter().filter(|comment| visible(context, project, comment)).collect()))
}

/// One comment of an issue; hidden ones are missing (J-93).
pub async fn get(context: &Context, db: &mut Read, id_or_key: &str, id: &str) -> Result<Comment> {
    let (issue, project) = issues::visible(context, db, id_or_key).await?;
    let number = id.parse().map_err(|_| missing(id))?;
    on_issue(context, db, project, &issue, number).await
}

async fn on_issue(context: &Context, db: &mut Read, project: &Project, issue: &Issue, id: i64) -> Result<Comment> {
    let found = db::comments::find(db, issue.id, id).await?;
    found.filter(|comment| visible(context, project, comment)).ok_or_else(|| missing(id))
}

fn missing(id: impl std::fmt::Display) -> Failure {
    Failure::not_found(format!("Can not find a comment for the id: {id}."))
}

/// Writes a comment (J-90, J-95, J-96).
pub async fn add(context: &Context, id_or_key: &str, input: &CommentInput<'_>, format: TextFormat) -> Result<Comment> {
    let mut work = context.begin().await?;
    let (issue, project) = issues::locked(context, &mut work, id_or_key).await?;
    let new = draft(context, project, &issue, input, format)?;
    let comment = insert(context, &mut work, &issue, new).await?;
    db::issues::touch(&mut work, issue.id, context.now).await?;
    work.commit(record(context, "Comment added", &issue, &comment)).await?;
    Ok(comment)
}

/// The record of something that was done to a comment.
pub fn record(context: &Context, summary: &'static str, issue: &Issue, comment: &Comment) -> Record {
    context.issue_record(summary, issue).with(Thing::new("COMMENT", comment.id, comment.id.to_string()))
}

/// The comment that a request gives, if the caller may write it.
pub fn draft(
    context: &Context,
    project: &Project,
    issue: &Issue,
    input: &CommentInput<'_>,
    format: TextFormat,
) -> Result<NewComment> {
    let mut complaints = Complaints::default();
    let body = read_body(input.body, format, &mut complaints);
    let visibility = read_visibility(context, project, input.visibility, &mut complaints);
    let properties = read_properties(input.properties, &mut complaints);
    if !context.access().on(project, issue.people(), "ADD_COMMENTS") {
        complaints.messages.push("You do not have the permission to comment on this issue.".into());
    }
    complaints.into_result()?;
    let Some(body) = body else { return Err(Failure::invalid_field("comment", "Comment body can not be empty!")) };
    Ok(NewComment { body, visibility, properties })
}

/// Stores a comment in a transaction that holds its issue.
pub async fn insert(context: &Context, work: &mut Work, issue: &Issue, new: NewComment) -> Result<Comment> {
    let limit = context.site.site.settings.issue_limits.comments;
    if db::comments::count(work, issue.id).await? >= limit {
        return Err(Failure::TooLarge(format!("The issue has reached the limit of {limit} comments."))); // J-77
    }
    let (visibility_type, visibility_id) = new.visibility.unzip();
    let comment = Comment {
        id: work.next_id("comment").await?,
        issue_id: issue.id,
        author: context.author().to_owned(),
        update_author: context.author().to_owned(),
        body: new.body,
        created: context.now,
        updated: context.now,
        visibility_type,
        visibility_id,
        jsd_public: public(&new.properties).unwrap_or(true),
    };
    db::comments::insert(work, &comment).await?;
    properties::store(work, COMMENT, comment.id, &new.properties).await?;
    Ok(comment)
}

/// Replaces a comment's text and visibility.
pub async fn edit(
    context: &Context,
    id_or_key: &str,
    id: &str,
    input: &CommentInput<'_>,
    format: TextFormat,
) -> Result<Comment> {
    let mut work = context.begin().await?;
    let (issue, project) = issues::locked(context, &mut work, id_or_key).await?;
    let comment = get(context, &mut work, id_or_key, id).await?;
    permit(context, project, &issue, &comment, "edit")?;
    let mut complaints = Complaints::default();
    let body = read_body(input.body, format, &mut complaints);
    let visibility = input.visibility.map(|value| read_visibility(context, project, Some(value), &mut complaints));
    let properties = read_properties(input.properties, &mut complaints);
    complaints.into_result()?;
    let Some(body) = body else { return Err(Failure::invalid_field("comment", "Comment body can not be empty!")) };
    let comment = revise(context, &mut work, &issue, comment, Revision { body, visibility, properties }).await?;
    db::issues::touch(&mut work, issue.id, context.now).await?;
    work.commit_recorded().await?;
    Ok(comment)
}

async fn revise(context: &Context, work: &mut Work, issue: &Issue, old: Comment, new: Revision) -> Result<Comment> {
    let (visibility_type, visibility_id) = match new.visibility {
        Some(visibility) => visibility.unzip(),
        None => (old.visibility_type, old.visibility_id),
    };
    let comment = Comment {
        update_author: context.author().to_owned(),
        body: new.body,
        updated: context.now,
        visibility_type,
        visibility_id,
        jsd_public: public(&new.properties).unwrap_or(old.jsd_public),
        ..old
    };
    db::comments::update(work, &comment).await?;
    properties::store(work, COMMENT, comment.id, &new.properties).await?;
    work.record(record(context, "Comment updated", issue, &comment));
    Ok(comment)
}

/// Deletes a comment.
pub async fn delete(context: &Context, id_or_key: &str, id: &str) -> Result<()> {
    let mut work = context.begin().await?;
    let (issue, project) = issues::locked(context, &mut work, id_or_key).await?;
    let comment = get(context, &mut work, id_or_key, id).await?;
    permit(context, project, &issue, &comment, "delete")?;
    remove(context, &mut work, &issue, &comment).await?;
    db::issues::touch(&mut work, issue.id, context.now).await?;
    Ok(work.commit_recorded().await?)
}

async fn remove(context: &Context, work: &mut Work, issue: &Issue, comment: &Comment) -> Result<()> {
    db::comments::delete(work, comment.id).await?;
    work.record(record(context, "Comment deleted", issue, comment));
    Ok(())
}

/// Does what an edit of a locked issue asks for one of its comments.
pub async fn apply(context: &Context, work: &mut Work, issue: &Issue, edit: Edit) -> Result<()> {
    let project = context.project_of(issue)?;
    let (id, verb) = match &edit {
        Edit::Change(id, _) => (*id, "edit"),
        Edit::Remove(id) => (*id, "delete"),
    };
    let comment = on_issue(context, work, project, issue, id).await?;
    permit(context, project, issue, &comment, verb)?;
    match edit {
        Edit::Change(_, revision) => revise(context, work, issue, comment, revision).await.map(drop),
        Edit::Remove(_) => remove(context, work, issue, &comment).await,
    }
}

/// Whether the caller may see a comment of an issue that they see (J-93).
pub fn visible(context: &Context, project: &Project, comment: &Comment) -> bool {
    let (kind, id) = (comment.visibility_type.as_deref(), comment.visibility_id.as_deref());
    visibility::admits(&context.site, context.access(), project, kind, id)
}

/// Comments by id that the caller may see.
pub async fn by_ids(context: &Context, db: &mut Read, ids: &[i64]) -> Result<Vec<Comment>> {
    let mut comments = db::comments::by_ids(db, ids).await?;
    let issue_ids: Vec<i64> = comments.iter().map(|comment| comment.issue_id).collect();
    let issues = db::issues::list(db, &issue_ids, Wanted::default(), None).await?;
    let projects: HashMap<i64, &Project> =
        issues.iter().filter_map(|loaded| Some((loaded.issue.id, context.project_of(&loaded.issue).ok()?))).collect();
    comments
        .retain(|comment| projects.get(&comment.issue_id).is_some_and(|project| visible(context, project, comment)));
    Ok(comments)
}

/// A comment by id alone, its issue, and whether the caller may change its properties.
pub async fn owner(context: &Context, db: &mut Read, id: &str) -> Result<(Owner, bool)> {
    let number: i64 = id.parse().map_err(|_| Failure::invalid(format!("'{id}' is not the id of a comment.")))?;
    let issue_id = db::comments::issue_of(db, number).await?.ok_or_else(|| missing(id))?;
    let (issue, project) = issues::visible(context, db, &issue_id.to_string()).await.map_err(|_| missing(id))?;
    let comment = on_issue(context, db, project, &issue, number).await?;
    let may_edit = may(context, project, &issue, &comment, "EDIT");
    Ok((Owner::new(COMMENT, Thing::new("COMMENT", comment.id, id)), may_edit))
}

/// Whether the caller may `EDIT` or `DELETE` a comment.
fn may(context: &Context, project: &Project, issue: &Issue, comment: &Comment, verb: &str) -> bool {
    let may = |whose: &str| context.access().on(project, issue.people(), &format!("{verb}_{whose}_COMMENTS"));
    may("ALL") || context.caller.is(Some(&comment.author)) && may("OWN")
}

fn permit(context: &Context, project: &Project, issue: &Issue, comment: &Comment, verb: &str) -> Result<()> {
    if may(context, project, issue, comment, &verb.to_uppercase()) {
        return Ok(());
    }
    Err(Failure::invalid(format!("You do not have permission to {verb} comment with id: '{}'.", comment.id)))
}

fn read_body(body: &Value, format: TextFormat, complaints: &mut Complaints) -> Option<Value> {
    match document(body, format) {
        Ok(document) => {
            let document = document.filter(|document| !rich_text::is_empty(document));
            if document.is_none() {
                complaints.field("comment", "Comment body can not be empty!"); // J-95
            }
            document
        }
        Err(sentence) => {
            // Too long has a sentence of its own (J-18); everything else is one (J-13).
            let too_long = sentence.starts_with("CONTENT_LIMIT") || sentence.starts_with("The entered text");
            complaints.field("comment", if too_long { sentence } else { "Comment body is not valid!".into() });
            None
        }
    }
}

/// The role or group that may see a comment (J-93).
fn read_visibility(
    context: &Context,
    project: &Project,
    value: Option<&Value>,
    complaints: &mut Complaints,
) -> Option<Visibility> {
    match visibility::read(&context.site, context.access(), project, value) {
        Ok(visibility) => visibility,
        Err(sentence) => {
            complaints.field("commentLevel", sentence);
            None
        }
    }
}

fn read_properties(value: Option<&Value>, complaints: &mut Complaints) -> Vec<(String, Value)> {
    property::list(value.unwrap_or(&Value::Null)).unwrap_or_else(|sentence| {
        complaints.field("properties", sentence);
        Vec::new()
    })
}

/// Whether customers of a service desk see it, if the properties tell (D-14).
fn public(properties: &[(String, Value)]) -> Option<bool> {
    let (_, value) = properties.iter().find(|(key, _)| key == "sd.public.comment")?;
    value.get("internal").and_then(Value::as_bool).map(|internal| !internal)
}
