//! Accounts: who may invite and remove them.

use super::{Context, groups::must_administer_site};
use crate::{
    db::{self, Work},
    domain::{
        audit::{Area, Record, Thing},
        failure::{Complaints, Failure, Result},
        people::{Account, ApplicationRole, DEFAULT_LOCALE},
    },
};
use chrono_tz::Tz;
use uuid::Uuid;

/// Longest e-mail address.
const EMAIL: usize = 254;

/// Products that Jira knows; a site need not have them.
const PRODUCTS: [&str; 4] = ["jira-core", "jira-servicedesk", "jira-product-discovery", "jira-software"];

/// Invites somebody to products of the site. Returns the account id, and whether anything was done: who can use
/// Jira already stays as they are.
pub async fn create(context: &Context, email: Option<&str>, products: Option<&[String]>) -> Result<(String, bool)> {
    context.account_id()?;
    context.administers("You do not have permission to create users.")?;
    let mut complaints = Complaints::default();
    let email = email.map(str::trim).unwrap_or_default();
    if !is_email(email) {
        complaints.field("emailAddress", "A valid email address must be specified.");
    }
    if products.is_none() {
        complaints.field("products", "The products must be specified.");
    }
    let roles = products.unwrap_or_default().iter().filter_map(|key| product(context, key, &mut complaints));
    let roles: Vec<&ApplicationRole> = roles.collect();
    complaints.into_result()?;

    let mut work = context.begin().await?;
    // Held to the end: of two that invite the same person, or for the last seat, the second sees what the first did.
    work.next_id("account").await?;
    let account_id = match db::users::find_by_email(&mut work, email).await? {
        Some(found) if found.removed => {
            db::users::restore(&mut work, &found.account_id).await?;
            found.account_id
        }
        Some(found) => {
            let groups = context.site.memberships.get(&found.account_id);
            if found.active && groups.is_some_and(|groups| context.site.products(groups).next().is_some()) {
                return Ok((found.account_id, false));
            }
            let sentence = "A user with that email address exists already, but has no access to Jira.";
            return Err(Failure::invalid_field("emailAddress", sentence));
        }
        None => {
            let account = invited(email);
            db::users::insert(&mut work, &account).await?;
            account.account_id
        }
    };
    for role in roles {
        join(context, &mut work, role, &account_id).await?;
    }
    work.commit(Record::new("User created", Area::Users, Thing::new("USER", &account_id, email))).await?;
    Ok((account_id, true))
}

/// An account as it is before its owner has set it up: called like its mailbox.
fn invited(email: &str) -> Account {
    let mailbox = email.split('@').next().unwrap_or(email);
    Account {
        account_id: format!("712020:{}", Uuid::new_v4()),
        account_type: "atlassian".into(),
        email: Some(email.into()),
        email_public: true,
        display_name: mailbox.into(),
        active: true,
        time_zone: Tz::Etc__UTC,
        locale: DEFAULT_LOCALE.into(),
    }
}

/// One mailbox at one host, without blanks.
fn is_email(text: &str) -> bool {
    let parts = text.split_once('@').filter(|(mailbox, host)| !mailbox.is_empty() && !host.is_empty());
    parts.is_some_and(|(_, host)| !host.contains('@'))
        && text.chars().count() <= EMAIL
        && !text.contains(|character: char| character.is_whitespace() || character.is_control())
}

/// A product of the site.
fn product<'a>(context: &'a Context, key: &str, complaints: &mut Complaints) -> Option<&'a ApplicationRole> {
    let role = context.site.application_roles.iter().find(|role| role.key == key);
    if role.is_none() {
        let why = if PRODUCTS.contains(&key) { "is not licensed on this site" } else { "is not a valid product" };
        complaints.field("products", format!("'{key}' {why}."));
    }
    role
}

/// Gives an account a seat of a product.
async fn join(context: &Context, work: &mut Work, role: &ApplicationRole, account_id: &str) -> Result<()> {
    let seats = context.site.site.settings.seats;
    if db::users::count_people(work, &role.groups).await? >= i64::from(seats) {
        let sentence = format!("The number of licensed users of {} is exceeded: there are {seats} seats.", role.name);
        return Err(Failure::invalid(sentence));
    }
    for group in &role.default_groups {
        db::groups::join(work, *group, account_id).await?;
    }
    Ok(())
}

/// Removes an account from the site. It stays resolvable: what it wrote keeps its author (U-16).
pub async fn remove(context: &Context, account_id: Option<&str>) -> Result<()> {
    must_administer_site(context)?;
    let account = account_id.and_then(|id| context.site.accounts.get(id)).ok_or_else(Failure::no_user)?;
    if context.caller.is(account_id) {
        return Err(Failure::invalid("You cannot delete the currently logged in user."));
    }
    if account.account_type == "app" {
        return Err(Failure::invalid("The account of an app can't be removed."));
    }
    let mut work = context.begin().await?;
    if !db::users::remove(&mut work, &account.account_id).await? {
        return Err(Failure::no_user());
    }
    Ok(work.commit(Record::new("User deleted", Area::Users, context.user_thing(&account.account_id))).await?)
}
