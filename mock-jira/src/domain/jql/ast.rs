//! The tree of a query.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Where a node stands in the text it was parsed from. A node built by hand has the default, empty origin.
///
/// Any two origins are equal, so that `==` on trees asks whether two queries mean the same, not whether they were
/// typed the same.
#[derive(Clone, Default)]
pub struct Origin {
    // The whole text, shared: nodes of several queries can be joined into one tree and still quote themselves.
    source: Arc<str>,
    span: Range<usize>,
}

impl Origin {
    /// Takes `span`, in bytes, of `source`.
    pub(super) fn new(source: &Arc<str>, span: Range<usize>) -> Self {
        Self { source: Arc::clone(source), span }
    }

    /// The bytes the node covers in its query text.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The node as it was typed; empty when it was built by hand.
    pub fn text(&self) -> &str {
        self.source.get(self.span.clone()).unwrap_or_default()
    }
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.span)
    }
}

/// A whole query. Both parts may be missing: the empty text is a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What issues have to match.
    pub where_clause: Option<Clause>,
    /// How they are ordered, the strongest criterion first.
    pub order_by: Vec<Sort>,
}

/// A condition. Parentheses leave no node of their own, but what they nest stays nested: `a AND (b AND c)` has two
/// clauses, not three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// All of at least two clauses.
    And(Vec<Clause>),
    /// Any of at least two clauses.
    Or(Vec<Clause>),
    /// The contrary of a clause.
    Not(Box<Clause>),
    /// A test of one field.
    Terminal(Box<Terminal>),
}

/// A test of one field: `status WAS Open BY currentUser()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// What is tested.
    pub field: Field,
    /// How it is tested.
    pub operator: Operator,
    /// What it is tested against; `None` for [`Operator::Changed`] and only there.
    pub operand: Option<Operand>,
    /// What narrows a test of history; empty for the other operators.
    pub predicates: Vec<Predicate>,
    /// Where the test stands.
    pub origin: Origin,
}

/// A field as named in a query; whether it exists is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name without quotes and escapes; `cf[10010]` for a custom field named by id.
    pub name: String,
    /// How the field is named.
    pub kind: FieldKind,
    /// The entity properties asked for, `[key].path` after the name.
    pub properties: Vec<Property>,
    /// Where the field stands, properties included.
    pub origin: Origin,
}

/// How a field is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// By a system name, a custom field's name, or a name with its type: `"Story Points[Number]"`.
    Name,
    /// By id: `cf[10010]`.
    CustomFieldId(u64),
}

/// A part of an entity property: `["my key"].a.b`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The key of the property, between the brackets.
    pub key: String,
    /// The path inside its value, without the leading dot.
    pub path: Option<String>,
}

/// What stands between a field and its operand.
#[allow(missing_docs, reason = "each is the operator it names")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    Eq,
    NotEq,
    Like,
    NotLike,
    Lt,
    Gt,
    LtEq,
    GtEq,
    In,
    NotIn,
    Is,
    IsNot,
    Was,
    WasNot,
    WasIn,
    WasNotIn,
    Changed,
}

impl Operator {
    /// The operator as Jira writes it in JSON and in its sentences: `!=`, `was not in`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::NotEq => "!=",
            Self::Like => "~",
            Self::NotLike => "!~",
            Self::Lt => "<",
            Self::Gt => ">",
            Self::LtEq => "<=",
            Self::GtEq => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Was => "was",
            Self::WasNot => "was not",
            Self::WasIn => "was in",
            Self::WasNotIn => "was not in",
            Self::Changed => "changed",
        }
    }

    /// Whether it takes a list: `IN`, `NOT IN`, `WAS IN`, `WAS NOT IN`.
    pub fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn | Self::WasIn | Self::WasNotIn)
    }

    /// Whether it tests the field's history and so takes predicates: `CHANGED` and the `WAS` family.
    pub fn is_history(self) -> bool {
        matches!(self, Self::Was | Self::WasNot | Self::WasIn | Self::WasNotIn | Self::Changed)
    }
}

/// What a field or a predicate is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A literal.
    Value(Value),
    /// Several operands, possibly lists themselves; never none.
    List(List),
    /// A call.
    Function(Function),
    /// `EMPTY`, also written `NULL`.
    Empty,
}

/// A literal: a word, a quoted string or an integer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The literal without quotes and escapes.
    pub text: String,
    /// Whether it is a bare integer; `5` and `"5"` differ, an id being one and a name the other.
    pub number: bool,
    /// Where the literal stands.
    pub origin: Origin,
}

impl Value {
    /// Whether it was typed between quotes.
    pub fn is_quoted(&self) -> bool {
        self.origin.text().starts_with(['"', '\''])
    }
}

/// Operands in parentheses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// The operands, at least one.
    pub items: Vec<Operand>,
    /// Where the list stands, parentheses included.
    pub origin: Origin,
}

/// A call: `membersOf("admins")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// The name as typed; functions are found whatever the case.
    pub name: String,
    /// The arguments; Jira's functions take nothing but literals.
    pub args: Vec<Value>,
    /// Where the call stands.
    pub origin: Origin,
}

/// What narrows a test of history: `AFTER "2025-01-01"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicate {
    /// What is narrowed.
    pub operator: PredicateOperator,
    /// To what. That `DURING` takes two dates is not checked here.
    pub operand: Operand,
}

/// What a predicate narrows.
#[allow(missing_docs, reason = "each is the keyword it names")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PredicateOperator {
    After,
    Before,
    On,
    During,
    By,
    From,
    To,
}

impl PredicateOperator {
    /// The keyword as Jira writes it in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::Before => "before",
            Self::On => "on",
            Self::During => "during",
            Self::By => "by",
            Self::From => "from",
            Self::To => "to",
        }
    }
}

/// One criterion of `ORDER BY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// What is ordered by.
    pub field: Field,
    /// Which way; `None` leaves it to the field.
    pub direction: Option<Direction>,
}

/// Which way to order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Least first.
    Asc,
    /// Greatest first.
    Desc,
}

impl Direction {
    /// The keyword as Jira writes it in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }
}
