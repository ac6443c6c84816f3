//! What stands on dashboards.

/// Colours of gadgets; the first is a new one's.
pub const COLORS: [&str; 8] = ["blue", "red", "yellow", "green", "cyan", "purple", "gray", "white"];

/// Most gadgets on a dashboard.
pub const GADGETS: usize = 20;

/// Columns of a dashboard.
pub const COLUMNS: i32 = 3;

/// A gadget on a dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gadget {
    /// Unique in the site; as an item with properties it has the same id.
    pub id: i64,
    /// Shown above it.
    pub title: String,
    /// One of [`COLORS`].
    pub color: String,
    /// The module that it comes from, or
    pub module_key: Option<String>,
    /// the specification that it comes from.
    pub uri: Option<String>,
    /// From the top, from 0, without gaps.
    pub row: i32,
    /// From the left, from 0.
    pub column: i32,
}

/// Puts a gadget into its place; those below move down. Says what is wrong with the place.
pub fn place(gadgets: &mut Vec<Gadget>, gadget: Gadget) -> Result<(), &'static str> {
    if !(0..COLUMNS).contains(&gadget.column) {
        return Err(
            "The gadget cannot be placed in the selected column. The selected column does not exist on the dashboard.",
        );
    }
    let in_column = gadgets.iter().filter(|other| other.column == gadget.column).count();
    if usize::try_from(gadget.row).is_ok_and(|row| row <= in_column) {
        for below in gadgets.iter_mut().filter(|other| other.column == gadget.column && other.row >= gadget.row) {
            below.row += 1;
        }
        gadgets.push(gadget);
        return Ok(());
    }
    Err("The gadget cannot be placed in the selected row. The selected row does not exist on the dashboard.")
}

/// Takes a gadget out; those below move up.
pub fn take(gadgets: &mut Vec<Gadget>, id: i64) -> Option<Gadget> {
    let at = gadgets.iter().position(|gadget| gadget.id == id)?;
    let taken = gadgets.remove(at);
    for below in gadgets.iter_mut().filter(|other| other.column == taken.column && other.row > taken.row) {
        below.row -= 1;
    }
    Some(taken)
}

/// A kind of gadget that can be put on dashboards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GadgetKind {
    /// Shown name, and the title of a new one.
    pub title: &'static str,
    /// The module that it comes from, or
    pub module_key: Option<&'static str>,
    /// the specification that it comes from.
    pub uri: Option<&'static str>,
}

macro_rules! kinds {
    (uri $($title:literal $plugin:literal $name:literal)* modules $($module_title:literal $key:literal)*) => {
        &[
            $(GadgetKind {
                title: $title,
                module_key: None,
                uri: Some(concat!("rest/gadgets/1.0/g/", $plugin, ":", $name, "/gadgets/", $name, ".xml")),
            },)*
            $(GadgetKind { title: $module_title, module_key: Some($key), uri: None },)*
        ]
    };
}

/// The kinds that Jira ships.
pub const KINDS: &[GadgetKind] = kinds! {
    uri
    "Activity Stream" "com.atlassian.streams.streams-jira-plugin" "activitystream-gadget"
    "Assigned to Me" "com.atlassian.jira.gadgets" "assigned-to-me-gadget"
    "Average Age Chart" "com.atlassian.jira.gadgets" "average-age-chart-gadget"
    "Average Time in Status" "com.atlassian.jira.gadgets" "average-time-in-status-gadget"
    "Created vs. Resolved Chart" "com.atlassian.jira.gadgets" "created-vs-resolved-issues-chart-gadget"
    "Favorite Filters" "com.atlassian.jira.gadgets" "favourite-filters-gadget"
    "Filter Results" "com.atlassian.jira.gadgets" "filter-results-gadget"
    "Introduction" "com.atlassian.jira.gadgets" "introduction-gadget"
    "Issue Statistics" "com.atlassian.jira.gadgets" "stats-gadget"
    "Issues in progress" "com.atlassian.jira.gadgets" "in-progress-gadget"
    "Labels Gadget" "com.atlassian.jira.gadgets" "labels-gadget"
    "Pie Chart" "com.atlassian.jira.gadgets" "pie-chart-gadget"
    "Recently Created Chart" "com.atlassian.jira.gadgets" "recently-created-chart-gadget"
    "Resolution Time" "com.atlassian.jira.gadgets" "resolution-time-gadget"
    "Time Since Chart" "com.atlassian.jira.gadgets" "time-since-chart-gadget"
    "Two Dimensional Filter Statistics" "com.atlassian.jira.gadgets" "two-dimensional-stats-gadget"
    "Voted Issues" "com.atlassian.jira.gadgets" "voted-gadget"
    "Watched Issues" "com.atlassian.jira.gadgets" "watched-gadget"
    modules
    "Agile Wallboard Gadget" "com.pyxis.greenhopper.jira:greenhopper-gadget-agile-wallboard"
    "Days Remaining in Sprint Gadget" "com.pyxis.greenhopper.jira:greenhopper-gadget-days-remaining"
    "Sprint Burndown Gadget" "com.pyxis.greenhopper.jira:greenhopper-gadget-sprint-burndown"
    "Sprint Health Gadget" "com.pyxis.greenhopper.jira:greenhopper-gadget-sprint-health"
};

#[cfg(test)]
mod tests {
    use super::*;

    fn gadget(id: i64, column: i32, row: i32) -> Gadget {
        Gadget { id, title: String::new(), color: "blue".into(), module_key: None, uri: None, row, column }
    }

    fn rows(gadgets: &[Gadget]) -> Vec<(i64, i32, i32)> {
        let mut rows: Vec<_> = gadgets.iter().map(|gadget| (gadget.id, gadget.column, gadget.row)).collect();
        rows.sort_unstable();
        rows
    }

    #[test]
    fn gadgets_move_out_of_the_way() {
        let mut gadgets = Vec::new();
        for (id, column, row) in [(1, 0, 0), (2, 0, 0), (3, 0, 1), (4, 2, 0)] {
            place(&mut gadgets, gadget(id, column, row)).unwrap();
        }
        assert_eq!(rows(&gadgets), [(1, 0, 2), (2, 0, 0), (3, 0, 1), (4, 2, 0)]);
        for (column, row) in [(0, 4), (1, 1), (0, -1), (3, 0), (-1, 0)] {
            assert!(place(&mut gadgets, gadget(5, column, row)).is_err(), "{column} {row}");
        }
        assert_eq!(take(&mut gadgets, 2).map(|gadget| gadget.id), Some(2));
        assert_eq!(rows(&gadgets), [(1, 0, 1), (3, 0, 0), (4, 2, 0)]);
        assert_eq!(take(&mut gadgets, 2), None);
    }
}
