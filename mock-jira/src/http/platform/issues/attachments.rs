//! Files of issues (J-101 to J-103).

use crate::{
    app::attachments::{self, NewFile},
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, no_content, ok},
        call::Call,
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

/// Operations on attachments.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/issue/{issueIdOrKey}/attachments", add_attachment)
        .get("/rest/api/3/attachment/meta", get_attachment_meta)
        .get("/rest/api/3/attachment/content/{id}", get_attachment_content)
        .get("/rest/api/3/attachment/{id}", get_attachment)
        .delete("/rest/api/3/attachment/{id}", remove_attachment)
}

/// Most files in one request (J-101).
const FILES: usize = 60;

async fn add_attachment(
    call: Call,
    Path(id_or_key): Path<String>,
    headers: HeaderMap,
    upload: Result<Multipart, MultipartRejection>,
) -> Answer {
    let token = headers.get("x-atlassian-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
    if !["no-check", "nocheck"].iter().any(|accepted| token.eq_ignore_ascii_case(accepted)) {
        return Err(Failure::Xsrf.into());
    }
    let upload = upload.map_err(|_| Failure::BadParameter("The upload names no boundary of its parts.".into()))?;
    let added = attachments::add(&call, &id_or_key, read(upload).await?).await?;
    let views: Vec<Value> = added.iter().map(|attachment| views::issue::attachment(&call, attachment)).collect();
    ok(views)
}

/// Reads the files of an upload; parts with other names are ignored.
async fn read(mut upload: Multipart) -> Result<Vec<NewFile>> {
    let mut files = Vec::new();
    while let Some(field) = upload.next_field().await.map_err(broken)? {
        let Some(name) = file_name(&field).filter(|_| field.name() == Some("file")) else { continue };
        if files.len() == FILES {
            return Err(Failure::TooLarge(format!("At most {FILES} files can be uploaded at once.")));
        }
        let mime_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
        files.push(NewFile { name, mime_type, content: field.bytes().await.map_err(broken)? });
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
    ok(json!({ "enabled": true, "uploadLimit": call.server.options.body_limit }))
}

async fn get_attachment(call: Call, Path(id): Path<String>) -> Answer {
    let stored = attachments::get(&call, &mut call.read().await?, &id).await?;
    let mut view = views::issue::attachment(&call, &stored.attachment);
    view["id"] = stored.attachment.id.into(); // a number here alone (J-103)
    ok(view)
}

async fn get_attachment_content(call: Call, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let redirect = call.params.flag("redirect", true)?;
    let mut db = call.read().await?;
    let stored = attachments::get(&call, &mut db, &id).await?;
    if redirect {
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, media::address(&call, &stored))]).into_response());
    }
    Ok(media::deliver(&mut db, &stored.attachment, &headers).await?)
}

async fn remove_attachment(call: Call, Path(id): Path<String>) -> Answer {
    attachments::delete(&call, &id).await?;
    no_content()
}
