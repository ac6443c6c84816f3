//! Statements by themselves, as `psql` has them carried out.

use crate::world::World;
use mock_jira::db::SETTINGS;
use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

/// PostgreSQL's log, as far as it was not read yet.
pub struct Log {
    file: PathBuf,
    read: usize,
}

impl Log {
    /// From here on.
    pub fn from_now(file: PathBuf) -> Self {
        let mut log = Self { file, read: 0 };
        log.read = log.text().len();
        log
    }

    /// The statements carried out since the last call, with their values in their places.
    pub fn statements(&mut self) -> Vec<String> {
        let text = self.text();
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
        // The server looks for tasks to do by itself.
        let statements = statements.filter(|statement| !statement.contains(" task ")).collect();
        self.read = text.len();
        statements
    }

    fn text(&self) -> String {
        let log = std::fs::read(&self.file).expect("PostgreSQL's log");
        String::from_utf8_lossy(&log).into_owned()
    }
}

/// A `psql` that is set up like a connection of the server, under row-level security.
pub struct Psql {
    child: Child,
    asked: ChildStdin,
    told: BufReader<ChildStdout>,
}

impl Psql {
    /// Starts it.
    pub fn start(world: &World) -> Self {
        let mut child = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"])
            .arg(&world.url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql");
        let (asked, told) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        let mut psql = Self { child, asked, told: BufReader::new(told) };
        let settings = SETTINGS.replace('\n', " ");
        writeln!(psql.asked, "{settings}; SET mock_jira.site = {};\n\\o /dev/null\n\\timing on", world.site_id)
            .expect("settings");
        psql
    }

    /// How long a statement takes.
    pub fn time(&mut self, statement: &str) -> Duration {
        writeln!(self.asked, "{};", statement.replace('\n', " ")).expect("a statement");
        let mut line = String::new();
        self.told.read_line(&mut line).expect("a time");
        let ms = line.strip_prefix("Time: ").and_then(|told| told.split_whitespace().next()?.parse::<f64>().ok());
        Duration::from_secs_f64(ms.unwrap_or_else(|| panic!("psql has no time of {statement}: {line}")) / 1000.0)
    }

    /// Ends it.
    pub fn stop(mut self) {
        drop(self.asked);
        self.child.wait().expect("psql's end");
    }
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
