//! Options of all commands that speak to a server: whose certificates are believed.

use std::path::PathBuf;

use clap::Args;
use harness::target::Trust;

/// Whose certificates are believed.
#[derive(Args)]
pub struct TrustArgs {
    /// Believe this authority's certificates, too: a PEM file.
    #[arg(long, env = "JIRA_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Believe any certificate. Whoever is in between can read the credentials then.
    #[arg(long)]
    insecure: bool,
}

impl TrustArgs {
    /// As the harness knows it.
    pub fn trust(&self) -> Trust {
        Trust::new(self.ca_file.clone(), self.insecure)
    }
}
