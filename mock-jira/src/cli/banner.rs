//! What the server says when it is ready.

use crate::{
    MockJira,
    app::seed::{ACCOUNTS, DEMO},
    db::describe,
    serve::Database,
};
use std::fmt::Write;

/// Tells where it listens, who may call and how, and where the data is.
pub fn of(mock: &MockJira, database: &Database) -> String {
    let options = &mock.server().options;
    let url = mock.url();
    let mut text = format!("\nmock-jira {} is ready.\n\n", env!("CARGO_PKG_VERSION"));
    let mut line = |name: &str, value: &str| {
        // Writing to a string can't fail.
        let _ = writeln!(text, "  {name:<12} {value}");
    };
    line("Listening on", &mock.address().to_string());
    line("Site", &format!("{url} ({DEMO})"));
    line("Data", &place(mock, database));
    if let Some(authority) = mock.authority() {
        line("Trust", &format!("{} (the authority of its certificate)", authority.display()));
    }
    if let Some(token) = mock.new_admin_token() {
        line("/_mock", &format!("Authorization: Bearer {token}"));
    }
    let accounts: Vec<(&str, &str)> = if options.loopback {
        ACCOUNTS.into()
    } else {
        mock.new_tokens().iter().map(|(email, token)| (email.as_str(), token.as_str())).collect()
    };
    let _ = match (options.loopback, accounts.is_empty()) {
        (true, _) => writeln!(text, "\nAccounts and their API tokens:"),
        (false, false) => writeln!(text, "\nAccounts and their new API tokens, which are shown only now:"),
        (false, true) => writeln!(
            text,
            "\nThe accounts have the API tokens that an earlier start has shown. Make new ones with\n  \
             mock-jira tokens create --site {DEMO} --email {} --server <this address>",
            ACCOUNTS[0].0
        ),
    };
    for (email, token) in &accounts {
        let _ = writeln!(text, "  {email:<22} {token}");
    }
    if let Some((email, token)) = accounts.first() {
        let trust = mock.authority().map(|path| format!(" --cacert '{}'", path.display())).unwrap_or_default();
        let _ = writeln!(
            text,
            "\nTry it:\n  curl{trust} -u {email}:{token} '{url}/rest/api/3/issue/DEMO-1?fields=summary'"
        );
    }
    text.push_str("\nCtrl-C stops it.\n\n");
    text
}

fn place(mock: &MockJira, database: &Database) -> String {
    let version = mock.cluster().map(|cluster| format!("PostgreSQL {}", cluster.version()));
    let version = version.unwrap_or_default();
    match database {
        Database::Folder(folder) => format!("{} (private {version})", folder.display()),
        Database::Ephemeral => format!("thrown away at the end (private {version})"),
        Database::Url(url) => describe(url),
    }
}
