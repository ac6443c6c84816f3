//! Searches: a resolved query to SQL. The only place that assembles statements at run time.
//!
//! What comes from outside is bound, never written into the text. A search names the issue under test `i`, with a
//! digit for each parent above it. Three habits keep it quick on large sites:
//!
//! * tests of other tables are `i.id IN (SELECT …)`, which may become a join, or a set made once, even below an OR;
//! * statements are planned for the values at hand, not prepared: what is rare for one value is common for the next;
//! * an order that an index has is left to it, ties being broken by a small sort; where an index has the order only of a
//!   part of the issues, such as a project's, as many as are needed are taken from each part.
//!
//! Row-level security lets only functions that are marked LEAKPROOF look at rows before the policy does, and therefore
//! into indexes. Those of arrays, jsonb and full text are not by default; see `migrations/`.

mod columns;
mod condition;
mod elsewhere;
mod history;
pub mod kept;
mod order;
mod projects;
mod text;
mod turns;

use super::Read;
use crate::domain::{
    jql::resolve::{Condition, IdColumn, IssueNames, Order, Readable, SortKey},
    permission::{Extent, Reach},
    user_query::Part,
};
use projects::Scope;
use serde_json::json;
use sqlx::{Decode, Encode, FromRow, Postgres, QueryBuilder, Type, postgres::PgRow};
use std::{collections::HashMap, fmt::Display};
use turns::Turns;

/// Ids of a page of issues, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Page {
    /// At most as many as were asked for.
    pub ids: Vec<i64>,
    /// Whether there are more behind them.
    pub more: bool,
}

/// The issues that meet a condition: at most `limit`, after the first `offset`.
pub async fn find(
    db: &mut Read,
    visible: &Extent,
    condition: &Condition,
    order: &[Order],
    offset: i64,
    limit: i64,
) -> sqlx::Result<Page> {
    if *condition == Condition::Nothing {
        return Ok(Page::default());
    }
    // One more than asked for tells whether there are more.
    let end = offset.saturating_add(limit).saturating_add(1);
    let scope = Scope::of(visible, condition);
    // All issues of one project are equal in it.
    let one_project = scope.projects().nth(1).is_none();
    let by_project =
        |order: &&Order| matches!(order.key, SortKey::Id(IdColumn::Project, _) | SortKey::Ranked(IdColumn::Project, _));
    let order: Vec<Order> = order.iter().filter(|order| !(one_project && by_project(order))).cloned().collect();
    let mut statement = Statement::new("", db.site_id, visible);
    statement.former_names = history::former_names(db, condition).await?;
    match Turns::of(&order, &scope) {
        Some(turns) => statement.in_turn(&turns, &scope, end),
        None => statement.sorted(&order, &scope),
    }
    statement.push(" LIMIT ").bind(limit.saturating_add(1)).push(" OFFSET ").bind(offset);
    let mut ids: Vec<i64> = statement.scalars(db).await?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = ids.len() > limit;
    ids.truncate(limit);
    Ok(Page { ids, more })
}

/// How many issues meet a condition.
pub async fn count(db: &mut Read, visible: &Extent, condition: &Condition) -> sqlx::Result<i64> {
    if *condition == Condition::Nothing {
        return Ok(0);
    }
    let mut statement = Statement::new("SELECT count(*) FROM issue i", db.site_id, visible);
    statement.former_names = history::former_names(db, condition).await?;
    statement.filter(&Scope::of(visible, condition), false);
    Ok(statement.scalars(db).await?.pop().unwrap_or_default())
}

/// Those of some issues that are there, by the numbers that stand with their names: their ids, and whether the name is
/// one that they have now.
pub async fn existing(
    db: &mut Read,
    visible: &Extent,
    names: &[(usize, &IssueNames)],
) -> sqlx::Result<HashMap<usize, (i64, bool)>> {
    let (mut ids, mut ids_at) = (Vec::<i64>::new(), Vec::<i64>::new());
    let (mut projects, mut numbers, mut keys_at) = (Vec::<i64>::new(), Vec::<i64>::new(), Vec::<i64>::new());
    for (at, names) in names {
        let at = i64::try_from(*at).unwrap_or_default();
        ids.extend(&names.ids);
        ids_at.resize(ids.len(), at);
        for (project_id, number) in &names.keys {
            projects.push(*project_id);
            numbers.push(*number);
            keys_at.push(at);
        }
    }
    let select = "SELECT n.at, min(i.id), bool_or(n.now) FROM (SELECT id, at, true AS now FROM unnest(";
    let mut statement = Statement::new(select, db.site_id, visible);
    statement.bind(ids).push(", ").bind(ids_at).push(") AS t (id, at)");
    for (table, id) in ISSUE_KEYS {
        let now = table == "issue";
        statement.push(format_args!(" UNION ALL SELECT k.{id}, t.at, {now} FROM {table} k JOIN unnest("));
        statement.bind(projects.clone()).push(", ").bind(numbers.clone()).push(", ").bind(keys_at.clone());
        statement.push(") AS t (project_id, number, at) USING (project_id, number) WHERE ").of_site("k");
    }
    statement.push(") n JOIN issue i ON i.id = n.id");
    statement.filter(&Scope::of(visible, &Condition::Everything), false);
    statement.push(" GROUP BY n.at");
    let found: Vec<(i64, i64, bool)> = statement.rows(db).await?;
    Ok(found.into_iter().filter_map(|(at, id, now)| Some((usize::try_from(at).ok()?, (id, now)))).collect())
}

/// Where keys of issues stand, former ones too (J-30): table, and its column with the issue's id.
const ISSUE_KEYS: [(&str, &str); 2] = [("issue", "id"), ("moved_issue", "issue_id")];

/// The accounts that take a part in issues that meet a condition; comments count as far as they are readable.
pub async fn people(
    db: &mut Read,
    visible: &Extent,
    condition: &Condition,
    part: Part,
    readable: &Readable,
) -> sqlx::Result<Vec<String>> {
    // Which column names the account, and of which table beside the issue's.
    let (column, table) = match part {
        Part::Assignee => ("i.assignee", None),
        Part::Reporter => ("i.reporter", None),
        Part::Watcher => ("c.account_id", Some("watcher")),
        Part::Voter => ("c.account_id", Some("vote")),
        Part::Commenter => ("c.author", Some("comment")),
        Part::Transitioner => ("c.author", Some("change_group")),
    };
    let mut statement = Statement::new(&format!("SELECT DISTINCT {column} FROM issue i"), db.site_id, visible);
    statement.former_names = history::former_names(db, condition).await?;
    if let Some(table) = table {
        statement.push(format_args!(" JOIN {table} c ON c.issue_id = i.id AND ")).of_site("c");
    }
    statement.filter(&Scope::of(visible, condition), false);
    statement.push(format_args!(" AND {column} IS NOT NULL"));
    match part {
        Part::Commenter => {
            statement.push(" AND ").readable(readable);
        }
        Part::Transitioner => {
            statement.push(" AND EXISTS (SELECT FROM change_item t WHERE ").of_site("t");
            statement.push(" AND t.group_id = c.id AND t.field_id = 'status')");
        }
        _ => {}
    }
    statement.scalars(db).await
}

/// A statement in the making.
struct Statement<'v> {
    sql: QueryBuilder<Postgres>,
    site_id: i32,
    /// How many values are bound.
    bound: usize,
    /// What of the issues the caller may see.
    visible: &'v Extent,
    /// What names in the condition once meant.
    former_names: history::FormerNames,
}

impl<'v> Statement<'v> {
    fn new(text: &str, site_id: i32, visible: &'v Extent) -> Self {
        Self { sql: QueryBuilder::new(text), site_id, bound: 0, visible, former_names: Vec::new() }
    }

    /// Runs it: the only column of its rows.
    async fn scalars<T>(self, db: &mut Read) -> sqlx::Result<Vec<T>>
    where
        T: for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin,
    {
        Ok(self.rows::<(T,)>(db).await?.into_iter().map(|(value,)| value).collect())
    }

    /// Runs it, within the time that searches are given.
    async fn rows<R>(mut self, db: &mut Read) -> sqlx::Result<Vec<R>>
    where
        R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        if self.bound > usize::from(u16::MAX) {
            return Err(sqlx::Error::InvalidArgument("more values than a statement can have".into()));
        }
        let cutter = db.cutter();
        cutter.run(self.sql.build_query_as().persistent(false).fetch_all(db.sql())).await
    }

    /// Adds text of our own.
    fn push(&mut self, text: impl Display) -> &mut Self {
        self.sql.push(text);
        self
    }

    /// Adds a value.
    fn bind<'t, T: Encode<'t, Postgres> + Type<Postgres> + 't>(&mut self, value: T) -> &mut Self {
        self.bound += 1;
        self.sql.push_bind(value);
        self
    }

    /// Adds the test that rows of a table are the site's.
    fn of_site(&mut self, table: &str) -> &mut Self {
        let site_id = self.site_id;
        self.push(format_args!("{table}.site_id = ")).bind(site_id)
    }

    /// Adds parts with a word between them.
    fn joined<T>(&mut self, parts: &[T], word: &str, mut add: impl FnMut(&mut Self, &T)) {
        self.push("(");
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                self.push(word);
            }
            add(self, part);
        }
        self.push(")");
    }

    /// Adds all that must be true of the issue `i`. If something else tells its project, that is not tested again.
    fn filter(&mut self, scope: &Scope, project_told: bool) {
        // Archived issues are not found (J-136).
        self.push(" WHERE ").of_site("i").push(" AND i.archived IS NULL AND ");
        self.areas("i", &scope.extent, project_told);
        for part in &scope.parts {
            self.push(" AND ");
            self.condition("i", part);
        }
    }

    /// Adds the test that a caller has a permission on an issue: `Access::on`, as SQL.
    fn within(&mut self, i: &str, extent: &Extent) {
        self.areas(i, extent, false);
    }

    fn areas(&mut self, i: &str, extent: &Extent, project_told: bool) {
        if extent.areas.is_empty() {
            self.push("false");
            return;
        }
        let account_id = extent.account_id.as_deref();
        let alone = extent.areas.len() == 1;
        self.joined(&extent.areas, " OR ", |sql, area| {
            if alone && project_told {
                sql.push("true");
            } else {
                sql.in_projects(i, &area.projects, alone.then_some(&extent.elsewhere));
            }
            sql.reached(i, &area.reach, account_id);
            if extent.secured {
                sql.push(format_args!(" AND ({i}.security_level_id IS NULL"));
                for (reach, levels) in &area.levels {
                    sql.push(format_args!(" OR {i}.security_level_id = ANY(")).bind(levels.clone()).push(")");
                    sql.reached(i, reach, account_id);
                }
                sql.push(")");
            }
        });
    }

    /// Adds `AND` and the test that an issue is one of those reached: `Reach::covers`, as SQL.
    fn reached(&mut self, i: &str, reach: &Reach, account_id: Option<&str>) {
        if reach.all {
            return;
        }
        self.push(" AND (false");
        for (so, person) in [(reach.as_reporter, "reporter"), (reach.as_assignee, "assignee")] {
            if so {
                self.push(format_args!(" OR {i}.{person} = ")).bind(account_id.map(str::to_owned));
            }
        }
        for field in &reach.in_fields {
            // Alone, or in a list.
            for value in [json!(field.member), json!([field.member])] {
                self.push(format_args!(" OR {i}.custom @> ")).bind(json!({ field.field_id.to_string(): value }));
            }
        }
        self.push(")");
    }
}
