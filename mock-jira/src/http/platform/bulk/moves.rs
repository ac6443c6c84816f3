//! Moving many issues (J-135).

use super::{permit, submitted};
use crate::{
    app::bulk::{
        Target,
        moving::{self, Mapping},
    },
    domain::{
        bulk::from_texts,
        failure::{Failure, Result},
        snapshot::Snapshot,
    },
    http::{answer::Answer, body::Json},
};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Moves {
    target_to_sources_mapping: IndexMap<String, Sources>,
    send_bulk_notification: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sources {
    #[serde(default)]
    issue_ids_or_keys: Vec<String>,
    #[serde(default)]
    infer_field_defaults: bool,
    #[serde(default)]
    infer_status_defaults: bool,
    #[serde(default)]
    infer_subtask_type_default: bool,
    #[serde(default, rename = "inferClassificationDefaults")]
    _classification: bool,
    #[serde(default, rename = "targetClassification")]
    _classifications: Value,
    target_mandatory_fields: Option<Vec<Fields>>,
    target_status: Option<Vec<Statuses>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    fields: IndexMap<String, NewValue>,
}

#[derive(Deserialize)]
struct NewValue {
    retain: Option<bool>,
    #[serde(rename = "type")]
    form: Option<String>,
    value: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statuses {
    /// Id of a status there to ids of those that become it.
    statuses: BTreeMap<String, Vec<String>>,
}

pub(super) async fn submit_bulk_move(Json(call, body): Json<Moves>) -> Answer {
    permit(&call, Failure::Unauthorized)?; // the document knows no 403 here
    let mapping = |(key, sources)| mapping(&call.site, key, sources);
    let mappings = body.target_to_sources_mapping.into_iter().map(mapping).collect::<Result<_>>()?;
    submitted(&moving::submit_moves(&call, mappings, body.send_bulk_notification.unwrap_or(true)).await?)
}

fn mapping(site: &Snapshot, key: String, sources: Sources) -> Result<Mapping> {
    let both =
        |what: &str, infer: &str| Err(Failure::invalid(format!("{what} must not be provided if {infer} is true.")));
    let statuses = match (sources.infer_status_defaults, sources.target_status) {
        (true, Some(given)) if !given.is_empty() => return both("targetStatus", "inferStatusDefaults"),
        (true, _) => None,
        (false, given) => Some(statuses(given.unwrap_or_default())?),
    };
    let fields = match (sources.infer_field_defaults, sources.target_mandatory_fields) {
        (true, Some(given)) if !given.is_empty() => return both("targetMandatoryFields", "inferFieldDefaults"),
        (true, _) => None,
        (false, given) => Some(fields(site, given.unwrap_or_default())?),
    };
    let target = Target { statuses, fields, with_subtasks: sources.infer_subtask_type_default, ..Target::default() };
    Ok(Mapping { key, names: sources.issue_ids_or_keys, target })
}

fn statuses(given: Vec<Statuses>) -> Result<Vec<(i64, i64)>> {
    let id = |text: &str| {
        text.trim().parse::<i64>().map_err(|_| Failure::invalid(format!("The status id '{text}' is not valid.")))
    };
    let mut statuses = Vec::new();
    for (target, sources) in given.iter().flat_map(|given| &given.statuses) {
        for source in sources {
            statuses.push((id(source)?, id(target)?));
        }
    }
    Ok(statuses)
}

fn fields(site: &Snapshot, given: Vec<Fields>) -> Result<BTreeMap<String, (Value, bool)>> {
    let mut fields = BTreeMap::new();
    for (id, new) in given.into_iter().flat_map(|given| given.fields) {
        let value = if new.form.as_deref() == Some("adf") {
            new.value
        } else {
            let texts: Vec<String> = serde_json::from_value(new.value).map_err(|_| Failure::invalid_payload())?;
            from_texts(site, &id, &texts)
        };
        fields.insert(id, (value, new.retain.unwrap_or(true)));
    }
    Ok(fields)
}
