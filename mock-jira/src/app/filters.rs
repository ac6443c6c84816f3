//! Saved filters: who may see, change and share them.

use super::{
    Context, search,
    sharing::{self, ShareInput},
};
use crate::{
    db::{self, Read, Work, filters::Filter},
    domain::{
        audit::{Area, Record, Thing},
        failure::{Complaints, Failure, Result},
        naming::NAME,
        sharing::{Draft, Kind, Share, Shares, Target},
    },
};

/// A filter with its shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// The filter.
    pub filter: Filter,
    /// With whom it is shared.
    pub shares: Shares,
}

impl Shared {
    /// Whether the caller may edit it.
    pub fn is_writable(&self, context: &Context) -> bool {
        self.is_owned(context) || sharing::lets(context, &self.shares, true)
    }

    fn thing(&self) -> Thing {
        Thing::new("FILTER", self.filter.id, self.filter.name.clone())
    }

    fn is_owned(&self, context: &Context) -> bool {
        context.caller.is(Some(&self.filter.owner))
    }
}

/// What a request gives for a filter; what is absent stays as it is.
#[derive(Debug, Default)]
pub struct FilterInput<'a> {
    /// Unique among the owner's.
    pub name: Option<&'a str>,
    /// May be empty.
    pub description: Option<&'a str>,
    /// The query.
    pub jql: Option<&'a str>,
    /// Whether it is a favourite of the caller.
    pub favourite: Option<bool>,
    /// With whom to share it.
    pub shares: Option<&'a [ShareInput]>,
    /// Who may edit it.
    pub edit_shares: Option<&'a [ShareInput]>,
    /// An administrator's wish not to be bound by the rules of sharing.
    pub any_shares: bool,
}

/// A filter that the caller may see; administrators see any, if they ask for it.
pub async fn find(context: &Context, db: &mut Read, id: i64, any: bool) -> Result<Option<Shared>> {
    let Some(filter) = db::filters::find(db, id, context.caller.account_id()).await? else { return Ok(None) };
    let shares = db::sharing::list(db, Kind::Filter, &[id]).await?.remove(&id).unwrap_or_default();
    let shared = Shared { filter, shares };
    let seen = shared.is_owned(context)
        || sharing::lets(context, &shared.shares, false)
        || any && context.access().administers();
    Ok(seen.then_some(shared))
}

/// Filters with their shares.
pub async fn with_shares(db: &mut Read, filters: Vec<Filter>) -> Result<Vec<Shared>> {
    let ids: Vec<i64> = filters.iter().map(|filter| filter.id).collect();
    let mut shares = db::sharing::list(db, Kind::Filter, &ids).await?;
    let shared = |filter: Filter| Shared { shares: shares.remove(&filter.id).unwrap_or_default(), filter };
    Ok(filters.into_iter().map(shared).collect())
}

/// The sentence for a filter that is missing or invisible.
pub const MISSING: &str =
    "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.";

/// Makes a filter of the caller's. Without shares, it is shared as the caller has chosen for new ones.
pub async fn create(context: &Context, input: &FilterInput<'_>) -> Result<Shared> {
    let owner = context.account_id()?.to_owned();
    let mut complaints = Complaints::default();
    let mut work = context.begin().await?;
    let mut filter = Filter {
        id: 0,
        name: String::new(),
        description: None,
        jql: String::new(),
        owner,
        columns: None,
        last_used: None,
        favourite: false,
        favourited: 0,
        subscriptions: Default::default(),
    };
    let input = FilterInput { name: Some(input.name.unwrap_or_default()), ..*input };
    apply(context, &mut work, &mut filter, None, &input, &mut complaints).await?;
    let any = input.any_shares;
    let mut draft = match input.shares {
        Some(shares) => sharing::read(context, shares, false, any, &[], &mut complaints),
        None => sharing::by_default(context, &mut work).await?,
    };
    draft.extend(sharing::read(context, input.edit_shares.unwrap_or_default(), true, any, &[], &mut complaints));
    complaints.into_result()?;
    filter.id = work.next_id("filter").await?;
    db::filters::put(&mut work, &filter).await.map_err(name_taken)?;
    db::sharing::insert(&mut work, Kind::Filter, filter.id, &draft).await?;
    if input.favourite == Some(true) {
        db::sharing::set_favourite(&mut work, Kind::Filter, filter.id, &filter.owner, true).await?;
    }
    finish(context, work, filter.id, None).await
}

/// Changes a filter that the caller may edit. `None` if there is none that the caller sees.
pub async fn update(context: &Context, id: i64, input: &FilterInput<'_>) -> Result<Option<Shared>> {
    let account_id = context.account_id()?;
    let mut work = context.begin().await?;
    let Some(before) = writable(context, &mut work, id, input.any_shares).await? else { return Ok(None) };
    let Shared { mut filter, shares } = before.clone();
    let mut complaints = Complaints::default();
    apply(context, &mut work, &mut filter, Some(id), input, &mut complaints).await?;
    let mut drafts: Vec<(bool, Draft)> = Vec::new();
    for (given, may_edit) in [(input.shares, false), (input.edit_shares, true)] {
        if let Some(given) = given {
            let draft = sharing::read(context, given, may_edit, input.any_shares, &shares, &mut complaints);
            drafts.push((may_edit, draft));
        }
    }
    complaints.into_result()?;
    db::filters::put(&mut work, &filter).await.map_err(name_taken)?;
    for (may_edit, draft) in &drafts {
        sharing::replace(&mut work, Kind::Filter, id, &shares, *may_edit, draft).await?;
    }
    if let Some(favourite) = input.favourite {
        db::sharing::set_favourite(&mut work, Kind::Filter, id, account_id, favourite).await?;
    }
    finish(context, work, id, Some(&before)).await.map(Some)
}

/// Deletes a filter: its owner may, and administrators may. Whether there was one that the caller may know of.
pub async fn delete(context: &Context, id: i64) -> Result<bool> {
    let mut work = context.begin().await?;
    db::filters::lock(&mut work, id).await?;
    let Some(shared) = find(context, &mut work, id, true).await? else { return Ok(false) };
    if !shared.is_owned(context) && !context.access().administers() {
        return Err(Failure::Unauthorized("You do not have permission to delete this filter.".into()));
    }
    db::filters::delete(&mut work, id).await?;
    work.commit(Record::new("Filter deleted", Area::Everyday, shared.thing())).await?;
    Ok(true)
}

/// Gives a filter to somebody else.
pub async fn change_owner(context: &Context, id: i64, account_id: &str) -> Result<()> {
    let mut work = context.begin().await?;
    db::filters::lock(&mut work, id).await?;
    let shared = find(context, &mut work, id, true).await?.ok_or_else(|| Failure::not_found(MISSING))?;
    if !shared.is_owned(context) && !context.access().administers() {
        return Err(Failure::forbidden("You do not have permission to change the owner of this filter."));
    }
    let owner = context.site.accounts.get(account_id).filter(|account| account.active).ok_or_else(Failure::no_user)?;
    if db::filters::owns_named(&mut work, &owner.account_id, &shared.filter.name, Some(id)).await? {
        return Err(Failure::invalid("The new owner already has a filter with the same name."));
    }
    let filter = Filter { owner: owner.account_id.clone(), ..shared.filter.clone() };
    db::filters::put(&mut work, &filter).await.map_err(name_taken)?;
    finish(context, work, id, Some(&shared)).await.map(drop)
}

/// Makes a filter a favourite of the caller, or no longer. `None` if there is none that the caller sees.
pub async fn set_favourite(context: &Context, id: i64, favourite: bool) -> Result<Option<Shared>> {
    let mut work = context.begin().await?;
    db::filters::lock(&mut work, id).await?;
    let Some(before) = find(context, &mut work, id, false).await? else { return Ok(None) };
    db::sharing::set_favourite(&mut work, Kind::Filter, id, context.account_id()?, favourite).await?;
    finish(context, work, id, Some(&before)).await.map(Some)
}

/// Sets the columns of a filter that the caller may edit, or with none resets them. Whether the caller sees it.
pub async fn set_columns(context: &Context, id: i64, columns: Option<&[String]>) -> Result<bool> {
    let mut work = context.begin().await?;
    db::filters::lock(&mut work, id).await?;
    let Some(shared) = find(context, &mut work, id, false).await? else { return Ok(false) };
    if !shared.is_writable(context) {
        return Err(Failure::forbidden("You do not have permission to change the columns of this filter."));
    }
    db::filters::set_columns(&mut work, id, columns).await?;
    finish(context, work, id, Some(&shared)).await?;
    Ok(true)
}

/// Shares a filter of the caller's with one more. Sharing with everybody ends all other sharing.
pub async fn share(context: &Context, id: i64, target: Target, may_edit: bool) -> Result<Shares> {
    let mut work = context.begin().await?;
    db::filters::lock(&mut work, id).await?;
    let shared = find(context, &mut work, id, false).await?.ok_or_else(|| Failure::not_found(MISSING))?;
    if !shared.is_owned(context) {
        return Err(Failure::invalid("Only the owner of the filter can share it."));
    }
    let draft = vec![(target, may_edit)];
    sharing::permit(context, &draft, false).map_err(Failure::invalid)?;
    let same_right = |share: &&Share| share.may_edit == may_edit;
    let others: Vec<&Share> = shared.shares.iter().filter(same_right).collect();
    if draft.iter().any(|(target, _)| target.is_global()) {
        let gone: Vec<i64> = others.iter().map(|share| share.id).collect();
        db::sharing::delete(&mut work, Kind::Filter, id, &gone).await?;
    } else if others.iter().any(|share| share.target.is_global()) {
        return Err(Failure::invalid(
            "The filter is shared with everybody. Remove that share permission before adding others.",
        ));
    }
    let new = draft.into_iter().filter(|(target, _)| target.is_global() || others.iter().all(|o| o.target != *target));
    db::sharing::insert(&mut work, Kind::Filter, id, &new.collect()).await?;
    finish(context, work, id, Some(&shared)).await.map(|shared| shared.shares)
}

/// Ends one share of a filter of the caller's.
pub async fn unshare(context: &Context, id: i64, share_id: i64) -> Result<()> {
    let mut work = context.begin().await?;
    db::filters::lock(&mut work, id).await?;
    let shared = find(context, &mut work, id, false).await?.filter(|shared| shared.is_owned(context));
    let shared = shared.ok_or_else(|| Failure::not_found(MISSING))?;
    if shared.shares.iter().all(|share| share.id != share_id) {
        return Err(no_share(share_id));
    }
    db::sharing::delete(&mut work, Kind::Filter, id, &[share_id]).await?;
    finish(context, work, id, Some(&shared)).await.map(drop)
}

/// The answer for a share that a filter does not have.
pub fn no_share(id: i64) -> Failure {
    Failure::not_found(format!("The share permission with id '{id}' does not exist."))
}

/// A filter that the caller may edit, locked. `None` if there is none that the caller sees.
async fn writable(context: &Context, work: &mut Work, id: i64, any: bool) -> Result<Option<Shared>> {
    db::filters::lock(work, id).await?;
    let Some(shared) = find(context, work, id, any).await? else { return Ok(None) };
    if shared.is_writable(context) || any && context.access().administers() {
        return Ok(Some(shared));
    }
    Err(Failure::invalid("You do not have permission to edit this filter."))
}

/// Puts into a filter what a request gives, if it may be.
async fn apply(
    context: &Context,
    work: &mut Work,
    filter: &mut Filter,
    id: Option<i64>,
    input: &FilterInput<'_>,
    complaints: &mut Complaints,
) -> Result<()> {
    if let Some(name) = input.name.map(str::trim) {
        if name.is_empty() {
            complaints.field("filterName", "You must specify a name to save this filter as.");
        } else if name.chars().count() > NAME {
            let complaint = format!("The entered filter name is too long, it must be less than {NAME} chars.");
            complaints.field("filterName", complaint);
        } else if db::filters::owns_named(work, &filter.owner, name, id).await? {
            complaints.field("filterName", SAME_NAME); // U-49
        }
        filter.name = name.to_owned();
    }
    if let Some(description) = input.description {
        filter.description = Some(description.to_owned()).filter(|text| !text.is_empty());
    }
    if let Some(jql) = input.jql {
        // U-49, Q-72
        complaints.messages.extend(search::validate(context, jql, id).await?);
        filter.jql = jql.to_owned();
    }
    Ok(())
}

const SAME_NAME: &str = "Filter with same name already exists.";

/// Two requests may take a name at once.
fn name_taken(error: db::Error) -> Failure {
    match db::constraint(&error) {
        Some("filter_name_of_owner") => Failure::invalid_field("filterName", SAME_NAME),
        _ => error.into(),
    }
}

/// Commits with a record of what is different, and gives the filter as it is now.
async fn finish(context: &Context, mut work: Work, id: i64, before: Option<&Shared>) -> Result<Shared> {
    let filter = db::filters::find(&mut work, id, context.caller.account_id()).await?;
    let filter = filter.ok_or_else(|| anyhow::anyhow!("a filter that was just stored is gone"))?;
    let shares = db::sharing::list(&mut work, Kind::Filter, &[id]).await?.remove(&id).unwrap_or_default();
    let after = Shared { filter, shares };
    let summary = if before.is_some() { "Filter updated" } else { "Filter created" };
    let properties = |shared: &Shared| {
        let filter = &shared.filter;
        let columns = filter.columns.as_ref().map(|columns| columns.join(", "));
        [
            ("Name", Some(filter.name.clone())),
            ("Description", filter.description.clone()),
            ("JQL", Some(filter.jql.clone())),
            ("Owner", Some(filter.owner.clone())),
            ("Columns", columns),
            ("Favourite", filter.favourite.then(|| "true".to_owned())),
            ("Shared with", sharing::told(&shared.shares, false)),
            ("Editable by", sharing::told(&shared.shares, true)),
        ]
    };
    let record = Record::new(summary, Area::Everyday, after.thing());
    work.commit(record.changes(before.map(properties), properties(&after))).await?;
    Ok(after)
}
