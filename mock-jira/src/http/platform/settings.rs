//! Settings of all of Jira: application properties, time tracking, default columns, the announcement banner.

use crate::{
    app::settings,
    domain::{
        failure::{Failure, Result},
        settings::{Banner, PROPERTIES, Property, Settings},
        time_tracking::{Format, TimeTracking, Unit},
    },
    http::{
        answer::{Answer, no_content, ok},
        body::Json,
        call::Call,
        columns,
        routes::Routes,
    },
};
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::IntoResponse,
};
use regex::Regex;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Operations on settings.
pub fn routes() -> Routes {
    Routes::default()
        .get("/rest/api/3/application-properties", get_application_property)
        .put("/rest/api/3/application-properties/{id}", set_application_property)
        .get("/rest/api/3/application-properties/advanced-settings", get_advanced_settings)
        .get("/rest/api/3/configuration", get_configuration)
        .get("/rest/api/3/configuration/timetracking", get_selected_time_tracking_implementation)
        .put("/rest/api/3/configuration/timetracking", select_time_tracking_implementation)
        .get("/rest/api/3/configuration/timetracking/list", get_available_time_tracking_implementations)
        .get("/rest/api/3/configuration/timetracking/options", get_shared_time_tracking_configuration)
        .put("/rest/api/3/configuration/timetracking/options", set_shared_time_tracking_configuration)
        .get("/rest/api/3/settings/columns", get_issue_navigator_default_columns)
        .put("/rest/api/3/settings/columns", set_issue_navigator_default_columns)
        .get("/rest/api/3/announcementBanner", get_banner)
        .put("/rest/api/3/announcementBanner", set_banner)
}

/// The document knows no 403 for some of these.
fn administers_or_401(call: &Call) -> Result<()> {
    if call.access().administers() {
        return Ok(());
    }
    Err(Failure::Unauthorized("Only Jira administrators can access application properties.".into()))
}

/// One property as an object, or all that match as a list.
async fn get_application_property(call: Call) -> Answer {
    if let Some(key) = call.params.text("key") {
        let found = PROPERTIES.iter().find(|property| property.key == key);
        let found = found.filter(|_| call.access().administers());
        return ok(property(&call, found.ok_or_else(|| no_property(key))?));
    }
    administers_or_401(&call)?;
    let pattern = call.params.text("keyFilter").map(|filter| Regex::new(&format!("^(?:{filter})$"))).transpose();
    // The document knows no 400 here: a pattern that can't be read matches nothing.
    let matches = |key: &str| match &pattern {
        Ok(pattern) => pattern.as_ref().is_none_or(|pattern| pattern.is_match(key)),
        Err(_) => false,
    };
    let found = PROPERTIES.iter().filter(|property| matches(property.key));
    ok(found.map(|item| property(&call, item)).collect::<Vec<Value>>())
}

fn no_property(key: &str) -> Failure {
    Failure::not_found(format!("The application property with key '{key}' does not exist."))
}

/// Without defaults and examples (observed shapes, "jira_settings").
fn property(call: &Call, property: &Property) -> Value {
    shown(property, call.site.settings.value(property))
}

fn shown(property: &Property, value: &str) -> Value {
    json!({
        "id": property.key,
        "key": property.key,
        "value": value,
        "name": property.key,
        "desc": property.description,
        "type": property.kind.name(),
    })
}

async fn get_advanced_settings(call: Call) -> Answer {
    call.administers("Only Jira administrators can access advanced settings.")?;
    let advanced = PROPERTIES.iter().filter(|property| property.advanced);
    ok(advanced.map(|item| property(&call, item)).collect::<Vec<Value>>())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PropertyBody {
    id: Option<String>,
    value: Option<String>,
}

async fn set_application_property(Path(key): Path<String>, Json(call, body): Json<PropertyBody>) -> Answer {
    call.administers("Only Jira administrators can edit application properties.")?;
    let found = PROPERTIES.iter().find(|property| property.key == key).ok_or_else(|| no_property(&key))?;
    if body.id.is_some_and(|id| id != key) {
        return Err(Failure::invalid("The ID in the request does not match the application property.").into());
    }
    let value = body.value.ok_or_else(|| Failure::invalid("The value must be provided."))?;
    if !found.takes(&value) {
        let sentence = format!("The value '{value}' is not a {}.", found.kind.name());
        return Err(Failure::invalid(sentence).into());
    }
    let old = [(found.key, call.site.settings.value(found).to_owned())];
    settings::put(&call, "Application property", &[(found.key, value.clone())], &old).await?;
    ok(shown(found, &value))
}

async fn get_configuration(call: Call) -> Answer {
    call.account_id()?;
    let (switches, tracking) = (&call.site.site.settings, &call.site.settings.time_tracking);
    let mut view = json!({
        "votingEnabled": switches.voting_enabled,
        "watchingEnabled": switches.watching_enabled,
        "unassignedIssuesAllowed": switches.unassigned_issues_allowed,
        "subTasksEnabled": switches.subtasks_enabled,
        "issueLinkingEnabled": switches.issue_linking_enabled,
        "timeTrackingEnabled": tracking.enabled,
        "attachmentsEnabled": switches.attachments_enabled,
    });
    if tracking.enabled {
        view["timeTrackingConfiguration"] = time_tracking(tracking);
    }
    ok(view)
}

const TIME_TRACKING: &str = "Only Jira administrators can see the settings of time tracking.";

/// Jira's own time tracking, without `url` (observed shapes, "time_tracking"); there is no other.
fn provider() -> Value {
    json!({ "key": "JIRA", "name": "JIRA provided time tracking" })
}

async fn get_selected_time_tracking_implementation(call: Call) -> Answer {
    call.administers(TIME_TRACKING)?;
    if call.site.settings.time_tracking.enabled { ok(provider()) } else { no_content() }
}

async fn get_available_time_tracking_implementations(call: Call) -> Answer {
    call.administers(TIME_TRACKING)?;
    ok([provider()])
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    key: Option<String>,
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(rename = "url")]
    _url: Option<String>,
}

/// The documents write the key as `Jira`, answers as `JIRA`.
async fn select_time_tracking_implementation(Json(call, body): Json<Provider>) -> Answer {
    call.administers(TIME_TRACKING)?;
    if !body.key.is_some_and(|key| key.eq_ignore_ascii_case("JIRA")) {
        return Err(Failure::invalid("The time tracking provider was not found.").into());
    }
    // There is no other: what can be different is whether time is tracked at all.
    if !call.site.settings.time_tracking.enabled {
        settings::enable_time_tracking(&call).await?;
    }
    no_content()
}

async fn get_shared_time_tracking_configuration(call: Call) -> Answer {
    call.administers(TIME_TRACKING)?;
    ok(time_tracking(&call.site.settings.time_tracking))
}

fn time_tracking(tracking: &TimeTracking) -> Value {
    json!({
        "workingHoursPerDay": tracking.hours_per_day,
        "workingDaysPerWeek": tracking.days_per_week,
        "timeFormat": tracking.format.name(),
        "defaultUnit": tracking.default_unit.name(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TimeTrackingBody {
    working_hours_per_day: f64,
    working_days_per_week: f64,
    time_format: String,
    default_unit: String,
}

async fn set_shared_time_tracking_configuration(Json(call, body): Json<TimeTrackingBody>) -> Answer {
    call.administers(TIME_TRACKING)?;
    let within = |number: f64, most: f64| number > 0.0 && number <= most;
    if !within(body.working_hours_per_day, 24.0) {
        return Err(Failure::invalid_field("workingHoursPerDay", "Working hours must be between 0 and 24.").into());
    }
    if !within(body.working_days_per_week, 7.0) {
        return Err(Failure::invalid_field("workingDaysPerWeek", "Working days must be between 0 and 7.").into());
    }
    let tracking = TimeTracking {
        enabled: call.site.settings.time_tracking.enabled,
        hours_per_day: body.working_hours_per_day,
        days_per_week: body.working_days_per_week,
        format: Format::find(&body.time_format).ok_or_else(Failure::invalid_payload)?,
        default_unit: Unit::find(&body.default_unit).ok_or_else(Failure::invalid_payload)?,
    };
    put_time_tracking(&call, &tracking).await?;
    ok(time_tracking(&tracking))
}

async fn put_time_tracking(call: &Call, tracking: &TimeTracking) -> Result<()> {
    let old = call.site.settings.time_tracking.to_properties();
    settings::put(call, "Time tracking settings", &tracking.to_properties(), &old).await
}

const COLUMNS: &str = "Only Jira administrators can access the default columns.";

async fn get_issue_navigator_default_columns(call: Call) -> Answer {
    call.administers(COLUMNS)?;
    ok(columns::views(&call, &call.site.settings.columns()))
}

async fn set_issue_navigator_default_columns(call: Call, request: Request) -> Answer {
    call.administers(COLUMNS)?;
    let chosen = columns::read_with_forms(&call, request).await.map_err(|failure| match failure {
        // What can't be read is wrong; a field that is not there is missing here.
        Failure::Invalid(complaints) => Failure::NotFound(complaints.messages.join(" ")),
        other => other,
    })?;
    let old: Vec<String> = call.site.settings.columns().into_iter().map(str::to_owned).collect();
    let (new, old) = (Settings::with_columns(&chosen), Settings::with_columns(&old));
    settings::put(&call, "Default columns", &new, &old).await?;
    Ok(StatusCode::OK.into_response())
}

async fn get_banner(call: Call) -> Answer {
    call.administers("Only admins can read banner configuration.")?;
    let banner = call.site.settings.banner();
    let hash = Sha256::digest(banner.message.as_bytes());
    ok(json!({
        "message": banner.message,
        "isDismissible": banner.dismissible,
        "isEnabled": banner.enabled,
        // Clients compare it, to know whether people have closed this text.
        "hashId": hash.iter().take(16).map(|byte| format!("{byte:02X}")).collect::<String>(),
        "visibility": if banner.public { "public" } else { "private" },
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct BannerBody {
    /// Absent and null are not the same.
    #[serde(default, deserialize_with = "given")]
    message: Option<Value>,
    is_dismissible: Option<bool>,
    is_enabled: Option<bool>,
    visibility: Option<String>,
}

fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// What a request leaves out stays.
async fn set_banner(Json(call, body): Json<BannerBody>) -> Answer {
    call.administers("Only admins can update banner configuration.")?;
    let old = call.site.settings.banner();
    let message = match body.message {
        None => old.message.clone(),
        Some(Value::String(message)) => message,
        Some(Value::Null) => return Err(Failure::invalid("Banner message cannot be null.").into()),
        Some(_) => return Err(Failure::invalid_payload().into()),
    };
    let public = match body.visibility.as_deref().map(str::to_lowercase).as_deref() {
        None => old.public,
        Some("public") => true,
        Some("private") => false,
        Some(_) => return Err(Failure::invalid("Banner visibility must be either public or private.").into()),
    };
    let enabled = body.is_enabled.unwrap_or(old.enabled);
    let new = Banner { enabled, dismissible: body.is_dismissible.unwrap_or(old.dismissible), message, public };
    settings::put(&call, "Announcement banner", &Settings::with_banner(&new), &Settings::with_banner(&old)).await?;
    no_content()
}
