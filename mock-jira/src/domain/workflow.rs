//! Workflows: which transitions an issue can take, and what taking one does.
//!
//! Conditions, validators and post functions are data; [`Workflow::available`] and
//! [`Transition::validate`] are pure. Loading the facts and storing the outcome is `app`'s work.

pub mod draft;
pub mod migration;
pub mod rules;

use super::{fields::custom_number, issue::swap};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// Statuses and the transitions between them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// Ids of its statuses, in the order shown.
    pub statuses: Vec<i64>,
    /// In the order shown.
    pub transitions: Vec<Transition>,
    /// What there is to say of single statuses, by their ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<i64, StatusDetails>,
    /// Where the editor shows its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Point>,
    /// Where the editor shows its looped transitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looped: Option<Point>,
    /// The task that moves issues out of the deprecated statuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<i64>,
}

/// Which state of a workflow it is: whoever changes one says what was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// Counts the changes.
    pub number: i64,
    /// Another one with every change.
    pub id: Uuid,
}

/// A place in the workflow editor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// To the right.
    #[serde(default)]
    pub x: f64,
    /// Downwards.
    #[serde(default)]
    pub y: f64,
}

/// What a workflow says of one of its statuses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusDetails {
    /// Where the editor shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<Point>,
    /// Free properties of administrators.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
    /// No issue can come into it any more, and those in it are being moved out of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
}

/// Where the editor draws the arrow of a transition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ports {
    /// On the status that it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<i32>,
    /// On the status that it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<i32>,
}

/// From where a transition can be taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Taken once, when an issue is created.
    Initial,
    /// From every status.
    Global,
    /// From these statuses.
    From(Vec<i64>),
}

/// A step of a workflow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// Unique in the workflow; steps of 10 ending in 1 in simplified ones.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where it starts.
    pub origin: Origin,
    /// Where its arrows are drawn, by the status that they start from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ports: BTreeMap<i64, Ports>,
    /// The status it leads to; absent on a looped transition, which stays where it is.
    pub to: Option<i64>,
    /// Fields asked for on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen_id: Option<i64>,
    /// Who may take it and when.
    #[serde(default, skip_serializing_if = "Condition::is_always")]
    pub condition: Condition,
    /// What the input must fulfil.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validators: Vec<Validator>,
    /// What happens besides the change of status.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_functions: Vec<PostFunction>,
    /// Free properties of administrators.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
}

/// A rule about the viewer and the issue; decides whether a transition is offered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Every one holds; empty: always.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// The viewer has a project permission.
    Permission(String),
    /// The viewer plays one of the roles.
    Role(Vec<i64>),
    /// The viewer is in one of the groups.
    Group(Vec<Uuid>),
    /// The viewer is one of these accounts.
    Account(Vec<String>),
    /// The viewer is the assignee.
    Assignee,
    /// The viewer is the reporter.
    Reporter,
    /// Every sub-task is in one of the statuses.
    SubtasksIn(Vec<i64>),
    /// Nobody takes it on a screen; over the API only where that is not closed, too.
    Closed {
        /// Also over the API.
        api: bool,
    },
}

impl Default for Condition {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Condition {
    /// Holds for everybody.
    pub fn is_always(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// Names another role instead of this one; without another, says only whether this one is named.
    fn replace_role(&mut self, role: i64, other: Option<i64>) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter_mut().fold(false, |found, part| part.replace_role(role, other) | found)
            }
            Self::Role(ids) if ids.contains(&role) => {
                if let Some(other) = other {
                    swap(ids, role, Some(other));
                }
                true
            }
            _ => false,
        }
    }

    fn holds(&self, facts: &Facts, viewer: &Viewer) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(facts, viewer)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts, viewer)),
            Self::Permission(key) => (viewer.permitted)(key),
            Self::Role(ids) => ids.iter().any(|id| viewer.roles.contains(id)),
            Self::Group(ids) => ids.iter().any(|id| viewer.groups.contains(id)),
            Self::Account(ids) => viewer.account_id.is_some_and(|id| ids.iter().any(|other| other == id)),
            Self::Assignee => viewer.account_id.is_some() && viewer.account_id == facts.assignee,
            Self::Reporter => viewer.account_id.is_some() && viewer.account_id == facts.reporter,
            Self::SubtasksIn(statuses) => facts.subtask_statuses.iter().all(|status| statuses.contains(status)),
            Self::Closed { api } => !api,
        }
    }
}

/// A rule about the outcome; a broken one refuses the transition with a message (J-73).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validator {
    /// These fields have a value.
    Required {
        /// Field ids.
        fields: Vec<String>,
        /// Instead of Jira's own sentence.
        #[serde(default)]
        message: Option<String>,
        /// Not asked of issues that can't have the field.
        #[serde(default)]
        ignore_context: bool,
    },
    /// The caller has a project permission.
    Permission(String),
    /// The parent is in one of the statuses.
    ParentIn(Vec<i64>),
}

/// What a transition does to an issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostFunction {
    /// Sets the resolution if the input did not.
    SetResolution(i64),
    /// Empties the resolution.
    ClearResolution,
    /// Sets the assignee.
    Assign(Assignee),
    /// Empties a field by id.
    ClearField(String),
    /// The name of the event fired instead of `issue_generic` (W-23).
    Fire(String),
}

impl PostFunction {
    /// Whether the field of this id can be emptied by one.
    pub fn clears(field: &str) -> bool {
        const SYSTEM: [&str; 9] = [
            "assignee",
            "description",
            "environment",
            "duedate",
            "labels",
            "components",
            "fixVersions",
            "versions",
            "resolution",
        ];
        SYSTEM.contains(&field) || custom_number(field).is_some()
    }
}

/// Whom a post function assigns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// Who takes the transition.
    Caller,
    /// Who reported the issue.
    Reporter,
    /// Who leads the project.
    Lead,
    /// Who gets the project's new issues.
    Default,
    /// This account.
    Account(String),
    /// Nobody.
    Nobody,
}

/// What conditions look at on the issue.
#[derive(Debug, Clone, Default)]
pub struct Facts<'a> {
    /// Where the issue is.
    pub status: i64,
    /// Account id.
    pub assignee: Option<&'a str>,
    /// Account id.
    pub reporter: Option<&'a str>,
    /// Statuses of its sub-tasks.
    pub subtask_statuses: &'a [i64],
    /// Status of its parent.
    pub parent_status: Option<i64>,
}

/// What conditions look at on the caller.
pub struct Viewer<'a> {
    /// Nobody for anonymous callers.
    pub account_id: Option<&'a str>,
    /// The caller's groups.
    pub groups: &'a HashSet<Uuid>,
    /// Roles that the caller plays in the project.
    pub roles: HashSet<i64>,
    /// Whether the caller has a project permission for this issue.
    pub permitted: &'a dyn Fn(&str) -> bool,
}

/// What validators look at in the fields of the issue as it would be; fields go by their ids.
pub trait Values {
    /// Whether a field has no value.
    fn is_empty(&self, field: &str) -> bool;
    /// Whether the issue can have the field at all.
    fn exists(&self, field: &str) -> bool;
    /// The shown name of a field.
    fn name(&self, field: &str) -> String;
}

impl Workflow {
    /// Whether a status is one of it only until its issues are moved.
    fn is_deprecated(&self, status: i64) -> bool {
        self.details.get(&status).is_some_and(|details| details.deprecated)
    }

    /// Keeps statuses as deprecated ones until a task has moved their issues.
    pub fn keep(&mut self, statuses: Vec<i64>, task_id: Option<i64>) {
        for status in statuses {
            self.statuses.push(status);
            self.details.insert(status, StatusDetails { deprecated: true, ..StatusDetails::default() });
        }
        self.task_id = task_id;
    }

    /// Lets go of the deprecated statuses.
    pub fn settle(&mut self) {
        let gone: Vec<i64> = self.statuses.iter().copied().filter(|status| self.is_deprecated(*status)).collect();
        self.statuses.retain(|status| !gone.contains(status));
        self.details.retain(|status, _| !gone.contains(status));
        self.task_id = None;
    }

    /// Names another role instead of this one in all conditions; without another, says only whether this one is named.
    pub fn replace_role(&mut self, role: i64, other: Option<i64>) -> bool {
        let conditions = self.transitions.iter_mut().map(|transition| &mut transition.condition);
        conditions.fold(false, |found, condition| condition.replace_role(role, other) | found)
    }

    /// The transition that new issues take.
    pub fn initial(&self) -> Option<&Transition> {
        self.transitions.iter().find(|transition| transition.origin == Origin::Initial)
    }

    /// Transitions that lead on from where the issue is, whether or not their conditions hold.
    pub fn outgoing(&self, status: i64) -> impl Iterator<Item = &Transition> {
        self.transitions.iter().filter(move |transition| match &transition.origin {
            Origin::Initial => false,
            Origin::Global => true,
            Origin::From(statuses) => statuses.contains(&status),
        })
    }

    /// Transitions that the viewer can take now (J-70).
    pub fn available<'a>(&'a self, facts: &Facts, viewer: &Viewer) -> Vec<&'a Transition> {
        self.outgoing(facts.status).filter(|transition| transition.condition.holds(facts, viewer)).collect()
    }
}

impl Transition {
    /// Whether it stays in the status it starts from.
    pub fn is_looped(&self, from: i64) -> bool {
        self.to.is_none_or(|to| to == from)
    }

    /// Whether its condition holds.
    pub fn is_available(&self, facts: &Facts, viewer: &Viewer) -> bool {
        self.condition.holds(facts, viewer)
    }

    /// Sentences of the validators that the issue, as it would be, does not fulfil:
    /// by field id where a field is at fault, else under an empty id.
    pub fn validate(&self, facts: &Facts, viewer: &Viewer, fields: &impl Values) -> Vec<(String, String)> {
        let mut broken = Vec::new();
        for validator in &self.validators {
            match validator {
                Validator::Required { fields: required, message, ignore_context } => {
                    let asked = |field: &&String| fields.is_empty(field) && (!*ignore_context || fields.exists(field));
                    for field in required.iter().filter(asked) {
                        let sentence =
                            message.clone().unwrap_or_else(|| format!("{} is required.", fields.name(field)));
                        broken.push((field.clone(), sentence)); // J-7
                    }
                }
                Validator::Permission(key) if !(viewer.permitted)(key) => {
                    broken.push((String::new(), format!("You do not have the '{key}' permission.")));
                }
                Validator::ParentIn(statuses) if facts.parent_status.is_some_and(|s| !statuses.contains(&s)) => {
                    broken.push((
                        String::new(),
                        "The parent work item is not in the status that this transition needs.".into(),
                    ));
                }
                Validator::Permission(_) | Validator::ParentIn(_) => {}
            }
        }
        broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: i64, origin: Origin, to: Option<i64>, condition: Condition) -> Transition {
        Transition {
            id,
            name: format!("step {id}"),
            description: String::new(),
            origin,
            ports: BTreeMap::new(),
            to,
            screen_id: None,
            condition,
            validators: Vec::new(),
            post_functions: Vec::new(),
            properties: BTreeMap::new(),
        }
    }

    fn ids(workflow: &Workflow, facts: &Facts, account: Option<&str>, permitted: &dyn Fn(&str) -> bool) -> Vec<i64> {
        let viewer = Viewer { account_id: account, groups: &HashSet::new(), roles: HashSet::from([7]), permitted };
        workflow.available(facts, &viewer).iter().map(|transition| transition.id).collect()
    }

    #[test]
    fn offers_what_leads_on_and_holds() {
        let workflow = Workflow {
            statuses: vec![1, 2],
            transitions: vec![
                step(1, Origin::Initial, Some(1), Condition::default()),
                step(11, Origin::Global, Some(2), Condition::default()),
                step(21, Origin::From(vec![1]), Some(2), Condition::Permission("CLOSE_ISSUES".into())),
                step(31, Origin::From(vec![2]), Some(1), Condition::default()),
                step(
                    41,
                    Origin::From(vec![1]),
                    None,
                    Condition::Any(vec![Condition::Assignee, Condition::Role(vec![9])]),
                ),
                step(51, Origin::From(vec![1]), Some(2), Condition::SubtasksIn(vec![2])),
            ],
            ..Workflow::default()
        };
        let facts = Facts { status: 1, assignee: Some("a"), subtask_statuses: &[2, 1], ..Facts::default() };
        assert_eq!(ids(&workflow, &facts, Some("b"), &|_| true), [11, 21]);
        assert_eq!(ids(&workflow, &facts, Some("a"), &|_| false), [11, 41]);
        let done = Facts { subtask_statuses: &[2], ..facts };
        assert_eq!(ids(&workflow, &done, None, &|_| false), [11, 51]);
        assert_eq!(workflow.initial().map(|transition| transition.id), Some(1));
        assert!(workflow.transitions[4].is_looped(1));
    }
}
