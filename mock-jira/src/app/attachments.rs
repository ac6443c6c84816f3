//! Attachments: who may add, see and delete files of issues, and their contents.

use super::{Context, issues};
use crate::{
    db::{
        self, Db, Read, Work,
        attachments::{Attachment, CHUNK, Stored},
    },
    domain::{
        archive::{self, Archive},
        audit::Thing,
        config::Project,
        failure::{Failure, Result},
        issue::{Issue, changes::ChangeItem},
        picture::{self, Picture},
    },
};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use std::{
    fs::File,
    io::{BufReader, Seek},
    ops::Range,
};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use uuid::Uuid;

/// A file to attach. Its content is on disk, so that neither memory nor a connection waits for a slow client.
#[derive(Debug)]
pub struct NewFile {
    /// As the client calls it.
    pub name: String,
    /// As the client says.
    pub mime_type: String,
    /// Bytes.
    pub size: i64,
    /// What is in it.
    pub content: tokio::fs::File,
}

/// A file on disk that is gone when it is closed.
pub fn scratch() -> Result<tokio::fs::File> {
    Ok(tokio::fs::File::from_std(tempfile::tempfile()?))
}

/// Refuses who may not attach files to an issue, before the files are received.
pub async fn permit(context: &Context, id_or_key: &str) -> Result<()> {
    let (issue, project) = issues::visible(context, &mut context.read().await?, id_or_key).await?;
    if !context.site.site.settings.attachments_enabled {
        return Err(Failure::forbidden("Attachments are disabled."));
    }
    permitted(context, project, &issue)
}

fn permitted(context: &Context, project: &Project, issue: &Issue) -> Result<()> {
    if context.access().on(project, issue.people(), "CREATE_ATTACHMENTS") {
        return Ok(());
    }
    Err(Failure::forbidden("You do not have permission to create attachments for this issue."))
}

/// Attaches files to an issue (J-101).
pub async fn add(context: &Context, id_or_key: &str, files: Vec<NewFile>) -> Result<Vec<Attachment>> {
    let mut work = context.begin().await?;
    let mut stored = Vec::with_capacity(files.len());
    // Contents first: the issue is locked, and numbers are taken, only for what is quick.
    for file in files {
        stored.push(store_content(&mut work, context, file).await?);
    }
    let (issue, project) = issues::locked(context, &mut work, id_or_key).await?;
    permitted(context, project, &issue)?;
    let limit = context.site.site.settings.issue_limits.attachments;
    if db::attachments::count(&mut work, issue.id).await? + stored.len() as i64 > limit {
        return Err(Failure::TooLarge(format!("An issue can have at most {limit} attachments."))); // J-77
    }
    let mut items = Vec::with_capacity(stored.len());
    for new in &mut stored {
        new.issue_id = issue.id;
        new.attachment.id = work.next_id("attachment").await?;
        db::attachments::insert(&mut work, new).await?;
        items.push(ChangeItem::attachment_added(new.attachment.id, &new.attachment.file_name)); // J-84
    }
    db::changelog::insert(&mut work, issue.id, context.author(), context.now, &items).await?;
    db::issues::touch(&mut work, issue.id, context.now).await?;
    let mut record = context.issue_record("Attachment added", &issue);
    for new in &stored {
        record = record.with(Thing::new("ATTACHMENT", new.attachment.id, &new.attachment.file_name));
    }
    work.commit(record).await?;
    Ok(stored.into_iter().map(|new| new.attachment).collect())
}

/// Stores a file's content; its attachment has no number and no issue yet.
async fn store_content(work: &mut Work, context: &Context, file: NewFile) -> Result<Stored> {
    let NewFile { name, mime_type, size, mut content } = file;
    let media_id = Uuid::new_v4();
    content.rewind().await?;
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut position = 0;
    while (&mut content).take(CHUNK as u64).read_to_end(&mut chunk).await? > 0 {
        db::attachments::insert_chunk(work, media_id, position, &chunk).await?;
        chunk.clear();
        position += 1;
    }
    let file = content.into_std().await;
    let thumbnail = size <= picture::LARGEST
        && tokio::task::spawn_blocking(move || {
            rewound(file).is_some_and(|file| picture::is_picture(BufReader::new(file)))
        })
        .await?;
    let author = context.author().to_owned();
    let attachment = Attachment { id: 0, file_name: name, author, created: context.now, size, mime_type, thumbnail };
    Ok(Stored { attachment, issue_id: 0, media_id })
}

fn rewound(mut file: File) -> Option<File> {
    file.rewind().ok()?;
    Some(file)
}

/// A part of a content, in pieces. Each is fetched on a connection of its own: no connection waits for a slow client.
pub fn content(
    db: &Db,
    site_id: i32,
    media_id: Uuid,
    part: Range<i64>,
) -> impl Stream<Item = anyhow::Result<Bytes>> + use<> {
    let db = db.clone();
    stream::try_unfold(part, move |part| {
        let db = db.clone();
        async move {
            if part.is_empty() {
                return Ok(None);
            }
            let position = part.start / CHUNK as i64;
            let begin = position * CHUNK as i64;
            let mut read = db.read(site_id).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
            let chunk = db::attachments::chunk(&mut read, media_id, i32::try_from(position)?).await?;
            let chunk = Bytes::from(chunk.ok_or_else(|| anyhow::anyhow!("the attachment was deleted meanwhile"))?);
            let within = usize::try_from(part.start - begin)?..usize::try_from(part.end - begin)?.min(chunk.len());
            anyhow::ensure!(!within.is_empty(), "the attachment is shorter than its size");
            let next = begin + within.end as i64;
            Ok(Some((chunk.slice(within), next..part.end)))
        }
    })
}

/// A thumbnail of at most this size; `None` of what is no picture.
pub async fn thumbnail(db: &Db, site_id: i32, stored: &Stored, width: u32, height: u32) -> Result<Option<Picture>> {
    if !stored.attachment.thumbnail {
        return Ok(None);
    }
    let mut whole = Vec::new();
    let mut pieces = content(db, site_id, stored.media_id, 0..stored.attachment.size).boxed();
    while let Some(piece) = pieces.try_next().await? {
        whole.extend_from_slice(&piece);
    }
    Ok(tokio::task::spawn_blocking(move || picture::thumbnail(&whole, width, height)).await?)
}

/// What is in an attachment that is an archive.
pub async fn look_into(context: &Context, stored: &Stored) -> Result<Vec<archive::Entry>> {
    let mut copy = scratch()?;
    let mut pieces = content(&context.db, context.site.site.id, stored.media_id, 0..stored.attachment.size).boxed();
    while let Some(piece) = pieces.try_next().await? {
        copy.write_all(&piece).await?;
    }
    copy.flush().await?;
    let file = copy.into_std().await;
    match tokio::task::spawn_blocking(move || archive::look_into(BufReader::new(file))).await? {
        Archive::Zip(entries) => Ok(entries),
        Archive::Unsupported => Err(Failure::Conflict("The archive format of the attachment is not supported.".into())),
    }
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
    if !context.site.site.settings.attachments_enabled {
        return Err(Failure::not_found("Attachments are disabled."));
    }
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
