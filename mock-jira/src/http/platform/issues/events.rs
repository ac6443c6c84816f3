//! What happens to issues.

use crate::{
    domain::event::EVENTS,
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
    },
};
use serde_json::{Value, json};

/// The operation.
pub fn routes() -> Routes {
    Routes::default().get("/rest/api/3/events", get_events)
}

async fn get_events(call: Call) -> Answer {
    call.administers("You do not have permission to see the events of issues.")?;
    ok(EVENTS.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect::<Vec<Value>>())
}
