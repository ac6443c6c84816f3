//! Sites: `/_mock/sites` and `/_mock/reset`.

use super::{
    Body, Path, Refused, answer,
    openapi::{Routes, about},
};
use crate::{
    app::seed,
    db::{By, Read, Work, sites::SiteAddress},
    domain::{
        failure::Failure,
        site::{Settings, Site},
    },
    http::server::Server,
};
use axum::{
    extract::State,
    http::{StatusCode, Uri},
    response::Response,
};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// Operations on sites.
pub fn routes() -> Routes {
    const SITE: &str = "/_mock/sites/{name}";
    Routes::default()
        .get("/_mock/sites", list, about("listSites").answers::<List>(200))
        .post(
            "/_mock/sites",
            create,
            about("createSite").takes::<NewSite>().answers::<View>(201).refuses(&[400, 415, 422]),
        )
        .get(SITE, one, about("getSite").answers::<View>(200).refuses(&[404]))
        .patch(SITE, change, about("changeSite").takes::<Change>().answers::<View>(200).refuses(&[400, 404, 415, 422]))
        .delete(SITE, delete, about("deleteSite").answers_nothing(204).refuses(&[404]))
        .post("/_mock/reset", reset, about("reset").answers_nothing(204).refuses(&[404]))
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewSite {
    name: Option<String>,
    template: Option<String>,
    title: Option<String>,
    cloud_id: Option<Uuid>,
}

async fn list(State(server): State<Arc<Server>>) -> Result<Response, Refused> {
    let mut sites = Vec::new();
    for id in server.db.list_sites().await? {
        if let Some(site) = server.db.get_site(id).await? {
            sites.push(view(&site));
        }
    }
    Ok(answer(StatusCode::OK, &List { sites }))
}

/// Creates a site by copying a template.
async fn create(State(server): State<Arc<Server>>, Body(wanted): Body<NewSite>) -> Result<Response, Refused> {
    let name = wanted.name.unwrap_or_else(|| format!("site-{}", &Uuid::new_v4().simple().to_string()[..12]));
    let template = wanted.template.as_deref().unwrap_or(seed::EMPTY);
    match seed::create_site(&server.db, template, &name, wanted.title.as_deref(), wanted.cloud_id).await {
        Ok(site) => Ok(answer(StatusCode::CREATED, &view(&site))),
        Err(seed::SiteError::Internal(error)) => Err(error.into()),
        Err(refused) => Err(Refused::bad_request(refused.to_string())),
    }
}

async fn one(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<Response, Refused> {
    Ok(answer(StatusCode::OK, &view(&find(&server, &name).await?)))
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    title: Option<String>,
    base_url: Option<String>,
    settings: Option<Settings>,
    clock: Option<ClockChange>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockChange {
    /// Time stands still here.
    freeze_at: Option<DateTime<Utc>>,
    /// Time goes on, this far from real time.
    offset_ms: Option<i64>,
    /// Moves whatever the clock is.
    advance_ms: Option<i64>,
}

/// Changes title, address, settings or clock.
async fn change(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Body(change): Body<Change>,
) -> Result<Response, Refused> {
    let mut site = find(&server, &name).await?;
    if change.base_url.as_deref().is_some_and(|url| !is_address(url)) {
        return Err(Refused::bad_request("The base URL must begin with http:// or https:// and name a host."));
    }
    site.title = change.title.unwrap_or(site.title);
    site.base_url = change.base_url.or(site.base_url);
    site.settings = change.settings.unwrap_or(site.settings);
    if let Some(clock) = change.clock {
        if let Some(offset) = clock.offset_ms {
            site.clock.offset_ms = offset;
            site.clock.frozen_at = None;
        }
        site.clock.frozen_at = clock.freeze_at.or(site.clock.frozen_at);
        let step = clock.advance_ms.unwrap_or(0);
        match site.clock.frozen_at {
            Some(time) => {
                let moved = chrono::TimeDelta::try_milliseconds(step).and_then(|step| time.checked_add_signed(step));
                site.clock.frozen_at = Some(moved.ok_or_else(no_such_time)?);
            }
            None => site.clock.offset_ms = site.clock.offset_ms.checked_add(step).ok_or_else(no_such_time)?,
        }
        if !site.clock.is_sane(Utc::now()) {
            return Err(no_such_time());
        }
    }
    let settings = serde_json::to_value(&site.settings)?;
    server.db.update_site(&site, &settings).await?;
    Ok(answer(StatusCode::OK, &view(&site)))
}

fn is_address(url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
}

fn no_such_time() -> Refused {
    Refused::bad_request("The clock can't be set to that time.")
}

/// Deletes a site with everything in it.
async fn delete(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    let site = find(&server, &name).await?;
    server.db.delete_site(site.id).await?;
    server.sites.forget(site.id);
    server.sessions.forget(site.id);
    Ok(StatusCode::NO_CONTENT)
}

/// Puts the default site back to how its template is, and forgets the requests.
async fn reset(State(server): State<Arc<Server>>) -> Result<StatusCode, Refused> {
    let site = find(&server, &server.options.default_site).await?;
    seed::reset_site(&server.db, site.id, seed::DEMO).await?;
    server.requests.forget();
    server.sessions.forget(site.id);
    Ok(StatusCode::NO_CONTENT)
}

/// The site of that name.
pub(super) async fn find(server: &Server, name: &str) -> Result<Site, Refused> {
    let found = server.db.find_site(&SiteAddress::Name(name.to_owned())).await?;
    let site = match found {
        Some(id) => server.db.get_site(id).await?,
        None => None,
    };
    site.ok_or_else(|| Refused::not_found(format!("There is no site '{name}'.")))
}

/// For reading from the site of that name.
pub(super) async fn read(server: &Server, name: &str) -> Result<Read, Refused> {
    let site = find(server, name).await?;
    Ok(server.db.read(site.id).await.map_err(internal)?)
}

/// For changing the site of that name, by nobody in particular.
pub(super) async fn begin(server: &Server, name: &str) -> Result<(Site, Work), Refused> {
    let site = find(server, name).await?;
    let by = By { at: site.clock.at(Utc::now()), ..By::default() };
    let work = server.db.begin(site.id, by).await.map_err(internal)?;
    Ok((site, work))
}

fn internal(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Internal(cause) => cause,
        other => anyhow::anyhow!("{other:?}"),
    }
}

#[derive(Serialize, JsonSchema)]
struct List {
    sites: Vec<View>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct View {
    name: String,
    cloud_id: Uuid,
    title: String,
    base_url: Option<String>,
    path: String,
    settings: Settings,
    clock: ClockView,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ClockView {
    offset_ms: i64,
    frozen_at: Option<DateTime<Utc>>,
}

fn view(site: &Site) -> View {
    View {
        name: site.name.clone(),
        cloud_id: site.cloud_id,
        title: site.title.clone(),
        base_url: site.base_url.clone(),
        path: format!("/_site/{}", site.name),
        settings: site.settings.clone(),
        clock: ClockView { offset_ms: site.clock.offset_ms, frozen_at: site.clock.frozen_at },
    }
}
