//! What happens before an operation: addresses, credentials, media types, and the dialects of refusals.

use crate::support::{Reply, World, http_client, server};
use http::Method;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let world = World::demo().await;
    let admin = world.admin();
    let reply = admin.get("/rest/api/3/nothing?x=1").await;
    assert_eq!(reply.header("content-type"), Some("application/problem+json;charset=UTF-8")); // H-2
    assert_eq!(
        reply.expect(404),
        json!({ "type": "about:blank", "title": "Not Found", "status": 404, "detail": "No endpoint GET /rest/api/3/nothing.", "instance": "/rest/api/3/nothing" })
    ); // H-18
    let reply = admin.get("/rest/api/3/search/approximate-count").await; // S-40
    assert_eq!(reply.header("allow"), Some("POST"));
    assert_eq!(reply.expect(405)["detail"], "Method 'GET' is not supported."); // H-19
    assert_eq!(admin.get("//rest//api/3///nothing/").await.expect(404)["instance"], "/rest/api/3/nothing/"); // H-32
}

#[tokio::test]
async fn who_is_unknown_is_anonymous() {
    let world = World::demo().await;
    for credentials in
        [None, Some(("admin@example.com", "wrong")), Some(("developer@example.com", "admin-token")), Some(("x", ""))]
    {
        let nobody = world.client(credentials);
        nobody.get("/rest/api/3/issue/DEMO-1").await.expect(404); // A-2
        let reply = nobody.get("/rest/api/3/myself").await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.text(), "Client must be authenticated to access this resource."); // H-20
        assert!(reply.header("www-authenticate").unwrap().starts_with("OAuth realm=\"http%3A%2F%2F"));
        assert_eq!(reply.header("x-aaccountid"), None); // H-5
        assert_eq!(reply.header("ratelimit"), None); // H-9
    }
    let nobody = world.client(Some(("admin@example.com", "wrong")));
    let reply = nobody.get("/rest/api/3/issue/DEMO-1").await;
    assert_eq!(reply.header("x-seraph-loginreason"), Some("AUTHENTICATED_FAILED")); // H-6
    for (accept, kind) in [("*/*", "text/html;charset=UTF-8"), ("application/json", "application/json")] {
        let reply = nobody.raw(Method::GET, "/rest/api/3/myself", &[("accept", accept)], Vec::new()).await;
        assert_eq!(reply.header("content-type"), Some(kind));
    }
}

#[tokio::test]
async fn bearer_tokens_are_known_or_refused() {
    let world = World::demo().await;
    let nobody = world.anonymous();
    let known = nobody
        .raw(Method::GET, "/rest/api/3/issue/DEMO-1", &[("authorization", "Bearer developer-token")], Vec::new())
        .await;
    known.expect(200);
    let unknown =
        nobody.raw(Method::GET, "/rest/api/3/issue/DEMO-1", &[("authorization", "Bearer x")], Vec::new()).await;
    assert_eq!(unknown.header("content-type"), Some("application/json"));
    assert_eq!(unknown.expect(403), json!({ "error": "Failed to parse Connect Session Auth Token" })); // H-23
}

/// A-4.
#[tokio::test]
async fn a_limited_token_is_good_on_the_gateway_and_within_its_scopes() {
    let world = World::demo().await;
    let email = "developer@example.com";
    let token = world.token(json!({ "email": email, "scopes": ["read:jira-work"] })).await;
    let site = http_client().get(format!("{}/_mock/sites/{}", server(), world.name)).send().await.unwrap();
    let cloud = site.json::<Value>().await.unwrap()["cloudId"].as_str().unwrap().to_owned();
    let gateway = format!("{}/ex/jira/{cloud}", server());
    let ask = async |base: &str, method: Method, path: &str| {
        let request = http_client().request(method, format!("{base}{path}")).basic_auth(email, Some(&token));
        let answer = request.header("content-type", "application/json").body("{}").send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    let issue = "/rest/api/3/issue/DEMO-1";
    assert_eq!(ask(&gateway, Method::GET, issue).await.0, 200);
    assert_eq!(ask(world.url(), Method::GET, issue).await.0, 404);
    assert_eq!(ask(world.url(), Method::GET, "/rest/api/3/myself").await.0, 401);
    let refusal = json!({ "code": 401, "message": "Unauthorized; scope does not match" }); // A-23
    assert_eq!(ask(&gateway, Method::PUT, issue).await, (401, refusal));
    // The granular scopes of an operation are needed together (A-31).
    for (scopes, status) in [
        (vec!["read:comment:jira"], 401),
        (vec!["read:comment:jira", "read:comment.property:jira", "read:group:jira", "read:project:jira"], 401),
        (
            vec![
                "read:comment:jira",
                "read:comment.property:jira",
                "read:group:jira",
                "read:project:jira",
                "read:project-role:jira",
                "read:user:jira",
                "read:avatar:jira",
            ],
            200,
        ),
    ] {
        let token = world.token(json!({ "email": email, "scopes": scopes })).await;
        let request = http_client().get(format!("{gateway}{issue}/comment")).bearer_auth(token);
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{scopes:?}");
    }
    // One without scopes works on both.
    let token = world.token(json!({ "email": email })).await;
    for base in [world.url(), &gateway] {
        let request = http_client().get(format!("{base}{issue}")).basic_auth(email, Some(&token));
        assert_eq!(request.send().await.unwrap().status().as_u16(), 200);
    }
    let tokens = format!("{}/_mock/sites/{}/tokens", server(), world.name);
    for scopes in [json!([]), json!(["read:everything"])] {
        let refused =
            http_client().post(&tokens).json(&json!({ "email": email, "scopes": scopes })).send().await.unwrap();
        assert_eq!(refused.status().as_u16(), 400);
    }
}

/// A-9.
#[tokio::test]
async fn failed_logins_end_in_a_captcha_where_the_site_wants_that() {
    let world = World::demo().await;
    let (good, issue) = (world.developer(), "/rest/api/3/issue/DEMO-1");
    let bad = world.client(Some(("Developer@example.com", "guessed")));
    for _ in 0..5 {
        bad.get(issue).await.expect(404);
    }
    good.get(issue).await.expect(200);
    world.change(json!({ "settings": { "captchaAfter": 2 } })).await;
    // Only those in a row count.
    for _ in 0..2 {
        bad.get(issue).await.expect(404);
        good.get(issue).await.expect(200);
    }
    for _ in 0..2 {
        bad.get(issue).await.expect(404);
    }
    for client in [&good, &bad] {
        let refused = client.get(issue).await;
        let reason = refused.header("x-authentication-denied-reason").unwrap(); // H-7
        assert_eq!(reason, format!("CAPTCHA_CHALLENGE; login-url={}/login.jsp", world.url()));
        assert_eq!(refused.header("x-seraph-loginreason"), Some("AUTHENTICATION_DENIED")); // H-6
        assert_eq!(refused.status.as_u16(), 401);
    }
    // Others go on, and a login by a browser ends it.
    world.admin().get(issue).await.expect(200);
    let page = http_client().get(format!("{}/login.jsp", world.url()));
    let seen = page.basic_auth("developer@example.com", Some("developer-token")).send().await.unwrap();
    assert_eq!((seen.status().as_u16(), seen.headers()["location"].as_bytes()), (302, &b"/jira/for-you"[..]));
    good.get(issue).await.expect(200);
}

#[tokio::test]
async fn bodies_must_be_what_the_operation_takes() {
    let world = World::demo().await;
    let admin = world.admin();
    let post = async |headers: &[(&str, &str)], body: &[u8]| {
        admin.raw(Method::POST, "/rest/api/3/issue", headers, body.to_vec()).await
    };
    let json_type = [("content-type", "application/json")];
    for (kind, detail) in [
        (None, "Content-Type 'null' is not supported."), // H-24
        (Some("text/plain"), "Content-Type 'text/plain' is not supported."),
        (Some("nonsense"), "Could not parse Content-Type."),
    ] {
        let headers: Vec<(&str, &str)> = kind.map(|kind| ("content-type", kind)).into_iter().collect();
        let reply = post(&headers, b"{}").await;
        assert_eq!(reply.expect(415)["detail"], detail);
        assert_eq!(reply.header("accept"), Some("application/json"));
    }
    post(&[("content-type", "application/json; charset=utf-8")], b"{}").await.expect(400);
    let reply = post(&json_type, b"").await;
    reply.refused(400, &["No Issue Create payload supplied"], json!({})); // H-16
    let unparsable =
        json!({ "errorMessages": ["There was an error parsing JSON. Check that your request body is valid."] });
    let deep = "[".repeat(100_000);
    let bad: [&[u8]; 5] =
        [b"{", b"\xff\xfe", deep.as_bytes(), br#"{"fields":{"summary":"a\u0000b"}}"#, br#"{"fields":{"a\u0000":1}}"#];
    for body in bad {
        assert_eq!(post(&json_type, body).await.expect(400), unparsable); // H-15
    }
    let payload =
        json!({ "errorMessages": ["Invalid request payload. Refer to the REST API documentation and try again."] });
    for body in [r#"{"fields":[]}"#, "[]", "5", "\"x\""] {
        assert_eq!(post(&json_type, body.as_bytes()).await.expect(400), payload);
    }
    let unknown = world.admin().post("/rest/api/3/issue/bulk", json!({ "nope": 1 })).await;
    assert_eq!(unknown.expect(400), payload);
}

#[tokio::test]
async fn parameters_that_are_no_numbers_are_problems() {
    let world = World::demo().await;
    let admin = world.admin();
    let path = "/rest/api/3/issue/NOPE-1/comment";
    let detail = async |query: &str| admin.get(&format!("{path}?{query}")).await.expect(400)["detail"].clone();
    assert_eq!(detail("maxResults=x").await, "Failed to convert 'maxResults' with value: 'x'"); // H-17, before the issue
    assert_eq!(detail("maxResults=99999999999").await, "Failed to convert 'maxResults' with value: '99999999999'");
    assert_eq!(detail("startAt=1.5").await, "Failed to convert 'startAt' with value: '1.5'");
    admin.get("/rest/api/3/issue/DEMO-1/comment?maxResults=3%204&startAt=").await.expect(200); // H-37
}

#[tokio::test]
async fn no_address_brings_the_server_down() {
    let world = World::demo().await;
    let admin = world.admin();
    for (path, status) in [
        ("/rest/api/3/issue/%00", 400),
        ("/rest/api/3/issue/%ff", 400),
        ("/rest/api/3/issue/DEMO-1?fields=%00", 400),
        ("/rest/api/3/issue/..%2f..%2fetc", 404),
        ("/rest/api/3/issue/%F0%9F%92%A9", 404),
        ("/rest/api/3/issue/DEMO-1%27%20OR%201=1", 404),
        ("/rest/api/3/issue/-1", 404),
        ("/rest/api/3/issue/DEMO--1", 404),
    ] {
        assert_eq!(admin.get(path).await.status.as_u16(), status, "{path}");
    }
    admin.raw(Method::PATCH, "/rest/api/3/issue/DEMO-1", &[], Vec::new()).await.expect(400); // H-26
}

#[tokio::test]
async fn answers_carry_the_headers_of_the_edge() {
    let world = World::demo().await;
    let reply = world.admin().get("/rest/api/3/issue/DEMO-1?fields=summary").await;
    let names = [
        "content-type",
        "server",
        "timing-allow-origin",
        "x-content-type-options",
        "x-xss-protection",
        "strict-transport-security",
        "report-to",
        "nel",
        "x-cache",
        "x-amz-cf-pop",
        "cache-control",
        "x-aaccountid",
        "ratelimit",
        "ratelimit-policy",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
    ];
    let shown: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), json!(reply.header(name)))).collect();
    assert_json_snapshot!(shown);
    let id = reply.header("atl-request-id").unwrap().replace('-', "");
    assert_eq!(reply.header("atl-traceid"), Some(id.as_str())); // H-3
    assert!(reply.header("via").is_some_and(|via| via.ends_with(".cloudfront.net (CloudFront)")));
    assert_eq!(reply.header("x-amz-cf-id").map(str::len), Some(56));
    let head = world.admin().raw(Method::HEAD, "/rest/api/3/issue/DEMO-1", &[], Vec::new()).await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0)); // H-10
}

#[tokio::test]
async fn burst_limits_are_told_per_operation() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let left = |reply: &Reply| reply.header("x-ratelimit-remaining").unwrap().parse::<u64>().unwrap();
    let issue = "/rest/api/3/issue/DEMO-1";
    // Shared by all callers, versions and issues (R-12).
    let (first, second) = (admin.get(issue).await, developer.get("/rest/api/2/issue/DEMO-2").await);
    assert_eq!(left(&first), 399);
    assert!([398, 399].contains(&left(&second)), "a second refills it");
    assert_eq!(first.header("x-ratelimit-limit"), Some("400")); // R-11
    assert_eq!(first.header("ratelimit-policy"), Some("\"jira-burst-based\";q=150;w=1")); // R-10
    assert_eq!(admin.get("/rest/api/3/myself").await.header("ratelimit"), Some("\"jira-burst-based\";r=349;t=1"));
    for method in [Method::HEAD, Method::OPTIONS] {
        let reply = admin.raw(method, issue, &[], Vec::new()).await;
        assert_eq!(reply.header("x-ratelimit-limit"), Some("1000000000000")); // R-11
    }
    // Neither who is unknown nor what there is not (H-9).
    for reply in [world.anonymous().get(issue).await, admin.get("/rest/api/3/nothing").await] {
        assert_eq!(reply.header("x-ratelimit-limit"), None);
    }
}

#[tokio::test]
async fn some_refusals_say_otherwise_that_they_must_not_be_kept() {
    let admin = World::demo().await.admin();
    let edit = json!({ "fields": { "summary": "" } });
    let refused = admin.put("/rest/api/3/issue/DEMO-1", edit).await;
    refused.expect(400);
    assert_eq!(refused.header("cache-control"), Some("no-store, no-cache")); // H-4
    assert_eq!(admin.get("/rest/api/3/issueLink/1").await.header("cache-control"), Some("no-store, no-cache"));
    let missing = admin.get("/rest/api/3/issue/DEMO-99999").await;
    assert_eq!(missing.header("cache-control"), Some("no-cache, no-store, no-transform"));
}

#[tokio::test]
async fn options_are_told_to_who_is_known() {
    let world = World::demo().await;
    let path = "/rest/api/3/issue/DEMO-1";
    let reply = world.developer().raw(Method::OPTIONS, path, &[], Vec::new()).await;
    assert_eq!(reply.header("allow"), Some("DELETE,GET,PUT,HEAD,OPTIONS")); // H-11
    reply.expect(200);
    world.anonymous().raw(Method::OPTIONS, path, &[], Vec::new()).await.expect(401);
}

#[tokio::test]
async fn a_site_that_is_not_there_has_no_paths() {
    let nowhere = format!("{}/_site/nowhere", crate::support::server());
    for path in ["/rest/api/3/myself", "/rest/api/3/nothing", "/browse/DEMO-1"] {
        let answer = crate::support::http_client().get(format!("{nowhere}{path}")).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["atl-missing-tcs"].as_bytes()), (404, &b"true"[..])); // H-29
    }
}

#[tokio::test]
async fn operations_that_are_not_built_yet_say_so() {
    let world = World::demo().await;
    let reply = world.admin().get("/rest/api/3/webhook").await;
    let message = "The operation getDynamicWebhooksForApp (GET /rest/api/3/webhook) is not served yet.";
    reply.refused(501, &[message], json!({}));
    // Whatever the body: this one takes another media type.
    world.admin().put("/rest/api/3/plans/plan/1", json!({})).await.expect(501);
}

/// Bodies whose schema lists all members there are take no others.
#[tokio::test]
async fn unknown_members_are_refused() {
    let world = World::demo().await;
    let admin = world.admin();
    let more = |mut body: Value| {
        body["notDocumented"] = json!(1);
        body
    };
    let level = json!({ "levels": [{ "name": "Level" }] });
    let scheme = admin.post("/rest/api/3/issuesecurityschemes", json!({ "name": "Scheme" })).await.expect(201);
    let scheme = format!("/rest/api/3/issuesecurityschemes/{}", scheme["id"].as_str().unwrap());
    for (path, body) in [
        ("/rest/api/3/comment/list", json!({ "ids": [1] })),
        ("/rest/api/3/worklog/list", json!({ "ids": [1] })),
        ("/rest/api/3/issue/watching", json!({ "issueIds": ["10000"] })),
    ] {
        admin.post(path, body.clone()).await.expect(200);
        admin.post(path, more(body)).await.expect(400);
    }
    for (path, body) in [(scheme.clone(), json!({ "name": "Renamed" })), (format!("{scheme}/level"), level)] {
        admin.put(&path, body.clone()).await.expect(204);
        admin.put(&path, more(body)).await.expect(400);
    }
    // The same deeper inside.
    let share = json!({ "type": "loggedin" });
    let member = json!({ "type": "reporter" });
    let issue = |key: &str| json!({ "key": key });
    let developer = world.developer().get("/rest/api/3/myself").await.expect(200)["accountId"].clone();
    let developer = json!({ "users": [{ "accountId": developer }] });
    for (path, good, bad) in [
        (
            "/rest/api/3/filter",
            json!({ "name": "F", "jql": "project = DEMO", "sharePermissions": [share] }),
            json!({ "name": "G", "jql": "project = DEMO", "sharePermissions": [more(share.clone())] }),
        ),
        (
            "/rest/api/3/dashboard",
            json!({ "name": "D", "sharePermissions": [share], "editPermissions": [] }),
            json!({ "name": "E", "sharePermissions": [more(share.clone())], "editPermissions": [] }),
        ),
        (
            "/rest/api/3/issuesecurityschemes",
            json!({ "name": "S", "levels": [{ "name": "L", "members": [member] }] }),
            json!({ "name": "T", "levels": [{ "name": "L", "members": [more(member.clone())] }] }),
        ),
        (
            "/rest/api/3/permissionscheme",
            json!({ "name": "P", "permissions": [{ "permission": "BROWSE_PROJECTS", "holder": { "type": "anyone" } }] }),
            json!({ "name": "Q", "permissions": [
                { "permission": "BROWSE_PROJECTS", "holder": more(json!({ "type": "anyone" })) } ] }),
        ),
        (
            "/rest/api/3/issueLink",
            json!({ "type": { "name": "Relates" }, "inwardIssue": issue("DEMO-1"), "outwardIssue": issue("DEMO-2") }),
            json!({ "type": { "name": "Relates" }, "inwardIssue": issue("DEMO-1"), "outwardIssue": more(issue("DEMO-2")) }),
        ),
        (
            "/rest/api/3/issue/DEMO-1/notify",
            json!({ "subject": "S", "to": developer, "restrict": { "groupIds": [] } }),
            json!({ "subject": "S", "to": developer, "restrict": more(json!({})) }),
        ),
    ] {
        let accepted = admin.post(path, good).await;
        assert!(accepted.status.is_success(), "{path}: {}", accepted.text());
        let sentence = "Invalid request payload. Refer to the REST API documentation and try again.";
        assert_eq!(admin.post(path, bad).await.expect(400)["errorMessages"], json!([sentence]), "{path}"); // H-15
    }
    let permissions = json!({ "id": 0 });
    admin.put("/rest/api/3/project/DEMO/permissionscheme", permissions.clone()).await.expect(200);
    admin.put("/rest/api/3/project/DEMO/permissionscheme", more(permissions)).await.expect(400);
}

#[tokio::test]
async fn wrong_types_deep_inside_are_refused() {
    let world = World::demo().await;
    world.change(json!({ "settings": { "removedSearch": "served" } })).await;
    let admin = world.admin();
    let sentence = json!(["Invalid request payload. Refer to the REST API documentation and try again."]);
    let jql = json!({ "query": "project = DEMO" });
    let expression = |jql: Value| json!({ "expression": "issues.length", "context": { "issues": { "jql": jql } } });
    let told = |metadata: Value| json!({ "fields": { "summary": "Told" }, "historyMetadata": metadata });
    let archived = |range: Value| json!({ "archivedDateRange": range });
    for (method, path, good, bad) in [
        (
            Method::POST,
            "search",
            json!({ "jql": "project = DEMO", "fieldsByKeys": true, "expand": ["names"] }),
            vec![json!({ "jql": "project = DEMO", "more": 1 }), json!({ "expand": [["names"]] })],
        ),
        (
            Method::POST,
            "issue/bulkfetch",
            json!({ "issueIdsOrKeys": ["DEMO-1"], "expand": ["names"] }),
            vec![json!({ "issueIdsOrKeys": ["DEMO-1"], "expand": { "names": true } })],
        ),
        (
            Method::POST,
            "issue/DEMO-1/changelog/list",
            json!({ "changelogIds": [1, "2"] }),
            vec![json!({ "changelogIds": [null] }), json!({ "changelogIds": [1e300] })],
        ),
        (
            Method::PUT,
            "issue/DEMO-1",
            told(json!({ "actor": { "id": "a" } })),
            vec![told(json!([])), told(json!({ "actor": [] })), told(json!({ "cause": "b" }))],
        ),
        (Method::POST, "expression/eval", expression(jql), vec![expression(json!([]))]),
        (
            Method::PUT,
            "issues/archive/export",
            archived(json!({ "dateAfter": "2026-01-01", "dateBefore": "2026-02-01" })),
            vec![archived(json!({ "dateAfter": "2026-01-01", "dateBefore": "2026-02-01", "more": 1 }))],
        ),
        (Method::PUT, "issue/archive", json!({ "issueIdsOrKeys": [10005] }), vec![json!({ "issueIdsOrKeys": [[]] })]),
    ] {
        let path = format!("/rest/api/3/{path}");
        let send = async |body: Value| {
            let headers = [("content-type", "application/json")];
            admin.raw(method.clone(), &path, &headers, body.to_string().into_bytes()).await
        };
        for bad in bad {
            assert_eq!(send(bad.clone()).await.expect(400), json!({ "errorMessages": sentence }), "{path} {bad}");
        }
        let reply = send(good).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text());
    }
}
