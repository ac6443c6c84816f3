//! Tables `notification_scheme`, `notification`.

use super::{Read, Work};

/// A notification scheme.
#[derive(Debug, Clone)]
pub struct NotificationScheme {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// May be empty.
    pub description: String,
}

/// Who is told of an event.
#[derive(Debug, Clone)]
pub struct Notification {
    /// Unique in the site.
    pub id: i64,
    /// An event of `domain::notification`.
    pub event_id: i64,
    /// Such as `CurrentAssignee`.
    pub recipient: String,
    /// The account, group, role, field or address that the recipient names.
    pub parameter: Option<String>,
}

/// The scheme of a project.
pub async fn of_project(db: &mut Read, project_id: i64) -> sqlx::Result<Option<NotificationScheme>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        NotificationScheme,
        "SELECT s.id, s.name, s.description FROM notification_scheme s
         JOIN project p ON p.site_id = s.site_id AND p.notification_scheme_id = s.id
         WHERE p.site_id = $1 AND p.id = $2",
        site_id,
        project_id
    )
    .fetch_optional(db.sql())
    .await
}

/// Gives a project another scheme; whether there is one of that id.
pub async fn give_to_project(db: &mut Work, project_id: i64, id: i64) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "UPDATE project p SET notification_scheme_id = s.id FROM notification_scheme s
         WHERE p.site_id = $1 AND p.id = $2 AND s.site_id = $1 AND s.id = $3",
        site_id,
        project_id,
        id
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The notifications of a scheme, by event.
pub async fn list(db: &mut Read, scheme_id: i64) -> sqlx::Result<Vec<Notification>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Notification,
        "SELECT id, event_id, recipient, parameter FROM notification WHERE site_id = $1 AND scheme_id = $2 ORDER BY event_id, id",
        site_id,
        scheme_id
    )
    .fetch_all(db.sql())
    .await
}
