//! Issues that have, or will soon have, as much of something as an issue can (J-78).

use crate::{
    db::{self, issues::Wanted},
    domain::failure::Failure,
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
    },
};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The operation.
pub fn routes() -> Routes {
    Routes::default().get("/rest/api/3/issue/limit/report", get_issue_limit_report)
}

/// The most that an issue can have (J-78).
const LIMITS: [(&str, i64); 5] = [
    ("comment", 5_000),
    ("worklog", 10_000),
    ("attachment", 2_000),
    ("issuelinks", 2_000),
    ("remoteIssueLinks", 2_000),
];

/// From here on, a limit is near.
fn near(what: &str) -> i64 {
    limit(what) * 9 / 10
}

fn limit(what: &str) -> i64 {
    LIMITS.iter().find(|(name, _)| *name == what).map_or(i64::MAX, |(_, limit)| *limit)
}

async fn get_issue_limit_report(call: Call) -> Answer {
    if !call.access().administers() {
        return Err(Failure::forbidden("You do not have permission to see the limits of issues.").into());
    }
    let keys = call.params.flag("isReturningKeys", false)?;
    let mut db = call.read().await?;
    let heavy = db::issues::heavy(&mut db, near).await?;
    let ids: Vec<i64> = heavy.iter().map(|heavy| heavy.issue_id).collect();
    let loaded = db::issues::list(&mut db, &ids, Wanted::default(), None).await?;
    let visible = loaded.iter().map(|loaded| &loaded.issue).filter(|issue| call.project_of(issue).is_ok());
    let names: HashMap<i64, String> = visible
        .map(|issue| {
            let key = || call.site.issue_key(issue.project_id, issue.number);
            (issue.id, if keys { key() } else { issue.id.to_string() })
        })
        .collect();
    let (mut breaching, mut approaching) = (Map::new(), Map::new());
    for item in &heavy {
        let Some(name) = names.get(&item.issue_id) else { continue };
        let report = if item.count > limit(&item.what) { &mut breaching } else { &mut approaching };
        let issues = report.entry(item.what.clone()).or_insert_with(|| json!({}));
        issues[name] = item.count.into();
    }
    let limits: Map<String, Value> = LIMITS.iter().map(|(what, limit)| ((*what).to_owned(), (*limit).into())).collect();
    ok(json!({ "issuesBreachingLimit": breaching, "issuesApproachingLimit": approaching, "limits": limits }))
}
