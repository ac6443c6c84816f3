//! Rules of transitions as administrators write them: a key and parameters that are texts.
//!
//! Only rules that the engine follows can be written; [`SYSTEM`] lists them.

use super::{
    Assignee, Condition, PostFunction, Validator,
    draft::{Element, Findings, Subject},
};
use crate::domain::{permission, snapshot::Snapshot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who may take a transition.
const RESTRICT: &str = "system:restrict-issue-transition";
/// Nobody may take it.
const CLOSED: &str = "system:restrict-from-all-users";
/// Sub-tasks have to be in certain statuses.
const BLOCKING_CONDITION: &str = "system:parent-or-child-blocking-condition";
/// The parent has to be in certain statuses.
const BLOCKING_VALIDATOR: &str = "system:parent-or-child-blocking-validator";
/// The caller needs a permission.
const PERMISSION: &str = "system:check-permission-validator";
/// Fields need values.
const FIELD_VALUE: &str = "system:validate-field-value";
/// Changes the assignee.
const ASSIGN: &str = "system:change-assignee";
/// Sets a field.
pub const UPDATE: &str = "system:update-field";
/// Asks for fields.
pub const SCREEN: &str = "system:transition-screen";

/// A rule that can be written.
#[derive(Debug, Clone, Copy)]
pub struct Available {
    /// Its key.
    pub key: &'static str,
    /// Shown name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// `Condition`, `Validator`, `Function` or `Screen`.
    pub kind: &'static str,
    /// Whether the transition that creates issues can have it.
    pub initial: bool,
}

const fn available(
    key: &'static str,
    kind: &'static str,
    initial: bool,
    name: &'static str,
    description: &'static str,
) -> Available {
    Available { key, name, description, kind, initial }
}

/// All rules that can be written.
pub const SYSTEM: [Available; 9] = [
    available(
        RESTRICT,
        "Condition",
        false,
        "Restrict who can move a work item",
        "Offers the transition only to certain people, roles and groups, or to who has a permission.",
    ),
    available(
        CLOSED,
        "Condition",
        false,
        "Hide the transition from users",
        "Keeps everybody from taking the transition on a screen, or over the API too.",
    ),
    available(
        BLOCKING_CONDITION,
        "Condition",
        false,
        "Check subtasks",
        "Offers the transition only when all subtasks are in certain statuses.",
    ),
    available(
        BLOCKING_VALIDATOR,
        "Validator",
        false,
        "Check the parent",
        "Refuses the transition unless the parent is in certain statuses.",
    ),
    available(
        PERMISSION,
        "Validator",
        true,
        "Check a permission",
        "Refuses the transition to who does not have a permission.",
    ),
    available(FIELD_VALUE, "Validator", true, "Check a field", "Refuses the transition unless fields have values."),
    available(
        ASSIGN,
        "Function",
        true,
        "Assign the work item",
        "Gives the work item to somebody after the transition.",
    ),
    available(UPDATE, "Function", true, "Update a field", "Sets or empties a field after the transition."),
    available(SCREEN, "Screen", false, "Show a screen", "Asks for the fields of a screen during the transition."),
];

/// A rule as it is written and read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Given anew with every change of the workflow.
    pub id: Option<String>,
    /// One of [`SYSTEM`].
    #[serde(default)]
    pub rule_key: String,
    /// Lists are separated by commas.
    pub parameters: Option<BTreeMap<String, String>>,
}

/// How conditions of a group go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Operation {
    /// Every one holds.
    All,
    /// At least one holds.
    Any,
}

/// Conditions that go together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    /// How.
    pub operation: Operation,
    /// Rules.
    pub conditions: Option<Vec<Rule>>,
    /// Groups within.
    pub condition_groups: Option<Vec<Group>>,
}

impl Rule {
    fn new<const N: usize>(key: &str, parameters: [(&str, String); N]) -> Self {
        let parameters = parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { id: None, rule_key: key.to_owned(), parameters: Some(parameters) }
    }

    fn text(&self, name: &str) -> &str {
        self.parameters.as_ref().and_then(|parameters| parameters.get(name)).map_or("", |text| text.trim())
    }

    fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.text(name).split(',').map(str::trim).filter(|part| !part.is_empty())
    }
}

/// Reads the rules of a transition, and notes what is wrong with them.
pub struct Reader<'a> {
    /// What rules may name.
    pub site: &'a Snapshot,
    /// The transition's id.
    pub transition: &'a str,
    /// Whether it creates issues.
    pub initial: bool,
    /// Whether its workflow is one of a team-managed project.
    pub team_managed: bool,
    /// What is wrong.
    pub findings: &'a mut Findings,
}

impl Reader<'_> {
    /// The condition that a group of rules is.
    pub fn condition(&mut self, group: &Group) -> Condition {
        let mut parts = Vec::new();
        for rule in group.conditions.iter().flatten() {
            parts.extend(self.condition_rule(rule));
        }
        for group in group.condition_groups.iter().flatten() {
            let part = self.condition(group);
            if !part.is_always() {
                parts.push(part);
            }
        }
        match group.operation {
            Operation::Any if !parts.is_empty() => Condition::Any(parts),
            _ => Condition::All(parts),
        }
    }

    fn condition_rule(&mut self, rule: &Rule) -> Option<Condition> {
        if self.initial {
            self.wrong(rule, "RULE_NOT_AVAILABLE", "The transition that creates work items can't have conditions.");
            return None;
        }
        match rule.rule_key.as_str() {
            RESTRICT => self.restriction(rule),
            CLOSED => match rule.text("restrictMode") {
                "users" => Some(Condition::Closed { api: false }),
                "usersAndAPI" => Some(Condition::Closed { api: true }),
                "" => self.missing(rule, "restrictMode"),
                other => self.invalid(rule, "restrictMode", other),
            },
            BLOCKING_CONDITION => {
                let statuses = self.statuses(rule, "statusIds")?;
                match rule.text("blocker") {
                    "CHILD" => Some(Condition::SubtasksIn(statuses)),
                    "" => self.missing(rule, "blocker"),
                    other => self.invalid(rule, "blocker", other),
                }
            }
            _ => self.unknown(rule),
        }
    }

    /// Whom a transition is for: any of what the rule lists.
    fn restriction(&mut self, rule: &Rule) -> Option<Condition> {
        for name in ["groupCustomFields", "allowUserCustomFields", "denyUserCustomFields"] {
            if !rule.text(name).is_empty() {
                return self.invalid(rule, name, rule.text(name));
            }
        }
        let site = self.site;
        let mut all = Vec::new();
        let mut accounts = Vec::new();
        for id in rule.list("accountIds") {
            match id {
                "allow-assignee" => all.push(Condition::Assignee),
                "allow-reporter" => all.push(Condition::Reporter),
                id if self.team_managed && site.accounts.contains_key(id) => accounts.push(id.to_owned()),
                id => return self.invalid(rule, "accountIds", id),
            }
        }
        if !accounts.is_empty() {
            all.push(Condition::Account(accounts));
        }
        let roles = self.each(rule, "roleIds", |id| site.roles.parse(id).map(|role| role.id))?;
        if !roles.is_empty() {
            all.push(Condition::Role(roles));
        }
        let groups = self.each(rule, "groupIds", |id| site.group(id).map(|group| group.group_id))?;
        if !groups.is_empty() {
            all.push(Condition::Group(groups));
        }
        let keys = self.each(rule, "permissionKeys", |key| permission::find(key).map(|_| key.to_owned()))?;
        all.extend(keys.into_iter().map(Condition::Permission));
        if all.is_empty() {
            let message = "The rule is missing configuration and will block transition for everyone.";
            self.wrong(rule, "INVALID_RULE_CONFIGURATION", message);
            return None;
        }
        Some(Condition::Any(all))
    }

    /// A validator.
    pub fn validator(&mut self, rule: &Rule) -> Option<Validator> {
        match rule.rule_key.as_str() {
            PERMISSION => match rule.text("permissionKey") {
                "" => self.missing(rule, "permissionKey"),
                key if permission::find(key).is_some() => Some(Validator::Permission(key.to_owned())),
                key => self.invalid(rule, "permissionKey", key),
            },
            BLOCKING_VALIDATOR if self.initial => self.unknown(rule),
            BLOCKING_VALIDATOR => {
                let statuses = self.statuses(rule, "statusIds")?;
                match rule.text("blocker") {
                    "PARENT" => Some(Validator::ParentIn(statuses)),
                    "" => self.missing(rule, "blocker"),
                    other => self.invalid(rule, "blocker", other),
                }
            }
            FIELD_VALUE => {
                match rule.text("ruleType") {
                    "fieldRequired" => {}
                    "" => return self.missing(rule, "ruleType"),
                    other => return self.invalid(rule, "ruleType", other),
                }
                let fields: Vec<String> = rule.list("fieldsRequired").map(str::to_owned).collect();
                if fields.is_empty() {
                    return self.missing(rule, "fieldsRequired");
                }
                for field in &fields {
                    self.must_be_field(rule, field);
                }
                let ignore_context = match rule.text("ignoreContext") {
                    "true" => true,
                    "false" | "" => false,
                    other => return self.invalid(rule, "ignoreContext", other),
                };
                let message = Some(rule.text("errorMessage").to_owned()).filter(|message| !message.is_empty());
                Some(Validator::Required { fields, message, ignore_context })
            }
            _ => self.unknown(rule),
        }
    }

    /// A post function.
    pub fn post_function(&mut self, rule: &Rule) -> Option<PostFunction> {
        match rule.rule_key.as_str() {
            ASSIGN => {
                let whom = match rule.text("type") {
                    "to-selected-user" => match rule.text("accountId") {
                        "" => return self.missing(rule, "accountId"),
                        id if self.site.accounts.contains_key(id) => Assignee::Account(id.to_owned()),
                        id => return self.invalid(rule, "accountId", id),
                    },
                    "to-unassigned" => Assignee::Nobody,
                    "to-current-user" => Assignee::Caller,
                    "to-default-user" => Assignee::Default,
                    "to-reporter" => Assignee::Reporter,
                    "to-lead" => Assignee::Lead,
                    "" => return self.missing(rule, "type"),
                    other => return self.invalid(rule, "type", other),
                };
                Some(PostFunction::Assign(whom))
            }
            UPDATE => {
                match rule.text("mode") {
                    "" | "replace" => {}
                    other => return self.invalid(rule, "mode", other),
                }
                match (rule.text("field"), rule.text("value")) {
                    ("", _) => self.missing(rule, "field"),
                    ("resolution", "") => Some(PostFunction::ClearResolution),
                    ("resolution", id) => match self.site.resolutions.parse(id) {
                        Some(resolution) => Some(PostFunction::SetResolution(resolution.id)),
                        None => self.invalid(rule, "value", id),
                    },
                    (field, "") if PostFunction::clears(field) => {
                        self.must_be_field(rule, field);
                        Some(PostFunction::ClearField(field.to_owned()))
                    }
                    (field, "") => self.invalid(rule, "field", field),
                    (_, value) => self.invalid(rule, "value", value),
                }
            }
            _ => self.unknown(rule),
        }
    }

    /// The screen of a transition.
    pub fn screen(&mut self, rule: &Rule) -> Option<i64> {
        match rule.rule_key.as_str() {
            SCREEN if !self.initial => match rule.text("screenId") {
                "" => self.missing(rule, "screenId"),
                id => match self.site.screens.parse(id) {
                    Some(screen) => Some(screen.id),
                    None => self.invalid(rule, "screenId", id),
                },
            },
            _ => self.unknown(rule),
        }
    }

    fn statuses(&mut self, rule: &Rule, name: &str) -> Option<Vec<i64>> {
        let site = self.site;
        let ids = self.each(rule, name, |id| site.statuses.parse(id).map(|status| status.id))?;
        if ids.is_empty() { self.missing(rule, name) } else { Some(ids) }
    }

    fn each<T>(&mut self, rule: &Rule, name: &str, find: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
        let mut found = Vec::new();
        for part in rule.list(name) {
            match find(part) {
                Some(thing) => found.push(thing),
                None => return self.invalid(rule, name, part),
            }
        }
        Some(found)
    }

    /// Jira only warns of fields that are not there.
    fn must_be_field(&mut self, rule: &Rule, id: &str) {
        if self.site.fields.get(id).is_none() {
            let message = format!("The field \"{id}\" of the rule was not found.");
            self.findings.warning(Subject::Rule, "FIELD_NOT_FOUND", message, self.element(rule));
        }
    }

    fn missing<T>(&mut self, rule: &Rule, name: &str) -> Option<T> {
        let rule_name = rule.id.as_deref().unwrap_or(&rule.rule_key);
        self.wrong(rule, "MISSING_RULE_PARAMETER", &format!("Missing parameter \"{name}\" in rule \"{rule_name}\"."));
        None
    }

    fn invalid<T>(&mut self, rule: &Rule, name: &str, value: &str) -> Option<T> {
        let rule_name = rule.id.as_deref().unwrap_or(&rule.rule_key);
        let message = format!("Invalid value \"{value}\" of parameter \"{name}\" in rule \"{rule_name}\".");
        self.wrong(rule, "INVALID_RULE_PARAMETER", &message);
        None
    }

    fn unknown<T>(&mut self, rule: &Rule) -> Option<T> {
        let message = format!("The rule \"{}\" is not available for this transition.", rule.rule_key);
        self.wrong(rule, "RULE_NOT_AVAILABLE", &message);
        None
    }

    fn wrong(&mut self, rule: &Rule, code: &'static str, message: &str) {
        let element = self.element(rule);
        self.findings.error(Subject::Rule, code, message, element);
    }

    fn element(&self, rule: &Rule) -> Element {
        match &rule.id {
            Some(id) => Element { rule: Some(id.clone()), ..Element::default() },
            None => Element { transition: Some(self.transition.to_owned()), ..Element::default() },
        }
    }
}

fn joined<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}

/// What a condition of [`RESTRICT`] looks at: the parameter and its value.
fn criterion(condition: &Condition) -> Option<(&'static str, String)> {
    Some(match condition {
        Condition::Assignee => ("accountIds", "allow-assignee".to_owned()),
        Condition::Reporter => ("accountIds", "allow-reporter".to_owned()),
        Condition::Account(ids) => ("accountIds", ids.join(",")),
        Condition::Role(ids) => ("roleIds", joined(ids)),
        Condition::Group(ids) => ("groupIds", joined(ids)),
        Condition::Permission(key) => ("permissionKeys", key.clone()),
        _ => return None,
    })
}

/// The rule that a condition is, if it is one.
fn rule_of(condition: &Condition) -> Option<Rule> {
    let criteria = match condition {
        Condition::Closed { api } => {
            let mode = if *api { "usersAndAPI" } else { "users" };
            return Some(Rule::new(CLOSED, [("restrictMode", mode.to_owned())]));
        }
        Condition::SubtasksIn(ids) => {
            let parameters = [("blocker", "CHILD".to_owned()), ("statusIds", joined(ids))];
            return Some(Rule::new(BLOCKING_CONDITION, parameters));
        }
        Condition::Any(parts) if !parts.is_empty() => parts.iter().map(criterion).collect::<Option<Vec<_>>>()?,
        Condition::All(_) | Condition::Any(_) => return None,
        single => vec![criterion(single)?],
    };
    // Read back, the rule has every parameter, set or not.
    let names = [
        "accountIds",
        "roleIds",
        "groupIds",
        "permissionKeys",
        "groupCustomFields",
        "allowUserCustomFields",
        "denyUserCustomFields",
    ];
    let value = |name: &str| {
        let values = criteria.iter().filter(|(parameter, _)| *parameter == name).map(|(_, value)| value.as_str());
        values.collect::<Vec<_>>().join(",")
    };
    Some(Rule::new(RESTRICT, names.map(|name| (name, value(name)))))
}

/// The group of rules that a condition is; none where everybody may take the transition.
pub fn group_of(condition: &Condition) -> Option<Group> {
    let (operation, parts) = match condition {
        Condition::All(parts) if parts.is_empty() => return None,
        Condition::All(parts) => (Operation::All, parts.as_slice()),
        Condition::Any(parts) if rule_of(condition).is_none() => (Operation::Any, parts.as_slice()),
        single => (Operation::All, std::slice::from_ref(single)),
    };
    let rules = parts.iter().filter_map(rule_of).collect();
    let groups = parts.iter().filter(|part| rule_of(part).is_none()).filter_map(group_of).collect();
    Some(Group { operation, conditions: Some(rules), condition_groups: Some(groups) })
}

/// A validator as it is read.
pub fn of_validator(validator: &Validator) -> Rule {
    match validator {
        Validator::Permission(key) => Rule::new(PERMISSION, [("permissionKey", key.clone())]),
        Validator::ParentIn(ids) => {
            Rule::new(BLOCKING_VALIDATOR, [("blocker", "PARENT".to_owned()), ("statusIds", joined(ids))])
        }
        Validator::Required { fields, message, ignore_context } => Rule::new(
            FIELD_VALUE,
            [
                ("ruleType", "fieldRequired".to_owned()),
                ("fieldsRequired", fields.join(",")),
                ("ignoreContext", ignore_context.to_string()),
                ("errorMessage", message.clone().unwrap_or_default()),
            ],
        ),
    }
}

/// A post function as it is read; none for an event, which is a member of the transition.
pub fn of_post_function(function: &PostFunction) -> Option<Rule> {
    let update = |field: &str, value: String| {
        Rule::new(UPDATE, [("field", field.to_owned()), ("value", value), ("mode", "replace".to_owned())])
    };
    let assign = |whom: &str, account_id: &str| {
        Rule::new(ASSIGN, [("type", whom.to_owned()), ("accountId", account_id.to_owned())])
    };
    Some(match function {
        PostFunction::SetResolution(id) => update("resolution", id.to_string()),
        PostFunction::ClearResolution => update("resolution", String::new()),
        PostFunction::ClearField(id) => update(id, String::new()),
        PostFunction::Assign(Assignee::Account(id)) => assign("to-selected-user", id),
        PostFunction::Assign(Assignee::Nobody) => assign("to-unassigned", ""),
        PostFunction::Assign(Assignee::Caller) => assign("to-current-user", ""),
        PostFunction::Assign(Assignee::Default) => assign("to-default-user", ""),
        PostFunction::Assign(Assignee::Reporter) => assign("to-reporter", ""),
        PostFunction::Assign(Assignee::Lead) => assign("to-lead", ""),
        PostFunction::Fire(_) => return None,
    })
}

/// A screen as it is read.
pub fn of_screen(id: i64) -> Rule {
    Rule::new(SCREEN, [("screenId", id.to_string())])
}
