//! Suggestions of issues (S-46).

use crate::{
    app::picker::{self, Suggested, Typed},
    db::issues::Loaded,
    http::{
        answer::{Answer, ok},
        call::Call,
        platform::users::marked,
        routes::Routes,
        views::config,
    },
};
use serde_json::{Value, json};

/// Operations that suggest issues.
pub fn routes() -> Routes {
    Routes::default().get("/rest/api/3/issue/picker", get_issue_picker_resource)
}

async fn get_issue_picker_resource(call: Call) -> Answer {
    let params = &call.params;
    let text = |name: &str| params.text(name).map(str::to_owned);
    let typed = Typed {
        query: text("query").unwrap_or_default(),
        issue_key: text("currentIssueKey"),
        project_id: text("currentProjectId"),
        subtasks: params.flag("showSubTasks", false)?,
        parent: params.flag("showSubTaskParent", false)?,
    };
    let mut sections = vec![section(&call, &typed, ("hs", "History Search"), picker::history(&call, &typed).await?)];
    if let Some(jql) = params.text("currentJQL") {
        let found = picker::current(&call, &typed, jql).await?;
        sections.push(section(&call, &typed, ("cs", "Current Search"), found));
    }
    ok(json!({ "sections": sections }))
}

fn section(call: &Call, typed: &Typed, (id, label): (&str, &str), found: Suggested) -> Value {
    let issues: Vec<Value> = found.issues.iter().map(|loaded| view(call, typed, loaded)).collect();
    let mut section = json!({ "label": label });
    if issues.is_empty() {
        section["msg"] = "No matching issues found".into();
    } else {
        section["sub"] = format!("Showing {} of {} matching issues", issues.len(), found.total).into();
    }
    section["id"] = id.into();
    section["issues"] = issues.into();
    section
}

fn view(call: &Call, typed: &Typed, loaded: &Loaded) -> Value {
    let issue = &loaded.issue;
    let key = call.site.issue_key(issue.project_id, issue.number);
    let kind = call.site.issue_types.get(issue.issue_type_id);
    let icon = kind.map(|kind| config::issue_type(call, kind)["iconUrl"].as_str().unwrap_or_default().to_owned());
    json!({
        "id": issue.id,
        "key": key,
        "keyHtml": marked(&key, &typed.query, "b"),
        // The path alone.
        "img": icon.map(|icon| icon.strip_prefix(&call.links.base).map(str::to_owned).unwrap_or(icon)),
        "summary": marked(&issue.summary, &typed.query, "b"),
        "summaryText": issue.summary,
    })
}
