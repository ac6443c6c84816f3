"""`JiraCloud` of `atlassian-python-api`: types, priorities, resolutions, statuses, workflows, screens, settings."""

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


def workflow(status=None, **more):
    """What is sent to make or change a workflow of one status."""
    reference = "f0b24de5-25e7-4fab-ab94-63d81db6c0c0"
    declared = {"name": "Waiting", "statusCategory": "TODO", "statusReference": reference, **(status or {})}
    steps = [{"id": "1", "type": "INITIAL", "name": "Create", "toStatusReference": reference, "links": []}]
    places = [{"statusReference": reference, "properties": {}}]
    return {"statuses": [declared], "workflows": [{"statuses": places, "transitions": steps, **more}]}


def test_workflows(cloud):
    new = {"scope": {"type": "GLOBAL"}, **workflow(name="Slow")}
    assert cloud.validate_create_workflows(data={"payload": new}) == {"errors": []}
    made = cloud.create_workflows(data=new)
    own, status = made["workflows"][0], made["statuses"][0]["id"]
    change = workflow({"id": status}, id=own["id"], version=own["version"], description="Very")
    assert cloud.validate_update_workflows(data={"payload": change}) == {"errors": []}
    assert cloud.update_workflows(data=change)["workflows"][0]["version"]["versionNumber"] == 1
    read = cloud.read_workflows(data={"workflowNames": ["Slow"]})
    assert [(one["id"], one["description"]) for one in read["workflows"]] == [(own["id"], "Very")]
    assert cloud.search_workflows(query_string="slow", expand="values.transitions")["values"][0]["transitions"]
    assert cloud.get_workflows_paginated(workflow_name="Slow")["values"][0]["id"]["entityId"] == own["id"]
    history = cloud.list_workflow_history(data={"workflowId": own["id"]})["entries"]
    assert [entry["workflowVersion"] for entry in history] == [1, 0]
    past = cloud.read_workflow_from_history(data={"workflowId": own["id"], "version": 0})
    assert past["workflows"][0]["description"] == ""
    assert cloud.workflow_capabilities(workflow_id=own["id"])["editorScope"] == "GLOBAL"
    assert cloud.get_default_editor() == {"value": "NEW"}
    cloud.delete_inactive_workflow(own["id"])
    refused(404, cloud.delete_inactive_workflow, own["id"])

    previews = cloud.read_workflow_previews(data={"projectId": "10000", "issueTypeIds": ["10002"]})
    used = previews["workflows"][0]["id"]
    assert cloud.get_project_usages_for_workflow(used)["projects"]["values"] == [{"id": "10000"}]
    assert {"id": "10002"} in cloud.get_workflow_project_issue_type_usages(used, "10000")["issueTypes"]["values"]
    scheme = cloud.get_workflow_scheme_usages_for_workflow(used)["workflowSchemes"]["values"][0]["id"]
    assert cloud.get_project_usages_for_workflow_scheme(scheme)["projects"]["values"] == [{"id": "10000"}]


def test_workflow_schemes(cloud):
    scheme = cloud.create_workflow_scheme(data={"name": "Own", "issueTypeMappings": {"10002": "jira"}})["id"]
    assert cloud.get_workflow_scheme(scheme)["issueTypeMappings"] == {"10002": "jira"}
    assert scheme in [one["id"] for one in cloud.get_all_workflow_schemes()["values"]]
    project = cloud.create_project(data={"key": "FLOW", "name": "Flow", "projectTypeKey": "software"})["id"]
    cloud.assign_scheme_to_project(data={"projectId": str(project), "workflowSchemeId": str(scheme)})
    own = cloud.get_workflow_scheme_project_associations(project_id=[project])["values"]
    assert [one["workflowScheme"]["id"] for one in own] == [scheme]
    cloud.assign_project_workflow_scheme(project, 10001)
    own = cloud.get_project_workflow_scheme_associations(project)["values"]
    assert [one["workflowScheme"]["id"] for one in own] == [10001]
    cloud.delete_workflow_scheme(scheme)
    refused(404, cloud.get_workflow_scheme, scheme)


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
