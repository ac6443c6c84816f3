-- Removed accounts leave the site but stay resolvable: what they wrote keeps its author.
ALTER TABLE account ADD removed boolean NOT NULL DEFAULT false;

-- Names of groups differ by more than case.
CREATE UNIQUE INDEX user_group_name ON user_group (site_id, lower(name));
CREATE INDEX membership_account ON membership (site_id, account_id);

-- Groups whose members may use a product. New accounts for it join those that are default.
CREATE TABLE application_role_group (
    site_id    integer NOT NULL,
    role_key   text    NOT NULL,
    group_id   uuid    NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    PRIMARY KEY (site_id, role_key, group_id),
    FOREIGN KEY (site_id, group_id) REFERENCES user_group ON DELETE CASCADE
);
SELECT secure_table('application_role_group');
-- Sites from before this table.
INSERT INTO application_role_group (site_id, role_key, group_id, is_default)
SELECT site_id, 'jira-software', group_id, name = 'jira-software-users' FROM user_group
WHERE name IN ('jira-software-users', 'jira-administrators');

-- What an account has chosen for itself; without a row, Jira's default holds.
CREATE TABLE preference (
    site_id    integer NOT NULL,
    account_id text    NOT NULL,
    key        text    NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    value      text    NOT NULL,
    PRIMARY KEY (site_id, account_id, key),
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE
);
SELECT secure_table('preference');

-- Ids of the fields that an account sees as columns of issue tables; without a row, the site's default holds.
CREATE TABLE user_columns (
    site_id    integer NOT NULL,
    account_id text    NOT NULL,
    columns    text[]  NOT NULL,
    PRIMARY KEY (site_id, account_id),
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE
);
SELECT secure_table('user_columns');
