//! Structured searches for users: which accounts the statements of a query are true of.

use super::{Context, search};
use crate::{
    db::{self, Read, issues::Name},
    domain::{
        failure::{Failure, Result},
        jql::resolve::{Condition, IdColumn, IssueNames, Readable},
        user_query::{Part, Statement, UserQuery},
    },
};
use std::{collections::HashSet, sync::Arc};

/// Who is found, as a test of account ids.
pub async fn find(context: &Context, text: &str) -> Result<impl Fn(&str) -> bool + use<>> {
    let query = UserQuery::parse(text).map_err(Failure::invalid)?;
    let mut db = context.read().await?;
    let mut found: Vec<HashSet<String>> = Vec::new();
    for statement in &query.statements {
        let accounts = match statement {
            Statement::Part(part, names) => taking_part(context, &mut db, *part, names).await?,
            Statement::Property { key, path, value } => db::users::with_property(&mut db, key, path, value).await?,
        };
        found.push(accounts.into_iter().collect());
    }
    Ok(move |account_id: &str| query.holds(|place| found.get(place).is_some_and(|ids| ids.contains(account_id))))
}

/// The accounts that take part in issues that the caller sees.
async fn taking_part(context: &Context, db: &mut Read, part: Part, names: &[String]) -> Result<Vec<String>> {
    let (mut projects, mut issues) = (Vec::new(), IssueNames::default());
    for name in names {
        if let Some(project) = context.site.project(name) {
            context.project(name).map_err(|_| unknown(name))?;
            projects.push(project.id);
            continue;
        }
        match context.issue_name(name).ok_or_else(|| unknown(name))? {
            Name::Id(id) => issues.ids.push(id),
            Name::Number(project_id, number) => issues.keys.push((project_id, number)),
        }
    }
    let mut condition = Condition::any([Condition::Id(IdColumn::Project, projects), Condition::Issue(issues)]);
    if matches!(part, Part::Watcher | Part::Voter) {
        let shown = context.access().extent("VIEW_VOTERS_AND_WATCHERS", |_| true);
        condition = Condition::All(vec![Condition::Permitted(Arc::new(shown)), condition]);
    }
    let readable = Readable::to(&context.site, &context.caller);
    db::search::people(db, &search::visible(context), &condition, part, &readable).await.map_err(search::cut_off)
}

fn unknown(name: &str) -> Failure {
    Failure::invalid(format!("Error in the query: '{name}' is neither a project nor an issue that you can see."))
}
