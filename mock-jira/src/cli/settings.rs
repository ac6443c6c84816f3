//! Settings: from the command line, else from the environment (`MOCK_JIRA_…`), else from a file, else from what the
//! environment says to all programs (`DATABASE_URL`).

use crate::{
    http::server::{AuthMode, Options},
    postgres::default_data_dir,
    serve::{Database, Tls},
    telemetry::LogFormat,
};
use anyhow::Context;
use clap::Args;
use serde::Deserialize;
use std::{env, ffi::OsString, net::SocketAddr, path::PathBuf, time::Duration};

/// Where data and logs go: what every command needs that uses a database.
#[derive(Debug, Clone, Default, Args)]
pub struct Storage {
    #[command(flatten)]
    place: Place,
    /// The folder of PostgreSQL's server programs [default: looked for on this system]
    #[arg(global = true, long, value_name = "DIR", env = "MOCK_JIRA_POSTGRES_BIN")]
    pub postgres_bin: Option<PathBuf>,
    /// How log lines look [default: human]
    #[arg(global = true, long, value_name = "FORMAT", env = "MOCK_JIRA_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
    /// What is logged, such as `info` or `mock_jira=debug,warn`; RUST_LOG works too
    #[arg(global = true, long, value_name = "LEVEL", env = "MOCK_JIRA_LOG_LEVEL")]
    log_level: Option<String>,
    /// Read settings from this TOML file; keys are named like the options, as in `data-dir = "/data"`
    #[arg(global = true, long, value_name = "FILE", env = "MOCK_JIRA_CONFIG")]
    config: Option<PathBuf>,
}

/// The database, one way or another. The environment is read by hand: an option overrides all three variables.
#[derive(Debug, Clone, Default, Args)]
struct Place {
    /// Keep the data in this folder [default: /var/lib/mock-jira for root, else mock-jira in the user's data
    /// folder] [env: MOCK_JIRA_DATA_DIR]
    #[arg(global = true, long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Keep the data in memory and throw it away at the end [env: MOCK_JIRA_EPHEMERAL=true]
    #[arg(global = true, long)]
    ephemeral: bool,
    /// Keep the data in an existing PostgreSQL, 14 or later [env: MOCK_JIRA_DATABASE_URL; DATABASE_URL,
    /// if nothing else says where]
    #[arg(global = true, long, value_name = "URL")]
    database_url: Option<String>,
}

/// What only the server needs.
#[derive(Debug, Clone, Default, Args)]
pub struct Serve {
    #[command(flatten)]
    pub storage: Storage,
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT", env = "MOCK_JIRA_LISTEN")]
    listen: Option<SocketAddr>,
    /// Advertise this address in links, instead of the one that was called
    #[arg(long, value_name = "URL", env = "MOCK_JIRA_BASE_URL")]
    base_url: Option<String>,
    /// Speak HTTPS, with a certificate from an authority of the server's own
    #[arg(long, env = "MOCK_JIRA_TLS", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    tls: Option<bool>,
    /// Speak HTTPS with the certificate in this PEM file
    #[arg(long, value_name = "FILE", env = "MOCK_JIRA_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its key
    #[arg(long, value_name = "FILE", env = "MOCK_JIRA_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Who may call: as in Jira, or anyone as an administrator [default: strict]
    #[arg(long, value_name = "MODE", env = "MOCK_JIRA_AUTH")]
    auth: Option<AuthMode>,
    /// What `/_mock` asks for [default: nothing on loopback, elsewhere a random token that is printed]
    #[arg(long, value_name = "TOKEN", env = "MOCK_JIRA_ADMIN_TOKEN", hide_env_values = true)]
    admin_token: Option<String>,
    /// Largest body of a request [default: 67108864]
    #[arg(long, value_name = "BYTES", env = "MOCK_JIRA_BODY_LIMIT")]
    body_limit: Option<usize>,
    /// Longest time for a request [default: 60]
    #[arg(long, value_name = "SECONDS", env = "MOCK_JIRA_TIME_LIMIT", value_parser = clap::value_parser!(u64).range(1..))]
    time_limit: Option<u64>,
    /// Longest time for the head of a request [default: 30]
    #[arg(long, value_name = "SECONDS", env = "MOCK_JIRA_HEADER_TIME_LIMIT", value_parser = clap::value_parser!(u64).range(1..))]
    header_time_limit: Option<u64>,
}

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    data_dir: Option<PathBuf>,
    ephemeral: bool,
    database_url: Option<String>,
    postgres_bin: Option<PathBuf>,
    log_format: Option<LogFormat>,
    log_level: Option<String>,
    listen: Option<SocketAddr>,
    base_url: Option<String>,
    tls: Option<bool>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    auth: Option<AuthMode>,
    admin_token: Option<String>,
    body_limit: Option<usize>,
    time_limit: Option<u64>,
    header_time_limit: Option<u64>,
}

/// A variable of the environment; an empty one is none.
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn text(name: &str) -> anyhow::Result<Option<String>> {
    let value = variable(name).map(OsString::into_string);
    value.transpose().map_err(|_| anyhow::anyhow!("{name} is not readable"))
}

impl Place {
    fn from_environment() -> anyhow::Result<Self> {
        Ok(Self {
            data_dir: variable("MOCK_JIRA_DATA_DIR").map(PathBuf::from),
            ephemeral: match text("MOCK_JIRA_EPHEMERAL")?.as_deref() {
                None | Some("false") => false,
                Some("true") => true,
                Some(other) => anyhow::bail!("MOCK_JIRA_EPHEMERAL must be true or false, not '{other}'"),
            },
            database_url: text("MOCK_JIRA_DATABASE_URL")?,
        })
    }

    /// What other programs are told too, so that it counts last.
    fn from_common_environment() -> anyhow::Result<Self> {
        Ok(Self { database_url: text("DATABASE_URL")?, ..Self::default() })
    }

    fn is_empty(&self) -> bool {
        self.data_dir.is_none() && !self.ephemeral && self.database_url.is_none()
    }

    fn or(self, weaker: impl FnOnce() -> anyhow::Result<Self>) -> anyhow::Result<Self> {
        if self.is_empty() { weaker() } else { Ok(self) }
    }
}

impl Storage {
    /// Completes what was not given from the environment and the file.
    pub fn with_file(mut self) -> anyhow::Result<Self> {
        let file = self.read_file()?;
        self.complete(&file)?;
        Ok(self)
    }

    fn read_file(&self) -> anyhow::Result<File> {
        let Some(path) = &self.config else { return Ok(File::default()) };
        let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))
    }

    fn complete(&mut self, file: &File) -> anyhow::Result<()> {
        let in_file = Place {
            data_dir: file.data_dir.clone(),
            ephemeral: file.ephemeral,
            database_url: file.database_url.clone(),
        };
        self.place = std::mem::take(&mut self.place).or(Place::from_environment)?.or(|| Ok(in_file))?;
        self.place = std::mem::take(&mut self.place).or(Place::from_common_environment)?;
        self.postgres_bin = self.postgres_bin.take().or(file.postgres_bin.clone());
        self.log_format = self.log_format.or(file.log_format);
        let rust_log = || env::var("RUST_LOG").ok().filter(|value| !value.is_empty());
        self.log_level = self.log_level.take().or_else(rust_log).or(file.log_level.clone());
        Ok(())
    }

    /// Where the data is.
    pub fn database(&self) -> anyhow::Result<Database> {
        let Place { data_dir, ephemeral, database_url } = &self.place;
        match (data_dir, ephemeral, database_url) {
            (Some(folder), false, None) => Ok(Database::Folder(folder.clone())),
            (None, true, None) => Ok(Database::Ephemeral),
            (None, false, Some(url)) => Ok(Database::Url(url.clone())),
            (None, false, None) => Ok(Database::Folder(default_data_dir())),
            _ => anyhow::bail!("only one of data-dir, ephemeral and database-url can be chosen"),
        }
    }

    /// What is logged.
    pub fn log_level(&self, default: &str) -> String {
        self.log_level.clone().unwrap_or_else(|| default.to_owned())
    }
}

impl Serve {
    /// Completes what was not given from the environment and the file.
    pub fn with_file(mut self) -> anyhow::Result<Self> {
        let file = self.storage.read_file()?;
        self.storage.complete(&file)?;
        Ok(Self {
            listen: self.listen.or(file.listen),
            base_url: self.base_url.or(file.base_url),
            tls: self.tls.or(file.tls),
            tls_cert: self.tls_cert.or(file.tls_cert),
            tls_key: self.tls_key.or(file.tls_key),
            auth: self.auth.or(file.auth),
            admin_token: self.admin_token.or(file.admin_token),
            body_limit: self.body_limit.or(file.body_limit),
            time_limit: self.time_limit.or(file.time_limit),
            header_time_limit: self.header_time_limit.or(file.header_time_limit),
            storage: self.storage,
        })
    }

    /// Where to listen.
    pub fn listen(&self) -> SocketAddr {
        self.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)))
    }

    /// Whether to speak TLS, and how.
    pub fn tls(&self) -> anyhow::Result<Option<Tls>> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(_), Some(_)) if self.tls == Some(false) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(Tls::Files(certificate.clone(), key.clone()))),
            (None, None) => Ok(self.tls.unwrap_or_default().then_some(Tls::Own)),
            _ => anyhow::bail!("tls-cert and tls-key must come together"),
        }
    }

    /// The server's options.
    pub fn options(&self) -> anyhow::Result<Options> {
        if let Some(url) = &self.base_url {
            let uri: http::Uri = url.parse().with_context(|| format!("the base URL '{url}'"))?;
            let complete = uri.host().is_some() && matches!(uri.scheme_str(), Some("http" | "https"));
            anyhow::ensure!(complete, "the base URL '{url}' must begin with http:// or https:// and a host");
        }
        let default = Options::default();
        Ok(Options {
            auth: self.auth.unwrap_or(default.auth),
            base_url: self.base_url.clone(),
            admin_token: self.admin_token.clone(),
            body_limit: self.body_limit.unwrap_or(default.body_limit),
            time_limit: self.time_limit.map_or(default.time_limit, Duration::from_secs),
            header_time_limit: self.header_time_limit.map_or(default.header_time_limit, Duration::from_secs),
            ..default
        })
    }
}
