"""`atlassian-python-api`: issues and everything that hangs on them."""

import time
import zipfile

from atlassian_site import developer, jira, key, refused  # noqa: F401


def new(summary, kind="Task", **fields):
    return {"project": {"key": "DEMO"}, "issuetype": {"name": kind}, "summary": summary, **fields}


def test_creates_many_issues(jira):
    created = jira.create_issues([{"fields": new("One")}, {"fields": new("Two")}])
    keys = [issue["key"] for issue in created["issues"]]
    assert created["errors"] == [] and len(keys) == 2
    found, missing = jira.bulk_issue(keys)
    assert {issue["key"] for issue in found["issues"]} == set(keys) and missing == []
    assert jira.bulk_update_issue_field(keys, {"labels": ["both"]})
    assert [jira.get_issue_labels(key) for key in keys] == [["both"], ["both"]]


def test_creates_or_updates(jira):
    key = jira.issue_create(new("First"))["key"]
    jira.issue_create_or_update({"issuekey": key, "summary": "Second"})
    assert jira.issue_field_value(key, "summary") == "Second"
    other = jira.issue_create_or_update(new("Third"))
    assert other["key"] != key


def test_reads_an_issue(jira, key):
    assert jira.issue(key, fields="summary")["fields"] == {"summary": "New"}
    assert jira.issue(key, expand="names")["names"]["summary"] == "Summary"
    assert jira.issue_fields(key)["project"]["key"] == "DEMO"
    assert jira.get_issue_status_id(key) == jira.issue_field_value(key, "status")["id"]


def test_edits_an_issue(jira, key):
    jira.update_issue(key, {"fields": {"summary": "A"}})
    jira.edit_issue(key, {"labels": [{"add": "x"}]})
    jira.label_issue(key, ["y", "z"])
    jira.unlabel_issue(key, ["y"])
    jira.issue_field_value_append(key, "labels", "w")
    assert sorted(jira.get_issue_labels(key)) == ["w", "x", "z"]
    jira.issue_update(key, {"summary": "B"}, update={"labels": [{"set": ["only"]}]})
    assert jira.get_issue(key, fields=["summary", "labels"])["fields"] == {"summary": "B", "labels": ["only"]}


def test_the_meta_of_issues(jira, key):
    (project,) = jira.issue_createmeta("DEMO")["projects"]
    assert "summary" in project["issuetypes"][0]["fields"]
    kinds = jira.issue_createmeta_issuetypes("DEMO", limit=50)
    task = next(kind for kind in kinds["issueTypes"] if kind["name"] == "Task")
    fields = jira.issue_createmeta_fieldtypes("DEMO", task["id"], limit=50)["fields"]
    assert next(field for field in fields if field["fieldId"] == "summary")["required"]
    assert jira.issue_editmeta(key)["fields"]["summary"]["operations"] == ["set"]


def test_the_history(jira, key):
    jira.update_issue_field(key, {"summary": "Changed"})
    (change,) = jira.get_issue_changelog(key)["values"]
    assert change["items"][0]["toString"] == "Changed"
    (issue,) = jira.get_changelogs_bulk([key])["issueChangeLogs"]
    assert [history["id"] for history in issue["changeHistories"]] == [change["id"]]


def test_transitions(jira, key):
    full = jira.get_issue_transitions_full(key, expand="transitions.fields")["transitions"]
    done = jira.get_transition_id_to_status_name(key, "done")
    assert str(done) in {transition["id"] for transition in full}
    jira.set_issue_status_by_transition_id(key, str(done))
    assert jira.get_issue_status(key) == "Done"
    jira.set_issue_status(key, "To Do", update={"comment": [{"add": {"body": "Again"}}]})
    assert jira.get_issue_status(key) == "To Do"
    assert jira.issue_get_comments(key)["comments"][0]["body"] == "Again"


def test_comments_and_their_properties(jira, key):
    comment = jira.issue_add_comment(key, "See DEMO-1 and DEMO-2")
    number = comment["id"]
    assert jira.issue_get_comment(key, number)["author"]["accountId"] == jira.myself()["accountId"]
    assert [value["id"] for value in jira.issues_get_comments_by_id(int(number))["values"]] == [number]
    jira.set_comment_property(number, "state", {"read": True})
    assert [entry["key"] for entry in jira.get_comment_properties_keys(number)["keys"]] == ["state"]
    assert jira.get_comment_property(number, "state")["value"] == {"value": {"read": True}}
    jira.delete_comment_property(number, "state")
    assert jira.get_comment_properties_keys(number)["keys"] == []
    jira.update_issue_field(key, {"description": "Like DEMO-3"})
    assert jira.scrap_regex_from_issue(key, r"DEMO-\d") == ["DEMO-3", "DEMO-1", "DEMO-2"]


def test_issue_properties(jira, key):
    jira.set_issue_property(key, "flag", {"on": 1})
    assert [entry["key"] for entry in jira.get_issue_property_keys(key)["keys"]] == ["flag"]
    assert jira.get_issue_property(key, "flag")["value"] == {"on": 1}
    jira.delete_issue_property(key, "flag")
    refused(404, jira.get_issue_property, key, "flag")


def test_remote_links(jira, key):
    made = jira.create_or_update_issue_remote_links(key, "https://example.com/1", "One", global_id="g1")
    number = made["id"]
    assert jira.get_issue_remote_link_by_id(key, number)["object"]["title"] == "One"
    jira.update_issue_remote_link_by_id(key, number, "https://example.com/2", "Two", global_id="g1")
    assert jira.get_issue_remote_links(key, global_id="g1")["object"]["title"] == "Two"
    assert [link["id"] for link in jira.get_issue_remotelinks(key)] == [number]
    jira.delete_issue_remote_link_by_id(key, number)
    assert jira.get_issue_remote_links(key) == []


def test_the_tree_of_links_and_subtasks(jira, key):
    child = jira.issue_create(new("Child", "Sub-task", parent={"key": key}))["key"]
    linked = jira.issue_create(new("Linked"))["key"]
    jira.create_issue_link({"type": {"name": "Blocks"}, "inwardIssue": {"key": linked}, "outwardIssue": {"key": key}})
    tree = jira.get_issue_tree_recursive(key)
    assert {key: child} in tree and {key: linked} in tree
    refused(400, jira.delete_issue, key, delete_subtasks=False)


def test_worklogs(jira, key):
    since = time.time() - 3600
    made = jira.issue_worklog(key, "2026-01-02T03:04:05.000+0000", 3600, comment="Worked")
    other = jira.issue_add_json_worklog(key, {"timeSpent": "30m", "started": "2026-01-02T05:00:00.000+0000"})
    assert [log["timeSpentSeconds"] for log in jira.issue_get_worklog(key)["worklogs"]] == [3600, 1800]
    assert jira.issue_field_value(key, "timespent") == 5400
    ids = [int(made["id"]), int(other["id"])]
    assert sorted(int(log["id"]) for log in jira.get_worklogs(ids)) == ids
    assert jira.get_updated_worklogs(since)["lastPage"]
    assert jira.get_deleted_worklogs(since)["values"] == []


def test_attachments(jira, key, tmp_path):
    archive = tmp_path / "files.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("inner.txt", "Inner")
    with open(archive, "rb") as file:
        (attached,) = jira.add_attachment_object(key, file)
    assert jira.get_attachment(attached["id"])["filename"] == "files.zip"
    human = jira.get_attachment_expand_human(attached["id"])
    assert [entry["path"] for entry in human["entries"]] == ["inner.txt"]
    raw = jira.get_attachment_expand_raw(attached["id"])
    assert raw["totalEntryCount"] == 1 and raw["entries"][0]["name"] == "inner.txt"
    assert jira.get_attachment_meta()["enabled"]
    written = jira.get_all_attachment_contents(key, path=str(tmp_path))
    assert zipfile.ZipFile(written).namelist() == ["files.zip"]


def test_watchers_in_full(jira, key, developer):
    assert jira.issue_add_watcher(key, developer) is None
    assert developer in {watcher["accountId"] for watcher in jira.issue_get_watchers(key)["watchers"]}


def test_link_types(jira):
    made = jira.create_issue_link_type("Causes", "is caused by", "causes")
    assert jira.create_issue_link_type("causes", "a", "b") == "Link type name already exists"
    assert "Causes" in jira.get_issue_link_types_names()
    jira.update_issue_link_type(made["id"], {"name": "Leads to"})
    assert jira.get_issue_link_type(made["id"])["name"] == "Leads to"
    jira.delete_issue_link_type(made["id"])
    refused(404, jira.get_issue_link_type, made["id"])
    other = jira.create_issue_link_type_by_json({"name": "Other", "inward": "in", "outward": "out"})
    assert other["outward"] == "out"


def test_searches_in_full(jira, key):
    number = int(jira.get_issue(key)["id"])
    (match,) = jira.match_jql([number], ["project = DEMO"])["matches"]
    assert match == {"matchedIssues": [number], "errors": []}
    every = jira.jql_get_list_of_tickets("project = DEMO", fields="summary")
    assert key in {issue["key"] for issue in every}
    assert jira.get_project_issuekey_last("DEMO") == key
    assert jira.get_project_issuekey_all("DEMO", limit=2) == ["DEMO-1", "DEMO-2"]
    assert jira.get_project_issues_count("DEMO") == len(every)
    assert len(jira.get_all_project_issues("DEMO", fields="summary", limit=3)) == 3
    assert jira.get_autocomplete_data()["jqlReservedWords"]
