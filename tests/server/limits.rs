//! Clients that send too much, or too slowly.

use crate::support::Mock;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

/// The answer to a request that is never finished.
fn answer_to(mock: &Mock, request: &str) -> String {
    let mut connection = TcpStream::connect(mock.in_banner("Listening on")).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

fn post(length: usize, part: &str) -> String {
    format!(
        "POST /rest/api/3/issue HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Authorization: Basic YWRtaW5AZXhhbXBsZS5jb206YWRtaW4tdG9rZW4=\r\nContent-Length: {length}\r\n\r\n{part}"
    )
}

#[tokio::test]
async fn slow_and_large_requests_are_given_up() {
    let mock = Mock::start(&["--ephemeral", "--time-limit", "1", "--header-time-limit", "1", "--body-limit", "1000"]);
    let slow = answer_to(&mock, &post(500, "{"));
    assert!(slow.starts_with("HTTP/1.1 408"), "{slow}");
    let large = answer_to(&mock, &post(2_000, &"x".repeat(2_000)).replace("Host:", "Connection: close\r\nHost:"));
    assert!(large.starts_with("HTTP/1.1 413"), "{large}");
    // The connection just ends: there is nobody yet to answer.
    let no_head = answer_to(&mock, "GET /rest/api/3/issue/DEMO-1 HTTP/1.1\r\nHost: loc");
    assert!(!no_head.contains("HTTP/1.1 200"), "{no_head}");
    mock.create_issue("DEMO", "still serving").await;
}

/// Python's clients send the body in a packet of its own, and the next request on the same connection.
#[tokio::test]
async fn a_body_that_nobody_wants_may_come_after_the_answer() {
    let mock = Mock::start(&["--ephemeral"]);
    let mut connection = TcpStream::connect(mock.in_banner("Listening on")).unwrap();
    for _ in 0..3 {
        let head = post(2, "").replace("POST /rest/api/3/issue ", "DELETE /rest/api/3/issue/DEMO-99999 ");
        connection.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(br#""errors":{}}"#) {
            let mut part = [0; 4096];
            let length = connection.read(&mut part).unwrap();
            assert!(length > 0, "the server hung up: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&part[..length]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 404"), "{}", String::from_utf8_lossy(&answer));
        connection.write_all(b"{}").unwrap();
    }
}
