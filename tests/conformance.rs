//! Which published operations are served: the list of the others may only shrink.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

use mock_jira::http::{operations::Catalogue, server};
use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_operation_is_served_or_listed() {
    let catalogue = Catalogue::load().expect("the contracts");
    let routes = server::routes();
    let published: BTreeSet<String> =
        catalogue.iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect();
    for (method, path) in routes.served() {
        assert!(published.contains(&format!("{method} {path}")), "{method} {path} is routed but not published");
    }
    let missing: BTreeSet<String> = catalogue
        .iter()
        .filter(|operation| !routes.serves(&operation.method, &operation.path))
        .map(|operation| format!("{} {}", operation.method, operation.published_path()))
        .collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/unimplemented.txt");
    let text = fs::read_to_string(&file).unwrap_or_default();
    let listed: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    let grown: Vec<&String> = missing.difference(&listed).collect();
    assert!(grown.is_empty(), "no longer served, and not in {}:\n{grown:#?}", file.display());
    let served: Vec<&String> = listed.difference(&missing).collect();
    assert!(served.is_empty(), "served by now: delete from {}:\n{served:#?}", file.display());
}
