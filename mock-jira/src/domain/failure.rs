//! Why an operation could not be done, in Jira's terms and without HTTP in it.
//!
//! `domain` and `app` return these; `http::error` alone turns them into statuses
//! and one of the dialects of H-12 to H-28.

use indexmap::IndexMap;

/// The outcome of everything that can be refused.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// A refusal. Use the constructor that names the reason; see each for the answer.
#[derive(Debug)]
pub enum Failure {
    /// The request is wrong: sentences, and sentences per field (400).
    Invalid(Complaints),
    /// The body can't be read as what the operation takes: `errorMessages` alone (H-15, 400).
    Unreadable(String),
    /// A parameter can't be converted: RFC 7807 (H-17, 400).
    BadParameter(String),
    /// The caller is nobody, and the operation needs somebody (H-20, 401).
    Unauthenticated,
    /// Some operations answer a caller without the permission as if it were nobody, but say why (401).
    Unauthorized(String),
    /// The caller sees the thing but may not do this (403).
    Forbidden(String),
    /// No such thing, or the caller may not know of it (U-27, 404).
    NotFound(String),
    /// Nobody can do this anonymously, and the document has a status of its own for that (405).
    NotAllowed(String),
    /// The state of the thing does not allow it (409).
    Conflict(String),
    /// More than fits (413).
    TooLarge(String),
    /// A precondition of the request is not met (412).
    Precondition(String),
    /// The form of the upload is not one the operation takes (415).
    UnsupportedMedia(String),
    /// The operation has been removed from Jira (S-42, 410).
    Gone(String),
    /// XSRF protection refused the request (A-50, 403).
    Xsrf,
    /// What the server kept in memory is older than the database; the request runs again.
    Stale,
    /// A fault of ours: logged with its cause, answered without it (500).
    Internal(anyhow::Error),
}

/// What is wrong with a request: general sentences and sentences by field id.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Complaints {
    /// Sentences about the request as a whole.
    pub messages: Vec<String>,
    /// Sentences by field id.
    pub fields: IndexMap<String, String>,
}

impl Complaints {
    /// Notes what is wrong with a field; the first complaint about a field stays.
    pub fn field(&mut self, id: impl Into<String>, message: impl Into<String>) {
        self.fields.entry(id.into()).or_insert(message.into());
    }

    /// Nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.fields.is_empty()
    }

    /// `Ok` if nothing was wrong, all complaints otherwise.
    pub fn into_result(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(Failure::Invalid(self)) }
    }
}

impl Failure {
    /// 400 with one sentence about the request.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(Complaints { messages: vec![message.into()], ..Complaints::default() })
    }

    /// 400 with one sentence about one field.
    pub fn invalid_field(id: impl Into<String>, message: impl Into<String>) -> Self {
        let mut complaints = Complaints::default();
        complaints.field(id, message);
        Self::Invalid(complaints)
    }

    /// 404 with a sentence.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::NotFound(message.into())
    }

    /// 403 with a sentence.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::Forbidden(message.into())
    }

    /// The answer for an issue that is missing or invisible (J-31).
    pub fn no_issue() -> Self {
        Self::not_found("Issue does not exist or you do not have permission to see it.")
    }

    /// The answer for an unknown account (U-6).
    pub fn no_user() -> Self {
        Self::not_found("Specified user does not exist or you do not have required permissions")
    }

    /// A body of the wrong JSON type, or with a property that is not the operation's (H-15).
    pub fn invalid_payload() -> Self {
        Self::Unreadable("Invalid request payload. Refer to the REST API documentation and try again.".into())
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}
