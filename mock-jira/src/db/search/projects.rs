//! The projects that a search is about.
//!
//! A condition is weighed for each project before the statement is made, and what a project decides by itself is not
//! asked of its issues again: indexes that begin with the project keep an order only for one that is named once.

use super::Statement;
use crate::domain::{
    jql::resolve::{Column, Condition, IdColumn},
    permission::Extent,
};

/// A search by its projects.
pub struct Scope<'c> {
    /// What of the projects that are left the caller may see.
    pub extent: Extent,
    /// What must be true of an issue besides.
    pub parts: Vec<&'c Condition>,
    /// Whether the condition leaves projects out that the caller sees.
    pub narrowed: bool,
}

impl<'c> Scope<'c> {
    /// The search for issues that meet a condition, as far as they are visible.
    pub fn of(visible: &Extent, condition: &'c Condition) -> Self {
        let mut extent = visible.clone();
        for area in &mut extent.areas {
            let left_out = area.projects.extract_if(.., |id| holds(condition, *id) == Some(false));
            extent.elsewhere.extend(left_out);
        }
        extent.areas.retain(|area| !area.projects.is_empty());
        let narrowed = extent.elsewhere.len() > visible.elsewhere.len();
        let parts = if let Condition::All(all) = condition { all } else { std::slice::from_ref(condition) };
        let everywhere = |part| projects(&extent).all(|id| holds(part, id) == Some(true));
        let parts = parts.iter().filter(|part| !everywhere(part)).collect();
        Self { extent, parts, narrowed }
    }

    /// The projects that are left.
    pub fn projects(&self) -> impl Iterator<Item = i64> {
        projects(&self.extent)
    }
}

fn projects(extent: &Extent) -> impl Iterator<Item = i64> {
    extent.areas.iter().flat_map(|area| &area.projects).copied()
}

/// Whether a condition is met in a project, if it depends on nothing else.
fn holds(condition: &Condition, project_id: i64) -> Option<bool> {
    match condition {
        Condition::Everything => Some(true),
        Condition::Nothing => Some(false),
        Condition::Id(IdColumn::Project, ids) => Some(ids.contains(&project_id)),
        Condition::Empty(Column::Id(IdColumn::Project)) => Some(false),
        Condition::Not(inner) => holds(inner, project_id).map(|so| !so),
        Condition::All(all) => weighed(all, project_id, false),
        Condition::Any(any) => weighed(any, project_id, true),
        _ => None,
    }
}

/// One part that is `decisive` is enough; without one, all must be known.
fn weighed(parts: &[Condition], project_id: i64, decisive: bool) -> Option<bool> {
    let mut all = Some(!decisive);
    for part in parts {
        match holds(part, project_id) {
            Some(so) if so == decisive => return Some(so),
            Some(_) => {}
            None => all = None,
        }
    }
    all
}

impl Statement<'_> {
    /// Adds the test that an issue is in one of the projects. Few others are named instead: PostgreSQL takes a long list
    /// of projects for a restriction, even if it has all of them.
    pub(super) fn in_projects(&mut self, i: &str, projects: &[i64], others: Option<&[i64]>) {
        match (projects, others) {
            ([one], _) => self.push(format_args!("{i}.project_id = ")).bind(*one),
            (_, Some([])) => self.push("true"),
            (_, Some(others)) if others.len() < projects.len() => {
                self.push(format_args!("{i}.project_id <> ALL(")).bind(others.to_vec()).push(")")
            }
            _ => self.push(format_args!("{i}.project_id = ANY(")).bind(projects.to_vec()).push(")"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::permission::{Area, Reach};

    fn visible() -> Extent {
        let area = |projects: &[i64], all| Area {
            projects: projects.to_vec(),
            reach: Reach { all, as_reporter: !all, ..Reach::default() },
            levels: Vec::new(),
        };
        Extent { areas: vec![area(&[1, 2], true), area(&[3], false)], elsewhere: vec![4], ..Extent::default() }
    }

    fn project(ids: &[i64]) -> Condition {
        Condition::Id(IdColumn::Project, ids.to_vec())
    }

    fn left(condition: &Condition) -> (Vec<i64>, usize, bool) {
        let scope = Scope::of(&visible(), condition);
        (scope.projects().collect(), scope.parts.len(), scope.narrowed)
    }

    #[test]
    fn what_projects_decide_is_not_asked_of_issues() {
        let open = Condition::Empty(Column::Id(IdColumn::Resolution));
        let cases = [
            (Condition::Everything, (vec![1, 2, 3], 0, false)),
            (open.clone(), (vec![1, 2, 3], 1, false)),
            (project(&[2, 4]), (vec![2], 0, true)),
            (project(&[4]), (vec![], 0, true)),
            (project(&[3, 2, 1]), (vec![1, 2, 3], 0, false)),
            (Condition::all([project(&[1, 3]), open.clone()]), (vec![1, 3], 1, true)),
            (Condition::all([project(&[1]).not(), open.clone()]), (vec![2, 3], 1, true)),
            // Either may be what an issue of project 1 is found by.
            (Condition::any([project(&[1]), open.clone()]), (vec![1, 2, 3], 1, false)),
            (Condition::any([Condition::all([project(&[1]), open.clone()]), project(&[2])]), (vec![1, 2], 1, true)),
            (Condition::all([project(&[1]), open.clone()]).not(), (vec![1, 2, 3], 1, false)),
        ];
        for (condition, expected) in cases {
            assert_eq!(left(&condition), expected, "{condition:?}");
        }
    }
}
