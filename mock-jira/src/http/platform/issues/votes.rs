//! Who votes for an issue (J-117).

use crate::{
    app::{Context, issues},
    db::{self, Read},
    domain::{
        config::Project,
        failure::{Failure, Result},
        issue::Issue,
    },
    http::{
        answer::{Answer, no_content, ok},
        call::Call,
        routes::Routes,
        views,
    },
};
use axum::extract::Path;
use serde_json::json;

/// Operations on votes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/issue/{issueIdOrKey}/votes", get_votes)
        .post("/rest/api/3/issue/{issueIdOrKey}/votes", add_vote)
        .delete("/rest/api/3/issue/{issueIdOrKey}/votes", remove_vote)
}

async fn get_votes(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let mut db = call.read().await?;
    let (issue, project) = votable(&call, &mut db, &id_or_key).await?;
    let all = db::votes::list(&mut db, issue.id).await?;
    let sees_voters = call.access().on(project, issue.people(), "VIEW_VOTERS_AND_WATCHERS");
    let voters = all.iter().filter(|_| sees_voters).filter_map(|id| call.site.accounts.get(id));
    let key = call.site.issue_key(issue.project_id, issue.number);
    ok(json!({
        "self": call.links.api(format_args!("issue/{key}/votes")),
        "votes": all.len(),
        "hasVoted": all.iter().any(|id| call.caller.is(Some(id))),
        "voters": voters.map(|account| views::user::short(&call, account)).collect::<Vec<_>>(),
    }))
}

async fn add_vote(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let account_id = call.account_id()?;
    let mut work = call.begin().await?;
    let (issue, _) = votable(&call, &mut work, &id_or_key).await?;
    db::votes::insert(&mut work, issue.id, account_id).await?;
    work.commit(call.issue_record("Vote added", &issue)).await?;
    no_content()
}

async fn remove_vote(call: Call, Path(id_or_key): Path<String>) -> Answer {
    let account_id = call.account_id()?;
    let mut work = call.begin().await?;
    let (issue, _) = votable(&call, &mut work, &id_or_key).await?;
    db::votes::delete(&mut work, issue.id, account_id).await?;
    work.commit(call.issue_record("Vote removed", &issue)).await?;
    no_content()
}

/// The issue, if people can vote at all.
async fn votable<'a>(context: &'a Context, db: &mut Read, id_or_key: &str) -> Result<(Issue, &'a Project)> {
    let found = issues::visible(context, db, id_or_key).await?;
    if context.site.site.settings.voting_enabled {
        return Ok(found);
    }
    Err(Failure::not_found("Voting for issues is currently not enabled for this Jira instance."))
}
