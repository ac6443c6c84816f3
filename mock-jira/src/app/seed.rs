//! Templates of sites: what a new Jira has, and the demo site.

use super::{
    Context,
    issues::{self, NewIssue},
    projects::{self, ProjectInput},
    tokens::{self, TokenError, Wanted},
    transitions,
};
use crate::{
    db::{
        Db, metadata,
        sites::{NewSite, SiteAddress},
        sprints,
    },
    domain::{
        issue::{edit::Input, values::TextFormat},
        site::{Clock, Site},
        sprint::{Board, Sprint, State},
    },
};
use anyhow::Context as _;
use chrono::{TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

/// Template of a site with accounts and configuration, without projects.
pub const EMPTY: &str = "empty";
/// Template and name of the demo site.
pub const DEMO: &str = "demo";

/// The demo site's accounts: e-mail address and well-known token, the same everywhere.
pub const ACCOUNTS: [(&str, &str); 3] = [
    ("admin@example.com", "admin-token"),
    ("developer@example.com", "developer-token"),
    ("viewer@example.com", "viewer-token"),
];

/// The cloud id of the demo site, the same everywhere.
const DEMO_CLOUD_ID: Uuid = Uuid::from_u128(0x11111111_2222_4333_8444_555555555555);

/// Why a site could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// Not among the templates.
    #[error("There is no template '{0}'. Templates are 'empty' and 'demo'.")]
    UnknownTemplate(String),
    /// Not a host name's label.
    #[error("'{0}' can't be the name of a site: use lower-case letters, digits and dashes.")]
    InvalidName(String),
    /// The name or the cloud id belongs to another site.
    #[error("A site of that name or cloud id exists: '{0}'.")]
    Taken(String),
    /// A fault of ours.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

/// Makes the templates and the demo site where they are missing. Several servers may do this at once.
pub async fn ensure(db: &Db) -> anyhow::Result<()> {
    let _lock = db.seed_lock().await?;
    db.discard_half_made_templates().await?;
    if db.find_template(EMPTY).await?.is_none() {
        let template =
            NewSite { name: "new-empty".into(), cloud_id: Uuid::new_v4(), title: "Jira".into(), template: true };
        let site_id = db.create_site(&template, None).await?.context("the name of a new template is taken")?;
        let rows: Map<String, Value> = serde_json::from_str(include_str!("../../../fixtures/site.json"))?;
        db.insert_rows(site_id, &rows).await?;
        db.insert_tokens(site_id, &ACCOUNTS).await?;
        db.rename_template(site_id, EMPTY).await?;
    }
    if db.find_template(DEMO).await?.is_none() {
        let empty = db.find_template(EMPTY).await?;
        let template =
            NewSite { name: "new-demo".into(), cloud_id: Uuid::new_v4(), title: "Demo".into(), template: true };
        let site_id = db.create_site(&template, empty).await?.context("the name of a new template is taken")?;
        fill_demo(db, site_id).await?;
        // Named last, so that a half-filled template is never copied.
        db.rename_template(site_id, DEMO).await?;
    }
    Ok(())
}

/// Makes the demo site if it is missing.
pub async fn ensure_demo_site(db: &Db) -> anyhow::Result<()> {
    match create_site(db, DEMO, DEMO, Some("Demo"), Some(DEMO_CLOUD_ID)).await {
        Ok(_) | Err(SiteError::Taken(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Gives the accounts of the demo site random tokens, unless it has tokens besides the well-known ones.
/// Returns e-mail addresses and tokens; they can't be had again.
pub async fn ensure_private_tokens(db: &Db) -> anyhow::Result<Vec<(String, String)>> {
    let _lock = db.seed_lock().await?;
    let found = db.find_site(&SiteAddress::Name(DEMO.to_owned())).await?;
    let Some(site_id) = found else { return Ok(Vec::new()) };
    let site = db.get_site(site_id).await?.context("the demo site is gone")?;
    if tokens::list(db, site_id).await?.iter().any(|token| !token.well_known) {
        return Ok(Vec::new());
    }
    let mut made = Vec::new();
    for (email, _) in ACCOUNTS {
        match tokens::create(db, &site, &Wanted { owner: email, label: "random", ..Wanted::default() }).await {
            Ok(token) => made.push((email.to_owned(), token)),
            // Accounts can be renamed and removed.
            Err(TokenError::UnknownAccount(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(made)
}

/// Puts a site back to how the template is.
pub async fn reset_site(db: &Db, site_id: i32, template: &str) -> anyhow::Result<()> {
    let from = db.find_template(template).await?.context("the template is gone")?;
    Ok(db.reset_site(site_id, from).await?)
}

/// Makes a site by copying a template.
pub async fn create_site(
    db: &Db,
    template: &str,
    name: &str,
    title: Option<&str>,
    cloud_id: Option<Uuid>,
) -> Result<Site, SiteError> {
    let label = |name: &str| {
        let edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        name.len() <= 63
            && name.bytes().all(|byte| edge(&byte) || byte == b'-')
            && name.as_bytes().first().is_some_and(edge)
            && name.as_bytes().last().is_some_and(edge)
    };
    if !label(name) {
        return Err(SiteError::InvalidName(name.into()));
    }
    let from = db.find_template(template).await.map_err(anyhow::Error::from)?;
    let from = from.ok_or_else(|| SiteError::UnknownTemplate(template.into()))?;
    let new = NewSite {
        name: name.into(),
        cloud_id: cloud_id.unwrap_or_else(Uuid::new_v4),
        title: title.unwrap_or("Jira").into(),
        template: false,
    };
    let made = db.create_site(&new, Some(from)).await.map_err(anyhow::Error::from)?;
    let site_id = made.ok_or_else(|| SiteError::Taken(name.into()))?;
    Ok(db.get_site(site_id).await?.context("the new site is gone")?)
}

/// What `fixtures/demo.json` tells to make.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Demo {
    projects: Vec<DemoProject>,
    boards: Vec<DemoBoard>,
    issues: Vec<DemoIssue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoProject {
    key: String,
    name: String,
    description: String,
    template: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoBoard {
    name: String,
    kind: String,
    /// The project's key.
    project: String,
    sprints: Vec<DemoSprint>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoSprint {
    name: String,
    goal: Option<String>,
    /// How many days ago it began; none of a sprint to come.
    began: Option<i64>,
    /// How many days it takes. One that would be over by now is.
    days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoIssue {
    /// Who creates it, as a place in [`ACCOUNTS`].
    by: usize,
    /// How long before now.
    days_ago: i64,
    /// As in a request of version 2.
    fields: Map<String, Value>,
    /// Names of transitions, taken one per day.
    #[serde(default)]
    transitions: Vec<String>,
    /// Wiki markup, one per day.
    #[serde(default)]
    comments: Vec<String>,
}

/// Fills the demo template through the same use cases that requests go through.
async fn fill_demo(db: &Db, site_id: i32) -> anyhow::Result<()> {
    let demo: Demo = serde_json::from_str(include_str!("../../../fixtures/demo.json"))?;
    for project in demo.projects {
        let input = ProjectInput {
            key: Some(project.key),
            name: Some(project.name),
            description: Some(project.description),
            template_key: Some(project.template),
            ..ProjectInput::default()
        };
        let context = context(db, site_id, 0, 60).await?;
        projects::create(&context, &input).await.map_err(|failure| anyhow::anyhow!("demo project: {failure:?}"))?;
    }
    let mut running = Vec::new();
    for board in demo.boards {
        running.extend(fill_board(db, site_id, board).await?);
    }
    for issue in demo.issues {
        let summary = issue.fields.get("summary").cloned();
        fill_issue(db, site_id, issue).await.with_context(|| format!("demo issue {summary:?}"))?;
    }
    store_sprints(db, site_id, &running).await
}

/// Makes a board. Its sprints are to come, so that issues can be put into them; what they are today is returned.
async fn fill_board(db: &Db, site_id: i32, demo: DemoBoard) -> anyhow::Result<Vec<Sprint>> {
    let context = context(db, site_id, 0, 60).await?;
    let mut work = context.begin().await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    work.changes_configuration();
    let board = Board {
        id: work.next_id("board").await?,
        name: demo.name,
        kind: demo.kind,
        project_id: context.site.project(&demo.project).context("the board's project")?.id,
    };
    sprints::insert_board(&mut work, &board).await?;
    let mut made = Vec::new();
    for sprint in demo.sprints {
        let planned = Sprint {
            id: work.next_id("sprint").await?,
            board_id: board.id,
            name: sprint.name,
            goal: sprint.goal,
            state: State::Future,
            created: context.now,
            started: None,
            ends: None,
            completed: None,
        };
        sprints::put(&mut work, &planned).await?;
        if let Some(began) = sprint.began {
            let started = Utc::now() - TimeDelta::days(began);
            let ends = started + TimeDelta::days(sprint.days);
            let completed = (ends <= Utc::now()).then_some(ends);
            let state = if completed.is_some() { State::Closed } else { State::Active };
            made.push(Sprint { state, started: Some(started), ends: Some(ends), completed, ..planned });
        }
    }
    work.commit_unrecorded().await?;
    Ok(made)
}

async fn store_sprints(db: &Db, site_id: i32, all: &[Sprint]) -> anyhow::Result<()> {
    let context = context(db, site_id, 0, 0).await?;
    let mut work = context.begin().await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    work.changes_configuration();
    for sprint in all {
        sprints::put(&mut work, sprint).await?;
    }
    Ok(work.commit_unrecorded().await?)
}

async fn fill_issue(db: &Db, site_id: i32, demo: DemoIssue) -> anyhow::Result<()> {
    let mut days_ago = demo.days_ago;
    let mut context = context(db, site_id, demo.by, days_ago).await?;
    let new = NewIssue { input: Input { fields: demo.fields, ..Input::default() }, ..NewIssue::default() };
    let failed = |failure| anyhow::anyhow!("{failure:?}");
    let issue = issues::create(&context, &new, TextFormat::Wiki).await.map_err(failed)?;
    let id = issue.id.to_string();
    let mut next_day = |context: &mut Context| {
        days_ago = (days_ago - 1).max(0);
        context.now = Utc::now() - TimeDelta::days(days_ago);
    };
    for body in demo.comments {
        next_day(&mut context);
        let body = Value::from(body);
        let input = super::comments::CommentInput { body: &body, visibility: None, properties: None };
        super::comments::add(&context, &id, &input, TextFormat::Wiki).await.map_err(failed)?;
    }
    for name in demo.transitions {
        next_day(&mut context);
        let project = context.site.projects.get(issue.project_id).context("the project")?;
        let workflow = context.site.workflow_of(project, issue.issue_type_id).context("the workflow")?;
        let step = workflow
            .definition
            .transitions
            .iter()
            .find(|step| step.name == name)
            .with_context(|| format!("transition {name}"))?;
        let id_of_step = step.id.to_string();
        let step = transitions::Step { transition: Some(id_of_step), ..Default::default() };
        transitions::transition(&context, &id, &step, TextFormat::Wiki).await.map_err(failed)?;
    }
    Ok(())
}

/// A use case's context: as the account of that place in [`ACCOUNTS`], so many days ago.
async fn context(db: &Db, site_id: i32, account: usize, days_ago: i64) -> anyhow::Result<Context> {
    let mut read = db.read(site_id).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    let site = metadata::load(&mut read).await?.context("the template")?;
    let email = ACCOUNTS.get(account).context("an account")?.0;
    let id = site
        .accounts
        .values()
        .find(|account| account.email.as_deref() == Some(email))
        .context("the account")?
        .account_id
        .clone();
    let caller = site.caller(&id).context("the caller")?;
    let now = Clock::default().at(Utc::now() - TimeDelta::days(days_ago));
    Ok(Context { db: db.clone(), site: Arc::new(site), caller, now })
}
