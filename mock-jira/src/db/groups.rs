//! Tables `user_group`, `membership`, `application_role_group`.

use super::{Read, Work};
use crate::domain::people::{ApplicationRole, Group};
use uuid::Uuid;

/// The products of a site: key, name, and what their users are called.
const PRODUCTS: [(&str, &str, &str); 1] = [("jira-software", "Jira Software", "users")];

/// The products with their groups.
pub async fn application_roles(db: &mut Read) -> sqlx::Result<Vec<ApplicationRole>> {
    let site_id = db.site_id;
    let rows = sqlx::query!(
        "SELECT role_key, group_id, is_default FROM application_role_group WHERE site_id = $1 ORDER BY group_id",
        site_id
    )
    .fetch_all(db.sql())
    .await?;
    let roles = PRODUCTS.iter().map(|(key, name, count_word)| {
        let of_role = rows.iter().filter(|row| row.role_key == *key);
        ApplicationRole {
            key,
            name,
            count_word,
            groups: of_role.clone().map(|row| row.group_id).collect(),
            default_groups: of_role.filter(|row| row.is_default).map(|row| row.group_id).collect(),
        }
    });
    Ok(roles.collect())
}

/// Makes a group; `false` if there is one of that name, in any case.
pub async fn insert(db: &mut Work, group: &Group) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let made = sqlx::query!(
        "INSERT INTO user_group (site_id, group_id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        site_id,
        group.group_id,
        group.name
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(made.rows_affected() == 1)
}

/// Removes a group with all that it is granted; whether it was there.
pub async fn delete(db: &mut Work, group: &Group) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    sqlx::query!(
        "WITH members AS (
           DELETE FROM security_member WHERE site_id = $1 AND holder = 'group' AND parameter IN ($2, $3))
         DELETE FROM permission_grant WHERE site_id = $1 AND holder = 'group' AND parameter IN ($2, $3)",
        site_id,
        group.group_id.to_string(),
        group.name
    )
    .execute(db.sql())
    .await?;
    let deleted = sqlx::query!("DELETE FROM user_group WHERE site_id = $1 AND group_id = $2", site_id, group.group_id)
        .execute(db.sql())
        .await?;
    db.changes_configuration();
    Ok(deleted.rows_affected() == 1)
}

/// Lets another group see what one group alone could: comments and worklogs (J-93).
pub async fn hand_over(db: &mut Work, from: Uuid, to: Uuid) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "WITH worklogs AS (
           UPDATE worklog SET visibility_id = $3 WHERE site_id = $1 AND visibility_type = 'group' AND visibility_id = $2)
         UPDATE comment SET visibility_id = $3 WHERE site_id = $1 AND visibility_type = 'group' AND visibility_id = $2",
        site_id,
        from.to_string(),
        to.to_string()
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Puts an account into a group; `false` if it is in it already.
pub async fn join(db: &mut Work, group_id: Uuid, account_id: &str) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let joined = sqlx::query!(
        "INSERT INTO membership (site_id, group_id, account_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        site_id,
        group_id,
        account_id
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(joined.rows_affected() == 1)
}

/// Takes an account out of a group; whether it was in it.
pub async fn leave(db: &mut Work, group_id: Uuid, account_id: &str) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let left = sqlx::query!(
        "DELETE FROM membership WHERE site_id = $1 AND group_id = $2 AND account_id = $3",
        site_id,
        group_id,
        account_id
    )
    .execute(db.sql())
    .await?;
    db.changes_configuration();
    Ok(left.rows_affected() == 1)
}
