//! Gadgets on dashboards.

use super::{Shared, find, writable};
use crate::{
    app::{
        Context,
        properties::{self, Owner},
    },
    db::{self, Read, Work},
    domain::{
        audit::{Area, Record, Thing},
        dashboard::{self, COLORS, GADGETS, Gadget, KINDS},
        failure::{Complaints, Failure, Result},
        naming::NAME,
    },
};

/// What the properties of gadgets hang on.
const ITEM: &str = "dashboard_item";

/// What a request gives for a gadget.
#[derive(Debug, Default)]
pub struct GadgetInput {
    /// Shown above it.
    pub title: Option<String>,
    /// One of [`COLORS`].
    pub color: Option<String>,
    /// Row and column.
    pub position: Option<(i32, i32)>,
    /// For a new one: where it comes from.
    pub module_key: Option<String>,
    /// For a new one: where it comes from.
    pub uri: Option<String>,
    /// Whether it may come from what there is not.
    pub unknown_kind: bool,
}

/// The answer for a dashboard that is missing, invisible or not the caller's to change.
fn refused() -> Failure {
    Failure::not_found(
        "The dashboard you requested either does not exist or you don't have the required permissions to perform this \
         action.",
    )
}

fn no_gadget() -> Failure {
    Failure::not_found("The dashboard gadget was not found.")
}

/// The gadgets of a dashboard that the caller sees.
pub async fn list(context: &Context, db: &mut Read, dashboard_id: i64) -> Result<Vec<Gadget>> {
    find(context, db, dashboard_id, false).await?.ok_or_else(refused)?;
    Ok(db::dashboards::gadgets(db, dashboard_id).await?)
}

/// Puts a new gadget on a dashboard: at the top of the first column, if no place is named.
pub async fn add(context: &Context, dashboard_id: i64, input: GadgetInput) -> Result<Gadget> {
    let mut work = context.begin().await?;
    let shared = writable(context, &mut work, dashboard_id, false).await?.ok_or_else(refused)?;
    let before = db::dashboards::gadgets(&mut work, dashboard_id).await?;
    let mut complaints = check(&input);
    let kind = match (&input.module_key, &input.uri) {
        (Some(_), Some(_)) => {
            complaints.messages.push("A gadget can't have both a module key and a URI.".into());
            None
        }
        (None, None) => {
            complaints.messages.push("A module key or a URI must be specified for the gadget.".into());
            None
        }
        (module_key, uri) => {
            let kind = KINDS.iter().find(|kind| {
                module_key.is_some() && kind.module_key == module_key.as_deref()
                    || uri.is_some() && kind.uri == uri.as_deref()
            });
            if kind.is_none() && !input.unknown_kind {
                let what = if module_key.is_some() { "module key" } else { "URI" };
                complaints.messages.push(format!("The gadget with the given {what} does not exist."));
            }
            kind
        }
    };
    complaints.into_result()?;
    if before.len() >= GADGETS {
        return Err(Failure::invalid(
            "Cannot add another gadget. The maximum number of gadgets the dashboard can hold has been reached.",
        ));
    }
    let (row, column) = input.position.unwrap_or_default();
    let title = input.title.or_else(|| kind.map(|kind| kind.title.to_owned())).unwrap_or_default();
    let gadget = Gadget {
        id: work.next_id("dashboard_gadget").await?,
        title,
        color: input.color.unwrap_or_else(|| COLORS[0].to_owned()),
        module_key: input.module_key,
        uri: input.uri,
        row,
        column,
    };
    let mut after = before.clone();
    dashboard::place(&mut after, gadget.clone()).map_err(Failure::invalid)?;
    store(&mut work, dashboard_id, &before, &after).await?;
    work.commit(record("Gadget added", &shared, &gadget)).await?;
    Ok(gadget)
}

/// Changes a gadget's title, colour and place.
pub async fn update(context: &Context, dashboard_id: i64, id: i64, input: GadgetInput) -> Result<()> {
    let mut work = context.begin().await?;
    let shared = writable(context, &mut work, dashboard_id, false).await?.ok_or_else(refused)?;
    let before = db::dashboards::gadgets(&mut work, dashboard_id).await?;
    let mut after = before.clone();
    let mut gadget = dashboard::take(&mut after, id).ok_or_else(no_gadget)?;
    check(&input).into_result()?;
    if let Some((row, column)) = input.position {
        (gadget.row, gadget.column) = (row, column);
    }
    gadget.title = input.title.unwrap_or(gadget.title);
    gadget.color = input.color.unwrap_or(gadget.color);
    dashboard::place(&mut after, gadget.clone()).map_err(Failure::invalid)?;
    store(&mut work, dashboard_id, &before, &after).await?;
    Ok(work.commit(record("Gadget updated", &shared, &gadget)).await?)
}

/// Takes a gadget off a dashboard, with its properties.
pub async fn remove(context: &Context, dashboard_id: i64, id: i64) -> Result<()> {
    let mut work = context.begin().await?;
    let shared = writable(context, &mut work, dashboard_id, false).await?.ok_or_else(refused)?;
    let before = db::dashboards::gadgets(&mut work, dashboard_id).await?;
    let mut after = before.clone();
    let gadget = dashboard::take(&mut after, id).ok_or_else(no_gadget)?;
    db::properties::delete_all(&mut work, ITEM, id).await?;
    db::dashboards::delete_gadget(&mut work, id).await?;
    store(&mut work, dashboard_id, &before, &after).await?;
    Ok(work.commit(record("Gadget removed", &shared, &gadget)).await?)
}

/// Puts the gadgets of one dashboard, with their properties, on another.
pub(super) async fn copy(work: &mut Work, from: i64, to: i64) -> Result<()> {
    let gadgets = db::dashboards::gadgets(work, from).await?;
    let ids: Vec<String> = gadgets.iter().map(|gadget| gadget.id.to_string()).collect();
    let mut found = db::properties::list(work, ITEM, &ids, &["*all".to_owned()]).await?;
    for (mut gadget, original) in gadgets.into_iter().zip(&ids) {
        gadget.id = work.next_id("dashboard_gadget").await?;
        db::dashboards::put_gadget(work, to, &gadget).await?;
        properties::store(work, ITEM, gadget.id, &found.remove(original).unwrap_or_default()).await?;
    }
    Ok(())
}

/// A gadget as an owner of properties, the gadget, and whether the caller may change them. Only who sees the dashboard
/// knows of it.
pub async fn item(context: &Context, db: &mut Read, dashboard_id: &str, id: &str) -> Result<(Owner, Gadget, bool)> {
    let (Ok(dashboard_id), Ok(id)) = (dashboard_id.parse(), id.parse::<i64>()) else { return Err(no_gadget()) };
    let shared = find(context, db, dashboard_id, false).await?.ok_or_else(refused)?;
    let gadget = db::dashboards::gadgets(db, dashboard_id).await?.into_iter().find(|gadget| gadget.id == id);
    let gadget = gadget.ok_or_else(no_gadget)?;
    let owner = Owner::new(ITEM, Thing::new("GADGET", id, gadget.title.clone()));
    Ok((owner, gadget, shared.is_writable(context)))
}

fn check(input: &GadgetInput) -> Complaints {
    let mut complaints = Complaints::default();
    if let Some(color) = input.color.as_deref().filter(|color| !COLORS.contains(color)) {
        let known = COLORS.join(", ");
        complaints.messages.push(format!("The color '{color}' is not valid. It should be one of: {known}."));
    }
    if input.title.as_ref().is_some_and(|title| title.chars().count() > NAME) {
        complaints.messages.push(format!("The gadget title must not be longer than {NAME} characters."));
    }
    complaints
}

/// Stores those gadgets that are new or changed.
async fn store(work: &mut Work, dashboard_id: i64, before: &[Gadget], after: &[Gadget]) -> Result<()> {
    for gadget in after.iter().filter(|gadget| !before.contains(gadget)) {
        db::dashboards::put_gadget(work, dashboard_id, gadget).await?;
    }
    Ok(())
}

fn record(summary: &str, shared: &Shared, gadget: &Gadget) -> Record {
    Record::new(summary, Area::Everyday, shared.thing()).with(Thing::new("GADGET", gadget.id, gadget.title.clone()))
}
