//! Where the values of an issue stand.

use crate::domain::jql::resolve::{AccountColumn, Column, IdColumn, InstantColumn, NumberColumn, TextColumn};

/// Where a value stands, and so how it is empty.
pub enum Place {
    /// In a column, or an expression, that may be null.
    Value(String),
    /// In a column with an array.
    List(String),
    /// In rows of another table.
    Rows(&'static str),
}

/// Where the issue called `i` in the statement has it.
pub fn place(i: &str, column: Column) -> Place {
    match column {
        Column::Id(column) if column.is_plural() => Place::List(id(i, column)),
        Column::Id(column) => Place::Value(id(i, column)),
        Column::Account(column) => account(i, column),
        Column::Instant(column) => Place::Value(instant(i, column)),
        Column::Number(column) => Place::Value(number(i, column)),
        Column::Text(column) => Place::Value(text(i, column)),
        Column::Labels => Place::List(format!("{i}.labels")),
        Column::Parent => Place::Value(format!("{i}.parent_id")),
        Column::Due => Place::Value(format!("{i}.due")),
        Column::Attachments => Place::Rows("attachment"),
        // As text, since a field that is null in JSON has no value either.
        Column::Custom(field_id) => Place::Value(format!("({i}.custom ->> '{field_id}')")),
    }
}

pub fn id(i: &str, column: IdColumn) -> String {
    let name = match column {
        IdColumn::Project => "project_id",
        IdColumn::IssueType => "issue_type_id",
        IdColumn::Status => "status_id",
        IdColumn::Priority => "priority_id",
        IdColumn::Resolution => "resolution_id",
        IdColumn::SecurityLevel => "security_level_id",
        IdColumn::Components => "component_ids",
        IdColumn::FixVersions => "fix_version_ids",
        IdColumn::AffectedVersions => "affected_version_ids",
    };
    format!("{i}.{name}")
}

pub fn account(i: &str, column: AccountColumn) -> Place {
    match column {
        AccountColumn::Assignee => Place::Value(format!("{i}.assignee")),
        AccountColumn::Reporter => Place::Value(format!("{i}.reporter")),
        AccountColumn::Creator => Place::Value(format!("{i}.creator")),
        AccountColumn::Voters => Place::Rows("vote"),
        AccountColumn::Watchers => Place::Rows("watcher"),
    }
}

pub fn instant(i: &str, column: InstantColumn) -> String {
    let name = match column {
        InstantColumn::Created => "created",
        InstantColumn::Updated => "updated",
        InstantColumn::Resolved => "resolved",
        InstantColumn::StatusCategoryChanged => "status_category_changed",
    };
    format!("{i}.{name}")
}

pub fn number(i: &str, column: NumberColumn) -> String {
    let rows =
        |table| format!("(SELECT count(*) FROM {table} n WHERE n.site_id = {i}.site_id AND n.issue_id = {i}.id)");
    match column {
        NumberColumn::Id => format!("{i}.id"),
        NumberColumn::InKey => format!("{i}.number"),
        NumberColumn::OriginalEstimate => format!("{i}.original_estimate"),
        NumberColumn::RemainingEstimate => format!("{i}.remaining_estimate"),
        NumberColumn::TimeSpent => format!("{i}.time_spent"),
        // Without an estimate there is no ratio.
        NumberColumn::WorkRatio => {
            format!("(100 * coalesce({i}.time_spent, 0) / nullif({i}.original_estimate, 0))")
        }
        NumberColumn::Votes => rows("vote"),
        NumberColumn::Watchers => rows("watcher"),
    }
}

pub fn text(i: &str, column: TextColumn) -> String {
    let name = match column {
        TextColumn::Summary => "summary",
        TextColumn::Description => "description",
        TextColumn::Environment => "environment",
    };
    format!("{i}.{name}")
}
