//! Starting a server: as the command does, and inside Rust tests.

use crate::{
    app::{seed, tasks, tokens},
    db::{Db, describe},
    http::server::{Options, Server},
    postgres::{self, Cluster, Storage},
    tls,
};
use anyhow::Context;
use axum_server::{
    Handle,
    accept::NoDelayAcceptor,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use hyper_util::rt::TokioTimer;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle};

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
                let db = Db::open(url.parse().context("the database URL")?, CONNECTIONS).await;
                let db = db.with_context(|| format!("can't use the database at {}", describe(url)))?;
                return Ok(Storehouse { db, cluster: None });
            }
            Self::Folder(folder) => Storage::Persistent(folder.clone()),
            Self::Ephemeral => Storage::Ephemeral,
        };
        let cluster = Cluster::start(&postgres::Settings { postgres_bin, storage }).await?;
        let db = Db::open(cluster.connect_options(), CONNECTIONS).await?;
        Ok(Storehouse { db, cluster: Some(cluster) })
    }

    /// The folder that the server may keep things of its own in.
    fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Ephemeral | Self::Url(_) => None,
        }
    }
}

/// How a server speaks TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// With a certificate of its own authority, made when there is none.
    Own,
    /// With a given certificate and key, in PEM files.
    Files(PathBuf, PathBuf),
}

/// How long requests under way may take when the server stops.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub struct MockJira {
    address: SocketAddr,
    server: Arc<Server>,
    handle: Handle<SocketAddr>,
    task: JoinHandle<std::io::Result<()>>,
    workers: JoinHandle<()>,
    cluster: Option<Cluster>,
    identity: Option<tls::Identity>,
    new_tokens: Vec<(String, String)>,
    new_admin_token: Option<String>,
}

/// How to start a [`MockJira`].
#[derive(Debug)]
pub struct Builder {
    database: Database,
    listen: SocketAddr,
    postgres_bin: Option<PathBuf>,
    options: Options,
    tls: Option<Tls>,
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
            tls: None,
            demo: true,
        }
    }

    /// What `/_mock` asks for, if this start chose it; one that was given is nobody's to print.
    pub fn new_admin_token(&self) -> Option<&str> {
        self.new_admin_token.as_deref()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the default site.
    pub fn url(&self) -> String {
        if let Some(url) = &self.server.options.base_url {
            return url.trim_end_matches('/').to_owned();
        }
        let scheme = if self.server.options.tls { "https" } else { "http" };
        // Nobody can call the address that stands for all addresses.
        let host = match self.address.ip() {
            ip if !ip.is_unspecified() => SocketAddr::new(ip, 0).to_string().trim_end_matches(":0").to_owned(),
            _ => "localhost".to_owned(),
        };
        format!("{scheme}://{host}:{}", self.address.port())
    }

    /// What it is made of.
    pub fn server(&self) -> &Arc<Server> {
        &self.server
    }

    /// The private cluster, if it has one.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// The file of the certificate that clients must trust, if the server made it.
    pub fn authority(&self) -> Option<&Path> {
        self.identity.as_ref()?.authority()
    }

    /// E-mail addresses and tokens that were made at this start, because the well-known ones are refused.
    pub fn new_tokens(&self) -> &[(String, String)] {
        &self.new_tokens
    }

    /// Waits until the server can't go on, and says why. After that it can only be dropped.
    pub async fn failed(&mut self) -> anyhow::Error {
        let database = async {
            match &self.cluster {
                Some(cluster) => cluster.ended().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            error = database => error.into(),
            ended = &mut self.task => match ended {
                Ok(Ok(())) => anyhow::anyhow!("the server ended by itself"),
                Ok(Err(error)) => error.into(),
                Err(error) => error.into(),
            },
        }
    }

    /// Finishes the requests under way, then stops the database.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.server.stopping.cancel();
        self.handle.graceful_shutdown(Some(PATIENCE));
        self.task.await??;
        self.workers.await?;
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

    /// Speaks TLS, or not.
    pub fn tls(mut self, tls: Option<Tls>) -> Self {
        self.tls = tls;
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
        self.options.tls = self.tls.is_some();
        let mut new_admin_token = None;
        if !self.options.loopback && self.options.admin_token.is_none() {
            // Else whoever reaches the server could make tokens.
            self.options.admin_token = Some(tokens::random());
            new_admin_token.clone_from(&self.options.admin_token);
        }
        let Storehouse { db, cluster } = self.database.open(self.postgres_bin).await?;
        seed::ensure(&db).await?;
        if self.demo {
            seed::ensure_demo_site(&db).await?;
        }
        let new_tokens = if self.options.loopback { Vec::new() } else { seed::ensure_private_tokens(&db).await? };
        let identity = match &self.tls {
            Some(tls) => Some(tls::Identity::load(tls, self.database.folder(), address.ip())?),
            None => None,
        };
        let server = Server::new(db, self.options)?;
        let workers = tokio::spawn(tasks::work(server.db.clone(), server.sites.clone(), server.stopping.clone()));
        let handle = Handle::new();
        let task = tokio::spawn(serve(listener, identity.as_ref(), &server, handle.clone()));
        Ok(MockJira { address, server, handle, task, workers, cluster, identity, new_tokens, new_admin_token })
    }
}

/// Takes connections until the handle says otherwise.
fn serve(
    listener: TcpListener,
    identity: Option<&tls::Identity>,
    server: &Arc<Server>,
    handle: Handle<SocketAddr>,
) -> impl Future<Output = std::io::Result<()>> + Send + 'static {
    let service = server.service().into_make_service_with_connect_info::<SocketAddr>();
    let mut http = axum_server::Server::<SocketAddr>::from_listener(listener).handle(handle).acceptor(NoDelayAcceptor);
    http.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(server.options.header_time_limit);
    let tls = identity.map(|identity| RustlsConfig::from_config(identity.config()));
    async move {
        match tls {
            Some(tls) => http.map(|tcp| RustlsAcceptor::new(tls).acceptor(tcp)).serve(service).await,
            None => http.serve(service).await,
        }
    }
}
