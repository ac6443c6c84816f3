//! Mail about issues.

use crate::support::World;
use serde_json::{Value, json};

const PATH: &str = "/rest/api/3/issue/DEMO-4/notify";
const ADMIN: &str = "5f2a9c10e4b0d7a1c3e80a01";
const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";
const VIEWER: &str = "712020:9d1f64f2-7f0e-4f43-8a57-0c7b5b0e5a03";

#[tokio::test]
async fn mail_goes_to_all_who_are_named_but_the_sender() {
    let world = World::demo().await;
    let admin = world.admin();
    let body = json!({
        "subject": "Latest results",
        "textBody": "They are there.",
        "htmlBody": "<p>They are there.</p>",
        "to": { "assignee": true, "watchers": true, "users": [{ "accountId": VIEWER, "active": false }],
                "groups": [{ "name": "jira-administrators" }] },
    });
    admin.post(PATH, body).await.expect(204);
    admin.post(PATH, json!({ "to": { "users": [{ "accountId": DEVELOPER }] } })).await.expect(204);
    let mail = world.mail().await;
    let letters = mail.as_array().unwrap();
    assert_eq!(letters.len(), 2);
    let told = |letter: &Value| {
        json!([letter["from"], letter["to"], letter["subject"], letter["textBody"], letter["htmlBody"]])
    };
    assert_eq!(
        told(&letters[0]),
        json!([ADMIN, [DEVELOPER, VIEWER], "Latest results", "They are there.", "<p>They are there.</p>"])
    );
    assert_eq!(told(&letters[1])[2], "(DEMO-4) Signing in fails with umlauts in the name");
}

#[tokio::test]
async fn restrictions_leave_recipients_out() {
    let world = World::demo().await;
    let admin = world.admin();
    let both = json!({ "users": [{ "accountId": DEVELOPER }, { "accountId": VIEWER }] });
    for (restrict, left) in [
        (json!({ "permissions": [{ "key": "BROWSE" }] }), json!([DEVELOPER, VIEWER])),
        (json!({ "permissions": [{ "id": "12" }] }), json!([DEVELOPER])),
        (json!({ "permissions": [{ "key": "BULK_CHANGE" }] }), json!([DEVELOPER])),
        (json!({ "groups": [{ "name": "jira-readers" }] }), json!([VIEWER])),
        (json!({ "groupIds": ["4f1b0e2a-6d0c-4c55-9a0f-1f1d6a3c0003"] }), json!([VIEWER])),
    ] {
        admin.post(PATH, json!({ "to": both, "restrict": restrict })).await.expect(204);
        assert_eq!(world.mail().await.as_array().unwrap().last().unwrap()["to"], left, "{restrict}");
    }
    let nobody = json!({ "permissions": [{ "key": "ADMINISTER" }] });
    let reply = admin.post(PATH, json!({ "to": both, "restrict": nobody })).await;
    reply.refused(400, &["No recipients were defined for notification."], json!({}));
}

#[tokio::test]
async fn refuses_mail_to_nobody_and_to_strangers() {
    let world = World::demo().await;
    let admin = world.admin();
    let nobody = "No recipients were defined for notification.";
    for body in [json!({}), json!({ "to": {} }), json!({ "to": { "users": [{ "accountId": ADMIN }] } })] {
        admin.post(PATH, body).await.refused(400, &[nobody], json!({}));
    }
    let open =
        admin.create(json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "open" })).await;
    let reply = admin.post(&format!("/rest/api/3/issue/{open}/notify"), json!({ "to": { "assignee": true } })).await;
    reply.refused(400, &["The issue has no assignee."], json!({}));
    let strangers = json!({
        "to": { "users": [{ "accountId": "nobody" }], "groupIds": ["none"] },
        "restrict": { "permissions": [{ "key": "NONE" }] },
    });
    let errors = json!({
        "users": "The user with account id 'nobody' does not exist.",
        "groups": "The group 'none' does not exist.",
        "permissions": "The permission 'NONE' does not exist.",
    });
    admin.post(PATH, strangers).await.refused(400, &[], errors);
    for body in [
        json!({ "to": { "users": "all" } }),
        json!({ "subject": "x".repeat(256) }),
        json!({ "textBody": "x".repeat(32_768) }),
        json!([]),
    ] {
        admin.post(PATH, body).await.expect(400);
    }
    let to = json!({ "to": { "users": [{ "accountId": DEVELOPER }] } });
    admin.post("/rest/api/3/issue/DEMO-999/notify", to.clone()).await.expect(404);
    world.change(json!({ "settings": { "outgoingMail": false } })).await;
    admin.post(PATH, to).await.refused(403, &["Outgoing emails are disabled."], json!({}));
    assert_eq!(world.mail().await, json!([]));
}
