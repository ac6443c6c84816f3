//! What may be written.

use http::Method;

use super::links::{Links, normal, parameters};
use crate::contract::Operation;

/// What a run may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Nothing.
    Nothing,
    /// What it makes inside one project.
    Project(String),
    /// Everything: the target is there to be tested.
    Site,
}

impl Scope {
    /// Whether anything may be written.
    pub fn writes(&self) -> bool {
        *self != Self::Nothing
    }

    /// Whether an operation may be called with a request that could be accepted.
    pub fn allows(&self, links: &Links, operation: &Operation) -> bool {
        if operation.method == Method::GET || links.only_reads(operation) {
            return true;
        }
        match self {
            Self::Nothing => false,
            Self::Site => true,
            // What it is about must be a thing that lives in a project, which the run has then made itself.
            Self::Project(_) => {
                let subject = parameters(&operation.path).last().and_then(|name| links.path_parameter(operation, name));
                let makes = links.kind(&normal(&operation.path)).and(Some(normal(&operation.path)));
                makes.or(subject.map(|meaning| meaning.kind)).is_some_and(|kind| links.is_in_project(&kind))
            }
        }
    }
}
