//! Stub, being replaced.
#![allow(missing_docs)]
use super::Context;
use crate::domain::failure::Result;
pub struct Found {
    pub ids: Vec<i64>,
    pub more: bool,
}
pub async fn search(_c: &Context, _jql: &str, _offset: i64, _limit: i64) -> Result<Found> {
    Ok(Found { ids: vec![], more: false })
}
pub async fn count(_c: &Context, _jql: &str) -> Result<i64> {
    Ok(0)
}
pub async fn unbounded(_c: &Context, _jql: &str, _offset: i64, _limit: i64) -> Result<(Vec<i64>, i64)> {
    Ok((vec![], 0))
}
