//! Tests of validation, depth limits, HTML and the small functions.

use serde_json::{Value, json};

use super::super::{
    AdfError, Links, MAX_DEPTH, from_wiki, is_empty, node, paragraph, schema, text_length, to_html, to_plain, to_wiki,
    validate,
};

struct Site;

impl Links for Site {
    fn profile(&self, account_id: &str) -> String {
        format!("https://site.example/people/{account_id}")
    }

    fn attachment(&self, name: &str) -> Option<String> {
        (name == "a.png").then(|| "/attachment/1".to_owned())
    }
}

fn doc(content: Value) -> Value {
    json!({"type": "doc", "version": 1, "content": content})
}

fn html(wiki: &str) -> String {
    to_html(&from_wiki(wiki), &Site)
}

#[test]
fn the_schema_names_only_what_it_defines() {
    let nodes = [
        "doc",
        "paragraph",
        "heading",
        "bulletList",
        "orderedList",
        "listItem",
        "blockquote",
        "codeBlock",
        "panel",
        "rule",
        "table",
        "tableRow",
        "tableHeader",
        "tableCell",
        "mediaSingle",
        "mediaGroup",
        "media",
        "mediaInline",
        "caption",
        "expand",
        "nestedExpand",
        "taskList",
        "taskItem",
        "blockTaskItem",
        "decisionList",
        "decisionItem",
        "blockCard",
        "embedCard",
        "inlineCard",
        "emoji",
        "mention",
        "date",
        "status",
        "hardBreak",
        "text",
        "placeholder",
        "layoutSection",
        "layoutColumn",
        "extension",
        "bodiedExtension",
        "inlineExtension",
        "syncBlock",
        "bodiedSyncBlock",
        "multiBodiedExtension",
        "extensionFrame",
    ];
    for name in nodes {
        let rule = schema::node(name).expect(name);
        for child in rule.children.iter().copied().flatten() {
            assert!(schema::node(child).is_some(), "{child} in {name}");
        }
        for mark in rule.marks {
            assert!(schema::mark(mark).is_some(), "{mark} on {name}");
        }
    }
}

#[test]
fn other_values_are_no_documents() {
    for value in [
        json!(null),
        json!("text"),
        json!({"type": "paragraph", "content": []}),
        json!({"type": "doc", "content": []}),
        json!({"type": "doc", "version": 2, "content": []}),
        json!({"type": "doc", "version": 1}),
    ] {
        assert_eq!(validate(&value), Err(AdfError::NotADocument), "{value}");
    }
    assert_eq!(validate(&doc(json!([]))), Ok(()));
}

#[test]
fn faults_are_found() {
    let text = |marks: Value| json!({"type": "paragraph", "content": [{"type": "text", "text": "a", "marks": marks}]});
    let inline = |node: Value| json!({"type": "paragraph", "content": [node]});
    for node in [
        json!("text"),
        json!({"type": "unheardOf"}),
        json!({"type": "text", "text": "a"}),
        inline(json!({"type": "text", "text": ""})),
        inline(json!({"type": "mention", "attrs": {}})),
        inline(json!({"type": "status", "attrs": {"text": "a", "color": "pink"}})),
        json!({"type": "heading", "attrs": {"level": 7}}),
        json!({"type": "heading", "attrs": {"level": 1.5}}),
        json!({"type": "heading"}),
        json!({"type": "panel", "attrs": {"panelType": "loud"}, "content": [{"type": "paragraph"}]}),
        json!({"type": "bulletList", "content": []}),
        json!({"type": "bulletList", "content": [{"type": "paragraph"}]}),
        json!({"type": "mediaSingle", "content": [{"type": "media", "attrs": {"type": "file", "id": "1"}}]}),
        json!({"type": "paragraph", "content": "a"}),
        json!({"type": "rule", "content": [{"type": "paragraph"}]}),
        json!({"type": "codeBlock", "content": [{"type": "text", "text": "a", "marks": [{"type": "strong"}]}]}),
        text(json!([{"type": "blink"}])),
        text(json!([{"type": "alignment", "attrs": {"align": "center"}}])),
        text(json!([{"type": "link"}])),
        text(json!([{"type": "textColor", "attrs": {"color": "red"}}])),
        text(json!([{"type": "code"}, {"type": "strong"}])),
    ] {
        let fault = validate(&doc(json!([node])));
        assert!(matches!(fault, Err(AdfError::InvalidNode { .. })), "{node}: {fault:?}");
    }
}

#[test]
fn a_fault_tells_where_it_is() {
    let fault = validate(&doc(json!([
        {"type": "rule"},
        {"type": "paragraph", "content": [{"type": "rule"}]},
    ])));
    let message = fault.map_err(|fault| fault.to_string());
    let expected = "doc/content/1/content/0: rule is not permitted inside paragraph";
    assert_eq!(message, Err(expected.to_owned()));
}

/// A document in which `kind` is nested in itself.
fn nested(kind: &str, depth: usize) -> Value {
    let inner = (0..depth).fold(json!({"type": "text", "text": "a"}), |inner, _| {
        node::parent_with(kind, json!({"localId": ""}), vec![inner])
    });
    node::doc(vec![inner])
}

#[test]
fn deep_documents_are_refused_and_rendered_to_a_limit() {
    assert_eq!(validate(&nested("taskList", MAX_DEPTH + 1)), Err(AdfError::TooDeep));
    for kind in ["taskList", "bulletList", "table", "panel", "bodiedExtension", "unheardOf"] {
        let deep = nested(kind, 10_000);
        assert!(validate(&deep).is_err());
        assert!(to_wiki(&deep).len() < 10_000);
        assert!(to_html(&deep, &Site).len() < 10_000);
        assert!(to_plain(&deep).is_empty());
        assert!(!is_empty(&deep));
        drop_deep(deep);
    }
}

/// Takes a value apart level by level: dropping it as a whole recurses.
fn drop_deep(mut value: Value) {
    while let Some(next) = value.get_mut("content").and_then(|content| content.get_mut(0)) {
        value = next.take();
    }
}

#[test]
fn deep_and_long_markup_is_read() {
    for unit in [
        "{quote}",
        "{panel:a}",
        "{expand:a}",
        "{expand:a}{panel:b}{quote}",
        "* ",
        "*#-",
        "|",
        "||",
        "[",
        "{{",
        "!a",
        "{color:red}",
        "*a ",
        "_a *b ",
        "\\",
        "{code:a}",
        "h1. ",
        "&#",
        "[a|",
        "|a\n",
        "* a\n",
        "{quote}a\n* ",
    ] {
        let text = unit.repeat(32_767 / unit.len());
        for text in [text.clone() + "{expand}{panel}{quote}{code}]}}!|", text] {
            let read = from_wiki(&text);
            assert_eq!(validate(&read), Ok(()), "{unit}");
            assert_eq!(validate(&from_wiki(&to_wiki(&read))), Ok(()), "{unit}");
        }
    }
}

#[test]
fn html_is_jiras() {
    for (wiki, expected) in [
        ("a\nb", "<p>a<br/>\nb</p>"),
        ("h2. The Title", "<h2><a name=\"TheTitle\"></a>The Title</h2>"),
        ("*b* {{c}}", "<p><b>b</b> <tt>c</tt></p>"),
        ("* a\n* b", "<ul>\n\t<li>a</li>\n\t<li>b</li>\n</ul>"),
        ("# a\n## b", "<ol>\n\t<li>a\n<ol>\n\t<li>b</li>\n</ol></li>\n</ol>"),
        (
            "||h|c|",
            "<div class='table-wrap'>\n<table class='confluenceTable'><tbody>\n<tr>\n\
             <th class='confluenceTh'>h</th>\n<td class='confluenceTd'>c</td>\n</tr>\n</tbody></table>\n</div>",
        ),
        (
            "[a|https://x.example?a&b]",
            "<p><a href=\"https://x.example?a&amp;b\" class=\"external-link\" rel=\"nofollow noreferrer\">a</a></p>",
        ),
        (
            "[~accountid:7]",
            "<p><a href=\"https://site.example/people/7\" class=\"user-hover\" rel=\"noreferrer\" \
             data-account-id=\"7\">@7</a></p>",
        ),
        (
            "!a.png|width=5!",
            "<span class=\"image-wrap\"><img src=\"/attachment/1\" alt=\"a.png\" width=\"5\" /></span>",
        ),
    ] {
        assert_eq!(html(wiki), expected, "{wiki}");
    }
}

#[test]
fn html_lets_no_script_through() {
    assert_eq!(html("<script>&'\""), "<p>&lt;script&gt;&amp;&#39;&quot;</p>");
    for href in ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "vbscript:x", "&#1;javascript:x"] {
        assert_eq!(html(&format!("[a|{href}]")), "<p>a</p>", "{href}");
    }
    for href in ["/browse/A-1", "#anchor", "mailto:a@b.example", "page?x=a:b"] {
        assert!(html(&format!("[a|{href}]")).contains("<a href"), "{href}");
    }
    let panel = json!({"type": "panel", "attrs": {"panelType": "custom", "panelColor": "red;background:url(x)"},
        "content": [{"type": "paragraph"}]});
    assert!(!to_html(&doc(json!([panel])), &Site).contains("url"));
}

#[test]
fn plain_text_has_a_line_for_each_block() {
    let read = from_wiki("h1. T\n\n*a* [b|https://x.example]\n* c\n|d|e|\n{code}\nf\n{code}\n[~accountid:7]");
    assert_eq!(to_plain(&read), "T\na b\nc\nd\ne\nf\n@7");
    assert_eq!(text_length(&paragraph("é🙂")), 2);
}

#[test]
fn empty_is_what_shows_nothing() {
    for wiki in ["", " \n\t\n", "{quote}{quote}", "| |", "* \n", "{anchor:a}"] {
        assert!(is_empty(&from_wiki(wiki)), "{wiki:?}");
    }
    for wiki in ["a", "(/)", "[~accountid:7]", "!a.png!", "----", "[^a.txt]"] {
        assert!(!is_empty(&from_wiki(wiki)), "{wiki:?}");
    }
    assert!(is_empty(&paragraph("")));
    assert_eq!(paragraph("*a*")["content"][0]["content"], json!([{"type": "text", "text": "*a*"}]));
    assert_eq!(validate(&paragraph("")), Ok(()));
}
