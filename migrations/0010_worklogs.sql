-- Whether an account may see what is restricted to a role of a project or to a group (J-93).
CREATE FUNCTION admits(site integer, project bigint, kind text, id text, account text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE $3
        WHEN 'group' THEN EXISTS (
            SELECT FROM membership m WHERE m.site_id = $1 AND m.account_id = $5 AND m.group_id::text = $4)
        WHEN 'role' THEN EXISTS (
            SELECT FROM role_actor a
            LEFT JOIN membership m ON m.site_id = $1 AND m.group_id = a.group_id AND m.account_id = $5
            WHERE a.site_id = $1 AND a.project_id = $2 AND a.role_id::text = $4
              AND (a.account_id = $5 OR m.account_id IS NOT NULL))
        ELSE true
    END
$$;

CREATE TABLE worklog (
    site_id         integer     NOT NULL,
    id              bigint      NOT NULL,
    issue_id        bigint      NOT NULL,
    author          text        NOT NULL,
    update_author   text        NOT NULL,
    -- Atlassian Document Format
    comment         json,
    -- in whole milliseconds, so that clients can ask for what is later than something they know
    created         timestamptz NOT NULL,
    updated         timestamptz NOT NULL,
    started         timestamptz NOT NULL,
    seconds         bigint      NOT NULL,
    -- 'role' or 'group', and the role's or the group's id
    visibility_type text CHECK (visibility_type IN ('role', 'group')),
    visibility_id   text,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, issue_id) REFERENCES issue ON DELETE CASCADE
);
CREATE INDEX worklog_issue ON worklog (site_id, issue_id, id);
CREATE INDEX worklog_updated ON worklog (site_id, updated);
SELECT secure_table('worklog');

-- Worklogs that are no more, with those of deleted issues (J-99).
CREATE TABLE deleted_worklog (
    site_id integer     NOT NULL,
    id      bigint      NOT NULL,
    deleted timestamptz NOT NULL,
    PRIMARY KEY (site_id, id)
);
CREATE INDEX deleted_worklog_time ON deleted_worklog (site_id, deleted);
SELECT secure_table('deleted_worklog');

-- Links to things outside of Jira (J-114).
CREATE TABLE remote_link (
    site_id   integer NOT NULL,
    id        bigint  NOT NULL,
    issue_id  bigint  NOT NULL,
    global_id text,
    -- the rest of it; see domain::remote_link
    content   jsonb   NOT NULL,
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, issue_id, global_id),
    FOREIGN KEY (site_id, issue_id) REFERENCES issue ON DELETE CASCADE
);
CREATE INDEX remote_link_global_id ON remote_link (site_id, global_id);
SELECT secure_table('remote_link');

CREATE UNIQUE INDEX issue_link_type_name ON issue_link_type (site_id, lower(name));

-- What another system tells about a change (J-80).
ALTER TABLE change_group ADD COLUMN metadata json;
