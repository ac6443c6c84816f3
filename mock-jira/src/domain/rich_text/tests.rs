//! Tests of the module as a whole.

mod cases;
mod generate;
mod properties;
mod validation;
