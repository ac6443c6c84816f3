"""`atlassian-python-api`: each public method of its classes is called by a test or is listed here."""

import inspect
import json
import os
import re
from pathlib import Path

import pytest
from atlassian import Jira, JiraCloud
from atlassian.jira.core_methods import JiraCloudCoreMethods
from atlassian_site import called

# What is not called, by the reason.
EXCLUDED = {
    "Server and Data Center only: Jira Cloud has no such operation": """
        approve_cluster_zdu_upgrade cancel_cluster_zdu_upgrade retry_cluster_zdu_upgrade start_cluster_zdu_upgrade
        get_cluster_zdu_state get_cluster_all_nodes get_cluster_alive_nodes delete_cluster_node set_node_to_offline
        request_current_index_from_node generate_support_zip_on_nodes check_support_zip_status download_support_zip
        reindex reindex_with_type reindex_status reindex_project reindex_issue index_checker health_check
        duplicated_account_checks_detail duplicated_account_checks_flush duplicated_account_checks_count
        dark_feature_management user_get_websudo invalidate_websudo user_update user_update_username user_update_email
        user_deactivate user_disable post_audit_record update_application_roles get_custom_field_options
        add_user_to_application issue_archive issue_restore issue_pin_comment issue_unpin_comment
        create_project_from_shared_template archive_project get_all_priority_schemes create_priority_scheme
        get_priority_scheme_of_project assign_priority_scheme_for_project
    """,
    "Identifies a user by a name or key, which Jira Cloud no longer has": """
        is_active_user is_user_in_application project_leaders update_component_lead
    """,
    "Sends what Jira Cloud refuses: a transition by its name": """
        set_issue_status_by_transition_name
    """,
    "Pages for people outside the REST interface": """
        download_issue_attachments download_attachments_from_issue csv excel export_html
    """,
    "The language of queries, which has tests of its own": """
        get_autocomplete_suggestion
    """,
    "Transition rules of apps, and screens": """
        get_workflow_transition_rule_configurations get_all_screens get_all_available_screen_fields get_screen_tabs
        get_screen_tab_fields get_all_screen_fields add_field
    """,
    "Notification schemes but for the one of a project": """
        get_notification_schemes get_all_notification_schemes get_notification_scheme
    """,
    "Boards, sprints, epics and ranks": """
        epic_issues get_agile_resource_url move_issues_to_backlog add_issues_to_backlog get_agile_board_by_filter_id
        create_agile_board get_all_agile_boards delete_agile_board get_agile_board get_issues_for_backlog
        get_agile_board_configuration get_issues_for_board get_epics get_issues_for_epic get_issues_without_epic
        get_all_projects_associated_with_board get_agile_board_properties set_agile_board_property
        get_agile_board_property delete_agile_board_property get_agile_board_refined_velocity
        set_agile_board_refined_velocity get_all_sprints_from_board get_all_sprint get_all_issues_for_sprint_in_board
        get_all_versions_from_board create_sprint add_issues_to_sprint get_sprint rename_sprint delete_sprint
        update_partially_sprint get_sprint_issues update_rank flag_issue
    """,
    "Plugins and their administration": """
        get_plugins_info get_plugin_info get_plugin_license_info upload_plugin delete_plugin check_plugin_manager_status
        update_plugin_license disable_plugin enable_plugin dvcs_get_linked_repos dvcs_update_linked_repo_with_remote
        user_update_or_create_property_through_rest_point user_disable_throw_rest_endpoint
    """,
}

# The same of `JiraCloud`.
EXCLUDED_CLOUD = {
    "Sends pictures, which this library can only send as JSON": """
        create_issue_type_avatar create_project_avatar store_avatar
    """,
}


@pytest.fixture(autouse=True)
def everything(request):
    """What is called is known once all tests have run."""
    files = {item.path for item in request.session.items}
    if request.config.option.keyword or not files.issuperset(Path(__file__).parent.glob("test_*.py")):
        pytest.skip("a part of the tests was chosen")


def listed(reasons):
    return {name for names in reasons.values() for name in names.split()}


def public(library):
    return {name for name, value in vars(library).items() if callable(value) and not name.startswith("_")}


def test_every_method_is_called_or_listed():
    methods = {name for name in public(Jira) if not name.startswith("tempo_")}
    excluded = listed(EXCLUDED)
    assert sorted(methods - excluded - called[Jira]) == []
    assert sorted(excluded & called[Jira]) == [] and sorted(excluded - methods) == []


def operation(method):
    """What a generated method asks for: its code says nothing else."""
    code = inspect.getsource(method)
    path, root = re.search(r'resource_url\(\s*f?"([^"]*)",\s*api_root="([^"]*)"', code).groups()
    verb = re.search(r"self\.(get|post|put|delete)\(", code).group(1)
    version = "/3" if root == "rest/api" else ""
    return verb.upper(), re.sub(r"\{[^}]*\}", "{}", f"/{root}{version}/{path}")


def test_every_generated_method_is_called():
    """The server says which operations it serves."""
    with open(os.environ["MOCK_JIRA_ROUTES"]) as routes:
        served = {
            (route["method"], re.sub(r"\{[^}]*\}", "{}", route["path"]))
            for route in json.load(routes)
            if route["state"] == "served"
        }
    generated = {name for name in public(JiraCloudCoreMethods) if operation(getattr(JiraCloud, name)) in served}
    excluded = listed(EXCLUDED_CLOUD)
    methods = generated | public(JiraCloud)
    assert len(generated) > 400
    assert sorted(methods - excluded - called[JiraCloud]) == []
    assert sorted(excluded & called[JiraCloud]) == [] and sorted(excluded - methods) == []
