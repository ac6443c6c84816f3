//! Table `task`: work that goes on after its request was answered.
//!
//! A server works on a task while it holds the task's advisory lock. The lock ends with the server's
//! connection, so that another server, or the same one after a restart, takes up what was left at once.

use super::{Db, Read, Work};
use crate::domain::{audit::Thing, failure::Result};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{Postgres, pool::PoolConnection};
use std::{sync::Arc, time::Duration};

/// How many tasks a server works on at once.
pub const WORKERS: u32 = 3;

/// How often a server looks for tasks that another one left behind.
const LOOK: Duration = Duration::from_secs(1);

/// A task, with what is known of its progress (T-1).
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Unique in the site.
    pub id: i64,
    /// What to do: an `app::tasks::Job`.
    pub job: Value,
    /// Shown.
    pub description: String,
    /// Account id.
    pub submitted_by: String,
    /// `ENQUEUED`, `RUNNING`, `COMPLETE`, `FAILED`, `CANCEL_REQUESTED`, `CANCELLED` or `DEAD`.
    pub state: String,
    /// Per cent.
    pub progress: i32,
    /// What the job needs to go on where it stood.
    pub checkpoint: Value,
    /// About the progress, or why it failed.
    pub message: Option<String>,
    /// What came of it.
    pub result: Option<Value>,
    /// When it was asked for.
    pub submitted: DateTime<Utc>,
    /// When a server took it up first.
    pub started: Option<DateTime<Utc>>,
    /// When nothing more will happen.
    pub finished: Option<DateTime<Utc>>,
    /// When anything of this changed last.
    pub updated: DateTime<Utc>,
}

impl Task {
    /// How records name it.
    pub fn thing(&self) -> Thing {
        Thing::new("TASK", self.id, &self.description)
    }
}

/// Stores a new task; it is worked on once the transaction is committed.
pub async fn insert(db: &mut Work, task: &Task) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "INSERT INTO task (site_id, id, job, description, submitted_by, submitted, updated)
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
        site_id,
        task.id,
        task.job,
        task.description,
        task.submitted_by,
        task.submitted
    )
    .execute(db.sql())
    .await?;
    db.task_submitted = true;
    Ok(())
}

/// A task by its id.
pub async fn find(db: &mut Read, id: i64) -> sqlx::Result<Option<Task>> {
    let site_id = db.site_id;
    sqlx::query_as!(
        Task,
        "SELECT id, job, description, submitted_by, state, progress, checkpoint, message, result, submitted, started, finished, updated
         FROM task WHERE site_id = $1 AND id = $2",
        site_id,
        id
    )
    .fetch_optional(db.sql())
    .await
}

/// Whether a task is not finished whose job has these members: its `kind`, and what it is about.
pub async fn is_open(db: &mut Read, job: &Value) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM task WHERE site_id = $1 AND finished IS NULL AND job @> $2) AS "open!""#,
        site_id,
        job
    )
    .fetch_one(db.sql())
    .await
}

/// Tasks whose jobs are of these kinds and that are not finished.
pub async fn open(db: &mut Read, kinds: &[&str]) -> sqlx::Result<Vec<i64>> {
    let site_id = db.site_id;
    let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    sqlx::query_scalar!(
        "SELECT id FROM task WHERE site_id = $1 AND finished IS NULL AND job->>'kind' = ANY($2) ORDER BY id",
        site_id,
        &kinds
    )
    .fetch_all(db.sql())
    .await
}

/// Asks for the end of a task; false if it has ended, or was asked before.
pub async fn cancel(db: &mut Work, id: i64, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let site_id = db.site_id;
    let done = sqlx::query!(
        "UPDATE task SET state = 'CANCEL_REQUESTED', updated = $3
         WHERE site_id = $1 AND id = $2 AND finished IS NULL AND state <> 'CANCEL_REQUESTED'",
        site_id,
        id,
        now
    )
    .execute(db.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks a task as taken up.
pub async fn start(db: &mut Work, id: i64, now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE task SET state = CASE state WHEN 'ENQUEUED' THEN 'RUNNING' ELSE state END,
           started = coalesce(started, $3), updated = $3 WHERE site_id = $1 AND id = $2",
        site_id,
        id,
        now
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Stores how far a task is, with the step that brought it there.
pub async fn save(db: &mut Work, id: i64, progress: i32, checkpoint: &Value, now: DateTime<Utc>) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE task SET progress = $3, checkpoint = $4, updated = $5 WHERE site_id = $1 AND id = $2",
        site_id,
        id,
        progress,
        checkpoint,
        now
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// Stores the end of a task.
pub async fn finish(
    db: &mut Work,
    id: i64,
    state: &str,
    message: Option<&str>,
    result: Option<&Value>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let site_id = db.site_id;
    sqlx::query!(
        "UPDATE task SET state = $3, message = $4, result = $5, finished = $6, updated = $6,
           progress = CASE $3 WHEN 'COMPLETE' THEN 100 ELSE progress END WHERE site_id = $1 AND id = $2",
        site_id,
        id,
        state,
        message,
        result,
        now
    )
    .execute(db.sql())
    .await?;
    Ok(())
}

/// A connection that holds the lock of the task that is worked on; works across sites, as the tables' owner.
#[derive(Debug)]
pub struct Worker {
    db: Db,
    connection: PoolConnection<Postgres>,
}

/// A task that this server alone works on.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// Where.
    pub site_id: i32,
    /// Which.
    pub task_id: i64,
}

impl Claim {
    /// Sites are numbered from 1: these keys never meet those of other locks.
    fn key(self) -> i64 {
        i64::from(self.site_id) << 32 | self.task_id
    }
}

impl Db {
    /// A worker on tasks.
    pub async fn worker(&self) -> sqlx::Result<Worker> {
        // Not given back to the pool: what it locks ends with it.
        Ok(Worker { db: self.clone(), connection: self.owner().acquire().await? })
    }
}

impl Worker {
    /// The next task that nobody works on; waits until there is one.
    pub async fn claim(&mut self) -> Result<Claim> {
        loop {
            let bell = Arc::clone(&self.db.tasks);
            let rung = bell.notified();
            if let Some(claim) = self.look().await? {
                // There may be more, for another worker.
                self.db.tasks.notify_one();
                return Ok(claim);
            }
            // Time is only for tasks of other servers.
            tokio::time::timeout(LOOK, rung).await.ok();
        }
    }

    async fn look(&mut self) -> sqlx::Result<Option<Claim>> {
        // The inner query is evaluated row by row, so that no more is locked than is returned.
        let found = sqlx::query!(
            "SELECT site_id, id FROM (SELECT site_id, id FROM task WHERE finished IS NULL ORDER BY id OFFSET 0) t
             WHERE pg_try_advisory_lock(site_id::bigint << 32 | id) LIMIT 1"
        )
        .fetch_optional(&mut *self.connection)
        .await?;
        let Some(found) = found else { return Ok(None) };
        let claim = Claim { site_id: found.site_id, task_id: found.id };
        // It may have ended between the look and the lock.
        let open = sqlx::query_scalar!(
            r#"SELECT finished IS NULL AS "open!" FROM task WHERE site_id = $1 AND id = $2"#,
            claim.site_id,
            claim.task_id
        )
        .fetch_optional(&mut *self.connection)
        .await?;
        if open == Some(true) {
            return Ok(Some(claim));
        }
        self.release(claim).await?;
        Ok(None)
    }

    /// Lets go of a task.
    pub async fn release(&mut self, claim: Claim) -> sqlx::Result<()> {
        sqlx::query!("SELECT pg_advisory_unlock($1)", claim.key()).fetch_one(&mut *self.connection).await.map(drop)
    }
}
