//! The tree of an expression.

use std::{ops::Range, sync::Arc};

/// Deepest nesting of a tree: operators one after the other nest, too. Whoever walks a tree may recurse.
pub const MAX_DEPTH: usize = 1000;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub expr: Box<Expr>,
    /// Where it stands in the source, in bytes.
    pub span: Range<usize>,
    /// How deep the tree is from here.
    pub depth: usize,
}

/// Kinds of expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `1.5`
    Number(f64),
    /// `'a'`, `"a"`; the name of a member that stands behind a point, too.
    Text(String),
    /// Texts and expressions, between backticks.
    Template(Vec<Node>),
    /// `/a+/g`: pattern and flags.
    Regex(String, String),
    /// A variable.
    Name(String),
    /// `of.name`, `of[name]`
    Member {
        /// Of what.
        of: Node,
        /// Its name or number.
        name: Node,
        /// With `?.`: null instead of a failure.
        optional: bool,
        /// In brackets.
        computed: bool,
    },
    /// `callee(arguments)`
    Call(Node, Vec<Node>),
    /// `new Issue(arguments)`
    New(String, Vec<Node>),
    /// `!a`, `-a`, `typeof a`
    Unary(Unary, Node),
    /// `a + b`
    Binary(Binary, Node, Node),
    /// `a ? b : c`; `if` and `else`, too.
    Choice(Node, Node, Node),
    /// `a => b`
    Lambda(Arc<Lambda>),
    /// `[a, b]`
    List(Vec<Node>),
    /// `{ a: b }`
    Map(Vec<(String, Node)>),
    /// `let a = b; c`
    Let(Vec<(String, Node)>, Node),
    /// `try { a } catch (e) { b }`
    Try(Node, Option<String>, Node),
    /// `throw a`
    Throw(Node),
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub struct Lambda {
    /// Names of its parameters.
    pub parameters: Vec<String>,
    /// What it gives.
    pub body: Node,
}

/// Operators before one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unary {
    /// `!`
    Not,
    /// `-`
    Minus,
    /// `typeof`
    TypeOf,
}

/// Operators between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// `??`
    Coalesce,
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl Binary {
    /// The operator of a sign, and how strongly it binds.
    pub fn of(sign: &str) -> Option<(Self, u8)> {
        Some(match sign {
            "??" => (Self::Coalesce, 1),
            "||" => (Self::Or, 2),
            "&&" => (Self::And, 3),
            "==" => (Self::Equal, 4),
            "!=" => (Self::NotEqual, 4),
            "<" => (Self::Less, 5),
            "<=" => (Self::LessOrEqual, 5),
            ">" => (Self::Greater, 5),
            ">=" => (Self::GreaterOrEqual, 5),
            "+" => (Self::Add, 6),
            "-" => (Self::Subtract, 6),
            "*" => (Self::Multiply, 7),
            "/" => (Self::Divide, 7),
            "%" => (Self::Remainder, 7),
            _ => return None,
        })
    }

    /// What is said where the operands are none that it can work with.
    pub fn refusal(self, left: &str, right: &str) -> String {
        let verb = match self {
            Self::Add => "add",
            Self::Subtract => "subtract",
            Self::Multiply => "multiply",
            Self::Divide => "divide",
            Self::Remainder => "take the remainder of",
            _ => return format!("Can't compare {left} to {right}."),
        };
        format!("Can't {verb} {left} and {right}.")
    }

    /// Whether it compares by size.
    pub fn is_ordering(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }
}

impl Expr {
    /// The expressions right below.
    pub fn children(&self) -> Vec<&Node> {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Regex(..) | Self::Name(_) => {
                Vec::new()
            }
            Self::Template(nodes) | Self::List(nodes) | Self::New(_, nodes) => nodes.iter().collect(),
            Self::Member { of, name, .. } => vec![of, name],
            Self::Call(callee, arguments) => std::iter::once(callee).chain(arguments).collect(),
            Self::Unary(_, operand) | Self::Throw(operand) => vec![operand],
            Self::Binary(_, left, right) | Self::Try(left, _, right) => vec![left, right],
            Self::Choice(condition, yes, no) => vec![condition, yes, no],
            Self::Lambda(lambda) => vec![&lambda.body],
            Self::Map(members) => members.iter().map(|(_, node)| node).collect(),
            Self::Let(variables, body) => variables.iter().map(|(_, node)| node).chain([body]).collect(),
        }
    }
}

impl Node {
    /// An expression at a place.
    pub fn new(expr: Expr, span: Range<usize>) -> Self {
        let depth = 1 + expr.children().iter().map(|child| child.depth).max().unwrap_or(0);
        Self { expr: Box::new(expr), span, depth }
    }

    /// How many names and literals it has.
    pub fn leaves(&self) -> usize {
        let children = self.expr.children();
        let own = usize::from(children.is_empty() || matches!(*self.expr, Expr::New(..)));
        own + children.into_iter().map(Node::leaves).sum::<usize>()
    }

    /// Its source.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.span.clone()).unwrap_or_default()
    }

    /// The member of `of` that is named in the source, not computed.
    pub fn member(&self) -> Option<(&Node, &str)> {
        match &*self.expr {
            Expr::Member { of, name, .. } => match &*name.expr {
                Expr::Text(text) => Some((of, text)),
                _ => None,
            },
            _ => None,
        }
    }
}
