-- What searches found that are paged through as of one moment: ids of issues in order.
CREATE TABLE search_result (
    site_id   integer     NOT NULL,
    id        bigint      NOT NULL,
    created   timestamptz NOT NULL,
    issue_ids bigint[]    NOT NULL,
    PRIMARY KEY (site_id, id)
);
CREATE INDEX search_result_age ON search_result (site_id, created);
SELECT secure_table('search_result');

-- JQL functions of apps, as their manifests declare them.
CREATE TABLE jql_function (
    site_id    integer NOT NULL,
    -- The key of the module, with the app's before it.
    key        text    NOT NULL,
    name       text    NOT NULL,
    -- The account that the app calls with.
    account_id text    NOT NULL,
    -- [{name, required}]
    arguments  jsonb   NOT NULL DEFAULT '[]',
    operators  text[]  NOT NULL,
    PRIMARY KEY (site_id, key),
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE
);
CREATE UNIQUE INDEX jql_function_name ON jql_function (site_id, lower(name));
CREATE INDEX jql_function_account ON jql_function (site_id, account_id);
SELECT secure_table('jql_function');

-- What stands for a call of such a function in a query. The id is made of the call, so that each has one.
CREATE TABLE jql_precomputation (
    site_id      integer     NOT NULL,
    id           uuid        NOT NULL,
    function_key text        NOT NULL,
    field        text        NOT NULL,
    operator     text        NOT NULL,
    arguments    text[]      NOT NULL,
    -- JQL, or a sentence for who runs the query; neither until the app has answered.
    value        text,
    error        text,
    created      timestamptz NOT NULL,
    updated      timestamptz NOT NULL,
    used         timestamptz NOT NULL,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, function_key) REFERENCES jql_function ON DELETE CASCADE
);
CREATE INDEX jql_precomputation_function ON jql_precomputation (site_id, function_key);
SELECT secure_table('jql_precomputation');
