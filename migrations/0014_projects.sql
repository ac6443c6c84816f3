-- Ids that had no counter, and what other sites get from the template.
INSERT INTO counter (site_id, kind, value) SELECT site_id, 'role_actor', max(id) FROM role_actor GROUP BY site_id
    ON CONFLICT (site_id, kind) DO UPDATE SET value = greatest(counter.value, excluded.value);
-- Smaller numbers are those of the avatars that Jira brings along.
INSERT INTO counter (site_id, kind, value) SELECT site_id, 'avatar', 10999 FROM site ON CONFLICT DO NOTHING;

CREATE UNIQUE INDEX role_actor_account ON role_actor (site_id, role_id, coalesce(project_id, 0), account_id)
    WHERE account_id IS NOT NULL;
CREATE UNIQUE INDEX role_actor_group ON role_actor (site_id, role_id, coalesce(project_id, 0), group_id)
    WHERE group_id IS NOT NULL;
CREATE UNIQUE INDEX role_name ON role (site_id, lower(name), coalesce(project_id, 0));
CREATE UNIQUE INDEX project_category_name ON project_category (site_id, lower(name));

-- Account id of who drives it.
ALTER TABLE version ADD COLUMN driver text;

-- Links that belong to a version.
CREATE TABLE related_work (
    site_id    integer NOT NULL,
    id         uuid    NOT NULL,
    version_id bigint  NOT NULL,
    -- the order in which they were made
    position   bigint  NOT NULL,
    category   text    NOT NULL,
    title      text,
    url        text    NOT NULL,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, version_id) REFERENCES version ON DELETE CASCADE
);
CREATE INDEX related_work_version ON related_work (site_id, version_id, position);
SELECT secure_table('related_work');

CREATE TABLE notification_scheme (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('notification_scheme');

-- Who is told of an event (domain::notification).
CREATE TABLE notification (
    site_id   integer NOT NULL,
    id        bigint  NOT NULL,
    scheme_id bigint  NOT NULL,
    event_id  bigint  NOT NULL,
    -- such as CurrentAssignee, and the account, group, role, field or address that it names
    recipient text    NOT NULL,
    parameter text,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, scheme_id) REFERENCES notification_scheme ON DELETE CASCADE
);
CREATE INDEX notification_scheme_events ON notification (site_id, scheme_id, event_id, id);
SELECT secure_table('notification');

INSERT INTO notification_scheme (site_id, id, name) SELECT site_id, 10000, 'Default Notification Scheme' FROM site;
INSERT INTO notification (site_id, id, scheme_id, event_id, recipient)
    SELECT s.site_id, 10000 + row_number() OVER (PARTITION BY s.site_id ORDER BY e.id, r.place) - 1, 10000, e.id, r.name
    FROM site s CROSS JOIN generate_series(1, 17) e(id)
    CROSS JOIN (VALUES (1, 'CurrentAssignee'), (2, 'Reporter'), (3, 'AllWatchers')) r(place, name);

ALTER TABLE project
    ADD COLUMN notification_scheme_id bigint,
    -- where it differs from the site's
    ADD COLUMN sender_address text,
    -- key of a feature to whether it is on, where that differs from how projects begin
    ADD COLUMN features jsonb NOT NULL DEFAULT '{}',
    ADD FOREIGN KEY (site_id, notification_scheme_id) REFERENCES notification_scheme;
UPDATE project SET notification_scheme_id = 10000;

-- Pictures that were uploaded: square, at most 256 pixels wide.
CREATE TABLE avatar (
    site_id       integer NOT NULL,
    id            bigint  NOT NULL,
    -- one of these owns it
    project_id    bigint,
    issue_type_id bigint,
    priority_id   bigint,
    png           bytea   NOT NULL,
    PRIMARY KEY (site_id, id),
    CHECK (num_nonnulls(project_id, issue_type_id, priority_id) = 1),
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE,
    FOREIGN KEY (site_id, issue_type_id) REFERENCES issue_type ON DELETE CASCADE,
    FOREIGN KEY (site_id, priority_id) REFERENCES priority ON DELETE CASCADE
);
CREATE INDEX avatar_project ON avatar (site_id, project_id) WHERE project_id IS NOT NULL;
CREATE INDEX avatar_issue_type ON avatar (site_id, issue_type_id) WHERE issue_type_id IS NOT NULL;
CREATE INDEX avatar_priority ON avatar (site_id, priority_id) WHERE priority_id IS NOT NULL;
SELECT secure_table('avatar');
