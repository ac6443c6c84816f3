-- Since when and by whom a field is in the trash: its values, contexts and places on screens stay.
ALTER TABLE custom_field
    ADD COLUMN trashed    timestamptz,
    ADD COLUMN trashed_by text;

ALTER TABLE field_context
    -- What stands beside the default value: the filter of a user picker, the order of versions.
    ADD COLUMN details       jsonb NOT NULL DEFAULT '{}',
    -- An app's own settings for its field, and their schema.
    ADD COLUMN configuration json,
    ADD COLUMN config_schema json;
CREATE INDEX field_context_field ON field_context (site_id, field_id);

-- A removed option is offered nowhere, but names what issues had until a task has changed them all.
ALTER TABLE field_option ADD COLUMN removed boolean NOT NULL DEFAULT false;
CREATE INDEX field_option_context ON field_option (site_id, context_id);

-- Options of an app's select list; they are counted per field.
CREATE TABLE app_field_option (
    site_id    integer NOT NULL,
    field_id   bigint  NOT NULL,
    id         bigint  NOT NULL,
    value      text    NOT NULL,
    properties jsonb   NOT NULL DEFAULT '{}',
    -- in which projects it can be seen and chosen, as the API gives it
    config     jsonb   NOT NULL DEFAULT '{}',
    PRIMARY KEY (site_id, field_id, id),
    FOREIGN KEY (site_id, field_id) REFERENCES custom_field ON DELETE CASCADE
);
SELECT secure_table('app_field_option');

-- Settings that differ from Jira's own, by the keys of its application properties.
CREATE TABLE application_property (
    site_id integer NOT NULL,
    key     text    NOT NULL,
    value   text    NOT NULL,
    PRIMARY KEY (site_id, key)
);
SELECT secure_table('application_property');
