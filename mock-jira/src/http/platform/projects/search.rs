//! Lists of projects (U-42).

use super::project::add_properties;
use crate::{
    db,
    domain::{
        config::Project,
        failure::{Failure, Result},
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        page::{Order, Window, bean},
        params::unconvertible,
        routes::Routes,
        views,
    },
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::{cmp::Ordering, collections::HashMap};

/// Operations on many projects.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/project", get_all_projects)
        .get("/rest/api/3/project/recent", get_recent)
        .get("/rest/api/3/project/search", search_projects)
}

/// Most projects that are called recent.
const RECENT: usize = 20;

/// Number of issues and time of the last change, by project.
type Insights = HashMap<i64, (i64, Option<DateTime<Utc>>)>;

async fn get_all_projects(call: Call) -> Answer {
    match call.params.int("recent")? {
        Some(most) => recent(&call, usize::try_from(most).unwrap_or(0).min(RECENT)).await,
        None => list(&call, call.live_projects().collect()).await,
    }
}

async fn get_recent(call: Call) -> Answer {
    recent(&call, RECENT).await
}

/// Those that the caller looked at last, as far as they are still visible.
async fn recent(call: &Call, most: usize) -> Answer {
    let seen = match call.caller.account_id() {
        Some(account_id) => db::views::projects(&mut call.read().await?, account_id).await?,
        None => Vec::new(),
    };
    let live: Vec<&Project> = call.live_projects().collect();
    let projects = seen.iter().filter_map(|id| live.iter().find(|project| project.id == *id).copied());
    list(call, projects.take(most).collect()).await
}

async fn list(call: &Call, projects: Vec<&Project>) -> Answer {
    ok(listed(call, projects).await?)
}

/// Projects in lists, with what the request asks for.
async fn listed(call: &Call, projects: Vec<&Project>) -> Result<Vec<Value>> {
    let insights = match call.params.expands("insight") {
        true => Some(db::projects::insights(&mut call.read().await?).await?),
        false => None,
    };
    let views = projects.into_iter().map(|project| {
        let mut view = views::project::listed(call, project);
        if let Some(insights) = &insights {
            view["insight"] = insight(call, insights.get(&project.id));
        }
        view
    });
    let mut views: Vec<Value> = views.collect();
    add_properties(call, &mut views).await?;
    Ok(views)
}

async fn search_projects(call: Call) -> Answer {
    let window = Window::read(&call, 50, 100)?;
    let order = Order::read(&call, &ORDERS)?;
    let filter = Filter::read(&call)?;
    let mut projects: Vec<&Project> =
        call.site.projects.iter().filter(|project| filter.lets_through(&call, project)).collect();
    if let Some(query) = call.params.text("propertyQuery") {
        let query = PropertyQuery::read(query)?;
        let with = query.owners(&call).await?;
        projects.retain(|project| with.contains(&project.id.to_string()));
    }
    let counted = order.is_some_and(|order| ["issueCount", "lastIssueUpdatedTime"].contains(&order.field));
    let insights = match counted {
        true => db::projects::insights(&mut call.read().await?).await?,
        false => Insights::new(),
    };
    if let Some(order) = order {
        order.sort(&mut projects, |a, b| compare(&call, &insights, order.field, a, b));
    }
    let total = projects.len() as i64;
    let views = listed(&call, window.of(projects)).await?;
    ok(bean(&call, "project/search", window, total, views))
}

/// In the order in which the refusal names them (U-42).
const ORDERS: [&str; 8] =
    ["name", "key", "owner", "category", "issueCount", "lastIssueUpdatedTime", "archivedDate", "deletedDate"];

fn compare(call: &Call, insights: &Insights, field: &str, a: &Project, b: &Project) -> Ordering {
    let insight = |project: &Project| insights.get(&project.id).copied().unwrap_or_default();
    let owner = |project: &Project| {
        let account = project.lead.as_ref().and_then(|id| call.site.accounts.get(id));
        account.map(|account| account.display_name.to_lowercase())
    };
    let category = |project: &Project| {
        let category = project.category_id.and_then(|id| call.site.categories.get(id));
        category.map(|category| category.name.to_lowercase())
    };
    match field {
        "name" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        "owner" => owner(a).cmp(&owner(b)),
        "category" => category(a).cmp(&category(b)),
        "issueCount" => insight(a).0.cmp(&insight(b).0),
        "lastIssueUpdatedTime" => insight(a).1.cmp(&insight(b).1),
        "archivedDate" => a.archived.cmp(&b.archived),
        "deletedDate" => a.deleted.cmp(&b.deleted),
        _ => a.key.cmp(&b.key),
    }
}

fn insight(call: &Call, insight: Option<&(i64, Option<DateTime<Utc>>)>) -> Value {
    let (count, updated) = insight.copied().unwrap_or_default();
    let mut view = json!({ "totalIssueCount": count });
    if let Some(updated) = updated {
        view["lastIssueUpdateTime"] = call.time(updated).into();
    }
    view
}

/// A property and the value that something in it must have: `[key].path.to=value`.
struct PropertyQuery {
    key: String,
    path: Vec<String>,
    value: String,
}

impl PropertyQuery {
    fn read(text: &str) -> Result<Self> {
        let parts = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let parts = parts.and_then(|(key, rest)| Some((key, rest.split_once('=')?)));
        let (key, (path, value)) =
            parts.ok_or_else(|| Failure::invalid(format!("The property query '{text}' is not valid.")))?;
        let path = path.split('.').filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(Self { key: key.to_owned(), path: path.collect(), value: value.to_owned() })
    }

    /// Ids of the projects whose property has the value.
    async fn owners(&self, call: &Call) -> Result<Vec<String>> {
        let ids: Vec<String> = call.site.projects.iter().map(|project| project.id.to_string()).collect();
        let keys = [self.key.clone()];
        let found = db::properties::list(&mut call.read().await?, "project", &ids, &keys).await?;
        let fits = |value: &Value| {
            let inner = self.path.iter().try_fold(value, |value, name| value.get(name));
            inner.is_some_and(|inner| match inner {
                Value::String(text) => *text == self.value,
                other => self.value == other.to_string().as_str(),
            })
        };
        let has = |own: &[(String, Value)]| own.iter().any(|(key, value)| *key == self.key && fits(value));
        Ok(found.into_iter().filter(|(_, own)| has(own)).map(|(id, _)| id).collect())
    }
}

/// Most ids and most keys in a search.
const MOST: usize = 50;

/// Which projects are asked for.
struct Filter {
    ids: Vec<i64>,
    keys: Vec<String>,
    query: Option<String>,
    type_keys: Vec<String>,
    category_id: Option<i64>,
    action: &'static str,
    statuses: Vec<&'static str>,
}

impl Filter {
    fn read(call: &Call) -> Result<Self> {
        let params = &call.params;
        let mut statuses = params
            .list("status")
            .iter()
            .map(|status| one_of("status", status, &["live", "archived", "deleted"]))
            .collect::<Result<Vec<_>>>()?;
        if statuses.is_empty() {
            statuses.push("live");
        }
        let (ids, keys) = (params.longs("id")?, params.list("keys"));
        if ids.len() > MOST || keys.len() > MOST {
            return Err(Failure::invalid(format!("At most {MOST} projects can be asked for by id or key.")));
        }
        Ok(Self {
            ids,
            keys,
            query: params.text("query").map(str::to_lowercase),
            type_keys: params.list("typeKey"),
            category_id: params.long("categoryId")?,
            action: one_of("action", params.text("action").unwrap_or("view"), &["view", "browse", "edit", "create"])?,
            statuses,
        })
    }

    fn lets_through(&self, call: &Call, project: &Project) -> bool {
        let access = call.access();
        let status = match (project.deleted, project.archived) {
            (Some(_), _) => "deleted",
            (_, Some(_)) => "archived",
            _ => "live",
        };
        let allowed = || match self.action {
            "browse" => access.somewhere(project, "BROWSE_PROJECTS"),
            "edit" => access.administers_project(project),
            "create" => access.project(project, "CREATE_ISSUES"),
            _ => access.sees(project),
        };
        let found =
            |query: &String| project.key.to_lowercase().contains(query) || project.name.to_lowercase().contains(query);
        self.statuses.contains(&status)
            && (self.ids.is_empty() || self.ids.contains(&project.id))
            && (self.keys.is_empty() || self.keys.contains(&project.key))
            && self.query.as_ref().is_none_or(found)
            && (self.type_keys.is_empty() || self.type_keys.contains(&project.type_key))
            && self.category_id.is_none_or(|id| project.category_id == Some(id))
            && allowed()
    }
}

/// A word of an enumeration.
fn one_of(name: &str, text: &str, words: &[&'static str]) -> Result<&'static str> {
    let word = words.iter().find(|word| word.eq_ignore_ascii_case(text)).copied();
    word.ok_or_else(|| unconvertible(name, text))
}
