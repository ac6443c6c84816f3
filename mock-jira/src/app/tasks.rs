//! Background work: jobs, and the workers that do them.
//!
//! A job is data: it is stored with the request that asks for it and may be begun by one server and ended by
//! another. So a job does its work in steps, each one transaction that also stores how far it is ([`Run::save`]),
//! and a job that is begun again goes on from there.

use super::{
    Context,
    archive::{self, Export},
    bulk::{self, Part},
    bulk_properties,
    fields::{self, option_replacement::Replacement},
    priorities, projects,
    replace::{self, Move},
    resolutions, security_schemes,
    sites::Sites,
    workflows,
};
use crate::{
    db::{
        By, Db, Work,
        tasks::{self, Claim, Task, WORKERS},
    },
    domain::failure::{Failure, Result},
};
use anyhow::Context as _;
use chrono::Utc;
use futures::FutureExt;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Everything that can be done in the background.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Job {
    /// A project with everything in it, for good.
    DeleteProject {
        /// Which.
        project_id: i64,
    },
    /// All issues that a query finds.
    ArchiveIssues {
        /// The query.
        jql: String,
    },
    /// Another issue security scheme for a project, and other levels for its issues.
    AssociateSecurityScheme {
        /// Which.
        project_id: i64,
        /// Absent: none.
        scheme_id: Option<i64>,
        /// From which level to which.
        mapping: security_schemes::Mapping,
    },
    /// Many issues.
    Bulk {
        /// What is done to which.
        parts: Vec<Part>,
        /// Whether those whom it concerns are told.
        #[serde(default)]
        notify: bool,
    },
    /// A custom field with all its values, for good.
    DeleteField {
        /// Which.
        field_id: i64,
    },
    /// One option for another, or for none, on the issues that have it.
    ReplaceOption(Replacement),
    /// A priority, with others in its place.
    DeletePriority {
        /// Which.
        priority_id: i64,
        /// Where a project has it; else its issues get the project's default.
        replacement: Option<i64>,
    },
    /// A resolution, with another in its place.
    DeleteResolution {
        /// Which.
        resolution_id: i64,
        /// What its issues get.
        replacement: i64,
    },
    /// A file of archived issues.
    ExportArchivedIssues {
        /// Of which.
        export: Export,
    },
    /// Properties of many issues.
    IssueProperties(bulk_properties::Change),
    /// Priorities of issues whose projects have got others.
    MovePriorities {
        /// The scheme that was changed.
        scheme_id: i64,
        /// What takes the place of what.
        moves: Vec<Move>,
    },
    /// Issues in statuses that workflows have lost.
    MigrateWorkflows {
        /// The workflows.
        workflow_ids: Vec<String>,
        /// What takes the place of what.
        moves: Vec<Move>,
    },
    /// An issue security level, whose issues get another one or none.
    RemoveSecurityLevel {
        /// Its scheme.
        scheme_id: i64,
        /// Which.
        level_id: i64,
        /// Its issues' new level.
        with: Option<i64>,
    },
}

impl Job {
    fn description(&self) -> &'static str {
        match self {
            Self::DeleteProject { .. } => "Delete project",
            Self::ArchiveIssues { .. } => "Archive issues",
            Self::AssociateSecurityScheme { .. } => "Associate issue security scheme with project",
            Self::Bulk { parts, .. } => bulk::description(parts),
            Self::DeleteField { .. } => "Delete custom field",
            Self::ReplaceOption(_) => "Remove option from issues",
            Self::DeletePriority { .. } => "Delete priority",
            Self::DeleteResolution { .. } => "Delete resolution",
            Self::ExportArchivedIssues { .. } => "Export archived issues",
            Self::IssueProperties(change) => change.description(),
            Self::MovePriorities { .. } => "Change priorities of issues after a change of a priority scheme",
            Self::MigrateWorkflows { .. } => "Migrate issues to the statuses of changed workflows",
            Self::RemoveSecurityLevel { .. } => "Remove issue security level",
        }
    }

    async fn run(self, run: &mut Run) -> Result<End> {
        match self {
            Self::DeleteProject { project_id } => projects::delete_in_background(run, project_id).await,
            Self::ArchiveIssues { jql } => archive::archive_in_background(run, &jql).await,
            Self::AssociateSecurityScheme { project_id, scheme_id, mapping } => {
                security_schemes::associate_in_background(run, project_id, scheme_id, mapping).await
            }
            Self::Bulk { parts, notify } => bulk::run_in_background(run, &parts, notify).await,
            Self::DeleteField { field_id } => fields::delete_in_background(run, field_id).await,
            Self::ReplaceOption(replacement) => {
                fields::option_replacement::replace_in_background(run, replacement).await
            }
            Self::DeletePriority { priority_id, replacement } => {
                priorities::delete_in_background(run, priority_id, replacement).await
            }
            Self::DeleteResolution { resolution_id, replacement } => {
                resolutions::delete_in_background(run, resolution_id, replacement).await
            }
            Self::ExportArchivedIssues { export } => archive::export_in_background(run, &export).await,
            Self::IssueProperties(change) => bulk_properties::run(run, change).await,
            Self::MovePriorities { moves, .. } => {
                Ok(replace::in_background(run, &moves).await?.unwrap_or(End::Complete(Value::Null)))
            }
            Self::MigrateWorkflows { workflow_ids, moves } => {
                workflows::migrate_in_background(run, &workflow_ids, &moves).await
            }
            Self::RemoveSecurityLevel { scheme_id, level_id, with } => {
                security_schemes::remove_in_background(run, scheme_id, level_id, with).await
            }
        }
    }
}

/// How a job ended, if it did not fail.
#[derive(Debug)]
pub enum End {
    /// Done; what came of it, null for nothing, as the document of the operation says.
    Complete(Value),
    /// Somebody asked for the end before it was done.
    Cancelled(Value),
}

/// Stores a job in the transaction of the request that asks for it; the task, for `http::answer::see_task`.
pub async fn submit(context: &Context, work: &mut Work, job: &Job) -> Result<Task> {
    let task = Task {
        id: work.next_id("task").await?,
        job: serde_json::to_value(job)?,
        description: job.description().to_owned(),
        submitted_by: context.account_id()?.to_owned(),
        state: "ENQUEUED".to_owned(),
        progress: 0,
        checkpoint: Value::Null,
        message: None,
        result: None,
        submitted: context.now,
        started: None,
        finished: None,
        updated: context.now,
    };
    tasks::insert(work, &task).await?;
    Ok(task)
}

/// A job under way.
#[derive(Debug)]
pub struct Run {
    db: Db,
    sites: Arc<Sites>,
    claim: Claim,
    task: Task,
}

impl Run {
    /// The submitter's context, the site as it is now. To be taken anew for each step.
    pub async fn context(&self) -> Result<Context> {
        let site = self.sites.refresh(self.claim.site_id).await?.ok_or(Failure::Stale)?;
        let caller = site.caller(&self.task.submitted_by).unwrap_or_default();
        let now = site.site.clock.at(Utc::now());
        Ok(Context { db: self.db.clone(), site, caller, now })
    }

    /// What the last step stored; the default before the first.
    pub fn checkpoint<T: DeserializeOwned + Default>(&self) -> Result<T> {
        let stored: Option<T> = serde_json::from_value(self.task.checkpoint.clone())?;
        Ok(stored.unwrap_or_default())
    }

    /// Stores how far the job is, in per cent, and what it needs to go on, in the transaction of a step.
    pub async fn save(&mut self, work: &mut Work, progress: usize, checkpoint: &impl Serialize) -> Result<()> {
        self.task.checkpoint = serde_json::to_value(checkpoint)?;
        let now = work.by().at;
        let progress = i32::try_from(progress.min(100))?;
        Ok(tasks::save(work, self.task.id, progress, &self.task.checkpoint, now).await?)
    }

    /// Whether somebody asked for the end. To be asked before each step.
    pub async fn cancelled(&self) -> Result<bool> {
        let mut db = self.db.read(self.claim.site_id).await?;
        let task = tasks::find(&mut db, self.claim.task_id).await?;
        Ok(task.is_none_or(|task| task.state == "CANCEL_REQUESTED"))
    }
}

/// Works on tasks until the server stops; what is under way then is left to the next server.
pub async fn work(db: Db, sites: Arc<Sites>, stopping: CancellationToken) {
    let workers = (0..WORKERS).map(|_| {
        let (db, sites) = (db.clone(), sites.clone());
        stopping.clone().run_until_cancelled_owned(async move {
            loop {
                if let Err(error) = work_on(&db, &sites).await {
                    tracing::warn!(cause = format!("{error:#}"), "a worker on tasks begins anew");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        })
    });
    futures::future::join_all(workers.map(tokio::spawn)).await;
}

/// One worker with a connection of its own, until that breaks.
async fn work_on(db: &Db, sites: &Arc<Sites>) -> anyhow::Result<()> {
    let mut worker = db.worker().await?;
    loop {
        let claim = worker.claim().await.map_err(broken)?;
        let done = AssertUnwindSafe(run(db, sites, claim)).catch_unwind().await;
        if done.is_err() {
            finish(db, sites, claim, Err(Failure::Internal(anyhow::anyhow!("the job panicked"))))
                .await
                .map_err(broken)?;
        } else if let Ok(Err(failure)) = done {
            return Err(broken(failure));
        }
        worker.release(claim).await.context("the worker's connection broke")?;
    }
}

/// Does what is left of a task, and stores how it ended.
async fn run(db: &Db, sites: &Arc<Sites>, claim: Claim) -> Result<()> {
    let Some(task) = tasks::find(&mut db.read(claim.site_id).await?, claim.task_id).await? else { return Ok(()) };
    let mut run = Run { db: db.clone(), sites: sites.clone(), claim, task };
    let context = run.context().await?;
    let mut work = context.begin().await?;
    tasks::start(&mut work, claim.task_id, context.now).await?;
    work.commit_unrecorded().await?;
    let ended = match serde_json::from_value::<Job>(run.task.job.clone()) {
        Ok(_) if run.task.state == "CANCEL_REQUESTED" => Ok(End::Cancelled(Value::Null)),
        Ok(job) => job.run(&mut run).await,
        Err(error) => Err(error.into()),
    };
    finish(db, sites, claim, ended).await
}

async fn finish(db: &Db, sites: &Arc<Sites>, claim: Claim, ended: Result<End>) -> Result<()> {
    let Some(site) = sites.refresh(claim.site_id).await? else { return Ok(()) };
    let now = site.site.clock.at(Utc::now());
    let (state, message, result) = match ended {
        Ok(End::Complete(result)) => ("COMPLETE", None, Some(result)),
        Ok(End::Cancelled(result)) => ("CANCELLED", None, Some(result)),
        Err(Failure::Stale) => return Ok(()), // the site is gone
        Err(failure) => ("FAILED", Some(sentence(failure)), None),
    };
    let mut work = db.begin(claim.site_id, By { at: now, ..Default::default() }).await?;
    let result = result.filter(|result| !result.is_null());
    tasks::finish(&mut work, claim.task_id, state, message.as_deref(), result.as_ref(), now).await?;
    Ok(work.commit_unrecorded().await?)
}

/// Why a job failed, as its task tells.
fn sentence(failure: Failure) -> String {
    let complaints = super::issues::complaints_of(failure);
    complaints.messages.into_iter().chain(complaints.fields.into_values()).collect::<Vec<_>>().join(" ")
}

fn broken(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Internal(error) => error,
        other => anyhow::anyhow!("{other:?}"),
    }
}
