//! Features of projects: parts of their pages that can be switched on and off.

use super::config::Project;
use serde_json::{Map, Value};

/// A feature.
#[derive(Debug)]
pub struct Feature {
    /// Such as `jsw.agility.backlog`.
    pub key: &'static str,
    /// Shown name.
    pub name: &'static str,
    /// What it is good for.
    pub description: &'static str,
    /// How projects begin.
    pub enabled: bool,
    /// Can't be switched.
    pub locked: bool,
    /// The feature that must be on for it.
    pub needs: Option<&'static str>,
}

macro_rules! features {
    ($($key:literal $name:literal $enabled:literal $locked:literal $needs:expr, $description:literal)*) => {
        &[$(Feature {
            key: $key, name: $name, description: $description, enabled: $enabled, locked: $locked, needs: $needs,
        }),*]
    };
}

const COMPANY_MANAGED: &[Feature] = features! {
    "jsw.classic.roadmap" "Roadmap" true true None, "Plan epics over time."
    "jsw.classic.backlog" "Backlog" true true None, "Put work in order before it begins."
    "jsw.classic.board" "Board" true true None, "See work move through its statuses."
    "jsw.classic.reports" "Reports" true true None, "See how work goes on."
    "jsw.classic.releases" "Releases" true false None, "Plan and track versions."
    "jsw.classic.code" "Code" true false None, "See commits and pull requests of repositories."
    "jsw.classic.deployments" "Deployments" false false Some("jsw.classic.code"), "See what is deployed where."
    "jsw.classic.pages" "Project pages" true false None, "Keep documents beside the work."
};

const TEAM_MANAGED: &[Feature] = features! {
    "jsw.agility.timeline" "Timeline" true false None, "Plan epics over time."
    "jsw.agility.backlog" "Backlog" true false None, "Put work in order before it begins."
    "jsw.agility.sprints" "Sprints" true false Some("jsw.agility.backlog"), "Work in iterations."
    "jsw.agility.board" "Board" true true None, "See work move through its statuses."
    "jsw.agility.reports" "Reports" true false None, "See how work goes on."
    "jsw.agility.estimation" "Estimation" true false None, "Say how much work something is."
    "jsw.agility.releases" "Releases" false false None, "Plan and track versions."
    "jsw.agility.code" "Code" true false None, "See commits and pull requests of repositories."
    "jsw.agility.deployments" "Deployments" false false Some("jsw.agility.code"), "See what is deployed where."
    "jsw.agility.pages" "Project pages" true false None, "Keep documents beside the work."
};

/// The features of a project's kind.
pub fn of(project: &Project) -> &'static [Feature] {
    match (project.type_key.as_str(), project.simplified) {
        ("software", false) => COMPANY_MANAGED,
        ("software", true) => TEAM_MANAGED,
        _ => &[],
    }
}

impl Feature {
    /// Whether it is on; `switched` holds those that were switched.
    pub fn is_on(&self, switched: &Map<String, Value>) -> bool {
        switched.get(self.key).and_then(Value::as_bool).unwrap_or(self.enabled)
    }

    /// Why it can't be switched, if so.
    pub fn obstacle(&self, all: &[Self], switched: &Map<String, Value>, on: bool) -> Option<String> {
        if self.locked {
            return Some(format!("The feature '{}' cannot be changed.", self.key));
        }
        let needed = self.needs.and_then(|key| all.iter().find(|other| other.key == key));
        if let (Some(needed), true) = (needed.filter(|needed| !needed.is_on(switched)), on) {
            return Some(format!("The feature '{}' needs the feature '{}'.", self.key, needed.key));
        }
        let mut others = all.iter().filter(|other| other.needs == Some(self.key) && other.is_on(switched));
        let other = others.next().filter(|_| !on)?;
        Some(format!("The feature '{}' needs the feature '{}'.", other.key, self.key))
    }
}
