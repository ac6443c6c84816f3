//! Boards and their sprints (G-1, G-11).

use super::{failure::Complaints, issue::values, snapshot::Snapshot};
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

/// What a request gives for a sprint.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Input {
    /// Shown name.
    pub name: Option<String>,
    /// What it is for; empty for nothing.
    pub goal: Option<String>,
    /// A word of [`State`].
    pub state: Option<String>,
    /// ISO 8601.
    pub start_date: Option<String>,
    /// ISO 8601.
    pub end_date: Option<String>,
}

/// Longest name, in characters (G-11).
const NAME_LENGTH: usize = 30;

impl Sprint {
    /// The sprint as a request wants it. With `full`, what the request leaves out is emptied (G-13).
    pub fn changed(&self, input: &Input, full: bool, now: DateTime<Utc>) -> Result<Self, Complaints> {
        let mut complaints = Complaints::default();
        let mut sprint = self.clone();
        match input.name.as_deref().map(str::trim) {
            None if !full => {}
            None | Some("") => complaints.field("name", "The sprint name is required."),
            Some(name) if name.chars().count() > NAME_LENGTH => {
                complaints.field("name", format!("The sprint name must not be longer than {NAME_LENGTH} characters."));
            }
            Some(name) => sprint.name = name.to_owned(),
        }
        if full || input.goal.is_some() {
            sprint.goal = input.goal.clone().filter(|goal| !goal.is_empty());
        }
        // Of what is over, the rest is history: it is ignored, not refused (G-15).
        if self.state != State::Closed {
            let dates =
                [("startDate", &input.start_date, &mut sprint.started), ("endDate", &input.end_date, &mut sprint.ends)];
            for (field, given, date) in dates {
                match given.as_deref().map(|text| values::instant(&text.into())) {
                    None if !full => {}
                    None => *date = None,
                    Some(Ok(given)) => *date = given,
                    Some(Err(sentence)) => complaints.field(field, sentence),
                }
            }
            if let (Some(started), Some(ends)) = (sprint.started, sprint.ends)
                && started >= ends
            {
                complaints.field("endDate", "The start date of a sprint must be before its end date.");
            }
        }
        sprint.go_on(input.state.as_deref(), full, now, &mut complaints);
        if complaints.is_empty() { Ok(sprint) } else { Err(complaints) }
    }

    /// A sprint is started and completed, and nothing else (G-14).
    fn go_on(&mut self, state: Option<&str>, full: bool, now: DateTime<Utc>, complaints: &mut Complaints) {
        let Some(state) = state else {
            if full {
                complaints.field("state", "The sprint state is required.");
            }
            return;
        };
        let to = [State::Future, State::Active, State::Closed].into_iter().find(|known| known.as_str() == state);
        match (self.state, to) {
            (from, Some(to)) if from == to => {}
            (State::Future, Some(State::Active)) => self.state = State::Active,
            (State::Active, Some(State::Closed)) => {
                self.state = State::Closed;
                self.completed = Some(now);
            }
            (_, None) => complaints.field("state", format!("'{state}' is not a valid sprint state.")),
            (from, Some(to)) => {
                let (from, to) = (from.as_str(), to.as_str());
                complaints.field("state", format!("A sprint can't go from '{from}' to '{to}'."));
            }
        }
        if self.state == State::Active && (self.started.is_none() || self.ends.is_none()) {
            complaints.field("state", "An active sprint must have a start date and an end date.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sprint(state: State) -> Sprint {
        let day = |day: u32| format!("2025-10-{day:02}T10:00:00Z").parse().ok();
        Sprint {
            id: 1,
            board_id: 1,
            name: "One".into(),
            goal: Some("Goal".into()),
            state,
            created: DateTime::UNIX_EPOCH,
            started: day(1),
            ends: day(15),
            completed: None,
        }
    }

    fn change(from: State, input: Input, full: bool) -> Result<Sprint, Vec<String>> {
        let changed = sprint(from).changed(&input, full, DateTime::UNIX_EPOCH);
        changed.map_err(|complaints| complaints.fields.into_keys().collect())
    }

    fn to(state: &str) -> Input {
        Input { state: Some(state.into()), ..Input::default() }
    }

    #[test]
    fn goes_from_future_to_active_to_closed() {
        assert_eq!(change(State::Future, to("active"), false).unwrap().state, State::Active);
        let closed = change(State::Active, to("closed"), false).unwrap();
        assert_eq!((closed.state, closed.completed), (State::Closed, Some(DateTime::UNIX_EPOCH)));
        assert_eq!(change(State::Active, to("active"), false).unwrap(), sprint(State::Active));
        for (from, state) in
            [(State::Future, "closed"), (State::Active, "future"), (State::Closed, "active"), (State::Future, "over")]
        {
            assert_eq!(change(from, to(state), false).unwrap_err(), ["state"], "{from:?} {state}");
        }
        let undated = Input { start_date: Some(String::new()), ..to("active") };
        assert_eq!(change(State::Future, undated, false).unwrap_err(), ["state"]);
    }

    #[test]
    fn a_full_change_empties_what_it_leaves_out() {
        let input = Input { name: Some(" Two ".into()), ..to("future") };
        let changed = change(State::Future, input, true).unwrap();
        assert_eq!((changed.name.as_str(), changed.goal, changed.started, changed.ends), ("Two", None, None, None));
        assert_eq!(change(State::Future, Input::default(), true).unwrap_err(), ["name", "state"]);
        assert_eq!(change(State::Future, Input::default(), false).unwrap(), sprint(State::Future));
        let input = Input { name: Some("x".repeat(31)), end_date: Some("2025-09-01T10:00:00Z".into()), ..to("future") };
        assert_eq!(change(State::Future, input, false).unwrap_err(), ["name", "endDate"]);
        let input = Input { end_date: Some("soon".into()), ..Input::default() };
        assert_eq!(change(State::Future, input, false).unwrap_err(), ["endDate"]);
    }

    #[test]
    fn what_is_over_keeps_its_dates() {
        let input = Input { name: Some("Two".into()), goal: Some(String::new()), ..to("closed") };
        let input = Input { end_date: Some("2030-09-01T10:00:00Z".into()), ..input };
        let changed = change(State::Closed, input, true).unwrap();
        assert_eq!(changed, Sprint { name: "Two".into(), goal: None, ..sprint(State::Closed) });
    }
}
