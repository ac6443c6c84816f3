//! Use cases: load, decide, store; one transaction each. Knows `domain` and `db`, no HTTP.

pub mod archive;
pub mod attachments;
pub mod avatars;
pub mod bulk;
pub mod bulk_properties;
pub mod categories;
pub mod comments;
pub mod components;
pub mod dashboards;
pub mod expressions;
pub mod fields;
pub mod filters;
pub mod groups;
pub mod issue_type_schemes;
pub mod issue_types;
pub mod issues;
pub mod jql;
pub mod jql_functions;
pub mod link_types;
pub mod links;
pub mod logins;
pub mod mail;
pub mod permission_schemes;
pub mod picker;
pub mod preferences;
pub mod priorities;
pub mod priority_schemes;
pub mod projects;
pub mod properties;
pub mod remote_links;
pub mod replace;
pub mod resolutions;
pub mod roles;
pub mod screens;
pub mod search;
pub mod security_schemes;
pub mod seed;
pub mod sessions;
pub mod settings;
pub mod sharing;
pub mod sites;
pub mod sprints;
pub mod statuses;
pub mod tasks;
pub mod tokens;
pub mod transitions;
pub mod user_query;
pub mod users;
pub mod versions;
pub mod views;
pub mod watchers;
pub mod workflow_schemes;
pub mod workflows;
pub mod worklogs;

use crate::{
    db::{self, By, Db, Read, Shared, Work, issues::Name},
    domain::{
        audit::{Area, Record, Thing},
        config::Project,
        failure::{Failure, Result},
        issue::{Issue, IssueRef, References},
        people::Caller,
        permission::{Access, IssuePeople},
        snapshot::Snapshot,
    },
};
use chrono::{DateTime, Utc};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// The refusal of who does not administer Jira, where no fact has another.
pub const ADMINISTRATORS: &str =
    "You are not authorized to perform this action. Administrator privileges are required.";

/// What every use case needs to know of the request that asks for it.
#[derive(Clone, Debug)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The site as of the request's beginning.
    pub site: Arc<Snapshot>,
    /// Who asks.
    pub caller: Caller,
    /// The time at the site.
    pub now: DateTime<Utc>,
}

impl Context {
    /// What the caller may do.
    pub fn access(&self) -> Access<'_> {
        Access::new(&self.site, &self.caller)
    }

    /// A connection for reading in the site.
    pub async fn read(&self) -> Result<Read> {
        let mut read = self.db.read(self.site.site.id).await?;
        read.patience = Duration::from_millis(self.site.site.settings.search_timeout_ms.into());
        Ok(read)
    }

    /// A transaction in the site.
    pub async fn begin(&self) -> Result<Work> {
        Ok(self.begin_with(Shared::Whatever).await?.0)
    }

    /// A transaction for changing issues by what projects share, such as their workflows: that stays as it is until
    /// the end. With the context of then.
    pub async fn begin_settled(&self) -> Result<(Self, Work)> {
        let (mut work, version) = self.begin_with(Shared::Settled).await?;
        Ok((self.newer(&mut work, version).await?, work))
    }

    /// A transaction for changing what projects share, such as types, priorities and their schemes. These come one
    /// after the other in a site, and each is decided on what the one before left: the context that comes with it.
    pub async fn begin_alone(&self) -> Result<(Self, Work)> {
        let (mut work, version) = self.begin_with(Shared::Changed).await?;
        work.changes_configuration();
        Ok((self.newer(&mut work, version).await?, work))
    }

    async fn begin_with(&self, shared: Shared) -> Result<(Work, i64)> {
        let account_id = self.caller.account_id().map(str::to_owned);
        let by = By { account_id, address: self.caller.address, at: self.now };
        self.db.begin_with(self.site.site.id, by, shared).await
    }

    /// The context in a transaction that found the site in some version.
    async fn newer(&self, work: &mut Work, mut version: i64) -> Result<Self> {
        let mut context = self.clone();
        // What is not shared may change while it is read; with a site that others change all the time this ends too.
        for _ in 0..3 {
            if version == context.site.site.version {
                break;
            }
            context.site = Arc::new(db::metadata::load(work).await?.ok_or(Failure::Stale)?);
            version = work.version().await?.ok_or(Failure::Stale)?;
        }
        Ok(context)
    }

    /// Refuses who does not administer Jira; who is nobody is asked for a credential.
    pub fn must_administer(&self, sentence: &str) -> Result<()> {
        self.account_id()?;
        if self.access().administers() { Ok(()) } else { Err(Failure::forbidden(sentence)) }
    }

    /// The caller's account id, for what can only be done by somebody.
    pub fn account_id(&self) -> Result<&str> {
        self.caller.account_id().ok_or(Failure::Unauthenticated)
    }

    /// Refuses who does not administer Jira, nobody like anybody else.
    pub fn administers(&self, otherwise: &str) -> Result<()> {
        if self.access().administers() { Ok(()) } else { Err(Failure::forbidden(otherwise)) }
    }

    /// The author that history names: anonymous changes are nobody's.
    pub fn author(&self) -> &str {
        self.caller.account_id().unwrap_or("anonymous")
    }

    /// An issue's name as requests give it: an id, or a key in any case (J-30).
    pub fn issue_name(&self, id_or_key: &str) -> Option<Name> {
        if let Some((key, number)) = id_or_key.rsplit_once('-') {
            let number = number.parse().ok()?;
            let project =
                self.site.project_keys.get(key).or_else(|| self.site.project_keys.get(&key.to_ascii_uppercase()))?;
            return Some(Name::Number(*project, number));
        }
        id_or_key.parse().ok().map(Name::Id)
    }

    /// The same, for an issue that must exist.
    pub fn required_issue_name(&self, id_or_key: &str) -> Result<Name> {
        self.issue_name(id_or_key).ok_or_else(Failure::no_issue)
    }

    /// An issue's project, if the caller may see the issue; else it is missing (U-27).
    pub fn project_of(&self, issue: &Issue) -> Result<&Project> {
        self.visible_project(issue.project_id, issue.people()).ok_or_else(Failure::no_issue)
    }

    /// The project, if the caller may see its issue of these people.
    pub fn visible_project(&self, project_id: i64, people: IssuePeople) -> Option<&Project> {
        let project = self.site.projects.get(project_id)?;
        self.access().on(project, people, "BROWSE_PROJECTS").then_some(project)
    }

    /// A project that the caller may see, by key or id (U-40).
    pub fn project(&self, id_or_key: &str) -> Result<&Project> {
        let found =
            self.site.project(id_or_key).filter(|project| project.deleted.is_none() && self.access().sees(project));
        found.ok_or_else(|| Self::no_project(id_or_key))
    }

    /// The answer for a project that is missing or invisible (U-40).
    pub fn no_project(id_or_key: &str) -> Failure {
        let what = if id_or_key.parse::<i64>().is_ok() { "id" } else { "key" };
        Failure::not_found(format!("No project could be found with {what} '{id_or_key}'."))
    }

    /// Projects that are neither archived nor deleted and that the caller may know of, by key.
    pub fn live_projects(&self) -> impl Iterator<Item = &Project> {
        let live = |project: &&Project| project.archived.is_none() && project.deleted.is_none();
        self.site.projects.iter().filter(live).filter(|project| self.access().sees(project))
    }

    /// Looks up issues that a request refers to; those the caller can't see are left out.
    pub async fn references(&self, db: &mut Read, texts: &[String]) -> Result<References> {
        let named: Vec<(Name, &String)> =
            texts.iter().filter_map(|text| Some((self.issue_name(text)?, text))).collect();
        if named.is_empty() {
            return Ok(References::new());
        }
        let mut wanted: Vec<Name> = named.iter().map(|(name, _)| *name).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let found = db::issues::references(db, &wanted).await?;
        let visible: HashMap<Name, IssueRef> = found
            .into_iter()
            .filter(|(_, reference, people)| self.visible_project(reference.project_id, people.as_ref()).is_some())
            .map(|(name, reference, _)| (name, reference))
            .collect();
        Ok(named.into_iter().filter_map(|(name, text)| Some((text.clone(), visible.get(&name)?.clone()))).collect())
    }

    /// The record of something that was done to an issue.
    pub fn issue_record(&self, summary: &'static str, issue: &Issue) -> Record {
        let record = Record::new(summary, Area::Everyday, self.issue_thing(issue));
        match self.site.projects.get(issue.project_id) {
            Some(project) => record.with(project.thing()),
            None => record,
        }
    }

    /// An issue as records name it.
    pub fn issue_thing(&self, issue: &Issue) -> Thing {
        Thing::new("ISSUE", issue.id, self.site.issue_key(issue.project_id, issue.number))
    }

    /// An account as records name it.
    pub fn user_thing(&self, account_id: &str) -> Thing {
        let name = self.site.accounts.get(account_id).map_or(account_id, |account| account.display_name.as_str());
        Thing::new("USER", account_id, name)
    }

    /// The key of an issue that is referred to.
    pub fn key_of(&self, reference: &IssueRef) -> String {
        self.site.issue_key(reference.project_id, reference.number)
    }
}
