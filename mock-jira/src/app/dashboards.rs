//! Dashboards: who may see, change and share them.

pub mod bulk;
pub mod gadgets;

use super::{
    Context,
    sharing::{self, ShareInput},
};
use crate::{
    db::{self, Read, Work, dashboards::Dashboard},
    domain::{
        audit::{Area, Record, Thing},
        failure::{Complaints, Failure, Result},
        naming::NAME,
        sharing::{Draft, Kind, Shares},
    },
};

/// A dashboard with its shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// The dashboard.
    pub dashboard: Dashboard,
    /// With whom it is shared.
    pub shares: Shares,
}

impl Shared {
    /// Whether the caller may edit it. Administrators own the system dashboard.
    pub fn is_writable(&self, context: &Context) -> bool {
        self.is_owned(context) || sharing::lets(context, &self.shares, true)
    }

    /// Whether it is the one that every site has.
    pub fn is_system(&self) -> bool {
        self.dashboard.owner.is_none()
    }

    fn is_owned(&self, context: &Context) -> bool {
        match &self.dashboard.owner {
            Some(owner) => context.caller.is(Some(owner)),
            None => context.access().administers(),
        }
    }

    fn thing(&self) -> Thing {
        Thing::new("DASHBOARD", self.dashboard.id, self.dashboard.name.clone())
    }
}

/// All that a request gives for a dashboard.
#[derive(Debug, Clone, Copy)]
pub struct DashboardInput<'a> {
    /// Unique among the owner's.
    pub name: &'a str,
    /// May be empty.
    pub description: Option<&'a str>,
    /// With whom to share it.
    pub shares: &'a [ShareInput],
    /// Who may edit it.
    pub edit_shares: &'a [ShareInput],
    /// An administrator's wish to be bound neither by ownership nor by the rules of sharing.
    pub as_admin: bool,
}

/// A dashboard that the caller may see.
pub async fn find(context: &Context, db: &mut Read, id: i64, as_admin: bool) -> Result<Option<Shared>> {
    let Some(shared) = load(context, db, id).await? else { return Ok(None) };
    let seen = shared.is_owned(context)
        || sharing::lets(context, &shared.shares, false)
        || as_admin && context.access().administers();
    Ok(seen.then_some(shared))
}

async fn load(context: &Context, db: &mut Read, id: i64) -> Result<Option<Shared>> {
    let Some(dashboard) = db::dashboards::find(db, id, context.caller.account_id()).await? else { return Ok(None) };
    let shares = db::sharing::list(db, Kind::Dashboard, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Some(Shared { dashboard, shares }))
}

/// The answer for a dashboard that is missing or invisible.
pub fn missing(id: i64) -> Failure {
    Failure::not_found(format!("The dashboard with id '{id}' does not exist."))
}

/// Dashboards with their shares.
pub async fn with_shares(db: &mut Read, dashboards: Vec<Dashboard>) -> Result<Vec<Shared>> {
    let ids: Vec<i64> = dashboards.iter().map(|dashboard| dashboard.id).collect();
    let mut shares = db::sharing::list(db, Kind::Dashboard, &ids).await?;
    let shared = |dashboard: Dashboard| Shared { shares: shares.remove(&dashboard.id).unwrap_or_default(), dashboard };
    Ok(dashboards.into_iter().map(shared).collect())
}

/// Makes a dashboard of the caller's, which is one of their favourites from the start.
pub async fn create(context: &Context, input: &DashboardInput<'_>) -> Result<Shared> {
    make(context, context.begin().await?, input, None).await
}

/// Makes a dashboard with what stands on another that the caller sees.
pub async fn copy(context: &Context, id: i64, input: &DashboardInput<'_>) -> Result<Shared> {
    let mut work = context.begin().await?;
    let original = find(context, &mut work, id, input.as_admin).await?.ok_or_else(|| missing(id))?;
    make(context, work, input, Some(&original)).await
}

async fn make(
    context: &Context,
    mut work: Work,
    input: &DashboardInput<'_>,
    original: Option<&Shared>,
) -> Result<Shared> {
    let owner = context.account_id()?.to_owned();
    let mut dashboard = Dashboard {
        id: 0,
        name: String::new(),
        description: None,
        owner: Some(owner.clone()),
        automatic_refresh: original.and_then(|shared| shared.dashboard.automatic_refresh),
        deleted: None,
        rank: None,
        popularity: 0,
    };
    let drafts = apply(context, &mut work, &mut dashboard, &Shares::new(), None, input).await?;
    if input.description.is_none() {
        dashboard.description = original.and_then(|shared| shared.dashboard.description.clone());
    }
    dashboard.id = work.next_id("dashboard").await?;
    db::dashboards::put(&mut work, &dashboard).await.map_err(name_taken)?;
    for draft in &drafts {
        db::sharing::insert(&mut work, Kind::Dashboard, dashboard.id, draft).await?;
    }
    db::sharing::set_favourite(&mut work, Kind::Dashboard, dashboard.id, &owner, true).await?;
    if let Some(original) = original {
        gadgets::copy(&mut work, original.dashboard.id, dashboard.id).await?;
    }
    let made = finish(context, &mut work, dashboard.id, None).await?;
    work.commit_recorded().await?;
    Ok(made)
}

/// Replaces all details of a dashboard that the caller may edit.
pub async fn update(context: &Context, id: i64, input: &DashboardInput<'_>) -> Result<Shared> {
    let mut work = context.begin().await?;
    let before = writable(context, &mut work, id, input.as_admin).await?.ok_or_else(|| missing(id))?;
    let mut dashboard = before.dashboard.clone();
    let [view, edit] = apply(context, &mut work, &mut dashboard, &before.shares, Some(id), input).await?;
    if input.description.is_none() {
        dashboard.description = None;
    }
    db::dashboards::put(&mut work, &dashboard).await.map_err(name_taken)?;
    for (draft, may_edit) in [(&view, false), (&edit, true)] {
        sharing::replace(&mut work, Kind::Dashboard, id, &before.shares, may_edit, draft).await?;
    }
    let after = finish(context, &mut work, id, Some(&before)).await?;
    work.commit_recorded().await?;
    Ok(after)
}

/// Puts a dashboard of the caller's into the trash.
pub async fn delete(context: &Context, id: i64) -> Result<()> {
    let mut work = context.begin().await?;
    db::dashboards::lock(&mut work, id).await?;
    let shared = find(context, &mut work, id, false).await?.filter(|shared| shared.is_owned(context));
    let gone = || Failure::invalid(format!("The dashboard with id '{id}' does not exist."));
    let shared = shared.ok_or_else(gone)?;
    if shared.is_system() {
        return Err(Failure::invalid("The system dashboard can't be deleted."));
    }
    db::dashboards::delete(&mut work, id, context.now).await?;
    Ok(work.commit(Record::new("Dashboard deleted", Area::Everyday, shared.thing())).await?)
}

/// A dashboard that the caller may edit, locked.
async fn writable(context: &Context, work: &mut Work, id: i64, as_admin: bool) -> Result<Option<Shared>> {
    db::dashboards::lock(work, id).await?;
    let shared = find(context, work, id, as_admin).await?;
    Ok(shared.filter(|shared| shared.is_writable(context) || as_admin && context.access().administers()))
}

/// Puts into a dashboard what a request gives, and reads the shares for seeing and for editing it.
async fn apply(
    context: &Context,
    work: &mut Work,
    dashboard: &mut Dashboard,
    shares: &Shares,
    id: Option<i64>,
    input: &DashboardInput<'_>,
) -> Result<[Draft; 2]> {
    let mut complaints = Complaints::default();
    let name = input.name.trim();
    if name.is_empty() {
        complaints.field("portalPageName", "You must specify a name for the dashboard.");
    } else if name.chars().count() > NAME {
        let complaint = format!("The entered dashboard name is too long, it must be less than {NAME} chars.");
        complaints.field("portalPageName", complaint);
    } else if let Some(owner) = &dashboard.owner
        && db::dashboards::owns_named(work, owner, name, id).await?
    {
        complaints.field("portalPageName", SAME_NAME);
    }
    dashboard.name = name.to_owned();
    if let Some(description) = input.description {
        dashboard.description = Some(description.to_owned()).filter(|text| !text.is_empty());
    }
    let view = sharing::read(context, input.shares, false, input.as_admin, shares, &mut complaints);
    let edit = sharing::read(context, input.edit_shares, true, input.as_admin, shares, &mut complaints);
    complaints.into_result()?;
    Ok([view, edit])
}

const SAME_NAME: &str = "Dashboard with same name already exists.";

/// Two requests may take a name at once.
fn name_taken(error: db::Error) -> Failure {
    match db::constraint(&error) {
        Some("dashboard_name_of_owner") => Failure::invalid_field("portalPageName", SAME_NAME),
        _ => error.into(),
    }
}

/// Records what is different, and gives the dashboard as it is now.
async fn finish(context: &Context, work: &mut Work, id: i64, before: Option<&Shared>) -> Result<Shared> {
    let after = load(context, work, id).await?;
    let after = after.ok_or_else(|| anyhow::anyhow!("a dashboard that was just stored is gone"))?;
    let summary = if before.is_some() { "Dashboard updated" } else { "Dashboard created" };
    let properties = |shared: &Shared| {
        let dashboard = &shared.dashboard;
        [
            ("Name", Some(dashboard.name.clone())),
            ("Description", dashboard.description.clone()),
            ("Owner", dashboard.owner.clone()),
            ("Shared with", sharing::told(&shared.shares, false)),
            ("Editable by", sharing::told(&shared.shares, true)),
        ]
    };
    let record = Record::new(summary, Area::Everyday, after.thing());
    work.record(record.changes(before.map(properties), properties(&after)));
    Ok(after)
}
