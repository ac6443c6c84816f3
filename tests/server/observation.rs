//! Logs, metrics, spans, and the record of requests.

use crate::support::{Mock, client, command, json_of, send, status_of};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
};

const ISSUE: &str = "/rest/api/3/issue/DEMO-1";

#[tokio::test]
async fn requests_are_counted_by_operation() {
    let mock = Mock::start(&["--ephemeral"]);
    for _ in 0..2 {
        mock.get(ISSUE).await;
    }
    let page = client().get(format!("{}/metrics", mock.url)).send().await.unwrap();
    let kind = page.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let page = page.text().await.unwrap();
    for line in [
        r#"mock_jira_requests_total{method="GET",operation="getIssue",status="200"} 2"#,
        r#"mock_jira_request_duration_seconds_count{method="GET",operation="getIssue"} 2"#,
        "mock_jira_requests_under_way 0",
        "mock_jira_database_connections_free ",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
}

#[tokio::test]
async fn a_request_is_one_line_that_names_it() {
    let mock = Mock::start(&["--ephemeral", "--log-format", "json"]);
    let (_, headers, _) = send(mock.request(Method::GET, ISSUE)).await;
    let id = headers["atl-request-id"].to_str().unwrap().to_owned();
    crate::support::wait_until("the request is logged", || mock.log().contains(&id));
    let log = mock.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(&id)).collect();
    let [line] = lines[..] else { panic!("{lines:?}") };
    let line: Value = serde_json::from_str(line).unwrap();
    let span = &line["span"];
    assert_eq!((&span["site"], &span["operation"]), (&"demo".into(), &"getIssue".into()), "{line}");
    assert_eq!((&span["status"], &span["method"]), (&200.into(), &"GET".into()), "{line}");
    assert!(span["elapsed_us"].is_u64() && span["caller"].is_string(), "{line}");

    let known = json_of(client().get(format!("{}/_mock/requests/{id}", mock.url)), 200).await;
    assert_eq!((&known["operation"], &known["status"]), (&"getIssue".into(), &200.into()));
}

#[tokio::test]
async fn requests_are_found_by_what_they_were() {
    let mock = Mock::start(&["--ephemeral"]);
    let (_, headers, _) = send(mock.request(Method::GET, ISSUE)).await;
    let first = headers["atl-request-id"].to_str().unwrap().to_owned();
    assert_eq!(status_of(mock.request(Method::GET, "/rest/api/3/issue/DEMO-99999")).await, 404);
    mock.create_issue("DEMO", "one").await;
    for (filter, count) in [
        (String::new(), 3),
        ("site=demo&operation=getIssue".into(), 2),
        ("status=404".into(), 1),
        ("method=POST".into(), 1),
        ("path=DEMO-99999".into(), 1),
        (format!("since={first}"), 2),
        ("site=other".into(), 0),
    ] {
        let found = json_of(client().get(format!("{}/_mock/requests?{filter}", mock.url)), 200).await;
        assert_eq!(found["requests"].as_array().unwrap().len(), count, "{filter}: {found}");
    }
}

#[tokio::test]
async fn a_request_is_shown_with_what_was_sent_and_answered() {
    let mock = Mock::start(&["--ephemeral"]);
    let body = json!({ "fields": { "project": { "key": "DEMO" }, "summary": "kept", "issuetype": { "id": "10002" } } });
    let (_, headers, answer) = send(mock.request(Method::POST, "/rest/api/3/issue").json(&body)).await;
    let shown = async |headers: &HeaderMap| {
        let id = headers["atl-request-id"].to_str().unwrap();
        json_of(client().get(format!("{}/_mock/requests/{id}", mock.url)), 200).await
    };
    let known = shown(&headers).await;
    assert_eq!(known["request"], body);
    assert_eq!(known["answer"], serde_json::from_slice::<Value>(&answer).unwrap());
    assert!(!known.to_string().contains("admin-token"), "{known}");
    // What is no JSON is kept as what it is, and a refused one as well.
    let broken =
        mock.request(Method::POST, "/rest/api/3/issue").header("content-type", "application/json").body("{ no");
    let (status, headers, _) = send(broken).await;
    let known = shown(&headers).await;
    assert_eq!((status.as_u16(), &known["request"]), (400, &"{ no".into()));
    assert!(known["answer"]["errorMessages"].is_array(), "{known}");
    let (_, headers, _) = send(mock.request(Method::GET, ISSUE)).await;
    assert_eq!(shown(&headers).await["request"], Value::Null);
}

#[tokio::test]
async fn requests_are_told_as_they_come() {
    let mock = Mock::start(&["--ephemeral"]);
    let url = format!("{}/_mock/requests/stream?operation=getIssue", mock.url);
    let mut stream = client().get(url).send().await.unwrap();
    mock.create_issue("DEMO", "of no interest").await;
    mock.get(ISSUE).await;
    let mut told = String::new();
    while !told.contains("\n\n") {
        told.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(told.contains("event: request") && told.contains(ISSUE), "{told}");
    assert!(!told.contains("createIssue"), "{told}");
    // Who listens does not keep the server from ending.
    mock.stop();
    while stream.chunk().await.unwrap().is_some() {}
}

#[tokio::test]
async fn spans_are_exported_before_the_end() {
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let (send, received) = mpsc::channel();
    thread::spawn(move || {
        for connection in collector.incoming() {
            let mut connection = BufReader::new(connection.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            while !head.ends_with("\r\n\r\n") {
                let begin = head.len();
                connection.read_line(&mut head).unwrap();
                let line = head[begin..].to_ascii_lowercase();
                length = line.strip_prefix("content-length:").map_or(length, |text| text.trim().parse().unwrap());
            }
            let mut body = vec![0; length];
            connection.read_exact(&mut body).unwrap();
            // Before the answer, which lets the server end.
            send.send((head, String::from_utf8_lossy(&body).into_owned())).unwrap();
            connection
                .get_mut()
                .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
        }
    });
    let mut with_collector = command(&["--listen", "127.0.0.1:0", "--ephemeral"]);
    let mock = Mock::spawn(with_collector.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint));
    mock.get(ISSUE).await;
    mock.stop();
    let spans: Vec<(String, String)> = received.try_iter().collect();
    assert!(spans.iter().all(|(head, _)| head.starts_with("POST /v1/traces")), "{spans:?}");
    assert!(spans.iter().any(|(_, body)| body.contains("getIssue") && body.contains("mock-jira")), "{spans:?}");
    assert!(!spans.iter().any(|(_, body)| body.contains("admin-token")));
}
