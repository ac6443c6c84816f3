//! Evaluating Jira expressions: the context that a request gives, and a loop that loads what an evaluation lacks.

mod data;
mod world;

pub use data::Data;

use super::{Context, sprints};
use crate::{
    db::issues::Loaded,
    domain::{
        config::{IssueType, Project},
        expression::{
            self,
            check::check,
            eval::{Outcome, Stop, evaluate},
            schema::Kind as Thing,
            value::Value,
            world::Missing,
        },
        failure::{Complaints, Failure, Result},
        fields::{Kind, custom_id},
        people::Account,
    },
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::{HashMap, HashSet};

/// How things look that an expression shows as answers show them.
pub trait Looks: Sync {
    /// Addresses of an account's picture, by size.
    fn avatars(&self, account: &Account) -> Json;
    /// The same of a project.
    fn project_avatars(&self, project: &Project) -> Json;
    /// The address of an issue type's icon.
    fn icon(&self, kind: &IssueType) -> Json;
    /// A custom field of an issue.
    fn field(&self, loaded: &Loaded, field_id: i64, kind: Kind) -> Json;
}

/// What an expression is evaluated in, as requests give it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Surroundings<Issues> {
    /// The current issue.
    pub issue: Option<IdOrKey>,
    /// The current project.
    pub project: Option<IdOrKey>,
    /// Id of the current sprint.
    pub sprint: Option<i64>,
    /// Id of the current board.
    pub board: Option<i64>,
    /// Id of the current service desk.
    pub service_desk: Option<i64>,
    /// Id of the current customer request.
    pub customer_request: Option<i64>,
    /// A query for issues.
    pub issues: Option<Issues>,
    /// Variables of the request's own.
    pub custom: Option<Map<String, Json>>,
}

/// How a request names a thing: by one of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdOrKey {
    id: Option<i64>,
    key: Option<String>,
}

impl IdOrKey {
    fn text(&self, what: &str) -> Result<String> {
        match (self.id, &self.key) {
            (Some(id), None) => Ok(id.to_string()),
            (None, Some(key)) => Ok(key.clone()),
            _ => Err(Failure::invalid(format!("Exactly one of id and key must be provided for the {what}."))),
        }
    }
}

/// An expression that can be evaluated.
#[derive(Debug)]
pub struct Expression {
    source: String,
    node: expression::ast::Node,
}

impl Expression {
    /// Reads an expression and refuses what is none, or too long.
    pub fn read(source: &str) -> Result<Self> {
        let node = expression::parse(source)
            .map_err(|error| Failure::invalid(format!("Failed to parse expression: {error}")))?;
        let messages = expression::oversize(source, Some(&node));
        Complaints { messages, ..Complaints::default() }.into_result()?;
        Ok(Self { source: source.to_owned(), node })
    }

    /// Whether it takes as many expensive operations for many issues as for one.
    pub fn is_constant(&self, context: &Context) -> bool {
        let source = format!("issues.map(issue => {{ {} }})", self.source);
        let Ok(node) = expression::parse(&source) else { return false };
        check(&source, &node, &HashMap::new(), &field_names(context)).expensive.is_constant()
    }
}

/// Makes the variables of a context; `issue_ids` are what its query found.
pub async fn surround<I>(context: &Context, given: &Surroundings<I>, issue_ids: Option<&[i64]>) -> Result<Data> {
    let mut data = Data::default();
    let user = context.caller.account_id().map_or(Value::Null, |id| Value::entity(Thing::User, id));
    data.variables.insert("user".into(), user);
    if let Some(issue) = &given.issue {
        let issue = data.issue(context, &issue.text("issue")?).await?;
        data.variables.insert("issue".into(), issue);
    }
    if let Some(project) = &given.project {
        let project = context.project(&project.text("project")?)?;
        data.variables.insert("project".into(), Value::entity(Thing::Project, project.id));
    }
    let missing = |what: &str, id: i64| {
        Failure::not_found(format!("The {what} with id {id} does not exist or you do not have permission to see it."))
    };
    if let Some(id) = given.sprint {
        let sprint = context.site.sprints.get(id).ok_or_else(|| missing("sprint", id))?;
        if !sprints::is_visible(context, sprint).await? {
            return Err(missing("sprint", id));
        }
        data.variables.insert("sprint".into(), Value::entity(Thing::Sprint, id));
    }
    if let Some(id) = given.board {
        sprints::board(context, id).ok_or_else(|| missing("board", id))?;
        data.variables.insert("board".into(), Value::entity(Thing::Board, id));
    }
    if let Some(id) = given.service_desk {
        let desk = context.project(&id.to_string()).ok().filter(|project| is_service_desk(project));
        let missing = || Failure::not_found("The Service Desk you are trying to view does not exist.");
        data.variables.insert("serviceDesk".into(), Value::entity(Thing::ServiceDesk, desk.ok_or_else(missing)?.id));
    }
    if let Some(id) = given.customer_request {
        data.load_issues(context, &[id]).await?;
        let project = data.find(id).and_then(|issue| context.site.projects.get(issue.project_id));
        if !project.is_some_and(is_service_desk) {
            let sentence = "The customer request does not exist or you do not have permission to see it.";
            return Err(Failure::not_found(sentence));
        }
        data.variables.insert("customerRequest".into(), Value::entity(Thing::CustomerRequest, id));
    }
    if let Some(ids) = issue_ids {
        data.load_issues(context, ids).await?;
        let found = ids.iter().filter(|id| data.find(**id).is_some()).map(|id| Value::entity(Thing::Issue, id));
        data.variables.insert("issues".into(), Value::list(found).map_err(Failure::invalid)?);
    }
    for (name, value) in given.custom.iter().flatten() {
        let value = custom(context, &mut data, name, value).await?;
        data.variables.insert(name.clone(), value);
    }
    Ok(data)
}

/// Whether a project is one of Service Management's. Sites give its desk no number of its own: it has the project's,
/// by which operations take it, too (D-8). Its issues are the requests (D-26).
fn is_service_desk(project: &Project) -> bool {
    project.type_key == "service_desk"
}

/// A variable of the request's own: a user, an issue, JSON, or a list of these.
async fn custom(context: &Context, data: &mut Data, name: &str, given: &Json) -> Result<Value> {
    if let Json::Array(items) = given {
        let mut values = Vec::new();
        for item in items {
            values.push(custom_thing(context, data, name, item).await?);
        }
        return Value::list(values).map_err(Failure::invalid);
    }
    custom_thing(context, data, name, given).await
}

async fn custom_thing(context: &Context, data: &mut Data, name: &str, given: &Json) -> Result<Value> {
    match given["type"].as_str() {
        Some("user") => {
            let id = given["accountId"].as_str();
            let id = id.ok_or_else(|| Failure::invalid(format!("The accountId of '{name}' must be provided.")))?;
            if !context.site.accounts.contains_key(id) {
                return Err(Failure::no_user());
            }
            Ok(Value::entity(Thing::User, id))
        }
        Some("issue") => {
            let key = given["key"].as_str().map(str::to_owned);
            let named = IdOrKey { id: given["id"].as_i64(), key }.text(&format!("issue '{name}'"))?;
            data.issue(context, &named).await
        }
        Some("json") => Value::from_json(&given["value"]).map_err(Failure::invalid),
        _ => Err(Failure::invalid(format!("The type of '{name}' must be one of user, issue and json."))),
    }
}

/// Most times that an evaluation begins anew because something must be loaded.
const RUNS: usize = 200;

/// Evaluates an expression, with all the data it asks for.
pub async fn value(context: &Context, looks: &dyn Looks, data: &mut Data, expression: &Expression) -> Result<Outcome> {
    let mut loaded: HashSet<Missing> = HashSet::new();
    loop {
        let world = world::Reading { context, data, looks };
        let missing = match evaluate(&expression.source, &expression.node, &world) {
            Ok(outcome) => return Ok(outcome),
            Err(Stop::Missing(missing)) => missing,
            Err(stop) => return Err(Failure::invalid(stop.sentence())),
        };
        if loaded.len() == RUNS {
            return Err(Failure::invalid("Evaluation failed: The expression loads too many things"));
        }
        data.load(context, &missing).await?;
        if !loaded.insert(missing.clone()) {
            return Err(Failure::Internal(anyhow::anyhow!("{missing:?} was loaded and is still missing")));
        }
    }
}

/// What an expression makes of each of some issues; instead of what has no JSON, its type.
pub async fn each(
    context: &Context,
    looks: &dyn Looks,
    expression: &Expression,
    issue_ids: &[i64],
) -> Result<Vec<Result<Json, &'static str>>> {
    let mut data = surround::<()>(context, &Surroundings::default(), None).await?;
    data.load_issues(context, issue_ids).await?;
    let mut values = Vec::new();
    for id in issue_ids {
        data.variables.insert("issue".into(), Value::entity(Thing::Issue, id));
        let outcome = value(context, looks, &mut data, expression).await?;
        let mut odd = None;
        let json = expression::to_json(&outcome.value, &mut |value| match value {
            Value::Date(_) => expression::text_of(value).into(),
            other => {
                odd = Some(other.type_name());
                Json::Null
            }
        });
        values.push(odd.map_or(Ok(json), Err));
    }
    Ok(values)
}

/// Ids of all custom fields, and the keys that apps gave theirs.
pub fn field_names(context: &Context) -> Vec<String> {
    let fields = || context.site.fields.custom.iter();
    let keys = fields().filter_map(|field| field.app_key().map(str::to_owned));
    fields().map(|field| custom_id(field.id)).chain(keys).collect()
}
