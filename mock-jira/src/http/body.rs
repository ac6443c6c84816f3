//! Request bodies.

use super::{call::Call, error::Refusal};
pub use crate::domain::lenient;
use crate::domain::{
    failure::{Failure, Result},
    order::Target,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// A request whose JSON body must be readable as `T`.
pub struct Json<T>(pub Call, pub T);

/// Reads a body that is an object, with the sentences of H-15.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    match read_any(bytes)? {
        // serde would take an array for a struct.
        object @ Value::Object(_) => serde_json::from_value(object).map_err(|_| Failure::invalid_payload()),
        _ => Err(Failure::invalid_payload()),
    }
}

/// Reads a body that is any JSON.
pub fn read_any(bytes: &[u8]) -> Result<Value> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::Unreadable("No content to map to Object due to end of input".into()));
    }
    let broken =
        || Failure::Unreadable("There was an error parsing JSON. Check that your request body is valid.".into());
    let value = serde_json::from_slice(bytes).map_err(|_| broken())?;
    // The database can't store the character NUL, and no client of Jira ever gets it back.
    if contains_nul(&value) { Err(broken()) } else { Ok(value) }
}

/// Depth is bounded by the JSON parser.
fn contains_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(contains_nul),
        Value::Object(members) => members.iter().any(|(key, value)| key.contains('\0') || contains_nul(value)),
        _ => false,
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let call = Call::from_request_parts(&mut parts, state).await?;
        let bytes = bytes(Request::from_parts(parts, body)).await?;
        Ok(Self(call, read(&bytes)?))
    }
}

/// The whole body; larger ones than the server's limit are refused while they come in.
pub async fn bytes(request: Request) -> Result<Bytes> {
    Bytes::from_request(request, &()).await.map_err(|rejection| match rejection.status().as_u16() {
        413 => Failure::TooLarge("The request body is too large.".into()),
        _ => Failure::Unreadable("There was an error parsing JSON. Check that your request body is valid.".into()),
    })
}

/// Ids of things to look up or to work on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    ids: Vec<Id>,
}

/// An id as a number or its text.
#[derive(Debug, Deserialize)]
pub struct Id(#[serde(deserialize_with = "lenient::whole")] pub i64);

impl Ids {
    /// Each of them once, in order.
    pub fn ids(&self) -> Vec<i64> {
        distinct(&self.ids)
    }
}

/// Each id once, in order.
pub fn distinct(ids: &[Id]) -> Vec<i64> {
    let mut ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// `{ids, after | position}`: things to move in their order. Issue types are called by their own name there.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrderBody {
    /// What to move.
    #[serde(alias = "issueTypeIds", deserialize_with = "lenient::texts")]
    pub ids: Vec<String>,
    #[serde(deserialize_with = "lenient::text")]
    after: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    position: Option<String>,
}

impl OrderBody {
    /// Where to.
    pub fn target(&self) -> Target<'_> {
        Target { after: self.after.as_deref(), position: self.position.as_deref() }
    }
}

/// `{id}`: the new default, or null for none.
pub fn only_id(body: &Map<String, Value>) -> Result<Option<String>> {
    match body.get("id") {
        _ if body.keys().any(|key| key != "id") => Err(Failure::invalid_payload()),
        None => Err(Failure::invalid("The id has to be provided.")),
        Some(Value::Null) => Ok(None),
        Some(Value::String(id)) => Ok(Some(id.clone())),
        Some(Value::Number(id)) => Ok(Some(id.to_string())),
        Some(_) => Err(Failure::invalid_payload()),
    }
}
