//! Every SQL statement, a file per family of tables; the only room that knows sqlx.
//!
//! [`Read`] is a connection given to one site, [`Work`] a transaction in it: functions that
//! write take a `Work`, so that a request that only reads can't.

mod failures;
mod setup;

pub mod metadata;
pub mod seed;
pub mod sites;

pub mod archive;
pub mod attachments;
pub mod audit;
pub mod avatars;
pub mod categories;
pub mod changelog;
pub mod comments;
pub mod components;
pub mod dashboards;
pub mod fields;
pub mod filter_subscriptions;
pub mod filters;
pub mod groups;
pub mod issue_type_schemes;
pub mod issue_types;
pub mod issues;
pub mod jql_functions;
pub mod link_types;
pub mod links;
pub mod logins;
pub mod mail;
pub mod notifications;
pub mod permission_schemes;
pub mod preferences;
pub mod priorities;
pub mod priority_schemes;
pub mod projects;
pub mod properties;
pub mod remote_links;
pub mod resolutions;
pub mod roles;
pub mod screens;
pub mod search;
pub mod security_schemes;
pub mod sessions;
pub mod settings;
pub mod sharing;
pub mod sprints;
pub mod statuses;
pub mod tasks;
pub mod tokens;
pub mod users;
pub mod versions;
pub mod views;
pub mod votes;
pub mod watchers;
pub mod workflow_schemes;
pub mod workflows;
pub mod worklogs;

use crate::domain::{audit::Record, failure::Failure};
use chrono::{DateTime, Utc};
use deadpool::{
    Runtime,
    managed::{self, Metrics, Object, Pool, RecycleResult},
};
pub use failures::{Error, Race, constraint, not_text, race, too_heavy};
pub use setup::describe;
use setup::{SERVER_ROLE, check_version, make_role};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool, Row,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
};
use std::{
    net::IpAddr,
    ops::{Deref, DerefMut},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, OnceCell};

/// The tables, from `migrations/`.
static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// How connections of requests are set up. Pages are in memory or on a disk that has no arm to move; and statements are
/// many and short: helpers for one of them would read ahead what it does not ask for.
pub const SETTINGS: &str = "SET ROLE mock_jira_server; SET statement_timeout = '60s';
     SET random_page_cost = 1.1; SET max_parallel_workers_per_gather = 0";

/// The advisory lock of [`Shared`], with the site's number.
const CONFIGURATION: i32 = 7_305_804;

/// A connection that was not given to a site yet; sites are numbered from 1.
const NO_SITE: i32 = 0;

/// Longest wait for a connection, and longest run of a statement: a request has ended long before.
const PATIENCE: Duration = Duration::from_secs(60);

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    /// As the owner of the tables: for migrations and for work on whole sites.
    owner: PgPool,
    /// As [`SERVER_ROLE`]: for requests.
    requests: Pool<Manager>,
    /// Composed when first needed, from the tables there are.
    whole_sites: Arc<OnceCell<sites::WholeSites>>,
    /// Rung when a task was submitted here; tasks of other servers are found by looking.
    tasks: Arc<Notify>,
    /// Sent to the database by requests so far.
    statements: Arc<AtomicU64>,
    /// How often a connection was found broken; see [`Self::distrust`].
    breaks: Arc<AtomicU64>,
}

/// What a transaction needs of the configuration that projects share, such as types, workflows and schemes.
#[derive(Debug, Clone, Copy)]
pub enum Shared {
    /// It may change meanwhile.
    Whatever,
    /// It stays as it is.
    Settled,
    /// Only this transaction changes it.
    Changed,
}

/// Who does a [`Work`], for the audit log.
#[derive(Debug, Clone, Default)]
pub struct By {
    /// None for anonymous callers and for the administration of the server.
    pub account_id: Option<String>,
    /// Where the request came from; none for what is done in the background.
    pub address: Option<IpAddr>,
    /// The time at the site.
    pub at: DateTime<Utc>,
}

impl Db {
    /// Connects, makes the server's role and brings the tables up to date.
    ///
    /// Several servers may do this at once: the migrations run under a lock.
    pub async fn open(options: PgConnectOptions, connections: usize) -> anyhow::Result<Self> {
        // sqlx asks whether statements are logged in a way that makes tracing's filters forget the next span.
        let options = options.application_name("mock-jira").disable_statement_logging();
        // The owner's few statements are the same each time, and the large ones take longer to plan than to run.
        let owner = PgPoolOptions::new().max_connections(4 + tasks::WORKERS).after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql("SET plan_cache_mode = force_generic_plan").execute(connection).await.map(drop)
            })
        });
        let owner = owner.connect_with(options.clone()).await?;
        check_version(&owner).await?;
        make_role(&owner).await?;
        MIGRATOR.run(&owner).await?;
        let breaks = Arc::<AtomicU64>::default();
        let requests = Pool::builder(Manager { options, breaks: breaks.clone() })
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .build()?;
        // Told at start rather than at the first request, if the role can't be taken on.
        drop(requests.get().await.map_err(|error| anyhow::anyhow!("the role {SERVER_ROLE} can't be used: {error}"))?);
        Ok(Self {
            owner,
            requests,
            whole_sites: Arc::default(),
            tasks: Arc::default(),
            statements: Arc::default(),
            breaks,
        })
    }

    /// A connection for reading in a site.
    pub async fn read(&self, site_id: i32) -> Result<Read, Failure> {
        let mut connection =
            self.requests.get().await.map_err(|error| anyhow::anyhow!("no database connection: {error}"))?;
        if connection.site_id != site_id {
            // Given up in the middle, nobody knows which site it sees.
            connection.site_id = NO_SITE;
            self.statements.fetch_add(1, Ordering::Relaxed);
            sqlx::query("SELECT set_config('mock_jira.site', $1, false)")
                .bind(site_id.to_string())
                .execute(&mut connection.inner)
                .await?;
            connection.site_id = site_id;
        }
        Ok(Read {
            connection: Some(connection),
            site_id,
            patience: PATIENCE,
            owner: self.owner.clone(),
            statements: self.statements.clone(),
        })
    }

    /// A transaction in a site; [`Failure::Stale`] once the site is deleted. Whoever deletes or resets the
    /// whole site waits for its end.
    pub async fn begin(&self, site_id: i32, by: By) -> Result<Work, Failure> {
        Ok(self.begin_with(site_id, by, Shared::Whatever).await?.0)
    }

    /// The same, and the version of the site once all that was waited for has ended.
    pub async fn begin_with(&self, site_id: i32, by: By, shared: Shared) -> Result<(Work, i64), Failure> {
        let site = sites::LOCK;
        let configuration = match shared {
            Shared::Whatever => String::new(),
            Shared::Settled => format!("SELECT FROM pg_advisory_xact_lock_shared({CONFIGURATION}, {site_id});"),
            Shared::Changed => format!("SELECT FROM pg_advisory_xact_lock({CONFIGURATION}, {site_id});"),
        };
        // Each statement sees what was committed before it.
        let begin = format!(
            "BEGIN; SELECT FROM pg_advisory_xact_lock_shared({site}, {site_id}); {configuration}
             SELECT version FROM site WHERE site_id = {site_id}"
        );
        let (work, rows) = self.begin_as(site_id, by, begin).await?;
        match rows.last().map(|row| row.try_get("version")) {
            Some(Ok(version)) => Ok((work, version)),
            _ => Err(Failure::Stale),
        }
    }

    /// A transaction in which everything is as of one moment, for reading much.
    pub async fn begin_snapshot(&self, site_id: i32) -> Result<Work, Failure> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned();
        Ok(self.begin_as(site_id, By::default(), begin).await?.0)
    }

    /// The transaction, and the rows that beginning it returned.
    async fn begin_as(&self, site_id: i32, by: By, statement: String) -> Result<(Work, Vec<PgRow>), Failure> {
        let (read, tasks) = (self.read(site_id).await?, self.tasks.clone());
        // The guard comes first: given up while it begins, the transaction is ended all the same.
        let mut work = Work {
            read,
            open: true,
            by,
            records: Vec::new(),
            configuration_changed: false,
            tasks,
            task_submitted: false,
        };
        let rows = sqlx::raw_sql(AssertSqlSafe(statement)).fetch_all(work.sql()).await?;
        Ok((work, rows))
    }

    /// The owner's connections, for work on whole sites; row-level security does not apply to them.
    pub(crate) fn owner(&self) -> &PgPool {
        &self.owner
    }

    /// The connections of requests, counted.
    pub fn pool_status(&self) -> deadpool::Status {
        self.requests.status()
    }

    /// Where a request failed because its connection broke, each other one is asked before it is used again: a
    /// database that is restarted breaks all of them.
    pub fn distrust(&self, error: &anyhow::Error) {
        let broken = match error.downcast_ref::<Error>() {
            Some(Error::Io(_) | Error::Protocol(_)) => true,
            // The database shuts down, or an administrator ended the connection.
            Some(Error::Database(error)) => error.code().is_some_and(|code| code.starts_with("57P")),
            _ => false,
        };
        if broken {
            self.breaks.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many statements requests have sent.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.requests.close();
        self.owner.close().await;
    }
}

/// A connection that remembers which site it is given to.
#[derive(Debug)]
struct SiteConnection {
    inner: PgConnection,
    site_id: i32,
    /// The process that serves it.
    process: i32,
    /// How many breaks there were when it was last known to work.
    breaks: u64,
}

#[derive(Debug)]
struct Manager {
    options: PgConnectOptions,
    breaks: Arc<AtomicU64>,
}

impl managed::Manager for Manager {
    type Type = SiteConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<SiteConnection, sqlx::Error> {
        let breaks = self.breaks.load(Ordering::Relaxed);
        let mut inner = PgConnection::connect_with(&self.options).await?;
        sqlx::raw_sql(SETTINGS).execute(&mut inner).await?;
        let process = sqlx::query_scalar("SELECT pg_backend_pid()").persistent(false).fetch_one(&mut inner).await?;
        Ok(SiteConnection { inner, site_id: NO_SITE, process, breaks })
    }

    async fn recycle(&self, connection: &mut SiteConnection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        // Asking each time would cost a round trip; so those are asked that rested, or that may have broken with another.
        let breaks = self.breaks.load(Ordering::Relaxed);
        if metrics.last_used() > Duration::from_secs(1) || connection.breaks != breaks {
            connection.inner.ping().await?;
            connection.breaks = breaks;
        }
        Ok(())
    }
}

/// A connection that sees one site.
#[derive(Debug)]
pub struct Read {
    /// Taken only when a transaction is given up.
    connection: Option<Object<Manager>>,
    /// The site it sees; also the first argument of every statement.
    pub site_id: i32,
    /// How long a search may run on it.
    pub patience: Duration,
    /// For stopping what runs on the connection.
    owner: PgPool,
    statements: Arc<AtomicU64>,
}

impl Read {
    /// For running a statement.
    pub(crate) fn sql(&mut self) -> &mut PgConnection {
        self.statements.fetch_add(1, Ordering::Relaxed);
        match &mut self.connection {
            Some(connection) => &mut connection.inner,
            None => unreachable!("the connection is taken only by drop"),
        }
    }

    /// What cuts off statements on the connection. PostgreSQL's own timeout belongs to the connection, and to set it
    /// for one statement would cost round trips.
    pub(crate) fn cutter(&self) -> Cutter {
        let process = self.connection.as_ref().map_or(0, |connection| connection.process);
        Cutter { owner: self.owner.clone(), process, patience: self.patience }
    }

    /// The version of what servers keep in memory about the site; `None` once the site is deleted.
    pub async fn version(&mut self) -> sqlx::Result<Option<i64>> {
        let site_id = self.site_id;
        sqlx::query_scalar!("SELECT version FROM site WHERE site_id = $1", site_id).fetch_optional(self.sql()).await
    }
}

/// Cuts off a statement that takes too long.
#[derive(Debug)]
pub(crate) struct Cutter {
    owner: PgPool,
    process: i32,
    patience: Duration,
}

impl Cutter {
    /// Runs a statement to its end, or until it is cut off: then it fails as one that is [`too_heavy`].
    pub(crate) async fn run<T>(self, statement: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
        let mut statement = pin!(statement);
        let mut wait = self.patience;
        loop {
            // The connection is kept until it is idle, so that nothing but this statement can be hit.
            if let Ok(done) = tokio::time::timeout(wait, &mut statement).await {
                return done;
            }
            sqlx::query("SELECT pg_cancel_backend($1)").bind(self.process).execute(&self.owner).await?;
            // Between two messages of a statement there is nothing to cancel.
            wait = Duration::from_millis(10);
        }
    }
}

/// A transaction in one site. Rolled back unless committed.
#[derive(Debug)]
pub struct Work {
    read: Read,
    open: bool,
    by: By,
    records: Vec<Record>,
    configuration_changed: bool,
    tasks: Arc<Notify>,
    /// The workers are told once the task can be seen.
    task_submitted: bool,
}

impl Work {
    /// Says that the transaction changes what servers keep in memory about the site.
    pub fn changes_configuration(&mut self) {
        self.configuration_changed = true;
    }

    /// The next number of a kind of thing.
    pub async fn next_id(&mut self, kind: &'static str) -> sqlx::Result<i64> {
        let site_id = self.site_id;
        sqlx::query_scalar!(
            "INSERT INTO counter (site_id, kind, value) VALUES ($1, $2, 10000)
             ON CONFLICT (site_id, kind) DO UPDATE SET value = counter.value + 1 RETURNING value",
            site_id,
            kind
        )
        .fetch_one(self.sql())
        .await
    }

    /// Who does it.
    pub fn by(&self) -> &By {
        &self.by
    }

    /// Says what was done, beside what [`Self::commit`] is told.
    pub fn record(&mut self, record: Record) {
        self.records.push(record);
    }

    /// Makes everything durable, with the record of what was done; then the caller may be told.
    pub async fn commit(mut self, record: Record) -> sqlx::Result<()> {
        self.record(record);
        self.commit_recorded().await
    }

    /// The same where everything that was done is recorded by now.
    pub async fn commit_recorded(mut self) -> sqlx::Result<()> {
        let records = std::mem::take(&mut self.records);
        if records.is_empty() {
            return Err(sqlx::Error::InvalidArgument("a write has no record of what was done".into()));
        }
        audit::insert(&mut self, &records).await?;
        self.commit_unrecorded().await
    }

    /// The same where it may be that nothing was done but bookkeeping.
    pub async fn commit_recorded_if_any(self) -> sqlx::Result<()> {
        if self.records.is_empty() { self.commit_unrecorded().await } else { self.commit_recorded().await }
    }

    /// The same for what is nobody's doing: bookkeeping, such as the progress of tasks.
    pub async fn commit_unrecorded(mut self) -> sqlx::Result<()> {
        if self.configuration_changed {
            let site_id = self.site_id;
            sqlx::query!("UPDATE site SET version = version + 1 WHERE site_id = $1", site_id)
                .execute(self.sql())
                .await?;
        }
        sqlx::raw_sql("COMMIT").execute(self.sql()).await?;
        self.open = false;
        if self.task_submitted {
            self.tasks.notify_one();
        }
        Ok(())
    }
}

impl Deref for Work {
    type Target = Read;
    fn deref(&self) -> &Read {
        &self.read
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut Read {
        &mut self.read
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        // Given up: end the transaction now, since it may hold locks that others wait for.
        let Some(mut connection) = self.read.connection.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            drop(Object::take(connection));
            return;
        };
        runtime.spawn(async move {
            if sqlx::raw_sql("ROLLBACK").execute(&mut connection.inner).await.is_err() {
                // The connection is broken; the pool must not hand it out again.
                drop(Object::take(connection));
            }
        });
    }
}
