//! The cases that try an operation.

use http::Method;
use serde_json::{Value, json};

use super::{Plan, Sketch, reads};
use crate::{
    contract::ApiVersion,
    run::{
        case::{Case, Role, Step},
        execute::query_parameters,
        generate::{Flavour, near_misses},
        links::{Kind, name, normal, parameters},
        mark::Mark,
        paging::Paging,
        shrink::without_needless,
    },
    target::{Body, Caller},
};

/// The case that asks about something that is not there.
const NOTHING_THERE: &str = "nothing there";
/// How many near-misses one case tries.
const MOST_NEAR_MISSES: usize = 14;

/// The cases of an operation, and why there is none that could be accepted, if so.
pub fn cases(plan: &Plan<'_>, operation: usize, count: usize, callers: &[Caller]) -> (Vec<Case>, Option<String>) {
    let facts = plan.operation(operation);
    let writes = !reads(plan.links, facts);
    if !plan.scope.allows(plan.links, facts) {
        return (Vec::new(), Some("it writes, and writing is not allowed there".to_owned()));
    }
    let mut found = Vec::new();
    let mut add = |name: &str, build: &dyn Fn(&mut Sketch<'_>) -> Option<()>| {
        let purpose = format!("{} {name}", self::name(facts));
        let mut sketch = plan.sketch(&purpose);
        sketch.writes = writes;
        sketch.own = ["case 0", "pages", "near-misses"].contains(&name);
        let built = build(&mut sketch).is_some();
        if built {
            let case = Case { subject: operation, purpose, steps: sketch.steps };
            // Where nothing is there, it matters to nobody what else there is.
            found.push(if name == NOTHING_THERE { without_needless(case) } else { case });
        }
        built
    };
    // Where nothing can be varied, once is enough.
    let varies = !facts.request_media_types.is_empty() || !query_parameters(plan.contract, operation).is_empty();
    let mut known = false;
    for number in 0..if varies { count } else { count.min(1) } {
        let flavour = match number {
            0 => Flavour::Sparse,
            number if number % 2 == 1 => Flavour::Usual,
            _ => Flavour::Edge,
        };
        known |= add(&format!("case {number}"), &|sketch| {
            if writes { sketch.write(operation, flavour, callers) } else { sketch.read(operation, flavour, callers) }
        });
    }
    if !writes {
        add("pages", &|sketch| sketch.pages(operation));
    }
    add("near-misses", &|sketch| sketch.broken(operation));
    add(NOTHING_THERE, &|sketch| sketch.unknown(operation));
    let reason = "nothing is known that it could be asked about, and none could be made";
    (found, (!known).then(|| reason.to_owned()))
}

impl Sketch<'_> {
    /// Reads twice, in both versions, and as those who may do less.
    fn read(&mut self, operation: usize, flavour: Flavour, callers: &[Caller]) -> Option<()> {
        let step = self.request(operation, flavour, false)?;
        let of = self.push(step.clone(), Role::Try);
        if flavour == Flavour::Edge {
            return Some(());
        }
        let rests = !self.plan.links.is_restless(self.plan.operation(operation));
        if rests {
            self.push(step.clone(), Role::Again { of });
        }
        if rests && self.has_versions(operation) && step.body == Body::Empty {
            self.push(Step { version: ApiVersion::V2, ..step.clone() }, Role::OtherVersion { of });
        }
        for caller in callers {
            self.push(Step { caller: *caller, ..step.clone() }, Role::As { of: Some(of) });
        }
        if rests {
            self.push(step, Role::Follow { of });
        }
        Some(())
    }

    /// Goes through a list.
    fn pages(&mut self, operation: usize) -> Option<()> {
        let by_get = self.plan.operation(operation).method == Method::GET;
        Paging::of(&query_parameters(self.plan.contract, operation)).filter(|_| by_get)?;
        let step = self.request(operation, Flavour::Sparse, false)?;
        self.push(step, Role::Pages);
        Some(())
    }

    /// Makes, reads, lists, changes and deletes, as far as there are operations for it.
    fn write(&mut self, operation: usize, flavour: Flavour, callers: &[Caller]) -> Option<()> {
        let facts = self.plan.operation(operation);
        let kind = self.plan.links.kind_of(facts).map(str::to_owned);
        let kind_facts = kind.as_ref().and_then(|kind| self.plan.links.kind(kind)).cloned().unwrap_or_default();
        if kind_facts.create == Some(operation) {
            let (step, _) = self.making(operation, None, flavour, 0)?;
            self.deny(&step, flavour, callers);
            // What can't be read by itself shows where it is.
            let witness = kind_facts.read.is_none().then(|| self.witness(&step)).flatten();
            let since = witness.as_ref().map(|witness| self.push(witness.clone(), Role::Look));
            let of = self.push(step.clone(), Role::Try);
            if let (Some(witness), Some(since)) = (witness, since) {
                self.push(witness, Role::Changed { of, since });
            }
            if flavour == Flavour::Sparse {
                self.push(step.clone(), Role::Second { of });
            }
            if flavour != Flavour::Edge {
                self.push(step.clone(), Role::Follow { of });
            }
            return self.life(&kind_facts, &step, of, callers);
        }
        let step = self.request(operation, flavour, true)?;
        self.deny(&step, flavour, callers);
        // What is at the edge of what is allowed may be taken and mean nothing.
        let is_usual = flavour != Flavour::Edge;
        let witness = is_usual.then(|| self.witness(&step)).flatten();
        let look = |sketch: &mut Self, step: &Step| sketch.push(step.clone(), Role::Look);
        let is_about_kind = [kind_facts.update, kind_facts.delete].contains(&Some(operation));
        // What a query names can be read only where that is named, too.
        let names = |by: &String| step.query.iter().any(|(name, _)| name == by);
        let read = kind_facts.read.filter(|_| is_about_kind && kind_facts.by.as_ref().is_none_or(names));
        let read = read.and_then(|read| self.same_path(read, &step));
        // What stands at the same address is what was written.
        let is_same = |witness: &&Step| {
            let path = &self.plan.operation(witness.operation).path;
            facts.method == Method::PUT && normal(path) == normal(&facts.path)
        };
        let read = read.or_else(|| witness.as_ref().filter(is_same).cloned());
        let of = match (read, witness) {
            (Some(read), _) if facts.method == Method::DELETE => {
                let of = self.push(step.clone(), Role::Try);
                self.push(read, Role::Gone { of });
                of
            }
            (Some(read), _) => {
                let since = is_usual.then(|| look(self, &read));
                let of = self.push(step.clone(), Role::Try);
                self.push(read, Role::ReadBack { of, since });
                of
            }
            (None, Some(witness)) => {
                let since = look(self, &witness);
                let of = self.push(step.clone(), Role::Try);
                self.push(witness, Role::Changed { of, since });
                of
            }
            (None, None) => self.push(step.clone(), Role::Try),
        };
        if is_usual {
            self.push(step.clone(), Role::Follow { of });
        }
        // What the caller named has a whole life, too.
        let name = parameters(&facts.path).last().unwrap_or_default();
        let is_named = self.plan.links.path_value(facts, name).is_none();
        if kind_facts.update == Some(operation) && kind_facts.create.is_none() && kind_facts.list.is_some() && is_named
        {
            if let Some(list) = kind_facts.list.and_then(|list| self.same_path(list, &step)) {
                let of = self.push(list.clone(), Role::Contains { of });
                self.push(list, Role::Follow { of });
            }
            if let Some(delete) = kind_facts.delete.and_then(|delete| self.same_path(delete, &step)) {
                let gone = self.push(delete, Role::Try);
                if let Some(read) = kind_facts.read.and_then(|read| self.same_path(read, &step)) {
                    self.push(read, Role::Gone { of: gone });
                }
            }
        }
        Some(())
    }

    /// What follows the making of something.
    fn life(&mut self, kind: &Kind, made: &Step, of: usize, callers: &[Caller]) -> Option<()> {
        let read = kind.read.and_then(|read| self.about(read, kind, made, of));
        let (mut since, mut told) = (None, Vec::new());
        if let Some(read) = &read {
            let seen = self.push(read.clone(), Role::ReadBack { of, since: None });
            since = Some(seen);
            if self.has_versions(read.operation) {
                self.push(Step { version: ApiVersion::V2, ..read.clone() }, Role::OtherVersion { of: seen });
            }
            for caller in callers {
                told.push((*caller, self.push(Step { caller: *caller, ..read.clone() }, Role::As { of: Some(seen) })));
            }
            self.push(read.clone(), Role::Follow { of: seen });
        }
        if let Some(list) = kind.list.and_then(|list| self.list(list, made)) {
            let listed = self.push(list.clone(), Role::Contains { of });
            for (caller, told) in told {
                self.push(Step { caller, ..list.clone() }, Role::Unlisted { of: listed, told });
            }
        }
        let alone = |update: &usize| self.plan.links.before(self.plan.operation(*update)).is_empty();
        let update = kind.update.filter(alone);
        if let Some(mut update) = update.and_then(|update| self.about(update, kind, made, of))
            && let Some(body) = self.body(update.operation, Flavour::Usual, false)
        {
            update.body = body;
            let changed = self.push(update, Role::Try);
            if let Some(read) = &read {
                self.push(read.clone(), Role::ReadBack { of: changed, since });
            }
        }
        if let Some(delete) = kind.delete.and_then(|delete| self.about(delete, kind, made, of)) {
            let deleted = self.push(delete, Role::Try);
            if let Some(read) = read {
                self.push(read, Role::Gone { of: deleted });
            }
        }
        Some(())
    }

    /// The same as those who may not.
    fn deny(&mut self, step: &Step, flavour: Flavour, callers: &[Caller]) {
        for caller in callers.iter().filter(|_| flavour == Flavour::Sparse) {
            self.push(Step { caller: *caller, ..step.clone() }, Role::As { of: None });
        }
    }

    /// An accepted request, and near-misses of it.
    fn broken(&mut self, operation: usize) -> Option<()> {
        let facts = self.plan.operation(operation);
        let (document, source) = self.plan.contract.source(facts);
        let components = &document["components"]["schemas"];
        let is_maker =
            self.plan.links.kind_of(facts).and_then(|kind| self.plan.links.kind(kind)?.create) == Some(operation);
        let step = if is_maker {
            self.making(operation, None, Flavour::Sparse, 0)?.0
        } else {
            // What others use stays as it is: a project that got another permission scheme would be of no use to them.
            self.request(operation, Flavour::Sparse, self.writes)?
        };
        let of = self.push(step.clone(), Role::Try);
        let mut broken: Vec<(String, Step)> = Vec::new();
        if !self.plan.links.is_lenient(facts, "query") {
            for parameter in source["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query") {
                let name = parameter["name"].as_str().unwrap_or_default().to_owned();
                let others = || step.query.iter().filter(|(given, _)| *given != name).cloned();
                if parameter["schema"]["type"] == "integer" {
                    let query = others().chain([(name.clone(), json!("x"))]).collect();
                    broken.push((format!("a word for the number '{name}'"), Step { query, ..step.clone() }));
                }
                let rule = format!("the required parameter '{name}'");
                if parameter["required"] == true && !self.plan.links.is_lenient(facts, &rule) {
                    let query = others().collect();
                    broken.push((format!("{rule} missing"), Step { query, ..step.clone() }));
                }
            }
        }
        if let (Body::Json(body), false) = (&step.body, self.plan.links.is_lenient(facts, "body")) {
            let schema = &source["requestBody"]["content"]["application/json"]["schema"];
            let ignored =
                |rule: &str| rule.rsplit('/').next().is_some_and(|name| self.plan.links.is_ignored(facts, name));
            let kept = |rule: &str| !ignored(rule) && !self.plan.links.is_lenient(facts, rule);
            for missed in near_misses(body, schema, components).into_iter().filter(|missed| kept(&missed.rule)) {
                broken.push((missed.rule, Step { body: Body::Json(missed.body), ..step.clone() }));
            }
            let raw = |media_type: &str, text: String| Body::Raw { media_type: media_type.to_owned(), text };
            let early = raw("application/json", "{\"a\":".to_owned());
            broken.push(("a body that ends too early".to_owned(), Step { body: early, ..step.clone() }));
            if !facts.request_media_types.iter().any(|taken| taken == "text/plain" || taken == "*/*") {
                let text = raw("text/plain", body.to_string());
                broken.push(("a media type that is not taken".to_owned(), Step { body: text, ..step.clone() }));
            }
        }
        while broken.len() > MOST_NEAR_MISSES {
            broken.swap_remove(self.draw.below(broken.len()));
        }
        for (rule, step) in broken {
            self.push(step, Role::Broken { of: Some(of), rule });
        }
        (self.steps.len() > of + 1).then_some(())
    }

    /// A request about something that is not there.
    fn unknown(&mut self, operation: usize) -> Option<()> {
        let facts = self.plan.operation(operation);
        let name = parameters(&facts.path).last()?.to_owned();
        let is_named_by_caller = facts.method == Method::PUT && normal(&facts.path).ends_with("/properties/{}");
        if is_named_by_caller
            || facts.response(404).is_none_or(|documented| documented.status.is_none())
            || self.plan.links.is_lenient(facts, "path")
        {
            return None;
        }
        let mut step = self.request(operation, Flavour::Sparse, false).or_else(|| {
            // Nothing like it is known, so anything will do.
            let path = parameters(&facts.path).map(|name| (name.to_owned(), json!("1"))).collect();
            let query = self.query(operation, Flavour::Sparse, false)?;
            let body = self.body(operation, Flavour::Sparse, false)?;
            Some(self.step(operation, path, query, body))
        })?;
        step.path.last_mut()?.1 = json!("987654321");
        let rule = format!("nothing is there by that '{name}'");
        self.push(step, Role::Broken { of: None, rule });
        Some(())
    }

    /// A request about what a step makes.
    fn about(&self, operation: usize, kind: &Kind, made: &Step, of: usize) -> Option<Step> {
        let facts = self.plan.operation(operation);
        let mut path = made.path.clone();
        let mut query = Vec::new();
        let subject = |name: &str| {
            let meaning = self.plan.links.path_parameter(facts, name);
            let attribute = meaning.map_or_else(|| "id".to_owned(), |meaning| meaning.attribute);
            Mark::Answer { step: of, attribute, number: false }.value()
        };
        match &kind.by {
            Some(by) => query.push((by.clone(), subject(by))),
            None => {
                let name = parameters(&facts.path).last()?;
                path.push((name.to_owned(), subject(name)));
            }
        }
        // What else an operation must be told is not known from what was made.
        let required = |facts: &&Value| facts["in"] == "query" && facts["required"] == true;
        let (_, source) = self.plan.contract.source(facts);
        let mut required = source["parameters"].as_array().into_iter().flatten().filter(required);
        if required.any(|facts| kind.by.as_deref() != facts["name"].as_str()) {
            return None;
        }
        self.renamed(operation, path).map(|path| self.step(operation, path, query, Body::Empty))
    }

    /// A request with the same path, or the beginning of it.
    fn same_path(&self, operation: usize, step: &Step) -> Option<Step> {
        let path = self.renamed(operation, step.path.clone())?;
        Some(self.step(operation, path, step.query.clone(), Body::Empty))
    }

    /// A list that should have what a step makes.
    fn list(&mut self, operation: usize, made: &Step) -> Option<Step> {
        let facts = self.plan.operation(operation);
        if parameters(&facts.path).count() == made.path.len() {
            let path = self.renamed(operation, made.path.clone())?;
            return Some(self.step(operation, path, self.query_of_list(operation)?, Body::Empty));
        }
        // A list below something else that what is made refers to: that must be what the body names.
        None
    }

    fn query_of_list(&self, operation: usize) -> Option<Vec<(String, Value)>> {
        let stated = self.plan.links.query(self.plan.operation(operation));
        // What narrows a list might leave out what was made.
        stated.is_none().then(Vec::new)
    }

    /// Values for the parameters of a path, by their order: operations call the same thing by different names.
    pub(super) fn renamed(&self, operation: usize, values: Vec<(String, Value)>) -> Option<Vec<(String, Value)>> {
        let names: Vec<_> = parameters(&self.plan.operation(operation).path).map(str::to_owned).collect();
        let values = values.into_iter().map(|(_, value)| value);
        (values.len() >= names.len()).then(|| names.into_iter().zip(values).collect())
    }

    fn has_versions(&self, operation: usize) -> bool {
        let facts = self.plan.operation(operation);
        facts.path.starts_with("/rest/api/3/") && facts.only_version.is_none()
    }

    fn push(&mut self, step: Step, role: Role) -> usize {
        self.steps.push(Step { role, ..step });
        self.steps.len() - 1
    }
}
