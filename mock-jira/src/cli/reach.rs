//! How `sites` and `tokens` reach the sites: always through `/_mock`, of the server that is named,
//! or of one that runs on the database only for the command.

use super::settings::Storage;
use crate::MockJira;
use anyhow::Context;
use clap::Args;
use reqwest::Method;
use serde_json::Value;

/// The running server, if there is one.
#[derive(Debug, Clone, Args)]
pub struct Remote {
    /// Ask this running server (http). Without it the database is opened, which a server on the same data
    /// directory does not allow
    #[arg(global = true, long, value_name = "URL", env = "MOCK_JIRA_SERVER")]
    server: Option<String>,
    /// What the running server's `/_mock` asks for
    #[arg(global = true, long, value_name = "TOKEN", env = "MOCK_JIRA_ADMIN_TOKEN", hide_env_values = true)]
    admin_token: Option<String>,
}

/// A server's administration.
pub struct Administration {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
    own: Option<MockJira>,
}

impl Administration {
    /// Finds the named server, or starts one on the database.
    pub async fn open(remote: &Remote, storage: &Storage) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        if let Some(url) = &remote.server {
            anyhow::ensure!(
                url.starts_with("http://"),
                "--server must begin with http://; for https use curl and /_mock"
            );
            let url = url.trim_end_matches('/').to_owned();
            return Ok(Self { client, url, token: remote.admin_token.clone(), own: None });
        }
        let builder = MockJira::builder().database(storage.database()?).postgres_bin(storage.postgres_bin.clone());
        let own = builder.demo(false).start().await?;
        Ok(Self { client, url: own.url(), token: None, own: Some(own) })
    }

    /// Asks, and returns the answer's body; a refusal is an error with its sentence.
    pub async fn ask(&self, method: Method, path: &[&str], body: Option<&Value>) -> anyhow::Result<Value> {
        let mut url = reqwest::Url::parse(&self.url).with_context(|| format!("the address {}", self.url))?;
        url.path_segments_mut()
            .map_err(|()| anyhow::anyhow!("not an address: {}", self.url))?
            .push("_mock")
            .extend(path);
        let mut request = self.client.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if status.is_success() {
            return Ok(value);
        }
        match value["message"].as_str() {
            Some(message) => anyhow::bail!("{message}"),
            None => anyhow::bail!("{} answered {status}", self.url),
        }
    }

    /// Stops what was started for the command.
    pub async fn close(self) -> anyhow::Result<()> {
        match self.own {
            Some(own) => own.stop().await,
            None => Ok(()),
        }
    }
}
