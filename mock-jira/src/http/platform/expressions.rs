//! Jira expressions (S-59).

use super::issues::{
    issue::render,
    search::{PageToken, served_still},
};
use crate::{
    app::{
        expressions::{self, Data, Expression, Looks, Surroundings},
        jql::judge,
        search,
    },
    db::{self, issues::Loaded},
    domain::{
        config::{IssueType, Project, STATUS_CATEGORIES},
        expression::{
            self,
            check::{Checked, check},
            eval::{MAX_BEANS, MAX_EXPENSIVE, MAX_PRIMITIVES, MAX_STEPS, Outcome},
            schema::Kind as Thing,
            types::Type,
            value::{Entity, Value as Found},
        },
        failure::{Complaints, Failure, Result},
        fields::Kind,
        jql,
        people::Account,
    },
    http::{
        answer::{Answer, ok},
        body::{Json, lenient},
        call::Call,
        routes::Routes,
        views::{self, issue::Selection},
    },
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Operations on expressions.
pub fn routes() -> Routes {
    Routes::default()
        .post("/rest/api/3/expression/analyse", analyse_expression)
        .post("/rest/api/3/expression/eval", evaluate_jira_expression)
        .post("/rest/api/3/expression/evaluate", evaluate_jsis_jira_expression)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Analysis {
    expressions: Vec<String>,
    #[serde(default)]
    context_variables: HashMap<String, String>,
}

/// What an analysis looks at.
#[derive(Clone, Copy, PartialEq)]
enum Check {
    Syntax,
    Types,
    Complexity,
}

async fn analyse_expression(Json(call, asked): Json<Analysis>) -> Answer {
    let wanted = match call.params.text("check").unwrap_or("syntax") {
        "syntax" => Check::Syntax,
        "type" => Check::Types,
        "complexity" => Check::Complexity,
        other => return Err(Failure::invalid(format!("Unrecognized check: '{other}'")).into()),
    };
    let mut variables = HashMap::new();
    for (name, of) in asked.context_variables {
        let read = Type::read(&of);
        let read = read.ok_or_else(|| Failure::invalid(format!("Unrecognized type of '{name}': '{of}'")))?;
        variables.insert(name, read);
    }
    let fields = expressions::field_names(&call);
    let results = asked.expressions.iter().map(|source| analysis(source, wanted, &variables, &fields));
    ok(json!({ "results": results.collect::<Vec<Value>>() }))
}

fn analysis(source: &str, wanted: Check, variables: &HashMap<String, Type>, fields: &[String]) -> Value {
    let mut errors = Vec::new();
    let parsed = expression::parse(source).map_err(|expression::SyntaxError { line, column, message }| {
        errors.push(json!({ "line": line, "column": column, "message": message, "type": "syntax" }));
    });
    let other = expression::oversize(source, parsed.as_ref().ok());
    // What is too large anyway is not looked at.
    let checked = match &parsed {
        Ok(node) if wanted != Check::Syntax && other.is_empty() => Some(check(source, node, variables, fields)),
        _ => None,
    };
    errors.extend(other.into_iter().map(|message| json!({ "message": message, "type": "other" })));
    if let (Some(checked), Check::Types) = (&checked, wanted) {
        let wrong = checked.errors.iter();
        errors.extend(wrong.map(|error| json!({ "expression": error.part, "message": error.message, "type": "type" })));
    }
    let mut view = Map::new();
    view.insert("expression".into(), source.into());
    let valid = errors.is_empty();
    if !valid {
        view.insert("errors".into(), errors.into());
    }
    view.insert("valid".into(), valid.into());
    match (checked, wanted) {
        (Some(checked), Check::Types) => drop(view.insert("type".into(), checked.of.to_string().into())),
        (Some(checked), Check::Complexity) => drop(view.insert("complexity".into(), complexity(&checked))),
        _ => {}
    }
    view.into()
}

fn complexity(checked: &Checked) -> Value {
    let (formula, variables) = checked.expensive.write(&checked.lists);
    let mut view = json!({ "expensiveOperations": formula });
    if !variables.is_empty() {
        view["variables"] = json!(variables);
    }
    view
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "Query: Default + DeserializeOwned")]
struct Evaluation<Query> {
    expression: String,
    context: Option<Surroundings<Issues<Query>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "Query: Default + DeserializeOwned")]
struct Issues<Query> {
    #[serde(deserialize_with = "lenient::object")]
    jql: Option<Query>,
}

impl<Query> Evaluation<Query> {
    fn take_query(&mut self) -> Option<Query> {
        self.context.as_mut()?.issues.take()?.jql
    }
}

/// Most issues of a context, and as many as there are where the request says nothing.
const ISSUES: i64 = 1000;

fn at_most(max_results: Option<i64>) -> Result<i64> {
    match max_results {
        Some(number) if number < 0 => Err(Failure::invalid("The maxResults must not be negative.")),
        number => Ok(number.unwrap_or(ISSUES).min(ISSUES)),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Query {
    query: String,
    max_results: Option<i64>,
    next_page_token: Option<String>,
}

async fn evaluate_jsis_jira_expression(Json(call, mut asked): Json<Evaluation<Query>>) -> Answer {
    let expression = Expression::read(&asked.expression)?;
    let Some(query) = asked.take_query() else { return answer(&call, asked, &expression, None).await };
    let start = PageToken::read(&call, query.next_page_token.as_deref(), &query.query)?;
    let (ids, next) = search::page(&call, &query.query, start, at_most(query.max_results)?).await?;
    let is_last = next.is_none();
    // The document wants a token on the last page, too.
    let token = next.map(|start| PageToken::new(&call, start, &query.query).write()).unwrap_or_default();
    answer(&call, asked, &expression, Some((ids, json!({ "nextPageToken": token, "isLast": is_last })))).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct FormerQuery {
    query: String,
    start_at: i64,
    max_results: Option<i64>,
    validation: Option<String>,
}

/// The old form, as a site that has not lost it yet answers (S-45).
async fn evaluate_jira_expression(Json(call, mut asked): Json<Evaluation<FormerQuery>>) -> Answer {
    served_still(&call, "/rest/api/3/expression/evaluate")?;
    let expression = Expression::read(&asked.expression)?;
    let Some(query) = asked.take_query() else { return answer(&call, asked, &expression, None).await };
    let (start_at, max_results) = (query.start_at.max(0), at_most(query.max_results)?);
    let said = objections(&call, &query.query).await?;
    let warns = match query.validation.as_deref().unwrap_or("strict") {
        "strict" => {
            Complaints { messages: said.clone(), ..Complaints::default() }.into_result()?;
            false
        }
        "warn" => true,
        "none" => false,
        other => return Err(Failure::invalid(format!("Unrecognized validation: '{other}'")).into()),
    };
    let (ids, total) = match jql::parse(&query.query) {
        Ok(_) => search::unbounded(&call, &query.query, start_at, max_results).await?,
        Err(_) => (Vec::new(), 0),
    };
    let mut meta = json!({ "startAt": start_at, "maxResults": max_results, "count": ids.len(), "totalCount": total });
    if warns {
        meta["validationWarnings"] = said.into();
    }
    answer(&call, asked, &expression, Some((ids, meta))).await
}

/// All that is wrong with a query.
async fn objections(call: &Call, jql: &str) -> Result<Vec<String>> {
    match jql::parse(jql) {
        Ok(query) => {
            let verdict = judge(call, &query).await?;
            Ok(verdict.errors.into_iter().chain(verdict.warnings).collect())
        }
        Err(error) => Ok(vec![error.message]),
    }
}

async fn answer<Query: Default>(
    call: &Call,
    asked: Evaluation<Query>,
    expression: &Expression,
    page: Option<(Vec<i64>, Value)>,
) -> Answer {
    let given = asked.context.unwrap_or_default();
    let mut data = expressions::surround(call, &given, page.as_ref().map(|(ids, _)| ids.as_slice())).await?;
    let outcome = expressions::value(call, &Shown(call), &mut data, expression).await?;
    let mut view = json!({ "value": result(call, &data, &outcome.value).await? });
    if call.params.expands("meta.complexity") {
        view["meta"]["complexity"] = used(&outcome);
    }
    if let Some((_, meta)) = page {
        view["meta"]["issues"]["jql"] = meta;
    }
    ok(view)
}

fn used(outcome: &Outcome) -> Value {
    let of = |value: usize, limit: usize| json!({ "value": value, "limit": limit });
    json!({
        "steps": of(outcome.steps, MAX_STEPS),
        "expensiveOperations": of(outcome.expensive, MAX_EXPENSIVE),
        "beans": of(outcome.beans, MAX_BEANS),
        "primitiveValues": of(outcome.primitives, MAX_PRIMITIVES),
    })
}

/// A value as answers show it.
async fn result(call: &Call, data: &Data, value: &Found) -> Result<Value> {
    let mut things = Vec::new();
    value.entities(&mut things);
    let ids = things.iter().filter(|thing| thing.kind == Thing::Issue).filter_map(|thing| thing.id.parse().ok());
    let ids: Vec<i64> = ids.collect();
    let mut issues: HashMap<String, Value> = HashMap::new();
    if !ids.is_empty() {
        let selection = Selection::read(&[], "*navigable");
        let mut db = call.read().await?;
        let loaded = db::issues::list(&mut db, &ids, selection.wanted(call), call.caller.account_id()).await?;
        let views = render(call, &mut db, &loaded, &selection, &[]).await?;
        for (loaded, view) in loaded.iter().zip(views) {
            issues.insert(loaded.issue.id.to_string(), serde_json::to_value(view).map_err(anyhow::Error::from)?);
        }
    }
    Ok(expression::to_json(value, &mut |value| match value {
        Found::Date(date) => call.time(*date).into(),
        Found::RichText(document) => views::issue::text(call, document),
        Found::Entity(Entity { kind: Thing::Issue, id }) => issues.get(&**id).cloned().unwrap_or_default(),
        Found::Entity(thing) => bean(call, data, thing).unwrap_or_default(),
        _ => Value::Null,
    }))
}

/// A thing as its own operations show it.
fn bean(call: &Call, data: &Data, thing: &Entity) -> Option<Value> {
    use views::{changelog, config, issue, parts, project, sprint, user, worklog};
    let site = &call.site;
    let id: i64 = thing.id.parse().unwrap_or_default();
    Some(match thing.kind {
        Thing::User => user::person(call, Some(&thing.id)),
        Thing::Project => project::detailed(call, site.projects.get(id)?),
        Thing::IssueType => config::issue_type(call, site.issue_types.get(id)?),
        Thing::IssueStatus => config::status(call, site.statuses.get(id)?),
        Thing::IssueStatusCategory => {
            config::status_category(call, STATUS_CATEGORIES.iter().find(|category| i64::from(category.id) == id)?)
        }
        Thing::IssuePriority => config::priority(call, site.priorities.get(id)?),
        Thing::Resolution => config::resolution(call, site.resolutions.get(id)?),
        Thing::SecurityLevel => config::security_level(call, site.security_levels.get(id)?),
        Thing::Component => config::component(call, site.components.get(id)?),
        Thing::Version => config::version(call, site.versions.get(id)?),
        Thing::ProjectCategory => config::category(call, site.categories.get(id)?),
        Thing::ProjectRole => parts::role(call, site.roles.get(id)?),
        Thing::IssueLinkType => config::link_type(call, site.link_types.get(id)?),
        Thing::IssueLink => issue::link(call, data.link(thing)?)?,
        Thing::Comment => issue::comment(call, data.comment(thing)?),
        Thing::Attachment => issue::attachment(call, data.attachment(thing)?),
        Thing::Worklog => worklog::worklog(call, data.worklog(thing)?),
        Thing::Changelog => changelog::history(call, data.history(thing)?),
        Thing::ChangelogItem => changelog::item(data.item(thing)?),
        Thing::Sprint => sprint::sprint(call, site.sprints.get(id)?),
        Thing::Board => sprint::board(call, site.boards.get(id)?),
        kind => kind.name().into(),
    })
}

/// Things inside values look as they do in answers to this call.
pub struct Shown<'a>(pub &'a Call);

impl Looks for Shown<'_> {
    fn avatars(&self, account: &Account) -> Value {
        views::user::short(self.0, account)["avatarUrls"].take()
    }

    fn project_avatars(&self, project: &Project) -> Value {
        views::project::in_issue(self.0, project)["avatarUrls"].take()
    }

    fn icon(&self, kind: &IssueType) -> Value {
        views::config::issue_type(self.0, kind)["iconUrl"].take()
    }

    fn field(&self, loaded: &Loaded, field_id: i64, kind: Kind) -> Value {
        views::issue::custom(self.0, field_id, kind, loaded)
    }
}
