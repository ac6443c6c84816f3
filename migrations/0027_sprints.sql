-- Boards, as far as sprints need them, and their sprints. Which sprints an issue is in stands in its Sprint field.

CREATE TABLE board (
    site_id    integer NOT NULL,
    id         bigint  NOT NULL,
    name       text    NOT NULL,
    type       text    NOT NULL CHECK (type IN ('scrum', 'kanban', 'simple')),
    -- where it is shown
    project_id bigint  NOT NULL,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, project_id) REFERENCES project ON DELETE CASCADE
);
CREATE INDEX board_project ON board (site_id, project_id);
SELECT secure_table('board');

CREATE TABLE sprint (
    site_id   integer     NOT NULL,
    id        bigint      NOT NULL,
    -- the board that it was made on
    board_id  bigint      NOT NULL,
    name      text        NOT NULL,
    goal      text,
    state     text        NOT NULL CHECK (state IN ('future', 'active', 'closed')),
    created   timestamptz NOT NULL,
    started   timestamptz,
    ends      timestamptz,
    completed timestamptz,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, board_id) REFERENCES board ON DELETE CASCADE
);
CREATE INDEX sprint_board ON sprint (site_id, board_id);
SELECT secure_table('sprint');
