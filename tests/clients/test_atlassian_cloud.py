"""`JiraCloud` of `atlassian-python-api`: reads in both versions, on the demo site."""

import pytest
from atlassian import JiraCloud
from atlassian_site import cloud, watched  # noqa: F401

# Method, arguments, and a member that the answer has (`[]` for a list).
READS = [
    ("get_banner", {}, "isEnabled"),
    ("get_application_property", {}, []),
    ("get_advanced_settings", {}, []),
    ("get_all_application_roles", {}, []),
    ("get_attachment_meta", {}, "uploadLimit"),
    ("get_audit_records", {}, "records"),
    ("get_all_system_avatars", {"type": "project"}, "system"),
    ("find_components_for_projects", {}, "values"),
    ("get_configuration", {}, "votingEnabled"),
    ("get_selected_time_tracking_implementation", {}, "key"),
    ("get_available_time_tracking_implementations", {}, []),
    ("get_shared_time_tracking_configuration", {}, "workingHoursPerDay"),
    ("get_all_dashboards", {}, "dashboards"),
    ("get_all_available_dashboard_gadgets", {}, "gadgets"),
    ("get_dashboards_paginated", {}, "values"),
    ("get_events", {}, []),
    ("get_fields", {}, []),
    ("get_fields_paginated", {}, "values"),
    ("get_trashed_fields_paginated", {}, "values"),
    ("get_default_share_scope", {}, "scope"),
    ("get_favourite_filters", {}, []),
    ("get_my_filters", {}, []),
    ("get_filters_paginated", {}, "values"),
    ("bulk_get_groups", {}, "values"),
    ("find_groups", {}, "groups"),
    ("find_users_and_groups", {"query": "a"}, "users"),
    ("get_create_issue_meta", {}, "projects"),
    ("get_create_issue_meta_issue_types", {"project_id_or_key": "DEMO"}, "issueTypes"),
    ("get_issue_limit_report", {}, "limits"),
    ("get_issue", {"issue_id_or_key": "DEMO-1"}, "fields"),
    ("get_change_logs", {"issue_id_or_key": "DEMO-1"}, "values"),
    ("get_comments", {"issue_id_or_key": "DEMO-1"}, "comments"),
    ("get_edit_issue_meta", {"issue_id_or_key": "DEMO-1"}, "fields"),
    ("get_issue_property_keys", {"issue_id_or_key": "DEMO-1"}, "keys"),
    ("get_remote_issue_links", {"issue_id_or_key": "DEMO-1"}, []),
    ("get_transitions", {"issue_id_or_key": "DEMO-1"}, "transitions"),
    ("get_votes", {"issue_id_or_key": "DEMO-1"}, "votes"),
    ("get_issue_watchers", {"issue_id_or_key": "DEMO-1"}, "watchCount"),
    ("get_issue_worklog", {"issue_id_or_key": "DEMO-1"}, "worklogs"),
    ("get_issue_link_types", {}, "issueLinkTypes"),
    ("get_issue_security_schemes", {}, "issueSecuritySchemes"),
    ("get_security_levels", {}, "values"),
    ("get_security_level_members", {}, "values"),
    ("search_projects_using_security_schemes", {}, "values"),
    ("search_security_schemes", {}, "values"),
    ("get_issue_all_types", {}, []),
    ("get_all_issue_type_schemes", {}, "values"),
    ("get_issue_type_schemes_mapping", {}, "values"),
    ("get_auto_complete", {}, "visibleFieldNames"),
    ("get_all_labels", {}, "values"),
    ("get_my_permissions", {"permissions": "BROWSE_PROJECTS"}, "permissions"),
    ("get_locale", {}, "locale"),
    ("get_current_user", {}, "accountId"),
    ("get_all_permissions", {}, "permissions"),
    ("get_all_permission_schemes", {}, "permissionSchemes"),
    ("get_priorities", {}, []),
    ("search_priorities", {}, "values"),
    ("get_priority_schemes", {}, "values"),
    ("get_all_projects", {}, []),
    ("get_recent", {}, []),
    ("search_projects", {}, "values"),
    ("get_all_project_types", {}, []),
    ("get_all_accessible_project_types", {}, []),
    ("get_project_type_by_key", {"project_type_key": "software"}, "formattedKey"),
    ("get_project", {"project_id_or_key": "DEMO"}, "issueTypes"),
    ("get_all_project_avatars", {"project_id_or_key": "DEMO"}, "system"),
    ("get_project_components_paginated", {"project_id_or_key": "DEMO"}, "values"),
    ("get_project_components", {"project_id_or_key": "DEMO"}, []),
    ("get_features_for_project", {"project_id_or_key": "DEMO"}, "features"),
    ("get_project_property_keys", {"project_id_or_key": "DEMO"}, "keys"),
    ("get_project_role_details", {"project_id_or_key": "DEMO"}, []),
    ("get_all_statuses", {"project_id_or_key": "DEMO"}, []),
    ("get_project_versions_paginated", {"project_id_or_key": "DEMO"}, "values"),
    ("get_project_versions", {"project_id_or_key": "DEMO"}, []),
    ("get_notification_scheme_for_project", {"project_key_or_id": "DEMO"}, "name"),
    ("get_assigned_permission_scheme", {"project_key_or_id": "DEMO"}, "name"),
    ("get_security_levels_for_project", {"project_key_or_id": "DEMO"}, "levels"),
    ("get_all_project_categories", {}, []),
    ("validate_project_key", {"key": "NEW"}, "errors"),
    ("get_resolutions", {}, []),
    ("search_resolutions", {}, "values"),
    ("get_all_project_roles", {}, []),
    ("search_and_reconsile_issues_using_jql", {"jql": "project = DEMO"}, "issues"),
    ("get_server_info", {}, "versionNumbers"),
    ("get_statuses", {}, []),
    ("get_status_categories", {}, []),
    ("search", {}, "values"),
    ("find_assignable_users", {"project": "DEMO"}, []),
    ("find_bulk_assignable_users", {"project_keys": "DEMO"}, []),
    ("find_users_for_picker", {"query": "dana"}, "users"),
    ("find_users", {"query": "dana"}, []),
    ("find_users_with_browse_permission", {"query": "dana", "project_key": "DEMO"}, []),
    ("get_all_users_default", {}, []),
    ("get_all_users", {}, []),
    ("get_ids_of_worklogs_deleted_since", {}, "values"),
    ("get_ids_of_worklogs_modified_since", {}, "values"),
]


@pytest.mark.parametrize("version", [2, 3])
def test_reads(site, version):
    email, token = site.admin
    jira = watched(JiraCloud)(url=site.url, username=email, password=token, api_version=version)
    for method, arguments, member in READS:
        answer = getattr(jira, method)(**arguments)
        assert isinstance(answer, list) if member == [] else member in answer, method


def test_adds_a_version(cloud):
    project = cloud.get_project("DEMO")
    made = cloud.add_version(project["id"], "9.0")
    assert cloud.get_version(made["id"])["name"] == "9.0"
    assert len(cloud.enhanced_jql("project = DEMO")["issues"]) == 8
    assert len(cloud.enhanced_jql_get_list_of_tickets("project = DEMO", limit=3)) == 3
    assert cloud.endpoint("issue") == "rest/api/3/issue"
