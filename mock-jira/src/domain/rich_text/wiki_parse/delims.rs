//! Matching of the marks that open and close: `*bold*`, `{*}bold{*}`, `{color:red}red{color}`.

use super::super::marks::{Marks, Style};

/// What a delimiter stands for. Only delimiters that are written alike belong together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// `*`
    Symbol(Style),
    /// `{*}`, which needs no word boundary
    Braced(Style),
    /// `??`
    Citation,
    /// `{color}`
    Color,
}

impl Kind {
    const COUNT: usize = 2 * Style::ALL.len() + 2;

    fn index(self) -> usize {
        match self {
            Self::Symbol(style) => style as usize,
            Self::Braced(style) => Style::ALL.len() + style as usize,
            Self::Citation => Self::COUNT - 2,
            Self::Color => Self::COUNT - 1,
        }
    }
}

/// A delimiter found in the text.
#[derive(Debug)]
pub(super) struct Delim {
    pub(super) kind: Kind,
    pub(super) can_open: bool,
    pub(super) can_close: bool,
    /// The colour, for an opening `{color:...}`.
    pub(super) color: Option<String>,
    /// As written, for when it has no partner.
    pub(super) source: String,
    pub(super) role: Role,
}

impl Delim {
    pub(super) fn new(kind: Kind, can_open: bool, can_close: bool, source: &str) -> Self {
        Self { kind, can_open, can_close, color: None, source: source.to_owned(), role: Role::Text }
    }
}

/// What matching made of a delimiter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    Text,
    Open,
    Close,
}

/// Finds partners in one pass: the openers not yet closed, and how many there are of each kind so
/// that a closer without an opener costs nothing.
#[derive(Default)]
pub(super) struct Matcher {
    open: Vec<(Kind, usize)>,
    count: [usize; Kind::COUNT],
}

impl Matcher {
    /// Looks at the delimiter with index `at`; returns the index of the opener it closes.
    pub(super) fn push(&mut self, delim: &Delim, at: usize) -> Option<usize> {
        let index = delim.kind.index();
        if delim.can_close && self.count[index] > 0 {
            // Openers above the partner stay text: marks nest, they do not overlap.
            while let Some((kind, opener)) = self.open.pop() {
                self.count[kind.index()] -= 1;
                if kind == delim.kind {
                    return Some(opener);
                }
            }
        }
        if delim.can_open {
            self.open.push((delim.kind, at));
            self.count[index] += 1;
        }
        None
    }

    /// At a line end only colours stay open.
    pub(super) fn end_line(&mut self) {
        self.open.retain(|(kind, _)| *kind == Kind::Color);
        let colors = self.open.len();
        self.count = [0; Kind::COUNT];
        self.count[Kind::Color.index()] = colors;
    }
}

/// The marks in force while walking over matched delimiters.
#[derive(Default)]
pub(super) struct Active {
    count: [usize; Style::ALL.len()],
    colors: Vec<String>,
}

impl Active {
    pub(super) fn apply(&mut self, delim: &Delim) {
        let opens = delim.role == Role::Open;
        let style = match delim.kind {
            Kind::Symbol(style) | Kind::Braced(style) => style,
            Kind::Citation => Style::Em,
            Kind::Color => {
                if opens {
                    self.colors.extend(delim.color.clone());
                } else {
                    self.colors.pop();
                }
                return;
            }
        };
        let count = &mut self.count[style as usize];
        *count = if opens { *count + 1 } else { count.saturating_sub(1) };
    }

    pub(super) fn marks(&self) -> Marks {
        let mut marks = Marks { color: self.colors.last().cloned(), ..Marks::default() };
        for style in Style::ALL {
            marks.set(style, self.count[style as usize] > 0);
        }
        marks
    }
}
