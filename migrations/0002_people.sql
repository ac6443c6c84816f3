CREATE TABLE account (
    site_id      integer     NOT NULL,
    account_id   text        NOT NULL CHECK (length(account_id) BETWEEN 1 AND 128),
    account_type text        NOT NULL DEFAULT 'atlassian' CHECK (account_type IN ('atlassian', 'app', 'customer')),
    email        text,
    email_public boolean     NOT NULL DEFAULT true,
    display_name text        NOT NULL,
    active       boolean     NOT NULL DEFAULT true,
    time_zone    text        NOT NULL DEFAULT 'Etc/UTC',
    locale       text        NOT NULL DEFAULT 'en_US',
    created      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, account_id)
);
CREATE UNIQUE INDEX account_email ON account (site_id, lower(email));
SELECT secure_table('account');

CREATE TABLE api_token (
    site_id    integer     NOT NULL,
    token_hash bytea       NOT NULL CHECK (length(token_hash) = 32),
    account_id text        NOT NULL,
    label      text        NOT NULL DEFAULT '',
    -- Published in the documentation: refused unless the server listens on loopback.
    well_known boolean     NOT NULL DEFAULT false,
    created    timestamptz NOT NULL DEFAULT now(),
    expires    timestamptz,
    PRIMARY KEY (site_id, token_hash),
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE
);
SELECT secure_table('api_token');

CREATE TABLE user_group (
    site_id  integer NOT NULL,
    group_id uuid    NOT NULL,
    name     text    NOT NULL,
    PRIMARY KEY (site_id, group_id),
    UNIQUE (site_id, name)
);
SELECT secure_table('user_group');

CREATE TABLE membership (
    site_id    integer NOT NULL,
    group_id   uuid    NOT NULL,
    account_id text    NOT NULL,
    PRIMARY KEY (site_id, group_id, account_id),
    FOREIGN KEY (site_id, group_id) REFERENCES user_group ON DELETE CASCADE,
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE
);
SELECT secure_table('membership');

-- Global permissions; without a group, for anyone.
CREATE TABLE global_grant (
    site_id    integer NOT NULL,
    id         bigint  NOT NULL,
    permission text    NOT NULL,
    group_id   uuid,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, group_id) REFERENCES user_group ON DELETE CASCADE
);
SELECT secure_table('global_grant');
