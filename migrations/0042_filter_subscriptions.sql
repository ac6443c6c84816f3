-- Who gets what a filter finds by mail: an account, or each member of a group at an account's wish.

CREATE TABLE filter_subscription (
    site_id    integer NOT NULL,
    id         bigint  NOT NULL,
    filter_id  bigint  NOT NULL,
    account_id text    NOT NULL,
    group_id   uuid,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, filter_id) REFERENCES filter ON DELETE CASCADE,
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE,
    FOREIGN KEY (site_id, group_id) REFERENCES user_group ON DELETE CASCADE
);
CREATE INDEX filter_subscription_filter ON filter_subscription (site_id, filter_id);
SELECT secure_table('filter_subscription');

-- The subscriptions of a filter, as the server reads them.
CREATE FUNCTION subscriptions_of(filter) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'account_id', account_id, 'group_id', group_id) ORDER BY id), '[]')
    FROM filter_subscription WHERE site_id = $1.site_id AND filter_id = $1.id
$$;
