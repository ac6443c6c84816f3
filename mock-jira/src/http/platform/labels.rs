//! Labels (U-51).

use crate::{
    db,
    http::{
        answer::{Answer, ok},
        call::Call,
        page::{Window, bean},
        routes::Routes,
    },
};
use serde_json::Value;

/// Operations on labels.
pub fn routes() -> Routes {
    Routes::default().get("/rest/api/3/label", get_all_labels)
}

async fn get_all_labels(call: Call) -> Answer {
    let window = Window::read(&call, 1000, 1000)?;
    let (total, labels) = db::issues::labels(&mut call.read().await?, window.start_at, window.max_results).await?;
    let values = labels.into_iter().map(Value::from).collect();
    ok(bean(&call, "label", window, total, values))
}
