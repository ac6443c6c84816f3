//! What a failed statement means.

/// What the database answers when a statement fails.
pub type Error = sqlx::Error;

/// The name of the constraint that a statement broke: a client's error where it means one.
pub fn constraint(error: &Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}

/// A statement that failed because of what another request did at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Race {
    /// What a row refers to was deleted.
    Deleted,
    /// Both waited for each other, and this one was given up.
    Deadlock,
}

/// Whether a failure is no fault of ours but a [`Race`].
pub fn race(error: &anyhow::Error) -> Option<Race> {
    match error.downcast_ref::<Error>()?.as_database_error()?.code()?.as_ref() {
        "23503" => Some(Race::Deleted),
        "40P01" | "40001" => Some(Race::Deadlock),
        _ => None,
    }
}

/// Whether a statement failed because a text can't be one: PostgreSQL's have no U+0000.
pub fn not_text(error: &anyhow::Error) -> bool {
    let code = error.downcast_ref::<Error>().and_then(|error| error.as_database_error()?.code());
    code.is_some_and(|code| ["22021", "22P05"].contains(&code.as_ref()))
}

/// Whether a search failed because it asks for too much: it ran out of time, or of what PostgreSQL can take in one.
pub fn too_heavy(error: &Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    // Canceled; limits of size, depth and number.
    matches!(error, Error::InvalidArgument(_)) || code.is_some_and(|code| code == "57014" || code.starts_with("54"))
}
