//! Contents of attachments: whole, in part, and at addresses that need no credentials (J-102).
//!
//! Jira keeps contents with a service of its own and sends clients there. Here that service is a
//! path of the site. Its addresses are signed with the random id that a file is stored under, which
//! no answer shows: so they are good at every server of a database, and no key must be kept.

use super::{call::Call, params::Params, server::Server};
use crate::{
    app::attachments,
    db::{self, Db, attachments::Stored},
    domain::{
        failure::{Failure, Result},
        picture::{self, Picture},
        snapshot::Snapshot,
    },
};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use chrono::{TimeDelta, Utc};
use sha2::{Digest, Sha256};
use std::ops::Range;
use uuid::Uuid;

/// Where contents stand below a site's address.
pub const PATH: &str = "/_media/";

/// What follows for exports.
const EXPORT: &str = "export/";

/// How long an address is good.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// An address of the content that is good for a while, whoever asks.
pub fn address(call: &Call, stored: &Stored) -> String {
    let expires = (call.now + LIFETIME).timestamp();
    let signature = sign(stored.media_id, expires);
    call.links.site(&format!("{PATH}{}?expires={expires}&signature={signature}", stored.attachment.id))
}

/// The same of a thumbnail.
pub fn thumbnail_address(call: &Call, stored: &Stored, width: u32, height: u32) -> String {
    format!("{}&width={width}&height={height}", address(call, stored))
}

/// Where exports stand; their random id follows.
pub fn exports(call: &Call) -> String {
    call.links.site(&format!("{PATH}{EXPORT}"))
}

/// Answers a request for an export.
async fn export(server: &Server, site: &Snapshot, id: &str) -> Result<Response<Body>> {
    let missing = || Failure::not_found("There is no such export.");
    let id = id.parse().map_err(|_| missing())?;
    let found = db::archive::find_export(&mut server.db.read(site.site.id).await?, id).await?;
    let (name, content) = found.ok_or_else(missing)?;
    let mut response = Response::new(content.into());
    put(&mut response, header::CONTENT_TYPE, "text/csv;charset=UTF-8");
    put(&mut response, header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""));
    Ok(response)
}

/// Answers a request to such an address.
pub async fn answer(
    server: &Server,
    site: &Snapshot,
    id: &str,
    params: &Params,
    headers: &HeaderMap,
) -> Result<Response<Body>> {
    if let Some(id) = id.strip_prefix(EXPORT) {
        return export(server, site, id).await;
    }
    let refused = || Failure::forbidden("The address of the content is not valid, or not any more.");
    let expires = params.long("expires")?.ok_or_else(refused)?;
    let id = id.parse().map_err(|_| refused())?;
    let stored = db::attachments::find(&mut server.db.read(site.site.id).await?, id).await?.ok_or_else(refused)?;
    let expired = expires < site.site.clock.at(Utc::now()).timestamp();
    if expired || params.text("signature") != Some(&sign(stored.media_id, expires)) {
        return Err(refused());
    }
    let side = |name: &str| -> Result<Option<u32>> { Ok(params.int(name)?.and_then(|side| u32::try_from(side).ok())) };
    let (Some(width), Some(height)) = (side("width")?, side("height")?) else {
        return deliver(&server.db, site.site.id, &stored, headers);
    };
    let made = attachments::thumbnail(&server.db, site.site.id, &stored, width, height).await?;
    made.or_else(picture::sheet).map(picture).ok_or_else(|| Failure::not_found("There is no thumbnail."))
}

/// A picture.
pub fn picture(picture: Picture) -> Response<Body> {
    let mut response = Response::new(picture.content.into());
    put(&mut response, header::CONTENT_TYPE, picture.media_type);
    response
}

fn sign(media_id: Uuid, expires: i64) -> String {
    // Both parts have a fixed length, so a plain hash can't be extended to another message.
    let digest = Sha256::new().chain_update(media_id.as_bytes()).chain_update(expires.to_be_bytes()).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The content, or the part of it that a `Range` header asks for.
pub fn deliver(db: &Db, site_id: i32, stored: &Stored, headers: &HeaderMap) -> Result<Response<Body>> {
    let attachment = &stored.attachment;
    let size = attachment.size;
    let wanted = headers.get(header::RANGE).map(|value| value.to_str().unwrap_or_default());
    // Several ranges at once may be answered with the whole (RFC 9110, 14.2).
    let part = wanted.filter(|wanted| !wanted.contains(',')).map(|wanted| range(wanted, size)).transpose()?;
    let (status, part) = match part {
        None => (StatusCode::OK, 0..size),
        Some(Some(part)) => (StatusCode::PARTIAL_CONTENT, part),
        Some(None) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            put(&mut response, header::CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(response);
        }
    };
    let content = attachments::content(db, site_id, stored.media_id, part.clone());
    let mut response = Response::new(Body::from_stream(content));
    put(&mut response, header::CONTENT_LENGTH, &(part.end - part.start).to_string());
    *response.status_mut() = status;
    if status == StatusCode::PARTIAL_CONTENT {
        put(&mut response, header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", part.start, part.end - 1));
    }
    let name = percent_encoding::utf8_percent_encode(&attachment.file_name, percent_encoding::NON_ALPHANUMERIC);
    put(&mut response, header::CONTENT_DISPOSITION, &format!("attachment; filename*=UTF-8''{name}"));
    put(&mut response, header::CONTENT_TYPE, &attachment.mime_type);
    put(&mut response, header::ACCEPT_RANGES, "bytes");
    Ok(response)
}

/// Sets a header; a text that can't be one is left out.
fn put(response: &mut Response<Body>, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Reads a range of bytes; `None` if nothing of it is there.
fn range(text: &str, size: i64) -> Result<Option<Range<i64>>> {
    let malformed = || Failure::invalid("The Range header is malformed.");
    let number = |digits: &str| {
        let digits = Some(digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<i64>().ok()).ok_or_else(malformed)
    };
    let (first, last) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')).ok_or_else(malformed)?;
    let part = match (first, last) {
        ("", last) => size.saturating_sub(number(last)?).max(0)..size,
        (first, "") => number(first)?..size,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return Err(malformed());
            }
            first..size.min(last.saturating_add(1))
        }
    };
    Ok((part.start < part.end).then_some(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ranges() {
        for (text, part) in [
            ("bytes=0-3", Some(0..4)),
            ("bytes=4-", Some(4..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-30", Some(0..10)),
            ("bytes=8-99", Some(8..10)),
            ("bytes=10-", None),
            ("bytes=-0", None),
        ] {
            assert_eq!(range(text, 10).unwrap(), part, "{text}");
        }
        for text in ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=3-1", "bytes=+1-2", "lines=1-2"] {
            assert!(range(text, 10).is_err(), "{text}");
        }
    }
}
