//! JQL without searching (S-50 to S-58).

mod functions;
mod suggestions;

use crate::{
    app::{
        ADMINISTRATORS,
        jql::{clean, judge, matching, sanitize},
    },
    db,
    domain::{
        failure::{Failure, Result},
        jql::{
            self,
            resolve::{AppCalls, Referents, Scope, reference},
        },
    },
    http::{
        answer::{Answer, ok},
        body::Json,
        call::Call,
        params::unconvertible,
        routes::Routes,
    },
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Operations on queries.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/jql/autocompletedata", get_auto_complete)
        .post("/rest/api/3/jql/autocompletedata", get_auto_complete_post)
        .post("/rest/api/3/jql/match", match_issues)
        .post("/rest/api/3/jql/parse", parse_jql_queries)
        .post("/rest/api/3/jql/pdcleaner", migrate_queries)
        .post("/rest/api/3/jql/sanitize", sanitise_jql_queries)
        .and(suggestions::routes())
        .and(functions::routes())
}

async fn get_auto_complete(call: Call) -> Answer {
    ok(describe(&call, None, false).await?)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
    project_ids: Option<Vec<i64>>,
    #[serde(default)]
    include_collapsed_fields: bool,
}

async fn get_auto_complete_post(Json(call, body): Json<Wanted>) -> Answer {
    // Ids of projects that there are not, or that the caller can't see, are ignored.
    let known = |id: &i64| call.site.projects.get(*id).is_some_and(|project| call.access().sees(project));
    let projects: Option<Vec<i64>> = body.project_ids.map(|ids| ids.into_iter().filter(known).collect());
    let projects = projects.filter(|projects| !projects.is_empty());
    ok(describe(&call, projects.as_deref(), body.include_collapsed_fields).await?)
}

async fn describe(call: &Call, projects: Option<&[i64]>, collapsed: bool) -> Result<Value> {
    let functions = db::jql_functions::list(&mut call.read().await?).await?;
    let referents = Referents { apps: AppCalls { functions, ..AppCalls::default() }, ..Referents::default() };
    let scope = Scope { site: &call.site, caller: &call.caller, now: call.now, referents: &referents };
    Ok(reference(&scope, projects, collapsed))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Matching {
    issue_ids: Vec<i64>,
    jqls: Vec<String>,
}

/// Most issues, and most queries, that are matched at once.
const ISSUES: usize = 1000;
const QUERIES: usize = 100;

async fn match_issues(Json(call, body): Json<Matching>) -> Answer {
    if body.issue_ids.len() > ISSUES {
        return Err(Failure::invalid(format!("The number of issue ids exceeds the limit of {ISSUES}.")).into());
    }
    if body.jqls.len() > QUERIES {
        return Err(Failure::invalid(format!("The number of JQL queries exceeds the limit of {QUERIES}.")).into());
    }
    let mut matches = Vec::new();
    for jql in &body.jqls {
        matches.push(match matching(&call, jql, &body.issue_ids).await? {
            Some(found) => json!({ "matchedIssues": found, "errors": [] }),
            None => json!({ "matchedIssues": [], "errors": [format!("Invalid JQL: {jql}")] }),
        });
    }
    ok(json!({ "matches": matches }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Queries {
    queries: Vec<String>,
}

async fn parse_jql_queries(Json(call, body): Json<Queries>) -> Answer {
    let validation = call.params.text("validation").unwrap_or("strict").to_ascii_lowercase();
    if !["strict", "warn", "none"].contains(&validation.as_str()) {
        return Err(unconvertible("validation", &validation).into());
    }
    if body.queries.is_empty() {
        return Err(Failure::invalid("The queries has to be provided.").into());
    }
    let mut parsed = Vec::new();
    for jql in &body.queries {
        parsed.push(parse(&call, jql, &validation).await?);
    }
    ok(json!({ "queries": parsed }))
}

/// S-50, S-52: the strict answer has a structure only where there is nothing to say.
async fn parse(call: &Call, jql: &str, validation: &str) -> Result<Value> {
    let mut view = Map::new();
    view.insert("query".into(), jql.into());
    let query = match jql::parse(jql) {
        Ok(query) => query,
        Err(error) => {
            view.insert("errors".into(), json!([error.message]));
            return Ok(view.into());
        }
    };
    let mut shows_structure = true;
    if validation != "none" {
        let verdict = judge(call, &query).await?;
        for (member, sentences) in [("errors", verdict.errors), ("warnings", verdict.warnings)] {
            if !sentences.is_empty() {
                shows_structure = validation == "warn";
                view.insert(member.into(), sentences.into());
            }
        }
    }
    if shows_structure {
        view.insert("structure".into(), jql::structure(&query));
    }
    Ok(view.into())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Strings {
    #[serde(default)]
    query_strings: Vec<String>,
}

async fn migrate_queries(Json(call, body): Json<Strings>) -> Answer {
    if body.query_strings.len() > QUERIES {
        return Err(Failure::invalid(format!("The number of JQL queries exceeds the limit of {QUERIES}.")).into());
    }
    let (mut converted, mut with_unknown) = (Vec::new(), Vec::new());
    for jql in &body.query_strings {
        match clean(&call, jql)? {
            (query, false) => converted.push(query),
            (query, true) => with_unknown.push(json!({ "originalQuery": jql, "convertedQuery": query })),
        }
    }
    ok(json!({ "queryStrings": converted, "queriesWithUnknownUsers": with_unknown }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ToSanitize {
    queries: Option<Vec<QueryToSanitize>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct QueryToSanitize {
    query: String,
    account_id: Option<String>,
}

/// Most queries that are sanitized at once.
const SANITIZED: usize = 20;

async fn sanitise_jql_queries(Json(call, body): Json<ToSanitize>) -> Answer {
    call.administers(ADMINISTRATORS)?; // S-58
    let queries = body.queries.ok_or_else(|| Failure::invalid("The queries has to be provided."))?;
    if queries.len() > SANITIZED {
        return Err(Failure::invalid(format!("The number of queries exceeds the limit of {SANITIZED}.")).into());
    }
    let mut sanitized = Vec::new();
    for asked in &queries {
        let mut view = json!({ "initialQuery": asked.query });
        match sanitize(&call, &asked.query, asked.account_id.as_deref()).await? {
            Ok(query) => view["sanitizedQuery"] = query.into(),
            Err(sentences) => view["errors"] = json!({ "errorMessages": sentences, "errors": {} }),
        }
        if let Some(account_id) = &asked.account_id {
            view["accountId"] = account_id.as_str().into();
        }
        sanitized.push(view);
    }
    ok(json!({ "queries": sanitized }))
}
