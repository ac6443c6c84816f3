//! Searching for words: `~` over all that holds text.

use crate::support::{Client, World, document, key_of};
use serde_json::{Value, json};

async fn make(client: &Client, mut fields: Value) -> String {
    fields["project"] = json!({ "key": "OPS" });
    fields["issuetype"] = json!({ "name": "Task" });
    fields["labels"] = json!(["searched"]);
    client.create(fields).await
}

/// A field of a type, that can be searched.
async fn searched(admin: &Client, kind: &str) -> String {
    let types = "com.atlassian.jira.plugin.system.customfieldtypes";
    let body =
        json!({ "name": kind, "type": format!("{types}:{kind}"), "searcherKey": format!("{types}:textsearcher") });
    let id = admin.post("/rest/api/3/field", body).await.expect(201)["id"].as_str().unwrap().to_owned();
    admin.post(&format!("/rest/api/3/screens/addToDefault/{id}"), json!({})).await.expect(200);
    id
}

/// The keys that a query finds among the issues of the test.
async fn found(client: &Client, jql: &str) -> Vec<String> {
    let jql = format!("labels = searched AND ({jql}) ORDER BY key");
    let page = client.post("/rest/api/3/search/jql", json!({ "jql": jql, "fields": ["key"] })).await.expect(200);
    page["issues"].as_array().unwrap().iter().map(|issue| key_of(issue).to_owned()).collect()
}

#[tokio::test]
async fn words_phrases_and_wildcards() {
    let world = World::demo().await;
    let developer = world.developer();
    make(&developer, json!({ "summary": "The docking of ships in java.lang.NullPointerException at /harbour/pier-7" }))
        .await;
    for (text, finds) in [
        // Words in any order and form, whatever the case; words that say nothing don't count (Q-56).
        ("docking", true),
        ("Docked SHIP", true),
        ("ships dock", true),
        ("the docking", true),
        ("docking boats", false),
        ("boats OR ships", true),
        ("boats NOT ships", false),
        ("docking -boats", true),
        ("docking -ships", false),
        // Parts of words are not found (Q-58), but whatever punctuation separates.
        ("oc", false),
        ("harb", false),
        ("harbour", true),
        ("pier", true),
        ("pier-7", true),
        ("7-pier", false),
        ("NullPointerException", true),
        ("java.lang", true),
        ("lang.java", false),
        // Phrases
        ("\\\"docking of ships\\\"", true),
        ("\\\"ships docking\\\"", false),
        ("\\\"docking ships\\\"", false),
        ("\\\"harbour pier\\\"", true),
        // Wildcards
        ("dock*", true),
        ("docking*", true),
        ("har*", true),
        ("har* boat*", false),
        ("har* ship", true),
        ("sh?p", true),
        ("sh?ps", false), // the index has words without their endings
        ("s?p", false),
        ("s*p", true),
        ("h?rb*r", true),
        ("p?er docking", true),
        ("p?er the", true),
        ("p?er boats", false),
        ("p?er OR boats", true),
        ("docking -p?er", false),
        ("docking -b?at", true),
        ("n*except*", true),
        ("th*", false),
    ] {
        let jql = format!("summary ~ \"{text}\"");
        assert_eq!(!found(&developer, &jql).await.is_empty(), finds, "{jql}");
        let jql = format!("summary !~ \"{text}\"");
        assert_eq!(found(&developer, &jql).await.is_empty(), finds, "{jql}");
        assert_eq!(!found(&developer, &format!("text ~ \"{text}\"")).await.is_empty(), finds, "text {text}");
        assert!(found(&developer, &format!("description ~ \"{text}\"")).await.is_empty(), "{text}");
    }
}

#[tokio::test]
async fn everything_that_holds_text() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let (line, area) = (searched(&admin, "textfield").await, searched(&admin, "textarea").await);
    let cf = |id: &str| format!("cf[{}]", id.trim_start_matches("customfield_"));
    let key = make(
        &admin,
        json!({
            "summary": "alpha", "description": document("beta"), "environment": document("gamma"),
            &line: "delta", &area: document("epsilon"),
        }),
    )
    .await;
    let other = make(&admin, json!({ "summary": "bare" })).await;
    let issue = format!("/rest/api/3/issue/{key}");
    admin.post(&format!("{issue}/comment"), json!({ "body": document("zeta") })).await.expect(201);
    let log = json!({ "timeSpent": "1h", "comment": document("omega-eta") });
    admin.post(&format!("{issue}/worklog"), log).await.expect(201);
    admin.post(&format!("/rest/api/3/issue/{other}/worklog"), json!({ "timeSpent": "1h" })).await.expect(201);
    let fields = [
        ("summary".to_owned(), "alpha"),
        ("description".to_owned(), "beta"),
        ("environment".to_owned(), "gamma"),
        (cf(&line), "delta"),
        (cf(&area), "epsilon"),
        ("comment".to_owned(), "zeta"),
        ("worklogComment".to_owned(), "eta"),
    ];
    for (field, _) in &fields {
        for (other, word) in &fields {
            for text in [
                (*word).to_owned(),
                format!("{}*", &word[..3]),
                format!("?{}", &word[1..]).replacen('?', &word[..1], 1),
            ] {
                let expected = if field == other { vec![key.clone()] } else { Vec::new() };
                assert_eq!(found(&developer, &format!("{field} ~ '{text}'")).await, expected, "{field} ~ {text}");
            }
        }
    }
    for (field, word) in &fields {
        // What is logged is no text of the issue.
        let expected = if field == "worklogComment" { Vec::new() } else { vec![key.clone()] };
        for any in ["text", "textfields"] {
            assert_eq!(found(&developer, &format!("{any} ~ {word}")).await, expected, "{any} ~ {word}");
        }
    }
    assert_eq!(found(&developer, "worklogComment IS NOT EMPTY").await, [key.as_str()]);
    assert_eq!(found(&developer, "worklogComment IS EMPTY").await, [other.as_str()]);
    assert_eq!(found(&developer, "worklogComment !~ omega").await, Vec::<String>::new());
    assert_eq!(found(&developer, "worklogComment !~ other").await, [key.as_str()]);
    assert_eq!(found(&developer, "worklogComment ~ '\"omega eta\"'").await, [key.as_str()]);
    assert_eq!(found(&developer, "worklogComment ~ '\"eta omega\"'").await, Vec::<String>::new());
    // Words that are gone are not found.
    admin.put(&issue, json!({ "fields": { "summary": "new", "description": null, &line: null } })).await.expect(204);
    assert_eq!(found(&developer, "text ~ 'alpha OR beta OR delta'").await, Vec::<String>::new());
    assert_eq!(found(&developer, "text ~ 'epsilon new'").await, [key.as_str()]);
}

/// J-93
#[tokio::test]
async fn what_is_restricted_is_found_by_those_who_may_read_it() {
    let world = World::demo().await;
    let (admin, developer) = (world.admin(), world.developer());
    let key = make(&admin, json!({ "summary": "visible" })).await;
    let issue = format!("/rest/api/3/issue/{key}");
    let group = json!({ "type": "group", "value": "jira-administrators" });
    let comment = json!({ "body": document("whispered"), "visibility": group });
    admin.post(&format!("{issue}/comment"), comment).await.expect(201);
    let log = json!({ "timeSpent": "1h", "comment": document("toiled"), "visibility": group });
    admin.post(&format!("{issue}/worklog"), log).await.expect(201);
    for jql in ["comment ~ whispered", "text ~ whispered", "worklogComment ~ toiled", "worklogComment ~ 't?il'"] {
        assert_eq!(found(&admin, jql).await, [key.as_str()], "{jql}");
        assert!(found(&developer, jql).await.is_empty(), "{jql}");
    }
}

#[tokio::test]
async fn refuses_what_is_no_text() {
    let world = World::demo().await;
    let developer = world.developer();
    let many = vec!["a*"; 60].join(" ");
    for (jql, sentence) in [
        // Q-20, Q-21, Q-56, Q-57
        ("worklogComment = x", "The operator '=' is not supported by the 'worklogComment' field.".to_owned()),
        ("text !~ x", "The operator '!~' is not supported by the 'text' field.".to_owned()),
        ("comment ~ ''", "The field 'comment' does not support searching for an empty string.".to_owned()),
        ("summary ~ '*ing'", "Unable to parse the text '*ing' for field 'summary'.".to_owned()),
        ("summary ~ '?ing'", "Unable to parse the text '?ing' for field 'summary'.".to_owned()),
        ("summary ~ 'a OR'", "Unable to parse the text 'a OR' for field 'summary'.".to_owned()),
        (&format!("text ~ '{many}'"), format!("Unable to parse the text '{many}' for field 'text'.")),
    ] {
        let body = json!({ "queries": [jql] });
        let parsed = developer.post("/rest/api/3/jql/parse?validation=strict", body).await.expect(200);
        assert_eq!(parsed["queries"][0]["errors"], json!([sentence]));
    }
    // Whatever is typed is answered.
    for text in ["'", "a:*b", "(", "\\\\", "a & | ! b", "%_", "a?%_\\\\b", "<->", "a*b*c*d", "-", "!!", "ß?ß", "日本*"]
    {
        found(&developer, &format!("text ~ \"{text}\"")).await;
    }
}
