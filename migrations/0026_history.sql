-- The past of issues, as far as it is searched (Q-25).

-- Changes repeat what their group tells once, so that one index finds them.
ALTER TABLE change_item
    ADD COLUMN issue_id bigint,
    ADD COLUMN created  timestamptz,
    ADD COLUMN author   text;

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

-- The course of one issue's field, and changes of a field by value, author and time.
CREATE INDEX change_item_issue ON change_item (site_id, issue_id, field_id, group_id);
CREATE INDEX change_item_to ON change_item (site_id, field_id, to_value, issue_id)
    WHERE field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status');
CREATE INDEX change_item_from ON change_item (site_id, field_id, from_value, issue_id)
    WHERE field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status');
CREATE INDEX change_item_author ON change_item (site_id, field_id, author, created, issue_id)
    WHERE field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status');
CREATE INDEX change_item_created ON change_item (site_id, field_id, created, issue_id)
    WHERE field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status');

-- Names under which values stand in changes: things are found by names that they no longer have.
CREATE TABLE past_name (
    site_id  integer NOT NULL,
    field_id text    NOT NULL,
    -- in lower case
    name     text    NOT NULL,
    value    text    NOT NULL,
    PRIMARY KEY (site_id, field_id, name, value)
);
SELECT secure_table('past_name');

-- Every value that an issue has or had, as field:id; nothing after the colon is no value.
ALTER TABLE issue ADD COLUMN past text[] NOT NULL DEFAULT '{}';

CREATE FUNCTION present_values(issue) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY['assignee:' || coalesce($1.assignee, ''), 'reporter:' || coalesce($1.reporter, ''),
                 'priority:' || coalesce($1.priority_id::text, ''), 'resolution:' || coalesce($1.resolution_id::text, ''),
                 'status:' || $1.status_id]
        || CASE WHEN $1.fix_version_ids = '{}' THEN ARRAY['fixVersions:']
                ELSE ARRAY(SELECT 'fixVersions:' || id FROM unnest($1.fix_version_ids) id) END
$$;

CREATE FUNCTION remember_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.past := ARRAY(SELECT unnest(NEW.past) UNION SELECT unnest(present_values(NEW)));
    RETURN NEW;
END $$;
CREATE TRIGGER issue_made BEFORE INSERT ON issue
    FOR EACH ROW WHEN (NEW.past = '{}') EXECUTE FUNCTION remember_values();
CREATE TRIGGER issue_changed BEFORE UPDATE ON issue FOR EACH ROW
    WHEN ((OLD.assignee, OLD.reporter, OLD.priority_id, OLD.resolution_id, OLD.status_id, OLD.fix_version_ids)
        IS DISTINCT FROM (NEW.assignee, NEW.reporter, NEW.priority_id, NEW.resolution_id, NEW.status_id, NEW.fix_version_ids))
    EXECUTE FUNCTION remember_values();

-- Names of values; and values of changes that were stored without changing the issue.
CREATE FUNCTION remember_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM added WHERE field_id IN
        ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status')) THEN
        RETURN NULL;
    END IF;

    INSERT INTO past_name (site_id, field_id, name, value)
    SELECT DISTINCT a.site_id, a.field_id, lower(side.name), side.value
    FROM added a CROSS JOIN LATERAL (VALUES (a.from_string, a.from_value), (a.to_string, a.to_value)) side (name, value)
    WHERE a.field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status')
      AND side.name IS NOT NULL AND side.value IS NOT NULL
    ORDER BY 1, 2, 3, 4
    ON CONFLICT DO NOTHING;

    UPDATE issue i SET past = ARRAY(SELECT unnest(i.past) UNION SELECT unnest(told.past))
    FROM (
        SELECT a.site_id, a.issue_id, array_agg(DISTINCT a.field_id || ':' || coalesce(side.value, '')) AS past
        FROM added a CROSS JOIN LATERAL (VALUES (a.from_value), (a.to_value)) side (value)
        WHERE a.field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status')
          -- One version less is not none.
          AND (side.value IS NOT NULL OR a.field_id <> 'fixVersions')
        GROUP BY a.site_id, a.issue_id
    ) told
    WHERE i.site_id = told.site_id AND i.id = told.issue_id AND NOT i.past @> told.past;
    RETURN NULL;
END $$;
CREATE TRIGGER change_item_values AFTER INSERT ON change_item
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION remember_changes();

-- What there is already.
UPDATE issue SET past = present_values(issue);

INSERT INTO past_name (site_id, field_id, name, value)
SELECT DISTINCT a.site_id, a.field_id, lower(side.name), side.value
FROM change_item a CROSS JOIN LATERAL (VALUES (a.from_string, a.from_value), (a.to_string, a.to_value)) side (name, value)
WHERE a.field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status')
  AND side.name IS NOT NULL AND side.value IS NOT NULL
ORDER BY 1, 2, 3, 4
ON CONFLICT DO NOTHING;

UPDATE issue i SET past = ARRAY(SELECT unnest(i.past) UNION SELECT unnest(told.past))
FROM (
    SELECT a.site_id, a.issue_id, array_agg(DISTINCT a.field_id || ':' || coalesce(side.value, '')) AS past
    FROM change_item a CROSS JOIN LATERAL (VALUES (a.from_value), (a.to_value)) side (value)
    WHERE a.field_id IN ('assignee', 'fixVersions', 'priority', 'reporter', 'resolution', 'status')
      -- One version less is not none.
      AND (side.value IS NOT NULL OR a.field_id <> 'fixVersions')
    GROUP BY a.site_id, a.issue_id
) told
WHERE i.site_id = told.site_id AND i.id = told.issue_id AND NOT i.past @> told.past;

CREATE INDEX issue_past ON issue USING gin (past);

-- Pages in the order of priorities are taken from each priority in turn.
CREATE INDEX issue_priority ON issue (site_id, priority_id, created);

-- The words of a text as they are searched (Q-58): whatever stands between letters and digits separates words, also in
-- what PostgreSQL takes for addresses, paths and versions.
CREATE FUNCTION words(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('english', translate($1, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)))
$$;

-- The text of a document, for what has no better to give to words().
CREATE FUNCTION document_text(json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(part #>> '{}', ' ') FROM jsonb_path_query($1::jsonb, '$.**.text') part
$$;

UPDATE issue SET search_text = setweight(words(summary), 'A') || setweight(words(coalesce(document_text(description), '')), 'B')
    || setweight(words(coalesce(document_text(environment), '')), 'C') || ts_filter(search_text, '{d}');
UPDATE comment SET search_text = words(coalesce(document_text(body), ''));

ALTER TABLE worklog ADD COLUMN search_text tsvector NOT NULL
    GENERATED ALWAYS AS (words(coalesce(document_text(comment), ''))) STORED;
CREATE INDEX worklog_text ON worklog USING gin (search_text);
