//! `ORDER BY`: what fields sort by, and which way if not told (Q-15, S-35).

use super::{
    Problem, Resolver,
    condition::{Condition, CustomTest, IdColumn, NumberColumn, Order, SortKey, TextQuery},
    fields::{self, Subject, Things},
    sentences,
};
use crate::domain::{
    config::Project,
    fields::Kind,
    jql::{Direction, Sort},
};

/// S-26.
const MOST: usize = 7;

/// The criteria of a query. Without any, text that is looked for orders by relevance.
pub fn resolve<'a>(
    resolver: &Resolver<'a>,
    sorts: &'a [Sort],
    condition: &Condition,
    problems: &mut Vec<Problem>,
) -> Vec<Order> {
    if sorts.len() > MOST {
        problems.push(sentences::too_many_sorts(MOST));
    }
    let mut order = Vec::new();
    for sort in sorts.iter().take(MOST) {
        let subjects = fields::find(&resolver.scope, &sort.field);
        let keys: Vec<SortKey> = subjects.iter().flat_map(|subject| resolver.sort_keys(*subject)).collect();
        if keys.is_empty() {
            problems.push(sentences::no_sorting(&sort.field.full_name()));
        }
        let natural = subjects.first().map_or(Direction::Asc, natural_direction);
        let direction = sort.direction.unwrap_or(natural);
        order.extend(keys.into_iter().map(|key| Order { key, direction }));
    }
    if sorts.is_empty()
        && let Some(text) = sought(condition)
    {
        order.push(Order { key: SortKey::Relevance(text.clone()), direction: Direction::Desc });
    }
    order
}

/// Newest and most urgent first.
fn natural_direction(subject: &Subject) -> Direction {
    match subject {
        Subject::Instant(_) | Subject::LastViewed | Subject::Due | Subject::Id(Things::Priorities, _) => {
            Direction::Desc
        }
        Subject::Custom(_, Kind::Date | Kind::DateTime) => Direction::Desc,
        _ => Direction::Asc,
    }
}

/// A text that every match has.
fn sought(condition: &Condition) -> Option<&TextQuery> {
    match condition {
        Condition::Text(_, text)
        | Condition::Comment(Some(text), _)
        | Condition::WorklogComment(Some(text), _)
        | Condition::Anywhere(text, _)
        | Condition::Custom(_, CustomTest::Text { query: text, .. }) => Some(text),
        Condition::All(conditions) => conditions.iter().find_map(sought),
        _ => None,
    }
}

impl Resolver<'_> {
    /// What a field sorts by, the strongest first; nothing if it can't.
    fn sort_keys(&self, subject: Subject) -> Vec<SortKey> {
        let key = match subject {
            Subject::Id(things, column) => match self.ranks(things) {
                Some(ranks) => SortKey::Ranked(column, ranks),
                None => SortKey::Id(column, self.in_order(things)),
            },
            Subject::Account(column) => SortKey::Account(column, self.accounts_in_order()),
            Subject::Instant(column) => SortKey::Instant(column),
            Subject::Due => SortKey::Due,
            Subject::Number(column) | Subject::Duration(column) => SortKey::Number(column),
            Subject::Text(column) => SortKey::Text(column),
            Subject::Labels => SortKey::Labels,
            Subject::Parent | Subject::EpicLink => SortKey::Parent,
            Subject::Rank => SortKey::Rank,
            // keys are ordered by project, then by number.
            Subject::Issue => {
                let projects = self.in_order_of(|project| project.key.clone());
                return vec![SortKey::Id(IdColumn::Project, projects), SortKey::Number(NumberColumn::InKey)];
            }
            Subject::LastViewed => SortKey::Viewed(self.scope.caller.account_id().unwrap_or_default().to_owned()),
            Subject::LinkType | Subject::AnyText | Subject::Comment | Subject::Attachments | Subject::SavedFilter => {
                return Vec::new();
            }
            Subject::ParentProject | Subject::ParentEpic | Subject::LinkedIssue | Subject::WorklogAuthor => {
                return Vec::new();
            }
            Subject::WorklogDate | Subject::Property(..) | Subject::Vacant(_) => return Vec::new(),
            Subject::WorklogComment => return Vec::new(),
            Subject::Custom(field, kind) => match kind {
                Kind::Opaque | Kind::Development => return Vec::new(),
                Kind::Sprint => SortKey::CustomLast(field.id),
                // By the option, then by the one below it.
                Kind::Cascade => return vec![self.options(field.id, false), self.options(field.id, true)],
                Kind::Option | Kind::Options => self.options(field.id, false),
                Kind::Version | Kind::Versions => SortKey::CustomId(field.id, self.in_order(Things::Versions)),
                Kind::Project => SortKey::CustomId(field.id, self.in_order(Things::Projects)),
                Kind::User | Kind::Users => SortKey::CustomName(field.id, self.accounts_in_order()),
                Kind::Group | Kind::Groups => SortKey::CustomName(field.id, self.groups_in_order()),
                Kind::Text | Kind::Url | Kind::Labels => SortKey::CustomText(field.id),
                Kind::RichText => SortKey::CustomDocument(field.id),
                _ => SortKey::Custom(field.id),
            },
        };
        vec![key]
    }

    /// The places of ids, in the column that a field looks at, where the field tells less than the column: issues of
    /// one level are equal, whatever their types.
    fn ranks(&self, things: Things) -> Option<Vec<(i64, i64)>> {
        let site = self.scope.site;
        // Projects without a category have no place.
        let category = |project: &Project| {
            let category = site.categories.get(project.category_id?)?;
            Some((category.name.to_lowercase(), project.id))
        };
        Some(match things {
            Things::HierarchyLevels => ranked(site.issue_types.iter().map(|t| (t.level, t.id))),
            Things::StatusCategories => ranked(site.statuses.iter().map(|s| (s.category().id, s.id))),
            Things::ProjectCategories => ranked(site.projects.iter().filter_map(category)),
            Things::ProjectTypes => ranked(site.projects.iter().map(|p| (p.type_key.clone(), p.id))),
            _ => return None,
        })
    }

    /// Ids, in the column that a field looks at, from the least to the greatest.
    fn in_order(&self, things: Things) -> Vec<i64> {
        let site = self.scope.site;
        match things {
            Things::Projects => self.in_order_of(|project| project.name.to_lowercase()),
            Things::IssueTypes => sorted(site.issue_types.iter().map(|t| (t.name.to_lowercase(), t.id))),
            Things::Statuses => sorted(site.statuses.iter().map(|s| (s.name.to_lowercase(), s.id))),
            // The highest stands first.
            Things::Priorities => site.priorities.iter().rev().map(|p| p.id).collect(),
            Things::Resolutions => site.resolutions.iter().map(|r| r.id).collect(),
            Things::SecurityLevels => sorted(self.levels().map(|l| (l.name.to_lowercase(), l.id))),
            Things::Components => site.components.iter().map(|c| c.id).collect(),
            Things::Versions => site.versions.iter().map(|v| v.id).collect(),
            // These have ranks.
            Things::HierarchyLevels | Things::StatusCategories | Things::ProjectCategories | Things::ProjectTypes => {
                Vec::new()
            }
        }
    }

    /// By the options of a field, which are kept in their order; those below others, or those that are not.
    fn options(&self, field_id: i64, below: bool) -> SortKey {
        let options = self.scope.site.fields.options.iter().filter(|option| option.parent_id.is_some() == below);
        SortKey::CustomId(field_id, options.map(|option| option.id).collect())
    }

    /// People by name.
    fn accounts_in_order(&self) -> Vec<String> {
        let mut accounts: Vec<_> = self.scope.site.accounts.values().collect();
        accounts.sort_by_cached_key(|account| (account.display_name.to_lowercase(), account.account_id.clone()));
        accounts.into_iter().map(|account| account.account_id.clone()).collect()
    }

    fn groups_in_order(&self) -> Vec<String> {
        let mut groups: Vec<_> = self.scope.site.groups.iter().collect();
        groups.sort_by_cached_key(|group| group.name.to_lowercase());
        groups.into_iter().map(|group| group.group_id.to_string()).collect()
    }

    fn in_order_of<K: Ord>(&self, key: impl Fn(&Project) -> K) -> Vec<i64> {
        sorted(self.scope.site.projects.iter().map(|project| (key(project), project.id)))
    }
}

/// Ids with their places; those of equal things are the same.
fn ranked<K: Ord>(things: impl Iterator<Item = (K, i64)>) -> Vec<(i64, i64)> {
    let mut things: Vec<_> = things.collect();
    things.sort();
    let mut place = 0;
    let mut ranks = Vec::new();
    for (at, (key, id)) in things.iter().enumerate() {
        place += i64::from(at > 0 && things[at - 1].0 != *key);
        ranks.push((*id, place));
    }
    ranks
}

fn sorted<K: Ord>(things: impl Iterator<Item = (K, i64)>) -> Vec<i64> {
    let mut things: Vec<_> = things.collect();
    things.sort();
    things.into_iter().map(|(_, id)| id).collect()
}
