-- Sites (tenants), and the rules that every later table follows:
--   * the first column and the first part of every key is site_id;
--   * ids are Jira's own numbers, counted per site (table counter);
--   * secure_table() puts row-level security on it for the server's role.

CREATE TABLE site (
    site_id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text        NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    cloud_id        uuid        NOT NULL UNIQUE,
    title           text        NOT NULL,
    base_url        text,
    settings        jsonb       NOT NULL DEFAULT '{}',
    -- The site's clock: real time plus an offset, or standing still.
    clock_offset_ms bigint      NOT NULL DEFAULT 0,
    clock_frozen_at timestamptz,
    -- Counts changes of what servers keep in memory about the site.
    version         bigint      NOT NULL DEFAULT 1,
    template        boolean     NOT NULL DEFAULT false,
    created         timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION secure_table(name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    -- Without the setting the comparison is with NULL, and nothing is visible.
    EXECUTE format(
        'CREATE POLICY own_site ON %s TO mock_jira_server
         USING (site_id = nullif(current_setting(''mock_jira.site'', true), '''')::integer)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO mock_jira_server', name);
END $$;

SELECT secure_table('site');

-- The next number of each kind of thing in a site.
CREATE TABLE counter (
    site_id integer NOT NULL,
    kind    text    NOT NULL,
    value   bigint  NOT NULL,
    PRIMARY KEY (site_id, kind)
);
SELECT secure_table('counter');
