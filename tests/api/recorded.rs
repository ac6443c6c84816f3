//! Answers of Jira Cloud that were recorded whole, as an anonymous caller of a public project: the same requests are
//! answered the same here. Sentences about syntax errors in JQL have a test of their own, beside the parser.

use crate::support::{Client, World};
use http::Method;
use serde_json::{Value, json};

const JSON: &str = "application/json;charset=UTF-8";
const PROBLEM: &str = "application/problem+json;charset=UTF-8";
const USUAL: &str = "no-cache, no-store, no-transform";
const UNUSUAL: &str = "no-store, no-cache"; // H-4

/// A caller without credentials, where anyone sees the projects.
async fn anyone() -> (World, Client) {
    let world = World::demo().await;
    let grant = json!({ "permission": "BROWSE_PROJECTS", "holder": { "type": "anyone" } });
    world.admin().post("/rest/api/3/permissionscheme/0/permission", grant).await.expect(201);
    let anyone = world.anonymous();
    (world, anyone)
}

/// Asks, and compares all of the answer that is not different each time.
async fn check(client: &Client, method: Method, path: &str, body: Option<&str>, expected: (u16, &str, &str, Value)) {
    let headers: &[(&str, &str)] = if body.is_some() { &[("content-type", "application/json")] } else { &[] };
    let path = format!("/rest/api/3/{path}");
    let reply = client.raw(method, &path, headers, body.unwrap_or_default().as_bytes().to_vec()).await;
    let answered =
        ["content-type", "cache-control", "x-cache", "x-aaccountid", "ratelimit"].map(|name| reply.header(name));
    let (status, kind, caching, body) = expected;
    let cache = if status < 400 { "Miss from cloudfront" } else { "Error from cloudfront" };
    assert_eq!(answered, [Some(kind), Some(caching), Some(cache), None, None], "{path}"); // H-1 to H-5, H-9
    assert_eq!((reply.status.as_u16(), reply.json()), (status, body), "{path}");
}

fn refused(message: &str) -> Value {
    json!({ "errorMessages": [message], "errors": {} })
}

fn problem(status: u16, title: &str, detail: &str, instance: &str) -> Value {
    json!({ "type": "about:blank", "title": title, "status": status, "detail": detail, "instance": instance })
}

#[tokio::test]
async fn what_is_missing_or_asked_for_wrongly() {
    let (_world, anyone) = anyone().await;
    let permission = "mypermissions?permissions=BROWSE_PROJECTS&projectKey=NOPEZZQ";
    let order = "The field to order by should be one of [name, key, owner, category, issueCount, \
                 lastIssueUpdatedTime, archivedDate, deletedDate]. Instead, it was: zz.";
    let gone = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration \
                guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046";
    let exclusive = "The query parameters 'query' and 'accountId' are mutually exclusive.";
    for (path, status, caching, body) in [
        ("issue/NOPE-999999", 404, USUAL, "Issue does not exist or you do not have permission to see it."), // J-31
        ("project/NOPEZZQ", 404, USUAL, "No project could be found with key 'NOPEZZQ'."),                   // U-40
        ("project/search?orderBy=zz", 400, UNUSUAL, order),                                                 // U-42
        ("mypermissions", 400, USUAL, "The 'permissions' query parameter is required."),                    // U-22
        (permission, 404, USUAL, "Could not find project with provided key."),
        ("user/search", 400, USUAL, "The username or property query parameter must be provided"), // U-7
        ("user/search?query=a&accountId=x", 400, USUAL, exclusive),
        ("user/assignable/search", 400, USUAL, "No project, issue key or issue ID was provided"), // U-8
        ("issueLink/99999999", 404, UNUSUAL, "No issue link with id '99999999' exists."),         // J-110
        ("search", 410, USUAL, gone),                                                             // S-42
    ] {
        check(&anyone, Method::GET, path, None, (status, JSON, caching, refused(body))).await;
    }
    let order = "The field to order by should be one of [created]. Instead, it was: author."; // J-92
    check(&anyone, Method::GET, "issue/DEMO-1/comment?orderBy=author", None, (400, JSON, USUAL, refused(order))).await;
    let unknown = json!({ "errorMessages": [], "errors": { "LAUNCH_ROCKETS": "Unrecognized permission" } });
    check(&anyone, Method::GET, "mypermissions?permissions=LAUNCH_ROCKETS", None, (400, JSON, USUAL, unknown)).await;
    let none = json!({ "expand": "transitions", "transitions": [] }); // J-70
    check(&anyone, Method::GET, "issue/DEMO-1/transitions?transitionId=999", None, (200, JSON, USUAL, none)).await;
    for (path, status, title, detail) in [
        ("issue/DEMO-1/comment?maxResults=x", 400, "Bad Request", "Failed to convert 'maxResults' with value: 'x'"), // H-17
        ("issue/DEMO-1/no-such-thing", 404, "Not Found", "No endpoint GET /rest/api/3/issue/DEMO-1/no-such-thing."), // H-18
        ("search/approximate-count", 405, "Method Not Allowed", "Method 'GET' is not supported."), // H-19
    ] {
        let instance = format!("/rest/api/3/{}", path.split('?').next().unwrap());
        let body = problem(status, title, detail, &instance);
        check(&anyone, Method::GET, path, None, (status, PROBLEM, USUAL, body)).await;
    }
}

#[tokio::test]
async fn searches_that_find_nothing_or_are_refused() {
    let (_world, anyone) = anyone().await;
    for jql in [
        "colour = red",
        "status = \"Zzqq\"",
        "assignee = noSuchFunction()",
        "status = currentUser()",
        "text = \"export\"",
        "updated >= yesterday",
        "key = DEMO-99999999",
        "project = NOPEZZQ",
        "project = DEMO AND status WAS Open",
        "status is Open",
        "project = DEMO AND text ~ \"??\"",
        "project = DEMO AND created >= startOfDay(zz)",
    ] {
        let path = format!(
            "search/jql?jql={}",
            percent_encoding::utf8_percent_encode(jql, percent_encoding::NON_ALPHANUMERIC)
        );
        let nothing = json!({ "issues": [], "isLast": true }); // S-3, S-27, Q-76
        check(&anyone, Method::GET, &path, None, (200, JSON, USUAL, nothing)).await;
    }
    let unbounded = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."; // S-9
    let range = "The max results parameter has to be between 1 and 5,000."; // S-11
    for (path, message) in [
        ("search/jql?jql=order%20by%20key", unbounded),
        ("search/jql?jql=project%20%3D%20DEMO&maxResults=0", range),
        ("search/jql?jql=project%20%3D%20DEMO&maxResults=6000&fields=id", range),
        (
            "search/jql?jql=project%20%3D%20DEMO&nextPageToken=garbage",
            "The provided next page token is invalid or expired.", // S-7
        ),
    ] {
        check(&anyone, Method::GET, path, None, (400, JSON, USUAL, refused(message))).await;
    }
    let body = r#"{"jql":"order by key"}"#;
    let expected = (400, JSON, USUAL, refused(unbounded));
    check(&anyone, Method::POST, "search/approximate-count", Some(body), expected).await;
    let unreadable = json!({
        "errorMessages": ["Invalid request payload. Refer to the REST API documentation and try again."], // H-15
    });
    for body in [r#"{"jql":"project = DEMO","colour":1}"#, r#"{"jql":"project = DEMO","maxResults":"x"}"#] {
        check(&anyone, Method::POST, "search/jql", Some(body), (400, JSON, UNUSUAL, unreadable.clone())).await;
    }
}

/// Bodies are looked at before the anonymous caller is refused (J-3).
#[tokio::test]
async fn writes_that_could_not_be_done() {
    let (_world, anyone) = anyone().await;
    let off_screen = "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown."; // J-8, J-53
    let haunts = r#"{"type":{"name":"Haunts"},"inwardIssue":{"key":"DEMO-1"},"outwardIssue":{"key":"DEMO-2"}}"#;
    for (method, path, body, status, caching, expected) in [
        (Method::POST, "issue", "", 400, USUAL, refused("No Issue Create payload supplied")), // H-16
        (
            Method::POST,
            "issue",
            "not json",
            400,
            UNUSUAL,
            json!({ "errorMessages": ["There was an error parsing JSON. Check that your request body is valid."] }), // H-15
        ),
        (
            Method::POST,
            "issue",
            "[1]",
            400,
            UNUSUAL,
            json!({ "errorMessages": ["Invalid request payload. Refer to the REST API documentation and try again."] }),
        ),
        (
            Method::POST,
            "issue",
            r#"{"fields":{}}"#,
            400,
            USUAL,
            json!({ "errorMessages": [], "errors": { "project": "Specify a valid project ID or key" } }), // J-2
        ),
        (
            Method::POST,
            "issue",
            r#"{"fields":{"project":{"key":"DEMO"}}}"#,
            400,
            USUAL,
            json!({ "errorMessages": [], "errors": { "issuetype": "Specify an issue type" } }),
        ),
        (
            Method::PUT,
            "issue/DEMO-1",
            r#"{"fields":{"summary":"x"}}"#,
            400,
            UNUSUAL,
            json!({ "errorMessages": [], "errors": { "summary": off_screen } }),
        ),
        (
            Method::POST,
            "issue/DEMO-1/comment",
            r#"{"body":"plain"}"#,
            400,
            USUAL,
            json!({
                "errorMessages": ["You do not have the permission to comment on this issue."], // J-96
                "errors": { "comment": "Comment body is not valid!" },                       // J-13
            }),
        ),
        (
            Method::POST,
            "issue/DEMO-1/transitions",
            "{}",
            400,
            USUAL,
            refused("Missing 'transition' identifier"), // J-72
        ),
        (
            Method::POST,
            "issueLink",
            haunts,
            404,
            UNUSUAL,
            refused("No issue link type with name 'Haunts' found."), // J-110
        ),
    ] {
        check(&anyone, method, path, Some(body), (status, JSON, caching, expected)).await;
    }
}
