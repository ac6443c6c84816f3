//! The committed contracts and what each is made of.

use std::path::Path;

use serde_json::Value;

use super::{Additions, Import, read};

/// A committed contract and its official documents.
pub struct Source {
    /// The contract's file in `schemas/`.
    pub file: &'static str,
    /// The official documents, the leading one first.
    pub documents: &'static [&'static str],
    /// Starts of the paths taken from [`ADDITIONS`].
    additions: &'static [&'static str],
    /// Starts of the paths that exist in v3 only.
    v3_only: &'static [&'static str],
}

/// Operations published after the official documents.
const ADDITIONS: &str = "additions.json";

/// All committed contracts.
pub const SOURCES: &[Source] = &[
    Source {
        file: "platform.json",
        documents: &["jira-platform.v3.json", "jira-platform.v2.json"],
        additions: &["/rest/api/"],
        // T-21. The documents cannot tell it: the v2 one is older, and lacks what is merely newer.
        v3_only: &["/rest/api/3/bulk/"],
    },
    Source { file: "software.json", documents: &["jira-software.json"], additions: &["/rest/software/"], v3_only: &[] },
    Source {
        file: "service-management.json",
        documents: &["jira-service-management.json"],
        additions: &["/rest/servicedeskapi/"],
        v3_only: &[],
    },
];

impl Source {
    /// Makes the contract from the official documents in `folder`.
    pub fn import(&self, folder: &Path) -> anyhow::Result<Value> {
        let documents = self.documents.iter().map(|file| read(&folder.join(file)));
        let documents = documents.collect::<anyhow::Result<Vec<_>>>()?;
        let additions = read(&folder.join(ADDITIONS))?;
        let owned = |prefixes: &[&str]| prefixes.iter().map(|&p| p.to_owned()).collect::<Vec<_>>();
        Import {
            title: self.file.trim_end_matches(".json"),
            documents: &documents,
            additions: Some(Additions { document: &additions, prefixes: &owned(self.additions) }),
            v3_only: &owned(self.v3_only),
        }
        .run()
    }
}
