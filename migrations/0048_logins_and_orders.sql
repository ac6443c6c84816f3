-- When accounts came to the site: their session, and the one before it. Noted seldom, not at each request.
CREATE TABLE session (
    site_id    integer     NOT NULL,
    account_id text        NOT NULL,
    began      timestamptz NOT NULL,
    seen       timestamptz NOT NULL,
    -- when the one before began
    previous   timestamptz,
    PRIMARY KEY (site_id, account_id),
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE
);
SELECT secure_table('session');

-- Issues by priority in most projects at once: where few of a project's meet a condition, each project would be read far.
CREATE INDEX issue_priority ON issue (site_id, priority_id, created, id)
    INCLUDE (project_id, status_id, resolution_id) WHERE archived IS NULL;
