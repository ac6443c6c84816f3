//! Tables `share_permission`, `favourite` and `default_share_scope`.

use super::{Read, Work};
use crate::domain::sharing::{Draft, Kind, Share, SharesById, Target};
use uuid::Uuid;

/// An id in the column of its kind: of a filter, and of a dashboard.
fn columns(kind: Kind, id: i64) -> (Option<i64>, Option<i64>) {
    match kind {
        Kind::Filter => (Some(id), None),
        Kind::Dashboard => (None, Some(id)),
    }
}

/// A row of `share_permission`.
struct Row {
    subject: i64,
    id: i64,
    may_edit: bool,
    kind: String,
    project_id: Option<i64>,
    role_id: Option<i64>,
    group_id: Option<Uuid>,
    account_id: Option<String>,
}

impl Row {
    /// `None` can't be, since the table's checks say so.
    fn target(self) -> Option<Target> {
        Some(match self.kind.as_str() {
            "global" => Target::Everyone,
            "loggedin" => Target::LoggedIn,
            "project" => Target::Project(self.project_id?),
            "role" => Target::Role { project: self.project_id?, role: self.role_id? },
            "group" => Target::Group(self.group_id?),
            _ => Target::User(self.account_id?),
        })
    }
}

/// The shares of some filters or dashboards.
pub async fn list(db: &mut Read, kind: Kind, ids: &[i64]) -> sqlx::Result<SharesById> {
    let site_id = db.site_id;
    let (filters, dashboards) = match kind {
        Kind::Filter => (ids, &[][..]),
        Kind::Dashboard => (&[][..], ids),
    };
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT coalesce(filter_id, dashboard_id) AS "subject!", id, may_edit, kind, project_id, role_id, group_id, account_id
         FROM share_permission WHERE site_id = $1 AND (filter_id = ANY($2) OR dashboard_id = ANY($3)) ORDER BY id"#,
        site_id,
        filters,
        dashboards
    )
    .fetch_all(db.sql())
    .await?;
    let mut shares = SharesById::new();
    for row in rows {
        let (subject, id, may_edit) = (row.subject, row.id, row.may_edit);
        if let Some(target) = row.target() {
            shares.entry(subject).or_default().push(Share { id, may_edit, target });
        }
    }
    Ok(shares)
}

/// Shares a filter or a dashboard.
pub async fn insert(db: &mut Work, kind: Kind, id: i64, draft: &Draft) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let (filter_id, dashboard_id) = columns(kind, id);
    for (target, may_edit) in draft {
        let share_id = db.next_id("share_permission").await?;
        let (kind, project_id, role_id, group_id, account_id) = match target {
            Target::Everyone => ("global", None, None, None, None),
            Target::LoggedIn => ("loggedin", None, None, None, None),
            Target::Project(project) => ("project", Some(*project), None, None, None),
            Target::Role { project, role } => ("role", Some(*project), Some(*role), None, None),
            Target::Group(group) => ("group", None, None, Some(*group), None),
            Target::User(account) => ("user", None, None, None, Some(account.as_str())),
        };
        sqlx::query!(
            "INSERT INTO share_permission (site_id, id, filter_id, dashboard_id, may_edit, kind, project_id, role_id, group_id, account_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            site_id,
            share_id,
            filter_id,
            dashboard_id,
            may_edit,
            kind,
            project_id,
            role_id,
            group_id,
            account_id
        )
        .execute(db.sql())
        .await?;
    }
    Ok(())
}

/// Removes shares of a filter or a dashboard.
pub async fn delete(db: &mut Work, kind: Kind, id: i64, shares: &[i64]) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let (filter_id, dashboard_id) = columns(kind, id);
    sqlx::query!(
        "DELETE FROM share_permission WHERE site_id = $1 AND (filter_id = $2 OR dashboard_id = $3) AND id = ANY($4)",
        site_id,
        filter_id,
        dashboard_id,
        shares
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Makes something a favourite of somebody, or no longer.
pub async fn set_favourite(db: &mut Work, kind: Kind, id: i64, account_id: &str, favourite: bool) -> sqlx::Result<()> {
    let site_id = db.site_id;
    let (filter_id, dashboard_id) = columns(kind, id);
    if favourite {
        let row_id = db.next_id("favourite").await?;
        sqlx::query!(
            "INSERT INTO favourite (site_id, id, account_id, filter_id, dashboard_id) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
            site_id,
            row_id,
            account_id,
            filter_id,
            dashboard_id
        )
        .execute(db.sql())
        .await?;
    } else {
        sqlx::query!(
            "DELETE FROM favourite WHERE site_id = $1 AND account_id = $2 AND (filter_id = $3 OR dashboard_id = $4)",
            site_id,
            account_id,
            filter_id,
            dashboard_id
        )
        .execute(db.sql())
        .await?;
    }
    Ok(())
}

/// How an account shares what it makes: `AUTHENTICATED` or `PRIVATE`.
pub async fn default_scope(db: &mut Read, account_id: &str) -> sqlx::Result<String> {
    let site_id = db.site_id;
    let scope = sqlx::query_scalar!(
        "SELECT scope FROM default_share_scope WHERE site_id = $1 AND account_id = $2",
        site_id,
        account_id
    )
    .fetch_optional(db.sql())
    .await?;
    Ok(scope.unwrap_or_else(|| "PRIVATE".into()))
}

/// Sets how an account shares what it makes.
pub async fn set_default_scope(db: &mut Work, account_id: &str, scope: &str) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO default_share_scope (site_id, account_id, scope) VALUES ($1, $2, $3)
         ON CONFLICT (site_id, account_id) DO UPDATE SET scope = $3",
        site_id,
        account_id,
        scope
    )
    .execute(db.sql())
    .await?;
    Ok(())
}
