//! Generated scenarios, one for each operation and way of trying it, so that a change of one leaves the recordings of
//! the others as they are.
//!
//! Those here read: every documented operation that does, asked plainly, with a parameter at an edge, without one that
//! it needs, and about things that do not exist. They need nothing but what the shared scenarios capture. What two sites
//! hold differs, so of accepted requests only the kind of what is answered is compared; of refused ones everything is.

use http::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    scenario::{Scenario, Step},
    variables::encoded,
};
use crate::contract::{Contract, Operation};

mod writing;

pub use writing::writing;

/// Parameters that mean what the shared scenarios capture.
const KNOWN: [(&str, &str); 8] = [
    ("projectIdOrKey", "{project}"),
    ("projectKeyOrId", "{project}"),
    ("projectKey", "{project}"),
    ("project", "{project}"),
    ("projectId", "{projectId}"),
    ("accountId", "{me}"),
    ("issueTypeId", "{task}"),
    ("jql", "project%20%3D%20{project}"),
];

/// How many edges of parameters are tried of one operation.
const EDGES: u64 = 2;

/// Scenarios of all operations that only read.
pub fn reading(contract: &Contract, seed: u64) -> Vec<Scenario> {
    let operations = contract.operations().iter().filter(|operation| operation.method == Method::GET);
    let scenario = |operation: &Operation| {
        let steps = steps(contract, operation, seed);
        let name = format!("generated: {} {}", operation.method, operation.path);
        (!steps.is_empty()).then_some(Scenario { name, shared: false, steps })
    };
    operations.filter_map(scenario).collect()
}

fn steps(contract: &Contract, operation: &Operation, seed: u64) -> Vec<Step> {
    let (_, facts) = contract.source(operation);
    let parameters = facts["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let of = |place: &'static str| parameters.iter().filter(move |parameter| parameter["in"] == place);
    let is_required = |parameter: &&Value| parameter["required"] == true;

    let path = filled(&operation.path, known);
    let nowhere = filled(&operation.path, |name| Some(nothing(name)));
    let required: Option<Vec<String>> =
        of("query").filter(is_required).map(|parameter| query(parameter, known)).collect();
    let mut lines = Vec::new();
    if let (Some(path), Some(required)) = (&path, &required) {
        lines.push(line(path, required));
        let count = of("query").count() as u64;
        for case in 0..EDGES.min(count) {
            let drawn = draw(&format!("{seed} {} {case}", operation.path));
            let Some(parameter) = of("query").nth((drawn % count) as usize) else { continue };
            let name = parameter["name"].as_str().unwrap_or_default();
            let others = required.iter().filter(|part| !part.starts_with(&format!("{name}="))).cloned();
            lines.push(line(path, &others.chain([edge(parameter, drawn / count)]).collect::<Vec<_>>()));
        }
    }
    if let Some(path) = path.as_ref().filter(|_| of("query").any(|parameter| is_required(&parameter))) {
        lines.push(line(path, &[]));
    }
    if let (Some(path), Some(required)) = (nowhere.filter(|_| of("path").count() > 0), &required) {
        lines.push(line(&path, required));
    }
    lines.dedup();
    lines.into_iter().map(step).collect()
}

fn step(path: String) -> Step {
    Step { kinds: true, ..Step::new(Method::GET, path) }
}

/// A path with values for its parameters, if there is one for each.
fn filled(path: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let segment = |segment: &str| match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
        Some(name) => value(name),
        None => Some(segment.to_owned()),
    };
    path.split('/').map(segment).collect::<Option<Vec<_>>>().map(|segments| segments.join("/"))
}

fn known(name: &str) -> Option<String> {
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
}

/// What nobody has.
fn nothing(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let text = if name.contains("issueid") || name.contains("issuekey") {
        "{project}-999999999"
    } else if name.contains("key") || name.contains("name") {
        "NOSUCHTHING"
    } else {
        "999999999"
    };
    text.to_owned()
}

fn query(parameter: &Value, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let name = parameter["name"].as_str()?;
    let first = || parameter["schema"]["enum"][0].as_str().map(encoded);
    value(name).or_else(first).map(|value| format!("{name}={value}"))
}

/// A parameter with a value that is just allowed, or just not.
fn edge(parameter: &Value, drawn: u64) -> String {
    let schema = match &parameter["schema"] {
        list if list["type"] == "array" => &list["items"],
        schema => schema,
    };
    let long = "x".repeat(300);
    let mut values: Vec<String> = match schema["type"].as_str() {
        Some("integer" | "number") => ["0", "1", "-1", "2147483648", "x"].map(str::to_owned).to_vec(),
        Some("boolean") => ["true", "false", "maybe"].map(str::to_owned).to_vec(),
        _ => ["", "a", "ä€漢", "a b", &long].map(str::to_owned).to_vec(),
    };
    if let Some(names) = schema["enum"].as_array() {
        values = names.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        values.push("NOSUCHTHING".to_owned());
    }
    let value = &values[(drawn % values.len() as u64) as usize];
    format!("{}={}", parameter["name"].as_str().unwrap_or_default(), encoded(value))
}

fn line(path: &str, query: &[String]) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// A number that is always the same for the same text.
fn draw(text: &str) -> u64 {
    let digest = Sha256::digest(text);
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn lines(seed: u64) -> Vec<String> {
        let contract = Contract::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas")).unwrap();
        let scenarios = reading(&contract, seed);
        let steps = scenarios.iter().flat_map(|scenario| &scenario.steps);
        steps
            .inspect(|step| assert!(contract.find(&Method::GET, &step.request.path).is_some()))
            .map(|step| step.request.path.clone())
            .collect()
    }

    #[test]
    fn a_seed_reproduces_what_is_asked() {
        assert_eq!(lines(1), lines(1));
        assert_ne!(lines(1), lines(2));
    }

    #[test]
    fn things_that_are_there_and_things_that_are_not_are_asked_for() {
        let lines = lines(1);
        let has = |line: &str| assert!(lines.iter().any(|other| other == line), "{line}");
        has("/rest/api/3/project/{project}");
        has("/rest/api/3/project/NOSUCHTHING");
        has("/rest/api/3/issue/{project}-999999999");
        has("/rest/api/3/user/groups?accountId={me}");
        has("/rest/api/3/priority/999999999");
        assert!(lines.iter().all(|line| !line.contains('é')), "paths are encoded");
    }
}
