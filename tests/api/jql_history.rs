//! What JQL knows of the past: `WAS` and `CHANGED`, over histories made by requests.

use crate::support::{Client, World, key_of};
use serde_json::{Value, json};

/// Three issues with a past; queries about them answer in letters.
struct Past {
    world: World,
    developer: Client,
    admin: Client,
    keys: Vec<String>,
}

const DEVELOPER: &str = "5f2a9c10e4b0d7a1c3e80a02";
const ADMIN: &str = "5f2a9c10e4b0d7a1c3e80a01";

impl Past {
    /// The developer makes the issues A, B and C on the first of January 2030 at ten. His clock is Berlin's.
    async fn begin() -> Self {
        let world = World::demo().await;
        let (developer, admin) = (world.developer(), world.admin());
        let mut past = Self { world, developer, admin, keys: Vec::new() };
        past.at("2030-01-01T10:00:00Z").await;
        for summary in ["A", "B", "C"] {
            let fields = json!({
                "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": summary,
                "priority": { "name": "Medium" },
            });
            past.keys.push(past.developer.create(fields).await);
        }
        past
    }

    async fn at(&self, time: &str) {
        self.world.change(json!({ "clock": { "freezeAt": time } })).await;
    }

    async fn edit(&self, client: &Client, letter: char, fields: Value) {
        client.put(&format!("/rest/api/3/issue/{}", self.key(letter)), json!({ "fields": fields })).await.expect(204);
    }

    async fn transit(&self, client: &Client, letter: char, transition: &str) {
        let path = format!("/rest/api/3/issue/{}/transitions", self.key(letter));
        client.post(&path, json!({ "transition": { "id": transition } })).await.expect(204);
    }

    fn key(&self, letter: char) -> &str {
        &self.keys[usize::from(letter as u8 - b'A')]
    }

    async fn found_by(&self, client: &Client, jql: &str) -> String {
        let jql = format!("key in ({}) AND ({jql}) ORDER BY key", self.keys.join(", "));
        let body = json!({ "jql": jql, "fields": ["key"] });
        let found = client.post("/rest/api/3/search/jql", body).await.expect(200);
        let issues = found["issues"].as_array().unwrap().iter().map(key_of);
        issues.map(|key| char::from(b'A' + self.keys.iter().position(|k| k == key).unwrap() as u8)).collect()
    }

    /// Each query, asked by the developer, finds the issues.
    async fn finds(&self, cases: &[(&str, &str)]) {
        for (jql, letters) in cases {
            assert_eq!(self.found_by(&self.developer, jql).await, *letters, "{jql}");
        }
    }

    /// Each query is refused by the strict validator with the sentence, and finds nothing.
    async fn complains(&self, cases: &[(&str, &str)]) {
        for (jql, sentence) in cases {
            let body = json!({ "queries": [jql] });
            let parsed = self.developer.post("/rest/api/3/jql/parse?validation=strict", body).await.expect(200);
            let said = &parsed["queries"][0];
            let said = if said["errors"].is_null() { &said["warnings"] } else { &said["errors"] };
            assert_eq!(*said, json!([sentence]), "{jql}");
            assert_eq!(self.found_by(&self.developer, jql).await, "", "{jql}");
        }
    }
}

/// A goes from To Do to In Progress on the second at ten, and is done by the administrator on the fourth, half past
/// midnight in Berlin. B is assigned on the fifth to the administrator, on the sixth to the developer, on the seventh
/// to nobody.
async fn course() -> Past {
    let past = Past::begin().await;
    past.at("2030-01-02T10:00:30Z").await;
    past.transit(&past.developer, 'A', "21").await;
    past.at("2030-01-03T23:30:00Z").await;
    past.transit(&past.admin, 'A', "31").await;
    past.at("2030-01-05T10:00:00Z").await;
    past.edit(&past.developer, 'B', json!({ "assignee": { "accountId": ADMIN }, "priority": { "name": "High" } }))
        .await;
    past.at("2030-01-06T10:00:00Z").await;
    past.edit(&past.admin, 'B', json!({ "assignee": { "accountId": DEVELOPER } })).await;
    past.at("2030-01-07T10:00:00Z").await;
    past.edit(&past.developer, 'B', json!({ "assignee": null })).await;
    past.at("2030-01-10T10:00:00Z").await;
    past
}

#[tokio::test]
async fn values_that_an_issue_had() {
    let past = course().await;
    past.finds(&[
        ("status WAS 'To Do'", "ABC"),
        ("status was 'in progress'", "A"),
        ("status WAS 3", "A"),
        ("status WAS Done", "A"),
        ("status WAS NOT 'In Progress'", "BC"),
        ("NOT status WAS 'In Progress'", "BC"),
        ("status WAS IN ('In Progress', 3, Done)", "A"),
        ("status WAS NOT IN (Done, 3)", "BC"),
        ("priority WAS High", "B"),
        ("priority WAS Medium", "ABC"),
        ("priority WAS NOT Medium", ""),
        ("reporter WAS currentUser()", "ABC"),
        ("assignee WAS 'Ada Admin'", "B"),
        (&format!("assignee WAS {ADMIN}"), "B"),
        ("assignee WAS currentUser()", "B"),
        ("assignee WAS NOT currentUser()", "AC"),
        ("assignee WAS IN membersOf('jira-administrators')", "B"),
        ("assignee WAS EMPTY", "ABC"),
        ("assignee WAS NOT EMPTY", ""),
        ("assignee WAS IN (EMPTY, currentUser())", "ABC"),
        ("resolution WAS Unresolved", "ABC"),
        ("resolution WAS Done", "A"),
        ("resolution WAS NOT Done", "BC"),
    ])
    .await;
}

#[tokio::test]
async fn times_at_which_an_issue_had_a_value() {
    let past = course().await;
    past.finds(&[
        // The value before the first change lasts from the creation, which was at eleven in Berlin.
        ("status WAS 'To Do' BEFORE '2030-01-01 11:00'", ""),
        ("status WAS 'To Do' BEFORE '2030-01-01 11:01'", "ABC"),
        ("status WAS 'To Do' AFTER '2030-01-02 11:00'", "ABC"),
        ("status WAS 'To Do' AFTER '2030-01-02 11:01'", "BC"),
        ("status WAS 'To Do' ON '2030-01-01'", "ABC"),
        ("status WAS 'To Do' ON '2030-01-02'", "ABC"),
        ("status WAS 'To Do' ON '2030-01-02 11:00'", "ABC"),
        ("status WAS 'To Do' ON '2030-01-02 11:01'", "BC"),
        ("status WAS 'To Do' ON '2029-12-31'", ""),
        ("status WAS 'In Progress' ON '2030-01-03'", "A"),
        ("status WAS 'In Progress' ON '2030-01-04'", "A"),
        ("status WAS 'In Progress' ON '2030-01-05'", ""),
        ("status WAS 'In Progress' BEFORE '2030-01-02'", ""),
        ("status WAS 'In Progress' DURING ('2030-01-03', '2030-01-03')", "A"),
        ("status WAS 'In Progress' DURING ('2030-01-05', '2030-01-09')", ""),
        ("status WAS Done DURING (startOfDay(-9), startOfDay(-7))", ""),
        ("status WAS Done DURING (startOfDay(-9), endOfDay(-6))", "A"),
        ("status WAS Done ON now()", "A"),
        ("status WAS Done ON -8d", ""),
        ("status WAS NOT 'To Do' ON '2030-01-09'", "A"),
        ("status WAS NOT IN ('To Do', 'In Progress') AFTER '2030-01-06'", "A"),
        // Who brought it there; at first it was the creator.
        ("status WAS 'To Do' BY currentUser()", "ABC"),
        (&format!("status WAS 'To Do' BY {ADMIN}"), ""),
        ("status WAS Done BY 'Ada Admin'", "A"),
        ("status WAS Done BY 'Ada Admin' BEFORE '2030-01-04'", ""),
        ("status WAS Done BY 'Ada Admin' BEFORE '2030-01-05'", "A"),
        ("assignee WAS EMPTY DURING ('2030-01-05 12:00', '2030-01-06 09:00')", "AC"),
        ("assignee WAS EMPTY AFTER '2030-01-07 12:00' BY currentUser()", "ABC"),
        (&format!("assignee WAS {ADMIN} AFTER '2030-01-05' BEFORE '2030-01-06'"), "B"),
        (&format!("assignee WAS {ADMIN} AFTER '2030-01-06 11:00'"), ""),
        ("priority WAS Medium AFTER '2030-01-06'", "AC"),
        ("reporter WAS currentUser() BY (currentUser(), 'Ada Admin') ON '2030-01-08'", "ABC"),
    ])
    .await;
    // The viewer's clock is New York's.
    let viewer = past.world.viewer();
    let on = async |day: &str| past.found_by(&viewer, &format!("status CHANGED TO Done ON '{day}'")).await;
    assert_eq!((on("2030-01-03").await, on("2030-01-04").await), ("A".into(), "".into()));
}

#[tokio::test]
async fn changes() {
    let past = course().await;
    past.finds(&[
        ("status CHANGED", "A"),
        ("NOT status CHANGED", "BC"),
        ("assignee CHANGED OR priority CHANGED", "B"),
        ("status CHANGED FROM 'To Do'", "A"),
        ("status CHANGED FROM 'To Do' TO Done", ""),
        ("status CHANGED FROM 'To Do' TO 'In Progress'", "A"),
        ("status CHANGED FROM ('To Do', 3) TO (Done)", "A"),
        ("status CHANGED TO 3 BY currentUser()", "A"),
        ("status CHANGED TO Done BY currentUser()", ""),
        ("status CHANGED BY (currentUser(), 'Ada Admin') TO Done", "A"),
        ("status CHANGED BY membersOf('jira-administrators')", "A"),
        ("status CHANGED BY membersOf('jira-administrators') BY currentUser()", ""),
        ("status CHANGED BY EMPTY", ""),
        ("assignee CHANGED FROM EMPTY", "B"),
        ("assignee CHANGED FROM \"\" TO currentUser()", ""),
        ("assignee CHANGED FROM 'Ada Admin' TO currentUser()", "B"),
        ("assignee CHANGED TO EMPTY AFTER startOfYear()", "B"),
        ("resolution CHANGED FROM Unresolved TO Done", "A"),
        // Days and minutes are the developer's.
        ("status CHANGED ON '2030-01-02'", "A"),
        ("status CHANGED ON '2030/01/02 11:00'", "A"),
        ("status CHANGED ON '2030-01-02 10:00'", ""),
        ("status CHANGED ON '2030-01-03'", ""),
        ("status CHANGED ON '2030-01-04'", "A"),
        ("status CHANGED AFTER '2030-01-04 00:29'", "A"),
        ("status CHANGED AFTER '2030-01-04 00:30'", ""),
        ("status CHANGED BEFORE '2030-01-02 11:00'", ""),
        ("status CHANGED BEFORE '2030-01-02 11:01'", "A"),
        ("status CHANGED DURING ('2030-01-02', '2030-01-02')", "A"),
        ("status CHANGED DURING ('2030-01-02 11:01', '2030-01-04 00:29')", ""),
        ("status CHANGED DURING (-9d, -7d)", "A"),
        ("status CHANGED DURING (startOfMonth(), endOfMonth()) FROM 3", "A"),
        ("assignee CHANGED AFTER '2030-01-05 12:00' BEFORE '2030-01-06'", ""),
        ("assignee CHANGED AFTER '2030-01-05 12:00' BEFORE '2030-01-07' BY 'Ada Admin' FROM 'Ada Admin'", "B"),
    ])
    .await;
}

#[tokio::test]
async fn versions_come_and_go() {
    let past = Past::begin().await;
    let mut ids = Vec::new();
    for name in ["1.0", "2.0", "3.0"] {
        let made = past.admin.post("/rest/api/3/version", json!({ "project": "DEMO", "name": name })).await.expect(201);
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let set = async |time: &str, letter: char, names: &[&str]| {
        past.at(time).await;
        let versions: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        past.edit(&past.developer, letter, json!({ "fixVersions": versions })).await;
    };
    set("2030-01-02T10:00:00Z", 'A', &["1.0"]).await;
    set("2030-01-03T10:00:00Z", 'A', &["1.0", "2.0"]).await;
    set("2030-01-04T10:00:00Z", 'A', &["2.0"]).await;
    set("2030-01-05T10:00:00Z", 'A', &[]).await;
    set("2030-01-05T10:00:00Z", 'B', &["3.0"]).await;
    let fields = json!({
        "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "D", "fixVersions": [{ "name": "2.0" }],
    });
    let mut past = Past { keys: past.keys.clone(), ..past };
    past.keys.push(past.developer.create(fields).await);
    past.at("2030-01-06T10:00:00Z").await;
    past.finds(&[
        ("fixVersion WAS 1.0", "A"),
        ("fixVersion WAS 2.0", "AD"),
        ("fixVersion WAS NOT 2.0", "BC"),
        ("fixVersion WAS IN (1.0, 3.0)", "AB"),
        ("fixVersion WAS IN unreleasedVersions(DEMO)", "ABD"),
        ("fixVersion WAS 1.0 ON '2030-01-03'", "A"),
        ("fixVersion WAS 1.0 ON '2030-01-05'", ""),
        ("fixVersion WAS 2.0 ON '2030-01-02'", ""),
        ("fixVersion WAS 2.0 AFTER '2030-01-05 11:00'", "D"),
        ("fixVersion WAS 2.0 BEFORE '2030-01-04'", "A"),
        ("fixVersion WAS EMPTY", "ABC"),
        ("fixVersion WAS NOT EMPTY", "D"),
        ("fixVersion WAS EMPTY AFTER '2030-01-05 12:00'", "AC"),
        ("fixVersion WAS EMPTY DURING ('2030-01-03', '2030-01-04')", "BC"),
        ("fixVersion WAS IN (EMPTY, 2.0) ON '2030-01-03'", "ABC"),
        ("fixVersion CHANGED", "AB"),
        ("fixVersion CHANGED TO 2.0", "A"),
        ("fixVersion CHANGED FROM 1.0", "A"),
        ("fixVersion CHANGED FROM EMPTY TO 3.0", "B"),
        ("fixVersion CHANGED TO EMPTY AFTER '2030-01-05'", "A"),
    ])
    .await;
    // A version that is gone is known by its name and its number, as the changes wrote them.
    past.admin.delete(&format!("/rest/api/3/version/{}", ids[0])).await.expect(204);
    past.finds(&[
        ("fixVersion WAS 1.0", "A"),
        (&format!("fixVersion WAS {}", ids[0]), "A"),
        ("fixVersion CHANGED FROM 1.0 AFTER '2030-01-04'", "A"),
    ])
    .await;
    let parsed = past.developer.post(
        "/rest/api/3/jql/parse?validation=strict",
        json!({ "queries": ["fixVersion WAS 1.0", "fixVersion = 1.0"] }),
    );
    let parsed = parsed.await.expect(200);
    assert_eq!(parsed["queries"][0]["warnings"], Value::Null);
    assert_eq!(parsed["queries"][1]["warnings"][0], "The value '1.0' does not exist for the field 'fixVersion'.");
}

#[tokio::test]
async fn former_names() {
    let past = course().await;
    let rename = json!({ "statuses": [{ "id": "3", "name": "Under Way", "statusCategory": "IN_PROGRESS" }] });
    past.admin.put("/rest/api/3/statuses", rename).await.expect(204);
    past.transit(&past.developer, 'C', "21").await;
    past.finds(&[
        ("status WAS 'Under Way'", "AC"),
        ("status WAS 'in progress'", "A"),
        ("status CHANGED TO 'In Progress'", "A"),
        ("status CHANGED TO 'Under Way' ON now()", "C"),
        ("status = 'Under Way'", "C"),
    ])
    .await;
}

#[tokio::test]
async fn refuses_what_has_no_past() {
    let past = course().await;
    past.complains(&[
        // Q-25
        ("labels WAS red", "The operator 'was' is not supported by the 'labels' field."),
        ("project CHANGED", "The operator 'changed' is not supported by the 'project' field."),
        ("summary WAS NOT x", "The operator 'was not' is not supported by the 'summary' field."),
        ("affectedVersion WAS IN (1.0)", "The operator 'was in' is not supported by the 'affectedVersion' field."),
        (
            "statusCategory WAS NOT IN (Done)",
            "The operator 'was not in' is not supported by the 'statusCategory' field.",
        ),
        ("status WAS Nowhere", "The value 'Nowhere' does not exist for the field 'status'."),
        ("status WAS 4711", "A value with ID '4711' does not exist for the field 'status'."),
        ("assignee CHANGED BY nobody", "The value 'nobody' does not exist for the field 'by'."),
        ("status CHANGED BY now()", "A value provided by the function 'now' is invalid for the field 'by'."),
        (
            "status WAS currentUser()",
            "A value provided by the function 'currentUser' is invalid for the field 'status'.",
        ),
        (
            "status CHANGED AFTER currentUser()",
            "A value provided by the function 'currentUser' is invalid for the field 'after'.",
        ),
        ("status CHANGED DURING '2030-01-01'", "Predicate 'during' expected '2' dates but received '1'."),
        ("status CHANGED ON EMPTY", "Predicate 'on' does not support the empty value 'EMPTY'."),
        (
            "status CHANGED BEFORE (now(), now())",
            "Predicate 'before' does not support the list value '(now(), now())'.",
        ),
        (
            "status WAS Done AFTER yesterday",
            "Date value 'yesterday' for field 'after' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
             'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
        ),
        (
            "assignee WAS membersOf('jira-administrators')",
            "Operator 'was' does not support the list value 'membersOf(jira-administrators)' for field 'assignee'.",
        ),
        (r"status WAS 'a\u0000'", "The value 'a\0' does not exist for the field 'status'."),
    ])
    .await;
}

/// Q-76.
#[tokio::test]
async fn nobody_knows_no_past() {
    let past = course().await;
    let anonymous = past.world.anonymous();
    for jql in ["status WAS 'To Do'", "status WAS NOT Done", "status CHANGED", "NOT status CHANGED"] {
        assert_eq!(past.found_by(&anonymous, jql).await, "", "{jql}");
    }
}
