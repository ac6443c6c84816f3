//! Attachments: who may add, see and delete files of issues.

use super::{Context, issues};
use crate::{
    db::{
        self, Read,
        attachments::{Attachment, Stored},
    },
    domain::{
        audit::Thing,
        config::Project,
        failure::{Failure, Result},
        issue::{Issue, changes::ChangeItem},
    },
};
use bytes::Bytes;
use uuid::Uuid;

/// A file to attach.
#[derive(Debug)]
pub struct NewFile {
    /// As the client calls it.
    pub name: String,
    /// As the client says.
    pub mime_type: String,
    /// What is in it.
    pub content: Bytes,
}

/// Attaches files to an issue (J-101).
pub async fn add(context: &Context, id_or_key: &str, files: Vec<NewFile>) -> Result<Vec<Attachment>> {
    let mut work = context.begin().await?;
    let issue = issues::locked(context, &mut work, id_or_key).await?;
    let project = context.project_of(&issue)?;
    if !context.access().on(project, issue.people(), "CREATE_ATTACHMENTS") {
        return Err(Failure::forbidden("You do not have permission to create attachments for this issue."));
    }
    let mut added = Vec::with_capacity(files.len());
    let mut items = Vec::with_capacity(files.len());
    for file in files {
        let id = work.next_id("attachment").await?;
        items.push(ChangeItem::attachment_added(id, &file.name)); // J-84
        let attachment = Attachment {
            id,
            file_name: file.name,
            author: context.author().to_owned(),
            created: context.now,
            size: file.content.len() as i64,
            mime_type: file.mime_type,
        };
        let stored = Stored { attachment, issue_id: issue.id, media_id: Uuid::new_v4() };
        db::attachments::insert(&mut work, &stored, &file.content).await?;
        added.push(stored.attachment);
    }
    db::changelog::insert(&mut work, issue.id, context.author(), context.now, &items).await?;
    db::issues::touch(&mut work, issue.id, context.now).await?;
    let mut record = context.issue_record("Attachment added", &issue);
    for attachment in &added {
        record = record.with(Thing::new("ATTACHMENT", attachment.id, &attachment.file_name));
    }
    work.commit(record).await?;
    Ok(added)
}

/// An attachment of an issue that the caller may see.
pub async fn get(context: &Context, db: &mut Read, id: &str) -> Result<Stored> {
    Ok(find(context, db, id).await?.0)
}

/// Deletes an attachment.
pub async fn delete(context: &Context, id: &str) -> Result<()> {
    let mut work = context.begin().await?;
    let (Stored { attachment, .. }, issue, project) = find(context, &mut work, id).await?;
    let access = context.access();
    let may = access.on(project, issue.people(), "DELETE_ALL_ATTACHMENTS")
        || context.caller.is(Some(&attachment.author)) && access.on(project, issue.people(), "DELETE_OWN_ATTACHMENTS");
    if !may {
        return Err(Failure::forbidden(format!("You do not have permission to delete attachment with id: {id}")));
    }
    if !db::attachments::delete(&mut work, attachment.id).await? {
        return Err(missing(id));
    }
    let item = ChangeItem::attachment_removed(attachment.id, &attachment.file_name);
    db::changelog::insert(&mut work, issue.id, context.author(), context.now, &[item]).await?;
    db::issues::touch(&mut work, issue.id, context.now).await?;
    let thing = Thing::new("ATTACHMENT", attachment.id, attachment.file_name);
    Ok(work.commit(context.issue_record("Attachment deleted", &issue).with(thing)).await?)
}

async fn find<'a>(context: &'a Context, db: &mut Read, id: &str) -> Result<(Stored, Issue, &'a Project)> {
    let missing = || missing(id);
    let number = id.parse().map_err(|_| missing())?;
    let stored = db::attachments::find(db, number).await?.ok_or_else(missing)?;
    let (issue, project) = issues::visible(context, db, &stored.issue_id.to_string()).await.map_err(|failure| {
        // Who may not see the issue may not know of its files either (U-27).
        if matches!(failure, Failure::NotFound(_)) { missing() } else { failure }
    })?;
    Ok((stored, issue, project))
}

fn missing(id: &str) -> Failure {
    Failure::not_found(format!("The attachment with id '{id}' does not exist"))
}
