//! Mutations of lists.

use serde_json::{Value, json};

use super::{
    Mutation,
    memory::Memory,
    place::Pattern,
    scene::{Scene, Seen},
};
use crate::{
    run::paging::{has_name, identity, items},
    target::Answer,
};

/// The id of what is not there.
const NOBODY: u64 = 987_654_321;

/// The mutations that are made here: for the others no list is copied.
const OF_LISTS: [Mutation; 9] = [
    Mutation::DuplicateRow,
    Mutation::RepeatRow,
    Mutation::SkipRow,
    Mutation::LoseRow,
    Mutation::LeakRow,
    Mutation::SwapIds,
    Mutation::WrongTotal,
    Mutation::WrongLast,
    Mutation::EarlyLast,
];

/// A list, broken.
pub fn make(mutation: Mutation, scene: &Scene<'_>, memory: &Memory, seen: &Seen<'_>) -> Option<Answer> {
    let before = seen.success().filter(|_| OF_LISTS.contains(&mutation) && scene.reads())?;
    let list = items(before)?;
    let mut body = before.clone();
    let counts = !scene.session().judge.links.estimates(scene.operation());
    let has_pages = scene.paging().is_some() || ["maxResults", "limit"].iter().any(|name| body[*name].is_u64());
    match mutation {
        Mutation::WrongTotal | Mutation::WrongLast | Mutation::EarlyLast if !counts => return None,
        Mutation::WrongTotal => {
            let total = body["total"].as_u64().filter(|total| *total < 1000 && has_pages)?;
            body["total"] = json!(total + 1);
        }
        Mutation::WrongLast => last(&mut body, true, false)?,
        Mutation::EarlyLast => last(&mut body, false, true)?,
        _ => {
            let (paging, later) = (scene.paging(), is_later(scene));
            let rows = rows_of(&mut body)?;
            match mutation {
                Mutation::DuplicateRow => rows.push(list.last().filter(|row| is_one(row))?.clone()),
                Mutation::SkipRow if later && !rows.is_empty() => drop(rows.remove(0)),
                Mutation::RepeatRow if later && !rows.is_empty() => {
                    rows.insert(0, memory.last_row(scene)?.clone());
                    let limit = paging.and_then(|paging| scene.parameter(paging.limit)?.parse().ok());
                    rows.truncate(limit.unwrap_or(usize::MAX));
                }
                Mutation::LoseRow => rows.retain(|row| !memory.has_made(&identity(row))),
                Mutation::LeakRow => {
                    let row = foreign(list.last()?)?;
                    let known = before["total"].is_u64() || row["self"].is_string() || scene.row_is_read();
                    rows.push(Some(row).filter(|_| known)?);
                }
                Mutation::SwapIds => {
                    let id = |row: &Value| row.get("id").filter(|id| id.is_string() || id.is_number()).cloned();
                    let (first, second) = (id(list.first()?)?, id(list.get(1)?)?);
                    if list[0]["self"].is_null() && paging.is_none() {
                        return None;
                    }
                    (rows[0]["id"], rows[1]["id"]) = (second, first);
                }
                _ => return None,
            }
        }
    }
    (body != *before).then(|| seen.with(&body))
}

/// Lists are broken as a whole.
pub fn candidates(mutation: Mutation, scene: &Scene<'_>, memory: &Memory, seen: &Seen<'_>) -> Vec<Pattern> {
    make(mutation, scene, memory, seen).map(|_| Pattern::new()).into_iter().collect()
}

/// The things that an answer lists, to be changed.
pub fn rows_of(body: &mut Value) -> Option<&mut Vec<Value>> {
    let list: *const Vec<Value> = items(body)?;
    match body {
        Value::Array(rows) => Some(rows),
        Value::Object(entries) => {
            entries.values_mut().filter_map(Value::as_array_mut).find(|rows| std::ptr::eq::<Vec<Value>>(&**rows, list))
        }
        _ => None,
    }
}

/// Whether a row can be told from all others.
fn is_one(row: &Value) -> bool {
    row.is_string() || has_name(row)
}

/// Whether a page after the first was asked for.
pub fn is_later(scene: &Scene<'_>) -> bool {
    let start = scene.paging().and_then(|paging| scene.parameter(paging.start));
    start.is_some_and(|start| start != "0")
}

/// Whether there are more pages.
pub fn has_more(body: &Value, start: u64, rows: u64) -> bool {
    let is = |name: &str, value: bool| body[name].as_bool() == Some(value);
    let total = body["total"].as_u64().is_some_and(|total| total > start + rows);
    total || is("isLast", false) || is("isLastPage", false) || body["nextPageToken"].is_string()
}

fn last(body: &mut Value, from: bool, to: bool) -> Option<()> {
    let name = ["isLast", "isLastPage"].into_iter().find(|name| body[*name].as_bool() == Some(from))?;
    body[name] = json!(to);
    Some(())
}

/// A row as another site might have it.
fn foreign(row: &Value) -> Option<Value> {
    let mut row = row.clone();
    let entries = row.as_object_mut()?;
    let old = entries.get("id")?.clone();
    let new = match &old {
        Value::Number(_) => json!(NOBODY),
        Value::String(_) => json!(NOBODY.to_string()),
        _ => return None,
    };
    entries.insert("id".to_owned(), new);
    if let Some(Value::String(key)) = entries.get_mut("key") {
        *key = format!("FOREIGN{}", key.trim_start_matches(|c: char| c.is_ascii_uppercase()));
    }
    if let Some(Value::String(link)) = entries.get_mut("self") {
        *link = super::says::broken_link(link);
    }
    Some(row)
}
