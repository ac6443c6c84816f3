//! What evaluations have loaded so far, and how to load more.

use crate::{
    app::{
        Context,
        comments::{self, COMMENT},
        properties::{ISSUE, ISSUE_TYPE, USER},
        search,
    },
    db::{
        self,
        attachments::Attachment,
        changelog::History,
        comments::Comment,
        issues::{Link, Loaded, Wanted},
        worklogs::{Filter, Worklog},
    },
    domain::{
        expression::{
            schema::{self, Cost, Kind},
            value::{Entity, Value},
            world::Missing,
        },
        failure::{Failure, Result},
        issue::{Issue, changes::ChangeItem},
    },
};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};

/// Everything that the caller may see and that is loaded.
#[derive(Debug, Default)]
pub struct Data {
    /// Of the context.
    pub variables: HashMap<String, Value>,
    /// By id; nothing for those that are not there for the caller.
    issues: HashMap<i64, Option<Issue>>,
    /// Ids of issues by what they were asked by.
    names: HashMap<String, Option<i64>>,
    pub(super) children: HashMap<i64, Vec<i64>>,
    pub(super) links: HashMap<i64, Vec<Link>>,
    pub(super) comments: HashMap<i64, Vec<Comment>>,
    pub(super) attachments: HashMap<i64, Vec<Attachment>>,
    pub(super) worklogs: HashMap<i64, Vec<Worklog>>,
    /// Newest first.
    pub(super) changelogs: HashMap<i64, Vec<History>>,
    pub(super) watchers: HashMap<i64, Vec<String>>,
    pub(super) voters: HashMap<i64, Vec<String>>,
    pub(super) properties: HashMap<(Entity, String), Json>,
    pub(super) keys: HashMap<Entity, Vec<String>>,
    /// How often a member was loaded for one thing.
    times: HashMap<&'static str, usize>,
}

/// Loads for single things after which all things get the member at once.
const SINGLE: usize = 10;

/// The owner of entity properties, as the database names it.
fn owner(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Issue => Some(ISSUE),
        Kind::IssueType => Some(ISSUE_TYPE),
        Kind::User => Some(USER),
        Kind::Project => Some("project"),
        Kind::Comment => Some(COMMENT),
        _ => None,
    }
}

/// The issue that a thing hangs on, and the thing's own id.
pub(super) fn ids(entity: &Entity) -> (i64, i64) {
    let (issue, own) = entity.id.split_once('/').unwrap_or(("", &entity.id));
    (issue.parse().unwrap_or_default(), own.parse().unwrap_or_default())
}

/// The id under which properties of a thing are stored.
fn stored_id(entity: &Entity) -> String {
    entity.id.rsplit('/').next().unwrap_or_default().to_owned()
}

async fn list(context: &Context, ids: &[i64], wanted: Wanted) -> Result<Vec<Loaded>> {
    Ok(db::issues::list(&mut context.read().await?, ids, wanted, None).await?)
}

/// Issues that were deleted meanwhile have nothing.
fn complete<T>(map: &mut HashMap<i64, Vec<T>>, ids: &[i64]) {
    for id in ids {
        map.entry(*id).or_default();
    }
}

impl Data {
    /// An issue that is loaded and that the caller sees.
    pub fn find(&self, id: i64) -> Option<&Issue> {
        self.issues.get(&id)?.as_ref()
    }

    /// Whether it was looked for.
    pub(super) fn knows(&self, id: i64) -> bool {
        self.issues.contains_key(&id)
    }

    /// The issue that was asked for by this name, if that was looked for.
    pub(super) fn named(&self, name: &str) -> Option<Option<i64>> {
        self.names.get(name).copied()
    }

    /// A comment of an issue.
    pub fn comment(&self, entity: &Entity) -> Option<&Comment> {
        let (issue, id) = ids(entity);
        self.comments.get(&issue)?.iter().find(|comment| comment.id == id)
    }

    /// A file of an issue.
    pub fn attachment(&self, entity: &Entity) -> Option<&Attachment> {
        let (issue, id) = ids(entity);
        self.attachments.get(&issue)?.iter().find(|attachment| attachment.id == id)
    }

    /// A worklog of an issue.
    pub fn worklog(&self, entity: &Entity) -> Option<&Worklog> {
        let (issue, id) = ids(entity);
        self.worklogs.get(&issue)?.iter().find(|worklog| worklog.id == id)
    }

    /// An entry of an issue's history.
    pub fn history(&self, entity: &Entity) -> Option<&History> {
        let (issue, id) = ids(entity);
        self.changelogs.get(&issue)?.iter().find(|history| history.id == id)
    }

    /// What an entry of a history says of one field.
    pub fn item(&self, entity: &Entity) -> Option<&ChangeItem> {
        let (history, index) = entity.id.rsplit_once('/')?;
        self.history(&Entity::new(Kind::Changelog, history))?.items.get(index.parse::<usize>().ok()?)
    }

    /// A link, from the end at which it was found.
    pub fn link(&self, entity: &Entity) -> Option<&Link> {
        let (issue, id) = ids(entity);
        self.links.get(&issue)?.iter().find(|link| link.id == id)
    }

    /// An issue by id or key, that must be there.
    pub(super) async fn issue(&mut self, context: &Context, name: &str) -> Result<Value> {
        self.load_named(context, name).await?;
        let id = self.named(name).flatten().ok_or_else(Failure::no_issue)?;
        Ok(Value::entity(Kind::Issue, id))
    }

    async fn load_named(&mut self, context: &Context, name: &str) -> Result<()> {
        let id = match context.issue_name(name) {
            Some(named) => {
                db::issues::ids(&mut context.read().await?, &[Some(named)]).await?.first().copied().flatten()
            }
            None => None,
        };
        if let Some(id) = id {
            self.load_issues(context, &[id]).await?;
        }
        self.names.insert(name.to_owned(), id.filter(|id| self.find(*id).is_some()));
        Ok(())
    }

    /// Loads issues, those that are not yet.
    pub(super) async fn load_issues(&mut self, context: &Context, ids: &[i64]) -> Result<()> {
        let wanted: Vec<i64> = ids.iter().copied().filter(|id| !self.knows(*id)).collect();
        self.issues.extend(wanted.iter().map(|id| (*id, None)));
        for loaded in list(context, &wanted, Wanted::default()).await? {
            if context.project_of(&loaded.issue).is_ok() {
                self.issues.insert(loaded.issue.id, Some(loaded.issue));
            }
        }
        Ok(())
    }

    /// Loads what an evaluation lacks, for like things at the same time where it will ask for them, too.
    pub(super) async fn load(&mut self, context: &Context, missing: &Missing) -> Result<()> {
        match missing {
            Missing::Thing(_, name) => self.load_named(context, name).await,
            Missing::Member(of, name) => self.load_member(context, of, name).await,
            Missing::Property(of, key) => self.load_property(context, of, key).await,
            Missing::Keys(of) => {
                let readable = self.owners(context, of).is_some();
                let keys = match owner(of.kind).filter(|_| readable) {
                    Some(owner) => db::properties::keys(&mut context.read().await?, owner, &stored_id(of)).await?,
                    None => Vec::new(),
                };
                self.keys.insert(of.clone(), keys);
                Ok(())
            }
        }
    }

    fn visible(&self) -> Vec<i64> {
        self.issues.iter().filter(|(_, issue)| issue.is_some()).map(|(id, _)| *id).collect()
    }

    /// The issues for which to load a member that one of them lacks.
    fn targets(&mut self, id: i64, name: &'static str) -> Vec<i64> {
        let times = self.times.entry(name).or_default();
        *times += 1;
        let once = schema::member("Issue", name).is_some_and(|member| member.cost == Cost::Once);
        if once || *times > SINGLE { self.visible() } else { vec![id] }
    }

    async fn load_member(&mut self, context: &Context, of: &Entity, name: &'static str) -> Result<()> {
        let (_, id) = ids(of);
        let targets = self.targets(id, name);
        match name {
            "parent" | "epic" => {
                let parents: Vec<i64> = targets
                    .iter()
                    .filter_map(|id| self.find(*id)?.parent_id)
                    .collect::<HashSet<_>>()
                    .into_iter()
                    .collect();
                self.load_issues(context, &parents).await
            }
            "childIssues" | "subtasks" | "stories" => self.load_children(context, &targets).await,
            "links" => {
                let holders = context.site.fields_hold_permissions();
                let wanted = Wanted { neighbours: true, holders, ..Wanted::default() };
                let mut others = Vec::new();
                for loaded in list(context, &targets, wanted).await? {
                    others.extend(loaded.around.links.iter().map(|link| link.other.id));
                    self.links.insert(loaded.issue.id, loaded.around.links);
                }
                self.load_issues(context, &others).await?;
                for links in self.links.values_mut() {
                    links.retain(|link| self.issues.get(&link.other.id).is_some_and(Option::is_some));
                }
                complete(&mut self.links, &targets);
                Ok(())
            }
            "comments" => {
                let wanted = Wanted { comments: true, ..Wanted::default() };
                for loaded in list(context, &targets, wanted).await? {
                    let mut all = loaded.around.comments;
                    if let Ok(project) = context.project_of(&loaded.issue) {
                        all.retain(|comment| comments::visible(context, project, comment));
                        self.comments.insert(loaded.issue.id, all);
                    }
                }
                complete(&mut self.comments, &targets);
                Ok(())
            }
            "attachments" => {
                let wanted = Wanted { attachments: true, ..Wanted::default() };
                for loaded in list(context, &targets, wanted).await? {
                    self.attachments.insert(loaded.issue.id, loaded.around.attachments);
                }
                complete(&mut self.attachments, &targets);
                Ok(())
            }
            _ => {
                for id in targets {
                    self.load_one(context, id, name).await?;
                }
                Ok(())
            }
        }
    }

    async fn load_one(&mut self, context: &Context, id: i64, name: &str) -> Result<()> {
        let db = &mut context.read().await?;
        match name {
            "worklogs" => {
                let viewer = context.caller.account_id();
                let filter = Filter { viewer, issue_id: Some(id), ..Filter::default() };
                self.worklogs.insert(id, db::worklogs::list(db, filter, 0, i64::MAX).await?);
            }
            "watches" | "watchers" => drop(self.watchers.insert(id, db::watchers::list(db, id).await?)),
            "votes" | "voters" => drop(self.voters.insert(id, db::votes::list(db, id).await?)),
            _ => {
                let mut histories = db::changelog::list(db, id, 0, i64::MAX).await?;
                histories.reverse();
                self.changelogs.insert(id, histories);
            }
        }
        Ok(())
    }

    /// Children by rank. The search knows whom they are shown to.
    async fn load_children(&mut self, context: &Context, parents: &[i64]) -> Result<()> {
        let listed: Vec<String> = parents.iter().map(i64::to_string).collect();
        let jql = format!("parent in ({}) ORDER BY rank", listed.join(", "));
        let (found, _) = search::unbounded(context, &jql, 0, i64::from(i32::MAX)).await?;
        self.load_issues(context, &found).await?;
        complete(&mut self.children, parents);
        for id in found {
            if let Some(parent) = self.find(id).and_then(|issue| issue.parent_id)
                && parents.contains(&parent)
            {
                self.children.entry(parent).or_default().push(id);
            }
        }
        Ok(())
    }

    /// The things whose properties are loaded together with those of one of them; none if the caller may not read them.
    fn owners(&self, context: &Context, of: &Entity) -> Option<Vec<Entity>> {
        match of.kind {
            Kind::Issue => Some(self.visible().into_iter().map(|id| Entity::new(Kind::Issue, id)).collect()),
            Kind::Comment => {
                let all =
                    self.comments.iter().flat_map(|(issue, comments)| comments.iter().map(move |own| (issue, own)));
                Some(all.map(|(issue, own)| Entity::new(Kind::Comment, format_args!("{issue}/{}", own.id))).collect())
            }
            // Others' are for administrators.
            Kind::User if !context.caller.is(Some(&of.id)) && !context.access().administers() => None,
            _ => Some(vec![of.clone()]),
        }
    }

    async fn load_property(&mut self, context: &Context, of: &Entity, key: &str) -> Result<()> {
        let owners = self.owners(context, of).unwrap_or_default();
        let ids: Vec<String> = owners.iter().map(stored_id).collect();
        let mut found = match owner(of.kind) {
            Some(owner) => db::properties::list(&mut context.read().await?, owner, &ids, &[key.to_owned()]).await?,
            None => HashMap::new(),
        };
        for entity in owners.into_iter().chain([of.clone()]) {
            let value = found.remove(&stored_id(&entity)).and_then(|mut own| own.pop());
            self.properties.entry((entity, key.to_owned())).or_insert(value.map_or(Json::Null, |(_, value)| value));
        }
        Ok(())
    }
}
