//! Generators of ADF documents.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Text with a high share of characters that mean something in wiki markup.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-zé0-9]{1,4}",
        3 => Just(" ".to_owned()),
        4 => "[-*_+^~?{}\\[\\]()!|#&:;.\\\\/=,\"']{1,3}",
        1 => prop::sample::select(vec![
            "h1. ", "bq. ", "* ", "# ", "----", "{code}", "{quote}", "{color:red}", "(x)", ":)", "&#42;",
            "[a|b]", "!a.png!", "{{x}}", "||", "\u{a0}", "\\\\", ":D", "[~accountid:1]", "{*}",
        ]).prop_map(str::to_owned),
    ];
    vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

fn marks() -> impl Strategy<Value = Vec<Value>> {
    let simple = || {
        prop::sample::subsequence(vec!["strong", "em", "strike", "underline"], 0..=3)
            .prop_map(|names| names.iter().map(|name| json!({"type": name})).collect::<Vec<_>>())
    };
    let sub =
        prop::sample::select(vec!["sub", "sup"]).prop_map(|kind| json!({"type": "subsup", "attrs": {"type": kind}}));
    let color = prop::sample::select(vec!["#ff0000", "#36B37E"])
        .prop_map(|color| json!({"type": "textColor", "attrs": {"color": color}}));
    let link = "(https://a\\.example/|/|#|odd )[a-z|\\]{}!&_]{1,4}"
        .prop_map(|href| json!({"type": "link", "attrs": {"href": href}}));
    let styled = (
        prop::option::weighted(0.2, link.clone()),
        simple(),
        prop::option::weighted(0.2, sub),
        prop::option::weighted(0.2, color),
    )
        .prop_map(|(link, mut marks, sub, color)| {
            marks.extend(link);
            marks.extend(sub);
            marks.extend(color);
            marks
        });
    let code = prop::option::weighted(0.3, link).prop_map(|link| {
        let mut marks: Vec<_> = link.into_iter().collect();
        marks.push(json!({"type": "code"}));
        marks
    });
    prop_oneof![4 => Just(Vec::new()), 4 => styled, 1 => code]
}

fn text_node() -> impl Strategy<Value = Value> {
    (text(), marks()).prop_map(|(text, marks)| {
        if marks.is_empty() {
            json!({"type": "text", "text": text})
        } else {
            json!({"type": "text", "text": text, "marks": marks})
        }
    })
}

/// Inline nodes that wiki markup can express.
fn wiki_inline() -> impl Strategy<Value = Value> {
    prop_oneof![
        10 => text_node(),
        2 => Just(json!({"type": "hardBreak"})),
        1 => "[a-z0-9:|-]{1,8}".prop_map(|id| json!({"type": "mention", "attrs": {"id": id}})),
        1 => ("[A-Za-z |={}]{0,6}[A-Z]", prop::sample::select(vec!["neutral", "green", "red"]))
            .prop_map(|(text, color)| json!({"type": "status", "attrs": {"text": text, "color": color}})),
        1 => "[a-z !|]{1,6}\\.pdf".prop_map(|name| json!({"type": "mediaInline",
            "attrs": {"type": "file", "id": name, "collection": "", "alt": name}})),
        1 => "https://b\\.example/[a-z|]{1,3}"
            .prop_map(|url| json!({"type": "inlineCard", "attrs": {"url": url}})),
    ]
}

fn paragraph() -> impl Strategy<Value = Value> {
    vec(wiki_inline(), 1..6).prop_map(|content| json!({"type": "paragraph", "content": content}))
}

fn heading() -> impl Strategy<Value = Value> {
    (1..=6, vec(wiki_inline(), 0..4))
        .prop_map(|(level, content)| json!({"type": "heading", "attrs": {"level": level}, "content": content}))
}

fn code_block() -> impl Strategy<Value = Value> {
    let text = "([a-z{}|*\\\\ ]{0,6}\n?){1,3}[a-z|]";
    (prop::option::of("[a-z+=#]{1,5}"), text).prop_map(|(language, text)| {
        let mut block = json!({"type": "codeBlock", "content": [{"type": "text", "text": text}]});
        if let Some(language) = language {
            block["attrs"] = json!({"language": language});
        }
        block
    })
}

fn media_single() -> impl Strategy<Value = Value> {
    ("[a-z|! ]{0,4}[a-z]\\.png", prop::option::of(1..999_u32)).prop_map(|(name, width)| {
        let mut attrs = json!({"type": "file", "id": name.trim(), "collection": "", "alt": name.trim()});
        if let Some(width) = width {
            attrs["width"] = json!(width);
        }
        json!({"type": "mediaSingle", "attrs": {"layout": "align-start"},
            "content": [{"type": "media", "attrs": attrs}]})
    })
}

fn list() -> impl Strategy<Value = Value> {
    let leaf = paragraph().prop_map(|body| json!({"type": "listItem", "content": [body]}));
    let kind = || prop::sample::select(vec!["bulletList", "orderedList"]);
    let item = leaf.prop_recursive(3, 12, 3, move |inner| {
        (paragraph(), prop::option::weighted(0.3, code_block()), kind(), vec(inner, 1..3)).prop_map(
            |(body, code, kind, items)| {
                let mut content = vec![body];
                content.extend(code);
                content.push(json!({"type": kind, "content": items}));
                json!({"type": "listItem", "content": content})
            },
        )
    });
    (prop::sample::select(vec!["bulletList", "orderedList"]), vec(item, 1..4))
        .prop_map(|(kind, items)| json!({"type": kind, "content": items}))
}

fn table() -> impl Strategy<Value = Value> {
    let content = prop_oneof![
        4 => paragraph(),
        1 => Just(json!({"type": "paragraph", "content": []})),
        1 => list(),
        1 => code_block(),
    ];
    let cell = (prop::sample::select(vec!["tableHeader", "tableCell"]), content)
        .prop_map(|(kind, block)| json!({"type": kind, "content": [block]}));
    let row = vec(cell, 1..4).prop_map(|cells| json!({"type": "tableRow", "content": cells}));
    vec(row, 1..4).prop_map(|rows| json!({"type": "table", "content": rows}))
}

fn panel_type() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["info", "note", "tip", "warning", "error", "success"])
}

fn expand(kind: &'static str, inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    ("[a-z |{}=]{0,5}[a-z]", vec(inner, 1..3))
        .prop_map(move |(title, content)| json!({"type": kind, "attrs": {"title": title.trim()}, "content": content}))
}

/// A document of which wiki markup can express everything.
pub(super) fn wiki_doc() -> impl Strategy<Value = Value> {
    let simple = || prop_oneof![4 => paragraph(), 1 => list(), 1 => code_block(), 1 => media_single()];
    let panel = (panel_type(), vec(prop_oneof![3 => simple().boxed(), 1 => heading().boxed()], 1..3))
        .prop_map(|(kind, content)| json!({"type": "panel", "attrs": {"panelType": kind}, "content": content}));
    let quote = vec(simple(), 1..3).prop_map(|content| json!({"type": "blockquote", "content": content}));
    let card = "https://c\\.example/[a-z|]{1,3}".prop_map(|url| json!({"type": "blockCard", "attrs": {"url": url}}));
    let block = prop_oneof![
        6 => paragraph().boxed(),
        2 => heading().boxed(),
        2 => list().boxed(),
        2 => table().boxed(),
        1 => code_block().boxed(),
        1 => media_single().boxed(),
        1 => panel.boxed(),
        1 => quote.boxed(),
        1 => card.boxed(),
        1 => Just(json!({"type": "rule"})).boxed(),
        1 => expand("expand", prop_oneof![simple().boxed(), expand("nestedExpand", simple()).boxed()]).boxed(),
    ];
    vec(block, 0..5).prop_map(|content| json!({"type": "doc", "version": 1, "content": content}))
}

/// A document of any nodes in any place, which need not be valid.
pub(super) fn any_doc() -> impl Strategy<Value = Value> {
    let parents = vec![
        "paragraph",
        "heading",
        "bulletList",
        "orderedList",
        "listItem",
        "blockquote",
        "codeBlock",
        "panel",
        "table",
        "tableRow",
        "tableHeader",
        "tableCell",
        "mediaSingle",
        "mediaGroup",
        "caption",
        "expand",
        "nestedExpand",
        "taskList",
        "taskItem",
        "blockTaskItem",
        "decisionList",
        "decisionItem",
        "layoutSection",
        "layoutColumn",
        "bodiedExtension",
        "multiBodiedExtension",
        "extensionFrame",
        "bodiedSyncBlock",
        "unheardOf",
    ];
    let leaves = vec![
        "rule",
        "media",
        "mediaInline",
        "blockCard",
        "embedCard",
        "inlineCard",
        "emoji",
        "mention",
        "date",
        "status",
        "hardBreak",
        "placeholder",
        "extension",
        "inlineExtension",
        "syncBlock",
        "text",
    ];
    let attrs = || {
        prop_oneof![
            Just(json!({})),
            Just(json!({"id": "x.png", "type": "file", "collection": "", "url": "https://x.example",
                "text": "T", "shortName": ":cross_mark:", "timestamp": "1700000000000", "color": "green",
                "panelType": "info", "level": 2, "state": "DONE", "title": "t"})),
            Just(json!({"id": 1, "timestamp": "soon", "level": 1e9, "shortName": ":unknown:"})),
        ]
    };
    let leaf = prop_oneof![
        3 => text_node(),
        2 => (prop::sample::select(leaves), attrs()).prop_map(|(kind, attrs)| json!({"type": kind, "attrs": attrs})),
    ];
    let node = leaf.prop_recursive(6, 40, 4, move |inner| {
        (prop::sample::select(parents.clone()), attrs(), vec(inner, 0..4))
            .prop_map(|(kind, attrs, content)| json!({"type": kind, "attrs": attrs, "content": content}))
    });
    vec(node, 0..4).prop_map(|content| json!({"type": "doc", "version": 1, "content": content}))
}

/// Text full of wiki markup, well-formed or not.
pub(super) fn markup() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a",
        "b c",
        " ",
        "  ",
        "\n",
        "\n",
        "\n\n",
        "*",
        "_",
        "-",
        "+",
        "^",
        "~",
        "??",
        "{{",
        "}}",
        "{*}",
        "{_}",
        "{color:red}",
        "{color}",
        "[",
        "]",
        "|",
        "||",
        "h1. ",
        "bq. ",
        "* ",
        "** ",
        "# ",
        "*# ",
        "- ",
        "----",
        "{quote}",
        "{panel:title=x}",
        "{panel}",
        "{info}",
        "{code:java}",
        "{code}",
        "{noformat}",
        "{expand:t}",
        "{expand}",
        "!a.png!",
        "!",
        "[^f.txt]",
        "[~accountid:1]",
        "https://x.example/y",
        "\\",
        "\\\\",
        "(/)",
        ":)",
        ":D",
        "&#42;",
        "{status:title=x|colour=Red}",
        "{anchor:q}",
        "[t|https://u.example]",
        "|smart-card]",
        ".",
        "é",
        "\t",
    ]);
    vec(token, 0..30).prop_map(|tokens| tokens.concat())
}
