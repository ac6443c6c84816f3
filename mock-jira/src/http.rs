//! The HTTP room: the gate that every request passes, route tables, bodies, answers.
//! The only room that knows axum.

pub mod admin;
pub mod agile;
pub mod answer;
pub mod body;
pub mod call;
pub mod columns;
pub mod error;
pub mod gate;
pub mod headers;
pub mod media;
pub mod operations;
pub mod page;
pub mod params;
pub mod platform;
pub mod properties;
pub mod routes;
pub mod server;
pub mod views;
