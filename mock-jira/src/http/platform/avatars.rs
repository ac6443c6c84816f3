//! Avatars of the site, of projects, issue types and priorities (U-53).

use crate::{
    app::avatars::{self, Crop, FORBIDDEN, Format, Owner, Picture},
    domain::{
        avatar::{Kind, kind_of, pixels},
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, created, no_content, ok},
        body,
        call::Call,
        headers::not_from_a_page,
        params::Params,
        routes::Routes,
    },
};
use axum::{
    body::Body,
    extract::{Path, Request},
    http::{Response, StatusCode, header},
    response::IntoResponse,
};
use serde_json::{Map, Value, json};

/// Operations on avatars.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/avatar/{type}/system", get_all_system_avatars)
        .get("/rest/api/3/universal_avatar/type/{type}/owner/{entityId}", get_avatars)
        .post("/rest/api/3/universal_avatar/type/{type}/owner/{entityId}", store_avatar)
        .delete("/rest/api/3/universal_avatar/type/{type}/owner/{owningObjectId}/avatar/{id}", delete_avatar)
        .get("/rest/api/3/universal_avatar/view/type/{type}", get_avatar_image_by_type)
        .get("/rest/api/3/universal_avatar/view/type/{type}/avatar/{id}", get_avatar_image_by_id)
        .get("/rest/api/3/universal_avatar/view/type/{type}/owner/{entityId}", get_avatar_image_by_owner)
}

/// None for a type that there is not (U-53).
async fn get_all_system_avatars(call: Call, Path(kind): Path<String>) -> Answer {
    let ids = Kind::parse(&kind).into_iter().flat_map(Kind::system);
    let views = ids.map(|id| view(&call, "secure/useravatar", None, id, false)); // observed shapes, "avatars"
    ok(json!({ "system": views.collect::<Vec<Value>>() }))
}

/// What is missing has the same system avatars as all others, against the document (jira.js, live suite of 2026).
async fn get_avatars(call: Call, Path((kind, id)): Path<(String, String)>) -> Answer {
    match (Owner::find(&call, &kind, &id), shown_kind(&kind)?) {
        (Ok(owner), _) => list(&call, owner).await,
        (Err(_), kind) => {
            let system = kind.system().map(|id| view(&call, "secure/viewavatar", Some(kind), id, false));
            ok(json!({ "system": system.collect::<Vec<Value>>(), "custom": [] }))
        }
    }
}

async fn store_avatar(call: Call, Path((kind, id)): Path<(String, String)>, request: Request) -> Answer {
    let owner = Owner::find(&call, &kind, &id)?;
    call.administers(FORBIDDEN)?;
    store(&call, owner, request).await
}

async fn delete_avatar(call: Call, Path((kind, owner_id, id)): Path<(String, String, String)>) -> Answer {
    let owner = Owner::find(&call, &kind, &owner_id)?;
    call.administers(FORBIDDEN)?;
    avatars::delete(&call, owner, number(&id)?).await?;
    no_content()
}

async fn get_avatar_image_by_type(call: Call, Path(kind): Path<String>) -> Answer {
    let kind = shown_kind(&kind)?;
    show(&call, kind, kind.default_id()).await
}

async fn get_avatar_image_by_id(call: Call, Path((kind, id)): Path<(String, String)>) -> Answer {
    show(&call, shown_kind(&kind)?, number(&id)?).await
}

async fn get_avatar_image_by_owner(call: Call, Path((kind, id)): Path<(String, String)>) -> Answer {
    let owner = Owner::find(&call, &kind, &id)?;
    show(&call, owner.kind(), owner.selected()).await
}

/// System and uploaded avatars of an owner.
pub async fn list(call: &Call, owner: Owner<'_>) -> Answer {
    let one = |id: i64, uploaded: bool| {
        let owner_id = uploaded.then(|| owner.id());
        let mut view = view(call, "secure/viewavatar", Some(owner.kind()), id, uploaded);
        view["isSelected"] = (id == owner.selected()).into();
        if let Some(id) = owner_id {
            view["owner"] = id.to_string().into();
        }
        view
    };
    let uploaded = avatars::uploaded(call, owner).await?;
    ok(json!({
        "system": owner.kind().system().map(|id| one(id, false)).collect::<Vec<Value>>(),
        "custom": uploaded.into_iter().map(|id| one(id, true)).collect::<Vec<Value>>(),
    }))
}

/// Stores the picture in a request's body.
pub async fn store(call: &Call, owner: Owner<'_>, request: Request) -> Answer {
    owner.permit(call)?;
    not_from_a_page(request.headers())?;
    let edge = |name: &str| -> Result<i64> { Ok(call.params.int(name)?.unwrap_or(0)) };
    let crop = Crop { x: edge("x")?, y: edge("y")?, size: edge("size")? };
    let picture = body::bytes(request).await?.to_vec();
    let id = avatars::store(call, owner, picture, crop).await?;
    created(json!({ "id": id.to_string(), "isSystemAvatar": false, "isSelected": false, "isDeletable": true }))
}

/// The id of an avatar.
pub fn number(id: &str) -> Result<i64> {
    id.parse().map_err(|_| Failure::not_found(format!("The avatar with id '{id}' does not exist.")))
}

/// A kind whose pictures the API shows.
fn shown_kind(word: &str) -> Result<Kind> {
    Kind::parse(word).filter(|kind| *kind != Kind::User).ok_or_else(|| avatars::no_kind(word))
}

async fn show(call: &Call, kind: Kind, id: i64) -> Answer {
    let format = match call.params.text("format") {
        None => Format::Own,
        Some("png") => Format::Png,
        Some("svg") => Format::Svg,
        Some(_) => return Err(Failure::not_found("There is no avatar of that format.").into()),
    };
    Ok(file(avatars::picture(call, kind, id, call.params.text("size"), format).await?))
}

fn file(picture: Picture) -> Response<Body> {
    match picture {
        Picture::Svg(text) => ([(header::CONTENT_TYPE, "image/svg+xml;charset=utf-8")], text).into_response(),
        Picture::Png(bytes) => ([(header::CONTENT_TYPE, "image/png;charset=utf-8")], bytes).into_response(), // U-53
    }
}

/// A system avatar at the addresses of Jira's pages, which need no credentials; `None` if it is another page.
pub fn page(path: &str, params: &Params) -> Option<Response<Body>> {
    if path != "/secure/viewavatar" && path != "/secure/useravatar" {
        return None;
    }
    let id = match params.text("avatarId") {
        Some(id) => id.parse().ok().filter(|id| kind_of(*id).is_some()),
        // Accounts have no pictures of their own: each one's id chooses.
        None => params.text("ownerId").map(|id| {
            let sum: i64 = id.bytes().map(i64::from).sum();
            Kind::User.default_id() + sum % Kind::User.system().count() as i64
        }),
    };
    let picture = id.zip(pixels(params.text("size")));
    let picture = picture.and_then(|(id, size)| avatars::system_picture(id, size, Format::Own).ok());
    Some(picture.map_or_else(|| StatusCode::NOT_FOUND.into_response(), file))
}

/// An avatar in a list. Pictures of system avatars stand at the addresses of Jira's pages (observed shapes, 0.3).
fn view(call: &Call, page: &str, kind: Option<Kind>, id: i64, uploaded: bool) -> Value {
    let sizes = [("16x16", Some("xsmall")), ("24x24", Some("small")), ("32x32", Some("medium")), ("48x48", None)];
    let url = |size: Option<&str>| {
        let mut query: Vec<String> = size.iter().map(|size| format!("size={size}")).collect();
        if uploaded {
            let word = kind.map_or("", Kind::word);
            let path = format!("universal_avatar/view/type/{word}/avatar/{id}");
            return call.links.api(query.pop().map_or_else(|| path.clone(), |size| format!("{path}?{size}")));
        }
        query.push(format!("avatarId={id}"));
        query.extend(kind.map(|kind| format!("avatarType={}", kind.word())));
        format!("/{page}?{}", query.join("&"))
    };
    let urls: Map<String, Value> = sizes.iter().map(|(name, size)| ((*name).to_owned(), url(*size).into())).collect();
    json!({
        "id": id.to_string(),
        "isSystemAvatar": !uploaded,
        "isSelected": false,
        "isDeletable": uploaded,
        "urls": urls,
    })
}
