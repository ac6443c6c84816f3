//! Many issues with their history, made by SQL: ten projects, a thousand people, five hundred sprints.

/// Statements that fill a site like the demo site.
pub fn statements(site_id: i32, issues: i64) -> Vec<String> {
    // Foreign keys and triggers would look at each row; what triggers fill in is given.
    let mut statements = vec![
        "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'".into(),
        "CREATE TEMP TABLE taken_down AS
         SELECT indexdef, indexname FROM pg_indexes JOIN pg_class ON oid = indexname::regclass
         WHERE tablename IN ('issue', 'change_group', 'change_item', 'comment')
           AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = pg_class.oid);
         DO $$ DECLARE name text; BEGIN
             FOR name IN SELECT indexname FROM taken_down LOOP EXECUTE 'DROP INDEX ' || name; END LOOP;
         END $$"
            .into(),
        format!(
            "INSERT INTO account (site_id, account_id, email, display_name)
             SELECT {site_id}, 'bench-' || n, 'bench' || n || '@example.com', 'Bench Person ' || n
             FROM generate_series(1, 999) n"
        ),
        format!(
            "INSERT INTO project
             SELECT (jsonb_populate_record(p, jsonb_build_object('id', 20000 + n, 'key', 'BENCH' || n, 'name', 'Bench ' || n,
                     'uuid', gen_random_uuid()))).*
             FROM project p, generate_series(0, 9) n WHERE p.site_id = {site_id} AND p.key = 'DEMO'"
        ),
        format!(
            "INSERT INTO project_key (site_id, key, project_id)
             SELECT site_id, key, id FROM project WHERE site_id = {site_id} AND id >= 20000"
        ),
        format!(
            "INSERT INTO project_counter (site_id, project_id, value)
             SELECT site_id, id, {issues} FROM project WHERE site_id = {site_id} AND id >= 20000"
        ),
        format!(
            "INSERT INTO role_actor (site_id, id, role_id, project_id, account_id, group_id)
             SELECT r.site_id, 30000 + row_number() OVER (), r.role_id, p.id, r.account_id, r.group_id
             FROM role_actor r JOIN project p USING (site_id)
             WHERE site_id = {site_id} AND r.project_id IS NULL AND p.id >= 20000"
        ),
        format!(
            "INSERT INTO board (site_id, id, name, type, project_id)
             SELECT {site_id}, 20000 + n, 'Bench ' || n, 'scrum', 20000 + n FROM generate_series(0, 9) n"
        ),
        format!(
            "INSERT INTO sprint (site_id, id, board_id, name, state, created)
             SELECT {site_id}, 20000 + n, 20000 + n % 10, 'Bench Sprint ' || n, 'closed', now() FROM generate_series(1, 500) n"
        ),
    ];
    // The first is the administrator, who asks.
    let person =
        |n: &str| format!("CASE {n} % 1000 WHEN 0 THEN '5f2a9c10e4b0d7a1c3e80a01' ELSE 'bench-' || {n} % 1000 END");
    let (assignee, reporter, before) = (person("n"), person("(n / 7)"), person("(n / 3)"));
    statements.push(format!(
        "INSERT INTO issue (site_id, id, project_id, number, issue_type_id, status_id, priority_id, resolution_id, summary,
           description, creator, reporter, assignee, parent_id, labels, created, updated, resolved,
           status_category_changed, rank, custom, search_text, past)
         SELECT {site_id}, 1000000 + n, 20000 + n % 10, 1 + n / 10, (ARRAY[10001, 10002, 10004])[1 + n % 3], status, priority,
           CASE WHEN status = 10001 THEN 10000 END, text,
           ('{{\"type\":\"doc\",\"version\":1,\"content\":[{{\"type\":\"paragraph\",\"content\":[{{\"type\":\"text\",\"text\":\"' || text || '\"}}]}}]}}')::json,
           {reporter}, {reporter}, {assignee}, CASE WHEN n % 50 BETWEEN 1 AND 8 THEN 1000000 + n / 50 * 50 END,
           ARRAY['label' || n % 300], made, made + interval '5 hours', CASE WHEN status = 10001 THEN made + interval '5 hours' END,
           made, '0|j' || lpad((n::bigint * 7919 % 10000000)::text, 8, '0') || ':',
           jsonb_build_object('10016', n % 97, '10020', jsonb_build_array(20001 + n % 500)),
           setweight(to_tsvector('english', text), 'A') || setweight(to_tsvector('english', text), 'B'),
           ARRAY['assignee:' || {assignee}, 'assignee:' || {before}, 'reporter:' || {reporter}, 'priority:' || priority,
             'resolution:' || CASE WHEN status = 10001 THEN '10000' ELSE '' END, 'status:10000', 'status:3',
             'status:' || status, 'fixVersions:']
         FROM generate_series(0, {issues} - 1) n,
           LATERAL (SELECT (ARRAY[10000, 3, 10001])[1 + n % 3] AS status, 1 + n / 3 % 5 AS priority,
             now() - ({issues} - n) * interval '1 minute' AS made,
             'The word' || n % 997 || ' of topic' || n % 101 || ' crashes the server when docking ' || n AS text) v"
    ));
    statements.push(format!(
        "INSERT INTO change_group (site_id, id, issue_id, author, created)
         SELECT site_id, 10000000 + 2 * id + step, id, reporter, created + (1 + 2 * step) * interval '1 hour'
         FROM issue, generate_series(0, 1) step WHERE site_id = {site_id} AND id >= 1000000"
    ));
    // Taken up by somebody else, then done or handed on.
    statements.push(format!(
        "INSERT INTO change_item (site_id, group_id, position, field, field_type, field_id, from_value, from_string, to_value,
           to_string, issue_id, created, author)
         SELECT g.site_id, g.id, 0, c.field, 'jira', c.field, c.from_value, c.from_value, c.to_value, c.to_value, i.id, g.created, g.author
         FROM change_group g JOIN issue i ON i.site_id = g.site_id AND i.id = g.issue_id,
           LATERAL (SELECT i.id - 1000000 AS n) v,
           LATERAL (SELECT CASE WHEN g.id % 2 = 0 THEN 'status' WHEN i.status_id = 3 THEN 'assignee' ELSE 'status' END AS field,
             CASE WHEN g.id % 2 = 0 THEN '10000' WHEN i.status_id = 3 THEN {before} ELSE '3' END AS from_value,
             CASE WHEN g.id % 2 = 0 THEN '3' WHEN i.status_id = 3 THEN i.assignee ELSE i.status_id::text END AS to_value) c
         WHERE g.site_id = {site_id} AND g.id >= 12000000"
    ));
    statements.push(format!(
        "INSERT INTO comment (site_id, id, issue_id, author, update_author, body, created, updated, search_text)
         SELECT site_id, 1000000 + id, id, creator, creator,
           '{{\"type\":\"doc\",\"version\":1,\"content\":[{{\"type\":\"paragraph\",\"content\":[{{\"type\":\"text\",\"text\":\"Noted\"}}]}}]}}',
           created, created, to_tsvector('english', 'Noted as remark' || id % 5000)
         FROM issue WHERE site_id = {site_id} AND id >= 1000000 AND id % 4 = 0"
    ));
    statements.push(
        "DO $$ DECLARE definition text; BEGIN
             FOR definition IN SELECT indexdef FROM taken_down LOOP EXECUTE definition; END LOOP;
         END $$"
            .into(),
    );
    statements.push(format!("UPDATE counter SET value = 30000000 WHERE site_id = {site_id}"));
    statements.push(format!("UPDATE site SET version = version + 1 WHERE site_id = {site_id}"));
    statements.push("VACUUM ANALYZE".into());
    statements
}
