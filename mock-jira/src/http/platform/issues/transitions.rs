//! Transitions of an issue (J-70 to J-75).

use super::{issue::IssueUpdate, metadata};
use crate::{
    app::transitions::{self, Relatives, Step},
    db::{
        self,
        issues::{Loaded, Wanted},
    },
    domain::{
        failure::{Failure, Result},
        issue::screen::{Purpose, asked},
    },
    http::{
        answer::{Answer, no_content, ok},
        body,
        call::Call,
        routes::Routes,
        views,
    },
};
use axum::extract::{Path, Request};
use serde_json::{Value, json};

/// Operations on transitions.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/transitions", get_transitions)
        .post("/rest/api/3/issue/{issueIdOrKey}/transitions", do_transition)
}

async fn get_transitions(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let unavailable = call.params.flag("includeUnavailableTransitions", false)?;
    call.params.flag("skipRemoteOnlyCondition", false)?;
    call.params.flag("sortByOpsBarAndStatus", false)?;
    let name = call.required_issue_name(&id_or_key)?;
    let wanted = Wanted { neighbours: true, ..Wanted::default() };
    let loaded = db::issues::find(&mut call.read().await?, name, wanted, None).await?.ok_or_else(Failure::no_issue)?;
    call.project_of(&loaded.issue)?;
    let mut transitions = list(&call, &loaded, unavailable)?;
    if let Some(id) = call.params.text("transitionId") {
        transitions.retain(|transition| transition["id"] == id);
    }
    ok(json!({ "expand": "transitions", "transitions": transitions }))
}

/// The transitions that an issue's viewer can take, or all that lead on; with fields when expanded (J-71).
pub fn list(call: &Call, loaded: &Loaded, unavailable: bool) -> Result<Vec<Value>> {
    let issue = &loaded.issue;
    let project = call.project_of(issue)?;
    let issue_type = call.site.issue_types.get(issue.issue_type_id).ok_or_else(Failure::no_issue)?;
    let relatives = Relatives::from(&loaded.around);
    let offers = transitions::offered(call, project, issue, &relatives)
        .into_iter()
        .filter(|offer| offer.available || unavailable);
    let views = offers.map(|offer| {
        let mut view = views::issue::transition(call, &offer, issue.status_id);
        if call.params.expands("transitions.fields") {
            let screen = offer.transition.screen_id.and_then(|id| call.site.screens.get(id));
            let people = Some(issue.people());
            let asked = screen.map(|screen| {
                asked(&call.site, call.access(), project, issue_type, Purpose::Transition(screen), people)
            });
            view["fields"] = metadata::fields(call, project, issue_type, people, &asked.unwrap_or_default());
        }
        view
    });
    Ok(views.collect())
}

async fn do_transition(call: Call, Path(id_or_key): Path<String>, request: Request) -> Answer {
    let mut update: IssueUpdate = body::read(&body::bytes(request).await?)?;
    let step = Step { transition: update.transition_id(), input: update.input(), properties: update.properties()? };
    transitions::transition(&call, &id_or_key, &step, call.version.text()).await?;
    no_content()
}
