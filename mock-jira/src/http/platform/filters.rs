//! Saved filters (U-49).

mod columns;
mod sharing;

use crate::{
    app::{
        filters::{self, FilterInput, MISSING, Shared},
        sharing::ShareInput,
    },
    db::{self, filters::Search},
    domain::{
        failure::{Failure, Result},
        sharing::Audience,
    },
    http::{
        answer::{Answer, no_content, ok},
        body::{Json, lenient},
        call::Call,
        page::{self, Order, Window},
        params::path_id,
        platform::sought::Sought,
        routes::Routes,
        views::shared::{FILTER_EXPANSIONS, filter, filter_listed},
    },
};
use axum::extract::Path;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

/// Operations on filters.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/filter", create_filter)
        .get("/rest/api/3/filter/my", get_my_filters)
        .get("/rest/api/3/filter/favourite", get_favourite_filters)
        .get("/rest/api/3/filter/search", get_filters_paginated)
        .get("/rest/api/3/filter/{id}", get_filter)
        .put("/rest/api/3/filter/{id}", update_filter)
        .delete("/rest/api/3/filter/{id}", delete_filter)
        .put("/rest/api/3/filter/{id}/favourite", set_favourite_for_filter)
        .delete("/rest/api/3/filter/{id}/favourite", delete_favourite_for_filter)
        .put("/rest/api/3/filter/{id}/owner", change_filter_owner)
        .and(columns::routes())
        .and(sharing::routes())
}

/// The id in a path.
fn id_of(text: &str) -> Result<i64> {
    path_id("id", text)
}

/// For operations that tell of a missing filter with 400.
fn required(shared: Option<Shared>) -> Result<Shared> {
    shared.ok_or_else(|| Failure::invalid(MISSING))
}

/// A filter as clients send it: often one that they were shown before, of which most can't be changed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FilterBody {
    name: Option<String>,
    description: Option<String>,
    jql: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    favourite: Option<bool>,
    share_permissions: Option<Vec<ShareInput>>,
    edit_permissions: Option<Vec<ShareInput>>,
    #[serde(rename = "self")]
    _self: Option<IgnoredAny>,
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
    #[serde(rename = "owner")]
    _owner: Option<IgnoredAny>,
    #[serde(rename = "viewUrl")]
    _view_url: Option<IgnoredAny>,
    #[serde(rename = "searchUrl")]
    _search_url: Option<IgnoredAny>,
    #[serde(rename = "favouritedCount")]
    _favourited_count: Option<IgnoredAny>,
    #[serde(rename = "approximateLastUsed")]
    _approximate_last_used: Option<IgnoredAny>,
    #[serde(rename = "sharedUsers")]
    _shared_users: Option<IgnoredAny>,
    #[serde(rename = "subscriptions")]
    _subscriptions: Option<IgnoredAny>,
}

impl FilterBody {
    fn input(&self, call: &Call) -> Result<FilterInput<'_>> {
        Ok(FilterInput {
            name: self.name.as_deref(),
            description: self.description.as_deref(),
            jql: self.jql.as_deref(),
            favourite: self.favourite,
            shares: self.share_permissions.as_deref(),
            edit_shares: self.edit_permissions.as_deref(),
            any_shares: overrides(call)?,
        })
    }
}

/// Whether an administrator wishes to see and do what share permissions do not allow.
fn overrides(call: &Call) -> Result<bool> {
    call.params.flag("overrideSharePermissions", false)
}

async fn create_filter(Json(call, body): Json<FilterBody>) -> Answer {
    let shared = filters::create(&call, &body.input(&call)?).await?;
    ok(filter(&call, &shared))
}

async fn get_filter(call: Call, Path(id): Path<String>) -> Answer {
    let (id, any) = (id_of(&id)?, overrides(&call)?);
    let shared = filters::find(&call, &mut call.read().await?, id, any).await?;
    ok(filter(&call, &shared.ok_or_else(|| Failure::not_found(MISSING))?)) // U-49
}

async fn update_filter(Path(id): Path<String>, Json(call, body): Json<FilterBody>) -> Answer {
    let shared = required(filters::update(&call, id_of(&id)?, &body.input(&call)?).await?)?;
    ok(filter(&call, &shared))
}

async fn delete_filter(call: Call, Path(id): Path<String>) -> Answer {
    if filters::delete(&call, id_of(&id)?).await? { no_content() } else { Err(Failure::invalid(MISSING).into()) }
}

async fn set_favourite_for_filter(call: Call, Path(id): Path<String>) -> Answer {
    let shared = required(filters::set_favourite(&call, id_of(&id)?, true).await?)?;
    ok(filter(&call, &shared))
}

async fn delete_favourite_for_filter(call: Call, Path(id): Path<String>) -> Answer {
    let shared = required(filters::set_favourite(&call, id_of(&id)?, false).await?)?;
    ok(filter(&call, &shared))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OwnerBody {
    account_id: String,
}

async fn change_filter_owner(Path(id): Path<String>, Json(call, body): Json<OwnerBody>) -> Answer {
    filters::change_owner(&call, id_of(&id)?, &body.account_id).await?;
    no_content()
}

async fn get_my_filters(call: Call) -> Answer {
    let with_favourites = call.params.flag("includeFavourites", false)?;
    let owner = call.account_id()?.to_owned();
    let mut found = list(&call, Search { owner: Some(owner.clone()), ..everything(&call) }).await?;
    if with_favourites {
        let favourites = list(&call, Search { favourites: true, ..everything(&call) }).await?;
        found.extend(favourites.into_iter().filter(|shared| shared.filter.owner != owner));
        found.sort_by_cached_key(|shared| (shared.filter.name.to_lowercase(), shared.filter.id));
    }
    ok(found.iter().map(|shared| filter(&call, shared)).collect::<Vec<Value>>())
}

async fn get_favourite_filters(call: Call) -> Answer {
    let found = list(&call, Search { favourites: true, ..everything(&call) }).await?;
    ok(found.iter().map(|shared| filter(&call, shared)).collect::<Vec<Value>>())
}

/// All filters that the caller sees, by name.
fn everything(call: &Call) -> Search {
    Search { audience: Audience::of(&call.site, &call.caller), order: "name", limit: i64::MAX, ..Search::default() }
}

async fn list(call: &Call, search: Search) -> Result<Vec<Shared>> {
    let mut db = call.read().await?;
    let (found, _) = db::filters::search(&mut db, &search).await?;
    filters::with_shares(&mut db, found).await
}

/// Most ids that may be asked for (T-14).
const IDS: usize = 200;

async fn get_filters_paginated(call: Call) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    let fields = ["description", "favourite_count", "id", "is_favourite", "name", "owner", "is_shared"];
    let order = Order::read(&call, &fields)?.unwrap_or(Order { field: "name", descending: false });
    let params = &call.params;
    let can_expand = |name: &str| FILTER_EXPANSIONS.split(',').any(|known| known == name);
    let Sought { owner, group, project } = Sought::read(&call, can_expand)?;
    let mut ids = params.longs("id")?;
    if ids.len() > IDS {
        return Err(Failure::invalid(format!("At most {IDS} filter ids can be given.")).into());
    }
    ids.sort_unstable();
    let name = params.text("filterName").unwrap_or_default().to_lowercase();
    let words = if params.flag("isSubstringMatch", false)? {
        vec![name]
    } else {
        // Syntax of text search adds nothing to words in names.
        name.split(|c: char| c.is_whitespace() || "\"*~".contains(c)).map(str::to_owned).collect()
    };
    let search = Search {
        all: overrides(&call)? && call.access().administers(),
        words,
        owner,
        group,
        project,
        ids,
        order: order.field,
        descending: order.descending,
        offset: window.start_at,
        limit: window.max_results,
        ..everything(&call)
    };
    let mut db = call.read().await?;
    let (found, total) = db::filters::search(&mut db, &search).await?;
    let found = filters::with_shares(&mut db, found).await?;
    let values = found.iter().map(|shared| filter_listed(&call, shared)).collect();
    ok(page::bean(&call, "filter/search", window, total, values))
}
