//! The harness judges mock-jira from the outside.
//!
//! It knows Jira only through the contracts in `schemas/` and speaks to the mock only over HTTP:
//! nothing here may depend on the `mock-jira` crate, or the two could share one misunderstanding.

pub mod cassette;
pub mod conform;
pub mod contract;
pub mod coverage;
pub mod gate;
pub mod mutate;
pub mod parity;
pub mod report;
pub mod run;
pub mod schemas;
pub mod target;
