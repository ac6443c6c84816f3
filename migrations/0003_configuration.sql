CREATE TABLE priority (
    site_id      integer NOT NULL,
    id           bigint  NOT NULL,
    name         text    NOT NULL,
    description  text    NOT NULL DEFAULT '',
    icon         text    NOT NULL DEFAULT '',
    status_color text    NOT NULL DEFAULT '',
    position     integer NOT NULL,
    is_default   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('priority');

CREATE TABLE resolution (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    position    integer NOT NULL,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('resolution');

CREATE TABLE status (
    site_id     integer  NOT NULL,
    id          bigint   NOT NULL,
    name        text     NOT NULL,
    description text     NOT NULL DEFAULT '',
    icon        text     NOT NULL DEFAULT '',
    -- 1 undefined, 2 new, 3 done, 4 indeterminate
    category    smallint NOT NULL CHECK (category BETWEEN 1 AND 4),
    -- Set for a status that belongs to one team-managed project.
    project_id  bigint,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('status');

CREATE TABLE issue_type (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    -- -1 sub-task, 0 standard, 1 epic
    level       integer NOT NULL,
    icon        text    NOT NULL DEFAULT '',
    avatar_id   bigint,
    project_id  bigint,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('issue_type');

CREATE TABLE issue_type_scheme (
    site_id         integer  NOT NULL,
    id              bigint   NOT NULL,
    name            text     NOT NULL,
    description     text     NOT NULL DEFAULT '',
    is_default      boolean  NOT NULL DEFAULT false,
    default_type_id bigint,
    type_ids        bigint[] NOT NULL,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('issue_type_scheme');

-- definition: statuses and transitions with their conditions, validators and
-- post functions, in the shape of domain::workflow.
CREATE TABLE workflow (
    site_id     integer     NOT NULL,
    id          text        NOT NULL,
    name        text        NOT NULL,
    description text        NOT NULL DEFAULT '',
    definition  jsonb       NOT NULL,
    project_id  bigint,
    created     timestamptz,
    updated     timestamptz,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('workflow');

-- mappings: issue type id to workflow id.
CREATE TABLE workflow_scheme (
    site_id             integer NOT NULL,
    id                  bigint  NOT NULL,
    name                text    NOT NULL,
    description         text    NOT NULL DEFAULT '',
    default_workflow_id text    NOT NULL,
    mappings            jsonb   NOT NULL DEFAULT '{}',
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, default_workflow_id) REFERENCES workflow
);
SELECT secure_table('workflow_scheme');

CREATE TABLE custom_field (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    type_key    text    NOT NULL,
    searcher    text,
    project_id  bigint,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('custom_field');

-- Empty project_ids or issue_type_ids mean all of them.
CREATE TABLE field_context (
    site_id        integer  NOT NULL,
    id             bigint   NOT NULL,
    field_id       bigint   NOT NULL,
    name           text     NOT NULL,
    description    text     NOT NULL DEFAULT '',
    project_ids    bigint[] NOT NULL DEFAULT '{}',
    issue_type_ids bigint[] NOT NULL DEFAULT '{}',
    default_value  jsonb,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, field_id) REFERENCES custom_field ON DELETE CASCADE
);
SELECT secure_table('field_context');

CREATE TABLE field_option (
    site_id    integer NOT NULL,
    id         bigint  NOT NULL,
    context_id bigint  NOT NULL,
    parent_id  bigint,
    value      text    NOT NULL,
    disabled   boolean NOT NULL DEFAULT false,
    position   integer NOT NULL,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, context_id) REFERENCES field_context ON DELETE CASCADE,
    FOREIGN KEY (site_id, parent_id) REFERENCES field_option ON DELETE CASCADE
);
SELECT secure_table('field_option');

-- items: field id to {"required": bool, "hidden": bool, "description": text}.
CREATE TABLE field_configuration (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    is_default  boolean NOT NULL DEFAULT false,
    items       jsonb   NOT NULL DEFAULT '{}',
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('field_configuration');

-- tabs: [{"id": number, "name": text, "fields": [field id, …]}, …]
CREATE TABLE screen (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    tabs        jsonb   NOT NULL,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('screen');

CREATE TABLE screen_scheme (
    site_id           integer NOT NULL,
    id                bigint  NOT NULL,
    name              text    NOT NULL,
    description       text    NOT NULL DEFAULT '',
    default_screen_id bigint  NOT NULL,
    create_screen_id  bigint,
    edit_screen_id    bigint,
    view_screen_id    bigint,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, default_screen_id) REFERENCES screen
);
SELECT secure_table('screen_scheme');

-- mappings: issue type id to screen scheme id.
CREATE TABLE issue_type_screen_scheme (
    site_id                  integer NOT NULL,
    id                       bigint  NOT NULL,
    name                     text    NOT NULL,
    description              text    NOT NULL DEFAULT '',
    default_screen_scheme_id bigint  NOT NULL,
    mappings                 jsonb   NOT NULL DEFAULT '{}',
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, default_screen_scheme_id) REFERENCES screen_scheme
);
SELECT secure_table('issue_type_screen_scheme');

CREATE TABLE permission_scheme (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('permission_scheme');

CREATE TABLE permission_grant (
    site_id    integer NOT NULL,
    id         bigint  NOT NULL,
    scheme_id  bigint  NOT NULL,
    permission text    NOT NULL,
    -- a holder of fact U-26, and the group, role, account or field it names
    holder     text    NOT NULL,
    parameter  text,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, scheme_id) REFERENCES permission_scheme ON DELETE CASCADE
);
SELECT secure_table('permission_grant');

CREATE TABLE issue_link_type (
    site_id integer NOT NULL,
    id      bigint  NOT NULL,
    name    text    NOT NULL,
    inward  text    NOT NULL,
    outward text    NOT NULL,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('issue_link_type');
