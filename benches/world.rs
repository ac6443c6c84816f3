//! The world of the benches: a server on a private PostgreSQL, and a site with 100,000 issues.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that can't go on fails")]
#![allow(dead_code, reason = "each bench uses a part")]

use mock_jira::{MockJira, db::sites::SiteAddress, postgres::Cluster, serve::Database};
use sqlx::{Connection, PgConnection};

/// Who may do everything.
pub const ADMIN: (&str, &str) = ("admin@example.com", "admin-token");

/// Issues of the project DEMO in the benches' site.
pub const ISSUES: i64 = 100_000;

/// A server over a durable database, with the demo site filled up.
pub struct World {
    /// The server.
    pub mock: MockJira,
    /// The number of its site in the database.
    pub site_id: i32,
    /// Where the database is.
    pub url: String,
    /// Where a cluster is that is thrown away.
    _folder: Option<tempfile::TempDir>,
}

impl World {
    /// Starts the server and makes the issues by SQL, as copies of the demo site's first ones.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::Folder(folder.path().to_owned());
        Self { _folder: Some(folder), ..Self::filled(database, "DEMO-1001", fill).await }
    }

    /// Starts the server and fills the demo site by the statements that are made for its number, unless it has an issue
    /// of that key.
    pub async fn filled(database: Database, key: &str, fill: impl FnOnce(i32) -> Vec<String>) -> Self {
        let mut url = if let Database::Url(url) = &database { url.clone() } else { String::new() };
        let mock = MockJira::builder().database(database).start().await.expect("a server");
        if let Some(cluster) = mock.cluster() {
            url = cluster.url();
        }
        let address = SiteAddress::Name("demo".into());
        let site_id = mock.server().db.find_site(&address).await.expect("a database").expect("the demo site");
        let mut connection = PgConnection::connect(&url).await.expect("a connection");
        let filled: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM issue i JOIN project p ON p.site_id = i.site_id AND p.id = i.project_id
             WHERE i.site_id = $1 AND p.key || '-' || i.number = $2)",
        )
        .bind(site_id)
        .bind(key)
        .fetch_one(&mut connection)
        .await
        .expect("a database");
        for statement in if filled { Vec::new() } else { fill(site_id) } {
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.expect("issues");
        }
        Self { mock, site_id, url, _folder: None }
    }

    /// The cluster under the server.
    pub fn cluster(&self) -> &Cluster {
        self.mock.cluster().expect("a cluster")
    }
}

fn fill(site_id: i32) -> Vec<String> {
    vec![
        format!(
            "INSERT INTO issue (site_id, id, project_id, number, issue_type_id, status_id, priority_id, resolution_id, summary,
               description, environment, creator, reporter, assignee, labels, created, updated, status_category_changed, rank,
               custom, search_text, past)
             SELECT site_id, 100000 + n, project_id, 1000 + n, issue_type_id, (ARRAY[10000, 3, 10001])[1 + n % 3], 1 + n % 5, NULL,
               summary || ' ' || n, description, environment, creator, reporter, CASE WHEN n % 3 = 0 THEN NULL ELSE creator END,
               ARRAY['label' || n % 50], now() - n * interval '1 minute', now() - n * interval '30 seconds',
               now() - n * interval '1 minute', '0|j' || lpad(n::text, 8, '0') || ':', custom, to_tsvector('english', summary),
               ARRAY['status:10000', 'status:3', 'status:10001', 'priority:' || 1 + n % 5, 'resolution:', 'fixVersions:',
                 'reporter:' || coalesce(reporter, ''), 'assignee:' || CASE WHEN n % 3 = 0 THEN '' ELSE creator END]
             FROM generate_series(1, {ISSUES}) n
             JOIN issue ON site_id = {site_id} AND id = 10000 + (ARRAY[1, 2, 3, 5, 6, 7])[1 + n % 6]"
        ),
        format!("UPDATE counter SET value = 300000 WHERE site_id = {site_id} AND kind = 'issue'"),
        format!("UPDATE project_counter SET value = 300000 WHERE site_id = {site_id}"),
        format!(
            "INSERT INTO change_group (site_id, id, issue_id, author, created)
             SELECT site_id, 1000000 + id, id, creator, updated FROM issue WHERE site_id = {site_id} AND id >= 100000"
        ),
        format!(
            "INSERT INTO change_item (site_id, group_id, position, field, field_type, field_id, from_value, from_string, to_value, to_string)
             SELECT site_id, 1000000 + id, 0, 'status', 'jira', 'status', '10000', 'To Do', '3', 'In Progress'
             FROM issue WHERE site_id = {site_id} AND id >= 100000"
        ),
        format!(
            "INSERT INTO comment (site_id, id, issue_id, author, update_author, body, created, updated, search_text)
             SELECT i.site_id, 1000000 + i.id, i.id, i.creator, i.creator,
               '{{\"type\":\"doc\",\"version\":1,\"content\":[{{\"type\":\"paragraph\",\"content\":[{{\"type\":\"text\",\"text\":\"Noted\"}}]}}]}}',
               i.created, i.created, to_tsvector('english', 'noted' || i.id % 500)
             FROM issue i WHERE i.site_id = {site_id} AND i.id >= 100000 AND i.id % 4 = 0"
        ),
        format!(
            "INSERT INTO property (site_id, owner, owner_id, key, value)
             SELECT site_id, 'issue', id::text, 'synced', '{{\"at\":1}}' FROM issue WHERE site_id = {site_id} AND id >= 100000"
        ),
        "ANALYZE".into(),
    ]
}
