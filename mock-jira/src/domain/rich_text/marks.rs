//! The marks of a text node that wiki markup can express.

use serde_json::{Value, json};

use super::node;

/// A text style that wiki markup writes with one symbol on each side.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Style {
    Strong,
    Em,
    Strike,
    Underline,
    Sup,
    Sub,
}

impl Style {
    /// Every style, from the outermost to the innermost as [`super::to_wiki`] nests them.
    pub(super) const ALL: [Self; 6] = [Self::Strong, Self::Em, Self::Strike, Self::Underline, Self::Sup, Self::Sub];

    pub(super) const fn symbol(self) -> char {
        match self {
            Self::Strong => '*',
            Self::Em => '_',
            Self::Strike => '-',
            Self::Underline => '+',
            Self::Sup => '^',
            Self::Sub => '~',
        }
    }

    pub(super) fn of_symbol(symbol: char) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.symbol() == symbol)
    }

    fn mark(self) -> Value {
        match self {
            Self::Strong => json!({"type": "strong"}),
            Self::Em => json!({"type": "em"}),
            Self::Strike => json!({"type": "strike"}),
            Self::Underline => json!({"type": "underline"}),
            Self::Sup => json!({"type": "subsup", "attrs": {"type": "sup"}}),
            Self::Sub => json!({"type": "subsup", "attrs": {"type": "sub"}}),
        }
    }

    fn of_mark(mark: &Value) -> Option<Self> {
        match node::kind(mark) {
            "strong" => Some(Self::Strong),
            "em" => Some(Self::Em),
            "strike" => Some(Self::Strike),
            "underline" => Some(Self::Underline),
            "subsup" if node::attr(mark, "type") == Some("sub") => Some(Self::Sub),
            "subsup" => Some(Self::Sup),
            _ => None,
        }
    }
}

/// A hyperlink.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) title: Option<String>,
}

/// Marks of one run of text.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Marks {
    pub(super) link: Option<Link>,
    pub(super) color: Option<String>,
    pub(super) code: bool,
    pub(super) styles: [bool; Style::ALL.len()],
}

impl Marks {
    pub(super) fn has(&self, style: Style) -> bool {
        self.styles[style as usize]
    }

    pub(super) fn set(&mut self, style: Style, on: bool) {
        self.styles[style as usize] = on;
    }

    /// The styles that are on, outermost first.
    pub(super) fn styles(&self) -> impl Iterator<Item = Style> {
        Style::ALL.into_iter().filter(|style| self.has(*style))
    }

    /// Adds the marks of an enclosing run; what is set here wins.
    pub(super) fn within(mut self, outer: &Self) -> Self {
        self.link = self.link.or_else(|| outer.link.clone());
        self.color = self.color.or_else(|| outer.color.clone());
        for style in outer.styles() {
            self.set(style, true);
        }
        self
    }

    /// Reads the marks of a text node; those wiki markup cannot express are left out.
    pub(super) fn of(node: &Value) -> Self {
        let mut marks = Self::default();
        for mark in node::array(node, "marks") {
            match node::kind(mark) {
                "code" => marks.code = true,
                "textColor" => marks.color = node::attr(mark, "color").map(str::to_owned),
                "link" => {
                    marks.link = node::attr(mark, "href").map(|href| Link {
                        href: href.to_owned(),
                        title: node::attr(mark, "title").map(str::to_owned),
                    });
                }
                _ => {
                    if let Some(style) = Style::of_mark(mark) {
                        marks.set(style, true);
                    }
                }
            }
        }
        marks.consistent()
    }

    /// Drops what ADF forbids to combine: code with anything but a link, sub with sup.
    pub(super) fn consistent(self) -> Self {
        if self.code {
            return Self { link: self.link, code: true, ..Self::default() };
        }
        let mut marks = self;
        if marks.has(Style::Sup) {
            marks.set(Style::Sub, false);
        }
        marks
    }

    /// A text node with these marks.
    pub(super) fn text_node(self, text: &str) -> Value {
        let marks = self;
        let mut list = Vec::new();
        if let Some(link) = &marks.link {
            let mut attrs = json!({"href": link.href});
            if let Some(title) = &link.title {
                attrs["title"] = json!(title);
            }
            list.push(json!({"type": "link", "attrs": attrs}));
        }
        list.extend(marks.styles().map(Style::mark));
        if let Some(color) = &marks.color {
            list.push(json!({"type": "textColor", "attrs": {"color": color}}));
        }
        if marks.code {
            list.push(json!({"type": "code"}));
        }
        if list.is_empty() {
            json!({"type": "text", "text": text})
        } else {
            json!({"type": "text", "text": text, "marks": list})
        }
    }
}
