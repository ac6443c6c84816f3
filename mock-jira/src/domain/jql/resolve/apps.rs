//! Functions that apps add to the language: a clause with one stands for the JQL that the app gave for it.
//!
//! What an app gave is kept as a precomputation, one for each call: function, field, operator and arguments.

use super::{Problem, Resolver, Sense, condition::Condition, functions, saved, sentences};
use crate::domain::jql::{self, Clause, Function, Operand, Query, Terminal};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A function of an app, as its manifest declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppFunction {
    /// The key of its module.
    pub key: String,
    /// How queries call it, in any case.
    pub name: String,
    /// The account that the app calls with.
    pub account_id: String,
    /// What it takes; the required ones come first.
    pub arguments: Vec<Argument>,
    /// The operators it may stand behind.
    pub operators: Vec<String>,
}

/// What an app's function takes.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// Its name, for people.
    pub name: String,
    /// Whether a call without it is refused.
    #[serde(default)]
    pub required: bool,
}

/// What stands for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Precomputation {
    /// The call's id.
    pub id: Uuid,
    /// What was called.
    pub call: Call,
    /// What the app gave.
    pub outcome: Outcome,
    /// When it was first needed.
    pub created: DateTime<Utc>,
    /// When the app gave it.
    pub updated: DateTime<Utc>,
    /// When a query last needed it.
    pub used: DateTime<Utc>,
}

/// A call of an app's function in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The key of the function.
    pub function_key: String,
    /// The field before it, as typed.
    pub field: String,
    /// The operator before it.
    pub operator: String,
    /// What it is given.
    pub arguments: Vec<String>,
}

/// What an app gave for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet.
    Pending,
    /// JQL with a condition and no order.
    Fragment(String),
    /// A sentence for who runs the query.
    Refused(String),
}

/// The apps' functions that a query calls, and what is known of the calls.
#[derive(Debug, Default)]
pub struct AppCalls {
    /// The functions.
    pub functions: Vec<AppFunction>,
    /// The calls' precomputations.
    pub precomputations: Vec<Precomputation>,
}

impl Call {
    /// The id of its precomputation: always the same one.
    pub fn id(&self) -> Uuid {
        let mut hash = Sha256::new();
        let parts = [&self.function_key, &self.field, &self.operator].into_iter().chain(&self.arguments);
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

impl Outcome {
    /// The fragment, or the sentence.
    pub fn parts(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Pending => (None, None),
            Self::Fragment(value) => (Some(value), None),
            Self::Refused(sentence) => (None, Some(sentence)),
        }
    }

    /// A fragment, if it can stand in place of a clause; or why it can't.
    pub fn fragment(value: &str) -> Result<Self, String> {
        let query = jql::parse(value).map_err(|error| error.message)?;
        match query {
            Query { where_clause: Some(_), order_by } if order_by.is_empty() => Ok(Self::Fragment(value.to_owned())),
            _ => Err(format!("The value '{value}' is not a JQL condition.")),
        }
    }
}

/// Clauses of a query that call a function which is not Jira's own.
pub fn foreign_calls(query: &Query) -> Vec<(&Terminal, &Function)> {
    let mut calls = Vec::new();
    let mut clauses: Vec<&Clause> = query.where_clause.iter().collect();
    while let Some(clause) = clauses.pop() {
        match clause {
            Clause::And(inner) | Clause::Or(inner) => clauses.extend(inner),
            Clause::Not(inner) => clauses.push(inner),
            Clause::Terminal(terminal) => calls.extend(foreign_call(terminal).map(|function| (&**terminal, function))),
        }
    }
    calls
}

/// The function called, if it is not Jira's own. Of two of one name Jira's own is called.
fn foreign_call(terminal: &Terminal) -> Option<&Function> {
    match &terminal.operand {
        Some(Operand::Function(function)) if functions::gives_list(function).is_none() => Some(function),
        _ => None,
    }
}

impl AppCalls {
    /// The app's function that a clause calls, and the call.
    pub fn find(&self, terminal: &Terminal) -> Option<(&AppFunction, Call)> {
        let called = foreign_call(terminal)?;
        let function = self.functions.iter().find(|function| function.name.eq_ignore_ascii_case(&called.name))?;
        let call = Call {
            function_key: function.key.clone(),
            field: terminal.field.full_name(),
            operator: terminal.operator.as_str().to_owned(),
            arguments: called.args.iter().map(|value| value.text.clone()).collect(),
        };
        Some((function, call))
    }
}

impl Resolver<'_> {
    /// What a clause means that calls an app's function; `None` if it calls none.
    pub(super) fn app_call(&self, terminal: &Terminal, sense: Sense) -> Option<Result<Condition, Vec<Problem>>> {
        let apps = &self.scope.referents.apps;
        let (function, call) = apps.find(terminal)?;
        if self.running.fragment.get() {
            // Only Jira's own functions may stand in a fragment.
            return Some(Err(vec![sentences::no_function(&function.name)]));
        }
        if !function.operators.contains(&call.operator) {
            return Some(Err(vec![sentences::wrong_function(&function.name, &call.field)]));
        }
        let required = function.arguments.iter().filter(|argument| argument.required).count();
        let arity = required..=function.arguments.len();
        if !arity.contains(&call.arguments.len()) {
            return Some(Err(vec![sentences::wrong_arity(&function.name, &arity, call.arguments.len())]));
        }
        let id = call.id();
        let known = apps.precomputations.iter().find(|known| known.id == id);
        Some(match known.map(|known| &known.outcome) {
            Some(Outcome::Fragment(value)) => self.fragment(value, sense),
            Some(Outcome::Refused(sentence)) => Err(vec![sentence.clone().into()]),
            Some(Outcome::Pending) | None => Err(vec![sentences::not_computed(&function.name)]),
        })
    }

    fn fragment(&self, value: &str, sense: Sense) -> Result<Condition, Vec<Problem>> {
        let query = jql::parse(value).map_err(|error| vec![error.message.into()])?;
        let Some(clause) = &query.where_clause else { return Ok(Condition::Everything) };
        let entered = self.running.entered.get() + 1;
        self.running.entered.set(entered);
        if entered > saved::MOST {
            return Err(vec![sentences::too_many_filters()]);
        }
        self.running.fragment.set(true);
        let mut problems = Vec::new();
        let condition = self.clause(clause, sense, &mut problems);
        self.running.fragment.set(false);
        if problems.is_empty() { Ok(condition) } else { Err(problems) }
    }
}
