//! What comes before a request, and what shows afterwards that it has changed something.

use serde_json::Value;

use super::Sketch;
use crate::{
    contract::Operation,
    run::{
        case::{Role, Step},
        execute::query_parameters,
        generate::Flavour,
        links::{Call, Witness, normal, parameters},
        mark::{self, Mark},
    },
    target::Body,
};

impl Sketch<'_> {
    /// Does what is stated to come before an operation.
    pub(super) fn prelude(&mut self, operation: usize) -> Option<()> {
        self.before.clear();
        let links = self.plan.links;
        for call in links.before(self.plan.operation(operation)) {
            let step = self.call(call, None)?;
            if !self.plan.scope.allows(links, self.plan.operation(step.operation)) {
                return None;
            }
            self.steps.push(Step { role: Role::Prepare, ..step });
            self.before.push(self.steps.len() - 1);
        }
        Some(())
    }

    /// What reads what a request is going to change. Nothing where that can't be seen.
    pub(super) fn witness(&mut self, step: &Step) -> Option<Step> {
        let facts = self.plan.operation(step.operation);
        match self.plan.links.witness(facts) {
            Some(Witness::None(_)) => return None,
            Some(Witness::Call(call)) => return self.call(call, Some(step)),
            None => {}
        }
        let read = self.plan.links.read_near(facts)?;
        let known = query_parameters(self.plan.contract, read);
        let mut query: Vec<_> = step.query.iter().filter(|(name, _)| known.contains(name)).cloned().collect();
        // In a long list, what is changed might be on a later page.
        let is_row = normal(&self.plan.operation(read).path) + "/{}" == normal(&facts.path);
        if let (true, Some((_, id))) = (is_row && known.iter().any(|name| name == "id"), step.path.last()) {
            query.push(("id".to_owned(), id.clone()));
        }
        let (_, source) = self.plan.contract.source(self.plan.operation(read));
        let mut parameters = source["parameters"].as_array().into_iter().flatten();
        let is_missing = |facts: &Value| {
            let is_given = query.iter().any(|(name, _)| facts["name"] == **name);
            facts["in"] == "query" && facts["required"] == true && !is_given
        };
        if parameters.any(is_missing) {
            return None;
        }
        let path = self.renamed(read, step.path.clone())?;
        Some(self.step(read, path, query, Body::Empty))
    }

    /// A stated request. What is not stated of its path is as in another one, or chosen.
    fn call(&mut self, call: &Call, other: Option<&Step>) -> Option<Step> {
        let operation = self.plan.links.number(&call.call)?;
        let facts: &Operation = self.plan.operation(operation);
        let mut path = Vec::new();
        for name in parameters(&facts.path) {
            let same = || other?.path.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone());
            let value = match call.path.get(name) {
                Some(stated) => Some(self.stated(stated)),
                None => same(),
            };
            path.push((name.to_owned(), value));
        }
        let path = if path.iter().all(|(_, value)| value.is_some()) {
            let given = path.into_iter().map(|(name, value)| Some((name, self.resolve(&value?, false, 1)?)));
            given.collect::<Option<_>>()?
        } else {
            self.path(operation, false, 1)?
        };
        let query = if call.query.is_empty() {
            self.query(operation, Flavour::Sparse, false)?
        } else {
            let mut query = Vec::new();
            for (name, stated) in &call.query {
                let value = self.stated(stated);
                query.push((name.clone(), self.resolve(&value, false, 1)?));
            }
            query
        };
        let body = match &call.body {
            Some(stated) => {
                let body = self.stated(stated);
                Body::Json(self.resolve(&body, false, 1)?)
            }
            None => self.body(operation, Flavour::Sparse, false)?,
        };
        Some(self.step(operation, path, query, body))
    }
}

/// Whether a value has something in it that an earlier step is to tell.
pub(super) fn is_used(value: &Value) -> bool {
    has(value, |mark| matches!(mark, Mark::Answer { .. }))
}

/// Whether a value says which things are meant.
pub(super) fn refers(value: &Value) -> bool {
    has(value, |mark| matches!(mark, Mark::Answer { .. } | Mark::Thing { .. }))
}

fn has(value: &Value, wanted: fn(&Mark) -> bool) -> bool {
    mark::replace(value, &mut |mark| if wanted(&mark) { Err(()) } else { Ok(mark.value()) }).is_err()
}
