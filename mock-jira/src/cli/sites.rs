//! `mock-jira sites`.

use super::{
    reach::{Administration, Remote},
    settings::Storage,
};
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::json;

/// Which of them, and where.
#[derive(Debug, Args)]
pub struct Sites {
    #[command(flatten)]
    pub storage: Storage,
    #[command(flatten)]
    remote: Remote,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists all sites: name, cloud id, title
    List,
    /// Creates a site by copying a template
    Create {
        /// Its name: the first label of its host name
        name: String,
        /// `empty` has accounts and configuration, `demo` has projects and issues as well
        #[arg(long, default_value = "empty")]
        template: String,
        /// Its shown name
        #[arg(long)]
        title: Option<String>,
    },
    /// Deletes a site with everything in it
    Delete {
        /// Its name
        name: String,
    },
}

impl Sites {
    /// Does it, and prints what came of it.
    pub async fn run(&self, storage: &Storage) -> anyhow::Result<()> {
        let administration = Administration::open(&self.remote, storage).await?;
        let done = self.act(&administration).await;
        administration.close().await?;
        done
    }

    async fn act(&self, administration: &Administration) -> anyhow::Result<()> {
        match &self.action {
            Action::List => {
                let answer = administration.ask(Method::GET, &["sites"], None).await?;
                for site in answer["sites"].as_array().into_iter().flatten() {
                    let text = |member: &str| site[member].as_str().unwrap_or_default();
                    println!("{:<24} {}  {}", text("name"), text("cloudId"), text("title"));
                }
            }
            Action::Create { name, template, title } => {
                let body = json!({ "name": name, "template": template, "title": title });
                let site = administration.ask(Method::POST, &["sites"], Some(&body)).await?;
                println!("{name}  {}", site["cloudId"].as_str().unwrap_or_default());
            }
            Action::Delete { name } => {
                administration.ask(Method::DELETE, &["sites", name], None).await?;
            }
        }
        Ok(())
    }
}
