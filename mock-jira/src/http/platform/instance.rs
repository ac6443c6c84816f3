//! The site as a whole: version, settings, time tracking.

use crate::{
    domain::failure::{Failure, Result},
    http::{
        answer::{Answer, ok},
        call::Call,
        routes::Routes,
        views,
    },
};
use chrono_tz::Tz;
use serde_json::{Value, json};

/// Operations on the site.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/serverInfo", get_server_info)
        .get("/rest/api/3/configuration", get_configuration)
        .get("/rest/api/3/configuration/timetracking", get_selected_time_tracking_implementation)
        .get("/rest/api/3/configuration/timetracking/list", get_available_time_tracking_implementations)
        .get("/rest/api/3/configuration/timetracking/options", get_shared_time_tracking_configuration)
}

/// Cloud has said the same version for years; the build is one of late 2025 (U-52).
async fn get_server_info(call: Call) -> Answer {
    let base = &call.links.base;
    ok(json!({
        "baseUrl": base,
        "displayUrl": base,
        "displayUrlServicedeskHelpCenter": base,
        "displayUrlConfluence": base,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100_293,
        "buildDate": "2025-12-01T00:00:00.000+0000",
        "serverTime": views::time(call.now, Tz::UTC),
        "scmInfo": "0000000000000000000000000000000000000000",
        "serverTitle": call.site.site.title,
        "defaultLocale": { "locale": "en_US" },
        "serverTimeZone": "Etc/UTC",
    }))
}

async fn get_configuration(call: Call) -> Answer {
    call.account_id()?;
    ok(json!({
        "votingEnabled": true,
        "watchingEnabled": true,
        "unassignedIssuesAllowed": true,
        "subTasksEnabled": true,
        "issueLinkingEnabled": true,
        "timeTrackingEnabled": true,
        "attachmentsEnabled": true,
        "timeTrackingConfiguration": time_tracking(),
    }))
}

async fn get_selected_time_tracking_implementation(call: Call) -> Answer {
    administers(&call)?;
    ok(provider())
}

async fn get_available_time_tracking_implementations(call: Call) -> Answer {
    administers(&call)?;
    ok([provider()])
}

async fn get_shared_time_tracking_configuration(call: Call) -> Answer {
    administers(&call)?;
    ok(time_tracking())
}

/// Lengths of days and weeks (J-100).
fn time_tracking() -> Value {
    json!({ "workingHoursPerDay": 8.0, "workingDaysPerWeek": 5.0, "timeFormat": "pretty", "defaultUnit": "minute" })
}

/// Jira's own time tracking, without `url` (observed shapes, "time_tracking").
fn provider() -> Value {
    json!({ "key": "JIRA", "name": "JIRA provided time tracking" })
}

fn administers(call: &Call) -> Result<()> {
    if call.access().administers() {
        return Ok(());
    }
    Err(Failure::forbidden("Only Jira administrators can see the settings of time tracking."))
}
