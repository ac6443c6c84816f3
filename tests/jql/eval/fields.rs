//! Which fields a name means, and what each holds.

use super::{Asker, Meaning, Meaningless, dates::When, flat, text};
use crate::site::*;
use chrono::{DateTime, NaiveDate, Utc};
use mock_jira::domain::jql::{self, FieldKind, Operand, Operator};
use serde_json::Value;
use std::cmp::Ordering;

/// A field that queries can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    AffectedVersion,
    Assignee,
    Attachments,
    Category,
    Comment,
    Component,
    Created,
    Creator,
    Description,
    Due,
    Environment,
    Filter,
    FixVersion,
    HierarchyLevel,
    Key,
    IssueType,
    Labels,
    LastViewed,
    Level,
    LinkType,
    LinkedIssue,
    /// What other products link issues with: nothing here.
    Linked,
    OriginalEstimate,
    EpicLink,
    Parent,
    ParentEpic,
    ParentProject,
    Priority,
    Project,
    ProjectType,
    Rank,
    RemainingEstimate,
    Reporter,
    Resolution,
    Resolved,
    Status,
    StatusCategory,
    StatusCategoryChanged,
    Summary,
    Text,
    TimeSpent,
    Updated,
    Voter,
    Votes,
    Watcher,
    Watchers,
    WorklogAuthor,
    WorklogComment,
    WorklogDate,
    WorkRatio,
    Custom(i64),
}

/// Custom fields by their names.
const CUSTOM: [(i64, &str, &str); 19] = [
    (field::TEAM, "Team", ""),
    (field::SPRINT, "Sprint", ""),
    (field::START_DATE, "Start date", "Date"),
    (field::ESTIMATE, "Story point estimate", "Number"),
    (field::STORY_POINTS, "Story Points", "Number"),
    (field::MORE_POINTS, "Story Points", "Number"),
    (field::SEVERITY, "Severity", "Dropdown"),
    (field::BROWSERS, "Browsers", "Checkboxes"),
    (field::ENVIRONMENT_TYPE, "Environment type", ""),
    (field::CUSTOMER, "Customer", "Short text"),
    (field::CRITERIA, "Acceptance criteria", "Paragraph"),
    (field::REVIEWERS, "Reviewers", "People"),
    (field::GO_LIVE, "Go-live", "Time stamp"),
    (field::DESIGN_LINK, "Design link", "URL Field"),
    (field::APPROVER, "Approver", "User Picker (single user)"),
    (field::KEYWORDS, "Keywords", "Labels"),
    (field::RESPONSIBLE_GROUP, "Responsible group", ""),
    (field::TARGET_VERSIONS, "Target versions", ""),
    (10019, "Rank", ""),
];

/// How a field can be tested.
enum Class {
    /// By what it is one of.
    Set,
    /// The same, and by order.
    Ordered,
    /// An instant.
    Instant(Option<DateTime<Utc>>),
    /// A day.
    Day(Option<NaiveDate>),
    /// Several.
    Days(Vec<NaiveDate>),
    /// A number.
    Number(Option<f64>),
    /// Texts, each by itself.
    Text(Vec<String>),
    /// Texts all together.
    AllText(Vec<String>),
    /// Only whether there is something.
    Presence(bool),
}

impl Asker<'_> {
    /// The fields of a name, in any case.
    pub fn fields(self, named: &jql::Field) -> Meaning<Vec<Field>> {
        if !named.properties.is_empty() {
            return Err(Meaningless);
        }
        let custom = |id: i64| match id {
            10019 => Field::Rank,
            10014 => Field::EpicLink,
            id => Field::Custom(id),
        };
        let known = |id: i64| id == 10014 || CUSTOM.iter().any(|field| field.0 == id);
        if let FieldKind::CustomFieldId(id) = named.kind {
            return i64::try_from(id).ok().filter(|id| known(*id)).map(|id| vec![custom(id)]).ok_or(Meaningless);
        }
        let name = named.name.to_lowercase();
        let system = match name.as_str() {
            "affectedversion" => Field::AffectedVersion,
            "assignee" => Field::Assignee,
            "attachments" => Field::Attachments,
            "category" => Field::Category,
            "comment" => Field::Comment,
            "component" => Field::Component,
            "created" | "createddate" => Field::Created,
            "creator" => Field::Creator,
            "description" => Field::Description,
            "due" | "duedate" => Field::Due,
            "environment" => Field::Environment,
            "filter" | "request" | "savedfilter" | "searchrequest" => Field::Filter,
            "fixversion" => Field::FixVersion,
            "hierarchylevel" => Field::HierarchyLevel,
            "issuekey" | "id" | "issue" | "key" | "workitemkey" => Field::Key,
            "issuetype" | "type" | "worktype" => Field::IssueType,
            "labels" => Field::Labels,
            "lastviewed" => Field::LastViewed,
            "level" => Field::Level,
            "goals" | "devices" => Field::Linked,
            "issuelink" => Field::LinkedIssue,
            "issuelinktype" => Field::LinkType,
            "parentepic" => Field::ParentEpic,
            "parentproject" => Field::ParentProject,
            "worklogauthor" => Field::WorklogAuthor,
            "worklogcomment" => Field::WorklogComment,
            "worklogdate" => Field::WorklogDate,
            "workratio" => Field::WorkRatio,
            "originalestimate" | "timeoriginalestimate" => Field::OriginalEstimate,
            "parent" => Field::Parent,
            "epic link" => Field::EpicLink,
            "priority" => Field::Priority,
            "project" | "space" => Field::Project,
            "projecttype" => Field::ProjectType,
            "remainingestimate" | "timeestimate" => Field::RemainingEstimate,
            "reporter" => Field::Reporter,
            "resolution" => Field::Resolution,
            "resolved" | "resolutiondate" => Field::Resolved,
            "status" => Field::Status,
            "statuscategory" => Field::StatusCategory,
            "statuscategorychangeddate" => Field::StatusCategoryChanged,
            "summary" => Field::Summary,
            "text" | "textfields" => Field::Text,
            "timespent" => Field::TimeSpent,
            "updated" | "updateddate" => Field::Updated,
            "voter" => Field::Voter,
            "votes" => Field::Votes,
            "watcher" => Field::Watcher,
            "watchers" => Field::Watchers,
            _ => {
                let named = |(id, field, kind): &&(i64, &str, &str)| {
                    field.to_lowercase() == name
                        || format!("{field}[{kind}]").to_lowercase() == name
                        || format!("customfield_{id}") == name
                };
                let found: Vec<Field> = CUSTOM.iter().filter(named).map(|field| custom(field.0)).collect();
                return if found.is_empty() { Err(Meaningless) } else { Ok(found) };
            }
        };
        Ok(vec![system])
    }

    fn class(self, field: Field, issue: &Issue) -> Meaning<Class> {
        let text = |text: &Option<String>| Class::Text(text.iter().cloned().collect());
        let seconds = |place: usize| Class::Number(issue.times[place].map(|seconds| seconds as f64));
        Ok(match field {
            Field::Assignee | Field::Category | Field::Component | Field::Creator | Field::IssueType => Class::Set,
            Field::Labels | Field::Level | Field::Parent | Field::Project | Field::Reporter => Class::Set,
            Field::EpicLink
            | Field::LinkType
            | Field::LinkedIssue
            | Field::Linked
            | Field::ParentEpic
            | Field::ParentProject
            | Field::WorklogAuthor => Class::Set,
            Field::LastViewed => Class::Instant(self.caller.and_then(|user| issue.viewed.get(&user).copied())),
            Field::WorklogDate => {
                let seen = issue.worklogs.iter().filter(|worklog| self.admits(issue, worklog.audience));
                Class::Days(seen.map(|worklog| self.day_of(worklog.started)).collect())
            }
            Field::ProjectType | Field::Status | Field::StatusCategory | Field::Voter | Field::Watcher => Class::Set,
            Field::AffectedVersion | Field::FixVersion | Field::Key | Field::Priority | Field::Resolution => {
                Class::Ordered
            }
            Field::Created => Class::Instant(Some(issue.created())),
            Field::Updated => Class::Instant(Some(issue.updated)),
            Field::Resolved => Class::Instant(issue.resolved),
            Field::StatusCategoryChanged => Class::Instant(Some(issue.status_category_changed)),
            Field::Due => Class::Day(issue.due),
            Field::OriginalEstimate => seconds(0),
            Field::RemainingEstimate => seconds(1),
            Field::TimeSpent => seconds(2),
            Field::HierarchyLevel => {
                let level = TYPES.iter().find(|kind| kind.0 == issue.issue_type).map(|kind| kind.2);
                Class::Number(level.map(|level| level as f64))
            }
            Field::WorkRatio => Class::Number(work_ratio(issue)),
            Field::Votes => Class::Number(Some(issue.voters.len() as f64)),
            Field::Watchers => Class::Number(Some(issue.watchers.len() as f64)),
            Field::Summary => Class::Text(vec![issue.summary.clone()]),
            Field::Description => text(&issue.description),
            Field::Environment => text(&issue.environment),
            Field::Comment => Class::Text(self.comments(issue)),
            Field::Text => {
                let own = [Some(issue.summary.clone()), issue.description.clone(), issue.environment.clone()];
                let custom = [field::CUSTOMER, field::CRITERIA].into_iter().map(|id| custom_text(issue, id));
                // All that an issue itself says is one text; each comment is one of its own.
                let own = own.into_iter().chain(custom).flatten().collect::<Vec<_>>().join(" ");
                let mut texts = vec![own];
                texts.extend(self.comments(issue));
                Class::AllText(texts)
            }
            Field::Attachments => Class::Presence(issue.attached),
            Field::WorklogComment => {
                let seen = issue.worklogs.iter().filter(|worklog| self.admits(issue, worklog.audience));
                Class::Text(seen.filter_map(|worklog| worklog.text.clone()).collect())
            }
            // Filters are asked apart.
            Field::Rank | Field::Filter => return Err(Meaningless),
            Field::Custom(id) => match id {
                field::START_DATE => {
                    Class::Day(issue.custom(id).and_then(Value::as_str).and_then(|day| day.parse().ok()))
                }
                field::GO_LIVE => {
                    Class::Instant(issue.custom(id).and_then(Value::as_str).and_then(|at| at.parse().ok()))
                }
                field::ESTIMATE | field::STORY_POINTS | field::MORE_POINTS => {
                    Class::Number(issue.custom(id).and_then(Value::as_f64))
                }
                field::CUSTOMER | field::CRITERIA => Class::Text(custom_text(issue, id).into_iter().collect()),
                field::TARGET_VERSIONS => Class::Ordered,
                _ => Class::Set,
            },
        })
    }

    fn comments(self, issue: &Issue) -> Vec<String> {
        let seen = issue.comments.iter().filter(|comment| self.admits(issue, comment.audience));
        seen.map(|comment| comment.text.clone()).collect()
    }

    /// Whether a field of an issue stands in a relation to an operand.
    pub fn test<'o>(self, field: Field, operator: Operator, operand: &'o Operand, issue: &Issue) -> Meaning<bool> {
        use Operator::{Eq, Is, IsNot, NotEq, NotIn};
        if field == Field::Filter {
            return self.in_filters(operator, operand, issue);
        }
        let class = self.class(field, issue)?;
        let operands = flat(operand);
        if matches!(operator, Is | IsNot) && *operand != Operand::Empty {
            return Err(Meaningless);
        }
        let negative = matches!(operator, NotEq | NotIn | IsNot);
        let order: Option<&[Ordering]> = match operator {
            Operator::Lt => Some(&[Ordering::Less]),
            Operator::LtEq => Some(&[Ordering::Less, Ordering::Equal]),
            Operator::Gt => Some(&[Ordering::Greater]),
            Operator::GtEq => Some(&[Ordering::Greater, Ordering::Equal]),
            _ => None,
        };
        let is_like = matches!(operator, Operator::Like | Operator::NotLike);
        // A time that there was not is equal to none, and before and after none.
        let ever = |operands: &[&'o Operand]| -> Vec<&'o Operand> {
            operands.iter().filter(|operand| !self.is_never(operand)).copied().collect()
        };
        if matches!(operator, Eq | NotEq) && *operand == Operand::Empty {
            //
            let operator = if negative { IsNot } else { Is };
            return self.test(field, operator, operand, issue);
        }
        match class {
            Class::Presence(present) => match operator {
                Is => Ok(!present),
                IsNot => Ok(present),
                _ => Err(Meaningless),
            },
            Class::AllText(texts) => {
                let Operand::Value(value) = operand else { return Err(Meaningless) };
                let wanted = text::Wanted::read(&value.text)?;
                let found = texts.iter().any(|text| wanted.is_in(text));
                // Its contrary can only be had by NOT.
                if is_like { Ok(found == (operator == Operator::Like)) } else { Err(Meaningless) }
            }
            Class::Text(texts) => match (operator, operand) {
                (Is, _) => Ok(texts.is_empty()),
                (IsNot, _) => Ok(!texts.is_empty()),
                (Operator::Like | Operator::NotLike, Operand::Value(value)) => {
                    let wanted = text::Wanted::read(&value.text)?;
                    let found = texts.iter().any(|text| wanted.is_in(text));
                    Ok(!texts.is_empty() && found == (operator == Operator::Like))
                }
                _ => Err(Meaningless),
            },
            _ if is_like => Err(Meaningless),
            Class::Instant(at) => {
                let wanted = wanted(&ever(&operands), |operand| self.time(operand))?;
                let equal = |when: &When, at: &DateTime<Utc>| when.is_minute_of(*at);
                Ok(compare(at, &wanted, negative, order, equal, |when, at| at.cmp(&when.at)))
            }
            Class::Day(day) => {
                let wanted = wanted(&ever(&operands), |operand| Ok(self.time(operand)?.local.date()))?;
                Ok(compare(day, &wanted, negative, order, |wanted, day| wanted == day, |wanted, day| day.cmp(wanted)))
            }
            Class::Days(days) => {
                let wanted = wanted(&ever(&operands), |operand| Ok(self.time(operand)?.local.date()))?;
                let one = |day: NaiveDate| {
                    compare(
                        Some(day),
                        &wanted,
                        false,
                        order,
                        |wanted, day| wanted == day,
                        |wanted, day| day.cmp(wanted),
                    )
                };
                let found = if days.is_empty() { wanted.contains(&None) } else { days.iter().any(|day| one(*day)) };
                Ok(if negative { !found && !days.is_empty() } else { found && (order.is_none() || !days.is_empty()) })
            }
            Class::Number(number) => {
                let estimate = matches!(field, Field::OriginalEstimate | Field::RemainingEstimate | Field::TimeSpent);
                let wanted = wanted(&operands, |operand| number_of(operand, estimate))?;
                let order_of = |wanted: &f64, held: &f64| held.total_cmp(wanted);
                Ok(compare(number, &wanted, negative, order, |wanted, held| wanted == held, order_of))
            }
            Class::Set if order.is_some() => Err(Meaningless),
            Class::Set | Class::Ordered => {
                let named = |operand: &&Operand| match operand {
                    Operand::Empty if matches!(field, Field::StatusCategory | Field::LinkType | Field::ProjectType) => {
                        Err(Meaningless)
                    }
                    Operand::Empty => Ok(vec![None]),
                    //
                    Operand::Function(function) if self.is_unset(field, operator, function) => Ok(vec![None]),
                    operand => Ok(self.values(field, operator, operand)?.into_iter().map(Some).collect::<Vec<_>>()),
                };
                let wanted: Vec<_> = operands.iter().map(named).collect::<Meaning<Vec<_>>>()?.concat();
                let held = self.held(field, issue);
                if let Some(accepted) = order {
                    return self.ordered(field, operand, &held, wanted, accepted, issue);
                }
                let empty = held.is_empty();
                let found = if empty {
                    wanted.contains(&None)
                } else {
                    self.seen(field, issue, held).into_iter().any(|value| wanted.contains(&Some(value)))
                };
                // an empty value is unequal to nothing.
                Ok(if negative { !found && !empty } else { found })
            }
        }
    }

    /// Who votes and watches is seen with a permission, or about oneself; of other issues, what the caller sees.
    fn seen(self, field: Field, issue: &Issue, mut held: Vec<String>) -> Vec<String> {
        if matches!(field, Field::Voter | Field::Watcher) && !self.sees_crowds(issue.project) {
            held.retain(|id| self.caller.is_some_and(|user| USERS[user].id == id));
        }
        let visible = |id: &str| self.site.issues.iter().any(|issue| issue.id.to_string() == id && self.sees(issue));
        match field {
            Field::LinkedIssue => held.retain(|id| visible(id)),
            Field::ParentProject if !self.above(issue).is_some_and(|above| self.sees(above)) => held.clear(),
            _ => {}
        }
        held
    }

    fn ordered(
        self,
        field: Field,
        operand: &Operand,
        held: &[String],
        wanted: Vec<Option<String>>,
        accepted: &[Ordering],
        issue: &Issue,
    ) -> Meaning<bool> {
        match operand {
            // Issues stand in the order of their keys.
            Operand::Value(value) if field == Field::Key => {
                let ordering = self.compare_key(issue, &value.text)?;
                Ok(ordering.is_some_and(|ordering| accepted.contains(&ordering)))
            }
            Operand::Value(_) | Operand::Function(_) if field != Field::Key => {
                let pairs = held.iter().flat_map(|held| wanted.iter().flatten().map(move |wanted| (held, wanted)));
                let mut orderings = pairs.filter_map(|(held, wanted)| self.compare(field, held, wanted));
                Ok(orderings.any(|ordering| accepted.contains(&ordering)))
            }
            _ => Err(Meaningless),
        }
    }
}

/// The operands, `None` for EMPTY.
fn wanted<T>(operands: &[&Operand], read: impl Fn(&Operand) -> Meaning<T>) -> Meaning<Vec<Option<T>>> {
    let one = |operand: &&Operand| match operand {
        Operand::Empty => Ok(None),
        operand => read(operand).map(Some),
    };
    operands.iter().map(one).collect()
}

fn compare<H, W>(
    held: Option<H>,
    wanted: &[Option<W>],
    negative: bool,
    order: Option<&[Ordering]>,
    equal: impl Fn(&W, &H) -> bool,
    ordering: impl Fn(&W, &H) -> Ordering,
) -> bool {
    let Some(held) = held else { return !negative && order.is_none() && wanted.iter().any(Option::is_none) };
    let mut wanted = wanted.iter().flatten();
    match order {
        Some(accepted) => wanted.any(|wanted| accepted.contains(&ordering(wanted, &held))),
        None => wanted.any(|wanted| equal(wanted, &held)) != negative,
    }
}

/// A number; of estimates, seconds, given as a period.
fn number_of(operand: &Operand, estimate: bool) -> Meaning<f64> {
    let Operand::Value(value) = operand else { return Err(Meaningless) };
    if estimate {
        let unit = |unit: char| match unit {
            'm' => Ok(60),
            'h' => Ok(3600),
            'd' => Ok(8 * 3600), // J-100
            'w' => Ok(5 * 8 * 3600),
            _ => Err(Meaningless),
        };
        let piece = |piece: &str| -> Meaning<i64> {
            let (at, last) = piece.char_indices().last().ok_or(Meaningless)?;
            Ok(piece[..at].parse::<i64>().map_err(|_| Meaningless)? * unit(last)?)
        };
        let pieces: Meaning<Vec<i64>> = value.text.split_whitespace().map(piece).collect();
        return Ok(pieces?.into_iter().sum::<i64>() as f64);
    }
    value.text.trim().parse().map_err(|_| Meaningless)
}

/// Time spent in percent of the estimate, in whole numbers; nothing without an estimate.
pub fn work_ratio(issue: &Issue) -> Option<f64> {
    let [estimate, _, spent] = issue.times;
    Some((100 * spent.unwrap_or(0) / estimate.filter(|estimate| *estimate > 0)?) as f64)
}

/// The text of a custom field.
pub fn custom_text(issue: &Issue, id: i64) -> Option<String> {
    let text = issue.custom(id)?.as_str()?;
    if id == field::CRITERIA {
        let document = serde_json::from_str(text).ok()?;
        return Some(mock_jira::domain::rich_text::to_plain(&document));
    }
    Some(text.to_owned())
}
