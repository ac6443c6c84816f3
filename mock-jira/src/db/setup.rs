//! Which database it is, and what it needs before a server can use it: a version that is new enough, and a role.

use sqlx::{PgPool, postgres::PgConnectOptions};

/// The role that requests run as: it owns nothing, so that row-level security applies to it.
pub(super) const SERVER_ROLE: &str = "mock_jira_server";

/// Which database a URL leads to, without its secrets.
pub fn describe(url: &str) -> String {
    let Ok(options) = url.parse::<PgConnectOptions>() else { return "an unreadable URL".to_owned() };
    let user = options.get_username();
    let database = options.get_database().unwrap_or(user);
    match options.get_socket() {
        Some(folder) => format!("{} (database {database}, user {user})", folder.display()),
        None => format!("postgresql://{user}@{}:{}/{database}", options.get_host(), options.get_port()),
    }
}

/// The oldest version of PostgreSQL that works.
const OLDEST_POSTGRES: i32 = 14;

pub(super) async fn check_version(owner: &PgPool) -> anyhow::Result<()> {
    let version: String = sqlx::query_scalar("SHOW server_version_num").fetch_one(owner).await?;
    let major = version.parse::<i32>()? / 10_000;
    anyhow::ensure!(
        major >= OLDEST_POSTGRES,
        "The database is PostgreSQL {major}; mock-jira needs PostgreSQL {OLDEST_POSTGRES} or later."
    );
    Ok(())
}

/// Creates [`SERVER_ROLE`] and lets the connecting role become it.
pub(super) async fn make_role(owner: &PgPool) -> anyhow::Result<()> {
    let mut connection = owner.acquire().await?;
    // Roles belong to the whole cluster, and so does this lock's purpose: two servers starting at once.
    let made = sqlx::raw_sql(
        "SELECT pg_advisory_xact_lock(7305801);
         DO $$ BEGIN
           BEGIN
             IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mock_jira_server') THEN
               CREATE ROLE mock_jira_server NOLOGIN;
             END IF;
           EXCEPTION WHEN duplicate_object OR unique_violation THEN
             NULL; -- roles belong to the whole cluster: a server on another database was faster
           END;
           IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
             -- Under row-level security an index serves an operator only if that can't leak what it compares.
             -- These can't; without the right to say so, searches for words and labels are slower. And to test row by
             -- row what they compare takes longer than a comparison of numbers, for which PostgreSQL takes it.
             IF EXISTS (SELECT FROM pg_proc WHERE oid = 'pg_catalog.ts_match_vq'::regproc
                        AND (NOT proleakproof OR procost < 100)) THEN
               ALTER FUNCTION pg_catalog.arraycontains(anyarray, anyarray) LEAKPROOF COST 100;
               ALTER FUNCTION pg_catalog.arrayoverlap(anyarray, anyarray) LEAKPROOF COST 100;
               ALTER FUNCTION pg_catalog.jsonb_contains(jsonb, jsonb) LEAKPROOF COST 100;
               ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF COST 100;
             END IF;
           ELSIF current_setting('server_version_num')::integer >= 160000 THEN
             -- From 16 on, making a role does not include becoming it.
             IF NOT pg_has_role(current_user, 'mock_jira_server', 'SET') THEN
               EXECUTE 'GRANT mock_jira_server TO CURRENT_USER WITH SET TRUE';
             END IF;
           ELSIF NOT pg_has_role(current_user, 'mock_jira_server', 'MEMBER') THEN
             GRANT mock_jira_server TO CURRENT_USER;
           END IF;
         END $$;",
    )
    .execute(&mut *connection)
    .await;
    if let Err(error) = made {
        anyhow::bail!(
            "the database role {SERVER_ROLE} can't be made ({error}).\n\
             Let an administrator of the database run:\n  CREATE ROLE {SERVER_ROLE} NOLOGIN; GRANT {SERVER_ROLE} TO <the user of the database URL>;"
        );
    }
    Ok(())
}
