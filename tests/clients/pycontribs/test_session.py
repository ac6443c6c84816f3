"""Who asks, and of whom."""

from jira import JIRA


def test_logs_in(site, jira, refusal):
    assert jira.myself()["emailAddress"] == site.admin[0]
    assert jira.current_user() == jira.myself()["accountId"]
    info = jira.server_info()
    assert info["deploymentType"] == "Cloud"
    assert info["baseUrl"] == site.url
    stranger = JIRA(server=site.url, basic_auth=(site.admin[0], "wrong"))
    assert refusal(stranger.myself) == 401


def test_knows_its_server(site, jira):
    assert jira.client_info() == site.url
    assert jira.find("issue/{0}", "DEMO-1").fields.summary
    issue = jira.issue("DEMO-1")
    issue.find("DEMO-2")
    assert issue.key == "DEMO-2"
    # Only Server has the elevated session to leave.
    assert jira.kill_websudo() is None
    jira.close()


def test_sends_what_was_put_off(site):
    jira = JIRA(server=site.url, basic_auth=site.admin, async_=True)
    assert jira.async_do() is None
