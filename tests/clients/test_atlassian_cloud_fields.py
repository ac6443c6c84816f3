"""`JiraCloud` of `atlassian-python-api`: custom fields, their contexts and options, fields of apps."""

import time

from atlassian_site import cloud  # noqa: F401

SELECT = "com.atlassian.jira.plugin.system.customfieldtypes:select"
CONNECT = "com.atlassian.plugins.atlassian-connect-plugin:com.example__team"
FORGE = "ari:cloud:ecosystem::extension/a/b/static/money"


def done(cloud, task):
    while task["status"] not in ("COMPLETE", "FAILED"):
        time.sleep(0)
        task = cloud.get_task(task["id"])
    assert task["status"] == "COMPLETE"


def test_fields(cloud):
    field = cloud.create_custom_field(data={"name": "Size", "type": SELECT})["id"]
    cloud.update_custom_field(field, data={"description": "How large"})
    assert cloud.get_fields_paginated(id=[field])["values"][0]["description"] == "How large"
    (whole,) = cloud.get_contexts_for_field(field)["values"]
    new = {"name": "Own", "projectIds": ["10000"], "issueTypeIds": ["10002"]}
    context = cloud.create_custom_field_context(field, data=new)["id"]
    cloud.update_custom_field_context(field, context, data={"name": "Other"})
    assert [one["name"] for one in cloud.get_contexts_for_field_deprecated(field)["values"]][-1] == "Other"
    cloud.add_issue_types_to_context(field, context, data={"issueTypeIds": ["10001"]})
    types = cloud.get_issue_type_mappings_for_contexts(field)["values"]
    assert {one["issueTypeId"] for one in types if one["contextId"] == context} == {"10001", "10002"}
    cloud.remove_issue_types_from_context(field, context, data={"issueTypeIds": ["10001"]})
    cloud.assign_projects_to_custom_field_context(field, context, data={"projectIds": ["10002"]})
    places = cloud.get_project_context_mapping(field)["values"]
    assert {one["projectId"] for one in places if one["contextId"] == context} == {"10000", "10002"}
    cloud.remove_custom_field_context_from_projects(field, context, data={"projectIds": ["10002"]})
    pair = {"projectId": "10000", "issueTypeId": "10002"}
    found = cloud.get_custom_field_contexts_for_projects_and_issue_types(field, data={"mappings": [pair]})
    assert found["values"][0]["contextId"] == context
    options = [{"value": value} for value in ("S", "M", "L", "XL")]
    made = cloud.create_custom_field_option(field, whole["id"], data={"options": options})["options"]
    small, middle, large, huge = (option["id"] for option in made)
    cloud.update_custom_field_option(field, whole["id"], data={"options": [{"id": small, "value": "XS"}]})
    assert cloud.get_custom_field_option(small)["value"] == "XS"
    moved = {"customFieldOptionIds": [large], "position": "First"}
    cloud.reorder_custom_field_options(field, whole["id"], data=moved)
    assert cloud.get_options_for_context(field, whole["id"])["values"][0]["id"] == large
    default = {"type": "option.single", "contextId": whole["id"], "optionId": middle}
    cloud.set_default_values(field, data={"defaultValues": [default]})
    assert cloud.get_default_values(field)["values"][0]["optionId"] == middle
    (by_context,) = cloud.get_context_default_values(field, context_id=whole["id"])["values"]
    assert by_context["defaultValues"][0]["value"]["optionId"] == middle
    done(cloud, cloud.replace_custom_field_option(field, small, whole["id"], replace_with=large))
    cloud.delete_custom_field_option(field, whole["id"], huge)
    assert [one["id"] for one in cloud.get_options_for_context(field, whole["id"])["values"]] == [large, small, middle]
    cloud.delete_custom_field_context(field, context)
    assert [one["id"] for one in cloud.get_contexts_for_field(field)["values"]] == [whole["id"]]
    chosen = {"associationContexts": [{"type": "PROJECT_ID", "identifier": 10000}], "fields": [{"type": "FIELD_ID", "identifier": field}]}
    cloud.create_associations(data=chosen)
    assert {"projectId": "10000"} in cloud.get_field_project_associations(field)["values"]
    cloud.remove_associations(data=chosen)
    assert {"projectId": "10000"} not in cloud.get_field_project_associations(field)["values"]
    cloud.trash_custom_field(field)
    assert [one["id"] for one in cloud.get_trashed_fields_paginated()["values"]] == [field]
    cloud.restore_custom_field(field)
    cloud.trash_custom_field(field)
    done(cloud, cloud.delete_custom_field(field))
    assert cloud.get_trashed_fields_paginated()["values"] == []


def test_options_of_apps(cloud):
    field = cloud.create_custom_field(data={"name": "Crew", "type": CONNECT})["id"]
    cloud.add_field_to_default_screen(field)
    key = "com.example__team"
    red, blue = (cloud.create_issue_field_option(key, data={"value": value})["id"] for value in ("Red", "Blue"))
    cloud.update_issue_field_option(key, red, data={"id": red, "value": "Crimson"})
    assert cloud.get_issue_field_option(key, red)["value"] == "Crimson"
    lists = (
        cloud.get_all_issue_field_options,
        cloud.get_selectable_issue_field_options,
        cloud.get_visible_issue_field_options,
    )
    for read in lists:
        assert [option["value"] for option in read(key)["values"]] == ["Crimson", "Blue"]
    done(cloud, cloud.replace_issue_field_option(key, blue, replace_with=red))
    cloud.delete_issue_field_option(key, blue)
    assert cloud.get_all_issue_field_options(key)["total"] == 1


def test_values_of_apps(cloud):
    field = cloud.create_custom_field(data={"name": "Price", "type": FORGE})["id"]
    cloud.add_field_to_default_screen(field)
    (context,) = cloud.get_contexts_for_field(field)["values"]
    cloud.update_custom_field_value(field, data={"updates": [{"issueIds": [10000], "value": {"amount": 5}}]})
    assert cloud.get_issue("DEMO-1")["fields"][field] == {"amount": 5}
    many = {"updates": [{"customField": field, "issueIds": [10000, 10001], "value": {"amount": 6}}]}
    cloud.update_multiple_custom_field_values(data=many)
    assert cloud.get_issue("DEMO-2")["fields"][field] == {"amount": 6}
    own = {"id": context["id"], "fieldContextId": context["id"], "configuration": {"max": 5}, "schema": {}}
    cloud.update_custom_field_configuration(field, data={"configurations": [own]})
    assert cloud.get_custom_field_configuration(field)["values"][0]["configuration"] == {"max": 5}
    listed = cloud.get_custom_fields_configurations(data={"fieldIdsOrKeys": [field]})["values"]
    assert [one["customFieldId"] for one in listed] == [field]
