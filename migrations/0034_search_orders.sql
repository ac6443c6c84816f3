-- Issues of a project in the orders that searches ask for. An index over all projects has to be read far where the
-- project is small, or where its issues lie far apart; in several projects searches go through one after the other.
-- Archived issues are not found, and what these indexes have is not looked up in the table.
CREATE INDEX issue_project_id ON issue (site_id, project_id, id) WHERE archived IS NULL;
CREATE INDEX issue_project_created ON issue (site_id, project_id, created, id) WHERE archived IS NULL;
CREATE INDEX issue_project_updated ON issue (site_id, project_id, updated, id) WHERE archived IS NULL;
CREATE INDEX issue_project_rank ON issue (site_id, project_id, rank, id) WHERE archived IS NULL;
-- What is still open is what is asked for by priority.
CREATE INDEX issue_project_priority ON issue (site_id, project_id, priority_id, created, id)
    INCLUDE (status_id, resolution_id) WHERE archived IS NULL;
DROP INDEX issue_rank;
DROP INDEX issue_priority;

-- The same columns, and what is to be known for counting.
DROP INDEX issue_status;
CREATE INDEX issue_status ON issue (site_id, project_id, status_id, archived, security_level_id);

-- How many issues have a value of a custom field is estimated from a sample of whole issues.
ALTER TABLE issue ALTER COLUMN custom SET STATISTICS 400;
