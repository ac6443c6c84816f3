"""The library `atlassian-python-api`, used as its documentation shows."""

import pytest
from atlassian_site import jira, key  # noqa: F401
from requests import HTTPError


def test_creates_reads_and_edits_an_issue(jira, key):
    issue = jira.get_issue(key)
    assert issue["fields"]["summary"] == "New"
    assert issue["fields"]["reporter"]["accountId"] == jira.myself()["accountId"]
    jira.update_issue_field(key, {"summary": "Other", "labels": ["a"]})
    assert jira.issue_field_value(key, "summary") == "Other"
    assert jira.get_issue(key, fields=["labels"])["fields"] == {"labels": ["a"]}
    assert jira.issue_exists(key) and not jira.issue_exists("DEMO-99999")
    with pytest.raises(HTTPError):
        jira.create_issue(fields={"project": {"key": "DEMO"}})
    jira.delete_issue(key)
    assert jira.issue_deleted(key)


def test_assigns_and_watches(site, jira, key):
    (developer,) = jira.user_find_by_user_string(query=site.developer[0])
    jira.assign_issue(key, developer["accountId"])
    assert jira.get_issue(key)["fields"]["assignee"]["displayName"] == "Dana Developer"
    jira.issue_add_watcher(key, developer["accountId"])
    assert jira.issue_get_watchers(key)["watchCount"] == 2
    jira.issue_delete_watcher(key, account_id=developer["accountId"])
    assert jira.issue_get_watchers(key)["watchCount"] == 1


def test_moves_an_issue_to_a_status(jira, key):
    assert jira.get_issue_status(key) == "To Do"
    assert "Done" in {transition["to"] for transition in jira.get_issue_transitions(key)}
    jira.issue_transition(key, "In Progress")
    assert jira.get_issue_status(key) == "In Progress"
    changes = jira.get_issue_status_changelog(key)
    assert [(change["from"], change["to"]) for change in changes] == [("To Do", "In Progress")]


def test_searches(jira):
    query = "project = DEMO ORDER BY created ASC"
    first = jira.jql(query, limit=2)
    assert [issue["key"] for issue in first["issues"]] == ["DEMO-1", "DEMO-2"]
    second = jira.enhanced_jql(query, fields=["summary"], nextPageToken=first["nextPageToken"], limit=2)
    assert [issue["key"] for issue in second["issues"]] == ["DEMO-3", "DEMO-4"]
    every = jira.enhanced_jql_get_list_of_tickets(query, fields="summary")
    assert len(every) > 4
    assert jira.approximate_issue_count("project = DEMO")["count"] == len(every)


def test_reads_projects_and_fields(jira):
    assert {"DEMO", "TEAM", "OPS"} <= {project["key"] for project in jira.projects()}
    assert jira.project("DEMO")["name"] == "Demo Project"
    assert "summary" in {field["id"] for field in jira.get_all_fields()}
    assert "Blocks" in {kind["name"] for kind in jira.get_issue_link_types()}


def test_comments(jira, key):
    comment = jira.issue_add_comment(key, "A *word*.")
    assert comment["body"] == "A *word*."
    jira.issue_edit_comment(key, comment["id"], "Another.")
    assert [comment["body"] for comment in jira.issue_get_comments(key)["comments"]] == ["Another."]


def test_links_and_attachments(jira, key, tmp_path):
    jira.create_issue_link(
        {"type": {"name": "Relates"}, "inwardIssue": {"key": key}, "outwardIssue": {"key": "DEMO-1"}}
    )
    (link,) = jira.get_issue(key)["fields"]["issuelinks"]
    assert jira.get_issue_link(link["id"])["outwardIssue"]["key"] == "DEMO-1"
    jira.remove_issue_link(link["id"])
    assert jira.get_issue(key)["fields"]["issuelinks"] == []
    file = tmp_path / "notes.txt"
    file.write_bytes(b"Hello")
    (attached,) = jira.add_attachment(key, str(file))
    assert jira.get_attachments_ids_from_issue(key) == [{"filename": "notes.txt", "attachment_id": attached["id"]}]
    assert jira.get_attachment_content(attached["id"]) == b"Hello"
    jira.remove_attachment(attached["id"])
    assert jira.get_attachments_ids_from_issue(key) == []
