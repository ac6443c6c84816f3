//! What can be wrong with an answer.

use std::fmt;

use http::Method;

use crate::contract::Match;

/// One way in which an answer departs from the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// No document knows the request, and the answer is not the refusal Jira gives to such.
    UnknownOperation {
        /// The request's method.
        method: Method,
        /// The request's path and query.
        path: String,
    },
    /// The operation does not document the status, and no layer in front of it sends it.
    UndocumentedStatus {
        /// The operation, as `GET /path`.
        operation: String,
        /// The answer's status.
        found: u16,
        /// The statuses of the operation; `None` is `default`.
        documented: Vec<Option<u16>>,
    },
    /// The operation does not document the content type for the status.
    UndocumentedContentType {
        /// The answer's content type.
        found: String,
        /// The content types of the status.
        documented: Vec<String>,
    },
    /// There is a body where the contract has none.
    UnexpectedBody {
        /// The answer's status.
        status: u16,
    },
    /// There is no body where the contract describes one.
    MissingBody,
    /// The body is not JSON, though it claims to be.
    NotJson {
        /// What the parser says.
        message: String,
    },
    /// The body does not match its schema.
    Schema {
        /// Where in the body, as a JSON pointer.
        at: String,
        /// What is wrong there.
        message: String,
    },
    /// The body has a property that its schema lacks, though it lists all there are.
    UndocumentedProperty {
        /// Where in the body, as a JSON pointer.
        at: String,
        /// What is there.
        message: String,
    },
    /// The body of an error is in none of Jira's dialects.
    ErrorDialect {
        /// The answer's status.
        status: u16,
        /// The answer's media type.
        media_type: String,
        /// How the body begins.
        body: String,
    },
    /// The contract itself cannot be used to judge.
    Contract {
        /// Why.
        message: String,
    },
}

impl Violation {
    pub(super) fn status(found: &Match<'_>, status: u16) -> Self {
        let operation = found.operation;
        Self::UndocumentedStatus {
            operation: format!("{} {}", operation.method, operation.path),
            found: status,
            documented: operation.responses.iter().map(|response| response.status).collect(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOperation { method, path } => {
                write!(f, "no operation is documented for {method} {path}")
            }
            Self::UndocumentedStatus { operation, found, documented } => {
                let documented: Vec<_> = documented
                    .iter()
                    .map(|status| status.map_or("default".to_owned(), |status| status.to_string()))
                    .collect();
                write!(f, "{operation} documents {}, not {found}", documented.join(", "))
            }
            Self::UndocumentedContentType { found, documented } => {
                write!(f, "content type {found:?} is not among {}", documented.join(", "))
            }
            Self::UnexpectedBody { status } => write!(f, "{status} is documented without a body"),
            Self::MissingBody => f.write_str("the documented body is missing"),
            Self::NotJson { message } => write!(f, "the body is not JSON: {message}"),
            Self::Schema { at, message } | Self::UndocumentedProperty { at, message } => {
                write!(f, "{}: {message}", if at.is_empty() { "body" } else { at })
            }
            Self::ErrorDialect { status, media_type, body } => {
                write!(f, "the {status} is in no known error dialect ({media_type}): {body}")
            }
            Self::Contract { message } => write!(f, "the contract is unusable: {message}"),
        }
    }
}

/// Enough of a text to recognise it by.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
