"""`atlassian-python-api`: users, groups, filters and dashboards."""

import pytest
from atlassian_site import developer, jira, refused  # noqa: F401


def test_users(site, jira, developer):
    assert jira.user(account_id=developer, expand="groups")["displayName"] == "Dana Developer"
    assert developer in {user["accountId"] for user in jira.users_get_all(limit=100)}
    names = {group["name"] for group in jira.get_user_groups(account_id=developer)}
    assert names and names <= {group["name"] for group in jira.get_groups(limit=100)["groups"]}


def test_removes_a_user(jira):
    made = jira.post("rest/api/2/user", data={"emailAddress": "new@example.com", "products": ["jira-software"]})
    jira.user_remove(account_id=made["accountId"])
    assert not jira.user(account_id=made["accountId"])["active"]


def test_user_properties(jira, developer):
    jira.user_set_property(account_id=developer, key_property="theme", value_property={"dark": True})
    assert [entry["key"] for entry in jira.user_properties(account_id=developer)["keys"]] == ["theme"]
    assert jira.user_property(account_id=developer, key_property="theme")["value"] == {"dark": True}
    jira.user_delete_property(account_id=developer, key_property="theme")
    assert jira.user_properties(account_id=developer)["keys"] == []


def test_groups(jira):
    assert jira.create_group("helpers")["name"] == "helpers"
    assert "helpers" in {group["name"] for group in jira.get_groups(query="help")["groups"]}
    assert jira.get_all_users_from_group("helpers")["values"] == []
    jira.remove_group("helpers")
    refused(404, jira.get_all_users_from_group, "helpers")


@pytest.mark.parametrize(
    "call",
    [
        # They name a user, whom Jira Cloud knows by account id only.
        lambda jira: jira.add_user_to_group("dana", jira.get_groups()["groups"][0]["name"]),
        lambda jira: jira.remove_user_from_group("dana", jira.get_groups()["groups"][0]["name"]),
        lambda jira: jira.get_users_with_browse_permission_to_a_project("dana", project_key="DEMO"),
        lambda jira: jira.user_create("new", "new@example.com", "New"),
    ],
)
def test_names_of_users_are_refused(jira, call):
    refused(400, call, jira)


def test_filters(jira):
    made = jira.create_filter("Mine", "project = DEMO", description="D", favourite=True)
    assert made["favourite"]
    jira.edit_filter(made["id"], "Ours", jql="project = TEAM", description="E", favourite=True)
    assert jira.get_filter(made["id"])["jql"] == "project = TEAM"
    jira.update_filter(made["id"], "project = OPS", name="Theirs")
    assert jira.get_filter(made["id"])["name"] == "Theirs"
    jira.delete_filter(made["id"])
    refused(404, jira.get_filter, made["id"])


def test_shares_a_filter(jira):
    made = jira.create_filter("Shared", "project = DEMO")
    jira.create_group("helpers")
    (shared,) = jira.add_filter_share_permission(made["id"], "group", groupname="helpers")
    assert [share["id"] for share in jira.get_filter_share_permissions(made["id"])] == [shared["id"]]
    jira.delete_filter_share_permission(made["id"], shared["id"])
    assert jira.get_filter_share_permissions(made["id"]) == []


def test_dashboards(jira):
    made = jira.post("rest/api/2/dashboard", data={"name": "Board", "sharePermissions": [], "editPermissions": []})
    assert made["id"] in {board["id"] for board in jira.get_dashboards(filter="my", limit=50)["dashboards"]}
    assert jira.get_dashboard(made["id"])["name"] == "Board"
