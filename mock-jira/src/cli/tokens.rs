//! `mock-jira tokens`.

use super::{
    reach::{Administration, Remote},
    settings::Storage,
};
use crate::app::seed::DEMO;
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::json;

/// Which of them, and where.
#[derive(Debug, Args)]
pub struct Tokens {
    #[command(flatten)]
    pub storage: Storage,
    #[command(flatten)]
    remote: Remote,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Args)]
struct OfSite {
    /// The site's name
    #[arg(long, value_name = "NAME", default_value = DEMO)]
    site: String,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists a site's tokens: id, owner, end, label. The tokens themselves are not stored
    List(OfSite),
    /// Makes a token and prints it, the only time that it is shown
    Create {
        #[command(flatten)]
        of: OfSite,
        /// The account it is for
        #[arg(long)]
        email: String,
        /// What to call it, for revoking it later
        #[arg(long, default_value = "")]
        label: String,
        /// After so many days it is nobody's; without this it does not end
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<i64>,
        /// Limit it to this scope of OAuth, such as read:jira-work; may be given several times. Such a token is good
        /// on the gateway path /ex/jira/{cloudId} only
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
    },
    /// Revokes tokens
    Revoke {
        #[command(flatten)]
        of: OfSite,
        /// The id of a token, or the label of one or several
        token: String,
    },
}

impl Tokens {
    /// Does it, and prints what came of it.
    pub async fn run(&self, storage: &Storage) -> anyhow::Result<()> {
        let administration = Administration::open(&self.remote, storage).await?;
        let done = self.act(&administration).await;
        administration.close().await?;
        done
    }

    async fn act(&self, administration: &Administration) -> anyhow::Result<()> {
        match &self.action {
            Action::List(of) => {
                let answer = administration.ask(Method::GET, &["sites", &of.site, "tokens"], None).await?;
                for token in answer["tokens"].as_array().into_iter().flatten() {
                    let text = |member: &str| token[member].as_str().unwrap_or("-");
                    println!("{}  {:<28} {:<26} {}", text("id"), text("email"), text("expires"), text("label"));
                }
            }
            Action::Create { of, email, label, expires_in_days, scopes } => {
                let scopes = (!scopes.is_empty()).then_some(scopes);
                let body =
                    json!({ "email": email, "label": label, "expiresInDays": expires_in_days, "scopes": scopes });
                let made = administration.ask(Method::POST, &["sites", &of.site, "tokens"], Some(&body)).await?;
                println!("{}", made["token"].as_str().unwrap_or_default());
            }
            Action::Revoke { of, token } => {
                administration.ask(Method::DELETE, &["sites", &of.site, "tokens", token], None).await?;
            }
        }
        Ok(())
    }
}
