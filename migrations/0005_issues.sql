-- Labels are found in any case (Q-37).
CREATE FUNCTION folded(words text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT coalesce(array_agg(lower(word)), '{}') FROM unnest(words) word $$;

CREATE TABLE issue (
    site_id                 integer     NOT NULL,
    id                      bigint      NOT NULL,
    project_id              bigint      NOT NULL,
    number                  bigint      NOT NULL,
    issue_type_id           bigint      NOT NULL,
    status_id               bigint      NOT NULL,
    priority_id             bigint,
    resolution_id           bigint,
    summary                 text        NOT NULL,
    -- Atlassian Document Format as it was sent: json, because Jira hands members
    -- back in the order in which they came.
    description             json,
    environment             json,
    creator                 text,
    reporter                text,
    assignee                text,
    parent_id               bigint,
    security_level_id       bigint,
    labels                  text[]      NOT NULL DEFAULT '{}',
    labels_folded           text[]      NOT NULL GENERATED ALWAYS AS (folded(labels)) STORED,
    component_ids           bigint[]    NOT NULL DEFAULT '{}',
    fix_version_ids         bigint[]    NOT NULL DEFAULT '{}',
    affected_version_ids    bigint[]    NOT NULL DEFAULT '{}',
    created                 timestamptz NOT NULL,
    updated                 timestamptz NOT NULL,
    due                     date,
    resolved                timestamptz,
    status_category_changed timestamptz NOT NULL,
    original_estimate       bigint,
    remaining_estimate      bigint,
    time_spent              bigint,
    rank                    text        NOT NULL COLLATE "C",
    -- custom field number to value; the form per type stands in domain::fields
    custom                  jsonb       NOT NULL DEFAULT '{}',
    -- summary, description, environment and text fields, for full-text search
    search_text             tsvector    NOT NULL,
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, project_id, number),
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE,
    FOREIGN KEY (site_id, parent_id) REFERENCES issue
);
CREATE INDEX issue_status ON issue (site_id, project_id, status_id);
CREATE INDEX issue_assignee ON issue (site_id, assignee, updated);
CREATE INDEX issue_reporter ON issue (site_id, reporter);
CREATE INDEX issue_updated ON issue (site_id, updated);
CREATE INDEX issue_created ON issue (site_id, created);
CREATE INDEX issue_parent ON issue (site_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX issue_rank ON issue (site_id, rank);
CREATE INDEX issue_due ON issue (site_id, due) WHERE due IS NOT NULL;
CREATE INDEX issue_labels ON issue USING gin (labels_folded);
CREATE INDEX issue_custom ON issue USING gin (custom jsonb_path_ops);
CREATE INDEX issue_text ON issue USING gin (search_text);
SELECT secure_table('issue');

-- Keys that an issue had before it moved to another project (J-30).
CREATE TABLE moved_issue (
    site_id    integer NOT NULL,
    project_id bigint  NOT NULL,
    number     bigint  NOT NULL,
    issue_id   bigint  NOT NULL,
    PRIMARY KEY (site_id, project_id, number),
    FOREIGN KEY (site_id, issue_id) REFERENCES issue ON DELETE CASCADE
);
SELECT secure_table('moved_issue');

CREATE TABLE comment (
    site_id          integer     NOT NULL,
    id               bigint      NOT NULL,
    issue_id         bigint      NOT NULL,
    author           text        NOT NULL,
    update_author    text        NOT NULL,
    body             json        NOT NULL,
    created          timestamptz NOT NULL,
    updated          timestamptz NOT NULL,
    -- 'role' or 'group', and the role's or the group's id
    visibility_type  text CHECK (visibility_type IN ('role', 'group')),
    visibility_id    text,
    jsd_public       boolean     NOT NULL DEFAULT true,
    search_text      tsvector    NOT NULL,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, issue_id) REFERENCES issue ON DELETE CASCADE
);
CREATE INDEX comment_issue ON comment (site_id, issue_id, id);
CREATE INDEX comment_text ON comment USING gin (search_text);
SELECT secure_table('comment');

CREATE TABLE change_group (
    site_id  integer     NOT NULL,
    id       bigint      NOT NULL,
    issue_id bigint      NOT NULL,
    author   text        NOT NULL,
    created  timestamptz NOT NULL,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, issue_id) REFERENCES issue ON DELETE CASCADE
);
CREATE INDEX change_group_issue ON change_group (site_id, issue_id, id);
SELECT secure_table('change_group');

CREATE TABLE change_item (
    site_id     integer NOT NULL,
    group_id    bigint  NOT NULL,
    position    integer NOT NULL,
    field       text    NOT NULL,
    field_type  text    NOT NULL CHECK (field_type IN ('jira', 'custom')),
    field_id    text,
    from_value  text,
    from_string text,
    to_value    text,
    to_string   text,
    PRIMARY KEY (site_id, group_id, position),
    FOREIGN KEY (site_id, group_id) REFERENCES change_group ON DELETE CASCADE
);
SELECT secure_table('change_item');

CREATE TABLE issue_link (
    site_id        integer NOT NULL,
    id             bigint  NOT NULL,
    type_id        bigint  NOT NULL,
    source_id      bigint  NOT NULL,
    destination_id bigint  NOT NULL,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, type_id) REFERENCES issue_link_type ON DELETE CASCADE,
    FOREIGN KEY (site_id, source_id) REFERENCES issue ON DELETE CASCADE,
    FOREIGN KEY (site_id, destination_id) REFERENCES issue ON DELETE CASCADE
);
CREATE INDEX issue_link_source ON issue_link (site_id, source_id);
CREATE INDEX issue_link_destination ON issue_link (site_id, destination_id);
SELECT secure_table('issue_link');

CREATE TABLE watcher (
    site_id    integer NOT NULL,
    issue_id   bigint  NOT NULL,
    account_id text    NOT NULL,
    PRIMARY KEY (site_id, issue_id, account_id),
    FOREIGN KEY (site_id, issue_id) REFERENCES issue ON DELETE CASCADE
);
CREATE INDEX watcher_account ON watcher (site_id, account_id);
SELECT secure_table('watcher');

CREATE TABLE vote (
    site_id    integer NOT NULL,
    issue_id   bigint  NOT NULL,
    account_id text    NOT NULL,
    PRIMARY KEY (site_id, issue_id, account_id),
    FOREIGN KEY (site_id, issue_id) REFERENCES issue ON DELETE CASCADE
);
CREATE INDEX vote_account ON vote (site_id, account_id);
SELECT secure_table('vote');

CREATE TABLE attachment (
    site_id   integer     NOT NULL,
    id        bigint      NOT NULL,
    issue_id  bigint      NOT NULL,
    media_id  uuid        NOT NULL,
    file_name text        NOT NULL,
    author    text        NOT NULL,
    created   timestamptz NOT NULL,
    size      bigint      NOT NULL,
    mime_type text        NOT NULL,
    content   bytea       NOT NULL,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, issue_id) REFERENCES issue ON DELETE CASCADE
);
CREATE INDEX attachment_issue ON attachment (site_id, issue_id);
SELECT secure_table('attachment');

-- Entity properties (J-118); owner is the kind of thing they hang on.
CREATE TABLE property (
    site_id  integer NOT NULL,
    owner    text    NOT NULL,
    owner_id text    NOT NULL,
    key      text    NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    value    json    NOT NULL,
    PRIMARY KEY (site_id, owner, owner_id, key)
);
SELECT secure_table('property');
