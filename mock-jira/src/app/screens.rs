//! Screens: which fields are on them, in which order.

use super::Context;
use crate::{
    db::{self, Work},
    domain::{
        audit::{Area, Record, Thing},
        config::{Screen, ScreenTab},
        failure::{Failure, Result},
        fields::Field,
        order::Place,
    },
};

/// The refusal of everybody but administrators.
pub const ADMINISTRATORS: &str = "Only Jira administrators can manage screens.";

/// A screen that is being changed.
struct Change {
    work: Work,
    screen: Screen,
}

/// Adds a field to the first tab of the default screen.
pub async fn add_to_default(context: &Context, field_id: &str) -> Result<()> {
    context.administers(ADMINISTRATORS)?;
    let field = screenable(context, field_id)?;
    let id = default_screen(context).ok_or_else(no_screen)?;
    let mut change = begin(context, &id.to_string()).await?;
    // A field that is there already is not found, the document says.
    if change.screen.fields().any(|other| other == field_id) {
        return Err(Failure::not_found(format!("The field with id '{field_id}' is already on the default screen.")));
    }
    let tab = change.screen.tabs.first_mut().ok_or_else(no_tab)?;
    tab.fields.push(field.id());
    change.save("Field added to screen", field_id, true).await
}

/// The screen that new projects start from.
fn default_screen(context: &Context) -> Option<i64> {
    context.site.screens.iter().map(|screen| screen.id).min()
}

/// Adds a field at the end of a tab.
pub async fn add<'a>(context: &'a Context, screen_id: &str, tab_id: &str, field_id: &str) -> Result<Field<'a>> {
    let mut change = begin(context, screen_id).await?;
    let at = position(&change.screen, tab_id)?;
    let field = screenable(context, field_id)?;
    if change.screen.fields().any(|other| other == field_id) {
        return Err(Failure::invalid(format!("The field with id '{field_id}' already exists on the screen.")));
    }
    change.screen.tabs[at].fields.push(field.id());
    change.save("Field added to screen", field_id, true).await?;
    Ok(field)
}

/// Takes a field from a tab.
pub async fn remove(context: &Context, screen_id: &str, tab_id: &str, field_id: &str) -> Result<()> {
    let mut change = begin(context, screen_id).await?;
    let at = position(&change.screen, tab_id)?;
    let fields = &mut change.screen.tabs[at].fields;
    let place = fields.iter().position(|other| other == field_id).ok_or_else(|| not_there(field_id))?;
    fields.remove(place);
    change.save("Field removed from screen", field_id, false).await
}

/// Moves a field within its tab.
pub async fn move_to(context: &Context, screen_id: &str, tab_id: &str, field_id: &str, to: Place) -> Result<()> {
    let mut change = begin(context, screen_id).await?;
    let at = position(&change.screen, tab_id)?;
    let fields = &mut change.screen.tabs[at].fields;
    let from = fields.iter().position(|other| other == field_id).ok_or_else(|| not_there(field_id))?;
    let field = fields.remove(from);
    let cannot = || Failure::not_found(format!("The field with id '{field_id}' can't be moved to that position."));
    let place = match to {
        Place::After(other) => fields.iter().position(|id| *id == other).ok_or_else(cannot)? + 1,
        Place::Earlier => from.checked_sub(1).ok_or_else(cannot)?,
        Place::Later if from < fields.len() => from + 1,
        Place::Later => return Err(cannot()),
        Place::First => 0,
        Place::Last => fields.len(),
    };
    fields.insert(place, field);
    change.save("Field moved on screen", field_id, true).await
}

/// A tab of a screen.
pub fn tab<'a>(screen: &'a Screen, tab_id: &str) -> Result<&'a ScreenTab> {
    Ok(&screen.tabs[position(screen, tab_id)?])
}

/// A screen of the site.
pub fn find<'a>(context: &'a Context, id: &str) -> Result<&'a Screen> {
    context.site.screens.parse(id).ok_or_else(no_screen)
}

fn screenable<'a>(context: &'a Context, id: &str) -> Result<Field<'a>> {
    let field = context.site.fields.get(id).filter(Field::orderable);
    field.ok_or_else(|| Failure::not_found(format!("The field with id '{id}' does not exist.")))
}

async fn begin(context: &Context, id: &str) -> Result<Change> {
    context.administers(ADMINISTRATORS)?;
    let mut work = context.begin().await?;
    let id = id.parse().map_err(|_| no_screen())?;
    let screen = db::screens::lock(&mut work, id).await?.ok_or_else(no_screen)?;
    Ok(Change { work, screen })
}

impl Change {
    async fn save(mut self, summary: &str, field_id: &str, there: bool) -> Result<()> {
        db::screens::put(&mut self.work, &self.screen).await?;
        let thing = Thing::new("SCREEN", self.screen.id, &self.screen.name);
        let (from, to) = if there { (None, Some(field_id)) } else { (Some(field_id), None) };
        Ok(self.work.commit(Record::new(summary, Area::System, thing).change("Field", from, to)).await?)
    }
}

fn position(screen: &Screen, tab_id: &str) -> Result<usize> {
    screen.tabs.iter().position(|tab| tab.id.to_string() == tab_id).ok_or_else(no_tab)
}

fn no_screen() -> Failure {
    Failure::not_found("The screen was not found.")
}

fn no_tab() -> Failure {
    Failure::not_found("The screen tab was not found.")
}

fn not_there(field_id: &str) -> Failure {
    Failure::not_found(format!("The field with id '{field_id}' is not on the screen tab."))
}
