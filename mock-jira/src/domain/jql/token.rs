//! The words of the language: what a token can be, and which characters and words need quotes.

use std::ops::Range;

/// A piece of query text.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// For a [`Kind::is_text`] token the text without quotes and escapes, otherwise empty.
    pub(super) text: String,
    /// The bytes it covers.
    pub(super) span: Range<usize>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Quoted,
    Number,
    Reserved,
    LeftParen,
    RightParen,
    Comma,
    LeftBracket,
    RightBracket,
    Bang,
    Eq,
    NotEq,
    Lt,
    Gt,
    LtEq,
    GtEq,
    Like,
    NotLike,
    And,
    Or,
    Not,
    In,
    Is,
    Was,
    Changed,
    Empty,
    Before,
    After,
    From,
    To,
    On,
    During,
    Order,
    By,
    Asc,
    Desc,
    CustomField,
    End,
}

impl Kind {
    /// Whether the token can name a field or a function, or be a value.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Word | Self::Quoted | Self::Number)
    }

    /// What an unquoted word without escapes is.
    pub(super) fn of_word(word: &str) -> Self {
        let keyword = KEYWORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        match keyword {
            Some((_, kind)) => *kind,
            None if is_reserved_word(word) => Self::Reserved,
            None if is_number(word) => Self::Number,
            None => Self::Word,
        }
    }
}

/// The signs, those that begin with another before it.
pub(super) const SIGNS: [(&str, Kind); 18] = [
    ("(", Kind::LeftParen),
    (")", Kind::RightParen),
    (",", Kind::Comma),
    ("[", Kind::LeftBracket),
    ("]", Kind::RightBracket),
    ("!=", Kind::NotEq),
    ("!~", Kind::NotLike),
    ("!", Kind::Bang),
    ("=", Kind::Eq),
    ("<=", Kind::LtEq),
    ("<", Kind::Lt),
    (">=", Kind::GtEq),
    (">", Kind::Gt),
    ("~", Kind::Like),
    ("&&", Kind::And),
    ("&", Kind::And),
    ("||", Kind::Or),
    ("|", Kind::Or),
];

/// The words with a meaning in the grammar, none of which can be a bare value: a project with the key `OR` has to be
/// quoted. // Q-2
const KEYWORDS: [(&str, Kind); 20] = [
    ("and", Kind::And),
    ("or", Kind::Or),
    ("in", Kind::In),
    ("not", Kind::Not),
    ("is", Kind::Is),
    ("empty", Kind::Empty),
    ("null", Kind::Empty),
    ("was", Kind::Was),
    ("changed", Kind::Changed),
    ("before", Kind::Before),
    ("after", Kind::After),
    ("from", Kind::From),
    ("to", Kind::To),
    ("on", Kind::On),
    ("during", Kind::During),
    ("order", Kind::Order),
    ("by", Kind::By),
    ("asc", Kind::Asc),
    ("desc", Kind::Desc),
    ("cf", Kind::CustomField),
];

/// Words kept from bare use though the grammar has none of them, sorted. // Q-10
#[rustfmt::skip] // one word a line would hide the rest of the file
const RESERVED_WORDS: [&str; 159] = [
    "abort", "access", "add", "alias", "alter", "any", "as", "audit", "avg", "begin", "between",
    "boolean", "break", "byte", "catch", "char", "character", "check", "checkpoint", "collate",
    "collation", "column", "commit", "connect", "continue", "count", "create", "current", "date",
    "decimal", "declare", "decrement", "default", "defaults", "define", "delete", "delimiter",
    "difference", "distinct", "divide", "do", "double", "drop", "else", "encoding", "end",
    "equals", "escape", "exclusive", "exec", "execute", "exists", "explain", "false", "fetch",
    "field", "file", "first", "float", "for", "function", "go", "goto", "grant", "greater",
    "group", "having", "identified", "if", "immediate", "increment", "index", "initial", "inner",
    "inout", "input", "insert", "int", "integer", "intersect", "intersection", "into", "isempty",
    "isnull", "join", "last", "left", "less", "like", "limit", "lock", "long", "max", "min",
    "minus", "mode", "modify", "modulo", "more", "multiply", "next", "noaudit", "notin", "nowait",
    "number", "object", "of", "option", "outer", "output", "power", "previous", "prior",
    "privileges", "public", "raise", "raw", "remainder", "rename", "resource", "return",
    "returns", "revoke", "right", "row", "rowid", "rownum", "rows", "select", "session", "set",
    "share", "size", "sqrt", "start", "strict", "string", "subtract", "sum", "synonym", "table",
    "then", "trans", "transaction", "trigger", "true", "uid", "union", "unique", "update", "user",
    "validate", "values", "view", "when", "whenever", "where", "while", "with",
];

/// All words that can't stand bare as a value.
pub fn reserved_words() -> impl Iterator<Item = &'static str> {
    KEYWORDS.iter().map(|(word, _)| *word).filter(|word| *word != "cf").chain(RESERVED_WORDS)
}

/// Whether the word is kept from bare use without being a keyword.
fn is_reserved_word(word: &str) -> bool {
    let lower = |reserved: &&str| reserved.bytes().cmp(word.bytes().map(|b| b.to_ascii_lowercase()));
    RESERVED_WORDS.binary_search_by(lower).is_ok()
}

/// Whether the text reads as an integer: digits, possibly after a minus. // Q-9
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the text can stand without quotes as a name or a value.
pub(super) fn is_bare(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_word_char) && matches!(Kind::of_word(text), Kind::Word | Kind::Number)
}

/// What parts tokens. Java would call more characters blank; Jira's lexer takes a no-break space for a letter.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Whether the character may stand in an unquoted word. // Q-6
pub(super) fn is_word_char(c: char) -> bool {
    match c {
        '-' | '.' | ':' | '_' | '`' => true,
        c if c.is_ascii() => c.is_ascii_alphanumeric(),
        c => !is_illegal(c),
    }
}

/// Whether the character has no meaning yet but may get one, and so needs quotes or an escape. // Q-7
pub(super) fn is_reserved_char(c: char) -> bool {
    matches!(c, '#' | '$' | '%' | '*' | '+' | '/' | ';' | '?' | '@' | '^' | '{' | '}')
}

/// Whether the character needs an escape even between quotes: controls but line ends, and what Unicode assigns to
/// nobody. // Q-8
pub(super) fn is_illegal(c: char) -> bool {
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    noncharacter || (c.is_control() && !matches!(c, '\n' | '\r'))
}

/// The character as JQL escapes it, one `\uXXXX` for each UTF-16 unit.
pub(super) fn java_escape(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}
