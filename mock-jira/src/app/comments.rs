//! Comments: who may see, write, edit and delete them.

use super::{Context, issues};
use crate::{
    db::{self, Read, Work, comments::Comment},
    domain::{
        audit::{Record, Thing},
        comment::{Visibility, visibility},
        config::Project,
        failure::{Complaints, Failure, Result},
        issue::{
            Issue,
            edit::NewComment,
            values::{TextFormat, document},
        },
        rich_text,
    },
};
use serde_json::Value;

/// What a request gives for a comment.
#[derive(Debug)]
pub struct CommentInput<'a> {
    /// In the request's form.
    pub body: &'a Value,
    /// `{type, value | identifier}` (J-93).
    pub visibility: Option<&'a Value>,
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
    let found = match id.parse() {
        Ok(id) => db::comments::find(db, issue.id, id).await?,
        Err(_) => None,
    };
    found
        .filter(|comment| visible(context, project, comment))
        .ok_or_else(|| Failure::not_found(format!("Can not find a comment for the id: {id}.")))
}

/// Writes a comment (J-90, J-95, J-96).
pub async fn add(context: &Context, id_or_key: &str, input: &CommentInput<'_>, format: TextFormat) -> Result<Comment> {
    let mut work = context.begin().await?;
    let issue = issues::locked(context, &mut work, id_or_key).await?;
    let project = context.project_of(&issue)?;
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
    if !context.access().on(project, issue.people(), "ADD_COMMENTS") {
        complaints.messages.push("You do not have the permission to comment on this issue.".into());
    }
    complaints.into_result()?;
    let Some(body) = body else { return Err(Failure::invalid_field("comment", "Comment body can not be empty!")) };
    Ok(NewComment { body, visibility })
}

/// Stores a comment in a transaction that holds its issue.
pub async fn insert(context: &Context, work: &mut Work, issue: &Issue, new: NewComment) -> Result<Comment> {
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
        jsd_public: true,
    };
    db::comments::insert(work, &comment).await?;
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
    let issue = issues::locked(context, &mut work, id_or_key).await?;
    let project = context.project_of(&issue)?;
    let mut comment = get(context, &mut work, id_or_key, id).await?;
    permit(context, project, &issue, &comment, "EDIT_ALL_COMMENTS", "EDIT_OWN_COMMENTS", "edit")?;
    let mut complaints = Complaints::default();
    let body = read_body(input.body, format, &mut complaints);
    let visibility = read_visibility(context, project, input.visibility, &mut complaints);
    complaints.into_result()?;
    let Some(body) = body else { return Err(Failure::invalid_field("comment", "Comment body can not be empty!")) };
    let (visibility_type, visibility_id) = visibility.unzip();
    comment = Comment {
        update_author: context.author().to_owned(),
        body,
        updated: context.now,
        visibility_type,
        visibility_id,
        ..comment
    };
    db::comments::update(&mut work, &comment).await?;
    db::issues::touch(&mut work, issue.id, context.now).await?;
    work.commit(record(context, "Comment updated", &issue, &comment)).await?;
    Ok(comment)
}

/// Deletes a comment.
pub async fn delete(context: &Context, id_or_key: &str, id: &str) -> Result<()> {
    let mut work = context.begin().await?;
    let issue = issues::locked(context, &mut work, id_or_key).await?;
    let project = context.project_of(&issue)?;
    let comment = get(context, &mut work, id_or_key, id).await?;
    permit(context, project, &issue, &comment, "DELETE_ALL_COMMENTS", "DELETE_OWN_COMMENTS", "delete")?;
    db::comments::delete(&mut work, comment.id).await?;
    db::issues::touch(&mut work, issue.id, context.now).await?;
    Ok(work.commit(record(context, "Comment deleted", &issue, &comment)).await?)
}

/// Whether the caller may see a comment of an issue that they see (J-93).
pub fn visible(context: &Context, project: &Project, comment: &Comment) -> bool {
    let id = comment.visibility_id.as_deref().unwrap_or_default();
    match comment.visibility_type.as_deref() {
        Some("role") => context.access().roles(project).any(|role| role.to_string() == id),
        Some("group") => context.site.group(id).is_some_and(|group| context.caller.groups.contains(&group.group_id)),
        _ => true,
    }
}

fn permit(
    context: &Context,
    project: &Project,
    issue: &Issue,
    comment: &Comment,
    all: &str,
    own: &str,
    verb: &str,
) -> Result<()> {
    let access = context.access();
    let may = access.on(project, issue.people(), all)
        || context.caller.is(Some(&comment.author)) && access.on(project, issue.people(), own);
    if may {
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
    match visibility(&context.site, context.access(), project, value) {
        Ok(visibility) => visibility,
        Err(sentence) => {
            complaints.field("commentLevel", sentence);
            None
        }
    }
}
