//! Requests for operations: paths, queries and bodies from what is known and from chance.

use http::Method;
use serde_json::{Map, Value, json};

use super::{
    case::{Role, Step},
    draw::Draw,
    execute::query_parameters,
    generate::{Flavour, Generator, jql, resolved, rich_text},
    links::{Links, Meaning, parameters},
    mark::{self, Mark},
    paging::Paging,
    scope::Scope,
    world::{Thing, World},
};
use crate::{
    contract::{ApiVersion, Contract, Operation},
    target::{Body, Caller},
};

mod before;
mod cases;

pub use cases::cases;

/// How many steps what one step needs may take.
const MOST_STEPS: usize = 14;

/// What plans are made from.
pub struct Plan<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// How operations belong together.
    pub links: &'a Links,
    /// What is known of the target.
    pub world: &'a World,
    /// What may be written.
    pub scope: &'a Scope,
    /// The run's seed.
    pub seed: u64,
}

/// A sequence in the making.
pub struct Sketch<'a> {
    plan: &'a Plan<'a>,
    /// The steps so far.
    pub steps: Vec<Step>,
    /// Chance for this sequence.
    pub draw: Draw,
    /// The version that is spoken.
    pub version: ApiVersion,
    /// Whether something is to be changed, so that only what may be changed is used.
    pub writes: bool,
    /// Whether what this run made is preferred: of that most is known.
    pub own: bool,
    /// The steps that were stated to come before the operation that is being planned.
    before: Vec<usize>,
}

impl<'a> Plan<'a> {
    /// Begins a sequence.
    pub fn sketch(&'a self, purpose: &str) -> Sketch<'a> {
        let draw = Draw::new(self.seed, purpose);
        Sketch {
            plan: self,
            steps: Vec::new(),
            draw,
            version: ApiVersion::V3,
            writes: false,
            own: false,
            before: Vec::new(),
        }
    }

    /// An operation by its number.
    pub fn operation(&self, index: usize) -> &'a Operation {
        &self.contract.operations()[index]
    }

    /// What makes things of a kind, if that is known to work.
    fn maker(&self, kind: &str) -> Option<usize> {
        let kind = self.links.kind(kind)?;
        let maker = kind.create.or(kind.update)?;
        (self.world.makes(maker) && self.scope.allows(self.links, self.operation(maker))).then_some(maker)
    }
}

impl Sketch<'_> {
    /// A request for an operation; nothing when something it needs is neither known nor can be made. With `fresh`,
    /// what it is about is made for it: the last thing in its path, or else whatever it names.
    pub fn request(&mut self, operation: usize, flavour: Flavour, fresh: bool) -> Option<Step> {
        self.prelude(operation)?;
        let path = self.path(operation, fresh, 0)?;
        let fresh = fresh && path.is_empty();
        let query = self.query(operation, flavour, fresh)?;
        let body = self.body(operation, flavour, fresh)?;
        Some(self.step(operation, path, query, body))
    }

    /// Makes a thing of a kind, below the given parents or any. Says which step does.
    pub fn make(&mut self, kind: &str, parents: Option<Vec<Value>>, depth: usize) -> Option<usize> {
        let maker = self.plan.maker(kind)?;
        if self.steps.len() >= MOST_STEPS || depth > 4 {
            return None;
        }
        let (length, before) = (self.steps.len(), self.before.clone());
        // What a client might send besides may need what there is not.
        for flavour in [Flavour::Usual, Flavour::Sparse] {
            if let Some((step, _)) = self.making(maker, parents.clone(), flavour, depth) {
                self.steps.push(Step { role: Role::Prepare, ..step });
                return Some(self.steps.len() - 1);
            }
            self.steps.truncate(length);
            self.before.clone_from(&before);
        }
        None
    }

    /// The request that makes a thing, and its body before anything in it was made for it.
    pub fn making(
        &mut self,
        maker: usize,
        parents: Option<Vec<Value>>,
        flavour: Flavour,
        depth: usize,
    ) -> Option<(Step, Option<Value>)> {
        let operation = self.plan.operation(maker);
        let outer = std::mem::take(&mut self.before);
        self.prelude(maker)?;
        let mut path = match parents {
            Some(parents) => parameters(&operation.path).map(str::to_owned).zip(parents).collect(),
            None => self.path(maker, false, depth)?,
        };
        // The caller chooses the name where there is no operation that does.
        if let Some(name) = parameters(&operation.path).nth(path.len()) {
            path.push((name.to_owned(), self.name("word")));
        }
        let query = self.query(maker, Flavour::Sparse, false)?;
        let recipe = self.marked_body(maker, flavour);
        let body = match &recipe {
            Some(body) => Body::Json(self.resolve(body, false, depth)?),
            None => self.body(maker, Flavour::Usual, false)?,
        };
        self.before = outer;
        Some((self.step(maker, path, query, body), recipe))
    }

    /// A step of that request.
    pub fn step(&self, operation: usize, path: Vec<(String, Value)>, query: Vec<(String, Value)>, body: Body) -> Step {
        let version = self.plan.operation(operation).only_version.unwrap_or(self.version);
        Step { operation, version, caller: Caller::Main, path, query, body, role: Role::Try }
    }

    /// The parameters of a path. Things that belong together are chosen together: from the last to the first.
    fn path(&mut self, operation: usize, fresh: bool, depth: usize) -> Option<Vec<(String, Value)>> {
        let operation_facts = self.plan.operation(operation);
        let names: Vec<_> = parameters(&operation_facts.path).map(str::to_owned).collect();
        let mut bound: Vec<Option<Value>> = vec![None; names.len()];
        let mut to_make: Vec<(usize, Meaning)> = Vec::new();
        for place in (0..names.len()).rev() {
            if bound[place].is_some() {
                continue;
            }
            let is_subject = place + 1 == names.len();
            if let Some(stated) = self.plan.links.path_value(operation_facts, &names[place]) {
                let value = self.stated(stated);
                bound[place] = Some(self.resolve(&value, false, depth)?);
                continue;
            }
            let Some(meaning) = self.plan.links.path_parameter(operation_facts, &names[place]) else {
                bound[place] = Some(self.parameter(operation, &names[place])?);
                continue;
            };
            let kind = self.plan.links.kind(&meaning.kind);
            if is_subject
                && kind
                    .is_some_and(|kind| kind.create.is_none() && kind.update == Some(operation) && kind.list.is_some())
                && names[place].to_lowercase().ends_with("key")
            {
                bound[place] = Some(self.name("word"));
                continue;
            }
            let is_inside = place > 0 && meaning.kind.matches("{}").count() == place;
            let maker = self.plan.maker(&meaning.kind);
            if is_inside && (maker.is_some() || !self.plan.world.things(&meaning.kind).is_empty()) {
                let wants_fresh = fresh && is_subject && maker.is_some();
                match (!wants_fresh).then(|| self.choose(&meaning.kind)).flatten() {
                    Some(thing) => {
                        bound[place] = mark::attribute(&thing.object, &meaning.attribute, false);
                        for (parent, value) in thing.parents.iter().enumerate().take(place) {
                            bound[parent] = Some(value.clone());
                        }
                    }
                    None => to_make.push((place, meaning)),
                }
                continue;
            }
            let kind = if is_inside { self.plan.links.namesake(&meaning.kind)? } else { meaning.kind };
            let meaning = Meaning { kind, ..meaning };
            let index = self.draw.below(1000);
            bound[place] = Some(match self.thing(&meaning, index, false, fresh && is_subject, depth) {
                Some(value) => value,
                None => self.parameter(operation, &names[place])?,
            });
        }
        for (place, meaning) in to_make.into_iter().rev() {
            let parents = bound[..place].iter().cloned().collect::<Option<Vec<_>>>()?;
            let step = self.make(&meaning.kind, Some(parents), depth + 1)?;
            bound[place] = Some(Mark::Answer { step, attribute: meaning.attribute, number: false }.value());
        }
        names.into_iter().zip(bound).map(|(name, value)| Some((name, value?))).collect()
    }

    /// A parameter of a path that refers to nothing known: by its schema, if that is narrow.
    fn parameter(&mut self, operation: usize, name: &str) -> Option<Value> {
        let (document, facts) = self.plan.contract.source(self.plan.operation(operation));
        let facts = facts["parameters"].as_array()?.iter().find(|facts| facts["name"] == name)?;
        let schema = resolved(&facts["schema"], &document["components"]["schemas"]);
        let narrow = schema["enum"].as_array()?;
        self.draw.of(narrow).cloned()
    }

    fn query(&mut self, operation: usize, flavour: Flavour, fresh: bool) -> Option<Vec<(String, Value)>> {
        let facts = self.plan.operation(operation);
        let (document, source) = self.plan.contract.source(facts);
        let paging = Paging::of(&query_parameters(self.plan.contract, operation));
        let stated = self.plan.links.query(facts);
        let mut query = Vec::new();
        for parameter in source["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["in"] != "query"
                || self.plan.links.is_never_sent(facts, name)
                || parameter["deprecated"] == true
            {
                continue;
            }
            if let Some(stated) = stated.and_then(|stated| stated.get(name)) {
                let value = self.stated(stated);
                query.push((name.to_owned(), self.resolve(&value, fresh, 0)?));
                continue;
            }
            let is_paging = paging.is_some_and(|paging| paging.start == name || paging.limit == name);
            let required = parameter["required"] == true;
            let wanted = required
                || match flavour {
                    Flavour::Sparse => false,
                    Flavour::Usual => !is_paging && self.draw.once_in(3),
                    // Beyond all ends there is nothing; how far that may be, answers can't always say.
                    Flavour::Edge => paging.is_none_or(|paging| paging.start != name) && self.draw.once_in(3),
                };
            if !wanted {
                continue;
            }
            let components = &document["components"]["schemas"];
            let links = self.plan.links;
            let generator = Generator { operation: facts, components, links, version: self.version, flavour };
            let generated = self.draw.from(&generator.value(&parameter["schema"], name))?;
            match self.resolve(&generated, fresh && required, 0) {
                Some(value) if value != json!("") => query.push((name.to_owned(), value)),
                None if required => return None,
                _ => {}
            }
        }
        Some(query)
    }

    fn body(&mut self, operation: usize, flavour: Flavour, fresh: bool) -> Option<Body> {
        let facts = self.plan.operation(operation);
        let takes = |media_type: &str| facts.request_media_types.iter().any(|taken| taken == media_type);
        if facts.request_media_types.is_empty() {
            return Some(Body::Empty);
        }
        let takes_stated = takes("*/*") && self.plan.links.body(facts).is_some();
        if takes("application/json") || takes("application/json-patch+json") || takes_stated {
            let marked = self.marked_body(operation, flavour)?;
            return Some(Body::Json(self.resolve(&marked, fresh, 0)?));
        }
        if takes("multipart/form-data") {
            return Some(Body::File { name: "harness.txt".to_owned(), text: "A file of the harness.".to_owned() });
        }
        // What takes anything takes pictures.
        let Some(media_type) = facts.request_media_types.iter().find(|taken| *taken != "*/*").cloned() else {
            return Some(Body::Picture);
        };
        Some(Body::Raw { media_type, text: "text".to_owned() })
    }

    /// A body with marks: what is stated or was accepted, changed a little, or else what the schema says.
    fn marked_body(&mut self, operation: usize, flavour: Flavour) -> Option<Value> {
        let facts = self.plan.operation(operation);
        let (document, source) = self.plan.contract.source(facts);
        let content = &source["requestBody"]["content"];
        let json_types = ["application/json", "application/json-patch+json", "*/*"];
        let schema = json_types.iter().find_map(|json_type| content.get(json_type))?;
        let schema = &schema["schema"];
        let components = &document["components"]["schemas"];
        let links = self.plan.links;
        let generator = Generator { operation: facts, components, links, version: self.version, flavour };
        let known = match (links.body(facts), self.plan.world.recipe(operation)) {
            (Some(stated), _) => Some(self.stated(stated)),
            (None, Some(recipe)) => Some(recipe.clone()),
            (None, None) => self.as_made(operation, &generator.resolved(schema)),
        };
        let Some(mut known) = known else {
            return self.draw.from(&generator.value(schema, ""));
        };
        match flavour {
            Flavour::Sparse => {}
            Flavour::Usual => self.enrich(&mut known, &generator, schema),
            Flavour::Edge => self.sharpen(&mut known, &generator, schema),
        }
        Some(known)
    }

    /// A body that changes something, from the body that makes one, as far as the change takes the same.
    fn as_made(&mut self, operation: usize, schema: &Value) -> Option<Value> {
        let facts = self.plan.operation(operation);
        let kind = self.plan.links.kind(self.plan.links.kind_of(facts)?)?;
        let maker = kind.create.filter(|_| kind.update == Some(operation))?;
        let links = self.plan.links;
        let stated = links.body(self.plan.operation(maker)).map(|stated| self.stated(stated));
        let made = stated.or_else(|| self.plan.world.recipe(maker).cloned())?;
        let known = |name: &String| schema["properties"].get(name).is_some() && !links.is_ignored(facts, name);
        // What was made for the maker alone is not there.
        let entries =
            made.as_object()?.clone().into_iter().filter(|(name, value)| known(name) && !before::is_used(value));
        let entries: Map<_, _> = entries.collect();
        (!entries.is_empty()).then_some(Value::Object(entries))
    }

    /// Adds one of the properties that the schema has.
    fn enrich(&mut self, body: &mut Value, generator: &Generator<'_>, schema: &Value) {
        let Some(entries) = body.as_object_mut().filter(|_| self.draw.once_in(2)) else { return };
        let schema = generator.resolved(schema);
        let properties = schema["properties"].as_object().into_iter().flatten();
        let sent = |name: &str, facts: &Value| {
            let facts = generator.resolved(facts);
            let never = self.plan.links.is_never_sent(generator.operation, name);
            facts["readOnly"] != true && facts["deprecated"] != true && !never
        };
        let more: Vec<_> =
            properties.filter(|(name, facts)| !entries.contains_key(*name) && sent(name, facts)).collect();
        if let Some((name, facts)) = self.draw.of(&more)
            && let Some(value) = self.draw.from(&generator.value(facts, name))
        {
            entries.insert((*name).clone(), value);
        }
    }

    /// Puts one of its texts or numbers at the edge of what the schema allows.
    fn sharpen(&mut self, body: &mut Value, generator: &Generator<'_>, schema: &Value) {
        let mut places = Vec::new();
        leaves(body, generator.resolved(schema), generator, "", &mut places);
        let Some((pointer, schema)) = self.draw.of(&places).cloned() else { return };
        let name = pointer.rsplit('/').next().unwrap_or_default().to_owned();
        let name = if name == "name" { String::new() } else { name };
        if let (Some(place), Some(value)) =
            (body.pointer_mut(&pointer), self.draw.from(&generator.value(&schema, &name)))
        {
            *place = value;
        }
    }

    /// A stated value with its marks read.
    fn stated(&mut self, stated: &Value) -> Value {
        match stated {
            Value::String(text) if text == "@rich" => self.draw.from(&rich_text(self.version)).unwrap_or_default(),
            Value::String(text) if text == "@jql" => self.draw.from(&jql()).unwrap_or_default().into(),
            Value::String(text) if text == "@digit" => json!(1 + self.draw.below(9)),
            // Parts of a text that are marks stand in braces.
            Value::String(text) if text.contains("{@") => {
                let parts = text.split(['{', '}']).filter(|part| !part.is_empty());
                mark::joined(parts.map(|part| self.stated(&json!(part))).collect::<Vec<_>>().into_iter())
            }
            Value::String(text) => {
                let index = self.draw.below(1000);
                match self.plan.links.stated(text, index) {
                    Some(Mark::Answer { step, attribute, number }) => {
                        let step = self.before.get(step).copied().unwrap_or(usize::MAX);
                        Mark::Answer { step, attribute, number }.value()
                    }
                    Some(mark) => mark.value(),
                    None => stated.clone(),
                }
            }
            Value::Array(items) => items.iter().map(|item| self.stated(item)).collect(),
            Value::Object(entries) => {
                if let Some(choice) = entries.get("@any").and_then(Value::as_array) {
                    let chosen = self.draw.of(choice).cloned().unwrap_or_default();
                    return self.stated(&chosen);
                }
                let mut filled = Map::new();
                for (name, entry) in entries {
                    filled.insert(mark::text(&self.stated(&json!(name))), self.stated(entry));
                }
                Value::Object(filled)
            }
            other => other.clone(),
        }
    }

    /// Replaces the marks of things by things.
    fn resolve(&mut self, value: &Value, fresh: bool, depth: usize) -> Option<Value> {
        let mut thing = |mark: Mark| match mark {
            Mark::Thing { kind, attribute, index, number } => {
                self.thing(&Meaning { kind, attribute }, index, number, fresh, depth).ok_or(())
            }
            other => Ok(other.value()),
        };
        mark::replace(value, &mut thing).ok()
    }

    /// A property of something of a kind: of something made for it, or of something known.
    fn thing(&mut self, meaning: &Meaning, index: usize, number: bool, fresh: bool, depth: usize) -> Option<Value> {
        if let Some(whose) = match meaning.kind.as_str() {
            "self" => Some(&self.plan.world.me),
            "other" => Some(&self.plan.world.other),
            _ => None,
        } {
            return mark::attribute(whose, &meaning.attribute, number);
        }
        let nothing_known = self.plan.world.things(&meaning.kind).is_empty();
        if (fresh || nothing_known)
            && let Some(step) = self.make(&meaning.kind, None, depth + 1)
        {
            let attribute = meaning.attribute.clone();
            return Some(Mark::Answer { step, attribute, number }.value());
        }
        let things = usable(self.plan, &meaning.kind, self.writes, self.own);
        let thing = things.get(index % things.len().max(1))?;
        mark::attribute(&thing.object, &meaning.attribute, number)
    }

    fn choose(&mut self, kind: &str) -> Option<Thing> {
        let things = usable(self.plan, kind, self.writes, self.own);
        self.draw.of(&things).map(|thing| (*thing).clone())
    }

    fn name(&mut self, form: &str) -> Value {
        Mark::Unique { form: form.to_owned(), index: self.draw.below(1_000_000) }.value()
    }
}

/// The things that may be used. What is written to is what this run made, if there is any; where only a project may
/// be touched, nothing else in it is.
fn usable<'a>(plan: &Plan<'a>, kind: &str, writes: bool, own: bool) -> Vec<&'a Thing> {
    let things = plan.world.things(kind);
    let own: Vec<_> = things.iter().filter(|thing| thing.own && (writes || own)).collect();
    let only_own = writes && *plan.scope != Scope::Site && plan.links.is_in_project(kind);
    if own.is_empty() && !only_own { things.iter().collect() } else { own }
}

/// The texts and numbers of a body that may be anything, and their schemas.
fn leaves(value: &Value, schema: Value, generator: &Generator<'_>, pointer: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(entries) => {
            for (name, entry) in entries {
                let property = generator.resolved(&schema["properties"][name]);
                leaves(entry, property, generator, &format!("{pointer}/{name}"), found);
            }
        }
        // What says which things are meant stays: anything else might mean others.
        Value::String(_) | Value::Number(_) if !before::refers(value) => {
            // Fields of issues are in no schema; what they are called tells enough.
            let schema = if schema.is_object() { schema } else { json!({ "type": "string", "maxLength": 255 }) };
            let name = pointer.rsplit('/').next().unwrap_or_default();
            if generator.links.named(generator.operation, name).is_none() {
                found.push((pointer.to_owned(), schema));
            }
        }
        _ => {}
    }
}

/// Whether an operation only reads.
pub fn reads(links: &Links, operation: &Operation) -> bool {
    operation.method == Method::GET || links.only_reads(operation)
}
