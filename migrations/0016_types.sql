-- Which priorities the issues of a project can have. Projects that are in no scheme follow the default one.
CREATE TABLE priority_scheme (
    site_id             integer  NOT NULL,
    id                  bigint   NOT NULL,
    name                text     NOT NULL,
    description         text     NOT NULL DEFAULT '',
    is_default          boolean  NOT NULL DEFAULT false,
    -- Given to new issues that name none; without one, those have no priority.
    default_priority_id bigint,
    priority_ids        bigint[] NOT NULL,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('priority_scheme');

CREATE TABLE priority_scheme_project (
    site_id    integer NOT NULL,
    project_id bigint  NOT NULL,
    scheme_id  bigint  NOT NULL,
    PRIMARY KEY (site_id, project_id),
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE,
    FOREIGN KEY (site_id, scheme_id) REFERENCES priority_scheme
);
CREATE INDEX priority_scheme_project_scheme ON priority_scheme_project (site_id, scheme_id);
SELECT secure_table('priority_scheme_project');

INSERT INTO priority_scheme (site_id, id, name, description, is_default, default_priority_id, priority_ids)
SELECT site_id, 1, 'Default Priority Scheme', 'For projects that have no scheme of their own.', true,
       min(id) FILTER (WHERE is_default), array_agg(id ORDER BY position)
FROM priority GROUP BY site_id;

ALTER TABLE priority DROP COLUMN is_default, ADD COLUMN avatar_id bigint;
ALTER TABLE resolution ADD COLUMN is_default boolean NOT NULL DEFAULT false;

CREATE INDEX issue_kind ON issue (site_id, issue_type_id, project_id);
