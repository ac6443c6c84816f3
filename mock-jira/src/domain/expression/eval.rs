//! A tree to a value.
//!
//! The evaluator never waits: a [`World`] that lacks something stops it with [`Stop::Missing`], and it is run again
//! when that is there. So every run counts from the beginning, and only the last one counts.

use super::{
    ast::{Binary, Expr, Node, Unary},
    conversions::{number_of, parse_json, stringify, text_of},
    dates,
    schema::{self, CONSTRUCTORS, Cost, Kind},
    value::{Entity, Function, Members, Scope, Value},
    world::{Lack, Missing, World},
};
use regex::RegexBuilder;
use std::{collections::HashSet, sync::Arc};

/// Most steps of an evaluation.
pub const MAX_STEPS: usize = 10_000;
/// Most expensive operations of an evaluation.
pub const MAX_EXPENSIVE: usize = 10;
/// Most things of Jira's in a result.
pub const MAX_BEANS: usize = 1000;
/// Most other values in a result.
pub const MAX_PRIMITIVES: usize = 10_000;
/// Items of a list that are looked at for nothing.
const FREE_ITEMS: usize = 1000;
/// Evaluations within evaluations.
const MAX_NESTING: usize = 160;

/// Why there is no value.
#[derive(Debug)]
pub enum Stop {
    /// Something must be loaded first.
    Missing(Missing),
    /// A part of the expression can't be evaluated.
    Failed {
        /// Its source.
        part: String,
        /// Why.
        message: String,
    },
    /// The expression threw that.
    Thrown(Value),
    /// It is too much: nothing in the expression can help that.
    Limit(String),
}

impl Stop {
    /// As answers tell it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Missing(missing) => format!("Evaluation failed: {missing:?} can't be loaded"),
            Self::Failed { part, message } => format!("Evaluation failed: \"{part}\" - {message}"),
            Self::Thrown(value) => format!("Evaluation failed: {}", thrown_text(value)),
            Self::Limit(message) => format!("Evaluation failed: {message}"),
        }
    }
}

/// What was thrown, or the message of what was caught before.
fn thrown_text(value: &Value) -> String {
    match value {
        Value::Map(members) if members.of.contains_key("message") => text_of(&members.of["message"]),
        value => text_of(value),
    }
}

/// A value and what it took.
#[derive(Debug)]
pub struct Outcome {
    /// The value.
    pub value: Value,
    /// Of [`MAX_STEPS`].
    pub steps: usize,
    /// Of [`MAX_EXPENSIVE`].
    pub expensive: usize,
    /// Of [`MAX_BEANS`].
    pub beans: usize,
    /// Of [`MAX_PRIMITIVES`].
    pub primitives: usize,
}

/// Evaluates an expression.
pub fn evaluate(source: &str, node: &Node, world: &dyn World) -> Result<Outcome, Stop> {
    let mut run = Evaluator {
        source,
        world,
        steps: 0,
        expensive: 0,
        asked: HashSet::new(),
        loaded: HashSet::new(),
        nesting: 0,
        length_only: false,
    };
    let value = run.eval(node, &Scope::default())?;
    let (primitives, beans) = value.counts();
    for (count, most, what) in [(primitives, MAX_PRIMITIVES, "primitive values"), (beans, MAX_BEANS, "beans")] {
        if count > most {
            return Err(Stop::Limit(format!("The result has too many {what} ({count}), limit: {most}")));
        }
    }
    Ok(Outcome { value, steps: run.steps, expensive: run.expensive, beans, primitives })
}

pub(super) type Evaluated<T = Value> = Result<T, Stop>;

pub(super) struct Evaluator<'a> {
    source: &'a str,
    pub(super) world: &'a dyn World,
    steps: usize,
    expensive: usize,
    /// What was asked of a kind: it costs once.
    asked: HashSet<(Kind, String)>,
    /// What was asked of a thing.
    loaded: HashSet<(Entity, String)>,
    nesting: usize,
    /// What is evaluated next is asked for its length only.
    length_only: bool,
}

impl<'a> Evaluator<'a> {
    pub(super) fn fail<T>(&self, node: &Node, message: impl Into<String>) -> Evaluated<T> {
        Err(Stop::Failed { part: node.text(self.source).to_owned(), message: message.into() })
    }

    /// A result of the library's, with the place where it was asked for.
    pub(super) fn at<T>(&self, node: &Node, result: Result<T, String>) -> Evaluated<T> {
        result.or_else(|message| self.fail(node, message))
    }

    fn given(&self, node: &Node, result: Result<Value, Lack>) -> Evaluated {
        match result {
            Ok(value) => Ok(value),
            Err(Lack::Missing(missing)) => Err(Stop::Missing(missing)),
            Err(Lack::Unusable(message)) => self.fail(node, message),
        }
    }

    /// Counts steps.
    pub(super) fn step(&mut self, steps: usize) -> Evaluated<()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > MAX_STEPS {
            return Err(Stop::Limit(format!("The expression takes too many steps, limit: {MAX_STEPS}")));
        }
        Ok(())
    }

    /// Counts the steps of looking through a whole value.
    pub(super) fn look_through(&mut self, value: &Value) -> Evaluated<()> {
        self.step(value.weight() / 100)
    }

    fn spend(&mut self) -> Evaluated<()> {
        self.expensive += 1;
        if self.expensive > MAX_EXPENSIVE {
            let message = format!("The expression executes too many expensive operations, limit: {MAX_EXPENSIVE}");
            return Err(Stop::Limit(message));
        }
        Ok(())
    }

    /// Counts looking at an item of a list: the first ones are for nothing.
    pub(super) fn visit(&mut self, index: usize) -> Evaluated<()> {
        if index < FREE_ITEMS { Ok(()) } else { self.spend() }
    }

    fn charge(&mut self, cost: Cost, of: &Entity, name: &str, length_only: bool) -> Evaluated<()> {
        let new = match cost {
            Cost::Free => false,
            Cost::Once => self.asked.insert((of.kind, name.to_owned())),
            Cost::EachUnlessLength if length_only => self.asked.insert((of.kind, name.to_owned())),
            Cost::Each | Cost::EachUnlessLength => self.loaded.insert((of.clone(), name.to_owned())),
        };
        if new { self.spend() } else { Ok(()) }
    }

    pub(super) fn eval(&mut self, node: &Node, scope: &Scope) -> Evaluated {
        if self.nesting == MAX_NESTING {
            return Err(Stop::Limit("The expression calls functions within functions too deeply".into()));
        }
        self.nesting += 1;
        let value = self.kind(node, scope);
        self.nesting -= 1;
        value
    }

    fn kind(&mut self, node: &Node, scope: &Scope) -> Evaluated {
        if !matches!(*node.expr, Expr::Member { .. }) {
            self.length_only = false;
        }
        match &*node.expr {
            Expr::Null => Ok(Value::Null),
            Expr::Bool(flag) => Ok(Value::Bool(*flag)),
            Expr::Number(number) => Ok(Value::Number(*number)),
            Expr::Text(text) => Ok(Value::text(text)),
            Expr::Regex(pattern, flags) => self.regex(node, pattern, flags),
            Expr::Name(name) => self.name(node, name, scope),
            Expr::Member { .. } | Expr::Call(..) => Ok(self.chain(node, scope)?.unwrap_or(Value::Null)),
            Expr::Template(parts) => {
                let mut text = String::new();
                for part in self.all(parts, scope)? {
                    self.look_through(&part)?;
                    text.push_str(&text_of(&part));
                }
                self.text(node, text)
            }
            Expr::New(kind, arguments) => self.construct(node, kind, arguments, scope),
            Expr::Unary(operator, operand) => self.unary(node, *operator, operand, scope),
            Expr::Binary(operator, left, right) => self.binary(node, *operator, left, right, scope),
            Expr::Choice(condition, yes, no) => {
                let chosen = if self.eval(condition, scope)?.is_truthy() { yes } else { no };
                self.eval(chosen, scope)
            }
            Expr::Lambda(lambda) => self.at(node, Value::function(lambda, scope)),
            Expr::List(items) => {
                let items = self.all(items, scope)?;
                self.at(node, Value::list(items))
            }
            Expr::Map(members) => {
                let mut map = Members::new();
                for (name, value) in members {
                    map.insert(name.clone(), self.eval(value, scope)?);
                }
                self.at(node, Value::map(map))
            }
            Expr::Let(variables, body) => {
                let mut inner = scope.clone();
                for (name, value) in variables {
                    let value = self.eval(value, &inner)?;
                    inner = self.at(node, inner.with(name, value))?;
                }
                self.eval(body, &inner)
            }
            Expr::Try(tried, name, caught) => self.attempt(node, tried, name.as_deref(), caught, scope),
            Expr::Throw(thrown) => Err(Stop::Thrown(self.eval(thrown, scope)?)),
        }
    }

    fn all(&mut self, nodes: &[Node], scope: &Scope) -> Evaluated<Vec<Value>> {
        nodes.iter().map(|node| self.eval(node, scope)).collect()
    }

    /// A text, unless it is too long.
    pub(super) fn text(&self, node: &Node, text: String) -> Evaluated {
        if text.len() > super::value::MAX_TEXT {
            return self.fail(node, "The text is too long.");
        }
        Ok(Value::text(text))
    }

    fn regex(&self, node: &Node, pattern: &str, flags: &str) -> Evaluated {
        let regex = super::texts::regex(RegexBuilder::new(pattern), flags);
        let regex = self.at(node, regex)?;
        Ok(Value::Regex(Arc::new(regex), flags.contains('g')))
    }

    fn name(&mut self, node: &Node, name: &str, scope: &Scope) -> Evaluated {
        if let Some(value) = scope.get(name) {
            return Ok(value.clone());
        }
        self.step(1)?;
        match self.world.variable(name).or_else(|| builtin(name)) {
            Some(value) => Ok(value),
            None => self.fail(node, format!("Unrecognized identifier: \"{name}\"")),
        }
    }

    fn unary(&mut self, node: &Node, operator: Unary, operand: &Node, scope: &Scope) -> Evaluated {
        // The one thing that can be asked of a variable that there is not.
        if let (Unary::TypeOf, Expr::Name(name)) = (operator, &*operand.expr)
            && scope.get(name).is_none()
            && self.world.variable(name).is_none()
            && builtin(name).is_none()
        {
            return Ok(Value::text("undefined"));
        }
        let value = self.eval(operand, scope)?;
        self.step(1)?;
        match (operator, value) {
            (Unary::Not, value) => Ok(Value::Bool(!value.is_truthy())),
            (Unary::TypeOf, value) => Ok(Value::text(value.type_name())),
            (Unary::Minus, Value::Number(number)) => Ok(Value::Number(-number)),
            (Unary::Minus, value) => self.fail(node, format!("Can't negate {}.", value.type_name())),
        }
    }

    fn binary(&mut self, node: &Node, operator: Binary, left: &Node, right: &Node, scope: &Scope) -> Evaluated {
        let left = self.eval(left, scope)?;
        self.step(1)?;
        let decided = match operator {
            Binary::And => !left.is_truthy(),
            Binary::Or => left.is_truthy(),
            Binary::Coalesce => !matches!(left, Value::Null),
            _ => false,
        };
        if decided {
            return Ok(left);
        }
        let right = self.eval(right, scope)?;
        match operator {
            Binary::And | Binary::Or | Binary::Coalesce => Ok(right),
            Binary::Equal | Binary::NotEqual => {
                self.look_through(&left)?;
                Ok(Value::Bool(left.equals(&right) == (operator == Binary::Equal)))
            }
            Binary::Add if matches!(left, Value::Text(_)) || matches!(right, Value::Text(_)) => {
                self.look_through(&left)?;
                self.look_through(&right)?;
                self.text(node, text_of(&left) + &text_of(&right))
            }
            operator => self.at(node, super::conversions::calculate(operator, &left, &right)),
        }
    }

    fn attempt(&mut self, node: &Node, tried: &Node, name: Option<&str>, caught: &Node, scope: &Scope) -> Evaluated {
        let nesting = self.nesting;
        let error = match self.eval(tried, scope) {
            Err(Stop::Failed { part, message }) => Members::from_iter([
                ("message".to_owned(), Value::text(message)),
                ("location".to_owned(), Value::text(part)),
            ]),
            Err(Stop::Thrown(value)) => Members::from_iter([("message".to_owned(), Value::text(thrown_text(&value)))]),
            other => return other,
        };
        self.nesting = nesting;
        let scope = match name {
            Some(name) => self.at(node, Value::map(error).and_then(|error| scope.with(name, error)))?,
            None => scope.clone(),
        };
        self.eval(caught, &scope)
    }

    /// A member or a call; nothing where `?.` ended the chain.
    fn chain(&mut self, node: &Node, scope: &Scope) -> Evaluated<Option<Value>> {
        match &*node.expr {
            Expr::Member { of, name, optional, computed } => {
                let length_only = std::mem::take(&mut self.length_only);
                self.length_only = !computed && matches!(&*name.expr, Expr::Text(text) if text == "length");
                let Some(owner) = self.chain(of, scope)? else { return Ok(None) };
                self.length_only = false;
                self.step(1)?;
                let shown = match (&*name.expr, computed) {
                    (Expr::Text(text), false) => format!("'{text}'"),
                    _ => name.text(self.source).to_owned(),
                };
                let name = self.eval(name, scope)?;
                let found = self.access(node, &owner, &name, length_only)?;
                if found.is_none() && !optional {
                    let others = match owner {
                        Value::Entity(Entity { kind: Kind::Issue, .. }) => self.world.fields(),
                        _ => Vec::new(),
                    };
                    let asked = of.text(self.source);
                    let message = schema::unrecognized(owner.type_name(), asked, &text_of(&name), &shown, others);
                    return self.fail(node, message);
                }
                Ok(found)
            }
            Expr::Call(callee, arguments) => {
                let Some(function) = self.chain(callee, scope)? else { return Ok(None) };
                let arguments = self.all(arguments, scope)?;
                self.step(1)?;
                self.call(node, callee, &function, &arguments).map(Some)
            }
            _ => self.eval(node, scope).map(Some),
        }
    }

    /// A member of a value, if it has it.
    fn access(&mut self, node: &Node, of: &Value, name: &Value, length_only: bool) -> Evaluated<Option<Value>> {
        let method = |name: &str| Some(Value::Method(Arc::new((of.clone(), name.to_owned()))));
        let name = match (of, name) {
            (Value::Null, _) => return Ok(None),
            (Value::List(list), Value::Number(index)) => {
                let item = (*index >= 0.0 && index.fract() == 0.0).then(|| list.of.get(*index as usize)).flatten();
                return Ok(Some(item.cloned().unwrap_or(Value::Null)));
            }
            (_, Value::Text(name)) => name.as_ref(),
            (Value::Map(_) | Value::Properties(_), Value::Number(_)) => &text_of(name),
            _ => return Ok(None),
        };
        let known = schema::member(of.type_name(), name);
        match of {
            Value::Map(map) => {
                let found = map.of.get(name).cloned();
                Ok(Some(found.or_else(|| known.and_then(|_| method(name))).unwrap_or(Value::Null)))
            }
            Value::Properties(_) if known.is_some() => Ok(method(name)),
            Value::Properties(owner) => self.property(node, owner, name).map(Some),
            Value::Entity(entity) => match known {
                Some(member) if member.arity.is_some() => Ok(method(name)),
                Some(member) => {
                    self.charge(member.cost, entity, name, length_only)?;
                    let value = self.world.member(entity, member.name);
                    self.given(node, value).map(Some)
                }
                None if entity.kind == Kind::Issue => match self.world.field(entity, name) {
                    Some(value) => {
                        self.charge(Cost::Once, entity, name, false)?;
                        self.given(node, value).map(Some)
                    }
                    None => Ok(None),
                },
                None => Ok(None),
            },
            Value::List(list) if name == "length" => Ok(Some(Value::int(list.of.len() as i64))),
            Value::Text(text) if name == "length" => Ok(Some(Value::int(text.encode_utf16().count() as i64))),
            Value::RichText(document) if name == "plainText" => {
                self.text(node, crate::domain::rich_text::to_plain(document)).map(Some)
            }
            _ => Ok(known.and_then(|_| method(name))),
        }
    }

    fn property(&mut self, node: &Node, owner: &Entity, key: &str) -> Evaluated {
        self.charge(Cost::Once, owner, &format!("properties.{key}"), false)?;
        let value = self.world.property(owner, key);
        self.given(node, value)
    }

    fn call(&mut self, node: &Node, callee: &Node, function: &Value, arguments: &[Value]) -> Evaluated {
        match function {
            Value::Function(function) => self.apply(function, arguments),
            Value::Method(method) => {
                let (receiver, name) = &**method;
                if let Some((least, most)) = schema::member(receiver.type_name(), name).and_then(|known| known.arity)
                    && !(least..=most).contains(&arguments.len())
                {
                    return self.fail(node, wrong_count(name, (least, most), arguments.len()));
                }
                self.method(node, receiver, name, arguments)
            }
            Value::Builtin("Number") if arguments.len() == 1 => Ok(Value::Number(number_of(&arguments[0]))),
            Value::Builtin(name) if *name != "JSON" => self.fail(node, wrong_count(name, (1, 1), arguments.len())),
            other => {
                let message = format!("`{}` is not a function, but {}", callee.text(self.source), other.type_name());
                self.fail(node, message)
            }
        }
    }

    /// What a function gives; parameters without an argument are null.
    pub(super) fn apply(&mut self, function: &Arc<Function>, arguments: &[Value]) -> Evaluated {
        self.step(1)?;
        let mut scope = function.scope.clone();
        for (at, name) in function.lambda.parameters.iter().enumerate() {
            let bound = scope.with(name, arguments.get(at).cloned().unwrap_or(Value::Null));
            scope = self.at(&function.lambda.body, bound)?;
        }
        self.eval(&function.lambda.body, &scope)
    }

    fn method(&mut self, node: &Node, receiver: &Value, name: &str, arguments: &[Value]) -> Evaluated {
        self.look_through(receiver)?;
        match receiver {
            Value::List(list) => self.list_method(node, &list.of, name, arguments),
            Value::Text(text) => self.text_method(node, text, name, arguments),
            Value::Map(map) => {
                let result = super::lists::map_method(&map.of, name, arguments);
                self.at(node, result)
            }
            Value::Date(date) => self.at(node, dates::date_method(*date, self.world.zone(), name, arguments)),
            Value::CalendarDate(date) => self.at(node, dates::calendar_method(*date, name, arguments)),
            Value::Properties(owner) if name == "keys" => {
                self.charge(Cost::Each, owner, "properties.keys()", false)?;
                let keys = self.world.property_keys(owner);
                self.given(node, keys)
            }
            Value::Properties(owner) => match &arguments[0] {
                Value::Text(key) => self.property(node, owner, key),
                other => self.fail(node, format!("The key of a property must be String, not {}.", other.type_name())),
            },
            Value::Builtin("JSON") => match (name, &arguments[0]) {
                ("parse", Value::Text(text)) => self.at(node, parse_json(text)),
                ("parse", other) => self.fail(node, format!("Can't parse {} as JSON.", other.type_name())),
                (_, value) => {
                    self.look_through(value)?;
                    self.text(node, stringify(value))
                }
            },
            Value::Entity(entity) => {
                let cost = schema::member(entity.kind.name(), name).map_or(Cost::Free, |member| member.cost);
                let arguments_text: String = arguments.iter().map(stringify).collect();
                self.charge(cost, entity, &format!("{name}({arguments_text})"), false)?;
                let value = self.world.call(entity, name, arguments);
                self.given(node, value)
            }
            other => self.fail(node, format!("{} has no method `{name}`.", other.type_name())),
        }
    }

    fn construct(&mut self, node: &Node, kind: &str, arguments: &[Node], scope: &Scope) -> Evaluated {
        let arguments = self.all(arguments, scope)?;
        self.step(1)?;
        let Some((_, arity, cost)) = CONSTRUCTORS.iter().find(|(name, ..)| *name == kind) else {
            let known: Vec<&str> = CONSTRUCTORS.iter().map(|(name, ..)| *name).collect();
            let message = format!("Unrecognized type: \"{kind}\". Available types are: '{}'", known.join("', '"));
            return self.fail(node, message);
        };
        if !(arity.0..=arity.1).contains(&arguments.len()) {
            return self.fail(node, wrong_count(kind, *arity, arguments.len()));
        }
        match (kind, arguments.as_slice()) {
            ("Map", _) => self.at(node, Value::map(Members::new())),
            ("Date", arguments) => self.at(node, dates::date(self.world.now(), self.world.zone(), arguments)),
            ("CalendarDate", arguments) => {
                self.at(node, dates::calendar_date(self.world.now(), self.world.zone(), arguments))
            }
            ("RichText", [Value::Map(document)]) => {
                self.look_through(&arguments[0])?;
                Ok(Value::RichText(Arc::new(super::conversions::to_json(&Value::Map(document.clone()), &mut |_| {
                    serde_json::Value::Null
                }))))
            }
            (_, [name @ (Value::Text(_) | Value::Number(_))]) if kind != "RichText" => {
                let kind = Kind::named(kind).unwrap_or(Kind::Issue);
                self.charge(*cost, &Entity::new(kind, text_of(name)), "new", false)?;
                let thing = self.world.thing(kind, name);
                self.given(node, thing)
            }
            (_, arguments) => {
                let given = arguments.first().map_or("nothing", Value::type_name);
                self.fail(node, format!("Can't construct {kind} from {given}."))
            }
        }
    }
}

fn builtin(name: &str) -> Option<Value> {
    match name {
        "Number" => Some(Value::Builtin("Number")),
        "JSON" => Some(Value::Builtin("JSON")),
        _ => None,
    }
}

/// What is said of a call with too few or too many arguments.
pub(super) fn wrong_count(name: &str, (least, most): (usize, usize), given: usize) -> String {
    let expected = if least == most { least.to_string() } else { format!("{least} to {most}") };
    format!("Wrong number of arguments for `{name}`: expected {expected}, got {given}")
}
