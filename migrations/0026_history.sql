-- The past of issues is searched by field, value, time and author (Q-25): changes repeat what is told of them once in
-- their group, so that one index finds them.
ALTER TABLE change_item
    ADD COLUMN issue_id  bigint,
    ADD COLUMN created   timestamptz,
    ADD COLUMN author    text,
    -- Names in any case, of the fields that are searched; the others have long texts.
    ADD COLUMN from_name text GENERATED ALWAYS AS (CASE WHEN field_id IN
        ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status') THEN lower(from_string) END) STORED,
    ADD COLUMN to_name   text GENERATED ALWAYS AS (CASE WHEN field_id IN
        ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status') THEN lower(to_string) END) STORED;

UPDATE change_item i SET issue_id = g.issue_id, created = g.created, author = g.author
FROM change_group g WHERE g.site_id = i.site_id AND g.id = i.group_id;

ALTER TABLE change_item
    ALTER COLUMN issue_id SET NOT NULL,
    ALTER COLUMN created SET NOT NULL,
    ALTER COLUMN author SET NOT NULL;

CREATE FUNCTION tell_of_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT g.issue_id, g.created, g.author INTO NEW.issue_id, NEW.created, NEW.author
    FROM change_group g WHERE g.site_id = NEW.site_id AND g.id = NEW.group_id;
    RETURN NEW;
END $$;
-- Copies of whole sites bring the columns along.
CREATE TRIGGER change_item_group BEFORE INSERT ON change_item
    FOR EACH ROW WHEN (NEW.issue_id IS NULL) EXECUTE FUNCTION tell_of_group();

-- The course of one issue's field, and of a field by value, name, author and time.
CREATE INDEX change_item_issue ON change_item (site_id, issue_id, field_id, group_id);
CREATE INDEX change_item_to ON change_item (site_id, field_id, to_value, issue_id)
    WHERE field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status');
CREATE INDEX change_item_from ON change_item (site_id, field_id, from_value, issue_id)
    WHERE field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status');
CREATE INDEX change_item_to_name ON change_item (site_id, field_id, to_name) WHERE to_name IS NOT NULL;
CREATE INDEX change_item_from_name ON change_item (site_id, field_id, from_name) WHERE from_name IS NOT NULL;
CREATE INDEX change_item_author ON change_item (site_id, field_id, author, created, issue_id)
    WHERE field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status');
CREATE INDEX change_item_created ON change_item (site_id, field_id, created, issue_id)
    WHERE field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status');

-- Values that never changed are the issue's own.
CREATE INDEX issue_status_alone ON issue (site_id, status_id);
CREATE INDEX issue_resolution ON issue (site_id, resolution_id);
CREATE INDEX issue_fix_versions ON issue USING gin (fix_version_ids);

-- Pages in the order of priorities are taken from each priority in turn.
CREATE INDEX issue_priority ON issue (site_id, priority_id, created);
