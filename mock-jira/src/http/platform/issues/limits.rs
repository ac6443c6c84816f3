//! Issues that have, or will soon have, as much of something as an issue can (J-78).

use crate::{
    db::{self, issues::Wanted},
    domain::site::IssueLimits,
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
fn limits(of: &IssueLimits) -> [(&'static str, i64); 5] {
    [
        ("comment", of.comments),
        ("worklog", of.worklogs),
        ("attachment", of.attachments),
        ("issuelinks", of.issue_links),
        ("remoteIssueLinks", of.remote_links),
    ]
}

async fn get_issue_limit_report(call: Call) -> Answer {
    call.administers("You do not have permission to see the limits of issues.")?;
    let keys = call.params.flag("isReturningKeys", false)?;
    let mut db = call.read().await?;
    let limits = limits(&call.site.site.settings.issue_limits);
    let limit = |what: &str| limits.iter().find(|(name, _)| *name == what).map_or(i64::MAX, |(_, limit)| *limit);
    // From nine tenths on, a limit is near.
    let heavy = db::issues::heavy(&mut db, |what| limit(what) * 9 / 10).await?;
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
    let limits: Map<String, Value> = limits.iter().map(|(what, limit)| ((*what).to_owned(), (*limit).into())).collect();
    ok(json!({ "issuesBreachingLimit": breaching, "issuesApproachingLimit": approaching, "limits": limits }))
}
