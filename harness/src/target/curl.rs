//! Requests as lines for a shell.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{Body, Caller, Credentials, PICTURE, Request};
use std::fmt::Write;

/// The line that sends a request again, given `JIRA_USER`, `JIRA_TOKEN` or `JIRA_BEARER` (`OTHER_…` for the caller
/// who may do less).
pub(super) fn line(base: &str, credentials: &Credentials, request: &Request) -> String {
    let whose = if request.caller == Caller::Other { "OTHER" } else { "JIRA" };
    let mut line = "curl -s".to_owned();
    if request.method != http::Method::GET {
        let _ = write!(line, " -X {}", request.method);
    }
    let _ = match credentials {
        Credentials::Anonymous => Ok(()),
        Credentials::Basic { .. } => write!(line, " -u \"${whose}_USER:${whose}_TOKEN\""),
        Credentials::Bearer(_) => write!(line, " -H \"Authorization: Bearer ${whose}_BEARER\""),
    };
    let _ = write!(line, " {}", quoted(&format!("{base}{}", request.path)));
    let _ = match &request.body {
        Body::Empty if request.method == http::Method::GET => Ok(()),
        Body::Empty => write!(line, " -H 'Content-Type: application/json'"),
        Body::Json(body) => {
            write!(line, " -H 'Content-Type: application/json' -d {}", quoted(&body.to_string()))
        }
        Body::Raw { media_type, text } => {
            write!(line, " -H {} --data-binary {}", quoted(&format!("Content-Type: {media_type}")), quoted(text))
        }
        Body::Picture => {
            let picture = BASE64_STANDARD.encode(PICTURE);
            let headers = "-H 'X-Atlassian-Token: no-check' -H 'Content-Type: image/png'";
            write!(line, " {headers} --data-binary @<(base64 -d <<< {picture})")
        }
        Body::File { name, text } => {
            let part = quoted(&format!("file=@-;filename={name}"));
            write!(line, " -H 'X-Atlassian-Token: no-check' -F {part} <<< {}", quoted(text))
        }
    };
    line
}

/// A text in single quotes. A quote in it ends them, stands alone, and begins them again.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;
    use serde_json::json;

    fn check(credentials: Credentials, request: Request, expect: &str) {
        assert_eq!(line("http://jira", &credentials, &request), expect);
    }

    #[test]
    fn lines_can_be_pasted_and_hold_no_secret() {
        let get = Request { method: Method::GET, path: "/a?b=c".into(), body: Body::Empty, caller: Caller::Main };
        check(Credentials::Anonymous, get.clone(), "curl -s 'http://jira/a?b=c'");
        let basic = Credentials::Basic { user: "u".into(), token: "secret".into() };
        check(basic, get.clone(), r#"curl -s -u "$JIRA_USER:$JIRA_TOKEN" 'http://jira/a?b=c'"#);
        let post = Request { method: Method::POST, body: Body::Json(json!({"a": "it's"})), ..get.clone() };
        let expect = r#"curl -s -X POST -H "Authorization: Bearer $JIRA_BEARER" 'http://jira/a?b=c' -H 'Content-Type: application/json' -d '{"a":"it'\''s"}'"#;
        check(Credentials::Bearer("secret".into()), post, expect);
    }
}
