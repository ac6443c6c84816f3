//! What becomes of issues whose statuses a workflow loses.

use super::{
    Workflow,
    draft::{Draft, Element, Findings, StatusMigration, Statuses, Subject},
};
use crate::domain::{config::StoredWorkflow, snapshot::Snapshot};

/// That there are issues of a type in a status of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usage {
    /// Their project.
    pub project_id: i64,
    /// Their type.
    pub issue_type_id: i64,
    /// Their status.
    pub status_id: i64,
}

/// Issues that get another status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Their project.
    pub project_id: i64,
    /// Their types.
    pub issue_type_ids: Vec<i64>,
    /// Their status.
    pub from: i64,
    /// What it will be.
    pub to: i64,
}

/// The statuses that a workflow has no more.
pub fn lost(old: &Workflow, new: &Workflow) -> Vec<i64> {
    old.statuses.iter().copied().filter(|status| !new.statuses.contains(status)).collect()
}

/// Where the issues of lost statuses go, as the draft says; it has to say that of all that there are.
pub fn steps(
    site: &Snapshot,
    stored: &StoredWorkflow,
    (draft, statuses): (&Draft, &Statuses),
    new: &Workflow,
    usages: &[Usage],
    findings: &mut Findings,
) -> Vec<Step> {
    let lost = lost(&stored.definition, new);
    let follows = |usage: &&Usage| {
        let project = site.projects.get(usage.project_id);
        let workflow = project.and_then(|project| site.workflow_of(project, usage.issue_type_id));
        lost.contains(&usage.status_id) && workflow.is_some_and(|workflow| workflow.id == stored.id)
    };
    let target = |migrations: &[StatusMigration], from: i64| -> Option<String> {
        let named = |reference: &str| {
            statuses.by_reference.get(reference).copied().or_else(|| reference.parse().ok()) == Some(from)
        };
        let found = migrations.iter().find(|migration| named(&migration.old_status_reference))?;
        Some(found.new_status_reference.clone())
    };
    let mut steps: Vec<Step> = Vec::new();
    for usage in usages.iter().filter(follows) {
        let Usage { project_id, issue_type_id, status_id: from } = *usage;
        let (project_text, type_text) = (project_id.to_string(), issue_type_id.to_string());
        let own = draft.mappings.iter().filter(|one| one.project_id == project_text && one.issue_type_id == type_text);
        let reference = own
            .filter_map(|mapping| target(&mapping.status_migrations, from))
            .next()
            .or_else(|| target(&draft.default_mappings, from));
        let element = |status: String| Element {
            status: Some(status),
            mapping: Some((project_id, issue_type_id)),
            ..Element::default()
        };
        let Some(reference) = reference else {
            let message = format!(
                "Issue type with ID {issue_type_id} is missing the mappings required for statuses with IDs {from}"
            );
            findings.error(Subject::StatusMapping, "MISSING_STATUS_MAPPING", message, element(from.to_string()));
            continue;
        };
        let to = statuses.by_reference.get(&reference).copied().or_else(|| reference.parse().ok());
        let Some(to) = to.filter(|to| new.statuses.contains(to)) else {
            let message = "The status mapping leads to a status that does not exist within this workflow.";
            findings.error(Subject::StatusMapping, "INVALID_STATUS_MAPPING", message, element(reference));
            continue;
        };
        let same = steps.iter_mut().find(|step| (step.project_id, step.from, step.to) == (project_id, from, to));
        match same {
            Some(step) => step.issue_type_ids.push(issue_type_id),
            None => steps.push(Step { project_id, issue_type_ids: vec![issue_type_id], from, to }),
        }
    }
    steps
}
