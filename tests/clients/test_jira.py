"""The library `jira` (pycontribs), used as its documentation shows."""

import io

import pytest
from jira import JIRA, JIRAError

SCRUM = "com.pyxis.greenhopper.jira:gh-simplified-scrum-classic"


@pytest.fixture
def jira(site):
    return JIRA(server=site.url, basic_auth=site.admin)


@pytest.fixture
def issue(jira):
    return jira.create_issue(project="DEMO", summary="New", issuetype={"name": "Task"})


def refusal(call, *arguments, **named):
    """The status with which a call is refused."""
    with pytest.raises(JIRAError) as refused:
        call(*arguments, **named)
    return refused.value.status_code


def test_logs_in(site, jira):
    assert jira.myself()["emailAddress"] == site.admin[0]
    assert jira.current_user() == jira.myself()["accountId"]
    info = jira.server_info()
    assert info["deploymentType"] == "Cloud"
    assert info["baseUrl"] == site.url
    stranger = JIRA(server=site.url, basic_auth=(site.admin[0], "wrong"))
    assert refusal(stranger.myself) == 401


def test_creates_lists_and_deletes_projects(jira):
    assert {"DEMO", "TEAM", "OPS"} <= {project.key for project in jira.projects()}
    # 0: no scheme for issue security. The library fails on sites that have none to choose from.
    made = jira.create_project("NEW", "New project", template_name=SCRUM, issueSecurityScheme=0)
    assert made["key"] == "NEW"
    project = jira.project("NEW")
    assert (project.id, project.name) == (str(made["id"]), "New project")
    assert project.lead.accountId == jira.current_user()
    assert "Story" in {kind.name for kind in project.issueTypes}
    first = jira.create_issue(project="NEW", summary="First", issuetype="Story")
    assert first.key == "NEW-1"
    assert jira.delete_project("NEW", enable_undo=False)
    assert refusal(jira.project, "NEW") == 404
    assert refusal(jira.issue, "NEW-1") == 404


def test_creates_issues(jira):
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


def test_edits_issues(jira, issue):
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


def test_moves_issues_through_the_workflow(jira, issue):
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


def test_comments(jira, issue):
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


def test_searches(jira):
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


def test_reads_configuration(jira):
    fields = {field["id"]: field for field in jira.fields()}
    assert fields["summary"]["schema"]["type"] == "string"
    assert "customfield_10016" in fields
    assert {"Task", "Bug", "Story", "Epic"} <= {kind.name for kind in jira.issue_types()}
    assert jira.issue_type_by_name("Bug", project="DEMO").name == "Bug"
    assert [priority.name for priority in jira.priorities()] == ["Highest", "High", "Medium", "Low", "Lowest"]
    assert jira.priority(jira.priorities()[0].id).name == "Highest"
    assert {"To Do", "In Progress", "Done"} <= {status.name for status in jira.statuses()}
    assert "Done" in {resolution.name for resolution in jira.resolutions()}
    assert {"Blocks", "Relates"} <= {kind.name for kind in jira.issue_link_types()}
    kinds = {kind.name: [status.name for status in kind.statuses] for kind in jira.issue_types_for_project("DEMO")}
    assert "Done" in kinds["Task"]
    assert "ADMINISTER" in jira.my_permissions(permissions="ADMINISTER")["permissions"]


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


def test_links(jira, issue):
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


def test_attachments(jira, issue, tmp_path):
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


def test_finds_users(site, jira):
    (user,) = jira.search_users(query=site.developer[0])
    assert user.displayName == "Dana Developer"
    assert jira.user(user.accountId).displayName == "Dana Developer"
    assert jira.search_users(query="nobody at all") == []
    assignable = jira.search_assignable_users_for_issues(query="dana", project="DEMO")
    assert [user.displayName for user in assignable] == ["Dana Developer"]


def test_deletes_issues(jira, issue):
    child = jira.create_issue(
        project="DEMO", summary="Part", issuetype={"name": "Sub-task"}, parent={"key": issue.key}
    )
    assert refusal(issue.delete) == 400
    issue.delete(deleteSubtasks=True)
    assert refusal(jira.issue, issue.key) == 404
    assert refusal(jira.issue, child.key) == 404
