//! The language of structured searches for users: what they have to do with issues, and their properties.

/// A query: statements, and how they are combined.
#[derive(Debug, PartialEq)]
pub struct UserQuery {
    /// In the order in which they stand.
    pub statements: Vec<Statement>,
    shape: Shape,
}

/// Something that a user is or isn't.
#[derive(Debug, PartialEq)]
pub enum Statement {
    /// `is assignee of (A-1, A-2)`: in that part in one of these issues or projects.
    Part(Part, Vec<String>),
    /// `[key].path.to is "value"`.
    Property {
        /// Of the property.
        key: String,
        /// Into its JSON.
        path: Vec<String>,
        /// As text.
        value: String,
    },
}

/// What users do with issues.
#[allow(missing_docs, reason = "each is the word it names")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Assignee,
    Reporter,
    Watcher,
    Voter,
    Commenter,
    Transitioner,
}

const PARTS: [(&str, Part); 6] = [
    ("assignee", Part::Assignee),
    ("reporter", Part::Reporter),
    ("watcher", Part::Watcher),
    ("voter", Part::Voter),
    ("commenter", Part::Commenter),
    ("transitioner", Part::Transitioner),
];

/// How deep parentheses may be.
const DEPTH: usize = 50;
/// How many statements a query may have.
const STATEMENTS: usize = 100;

#[derive(Debug, PartialEq)]
enum Shape {
    All(Vec<Shape>),
    Any(Vec<Shape>),
    /// A statement by its place.
    One(usize),
}

impl Shape {
    fn holds(&self, statement: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::All(shapes) => shapes.iter().all(|shape| shape.holds(statement)),
            Self::Any(shapes) => shapes.iter().any(|shape| shape.holds(statement)),
            Self::One(place) => statement(*place),
        }
    }
}

impl UserQuery {
    /// Reads a query; or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { tokens: lex(text)?.into_iter().peekable(), statements: Vec::new() };
        let shape = parser.any(0)?;
        match parser.tokens.next() {
            None => Ok(Self { statements: parser.statements, shape }),
            Some(token) => Err(unexpected(Some(&token), "AND or OR")),
        }
    }

    /// Whether a user is found, by which of the statements are true of them.
    pub fn holds(&self, statement: impl Fn(usize) -> bool) -> bool {
        self.shape.holds(&statement)
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    /// Between brackets.
    Key(String),
    Word(String),
    Quoted(String),
}

fn lex(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        tokens.push(match character {
            blank if blank.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '[' => Token::Key(until(&mut characters, ']')?),
            quote @ ('"' | '\'') => Token::Quoted(until(&mut characters, quote)?),
            first => {
                let mut word = String::from(first);
                let ends = |next: &char| next.is_whitespace() || "(),[\"".contains(*next);
                while let Some(next) = characters.next_if(|next| !ends(next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
        });
    }
    Ok(tokens)
}

/// The text up to the closing character; a backslash makes the next one part of it.
fn until(characters: &mut impl Iterator<Item = char>, close: char) -> Result<String, String> {
    let mut text = String::new();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            end if end == close => return Ok(text),
            other => text.push(other),
        }
    }
    Err(format!("Error in the query: a closing {close} is missing."))
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    statements: Vec<Statement>,
}

impl Parser {
    fn any(&mut self, depth: usize) -> Result<Shape, String> {
        let mut shapes = vec![self.all(depth)?];
        while self.takes("or") {
            shapes.push(self.all(depth)?);
        }
        Ok(Shape::Any(shapes))
    }

    fn all(&mut self, depth: usize) -> Result<Shape, String> {
        let mut shapes = vec![self.one(depth)?];
        while self.takes("and") {
            shapes.push(self.one(depth)?);
        }
        Ok(Shape::All(shapes))
    }

    fn one(&mut self, depth: usize) -> Result<Shape, String> {
        let statement = match self.tokens.next() {
            Some(Token::Open) if depth < DEPTH => {
                let shape = self.any(depth + 1)?;
                return self.close().map(|()| shape);
            }
            Some(Token::Open) => return Err("Error in the query: the parentheses are too deep.".into()),
            Some(Token::Key(key)) => self.property(key)?,
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("is") => self.part()?,
            other => return Err(unexpected(other.as_ref(), "a statement")),
        };
        if self.statements.len() == STATEMENTS {
            return Err(format!("Error in the query: more than {STATEMENTS} statements."));
        }
        self.statements.push(statement);
        Ok(Shape::One(self.statements.len() - 1))
    }

    fn part(&mut self) -> Result<Statement, String> {
        let word = self.word("assignee, reporter, watcher, voter, commenter or transitioner")?;
        let part = PARTS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name));
        let (_, part) = part.ok_or_else(|| format!("Error in the query: '{word}' is nothing a user can be."))?;
        if !self.takes("of") {
            return Err(unexpected(self.tokens.peek(), "of"));
        }
        let mut names = Vec::new();
        if self.tokens.next_if_eq(&Token::Open).is_none() {
            return Ok(Statement::Part(*part, vec![self.word("a project or an issue")?]));
        }
        loop {
            names.push(self.word("a project or an issue")?);
            if self.tokens.next_if_eq(&Token::Comma).is_none() {
                return self.close().map(|()| Statement::Part(*part, names));
            }
        }
    }

    fn property(&mut self, key: String) -> Result<Statement, String> {
        let path = match self.tokens.next_if(|token| matches!(token, Token::Word(word) if word.starts_with('.'))) {
            Some(Token::Word(word)) => word.split('.').skip(1).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        if key.is_empty() || path.iter().any(String::is_empty) {
            return Err("Error in the query: the path of a property is not valid.".into());
        }
        if !self.takes("is") {
            return Err(unexpected(self.tokens.peek(), "is"));
        }
        Ok(Statement::Property { key, path, value: self.word("a value")? })
    }

    /// Takes a word of the language, in any case.
    fn takes(&mut self, keyword: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(keyword))).is_some()
    }

    fn word(&mut self, wanted: &str) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Word(word) | Token::Quoted(word)) => Ok(word),
            other => Err(unexpected(other.as_ref(), wanted)),
        }
    }

    fn close(&mut self) -> Result<(), String> {
        match self.tokens.next() {
            Some(Token::Close) => Ok(()),
            other => Err(unexpected(other.as_ref(), "')'")),
        }
    }
}

fn unexpected(token: Option<&Token>, wanted: &str) -> String {
    let found = match token {
        None => "the end".to_owned(),
        Some(Token::Open) => "'('".to_owned(),
        Some(Token::Close) => "')'".to_owned(),
        Some(Token::Comma) => "','".to_owned(),
        Some(Token::Key(text)) => format!("'[{text}]'"),
        Some(Token::Word(text) | Token::Quoted(text)) => format!("'{text}'"),
    };
    format!("Error in the query: expected {wanted} but got {found}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_statements() {
        let query = UserQuery::parse(r#"IS assignee of PROJ and [loc].office.city is "New \"York\"""#).unwrap();
        let property = Statement::Property {
            key: "loc".into(),
            path: vec!["office".into(), "city".into()],
            value: "New \"York\"".into(),
        };
        assert_eq!(query.statements, [Statement::Part(Part::Assignee, vec!["PROJ".into()]), property]);
        let query = UserQuery::parse("is voter of(A-1,A-2) OR [flag] is true").unwrap();
        assert_eq!(query.statements[0], Statement::Part(Part::Voter, vec!["A-1".into(), "A-2".into()]));
    }

    #[test]
    fn combines_statements() {
        for (text, holds) in [
            ("[t] is 1 AND [f] is 1", false),
            ("[t] is 1 OR [f] is 1 AND [f] is 1", true),
            ("([t] is 1 OR [f] is 1) AND [f] is 1", false),
            ("(([t] is 1))", true),
        ] {
            let query = UserQuery::parse(text).unwrap();
            let is_true =
                |place: usize| matches!(&query.statements[place], Statement::Property { key, .. } if key == "t");
            assert_eq!(query.holds(is_true), holds, "{text}");
        }
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let deep = "(".repeat(100_000);
        let long = vec!["[a] is 1"; 101].join(" OR ");
        for text in [
            "",
            "is",
            "is king of A",
            "is assignee A",
            "is assignee of",
            "is assignee of (",
            "is assignee of ()",
            "is assignee of (A-1,)",
            "is assignee of (A-1",
            "[a",
            "[a] 1",
            "[] is 1",
            "[a].b..c is 1",
            "[a] is",
            "[a] is \"x",
            "[a] is 1 [b] is 2",
            "[a] is 1 AND",
            ")",
            ",",
            &deep,
            &long,
        ] {
            assert!(UserQuery::parse(text).is_err(), "{text}");
        }
    }
}
