-- Who looked at which issue, and when last.
CREATE TABLE issue_view (
    site_id    integer     NOT NULL,
    account_id text        NOT NULL,
    issue_id   bigint      NOT NULL,
    viewed     timestamptz NOT NULL,
    PRIMARY KEY (site_id, account_id, issue_id),
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE,
    FOREIGN KEY (site_id, issue_id) REFERENCES issue ON DELETE CASCADE
);
CREATE INDEX issue_view_issue ON issue_view (site_id, issue_id);
CREATE INDEX issue_view_time ON issue_view (site_id, account_id, viewed);
SELECT secure_table('issue_view');

-- The same of projects.
CREATE TABLE project_view (
    site_id    integer     NOT NULL,
    account_id text        NOT NULL,
    project_id bigint      NOT NULL,
    viewed     timestamptz NOT NULL,
    PRIMARY KEY (site_id, account_id, project_id),
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE,
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE
);
CREATE INDEX project_view_project ON project_view (site_id, project_id);
SELECT secure_table('project_view');

-- For queries about what others did with issues, and about worklogs and properties.
CREATE INDEX change_group_of_author ON change_group (site_id, author, created);
CREATE INDEX comment_of_author ON comment (site_id, author, created);
CREATE INDEX comment_of_update_author ON comment (site_id, update_author, updated);
CREATE INDEX issue_of_creator ON issue (site_id, creator, created);
CREATE INDEX worklog_of_author ON worklog (site_id, author);
CREATE INDEX worklog_started ON worklog (site_id, started);
CREATE INDEX property_of_key ON property (site_id, owner, key);
