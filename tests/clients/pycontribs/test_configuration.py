"""What a site is set up with."""


def test_reads_configuration(jira):
    fields = {field["id"]: field for field in jira.fields()}
    assert fields["summary"]["schema"]["type"] == "string"
    assert "customfield_10016" in fields
    assert {"Task", "Bug", "Story", "Epic"} <= {kind.name for kind in jira.issue_types()}
    assert jira.issue_type_by_name("Bug", project="DEMO").name == "Bug"
    assert [priority.name for priority in jira.priorities()] == ["Highest", "High", "Medium", "Low", "Lowest"]
    assert jira.priority(jira.priorities()[0].id).name == "Highest"
    assert {"To Do", "In Progress", "Done"} <= {status.name for status in jira.statuses()}
    assert "jira" in {workflow["name"] for workflow in jira.workflows()}
    assert "Done" in {resolution.name for resolution in jira.resolutions()}
    assert {"Blocks", "Relates"} <= {kind.name for kind in jira.issue_link_types()}
    kinds = {kind.name: [status.name for status in kind.statuses] for kind in jira.issue_types_for_project("DEMO")}
    assert "Done" in kinds["Task"]
    assert "ADMINISTER" in jira.my_permissions(permissions="ADMINISTER")["permissions"]


def test_reads_each_thing_by_its_id(jira, refusal):
    for all_of, one in [
        (jira.issue_types, jira.issue_type),
        (jira.issue_link_types, jira.issue_link_type),
        (jira.resolutions, jira.resolution),
        (jira.statuses, jira.status),
        (jira.statuscategories, jira.statuscategory),
    ]:
        things = all_of()
        assert things
        assert [one(thing.id).name for thing in things] == [thing.name for thing in things]
        assert refusal(one, "99999") == 404


def test_custom_field_options(jira, refusal):
    fields = [field for field in jira.fields() if field["name"] == "Flagged"]
    allowed = jira.editmeta("DEMO-1")["fields"][fields[0]["id"]]["allowedValues"]
    option = jira.custom_field_option(allowed[0]["id"])
    assert option.value == "Impediment"
    assert refusal(jira.custom_field_option, "99999999") == 404


def test_application_properties(jira, refusal):
    before = {entry["id"]: entry["value"] for entry in jira.application_properties()}
    assert jira.set_application_property("jira.lf.date.time", "HH:mm").status_code == 200
    after = {entry["id"]: entry["value"] for entry in jira.application_properties()}
    assert after == {**before, "jira.lf.date.time": "HH:mm"}
    assert jira.application_properties(key="jira.lf.date.time")["value"] == "HH:mm"
    assert refusal(jira.set_application_property, "none", "1") == 404


def test_permission_schemes(jira, refusal):
    (scheme, *_) = jira.permissionschemes()
    assert scheme["name"] == "Default Permission Scheme"
    used = jira.project_permissionscheme("DEMO")
    assert used.name
    # The scheme that a site has from the beginning stays.
    assert refusal(jira.delete_permissionscheme, used.id) == 403


def test_schemes_of_a_project(jira):
    assert jira.project_notification_scheme("DEMO").name == "Default Notification Scheme"


def test_issue_security(site, jira, refusal):
    assert refusal(jira.project_issue_security_level_scheme, "DEMO") == 404
    assert refusal(jira.security_level, "99999") == 404
    # The library reads schemes, and makes none.
    scheme = {"name": "Secrets", "levels": [{"name": "Secret", "members": [{"type": "reporter"}]}]}
    made = jira._session.post(f"{site.url}/rest/api/3/issuesecurityschemes", data=scheme).json()
    assert [scheme["name"] for scheme in jira.issuesecurityschemes()] == ["Secrets"]
    (level,) = jira.find("issuesecurityschemes/{0}", made["id"]).levels
    assert jira.security_level(level.id).name == "Secret"


def test_system_avatars(jira):
    for entity in ("project", "user", "issuetype"):
        assert all(avatar["isSystemAvatar"] for avatar in jira.avatars(entity))
