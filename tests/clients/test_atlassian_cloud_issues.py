"""`JiraCloud` of `atlassian-python-api`: issues, and what hangs on them."""

import io
import os
import time
import zipfile

import requests
from atlassian_site import cloud, developer, document, jira, refused  # noqa: F401

SERVER = os.environ["MOCK_JIRA_URL"]
TASK = {"project": {"key": "DEMO"}, "issuetype": {"name": "Task"}}


def make(cloud, summary):
    return cloud.create_issue(data={"fields": {**TASK, "summary": summary}})


def finished(cloud, task_id):
    while True:
        progress = cloud.get_bulk_operation_progress(task_id)
        if progress["status"] not in ("ENQUEUED", "RUNNING"):
            return progress


def test_issues(cloud, developer):
    issue = make(cloud, "One")
    key = issue["key"]
    several = cloud.create_issues(data={"issueUpdates": [{"fields": {**TASK, "summary": name}} for name in "ab"]})
    assert len(several["issues"]) == 2 and several["errors"] == []
    cloud.edit_issue(key, data={"fields": {"summary": "Changed", "labels": ["x"]}})
    cloud.assign_issue(key, data={"accountId": developer})
    fetched = cloud.bulk_fetch_issues(data={"issueIdsOrKeys": [key], "fields": ["summary", "assignee"]})
    assert fetched["issues"][0]["fields"]["summary"] == "Changed"
    assert fetched["issues"][0]["fields"]["assignee"]["accountId"] == developer
    kinds = cloud.get_create_issue_meta_issue_types("DEMO")["issueTypes"]
    task = next(kind for kind in kinds if kind["name"] == "Task")
    assert any(f["fieldId"] == "summary" for f in cloud.get_create_issue_meta_issue_type_id("DEMO", task["id"])["fields"])
    cloud.do_transition(key, data={"transition": {"id": cloud.get_transitions(key)["transitions"][-1]["id"]}})
    history = cloud.get_change_logs(key)["values"]
    wanted = cloud.get_change_logs_by_ids(key, data={"changelogIds": [int(history[0]["id"])]})
    assert wanted["histories"] == [history[0]]
    bulk = cloud.get_bulk_changelogs(data={"issueIdsOrKeys": [key]})
    assert len(bulk["issueChangeLogs"][0]["changeHistories"]) == len(history)
    found = cloud.search_and_reconsile_issues_using_jql_post(data={"jql": "summary ~ 'Changed'", "fields": ["summary"]})
    assert [one["key"] for one in found["issues"]] == [key]
    assert cloud.count_issues(data={"jql": "labels = x"})["count"] == 1
    matched = cloud.match_issues(data={"issueIds": [int(issue["id"])], "jqls": ["labels = x", "labels = y"]})
    assert [one["matchedIssues"] for one in matched["matches"]] == [[int(issue["id"])], []]
    refused(410, cloud.search_for_issues_using_jql, jql="labels = x")
    refused(410, cloud.search_for_issues_using_jql_post, data={"jql": "labels = x"})
    cloud.notify(key, data={"subject": "S", "textBody": "T", "to": {"users": [{"accountId": developer}]}})
    cloud.delete_issue(key)
    refused(404, cloud.get_issue, key)


def test_archive(cloud):
    key = make(cloud, "Old")["key"]
    assert cloud.archive_issues(data={"issueIdsOrKeys": [key]})["numberOfIssuesUpdated"] == 1
    assert cloud.export_archived_issues(data={"projects": ["DEMO"]})["status"] == "ENQUEUED"
    assert cloud.unarchive_issues(data={"issueIdsOrKeys": [key]})["numberOfIssuesUpdated"] == 1
    task = cloud.archive_issues_async(data={"jql": f"key = {key}"}).rsplit("/", 1)[-1]
    while cloud.get_task(task)["status"] in ("ENQUEUED", "RUNNING"):
        time.sleep(0)
    refused(400, cloud.edit_issue, key, data={"fields": {"summary": "New"}})


def test_comments(cloud):
    made = cloud.add_comment("DEMO-1", data={"body": document("One")})
    cloud.update_comment("DEMO-1", made["id"], data={"body": document("Two")})
    assert cloud.get_comment("DEMO-1", made["id"])["body"] == document("Two")
    assert cloud.get_comments_by_ids(data={"ids": [int(made["id"])]})["total"] == 1
    cloud.set_comment_property(made["id"], "k", data={"v": 1})
    assert cloud.get_comment_property(made["id"], "k")["value"] == {"v": 1}
    assert [one["key"] for one in cloud.get_comment_property_keys(made["id"])["keys"]] == ["k"]
    cloud.delete_comment_property(made["id"], "k")
    refused(404, cloud.get_comment_property, made["id"], "k")
    cloud.delete_comment("DEMO-1", made["id"])
    refused(404, cloud.get_comment, "DEMO-1", made["id"])


def test_worklogs(cloud):
    made = cloud.add_worklog("DEMO-1", data={"timeSpent": "1h"})
    cloud.update_worklog("DEMO-1", made["id"], data={"timeSpent": "2h"})
    assert cloud.get_worklog("DEMO-1", made["id"])["timeSpentSeconds"] == 7200
    assert cloud.get_worklogs_for_ids(data={"ids": [int(made["id"])]})[0]["timeSpent"] == "2h"
    cloud.set_worklog_property("DEMO-1", made["id"], "k", data={"v": 1})
    assert cloud.get_worklog_property("DEMO-1", made["id"], "k")["value"] == {"v": 1}
    assert len(cloud.get_worklog_property_keys("DEMO-1", made["id"])["keys"]) == 1
    cloud.delete_worklog_property("DEMO-1", made["id"], "k")
    moved = {"ids": [int(made["id"])], "issueIdOrKey": "DEMO-2"}
    cloud.bulk_move_worklogs("DEMO-1", data=moved)
    assert cloud.get_issue_worklog("DEMO-2")["total"] == 1
    cloud.bulk_delete_worklogs("DEMO-2", data={"ids": [int(made["id"])]})
    other = cloud.add_worklog("DEMO-1", data={"timeSpentSeconds": 60})
    cloud.delete_worklog("DEMO-1", other["id"])
    assert cloud.get_issue_worklog("DEMO-1")["total"] == 0


def test_attachments(cloud):
    headers = {"X-Atlassian-Token": "no-check"}
    (made,) = cloud.add_attachment("DEMO-1", headers=headers, files={"file": ("a.txt", b"hello")})
    assert cloud.get_attachment(made["id"])["size"] == 5
    assert cloud.get_attachment_content(made["id"], advanced_mode=True).content == b"hello"
    thumbnail = cloud.get_attachment_thumbnail(made["id"], advanced_mode=True)
    assert thumbnail.headers["content-type"].startswith("image/") and len(thumbnail.content) > 100
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("b.txt", "within")
    (pack,) = cloud.add_attachment("DEMO-1", headers=headers, files={"file": ("b.zip", packed.getvalue())})
    assert cloud.expand_attachment_for_humans(pack["id"])["entries"][0]["path"] == "b.txt"
    assert cloud.expand_attachment_for_machines(pack["id"])["entries"][0]["name"] == "b.txt"
    cloud.remove_attachment(made["id"])
    refused(404, cloud.get_attachment, made["id"])


def test_links(cloud):
    kind = cloud.create_issue_link_type(data={"name": "Tests", "inward": "is tested by", "outward": "tests"})
    cloud.update_issue_link_type(kind["id"], data={"name": "Proves"})
    assert cloud.get_issue_link_type(kind["id"])["name"] == "Proves"
    ends = {"inwardIssue": {"key": "DEMO-1"}, "outwardIssue": {"key": "DEMO-2"}}
    cloud.link_issues(data={"type": {"name": "Proves"}, **ends})
    (link,) = cloud.get_issue("DEMO-1", fields="issuelinks")["fields"]["issuelinks"]
    assert cloud.get_issue_link(link["id"])["outwardIssue"]["key"] == "DEMO-2"
    cloud.delete_issue_link(link["id"])
    cloud.delete_issue_link_type(kind["id"])
    refused(404, cloud.get_issue_link_type, kind["id"])
    thing = {"object": {"url": "https://a.example", "title": "A"}, "globalId": "g"}
    made = cloud.create_or_update_remote_issue_link("DEMO-1", data=thing)
    thing["object"]["title"] = "B"
    cloud.update_remote_issue_link("DEMO-1", made["id"], data=thing)
    assert cloud.get_remote_issue_link_by_id("DEMO-1", made["id"])["object"]["title"] == "B"
    cloud.delete_remote_issue_link_by_global_id("DEMO-1", "g")
    other = cloud.create_or_update_remote_issue_link("DEMO-1", data=thing)
    cloud.delete_remote_issue_link_by_id("DEMO-1", other["id"])
    assert cloud.get_remote_issue_links("DEMO-1") == []


def test_votes_and_watchers(cloud, developer):
    cloud.add_vote("DEMO-1")
    assert cloud.get_votes("DEMO-1")["hasVoted"]
    cloud.remove_vote("DEMO-1")
    assert not cloud.get_votes("DEMO-1")["hasVoted"]
    cloud.add_watcher("DEMO-1", data=developer)
    assert developer in [one["accountId"] for one in cloud.get_issue_watchers("DEMO-1")["watchers"]]
    cloud.remove_watcher("DEMO-1", account_id=developer)
    assert developer not in [one["accountId"] for one in cloud.get_issue_watchers("DEMO-1")["watchers"]]
    for change, watching in ((cloud.add_watcher, True), (cloud.remove_watcher, False)):
        me = cloud.get_current_user()["accountId"]
        change("DEMO-1", **({"data": me} if watching else {"account_id": me}))
        asked = cloud.get_is_watching_issue_bulk(data={"issueIds": ["10000"]})
        assert asked["issuesIsWatching"] == {"10000": watching}


def test_properties(cloud):
    cloud.set_issue_property("DEMO-1", "k", data={"v": 1})
    assert cloud.get_issue_property("DEMO-1", "k")["value"] == {"v": 1}
    cloud.delete_issue_property("DEMO-1", "k")
    refused(404, cloud.get_issue_property, "DEMO-1", "k")

    def done(task):
        while task["status"] not in ("COMPLETE", "FAILED"):
            time.sleep(0)
            task = cloud.get_task(task["id"])
        assert task["status"] == "COMPLETE"

    done(cloud.bulk_set_issue_property("k", data={"value": 1, "filter": {"entityIds": [10000]}}))
    done(cloud.bulk_set_issues_properties_list(data={"entitiesIds": [10001], "properties": {"k": 2}}))
    done(cloud.bulk_set_issue_properties_by_issue(data={"issues": [{"issueID": 10002, "properties": {"k": 3}}]}))
    assert [cloud.get_issue_property(f"DEMO-{n}", "k")["value"] for n in (1, 2, 3)] == [1, 2, 3]
    done(cloud.bulk_delete_issue_property("k", data={"entityIds": [10000, 10001, 10002]}))
    assert cloud.get_issue_property_keys("DEMO-1")["keys"] == []


def test_bulk(cloud):
    keys = [make(cloud, name)["key"] for name in "ab"]
    chosen = {"selectedIssueIdsOrKeys": keys}
    assert any(field["id"] == "priority" for field in cloud.get_bulk_editable_fields(",".join(keys))["fields"])
    edit = {"selectedActions": ["priority"], "editedFieldsInput": {"priority": {"priorityId": "1"}}, **chosen}
    done = finished(cloud, cloud.submit_bulk_edit(data=edit)["taskId"])
    assert done["status"] == "COMPLETE" and len(done["processedAccessibleIssues"]) == 2
    offered = cloud.get_available_transitions(",".join(keys))["availableTransitions"][0]["transitions"]
    step = {"selectedIssueIdsOrKeys": keys, "transitionId": str(offered[-1]["transitionId"])}
    done = finished(cloud, cloud.submit_bulk_transition(data={"bulkTransitionInputs": [step]})["taskId"])
    assert len(done["processedAccessibleIssues"]) == 2
    for submit, watching in ((cloud.submit_bulk_unwatch, False), (cloud.submit_bulk_watch, True)):
        finished(cloud, submit(data=chosen)["taskId"])
        assert cloud.get_issue_watchers(keys[0])["isWatching"] == watching
    types = cloud.get_project("OPS")["issueTypes"]
    task = next(kind for kind in types if kind["name"] == "Task")["id"]
    infer = {f"infer{what}": True for what in ("FieldDefaults", "StatusDefaults", "SubtaskTypeDefault", "ClassificationDefaults")}
    move = {"targetToSourcesMapping": {f"OPS,{task}": {"issueIdsOrKeys": keys, **infer}}}
    done = finished(cloud, cloud.submit_bulk_move(data=move)["taskId"])
    assert len(done["processedAccessibleIssues"]) == 2
    assert cloud.get_issue(keys[0])["fields"]["project"]["key"] == "OPS"
    finished(cloud, cloud.submit_bulk_delete(data=chosen)["taskId"])
    refused(404, cloud.get_issue, keys[0])


def test_queries(cloud):
    parsed = cloud.parse_jql_queries(data={"queries": ["a = 1 AND", "project = DEMO"]})["queries"]
    assert parsed[0]["errors"] and parsed[1]["structure"]["where"]["field"]["name"] == "project"
    assert cloud.get_auto_complete_post(data={})["visibleFieldNames"]
    migrated = cloud.migrate_queries(data={"queryStrings": ["project = DEMO"]})
    assert migrated == {"queryStrings": ["project = DEMO"], "queriesWithUnknownUsers": []}
    sanitized = cloud.sanitise_jql_queries(data={"queries": [{"query": "project = DEMO"}]})["queries"]
    assert sanitized[0]["sanitizedQuery"]
    suggested = cloud.get_field_auto_complete_for_query_string(field_name="project", field_value="Demo")
    assert [one["value"] for one in suggested["results"]] == ["Demo Project"]
    picked = cloud.get_issue_picker_resource(query="sign", current_jql="project = DEMO")["sections"]
    assert any(issue["key"] == "DEMO-1" for section in picked for issue in section["issues"])


def test_functions_of_apps(cloud, site):
    function = {
        "key": "ari:cloud:ecosystem::extension/1/2/static/f",
        "name": "issuesWithText",
        "accountId": cloud.get_current_user()["accountId"],
        "arguments": [{"name": "text", "required": True}],
        "operators": ["in"],
    }
    made = requests.post(f"{SERVER}/_mock/sites/{site.name}/jql-functions", json=function, timeout=30)
    assert made.status_code == 201
    query = "project = DEMO AND issue in issuesWithText('keys')"
    assert cloud.enhanced_jql(query)["issues"] == []
    (wanted,) = cloud.get_precomputations()["values"]
    assert wanted["arguments"] == ["keys"]
    cloud.update_precomputations(data={"values": [{"id": wanted["id"], "value": "key = DEMO-2"}]})
    assert [issue["key"] for issue in cloud.enhanced_jql(query)["issues"]] == ["DEMO-2"]
    found = cloud.get_precomputations_by_id(data={"precomputationIDs": [wanted["id"]]})
    assert found["precomputations"][0]["value"] == "key = DEMO-2"


def test_expressions(cloud):
    assert cloud.analyse_expression(data={"expressions": ["1 + 1"]})["results"][0]["valid"]
    asked = {"expression": "issue.key", "context": {"issue": {"key": "DEMO-1"}}}
    assert cloud.evaluate_jsisjira_expression(data=asked)["value"] == "DEMO-1"
    refused(410, cloud.evaluate_jira_expression, data=asked)
