//! The site as a whole.

use crate::support::World;
use insta::assert_json_snapshot;
use serde_json::json;

#[tokio::test]
async fn administrators_see_the_events_of_issues() {
    let world = World::empty().await;
    let events = world.admin().get("/rest/api/3/events").await.expect(200);
    assert_eq!(events[0], json!({ "id": 1, "name": "Issue Created" }));
    assert_eq!(events.as_array().unwrap().len(), 17);
    world.developer().get("/rest/api/3/events").await.expect(403);
    world.anonymous().get("/rest/api/3/events").await.expect(401);
}

#[tokio::test]
async fn server_info_for_nobody() {
    let world = World::empty().await;
    let info = world.anonymous().get("/rest/api/3/serverInfo").await.expect(200);
    assert_json_snapshot!("server_info", world.portable(&info), { ".serverTime" => "[time]" });
}

#[tokio::test]
async fn configuration_and_time_tracking() {
    let world = World::empty().await;
    let configuration = world.viewer().get("/rest/api/3/configuration").await.expect(200);
    assert_json_snapshot!("configuration", configuration);
    let options = world.admin().get("/rest/api/3/configuration/timetracking/options").await.expect(200);
    assert_eq!(options, configuration["timeTrackingConfiguration"]);
    world.viewer().get("/rest/api/3/configuration/timetracking/options").await.expect(403);
    let provider = world.admin().get("/rest/api/3/configuration/timetracking").await.expect(200);
    assert_eq!(world.admin().get("/rest/api/3/configuration/timetracking/list").await.expect(200)[0], provider);
    assert_eq!(world.anonymous().get("/rest/api/3/configuration").await.status, 401);
}
