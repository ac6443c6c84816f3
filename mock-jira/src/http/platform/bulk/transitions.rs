//! Transitions of many issues.

use super::{cut, permit, submitted};
use crate::{
    app::{
        bulk,
        transitions::{Relatives, offered},
    },
    db::{self, issues::Wanted},
    domain::{failure::Failure, workflow::Transition},
    http::{
        answer::{Answer, ok},
        body::Json,
        call::Call,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Issues that follow the same workflow, and what they can do.
struct Group<'a> {
    workflow: &'a str,
    keys: Vec<String>,
    /// Transitions that all of them can take.
    common: Vec<&'a Transition>,
    /// Whether one of them can take others, too.
    filtered: bool,
}

pub(super) async fn get_available_transitions(call: Call) -> Answer {
    permit(&call, Failure::Forbidden)?;
    let mut db = call.read().await?;
    let chosen = bulk::chosen(&call, &mut db, &call.params.list("issueIdsOrKeys")).await?;
    let ids: Vec<i64> = chosen.iter().map(|issue| issue.id).collect();
    let wanted = Wanted { neighbours: true, ..Wanted::default() };
    let loaded = db::issues::list(&mut db, &ids, wanted, None).await?;
    let mut groups: Vec<Group> = Vec::new();
    for loaded in &loaded {
        let issue = &loaded.issue;
        let project = call.project_of(issue)?;
        let Some(workflow) = call.site.workflow_of(project, issue.issue_type_id) else { continue };
        let offers = offered(&call, project, issue, &Relatives::from(&loaded.around));
        let offers: Vec<&Transition> =
            offers.into_iter().filter(|offer| offer.available).map(|offer| offer.transition).collect();
        // Those with a screen would ask for more.
        let simple: Vec<&Transition> = offers.iter().copied().filter(|offer| offer.screen_id.is_none()).collect();
        let mut filtered = simple.len() < offers.len();
        let key = call.site.issue_key(issue.project_id, issue.number);
        match groups.iter_mut().find(|group| group.workflow == workflow.id) {
            None => groups.push(Group { workflow: &workflow.id, keys: vec![key], common: simple, filtered }),
            Some(group) => {
                group.keys.push(key);
                filtered |= simple.iter().any(|one| group.common.iter().all(|other| other.id != one.id));
                let before = group.common.len();
                group.common.retain(|one| simple.iter().any(|other| other.id == one.id));
                group.filtered |= filtered || group.common.len() < before;
            }
        }
    }
    let status = |id: i64| call.site.statuses.get(id).map(|status| status.name.as_str());
    let transition = |transition: &&Transition| {
        let mut view = json!({ "transitionId": transition.id, "transitionName": transition.name });
        if let Some(to) = transition.to {
            view["to"] = json!({ "statusId": to, "statusName": status(to) });
        }
        view
    };
    let view = |group: Group| {
        json!({
            "issues": group.keys,
            "isTransitionsFiltered": group.filtered,
            "transitions": group.common.iter().map(transition).collect::<Vec<Value>>(),
        })
    };
    ok(cut(&call, groups, |group| group.workflow.to_owned())?.view("availableTransitions", view))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Transitions {
    bulk_transition_inputs: Vec<Step>,
    send_bulk_notification: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Step {
    selected_issue_ids_or_keys: Vec<String>,
    transition_id: String,
}

pub(super) async fn submit_bulk_transition(Json(call, body): Json<Transitions>) -> Answer {
    permit(&call, Failure::Forbidden)?;
    let steps = body.bulk_transition_inputs.into_iter();
    let steps = steps.map(|step| (step.transition_id, step.selected_issue_ids_or_keys)).collect();
    submitted(&bulk::submit_transitions(&call, steps, body.send_bulk_notification.unwrap_or(true)).await?)
}
