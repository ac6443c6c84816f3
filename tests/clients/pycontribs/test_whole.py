"""Every public method of the library is called by a test or stands here with the reason why not."""

from pathlib import Path

import pytest
from methods import METHODS, called

GONE = {
    "What Jira Cloud never had or has no more: the library asks for an address of Server.": """
        applicationlinks confirm_project_avatar confirm_user_avatar create_temp_project_avatar
        create_temp_user_avatar delete_user_avatar get_issue_type_scheme_associations kill_session pin_comment
        pinned_comments project_priority_scheme reindex rename_user session set_user_avatar user_avatars
    """,
    "An answer of Server: Cloud's list of issue type schemes is a page and has no `schemes`.": "issue_type_schemes",
    "The library refuses to ask them of Cloud, though Cloud has the addresses.": """
        createmeta_fieldtypes createmeta_issuetypes project_issue_fields project_issue_types
    """,
    "Not of the Jira platform: the site's administration, its backups and a plugin.": """
        backup backup_complete backup_download backup_progress deactivate_user get_igrid
    """,
    "The web pages' own, in no official document.": "templates update_dashboard_automatic_refresh_minutes",
}

ELSEWHERE = {
    "Boards, sprints and ranks.": """
        add_issues_to_epic add_issues_to_sprint boards create_board create_sprint delete_board
        incompletedIssuesEstimateSum move_to_backlog rank removedIssuesEstimateSum removed_issues sprint sprint_info
        sprints sprints_by_name update_sprint
    """,
    "Service desk.": """
        create_customer create_customer_request request_type_by_name request_types service_desk service_desks
        supports_service_desk
    """,
    "Notification schemes.": "notificationschemes",
    "Screens, and schemes at addresses of Jira Server.": "delete_screen project_workflow_scheme screens workflowscheme",
}


def test_every_method_is_called_or_excused(request):
    config = request.config
    files = {item.path for item in request.session.items}
    if config.option.keyword or not files.issuperset(Path(__file__).parent.glob("test_*.py")):
        pytest.skip("a part of the tests was chosen")
    excused = {name for reasons in (GONE, ELSEWHERE) for names in reasons.values() for name in names.split()}
    assert set(METHODS.values()) - called - excused == set()
    assert excused - set(METHODS.values()) == set(), "no methods"
    assert excused & called == set(), "called, after all"
