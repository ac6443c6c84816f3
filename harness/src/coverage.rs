//! Which of the documented answers were ever seen: tests write down what they got, and this counts.

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

/// Writes an answer down, if the environment names a file for it.
pub fn record(method: &Method, path_and_query: &str, status: u16) -> std::io::Result<()> {
    let Some(mut file) = FILE.as_ref() else { return Ok(()) };
    // One write, so that the lines of several processes don't mix.
    let line = json!({ "method": method.as_str(), "path": path_and_query, "status": status });
    file.write_all(format!("{line}\n").as_bytes())
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
    /// `GET /rest/api/3/issue/{issueIdOrKey} 404`.
    pub answers: BTreeSet<String>,
}

/// How often each documented answer was seen: successes, redirections and refusals of the client.
pub struct Coverage<'a>(BTreeMap<(&'a str, &'a str, u16), u64>);

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
            statuses.map(|status| (operation.path.as_str(), operation.method.as_str(), status))
        });
        Self(answers.filter(|(_, _, status)| *status < 500).map(|answer| (answer, 0)).collect())
    }

    /// Counts an answer, if it is a documented one.
    pub fn count(&mut self, contract: &'a Contract, method: &Method, path_and_query: &str, status: u16) {
        let Some(found) = contract.find(method, path_and_query) else { return };
        let operation = found.operation;
        if let Some(times) = self.0.get_mut(&(operation.path.as_str(), operation.method.as_str(), status)) {
            *times += 1;
        }
    }

    /// Each documented answer of the served operations, and how often it was seen.
    pub fn rows(&self) -> impl Iterator<Item = (Answer<'a>, u64)> {
        self.0.iter().map(|(&(path, method, status), &times)| (Answer { method, path, status }, times))
    }
}

/// A documented answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The method.
    pub method: &'a str,
    /// The path as documented.
    pub path: &'a str,
    /// The status.
    pub status: u16,
}

impl Answer<'_> {
    /// As it stands among the excuses.
    pub fn name(&self) -> String {
        format!("{} {} {}", self.method, self.path, self.status)
    }
}
