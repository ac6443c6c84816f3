//! How many statements the busiest reads send to the database.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

use mock_jira::MockJira;
#[tokio::test]
async fn the_busiest_reads_are_one_and_two_statements() {
    let mock = MockJira::builder().start().await.expect("a server");
    let client = reqwest::Client::new();
    let count = async |path: &str| {
        let url = format!("{}{path}", mock.url());
        let mut last = 0;
        // The first ones load the snapshot, give the connection to the site, and are noted as a login, aside.
        for _ in 0..10 {
            let before = mock.server().db.statements();
            let answer = client.get(&url).basic_auth("developer@example.com", Some("developer-token")).send().await;
            assert_eq!(answer.expect("an answer").status(), 200, "{path}");
            last = mock.server().db.statements() - before;
        }
        last
    };
    assert_eq!(count("/rest/api/3/issue/DEMO-1").await, 1);
    assert_eq!(count("/rest/api/3/issue/DEMO-1?fields=summary,status").await, 1);
    // What matches, and the page's issues.
    assert_eq!(count("/rest/api/3/search/jql?jql=project=DEMO&fields=*all").await, 2);
    // The site's version.
    assert_eq!(count("/rest/api/3/project/search").await, 1);
    mock.stop().await.expect("a stop");
}
