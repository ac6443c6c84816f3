//! Whether the whole language is asked: what the server says that it knows, against what the queries are made of.

use crate::{eval, load, queries, runner, sites};
use mock_jira::{
    MockJira,
    domain::jql::{
        self, Clause, Operand, Operator, PredicateOperator, Query,
        resolve::{Referents, Scope, reference},
    },
};
use proptest::strategy::{Strategy, ValueTree};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Fields that no query names, and why.
const FIELDS: &[(&str, &str)] = &[
    ("Epic Color", "a text like Design link"),
    ("Epic Name", "a text like Customer"),
    ("Epic Status", "an option like Severity"),
    ("Flagged", "options like Browsers"),
    ("Issue color", "a text like Customer"),
];

/// Functions that no query calls: about approvals and goals of service, of which a site keeps nothing.
const FUNCTIONS: &[&str] = &[
    "approved",
    "approver",
    "breached",
    "completed",
    "elapsed",
    "everbreached",
    "myApproval",
    "myPending",
    "paused",
    "pending",
    "pendingBy",
    "remaining",
    "running",
    "withinCalendarHours",
];

/// Fields of which no fact tells how they order issues: what is found is compared, and not its order.
const ORDERS: &[&str] = &[
    "Browsers",
    "Environment type",
    "Epic Link",
    "Keywords",
    "Responsible group",
    "Reviewers",
    "Severity",
    "Sprint",
    "Target versions",
    "affectedVersion",
    "category",
    "component",
    "fixVersion",
    "issuetype",
    "labels",
    "level",
    "parent",
    "projectType",
    "status",
    "statusCategory",
    "type",
    "voter",
    "watcher",
    "workType",
];

/// Tests and orders that are looked at of each site.
const TESTS: usize = 3_000;
const SORTS: usize = 100;
const SITES: u64 = 8;

/// What queries are made of, in lower case.
#[derive(Default)]
struct Used {
    fields: HashMap<String, HashSet<Operator>>,
    functions: HashSet<String>,
    predicates: HashSet<PredicateOperator>,
    orders: HashSet<String>,
}

impl Used {
    fn note(&mut self, query: &Query) {
        self.orders.extend(query.order_by.iter().map(|sort| sort.field.name.to_lowercase()));
        query.where_clause.iter().for_each(|clause| self.note_clause(clause));
    }

    fn note_clause(&mut self, clause: &Clause) {
        match clause {
            Clause::And(clauses) | Clause::Or(clauses) => clauses.iter().for_each(|clause| self.note_clause(clause)),
            Clause::Not(clause) => self.note_clause(clause),
            Clause::Terminal(test) => {
                self.fields.entry(test.field.name.to_lowercase()).or_default().insert(test.operator);
                test.operand.iter().for_each(|operand| self.note_operand(operand));
                for predicate in &test.predicates {
                    self.predicates.insert(predicate.operator);
                    self.note_operand(&predicate.operand);
                }
            }
        }
    }

    fn note_operand(&mut self, operand: &Operand) {
        match operand {
            Operand::List(list) => list.items.iter().for_each(|item| self.note_operand(item)),
            Operand::Function(function) => drop(self.functions.insert(function.name.to_lowercase())),
            Operand::Value(_) | Operand::Empty => {}
        }
    }

    /// The operators behind any of a field's names.
    fn operators(&self, names: &[String]) -> HashSet<&'static str> {
        let used = names.iter().filter_map(|name| self.fields.get(&name.to_lowercase())).flatten();
        used.map(|operator| operator.as_str()).collect()
    }
}

fn texts(known: &Value) -> Vec<&str> {
    known.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// A field's names: as queries write it, by number, and as people are shown it.
fn names(field: &Value) -> Vec<String> {
    let written = field["value"].as_str().unwrap();
    let query = jql::parse(&format!("ORDER BY {written}")).unwrap();
    let shown = field["displayName"].as_str().unwrap().split(" - ").next().unwrap();
    let number = field["cfid"].as_str();
    [query.order_by[0].field.name.as_str(), shown].into_iter().chain(number).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_whole_language_is_asked() {
    let mut used = Used::default();
    let mut site = None;
    for seed in 0..SITES {
        let mut runner = runner(seed);
        let made = sites::site().new_tree(&mut runner).unwrap().current();
        let parts = [(queries::test(&made, true), TESTS), (queries::order(), SORTS)];
        for (strategy, times) in parts {
            for _ in 0..times {
                used.note(&jql::parse(&strategy.new_tree(&mut runner).unwrap().current()).unwrap());
            }
        }
        site = Some(made);
    }
    let (site, mock) = (site.unwrap(), MockJira::builder().start().await.unwrap());
    let loaded = load::load(&mock.server().db, &site).await;
    let (context, referents) = (loaded.context(Some(0)), Referents::default());
    let scope = Scope { site: &context.site, caller: &context.caller, now: context.now, referents: &referents };
    let known = reference(&scope, None, true);

    let (mut unnamed, mut unordered, mut in_any_order) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut incomplete = Vec::new();
    for field in known["visibleFieldNames"].as_array().unwrap() {
        let names = names(field);
        let operators = used.operators(&names);
        let missing: Vec<&str> =
            texts(&field["operators"]).into_iter().filter(|name| !operators.contains(name)).collect();
        match missing.as_slice() {
            [] => {}
            _ if operators.is_empty() => drop(unnamed.insert(names[1].clone())),
            _ => incomplete.push(format!("{}: {}", names[1], missing.join(", "))),
        }
        if field["orderable"] == "true" {
            let sort =
                &jql::parse(&format!("ORDER BY {}", field["value"].as_str().unwrap())).unwrap().order_by[0].field;
            if !names.iter().any(|name| used.orders.contains(&name.to_lowercase())) {
                unordered.insert(names[1].clone());
            } else if !eval::knows_order(&site, sort) {
                in_any_order.insert(names[1].clone());
            }
        }
    }
    let functions = known["visibleFunctionNames"].as_array().unwrap().iter();
    let functions = functions.map(|function| function["value"].as_str().unwrap().split('(').next().unwrap());
    let uncalled: BTreeSet<&str> = functions.filter(|name| !used.functions.contains(&name.to_lowercase())).collect();

    assert_eq!(incomplete, Vec::<String>::new(), "operators that are never behind their field");
    let left_out: BTreeSet<String> = FIELDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(unnamed, left_out, "fields that no query names");
    assert_eq!(unordered, left_out, "fields that no query orders by");
    assert_eq!(Vec::from_iter(in_any_order), ORDERS, "fields of which the order is not compared");
    assert_eq!(uncalled, BTreeSet::from_iter(FUNCTIONS.iter().copied()), "functions that no query calls");
    assert_eq!(used.predicates.len(), 7, "{:?}", used.predicates);
    mock.stop().await.unwrap();
}
