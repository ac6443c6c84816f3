//! Sequences of requests, and what became of them.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    contract::ApiVersion,
    target::{Answer, Body, Caller, Request, TargetError},
};

/// A sequence of requests that tries one operation.
#[derive(Clone, Debug)]
pub struct Case {
    /// The operation that it is about, by its number in the contract.
    pub subject: usize,
    /// What reproduces it.
    pub purpose: String,
    /// The requests.
    pub steps: Vec<Step>,
}

/// One request, with marks for what is only known when it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The operation, by its number in the contract.
    pub operation: usize,
    /// The version it is asked for in.
    pub version: ApiVersion,
    /// Who asks.
    pub caller: Caller,
    /// The parameters in the path.
    pub path: Vec<(String, Value)>,
    /// The parameters in the query.
    pub query: Vec<(String, Value)>,
    /// The body.
    pub body: Body,
    /// What it is for.
    pub role: Role,
}

/// What a step is for. Steps are named by their place in the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Makes what others need.
    Prepare,
    /// Is tried for its own sake.
    Try,
    /// Breaks one rule of an accepted request, or of none where its path means nothing.
    Broken {
        /// The accepted one.
        of: Option<usize>,
        /// The rule.
        rule: String,
    },
    /// Asks the same again.
    Again {
        /// The same question.
        of: usize,
    },
    /// Asks the same in the other version.
    OtherVersion {
        /// The same question.
        of: usize,
    },
    /// Asks the same as somebody who may do less; of what changes something, before it is done.
    As {
        /// The same question.
        of: Option<usize>,
    },
    /// Makes a second one.
    Second {
        /// What made the first one.
        of: usize,
    },
    /// Reads what was written.
    ReadBack {
        /// What wrote it.
        of: usize,
        /// What was read there before, if that was looked at.
        since: Option<usize>,
    },
    /// Looks at what is going to be changed.
    Look,
    /// Looks again: something must have changed.
    Changed {
        /// What has changed it.
        of: usize,
        /// What was seen before.
        since: usize,
    },
    /// Reads what was deleted.
    Gone {
        /// What deleted it.
        of: usize,
    },
    /// Goes through a list that has what was made.
    Contains {
        /// What made it.
        of: usize,
    },
    /// Goes through the same list as one who is told that what was made is not there.
    Unlisted {
        /// The list as it is for who made it.
        of: usize,
        /// Where he is told.
        told: usize,
    },
    /// Goes through a list page by page, and once as a whole.
    Pages,
    /// Follows the `self` links of an answer.
    Follow {
        /// The answer.
        of: usize,
    },
}

impl Role {
    /// The step that must have succeeded for this one to make sense.
    pub fn of(&self) -> Option<usize> {
        match self {
            Self::Prepare | Self::Try | Self::Pages | Self::Look => None,
            Self::Broken { of, .. } | Self::As { of } => *of,
            Self::Again { of }
            | Self::OtherVersion { of }
            | Self::Second { of }
            | Self::ReadBack { of, .. }
            | Self::Changed { of, .. }
            | Self::Gone { of }
            | Self::Contains { of }
            | Self::Unlisted { of, .. }
            | Self::Follow { of } => Some(*of),
        }
    }

    /// The step that saw what was there before.
    pub fn since(&self) -> Option<usize> {
        match self {
            Self::ReadBack { since, .. } => *since,
            Self::Changed { since, .. } => Some(*since),
            _ => None,
        }
    }

    /// The same role, with the steps renumbered.
    pub fn renumbered(&self, number: impl Fn(usize) -> Option<usize>) -> Option<Self> {
        Some(match self {
            Self::Prepare | Self::Try | Self::Pages | Self::Look => self.clone(),
            Self::Broken { of: None, .. } | Self::As { of: None } => self.clone(),
            Self::Broken { of: Some(of), rule } => Self::Broken { of: Some(number(*of)?), rule: rule.clone() },
            Self::As { of: Some(of) } => Self::As { of: Some(number(*of)?) },
            Self::Again { of } => Self::Again { of: number(*of)? },
            Self::OtherVersion { of } => Self::OtherVersion { of: number(*of)? },
            Self::Second { of } => Self::Second { of: number(*of)? },
            // What was there before is only looked at where it helps.
            Self::ReadBack { of, since } => Self::ReadBack { of: number(*of)?, since: since.and_then(&number) },
            Self::Changed { of, since } => Self::Changed { of: number(*of)?, since: number(*since)? },
            Self::Gone { of } => Self::Gone { of: number(*of)? },
            Self::Contains { of } => Self::Contains { of: number(*of)? },
            Self::Unlisted { of, told } => Self::Unlisted { of: number(*of)?, told: number(*told)? },
            Self::Follow { of } => Self::Follow { of: number(*of)? },
        })
    }
}

/// A request that was sent, and what came of it.
#[derive(Debug)]
pub struct Exchange {
    /// The request, without marks.
    pub request: Request,
    /// The answer, or why there is none.
    pub result: Result<Answer, TargetError>,
}

impl Exchange {
    /// The answer, if it is one of success.
    pub fn success(&self) -> Option<&Answer> {
        self.result.as_ref().ok().filter(|answer| answer.is_success() || answer.status == 303)
    }
}

/// What marks for unique texts became: by scope, form and index.
pub type Names = HashMap<(usize, String, usize), Value>;

/// What became of a case: for each step its exchanges, of which most have one and skipped ones none.
#[derive(Debug, Default)]
pub struct Trace {
    /// By step.
    pub steps: Vec<Vec<Exchange>>,
    /// What marks for unique texts became.
    pub unique: Names,
}

impl Trace {
    /// The first exchange of a step.
    pub fn first(&self, step: usize) -> Option<&Exchange> {
        self.steps.get(step)?.first()
    }

    /// The answer to a step, if it is one of success.
    pub fn success(&self, step: usize) -> Option<&Answer> {
        self.first(step)?.success()
    }
}
