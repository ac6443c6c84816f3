//! Statements about what the contracts don't have (any more).

use super::{File, Links, Witness, file::KindFacts, name, normal, parameters};
use crate::contract::{Contract, Operation};

impl Links {
    /// What `schemas/links.json` says of operations, parameters and kinds that the contract doesn't have, one line each.
    pub fn stale(&self, contract: &Contract) -> Vec<String> {
        let mut found = Vec::new();
        let find = |wanted: &str| contract.operations().iter().find(|operation| name(operation) == wanted);
        let mut operations = |section: &str, named: &mut dyn Iterator<Item = &String>| {
            for wanted in named.filter(|wanted| find(wanted).is_none()) {
                found.push(format!("{section}: there is no operation '{wanted}'"));
            }
        };
        let File {
            kinds,
            names,
            parameters: meanings,
            bodies,
            queries,
            before,
            witnesses,
            unreachable,
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
        for KindFacts { list, create, .. } in kinds.values() {
            operations("kinds", &mut list.iter().chain(create));
        }
        let called = witnesses.values().filter_map(|witness| match witness {
            Witness::Call(call) => Some(&**call),
            Witness::None(_) => None,
        });
        let calls: Vec<_> = before.values().flatten().chain(called).collect();
        operations("before, witnesses", &mut calls.iter().map(|call| &call.call));
        operations("parameters", &mut meanings.keys());
        operations("bodies", &mut bodies.keys());
        operations("queries", &mut queries.keys());
        operations("before", &mut before.keys());
        operations("witnesses", &mut witnesses.keys());
        operations("unreachable", &mut unreachable.keys());
        operations("reads", &mut reads.iter());
        operations("restless", &mut restless.iter());
        operations("estimates", &mut estimates.iter());
        operations("public", &mut public.iter());
        operations("personal", &mut personal.iter());
        operations("ignored", &mut ignored.keys());
        operations("lenient", &mut lenient.keys());

        // Parameters of operations that there are.
        let mut missing = |section: &str, wanted: &str, given: &mut dyn Iterator<Item = &String>| {
            let Some(operation) = find(wanted) else { return };
            let known = known_names(contract, operation);
            for name in given.filter(|name| !known.contains(name)) {
                found.push(format!("{section}: '{wanted}' has no '{name}'"));
            }
        };
        for (operation, given) in meanings {
            missing("parameters", operation, &mut given.keys());
        }
        for (operation, given) in queries {
            missing("queries", operation, &mut given.keys());
        }
        for (operation, given) in ignored {
            missing("ignored", operation, &mut given.iter());
        }
        for call in calls {
            missing("before, witnesses", &call.call, &mut call.path.keys().chain(call.query.keys()));
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
