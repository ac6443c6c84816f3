//! A statement by itself, as `psql` has it carried out.

use crate::world::World;
use std::{process::Command, time::Duration};

/// How often it is run.
const RUNS: usize = 41;

/// PostgreSQL's log, as far as it was not read yet.
pub struct Log {
    read: usize,
}

impl Log {
    /// From here on.
    pub fn from_now(world: &World) -> Self {
        Self { read: text(world).len() }
    }

    /// The statements carried out since the last call, with their values in their places.
    pub fn statements(&mut self, world: &World) -> Vec<String> {
        let text = text(world);
        let told = &text[self.read..];
        let entries = told.split("  execute ").skip(1).filter_map(|entry| entry.split_once(": "));
        let statements = entries.map(|(_, entry)| {
            let end = entry.find(" LOG:  ").unwrap_or(entry.len());
            // The next entry begins in a line of its own, with the time.
            let entry = entry[..end].rsplit_once('\n').map_or(entry, |(entry, _)| entry);
            let (statement, values) = entry.split_once("DETAIL:  parameters: ").unwrap_or((entry, ""));
            let statement =
                if values.is_empty() { statement } else { statement.rsplit_once('\n').map_or(statement, |(s, _)| s) };
            with_values(statement, values)
        });
        let statements = statements.collect();
        self.read = text.len();
        statements
    }
}

fn text(world: &World) -> String {
    let log = std::fs::read(world.folder.path().join("postgres.log")).expect("PostgreSQL's log");
    String::from_utf8_lossy(&log).into_owned()
}

/// How long a statement takes, told by `psql`; under row-level security, as the server has it.
pub fn median(world: &World, statement: &str) -> Duration {
    let script = std::env::temp_dir().join(format!("mock-jira-jql-{}.sql", std::process::id()));
    let one = format!("{};\n", statement.replace('\n', " "));
    std::fs::write(&script, format!("\\o /dev/null\n\\timing on\n{}", one.repeat(RUNS))).expect("a script");
    let output = Command::new("psql")
        .env(
            "PGOPTIONS",
            format!("-c role=mock_jira_server -c mock_jira.site={} -c session_preload_libraries= -c log_min_duration_statement=-1", world.site_id),
        )
        .args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file"])
        .arg(&script)
        .arg(world.cluster().url())
        .output()
        .expect("psql");
    let _ = std::fs::remove_file(script);
    let told = String::from_utf8_lossy(&output.stdout);
    let times = told.lines().filter_map(|line| line.strip_prefix("Time: ")?.split_whitespace().next()?.parse().ok());
    let mut times: Vec<f64> = times.collect();
    assert!(times.len() >= RUNS, "psql: {told}\n{}\n{}", String::from_utf8_lossy(&output.stderr), statement);
    times.sort_by(f64::total_cmp);
    Duration::from_secs_f64(times[times.len() / 2] / 1000.0)
}

/// A statement with its values instead of `$1` and so on. Values are told as `$1 = '5', $2 = NULL`.
fn with_values(text: &str, mut told: &str) -> String {
    let mut values = Vec::new();
    while let Some((_, rest)) = told.split_once(" = ") {
        let mut end = rest.find([',', ' ']).unwrap_or(rest.len());
        if rest.starts_with('\'') {
            // A quote within is doubled.
            let quotes = rest.match_indices('\'').map(|(at, _)| at).collect::<Vec<_>>();
            let mut place = 1;
            while quotes.get(place + 1) == Some(&(quotes[place] + 1)) {
                place += 2;
            }
            end = quotes[place] + 1;
        }
        values.push(&rest[..end]);
        told = &rest[end..];
    }
    let mut text = text.to_owned();
    for (place, value) in values.iter().enumerate().rev() {
        let name = format!("${}", place + 1);
        // What is unnested tells its type nowhere else.
        let is_numbers = value.chars().all(|c| c.is_ascii_digit() || "'{},-".contains(c));
        let list = format!("unnest({value}::{})", if is_numbers { "bigint[]" } else { "text[]" });
        text = text.replace(&format!("unnest({name})"), &list);
        text = text.replace(&format!("unnest({name},"), &format!("{},", list.trim_end_matches(')')));
        text = text.replace(&format!(", {name}) AS named"), &format!(", {value}::bigint[]) AS named"));
        text = text.replace(&format!(", {name}) AS plays"), &format!(", {value}::text[]) AS plays"));
        text = text.replace(&name, value);
    }
    text
}
