//! Whether the whole language is asked: what the server says that it knows, against what the queries are made of.

use crate::{eval, load, queries, runner, site::Site, sites};
use mock_jira::{
    MockJira,
    domain::jql::{
        self, Clause, Operand, PredicateOperator, Query,
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

/// Queries of each kind that are looked at of each site.
const QUERIES: usize = 300;
const SITES: u64 = 8;

/// What queries are made of; names are in lower case.
#[derive(Default)]
struct Used {
    names: HashSet<String>,
    /// The operators behind each field, by whatever name.
    operators: HashMap<String, HashSet<&'static str>>,
    functions: HashSet<String>,
    predicates: HashSet<PredicateOperator>,
    orders: HashSet<String>,
}

impl Used {
    fn note(&mut self, site: &Site, query: &Query) {
        self.orders.extend(query.order_by.iter().map(|sort| sort.field.name.to_lowercase()));
        query.where_clause.iter().for_each(|clause| self.note_clause(site, clause));
    }

    fn note_clause(&mut self, site: &Site, clause: &Clause) {
        match clause {
            Clause::And(clauses) | Clause::Or(clauses) => {
                clauses.iter().for_each(|clause| self.note_clause(site, clause));
            }
            Clause::Not(clause) => self.note_clause(site, clause),
            Clause::Terminal(test) => {
                self.names.insert(test.field.name.to_lowercase());
                for field in eval::meant(site, &test.field) {
                    self.operators.entry(field).or_default().insert(test.operator.as_str());
                }
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
}

fn texts(known: &Value) -> Vec<&str> {
    known.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// A field as queries write it.
fn written(field: &Value) -> jql::Field {
    let query = jql::parse(&format!("ORDER BY {}", field["value"].as_str().unwrap())).unwrap();
    query.order_by.into_iter().next().unwrap().field
}

#[tokio::test]
async fn the_whole_language_is_asked() {
    let mut used = Used::default();
    let mut site = None;
    for seed in 0..SITES {
        let mut runner = runner(seed);
        let made = sites::site().new_tree(&mut runner).unwrap().current();
        let parts = queries::kinds(&made, true).chain([queries::order()]);
        for strategy in parts {
            for _ in 0..QUERIES {
                used.note(&made, &jql::parse(&strategy.new_tree(&mut runner).unwrap().current()).unwrap());
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
    let mut incomplete: Vec<String> = Vec::new();
    for field in known["visibleFieldNames"].as_array().unwrap() {
        let (named, shown) = (written(field), field["displayName"].as_str().unwrap().split(" - ").next().unwrap());
        let is_in = |names: &HashSet<String>| {
            let known = [Some(named.name.as_str()), Some(shown), field["cfid"].as_str()];
            known.into_iter().flatten().any(|name| names.contains(&name.to_lowercase()))
        };
        let behind: HashSet<_> =
            eval::meant(&site, &named).iter().filter_map(|field| used.operators.get(field)).flatten().collect();
        let mut missing = texts(&field["operators"]);
        if !missing.is_empty() && !is_in(&used.names) {
            unnamed.insert(shown.to_owned());
        } else {
            missing.retain(|operator| !behind.contains(operator));
            incomplete.extend(missing.iter().map(|operator| format!("{shown} {operator}")));
        }
        if field["orderable"] == "true" {
            if !is_in(&used.orders) {
                unordered.insert(shown.to_owned());
            } else if !eval::knows_order(&site, &named) {
                in_any_order.insert(shown.to_owned());
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
