//! Workflows: which transitions an issue can take, and what taking one does.
//!
//! Conditions, validators and post functions are data; [`Workflow::available`] and
//! [`Transition::validate`] are pure. Loading the facts and storing the outcome is `app`'s work.

use super::issue::swap;
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
    /// Where it starts.
    pub origin: Origin,
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
    /// The viewer is the assignee.
    Assignee,
    /// The viewer is the reporter.
    Reporter,
    /// Every sub-task is in one of the statuses.
    SubtasksIn(Vec<i64>),
    /// The parent is in one of the statuses.
    ParentIn(Vec<i64>),
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
            Self::Assignee => viewer.account_id.is_some() && viewer.account_id == facts.assignee,
            Self::Reporter => viewer.account_id.is_some() && viewer.account_id == facts.reporter,
            Self::SubtasksIn(statuses) => facts.subtask_statuses.iter().all(|status| statuses.contains(status)),
            Self::ParentIn(statuses) => facts.parent_status.is_none_or(|status| statuses.contains(&status)),
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

/// Whom a post function assigns.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// Who takes the transition.
    Caller,
    /// Who reported the issue.
    Reporter,
    /// Who leads the project.
    Lead,
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

impl Workflow {
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
    pub fn validate(
        &self,
        facts: &Facts,
        viewer: &Viewer,
        is_empty: impl Fn(&str) -> bool,
        name_of: impl Fn(&str) -> String,
    ) -> Vec<(String, String)> {
        let mut broken = Vec::new();
        for validator in &self.validators {
            match validator {
                Validator::Required { fields, message } => {
                    for field in fields.iter().filter(|field| is_empty(field)) {
                        let sentence = message.clone().unwrap_or_else(|| format!("{} is required.", name_of(field)));
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
            origin,
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
