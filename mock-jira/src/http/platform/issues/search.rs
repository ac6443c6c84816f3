//! Searching issues by JQL (S-1 to S-42).

use super::issue::render;
use crate::{
    app::search::{self, BAD_TOKEN, LIFETIME, Start},
    db,
    domain::{
        failure::{Failure, Result},
        site::RemovedSearch,
    },
    http::{
        answer::{Answer, json, ok},
        body::{self, lenient},
        call::Call,
        page::Window,
        params::unconvertible,
        routes::Routes,
        views::{
            issue::Selection,
            kept::{Members, Shown},
        },
    },
};
use axum::{extract::Request, http::StatusCode};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json as value};

/// Operations on searches.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/search/jql", search_by_query)
        .post("/rest/api/3/search/jql", search_by_body)
        .post("/rest/api/3/search/approximate-count", count_issues)
        .get("/rest/api/3/search", removed_search_by_query)
        .post("/rest/api/3/search", removed_search_by_body)
}

/// A search as either method asks for it; a body with any other member is refused (S-22).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Search {
    jql: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    next_page_token: Option<String>,
    #[serde(deserialize_with = "present_int")]
    max_results: Option<i64>,
    fields: Option<Vec<String>>,
    fields_by_keys: Option<bool>,
    expand: Option<String>,
    properties: Option<Vec<String>>,
    /// Here a null is refused, to which Jira answers with a fault of its own (S-24).
    #[serde(deserialize_with = "ids")]
    reconcile_issues: Vec<i64>,
}

fn ids<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    let ids = Vec::<body::Id>::deserialize(deserializer)?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// A null reads as 0, which the range then refuses (S-11).
fn present_int<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(Some(lenient::int(deserializer)?.unwrap_or(0)))
}

async fn search_by_query(call: Call) -> Answer {
    let params = &call.params;
    // A repeated token is none that was ever given (S-8).
    let tokens: Vec<&str> = params.all("nextPageToken").collect();
    let asked = Search {
        jql: params.text("jql").map(str::to_owned),
        next_page_token: Some(tokens.join(",")),
        max_results: params.int("maxResults")?,
        fields: Some(params.list("fields")),
        fields_by_keys: Some(params.flag("fieldsByKeys", false)?),
        properties: Some(params.list("properties")),
        reconcile_issues: params.longs("reconcileIssues")?,
        ..Search::default()
    };
    params.flag("failFast", false)?;
    answer(call, &asked).await
}

async fn answer(mut call: Call, asked: &Search) -> Answer {
    loop {
        match run(&call, asked).await {
            Ok(view) => return ok(view),
            Err(failure) => call = call.fresher(failure).await?,
        }
    }
}

async fn search_by_body(mut call: Call, request: Request) -> Answer {
    let asked: Search = body::read(&body::bytes(request).await?)?;
    call.expand(asked.expand.as_slice());
    answer(call, &asked).await
}

/// Most results of a page: many only for ids and keys (S-11, S-13).
const MOST: i64 = 5000;
/// Most results of a page with fields.
const MOST_WITH_FIELDS: i64 = 100;

async fn run(call: &Call, asked: &Search) -> Result<Members> {
    // In the order of S-25.
    let jql = asked.jql.as_deref().unwrap_or_default();
    let start = PageToken::read(call, asked.next_page_token.as_deref(), jql)?;
    let max_results = asked.max_results.unwrap_or(50);
    if !(1..=MOST).contains(&max_results) {
        return Err(Failure::invalid("The max results parameter has to be between 1 and 5,000."));
    }
    let fields = listed(asked.fields.as_deref());
    let mut selection = Selection::read(&fields, if fields.is_empty() { "id" } else { "*navigable" }); // S-14, S-16
    if asked.fields_by_keys == Some(true) {
        selection.by_keys(&call.site);
    }
    let limit = if selection.is_bare() { max_results } else { max_results.min(MOST_WITH_FIELDS) };
    let properties = listed(asked.properties.as_deref());
    if properties.len() > 5 {
        return Err(Failure::invalid("The number of properties exceeds the limit of 5.")); // S-19
    }
    // There is nothing to reconcile: a search sees every write that was answered before it.
    if asked.reconcile_issues.len() > 50 {
        return Err(Failure::invalid("The number of issues to reconcile exceeds the limit of 50.")); // S-21
    }

    let (ids, next) = search::page(call, jql, start, limit).await?;
    let mut db = call.read().await?;
    let (mut issues, version) = page(call, &mut db, &ids, &selection, &properties).await?;
    call.accept(version)?;
    let mut answer = Members::default();
    let described = take_descriptions(&mut issues);
    answer.add("issues", Shown::List(issues));
    describe_fields(call, &mut answer, described);
    let is_last = next.is_none();
    if let Some(start) = next {
        answer.add("nextPageToken", PageToken::new(call, start, jql).write()); // S-4
    }
    answer.add("isLast", is_last);
    Ok(answer)
}

/// Names as a list gives them, of which each may be several with commas between (S-16).
fn listed(texts: Option<&[String]>) -> Vec<String> {
    let parts = texts.unwrap_or_default().iter().flat_map(|text| text.split(','));
    parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The issues of a page in its order, and the version of the site their data belong to.
async fn page(
    call: &Call,
    db: &mut db::Read,
    ids: &[i64],
    selection: &Selection,
    properties: &[String],
) -> Result<(Vec<Members>, Option<i64>)> {
    let loaded = db::issues::list(db, ids, selection.wanted(call), call.caller.account_id()).await?;
    let version = match loaded.first() {
        Some(loaded) => Some(loaded.site_version),
        // Without data of its own an answer must ask.
        None => db.version().await?,
    };
    if selection.is_bare() && properties.is_empty() && call.params.list("expand").is_empty() {
        // Without fields there is no `self`, no `expand`, and a key only if named (S-14, S-15).
        let bare = loaded.iter().map(|loaded| {
            let mut view = Members::default();
            view.add("id", loaded.issue.id.to_string());
            if selection.shows("key") {
                view.add("key", call.site.issue_key(loaded.issue.project_id, loaded.issue.number));
            }
            view
        });
        return Ok((bare.collect(), version));
    }
    Ok((render(call, db, &loaded, selection, properties).await?, version))
}

/// `names` and `schema` of fields stand once beside the issues, not in each.
const DESCRIPTIONS: [&str; 2] = ["names", "schema"];

/// Takes the descriptions of their fields out of issues.
fn take_descriptions(issues: &mut [Members]) -> [Map<String, Value>; 2] {
    DESCRIPTIONS.map(|member| {
        let each = issues.iter_mut().filter_map(|issue| issue.take(member));
        each.filter_map(|all| if let Shown::Made(Value::Object(all)) = all { Some(all) } else { None })
            .flatten()
            .collect()
    })
}

/// Adds the descriptions that are asked for.
fn describe_fields(call: &Call, answer: &mut Members, described: [Map<String, Value>; 2]) {
    for (member, all) in DESCRIPTIONS.into_iter().zip(described) {
        if call.params.expands(member) {
            answer.add(member, all);
        }
    }
}

/// Where the next page begins (S-6): bound to the query, and good for seven days (S-5).
#[derive(Debug, Serialize, Deserialize)]
pub struct PageToken {
    start: Start,
    issued: i64,
    jql: String,
}

impl PageToken {
    /// The page of a query that begins there.
    pub fn new(call: &Call, start: Start, jql: &str) -> Self {
        Self { start, issued: call.now.timestamp_millis(), jql: jql.to_owned() }
    }

    /// As clients carry it.
    pub fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Where the page begins; an empty token is the first page (S-8).
    pub fn read(call: &Call, token: Option<&str>, jql: &str) -> Result<Start> {
        let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(Start::default()) };
        let decoded: Option<Self> =
            URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let alive = |token: &Self| {
            let issued = DateTime::from_timestamp_millis(token.issued);
            issued.is_some_and(|issued| call.now - issued < LIFETIME) && token.start.offset >= 0 && token.jql == jql
        };
        decoded.filter(alive).map(|token| token.start).ok_or_else(|| Failure::invalid(BAD_TOKEN)) // S-7
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    jql: Option<String>,
}

async fn count_issues(body::Json(call, asked): body::Json<Count>) -> Answer {
    let count = search::count(&call, asked.jql.as_deref().unwrap_or_default()).await?;
    ok(value!({ "count": count }))
}

/// The old search, as a site that has not lost it yet answers (S-44).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct RemovedQuery {
    jql: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    start_at: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    max_results: Option<i64>,
    fields: Option<Vec<String>>,
    /// Keys of fields are their ids here.
    #[serde(rename = "fieldsByKeys")]
    _fields_by_keys: Option<bool>,
    #[serde(deserialize_with = "lenient::names")]
    expand: Vec<String>,
    properties: Option<Vec<String>>,
    #[serde(deserialize_with = "lenient::text")]
    validate_query: Option<String>,
}

/// What comes of a query that names what is not there.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Validation {
    /// It is refused (S-29).
    Strict,
    /// The answer warns of it.
    Warn,
    /// Nothing.
    None,
}

impl RemovedQuery {
    fn validation(&self) -> Result<Validation> {
        match self.validate_query.as_deref() {
            None | Some("strict" | "true") => Ok(Validation::Strict),
            Some("warn" | "false") => Ok(Validation::Warn),
            Some("none") => Ok(Validation::None),
            Some(other) => Err(unconvertible("validateQuery", other)),
        }
    }
}

async fn removed_search_by_query(call: Call) -> Answer {
    served_still(&call, "/rest/api/3/search/jql")?;
    let window = Window::read(&call, 50, MOST_WITH_FIELDS)?;
    for unused in ["fieldsByKeys", "failFast"] {
        call.params.flag(unused, false)?;
    }
    let asked = RemovedQuery {
        jql: call.params.text("jql").map(str::to_owned),
        start_at: Some(window.start_at),
        max_results: Some(window.max_results),
        fields: Some(call.params.list("fields")),
        properties: Some(call.params.list("properties")),
        validate_query: call.params.text("validateQuery").map(str::to_owned),
        ..RemovedQuery::default()
    };
    removed_search(&call, &asked).await
}

async fn removed_search_by_body(mut call: Call, request: Request) -> Answer {
    served_still(&call, "/rest/api/3/search/jql")?;
    let asked: RemovedQuery = body::read(&body::bytes(request).await?)?;
    call.expand(&asked.expand);
    removed_search(&call, &asked).await
}

/// Refuses what Jira has removed in favour of another operation, unless the site still has it (S-42, S-45).
pub fn served_still(call: &Call, successor: &str) -> Result<()> {
    match call.site.site.settings.removed_search {
        RemovedSearch::Served => Ok(()),
        RemovedSearch::Gone => Err(Failure::Gone(format!(
            "The requested API has been removed. Please migrate to the {successor} API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
        ))),
    }
}

async fn removed_search(call: &Call, asked: &RemovedQuery) -> Answer {
    let jql = asked.jql.as_deref().unwrap_or_default();
    let start_at = asked.start_at.unwrap_or(0).max(0);
    let max_results = asked.max_results.unwrap_or(50).clamp(0, MOST_WITH_FIELDS);
    let selection = Selection::read(asked.fields.as_deref().unwrap_or_default(), "*navigable");
    let validation = asked.validation()?;
    let complaints =
        if validation == Validation::None { Vec::new() } else { search::validate(call, jql, None).await? };
    if validation == Validation::Strict && !complaints.is_empty() {
        return json(StatusCode::BAD_REQUEST, value!({ "errorMessages": complaints, "warningMessages": [] })); // H-14
    }
    let (ids, total) = search::unbounded(call, jql, start_at, max_results).await?;
    let mut db = call.read().await?;
    let (mut issues, _) =
        page(call, &mut db, &ids, &selection, asked.properties.as_deref().unwrap_or_default()).await?;
    let described = take_descriptions(&mut issues);
    let mut answer = Members::default();
    answer.add("expand", "schema,names");
    answer.add("startAt", start_at);
    answer.add("maxResults", max_results);
    answer.add("total", total);
    answer.add("issues", Shown::List(issues));
    if !complaints.is_empty() {
        answer.add("warningMessages", complaints);
    }
    describe_fields(call, &mut answer, described);
    ok(answer)
}
