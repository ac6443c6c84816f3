//! The type of an expression, what is wrong with its types, and what it costs: without evaluating it.

use super::{
    ast::{Binary, Expr, Lambda, Node, Unary},
    complexity::Formula,
    eval::wrong_count,
    schema::{self, CONSTRUCTORS, Cost, Kind},
    types::Type,
};
use std::collections::{HashMap, HashSet};

/// Something that would fail at run time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeError {
    /// The source of the part.
    pub part: String,
    /// What is wrong with it.
    pub message: String,
}

/// What is known of an expression without evaluating it.
#[derive(Debug)]
pub struct Checked {
    /// Its type.
    pub of: Type,
    /// What is wrong.
    pub errors: Vec<TypeError>,
    /// Its expensive operations.
    pub expensive: Formula,
    /// The sources of the lists whose sizes the formula names.
    pub lists: Vec<String>,
}

/// Variables that expressions mostly find.
const CONTEXT: [(&str, Type); 10] = [
    ("app", Type::Entity(Kind::App)),
    ("board", Type::Entity(Kind::Board)),
    ("config", Type::Any),
    ("customerRequest", Type::Entity(Kind::CustomerRequest)),
    ("issue", Type::Entity(Kind::Issue)),
    ("project", Type::Entity(Kind::Project)),
    ("serviceDesk", Type::Entity(Kind::ServiceDesk)),
    ("sprint", Type::Entity(Kind::Sprint)),
    ("transition", Type::Entity(Kind::Transition)),
    ("user", Type::Entity(Kind::User)),
];

/// Checks an expression. `variables` are known besides the common ones, or instead of them; `fields` are the ids and
/// keys of the site's custom fields.
pub fn check(source: &str, node: &Node, variables: &HashMap<String, Type>, fields: &[String]) -> Checked {
    let mut known: HashMap<String, Type> = CONTEXT.iter().map(|(name, of)| ((*name).to_owned(), of.clone())).collect();
    known.insert("issues".into(), Type::list(Type::Entity(Kind::Issue)));
    known.extend(variables.iter().map(|(name, of)| (name.clone(), of.clone())));
    let mut checker = Checker {
        source,
        fields,
        context: known,
        scope: Vec::new(),
        errors: Vec::new(),
        expensive: Formula::default(),
        asked: HashSet::new(),
        once: Formula::default(),
        lists: Vec::new(),
        length_only: false,
    };
    let of = checker.of(node);
    let mut expensive = checker.expensive;
    expensive.add(checker.once);
    let of = if checker.errors.is_empty() { of } else { Type::Error };
    Checked { of, errors: checker.errors, expensive, lists: checker.lists }
}

struct Checker<'a> {
    source: &'a str,
    fields: &'a [String],
    context: HashMap<String, Type>,
    scope: Vec<(String, Type)>,
    errors: Vec<TypeError>,
    /// Of what is being looked at.
    expensive: Formula,
    asked: HashSet<(&'static str, String)>,
    /// What costs once, wherever it stands.
    once: Formula,
    lists: Vec<String>,
    length_only: bool,
}

impl Checker<'_> {
    fn wrong(&mut self, node: &Node, message: String) -> Type {
        let error = TypeError { part: node.text(self.source).to_owned(), message };
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
        Type::Any
    }

    fn charge(&mut self, cost: Cost, of: &'static str, name: &str, length_only: bool) {
        let once = cost == Cost::Once || cost == Cost::EachUnlessLength && length_only;
        if once {
            if self.asked.insert((of, name.to_owned())) {
                self.once.add_one();
            }
        } else if cost != Cost::Free {
            self.expensive.add_one();
        }
    }

    /// What is looked at, and its cost apart from the rest.
    fn apart(&mut self, look: impl FnOnce(&mut Self) -> Type) -> (Type, Formula) {
        let outer = std::mem::take(&mut self.expensive);
        let of = look(self);
        (of, std::mem::replace(&mut self.expensive, outer))
    }

    fn all(&mut self, nodes: &[Node]) -> Vec<Type> {
        nodes.iter().map(|node| self.of(node)).collect()
    }

    fn of(&mut self, node: &Node) -> Type {
        if !matches!(*node.expr, Expr::Member { .. }) {
            self.length_only = false;
        }
        match &*node.expr {
            Expr::Null => Type::Null,
            Expr::Bool(_) => Type::Boolean,
            Expr::Number(_) => Type::Number,
            Expr::Text(_) => Type::String,
            Expr::Regex(..) => Type::RegExp,
            Expr::Template(parts) => {
                self.all(parts);
                Type::String
            }
            Expr::Name(name) => self.name(node, name),
            Expr::Member { of, name, optional, computed } => self.member(node, of, name, *optional, *computed),
            Expr::Call(callee, arguments) => self.call(node, callee, arguments),
            Expr::New(kind, arguments) => self.construct(node, kind, arguments),
            Expr::Unary(operator, operand) => self.unary(node, *operator, operand),
            Expr::Binary(operator, left, right) => {
                let (left, right) = (self.of(left), self.of(right));
                self.binary(node, *operator, left, right)
            }
            Expr::Choice(condition, yes, no) => {
                self.of(condition);
                self.either(yes, no)
            }
            Expr::Lambda(lambda) => {
                self.lambda(lambda, &[]);
                Type::Function
            }
            Expr::List(items) => {
                let types = self.all(items);
                match types.split_first() {
                    None => Type::list(Type::Any),
                    Some((first, rest)) if rest.iter().all(|of| of == first) => Type::list(first.clone()),
                    Some(_) => Type::Tuple(types),
                }
            }
            Expr::Map(members) => {
                Type::Record(members.iter().map(|(name, node)| (name.clone(), self.of(node))).collect())
            }
            Expr::Let(variables, body) => {
                let outside = self.scope.len();
                for (name, value) in variables {
                    let of = self.of(value);
                    self.scope.push((name.clone(), of));
                }
                let of = self.of(body);
                self.scope.truncate(outside);
                of
            }
            Expr::Try(tried, name, caught) => {
                let of = self.of(tried);
                let outside = self.scope.len();
                self.scope.extend(name.iter().map(|name| (name.clone(), Type::Map)));
                let of = of.or(self.of(caught));
                self.scope.truncate(outside);
                of
            }
            Expr::Throw(thrown) => {
                self.of(thrown);
                Type::Null
            }
        }
    }

    fn either(&mut self, yes: &Node, no: &Node) -> Type {
        let (yes, one) = self.apart(|checker| checker.of(yes));
        let (no, other) = self.apart(|checker| checker.of(no));
        self.expensive.add(one.or(other));
        yes.or(no)
    }

    fn known(&self, name: &str) -> Option<Type> {
        let inner = self.scope.iter().rev().find(|(other, _)| other == name).map(|(_, of)| of.clone());
        inner.or_else(|| self.context.get(name).cloned())
    }

    fn name(&mut self, node: &Node, name: &str) -> Type {
        match (self.known(name), name) {
            (Some(of), _) => of,
            (None, "JSON") => Type::Entity(Kind::JSON),
            (None, "Number") => Type::Function,
            (None, _) => self.wrong(node, format!("Unrecognized identifier: \"{name}\"")),
        }
    }

    fn unary(&mut self, node: &Node, operator: Unary, operand: &Node) -> Type {
        if operator == Unary::TypeOf && matches!(*operand.expr, Expr::Name(_)) {
            return Type::String;
        }
        match (operator, self.of(operand)) {
            (Unary::Not, _) => Type::Boolean,
            (Unary::TypeOf, _) => Type::String,
            (Unary::Minus, Type::Number | Type::Any) => Type::Number,
            (Unary::Minus, other) => self.wrong(node, format!("Can't negate {}.", other.name())),
        }
    }

    fn binary(&mut self, node: &Node, operator: Binary, left: Type, right: Type) -> Type {
        let unknown = left == Type::Any || right == Type::Any;
        match operator {
            Binary::And | Binary::Or | Binary::Coalesce => left.or(right),
            Binary::Equal | Binary::NotEqual => Type::Boolean,
            operator if operator.is_ordering() => {
                let ordered =
                    matches!(left, Type::Number | Type::String | Type::Boolean | Type::Date | Type::CalendarDate)
                        && left == right;
                if !ordered && !unknown {
                    self.wrong(node, operator.refusal(left.name(), right.name()));
                }
                Type::Boolean
            }
            Binary::Add if left == Type::String || right == Type::String => Type::String,
            Binary::Add if unknown => Type::Any,
            operator if left == Type::Number && right == Type::Number || unknown && operator != Binary::Add => {
                Type::Number
            }
            operator => self.wrong(node, operator.refusal(left.name(), right.name())),
        }
    }

    fn member(&mut self, node: &Node, of: &Node, name: &Node, optional: bool, computed: bool) -> Type {
        let length_only = std::mem::take(&mut self.length_only);
        self.length_only = !computed && matches!(&*name.expr, Expr::Text(text) if text == "length");
        let owner = self.of(of);
        self.length_only = false;
        let named = self.of(name);
        let text = match (&*name.expr, named) {
            (Expr::Text(text), _) => text,
            (Expr::Number(index), _) if matches!(owner, Type::Tuple(_)) => {
                let Type::Tuple(types) = &owner else { return Type::Any };
                return types.get(*index as usize).cloned().unwrap_or(Type::Null);
            }
            (_, Type::Number | Type::Any) if owner.item().is_some() => return owner.item().unwrap_or(Type::Any),
            _ => return Type::Any,
        };
        if let Some(member) = schema::member(owner.name(), text) {
            if member.arity.is_some() {
                return Type::Function;
            }
            self.charge(member.cost, owner.name(), text, length_only);
            return member.of();
        }
        match &owner {
            Type::Any | Type::Map | Type::Error => Type::Any,
            Type::Record(members) => {
                members.iter().find(|(name, _)| name == text).map_or(Type::Null, |(_, of)| of.clone())
            }
            Type::Entity(Kind::EntityProperties) => {
                self.charge(Cost::Once, owner.name(), text, false);
                Type::Any
            }
            Type::Entity(Kind::Issue) if self.fields.iter().any(|field| field == text) => {
                self.charge(Cost::Once, owner.name(), text, false);
                Type::Any
            }
            _ if optional => Type::Null,
            owner => {
                let others = if *owner == Type::Entity(Kind::Issue) { self.fields.to_vec() } else { Vec::new() };
                let shown = if computed { name.text(self.source).to_owned() } else { format!("'{text}'") };
                let message = schema::unrecognized(owner.name(), of.text(self.source), text, &shown, others);
                self.wrong(node, message)
            }
        }
    }

    fn lambda(&mut self, lambda: &Lambda, parameters: &[Type]) -> Type {
        let outside = self.scope.len();
        for (at, name) in lambda.parameters.iter().enumerate() {
            self.scope.push((name.clone(), parameters.get(at).cloned().unwrap_or(Type::Any)));
        }
        let of = self.of(&lambda.body);
        self.scope.truncate(outside);
        of
    }

    /// What a function gives that is called for each item of a list.
    fn for_each(&mut self, list: &Node, function: &Node, parameters: &[Type]) -> Type {
        let (of, cost) = self.apart(|checker| match &*function.expr {
            Expr::Lambda(lambda) => checker.lambda(lambda, parameters),
            _ => {
                checker.of(function);
                Type::Any
            }
        });
        if cost != Formula::default() {
            let source = list.text(self.source).to_owned();
            let variable = self.lists.iter().position(|other| *other == source).unwrap_or_else(|| {
                self.lists.push(source);
                self.lists.len() - 1
            });
            self.expensive.add(cost.times(variable));
        }
        of
    }

    fn call(&mut self, node: &Node, callee: &Node, arguments: &[Node]) -> Type {
        let Some((receiver, name)) = callee.member() else {
            return match self.of(callee) {
                Type::Function | Type::Any => {
                    self.all(arguments);
                    if matches!(&*callee.expr, Expr::Name(name) if name == "Number") { Type::Number } else { Type::Any }
                }
                other => self.wrong(node, format!("`{}` is not a function, but {other}", callee.text(self.source))),
            };
        };
        let owner = self.of(receiver);
        let Some((least, most)) = schema::member(owner.name(), name).and_then(|method| method.arity) else {
            let callee = self.of(callee);
            self.all(arguments);
            if matches!(callee, Type::Any | Type::Function | Type::Null) {
                return Type::Any;
            }
            return self.wrong(node, format!("`{name}` is not a function, but {callee}"));
        };
        if !(least..=most).contains(&arguments.len()) {
            return self.wrong(node, wrong_count(name, (least, most), arguments.len()));
        }
        let method = schema::member(owner.name(), name);
        if let Some(method) = method {
            self.charge(method.cost, owner.name(), name, false);
        }
        match owner.item() {
            Some(item) if owner != Type::Any => self.list_call(receiver, name, arguments, (&owner, item)),
            _ => {
                self.all(arguments);
                method.map_or(Type::Any, |method| method.of())
            }
        }
    }

    fn list_call(&mut self, list: &Node, name: &str, arguments: &[Node], (owner, item): (&Type, Type)) -> Type {
        let same = Type::list(item.clone());
        match (name, arguments) {
            ("map", [function]) => Type::list(self.for_each(list, function, &[item, Type::Number])),
            ("flatMap", [function]) => {
                let of = self.for_each(list, function, &[item, Type::Number]);
                Type::list(of.item().unwrap_or(of))
            }
            ("filter", [function]) => {
                self.for_each(list, function, &[item, Type::Number]);
                same
            }
            ("some" | "every", [function]) => {
                self.for_each(list, function, &[item, Type::Number]);
                Type::Boolean
            }
            ("sort", [function]) => {
                self.for_each(list, function, &[item.clone(), item]);
                same
            }
            ("reduce", [function, initial]) => {
                let initial = self.of(initial);
                // An empty map says nothing of what will be in it.
                let start = if matches!(initial, Type::Record(_)) { Type::Map } else { initial };
                let of = self.for_each(list, function, &[start.clone(), item]);
                if of == start { of } else { Type::Any }
            }
            ("reduce", [function]) => {
                self.for_each(list, function, &[item.clone(), item.clone()]);
                item
            }
            ("flatten", _) => Type::list(item.item().unwrap_or(item)),
            ("concat", [other]) => {
                let other = self.of(other);
                Type::list(item.or(other.item().unwrap_or(other)))
            }
            _ => {
                self.all(arguments);
                match name {
                    "sort" | "slice" => same,
                    _ => schema::member(owner.name(), name).map_or(Type::Any, |method| method.of()),
                }
            }
        }
    }

    fn construct(&mut self, node: &Node, kind: &str, arguments: &[Node]) -> Type {
        self.all(arguments);
        let Some((_, arity, cost)) = CONSTRUCTORS.iter().find(|(name, ..)| *name == kind) else {
            return self.wrong(node, format!("Unrecognized type: \"{kind}\""));
        };
        if !(arity.0..=arity.1).contains(&arguments.len()) {
            return self.wrong(node, wrong_count(kind, *arity, arguments.len()));
        }
        self.charge(*cost, "new", kind, false);
        Type::read(kind).unwrap_or(Type::Any)
    }
}
