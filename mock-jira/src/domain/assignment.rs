//! Whom new issues go to that name nobody (J-22).

use super::{
    config::{Component, Project},
    permission::Access,
    snapshot::Snapshot,
};

/// The ways in which a component chooses, as requests and answers name them.
pub const COMPONENT_RULES: [&str; 4] = ["PROJECT_DEFAULT", "COMPONENT_LEAD", "PROJECT_LEAD", "UNASSIGNED"];

/// The account that a component's rule means, whether or not it can have issues.
pub fn nominal<'a>(project: &'a Project, component: &'a Component) -> Option<&'a str> {
    match component.assignee_type.as_str() {
        "COMPONENT_LEAD" => component.lead.as_deref(),
        "PROJECT_LEAD" => project.lead.as_deref(),
        "PROJECT_DEFAULT" if project.assignee_type == "PROJECT_LEAD" => project.lead.as_deref(),
        _ => None,
    }
}

/// The rule that is really followed, and whom it gives issues to: without somebody who can have them, the project's.
pub fn real<'a>(site: &Snapshot, project: &'a Project, component: &'a Component) -> (&'static str, Option<&'a str>) {
    let person = nominal(project, component).filter(|account_id| Access::assignable(site, project, account_id));
    match component.assignee_type.as_str() {
        "COMPONENT_LEAD" if person.is_some() => ("COMPONENT_LEAD", person),
        "PROJECT_LEAD" if person.is_some() => ("PROJECT_LEAD", person),
        "UNASSIGNED" => ("UNASSIGNED", None),
        _ => ("PROJECT_DEFAULT", of_project(site, project)),
    }
}

/// Who gets an issue with these components: the first that has a rule of its own decides, else the project.
pub fn default_assignee(site: &Snapshot, project: &Project, component_ids: &[i64]) -> Option<String> {
    let components = component_ids.iter().filter_map(|id| site.components.get(*id));
    let own = components.map(|component| real(site, project, component)).find(|(rule, _)| *rule != "PROJECT_DEFAULT");
    own.map_or_else(|| of_project(site, project), |(_, person)| person).map(str::to_owned)
}

fn of_project<'a>(site: &Snapshot, project: &'a Project) -> Option<&'a str> {
    let lead = project.lead.as_deref().filter(|_| project.assignee_type == "PROJECT_LEAD");
    lead.filter(|account_id| Access::assignable(site, project, account_id))
}
