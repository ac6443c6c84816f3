//! Values offered to who types a query (S-56).

use crate::{
    db::{self, filters::Search},
    domain::{
        failure::{Failure, Result},
        jql::resolve::{Choice, Choices, Referents, Scope, choices},
        people::Account,
        sharing::Audience,
    },
    http::{
        answer::{Answer, ok},
        call::Call,
        platform::users::marked,
        routes::Routes,
    },
};
use serde_json::{Value, json};

/// Operations that suggest values.
pub fn routes() -> Routes {
    Routes::default().get("/rest/api/3/jql/autocompletedata/suggestions", get_field_auto_complete_for_query_string)
}

/// Most suggestions of an answer.
const MOST: usize = 15;

async fn get_field_auto_complete_for_query_string(call: Call) -> Answer {
    let params = &call.params;
    let Some(field) = params.text("fieldName") else {
        return Err(Failure::invalid("The fieldName query parameter must be provided.").into());
    };
    let predicate = params.text("predicateName");
    if predicate.is_none() && params.text("predicateValue").is_some() {
        let sentence = "The predicateName query parameter must be provided with predicateValue.";
        return Err(Failure::invalid(sentence).into());
    }
    let text = params.text(if predicate.is_some() { "predicateValue" } else { "fieldValue" }).unwrap_or_default();
    let found = match predicate.map(str::to_ascii_lowercase).as_deref() {
        Some("by") => accounts(&call, text),
        None | Some("from" | "to") => suggest(&call, field, text).await?,
        Some(other) => {
            let sentence = format!("The predicate '{other}' is not one of 'by', 'from' and 'to'.");
            return Err(Failure::invalid(sentence).into());
        }
    };
    let view = |choice: &Choice| json!({ "value": choice.value, "displayName": marked(&choice.shown, text, "b") });
    let results: Vec<Value> = found.iter().take(MOST).map(view).collect();
    ok(json!({ "results": results }))
}

/// The values of a field that contain a text.
async fn suggest(call: &Call, field: &str, text: &str) -> Result<Vec<Choice>> {
    let referents = Referents::default();
    let scope = Scope { site: &call.site, caller: &call.caller, now: call.now, referents: &referents };
    let found = choices(&scope, field);
    let named = |name: String| Choice { shown: name.clone(), value: name };
    let lower = text.to_lowercase();
    Ok(match found {
        Choices::Listed(mut listed) => {
            listed.retain(|choice| choice.shown.to_lowercase().contains(&lower));
            listed
        }
        Choices::Accounts => accounts(call, text),
        Choices::Labels => {
            let labels = db::issues::labels_like(&mut call.read().await?, &lower, MOST as i64).await?;
            labels.into_iter().map(named).collect()
        }
        Choices::LabelsIn(field_id) => {
            let mut db = call.read().await?;
            let labels = db::issues::custom_labels_like(&mut db, field_id, &lower, MOST as i64).await?;
            labels.into_iter().map(named).collect()
        }
        Choices::Filters => {
            let search = Search {
                audience: Audience::of(&call.site, &call.caller),
                words: vec![lower],
                order: "name",
                limit: MOST as i64,
                ..Search::default()
            };
            let (filters, _) = db::filters::search(&mut call.read().await?, &search).await?;
            filters.into_iter().map(|filter| named(filter.name)).collect()
        }
        Choices::None => Vec::new(),
    })
}

/// Active accounts that a text finds, for who may browse people.
fn accounts(call: &Call, text: &str) -> Vec<Choice> {
    let access = call.access();
    if !access.global("USER_PICKER") {
        return Vec::new();
    }
    let finds = |account: &&Account| account.active && account.matches(text, access.sees_email(account));
    let mut found: Vec<&Account> = call.site.accounts.values().map(AsRef::as_ref).filter(finds).collect();
    found.sort_by_cached_key(|account| (account.display_name.to_lowercase(), account.account_id.clone()));
    let choice = |account: &Account| Choice {
        value: account.account_id.clone(),
        shown: match account.email.as_deref().filter(|_| access.sees_email(account)) {
            Some(email) => format!("{} - {email}", account.display_name),
            None => account.display_name.clone(),
        },
    };
    found.into_iter().map(choice).collect()
}
