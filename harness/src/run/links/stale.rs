//! Statements about what the contracts don't have (any more).

use super::{File, Links, Witness, name, normal, parameters};
use crate::contract::{Contract, Operation};

impl Links {
    /// What `schemas/links.json` says of operations, parameters and kinds that the contract doesn't have, one line each.
    pub fn stale(&self, contract: &Contract) -> Vec<String> {
        let File {
            kinds,
            names,
            parameters: meanings,
            bodies,
            queries,
            before,
            witnesses,
            unreachable,
            by_chance,
            reads,
            restless,
            estimates,
            in_project,
            public,
            private,
            outlive,
            personal,
            ignored,
            lenient,
            ..
        } = &self.file;
        let called = witnesses.values().filter_map(|witness| match witness {
            Witness::Call(call) => Some(&**call),
            Witness::None(_) => None,
        });
        let calls: Vec<_> = before.values().flatten().chain(called).collect();

        let operations = [
            ("kinds", all(kinds.values().flat_map(|facts| facts.list.iter().chain(&facts.create)))),
            ("before, witnesses", all(calls.iter().map(|call| &call.call))),
            ("parameters", all(meanings.keys())),
            ("bodies", all(bodies.keys())),
            ("queries", all(queries.keys())),
            ("before", all(before.keys())),
            ("witnesses", all(witnesses.keys())),
            ("unreachable", all(unreachable.keys())),
            ("by_chance", all(by_chance.keys())),
            ("reads", all(reads)),
            ("restless", all(restless)),
            ("estimates", all(estimates)),
            ("public", all(public)),
            ("personal", all(personal)),
            ("ignored", all(ignored.keys())),
            ("lenient", all(lenient.keys())),
        ];
        let find = |wanted: &str| contract.operations().iter().find(|operation| name(operation) == wanted);
        let mut found = Vec::new();
        for (section, wanted) in operations {
            let missing = wanted.into_iter().filter(|wanted| find(wanted).is_none());
            found.extend(missing.map(|wanted| format!("{section}: there is no operation '{wanted}'")));
        }

        let given = meanings.iter().map(|(operation, given)| ("parameters", operation, all(given.keys())));
        let given = given.chain(queries.iter().map(|(operation, given)| ("queries", operation, all(given.keys()))));
        let given = given.chain(ignored.iter().map(|(operation, given)| ("ignored", operation, all(given))));
        let given = given.chain(calls.iter().map(|call| {
            let given = call.path.keys().chain(call.query.keys());
            ("before, witnesses", &call.call, all(given))
        }));
        for (section, wanted, given) in given {
            let Some(operation) = find(wanted) else { continue };
            let known = known_names(contract, operation);
            let missing = given.into_iter().filter(|name| !known.contains(name));
            found.extend(missing.map(|name| format!("{section}: '{wanted}' has no '{name}'")));
        }

        let is_kind =
            |kind: &str| contract.operations().iter().any(|operation| normal(&operation.path).starts_with(kind));
        let listed = in_project.iter().chain(private).chain(outlive).chain(names.values()).chain(kinds.keys());
        found.extend(listed.filter(|kind| !is_kind(kind)).map(|kind| format!("there is no path below '{kind}'")));
        found.sort();
        found.dedup();
        found
    }
}

fn all<'a>(names: impl IntoIterator<Item = &'a String>) -> Vec<&'a String> {
    names.into_iter().collect()
}

/// The names of all that can be given to an operation: its parameters, and the properties of its body, however deep.
fn known_names(contract: &Contract, operation: &Operation) -> Vec<String> {
    let (document, source) = contract.source(operation);
    let mut names: Vec<String> = parameters(&operation.path).map(str::to_owned).collect();
    let listed = source["parameters"].as_array().into_iter().flatten();
    names.extend(listed.filter_map(|facts| facts["name"].as_str().map(str::to_owned)));
    let components = &document["components"]["schemas"];
    let mut open = vec![&source["requestBody"]];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::Object(entries) => {
                if let Some(target) = value["$ref"].as_str().and_then(|target| target.rsplit('/').next())
                    && seen.insert(target)
                {
                    open.push(&components[target]);
                }
                names.extend(value["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
                open.extend(entries.values());
            }
            serde_json::Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    names
}
