//! The tables of node and mark types.

use super::{Attr, Attrs, Is, MarkRule, NodeRule, branch, leaf, mark_with, may, must, plain_mark};

// Groups of children, from the most to the least widely permitted.
const CAPTIONED: &[&str] = &["text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "placeholder"];
const INLINE: &[&str] = &["mediaInline", "inlineExtension"];
const LISTED: &[&str] = &["paragraph", "bulletList", "orderedList", "codeBlock", "mediaSingle", "extension"];
const PANELED: &[&str] = &["heading", "mediaGroup", "rule", "decisionList", "taskList"];
const CARDS: &[&str] = &["blockCard", "embedCard"];
const SECTION: &[&str] = &["blockquote", "panel", "table"];
const ROOT: &[&str] = &["expand", "bodiedExtension", "multiBodiedExtension"];

// Marks.
const ALIGNED: &[&str] = &["alignment", "indentation", "fontSize"];
const ANNOTATED: &[&str] = &["annotation"];
const BROKEN_OUT: &[&str] = &["breakout"];
const EXTENDED: &[&str] = &["dataConsumer", "fragment"];
const MEDIA_MARKS: &[&str] = &["link", "border", "annotation"];
const TEXT_MARKS: &[&str] =
    &["strong", "em", "strike", "underline", "code", "subsup", "textColor", "backgroundColor", "link", "annotation"];

// Attributes.
const UP: f64 = f64::MAX;
const LEVEL: Is = Is::Integer(1, 6);
const LOCAL_ID: Attr = must("localId", Is::Text);
const MEDIA_LAYOUT: Is =
    Is::OneOf(&["wrap-left", "center", "wrap-right", "wide", "full-width", "align-end", "align-start"]);
const PANEL_TYPE: Is = Is::OneOf(&["info", "note", "tip", "warning", "error", "success", "custom"]);
const STATUS_COLOR: Is = Is::OneOf(&["neutral", "purple", "blue", "red", "yellow", "green"]);
const EXTENSION: Attrs = &[&[
    must("extensionKey", Is::Filled),
    must("extensionType", Is::Filled),
    may("parameters", Is::Json),
    may("text", Is::Text),
    may("layout", Is::OneOf(&["wide", "full-width", "default"])),
]];
const SYNC_BLOCK: Attrs = &[&[must("resourceId", Is::Text), LOCAL_ID]];
const CELL: Attrs = &[&[
    may("colspan", Is::Number(0.0, UP)),
    may("rowspan", Is::Number(0.0, UP)),
    may("colwidth", Is::Numbers),
    may("background", Is::Text),
]];
const INLINE_CARD: Attrs = &[&[must("url", Is::Text)], &[must("data", Is::Json)]];
const BLOCK_CARD: Attrs = &[&[must("url", Is::Text)], &[must("data", Is::Json)], &[must("datasource", Is::Json)]];
const MEDIA: Attrs = &[
    &[
        must("type", Is::OneOf(&["file", "link"])),
        must("id", Is::Filled),
        must("collection", Is::Text),
        may("alt", Is::Text),
        may("width", Is::Number(0.0, UP)),
        may("height", Is::Number(0.0, UP)),
    ],
    &[
        must("type", Is::OneOf(&["external"])),
        must("url", Is::Text),
        may("alt", Is::Text),
        may("width", Is::Number(0.0, UP)),
        may("height", Is::Number(0.0, UP)),
    ],
];

/// Every node type.
pub(super) const NODES: &[NodeRule] = &[
    branch("doc", 0, &[LISTED, PANELED, CARDS, SECTION, ROOT, &["layoutSection", "syncBlock", "bodiedSyncBlock"]]),
    branch("paragraph", 0, &[CAPTIONED, INLINE]).marks(ALIGNED),
    branch("heading", 0, &[CAPTIONED, INLINE]).attrs(&[&[must("level", LEVEL)]]).marks(ALIGNED),
    branch("bulletList", 1, &[&["listItem"]]),
    branch("orderedList", 1, &[&["listItem"]]).attrs(&[&[may("order", Is::Number(0.0, UP))]]),
    branch("listItem", 1, &[LISTED, &["taskList"]]),
    branch("blockquote", 1, &[LISTED, &["mediaGroup"]]),
    branch("codeBlock", 0, &[&["text"]])
        .attrs(&[&[may("language", Is::Text), may("uniqueId", Is::Text)]])
        .marks(BROKEN_OUT),
    branch("panel", 1, &[LISTED, PANELED, &["blockCard"]]).attrs(&[&[
        must("panelType", PANEL_TYPE),
        may("panelIcon", Is::Text),
        may("panelIconId", Is::Text),
        may("panelIconText", Is::Text),
        may("panelColor", Is::Text),
    ]]),
    leaf("rule", &[]),
    branch("table", 1, &[&["tableRow"]])
        .attrs(&[&[
            may("displayMode", Is::OneOf(&["default", "fixed"])),
            may("isNumberColumnEnabled", Is::Bool),
            may("layout", Is::OneOf(&["wide", "full-width", "center", "align-end", "align-start", "default"])),
            may("width", Is::Number(0.0, UP)),
        ]])
        .marks(&["fragment"]),
    branch("tableRow", 0, &[&["tableCell", "tableHeader"]]),
    branch("tableHeader", 0, &[LISTED, PANELED, CARDS, &["blockquote", "panel", "nestedExpand"]]).attrs(CELL),
    branch("tableCell", 0, &[LISTED, PANELED, CARDS, &["blockquote", "panel", "nestedExpand"]]).attrs(CELL),
    branch("mediaSingle", 1, &[&["media", "caption"]])
        .at_most(2)
        .attrs(&[&[
            may("layout", MEDIA_LAYOUT),
            may("width", Is::Number(0.0, UP)),
            may("widthType", Is::OneOf(&["percentage", "pixel"])),
        ]])
        .marks(&["link"]),
    branch("mediaGroup", 1, &[&["media"]]),
    leaf("media", MEDIA).marks(MEDIA_MARKS),
    leaf(
        "mediaInline",
        &[&[
            may("type", Is::OneOf(&["link", "file", "image"])),
            must("id", Is::Filled),
            must("collection", Is::Text),
            may("alt", Is::Text),
        ]],
    )
    .marks(MEDIA_MARKS),
    branch("caption", 0, &[CAPTIONED]),
    branch("expand", 1, &[LISTED, PANELED, CARDS, SECTION, &["nestedExpand"]])
        .attrs(&[&[may("title", Is::Text)]])
        .marks(BROKEN_OUT),
    branch("nestedExpand", 1, &[LISTED, PANELED, &["blockquote", "panel"]]).attrs(&[&[may("title", Is::Text)]]),
    branch("taskList", 1, &[&["taskItem", "blockTaskItem", "taskList"]]).attrs(&[&[LOCAL_ID]]),
    branch("taskItem", 0, &[CAPTIONED, INLINE]).attrs(&[&[LOCAL_ID, must("state", Is::OneOf(&["TODO", "DONE"]))]]),
    branch("blockTaskItem", 1, &[&["paragraph", "extension"]])
        .attrs(&[&[LOCAL_ID, must("state", Is::OneOf(&["TODO", "DONE"]))]]),
    branch("decisionList", 1, &[&["decisionItem"]]).attrs(&[&[LOCAL_ID]]),
    branch("decisionItem", 0, &[CAPTIONED, INLINE]).attrs(&[&[LOCAL_ID, must("state", Is::Text)]]),
    leaf("blockCard", BLOCK_CARD),
    leaf(
        "embedCard",
        &[&[
            must("url", Is::Text),
            must("layout", MEDIA_LAYOUT),
            may("width", Is::Number(0.0, 100.0)),
            may("originalWidth", Is::Number(0.0, UP)),
            may("originalHeight", Is::Number(0.0, UP)),
        ]],
    ),
    leaf("inlineCard", INLINE_CARD).marks(ANNOTATED),
    leaf("emoji", &[&[must("shortName", Is::Text), may("id", Is::Text), may("text", Is::Text)]]).marks(ANNOTATED),
    leaf(
        "mention",
        &[&[
            must("id", Is::Text),
            may("text", Is::Text),
            may("accessLevel", Is::Text),
            may("userType", Is::OneOf(&["DEFAULT", "SPECIAL", "APP"])),
        ]],
    )
    .marks(ANNOTATED),
    leaf("date", &[&[must("timestamp", Is::Filled)]]).marks(ANNOTATED),
    leaf("status", &[&[must("text", Is::Filled), must("color", STATUS_COLOR), may("style", Is::Text)]])
        .marks(ANNOTATED),
    leaf("hardBreak", &[&[may("text", Is::OneOf(&["\n"]))]]),
    leaf("text", &[]).marks(TEXT_MARKS),
    leaf("placeholder", &[&[must("text", Is::Text)]]),
    branch("layoutSection", 1, &[&["layoutColumn"]]).at_most(5).marks(BROKEN_OUT),
    branch("layoutColumn", 1, &[LISTED, PANELED, CARDS, SECTION, ROOT])
        .attrs(&[&[must("width", Is::Number(0.0, 100.0))]]),
    leaf("extension", EXTENSION).marks(EXTENDED),
    leaf("inlineExtension", EXTENSION).marks(EXTENDED),
    branch("bodiedExtension", 1, &[LISTED, PANELED, CARDS, SECTION]).attrs(EXTENSION).marks(EXTENDED),
    branch("multiBodiedExtension", 0, &[&["extensionFrame"]]).attrs(EXTENSION).marks(EXTENDED),
    branch("extensionFrame", 1, &[LISTED, PANELED, CARDS, SECTION, &["bodiedExtension"]]).marks(EXTENDED),
    leaf("syncBlock", SYNC_BLOCK).marks(BROKEN_OUT),
    branch("bodiedSyncBlock", 1, &[LISTED, PANELED, CARDS, SECTION, &["expand", "layoutSection"]])
        .attrs(SYNC_BLOCK)
        .marks(BROKEN_OUT),
];

/// Every mark type.
pub(super) const MARKS: &[MarkRule] = &[
    plain_mark("strong"),
    plain_mark("em"),
    plain_mark("strike"),
    plain_mark("underline"),
    plain_mark("code"),
    mark_with("subsup", &[&[must("type", Is::OneOf(&["sub", "sup"]))]]),
    mark_with("textColor", &[&[must("color", Is::Color { alpha: false })]]),
    mark_with("backgroundColor", &[&[must("color", Is::Color { alpha: false })]]),
    mark_with("link", &[&[must("href", Is::Text), may("title", Is::Text)]]),
    mark_with("alignment", &[&[must("align", Is::OneOf(&["center", "end"]))]]),
    mark_with("indentation", &[&[must("level", LEVEL)]]),
    mark_with("fontSize", &[&[must("fontSize", Is::OneOf(&["small"]))]]),
    mark_with("breakout", &[&[must("mode", Is::OneOf(&["wide", "full-width"]))]]),
    mark_with("border", &[&[must("size", Is::Number(1.0, 3.0)), must("color", Is::Color { alpha: true })]]),
    mark_with("annotation", &[&[must("id", Is::Text), must("annotationType", Is::OneOf(&["inlineComment"]))]]),
    mark_with("fragment", &[&[must("localId", Is::Filled), may("name", Is::Text)]]),
    mark_with("dataConsumer", &[&[must("sources", Is::Texts)]]),
];
