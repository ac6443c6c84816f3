//! Sites and tokens: with the command and under `/_mock`, and who may do what off loopback.

use crate::support::{Mock, client, command, json_of, run, status_of};
use reqwest::Method;
use serde_json::json;

const ISSUE: &str = "/rest/api/3/issue/DEMO-1";

#[tokio::test]
async fn tokens_are_made_and_revoked_on_a_running_server() {
    let mock = Mock::start(&["--ephemeral"]);
    let tokens = |arguments: &[&str]| run(&[&["tokens"], arguments, &["--server", &mock.url]].concat());
    let of_viewer = ["create", "--email", "Viewer@example.com", "--label", "ci", "--expires-in-days", "30"];
    let made = tokens(&of_viewer);
    let token = made.trim();
    let as_viewer = ("viewer@example.com", token);
    assert_eq!(status_of(mock.request_as(as_viewer, Method::GET, ISSUE)).await, 200);

    let list = tokens(&["list"]);
    assert!(list.contains("ci") && list.contains("viewer@example.com"), "{list}");
    assert!(!list.contains(token) && !mock.log().contains(token));
    tokens(&["revoke", "ci"]);
    // Nobody's any more: the request runs as anonymous, who does not see the issue.
    assert_eq!(status_of(mock.request_as(as_viewer, Method::GET, ISSUE)).await, 404);

    let mut unknown = command(&["tokens", "create", "--email", "nobody@example.com", "--server", &mock.url]);
    let refused = unknown.output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("'nobody@example.com'"));
}

#[tokio::test]
async fn sites_and_tokens_without_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = ["--data-dir", folder.path().to_str().unwrap()];
    run(&[&["sites", "create", "acme", "--template", "demo"], &data[..]].concat());
    let list = run(&[&["sites", "list"], &data[..]].concat());
    assert!(list.starts_with("acme "), "{list}");
    let token = run(&[&["tokens", "create", "--site", "acme", "--email", "admin@example.com"], &data[..]].concat());

    let mock = Mock::start(&data);
    let path = format!("/_site/acme{ISSUE}");
    let as_admin = ("admin@example.com", token.trim());
    assert_eq!(status_of(mock.request_as(as_admin, Method::GET, &path)).await, 200);
    run(&["sites", "delete", "acme", "--server", &mock.url]);
    assert_eq!(status_of(mock.request_as(as_admin, Method::GET, &path)).await, 404);
}

#[tokio::test]
async fn a_token_expires_by_the_clock_of_its_site() {
    let mock = Mock::start(&["--ephemeral"]);
    let url = format!("{}/_mock/sites/demo", mock.url);
    let wanted = json!({ "email": "admin@example.com", "expiresInDays": 1 });
    let made = json_of(client().post(format!("{url}/tokens")).json(&wanted), 201).await;
    let with_token = ("admin@example.com", made["token"].as_str().unwrap());
    assert_eq!(status_of(mock.request_as(with_token, Method::GET, ISSUE)).await, 200);
    let two_days = json!({ "clock": { "advanceMs": 2 * 86_400_000 } });
    json_of(client().patch(url).json(&two_days), 200).await;
    assert_eq!(status_of(mock.request_as(with_token, Method::GET, ISSUE)).await, 404);
}

#[tokio::test]
async fn administrators_are_answered_in_json() {
    let mock = Mock::start(&["--ephemeral"]);
    let at = |path: &str| format!("{}{path}", mock.url);
    for (request, status) in [
        (client().get(at("/_mock/nothing")), 404),
        (client().get(at("/_mock/sites/nothing")), 404),
        (client().get(at("/_mock/requests?sight=x")), 400),
        (client().get(at("/_mock/requests/x")), 400),
        (client().post(at("/_mock/sites")).json(&json!({ "nome": "x" })), 422),
        (client().post(at("/_mock/sites")).json(&json!({ "name": "X!" })), 400),
        (client().post(at("/_mock/sites")).json(&json!({ "template": "x" })), 400),
        (client().post(at("/_mock/sites")).body("{}"), 415),
        (client().post(at("/_mock/sites/demo/tokens")).json(&json!({ "email": "x" })), 400),
        (client().delete(at("/_mock/sites/demo/tokens/x")), 404),
    ] {
        let body = json_of(request, status).await;
        assert!(body["message"].is_string(), "{body}");
    }
}

#[tokio::test]
async fn a_reset_restores_the_default_site_and_keeps_tokens() {
    let mock = Mock::start(&["--ephemeral"]);
    let wanted = json!({ "email": "admin@example.com" });
    let made = json_of(client().post(format!("{}/_mock/sites/demo/tokens", mock.url)).json(&wanted), 201).await;
    let with_token = ("admin@example.com", made["token"].as_str().unwrap());
    let key = mock.create_issue("DEMO", "gone").await;
    assert_eq!(status_of(mock.request(Method::DELETE, ISSUE)).await, 204);
    json_of(client().post(format!("{}/_mock/reset", mock.url)), 204).await;
    assert_eq!(json_of(client().get(format!("{}/_mock/requests", mock.url)), 200).await["requests"], json!([]));
    assert_eq!(status_of(mock.request_as(with_token, Method::GET, ISSUE)).await, 200);
    assert_eq!(status_of(mock.request(Method::GET, &format!("/rest/api/3/issue/{key}"))).await, 404);
}

#[tokio::test]
async fn off_loopback_only_random_tokens_work() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--listen", "0.0.0.0:0", "--data-dir", folder.path().to_str().unwrap()];
    let mock = Mock::spawn(&mut command(&arguments));
    assert_eq!(status_of(mock.request(Method::GET, ISSUE)).await, 404);
    let token = mock.in_banner("admin@example.com");
    assert!(token.starts_with("mock-"), "{}", mock.banner);
    let as_admin = ("admin@example.com", token.as_str());
    assert_eq!(status_of(mock.request_as(as_admin, Method::GET, ISSUE)).await, 200);
    assert!(!mock.log().contains(&token));

    // Who can reach the administration could make tokens: it asks for one itself.
    let sites = || client().get(format!("{}/_mock/sites", mock.url));
    assert_eq!(status_of(sites()).await, 401);
    let line = mock.banner.lines().find(|line| line.contains("Bearer")).unwrap();
    assert_eq!(status_of(sites().bearer_auth(line.split_whitespace().last().unwrap())).await, 200);
    assert_eq!(status_of(client().get(format!("{}/_mock/ready", mock.url))).await, 200);
    mock.stop();

    let again = Mock::spawn(&mut command(&arguments));
    assert!(again.banner.contains("an earlier start has shown"), "{}", again.banner);
    assert_eq!(status_of(again.request_as(as_admin, Method::GET, ISSUE)).await, 200);
}
