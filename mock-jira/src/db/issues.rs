//! Tables `issue`, `moved_issue`.

mod limits;
mod load;
pub mod replace;

use super::{Read, Work};
use crate::domain::{
    issue::{Issue, IssueRef},
    permission::People,
    rich_text,
};
use chrono::{DateTime, Utc};
pub use limits::{Heavy, heavy};
pub use load::{Around, Link, Loaded, Neighbour, Wanted, find, list};
use serde_json::Value;

/// How a request names an issue: by id, or by project and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// The issue's id.
    Id(i64),
    /// Project id and number.
    Number(i64, i64),
}

impl Name {
    fn parts(self) -> (Option<i64>, Option<i64>, Option<i64>) {
        match self {
            Self::Id(id) => (Some(id), None, None),
            Self::Number(project_id, number) => (None, Some(project_id), Some(number)),
        }
    }
}

/// The issue that had a key before it moved to another project (J-30).
async fn moved(db: &mut Read, name: Name) -> sqlx::Result<Option<i64>> {
    let Name::Number(project_id, number) = name else { return Ok(None) };
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "SELECT issue_id FROM moved_issue WHERE site_id = $1 AND project_id = $2 AND number = $3",
        site_id,
        project_id,
        number
    )
    .fetch_optional(db.sql())
    .await
}

/// The ids of issues by their names, former keys included, in one statement; nothing for those that are not there.
pub async fn ids(db: &mut Read, names: &[Option<Name>]) -> sqlx::Result<Vec<Option<i64>>> {
    let parts = || names.iter().map(|name| name.map_or((None, None, None), Name::parts));
    let ids: Vec<Option<i64>> = parts().map(|part| part.0).collect();
    let projects: Vec<Option<i64>> = parts().map(|part| part.1).collect();
    let numbers: Vec<Option<i64>> = parts().map(|part| part.2).collect();
    let site_id = db.site_id;
    let rows = sqlx::query!(
        r#"WITH named AS (
             SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) WITH ORDINALITY AS n(id, project_id, number, at))
           SELECT n.at AS "at!", i.id AS "id!" FROM named n JOIN issue i ON i.site_id = $1 AND i.id = n.id
           UNION ALL
           SELECT n.at, i.id FROM named n
           JOIN issue i ON i.site_id = $1 AND i.project_id = n.project_id AND i.number = n.number
           UNION ALL
           SELECT n.at, m.issue_id FROM named n
           JOIN moved_issue m ON m.site_id = $1 AND m.project_id = n.project_id AND m.number = n.number"#,
        site_id,
        &ids as _,
        &projects as _,
        &numbers as _
    )
    .fetch_all(db.sql())
    .await?;
    let mut found = vec![None; names.len()];
    for row in rows {
        if let Some(place) = usize::try_from(row.at - 1).ok().and_then(|at| found.get_mut(at)) {
            *place = Some(row.id);
        }
    }
    Ok(found)
}

/// Locks an issue for the rest of the transaction, so that edits of one issue come one after the other.
///
/// Others may refer to it meanwhile: two issues that are linked to each other at once don't wait for one another.
pub async fn lock(db: &mut Work, name: Name) -> sqlx::Result<()> {
    let former = match name {
        Name::Number(..) => moved(db, name).await?,
        Name::Id(_) => None,
    };
    let (id, project_id, number) = name.parts();
    let site_id = db.site_id;
    sqlx::query!(
        "SELECT id FROM issue WHERE site_id = $1 AND (id = $2 OR (project_id = $3 AND number = $4)) FOR NO KEY UPDATE",
        site_id,
        id.or(former),
        project_id,
        number
    )
    .fetch_optional(db.sql())
    .await?;
    Ok(())
}

/// Locks several issues, in an order that is the same for all who do.
pub async fn lock_all(db: &mut Work, ids: &[i64]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "SELECT id FROM issue WHERE site_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE",
        site_id,
        ids
    )
    .fetch_all(db.sql())
    .await?;
    Ok(())
}

/// What is needed to refer to issues, with what decides whether the caller sees them; missing ones are left out.
pub async fn references(db: &mut Read, names: &[Name]) -> sqlx::Result<Vec<(Name, IssueRef, People)>> {
    let site_id = db.site_id;
    let parts = || names.iter().map(|name| name.parts());
    let ids: Vec<Option<i64>> = parts().map(|(id, _, _)| id).collect();
    let projects: Vec<Option<i64>> = parts().map(|(_, project, _)| project).collect();
    let numbers: Vec<Option<i64>> = parts().map(|(_, _, number)| number).collect();
    let rows = sqlx::query!(
        r#"WITH named AS (
             SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) WITH ORDINALITY AS n (id, project_id, number, at)),
           found AS (
             SELECT at, id FROM named WHERE id IS NOT NULL
             UNION ALL
             SELECT n.at, i.id FROM named n
               JOIN issue i ON i.site_id = $1 AND i.project_id = n.project_id AND i.number = n.number
             UNION ALL
             SELECT n.at, m.issue_id FROM named n
               JOIN moved_issue m ON m.site_id = $1 AND m.project_id = n.project_id AND m.number = n.number)
           SELECT f.at AS "at!", i.id, i.project_id, i.number, i.issue_type_id, i.status_id, i.reporter, i.assignee,
                  i.security_level_id, i.archived, i.custom
           FROM found f JOIN issue i ON i.site_id = $1 AND i.id = f.id ORDER BY f.at"#,
        site_id,
        &ids as &[Option<i64>],
        &projects as &[Option<i64>],
        &numbers as &[Option<i64>]
    )
    .fetch_all(db.sql())
    .await?;
    let found = rows.into_iter().filter_map(|row| {
        let name = usize::try_from(row.at - 1).ok().and_then(|at| names.get(at))?;
        let reference = IssueRef {
            id: row.id,
            project_id: row.project_id,
            number: row.number,
            issue_type_id: row.issue_type_id,
            status_id: row.status_id,
            security_level_id: row.security_level_id,
        };
        let people = People {
            reporter: row.reporter,
            assignee: row.assignee,
            security_level_id: row.security_level_id,
            archived: row.archived.is_some(),
            custom: match row.custom {
                Value::Object(members) => members,
                _ => serde_json::Map::new(),
            },
        };
        Some((*name, reference, people))
    });
    Ok(found.collect())
}

/// The number of a project's next issue. Numbers are never given twice (J-26).
pub async fn next_number(db: &mut Work, project_id: i64) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        "UPDATE project_counter SET value = value + 1 WHERE site_id = $1 AND project_id = $2 RETURNING value",
        site_id,
        project_id
    )
    .fetch_one(db.sql())
    .await
}

/// Stores a new issue.
pub async fn insert(db: &mut Work, issue: &Issue) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let custom = Value::Object(issue.custom.clone());
    sqlx::query!(
        "INSERT INTO issue (site_id, id, project_id, number, issue_type_id, status_id, priority_id, resolution_id, summary,
           description, environment, creator, reporter, assignee, parent_id, security_level_id, labels, component_ids,
           fix_version_ids, affected_version_ids, created, updated, due, resolved, status_category_changed, original_estimate,
           remaining_estimate, time_spent, rank, custom, search_text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::json, $11::text::json, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
           $25, $26, $27, $28, $29, $30,
           setweight(words($9), 'A') || setweight(words($31), 'B') || setweight(words($32), 'C') || setweight(words($33), 'D'))",
        site_id,
        issue.id,
        issue.project_id,
        issue.number,
        issue.issue_type_id,
        issue.status_id,
        issue.priority_id,
        issue.resolution_id,
        issue.summary,
        text(&issue.description),
        text(&issue.environment),
        issue.creator,
        issue.reporter,
        issue.assignee,
        issue.parent_id,
        issue.security_level_id,
        &issue.labels,
        &issue.component_ids,
        &issue.fix_version_ids,
        &issue.affected_version_ids,
        issue.created,
        issue.updated,
        issue.due,
        issue.resolved,
        issue.status_category_changed,
        issue.original_estimate,
        issue.remaining_estimate,
        issue.time_spent,
        issue.rank,
        custom,
        plain(&issue.description),
        plain(&issue.environment),
        custom_text(issue)
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Stores an issue that was changed; whether it was still there.
pub async fn update(db: &mut Work, issue: &Issue) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let custom = Value::Object(issue.custom.clone());
    let done = sqlx::query!(
        "UPDATE issue SET issue_type_id = $3, status_id = $4, priority_id = $5, resolution_id = $6, summary = $7, description = $8::text::json,
           environment = $9::text::json, reporter = $10, assignee = $11, parent_id = $12, security_level_id = $13, labels = $14,
           component_ids = $15, fix_version_ids = $16, affected_version_ids = $17, updated = $18, due = $19, resolved = $20,
           status_category_changed = $21, original_estimate = $22, remaining_estimate = $23, time_spent = $24, custom = $25,
           search_text = setweight(words($7), 'A') || setweight(words($26), 'B') || setweight(words($27), 'C') || setweight(words($28), 'D')
         WHERE site_id = $1 AND id = $2",
        site_id,
        issue.id,
        issue.issue_type_id,
        issue.status_id,
        issue.priority_id,
        issue.resolution_id,
        issue.summary,
        text(&issue.description),
        text(&issue.environment),
        issue.reporter,
        issue.assignee,
        issue.parent_id,
        issue.security_level_id,
        &issue.labels,
        &issue.component_ids,
        &issue.fix_version_ids,
        &issue.affected_version_ids,
        issue.updated,
        issue.due,
        issue.resolved,
        issue.status_category_changed,
        issue.original_estimate,
        issue.remaining_estimate,
        issue.time_spent,
        custom,
        plain(&issue.description),
        plain(&issue.environment),
        custom_text(issue)
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives an issue its place in another project, and keeps its key there for it (J-30); the number there. An issue that
/// comes back gets the number it had.
pub async fn relocate(db: &mut Work, issue: &Issue, project_id: i64) -> sqlx::Result<i64> {
    let site_id = db.site_id;
    let former = sqlx::query_scalar!(
        "DELETE FROM moved_issue WHERE site_id = $1 AND issue_id = $2 AND project_id = $3 RETURNING number",
        site_id,
        issue.id,
        project_id
    )
    .fetch_optional(db.sql())
    .await?;
    let number = match former {
        Some(number) => number,
        None => next_number(db, project_id).await?,
    };
    sqlx::query!(
        "INSERT INTO moved_issue (site_id, project_id, number, issue_id) VALUES ($1, $2, $3, $4)",
        site_id,
        issue.project_id,
        issue.number,
        issue.id
    )
    .execute(db.sql())
    .await?;
    sqlx::query!(
        "UPDATE issue SET project_id = $3, number = $4 WHERE site_id = $1 AND id = $2",
        site_id,
        issue.id,
        project_id,
        number
    )
    .execute(db.sql())
    .await?;
    Ok(number)
}

/// Gives the sub-tasks of an issue its security level; those that had another, with that.
pub async fn share_level(
    db: &mut Work,
    issue_id: i64,
    level_id: Option<i64>,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<(i64, Option<i64>)>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        "WITH former AS (
           SELECT i.id, i.security_level_id FROM issue i
             JOIN issue_type t ON t.site_id = $1 AND t.id = i.issue_type_id AND t.level < 0
           WHERE i.site_id = $1 AND i.parent_id = $2 AND i.security_level_id IS DISTINCT FROM $3
           ORDER BY i.id FOR NO KEY UPDATE OF i)
         UPDATE issue i SET security_level_id = $3, updated = $4 FROM former
         WHERE i.site_id = $1 AND i.id = former.id RETURNING i.id, former.security_level_id",
        site_id,
        issue_id,
        level_id,
        now
    )
    .fetch_all(db.sql())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.security_level_id)).collect())
}

/// Marks an issue as changed now.
pub async fn touch(db: &mut Work, issue_id: i64, now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("UPDATE issue SET updated = $3 WHERE site_id = $1 AND id = $2", site_id, issue_id, now)
        .execute(db.sql())
        .await?;
    Ok(())
}

/// Marks issues as changed now.
pub async fn touch_all(db: &mut Work, ids: &[i64], now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("UPDATE issue SET updated = $3 WHERE site_id = $1 AND id = ANY($2)", site_id, ids, now)
        .execute(db.sql())
        .await?;
    Ok(())
}

/// What the keys of issues are made of: id, project and number.
pub async fn numbers(db: &mut Read, ids: &[i64]) -> sqlx::Result<Vec<(i64, i64, i64)>> {
    let site_id = db.site_id;
    let rows =
        sqlx::query!("SELECT id, project_id, number FROM issue WHERE site_id = $1 AND id = ANY($2)", site_id, ids)
            .fetch_all(db.sql())
            .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.project_id, row.number)).collect())
}

/// The first labels of all issues that contain a text, which is in lower case.
pub async fn labels_like(db: &mut Read, text: &str, limit: i64) -> sqlx::Result<Vec<String>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT DISTINCT label COLLATE "C" AS "label!" FROM issue, unnest(labels) label
           WHERE site_id = $1 AND position($2 IN lower(label)) > 0 ORDER BY 1 LIMIT $3"#,
        site_id,
        text,
        limit
    )
    .fetch_all(db.sql())
    .await
}

/// The same of the custom field of a number.
pub async fn custom_labels_like(db: &mut Read, field_id: i64, text: &str, limit: i64) -> sqlx::Result<Vec<String>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT DISTINCT label COLLATE "C" AS "label!" FROM issue, jsonb_array_elements_text(
             CASE WHEN jsonb_typeof(custom -> $2) = 'array' THEN custom -> $2 END) label
           WHERE site_id = $1 AND position($3 IN lower(label)) > 0 ORDER BY 1 LIMIT $4"#,
        site_id,
        field_id.to_string(),
        text,
        limit
    )
    .fetch_all(db.sql())
    .await
}

/// Issues that somebody created, edited or looked at, the latest first.
pub async fn touched_by(db: &mut Read, account_id: &str, limit: i64) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT touched.id AS "id!" FROM (
             (SELECT id, created AS at FROM issue WHERE site_id = $1 AND creator = $2 ORDER BY created DESC LIMIT $3)
             UNION ALL
             (SELECT issue_id, created FROM change_group WHERE site_id = $1 AND author = $2 ORDER BY created DESC LIMIT $3)
             UNION ALL
             (SELECT issue_id, viewed FROM issue_view WHERE site_id = $1 AND account_id = $2 ORDER BY viewed DESC LIMIT $3)
           ) touched GROUP BY touched.id ORDER BY max(touched.at) DESC, touched.id DESC LIMIT $3"#,
        site_id,
        account_id,
        limit
    )
    .fetch_all(db.sql())
    .await
}

/// Labels of all issues, in their order, and how many there are.
pub async fn labels(db: &mut Read, start_at: i64, max_results: i64) -> sqlx::Result<(i64, Vec<String>)> {
    let site_id = db.site_id;
    let total = sqlx::query_scalar!(
        r#"SELECT count(DISTINCT label) AS "count!" FROM issue, unnest(labels) label WHERE site_id = $1"#,
        site_id
    )
    .fetch_one(db.sql())
    .await?;
    let labels = sqlx::query_scalar!(
        r#"SELECT DISTINCT label COLLATE "C" AS "label!" FROM issue, unnest(labels) label WHERE site_id = $1
           ORDER BY 1 OFFSET $2 LIMIT $3"#,
        site_id,
        start_at,
        max_results
    )
    .fetch_all(db.sql())
    .await?;
    Ok((total, labels))
}

/// Deletes issues with all that hangs on them; children that are not deleted lose their parent (J-60).
pub async fn delete(db: &mut Work, ids: &[i64]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE issue SET parent_id = NULL WHERE site_id = $1 AND parent_id = ANY($2) AND NOT id = ANY($2)",
        site_id,
        ids
    )
    .execute(db.sql())
    .await?;
    forget(db, ids).await?;
    sqlx::query!("DELETE FROM issue WHERE site_id = $1 AND id = ANY($2)", site_id, ids).execute(db.sql()).await?;
    Ok(())
}

/// Deletes what hangs on issues without a reference to them, and remembers their worklogs (J-99).
pub async fn forget(db: &mut Work, ids: &[i64]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "DELETE FROM property WHERE site_id = $1 AND (owner, owner_id) IN (
           SELECT 'issue', unnest($2::bigint[])::text UNION ALL
           SELECT 'comment', id::text FROM comment WHERE site_id = $1 AND issue_id = ANY($2))",
        site_id,
        ids
    )
    .execute(db.sql())
    .await?;
    let worklogs =
        sqlx::query_scalar!("SELECT id FROM worklog WHERE site_id = $1 AND issue_id = ANY($2)", site_id, ids)
            .fetch_all(db.sql())
            .await?;
    super::worklogs::delete(db, &worklogs).await
}

/// Documents travel as text: as JSON they would arrive as jsonb, which forgets the order of members.
fn text(document: &Option<Value>) -> Option<String> {
    document.as_ref().map(Value::to_string)
}

fn plain(document: &Option<Value>) -> String {
    document.as_ref().map(rich_text::to_plain).unwrap_or_default()
}

/// The text of all custom fields that hold text.
fn custom_text(issue: &Issue) -> String {
    let texts = issue.custom.values().filter_map(Value::as_str).map(|text| match serde_json::from_str::<Value>(text) {
        Ok(document @ Value::Object(_)) => rich_text::to_plain(&document),
        _ => text.to_owned(),
    });
    texts.collect::<Vec<_>>().join(" ")
}
