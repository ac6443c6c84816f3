"""`JiraCloud` of `atlassian-python-api`: projects, and what hangs on them."""

import time

from atlassian_site import cloud, developer, jira, refused  # noqa: F401

TEMPLATE = "com.pyxis.greenhopper.jira:gh-simplified-kanban-classic"


def done(cloud, task):
    while task["status"] not in ("COMPLETE", "FAILED"):
        time.sleep(0)
        task = cloud.get_task(task["id"])
    assert task["status"] == "COMPLETE"


def test_projects(cloud, developer):
    new = {"key": "NEW", "name": "New", "projectTypeKey": "software", "projectTemplateKey": TEMPLATE}
    made = cloud.create_project(data={**new, "leadAccountId": developer})
    project = str(made["id"])
    assert cloud.update_project("NEW", data={"description": "Changed"})["description"] == "Changed"
    refused(404, cloud.get_hierarchy, project)  # company-managed
    team = cloud.get_project("TEAM")["id"]
    assert [level["level"] for level in cloud.get_hierarchy(team)["hierarchy"]] == [-1, 0, 1]
    cloud.archive_project("NEW")
    assert "NEW" not in [one["key"] for one in cloud.search_projects()["values"]]
    assert cloud.restore("NEW")["key"] == "NEW"
    cloud.set_project_property("NEW", "k", data={"v": 1})
    assert cloud.get_project_property("NEW", "k")["value"] == {"v": 1}
    cloud.delete_project_property("NEW", "k")
    features = cloud.get_features_for_project("NEW")["features"]
    feature = next(one for one in features if not one["toggleLocked"])
    state = "DISABLED" if feature["state"] == "ENABLED" else "ENABLED"
    changed = cloud.toggle_feature_for_project("NEW", feature["feature"], data={"state": state})["features"]
    assert next(one for one in changed if one["feature"] == feature["feature"])["state"] == state
    cloud.update_project_email(project, data={"emailAddress": "jira@example.com"})
    assert cloud.get_project_email(project)["emailAddress"] == "jira@example.com"
    assert cloud.get_accessible_project_type_by_key("software")["key"] == "software"
    assert cloud.get_valid_project_key("NEW") not in ("", "NEW")
    assert cloud.get_valid_project_name("New") != "New"
    types = [kind["id"] for kind in cloud.get_project("NEW")["issueTypes"]]
    assert {kind["id"] for kind in cloud.get_issue_types_for_project(project_id=project)} == set(types)
    fields = cloud.get_project_fields(project_id=[project], work_type_id=types[:1], max_results=100)["values"]
    assert "summary" in [one["fieldId"] for one in fields] and {str(one["workTypeId"]) for one in fields} == {types[0]}
    cloud.delete_project("NEW", enable_undo=True)
    refused(404, cloud.get_project, "NEW")
    cloud.restore("NEW")
    done(cloud, cloud.delete_project_asynchronously("NEW"))
    refused(404, cloud.get_project, "NEW")


def test_pictures(cloud):
    other = cloud.get_all_project_avatars("DEMO")["system"][-1]["id"]
    cloud.update_project_avatar("DEMO", data={"id": other})
    selected = [one["id"] for one in cloud.get_avatars("project", "10000")["system"] if one["isSelected"]]
    assert selected == [other]
    chosen = cloud.get_avatar_image_by_id("project", other, advanced_mode=True).content
    assert chosen.startswith(b"<svg")
    assert cloud.get_avatar_image_by_owner("project", "10000", advanced_mode=True).content == chosen
    usual = cloud.get_avatar_image_by_type("project", advanced_mode=True).content
    assert usual.startswith(b"<svg") and usual != chosen
    # System pictures stay.
    refused(403, cloud.delete_project_avatar, "DEMO", other)
    refused(403, cloud.delete_avatar, "project", "10000", other)


def test_categories(cloud):
    made = cloud.create_project_category(data={"name": "First", "description": "D"})
    cloud.update_project_category(made["id"], data={"name": "Second"})
    assert cloud.get_project_category_by_id(made["id"])["name"] == "Second"
    cloud.remove_project_category(made["id"])
    refused(404, cloud.get_project_category_by_id, made["id"])


def test_components(cloud):
    made = cloud.create_component(data={"project": "DEMO", "name": "One"})
    assert cloud.update_component(made["id"], data={"name": "Two"})["name"] == "Two"
    assert cloud.get_component(made["id"])["name"] == "Two"
    assert cloud.get_component_related_issues(made["id"])["issueCount"] == 0
    cloud.delete_component(made["id"])
    refused(404, cloud.get_component, made["id"])


def test_versions(cloud):
    one, two, three = (cloud.create_version(data={"projectId": 10000, "name": name})["id"] for name in ("1", "2", "3"))
    assert cloud.update_version(one, data={"released": True})["released"]
    assert cloud.move_version(one, data={"position": "Last"})["id"] == one
    assert [version["id"] for version in cloud.get_project_versions("DEMO")] == [two, three, one]
    assert cloud.get_version_related_issues(one)["issuesFixedCount"] == 0
    assert cloud.get_version_unresolved_issues(one)["issuesUnresolvedCount"] == 0
    work = cloud.create_related_work(one, data={"category": "Design", "title": "T", "url": "https://a.example"})
    work["title"] = "U"
    assert cloud.update_related_work(one, data=work)["title"] == "U"
    assert [item["title"] for item in cloud.get_related_work(one) if "relatedWorkId" in item] == ["U"]
    cloud.delete_related_work(one, work["relatedWorkId"])
    cloud.merge_versions(two, three)
    cloud.delete_and_replace_version(three, data={})
    cloud.delete_version(one)
    assert cloud.get_project_versions("DEMO") == []


def test_roles(cloud, developer):
    made = cloud.create_project_role(data={"name": "Testers", "description": "D"})
    role = made["id"]
    assert cloud.partial_update_project_role(role, data={"description": "E"})["description"] == "E"
    cloud.fully_update_project_role(role, data={"name": "Checkers", "description": "F"})
    assert cloud.get_project_role_by_id(role)["name"] == "Checkers"
    cloud.add_project_role_actors_to_role(role, data={"user": [developer]})
    assert len(cloud.get_project_role_actors_for_role(role)["actors"]) == 1
    assert cloud.delete_project_role_actors_from_role(role, user=developer)["actors"] == []
    assert "Checkers" in cloud.get_project_roles("DEMO")
    cloud.add_actor_users("DEMO", role, data={"user": [developer]})
    assert len(cloud.get_project_role("DEMO", role)["actors"]) == 1
    cloud.delete_actor("DEMO", role, user=developer)
    assert cloud.get_project_role("DEMO", role)["actors"] == []
    changed = cloud.set_actors("DEMO", role, data={"categorisedActors": {"atlassian-user-role-actor": [developer]}})
    assert len(changed["actors"]) == 1
    cloud.delete_project_role(role, swap=10002)
    refused(404, cloud.get_project_role_by_id, role)


def test_permissions(cloud):
    made = cloud.create_permission_scheme(data={"name": "Own", "permissions": []})
    scheme = made["id"]
    assert cloud.update_permission_scheme(scheme, data={"name": "Other"})["name"] == "Other"
    grant = {"holder": {"type": "anyone"}, "permission": "BROWSE_PROJECTS"}
    granted = cloud.create_permission_grant(scheme, data=grant)
    assert cloud.get_permission_scheme_grant(scheme, granted["id"])["permission"] == "BROWSE_PROJECTS"
    assert len(cloud.get_permission_scheme_grants(scheme)["permissions"]) == 1
    assert cloud.assign_permission_scheme("DEMO", data={"id": scheme})["name"] == "Other"
    cloud.delete_permission_scheme_entity(scheme, granted["id"])
    assert cloud.get_permission_scheme_grants(scheme)["permissions"] == []
    refused(403, cloud.delete_permission_scheme, scheme)
    cloud.assign_permission_scheme("DEMO", data={"id": 0})
    cloud.delete_permission_scheme(scheme)
    refused(404, cloud.get_permission_scheme, scheme)
    wanted = {"projectPermissions": [{"permissions": ["EDIT_ISSUES"], "projects": [10000]}]}
    assert cloud.get_bulk_permissions(data=wanted)["projectPermissions"][0]["projects"] == [10000]
    assert len(cloud.get_permitted_projects(data={"permissions": ["EDIT_ISSUES"]})["projects"]) == 3


def test_security(cloud, developer):
    levels = [{"name": "A", "members": [{"type": "reporter"}]}, {"name": "B"}]
    made = cloud.create_issue_security_scheme(data={"name": "Secret", "levels": levels})
    scheme = made["id"]
    cloud.update_issue_security_scheme(scheme, data={"name": "Hidden"})
    cloud.add_security_level(scheme, data={"levels": [{"name": "C"}]})
    found = {level["name"]: level["id"] for level in cloud.get_issue_security_scheme(scheme)["levels"]}
    assert set(found) == {"A", "B", "C"}
    cloud.update_security_level(scheme, found["C"], data={"name": "D"})
    assert cloud.get_issue_security_level(found["C"])["name"] == "D"
    cloud.add_security_level_members(scheme, found["B"], data={"members": [{"type": "user", "parameter": developer}]})
    members = cloud.get_issue_security_level_members(scheme, issue_security_level_id=[found["B"]])["values"]
    assert [member["holder"]["parameter"] for member in members] == [developer]
    member = cloud.get_security_level_members(level_id=[found["B"]])["values"][0]
    cloud.remove_member_from_security_level(scheme, found["B"], member["id"])
    assert cloud.get_security_level_members(level_id=[found["B"]])["values"] == []
    pair = {"issueSecuritySchemeId": scheme, "defaultLevelId": found["A"]}
    cloud.set_default_levels(data={"defaultValues": [pair]})
    assert str(cloud.get_issue_security_scheme(scheme)["defaultSecurityLevelId"]) == found["A"]
    done(cloud, cloud.remove_level(scheme, found["B"], replace_with=found["A"]))
    refused(404, cloud.get_issue_security_level, found["B"])
    done(cloud, cloud.associate_schemes_to_projects(data={"projectId": "10000", "schemeId": scheme}))
    assert cloud.get_project_issue_security_scheme("DEMO")["name"] == "Hidden"
    done(cloud, cloud.associate_schemes_to_projects(data={"projectId": "10000", "schemeId": None}))
    cloud.delete_security_scheme(scheme)
    assert cloud.get_issue_security_schemes()["issueSecuritySchemes"] == []
