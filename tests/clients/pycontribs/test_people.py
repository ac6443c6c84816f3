"""Users, groups and roles."""

import pytest


def test_finds_users(site, jira):
    (user,) = jira.search_users(query=site.developer[0])
    assert user.displayName == "Dana Developer"
    assert jira.user(user.accountId).displayName == "Dana Developer"
    assert jira.search_users(query="nobody at all") == []
    assignable = jira.search_assignable_users_for_issues(query="dana", project="DEMO")
    assert [user.displayName for user in assignable] == ["Dana Developer"]


def test_finds_users_for_their_work(site, jira, developer):
    allowed = jira.search_allowed_users_for_issue("dana", issueKey="DEMO-1")
    assert [user.accountId for user in allowed] == [developer]
    allowed = jira.search_allowed_users_for_issue("dana", projectKey="DEMO")
    assert [user.accountId for user in allowed] == [developer]
    assignable = jira.search_assignable_users_for_issues(query="dana", issueKey="DEMO-1", maxResults=1)
    assert [user.accountId for user in assignable] == [developer]
    with pytest.raises(ValueError):
        jira.search_users()


def test_names_are_gone(jira, refusal):
    """What the library asks by a user's name, which Cloud has no more (U-4)."""
    assert refusal(jira.search_assignable_users_for_projects, "dana", "DEMO") == 400
    assert refusal(jira.add_user_to_group, "dana", "jira-administrators") == 400
    assert refusal(jira.remove_user_from_group, "dana", "jira-administrators") == 400
    assert refusal(jira.delete_user, "dana") == 404
    assert refusal(jira.watchers("DEMO-1").delete, "dana") == 400


def test_users_need_products(jira, refusal):
    """The library knows nothing of the products that a new user is to have."""
    assert refusal(jira.add_user, "newcomer", "newcomer@example.com", fullname="Nora New") == 400
    assert jira.search_users(query="newcomer@example.com") == []


def test_groups(jira, developer, refusal):
    assert jira.add_group("testers")
    assert "testers" in jira.groups()
    assert jira.groups(query="testers") == ["testers"]
    assert jira.groups(query="testers", exclude="testers") == []
    group = jira.group("testers", expand="users")
    assert group.name == "testers" and group.users.size == 0
    assert refusal(jira.add_group, "testers") == 400
    assert jira.remove_group("testers")
    assert "testers" not in jira.groups()
    assert refusal(jira.group, "testers") == 404


def test_members_of_groups(site, jira):
    members = jira.group_members("jira-administrators")
    assert jira.current_user() in members
    assert members[jira.current_user()]["fullname"] == "Ada Admin"
