"""`atlassian-python-api`: projects and what hangs on them."""

import pytest
from atlassian_site import developer, jira, key, refused  # noqa: F401


@pytest.fixture
def project(jira):
    lead = jira.myself()["accountId"]
    raw = {"key": "NEW", "name": "New Project", "projectTypeKey": "software", "leadAccountId": lead}
    jira.create_project_from_raw_json(raw)
    return jira.get_project("NEW")


def test_creates_changes_and_deletes_a_project(jira, project):
    assert jira.project("NEW", expand="lead")["id"] == project["id"]
    jira.update_project("NEW", {"description": "Changed"})
    assert jira.get_project("NEW")["description"] == "Changed"
    assert "NEW" in {found["key"] for found in jira.get_all_projects(expand="lead")}
    assert jira.get_project_validated_key("NEW")["errors"]["projectKey"]
    jira.delete_project("NEW")
    refused(404, jira.project, "NEW")


def test_types_and_categories(jira, project):
    assert "software" in {kind["key"] for kind in jira.get_all_project_types()}
    made = jira.post("rest/api/2/projectCategory", data={"name": "Group", "description": ""})
    assert made["id"] in {category["id"] for category in jira.get_all_project_categories()}
    jira.update_project_category_for_project("NEW", made["id"])
    assert jira.get_project("NEW")["projectCategory"]["name"] == "Group"


def test_components(jira, developer):
    made = jira.create_component({"name": "Engine", "project": "DEMO"})
    assert jira.component(made["id"])["name"] == "Engine"
    jira.update_component({"name": "Motor", "leadAccountId": developer}, made["id"])
    assert made["id"] in {component["id"] for component in jira.get_project_components("DEMO")}
    assert jira.component(made["id"])["lead"]["accountId"] == developer
    assert jira.get_component_related_issues(made["id"])["issueCount"] == 0
    jira.delete_component(made["id"])
    refused(404, jira.component, made["id"])


def test_versions(jira, project):
    first = jira.add_version(project_id=project["id"], version="1.0")
    second = jira.add_version(project_id=project["id"], version={"name": "2.0", "description": "Next"})
    jira.update_version(first["id"], name="1.1", is_archived=False, is_released=True, release_date="2026-01-02")
    assert jira.get_version(first["id"])["name"] == "1.1"
    jira.move_version(first["id"], after=second["id"])
    assert [version["name"] for version in jira.get_project_versions("NEW")] == ["2.0", "1.1"]
    jira.move_version(first["id"], position="First")
    page = jira.get_project_versions_paginated("NEW", start=0, limit=1, order_by="sequence", status="unreleased")
    assert [version["name"] for version in page["values"]] == ["2.0"]
    jira.delete_version(second["id"])
    refused(404, jira.get_version, second["id"])


def test_roles_and_actors(jira, project, developer):
    roles = jira.get_project_roles("NEW")
    role = next(iter(roles.values())).rsplit("/", 1)[1]
    assert {int(path.rsplit("/", 1)[1]) for path in roles.values()} <= {
        entry["id"] for entry in jira.get_all_global_project_roles()
    }
    jira.add_user_into_project_role("NEW", role, developer)
    jira.create_group("helpers")
    jira.add_group_into_project_role("NEW", role, "helpers")
    names = [actor["displayName"] for actor in jira.get_project_actors_for_role_project("NEW", role)]
    assert "Dana Developer" in names and "helpers" in names
    jira.delete_project_actors("NEW", role, "helpers", actor_type="group")
    jira.delete_project_actors("NEW", role, developer, actor_type="user")
    left = [actor["displayName"] for actor in jira.get_project_actors_for_role_project("NEW", role)]
    assert "helpers" not in left and "Dana Developer" not in left
    jira.add_project_actor_in_role("NEW", role, developer, "user")


def test_statuses_and_people_of_a_project(jira, key, developer):
    kinds = jira.get_status_for_project("DEMO")
    assert "To Do" in {status["name"] for kind in kinds for status in kind["statuses"]}
    assignable = jira.get_all_assignable_users_for_project("DEMO")
    assert developer in {user["accountId"] for user in assignable}
    assert developer in {user["accountId"] for user in jira.get_assignable_users_for_issue(key)}


def test_schemes_of_a_project(jira, project):
    made = jira.create_permission_scheme("Open", "Everybody", [])
    jira.assign_project_permission_scheme("NEW", made["id"])
    assert jira.get_project_permission_scheme("NEW")["name"] == "Open"
    scheme = jira.get_notification_scheme_for_project("DEMO")
    jira.assign_project_notification_scheme("NEW", scheme["id"])
    assert jira.get_project_notification_scheme("NEW")["id"] == scheme["id"]
    assert jira.get_security_level_for_project("DEMO")["levels"] == []


def test_associates_an_issue_type_scheme(jira, project):
    kinds = [kind["id"] for kind in jira.get_issue_types() if kind["name"] == "Task" and "scope" not in kind]
    made = jira.create_issuetype_scheme("Tasks only", "One kind", kinds[0], kinds)
    assert int(made["issueTypeSchemeId"])
    # The library posts where Jira Cloud puts the association.
    refused(404, jira.add_issue_type_scheme, made["issueTypeSchemeId"], "NEW")


def test_the_issue_security_scheme_of_a_project(jira, project):
    levels = [{"name": "Secret", "isDefault": True}]
    made = jira.post("rest/api/2/issuesecurityschemes", data={"name": "Secrets", "levels": levels})
    jira.update_project("NEW", {"issueSecurityScheme": int(made["id"])})
    assert jira.get_project_issue_security_scheme("NEW")["name"] == "Secrets"
    (level,) = jira.get_project_issue_security_scheme("NEW", only_levels=True)
    assert level["name"] == "Secret"
