//! Mail about issues: to whom it goes. Nothing leaves the server; it is kept to be looked at.

use super::{Context, issues};
use crate::{
    db::{self, Work, mail::Letter},
    domain::{
        audit::{Area, Record, Thing},
        failure::{Complaints, Failure, Result},
        issue::Issue,
        permission::{self, Access, PERMISSIONS},
    },
};

/// A letter that a request asks for.
#[derive(Debug, Default)]
pub struct NewLetter {
    /// Key and summary of the issue if there is none.
    pub subject: Option<String>,
    /// As plain text.
    pub text_body: String,
    /// As HTML.
    pub html_body: String,
    /// To whom it goes.
    pub to: Recipients,
    /// Names or ids: who gets it is in one of the groups.
    pub only_groups: Vec<String>,
    /// Keys or ids: who gets it has all of the permissions.
    pub only_permissions: Vec<String>,
}

/// To whom a letter goes.
#[derive(Debug, Default)]
pub struct Recipients {
    /// The issue's reporter.
    pub reporter: bool,
    /// Its assignee.
    pub assignee: bool,
    /// All who watch it.
    pub watchers: bool,
    /// All who vote for it.
    pub voters: bool,
    /// Account ids.
    pub users: Vec<String>,
    /// Names or ids.
    pub groups: Vec<String>,
}

/// Sends a letter about an issue (J-120).
pub async fn notify(context: &Context, id_or_key: &str, new: NewLetter) -> Result<()> {
    let mut work = context.begin().await?;
    let (issue, project) = issues::visible(context, &mut work, id_or_key).await?;
    if !context.site.site.settings.outgoing_mail {
        return Err(Failure::forbidden("Outgoing emails are disabled."));
    }
    let mut complaints = Complaints::default();
    let mut recipients = recipients(context, &mut work, &issue, &new.to, &mut complaints).await?;
    let permissions: Vec<&str> =
        new.only_permissions.iter().filter_map(|name| required(name, &mut complaints)).collect();
    let groups = member_groups(context, &new.only_groups, &mut complaints);
    complaints.into_result()?;
    recipients.retain(|account_id| {
        let Some(recipient) = context.site.caller(account_id) else { return false };
        let access = Access::new(&context.site, &recipient);
        let permitted = |key: &&str| match permission::find(key) {
            Some(kind) if kind.global => access.global(key),
            _ => access.on(project, issue.people(), key),
        };
        // Nobody is told what they do themselves.
        !context.caller.is(Some(account_id))
            && recipient.account.as_ref().is_some_and(|account| account.active)
            && (groups.is_empty() || groups.iter().any(|group| access.is_in(*group)))
            && permissions.iter().all(permitted)
    });
    if recipients.is_empty() {
        return Err(Failure::invalid("No recipients were defined for notification."));
    }
    recipients.sort();
    recipients.dedup();
    let key = context.site.issue_key(issue.project_id, issue.number);
    let letter = Letter {
        id: work.next_id("mail").await?,
        sent: context.now,
        sender: context.author().to_owned(),
        recipients,
        issue_id: Some(issue.id),
        subject: new.subject.unwrap_or_else(|| format!("({key}) {}", issue.summary)),
        text_body: new.text_body,
        html_body: new.html_body,
    };
    db::mail::insert(&mut work, &letter).await?;
    Ok(work.commit(context.issue_record("Notification sent", &issue)).await?)
}

/// Whom a change of an issue concerns: its reporter, its assignee and its watchers, if they can see it. Nobody is told
/// what they do themselves, and nobody is told of what the caller can't see.
pub async fn concerned(context: &Context, work: &mut Work, issue_id: i64) -> Result<Vec<String>> {
    let (issue, project) = match issues::visible(context, work, &issue_id.to_string()).await {
        Err(Failure::NotFound(_)) => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = db::watchers::list(work, issue.id).await?;
    found.extend(issue.reporter.iter().chain(&issue.assignee).cloned());
    found.retain(|account_id| {
        let Some(recipient) = context.site.caller(account_id) else { return false };
        let sees = Access::new(&context.site, &recipient).on(project, issue.people(), "BROWSE_PROJECTS");
        sees && !context.caller.is(Some(account_id)) && recipient.account.is_some_and(|account| account.active)
    });
    Ok(found)
}

/// Tells people of a bulk operation, once for all issues, where mail leaves the site.
pub async fn announce(
    context: &Context,
    work: &mut Work,
    what: &str,
    issues: usize,
    recipients: Vec<String>,
) -> Result<()> {
    if !context.site.site.settings.outgoing_mail {
        return Ok(());
    }
    let letter = Letter {
        id: work.next_id("mail").await?,
        sent: context.now,
        sender: context.author().to_owned(),
        recipients,
        issue_id: None,
        subject: format!("{what}: {issues} issues"),
        text_body: String::new(),
        html_body: String::new(),
    };
    db::mail::insert(work, &letter).await?;
    work.record(Record::new("Notification sent", Area::Everyday, Thing::new("MAIL", letter.id, &letter.subject)));
    Ok(())
}

/// Account ids of all whom the request names.
async fn recipients(
    context: &Context,
    work: &mut Work,
    issue: &Issue,
    to: &Recipients,
    complaints: &mut Complaints,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (wanted, person, name) in
        [(to.reporter, &issue.reporter, "reporter"), (to.assignee, &issue.assignee, "assignee")]
    {
        match person {
            Some(account_id) if wanted => found.push(account_id.clone()),
            None if wanted => complaints.messages.push(format!("The issue has no {name}.")),
            _ => {}
        }
    }
    if to.watchers {
        found.extend(db::watchers::list(work, issue.id).await?);
    }
    if to.voters {
        found.extend(db::votes::list(work, issue.id).await?);
    }
    for account_id in &to.users {
        if context.site.accounts.contains_key(account_id) {
            found.push(account_id.clone());
        } else {
            complaints.field("users", format!("The user with account id '{account_id}' does not exist."));
        }
    }
    for group in member_groups(context, &to.groups, complaints) {
        let members = context.site.memberships.iter().filter(|(_, groups)| groups.contains(&group));
        found.extend(members.map(|(account_id, _)| account_id.clone()));
    }
    Ok(found)
}

/// Ids of groups by their names or ids.
fn member_groups(context: &Context, names: &[String], complaints: &mut Complaints) -> Vec<uuid::Uuid> {
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        match context.site.group(name) {
            Some(group) => ids.push(group.group_id),
            None => complaints.field("groups", format!("The group '{name}' does not exist.")),
        }
    }
    ids
}

/// The key of a permission by its key or id; `BROWSE` is what `BROWSE_PROJECTS` was once called.
fn required(name: &str, complaints: &mut Complaints) -> Option<&'static str> {
    let name = if name == "BROWSE" { "BROWSE_PROJECTS" } else { name };
    let found = PERMISSIONS.iter().find(|kind| kind.key == name || kind.id == name);
    if found.is_none() {
        complaints.field("permissions", format!("The permission '{name}' does not exist."));
    }
    found.map(|kind| kind.key)
}
