//! Worklogs: what a request gives for one, and what becomes of the estimate (J-97, J-98).

use super::{
    config::Project,
    failure::Complaints,
    issue::values::{TextFormat, document, instant, member},
    permission::Access,
    property, rich_text,
    snapshot::Snapshot,
    time_tracking::{self, TimeTracking},
    visibility::{self, Visibility},
};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// What a request gives for a worklog; what it leaves out stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// Atlassian Document Format, or none for taking it away.
    pub comment: Option<Option<Value>>,
    /// When the work began.
    pub started: Option<DateTime<Utc>>,
    /// How long it took.
    pub seconds: Option<i64>,
    /// Who may see it, or none for everybody.
    pub visibility: Option<Option<Visibility>>,
    /// Entity properties: key and value.
    pub properties: Vec<(String, Value)>,
}

/// What is to be done to an issue's worklogs.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// To which worklog, and what.
    pub operation: Operation,
    /// What becomes of the remaining estimate.
    pub adjust: Adjust,
}

/// One thing that can be done to worklogs.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Work is logged.
    Add(Draft),
    /// A worklog is changed.
    Change(i64, Draft),
    /// A worklog is removed.
    Remove(i64),
}

/// What becomes of an issue's remaining estimate when work is logged (J-98).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjust {
    /// Less by what was logged, more by what was taken back.
    Auto,
    /// Nothing.
    Leave,
    /// So many seconds.
    New(i64),
    /// More by so many seconds; less, if negative.
    By(i64),
}

/// Which way the amount of `adjustEstimate=manual` goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// `reduceBy`: when logging work.
    Reduce,
    /// `increaseBy`: when removing a worklog.
    Increase,
}

impl Amount {
    /// The name of the parameter.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reduce => "reduceBy",
            Self::Increase => "increaseBy",
        }
    }
}

impl Adjust {
    /// Reads `adjustEstimate` with its companions, which `text` looks up by name.
    pub fn read<'a>(
        tracking: &TimeTracking,
        amount: Amount,
        text: impl Fn(&str) -> Option<&'a str>,
        complaints: &mut Complaints,
    ) -> Self {
        let span = |name: &str| text(name).and_then(|span| tracking.parse(span));
        match text("adjustEstimate").unwrap_or("auto") {
            "auto" => return Self::Auto,
            "leave" => return Self::Leave,
            "new" => match span("newEstimate") {
                Some(seconds) => return Self::New(seconds),
                None => complaints.field("newEstimate", "You must supply a valid new estimate."),
            },
            "manual" => match span(amount.name()) {
                Some(seconds) => return Self::By(if amount == Amount::Reduce { -seconds } else { seconds }),
                None => complaints
                    .field("adjustmentAmount", "You must supply a valid amount of time to adjust the estimate by."),
            },
            other => complaints.messages.push(format!("'{other}' is not a valid way to adjust the estimate.")),
        }
        Self::Leave
    }

    /// The remaining estimate once the time that a worklog tells went from `before` to `after`.
    pub fn estimate(self, estimate: Option<i64>, before: i64, after: i64) -> Option<i64> {
        let by = |seconds: i64| Some((estimate.unwrap_or(0) + seconds).clamp(0, time_tracking::MOST));
        match self {
            Self::Leave => estimate,
            Self::Auto if before == after => estimate,
            Self::Auto => by(before - after),
            Self::New(seconds) => Some(seconds),
            Self::By(seconds) => by(seconds),
        }
    }
}

impl Draft {
    /// Reads a request's worklog; everything that is wrong goes to `complaints`.
    pub fn read(
        site: &Snapshot,
        access: Access,
        project: &Project,
        format: TextFormat,
        body: &Map<String, Value>,
        complaints: &mut Complaints,
    ) -> Self {
        let mut draft = Self::default();
        match seconds(&site.settings.time_tracking, body) {
            Ok(seconds) => draft.seconds = seconds,
            Err(sentence) => complaints.field("timeLogged", sentence),
        }
        match instant(member(body, "started")) {
            Ok(started) => draft.started = started,
            Err(sentence) => complaints.field("started", sentence),
        }
        if let Some(comment) = body.get("comment") {
            match document(comment, format) {
                Ok(comment) => draft.comment = Some(comment.filter(|comment| !rich_text::is_empty(comment))),
                Err(sentence) => complaints.field("comment", sentence),
            }
        }
        if let Some(value) = body.get("visibility") {
            match visibility::read(site, access, project, Some(value)) {
                Ok(visibility) => draft.visibility = Some(visibility),
                Err(sentence) => complaints.field("visibility", sentence),
            }
        }
        match property::list(member(body, "properties")) {
            Ok(properties) => draft.properties = properties,
            Err(sentence) => complaints.field("properties", sentence),
        }
        draft
    }

    /// Complains if it can't be a new worklog.
    pub fn check_new(&self, complaints: &mut Complaints) {
        if self.seconds.is_none() {
            complaints.field("timeLogged", "You must indicate the time spent working.");
        }
    }
}

/// `timeSpent` or `timeSpentSeconds`; both only if they say the same.
fn seconds(tracking: &TimeTracking, body: &Map<String, Value>) -> Result<Option<i64>, &'static str> {
    const INVALID: &str = "Invalid time duration entered.";
    let spelled = match member(body, "timeSpent") {
        Value::Null => None,
        Value::String(text) => Some(tracking.parse(text).ok_or(INVALID)?),
        Value::Number(minutes) => Some(tracking.parse(&minutes.to_string()).ok_or(INVALID)?),
        _ => return Err(INVALID),
    };
    let counted = match member(body, "timeSpentSeconds") {
        Value::Null => None,
        Value::Number(number) => Some(number.as_i64().ok_or(INVALID)?),
        Value::String(text) => Some(text.trim().parse().map_err(|_| INVALID)?),
        _ => return Err(INVALID),
    };
    match (spelled, counted) {
        // A span drops what is less than a minute.
        (Some(spelled), Some(counted)) if spelled / 60 != counted / 60 => {
            Err("Only one of 'timeSpent' and 'timeSpentSeconds' can be given.")
        }
        (spelled, counted) => match counted.or(spelled) {
            Some(0) => Err("You must indicate the time spent working."),
            Some(seconds) if !(0..time_tracking::MOST).contains(&seconds) => Err(INVALID),
            seconds => Ok(seconds),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: Value) -> Result<Option<i64>, &'static str> {
        seconds(&TimeTracking::default(), body.as_object().unwrap())
    }

    #[test]
    fn reads_time_in_both_forms() {
        assert_eq!(read(json!({ "timeSpent": "1h 30m" })), Ok(Some(5400)));
        assert_eq!(read(json!({ "timeSpentSeconds": 90 })), Ok(Some(90)));
        assert_eq!(read(json!({ "timeSpentSeconds": "90", "timeSpent": "1m" })), Ok(Some(90)));
        assert_eq!(read(json!({})), Ok(None));
        for bad in [
            json!({ "timeSpent": "soon" }),
            json!({ "timeSpent": "0m" }),
            json!({ "timeSpent": [] }),
            json!({ "timeSpentSeconds": -1 }),
            json!({ "timeSpentSeconds": 1e18 }),
            json!({ "timeSpentSeconds": i64::MAX }),
            json!({ "timeSpentSeconds": 60, "timeSpent": "2m" }),
        ] {
            read(bad.clone()).expect_err(&bad.to_string());
        }
    }

    #[test]
    fn the_estimate_follows_in_every_mode() {
        for (adjust, estimate, before, after, expected) in [
            (Adjust::Auto, Some(3600), 0, 600, Some(3000)),
            (Adjust::Auto, Some(60), 0, 600, Some(0)),
            (Adjust::Auto, None, 0, 600, Some(0)),
            (Adjust::Auto, Some(60), 600, 0, Some(660)),
            (Adjust::Auto, Some(60), 600, 540, Some(120)),
            (Adjust::Leave, None, 0, 600, None),
            (Adjust::Leave, Some(60), 0, 600, Some(60)),
            (Adjust::New(7), Some(60), 0, 600, Some(7)),
            (Adjust::By(-100), Some(60), 0, 600, Some(0)),
            (Adjust::By(100), None, 600, 0, Some(100)),
        ] {
            assert_eq!(adjust.estimate(estimate, before, after), expected, "{adjust:?} {estimate:?}");
        }
    }
}
