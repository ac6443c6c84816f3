-- A workflow has a version, told by a number and an id, and what it was in each is kept.

ALTER TABLE workflow
    ADD COLUMN version_number bigint NOT NULL DEFAULT 0,
    ADD COLUMN version_id     uuid   NOT NULL DEFAULT gen_random_uuid();

-- statuses: those of the definition, as they were then.
CREATE TABLE workflow_version (
    site_id      integer     NOT NULL,
    workflow_id  text        NOT NULL,
    number       bigint      NOT NULL,
    version_id   uuid        NOT NULL,
    name         text        NOT NULL,
    description  text        NOT NULL,
    definition   jsonb       NOT NULL,
    statuses     jsonb       NOT NULL,
    intermediate boolean     NOT NULL,
    author       text,
    written      timestamptz NOT NULL,
    PRIMARY KEY (site_id, workflow_id, number),
    FOREIGN KEY (site_id, workflow_id) REFERENCES workflow ON DELETE CASCADE
);
SELECT secure_table('workflow_version');
