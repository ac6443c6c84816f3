"""`atlassian-python-api`: what a site is configured with."""

from atlassian_site import jira, key, refused  # noqa: F401


def test_permissions(jira):
    mine = jira.get_permissions("BROWSE_PROJECTS,ADMINISTER", project_key="DEMO")["permissions"]
    assert mine["BROWSE_PROJECTS"]["havePermission"] and mine["ADMINISTER"]["type"] == "GLOBAL"
    assert "BROWSE_PROJECTS" in jira.get_all_permissions()["permissions"]


def test_settings(jira):
    advanced = {entry["id"] for entry in jira.get_advanced_settings()}
    assert "jira.clone.prefix" in advanced and advanced <= {entry["id"] for entry in jira.get_property()}
    assert jira.set_property("jira.clone.prefix", "COPY -")["value"] == "COPY -"
    assert jira.get_property(key="jira.clone.prefix")["value"] == "COPY -"
    assert jira.get_configurations_of_jira()["timeTrackingEnabled"]
    assert jira.get_server_info()["deploymentType"] == "Cloud"


def test_application_roles(jira):
    roles = jira.get_all_application_roles()
    assert jira.get_application_role(roles[0]["key"])["name"] == roles[0]["name"]


def test_audit(jira):
    jira.create_group("helpers")
    records = jira.get_audit_records(limit=5, filter="helpers")["records"]
    assert records[0]["objectItem"]["name"] == "helpers"


def test_avatars(jira):
    for kind in ("user", "project", "issuetype"):
        avatars = jira.get_all_system_avatars(kind)["system"]
        assert avatars and all(avatar["isSystemAvatar"] for avatar in avatars)


def test_fields_and_their_options(jira):
    made = jira.create_custom_field(
        "Colour",
        "com.atlassian.jira.plugin.system.customfieldtypes:select",
        "com.atlassian.jira.plugin.system.customfieldtypes:multiselectsearcher",
        description="Which",
    )
    assert made["id"] in {field["id"] for field in jira.get_all_custom_fields()}
    found = jira.get_custom_fields(search="Colour", start=0)
    assert [field["id"] for field in found["values"]] == [made["id"]]
    (context,) = jira.get(f"rest/api/2/field/{made['id']}/context")["values"]
    (option,) = jira.add_custom_field_option(made["id"], context["id"], ["Red"])["options"]
    assert jira.get_custom_field_option_context(made["id"], context["id"])["values"] == [option]
    assert jira.get_custom_field_option(option["id"])["value"] == "Red"


def test_issue_types(jira):
    made = jira.create_issue_type("Risk", "A danger", "standard")
    assert made["id"] in {kind["id"] for kind in jira.get_issue_types()}


def test_priorities_resolutions_and_statuses(jira):
    priorities = jira.get_all_priorities()
    assert jira.get_priority_by_id(priorities[0]["id"])["name"] == priorities[0]["name"]
    resolutions = jira.get_all_resolutions()
    assert jira.get_resolution_by_id(resolutions[0]["id"])["name"] == resolutions[0]["name"]
    statuses = jira.get_all_statuses()
    done = next(status for status in statuses if status["name"] == "Done" and "scope" not in status)
    assert jira.get_status_id_from_name("Done") == int(done["id"])


def test_workflows(jira):
    assert {"jira", "classic default workflow"} <= {workflow["name"] for workflow in jira.get_all_workflows()}
    (found,) = jira.get_workflows_paginated(workflow_name="jira", expand="transitions")["values"]
    assert "Resolve Issue" in [step["name"] for step in found["transitions"]]


def test_time_tracking(jira):
    assert jira.get_selected_time_tracking_provider()["key"] == "JIRA"
    assert "JIRA" in {provider["key"] for provider in jira.get_all_time_tracking_providers()}
    assert jira.get_time_tracking_settings()["defaultUnit"] == "minute"


def test_permission_schemes(jira):
    made = jira.create_permission_scheme("Open", "Everybody", [])
    grant = {"holder": {"type": "anyone"}, "permission": "BROWSE_PROJECTS"}
    assert jira.set_permissionscheme_grant(made["id"], grant)["permission"] == "BROWSE_PROJECTS"
    scheme = jira.get_permissionscheme(made["id"], expand="permissions")
    assert [entry["holder"]["type"] for entry in scheme["permissions"]] == ["anyone"]
    jira.update_permissionscheme(made["id"], "Closed", description="Nobody", permissions=[])
    names = {scheme["name"] for scheme in jira.get_all_permissionschemes()}
    assert "Closed" in names and "Open" not in names


def test_issue_security(jira):
    made = jira.post(
        "rest/api/2/issuesecurityschemes",
        data={"name": "Secrets", "levels": [{"name": "Secret", "isDefault": True}]},
    )
    assert made["id"] in {str(scheme["id"]) for scheme in jira.get_issue_security_schemes()}
    assert jira.get_issue_security_scheme(made["id"])["name"] == "Secrets"
    (level,) = jira.get_issue_security_scheme(made["id"], only_levels=True)
    assert level["name"] == "Secret"
