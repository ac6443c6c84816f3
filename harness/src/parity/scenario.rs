//! Scenarios: sequences of requests, as data.
//!
//! A scenario names no id of any target. What a target chose (ids, keys, accounts) is captured from its answers under
//! a name, and stands in later requests as `{name}`.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, bail, ensure};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{generate, selector::Selector};
use crate::{contract::Contract, run::links::Links, schemas, target::Caller};

/// A sequence of requests that belong together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is about; identifies it.
    pub name: String,
    /// Whether what it captures is for all scenarios after it.
    #[serde(default)]
    pub shared: bool,
    /// Its requests, in order.
    pub steps: Vec<Step>,
}

/// One request of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `GET /rest/api/3/issue/{issue}`.
    pub request: Line,
    /// Parameters of the query; to be encoded.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: Option<Value>,
    /// A body that is no JSON, instead.
    #[serde(default)]
    pub raw: Option<Raw>,
    /// What a file holds, which is sent as a form, instead.
    #[serde(default)]
    pub file: Option<String>,
    /// Who asks.
    #[serde(default, rename = "as")]
    pub caller: Who,
    /// What to keep of the answer: names, and where their values stand.
    #[serde(default)]
    pub capture: BTreeMap<String, Selector>,
    /// The request is repeated until the answer has this: indexes and tasks lag behind.
    #[serde(default)]
    pub until: Option<Selector>,
    /// Places whose order is specified; elsewhere lists are compared as sets.
    #[serde(default)]
    pub ordered: Vec<String>,
    /// Places that differ for good reasons, such as the number of all issues of a site; `*` stands for one step.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Whether it is a request that changes nothing, although its method could.
    #[serde(default)]
    pub reads: bool,
    /// Whether sites hold different things here, so that of an accepted request only their kind is compared.
    #[serde(default)]
    pub kinds: bool,
}

/// A body that is sent as it is.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Raw {
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: String,
    /// What it says.
    pub text: String,
}

/// A method and a path with placeholders, both percent-encoded where needed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
}

impl TryFrom<String> for Line {
    type Error = anyhow::Error;

    fn try_from(text: String) -> anyhow::Result<Self> {
        let (method, path) = text.split_once(' ').context("a request is a method and a path")?;
        ensure!(path.starts_with("/rest/"), "{text}: paths begin with /rest/");
        Ok(Self { method: method.parse()?, path: path.to_owned() })
    }
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        format!("{} {}", line.method, line.path)
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// The account that the harness was given.
    #[default]
    Main,
    /// Nobody.
    Anonymous,
}

impl From<Who> for Caller {
    fn from(who: Who) -> Self {
        match who {
            Who::Main => Self::Main,
            Who::Anonymous => Self::Anonymous,
        }
    }
}

impl Step {
    /// A request with nothing but its line.
    pub fn new(method: Method, path: String) -> Self {
        Self {
            request: Line { method, path },
            query: BTreeMap::new(),
            body: None,
            raw: None,
            file: None,
            caller: Who::Main,
            capture: BTreeMap::new(),
            until: None,
            ordered: Vec::new(),
            ignore: Vec::new(),
            reads: false,
            kinds: false,
        }
    }

    /// Whether a target is the same after it.
    pub fn only_reads(&self) -> bool {
        self.reads || self.request.method == Method::GET
    }
}

macro_rules! bundled {
    ($($file:literal),* $(,)?) => {
        [$(($file, include_str!(concat!("../../scenarios/", $file)))),*]
    };
}

/// The scenarios that come with the harness; the shared ones first.
const BUNDLED: &[(&str, &str)] = &bundled!["site.json", "issues.json", "search.json", "projects.json", "filters.json"];

/// The scenarios of a folder, or those that come with the harness and those that are generated from `schemas`.
pub fn load(folder: Option<&Path>, contract: &Contract, schemas: &Path, seed: u64) -> anyhow::Result<Vec<Scenario>> {
    match folder {
        Some(folder) => read(folder),
        None => {
            let links = Links::new(contract, schemas::read(&schemas.join("links.json"))?)?;
            Ok([bundled()?, generate::reading(contract, seed), generate::writing(contract, &links, seed)].concat())
        }
    }
}

/// The scenarios that come with the harness.
pub fn bundled() -> anyhow::Result<Vec<Scenario>> {
    checked(BUNDLED.iter().map(|(file, text)| (file.to_string(), text.to_string())).collect())
}

/// The scenarios of a folder, in the order of its files' names.
pub fn read(folder: &Path) -> anyhow::Result<Vec<Scenario>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push((path.display().to_string(), fs::read_to_string(&path)?));
        }
    }
    files.sort();
    checked(files)
}

/// Each file holds a list of scenarios.
fn checked(files: Vec<(String, String)>) -> anyhow::Result<Vec<Scenario>> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (file, text) in files {
        let more: Vec<Scenario> = serde_json::from_str(&text).with_context(|| file.clone())?;
        for scenario in more {
            if scenarios.iter().any(|other| other.name == scenario.name) {
                bail!("{file}: there are two scenarios named '{}'", scenario.name);
            }
            scenarios.push(scenario);
        }
    }
    Ok(scenarios)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn bundled_scenarios_call_documented_operations_with_known_names() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let contract = Contract::load(&root.join("../schemas")).unwrap();
        let mut shared: BTreeSet<String> = super::super::player::GIVEN.iter().map(|name| name.to_string()).collect();
        for scenario in bundled().unwrap() {
            let mut known = shared.clone();
            for step in &scenario.steps {
                let request = String::from(step.request.clone());
                let found = contract.find(&step.request.method, &step.request.path);
                assert!(found.is_some(), "{}: {request} is not documented", scenario.name);
                let texts = [Value::from(request.clone()), serde_json::json!(step.query), step.body.clone().into()];
                for name in texts.iter().flat_map(super::super::variables::names) {
                    assert!(known.contains(&name), "{}: {request} names {{{name}}}", scenario.name);
                }
                known.extend(step.capture.keys().cloned());
            }
            if scenario.shared {
                shared = known;
            }
        }
    }

    #[test]
    fn every_file_of_scenarios_is_bundled() {
        let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")).unwrap();
        let files: BTreeSet<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(files, BUNDLED.iter().map(|(file, _)| file.to_string()).collect());
    }

    #[test]
    fn names_are_given_once_and_paths_are_of_the_api() {
        let one = r#"[{"name": "a", "steps": []}]"#.to_owned();
        assert!(checked(vec![("x".into(), one.clone()), ("y".into(), one)]).is_err());
        assert!(Line::try_from("GET /secrets".to_owned()).is_err());
        assert!(Line::try_from("GET".to_owned()).is_err());
    }
}
