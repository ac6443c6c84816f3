//! Setting and removing properties of many issues in the background (J-119).

use super::{
    Context,
    expressions::{self, Expression, Looks},
    properties::ISSUE,
    tasks::{self, End, Job, Run},
};
use crate::{
    db::{self, Work, issues::Wanted, properties::IssueFilter, tasks::Task},
    domain::{
        audit::{Area, Record, Thing},
        failure::{Complaints, Failure, Result},
        property,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// What to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Change {
    /// The same properties of all these issues, or none of it.
    SetList {
        /// Which.
        issue_ids: Vec<i64>,
        /// By key.
        properties: Map<String, Value>,
    },
    /// Properties of each issue, as far as the caller may.
    SetEach {
        /// Issue by issue.
        issues: Vec<IssueProperties>,
    },
    /// One property of the issues that a filter chooses and that the caller may edit.
    Set {
        /// Of the property.
        key: String,
        /// Its new value.
        value: Value,
        /// Which issues.
        filter: IssueFilter,
    },
    /// One property of some issues, with a value for each of them.
    SetComputed {
        /// Of the property.
        key: String,
        /// By issue.
        values: Vec<(i64, Value)>,
    },
    /// One property of the issues that a filter chooses, to remove it.
    Delete {
        /// Of the property.
        key: String,
        /// Which issues.
        filter: IssueFilter,
    },
}

/// Properties to set on one issue.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssueProperties {
    /// Which.
    #[serde(rename = "issueID")]
    pub issue_id: i64,
    /// By key.
    pub properties: Map<String, Value>,
}

/// Most issues in a list.
const LISTED: usize = 10_000;
/// Most issues with properties of their own.
const EACH: usize = 100;
/// Most properties of one issue.
const PROPERTIES: usize = 10;

impl Change {
    /// As tasks show it.
    pub fn description(&self) -> &'static str {
        match self {
            Self::SetList { .. } | Self::SetEach { .. } | Self::Set { .. } | Self::SetComputed { .. } => {
                "Set issue properties"
            }
            Self::Delete { .. } => "Delete issue properties",
        }
    }

    fn check(&self) -> Result<()> {
        let mut complaints = Complaints::default();
        let mut number = |what: &str, count: usize, most: usize| {
            if !(1..=most).contains(&count) {
                complaints.messages.push(format!("The number of {what} must be between 1 and {most}."));
            }
        };
        match self {
            Self::SetList { issue_ids, properties } => {
                number("entitiesIds", issue_ids.len(), LISTED);
                number("properties", properties.len(), PROPERTIES);
                check_properties(properties, &mut complaints);
            }
            Self::SetEach { issues } => {
                number("issues", issues.len(), EACH);
                for issue in issues {
                    number("properties", issue.properties.len(), PROPERTIES);
                }
                for issue in issues {
                    check_properties(&issue.properties, &mut complaints);
                }
            }
            Self::Set { key, value, filter } => {
                complaints.messages.extend(property::check(key, value).err());
                complaints.messages.extend(check_filter(filter).err());
            }
            Self::SetComputed { key, .. } | Self::Delete { key, .. } => {
                complaints.messages.extend(property::check_key(key).err());
            }
        }
        complaints.messages.dedup();
        complaints.into_result()
    }
}

fn check_filter(filter: &IssueFilter) -> Result<(), String> {
    if filter.current_value.is_some() && filter.has_property == Some(false) {
        return Err("An issue without the property can't have the value that 'currentValue' asks for.".into());
    }
    Ok(())
}

fn check_properties(properties: &Map<String, Value>, complaints: &mut Complaints) {
    complaints.messages.extend(properties.iter().filter_map(|(key, value)| property::check(key, value).err()));
}

/// What an expression makes of each issue that a filter chooses and that the caller may edit, as the issues are now.
/// Values that are too long for a property are left out.
pub async fn computed(
    context: &Context,
    looks: &dyn Looks,
    key: String,
    source: &str,
    filter: &IssueFilter,
) -> Result<Change> {
    context.account_id()?;
    check_filter(filter).map_err(Failure::invalid)?;
    let expression = Expression::read(source)?;
    if !expression.is_constant(context) {
        let sentence = "The number of expensive operations must not depend on the number of issues.";
        return Err(Failure::invalid(sentence));
    }
    let mut db = context.read().await?;
    let chosen = db::properties::chosen_issues(&mut db, &key, filter).await?;
    if chosen.len() > LISTED {
        return Err(Failure::invalid(format!("An expression can be evaluated for at most {LISTED} issues.")));
    }
    let loaded = db::issues::list(&mut db, &chosen, Wanted::default(), None).await?;
    drop(db);
    let ids: Vec<i64> = loaded.iter().filter(|it| may_edit(context, it)).map(|it| it.issue.id).collect();
    let mut values = Vec::new();
    for (id, value) in ids.iter().zip(expressions::each(context, looks, &expression, &ids).await?) {
        let value = value.map_err(|thing| Failure::invalid(format!("{thing} can't be the value of a property.")))?;
        if property::check(&key, &value).is_ok() {
            values.push((*id, value));
        }
    }
    Ok(Change::SetComputed { key, values })
}

/// Asks for a change in the background.
pub async fn submit(context: &Context, change: Change) -> Result<Task> {
    context.account_id()?;
    change.check()?;
    let mut work = context.begin().await?;
    if let Change::SetList { issue_ids, .. } = &change {
        let editable = editable(context, &mut work, issue_ids).await?;
        if let Some(id) = issue_ids.iter().find(|id| !editable.contains(id)) {
            return Err(Failure::invalid(no_permission(*id)));
        }
    }
    let task = tasks::submit(context, &mut work, &Job::IssueProperties(change)).await?;
    work.commit(Record::new("Change of issue properties submitted", Area::Everyday, task.thing())).await?;
    Ok(task)
}

/// What [`Job::IssueProperties`] does: one transaction.
pub async fn run(run: &mut Run, change: Change) -> Result<End> {
    let context = run.context().await?;
    let mut work = context.begin().await?;
    let mut failures = Map::new();
    let mut changed = HashSet::new();
    match change {
        Change::SetList { issue_ids, properties } => {
            changed = editable(&context, &mut work, &issue_ids).await?;
            if let Some(id) = issue_ids.iter().find(|id| !changed.contains(id)) {
                return Err(Failure::invalid(no_permission(*id)));
            }
            for (key, value) in &properties {
                db::properties::put_all(&mut work, ISSUE, &texts(&changed), key, value).await?;
            }
        }
        Change::SetEach { issues } => {
            let ids: Vec<i64> = issues.iter().map(|issue| issue.issue_id).collect();
            let editable = editable(&context, &mut work, &ids).await?;
            for IssueProperties { issue_id, properties } in issues {
                if !editable.contains(&issue_id) {
                    failures.insert(issue_id.to_string(), json!([no_permission(issue_id)]));
                    continue;
                }
                changed.insert(issue_id);
                for (key, value) in &properties {
                    db::properties::put(&mut work, ISSUE, &issue_id.to_string(), key, value).await?;
                }
            }
        }
        Change::Set { key, value, filter } => {
            let chosen = db::properties::chosen_issues(&mut work, &key, &filter).await?;
            changed = editable(&context, &mut work, &chosen).await?;
            db::properties::put_all(&mut work, ISSUE, &texts(&changed), &key, &value).await?;
        }
        Change::SetComputed { key, values } => {
            let ids: Vec<i64> = values.iter().map(|(id, _)| *id).collect();
            changed = editable(&context, &mut work, &ids).await?;
            for (id, value) in values.iter().filter(|(id, _)| changed.contains(id)) {
                db::properties::put(&mut work, ISSUE, &id.to_string(), &key, value).await?;
            }
        }
        Change::Delete { key, filter } => {
            let filter = IssueFilter { has_property: Some(true), ..filter };
            let chosen = db::properties::chosen_issues(&mut work, &key, &filter).await?;
            changed = editable(&context, &mut work, &chosen).await?;
            db::properties::delete_from(&mut work, ISSUE, &texts(&changed), &key).await?;
        }
    }
    let thing = Thing::new("ISSUE", "", format!("{} issues", changed.len()));
    work.commit(Record::new("Issue properties changed", Area::Everyday, thing)).await?;
    Ok(End::Complete(if failures.is_empty() { Value::Null } else { json!({ "errors": failures }) }))
}

/// Those of the issues that the caller sees and may edit, locked.
async fn editable(context: &Context, work: &mut Work, ids: &[i64]) -> Result<HashSet<i64>> {
    db::issues::lock_all(work, ids).await?;
    let loaded = db::issues::list(work, ids, Wanted::default(), None).await?;
    Ok(loaded.iter().filter(|loaded| may_edit(context, loaded)).map(|loaded| loaded.issue.id).collect())
}

fn may_edit(context: &Context, loaded: &db::issues::Loaded) -> bool {
    let issue = &loaded.issue;
    let project = context.visible_project(issue.project_id, issue.people());
    project.is_some_and(|project| context.access().on(project, issue.people(), "EDIT_ISSUES"))
}

fn texts(ids: &HashSet<i64>) -> Vec<String> {
    ids.iter().map(i64::to_string).collect()
}

fn no_permission(id: i64) -> String {
    format!("The issue with id '{id}' does not exist or you do not have permission to edit it.")
}
