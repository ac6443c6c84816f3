//! The ADF schema as a table: what each node and mark may carry.
//!
//! Attributes that are not listed are accepted: Atlassian adds some faster than it documents them
//! and a client must not fail here because of one.

mod tables;

use tables::{MARKS, NODES};

/// What a value of an attribute must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Is {
    /// Any string.
    Text,
    /// A string of at least one character.
    Filled,
    /// A number within a range.
    Number(f64, f64),
    /// A whole number within a range.
    Integer(i64, i64),
    /// `true` or `false`.
    Bool,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// `#rrggbb`, where the flag is set also `#rrggbbaa`.
    Color { alpha: bool },
    /// A list of strings, at least one.
    Texts,
    /// A list of numbers.
    Numbers,
    /// Any JSON.
    Json,
}

/// One attribute of a node or mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attr {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) is: Is,
}

const fn must(name: &'static str, is: Is) -> Attr {
    Attr { name, required: true, is }
}

const fn may(name: &'static str, is: Is) -> Attr {
    Attr { name, required: false, is }
}

/// Alternative attribute sets; a node must fit one of them. None at all means no constraint.
type Attrs = &'static [&'static [Attr]];

/// A mark and its attributes.
#[derive(Debug)]
pub(super) struct MarkRule {
    pub(super) name: &'static str,
    pub(super) attrs: Attrs,
}

/// A node type: permitted children (as groups of names), their number, attributes and marks.
#[derive(Debug)]
pub(super) struct NodeRule {
    pub(super) name: &'static str,
    pub(super) children: &'static [&'static [&'static str]],
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) attrs: Attrs,
    pub(super) marks: &'static [&'static str],
}

impl NodeRule {
    pub(super) fn allows(&self, child: &str) -> bool {
        self.children.iter().any(|group| group.contains(&child))
    }

    const fn attrs(mut self, attrs: Attrs) -> Self {
        self.attrs = attrs;
        self
    }

    const fn marks(mut self, marks: &'static [&'static str]) -> Self {
        self.marks = marks;
        self
    }

    const fn at_most(mut self, max: usize) -> Self {
        self.max = max;
        self
    }
}

/// A node with any number of children from `min` upwards.
const fn branch(name: &'static str, min: usize, children: &'static [&'static [&'static str]]) -> NodeRule {
    NodeRule { name, children, min, max: usize::MAX, attrs: &[], marks: &[] }
}

/// A node without children.
const fn leaf(name: &'static str, attrs: Attrs) -> NodeRule {
    branch(name, 0, &[]).at_most(0).attrs(attrs)
}

/// A mark without attributes.
const fn plain_mark(name: &'static str) -> MarkRule {
    MarkRule { name, attrs: &[] }
}

/// A mark with attributes.
const fn mark_with(name: &'static str, attrs: Attrs) -> MarkRule {
    MarkRule { name, attrs }
}

/// The rule of a node type.
pub(super) fn node(name: &str) -> Option<&'static NodeRule> {
    NODES.iter().find(|rule| rule.name == name)
}

/// The rule of a mark type.
pub(super) fn mark(name: &str) -> Option<&'static MarkRule> {
    MARKS.iter().find(|rule| rule.name == name)
}

/// Whether `parent` may hold `child`.
pub(super) fn allows(parent: &str, child: &str) -> bool {
    node(parent).is_some_and(|rule| rule.allows(child))
}
