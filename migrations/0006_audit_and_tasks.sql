-- One sequence for all sites: a counter per site would make its writers wait for each other.
CREATE SEQUENCE audit_record_id;
GRANT USAGE ON SEQUENCE audit_record_id TO mock_jira_server;

-- Who did what: one row a change, written in the change's own transaction.
CREATE TABLE audit_record (
    site_id     integer     NOT NULL,
    id          bigint      NOT NULL DEFAULT nextval('audit_record_id'),
    created     timestamptz NOT NULL,
    author      text, -- null: anonymous, or the administration of the server
    area        text, -- Jira's category; null where Jira's own log is silent
    summary     text        NOT NULL,
    object_type text        NOT NULL,
    object_id   text        NOT NULL,
    object_name text        NOT NULL,
    changes     jsonb       NOT NULL, -- [{field, from?, to?}]
    associated  jsonb       NOT NULL, -- [{type, id, name}]
    PRIMARY KEY (site_id, id)
);
CREATE INDEX audit_record_object ON audit_record (site_id, object_type, object_id, id);
SELECT secure_table('audit_record');

-- Work that goes on after its request was answered (T-1).
CREATE TABLE task (
    site_id      integer     NOT NULL,
    id           bigint      NOT NULL,
    job          jsonb       NOT NULL,
    description  text        NOT NULL,
    submitted_by text        NOT NULL,
    state        text        NOT NULL DEFAULT 'ENQUEUED',
    progress     integer     NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    checkpoint   jsonb       NOT NULL DEFAULT 'null', -- what the job needs to go on where it stood
    message      text,
    result       jsonb,
    submitted    timestamptz NOT NULL,
    started      timestamptz,
    finished     timestamptz,
    updated      timestamptz NOT NULL,
    PRIMARY KEY (site_id, id)
);
CREATE INDEX task_open ON task (id) WHERE finished IS NULL;
SELECT secure_table('task');
