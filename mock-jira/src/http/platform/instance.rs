//! The site as a whole.

use crate::http::{
    answer::{Answer, ok},
    call::Call,
    routes::Routes,
    views,
};
use chrono_tz::Tz;
use serde_json::json;

/// Operations on the site.
pub fn routes() -> Routes {
    Routes::default().get("/rest/api/3/serverInfo", get_server_info)
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
