//! Starting a server: as the command does, and inside Rust tests.

use crate::{
    app::seed,
    db::Db,
    http::server::{Options, Server},
    postgres::{self, Cluster, Storage},
};
use anyhow::Context;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Where the state is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// In a private cluster in this folder.
    Folder(PathBuf),
    /// In a private cluster that is thrown away at the end.
    Ephemeral,
    /// In an existing PostgreSQL.
    Url(String),
}

/// An open database, and the private cluster behind it if there is one.
pub struct Storehouse {
    /// The database, up to date.
    pub db: Db,
    /// Ends with the server.
    pub cluster: Option<Cluster>,
}

/// Most connections of a server to its database.
const CONNECTIONS: usize = 16;

impl Database {
    /// Starts what must be started, and brings the tables up to date.
    pub async fn open(&self, postgres_bin: Option<PathBuf>) -> anyhow::Result<Storehouse> {
        let storage = match self {
            Self::Url(url) => {
                let db = Db::open(url.parse().context("the database URL")?, CONNECTIONS).await?;
                return Ok(Storehouse { db, cluster: None });
            }
            Self::Folder(folder) => Storage::Persistent(folder.clone()),
            Self::Ephemeral => Storage::Ephemeral,
        };
        let cluster = Cluster::start(&postgres::Settings { postgres_bin, storage }).await?;
        let db = Db::open(cluster.connect_options(), CONNECTIONS).await?;
        Ok(Storehouse { db, cluster: Some(cluster) })
    }
}

/// A running server.
pub struct MockJira {
    address: SocketAddr,
    server: Arc<Server>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
    cluster: Option<Cluster>,
}

/// How to start a [`MockJira`].
#[derive(Debug)]
pub struct Builder {
    database: Database,
    listen: SocketAddr,
    postgres_bin: Option<PathBuf>,
    options: Options,
    demo: bool,
}

impl MockJira {
    /// An ephemeral server on a free port of loopback, with the demo site.
    pub fn builder() -> Builder {
        Builder {
            database: Database::Ephemeral,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            postgres_bin: None,
            options: Options::default(),
            demo: true,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the default site.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it is made of.
    pub fn server(&self) -> &Arc<Server> {
        &self.server
    }

    /// The private cluster, if it has one.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// Finishes the requests under way, then stops the database.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.task.await??;
        self.server.db.close().await;
        if let Some(cluster) = self.cluster {
            cluster.stop().await?;
        }
        Ok(())
    }
}

impl Builder {
    /// Where the state is kept.
    pub fn database(mut self, database: Database) -> Self {
        self.database = database;
        self
    }

    /// The address to listen at; port 0 takes a free one.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The folder of PostgreSQL's server programs.
    pub fn postgres_bin(mut self, folder: Option<PathBuf>) -> Self {
        self.postgres_bin = folder;
        self
    }

    /// Everything else.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Whether to make the demo site if it is missing.
    pub fn demo(mut self, demo: bool) -> Self {
        self.demo = demo;
        self
    }

    /// Starts the server; when this returns, it can serve.
    pub async fn start(mut self) -> anyhow::Result<MockJira> {
        // Before the database, so that a taken address is found out at once.
        let listener =
            TcpListener::bind(self.listen).await.with_context(|| format!("can't listen at {}", self.listen))?;
        let address = listener.local_addr()?;
        self.options.loopback = address.ip().is_loopback();
        let Storehouse { db, cluster } = self.database.open(self.postgres_bin).await?;
        seed::ensure(&db).await?;
        if self.demo {
            seed::ensure_demo_site(&db).await?;
        }
        let server = Server::new(db, self.options)?;
        let stop = CancellationToken::new();
        let service = server.service();
        let stopped = stop.clone().cancelled_owned();
        let task = tokio::spawn(async move { axum::serve(listener, service).with_graceful_shutdown(stopped).await });
        Ok(MockJira { address, server, stop, task, cluster })
    }
}
