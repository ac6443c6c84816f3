//! Values that a field can be compared with, for who types a query (S-56).

use super::{
    Resolver, Scope,
    fields::{self, Subject, Things},
};
use crate::domain::{
    config::STATUS_CATEGORIES,
    fields::Kind,
    jql::{Field, FieldKind, Origin},
};
use std::collections::HashSet;

/// A value, as queries name it and as people are shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// In a query.
    pub value: String,
    /// To people.
    pub shown: String,
}

/// Where the values of a field are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choices {
    /// These.
    Listed(Vec<Choice>),
    /// The site's accounts.
    Accounts,
    /// The labels of issues.
    Labels,
    /// Those in the custom field of that number.
    LabelsIn(i64),
    /// The filters that the caller may see.
    Filters,
    /// The field is not there, or has values that can't be listed.
    None,
}

/// What the field of a name can be compared with.
pub fn choices(scope: &Scope, name: &str) -> Choices {
    let resolver = Resolver::new(*scope);
    let field = match name.strip_prefix("cf[").and_then(|rest| rest.strip_suffix(']')?.parse().ok()) {
        Some(id) => Field::called(name, FieldKind::CustomFieldId(id)),
        None => Field::called(name, FieldKind::Name),
    };
    let mut listed = Vec::new();
    for subject in fields::find(scope, &field) {
        match resolver.choices_of(subject) {
            Choices::Listed(choices) => listed.extend(choices),
            Choices::None => {}
            elsewhere => return elsewhere,
        }
    }
    if listed.is_empty() {
        return Choices::None;
    }
    listed.sort_by_cached_key(|choice: &Choice| choice.shown.to_lowercase());
    // What several things are called is one value to a query.
    let mut told = HashSet::new();
    listed.retain(|choice| told.insert(choice.value.to_lowercase()));
    Choices::Listed(listed)
}

impl Field {
    fn called(name: &str, kind: FieldKind) -> Self {
        // As in a query, where it may stand between quotes.
        let name = name.trim().trim_matches('"').to_owned();
        Self { name, kind, properties: Vec::new(), origin: Origin::default() }
    }
}

impl Resolver<'_> {
    fn choices_of(&self, subject: Subject) -> Choices {
        let site = self.scope.site;
        match subject {
            Subject::Id(things, _) => Choices::Listed(self.things(things)),
            Subject::Account(_) | Subject::WorklogAuthor | Subject::Custom(_, Kind::User | Kind::Users) => {
                Choices::Accounts
            }
            Subject::Labels => Choices::Labels,
            Subject::Custom(field, Kind::Labels) => Choices::LabelsIn(field.id),
            Subject::SavedFilter => Choices::Filters,
            Subject::LinkType => {
                let phrases = site.link_types.iter().flat_map(|link_type| [&link_type.outward, &link_type.inward]);
                Choices::Listed(phrases.map(named).collect())
            }
            Subject::ParentProject | Subject::Custom(_, Kind::Project) => {
                Choices::Listed(self.things(Things::Projects))
            }
            Subject::Custom(_, Kind::Version | Kind::Versions) => Choices::Listed(self.things(Things::Versions)),
            Subject::Custom(_, Kind::Sprint) => {
                Choices::Listed(self.sprints().map(|sprint| named(&sprint.name)).collect())
            }
            Subject::Custom(_, Kind::Group | Kind::Groups) => {
                Choices::Listed(site.groups.iter().map(|group| named(&group.name)).collect())
            }
            Subject::Custom(field, Kind::Option | Kind::Options | Kind::Cascade) => {
                let contexts = site.fields.contexts.get(&field.id).into_iter().flatten();
                let ids: HashSet<i64> = contexts.map(|context| context.id).collect();
                let offered = site.fields.options.iter().filter(|o| ids.contains(&o.context_id) && !o.removed);
                Choices::Listed(offered.map(|option| named(&option.value)).collect())
            }
            Subject::Custom(field, Kind::AppOption) => {
                let options = site.fields.app_options.get(&field.id).into_iter().flatten();
                Choices::Listed(options.map(|option| named(&option.value)).collect())
            }
            _ => Choices::None,
        }
    }

    fn things(&self, things: Things) -> Vec<Choice> {
        let site = self.scope.site;
        let seen = |project_id: i64| self.sees(project_id);
        match things {
            Things::Projects => {
                let projects = site.projects.iter().filter(|project| seen(project.id));
                let choice =
                    |name: &String, key: &str| Choice { value: name.clone(), shown: format!("{name} ({key})") };
                projects.map(|project| choice(&project.name, &project.key)).collect()
            }
            Things::ProjectCategories => site.categories.iter().map(|category| named(&category.name)).collect(),
            Things::ProjectTypes => {
                ["software", "business", "service_desk", "product_discovery"].iter().map(|key| named(*key)).collect()
            }
            Things::IssueTypes => site.issue_types.iter().map(|kind| named(&kind.name)).collect(),
            Things::HierarchyLevels => site.issue_types.iter().map(|kind| named(kind.level.to_string())).collect(),
            Things::Statuses => site.statuses.iter().map(|status| named(&status.name)).collect(),
            Things::StatusCategories => STATUS_CATEGORIES.iter().map(|category| named(category.name)).collect(),
            Things::Priorities => site.priorities.iter().map(|priority| named(&priority.name)).collect(),
            Things::Resolutions => {
                let known = site.resolutions.iter().map(|resolution| named(&resolution.name));
                known.chain([named("Unresolved")]).collect()
            }
            Things::SecurityLevels => self.levels().map(|level| named(&level.name)).collect(),
            Things::Components => {
                site.components.iter().filter(|c| seen(c.project_id)).map(|component| named(&component.name)).collect()
            }
            Things::Versions => {
                site.versions.iter().filter(|v| seen(v.project_id)).map(|version| named(&version.name)).collect()
            }
        }
    }
}

fn named(name: impl Into<String>) -> Choice {
    let value = name.into();
    Choice { shown: value.clone(), value }
}
