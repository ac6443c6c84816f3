-- Failed logins in a row, counted where the site's settings make something of them (A-9).
CREATE TABLE failed_login (
    site_id    integer NOT NULL,
    account_id text    NOT NULL,
    count      integer NOT NULL,
    PRIMARY KEY (site_id, account_id),
    FOREIGN KEY (site_id, account_id) REFERENCES account ON DELETE CASCADE
);
SELECT secure_table('failed_login');
