//! `ORDER BY`: every sort of field, both ways, and what has no value.

use crate::{
    fields::{add_options, create_on_screen},
    jql_fields::find,
    support::{Client, World},
};
use serde_json::{Value, json};

/// The summaries of what a query finds, without the commas.
async fn found(client: &Client, jql: &str) -> String {
    let body = json!({ "jql": jql, "fields": ["summary"], "maxResults": 100 });
    let page = client.post("/rest/api/3/search/jql", body).await.expect(200);
    let issues = page["issues"].as_array().unwrap().iter();
    issues.map(|issue| issue["fields"]["summary"].as_str().unwrap_or_default()).collect()
}

async fn make(client: &Client, summary: &str, mut fields: Value) -> String {
    fields["project"] = json!({ "key": "OPS" });
    fields["issuetype"] = json!({ "name": "Task" });
    fields["summary"] = summary.into();
    fields["labels"].as_array_mut().map(|labels| labels.push("sorted".into())).unwrap_or_else(|| {
        fields["labels"] = json!(["sorted"]);
    });
    client.create(fields).await
}

/// Ascending and descending; what is equal stays with the newest first.
async fn sorts(client: &Client, field: &str, ascending: &str, descending: &str) {
    for (direction, expected) in [("ASC", ascending), ("DESC", descending)] {
        let jql = format!("labels = sorted ORDER BY {field} {direction}");
        assert_eq!(found(client, &jql).await, expected, "{jql}");
    }
}

#[tokio::test]
async fn by_fields_of_jira() {
    let world = World::demo().await;
    let admin = world.admin();
    for (day, summary, fields) in [
        (1, "a", json!({ "priority": { "name": "High" }, "duedate": "2031-05-01", "labels": ["x"] })),
        (2, "B", json!({ "priority": { "name": "Low" }, "assignee": { "accountId": "5f2a9c10e4b0d7a1c3e80a02" } })),
        (3, "c", json!({ "priority": { "name": "High" }, "duedate": "2031-04-01", "labels": ["A", "b"] })),
        (4, "D", json!({ "priority": { "name": "Low" }, "assignee": { "accountId": "5f2a9c10e4b0d7a1c3e80a01" } })),
    ] {
        world.change(json!({ "clock": { "freezeAt": format!("2030-01-0{day}T10:00:00Z") } })).await;
        make(&admin, summary, fields).await;
    }
    for (field, ascending, descending) in [
        ("summary", "aBcD", "DcBa"), // in any case
        ("key", "aBcD", "DcBa"),
        ("created", "aBcD", "DcBa"),
        ("duedate", "caDB", "DBac"),  // no value is greater than any
        ("assignee", "DBca", "caBD"), // by name
        ("priority", "DBca", "caDB"),
        ("priority ASC, created", "BDac", "DBca"),
        ("status", "DcBa", "DcBa"),
        ("labels", "cDBa", "aDBc"),
        ("Rank", "aBcD", "DcBa"),
        ("resolution", "DcBa", "DcBa"),
    ] {
        sorts(&admin, field, ascending, descending).await;
    }
    //
    for (field, order) in [("created", "DcBa"), ("priority", "caDB"), ("summary", "aBcD"), ("due", "DBac")] {
        assert_eq!(found(&admin, &format!("labels = sorted ORDER BY {field}")).await, order, "{field}");
    }
    // Where few are found they are sorted at once, to the same order.
    for direction in ["ASC", "DESC"] {
        let jql = |test| format!("{test} ORDER BY priority {direction}, created ASC");
        let few = found(&admin, &jql("labels = sorted")).await;
        let many = found(&admin, &jql("project = OPS AND created > '2029-01-01'")).await;
        assert_eq!(few, if direction == "ASC" { "BDac" } else { "acBD" });
        assert_eq!(many, few);
    }
}

#[tokio::test]
async fn by_priority_page_by_page() {
    let world = World::demo().await;
    let admin = world.admin();
    world.change(json!({ "clock": { "freezeAt": "2030-01-01T10:00:00Z" } })).await;
    for (summary, priority) in [("1", "Low"), ("2", "High"), ("3", "Low"), ("4", "Highest"), ("5", "High")] {
        make(&admin, summary, json!({ "priority": { "name": priority } })).await;
    }
    for (order, expected) in [
        ("priority DESC, Rank ASC", "42513"),
        ("priority ASC, Rank DESC", "31524"),
        ("priority, summary", "42513"),
        ("priority, key DESC", "45231"),
    ] {
        let mut summaries = String::new();
        let mut token = Value::Null;
        loop {
            let jql = format!("project = OPS AND created > '2029-01-01' ORDER BY {order}");
            let body = json!({ "jql": jql, "fields": ["summary"], "maxResults": 2, "nextPageToken": token });
            let page = admin.post("/rest/api/3/search/jql", body).await.expect(200);
            summaries.extend(page["issues"].as_array().unwrap().iter().filter_map(|i| i["fields"]["summary"].as_str()));
            match page.get("nextPageToken") {
                Some(next) => token = next.clone(),
                None => break,
            }
        }
        assert_eq!(summaries, expected, "{order}");
    }
}

#[tokio::test]
async fn by_fields_of_the_site() {
    let world = World::demo().await;
    let admin = world.admin();
    let people = json!([
        { "accountId": "5f2a9c10e4b0d7a1c3e80a02" }, { "accountId": "712020:9d1f64f2-7f0e-4f43-8a57-0c7b5b0e5a03" },
        { "accountId": "5f2a9c10e4b0d7a1c3e80a01" },
    ]);
    let document = |text: &str| json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }] });
    let select = create_on_screen(&admin, "select", "Size").await;
    let options = add_options(&admin, &select, &["Small", "Medium", "Large"]).await;
    // The type of each field, and what A, B and C have, who stand in the order B, A, C.
    let cases = [
        ("textfield", json!(["beta", "Alpha", "gamma"])),
        ("textarea", json!([document("beta"), document("Alpha"), document("gamma")])),
        ("url", json!(["https://b.example", "https://a.example", "https://c.example"])),
        ("float", json!([10, 9.5, 100])),
        ("datepicker", json!(["2030-02-01", "2030-01-31", "2031-01-01"])),
        (
            "datetime",
            json!(["2030-02-01T10:00:00.000+0000", "2030-02-01T10:30:00.000+0100", "2030-02-01T11:00:00.000+0000"]),
        ),
        ("userpicker", json!([people[0], people[2], people[1]])),
        ("multiuserpicker", json!([[people[0]], [people[2]], [people[1]]])),
        ("labels", json!([["m"], ["K"], ["z"]])),
        ("select", json!([{ "id": options[1] }, { "id": options[0] }, { "id": options[2] }])),
    ];
    let mut fields = [json!({}), json!({}), json!({})];
    let mut names = Vec::new();
    for (at, (kind, values)) in cases.iter().enumerate() {
        let id = match *kind {
            "select" => select.clone(),
            kind => create_on_screen(&admin, kind, &format!("Field {at}")).await,
        };
        for (issue, value) in fields.iter_mut().zip(values.as_array().unwrap()) {
            issue[&id] = value.clone();
        }
        names.push((kind, id.trim_start_matches("customfield_").to_owned()));
    }
    for (summary, fields) in ["A", "B", "C", "D"].iter().zip(fields.into_iter().chain([json!({})])) {
        make(&admin, summary, fields).await;
    }
    for (kind, id) in names {
        let jql = |direction: &str| format!("labels = sorted ORDER BY cf[{id}] {direction}");
        assert_eq!(found(&admin, &jql("ASC")).await, "BACD", "{kind}");
        assert_eq!(found(&admin, &jql("DESC")).await, "DCAB", "{kind}");
    }
}

#[tokio::test]
async fn refuses_what_can_t_be_sorted() {
    let world = World::demo().await;
    let developer = world.developer();
    for field in ["bogus", "comment", "issueLinkType", "attachments", "text"] {
        let query = format!("project = DEMO ORDER BY {field}");
        let body = json!({ "queries": [query] });
        let parsed = developer.post("/rest/api/3/jql/parse?validation=strict", body).await.expect(200);
        //
        assert_eq!(parsed["queries"][0]["errors"], json!([format!("Not able to sort using field '{field}'.")]));
        // S-28
        assert_eq!(found(&developer, &query).await, found(&developer, "project = DEMO").await);
    }
}

/// What a field tells of several types, statuses or projects is equal in all of them: the next field decides.
#[tokio::test]
async fn by_what_several_share() {
    let world = World::demo().await;
    let keys = async |order: &str| find(&world.developer(), &format!("project = DEMO ORDER BY {order}")).await;
    assert_eq!(keys("hierarchyLevel, key").await, "DEMO-5 DEMO-2 DEMO-3 DEMO-4 DEMO-6 DEMO-7 DEMO-8 DEMO-1");
    assert_eq!(keys("hierarchyLevel DESC, key DESC").await, "DEMO-1 DEMO-8 DEMO-7 DEMO-6 DEMO-4 DEMO-3 DEMO-2 DEMO-5");
    // Two of the projects are of one type.
    let both = "project in (DEMO, TEAM) and key in (DEMO-1, DEMO-2, TEAM-1) ORDER BY projectType, created DESC, key";
    let by_time = both.replace("projectType, ", "");
    assert_eq!(find(&world.developer(), both).await, find(&world.developer(), &by_time).await);
}
