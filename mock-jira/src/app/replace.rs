//! One priority, resolution, type or status in place of another, in all issues that have it.

use super::{
    Context,
    tasks::{End, Run},
};
use crate::{
    db::{
        self, Work,
        issues::replace::{self, Those},
    },
    domain::{
        audit::{Area, Record, Thing},
        failure::Result,
        issue::changes::ChangeItem,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an issue has one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// Its priority.
    Priority,
    /// Its resolution.
    Resolution,
    /// Its type.
    IssueType,
    /// Its status.
    Status,
}

/// What takes the place of what, and in which issues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Move {
    /// What is replaced.
    pub part: Part,
    /// Its id.
    pub from: i64,
    /// What is there afterwards; only a priority can be missing.
    pub to: Option<i64>,
    /// Only priorities and statuses are replaced in some projects alone.
    pub project_ids: Option<Vec<i64>>,
    /// Only statuses are replaced for some types alone.
    #[serde(default)]
    pub issue_type_ids: Vec<i64>,
}

impl Move {
    /// One thing for another in all issues.
    pub fn everywhere(part: Part, from: i64, to: i64) -> Self {
        Self { part, from, to: Some(to), project_ids: None, issue_type_ids: Vec::new() }
    }

    /// Changes the issues after one, as many as one statement does, with their histories: the last of them.
    async fn step(&self, context: &Context, work: &mut Work, after: i64) -> Result<Option<i64>> {
        let those = Those { id: self.from, project_ids: self.project_ids.as_deref(), after };
        let now = context.now;
        let ids = match (self.part, self.to) {
            (Part::Priority, to) => replace::priority(work, those, to, now).await?,
            (Part::Resolution, Some(to)) => replace::resolution(work, those, to, now).await?,
            (Part::IssueType, Some(to)) => replace::issue_type(work, those, to, now).await?,
            (Part::Status, Some(to)) => {
                let category = |id| context.site.statuses.get(id).map(|status| status.category);
                let other_category = category(self.from) != category(to);
                replace::status(work, those, &self.issue_type_ids, (to, other_category), now).await?
            }
            (_, None) => Vec::new(),
        };
        let item = self.item(context);
        for id in &ids {
            db::changelog::insert(work, *id, context.author(), now, std::slice::from_ref(&item)).await?;
        }
        if !ids.is_empty() {
            work.record(self.record(ids.len(), &item));
        }
        Ok(ids.into_iter().max())
    }

    /// Changes all issues in the caller's transaction.
    pub async fn now(&self, context: &Context, work: &mut Work) -> Result<()> {
        let mut last = 0;
        while let Some(next) = self.step(context, work, last).await? {
            last = next;
        }
        Ok(())
    }

    fn item(&self, context: &Context) -> ChangeItem {
        let site = &context.site;
        let name = |id: i64| match self.part {
            Part::Priority => site.priorities.get(id).map(|priority| priority.name.as_str()),
            Part::Resolution => site.resolutions.get(id).map(|resolution| resolution.name.as_str()),
            Part::IssueType => site.issue_types.get(id).map(|kind| kind.name.as_str()),
            Part::Status => site.statuses.get(id).map(|status| status.name.as_str()),
        };
        let field = match self.part {
            Part::Priority => "priority",
            Part::Resolution => "resolution",
            Part::IssueType => "issuetype",
            Part::Status => "status",
        };
        let to = self.to.map(|id| (id, name(id).unwrap_or_default()));
        ChangeItem::replaced(field, (self.from, name(self.from)), to)
    }

    fn record(&self, issues: usize, item: &ChangeItem) -> Record {
        let kind = match self.part {
            Part::Priority => "PRIORITY",
            Part::Resolution => "RESOLUTION",
            Part::IssueType => "ISSUE_TYPE",
            Part::Status => "STATUS",
        };
        let thing = Thing::new(kind, self.from, item.from_string.clone().unwrap_or_default());
        Record::new(format!("Replaced in {issues} issues"), Area::Everyday, thing).change(
            item.field.clone(),
            item.from_string.as_deref(),
            item.to_string.as_deref(),
        )
    }
}

/// How far a job is.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    /// Moves that are done.
    done: usize,
    /// The last issue of the one under way.
    last: i64,
}

/// Makes moves step by step; `None` when all are made, else how the job ended before.
pub async fn in_background(run: &mut Run, moves: &[Move]) -> Result<Option<End>> {
    let mut place: Place = run.checkpoint()?;
    while let Some(next) = moves.get(place.done) {
        if run.cancelled().await? {
            return Ok(Some(End::Cancelled(Value::Null)));
        }
        let (context, mut work) = run.context().await?.begin_settled().await?;
        let last = next.step(&context, &mut work, place.last).await?;
        place = match last {
            Some(last) => Place { last, ..place },
            None => Place { done: place.done + 1, last: 0 },
        };
        run.save(&mut work, 100 * place.done / moves.len(), &place).await?;
        match last {
            Some(_) => work.commit_recorded().await?,
            None => work.commit_unrecorded().await?,
        }
    }
    Ok(None)
}
