//! Which of the documented answers were ever seen, and which writes ever left a record of what was done: tests write
//! down what they got, and this counts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{File, OpenOptions},
    io::Write,
    sync::LazyLock,
};

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::contract::Contract;

/// The environment variable that names the file answers are written to.
pub const ANSWERS: &str = "MOCK_JIRA_ANSWERS";

static FILE: LazyLock<Option<File>> = LazyLock::new(|| {
    let name = std::env::var_os(ANSWERS)?;
    OpenOptions::new().create(true).append(true).open(name).ok()
});

/// An answer as tests write it down.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path as it was asked for, with its query.
    pub path: String,
    /// The status.
    pub status: u16,
    /// Whether the site had a new record of what was done.
    #[serde(default)]
    pub recorded: bool,
}

/// Whether the environment names a file for answers.
pub fn wanted() -> bool {
    FILE.is_some()
}

/// Writes an answer down, if there is a file for it.
pub fn record(seen: &Seen) -> std::io::Result<()> {
    let Some(mut file) = FILE.as_ref() else { return Ok(()) };
    // One write, so that the lines of several processes don't mix.
    file.write_all(format!("{}\n", json!(seen)).as_bytes())
}

/// A line of the list that `mock-jira routes --format json` prints.
#[derive(Clone, Debug, Deserialize)]
pub struct Route {
    /// The method.
    pub method: String,
    /// The path as documented.
    pub path: String,
    /// `served`, or another word.
    pub state: String,
}

/// Answers that no test can get, for one reason.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Excuse {
    /// Why not.
    pub reason: String,
    /// `GET /rest/api/3/issue/{issueIdOrKey} 404`, or `POST /rest/api/3/comment/list record`.
    pub answers: BTreeSet<String>,
}

/// How often each documented answer was seen: successes, redirections and refusals of the client; and how often each
/// operation that may write left a record.
pub struct Coverage<'a>(BTreeMap<(&'a str, &'a str, Option<u16>), u64>);

impl<'a> Coverage<'a> {
    /// Nothing was seen yet of the served operations.
    pub fn new(contract: &'a Contract, routes: &[Route]) -> Self {
        let served: BTreeSet<(&str, &str)> = routes
            .iter()
            .filter(|route| route.state == "served")
            .map(|route| (route.method.as_str(), route.path.as_str()))
            .collect();
        let operations = contract.operations().iter();
        let operations = operations.filter(|operation| served.contains(&(operation.method.as_str(), &operation.path)));
        let answers = operations.flat_map(|operation| {
            let statuses = operation.responses.iter().filter_map(|response| response.status);
            let statuses = statuses.filter(|status| *status < 500).map(Some);
            let record = (operation.method != Method::GET).then_some(None);
            statuses.chain(record).map(|what| (operation.path.as_str(), operation.method.as_str(), what))
        });
        Self(answers.map(|answer| (answer, 0)).collect())
    }

    /// Counts an answer, if it is a documented one.
    pub fn count(&mut self, contract: &'a Contract, seen: &Seen) {
        let method = seen.method.parse::<Method>().ok();
        let Some(found) = method.and_then(|method| contract.find(&method, &seen.path)) else { return };
        let operation = found.operation;
        for what in [Some(seen.status)].into_iter().chain(seen.recorded.then_some(None)) {
            if let Some(times) = self.0.get_mut(&(operation.path.as_str(), operation.method.as_str(), what)) {
                *times += 1;
            }
        }
    }

    /// Each documented answer and each record of the served operations, and how often it was seen.
    pub fn rows(&self) -> impl Iterator<Item = (Answer<'a>, u64)> {
        self.0.iter().map(|(&(path, method, status), &times)| (Answer { method, path, status }, times))
    }
}

/// A documented answer, or the record that a write leaves.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The method.
    pub method: &'a str,
    /// The path as documented.
    pub path: &'a str,
    /// The status; none for a record.
    pub status: Option<u16>,
}

impl Answer<'_> {
    /// The status, or `record`.
    pub fn what(&self) -> String {
        self.status.map_or_else(|| "record".to_owned(), |status| status.to_string())
    }

    /// As it stands among the excuses.
    pub fn name(&self) -> String {
        format!("{} {} {}", self.method, self.path, self.what())
    }
}
