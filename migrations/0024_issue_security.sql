-- Issue security: levels of a scheme, and who belongs to each. A project has at most one scheme.

CREATE TABLE security_scheme (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    PRIMARY KEY (site_id, id)
);
CREATE UNIQUE INDEX security_scheme_name ON security_scheme (site_id, lower(name));
SELECT secure_table('security_scheme');

CREATE TABLE security_level (
    site_id     integer NOT NULL,
    id          bigint  NOT NULL,
    scheme_id   bigint  NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    -- Given to new issues that name none.
    is_default  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, scheme_id) REFERENCES security_scheme ON DELETE CASCADE
);
CREATE UNIQUE INDEX security_level_name ON security_level (site_id, scheme_id, lower(name));
CREATE UNIQUE INDEX security_level_default ON security_level (site_id, scheme_id) WHERE is_default;
SELECT secure_table('security_level');

-- holder and parameter as in permission_grant.
CREATE TABLE security_member (
    site_id   integer NOT NULL,
    id        bigint  NOT NULL,
    level_id  bigint  NOT NULL,
    holder    text    NOT NULL,
    parameter text,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, level_id) REFERENCES security_level ON DELETE CASCADE
);
CREATE INDEX security_member_level ON security_member (site_id, level_id);
SELECT secure_table('security_member');

ALTER TABLE project ADD COLUMN security_scheme_id bigint;
ALTER TABLE project ADD CONSTRAINT project_security_scheme
    FOREIGN KEY (site_id, security_scheme_id) REFERENCES security_scheme;

-- A level is deleted only once no issue has it.
ALTER TABLE issue ADD CONSTRAINT issue_security_level
    FOREIGN KEY (site_id, security_level_id) REFERENCES security_level;
CREATE INDEX issue_security ON issue (site_id, security_level_id) WHERE security_level_id IS NOT NULL;

CREATE UNIQUE INDEX permission_scheme_name ON permission_scheme (site_id, lower(name));
CREATE INDEX permission_grant_scheme ON permission_grant (site_id, scheme_id);
CREATE INDEX project_permission_scheme ON project (site_id, permission_scheme_id);

-- Grants of sites made before they could be added were not counted.
INSERT INTO counter (site_id, kind, value)
SELECT site_id, 'permission_grant', max(id) FROM permission_grant GROUP BY site_id
ON CONFLICT (site_id, kind) DO UPDATE SET value = greatest(counter.value, excluded.value);
