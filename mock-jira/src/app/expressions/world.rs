//! The site as expressions see it.

use super::{
    Context, Looks,
    data::{Data, ids},
};
use crate::{
    db::{
        changelog::History,
        issues::{Around, Loaded, Neighbour},
    },
    domain::{
        config::{DONE, STATUS_CATEGORIES},
        expression::{
            schema::Kind as Thing,
            text_of,
            value::{Entity, Value},
            world::{Lack, Missing, World},
        },
        fields::{Field, Kind},
        issue::Issue,
        permission::{self, Access},
        sprint::{Board, Sprint, State},
    },
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::sync::Arc;

/// What is loaded, as one run of an evaluation reads it.
pub(super) struct Reading<'a> {
    pub context: &'a Context,
    pub data: &'a Data,
    pub looks: &'a dyn Looks,
}

type Member = Result<Value, Lack>;

fn list(kind: Thing, ids: impl IntoIterator<Item = impl std::fmt::Display>) -> Member {
    Ok(Value::list(ids.into_iter().map(|id| Value::entity(kind, id)))?)
}

fn maybe(kind: Thing, id: Option<impl std::fmt::Display>) -> Value {
    id.map_or(Value::Null, |id| Value::entity(kind, id))
}

/// Things with an id, a name and a description.
fn described(id: i64, name: &str, description: &str, member: &str) -> Value {
    match member {
        "id" => Value::int(id),
        "name" => Value::text(name),
        _ => Value::text(description),
    }
}

fn document(document: &Option<serde_json::Value>) -> Value {
    document.as_ref().map_or(Value::Null, |document| Value::RichText(Arc::new(document.clone())))
}

impl World for Reading<'_> {
    fn variable(&self, name: &str) -> Option<Value> {
        self.data.variables.get(name).cloned()
    }

    fn member(&self, of: &Entity, name: &'static str) -> Member {
        if name == "properties" {
            return Ok(Value::Properties(of.clone()));
        }
        let (_, id) = ids(of);
        let site = &self.context.site;
        // What was deleted from the configuration is empty.
        let found = match of.kind {
            Thing::Issue => return self.data.find(id).map_or(Ok(Value::Null), |issue| self.issue(of, issue, name)),
            Thing::User | Thing::UserPermissions => return self.user(of, name),
            Thing::Project => return self.project(id, name),
            Thing::IssueType => return self.issue_type(id, name),
            Thing::IssuePriority => {
                site.priorities.get(id).map(|item| described(id, &item.name, &item.description, name))
            }
            Thing::Resolution => {
                site.resolutions.get(id).map(|item| described(id, &item.name, &item.description, name))
            }
            Thing::SecurityLevel => {
                site.security_levels.get(id).map(|item| described(id, &item.name, &item.description, name))
            }
            Thing::ProjectCategory => {
                site.categories.get(id).map(|item| described(id, &item.name, &item.description, name))
            }
            Thing::ProjectRole => site.roles.get(id).map(|item| described(id, &item.name, &item.description, name)),
            Thing::Component => site.components.get(id).map(|item| described(id, &item.name, "", name)),
            Thing::IssueStatus => site.statuses.get(id).map(|status| match name {
                "category" => Value::entity(Thing::IssueStatusCategory, status.category),
                name => described(id, &status.name, &status.description, name),
            }),
            Thing::IssueStatusCategory => self.status_category(id, name),
            Thing::Version => site.versions.get(id).map(|version| match name {
                "archived" => Value::Bool(version.archived),
                "released" => Value::Bool(version.released),
                "releaseDate" => version.release_date.map_or(Value::Null, Value::CalendarDate),
                "startDate" => version.start_date.map_or(Value::Null, Value::CalendarDate),
                "description" => Value::maybe_text(version.description.as_ref()),
                name => described(id, &version.name, "", name),
            }),
            Thing::Sprint => site.sprints.get(id).map(|sprint| self.sprint(sprint, name)),
            Thing::ServiceDesk if name == "id" => Some(Value::int(id)),
            Thing::ServiceDesk => Some(Value::entity(Thing::Project, id)),
            Thing::CustomerRequest => self.data.find(id).map(|issue| match name {
                "issue" => Value::entity(Thing::Issue, id),
                "currentStatus" => Value::entity(Thing::CustomerRequestStatus, id),
                "serviceDesk" => Value::entity(Thing::ServiceDesk, issue.project_id),
                // Sites have no types of requests.
                _ => Value::Null,
            }),
            Thing::CustomerRequestStatus => {
                return self.data.find(id).map_or(Ok(Value::Null), |issue| self.request_status(of, issue, name));
            }
            Thing::Board => return site.boards.get(id).map_or(Ok(Value::Null), |board| self.board(board, name)),
            Thing::IssueLinkType => site.link_types.get(id).map(|kind| match name {
                "inward" => Value::text(&kind.inward),
                "outward" => Value::text(&kind.outward),
                name => described(id, &kind.name, "", name),
            }),
            _ => return self.part(of, name),
        };
        Ok(found.unwrap_or(Value::Null))
    }

    fn call(&self, of: &Entity, name: &str, arguments: &[Value]) -> Member {
        match (name, arguments) {
            ("getNewestChangelog", [Value::Text(field), rest @ ..]) => {
                let (_, id) = ids(of);
                let histories = self.loaded(self.data.changelogs.get(&id), of, "changelogs")?;
                let newest = histories.iter().find(|history| changes(history, field, rest.first()));
                Ok(maybe(Thing::Changelog, newest.map(|history| format!("{id}/{}", history.id))))
            }
            ("getProjectRoles", [Value::Entity(Entity { kind: Thing::Project, id })]) => {
                let site = &self.context.site;
                let project = id.parse().ok().and_then(|id| site.projects.get(id));
                let caller = site.caller(&of.id);
                let (Some(project), Some(caller)) = (project, caller) else { return list(Thing::ProjectRole, [0; 0]) };
                let mut roles: Vec<i64> = Access::new(site, &caller).roles(project).collect();
                roles.sort_unstable();
                roles.dedup();
                list(Thing::ProjectRole, roles)
            }
            (name, arguments) => {
                let given: Vec<&str> = arguments.iter().map(Value::type_name).collect();
                Err(Lack::Unusable(format!("`{name}` does not take {}.", given.join(", "))))
            }
        }
    }

    fn field(&self, of: &Entity, name: &str) -> Option<Member> {
        let site = &self.context.site;
        let custom = site.fields.any_custom(name).filter(|field| field.trashed.is_none())?;
        let (_, id) = ids(of);
        let issue = self.data.find(id)?;
        if site.fields.context(custom.id, issue.project_id, issue.issue_type_id).is_none() {
            return Some(Ok(Value::Null));
        }
        let kind = Kind::of(&custom.type_key);
        let mut around = Around::default();
        if let (Kind::EpicLink, Some(parent)) = (kind, issue.parent_id) {
            if !self.data.knows(parent) {
                return Some(Err(Missing::Member(of.clone(), "parent").into()));
            }
            around.parent = self.data.find(parent).map(Neighbour::from);
        }
        let loaded = Loaded { issue: issue.clone(), around, site_version: site.site.version };
        Some(Value::from_json(&self.looks.field(&loaded, custom.id, kind)).map_err(Lack::from))
    }

    fn fields(&self) -> Vec<String> {
        super::field_names(self.context)
    }

    fn property(&self, of: &Entity, key: &str) -> Member {
        match self.data.properties.get(&(of.clone(), key.to_owned())) {
            Some(value) => Ok(Value::from_json(value)?),
            None => Err(Missing::Property(of.clone(), key.to_owned()).into()),
        }
    }

    fn property_keys(&self, of: &Entity) -> Member {
        match self.data.keys.get(of) {
            Some(keys) => Ok(Value::list(keys.iter().map(Value::text))?),
            None => Err(Missing::Keys(of.clone()).into()),
        }
    }

    fn thing(&self, kind: Thing, name: &Value) -> Member {
        let name = text_of(name);
        Ok(match kind {
            Thing::Issue => match self.data.named(&name) {
                Some(id) => maybe(kind, id),
                None => return Err(Missing::Thing(kind, name).into()),
            },
            Thing::Project => maybe(kind, self.context.project(&name).ok().map(|project| project.id)),
            _ => maybe(kind, self.context.site.accounts.get(&name).map(|account| &account.account_id)),
        })
    }

    fn now(&self) -> DateTime<Utc> {
        self.context.now
    }

    fn zone(&self) -> Tz {
        self.context.caller.time_zone()
    }
}

/// Whether an entry of the history changed a field, in that way.
fn changes(history: &History, field: &str, filters: Option<&Value>) -> bool {
    let wanted = |name: &str| match filters {
        Some(Value::Map(filters)) => filters.of.get(name).map(text_of),
        _ => None,
    };
    history.items.iter().any(|item| {
        let same =
            |name: &str, value: &Option<String>| wanted(name).is_none_or(|wanted| value.as_ref() == Some(&wanted));
        (item.field == field || item.field_id.as_deref() == Some(field))
            && same("from", &item.from)
            && same("fromString", &item.from_string)
            && same("to", &item.to)
            && same("toString", &item.to_string)
    })
}

impl Reading<'_> {
    fn loaded<'b, T>(&self, found: Option<&'b Vec<T>>, of: &Entity, name: &'static str) -> Result<&'b [T], Lack> {
        found.map(Vec::as_slice).ok_or_else(|| Missing::Member(of.clone(), name).into())
    }

    fn other(&self, id: Option<i64>, of: &Entity, name: &'static str) -> Member {
        match id {
            None => Ok(Value::Null),
            Some(id) if !self.data.knows(id) => Err(Missing::Member(of.clone(), name).into()),
            Some(id) => Ok(maybe(Thing::Issue, self.data.find(id).map(|issue| issue.id))),
        }
    }

    fn issue(&self, of: &Entity, issue: &Issue, name: &'static str) -> Member {
        let (site, data) = (&self.context.site, self.data);
        let date = |date: Option<DateTime<Utc>>| date.map_or(Value::Null, Value::Date);
        let number = |number: Option<i64>| number.map_or(Value::Null, Value::int);
        let parts = |kind: Thing, ids: Vec<i64>| list(kind, ids.into_iter().map(|id| format!("{}/{id}", issue.id)));
        let level = |id: i64| site.issue_types.get(id).map_or(0, |kind| kind.level);
        let is_epic = level(issue.issue_type_id) > 0;
        Ok(match name {
            "id" => Value::int(issue.id),
            "key" => Value::text(site.issue_key(issue.project_id, issue.number)),
            "summary" => Value::text(&issue.summary),
            "description" => document(&issue.description),
            "environment" => document(&issue.environment),
            "priority" => maybe(Thing::IssuePriority, issue.priority_id),
            "issueType" => Value::entity(Thing::IssueType, issue.issue_type_id),
            "status" => Value::entity(Thing::IssueStatus, issue.status_id),
            "created" => Value::Date(issue.created),
            "updated" => Value::Date(issue.updated),
            "dueDate" => issue.due.map_or(Value::Null, Value::CalendarDate),
            "resolutionDate" => date(issue.resolved),
            "resolution" => maybe(Thing::Resolution, issue.resolution_id),
            "originalEstimate" => number(issue.original_estimate),
            "remainingEstimate" => number(issue.remaining_estimate),
            "timeSpent" => number(issue.time_spent),
            "securityLevel" => maybe(Thing::SecurityLevel, issue.security_level_id),
            "project" => Value::entity(Thing::Project, issue.project_id),
            "assignee" => maybe(Thing::User, issue.assignee.as_ref()),
            "reporter" => maybe(Thing::User, issue.reporter.as_ref()),
            "creator" => maybe(Thing::User, issue.creator.as_ref()),
            "versions" => return list(Thing::Version, &issue.affected_version_ids),
            "fixVersions" => return list(Thing::Version, &issue.fix_version_ids),
            "components" => return list(Thing::Component, &issue.component_ids),
            "labels" => Value::list(issue.labels.iter().map(Value::text))?,
            "parent" => return self.other(issue.parent_id, of, name),
            "epic" => match self.other(issue.parent_id, of, name)? {
                Value::Entity(parent) if data.find(ids(&parent).1).is_some_and(|p| level(p.issue_type_id) > 0) => {
                    Value::Entity(parent)
                }
                _ => Value::Null,
            },
            "subtasks" | "stories" | "childIssues" => {
                let children = self.loaded(data.children.get(&issue.id), of, name)?;
                let shown = children.iter().filter(|id| match name {
                    "subtasks" => data.find(**id).is_some_and(|child| level(child.issue_type_id) < 0),
                    "stories" => is_epic,
                    _ => true,
                });
                return list(Thing::Issue, shown);
            }
            "links" => {
                let links = self.loaded(data.links.get(&issue.id), of, name)?;
                return parts(Thing::IssueLink, links.iter().map(|link| link.id).collect());
            }
            "comments" => {
                let comments = self.loaded(data.comments.get(&issue.id), of, name)?;
                return parts(Thing::Comment, comments.iter().map(|comment| comment.id).collect());
            }
            "attachments" => {
                let attachments = self.loaded(data.attachments.get(&issue.id), of, name)?;
                return parts(Thing::Attachment, attachments.iter().map(|attachment| attachment.id).collect());
            }
            "worklogs" => {
                let worklogs = self.loaded(data.worklogs.get(&issue.id), of, name)?;
                return parts(Thing::Worklog, worklogs.iter().map(|worklog| worklog.id).collect());
            }
            "changelogs" => {
                let histories = self.loaded(data.changelogs.get(&issue.id), of, name)?;
                return parts(Thing::Changelog, histories.iter().map(|history| history.id).collect());
            }
            "watches" | "watchers" => return self.crowd(of, issue, name, data.watchers.get(&issue.id)),
            "votes" | "voters" => return self.crowd(of, issue, name, data.voters.get(&issue.id)),
            "isEpic" => Value::Bool(is_epic),
            "flagged" => Value::Bool(self.text_field(issue, |field| field.name() == "Flagged").is_some()),
            "name" if is_epic => match self.text_field(issue, |field| of_type(field, "gh-epic-label")) {
                Some(Value::Text(name)) => Value::Text(name),
                _ => Value::text(&issue.summary),
            },
            "color" if is_epic => {
                self.text_field(issue, |field| of_type(field, "gh-epic-color")).unwrap_or(Value::Null)
            }
            "done" if is_epic => {
                let status = site.statuses.get(issue.status_id);
                Value::Bool(status.is_some_and(|status| status.category == DONE))
            }
            "sprint" => maybe(Thing::Sprint, self.sprints(issue, |state| state != State::Closed).next()),
            "closedSprints" => return list(Thing::Sprint, self.sprints(issue, |state| state == State::Closed)),
            _ => Value::Null,
        })
    }

    /// The status of a request, since when it has it (D-11).
    fn request_status(&self, of: &Entity, issue: &Issue, name: &str) -> Member {
        let status = self.context.site.statuses.get(issue.status_id);
        Ok(match name {
            "name" => status.map_or(Value::Null, |status| Value::text(&status.name)),
            "category" => {
                let category = status.and_then(|status| self.status_category(status.category.into(), "key"));
                match category {
                    Some(Value::Text(key)) => Value::text(key.to_uppercase()),
                    _ => Value::Null,
                }
            }
            _ => {
                let histories = self.loaded(self.data.changelogs.get(&issue.id), of, "changelogs")?;
                let newest = histories.iter().find(|history| changes(history, "status", None));
                Value::Date(newest.map_or(issue.created, |history| history.created))
            }
        })
    }

    /// How many watch or vote, or who, as far as the caller may know.
    fn crowd(&self, of: &Entity, issue: &Issue, name: &'static str, found: Option<&Vec<String>>) -> Member {
        let everybody = self.loaded(found, of, name)?;
        if matches!(name, "watches" | "votes") {
            return Ok(Value::int(everybody.len() as i64));
        }
        let sees_others = self
            .context
            .site
            .projects
            .get(issue.project_id)
            .is_some_and(|project| self.context.access().on(project, issue.people(), "VIEW_VOTERS_AND_WATCHERS"));
        list(Thing::User, everybody.iter().filter(|id| sees_others || self.context.caller.is(Some(id))))
    }

    /// The value of a field of Jira Software's, unless it is empty.
    fn text_field(&self, issue: &Issue, so: impl Fn(&Field) -> bool) -> Option<Value> {
        let field = self.context.site.fields.iter().find(|field| matches!(field, Field::Custom(..)) && so(field))?;
        let Field::Custom(custom, _) = field else { return None };
        let stored = issue.custom(custom.id).filter(|value| !value.is_null() && **value != serde_json::json!([]))?;
        Value::from_json(stored).ok()
    }

    /// Ids of the sprints that an issue is in, of those that are so far.
    fn sprints(&self, issue: &Issue, so: impl Fn(State) -> bool) -> impl Iterator<Item = i64> {
        let site = &self.context.site;
        let value = site.fields.of_kind(Kind::Sprint).and_then(|field| issue.custom(field.id));
        let ids = value.and_then(serde_json::Value::as_array).into_iter().flatten().filter_map(|id| id.as_i64());
        ids.filter(move |id| site.sprints.get(*id).is_some_and(|sprint| so(sprint.state)))
    }

    fn sprint(&self, sprint: &Sprint, name: &str) -> Value {
        let date = |date: Option<DateTime<Utc>>| date.map_or(Value::Null, Value::Date);
        match name {
            "state" => Value::text(sprint.state.as_str()),
            "goal" => Value::maybe_text(sprint.goal.as_ref()),
            "startDate" => date(sprint.started),
            "endDate" => date(sprint.ends),
            "completeDate" => date(sprint.completed),
            name => described(sprint.id, &sprint.name, "", name),
        }
    }

    fn board(&self, board: &Board, name: &str) -> Member {
        let of_state = |state: State| {
            let sprints = self.context.site.sprints.iter();
            let own = sprints.filter(|sprint| sprint.board_id == board.id && sprint.state == state);
            list(Thing::Sprint, own.map(|sprint| sprint.id))
        };
        Ok(match name {
            "id" => Value::int(board.id),
            "activeSprints" => return of_state(State::Active),
            "futureSprints" => return of_state(State::Future),
            "closedSprints" => return of_state(State::Closed),
            "canAdminister" => {
                let project = self.context.site.projects.get(board.project_id);
                Value::Bool(project.is_some_and(|project| self.context.access().administers_project(project)))
            }
            // Both are for work that is done in sprints (G-5).
            _ => Value::Bool(board.kind != "kanban"),
        })
    }

    fn status_category(&self, id: i64, name: &str) -> Option<Value> {
        let category = STATUS_CATEGORIES.iter().find(|category| i64::from(category.id) == id)?;
        Some(match name {
            "key" => Value::text(category.key),
            "colorName" => Value::text(category.color),
            name => described(id, category.name, "", name),
        })
    }

    fn issue_type(&self, id: i64, name: &str) -> Member {
        let Some(kind) = self.context.site.issue_types.get(id) else { return Ok(Value::Null) };
        Ok(match name {
            "iconUrl" => Value::from_json(&self.looks.icon(kind))?,
            "hierarchyLevel" => Value::int(kind.level.into()),
            name => described(id, &kind.name, &kind.description, name),
        })
    }

    fn project(&self, id: i64, name: &str) -> Member {
        let Some(project) = self.context.site.projects.get(id) else { return Ok(Value::Null) };
        Ok(match name {
            "key" => Value::text(&project.key),
            "style" => Value::text(if project.simplified { "next-gen" } else { "classic" }),
            "projectTypeKey" => Value::text(&project.type_key),
            "projectCategory" => maybe(Thing::ProjectCategory, project.category_id),
            "lead" => maybe(Thing::User, project.lead.as_ref()),
            "avatarUrls" => Value::from_json(&self.looks.project_avatars(project))?,
            name => described(id, &project.name, "", name),
        })
    }

    fn user(&self, of: &Entity, name: &str) -> Member {
        let site = &self.context.site;
        let id: &str = &of.id;
        let Some(account) = site.accounts.get(id) else {
            return Ok(if name == "accountId" { Value::text(id) } else { Value::Null });
        };
        // What somebody may and where they belong is for themselves and for administrators.
        let may_know = self.context.caller.is(Some(id)) || self.context.access().administers();
        Ok(match name {
            "accountId" => Value::text(id),
            "displayName" => Value::text(&account.display_name),
            "locale" => Value::text(&account.locale),
            "timeZone" => Value::text(account.time_zone.name()),
            "active" => Value::Bool(account.active),
            "avatarUrls" => Value::from_json(&self.looks.avatars(account))?,
            "permissions" => Value::entity(Thing::UserPermissions, id),
            _ if !may_know => Value::Null,
            "groups" => Value::list(site.groups_of(id).iter().map(|group| Value::text(&group.name)))?,
            "groupIds" => Value::list(site.groups_of(id).iter().map(|group| Value::text(group.group_id.to_string())))?,
            _ => {
                let caller = site.caller(id).unwrap_or_default();
                let access = Access::new(site, &caller);
                let held = permission::PERMISSIONS.iter().filter(|kind| kind.global && access.global(kind.key));
                Value::list(held.map(|kind| Value::text(kind.key)))?
            }
        })
    }

    /// What hangs on an issue.
    fn part(&self, of: &Entity, name: &str) -> Member {
        let (issue, id) = ids(of);
        let found = match of.kind {
            Thing::Comment => self.data.comment(of).map(|comment| match name {
                "id" => Value::int(id),
                "body" => Value::RichText(Arc::new(comment.body.clone())),
                "author" => Value::entity(Thing::User, &comment.author),
                "created" => Value::Date(comment.created),
                _ => Value::Date(comment.updated),
            }),
            Thing::Attachment => self.data.attachment(of).map(|file| match name {
                "id" => Value::int(id),
                "author" => Value::entity(Thing::User, &file.author),
                "filename" => Value::text(&file.file_name),
                "size" => Value::int(file.size),
                "mimeType" => Value::text(&file.mime_type),
                _ => Value::Date(file.created),
            }),
            Thing::Worklog => self.data.worklog(of).map(|worklog| match name {
                "id" => Value::text(id.to_string()),
                "author" => Value::entity(Thing::User, &worklog.author),
                "updateAuthor" => Value::entity(Thing::User, &worklog.update_author),
                "created" => Value::Date(worklog.created),
                "updated" => Value::Date(worklog.updated),
                "started" => Value::Date(worklog.started),
                _ => Value::int(worklog.seconds),
            }),
            Thing::Changelog => match self.data.history(of) {
                Some(history) => Some(match name {
                    "id" => Value::text(id.to_string()),
                    "author" => Value::entity(Thing::User, &history.author),
                    "created" => Value::Date(history.created),
                    _ => {
                        let items = 0..history.items.len();
                        return list(Thing::ChangelogItem, items.map(|index| format!("{issue}/{id}/{index}")));
                    }
                }),
                None => None,
            },
            Thing::ChangelogItem => self.data.item(of).map(|item| match name {
                "field" => Value::text(&item.field),
                "fieldId" => Value::maybe_text(item.field_id.as_ref()),
                "from" => Value::maybe_text(item.from.as_ref()),
                "fromString" => Value::maybe_text(item.from_string.as_ref()),
                "to" => Value::maybe_text(item.to.as_ref()),
                _ => Value::maybe_text(item.to_string.as_ref()),
            }),
            Thing::IssueLink => self.data.link(of).map(|link| match name {
                "id" => Value::int(id),
                "type" => Value::entity(Thing::IssueLinkType, link.type_id),
                "direction" => Value::text(if link.outward { "outward" } else { "inward" }),
                "linkedIssue" => Value::entity(Thing::Issue, link.other.id),
                // One end is where the link was found.
                name if (name == "outwardIssue") == link.outward => Value::entity(Thing::Issue, link.other.id),
                _ => Value::entity(Thing::Issue, issue),
            }),
            _ => None,
        };
        Ok(found.unwrap_or(Value::Null))
    }
}

fn of_type(field: &Field, suffix: &str) -> bool {
    matches!(field, Field::Custom(custom, _) if custom.type_key.ends_with(suffix))
}
