//! Files of issues (J-101 to J-103).

use crate::{
    app::attachments::{self, NewFile},
    db::attachments::Stored,
    domain::{
        archive,
        failure::{Failure, Result},
        picture,
    },
    http::{
        answer::{Answer, no_content, ok},
        call::Call,
        headers::not_from_a_page,
        media,
        routes::Routes,
        views,
    },
};
use axum::{
    extract::{
        Multipart, Path,
        multipart::{Field, MultipartError, MultipartRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

/// Operations on attachments.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/issue/{issueIdOrKey}/attachments", add_attachment)
        .get("/rest/api/3/attachment/meta", get_attachment_meta)
        .get("/rest/api/3/attachment/content/{id}", get_attachment_content)
        .get("/rest/api/3/attachment/thumbnail/{id}", get_attachment_thumbnail)
        .get("/rest/api/3/attachment/{id}", get_attachment)
        .delete("/rest/api/3/attachment/{id}", remove_attachment)
        .get("/rest/api/3/attachment/{id}/expand/human", expand_attachment_for_humans)
        .get("/rest/api/3/attachment/{id}/expand/raw", expand_attachment_for_machines)
}

/// Most files in one request (J-101).
const FILES: usize = 60;
/// Longest name of a file (T-14).
const LONGEST_NAME: usize = 255;
/// Most files of an archive that are listed; they are counted all.
const ENTRIES: usize = 100;

async fn add_attachment(
    call: Call,
    Path(id_or_key): Path<String>,
    headers: HeaderMap,
    upload: Result<Multipart, MultipartRejection>,
) -> Answer {
    not_from_a_page(&headers)?;
    attachments::permit(&call, &id_or_key).await?;
    let upload = upload.map_err(|_| Failure::BadParameter("The upload names no boundary of its parts.".into()))?;
    let files = receive(upload, upload_limit(&call)).await?;
    let added = attachments::add(&call, &id_or_key, files).await?;
    let views: Vec<Value> = added.iter().map(|attachment| views::issue::attachment(&call, attachment)).collect();
    ok(views)
}

/// The largest file: what the site allows, as far as the server takes requests so large.
fn upload_limit(call: &Call) -> i64 {
    let most = i64::try_from(call.server.options.body_limit).unwrap_or(i64::MAX);
    call.site.site.settings.attachment_limit.map_or(most, |limit| limit.clamp(0, most))
}

/// Receives the files of an upload; parts with other names are ignored.
async fn receive(mut upload: Multipart, limit: i64) -> Result<Vec<NewFile>> {
    let mut files = Vec::new();
    while let Some(mut field) = upload.next_field().await.map_err(broken)? {
        let Some(name) = file_name(&field).filter(|_| field.name() == Some("file")) else { continue };
        if files.len() == FILES {
            return Err(Failure::TooLarge(format!("At most {FILES} files can be uploaded at once.")));
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(Failure::TooLarge(format!("The file name can't exceed {LONGEST_NAME} characters.")));
        }
        let mime_type = field.content_type().map_or_else(|| archive::media_type(&name), str::to_owned);
        let (mut content, mut size) = (attachments::scratch()?, 0);
        while let Some(piece) = field.chunk().await.map_err(broken)? {
            size += piece.len() as i64;
            if size > limit {
                return Err(Failure::TooLarge(format!(
                    "The file '{name}' is larger than the maximum of {limit} bytes for an attachment."
                )));
            }
            content.write_all(&piece).await?;
        }
        content.flush().await?;
        files.push(NewFile { name, mime_type, size, content });
    }
    if files.is_empty() {
        return Err(Failure::BadParameter("Required part 'file' is not present.".into()));
    }
    Ok(files)
}

/// The name of a part's file, also where only `filename*` tells it (RFC 5987), as older clients do for other than ASCII.
fn file_name(field: &Field) -> Option<String> {
    let extended = || {
        let disposition = field.headers().get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
        let (_, value) = disposition.split_once("filename*=")?;
        let (_, encoded) = value.split(';').next()?.split_once("''")?;
        Some(percent_encoding::percent_decode_str(encoded.trim()).decode_utf8_lossy().into_owned())
    };
    let name = field.file_name().map(str::to_owned).or_else(extended)?;
    // The database can't store the character NUL.
    (!name.is_empty() && !name.contains('\0')).then_some(name)
}

fn broken(error: MultipartError) -> Failure {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge("The request body is too large.".into()),
        _ => Failure::BadParameter("The parts of the upload can't be read.".into()),
    }
}

async fn get_attachment_meta(call: Call) -> Answer {
    let enabled = call.site.site.settings.attachments_enabled;
    ok(json!({ "enabled": enabled, "uploadLimit": upload_limit(&call) })) // J-103
}

async fn get_attachment(call: Call, Path(id): Path<String>) -> Answer {
    let stored = get(&call, &id).await?;
    let mut view = views::issue::attachment(&call, &stored.attachment);
    view["id"] = stored.attachment.id.into(); // a number here alone (J-103)
    ok(view)
}

async fn get(call: &Call, id: &str) -> Result<Stored> {
    attachments::get(call, &mut call.read().await?, id).await
}

async fn get_attachment_content(call: Call, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let redirect = call.params.flag("redirect", true)?;
    let stored = get(&call, &id).await?;
    if redirect {
        return see_other(&media::address(&call, &stored));
    }
    Ok(media::deliver(&call.db, call.site.site.id, &stored, &headers)?)
}

async fn get_attachment_thumbnail(call: Call, Path(id): Path<String>) -> Answer {
    let redirect = call.params.flag("redirect", true)?;
    let fallback = call.params.flag("fallbackToDefault", true)?;
    let side = |name: &str| match call.params.int(name)? {
        None => Ok(picture::SIDE),
        Some(side) => u32::try_from(side)
            .ok()
            .filter(|side| *side > 0)
            .ok_or_else(|| Failure::invalid(format!("The parameter '{name}' must be greater than zero."))),
    };
    let (width, height) = (side("width")?, side("height")?);
    let stored = get(&call, &id).await?;
    // A picture that turns out to be broken is noticed only when it is made smaller.
    if redirect && (stored.attachment.thumbnail || fallback) {
        return see_other(&media::thumbnail_address(&call, &stored, width, height));
    }
    let made = attachments::thumbnail(&call.db, call.site.site.id, &stored, width, height).await?;
    let shown = made.or_else(|| if fallback { picture::sheet() } else { None });
    let shown = shown.ok_or_else(|| Failure::not_found(format!("The attachment with id '{id}' has no thumbnail")))?;
    Ok(media::picture(shown))
}

fn see_other(address: &str) -> Answer {
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response())
}

async fn remove_attachment(call: Call, Path(id): Path<String>) -> Answer {
    attachments::delete(&call, &id).await?;
    no_content()
}

async fn expand_attachment_for_humans(call: Call, Path(id): Path<String>) -> Answer {
    let stored = get(&call, &id).await?;
    let entries = attachments::look_into(&call, &stored).await?;
    let view = |entry: &archive::Entry| {
        json!({
            "path": entry.path,
            "index": entry.index,
            "size": views::file_size(entry.size),
            "mediaType": entry.media_type(),
            "label": entry.label(),
        })
    };
    ok(json!({
        "id": stored.attachment.id,
        "name": stored.attachment.file_name,
        "entries": entries.iter().take(ENTRIES).map(view).collect::<Vec<_>>(),
        "totalEntryCount": entries.len(),
        "mediaType": stored.attachment.mime_type,
    }))
}

async fn expand_attachment_for_machines(call: Call, Path(id): Path<String>) -> Answer {
    let entries = attachments::look_into(&call, &get(&call, &id).await?).await?;
    let view = |entry: &archive::Entry| {
        json!({
            "entryIndex": entry.index,
            "name": entry.path,
            "size": entry.size,
            "mediaType": entry.media_type(),
            "abbreviatedName": entry.label(),
        })
    };
    ok(json!({
        "entries": entries.iter().take(ENTRIES).map(view).collect::<Vec<_>>(),
        "totalEntryCount": entries.len(),
    }))
}
