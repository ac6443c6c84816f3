-- Saved filters and dashboards, and with whom they are shared.

CREATE TABLE filter (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text,
    jql         text    NOT NULL,
    owner       text    NOT NULL,
    -- Ids of fields; absent until somebody sets columns.
    columns     text[],
    last_used   timestamptz,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, owner) REFERENCES account
);
CREATE UNIQUE INDEX filter_name_of_owner ON filter (site_id, owner, lower(name));
CREATE INDEX filter_name ON filter (site_id, lower(name));
SELECT secure_table('filter');

CREATE TABLE dashboard (
    site_id           integer NOT NULL,
    id                bigint  NOT NULL,
    name              text    NOT NULL,
    description       text,
    -- The system dashboard is nobody's.
    owner             text,
    -- Milliseconds.
    automatic_refresh integer,
    -- Deleted dashboards stay in the trash.
    deleted           timestamptz,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, owner) REFERENCES account
);
CREATE UNIQUE INDEX dashboard_name_of_owner ON dashboard (site_id, owner, lower(name)) WHERE deleted IS NULL;
SELECT secure_table('dashboard');

CREATE TABLE dashboard_gadget (
    site_id      integer NOT NULL,
    id           bigint  NOT NULL,
    dashboard_id bigint  NOT NULL,
    title        text    NOT NULL,
    color        text    NOT NULL,
    module_key   text,
    uri          text,
    row_no       integer NOT NULL,
    column_no    integer NOT NULL,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, dashboard_id) REFERENCES dashboard ON DELETE CASCADE
);
CREATE INDEX dashboard_gadget_dashboard ON dashboard_gadget (site_id, dashboard_id);
SELECT secure_table('dashboard_gadget');

-- Who may see a filter or a dashboard, or edit it.
CREATE TABLE share_permission (
    site_id      integer NOT NULL,
    id           bigint  NOT NULL,
    filter_id    bigint,
    dashboard_id bigint,
    may_edit     boolean NOT NULL,
    kind         text    NOT NULL CHECK (kind IN ('global', 'loggedin', 'project', 'role', 'group', 'user')),
    project_id   bigint,
    role_id      bigint,
    group_id     uuid,
    account_id   text,
    PRIMARY KEY (site_id, id),
    CHECK (num_nonnulls(filter_id, dashboard_id) = 1),
    CHECK (kind NOT IN ('project', 'role') OR project_id IS NOT NULL),
    CHECK (kind <> 'role' OR role_id IS NOT NULL),
    CHECK (kind <> 'group' OR group_id IS NOT NULL),
    CHECK (kind <> 'user' OR account_id IS NOT NULL),
    FOREIGN KEY (site_id, filter_id) REFERENCES filter ON DELETE CASCADE,
    FOREIGN KEY (site_id, dashboard_id) REFERENCES dashboard ON DELETE CASCADE,
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE,
    FOREIGN KEY (site_id, role_id) REFERENCES role ON DELETE CASCADE,
    FOREIGN KEY (site_id, group_id) REFERENCES user_group ON DELETE CASCADE,
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE
);
CREATE INDEX share_permission_filter ON share_permission (site_id, filter_id);
CREATE INDEX share_permission_dashboard ON share_permission (site_id, dashboard_id);
SELECT secure_table('share_permission');

-- Whether a share reaches a caller: `roles` are 'project:role'. Kept to one expression, so that PostgreSQL inlines it.
CREATE FUNCTION reaches(
    share share_permission, account text, groups uuid[], projects bigint[], roles text[]
) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE share.kind
        WHEN 'global' THEN true
        WHEN 'loggedin' THEN account IS NOT NULL
        WHEN 'project' THEN share.project_id = ANY(projects)
        WHEN 'role' THEN share.project_id || ':' || share.role_id = ANY(roles)
        WHEN 'group' THEN share.group_id = ANY(groups)
        ELSE coalesce(share.account_id = account, false)
    END
$$;

-- Which filters and dashboards somebody has chosen, in the order of the ids.
CREATE TABLE favourite (
    site_id      integer NOT NULL,
    id           bigint  NOT NULL,
    account_id   text    NOT NULL,
    filter_id    bigint,
    dashboard_id bigint,
    PRIMARY KEY (site_id, id),
    CHECK (num_nonnulls(filter_id, dashboard_id) = 1),
    UNIQUE (site_id, filter_id, account_id),
    UNIQUE (site_id, dashboard_id, account_id),
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE,
    FOREIGN KEY (site_id, filter_id) REFERENCES filter ON DELETE CASCADE,
    FOREIGN KEY (site_id, dashboard_id) REFERENCES dashboard ON DELETE CASCADE
);
CREATE INDEX favourite_account ON favourite (site_id, account_id);
SELECT secure_table('favourite');

-- How new filters and dashboards of somebody are shared; private without a row.
CREATE TABLE default_share_scope (
    site_id    integer NOT NULL,
    account_id text    NOT NULL,
    scope      text    NOT NULL CHECK (scope IN ('AUTHENTICATED', 'PRIVATE')),
    PRIMARY KEY (site_id, account_id),
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE
);
SELECT secure_table('default_share_scope');

-- Sites made before this have no system dashboard yet; new ones have it from their template.
INSERT INTO dashboard (site_id, id, name) SELECT site_id, 10000, 'Default dashboard' FROM site;
INSERT INTO share_permission (site_id, id, dashboard_id, may_edit, kind)
    SELECT site_id, 10000, 10000, false, 'global' FROM site;
INSERT INTO counter (site_id, kind, value) SELECT site_id, kind, 10000 FROM site, (VALUES ('dashboard'), ('share_permission')) AS new (kind);
