//! Loading issues with what hangs on them, in one statement.

use super::{Name, moved};
use crate::{
    db::{Read, attachments::Attachment, comments::Comment, worklogs::Worklog},
    domain::{issue::Issue, permission::People},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::types::Json;
use std::collections::HashMap;

/// An issue with what an answer shows around it.
#[derive(Debug)]
pub struct Loaded {
    /// The issue itself.
    pub issue: Issue,
    /// Everything around it, as the database put it together.
    pub around: Around,
    /// The version of the site's snapshot that this belongs with.
    pub site_version: i64,
}

/// What hangs on an issue; each part is filled only if asked for.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Around {
    /// The parent, if there is one.
    pub parent: Option<Neighbour>,
    /// In the order of their ranks.
    pub subtasks: Vec<Neighbour>,
    /// In the order in which they were made.
    pub links: Vec<Link>,
    /// Oldest first, all of them.
    pub comments: Vec<Comment>,
    /// Oldest first.
    pub attachments: Vec<Attachment>,
    /// The first ones that the caller may see.
    pub worklogs: Vec<Worklog>,
    /// How many there are of them.
    pub worklog_total: i64,
    /// How many watch it.
    pub watchers: i64,
    /// Whether the caller does.
    pub watching: bool,
    /// How many voted for it.
    pub votes: i64,
    /// Whether the caller did.
    pub voted: bool,
    /// When the caller last looked at it.
    pub viewed: Option<DateTime<Utc>>,
    /// Sums over its sub-tasks, in seconds.
    pub subtask_original: Option<i64>,
    /// Seconds.
    pub subtask_remaining: Option<i64>,
    /// Seconds.
    pub subtask_spent: Option<i64>,
}

/// Another issue, as shown on a link, a sub-task or a parent (J-39).
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Neighbour {
    /// Unique in the site.
    pub id: i64,
    /// Its project.
    pub project_id: i64,
    /// The number in its key.
    pub number: i64,
    /// One line.
    pub summary: String,
    /// Where it is.
    pub status_id: i64,
    /// Its priority.
    pub priority_id: Option<i64>,
    /// Its type.
    pub issue_type_id: i64,
    /// For the caller's permission to see it.
    #[serde(flatten)]
    pub people: People,
}

impl From<&Issue> for Neighbour {
    fn from(issue: &Issue) -> Self {
        Self {
            id: issue.id,
            project_id: issue.project_id,
            number: issue.number,
            summary: issue.summary.clone(),
            status_id: issue.status_id,
            priority_id: issue.priority_id,
            issue_type_id: issue.issue_type_id,
            people: People {
                reporter: issue.reporter.clone(),
                assignee: issue.assignee.clone(),
                security_level_id: issue.security_level_id,
                custom: issue.custom.clone(),
                archived: issue.archived.is_some(),
            },
        }
    }
}

/// A link, seen from one of its ends.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Link {
    /// Unique in the site.
    pub id: i64,
    /// Its type.
    pub type_id: i64,
    /// This end is the source (J-112).
    pub outward: bool,
    /// The other end.
    pub other: Neighbour,
}

/// Which parts of [`Around`] to fill.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Parent, sub-tasks with their sums, links.
    pub neighbours: bool,
    /// Comments.
    pub comments: bool,
    /// Attachments.
    pub attachments: bool,
    /// Watchers and votes.
    pub people: bool,
    /// When the caller last looked at it.
    pub viewed: bool,
    /// Custom fields of neighbours; needed where they decide who sees an issue.
    pub holders: bool,
    /// Worklogs.
    pub worklogs: bool,
}

/// The statement that loads issues, alone or with what hangs on them, and the condition that chooses them. One
/// statement per way of choosing, so that each gets a plan that PostgreSQL keeps: one that fits all of them would be
/// planned anew each time, and its unused parts cost as much as the row.
macro_rules! select_issues {
    ($db:expr, alone, $condition:literal, $($key:expr),+) => {
        sqlx::query_as!(
            Row,
            r#"
        SELECT i.id, i.project_id, i.number, i.issue_type_id, i.status_id, i.priority_id, i.resolution_id, i.summary,
               i.description, i.environment, i.creator, i.reporter, i.assignee, i.parent_id, i.security_level_id,
               i.labels, i.component_ids, i.fix_version_ids, i.affected_version_ids, i.created, i.updated, i.due, i.resolved,
               i.status_category_changed, i.original_estimate, i.remaining_estimate, i.time_spent, i.rank, i.archived, i.custom,
               (SELECT s.version FROM site s WHERE s.site_id = $1) AS "site_version!",
               '{}'::jsonb AS "around!: Json<Around>"
        FROM issue i
        WHERE i.site_id = $1 AND "# + $condition,
            $db.site_id,
            $($key),+
        )
        .fetch_all($db.sql())
        .await?
    };
    ($db:expr, $wanted:expr, $caller:expr, $condition:literal, $($key:expr),+) => {
        sqlx::query_as!(
            Row,
            r#"
        SELECT i.id, i.project_id, i.number, i.issue_type_id, i.status_id, i.priority_id, i.resolution_id, i.summary,
               i.description, i.environment, i.creator, i.reporter, i.assignee, i.parent_id, i.security_level_id,
               i.labels, i.component_ids, i.fix_version_ids, i.affected_version_ids, i.created, i.updated, i.due, i.resolved,
               i.status_category_changed, i.original_estimate, i.remaining_estimate, i.time_spent, i.rank, i.archived, i.custom,
               (SELECT s.version FROM site s WHERE s.site_id = $1) AS "site_version!",
               jsonb_strip_nulls(jsonb_build_object(
                 'parent', CASE WHEN $2 AND i.parent_id IS NOT NULL THEN (
                   SELECT jsonb_build_object('id', p.id, 'project_id', p.project_id, 'number', p.number, 'summary', p.summary,
                     'status_id', p.status_id, 'priority_id', p.priority_id, 'issue_type_id', p.issue_type_id,
                     'reporter', p.reporter, 'assignee', p.assignee, 'security_level_id', p.security_level_id,
                     'custom', CASE WHEN $7 THEN p.custom END)
                   FROM issue p WHERE p.site_id = $1 AND p.id = i.parent_id) END,
                 'subtasks', CASE WHEN $2 THEN (
                   SELECT jsonb_agg(jsonb_build_object('id', c.id, 'project_id', c.project_id, 'number', c.number, 'summary', c.summary,
                     'status_id', c.status_id, 'priority_id', c.priority_id, 'issue_type_id', c.issue_type_id,
                     'reporter', c.reporter, 'assignee', c.assignee, 'security_level_id', c.security_level_id,
                     'custom', CASE WHEN $7 THEN c.custom END) ORDER BY c.rank)
                   FROM issue c JOIN issue_type t ON t.site_id = $1 AND t.id = c.issue_type_id AND t.level < 0
                   WHERE c.site_id = $1 AND c.parent_id = i.id) END,
                 'links', CASE WHEN $2 THEN (
                   SELECT jsonb_agg(jsonb_build_object('id', l.id, 'type_id', l.type_id, 'outward', l.source_id = i.id,
                     'other', jsonb_build_object('id', o.id, 'project_id', o.project_id, 'number', o.number, 'summary', o.summary,
                       'status_id', o.status_id, 'priority_id', o.priority_id, 'issue_type_id', o.issue_type_id,
                       'reporter', o.reporter, 'assignee', o.assignee, 'security_level_id', o.security_level_id,
                     'custom', CASE WHEN $7 THEN o.custom END)) ORDER BY l.id)
                   FROM (SELECT * FROM issue_link a WHERE a.site_id = $1 AND a.source_id = i.id
                         UNION ALL
                         SELECT * FROM issue_link b WHERE b.site_id = $1 AND b.destination_id = i.id AND b.source_id <> i.id) l
                   JOIN issue o ON o.site_id = $1 AND o.id = CASE WHEN l.source_id = i.id THEN l.destination_id ELSE l.source_id END) END,
                 'comments', CASE WHEN $3 THEN (
                   SELECT jsonb_agg(jsonb_build_object('id', c.id, 'issue_id', c.issue_id, 'author', c.author, 'update_author', c.update_author,
                     'body', c.body::text, 'created', c.created, 'updated', c.updated, 'visibility_type', c.visibility_type,
                     'visibility_id', c.visibility_id, 'jsd_public', c.jsd_public) ORDER BY c.id)
                   FROM comment c WHERE c.site_id = $1 AND c.issue_id = i.id) END,
                 'attachments', CASE WHEN $4 THEN (
                   SELECT jsonb_agg(jsonb_build_object('id', a.id, 'file_name', a.file_name, 'author', a.author, 'created', a.created,
                     'size', a.size, 'mime_type', a.mime_type, 'thumbnail', a.thumbnail) ORDER BY a.id)
                   FROM attachment a WHERE a.site_id = $1 AND a.issue_id = i.id) END,
                 'watchers', CASE WHEN $5 THEN (SELECT count(*) FROM watcher w WHERE w.site_id = $1 AND w.issue_id = i.id) END,
                 'watching', CASE WHEN $5 THEN EXISTS (
                   SELECT FROM watcher w WHERE w.site_id = $1 AND w.issue_id = i.id AND w.account_id = $6) END,
                 'votes', CASE WHEN $5 THEN (SELECT count(*) FROM vote v WHERE v.site_id = $1 AND v.issue_id = i.id) END,
                 'voted', CASE WHEN $5 THEN EXISTS (
                   SELECT FROM vote v WHERE v.site_id = $1 AND v.issue_id = i.id AND v.account_id = $6) END,
                 'viewed', CASE WHEN $9 THEN (
                   SELECT v.viewed FROM issue_view v WHERE v.site_id = $1 AND v.issue_id = i.id AND v.account_id = $6) END,
                 'subtask_original', CASE WHEN $2 THEN (
                   SELECT sum(c.original_estimate)::bigint FROM issue c JOIN issue_type t ON t.site_id = $1 AND t.id = c.issue_type_id
                   WHERE c.site_id = $1 AND c.parent_id = i.id AND t.level < 0) END,
                 'subtask_remaining', CASE WHEN $2 THEN (
                   SELECT sum(c.remaining_estimate)::bigint FROM issue c JOIN issue_type t ON t.site_id = $1 AND t.id = c.issue_type_id
                   WHERE c.site_id = $1 AND c.parent_id = i.id AND t.level < 0) END,
                 'subtask_spent', CASE WHEN $2 THEN (
                   SELECT sum(c.time_spent)::bigint FROM issue c JOIN issue_type t ON t.site_id = $1 AND t.id = c.issue_type_id
                   WHERE c.site_id = $1 AND c.parent_id = i.id AND t.level < 0) END,
                 'worklogs', CASE WHEN $8 THEN (
                   SELECT jsonb_agg(jsonb_build_object('id', w.id, 'issue_id', w.issue_id, 'author', w.author, 'update_author', w.update_author,
                     'comment', w.comment::text, 'created', w.created, 'updated', w.updated, 'started', w.started, 'seconds', w.seconds,
                     'visibility_type', w.visibility_type, 'visibility_id', w.visibility_id) ORDER BY w.created, w.id)
                   FROM (SELECT * FROM worklog v WHERE v.site_id = $1 AND v.issue_id = i.id
                           AND (v.visibility_type IS NULL OR admits($1, i.project_id, v.visibility_type, v.visibility_id, $6))
                         ORDER BY v.created, v.id LIMIT 20) w) END,
                 'worklog_total', CASE WHEN $8 THEN (
                   SELECT count(*) FROM worklog v WHERE v.site_id = $1 AND v.issue_id = i.id
                     AND (v.visibility_type IS NULL OR admits($1, i.project_id, v.visibility_type, v.visibility_id, $6))) END
               )) AS "around!: Json<Around>"
        FROM issue i
        WHERE i.site_id = $1 AND "# + $condition,
            $db.site_id,
            $wanted.neighbours,
            $wanted.comments,
            $wanted.attachments,
            $wanted.people,
            $caller,
            $wanted.holders,
            $wanted.worklogs,
            $wanted.viewed,
            $($key),+
        )
        .fetch_all($db.sql())
        .await?
    };
}

/// An issue as the statement returns it.
struct Row {
    id: i64,
    project_id: i64,
    number: i64,
    issue_type_id: i64,
    status_id: i64,
    priority_id: Option<i64>,
    resolution_id: Option<i64>,
    summary: String,
    description: Option<Value>,
    environment: Option<Value>,
    creator: Option<String>,
    reporter: Option<String>,
    assignee: Option<String>,
    parent_id: Option<i64>,
    security_level_id: Option<i64>,
    labels: Vec<String>,
    component_ids: Vec<i64>,
    fix_version_ids: Vec<i64>,
    affected_version_ids: Vec<i64>,
    created: DateTime<Utc>,
    updated: DateTime<Utc>,
    due: Option<NaiveDate>,
    resolved: Option<DateTime<Utc>>,
    status_category_changed: DateTime<Utc>,
    original_estimate: Option<i64>,
    remaining_estimate: Option<i64>,
    time_spent: Option<i64>,
    rank: String,
    archived: Option<DateTime<Utc>>,
    custom: Value,
    site_version: i64,
    around: Json<Around>,
}

impl Row {
    fn load(self) -> Loaded {
        Loaded {
            around: self.around.0,
            site_version: self.site_version,
            issue: Issue {
                id: self.id,
                project_id: self.project_id,
                number: self.number,
                issue_type_id: self.issue_type_id,
                status_id: self.status_id,
                priority_id: self.priority_id,
                resolution_id: self.resolution_id,
                summary: self.summary,
                description: self.description,
                environment: self.environment,
                creator: self.creator,
                reporter: self.reporter,
                assignee: self.assignee,
                parent_id: self.parent_id,
                security_level_id: self.security_level_id,
                labels: self.labels,
                component_ids: self.component_ids,
                fix_version_ids: self.fix_version_ids,
                affected_version_ids: self.affected_version_ids,
                created: self.created,
                updated: self.updated,
                due: self.due,
                resolved: self.resolved,
                status_category_changed: self.status_category_changed,
                original_estimate: self.original_estimate,
                remaining_estimate: self.remaining_estimate,
                time_spent: self.time_spent,
                rank: self.rank,
                archived: self.archived,
                custom: match self.custom {
                    Value::Object(members) => members,
                    _ => serde_json::Map::new(),
                },
            },
        }
    }
}

impl Wanted {
    fn nothing(self) -> bool {
        !(self.neighbours || self.comments || self.attachments || self.people || self.worklogs || self.viewed)
    }
}

/// One issue by name, with what is wanted around it, in one statement.
pub async fn find(db: &mut Read, name: Name, wanted: Wanted, caller: Option<&str>) -> anyhow::Result<Option<Loaded>> {
    let rows: Vec<Row> = match name {
        Name::Id(id) if wanted.nothing() => select_issues!(db, alone, "i.id = $2", id),
        Name::Id(id) => select_issues!(db, wanted, caller, "i.id = $10", id),
        Name::Number(project, number) if wanted.nothing() => {
            select_issues!(db, alone, "i.project_id = $2 AND i.number = $3", project, number)
        }
        Name::Number(project, number) => {
            select_issues!(db, wanted, caller, "i.project_id = $10 AND i.number = $11", project, number)
        }
    };
    match rows.into_iter().next() {
        Some(row) => Ok(Some(row.load())),
        None => match moved(db, name).await? {
            Some(id) => Ok(list(db, &[id], wanted, caller).await?.pop()),
            None => Ok(None),
        },
    }
}

/// Several issues by id, in that order; missing ones are left out.
pub async fn list(db: &mut Read, ids: &[i64], wanted: Wanted, caller: Option<&str>) -> anyhow::Result<Vec<Loaded>> {
    let rows: Vec<Row> = match ids {
        [] => Vec::new(),
        ids if wanted.nothing() => select_issues!(db, alone, "i.id = ANY($2)", ids),
        ids => select_issues!(db, wanted, caller, "i.id = ANY($10)", ids),
    };
    let mut loaded: Vec<Loaded> = rows.into_iter().map(Row::load).collect();
    let places: HashMap<i64, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    loaded.sort_by_key(|loaded| places.get(&loaded.issue.id).copied());
    Ok(loaded)
}
