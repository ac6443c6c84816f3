//! Boards and their sprints (G-1, G-11).

use super::snapshot::Snapshot;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// A board, as far as its sprints need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Unique in the site.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// `scrum`, `kanban` or `simple`.
    pub kind: String,
    /// The project it is shown in.
    pub project_id: i64,
}

/// A span of time with work planned for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sprint {
    /// Unique in the site.
    pub id: i64,
    /// The board it was made on.
    pub board_id: i64,
    /// Not unique.
    pub name: String,
    /// What it is for.
    pub goal: Option<String>,
    /// How far it is.
    pub state: State,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it begins, or began.
    pub started: Option<DateTime<Utc>>,
    /// When it is to end.
    pub ends: Option<DateTime<Utc>>,
    /// When it was closed.
    pub completed: Option<DateTime<Utc>>,
}

/// How far a sprint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Future,
    /// Under way.
    Active,
    /// Over: no issue can be put into it any more (G-18).
    Closed,
}

impl State {
    /// The word in answers and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Future => "future",
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }
}

impl From<String> for State {
    fn from(word: String) -> Self {
        match word.as_str() {
            "active" => Self::Active,
            "closed" => Self::Closed,
            _ => Self::Future,
        }
    }
}

/// The sprints of an issue that is put into another open one, or into none: those that are over stay (G-20).
pub fn moved(site: &Snapshot, old: Option<&Value>, new: Option<Value>) -> Option<Value> {
    let over = |id: &&Value| {
        let sprint = id.as_i64().and_then(|id| site.sprints.get(id));
        sprint.is_some_and(|sprint| sprint.state == State::Closed)
    };
    let mut sprints: Vec<Value> = old.and_then(Value::as_array).into_iter().flatten().filter(over).cloned().collect();
    sprints.extend(new.as_ref().and_then(Value::as_array).into_iter().flatten().cloned());
    (!sprints.is_empty()).then_some(Value::Array(sprints))
}
