//! ADF → the HTML of `renderedFields` and `renderedBody`.

use std::fmt::Write as _;

use serde_json::Value;

use super::marks::{Marks, Style};
use super::{MAX_DEPTH, adf, node, plain, wiki_syntax as syntax};

/// Where references of a document lead to.
pub trait Links {
    /// The address of a user's profile page.
    fn profile(&self, account_id: &str) -> String;

    /// The address of an attachment's content, by the media node's name (`alt`, else `id`);
    /// `None` when there is no such attachment.
    fn attachment(&self, name: &str) -> Option<String>;
}

/// Renders an ADF document as HTML.
#[must_use]
pub fn to_html(doc: &Value, links: &impl Links) -> String {
    Renderer { links }.blocks(node::children(doc), 0)
}

struct Renderer<'a, L> {
    links: &'a L,
}

impl<L: Links> Renderer<'_, L> {
    fn blocks(&self, nodes: &[Value], depth: usize) -> String {
        if depth > MAX_DEPTH {
            return String::new();
        }
        let blocks: Vec<_> = nodes.iter().map(|node| self.block(node, depth)).collect();
        blocks.join("\n\n")
    }

    fn block(&self, block: &Value, depth: usize) -> String {
        let content = node::children(block);
        let inner = || self.blocks(content, depth + 1);
        match node::kind(block) {
            "paragraph" | "caption" => format!("<p>{}</p>", self.inline(content)),
            "heading" => self.heading(block),
            "rule" => "<hr />".to_owned(),
            "codeBlock" => code_block(block),
            "blockquote" => format!("<blockquote>{}</blockquote>", inner()),
            "panel" => {
                let panel_type = node::attr(block, "panelType").unwrap_or_default();
                let color = syntax::panel_color(panel_type)
                    .or_else(|| node::attr(block, "panelColor"))
                    .filter(|color| adf::is_color(color, false));
                let style = color.map(|color| format!("background-color: {color};"));
                format!(
                    "<div class=\"panel\" style=\"{0}border-width: 1px;\"><div \
                     class=\"panelContent\" style=\"{0}\">\n{1}\n</div></div>",
                    style.unwrap_or_default(),
                    inner()
                )
            }
            "expand" | "nestedExpand" => {
                let title = node::attr(block, "title").unwrap_or_default();
                format!("<p><b>{}</b></p>\n\n{}", escape(title), inner())
            }
            "bulletList" | "taskList" | "decisionList" => self.list("ul", content, depth),
            "orderedList" => self.list("ol", content, depth),
            "table" => self.table(content, depth),
            "media" => self.media(block),
            "blockCard" | "embedCard" => {
                format!("<p>{}</p>", self.inline(std::slice::from_ref(block)))
            }
            _ if !content.is_empty() => inner(),
            _ => format!("<p>{}</p>", self.inline(std::slice::from_ref(block))),
        }
    }

    fn heading(&self, heading: &Value) -> String {
        let level = node::attr_number(heading, "level").unwrap_or(1.0).clamp(1.0, 6.0);
        let content = node::children(heading);
        // Jira names a heading's anchor after its text without blanks.
        let mut anchor = plain::inline(content);
        anchor.retain(|c| !c.is_whitespace());
        let (anchor, text) = (escape(&anchor), self.inline(content));
        format!("<h{level}><a name=\"{anchor}\"></a>{text}</h{level}>")
    }

    fn list(&self, tag: &str, items: &[Value], depth: usize) -> String {
        if depth > MAX_DEPTH {
            return String::new();
        }
        let mut out = format!("<{tag}>\n");
        for item in items {
            let content = node::children(item);
            let text = match (node::kind(item), content) {
                ("taskItem" | "decisionItem", _) => {
                    format!("{}{}", plain::task_state(item), self.inline(content))
                }
                ("taskList", _) => self.list("ul", content, depth + 1),
                // A single line stands in the item without a paragraph of its own.
                (_, [first, rest @ ..]) if node::kind(first) == "paragraph" => {
                    let rest = self.blocks(rest, depth + 1);
                    let line = if rest.is_empty() { "" } else { "\n" };
                    format!("{}{line}{rest}", self.inline(node::children(first)))
                }
                _ => self.blocks(content, depth + 1),
            };
            let _ = writeln!(out, "\t<li>{text}</li>");
        }
        out + &format!("</{tag}>")
    }

    fn table(&self, rows: &[Value], depth: usize) -> String {
        let mut out = "<div class='table-wrap'>\n<table class='confluenceTable'><tbody>\n".to_owned();
        for row in rows {
            out.push_str("<tr>\n");
            for cell in node::children(row) {
                let (tag, class) = match node::kind(cell) {
                    "tableHeader" => ("th", "confluenceTh"),
                    _ => ("td", "confluenceTd"),
                };
                let text = match node::children(cell) {
                    [only] if node::kind(only) == "paragraph" => self.inline(node::children(only)),
                    content => self.blocks(content, depth + 1),
                };
                let _ = writeln!(out, "<{tag} class='{class}'>{text}</{tag}>");
            }
            out.push_str("</tr>\n");
        }
        out + "</tbody></table>\n</div>"
    }

    fn inline(&self, nodes: &[Value]) -> String {
        nodes.iter().map(|node| self.inline_node(node)).collect()
    }

    fn inline_node(&self, inline: &Value) -> String {
        let label = node::inline_label(inline);
        match node::kind(inline) {
            "text" => text(inline),
            "hardBreak" => "<br/>\n".to_owned(),
            "mention" => {
                let id = node::attr(inline, "id").unwrap_or_default();
                format!(
                    "<a href=\"{}\" class=\"user-hover\" rel=\"noreferrer\" \
                     data-account-id=\"{}\">{}</a>",
                    escape(&self.links.profile(id)),
                    escape(id),
                    escape(&label)
                )
            }
            "media" | "mediaInline" => self.media(inline),
            "inlineCard" | "blockCard" | "embedCard" => anchor(&label, None, &escape(&label)),
            "status" => format!("<b>[ {} ]</b>", escape(&label)),
            _ => escape(&label),
        }
    }

    fn media(&self, media: &Value) -> String {
        let name = node::media_name(media);
        let address = match node::attr(media, "url") {
            Some(url) => safe_href(url).map(str::to_owned),
            None => self.links.attachment(name),
        };
        let Some(address) = address else {
            return escape(name);
        };
        let (address, name) = (escape(&address), escape(name));
        // A media inside a line is a file unless it says it is an image.
        let is_image = match node::kind(media) {
            "mediaInline" => node::attr(media, "type") == Some("image"),
            _ => true,
        };
        if !is_image {
            return format!("<a href=\"{address}\">{name}</a>");
        }
        let sizes: String = ["width", "height"]
            .iter()
            .filter_map(|name| Some(format!(" {name}=\"{}\"", node::attr_number(media, name)?)))
            .collect();
        format!("<span class=\"image-wrap\"><img src=\"{address}\" alt=\"{name}\"{sizes} /></span>")
    }
}

fn code_block(block: &Value) -> String {
    let text: String = node::children(block).iter().map(node::text).collect();
    let text = escape(&text);
    match node::attr(block, "language") {
        Some(language) => format!(
            "<div class=\"code panel\" style=\"border-width: 1px;\"><div class=\"codeContent \
             panelContent\">\n<pre class=\"code-{}\">{text}</pre>\n</div></div>",
            escape(language)
        ),
        None => format!(
            "<div class=\"preformatted panel\" style=\"border-width: 1px;\"><div \
             class=\"preformattedContent panelContent\">\n<pre>{text}</pre>\n</div></div>"
        ),
    }
}

fn text(node: &Value) -> String {
    let marks = Marks::of(node);
    let mut html = escape(node::text(node)).replace('\n', "<br/>\n");
    if marks.code {
        html = format!("<tt>{html}</tt>");
    }
    let styles: Vec<_> = marks.styles().collect();
    for style in styles.into_iter().rev() {
        let tag = match style {
            Style::Strong => "b",
            Style::Em => "em",
            Style::Strike => "del",
            Style::Underline => "ins",
            Style::Sup => "sup",
            Style::Sub => "sub",
        };
        html = format!("<{tag}>{html}</{tag}>");
    }
    if let Some(color) = marks.color.filter(|color| adf::is_color(color, false)) {
        html = format!("<font color=\"{color}\">{html}</font>");
    }
    match marks.link {
        Some(link) => anchor(&link.href, link.title.as_deref(), &html),
        None => html,
    }
}

fn anchor(href: &str, title: Option<&str>, html: &str) -> String {
    let Some(href) = safe_href(href) else {
        return html.to_owned();
    };
    let title = title.map(|title| format!(" title=\"{}\"", escape(title)));
    format!(
        "<a href=\"{}\"{} class=\"external-link\" rel=\"nofollow noreferrer\">{html}</a>",
        escape(href),
        title.unwrap_or_default()
    )
}

/// `href` when it is relative or of a scheme that runs no script.
fn safe_href(href: &str) -> Option<&str> {
    // Browsers skip control characters in a scheme, so that none can be let through.
    if href.is_empty() || href.chars().any(|c| c.is_control()) {
        return None;
    }
    let href = href.trim();
    let path = href.find(['/', '?', '#']).unwrap_or(href.len());
    let scheme = href.find(':').filter(|colon| *colon < path).map(|colon| &href[..colon]);
    let is_safe = scheme
        .is_none_or(|scheme| ["http", "https", "mailto", "ftp"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe)));
    is_safe.then_some(href)
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
