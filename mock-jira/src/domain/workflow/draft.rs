//! A workflow as a request describes it: checked against the site, and made from that.

use super::{
    Condition, Origin, Point, Ports, PostFunction, Revision, StatusDetails, Transition, Workflow,
    rules::{Group, Reader, Rule},
};
use crate::domain::{
    config::{DONE, Status},
    event,
    naming::{NAME, is_taken},
    snapshot::Snapshot,
};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// The categories that statuses of workflows have.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    /// Not begun.
    Todo,
    /// Begun.
    InProgress,
    /// Finished.
    Done,
}

impl Category {
    fn id(self) -> i16 {
        match self {
            Self::Todo => 2,
            Self::InProgress => 4,
            Self::Done => DONE,
        }
    }
}

/// Where a transition starts, as requests tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Kind {
    Initial,
    Global,
    Directed,
}

/// A status that a request declares.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusDraft {
    /// Of a status that there is; without one it is a new status.
    pub id: Option<String>,
    /// Shown name.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// What kind of work is in it.
    pub status_category: Category,
    /// What the rest of the request calls it.
    pub status_reference: String,
}

/// A status in a workflow of a request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceDraft {
    /// One of the declared statuses.
    pub status_reference: String,
    /// Where the editor shows it.
    pub layout: Option<Point>,
    /// Free properties of administrators.
    pub properties: Option<BTreeMap<String, String>>,
}

/// From where a transition leads.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Link {
    from_status_reference: Option<String>,
    from_port: Option<i32>,
    to_port: Option<i32>,
}

/// What moves issues from outside; nothing in this Jira does.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Trigger {
    rule_key: String,
    #[expect(dead_code, reason = "may be given")]
    id: Option<String>,
    #[expect(dead_code, reason = "may be given")]
    parameters: Option<BTreeMap<String, String>>,
}

/// A transition in a workflow of a request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransitionDraft {
    id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    #[serde(rename = "type")]
    kind: Option<Kind>,
    to_status_reference: Option<String>,
    links: Option<Vec<Option<Link>>>,
    properties: Option<BTreeMap<String, String>>,
    conditions: Option<Group>,
    validators: Option<Vec<Option<Rule>>>,
    actions: Option<Vec<Option<Rule>>>,
    transition_screen: Option<Rule>,
    triggers: Option<Vec<Trigger>>,
    custom_issue_event_id: Option<String>,
}

/// Where the issues of a status go.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusMigration {
    /// A status that the workflow loses.
    pub old_status_reference: String,
    /// A status that the workflow has afterwards.
    pub new_status_reference: String,
}

/// The same for one type of one project.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusMapping {
    /// Whose issues.
    pub project_id: String,
    /// Of which type.
    pub issue_type_id: String,
    /// Where they go.
    pub status_migrations: Vec<StatusMigration>,
}

/// A workflow as a request describes it.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Which one is changed.
    pub id: String,
    /// The state that the change is meant for.
    pub revision: Option<Revision>,
    /// The name of a new one.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// Where the editor shows its beginning.
    pub start: Option<Point>,
    /// Where the editor shows its looped transitions.
    pub looped: Option<Point>,
    /// Its statuses.
    pub statuses: Vec<PlaceDraft>,
    /// Its transitions.
    pub transitions: Vec<TransitionDraft>,
    /// Where the issues of lost statuses go.
    pub default_mappings: Vec<StatusMigration>,
    /// Where those of some types go instead.
    pub mappings: Vec<StatusMapping>,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A condition, validator, post function or screen.
    Rule,
    /// A status.
    Status,
    /// A status in a workflow.
    StatusLayout,
    /// A workflow.
    Workflow,
    /// A transition.
    Transition,
    /// The projects that may use a workflow.
    Scope,
    /// Where issues go.
    StatusMapping,
    /// A trigger.
    Trigger,
}

/// The element that a finding is about, as far as it has a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// A status, as the request calls it.
    pub status: Option<String>,
    /// A transition's id.
    pub transition: Option<String>,
    /// A rule's id.
    pub rule: Option<String>,
    /// A project and one of its issue types.
    pub mapping: Option<(i64, i64)>,
}

/// Something wrong, or at least odd, with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Refused, not only warned of.
    pub is_error: bool,
    /// What kind of element is meant.
    pub subject: Subject,
    /// Such as `NON_UNIQUE_STATUS_NAME`.
    pub code: &'static str,
    /// A sentence.
    pub message: String,
    /// Which one.
    pub element: Element,
}

/// All that was found.
#[derive(Debug, Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Notes what can't be accepted.
    pub fn error(&mut self, subject: Subject, code: &'static str, message: impl Into<String>, element: Element) {
        self.0.push(Finding { is_error: true, subject, code, message: message.into(), element });
    }

    /// Notes what is odd.
    pub fn warning(&mut self, subject: Subject, code: &'static str, message: impl Into<String>, element: Element) {
        self.0.push(Finding { is_error: false, subject, code, message: message.into(), element });
    }
}

/// The statuses of a request.
#[derive(Debug, Default)]
pub struct Statuses {
    /// Ids by what the request calls them.
    pub by_reference: HashMap<String, i64>,
    /// To be made.
    pub new: Vec<Status>,
    /// To be changed.
    pub changed: Vec<Status>,
}

/// Whose statuses and workflows a request is about.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The site as it is.
    pub site: &'a Snapshot,
    /// The team-managed project, or the company-managed ones.
    pub project_id: Option<i64>,
    /// Whether workflows are changed, not made.
    pub updating: bool,
}

impl Scope<'_> {
    /// Checks the statuses that a request declares; new ones get the next of the ids.
    pub fn statuses(
        &self,
        drafts: &[StatusDraft],
        ids: impl IntoIterator<Item = i64>,
        findings: &mut Findings,
    ) -> Statuses {
        let mut ids = ids.into_iter();
        let mut found = Statuses::default();
        let declared: HashSet<&str> = drafts.iter().filter_map(|draft| draft.id.as_deref()).collect();
        let own = self.site.statuses.iter().filter(|status| status.project_id == self.project_id);
        // Names that stay taken: of statuses that the request does not name anew.
        let mut names: Vec<String> =
            own.filter(|status| !declared.contains(status.id.to_string().as_str())).map(|s| s.name.clone()).collect();
        for draft in drafts {
            let element = Element { status: Some(draft.status_reference.clone()), ..Element::default() };
            let mut error = |code, message: String| findings.error(Subject::Status, code, message, element.clone());
            let is_id = self.updating && draft.id.as_ref() == Some(&draft.status_reference);
            if !is_id && Uuid::try_parse(&draft.status_reference).is_err() {
                error("STATUS_REFERENCE_NOT_UUID", format!("The reference {} is not a UUID.", draft.status_reference));
            }
            let name = draft.name.trim();
            if name.is_empty() || name.chars().count() > NAME {
                error("INVALID_STATUS_NAME", format!("Status names must have between 1 and {NAME} characters."));
            }
            let category = draft.status_category.id();
            let (old, status) = match &draft.id {
                None => {
                    let id = ids.next().unwrap_or_default();
                    let (description, icon) = (String::new(), String::new());
                    let project_id = self.project_id;
                    (None, Status { id, name: name.to_owned(), description, icon, category, project_id })
                }
                Some(id) => {
                    let status = self.site.statuses.parse(id).filter(|one| one.project_id == self.project_id);
                    let Some(status) = status else {
                        error("STATUS_NOT_FOUND", format!("The status with id {id} was not found."));
                        continue;
                    };
                    // Making a workflow leaves the statuses that there are as they are.
                    if !self.updating && status.category != category {
                        let message = format!("The status \"{}\" has another status category.", status.name);
                        error("STATUS_CATEGORY_MISMATCH", message);
                    }
                    let name = if self.updating { name } else { &status.name };
                    (Some(status), Status { name: name.to_owned(), category, ..status.clone() })
                }
            };
            let description = draft.description.clone().filter(|_| old.is_none() || self.updating);
            let status = Status { description: description.unwrap_or(status.description), ..status };
            if is_taken(names.iter(), &status.name) {
                let message = format!("Status name \"{}\" already in use. Try a different name.", status.name);
                error("NON_UNIQUE_STATUS_NAME", message);
            }
            names.push(status.name.clone());
            if found.by_reference.insert(draft.status_reference.clone(), status.id).is_some() {
                let message = format!("The reference {} is used more than once.", draft.status_reference);
                error("NON_UNIQUE_STATUS_REFERENCE", message);
            }
            match old {
                None => found.new.push(status),
                Some(old) if *old != status && self.updating => found.changed.push(status),
                Some(_) => {}
            }
        }
        found
    }

    /// Checks a workflow, and makes it.
    pub fn workflow(&self, draft: &Draft, statuses: &Statuses, findings: &mut Findings) -> Workflow {
        let mut workflow = Workflow { start: draft.start, looped: draft.looped, ..Workflow::default() };
        for place in &draft.statuses {
            let element = || Element { status: Some(place.status_reference.clone()), ..Element::default() };
            let Some(&id) = statuses.by_reference.get(&place.status_reference) else {
                let message = "The workflow references an unknown status.";
                findings.error(Subject::StatusLayout, "STATUS_NOT_FOUND", message, element());
                continue;
            };
            if workflow.statuses.contains(&id) {
                let message = "The workflow references a status more than once.";
                findings.error(Subject::StatusLayout, "NON_UNIQUE_STATUS", message, element());
                continue;
            }
            workflow.statuses.push(id);
            let properties = place.properties.clone().unwrap_or_default();
            if place.layout.is_some() || !properties.is_empty() {
                workflow.details.insert(id, StatusDetails { layout: place.layout, properties, deprecated: false });
            }
        }
        if draft.statuses.is_empty() {
            let message = "Workflow must have at least one status.";
            findings.error(Subject::Workflow, "MISSING_STATUS", message, Element::default());
        }
        for (at, one) in draft.transitions.iter().enumerate() {
            if let Some(transition) = self.transition(one, at, statuses, &workflow, findings) {
                workflow.transitions.push(transition);
            }
        }
        let initial = draft.transitions.iter().filter(|one| one.kind == Some(Kind::Initial)).count();
        if initial != 1 {
            let message = "Workflow must have exactly one initial transition.";
            findings.error(Subject::Workflow, "INVALID_INITIAL_TRANSITION_COUNT", message, Element::default());
        }
        for place in &draft.statuses {
            let Some(id) = statuses.by_reference.get(&place.status_reference) else { continue };
            if !workflow.transitions.iter().any(|transition| transition.to == Some(*id)) {
                let element = Element { status: Some(place.status_reference.clone()), ..Element::default() };
                let message = "The status has no inbound transitions.";
                findings.warning(Subject::Status, "NO_INBOUND_TRANSITIONS_TO_STATUS", message, element);
            }
        }
        workflow
    }

    fn transition(
        &self,
        draft: &TransitionDraft,
        at: usize,
        statuses: &Statuses,
        workflow: &Workflow,
        findings: &mut Findings,
    ) -> Option<Transition> {
        let Some(id_text) = &draft.id else {
            let message = format!("Missing required field 'transitions.[{at}].id'");
            findings.error(Subject::Transition, "MISSING_TRANSITION_ID", message, Element::default());
            return None;
        };
        let element = Element { transition: Some(id_text.clone()), ..Element::default() };
        let mut error = |code, message: &str| findings.error(Subject::Transition, code, message, element.clone());
        let id = id_text.parse().ok().filter(|id: &i64| *id > 0);
        if id.is_none() {
            error("INVALID_TRANSITION_ID", "The id of a transition has to be a positive number.");
        } else if workflow.transitions.iter().any(|other| Some(other.id) == id) {
            error("NON_UNIQUE_TRANSITION_ID", "The id of a transition has to be unique in its workflow.");
        }
        let name = draft.name.as_deref().unwrap_or_default().trim();
        if name.is_empty() || name.chars().count() > NAME {
            error("INVALID_TRANSITION_NAME", &format!("Transition names must have between 1 and {NAME} characters."));
        }
        let mut status = |reference: &str| {
            let known = statuses.by_reference.get(reference);
            let own = known.filter(|id| workflow.statuses.contains(id));
            if own.is_none() {
                let message = "Transition refers to a status that does not exist within this workflow.";
                error("STATUS_NOT_IN_WORKFLOW", message);
            }
            if known.is_none() {
                error("STATUS_NOT_FOUND", "Transition references an unknown status.");
            }
            own.copied()
        };
        let to = draft.to_status_reference.as_deref().and_then(&mut status);
        let mut ports = BTreeMap::new();
        let mut from = Vec::new();
        let links = draft.links.iter().flatten().flatten();
        for link in links.filter(|link| link.from_status_reference.is_some()) {
            let Some(id) = link.from_status_reference.as_deref().and_then(&mut status) else { continue };
            if !from.contains(&id) {
                from.push(id);
            }
            if link.from_port.is_some() || link.to_port.is_some() {
                ports.insert(id, Ports { from: link.from_port, to: link.to_port });
            }
        }
        let is_linked = draft.links.iter().flatten().flatten().any(|link| link.from_status_reference.is_some());
        let leads = draft.to_status_reference.is_some();
        let origin = origin(draft.kind, from, is_linked, leads, &mut error)?;
        for trigger in draft.triggers.iter().flatten() {
            let message = format!("The trigger \"{}\" is not available.", trigger.rule_key);
            findings.error(Subject::Trigger, "TRIGGER_NOT_AVAILABLE", message, element.clone());
        }
        let event = draft.custom_issue_event_id.as_deref().filter(|id| !id.is_empty());
        let fired = event.and_then(|id| id.parse().ok()).and_then(event::key);
        if event.is_some() && fired.is_none() {
            let message = "The event of the transition was not found.";
            findings.error(Subject::Transition, "EVENT_NOT_FOUND", message, element);
        }
        let mut reader = Reader {
            site: self.site,
            transition: id_text,
            initial: origin == Origin::Initial,
            team_managed: self.project_id.is_some(),
            findings,
        };
        let condition = draft.conditions.as_ref().map_or_else(Condition::default, |group| reader.condition(group));
        let screen_id = draft.transition_screen.as_ref().and_then(|rule| reader.screen(rule));
        let validators = draft.validators.iter().flatten().flatten();
        let validators = validators.filter_map(|rule| reader.validator(rule)).collect();
        let functions = draft.actions.iter().flatten().flatten();
        let mut post_functions: Vec<PostFunction> = functions.filter_map(|rule| reader.post_function(rule)).collect();
        post_functions.extend(fired.map(|key| PostFunction::Fire(key.to_owned())));
        Some(Transition {
            id: id?,
            name: name.to_owned(),
            description: draft.description.clone().unwrap_or_default(),
            origin,
            ports,
            to,
            screen_id,
            condition,
            validators,
            post_functions,
            properties: draft.properties.clone().unwrap_or_default(),
        })
    }
}

/// Where a transition of that type starts.
fn origin(
    kind: Option<Kind>,
    from: Vec<i64>,
    is_linked: bool,
    leads: bool,
    error: &mut impl FnMut(&'static str, &str),
) -> Option<Origin> {
    Some(match kind {
        Some(Kind::Initial) => {
            if is_linked {
                error("INVALID_TRANSITION_LINKS", "The initial transition can't start from a status.");
            }
            if !leads {
                error("MISSING_TO_STATUS", "The initial transition has to lead to a status.");
            }
            Origin::Initial
        }
        Some(Kind::Global) => {
            if is_linked {
                error("INVALID_TRANSITION_LINKS", "A global transition can't start from a certain status.");
            }
            Origin::Global
        }
        Some(Kind::Directed) => {
            if !is_linked {
                error("MISSING_TRANSITION_LINKS", "A directed transition has to start from a status.");
            }
            Origin::From(from)
        }
        None => {
            error("MISSING_TRANSITION_TYPE", "The type of a transition has to be INITIAL, GLOBAL or DIRECTED.");
            return None;
        }
    })
}
