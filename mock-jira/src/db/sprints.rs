//! Tables `board` and `sprint`.

use super::{Read, Work};
use crate::domain::sprint::{Board, Sprint};
use serde_json::json;

/// All boards.
pub async fn boards(db: &mut Read) -> sqlx::Result<Vec<Board>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Board,
        "SELECT id, name, type AS kind, project_id FROM board WHERE site_id = $1 ORDER BY id",
        site_id
    )
    .fetch_all(db.sql())
    .await
}

/// All sprints.
pub async fn list(db: &mut Read) -> sqlx::Result<Vec<Sprint>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Sprint,
        "SELECT id, board_id, name, goal, state, created, started, ends, completed FROM sprint WHERE site_id = $1 ORDER BY id",
        site_id
    )
    .fetch_all(db.sql())
    .await
}

/// Stores a new board.
pub async fn insert_board(db: &mut Work, board: &Board) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO board (site_id, id, name, type, project_id) VALUES ($1, $2, $3, $4, $5)",
        site_id,
        board.id,
        board.name,
        board.kind,
        board.project_id
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Deletes a sprint; issues must have lost it before.
pub async fn delete(db: &mut Work, id: i64) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!("DELETE FROM sprint WHERE site_id = $1 AND id = $2", site_id, id).execute(db.sql()).await?;
    Ok(())
}

/// The issues that are in a sprint, by the Sprint field of that number.
pub async fn issues(db: &mut Read, field_id: i64, sprint_id: i64) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    let member = json!({ field_id.to_string(): [sprint_id] });
    sqlx::query_scalar!("SELECT id FROM issue WHERE site_id = $1 AND custom @> $2 ORDER BY id", site_id, member)
        .fetch_all(db.sql())
        .await
}

/// Stores a new sprint, or a changed one.
pub async fn put(db: &mut Work, sprint: &Sprint) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO sprint (site_id, id, board_id, name, goal, state, created, started, ends, completed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (site_id, id) DO UPDATE SET name = $4, goal = $5, state = $6, started = $8, ends = $9, completed = $10",
        site_id,
        sprint.id,
        sprint.board_id,
        sprint.name,
        sprint.goal,
        sprint.state.as_str(),
        sprint.created,
        sprint.started,
        sprint.ends,
        sprint.completed
    )
    .execute(db.sql())
    .await?;
    Ok(())
}
