"""`JiraCloud` of `atlassian-python-api`: accounts, groups, filters, dashboards, preferences."""

from atlassian_site import cloud, developer, jira, refused  # noqa: F401


def test_users(cloud, developer):
    made = cloud.create_user(data={"emailAddress": "new@example.com", "products": ["jira-software"]})
    who = made["accountId"]
    assert cloud.get_user(account_id=who)["active"]
    assert [one["accountId"] for one in cloud.bulk_get_users(account_id=[who])["values"]] == [who]
    assert cloud.bulk_get_users_migration(username=["nobody"]) == []
    assert "jira-software-users" in [group["name"] for group in cloud.get_user_groups(account_id=developer)]
    cloud.set_user_property("k", account_id=developer, data={"v": 1})
    assert cloud.get_user_property("k", account_id=developer)["value"] == {"v": 1}
    assert len(cloud.get_user_property_keys(account_id=developer)["keys"]) == 1
    cloud.delete_user_property("k", account_id=developer)
    cloud.set_user_columns(data={"columns": ["summary", "status"]})
    assert [column["value"] for column in cloud.get_user_default_columns()] == ["summary", "status"]
    cloud.reset_user_columns()
    assert len(cloud.get_user_default_columns()) > 2
    refused(400, cloud.get_user_email, developer)
    refused(400, cloud.get_user_email_bulk, [developer])
    assigned = [one["accountId"] for one in cloud.find_users_by_query("is assignee of DEMO")["values"]]
    assert developer in assigned and who not in assigned
    assert [one["accountId"] for one in cloud.find_user_keys_by_query("is assignee of DEMO")["values"]] == assigned
    found = cloud.find_users_with_all_permissions(query="dana", permissions="BROWSE", project_key="DEMO")
    assert [one["accountId"] for one in found] == [developer]
    cloud.remove_user(who)
    assert not cloud.find_users(query="new@example.com")


def test_groups(cloud, developer):
    group = cloud.create_group(data={"name": "testers"})
    cloud.add_user_to_group(group_id=group["groupId"], data={"accountId": developer})
    members = cloud.get_users_from_group(group_id=group["groupId"])["values"]
    assert [one["accountId"] for one in members] == [developer]
    cloud.remove_user_from_group(group_id=group["groupId"], account_id=developer)
    assert cloud.get_group(groupname="testers")["users"]["size"] == 0
    cloud.remove_group(group_id=group["groupId"])
    refused(404, cloud.get_users_from_group, group_id=group["groupId"])


def test_preferences(cloud):
    cloud.set_preference("jira.user.locale", data="de_DE")
    assert cloud.get_locale()["locale"] == "de_DE"
    cloud.set_locale(data={"locale": "en_US"})
    assert cloud.get_preference("jira.user.locale") in ("en_US", {"locale": "en_US"})
    cloud.remove_preference("jira.user.locale")
    assert cloud.get_application_role("jira-software")["name"] == "Jira Software"
    assert cloud.get_current_user()["emailAddress"] == "admin@example.com"


def test_filters(cloud, developer):
    made = cloud.create_filter(data={"name": "Mine", "jql": "project = DEMO"})
    name = made["id"]
    cloud.update_filter(name, data={"name": "Ours", "jql": "project = DEMO"})
    assert cloud.get_filter(name)["name"] == "Ours"
    cloud.set_columns(name, data={"columns": ["summary"]})
    assert [column["value"] for column in cloud.get_columns(name)] == ["summary"]
    cloud.reset_columns(name)
    refused(404, cloud.get_columns, name)
    assert not cloud.delete_favourite_for_filter(name)["favourite"]
    assert cloud.set_favourite_for_filter(name)["favourite"]
    (share,) = cloud.add_share_permission(name, data={"type": "project", "projectId": "10000"})
    assert cloud.get_share_permission(name, share["id"])["project"]["key"] == "DEMO"
    assert cloud.get_share_permissions(name) == [share]
    cloud.delete_share_permission(name, share["id"])
    assert cloud.get_share_permissions(name) == []
    cloud.set_default_share_scope(data={"scope": "AUTHENTICATED"})
    assert cloud.get_default_share_scope()["scope"] == "AUTHENTICATED"
    other = cloud.create_filter(data={"name": "Given", "jql": "project = OPS"})
    cloud.change_filter_owner(other["id"], data={"accountId": developer})
    assert cloud.get_filter(other["id"])["owner"]["accountId"] == developer
    cloud.delete_filter(name)
    refused(404, cloud.get_filter, name)


def test_dashboards(cloud, developer):
    private = {"sharePermissions": [], "editPermissions": []}
    made = cloud.create_dashboard(data={"name": "Mine", **private})
    board = made["id"]
    assert cloud.update_dashboard(board, data={"name": "Ours", **private})["name"] == "Ours"
    kind = cloud.get_all_available_dashboard_gadgets()["gadgets"][0]
    named = {"uri": kind["uri"]} if "uri" in kind else {"moduleKey": kind["moduleKey"]}
    gadget = cloud.add_gadget(board, data=named)
    cloud.update_gadget(board, gadget["id"], data={"title": "Here"})
    assert cloud.get_all_gadgets(board)["gadgets"][0]["title"] == "Here"
    cloud.set_dashboard_item_property(board, gadget["id"], "k", data={"v": 1})
    assert cloud.get_dashboard_item_property(board, gadget["id"], "k")["value"] == {"v": 1}
    assert len(cloud.get_dashboard_item_property_keys(board, gadget["id"])["keys"]) == 1
    cloud.delete_dashboard_item_property(board, gadget["id"], "k")
    cloud.remove_gadget(board, gadget["id"])
    assert cloud.get_all_gadgets(board)["gadgets"] == []
    copy = cloud.copy_dashboard(board, data={"name": "Copy", **private})
    given = {"newOwner": developer, "autofixName": True}
    done = cloud.bulk_edit_dashboards(
        data={"action": "changeOwner", "entityIds": [int(copy["id"])], "changeOwnerDetails": given}
    )
    assert done["entityErrors"] == {}
    refused(404, cloud.get_dashboard, copy["id"])
    assert cloud.get_dashboard(board)["name"] == "Ours"
    cloud.delete_dashboard(board)
    refused(404, cloud.get_dashboard, board)
