"""`JiraCloud` of `atlassian-python-api`: types, priorities, resolutions, statuses, screens, settings."""

import time

from atlassian_site import cloud, jira, refused  # noqa: F401


def done(cloud, task):
    while task["status"] not in ("COMPLETE", "FAILED"):
        time.sleep(0)
        task = cloud.get_task(task["id"])
    assert task["status"] == "COMPLETE"
    refused(400, cloud.cancel_task, task["id"])


def test_issue_types(cloud):
    made = cloud.create_issue_type(data={"name": "Risk", "type": "standard"})
    kind = made["id"]
    assert cloud.update_issue_type(kind, data={"name": "Danger"})["name"] == "Danger"
    assert cloud.get_issue_type(kind)["name"] == "Danger"
    others = {other["id"] for other in cloud.get_alternative_issue_types(kind)}
    assert "10002" in others and kind not in others
    cloud.set_issue_type_property(kind, "k", data={"v": 1})
    assert cloud.get_issue_type_property(kind, "k")["value"] == {"v": 1}
    assert len(cloud.get_issue_type_property_keys(kind)["keys"]) == 1
    cloud.delete_issue_type_property(kind, "k")
    made = cloud.create_issue_type_scheme(data={"name": "Own", "issueTypeIds": ["10002"], "defaultIssueTypeId": "10002"})
    scheme = made["issueTypeSchemeId"]
    cloud.update_issue_type_scheme(scheme, data={"name": "Other"})
    cloud.add_issue_types_to_issue_type_scheme(scheme, data={"issueTypeIds": [kind]})
    cloud.reorder_issue_types_in_issue_type_scheme(scheme, data={"issueTypeIds": [kind], "position": "First"})
    mapping = cloud.get_issue_type_schemes_mapping(issue_type_scheme_id=[scheme])["values"]
    assert [one["issueTypeId"] for one in mapping] == [kind, "10002"]
    cloud.remove_issue_type_from_issue_type_scheme(scheme, kind)
    mapping = cloud.get_issue_type_schemes_mapping(issue_type_scheme_id=[scheme])["values"]
    assert [one["issueTypeId"] for one in mapping] == ["10002"]
    of_projects = cloud.get_issue_type_scheme_for_projects(project_id=[10000])["values"]
    own = of_projects[0]["issueTypeScheme"]["id"]
    cloud.assign_issue_type_scheme_to_project(data={"issueTypeSchemeId": own, "projectId": "10000"})
    of_projects = cloud.get_issue_type_scheme_for_projects(project_id=[10000])["values"]
    assert [one["issueTypeScheme"]["id"] for one in of_projects] == [own]
    cloud.delete_issue_type_scheme(scheme)
    assert scheme not in [one["id"] for one in cloud.get_all_issue_type_schemes()["values"]]
    cloud.delete_issue_type(kind)
    refused(404, cloud.get_issue_type, kind)


def test_priorities(cloud):
    new = {"name": "Now", "statusColor": "#ff0000", "iconUrl": "/images/icons/priorities/major.png"}
    made = cloud.create_priority(data=new)
    priority = made["id"]
    cloud.update_priority(priority, data={"name": "At once"})
    assert cloud.get_priority(priority)["name"] == "At once"
    cloud.move_priorities(data={"ids": [priority], "position": "first"})
    assert cloud.get_priorities()[0]["id"] == priority
    cloud.set_default_priority(data={"id": "3"})
    assert cloud.search_priorities(only_default=True)["values"][0]["id"] == "3"
    ids = [3, int(priority)]
    made = cloud.create_priority_scheme(data={"name": "Own", "priorityIds": ids, "defaultPriorityId": 3})
    scheme = made["id"]
    cloud.update_priority_scheme(scheme, data={"name": "Other"})
    assert [one["name"] for one in cloud.get_priority_schemes(scheme_id=[scheme])["values"]] == ["Other"]
    assert len(cloud.get_priorities_by_priority_scheme(scheme)["values"]) == 2
    assert cloud.get_projects_by_priority_scheme(scheme)["values"] == []
    assert len(cloud.get_available_priorities_by_priority_scheme(scheme_id=scheme)["values"]) == 4
    assert cloud.suggested_priorities_for_mappings(data={"schemeId": int(scheme)})["values"] == []
    cloud.delete_priority_scheme(scheme)
    done(cloud, cloud.delete_priority(priority))
    refused(404, cloud.get_priority, priority)


def test_resolutions(cloud):
    made = cloud.create_resolution(data={"name": "Later", "description": "D"})
    resolution = made["id"]
    cloud.update_resolution(resolution, data={"name": "Never", "description": "E"})
    assert cloud.get_resolution(resolution)["name"] == "Never"
    cloud.move_resolutions(data={"ids": [resolution], "position": "First"})
    assert cloud.get_resolutions()[0]["id"] == resolution
    cloud.set_default_resolution(data={"id": resolution})
    assert cloud.search_resolutions(only_default=True)["values"][0]["id"] == resolution
    done(cloud, cloud.delete_resolution(resolution, replace_with="10000"))
    refused(404, cloud.get_resolution, resolution)


def test_statuses(cloud):
    status = {"name": "Waiting", "statusCategory": "TODO", "description": ""}
    (made,) = cloud.create_statuses(data={"scope": {"type": "GLOBAL"}, "statuses": [status]})
    cloud.update_statuses(data={"statuses": [{"id": made["id"], "name": "Pending", "statusCategory": "TODO"}]})
    assert cloud.get_statuses_by_id(made["id"])[0]["name"] == "Pending"
    assert cloud.get_statuses_by_name("Pending")[0]["id"] == made["id"]
    cloud.delete_statuses_by_id(made["id"])
    assert cloud.get_statuses_by_id(made["id"]) == []
    assert cloud.get_status("10000")["name"] == "To Do"
    assert cloud.get_status_category("2")["key"] == "new"
    assert "10000" in [one["id"] for one in cloud.get_project_usages_for_status("10000")["projects"]["values"]]
    assert cloud.get_workflow_usages_for_status("10000")["workflows"]["values"]
    used = cloud.get_project_issue_type_usages_for_status("10000", "10000")["issueTypes"]["values"]
    assert "10002" in [one["id"] for one in used]


def test_screens(cloud):
    screen = str(cloud.get_screens()["values"][0]["id"])
    on = cloud.get_screens_for_field("summary", expand="tab")["values"]
    tab = next(str(one["tab"]["id"]) for one in on if str(one["id"]) == screen)
    free = cloud.get_available_screen_fields(screen)[0]["id"]
    cloud.add_screen_tab_field(screen, tab, data={"fieldId": free})
    cloud.move_screen_tab_field(screen, tab, free, data={"position": "First"})
    assert cloud.get_all_screen_tab_fields(screen, tab)[0]["id"] == free
    cloud.remove_screen_tab_field(screen, tab, free)
    cloud.add_field_to_default_screen(free)
    assert free not in [field["id"] for field in cloud.get_available_screen_fields(screen)]


def test_settings(cloud):
    cloud.set_banner(data={"message": "Hello", "isEnabled": True})
    assert cloud.get_banner()["message"] == "Hello"
    cloud.set_application_property("jira.title", data={"id": "jira.title", "value": "Ours"})
    assert cloud.get_application_property(key="jira.title")["value"] == "Ours"
    cloud.select_time_tracking_implementation(data={"key": "JIRA"})
    tracking = {"workingHoursPerDay": 7, "workingDaysPerWeek": 4, "timeFormat": "days", "defaultUnit": "hour"}
    cloud.set_shared_time_tracking_configuration(data=tracking)
    assert cloud.get_shared_time_tracking_configuration() == tracking
    cloud.set_issue_navigator_default_columns(data={"columns": ["summary"]})
    assert [column["value"] for column in cloud.get_issue_navigator_default_columns()] == ["summary"]
