CREATE TABLE project_category (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('project_category');

CREATE TABLE project (
    site_id                     integer NOT NULL,
    id                          bigint  NOT NULL,
    key                         text    NOT NULL,
    name                        text    NOT NULL,
    description                 text    NOT NULL DEFAULT '',
    url                         text,
    lead                        text,
    type_key                    text    NOT NULL,
    -- team-managed ("next-gen") or company-managed ("classic")
    simplified                  boolean NOT NULL,
    uuid                        uuid    NOT NULL,
    assignee_type               text    NOT NULL DEFAULT 'UNASSIGNED' CHECK (assignee_type IN ('PROJECT_LEAD', 'UNASSIGNED')),
    category_id                 bigint,
    avatar_id                   bigint  NOT NULL DEFAULT 10400,
    is_private                  boolean NOT NULL DEFAULT false,
    permission_scheme_id        bigint  NOT NULL,
    issue_type_scheme_id        bigint  NOT NULL,
    workflow_scheme_id          bigint  NOT NULL,
    issue_type_screen_scheme_id bigint  NOT NULL,
    field_configuration_id      bigint  NOT NULL,
    archived                    timestamptz,
    archived_by                 text,
    deleted                     timestamptz,
    deleted_by                  text,
    created                     timestamptz NOT NULL,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, lead) REFERENCES account,
    FOREIGN KEY (site_id, category_id) REFERENCES project_category,
    FOREIGN KEY (site_id, permission_scheme_id) REFERENCES permission_scheme,
    FOREIGN KEY (site_id, issue_type_scheme_id) REFERENCES issue_type_scheme,
    FOREIGN KEY (site_id, workflow_scheme_id) REFERENCES workflow_scheme,
    FOREIGN KEY (site_id, issue_type_screen_scheme_id) REFERENCES issue_type_screen_scheme,
    FOREIGN KEY (site_id, field_configuration_id) REFERENCES field_configuration
);
CREATE UNIQUE INDEX project_name ON project (site_id, lower(name));
SELECT secure_table('project');

-- Every key a project has or had: old keys keep resolving (J-30).
CREATE TABLE project_key (
    site_id    integer NOT NULL,
    key        text    NOT NULL,
    project_id bigint  NOT NULL,
    PRIMARY KEY (site_id, key),
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE
);
SELECT secure_table('project_key');

-- The number that the project's newest issue got.
CREATE TABLE project_counter (
    site_id    integer NOT NULL,
    project_id bigint  NOT NULL,
    value      bigint  NOT NULL DEFAULT 0,
    PRIMARY KEY (site_id, project_id),
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE
);
SELECT secure_table('project_counter');

CREATE TABLE role (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    project_id  bigint,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('role');

-- Without a project: the default actors that new projects get.
CREATE TABLE role_actor (
    site_id    integer NOT NULL,
    id         bigint  NOT NULL,
    role_id    bigint  NOT NULL,
    project_id bigint,
    account_id text,
    group_id   uuid,
    PRIMARY KEY (site_id, id),
    CHECK (num_nonnulls(account_id, group_id) = 1),
    FOREIGN KEY (site_id, role_id) REFERENCES role ON DELETE CASCADE,
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE,
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE,
    FOREIGN KEY (site_id, group_id) REFERENCES user_group ON DELETE CASCADE
);
SELECT secure_table('role_actor');

CREATE TABLE version (
    site_id      integer NOT NULL,
    id           bigint  NOT NULL,
    project_id   bigint  NOT NULL,
    name         text    NOT NULL,
    description  text,
    archived     boolean NOT NULL DEFAULT false,
    released     boolean NOT NULL DEFAULT false,
    start_date   date,
    release_date date,
    position     integer NOT NULL,
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, project_id, name),
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE
);
SELECT secure_table('version');

CREATE TABLE component (
    site_id       integer NOT NULL,
    id            bigint  NOT NULL,
    project_id    bigint  NOT NULL,
    name          text    NOT NULL,
    description   text,
    lead          text,
    assignee_type text    NOT NULL DEFAULT 'PROJECT_DEFAULT',
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, project_id, name),
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE
);
SELECT secure_table('component');
