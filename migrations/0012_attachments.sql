-- Contents of attachments in pieces, so that no server holds a whole file in memory. They go in before their
-- attachment: its number is taken last, since creations in a site wait for each other from there on.
ALTER TABLE attachment ADD UNIQUE (site_id, media_id);
ALTER TABLE attachment ADD COLUMN thumbnail boolean NOT NULL DEFAULT false;

CREATE TABLE attachment_chunk (
    site_id  integer NOT NULL,
    media_id uuid    NOT NULL,
    position integer NOT NULL,
    content  bytea   NOT NULL,
    PRIMARY KEY (site_id, media_id, position),
    FOREIGN KEY (site_id, media_id) REFERENCES attachment (site_id, media_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
-- Most files are compressed already.
ALTER TABLE attachment_chunk ALTER COLUMN content SET STORAGE EXTERNAL;
SELECT secure_table('attachment_chunk');

INSERT INTO attachment_chunk (site_id, media_id, position, content)
SELECT a.site_id, a.media_id, p.position, substring(a.content FROM p.position * 262144 + 1 FOR 262144)
FROM attachment a, generate_series(0, (length(a.content) - 1) / 262144) p(position)
WHERE length(a.content) > 0;
ALTER TABLE attachment DROP COLUMN content;

-- Archived issues can be looked at, and neither found nor changed (J-136).
ALTER TABLE issue ADD COLUMN archived timestamptz;
ALTER TABLE issue ADD COLUMN archived_by text;
CREATE INDEX issue_archived ON issue (site_id, archived) WHERE archived IS NOT NULL;

-- Files that were made for somebody to fetch; the random id is what it takes.
CREATE TABLE export (
    site_id integer NOT NULL,
    id      uuid    NOT NULL,
    name    text    NOT NULL,
    content text    NOT NULL,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('export');

-- Mail that Jira would have sent. It stays when its issue goes.
CREATE TABLE mail (
    site_id    integer     NOT NULL,
    id         bigint      NOT NULL,
    sent       timestamptz NOT NULL,
    sender     text        NOT NULL,
    recipients text[]      NOT NULL,
    issue_id   bigint,
    subject    text        NOT NULL,
    text_body  text        NOT NULL,
    html_body  text        NOT NULL,
    PRIMARY KEY (site_id, id)
);
SELECT secure_table('mail');
