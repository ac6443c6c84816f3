"""Issues and what hangs on them."""

import io
from datetime import datetime, timezone

import pytest
from jira import JIRA


def test_creates_issues(jira, refusal):
    issue = jira.create_issue(
        project="DEMO",
        summary="Printer is on fire",
        description="It is *really* hot.",
        issuetype={"name": "Bug"},
        priority={"name": "High"},
        labels=["hot"],
    )
    assert issue.key.startswith("DEMO-")
    assert issue.fields.summary == "Printer is on fire"
    assert issue.fields.description == "It is *really* hot."
    assert issue.fields.issuetype.name == "Bug"
    assert issue.fields.priority.name == "High"
    assert issue.fields.labels == ["hot"]
    assert issue.fields.status.name == "To Do"
    assert issue.fields.reporter.accountId == jira.current_user()
    assert refusal(jira.create_issue, project="DEMO", issuetype={"name": "Bug"}) == 400


def test_creates_several_issues_at_once(jira):
    def task(**more):
        return {"project": {"key": "DEMO"}, "issuetype": {"name": "Task"}, **more}

    made = jira.create_issues([task(summary="One"), task(), task(summary="Three")])
    assert [one["status"] for one in made] == ["Success", "Error", "Success"]
    assert [one["issue"].fields.summary for one in made if one["issue"]] == ["One", "Three"]
    assert list(made[1]["error"]) == ["summary"]


def test_edits_issues(jira, issue, refusal):
    issue.update(summary="Other", description="h1. Title", labels=[{"add": "new"}])
    assert (issue.fields.summary, issue.fields.description) == ("Other", "h1. Title")
    issue.update(fields={"labels": ["a", "b"], "priority": {"name": "Low"}})
    issue.add_field_value("labels", "c")
    issue.update(comment="Edited.")
    issue = jira.issue(issue.key, expand="changelog")
    assert issue.fields.labels == ["a", "b", "c"]
    assert issue.fields.priority.name == "Low"
    assert [comment.body for comment in issue.fields.comment.comments] == ["Edited."]
    changed = {item.field for history in issue.changelog.histories for item in history.items}
    assert {"summary", "description", "labels", "priority"} <= changed
    assert refusal(issue.update, fields={"nothing": 1}) == 400


def test_assigns_issues(site, jira, issue):
    assert jira.assign_issue(issue, site.developer[0])
    assignee = jira.issue(issue.key).fields.assignee
    assert assignee.displayName == "Dana Developer"
    assert jira.assign_issue(issue.key, None)
    assert jira.issue(issue.key).fields.assignee is None


def test_moves_issues_through_the_workflow(jira, issue, refusal):
    offered = {transition["name"]: transition["id"] for transition in jira.transitions(issue)}
    assert {"To Do", "In Progress", "Done"} <= set(offered)
    jira.transition_issue(issue, "in progress")
    assert jira.issue(issue.key).fields.status.name == "In Progress"
    jira.transition_issue(issue, offered["Done"], comment="Ready.")
    issue = jira.issue(issue.key)
    assert issue.fields.status.statusCategory.key == "done"
    assert issue.fields.resolution is not None
    assert [comment.body for comment in jira.comments(issue)] == ["Ready."]
    assert refusal(jira.transition_issue, issue, "99999") == 400


def test_comments(jira, issue, refusal):
    first = jira.add_comment(issue, "The *first*.")
    jira.add_comment(issue.key, "Hidden.", visibility={"type": "role", "value": "Administrators"})
    assert [comment.body for comment in jira.comments(issue)] == ["The *first*.", "Hidden."]
    assert jira.comments(issue)[1].visibility.value == "Administrators"
    assert [comment.body for comment in jira.comments(issue, order_by="-created", max_results=1)] == ["Hidden."]
    first.update(body="Changed.")
    first = jira.comment(issue.key, first.id)
    assert first.body == "Changed."
    assert first.author.accountId == jira.current_user()
    first.delete()
    assert refusal(jira.comment, issue.key, first.id) == 404
    assert len(jira.comments(issue)) == 1


def test_searches(jira, refusal):
    query = "project = DEMO ORDER BY created ASC"
    every = jira.search_issues(query, maxResults=False)
    assert len(every) > 4 and every[0].key == "DEMO-1"
    page = jira.enhanced_search_issues(query, maxResults=2, fields="summary")
    seen = list(page)
    while page.nextPageToken:
        page = jira.enhanced_search_issues(query, nextPageToken=page.nextPageToken, maxResults=2, fields="summary")
        seen += page
    assert [issue.key for issue in seen] == [issue.key for issue in every]
    assert not hasattr(seen[0].fields, "status")
    found = jira.search_issues('project = DEMO AND summary ~ "umlauts"', json_result=True)
    assert [issue["key"] for issue in found["issues"]] == ["DEMO-4"]
    posted = jira.search_issues("assignee = currentUser() OR project = DEMO", use_post=True, maxResults=1)
    assert len(posted) == 1
    assert jira.approximate_issue_count("project = DEMO") == len(every)
    assert refusal(jira.search_issues, "project = ") == 400


def test_watchers(site, jira, issue):
    watchers = jira.watchers(issue)
    assert (watchers.watchCount, watchers.isWatching) == (1, True)  # who creates an issue watches it
    jira.add_watcher(issue, site.developer[0])
    names = {watcher.displayName for watcher in jira.watchers(issue).watchers}
    assert names == {"Ada Admin", "Dana Developer"}
    jira.remove_watcher(issue, site.developer[0])
    assert jira.watchers(issue).watchCount == 1


def test_votes(site, jira, issue):
    other = JIRA(server=site.url, basic_auth=site.developer)
    other.add_vote(issue.key)
    jira.add_vote(issue)
    votes = jira.votes(issue)
    assert (votes.votes, votes.hasVoted) == (2, True)
    assert {voter.displayName for voter in votes.voters} == {"Ada Admin", "Dana Developer"}
    jira.remove_vote(issue)
    assert (jira.votes(issue).votes, jira.votes(issue).hasVoted) == (1, False)


def test_links(jira, issue, refusal):
    jira.create_issue_link("Blocks", issue.key, "DEMO-1", comment={"body": "Careful."})
    (link,) = jira.issue(issue.key).fields.issuelinks
    assert (link.type.outward, link.outwardIssue.key) == ("blocks", "DEMO-1")
    assert jira.comments(issue)[0].body == "Careful."
    # The library knows phrases, too, and turns the link round for those of the other end.
    jira.create_issue_link("is blocked by", issue.key, "DEMO-2")
    backward = [link for link in jira.issue(issue.key).fields.issuelinks if hasattr(link, "inwardIssue")]
    assert [link.inwardIssue.key for link in backward] == ["DEMO-2"]
    link = jira.issue_link(link.id)
    assert (link.inwardIssue.key, link.outwardIssue.key) == (issue.key, "DEMO-1")
    jira.delete_issue_link(link.id)
    assert refusal(jira.issue_link, link.id) == 404
    assert refusal(jira.create_issue_link, "Haunts", issue.key, "DEMO-1") == 404


def test_attachments(jira, issue, tmp_path, refusal):
    file = tmp_path / "grüße.txt"
    file.write_text("Hello, world")
    attachment = jira.add_attachment(issue, str(file))
    assert (attachment.filename, attachment.size) == ("grüße.txt", 12)
    other = jira.add_attachment(issue.key, io.BytesIO(b"\x00\xff" * 50_000), filename="bytes.bin")
    listed = jira.issue(issue.key).fields.attachment
    assert [one.filename for one in listed] == ["grüße.txt", "bytes.bin"]
    assert listed[0].get() == b"Hello, world"
    assert b"".join(listed[1].iter_content()) == b"\x00\xff" * 50_000
    assert jira.attachment(other.id).mimeType == "application/octet-stream"
    assert jira.attachment_meta()["enabled"]
    jira.delete_attachment(other.id)
    attachment.delete()
    assert jira.issue(issue.key).fields.attachment == []
    assert refusal(jira.attachment, other.id) == 404


def test_properties(jira, issue):
    jira.add_issue_property(issue.key, "build", {"number": 7})
    (found,) = jira.issue_properties(issue.key)
    assert (found.key, found.value.number) == ("build", 7)
    found.delete()
    assert jira.issue_properties(issue.key) == []


def test_deletes_issues(jira, issue, refusal):
    child = jira.create_issue(
        project="DEMO", summary="Part", issuetype={"name": "Sub-task"}, parent={"key": issue.key}
    )
    assert refusal(issue.delete) == 400
    issue.delete(deleteSubtasks=True)
    assert refusal(jira.issue, issue.key) == 404
    assert refusal(jira.issue, child.key) == 404


def test_fields_of_an_issue(site, jira, issue):
    assert issue.permalink() == f"{site.url}/browse/{issue.key}"
    assert issue.get_field("summary") == "New"
    assert jira.editmeta(issue)["fields"]["summary"]["required"]
    assert jira.find_transitionid_by_name(issue, "done") == next(
        transition["id"] for transition in jira.transitions(issue) if transition["name"] == "Done"
    )
    assert jira.find_transitionid_by_name(issue, "nowhere") is None


def test_worklogs(jira, issue, refusal):
    issue.update(fields={"timetracking": {"originalEstimate": "1d", "remainingEstimate": "1d"}})
    started = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    log = jira.add_worklog(issue, timeSpent="2h", comment="Done a bit.", started=started)
    assert (log.timeSpentSeconds, log.comment) == (7200, "Done a bit.")
    assert datetime.strptime(log.started, "%Y-%m-%dT%H:%M:%S.%f%z") == started
    assert jira.issue(issue.key).fields.timetracking.remainingEstimate == "6h"
    jira.add_worklog(issue.key, timeSpentSeconds=3600, adjustEstimate="new", newEstimate="4h")
    assert jira.issue(issue.key).fields.timetracking.remainingEstimate == "4h"
    jira.add_worklog(issue.key, timeSpent="1h", adjustEstimate="manual", reduceBy="30m")
    assert jira.issue(issue.key).fields.timetracking.remainingEstimate == "3h 30m"
    log.update(fields={"timeSpent": "3h"})
    assert jira.worklog(issue.key, log.id).timeSpentSeconds == 10800
    log.delete(adjustEstimate="leave")
    assert [one.timeSpent for one in jira.worklogs(issue)] == ["1h", "1h"]
    jira.worklogs(issue)[0].delete(adjustEstimate="new", newEstimate="1d")
    tracking = jira.issue(issue.key).fields.timetracking
    assert (tracking.remainingEstimate, tracking.timeSpent) == ("1d", "1h")
    assert refusal(jira.worklog, issue.key, log.id) == 404
    assert refusal(jira.add_worklog, issue.key, timeSpent="soon") == 400


def test_remote_links(jira, issue, refusal):
    # Only Server has application links: the library looks for them and goes on without.
    with pytest.warns(Warning, match="applicationlinks"):
        link = jira.add_remote_link(
            issue.key,
            {"url": "https://example.com/1", "title": "One"},
            globalId="system=1",
            application={"name": "Wiki", "type": "wiki"},
            relationship="mentioned in",
        )
    found = jira.remote_link(issue, link.id)
    assert (found.object.title, found.relationship, found.application.name) == ("One", "mentioned in", "Wiki")
    found.update({"url": "https://example.com/1", "title": "Changed"}, globalId="system=1")
    assert jira.remote_link(issue.key, link.id).object.title == "Changed"
    simple = jira.add_simple_link(issue.key, {"url": "https://example.com/2", "title": "Two"})
    assert [link.object.title for link in jira.remote_links(issue)] == ["Changed", "Two"]
    jira.delete_remote_link(issue, global_id="system=1")
    jira.delete_remote_link(issue.key, internal_id=str(simple.id))
    assert jira.remote_links(issue) == []
    assert refusal(jira.remote_link, issue.key, link.id) == 404


def test_one_property(jira, issue, refusal):
    jira.add_issue_property(issue.key, "build", {"number": 7})
    assert jira.issue_property(issue.key, "build").value.number == 7
    assert refusal(jira.issue_property, issue.key, "none") == 404
