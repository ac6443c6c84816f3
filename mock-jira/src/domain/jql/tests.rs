//! What the parser promises: sentences word for word, trees, and never a panic.

mod errors;
mod grammar;
mod hostile;
mod recorded;
mod round_trip;
mod structure;
mod table;
mod typing;
