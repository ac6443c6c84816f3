//! Types of expressions, and how they are written.

use super::schema::Kind;
use std::{fmt, sync::Arc};

/// What an expression can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Known at run time only.
    Any,
    /// `null`
    Null,
    /// `true`, `false`
    Boolean,
    /// A number.
    Number,
    /// A text.
    String,
    /// A moment.
    Date,
    /// A day.
    CalendarDate,
    /// Formatted text.
    RichText,
    /// A regular expression.
    RegExp,
    /// A function.
    Function,
    /// Any number of things of one type.
    List(Arc<Type>),
    /// A list of which each item is known.
    Tuple(Vec<Type>),
    /// Members that are known at run time only.
    Map,
    /// A map of which each member is known.
    Record(Vec<(String, Type)>),
    /// Something of Jira's.
    Entity(Kind),
    /// What an expression is that fails.
    Error,
}

impl Type {
    /// A list of things of a type.
    pub fn list(of: Self) -> Self {
        Self::List(Arc::new(of))
    }

    /// Reads a type as [`fmt::Display`] writes it.
    pub fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text, depth: 0 };
        let read = reader.read()?;
        reader.rest.trim().is_empty().then_some(read)
    }

    /// The type of the items, if it is a list.
    pub fn item(&self) -> Option<Self> {
        match self {
            Self::List(of) => Some(of.as_ref().clone()),
            Self::Tuple(types) => Some(types.iter().cloned().reduce(Self::or).unwrap_or(Self::Any)),
            Self::Any => Some(Self::Any),
            _ => None,
        }
    }

    /// What is one or the other. Nothing needs no type of its own: everything may be null.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Null, other) => other,
            (one, Self::Null) => one,
            (one, other) if one == other => one,
            (Self::List(one), Self::List(other)) => Self::list(one.as_ref().clone().or(other.as_ref().clone())),
            (Self::Map | Self::Record(_), Self::Map | Self::Record(_)) => Self::Map,
            _ => Self::Any,
        }
    }

    /// The name under which [`super::schema`] knows its members, and `typeof` tells it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Any => "Any",
            Self::Null => "null",
            Self::Boolean => "Boolean",
            Self::Number => "Number",
            Self::String => "String",
            Self::Date => "Date",
            Self::CalendarDate => "CalendarDate",
            Self::RichText => "RichText",
            Self::RegExp => "RegExp",
            Self::Function => "Function",
            Self::List(_) | Self::Tuple(_) => "List",
            Self::Map | Self::Record(_) => "Map",
            Self::Entity(kind) => kind.name(),
            Self::Error => "TypeError",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(of) => write!(f, "List<{of}>"),
            Self::Tuple(types) => {
                let types: Vec<String> = types.iter().map(Self::to_string).collect();
                write!(f, "[{}]", types.join(", "))
            }
            Self::Record(members) => {
                let members: Vec<String> = members.iter().map(|(name, of)| format!("{name}: {of}")).collect();
                write!(f, "{{{}}}", members.join(", "))
            }
            other => f.write_str(other.name()),
        }
    }
}

/// Types within types.
const MAX_DEPTH: usize = 20;

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start();
        let taken = rest.strip_prefix(sign);
        self.rest = taken.unwrap_or(rest);
        taken.is_some()
    }

    fn word(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.rest = &rest[end..];
        (end > 0).then(|| &rest[..end])
    }

    fn read(&mut self) -> Option<Type> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let read = if self.take('{') {
            let mut members = Vec::new();
            while !self.take('}') {
                let name = self.word()?.to_owned();
                self.take(':').then_some(())?;
                members.push((name, self.read()?));
                if !self.take(',') && !self.rest.starts_with('}') {
                    return None;
                }
            }
            Type::Record(members)
        } else if self.take('[') {
            let mut types = Vec::new();
            while !self.take(']') {
                types.push(self.read()?);
                if !self.take(',') && !self.rest.starts_with(']') {
                    return None;
                }
            }
            Type::Tuple(types)
        } else {
            self.named()?
        };
        self.depth -= 1;
        Some(read)
    }

    fn named(&mut self) -> Option<Type> {
        Some(match self.word()? {
            "Any" => Type::Any,
            "Null" | "null" => Type::Null,
            "Boolean" => Type::Boolean,
            "Number" => Type::Number,
            "String" => Type::String,
            "Date" => Type::Date,
            "CalendarDate" => Type::CalendarDate,
            "RichText" => Type::RichText,
            "RegExp" => Type::RegExp,
            "Function" => Type::Function,
            "List" if self.take('<') => {
                let of = self.read()?;
                self.take('>').then(|| Type::list(of))?
            }
            "List" => Type::list(Type::Any),
            "Map" => {
                if self.take('<') {
                    self.read()?;
                    self.take(',').then(|| self.read())??;
                    self.take('>').then_some(())?;
                }
                Type::Map
            }
            name => Type::Entity(Kind::named(name)?),
        })
    }
}
