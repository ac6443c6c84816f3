"""Filters and dashboards."""


def test_filters(jira, refusal):
    made = jira.create_filter("Mine", "What I do.", "assignee = currentUser()", favourite=True)
    assert (made.name, made.jql, made.favourite) == ("Mine", "assignee = currentUser()", True)
    assert made.id in [favourite.id for favourite in jira.favourite_filters()]
    changed = jira.update_filter(made.id, name="Ours", jql="project = DEMO")
    assert (changed.name, changed.jql, changed.description) == ("Ours", "project = DEMO", "What I do.")
    found = jira.filter(made.id)
    assert found.name == "Ours"
    assert found.owner.accountId == jira.current_user()
    assert len(jira.search_issues(f"filter = {made.id}", maxResults=False)) > 4
    found.delete()
    assert refusal(jira.filter, made.id) == 404
    assert refusal(jira.create_filter, "Bad", jql="project =") == 400


def test_dashboards(jira, refusal):
    made = jira.create_dashboard("Board", "About us.", share_permissions=[{"type": "authenticated"}])
    assert (made.name, made.sharePermissions[0].type) == ("Board", "loggedin")
    assert made.id in [dashboard.id for dashboard in jira.dashboards()]
    assert [dashboard.id for dashboard in jira.dashboards(filter="my", maxResults=100)] == [made.id]
    copy = jira.copy_dashboard(made.id, "Copy")
    assert (copy.name, copy.sharePermissions) == ("Copy", [])
    made.delete()
    assert refusal(jira.dashboard, made.id) == 404
    assert jira.dashboard(copy.id).gadgets == []


def test_gadgets(jira):
    board = jira.create_dashboard("Board")
    offered = jira.all_dashboard_gadgets()
    assert offered
    uri = next(gadget.uri for gadget in offered if hasattr(gadget, "uri"))
    gadget = jira.add_gadget_to_dashboard(board.id, color="blue", uri=uri, title="One")
    assert (gadget.title, gadget.color) == ("One", "blue")
    changed = gadget.update(board.id, color="red", title="Two")
    assert (changed.id, changed.title, changed.color) == (gadget.id, "Two", "red")
    assert [one.title for one in jira.dashboard_gadgets(board.id)] == ["Two"]
    assert gadget.delete(board.id).status_code == 204
    assert jira.dashboard_gadgets(board.id) == []
    # Of what Atlassian calls experimental the library makes nothing of a 404.
    assert jira.dashboard_gadgets("99999") is None


def test_properties_of_gadgets(jira, refusal):
    board = jira.create_dashboard("Board")
    uri = next(gadget.uri for gadget in jira.all_dashboard_gadgets() if hasattr(gadget, "uri"))
    gadget = jira.add_gadget_to_dashboard(board.id, uri=uri)
    made = jira.set_dashboard_item_property(board.id, gadget.id, "config", {"rows": "5"})
    assert (made.key, made.value.rows) == ("config", "5")
    assert [key.key for key in jira.dashboard_item_property_keys(board.id, gadget.id)] == ["config"]
    made.update(board.id, gadget.id, {"columns": "2"})
    found = jira.dashboard_item_property(board.id, gadget.id, "config")
    assert (found.value.rows, found.value.columns) == ("5", "2")
    (listed,) = jira.dashboard(board.id).gadgets
    assert listed.item_properties[0].value.rows == "5"
    found.delete(board.id, gadget.id)
    assert refusal(jira.dashboard_item_property, board.id, gadget.id, "config") == 404
