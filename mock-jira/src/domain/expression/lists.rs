//! Methods of lists and maps.

use super::{
    ast::Node,
    conversions::{compare, text_of},
    eval::{Evaluated, Evaluator},
    value::{Function, Members, Value},
};
use std::{cmp::Ordering, sync::Arc};

/// Most characters that `join` gives.
const MAX_JOINED: usize = 10_000;

/// The part of a sequence that `slice` names: negative numbers count from the end.
pub(super) fn slice(length: usize, arguments: &[Value]) -> Result<std::ops::Range<usize>, String> {
    let place = |argument: Option<&Value>, otherwise: usize| match argument {
        None | Some(Value::Null) => Ok(otherwise),
        Some(Value::Number(number)) => {
            let length = length as f64;
            let from_start = if *number < 0.0 { length + number } else { *number };
            Ok(from_start.clamp(0.0, length) as usize)
        }
        Some(other) => Err(format!("The arguments of `slice` must be Number, not {}.", other.type_name())),
    };
    let from = place(arguments.first(), 0)?;
    let to = place(arguments.get(1), length)?;
    Ok(from..to.max(from))
}

/// A method of a map.
pub(super) fn map_method(members: &Members, name: &str, arguments: &[Value]) -> Result<Value, String> {
    match (name, arguments) {
        ("entries", _) => {
            let pair = |(name, value): (&String, &Value)| Value::list([Value::text(name), value.clone()]);
            Value::list(members.iter().map(pair).collect::<Result<Vec<_>, _>>()?)
        }
        ("get", [name]) => Ok(members.get(&text_of(name)).cloned().unwrap_or(Value::Null)),
        ("set", [name, value]) => {
            let mut members = members.clone();
            members.insert(text_of(name), value.clone());
            Value::map(members)
        }
        _ => Err(format!("Map has no method `{name}`.")),
    }
}

impl Evaluator<'_> {
    /// A method of a list.
    pub(super) fn list_method(&mut self, node: &Node, items: &[Value], name: &str, arguments: &[Value]) -> Evaluated {
        match name {
            "map" | "flatMap" | "filter" | "some" | "every" => {
                let function = self.function(node, name, arguments.first())?;
                self.each(node, items, name, &function)
            }
            "reduce" => {
                let function = self.function(node, name, arguments.first())?;
                self.reduce(node, items, &function, arguments.get(1))
            }
            "sort" => self.sort(node, items, arguments.first()),
            "includes" => {
                self.look_through(&arguments[0])?;
                Ok(Value::Bool(items.iter().any(|item| item.equals(&arguments[0]))))
            }
            "indexOf" => {
                let at = items.iter().position(|item| item.equals(&arguments[0]));
                Ok(Value::int(at.map_or(-1, |at| at as i64)))
            }
            "slice" => {
                let range = self.at(node, slice(items.len(), arguments))?;
                self.at(node, Value::list(items[range].to_vec()))
            }
            "concat" => {
                let more = match &arguments[0] {
                    Value::List(list) => list.of.clone(),
                    item => vec![item.clone()],
                };
                self.at(node, Value::list(items.iter().cloned().chain(more)))
            }
            "flatten" => self.at(node, Value::list(flat(items))),
            _ => {
                let separator = arguments.first().map_or(",".into(), text_of);
                let joined = items.iter().map(text_of).collect::<Vec<_>>().join(&separator);
                let cut = joined.char_indices().nth(MAX_JOINED).map(|(at, _)| format!("{}...", &joined[..at]));
                self.text(node, cut.unwrap_or(joined))
            }
        }
    }

    pub(super) fn function(&self, node: &Node, name: &str, argument: Option<&Value>) -> Evaluated<Arc<Function>> {
        match argument {
            Some(Value::Function(function)) => Ok(function.clone()),
            other => {
                let given = other.map_or("nothing", Value::type_name);
                self.fail(node, format!("The argument of `{name}` must be Function, not {given}."))
            }
        }
    }

    fn each(&mut self, node: &Node, items: &[Value], name: &str, function: &Arc<Function>) -> Evaluated {
        let mut found = Vec::new();
        for (index, item) in items.iter().enumerate() {
            self.visit(index)?;
            let value = self.apply(function, &[item.clone(), Value::int(index as i64)])?;
            match name {
                "map" | "flatMap" => found.push(value),
                "filter" if value.is_truthy() => found.push(item.clone()),
                "some" if value.is_truthy() => return Ok(Value::Bool(true)),
                "every" if !value.is_truthy() => return Ok(Value::Bool(false)),
                _ => {}
            }
        }
        match name {
            "some" | "every" => Ok(Value::Bool(name == "every")),
            "flatMap" => self.at(node, Value::list(flat(&found))),
            _ => self.at(node, Value::list(found)),
        }
    }

    fn reduce(&mut self, node: &Node, items: &[Value], function: &Arc<Function>, initial: Option<&Value>) -> Evaluated {
        let (mut result, rest) = match (initial, items) {
            (Some(initial), items) => (initial.clone(), items),
            (None, [first, rest @ ..]) => (first.clone(), rest),
            (None, []) => return self.fail(node, "Can't reduce an empty list without an initial value."),
        };
        for (index, item) in rest.iter().enumerate() {
            self.visit(index)?;
            result = self.apply(function, &[result, item.clone()])?;
        }
        Ok(result)
    }

    /// Sorts by inserting, with few comparisons, since these are the expression's own and may fail.
    fn sort(&mut self, node: &Node, items: &[Value], by: Option<&Value>) -> Evaluated {
        let by = by.map(|by| self.function(node, "sort", Some(by))).transpose()?;
        let mut sorted: Vec<Value> = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.visit(index)?;
            let (mut low, mut high) = (0, sorted.len());
            while low < high {
                let middle = low.midpoint(high);
                match self.order(node, item, &sorted[middle], by.as_ref())? {
                    Ordering::Less => high = middle,
                    _ => low = middle + 1,
                }
            }
            sorted.insert(low, item.clone());
        }
        self.at(node, Value::list(sorted))
    }

    fn order(&mut self, node: &Node, one: &Value, other: &Value, by: Option<&Arc<Function>>) -> Evaluated<Ordering> {
        let Some(by) = by else {
            self.step(1)?;
            return Ok(self.at(node, compare(one, other))?.unwrap_or(Ordering::Equal));
        };
        match self.apply(by, &[one.clone(), other.clone()])? {
            Value::Number(number) => Ok(number.partial_cmp(&0.0).unwrap_or(Ordering::Equal)),
            value => self.fail(node, format!("The function of `sort` must give Number, not {}.", value.type_name())),
        }
    }
}

/// Lists in a list as one.
fn flat(items: &[Value]) -> Vec<Value> {
    let of = |item: &Value| match item {
        Value::List(list) => list.of.clone(),
        item => vec![item.clone()],
    };
    items.iter().flat_map(of).collect()
}
