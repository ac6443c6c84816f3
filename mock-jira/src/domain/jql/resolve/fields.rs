//! The fields of JQL: their names, and which operators each takes.

use super::{
    Scope,
    condition::{AccountColumn, Column, IdColumn, InstantColumn, NumberColumn, TextColumn},
    elsewhere::{self, Owner},
    history::PastField,
    vacant::Vacant,
};
use crate::domain::{
    config::CustomField,
    fields::{Kind, collapsed_name, custom_number, is_team},
    jql::{Field, FieldKind, Operator, Property},
    permission::Access,
};

/// What a field's name stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Subject<'a> {
    /// Things of the site, by name or id.
    Id(Things, IdColumn),
    /// One or more accounts.
    Account(AccountColumn),
    /// An instant.
    Instant(InstantColumn),
    /// A count or a percentage.
    Number(NumberColumn),
    /// A span of working time, kept in seconds.
    Duration(NumberColumn),
    /// One text.
    Text(TextColumn),
    /// Labels.
    Labels,
    /// The due day.
    Due,
    /// The issue itself, by key or id.
    Issue,
    /// The issue above.
    Parent,
    /// The issue above, if that is an epic.
    EpicLink,
    /// The project of the issue above.
    ParentProject,
    /// The epic above the issue, or above its parent.
    ParentEpic,
    /// Links by type or by phrase.
    LinkType,
    /// The other ends of links.
    LinkedIssue,
    /// Who logged work.
    WorklogAuthor,
    /// The days of which work is logged.
    WorklogDate,
    /// When the caller last looked at it.
    LastViewed,
    /// A value in an entity property.
    Property(Owner, &'a Property),
    /// What the site keeps nothing of.
    Vacant(Vacant),
    /// All texts.
    AnyText,
    /// Comments.
    Comment,
    /// What is written about work.
    WorklogComment,
    /// Whether there are files.
    Attachments,
    /// A saved filter.
    SavedFilter,
    /// The place on boards; only to order by.
    Rank,
    /// One of the site's fields.
    Custom(&'a CustomField, Kind),
}

/// What the values of a [`Subject::Id`] are names of.
#[allow(missing_docs, reason = "each is what it names")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Things {
    Projects,
    ProjectCategories,
    ProjectTypes,
    IssueTypes,
    HierarchyLevels,
    Statuses,
    StatusCategories,
    Priorities,
    Resolutions,
    SecurityLevels,
    Components,
    Versions,
}

/// Which operators a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    ///
    Text,
    ///
    AnyText,
    ///
    Ordered,
    ///
    Set,
    /// a set that is never empty.
    FullSet,
    ///
    Presence,
    /// A value of any type.
    Any,
    /// Spans of time that functions compare with.
    Compared,
    /// What a function is the only value of.
    Asked,
    /// Nothing to search by.
    SortOnly,
}

/// Names, which are found in any case, and what they stand for.
const SYSTEM: &[(&[&str], Subject<'static>)] = {
    use {AccountColumn as A, IdColumn as I, InstantColumn as T, NumberColumn as N, Subject::*, TextColumn as X};
    &[
        (&["project", "space"], Id(Things::Projects, I::Project)),
        (&["category"], Id(Things::ProjectCategories, I::Project)),
        (&["projectType"], Id(Things::ProjectTypes, I::Project)),
        (&["issuetype", "type", "workType"], Id(Things::IssueTypes, I::IssueType)),
        (&["hierarchyLevel"], Id(Things::HierarchyLevels, I::IssueType)),
        (&["status"], Id(Things::Statuses, I::Status)),
        (&["statusCategory"], Id(Things::StatusCategories, I::Status)),
        (&["priority"], Id(Things::Priorities, I::Priority)),
        (&["resolution"], Id(Things::Resolutions, I::Resolution)),
        (&["level"], Id(Things::SecurityLevels, I::SecurityLevel)),
        (&["component"], Id(Things::Components, I::Components)),
        (&["fixVersion"], Id(Things::Versions, I::FixVersions)),
        (&["affectedVersion"], Id(Things::Versions, I::AffectedVersions)),
        (&["assignee"], Account(A::Assignee)),
        (&["reporter"], Account(A::Reporter)),
        (&["creator"], Account(A::Creator)),
        (&["voter"], Account(A::Voters)),
        (&["watcher"], Account(A::Watchers)),
        (&["created", "createdDate"], Instant(T::Created)),
        (&["updated", "updatedDate"], Instant(T::Updated)),
        (&["resolved", "resolutionDate"], Instant(T::Resolved)),
        (&["statusCategoryChangedDate"], Instant(T::StatusCategoryChanged)),
        (&["lastViewed"], LastViewed),
        (&["due", "duedate"], Due),
        (&["votes"], Number(N::Votes)),
        (&["watchers"], Number(N::Watchers)),
        (&["workRatio"], Number(N::WorkRatio)),
        (&["originalEstimate", "timeOriginalEstimate"], Duration(N::OriginalEstimate)),
        (&["remainingEstimate", "timeEstimate"], Duration(N::RemainingEstimate)),
        (&["timeSpent"], Duration(N::TimeSpent)),
        (&["summary"], Text(X::Summary)),
        (&["description"], Text(X::Description)),
        (&["environment"], Text(X::Environment)),
        (&["text", "textfields"], AnyText),
        (&["comment"], Comment),
        (&["worklogComment"], WorklogComment),
        (&["labels"], Labels),
        (&["issuekey", "key", "id", "issue", "workItemKey"], Issue),
        (&["parent"], Parent),
        // On Cloud the epic is the parent.
        (&["Epic Link"], EpicLink),
        (&["parentEpic"], ParentEpic),
        (&["parentProject"], ParentProject),
        (&["issueLinkType"], LinkType),
        (&["issueLink"], LinkedIssue),
        (&["worklogAuthor"], WorklogAuthor),
        (&["worklogDate"], WorklogDate),
        (&["attachments"], Attachments),
        (&["filter", "savedFilter", "searchRequest", "request"], SavedFilter),
        (&["Rank"], Rank),
    ]
};

impl Subject<'_> {
    fn class(&self) -> Class {
        match self {
            Self::Text(_) | Self::Comment | Self::WorklogComment => Class::Text,
            Self::AnyText => Class::AnyText,
            Self::Id(Things::StatusCategories | Things::ProjectTypes, _) | Self::LinkType | Self::SavedFilter => {
                Class::FullSet
            }
            Self::Id(things, _) if things.are_ordered() => Class::Ordered,
            Self::Id(..) | Self::Account(_) | Self::Labels | Self::Parent => Class::Set,
            Self::EpicLink | Self::ParentProject | Self::ParentEpic => Class::Set,
            Self::LinkedIssue | Self::WorklogAuthor => Class::Set,
            Self::Instant(_) | Self::Due | Self::Number(_) | Self::Duration(_) | Self::Issue => Class::Ordered,
            Self::WorklogDate | Self::LastViewed => Class::Ordered,
            Self::Property(..) => Class::Any,
            Self::Vacant(vacant) => match vacant {
                Vacant::RequestType | Vacant::Organizations | Vacant::Channel | Vacant::Linked => Class::Set,
                Vacant::Activity | Vacant::Development => Class::Ordered,
                Vacant::Sla => Class::Compared,
                Vacant::Approvals => Class::Asked,
            },
            Self::Attachments => Class::Presence,
            Self::Rank => Class::SortOnly,
            Self::Custom(field, _) if field.searcher.is_none() => Class::SortOnly,
            Self::Custom(field, kind) => match kind {
                Kind::Text | Kind::RichText => Class::Text,
                Kind::Number | Kind::Date | Kind::DateTime | Kind::Version | Kind::Versions => Class::Ordered,
                // What it tells is asked with brackets.
                Kind::Rank | Kind::Development => Class::SortOnly,
                Kind::Opaque if is_team(field) => Class::Set,
                Kind::Opaque => Class::Presence,
                _ => Class::Set,
            },
        }
    }

    /// Whether the field can be searched by at all.
    pub fn is_searchable(&self) -> bool {
        self.class() != Class::SortOnly
    }

    /// Whether issues can be ordered by the field.
    pub fn is_orderable(&self) -> bool {
        use Subject::*;
        !matches!(
            self,
            LinkType
                | AnyText
                | Comment
                | WorklogComment
                | Attachments
                | SavedFilter
                | ParentProject
                | ParentEpic
                | LinkedIssue
                | WorklogAuthor
                | WorklogDate
                | Property(..)
                | Vacant(_)
                | Custom(_, Kind::Opaque | Kind::Development)
        )
    }

    /// Whether its values can be listed.
    pub fn has_suggestions(&self) -> bool {
        match self {
            Self::Id(..) | Self::Account(_) | Self::Labels | Self::LinkType | Self::SavedFilter => true,
            Self::ParentProject | Self::WorklogAuthor => true,
            Self::Custom(_, kind) => {
                let chosen = matches!(kind, Kind::Option | Kind::Options | Kind::Cascade | Kind::AppOption);
                let people = matches!(kind, Kind::User | Kind::Users | Kind::Group | Kind::Groups);
                let others = matches!(kind, Kind::Project | Kind::Version | Kind::Versions);
                chosen || people || others || matches!(kind, Kind::Sprint | Kind::Labels)
            }
            _ => false,
        }
    }

    /// Whether the field takes an operator. History is asked apart: see [`Self::has_history`].
    pub fn takes(&self, operator: Operator) -> bool {
        use Operator::{Eq, Gt, GtEq, In, Is, IsNot, Like, Lt, LtEq, NotEq, NotIn, NotLike};
        match self.class() {
            Class::Text => matches!(operator, Like | NotLike | Is | IsNot),
            Class::AnyText => operator == Like,
            Class::Ordered => {
                matches!(operator, Eq | NotEq | Lt | LtEq | Gt | GtEq | Is | IsNot | In | NotIn)
            }
            Class::Set => matches!(operator, Eq | NotEq | Is | IsNot | In | NotIn),
            Class::FullSet => matches!(operator, Eq | NotEq | In | NotIn),
            Class::Presence => matches!(operator, Is | IsNot),
            Class::Any => {
                matches!(operator, Eq | NotEq | Lt | LtEq | Gt | GtEq | Is | IsNot | In | NotIn | Like | NotLike)
            }
            Class::Compared => matches!(operator, Eq | NotEq | Lt | LtEq | Gt | GtEq),
            Class::Asked => operator == Eq,
            Class::SortOnly => false,
        }
    }

    /// Whether `WAS` and `CHANGED` can be asked of the field.
    pub fn has_history(&self) -> bool {
        PastField::of(*self).is_some()
    }

    /// What has to be empty for the field to be; `None` if that can't be asked.
    pub fn column(&self) -> Option<Column> {
        Some(match self {
            Self::Id(..) if self.class() == Class::FullSet => return None,
            Self::Id(_, column) => Column::Id(*column),
            Self::Account(column) => Column::Account(*column),
            Self::Instant(column) => Column::Instant(*column),
            Self::Number(column) | Self::Duration(column) => Column::Number(*column),
            Self::Text(column) => Column::Text(*column),
            Self::Labels => Column::Labels,
            Self::Due => Column::Due,
            Self::Parent => Column::Parent,
            Self::Attachments => Column::Attachments,
            Self::Issue => Column::Number(NumberColumn::Id),
            Self::Custom(field, _) => Column::Custom(field.id),
            Self::ParentProject => Column::Parent,
            Self::LinkType | Self::AnyText | Self::Comment | Self::SavedFilter | Self::Rank => return None,
            // What other tables hold is no column: see `empty` in `terminal`.
            Self::EpicLink | Self::ParentEpic | Self::LinkedIssue => return None,
            Self::WorklogAuthor | Self::WorklogDate => return None,
            Self::LastViewed | Self::Property(..) | Self::Vacant(_) => return None,
            Self::WorklogComment => return None,
        })
    }
}

impl Things {
    /// Whether they can be compared with `<` and `>`.
    fn are_ordered(self) -> bool {
        matches!(self, Self::Priorities | Self::Resolutions | Self::Versions | Self::HierarchyLevels)
    }
}

/// All that a field's name stands for: one of Jira's own fields, or every custom field of the name.
pub fn find<'a>(scope: &Scope<'a>, field: &'a Field) -> Vec<Subject<'a>> {
    let custom = &scope.site.fields.custom;
    if let Some(vacant) = Vacant::find(scope, field) {
        return vec![Subject::Vacant(vacant)];
    }
    match field.properties.as_slice() {
        [] => {}
        [property] => {
            let declared = scope.site.site.settings.searchable_properties.as_ref();
            let is_known = declared.is_none_or(|names| names.contains(&field.full_name()));
            let owner = elsewhere::owner(&field.name).filter(|_| is_known);
            return owner.map(|owner| Subject::Property(owner, property)).into_iter().collect();
        }
        _ => return Vec::new(),
    }
    let name = field.name.as_str();
    let id = match field.kind {
        FieldKind::CustomFieldId(id) => Some(i64::try_from(id).unwrap_or_default()),
        FieldKind::Name => custom_number(&name.to_lowercase()),
    };
    if let Some(id) = id {
        return custom.get(id).into_iter().filter_map(|field| visible(scope, field)).collect();
    }
    let folded = name.to_lowercase();
    if let Some(subject) = system(name) {
        return vec![subject];
    }
    let called_so = |field: &&CustomField| {
        field.name.to_lowercase() == folded || collapsed_name(field).is_some_and(|name| name.to_lowercase() == folded)
    };
    custom.iter().filter(called_so).filter_map(|field| visible(scope, field)).collect()
}

/// Whether the field holds saved filters.
pub fn is_saved_filter(field: &Field) -> bool {
    field.kind == FieldKind::Name && system(&field.name) == Some(Subject::SavedFilter)
}

fn system(name: &str) -> Option<Subject<'static>> {
    system_names().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, subject)| subject)
}

/// The names of Jira's own fields, with what each stands for.
pub fn system_names() -> impl Iterator<Item = (&'static str, Subject<'static>)> {
    SYSTEM.iter().flat_map(|(names, subject)| names.iter().map(|name| (*name, *subject)))
}

/// What a custom field stands for; `None` if the caller may not know of it.
pub fn visible<'a>(scope: &Scope<'a>, field: &'a CustomField) -> Option<Subject<'a>> {
    let kind = Kind::of(&field.type_key);
    Access::new(scope.site, scope.caller).sees_field(field).then_some(match kind {
        Kind::EpicLink => Subject::EpicLink,
        Kind::Rank => Subject::Rank,
        Kind::Opaque if let Some(vacant) = Vacant::of(&field.type_key) => Subject::Vacant(vacant),
        _ => Subject::Custom(field, kind),
    })
}
