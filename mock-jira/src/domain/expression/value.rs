//! Values of expressions.

use super::{ast::Lambda, schema::Kind, types::Type};
use chrono::{DateTime, NaiveDate, Utc};
use indexmap::IndexMap;
use regex::Regex;
use serde_json::Value as Json;
use std::sync::Arc;

/// Deepest nesting of lists, maps and functions.
const MAX_DEPTH: usize = 60;

/// How much a value may hold in all: items, members, hundreds of characters.
const MAX_WEIGHT: usize = 100_000;

/// Most characters of a text, in bytes.
pub const MAX_TEXT: usize = 200_000;

/// What an expression gives.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Arc<str>),
    /// Values in order.
    List(Arc<Measured<Vec<Value>>>),
    /// Values by name.
    Map(Arc<Measured<Members>>),
    /// A moment.
    Date(DateTime<Utc>),
    /// A day.
    CalendarDate(NaiveDate),
    /// A document.
    RichText(Arc<Json>),
    /// A regular expression, and whether it is for all matches.
    Regex(Arc<Regex>, bool),
    /// Something of Jira's.
    Entity(Entity),
    /// The properties of something of Jira's.
    Properties(Entity),
    /// A function of the expression's.
    Function(Arc<Function>),
    /// A function or a library of the language's.
    Builtin(&'static str),
    /// A method of a value, not called yet.
    Method(Arc<(Value, String)>),
}

/// Values by name.
pub type Members = IndexMap<String, Value>;

/// What others are in, with how deep and how large it is.
#[derive(Debug)]
pub struct Measured<T> {
    /// What is in it.
    pub of: T,
    depth: usize,
    weight: usize,
}

/// Something of Jira's: its data are the [`super::world::World`]'s.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entity {
    /// What it is.
    pub kind: Kind,
    /// Unique among those of its kind.
    pub id: Arc<str>,
}

impl Entity {
    /// The thing of that id.
    pub fn new(kind: Kind, id: impl std::fmt::Display) -> Self {
        Self { kind, id: id.to_string().into() }
    }
}

/// A function with the variables that it sees.
#[derive(Debug)]
pub struct Function {
    /// Parameters and body.
    pub lambda: Arc<Lambda>,
    /// Of where it was made.
    pub scope: Scope,
}

/// Variables; the innermost is found first.
#[derive(Debug, Clone, Default)]
pub struct Scope(Option<Arc<Variable>>);

#[derive(Debug)]
struct Variable {
    name: String,
    value: Value,
    outer: Scope,
    depth: usize,
}

impl Scope {
    /// The same with one more.
    pub fn with(&self, name: &str, value: Value) -> Result<Self, String> {
        let depth = value.depth().max(self.depth());
        checked(depth, 0)?;
        Ok(Self(Some(Arc::new(Variable { name: name.to_owned(), value, outer: self.clone(), depth }))))
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut scope = self;
        while let Some(variable) = &scope.0 {
            if variable.name == name {
                return Some(&variable.value);
            }
            scope = &variable.outer;
        }
        None
    }

    fn depth(&self) -> usize {
        self.0.as_ref().map_or(0, |variable| variable.depth)
    }
}

fn checked(depth: usize, weight: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err("The value is nested too deeply.".into());
    }
    if weight > MAX_WEIGHT {
        return Err("The value is too large.".into());
    }
    Ok(())
}

fn measured<'a, T>(of: T, values: impl Fn(&T) -> Vec<&Value> + 'a) -> Result<Arc<Measured<T>>, String> {
    let (mut depth, mut weight) = (0, 1_usize);
    for value in values(&of) {
        depth = depth.max(value.depth());
        weight = weight.saturating_add(value.weight());
    }
    checked(depth + 1, weight)?;
    Ok(Arc::new(Measured { of, depth: depth + 1, weight }))
}

impl Value {
    /// A text.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self::Text(text.as_ref().into())
    }

    /// A text, or null.
    pub fn maybe_text(text: Option<impl AsRef<str>>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// A whole number.
    pub fn int(number: i64) -> Self {
        Self::Number(number as f64)
    }

    /// Something of Jira's.
    pub fn entity(kind: Kind, id: impl std::fmt::Display) -> Self {
        Self::Entity(Entity::new(kind, id))
    }

    /// A list, unless it is too large.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Result<Self, String> {
        measured(items.into_iter().collect(), |items: &Vec<Value>| items.iter().collect()).map(Self::List)
    }

    /// A map, unless it is too large.
    pub fn map(members: Members) -> Result<Self, String> {
        measured(members, |members: &Members| members.values().collect()).map(Self::Map)
    }

    /// A function that sees these variables.
    pub fn function(lambda: &Arc<Lambda>, scope: &Scope) -> Result<Self, String> {
        checked(scope.depth() + 1, 0)?;
        Ok(Self::Function(Arc::new(Function { lambda: lambda.clone(), scope: scope.clone() })))
    }

    /// A value from outside.
    pub fn from_json(json: &Json) -> Result<Self, String> {
        Ok(match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Bool(*flag),
            Json::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Json::String(text) => Self::text(text),
            Json::Array(items) => Self::list(items.iter().map(Self::from_json).collect::<Result<Vec<_>, _>>()?)?,
            Json::Object(members) => {
                let members = members.iter().map(|(name, value)| Ok((name.clone(), Self::from_json(value)?)));
                Self::map(members.collect::<Result<_, String>>()?)?
            }
        })
    }

    fn depth(&self) -> usize {
        match self {
            Self::List(list) => list.depth,
            Self::Map(map) => map.depth,
            Self::Function(function) => function.scope.depth() + 1,
            Self::Method(method) => method.0.depth() + 1,
            _ => 0,
        }
    }

    /// How much it holds.
    pub fn weight(&self) -> usize {
        match self {
            Self::List(list) => list.weight,
            Self::Map(map) => map.weight,
            Self::Text(text) => 1 + text.len() / 100,
            _ => 1,
        }
    }

    /// Its type, as far as `typeof` tells it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => Type::Null.name(),
            Self::Bool(_) => "Boolean",
            Self::Number(_) => "Number",
            Self::Text(_) => "String",
            Self::List(_) => "List",
            Self::Map(_) => "Map",
            Self::Date(_) => "Date",
            Self::CalendarDate(_) => "CalendarDate",
            Self::RichText(_) => "RichText",
            Self::Regex(..) => "RegExp",
            Self::Entity(entity) => entity.kind.name(),
            Self::Properties(_) => Kind::EntityProperties.name(),
            Self::Builtin("JSON") => Kind::JSON.name(),
            Self::Function(_) | Self::Builtin(_) | Self::Method(_) => "Function",
        }
    }

    /// Whether it counts as true.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(flag) => *flag,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            _ => true,
        }
    }

    /// Whether two values are the same: lists and maps by what is in them, things of Jira's by their ids.
    pub fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Number(one), Self::Number(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Date(one), Self::Date(other)) => one == other,
            (Self::CalendarDate(one), Self::CalendarDate(other)) => one == other,
            (Self::RichText(one), Self::RichText(other)) => one == other,
            (Self::Entity(one), Self::Entity(other)) | (Self::Properties(one), Self::Properties(other)) => one == other,
            (Self::List(one), Self::List(other)) => {
                one.of.len() == other.of.len() && one.of.iter().zip(&other.of).all(|(a, b)| a.equals(b))
            }
            (Self::Map(one), Self::Map(other)) => {
                let same = |(name, a): (&String, &Value)| other.of.get(name).is_some_and(|b| a.equals(b));
                one.of.len() == other.of.len() && one.of.iter().all(same)
            }
            (Self::Function(one), Self::Function(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// How many primitive values and how many beans it is as a result.
    pub fn counts(&self) -> (usize, usize) {
        let sum = |counts: (usize, usize), value: &Value| {
            let (primitives, beans) = value.counts();
            (counts.0 + primitives, counts.1 + beans)
        };
        match self {
            Self::List(list) => list.of.iter().fold((0, 0), sum),
            Self::Map(map) => map.of.values().fold((0, 0), sum),
            Self::Entity(_) => (0, 1),
            _ => (1, 0),
        }
    }

    /// All things of Jira's in it.
    pub fn entities<'a>(&'a self, found: &mut Vec<&'a Entity>) {
        match self {
            Self::List(list) => list.of.iter().for_each(|value| value.entities(found)),
            Self::Map(map) => map.of.values().for_each(|value| value.entities(found)),
            Self::Entity(entity) => found.push(entity),
            _ => {}
        }
    }
}
