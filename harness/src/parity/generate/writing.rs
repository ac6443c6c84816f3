//! Generated scenarios that write: the cases of a contract run, told as scenarios.
//!
//! A contract run gets to know its target first; a scenario knows none. So plans are made from a world in which names
//! stand for what the shared scenarios capture, and everything else is made by the scenario itself and deleted at its
//! end. Nothing is touched but what it made in the project, and of that answers are compared whole.

use http::Method;
use serde_json::{Value, json};

use crate::{
    contract::Contract,
    parity::{
        scenario::{Raw, Scenario, Step, Who},
        selector::Selector,
        variables::names,
    },
    run::{
        case::{self, Case, Role},
        execute,
        links::{Links, parameters},
        mark::{self, Mark},
        plan::{self, Plan},
        scope::Scope,
        world::{Thing, World},
    },
    target::{Body, Caller},
};

/// Cases of each operation that could be accepted: with what is required, and as a client sends it.
const CASES: usize = 2;

/// Scenarios of all operations on things that live in the project.
pub fn writing(contract: &Contract, links: &Links, seed: u64) -> Vec<Scenario> {
    let scope = Scope::Project("{project}".to_owned());
    let world = world(contract, links, &scope);
    let plan = Plan { contract, links, world: &world, scope: &scope, seed };
    let writes = |step: &case::Step| !plan::reads(links, &contract.operations()[step.operation]);
    let all = 0..contract.operations().len();
    all.flat_map(|operation| plan::cases(&plan, operation, CASES, &[Caller::Anonymous]).0)
        .filter(|case| case.steps.iter().any(writes))
        .filter_map(|case| told(contract, links, tidied(contract, links, case)))
        .collect()
}

/// What the shared scenarios capture, and that everything in the project can be made.
fn world(contract: &Contract, links: &Links, scope: &Scope) -> World {
    let mut world = World::new(json!({ "accountId": "{me}" }), Value::Null);
    for (kind, object) in [
        ("/rest/api/3/project", json!({ "id": "{projectId}", "key": "{project}" })),
        ("/rest/api/3/issuetype", json!({ "id": "{task}" })),
        ("/rest/api/3/priority", json!({ "id": "{priority}" })),
        ("/rest/api/3/user", json!({ "accountId": "{me}" })),
    ] {
        world.add(kind, Thing { parents: Vec::new(), object, own: false });
    }
    for (_, kind) in links.kinds() {
        if let Some(maker) = kind.create.or(kind.update)
            && scope.allows(links, &contract.operations()[maker])
        {
            world.learn(maker, None);
        }
    }
    world
}

/// The case, and requests that delete what it makes, should it not do that itself. What is below something made goes
/// with that.
fn tidied(contract: &Contract, links: &Links, mut case: Case) -> Case {
    let operations = contract.operations();
    for number in (0..case.steps.len()).rev() {
        let step = &case.steps[number];
        let kind = links.kind_of(&operations[step.operation]).and_then(|kind| links.kind(kind));
        let Some(kind) = kind.filter(|kind| kind.create == Some(step.operation) && kind.by.is_none()) else { continue };
        let Some(delete) = kind.delete.filter(|_| !step.path.iter().any(|(_, value)| is_made(value))) else { continue };
        let of = |step: &case::Step| step.path.last().and_then(|(_, value)| Mark::read(value));
        let deletes = |step: &case::Step| {
            let is_about = matches!(of(step), Some(Mark::Answer { step, .. }) if step == number);
            // What a query names may not be there then.
            is_about && step.operation == delete && step.role == Role::Try && step.query.is_empty()
        };
        if case.steps.iter().any(deletes) {
            continue;
        }
        let facts = &operations[delete];
        let Some(name) = parameters(&facts.path).last() else { continue };
        let attribute = links.path_parameter(facts, name).map_or_else(|| "id".to_owned(), |meaning| meaning.attribute);
        let made = Mark::Answer { step: number, attribute, number: false }.value();
        let values = step.path.iter().map(|(_, value)| value.clone()).chain([made]);
        let path = parameters(&facts.path).map(str::to_owned).zip(values).collect();
        let (version, caller, role) = (step.version, Caller::Main, Role::Try);
        case.steps.push(case::Step {
            operation: delete,
            version,
            caller,
            path,
            query: Vec::new(),
            body: Body::Empty,
            role,
        });
    }
    case
}

/// The case as a scenario. Nothing if it tries nothing that can be told.
fn told(contract: &Contract, links: &Links, case: Case) -> Option<Scenario> {
    let mut steps: Vec<Option<Step>> = Vec::new();
    for (number, planned) in case.steps.iter().enumerate() {
        let told = match planned.role {
            // What depends on how an answer goes on can't be written down before.
            Role::Follow { .. } | Role::Pages | Role::Unlisted { .. } => None,
            _ => Some(step(contract, links, &case, &mut steps, number)?),
        };
        steps.push(told);
    }
    let tries = |(planned, step): (&case::Step, &Option<Step>)| step.is_some() && planned.role != Role::Prepare;
    case.steps.iter().zip(&steps).any(tries).then(|| Scenario {
        name: format!("generated: {}", case.purpose),
        shared: false,
        steps: steps.into_iter().flatten().collect(),
    })
}

/// One step of a case. What it needs of earlier ones, these are made to capture.
fn step(contract: &Contract, links: &Links, case: &Case, told: &mut [Option<Step>], number: usize) -> Option<Step> {
    let planned = &case.steps[number];
    let mut known = |scope, mark| known(contract, case, told, scope, mark);
    let request = execute::request(contract, number, planned, &mut known)?;
    let mut path = request.path;
    for name in names(&Value::from(percent_encoding::percent_decode_str(&path).decode_utf8_lossy())) {
        // What chance put into braces stays encoded.
        if is_name(&name) {
            path = path.replace(&format!("%7B{name}%7D"), &format!("{{{name}}}"));
        }
    }
    let mut step = Step::new(request.method, path);
    step.reads = plan::reads(links, &contract.operations()[planned.operation]);
    // Beside what this scenario made, the two sites hold different things.
    step.kinds = step.reads && !planned.path.iter().any(|(_, value)| is_made(value));
    step.caller = if request.caller == Caller::Anonymous { Who::Anonymous } else { Who::Main };
    match request.body {
        Body::Empty => {}
        Body::Json(body) => step.body = Some(plain(body)),
        Body::Raw { media_type, text } => step.raw = Some(Raw { media_type, text }),
        Body::File { text, .. } => step.file = Some(text),
        // Scenarios are text.
        Body::Picture => return None,
    }
    Some(step)
}

/// The text that stands for what is known only when the request is sent.
fn known(contract: &Contract, case: &Case, told: &mut [Option<Step>], scope: usize, mark: Mark) -> Option<Value> {
    match mark {
        Mark::Thing { .. } => None,
        Mark::Unique { form, index } => {
            // Paths name the same things in all steps.
            let scope = if scope == usize::MAX { "p".to_owned() } else { scope.to_string() };
            let text = format!("{{run}}x{scope}x{index}");
            Some(Value::from(match form.as_str() {
                "email" => format!("harness.{text}@example.com"),
                "word" => format!("harness{text}"),
                "name" => format!("Harness {text}"),
                // Keys of projects are shorter than a run is long.
                _ => return None,
            }))
        }
        Mark::Answer { step, attribute, .. } => {
            let made = &case.steps[step];
            if contract.operations()[made.operation].method == Method::PUT {
                // Who chose the name needs no answer to tell it.
                let (_, name) = made.path.last()?;
                let mut known = |mark| known(contract, case, told, usize::MAX, mark).ok_or(());
                return mark::replace(name, &mut known).ok();
            }
            // Scenarios look at bodies alone.
            if attribute == "location" {
                return None;
            }
            let name = format!("{MADE}{step}{}", attribute.replace('/', ""));
            let places = match attribute.starts_with('/') {
                true => attribute,
                false => format!("/{attribute}|/id|/key|/relatedWorkId|/0/{attribute}|/0/id"),
            };
            let selector = Selector::try_from(places).ok()?;
            told.get_mut(step)?.as_mut()?.capture.insert(name.clone(), selector);
            Some(Value::from(format!("{{{name}}}")))
        }
    }
}

/// What names of captured values begin with.
const MADE: &str = "made";

fn is_name(name: &str) -> bool {
    ["run", "project", "projectId", "task", "priority", "me"].contains(&name) || name.starts_with(MADE)
}

fn is_made(value: &Value) -> bool {
    matches!(Mark::read(value), Some(Mark::Answer { .. }))
}

/// A body in which chance wrote no names.
fn plain(body: Value) -> Value {
    let text = |text: String| match names(&Value::from(text.as_str())).iter().all(|name| is_name(name)) {
        true => text,
        false => text.replace('{', "("),
    };
    match body {
        Value::String(string) => Value::String(text(string)),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (text(name), plain(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schemas;
    use std::{collections::BTreeSet, path::Path};

    fn scenarios(seed: u64) -> Vec<Scenario> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
        let contract = Contract::load(&folder).unwrap();
        let links = Links::new(&contract, schemas::read(&folder.join("links.json")).unwrap()).unwrap();
        writing(&contract, &links, seed)
    }

    fn lines(scenario: &Scenario) -> Vec<String> {
        scenario.steps.iter().map(|step| String::from(step.request.clone())).collect()
    }

    #[test]
    fn things_are_made_read_changed_listed_and_deleted() {
        let scenarios = scenarios(1);
        let lines_of = |name: &str| {
            let found = scenarios.iter().find(|scenario| scenario.name == format!("generated: {name}"));
            lines(found.unwrap_or_else(|| panic!("{name}")))
        };
        let comment = "/rest/api/3/issue/{made0key}/comment/{made1id}";
        let expected = [
            "POST /rest/api/3/issue".to_owned(),
            "POST /rest/api/3/issue/{made0key}/comment".to_owned(),
            format!("GET {comment}"),
            format!("GET {}", comment.replace("/3/", "/2/")),
            format!("GET {comment}"),
            "GET /rest/api/3/issue/{made0key}/comment".to_owned(),
            format!("PUT {comment}"),
            format!("GET {comment}"),
            format!("DELETE {comment}"),
            format!("GET {comment}"),
            "DELETE /rest/api/3/issue/{made0key}".to_owned(),
        ];
        assert_eq!(lines_of("POST /rest/api/3/issue/{issueIdOrKey}/comment case 1"), expected);
        // What should be refused is deleted, if it isn't.
        let broken = lines_of("POST /rest/api/3/version near-misses");
        let count = |line: &str| broken.iter().filter(|other| other.starts_with(line)).count();
        assert!(count("POST ") > 3 && count("POST ") == count("DELETE "), "{broken:?}");
    }

    #[test]
    fn a_seed_reproduces_them_and_every_name_is_known_before_it_is_used() {
        let all = scenarios(1);
        assert_eq!(
            all.iter().flat_map(lines).collect::<Vec<_>>(),
            scenarios(1).iter().flat_map(lines).collect::<Vec<_>>()
        );
        let names_in = |step: &Step| {
            names(&json!([step.request.path, step.body.clone().unwrap_or_default()])).into_iter().collect::<Vec<_>>()
        };
        for scenario in &all {
            let mut known: BTreeSet<String> =
                ["run", "project", "projectId", "task", "priority", "me"].map(str::to_owned).into();
            for step in &scenario.steps {
                for name in names_in(step) {
                    assert!(known.contains(&name), "{}: {name} in {:?}", scenario.name, step.request);
                }
                known.extend(step.capture.keys().cloned());
            }
        }
    }

    #[test]
    fn nothing_is_written_but_below_the_project() {
        for scenario in scenarios(1) {
            for step in scenario.steps.iter().filter(|step| !step.only_reads()) {
                let path = &step.request.path;
                // What there is not (a number that nobody has) can't be changed.
                let named = path.contains("{made") || path.contains("987654321");
                let makes = ["issue", "issueLink", "version", "component"];
                let makes = makes.iter().any(|kind| path.ends_with(&format!("/rest/api/3/{kind}")));
                assert!(named || makes, "{}: {:?}", scenario.name, step.request);
            }
        }
    }
}
