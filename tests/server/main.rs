//! The program as its users meet it: started as a process, asked through HTTP, ended by a signal.
//!
//! Nothing sleeps for a fixed time: every wait is for a condition.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

mod administration;
mod description;
mod durability;
mod limits;
mod observation;
mod parity;
mod several;
mod start;
mod support;
mod tls;
