//! Names in queries to ids: what a literal means for a field.

use super::{
    Mention, Problem, Resolver,
    condition::{Condition, CustomTest, IssueNames, LinkEnds},
    fields::Things,
    sentences,
};
use crate::domain::{
    config::{CustomField, IssueLinkType, Project, STATUS_CATEGORIES},
    fields::Kind,
    jql::Value,
    security::SecurityLevel,
    sprint::Sprint,
};
use serde_json::{Value as Json, json};
use std::collections::HashSet;

/// Ids of things, or the sentence that says there are none.
pub type Found<T> = Result<T, Problem>;

/// A thing as queries name it.
struct Named<'a> {
    id: i64,
    names: [&'a str; 2],
}

impl<'a> Named<'a> {
    fn new(id: i64, name: &'a str) -> Self {
        Self { id, names: [name, ""] }
    }
}

impl<'a> Resolver<'a> {
    /// The ids, in the column that the field looks at, that a literal means.
    pub(super) fn ids_of(&self, things: Things, value: &Value, field: &str) -> Found<Vec<i64>> {
        let site = self.scope.site;
        let pick = |named: Vec<Named<'a>>| choose(&named, value, field);
        match things {
            Things::Projects => Ok(vec![self.project(value, field)?.id]),
            Things::ProjectCategories => {
                let categories = pick(site.categories.iter().map(|c| Named::new(c.id, &c.name)).collect())?;
                Ok(self.projects(|project| project.category_id.is_some_and(|id| categories.contains(&id))))
            }
            Things::ProjectTypes => {
                let known = ["software", "business", "service_desk", "product_discovery"];
                let key = value.text.to_lowercase();
                if !known.contains(&key.as_str()) {
                    return Err(sentences::no_value(&value.text, field));
                }
                Ok(self.projects(|project| project.type_key == key))
            }
            Things::IssueTypes => pick(site.issue_types.iter().map(|t| Named::new(t.id, &t.name)).collect()),
            Things::HierarchyLevels => {
                let level: i32 = value.text.parse().map_err(|_| sentences::no_value(&value.text, field))?;
                Ok(site.issue_types.iter().filter(|t| t.level == level).map(|t| t.id).collect())
            }
            Things::Statuses => pick(site.statuses.iter().map(|s| Named::new(s.id, &s.name)).collect()),
            Things::StatusCategories => {
                let named = STATUS_CATEGORIES.iter().map(|c| Named { id: c.id.into(), names: [c.name, c.key] });
                let categories = pick(named.collect())?;
                let inside = site.statuses.iter().filter(|s| categories.contains(&s.category.into()));
                Ok(inside.map(|status| status.id).collect())
            }
            Things::Priorities => pick(site.priorities.iter().map(|p| Named::new(p.id, &p.name)).collect()),
            Things::Resolutions => pick(site.resolutions.iter().map(|r| Named::new(r.id, &r.name)).collect()),
            Things::SecurityLevels => pick(self.levels().map(|l| Named::new(l.id, &l.name)).collect()),
            Things::Components => {
                let seen = site.components.iter().filter(|c| self.sees(c.project_id));
                pick(seen.map(|c| Named::new(c.id, &c.name)).collect())
            }
            Things::Versions => {
                let seen = site.versions.iter().filter(|v| self.sees(v.project_id));
                pick(seen.map(|v| Named::new(v.id, &v.name)).collect())
            }
        }
    }

    /// A project by key, former key, name or id, in any case (Q-34, J-30).
    pub(super) fn project(&self, value: &Value, field: &str) -> Found<&'a Project> {
        self.find_project(&value.text).ok_or_else(|| missing(value, field))
    }

    /// The same, from text alone.
    pub(super) fn find_project(&self, text: &str) -> Option<&'a Project> {
        let site = self.scope.site;
        let folded = text.to_lowercase();
        let by_name = || site.projects.iter().find(|project| project.name.to_lowercase() == folded);
        let by_key = site.project_keys.get(&text.to_uppercase()).and_then(|id| site.projects.get(*id));
        by_key.or_else(by_name).or_else(|| site.projects.parse(text)).filter(|project| self.sees(project.id))
    }

    /// Accounts by id, by display name, or by an e-mail address that the caller may see.
    pub(super) fn accounts(&self, text: &str) -> Option<Vec<String>> {
        let accounts = &self.scope.site.accounts;
        if accounts.contains_key(text) {
            return Some(vec![text.to_owned()]);
        }
        let folded = text.to_lowercase();
        let called_so = accounts.values().filter(|account| {
            let email = account.email.as_ref().filter(|_| self.access().sees_email(account));
            account.display_name.to_lowercase() == folded || email.is_some_and(|email| email.to_lowercase() == folded)
        });
        let mut ids: Vec<String> = called_so.map(|account| account.account_id.clone()).collect();
        ids.sort();
        (!ids.is_empty()).then_some(ids)
    }

    /// An issue by id or key; whether it exists is for the database to say.
    pub(super) fn issue(&self, value: &Value, field: &str) -> Found<IssueNames> {
        let complaint = sentences::no_issue(&value.text, field);
        let mut issue = IssueNames::default();
        match value.text.rsplit_once('-') {
            Some((key, number)) if !key.is_empty() => {
                let number: i64 = number.parse().map_err(|_| sentences::invalid_key(&value.text, field))?;
                let project = self.scope.site.project_keys.get(&key.to_uppercase());
                let Some(project) = project.filter(|id| self.sees(**id)) else { return Err(complaint) };
                issue.keys.push((*project, number));
            }
            _ => issue.ids.push(value.text.parse().map_err(|_| sentences::invalid_key(&value.text, field))?),
        }
        let found_by = Condition::Issue(issue.clone());
        self.mentions.borrow_mut().push(Mention { found_by, complaint, if_moved: None });
        Ok(issue)
    }

    /// Links by one of the type's phrases, which tells at which end the issue is, or else by its name or id.
    /// The phrase comes first: `Blocks` has one that differs from its name by nothing but case.
    pub(super) fn link_ends(&self, text: &str) -> Option<LinkEnds> {
        let types = &self.scope.site.link_types;
        let called = |name: &str| name.to_lowercase() == text.to_lowercase();
        let ids =
            |so: &dyn Fn(&&IssueLinkType) -> bool| -> Vec<i64> { types.iter().filter(so).map(|t| t.id).collect() };
        let (source_of, destination_of) = (ids(&|t| called(&t.outward)), ids(&|t| called(&t.inward)));
        if !source_of.is_empty() || !destination_of.is_empty() {
            return Some(LinkEnds { source_of, destination_of, other: None });
        }
        let whole = ids(&|t| called(&t.name) || t.id.to_string() == text);
        (!whole.is_empty()).then(|| LinkEnds { source_of: whole.clone(), destination_of: whole, other: None })
    }

    /// What a literal selects in a custom field that holds things rather than quantities.
    pub(super) fn custom(&self, custom: &CustomField, kind: Kind, value: &Value, field: &str) -> Found<Condition> {
        let site = self.scope.site;
        let ids: Vec<Json> = match kind {
            Kind::Option | Kind::Options | Kind::Cascade => {
                let contexts = site.fields.contexts.get(&custom.id).map_or(&[][..], Vec::as_slice);
                let offered = |context: i64| contexts.iter().any(|c| c.id == context);
                let options = site.fields.options.iter().filter(|option| offered(option.context_id) && !option.removed);
                to_json(choose(&options.map(|o| Named::new(o.id, &o.value)).collect::<Vec<_>>(), value, field)?)
            }
            Kind::AppOption => {
                let options = site.fields.app_options.get(&custom.id).into_iter().flatten();
                to_json(choose(&options.map(|o| Named::new(o.id, &o.value)).collect::<Vec<_>>(), value, field)?)
            }
            Kind::Project => vec![self.project(value, field)?.id.into()],
            Kind::Version | Kind::Versions => to_json(self.ids_of(Things::Versions, value, field)?),
            Kind::User | Kind::Users => {
                let accounts = self.accounts(&value.text).ok_or_else(|| missing(value, field))?;
                accounts.into_iter().map(Json::from).collect()
            }
            Kind::Group | Kind::Groups => {
                let group = self.group(&value.text).ok_or_else(|| missing(value, field))?;
                vec![group.group_id.to_string().into()]
            }
            Kind::Sprint => to_json(self.sprints_called(value, field)?),
            Kind::Labels => return Ok(Condition::Custom(custom.id, CustomTest::Labels(vec![value.text.clone()]))),
            // A team alone, or as the object that stands for it.
            Kind::Opaque => vec![value.text.as_str().into(), json!({ "id": value.text })],
            _ => vec![value.text.as_str().into()],
        };
        // What is contained in a list is written as a list.
        let plural = kind.is_plural() || kind == Kind::Cascade;
        let ids = ids.into_iter().map(|id| if plural { json!([id]) } else { id });
        Ok(Condition::Custom(custom.id, CustomTest::Holds(ids.collect())))
    }

    /// All sprints of a name.
    pub(super) fn sprints_called(&self, value: &Value, field: &str) -> Found<Vec<i64>> {
        choose(&self.sprints().map(|sprint| Named::new(sprint.id, &sprint.name)).collect::<Vec<_>>(), value, field)
    }

    /// The sprints of boards that the caller may see.
    pub(super) fn sprints(&self) -> impl Iterator<Item = &'a Sprint> {
        let site = self.scope.site;
        let seen = |sprint: &&Sprint| site.boards.get(sprint.board_id).is_some_and(|b| self.sees(b.project_id));
        site.sprints.iter().filter(seen)
    }

    /// The security levels that the caller belongs to somewhere.
    pub(super) fn levels(&self) -> impl Iterator<Item = &'a SecurityLevel> {
        let access = self.access();
        let site = self.scope.site;
        let schemed = site.projects.iter().filter(|p| p.security_scheme_id.is_some() && self.sees(p.id));
        let ids: HashSet<i64> = schemed.flat_map(|p| access.levels(p, None)).map(|level| level.id).collect();
        site.security_levels.iter().filter(move |level| ids.contains(&level.id))
    }

    /// Whether the caller may know of a project.
    pub(super) fn sees(&self, project_id: i64) -> bool {
        let access = self.access();
        let seen = || {
            let projects = self.scope.site.projects.iter();
            projects.filter(|p| p.deleted.is_none() && access.sees(p)).map(|p| p.id).collect()
        };
        self.seen.get_or_init(seen).contains(&project_id)
    }

    /// Ids of the projects that are so, among those the caller may know of.
    pub(super) fn projects(&self, so: impl Fn(&Project) -> bool) -> Vec<i64> {
        self.scope.site.projects.iter().filter(|p| so(p) && self.sees(p.id)).map(|p| p.id).collect()
    }
}

/// Ids as they stand in custom fields.
pub(super) fn to_json(ids: Vec<i64>) -> Vec<Json> {
    ids.into_iter().map(Json::from).collect()
}

/// The things of a name, or the one of an id. A bare number is an id first, anything else a name first.
fn choose(things: &[Named], value: &Value, field: &str) -> Found<Vec<i64>> {
    let folded = value.text.to_lowercase();
    let by_name = || -> Vec<i64> {
        let called_so = |name: &&str| !name.is_empty() && name.to_lowercase() == folded;
        things.iter().filter(|thing| thing.names.iter().any(called_so)).map(|thing| thing.id).collect()
    };
    let by_id = || -> Vec<i64> {
        let id: Option<i64> = value.text.parse().ok();
        things.iter().filter(|thing| Some(thing.id) == id).map(|thing| thing.id).collect()
    };
    let found = if value.number { [by_id(), by_name()] } else { [by_name(), by_id()] };
    found.into_iter().find(|ids| !ids.is_empty()).ok_or_else(|| missing(value, field))
}

/// Ids and names that are not there have sentences of their own.
pub(super) fn missing(value: &Value, field: &str) -> Problem {
    if value.number { sentences::no_id(&value.text, field) } else { sentences::no_value(&value.text, field) }
}
